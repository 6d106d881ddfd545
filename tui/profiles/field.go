package profiles

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store/profile"
	"github.com/rowan-db/rowan/tui/pane/input"
)

// field is a line of the form: a text, or a choice of some.
type field struct {
	// setting is the name of what it sets in the file, but for the two fields
	// of the password that are the form's own.
	setting     string
	label, help string
	// choices are the texts to choose from, nil if the text is typed; names
	// are what people read in their place.
	choices, names []string
	// masked hides what is typed.
	masked bool
	// server tells that the field is about servers only.
	server bool
	// secret is the choice of passwordField for which the field is there.
	secret []string

	typed  input.Prompt
	chosen int
}

// The names of the fields that are no settings.
const (
	nameField     = "name"
	passwordField = "password from"
	secretField   = "password text"
)

// The places where a password can be, as the form has them.
const (
	secretAsk     = ""
	secretKeyring = "keyring"
	secretCommand = "command"
	secretEnv     = "environment"
	secretFile    = "file"
)

// newFields returns the fields of the form, empty.
func newFields() []field {
	var environments []string
	for _, e := range profile.Environments() {
		environments = append(environments, string(e))
	}
	return []field{
		{setting: nameField, label: "Name", help: "a word that opens the database: rowan NAME"},
		{setting: "target", label: "Target", help: "a path, or a URL such as postgres://user@host/database"},
		{setting: "environment", label: "Environment", choices: environments, names: []string{"none", "dev", "staging", "prod"},
			help: "prod opens read-only, and asks for its name before it can be written"},
		{setting: "colour", label: "Colour", choices: append([]string{""}, profile.Colors()...), names: append([]string{"none"}, profile.Colors()...),
			help: "a mark beside the name"},
		{setting: "read_only", label: "Read-only", choices: []string{"", "true"}, names: []string{"no", "yes"},
			help: "yes opens it without any way to write"},
		{setting: "unlock_time", label: "Unlocked for", help: "how long :unlock lets a prod database be written, such as 15m"},
		{setting: passwordField, label: "Password", server: true,
			choices: []string{secretAsk, secretKeyring, secretCommand, secretEnv, secretFile},
			names:   []string{"ask, or the database's own files", "keyring of the system", "printed by a command", "environment variable", "in the file"},
			help:    "where the password is kept"},
		{setting: secretField, label: "  Password", masked: true, server: true, secret: []string{secretKeyring, secretFile},
			help: "empty keeps the one that is there"},
		{setting: "password_command", label: "  Command", server: true, secret: []string{secretCommand}, help: "a line of a shell, such as pass show shop"},
		{setting: "password_env", label: "  Variable", server: true, secret: []string{secretEnv}, help: "its name, such as SHOP_PASSWORD"},
		{setting: "tls", label: "Encryption", server: true,
			choices: []string{"", string(profile.TLSVerifyFull), string(profile.TLSVerifyCA), string(profile.TLSRequire), string(profile.TLSPrefer), string(profile.TLSDisable)},
			names:   []string{"as the URL says", "verify-full", "verify-ca", "require", "prefer", "disable"},
			help:    "verify-full checks who the server is; require only encrypts"},
		{setting: "tls_ca", label: "  Authorities", server: true, help: "a file of certificates; empty trusts those of the system"},
		{setting: "tls_cert", label: "  Certificate", server: true, help: "a file with the client's own certificate"},
		{setting: "tls_key", label: "  Key", server: true, help: "the file with its key"},
		{setting: "ssh", label: "Through ssh", server: true, help: "a host, as ~/.ssh/config or user@host names it"},
		{setting: "connect_timeout", label: "Connect within", server: true, help: "such as 10s"},
		{setting: "statement_timeout", label: "Statements end after", server: true, help: "such as 1m; empty means never"},
		{setting: "startup", label: "At the start", server: true, help: "a statement to run on each connection"},
		{setting: "theme", label: "Theme", help: "its name, or a file; empty for the usual one"},
	}
}

func (f *field) isChoice() bool { return f.choices != nil }

// value returns what the field says.
func (f *field) value() string {
	if f.isChoice() {
		return f.choices[f.chosen]
	}
	if f.masked {
		return f.typed.Value()
	}
	return strings.TrimSpace(f.typed.Value())
}

// set makes the field say something.
func (f *field) set(value string) {
	if f.isChoice() {
		f.chosen = max(0, slices.Index(f.choices, value))
		return
	}
	f.typed.Set(value)
}

// turn goes on by d choices.
func (f *field) turn(d int) { f.chosen = (f.chosen + d + len(f.choices)) % len(f.choices) }

// update takes a key, or pasted text.
func (f *field) update(msg tea.Msg) {
	if !f.isChoice() {
		f.typed.Update(msg)
		return
	}
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "left":
			f.turn(-1)
		case "right":
			f.turn(1)
		}
	}
}

// draw returns the field's text in exactly width cells, and the cell of the
// cursor, -1 if it has none.
func (f *field) draw(width int, focused bool) (text string, cursor int) {
	switch {
	case f.isChoice() && focused:
		return "‹ " + f.names[f.chosen] + " ›", -1
	case f.isChoice():
		return f.names[f.chosen], -1
	case f.masked:
		n := min(utf8.RuneCountInString(f.typed.Value()), max(0, width-1))
		return strings.Repeat("•", n), n
	}
	return f.typed.Draw(width)
}
