package style

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/spinner"
	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/themes"
)

// size asserts that a block has exactly the size that was asked for.
func size(t *testing.T, block string, width, height int) {
	t.Helper()
	lines := strings.Split(block, "\n")
	if block == "" {
		lines = nil
	}
	if len(lines) != height {
		t.Errorf("%d lines, want %d:\n%s", len(lines), height, ansi.Strip(block))
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w != width {
			t.Errorf("line %d is %d wide, want %d: %q", i, w, width, ansi.Strip(l))
		}
	}
}

func styles(t *testing.T, name string) *Styles {
	t.Helper()
	th, err := themes.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return New(th)
}

func TestPanelHasTheSizeAskedFor(t *testing.T) {
	s := styles(t, themes.Dark)
	f := Frame{Title: []Span{Plain("[1] Objects "), {s.Panel.Note, "日本\x1b]0;"}}, Note: []Span{Plain("[3]")}, Footer: []Span{Plain("row 3 of >500")}}
	for w := range 40 {
		for h := range 6 {
			f.Width, f.Height, f.Body = w, h, nil
			for range 10 {
				f.Body = append(f.Body, strings.Repeat("x", max(0, w-2)))
			}
			size(t, s.Panel.Draw(f), w, h)
			f.Body = nil
			size(t, s.Panel.Draw(f), w, h)
		}
	}
	if got := s.Panel.Draw(Frame{Width: -3, Height: -1}); got != "" {
		t.Errorf("negative size: %q", got)
	}
}

