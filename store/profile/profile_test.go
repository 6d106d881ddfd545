package profile

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "profiles.toml")
	write(t, path, `
[profiles.prod]
target = "/srv/orders.db"
read_only = true
environment = "prod"
theme = "light"

[profiles.here]
target = "data/a.rowan"
`)
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []Profile{
		{Name: "here", Target: filepath.Join(dir, "data/a.rowan")},
		{Name: "prod", Target: "/srv/orders.db", ReadOnly: true, Environment: Production, Theme: "light"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if p, ok := Find(got, "prod"); !ok || !reflect.DeepEqual(p, want[1]) {
		t.Errorf("Find: got %+v, %v", p, ok)
	}
	if _, ok := Find(got, "pro"); ok {
		t.Error("Find found a profile by half of its name")
	}
}

func TestLoadNothing(t *testing.T) {
	got, err := Load(filepath.Join(t.TempDir(), "none.toml"))
	if err != nil || len(got) != 0 {
		t.Errorf("got %v, %v; want no profiles and no error", got, err)
	}
}

// TestErrors checks that each mistake is named with its line.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"syntax", "[profiles.a]\ntarget = ", "p.toml:2: "},
		{"misspelt setting", "[profiles.a]\ntarget = \"x\"\nreadonly = true\n", `p.toml:3: profile "a": there is no setting "readonly"`},
		{"misspelt section", "[profile.a]\ntarget = \"x\"\n", "p.toml:1: there is no setting"},
		{"no target", "\n[profiles.a]\nread_only = true\n", `p.toml:2: profile "a": it needs a target`},
		{"environment", "[profiles.a]\ntarget = \"x\"\nenvironment = \"live\"\n", `environment "live" is not one of`},
		{"type", "[profiles.a]\ntarget = 5\n", `p.toml:2: profile "a": target is text`},
		{"type of a second profile", "[profiles.a]\ntarget = \"x\"\n[profiles.'b c']\ntarget = 5\n", `p.toml:4: profile "b c": target is text`},
		{"flag in quotes", "[profiles.a]\ntarget = \"x\"\nread_only = \"yes\"\n", `p.toml:3: profile "a": read_only is true or false`},
		{"profiles as a value", "\nprofiles = 3\n", "p.toml:2: profiles is not a value"},
		{"profile as a value", "[profiles]\na = \"x\"\n", `p.toml:2: profile "a": it is not a value`},
		{"table in a profile", "[profiles.a.b]\ntarget = \"x\"\n", `p.toml:1: profile "a": there is no setting "b"`},
		{"twice", "[profiles.a]\ntarget = \"x\"\n[profiles.a]\ntarget = \"y\"\n", "p.toml:3: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse("p.toml", c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant an error with %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "toml: ") {
				t.Errorf("the error names the decoder: %v", err)
			}
		})
	}
}

// TestLoadDirectory checks that the path is named once.
func TestLoadDirectory(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(dir)
	if want := "the profiles in " + dir + " cannot be read: is a directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestIsURL(t *testing.T) {
	for target, want := range map[string]bool{
		"postgres://host/db": true, "mem:": true, "sqlite3:app.db": true, "orders.db": false, "./a:b": false,
		`C:\data\a.db`: false, "/tmp/x://y": false, "": false,
	} {
		if got := IsURL(target); got != want {
			t.Errorf("IsURL(%q) = %v", target, got)
		}
	}
}

func TestScheme(t *testing.T) {
	for target, want := range map[string]string{
		"sqlite:a.db": "sqlite", "rowan:///a": "rowan", "redis+tls://h": "redis+tls",
		"a.db": "", `C:\a.db`: "", "./x:y": "", "X:y": "", "": "", ":": "",
	} {
		if got, _, ok := CutScheme(target); got != want || ok != (want != "") {
			t.Errorf("the scheme of %q is %q", target, got)
		}
	}
}

func TestRecent(t *testing.T) {
	t.Setenv("ROWAN_STATE", filepath.Join(t.TempDir(), "state"))
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, target := range []string{"/a", "/b", "/a"} {
		if err := AddRecent(target, start.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := LoadRecent()
	if err != nil || len(got) != 2 || got[0].Target != "/a" || got[1].Target != "/b" {
		t.Fatalf("got %v, %v; want /a, then /b", got, err)
	}
	if !got[0].Opened.Equal(start.Add(2 * time.Hour)) {
		t.Errorf("/a was opened last at %v", got[0].Opened)
	}
	for i := range 2 * maxRecent {
		if err := AddRecent(filepath.Join("/", "x", string(rune('a'+i))), start); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := LoadRecent(); len(got) != maxRecent {
		t.Errorf("%d targets are remembered, want %d", len(got), maxRecent)
	}
}

// TestRecentDamaged checks that a damaged file is reported, not overwritten.
func TestRecentDamaged(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("ROWAN_STATE", dir)
	path := filepath.Join(dir, "recent.json")
	write(t, path, "{")
	if err := AddRecent("/a", time.Now()); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v; want an error that names the file", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "{" {
		t.Errorf("the file is now %q", text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("[profiles.a]\ntarget = \"x\"\n")
	f.Add("[profiles.\"a.b\"]\nnope = 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		profiles, err := parse("p.toml", text)
		if err != nil {
			return
		}
		for _, p := range profiles {
			if p.Target == "" {
				t.Errorf("profile %q has no target", p.Name)
			}
		}
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
