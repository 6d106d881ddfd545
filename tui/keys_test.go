package tui

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/console"
	"github.com/rowan-db/rowan/tui/dialog"
	"github.com/rowan-db/rowan/tui/edit"
	"github.com/rowan-db/rowan/tui/help"
	"github.com/rowan-db/rowan/tui/palette"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/profiles"
	"github.com/rowan-db/rowan/tui/review"
	"github.com/rowan-db/rowan/tui/scan"
	_ "github.com/rowan-db/rowan/tui/tuitest" // the flag -update
	"github.com/rowan-db/rowan/tui/versions"
)

//go:generate go test -run TestKeysDocumentIsFresh . -update

// keyPart is a part of the screen with its commands.
type keyPart struct {
	name     string
	about    string
	commands []pane.Command
	overlay  bool
}

// parts lists every part of the screen.
func parts(t *testing.T) []keyPart {
	t.Helper()
	s, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	m := New(context.Background(), Options{Store: store.New(s), Now: func() time.Time { return time.Unix(0, 0) }})
	t.Cleanup(func() { _ = m.Close() })
	table, err := m.options.Store.Table(context.Background(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	schema := table.Schema()
	row := store.Row{Key: tuple.Of(tuple.Text("ada"), tuple.Int(1)), Values: []tuple.Value{tuple.Text("open"), tuple.Float(1), tuple.Null}}
	return []keyPart{
		{"Everywhere", "unless text is being typed or a dialog is open, where only the first three work", m.global, false},
		{"Tables", "panel 1", m.objects.Commands(), false},
		{"Rows", "panel 2", m.grid.Commands(), false},
		{"Value", "panel 3", m.value.Commands(), false},
		{"Console", "panel 4, where statements are written", console.New(m.env, "").Commands(), false},
		{"Open a database", "the screen at the start", m.start.Commands(), false},
		{"Profile form", "reach and treat a database", profiles.NewForm(m.env, nil, pane.EditProfile{}).Commands(), true},
		{"Password", "asked for when a server wants one", dialog.NewPassword(m.env, "", false, nil).Commands(), true},
		{"Scan form", "choose a range of keys", scan.New(m.env, pane.ShowScan{Schema: schema}).Commands(), true},
		{"Editor", "edit a cell", edit.NewCell(m.env, pane.EditCell{Schema: schema, Row: row, Column: 2}).Commands(), true},
		{"New row", "the form of a new row", edit.NewRow(m.env, pane.InsertRow{Schema: schema}).Commands(), true},
		{"Review", "staged changes, before they are written", review.New(m.env).Commands(), true},
		{"Palette", "run a command by name", palette.New(m.env, nil, &m.history, "").Commands(), true},
		{"Help", "all keys, searched by typing", help.New(m.env, nil).Commands(), true},
		{"Question", "before something that cannot be taken back", dialog.NewConfirm(m.env, pane.Confirm{}).Commands(), true},
		{"Error", "what failed, and what to do", dialog.NewFailure(m.env, pane.Report{Err: errors.New("x")}).Commands(), true},
		{"Text", "to be read and copied", dialog.NewTextView(m.env, "", "").Commands(), true},
		{"Kept states", "listed and compared", versions.New(m.env).Commands(), true},
		{"Log", "what happened", dialog.NewLogView(m.env, &m.status.log).Commands(), true},
	}
}

// shadows are the keys that a part may give a meaning of its own although they
// have one everywhere, with the reason.
var shadows = map[string]string{
	"esc": "means the nearest thing to go back from",
	"tab": "completes where statements are typed, as it does in every such place",
}

func TestNoKeyMeansTwoThings(t *testing.T) {
	all := parts(t)
	global := map[string]string{}
	for _, c := range all[0].commands {
		for _, k := range c.Keys {
			global[k] = c.Name
		}
	}
	for i, p := range all {
		seen := map[string]string{}
		for _, c := range p.commands {
			for _, k := range c.Keys {
				if other := seen[k]; other != "" {
					t.Errorf("%s: %s and %s are both on %q", p.name, other, c.Name, k)
				}
				seen[k] = c.Name
				if i > 0 && !p.overlay && global[k] != "" && shadows[k] == "" {
					t.Errorf("%s: %s hides %s, which is on %q everywhere", p.name, c.Name, global[k], k)
				}
			}
		}
	}
}

func TestEveryCommandSaysWhatItDoes(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	help := regexp.MustCompile(`^[a-z].*[^.]$`)
	for _, p := range parts(t) {
		seen := map[string]bool{}
		for _, c := range p.commands {
			if !name.MatchString(c.Name) || seen[c.Name] {
				t.Errorf("%s: the name %q is not words joined by dashes, or is not the only one", p.name, c.Name)
			}
			seen[c.Name] = true
			if !help.MatchString(c.Help) {
				t.Errorf("%s: %s: the help %q is not a phrase in lower case without a full stop", p.name, c.Name, c.Help)
			}
			if c.Run == nil {
				t.Errorf("%s: %s does nothing", p.name, c.Name)
			}
			if len(c.Keys) == 0 && c.Motion {
				t.Errorf("%s: %s can be reached neither by a key nor from the palette", p.name, c.Name)
			}
		}
	}
}

// notEverywhere matches keys that some keyboards and terminals cannot send.
var notEverywhere = regexp.MustCompile(`^(ctrl\+enter|ctrl\+space|alt\+.|shift\+enter|super\+.*|[\[\]{}])$`)

func TestEveryCommandHasAKeyThatAllTerminalsSend(t *testing.T) {
	for _, p := range parts(t) {
		for _, c := range p.commands {
			if len(c.Keys) > 0 && !slices.ContainsFunc(c.Keys, func(k string) bool { return !notEverywhere.MatchString(k) }) {
				t.Errorf("%s: %s has only the keys %v, which some terminals cannot send", p.name, c.Name, c.Keys)
			}
		}
	}
}

// contextual are the names that mean the same of whatever has the focus.
var contextual = map[string]bool{"copy": true}

// TestCommandsOfPanelsHaveTheirOwnNames keeps the palette, which knows commands
// by name, from hiding one behind another. The screen's own go before those
// of panels that do not have the focus.
func TestCommandsOfPanelsHaveTheirOwnNames(t *testing.T) {
	owner := map[string]string{}
	for _, p := range parts(t)[:4] {
		for _, c := range p.commands {
			if c.Motion || contextual[c.Name] {
				continue
			}
			if o := owner[c.Name]; o != "" {
				t.Errorf("both %s and %s have a command %s", o, p.name, c.Name)
			}
			owner[c.Name] = p.name
		}
	}
}

const keysDocument = "../docs/KEYS.md"

func TestKeysDocumentIsFresh(t *testing.T) {
	want := keysMarkdown(parts(t))
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(keysDocument, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(keysDocument)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is stale: run go generate ./tui", keysDocument)
	}
}

// keysMarkdown returns docs/KEYS.md.
func keysMarkdown(all []keyPart) string {
	var b strings.Builder
	b.WriteString("# Keys\n\nGenerated from the tables of commands by `go generate ./tui`. In the program, `?` lists the same,\n" +
		"and runs what is chosen; `:` runs a command by name. While text is typed, letters are text.\n")
	for _, p := range all {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n| key | command | what it does |\n| --- | --- | --- |\n", p.name, strings.ToUpper(p.about[:1])+p.about[1:])
		for _, c := range p.commands {
			name := "`" + c.Name + "`"
			if c.Arg != "" {
				name = "`" + c.Name + " " + c.ArgLabel() + "`"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", codeKeys(c.Keys), name, strings.ReplaceAll(c.Help, "|", `\|`))
		}
	}
	return b.String()
}

func codeKeys(keys []string) string {
	if len(keys) == 0 {
		return "`:`"
	}
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = "`" + strings.ReplaceAll(pane.Label(k), "|", `\|`) + "`"
	}
	return strings.Join(out, " ")
}
