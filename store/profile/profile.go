// Package profile reads and edits connection profiles, which are names for
// databases with how to reach and treat them; says how to reach a server, as
// [Resolve] works out; and remembers which databases were opened of late.
//
// The profiles are the user's file. It is read strictly, so that a misspelt
// setting is an error with its line and not a setting without effect. An edit
// changes the lines that it is about and no others, keeps comments and order,
// and is read back before it is written: see [File].
//
// Passwords are read when a connection is made, from where the profile says,
// and go nowhere but into that connection: they are in no error, no warning, no
// [Access.Place], and in neither arguments nor environment of other programs.
// Recent targets are the program's own file, and hold no passwords.
package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/adrg/xdg"
)

// Profile is a named database.
type Profile struct {
	Name string
	// Target is a path or URL. In the file a path may begin with ~/, and a
	// relative one is relative to the file; here it is absolute.
	Target string
	// Server says in parts what Target says as a URL, if the file has it so.
	Server Server
	// ReadOnly opens the database without a way to write it.
	ReadOnly bool
	// Environment says what depends on the database.
	Environment Environment
	// Theme is the name of the theme to use, empty for the usual one.
	Theme string
	// Color is that of the profile's badge: one of Colors, or empty.
	Color string
	// ConnectTimeout and StatementTimeout end what takes longer; 0 sets no
	// limit but the usual ones.
	ConnectTimeout, StatementTimeout time.Duration
	// UnlockTime is for how long a production database can be written once it
	// is unlocked; 0 means DefaultUnlockTime.
	UnlockTime time.Duration
	// TLS says how the connection is encrypted.
	TLS TLS
	// SSH is the host to connect through, as the program ssh takes it.
	SSH string
	// Startup holds statements to run on each new connection.
	Startup []string
	// Secret says where the password is.
	Secret Secret
}

// DefaultUnlockTime is for how long a production database can be written once
// it is unlocked.
const DefaultUnlockTime = 15 * time.Minute

// Environment says what depends on a database. Writing to Production asks for
// more than writing elsewhere.
type Environment string

// The environments.
const (
	None       Environment = ""
	Dev        Environment = "dev"
	Staging    Environment = "staging"
	Production Environment = "prod"
)

// Environments lists the environments that a profile can have.
func Environments() []Environment { return []Environment{None, Dev, Staging, Production} }

// Colors lists the colours that a profile can have. A theme has its own shade
// of each.
func Colors() []string { return []string{"red", "yellow", "green", "blue", "grey"} }

// Path returns where the profiles are looked for: $ROWAN_PROFILES, or
// rowan/profiles.toml in the user's configuration directory.
func Path() string {
	if p := os.Getenv("ROWAN_PROFILES"); p != "" {
		return p
	}
	return filepath.Join(xdg.ConfigHome, "rowan", "profiles.toml")
}

// Load reads the profiles of a file, sorted by name. No file means no
// profiles.
func Load(path string) ([]Profile, error) {
	f, err := Read(path)
	if err != nil {
		return nil, err
	}
	return f.profiles, nil
}

