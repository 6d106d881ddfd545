package profile

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const handwritten = `# My databases.

# The shop that customers see.
[profiles.prod]            # careful
target = "postgres://app@db.example.org/shop"   # behind the balancer
environment = "prod"
startup = [
  "set search_path to shop",  # ours ]
  "set work_mem = '64MB'",
]

# password below is the staging one's
[profiles."two words"]
  target='~/a.rowan'
read_only = true

# in parts
[profiles.parts]
type = "mysql"
host = "db"
port = 3307
[profiles.parts.parameters]
charset = "utf8mb4"

# The end.
[profiles.last]
target = """
/data/[a]#b"""
`

// edited returns what an edit makes of a text.
func edited(t testing.TB, text string, edit func(*File) error) (string, error) {
	t.Helper()
	profiles, err := parse("/etc/p.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	f := &File{"/etc/p.toml", text, profiles}
	err = edit(f)
	return f.text, err
}

// change returns an edit that sets a setting of a profile.
func change(name, setting, value string) func(*File) error {
	return func(f *File) error {
		p, _ := Find(f.profiles, name)
		if err := p.Set(setting, value); err != nil {
			return err
		}
		return f.Change(name, p)
	}
}

// TestEditKeepsTheRest checks each edit against the lines that it may touch.
func TestEditKeepsTheRest(t *testing.T) {
	rename := func(from, to string) func(*File) error {
		return func(f *File) error {
			p, _ := Find(f.profiles, from)
			p.Name = to
			return f.Change(from, p)
		}
	}
	for _, c := range []struct {
		name     string
		edit     func(*File) error
		from, to string // the part of the text that is another afterwards
	}{
		{"value", change("prod", "environment", "staging"), `environment = "prod"`, `environment = "staging"`},
		{"value with a comment", change("prod", "target", "postgres://new/shop"), `"postgres://app@db.example.org/shop"   #`, `"postgres://new/shop"   #`},
		{"value of several lines", change("prod", "startup", "x"), handwritten[strings.Index(handwritten, "[\n") : strings.Index(handwritten, "]\n\n# pass")+1], `["x"]`},
		{"removed", change("prod", "environment", ""), "environment = \"prod\"\n", ""},
		{"added", change("prod", "theme", "light"), "'64MB'\",\n]\n", "'64MB'\",\n]\ntheme = \"light\"\n"},
		{"quoted name", change("two words", "read_only", "false"), "read_only = true\n", ""},
		{"single quotes", change("two words", "target", "/b"), `'~/a.rowan'`, `"/b"`},
		{"number", change("parts", "port", "99"), "3307", "99"},
		{"multi-line text", change("last", "target", "/c"), "\"\"\"\n/data/[a]#b\"\"\"", `"/c"`},
		{"parts become one", change("parts", "target", "mysql://h/d"),
			"type = \"mysql\"\nhost = \"db\"\nport = 3307\n[profiles.parts.parameters]\ncharset = \"utf8mb4\"\n\n", "target = \"mysql://h/d\"\n"},
		{"renamed", rename("prod", "live"), "[profiles.prod] ", "[profiles.live] "},
		{"renamed with its tables", rename("parts", "a.b"), "[profiles.parts]", `[profiles."a.b"]`},
		{"profile removed", func(f *File) error { return f.Remove("two words") },
			"# password below is the staging one's\n[profiles.\"two words\"]\n  target='~/a.rowan'\nread_only = true\n\n", ""},
		{"profile with tables removed", func(f *File) error { return f.Remove("parts") },
			handwritten[strings.Index(handwritten, "# in parts"):strings.Index(handwritten, "# The end.")], ""},
		{"last profile removed", func(f *File) error { return f.Remove("last") }, handwritten[strings.Index(handwritten, "# The end."):], ""},
		{"profile added", func(f *File) error { return f.Add(Profile{Name: "new", Target: "/n", ReadOnly: true}) },
			"#b\"\"\"\n", "#b\"\"\"\n\n[profiles.new]\ntarget = \"/n\"\nread_only = true\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(handwritten, c.from) {
				t.Fatalf("the text has no %q", c.from)
			}
			got, err := edited(t, handwritten, c.edit)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(handwritten, c.from, c.to, 1)
			if c.name == "renamed with its tables" {
				want = strings.Replace(want, "[profiles.parts.parameters]", `[profiles."a.b".parameters]`, 1)
			}
			if got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestEditOfNothing checks that an edit that changes nothing changes nothing.
func TestEditOfNothing(t *testing.T) {
	got, err := edited(t, handwritten, func(f *File) error {
		for _, p := range f.Profiles() {
			if err := f.Change(p.Name, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || got != handwritten {
		t.Errorf("error %v, text:\n%s", err, got)
	}
}

// TestEditRefused checks that an edit that cannot be right fails, and leaves
// the text as it is.
func TestEditRefused(t *testing.T) {
	inline := "profiles.a = { target = \"x\" }\n"
	for _, c := range []struct {
		name, text string
		edit       func(*File) error
		want       string
	}{
		{"inline table", inline, change("a", "theme", "light"), "has to be edited by hand"},
		{"dotted keys", "[profiles]\na.target = \"x\"\n", change("a", "target", "y"), "has to be edited by hand"},
		{"inline table removed", inline, func(f *File) error { return f.Remove("a") }, "has to be edited by hand"},
		{"taken name", handwritten, func(f *File) error { return f.Add(Profile{Name: "prod", Target: "x"}) }, "already"},
		{"no such profile", handwritten, func(f *File) error { return f.Remove("none") }, "there is no profile none"},
		{"bad name", "", func(f *File) error { return f.Add(Profile{Name: "a b", Target: "x"}) }, "is no name"},
		{"path as a name", "", func(f *File) error { return f.Add(Profile{Name: "a/b", Target: "x"}) }, "path"},
		{"no target", "", func(f *File) error { return f.Add(Profile{Name: "a"}) }, "needs a target"},
		{"half a certificate", handwritten, change("prod", "tls_cert", "/c"), "go together"},
		{"bad colour", handwritten, change("prod", "colour", "pink"), "not one of"},
		{"bad mode", handwritten, change("prod", "tls", "maybe"), "not one of"},
		{"bad time", handwritten, change("prod", "unlock_time", "soon"), "is a time"},
		{"two secrets", handwritten, func(f *File) error {
			p, _ := Find(f.profiles, "prod")
			p.Secret = Secret{Env: "A", Command: "b"}
			return f.Change("prod", p)
		}, "several places"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := edited(t, c.text, c.edit)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if got != c.text {
				t.Errorf("the text is now:\n%s", got)
			}
		})
	}
}

func TestSaveReplacesTheFile(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "dotfiles.toml"), filepath.Join(dir, "conf", "profiles.toml")
	if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(real, []byte("[profiles.a]\ntarget = \"/a\"\npassword = \"p\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	f, err := Read(link)
	if err != nil || !strings.Contains(f.Warning(), "chmod 600") {
		t.Errorf("a password that others may read: %v, warning %q", err, f.Warning())
	}
	if err := Edit(link, change("a", "theme", "light")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", info.Mode(), err)
	}
	if info, err = os.Stat(real); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v, %v", info.Mode(), err)
	}
	if f, err = Read(link); err != nil || f.Profiles()[0].Theme != "light" || f.Warning() != "" {
		t.Errorf("read back: %+v, %v, warning %q", f.Profiles(), err, f.Warning())
	}
}

func TestSaveMakesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "profiles.toml")
	if err := Edit(path, func(f *File) error { return f.Add(Profile{Name: "a", Target: "x.rowan"}) }); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil || len(got) != 1 || got[0].Target != filepath.Join(filepath.Dir(path), "x.rowan") {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestProfileSurvivesTheFile checks that any profile reads back as it was
// written, in a file that has others.
func TestProfileSurvivesTheFile(t *testing.T) {
	text := rapid.StringMatching(`[a-z '"\\\n\t#=\[\]{}é]{0,12}`)
	rapid.Check(t, func(rt *rapid.T) {
		p := Profile{
			Name:        rapid.StringMatching(`[a-z.é=#-][a-z.é=#-]{0,6}`).Filter(func(s string) bool { return CheckName(s) == nil }).Draw(rt, "name"),
			Target:      "/" + text.Draw(rt, "target"),
			Environment: rapid.SampledFrom(Environments()).Draw(rt, "environment"),
			Color:       rapid.SampledFrom(append(Colors(), "")).Draw(rt, "colour"),
			ReadOnly:    rapid.Bool().Draw(rt, "read_only"),
			Theme:       text.Draw(rt, "theme"),
			Startup:     rapid.SliceOfN(text, 0, 3).Draw(rt, "startup"),
			UnlockTime:  time.Duration(rapid.IntRange(0, 1e6).Draw(rt, "unlock")) * time.Second,
			Secret:      Secret{Command: text.Draw(rt, "command")},
			SSH:         text.Draw(rt, "ssh"),
		}
		p.normalize("")
		var f *File
		got, err := edited(t, handwritten, func(file *File) error {
			f = file
			return file.Add(p)
		})
		if err != nil {
			rt.Fatalf("%+v: %v", p, err)
		}
		if q, ok := Find(f.profiles, p.Name); !ok || !reflect.DeepEqual(p, q) {
			rt.Fatalf("written %+v\nread    %+v", p, q)
		}
		if got, err = edited(t, got, func(file *File) error { return file.Remove(p.Name) }); err != nil || got != handwritten+"\n" {
			rt.Fatalf("%v: removed again:\n%s", err, got)
		}
	})
}

// FuzzEdit checks that no file makes an edit say something else than it should.
func FuzzEdit(f *testing.F) {
	f.Add(handwritten, "prod", "x")
	f.Add("[profiles.a]\ntarget = 'b' # c\n[profiles.a.parameters]\n", "a", "\n\"")
	f.Fuzz(func(t *testing.T, text, name, value string) {
		profiles, err := parse("/p.toml", text)
		if err != nil {
			return
		}
		file := &File{"/p.toml", text, profiles}
		p, ok := Find(profiles, name)
		if !ok || p.Set("theme", value) != nil || file.Change(name, p) != nil {
			return
		}
		again, err := parse("/p.toml", file.text)
		if err != nil || !reflect.DeepEqual(again, file.profiles) {
			t.Fatalf("%v: got %+v, want %+v", err, again, file.profiles)
		}
		if q, _ := Find(again, name); q.Theme != value {
			t.Errorf("the theme is %q, want %q", q.Theme, value)
		}
	})
}

// TestSettingsAreDocumented checks that people can find out about every setting.
func TestSettingsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/PROFILES.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Settings() {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/PROFILES.md does not say what %s is", name)
		}
	}
}