func TestPanelLooksAsDocumented(t *testing.T) {
	s := styles(t, themes.Mono)
	f := Frame{Width: 24, Height: 4, Title: []Span{Plain("[1] Objects")}, Note: []Span{Plain("2/9")},
		Footer: []Span{Plain(" row 1\n")}, Body: []string{strings.Repeat("x", 22)}}
	want := strings.Join([]string{
		"╭[1] Objects────────2/9╮",
		"│xxxxxxxxxxxxxxxxxxxxxx│",
		"│                      │",
		"╰ row 1⏎───────────────╯",
	}, "\n")
	if got := ansi.Strip(s.Panel.Draw(f)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	f.Width = 14
	if got := ansi.Strip(s.Panel.Draw(f)); !strings.HasPrefix(got, "╭[1] Objects─╮") {
		t.Errorf("without room for the note:\n%s", got)
	}
	f.Width = 8
	if got := ansi.Strip(s.Panel.Draw(f)); !strings.HasPrefix(got, "╭[1] O…╮") {
		t.Errorf("without room for the title:\n%s", got)
	}
}

func TestFocusIsVisibleInEveryTheme(t *testing.T) {
	for _, name := range themes.Names() {
		p := styles(t, name).Panel
		f := Frame{Width: 9, Height: 3, Title: []Span{Plain("x")}}
		blurred := p.Draw(f)
		f.Focused = true
		if p.Draw(f) == blurred {
			t.Errorf("%s: a panel looks the same with and without the focus", name)
		}
	}
}

func TestColumnsJoinLines(t *testing.T) {
	if got, want := Columns("ab\ncd", "1\n2", "|\n|"), "ab1|\ncd2|"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Columns(); got != "" {
		t.Errorf("nothing became %q", got)
	}
}

func TestLinesHaveTheWidthAskedFor(t *testing.T) {
	s := styles(t, themes.Dark)
	left := []Span{Plain("demo ▸ "), {s.Header.Prod, "PROD"}, Plain("日本語")}
	right := []Span{{s.Diff.Add, "+1"}, {s.Diff.Change, " ~2"}}
	for w := range 40 {
		size(t, Line(s.Header.Text(), w, left...), w, 1)
		size(t, SplitLine(s.Header.Text(), w, left, right), w, 1)
		size(t, SplitLine(s.Header.Text(), w, left, nil), w, 1)
	}
	if got := ansi.Strip(SplitLine(s.Screen.Text(), 12, []Span{Plain("abcdefghij")}, right)); got != "abcde… +1 ~2" {
		t.Errorf("right was cut off before left: %q", got)
	}
}

func TestOverlayClipsToTheScreen(t *testing.T) {
	s := styles(t, themes.Dark)
	base := Blank(s.Screen.Text(), 20, 6)
	box := s.Dialog.Draw(Frame{Width: 8, Height: 4, Title: []Span{Plain("日本")}})
	for x := -10; x < 24; x++ {
		for y := -5; y < 8; y++ {
			size(t, Overlay(base, box, x, y, 20), 20, 6)
		}
	}
}

// A box may lie over any mixture of wide and narrow characters, and cut
// through both its own and theirs.
func TestOverlayCutsThroughWideCharacters(t *testing.T) {
	s := styles(t, themes.Dark)
	for _, base := range []string{"日本語日本語日本語日", "a日本語b日本語c日本d", "日\x1b[1m本語\x1b[m日本語日本語日", "", "ab"} {
		base = Line(s.Screen.Text(), 20, Plain(ansi.Strip(base)))
		for _, box := range []string{"x", "日本", "a日b", strings.Repeat("日", 20), ""} {
			box = s.Overlay.Text().Render(box)
			for x := -25; x < 25; x++ {
				got := Overlay(base, box, x, 0, 20)
				size(t, got, 20, 1)
				if w := ansi.StringWidthWc(got); w != 20 {
					t.Errorf("%q at %d over %q is %d wide by character", ansi.Strip(box), x, ansi.Strip(base), w)
				}
			}
		}
	}
}

func TestOverlayKeepsWhatItDoesNotCover(t *testing.T) {
	for _, c := range []struct {
		base, box string
		x, y      int
		want      string
	}{
		{"abcdef\nghijkl", "XY", 2, 1, "abcdef\nghXYkl"},
		{"abcdef", "XY", -1, 0, "Ybcdef"},
		{"abcdef", "XY", 5, 0, "abcdeX"},
		{"abcdef", "XY", 6, 0, "abcdef"},
		{"abcdef", "XY", 0, 1, "abcdef"},
		{"abcdef", "X\nY", 0, -1, "Ybcdef"},
		{"日本語", "X", 1, 0, " X本語"},
		{"日本語", "X", 2, 0, "日X 語"},
		{"日本語", "XX", 1, 0, " XX 語"},
		{"abcdef", "日本", 3, 0, "abc日 "},
		{"abcdef", "日本", -1, 0, " 本def"},
	} {
		if got := ansi.Strip(Overlay(c.base, c.box, c.x, c.y, 6)); got != c.want {
			t.Errorf("%q over %q at %d,%d = %q, want %q", c.box, c.base, c.x, c.y, got, c.want)
		}
	}
}

func TestSpansCannotSmuggleSequences(t *testing.T) {
	s := styles(t, themes.Mono)
	got := Line(s.Screen.Text(), 30, Plain("a\x1b[31mb\x9b0mc\n"))
	if want := "\x1b[0ma␛[31mb\\x9b0mc⏎" + strings.Repeat(" ", 15) + "\x1b[m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAttributesAddUp(t *testing.T) {
	s := styles(t, themes.Mono)
	if got, want := s.Diff.Before.On, "\x1b[0;9m"; got != want {
		t.Errorf("a value that is replaced: %q, want %q", got, want)
	}
	if got, want := (SGR{}).With(themes.Bold), (SGR{"\x1b[0;1m", "\x1b[m"}); got != want {
		t.Errorf("bold on nothing: %q, want %q", got, want)
	}
	got := styles(t, themes.Dark).Grid.Row.Of(themes.Title).On
	if !strings.HasPrefix(got, "\x1b[0;1;38;2;") || !strings.Contains(got, ";48;2;38;44;55m") {
		t.Errorf("title on the cursor's row: %q", got)
	}
	if got := (Layer{}).Text(); got != (SGR{}) {
		t.Errorf("a zero layer has the look %v", got)
	}
}

// In every theme the states of a row can be told apart, and the mono theme
// says so without colours.
func TestStatesLookDifferent(t *testing.T) {
	for _, name := range themes.Names() {
		s := styles(t, name)
		seen := map[string]string{}
		for what, l := range map[string]Layer{"plain": s.Grid.Plain, "row": s.Grid.Row, "marked": s.Grid.Marked, "cursor": s.Grid.Cursor, "blurred": s.Grid.Blurred} {
			on := l.Text().On
			if other, ok := seen[on]; ok {
				t.Errorf("%s: %s looks like %s", name, what, other)
			}
			seen[on] = what
		}
	}
}

func TestSpinnerTurns(t *testing.T) {
	frame := spinner.MiniDot.FPS
	round := time.Duration(len(spinner.MiniDot.Frames)) * frame
	if Spinner(0) == Spinner(frame) || Spinner(0) != Spinner(round) || Spinner(-1) != Spinner(0) {
		t.Error("the frames do not follow the time")
	}
	for at := time.Duration(0); at < round; at += frame {
		if ansi.StringWidth(Spinner(at)) != 1 {
			t.Errorf("the frame %q is not one cell wide", Spinner(at))
		}
	}
}

// Colours are made here alone, so that a theme reaches everything.
func TestNobodyElseMakesColours(t *testing.T) {
	for _, root := range []string{"..", "../../cli"} {
		fsys := os.DirFS(root)
		err := fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return fs.SkipDir
			}
			if err != nil || d.IsDir() || path.Ext(file) != ".go" || root == ".." && path.Dir(file) == "style" {
				return err
			}
			src, err := fs.ReadFile(fsys, file)
			if err == nil && regexp.MustCompile(`lipgloss\.(Color|NewStyle)\(`).Match(src) {
				t.Errorf("%s/%s makes a style: add a field to style.Styles, or a role to themes", root, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkPanel(b *testing.B) {
	th, err := themes.Named(themes.Dark)
	if err != nil {
		b.Fatal(err)
	}
	s := New(th)
	row := s.Grid.Plain.Text().Render(strings.Repeat("x", 118))
	f := Frame{Width: 120, Height: 36, Title: []Span{Plain("[2] orders")}, Footer: []Span{Plain(" row 3 of >500 ")}}
	for range f.Height - 2 {
		f.Body = append(f.Body, row)
	}
	screen := s.Panel.Draw(f)
	box := s.Dialog.Draw(Frame{Width: 60, Height: 12})
	b.Run("draw", func(b *testing.B) {
		for b.Loop() {
			s.Panel.Draw(f)
		}
	})
	b.Run("overlay", func(b *testing.B) {
		for b.Loop() {
			Overlay(screen, box, 30, 12, 120)
		}
	})
}