// Find returns the profile of a name.
func Find(profiles []Profile, name string) (Profile, bool) {
	i := slices.IndexFunc(profiles, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return profiles[i], true
}

// CheckName returns an error if a profile cannot have the name: it has to be
// told from a path and a URL, and to be one word on a command line.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("a profile needs a name")
	case IsURL(name) || strings.ContainsAny(name, `/\`):
		return fmt.Errorf("%q is a path or URL; a profile's name is a word, such as shop-prod", name)
	case strings.HasPrefix(name, "-") || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '"' || r == '\'' }):
		return fmt.Errorf("%q is no name for a profile: it is a word without blanks and quotes, such as shop-prod", name)
	}
	return nil
}

// read returns the text of a file of profiles, empty if there is no file.
func read(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("the profiles in %s cannot be read: %w", path, cause(err))
	}
	return string(text), nil
}

// parse reads the text of the file that path names.
func parse(path, text string) ([]Profile, error) {
	var file map[string]any
	_, err := toml.Decode(text, &file)
	if syntax, ok := errors.AsType[toml.ParseError](err); ok {
		return nil, fmt.Errorf("%s:%d: %s", path, syntax.Position.Line, syntax.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, name := range slices.Sorted(maps.Keys(file)) {
		if name != "profiles" {
			return nil, errorAt(path, text, toml.Key{name}, "there is no setting %q; a profile begins with [profiles.NAME]", name)
		}
	}
	tables, ok := file["profiles"].(map[string]any)
	if !ok && file["profiles"] != nil {
		return nil, errorAt(path, text, toml.Key{"profiles"}, "profiles is not a value; a profile begins with [profiles.NAME]")
	}
	profiles := make([]Profile, 0, len(tables))
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		p, at, err := newProfile(filepath.Dir(path), name, tables[name])
		if err != nil {
			return nil, errorAt(path, text, append(toml.Key{"profiles", name}, at...), "profile %q: %w", name, err)
		}
		profiles = append(profiles, p)
	}
	return profiles, nil
}

// newProfile makes a profile of its table, in a file in dir. If there is an
// error, at is the setting that it is about, or nothing if it is about all.
func newProfile(dir, name string, table any) (p Profile, at toml.Key, err error) {
	values, ok := table.(map[string]any)
	if !ok {
		return p, nil, fmt.Errorf("it is not a value; it begins with [profiles.%s] on a line of its own", name)
	}
	p.Name = name
	for _, setting := range slices.Sorted(maps.Keys(values)) {
		if err := p.set(setting, values[setting]); err != nil {
			return p, toml.Key{setting}, err
		}
	}
	if at, err := p.check(); err != nil {
		return p, at, err
	}
	if p.Target == "" {
		p.Target = p.Server.url()
	}
	for _, path := range []*string{&p.Target, &p.TLS.CA, &p.TLS.Cert, &p.TLS.Key} {
		*path = resolvePath(dir, *path)
	}
	return p, nil, nil
}

// check returns an error if the settings do not go together, and the setting
// that it is about.
func (p Profile) check() (at toml.Key, err error) {
	switch {
	case p.Target == "" && p.Server.empty():
		return nil, errors.New(`it needs a target, such as target = "orders.rowan"`)
	case p.Target != "" && !p.Server.empty():
		return toml.Key{"target"}, errors.New("it has a target and the parts of one: keep either target or type, host, port, user, database and parameters")
	case p.Target == "" && p.Server.Type == "":
		return nil, errors.New(`it needs a type, such as type = "` + servers[0].scheme + `"`)
	case p.Secret.count() > 1:
		return nil, errors.New("it has its password in several places: keep one of password, password_command, password_env and password_keyring")
	case (p.TLS.Cert == "") != (p.TLS.Key == ""):
		return nil, errors.New("tls_cert and tls_key go together")
	}
	return nil, nil
}

// errorAt makes an error that names the file and the line of a key.
func errorAt(path, text string, key toml.Key, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", path, lineOf(text, key), fmt.Errorf(format, args...))
}

// lineOf returns the number of the line on which key is set, or its table
// begins. The decoder does not say, and an error without a line is one to
// search for.
func lineOf(text string, key toml.Key) int {
	want := unquote(strings.Join(key, "."))
	table := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		at := ""
		if header, ok := strings.CutPrefix(line, "["); ok {
			header, _, _ = strings.Cut(header, "]")
			table = unquote(header) + "."
			at = table
		} else if setting, _, ok := strings.Cut(line, "="); ok {
			at = table + unquote(setting) + "."
		}
		if strings.HasPrefix(at, want+".") {
			return i + 1
		}
	}
	return 1
}

// unquote returns a dotted key without the quotes and spaces of its parts.
func unquote(s string) string { return strings.NewReplacer(`"`, "", "'", "", " ", "").Replace(s) }
