package themes

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// onData are the roles that draw values, and backgrounds that values lie on.
var (
	onData   = []Role{Text, Muted, Accent, Key, String, Number, Bool, Time, Binary, Null, Escape, Add, Change, Delete}
	dataBgs  = []Role{Background, RowBg, SelectionBg, OverlayBg}
	onScreen = []Role{Title, ColumnText, OK, Warn, Fail, HintKey, HintText}
)

// pairs returns each text role with every background it is drawn on.
func pairs() (out [][2]Role) {
	for _, bg := range dataBgs {
		for _, fg := range onData {
			out = append(out, [2]Role{fg, bg})
		}
	}
	for _, fg := range onScreen {
		out = append(out, [2]Role{fg, Background}, [2]Role{fg, OverlayBg})
	}
	for _, fg := range []Role{HeaderText, Muted, Accent, OK, Warn, Fail, Add, Change, Delete} {
		out = append(out, [2]Role{fg, HeaderBg})
	}
	return append(out, [2]Role{CursorText, CursorBg}, [2]Role{MatchText, MatchBg},
		[2]Role{ProdText, ProdBg}, [2]Role{BadgeText, BadgeBg})
}

// luminance and contrast are those of the WCAG 2.
func luminance(t *testing.T, color string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	channel := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestTextIsReadableOnItsBackground(t *testing.T) {
	for name, least := range map[string]float64{Dark: 4.5, Light: 4.5, HighContrast: 7} {
		th, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pairs() {
			got := contrast(t, th.Paint(p[0]).Color, th.Paint(p[1]).Color)
			if got < least {
				t.Errorf("%s: %s on %s has contrast %.2f, want %.1f", name, p[0], p[1], got, least)
			}
		}
	}
}

// Borders carry no text, but the eye has to find them.
func TestBordersCanBeSeen(t *testing.T) {
	for name, least := range map[string]float64{Dark: 1.5, Light: 1.5, HighContrast: 7} {
		th, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		bg := th.Paint(Background).Color
		if got := contrast(t, th.Paint(Border).Color, bg); got < least {
			t.Errorf("%s: border has contrast %.2f, want %.1f", name, got, least)
		}
		if got := contrast(t, th.Paint(BorderFocus).Color, bg); got < 3 {
			t.Errorf("%s: border-focus has contrast %.2f, want 3", name, got)
		}
	}
}

func TestEveryThemeIsNamedAsItsFile(t *testing.T) {
	for _, name := range Names() {
		th, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if th.Name != name {
			t.Errorf("theme %s calls itself %s", name, th.Name)
		}
	}
	files, err := builtin.ReadDir(".")
	if err != nil || len(files) != len(Names()) {
		t.Errorf("%d files for %d names (%v)", len(files), len(Names()), err)
	}
	if !Default(true).Dark || Default(false).Dark {
		t.Error("Default returns a theme for the other background")
	}
}

func TestMonoHasNoColour(t *testing.T) {
	th, err := Named(Mono)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Roles() {
		if c := th.Paint(r).Color; c != "" {
			t.Errorf("%s has colour %s", r, c)
		}
	}
}

func TestRolesHaveDistinctNames(t *testing.T) {
	for _, r := range Roles() {
		if got, ok := roleNamed(r.String()); !ok || got != r {
			t.Errorf("role %d is named %q, which names %v", r, r, got)
		}
	}
}

func TestUnknownThemeNamesTheOthers(t *testing.T) {
	_, err := Named("solarized")
	if !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "high-contrast") {
		t.Errorf("got %v", err)
	}
}

// edit returns the dark theme with one line replaced.
func edit(t *testing.T, old, new string) string {
	t.Helper()
	src, err := builtin.ReadFile("dark.toml")
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Replace(string(src), old, new, 1)
	if out == string(src) {
		t.Fatalf("dark.toml has no %q", old)
	}
	return out
}

func TestMistakesAreReportedWithTheirLine(t *testing.T) {
	const accent = `accent       = "#f4876b"`
	for _, c := range []struct{ name, old, new, want string }{
		{"bad colour", accent, `accent = "#f4876"`, `x.toml:9: role accent has the bad colour "#f4876"`},
		{"bad digit", accent, `accent = "#f4876g"`, `x.toml:9: role accent has the bad colour "#f4876g"`},
		{"empty", accent, `accent = ""`, `x.toml:9: role accent is empty`},
		{"attribute", accent, `accent = "#f4876b blink"`, `x.toml:9: role accent has the unknown attribute "blink"`},
		{"not a string", accent, `accent = 7`, `x.toml:9: role accent must be a string`},
		{"unknown role", accent, `acent = "#f4876b"`, `x.toml:9: unknown role "acent"`},
		{"missing role", accent, ``, `x.toml:5: role accent is missing`},
		{"unknown setting", `dark = true`, "dark = true\nauthor = \"me\"", `x.toml:4: unknown setting "author"`},
		{"no name", `name = "dark"`, ``, `x.toml: the theme has no name`},
		{"no dark", `dark = true`, ``, `x.toml: dark = true or dark = false is missing`},
		{"syntax", accent, `accent = #f4876b`, `x.toml:9: `},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("x.toml", []byte(edit(t, c.old, c.new)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			var e *Error
			if !errors.As(err, &e) || e.File != "x.toml" {
				t.Errorf("%v is no *Error of the file", err)
			}
		})
	}
}

func TestAllMistakesAreReported(t *testing.T) {
	src := strings.Replace(edit(t, `"#f4876b"`, `"red"`), `"#d9dde5"`, `"white"`, 1)
	_, err := Parse("x.toml", []byte(src))
	if err == nil || !strings.Contains(err.Error(), `"red"`) || !strings.Contains(err.Error(), `"white"`) {
		t.Errorf("got %v", err)
	}
}

func TestLoadReadsAUsersFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.toml")
	src := edit(t, `accent       = "#f4876b"`, `accent = "#AABBCC bold underline"`)
	if err := os.WriteFile(path, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	th, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := th.Paint(Accent), (Paint{"#aabbcc", Bold | Underline}); got != want {
		t.Errorf("accent is %v, want %v", got, want)
	}
	_, err = Load(path + ".missing")
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("missing file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range Names() {
		src, err := builtin.ReadFile(name + ".toml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Add([]byte("[roles]\ntext = {}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		th, err := Parse("f.toml", src)
		if (th == nil) == (err == nil) {
			t.Fatalf("theme %v with error %v", th, err)
		}
		if err != nil {
			return
		}
		for _, r := range Roles() {
			if c := th.Paint(r).Color; c != "" && (len(c) != 7 || c[0] != '#') {
				t.Errorf("role %s has colour %q", r, c)
			}
		}
	})
}
