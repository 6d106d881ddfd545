package display

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestTextShowsWhatCannotBeShown(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "",
		"plain text":        "plain text",
		"a\x00b\x1b[31mc":   "a␀b␛[31mc",
		"one\ntwo\ttab\r\n": "one⏎two⇥tab␍⏎",
		"del\x7f":           "del␡",
		"c1\u009b31m":       "c1‹U+009B›31m",
		"raw c1 \x9b31m":    `raw c1 \x9b31m`,
		"\xff\xfe":          `\xff\xfe`,
		"a\u202eb":          "a‹U+202E›b",
		"a\u200bb\ufeff":    "a‹U+200B›b‹U+FEFF›",
		"a\u00a0b\u3000c":   "a‹U+00A0›b‹U+3000›c",
		"\ue0b0\U0010fffe":  "‹U+E0B0›‹U+10FFFE›",
		"\u0301x":           "‹U+0301›x",
		"caf\u00e9":         "café",
		"cafe\u0301":        "cafe\u0301",
		"日本語 한국어":           "日本語 한국어",
		"flag 🇩🇪🇫🇷":         "flag 🇩🇪🇫🇷",
		"🇩":                 "‹U+1F1E9›",
		"👨\u200d👩":          "👨‹U+200D›👩",
		"❤\ufe0f":           "❤‹U+FE0F›",
		"👍🏽":                "👍‹U+1F3FD›",
		"1\ufe0f\u20e3":     "1‹U+FE0F›‹U+20E3›",
		"नमस्ते":            "नमस‹U+094D›ते",
		// The vowel AM looks the same, but is as wide in every terminal.
		"\u0e19\u0e49\u0e33": "\u0e19\u0e49\u0e4d\u0e32",
		"\u0e81\u0eb3":       "\u0e81\u0ecd\u0eb2",
		"\u0e33":             "‹U+0E33›",
		"\u0e01\u0e4d\u0e32": "\u0e01‹U+0E4D›\u0e32",
		"␛ ⏎ ⇥":              "‹U+241B› ‹U+23CE› ‹U+21E5›",
		"‹x› ‹U+41›":         "‹x› ‹U+2039›U+41›",
		`C:\xray \xff \x41`:  `C:\xray ‹U+005C›xff \x41`,
		"\ufffd":             "\ufffd",
		"\xed\xa0\x80":       `\xed\xa0\x80`,
		"\u0d4e\u0d15":       "‹U+0D4E›ക",
		"‹":                  "‹",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%+q) = %q, want %q", in, got, want)
		}
	}
}

// unshape is the inverse of Text: it exists because Text is injective.
func unshape(t testing.TB, s string) string {
	t.Helper()
	var b []byte
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case strings.HasPrefix(s, "‹U+"):
			var code rune
			n = strings.Index(s, "›") + len("›")
			for _, c := range s[len("‹U+") : n-len("›")] {
				code = code<<4 | rune(strings.IndexRune(hexUpper, c))
			}
			b = utf8.AppendRune(b, code)
		case r == '\\' && isByteEscape(s):
			n = 4
			b = append(b, byte(strings.IndexByte(hexLower, s[2])<<4|strings.IndexByte(hexLower, s[3])))
		case r == '⏎':
			b = append(b, '\n')
		case r == '⇥':
			b = append(b, '\t')
		case r == '␡':
			b = append(b, 0x7f)
		case r >= '␀' && r <= '␟':
			b = append(b, byte(r-'␀'))
		case isVowelPair(r, s[n:]):
			b = utf8.AppendRune(b, r-0x1a)
			_, next := utf8.DecodeRuneInString(s[n:])
			n += next
		default:
			b = append(b, s[:n]...)
		}
		s = s[n:]
	}
	return string(b)
}

// check asserts what holds for every input.
func check(t testing.TB, in string, width int) {
	t.Helper()
	text := Text(in)
	checkSafe(t, in, text)
	checkWidth(t, in, text, Width(in))
	if back := unshape(t, text); back != in {
		t.Errorf("Text(%+q) = %q, which is also the text of %+q", in, text, back)
	}
	var joined string
	for r := range Runs(in) {
		joined += r.Text
		checkWidth(t, in, r.Text, r.Width)
	}
	if joined != text {
		t.Errorf("the runs of %+q make %q, want %q", in, joined, text)
	}
	checkFit(t, in, width)
	for _, c := range []Cell{{Width: width}, {Width: width, Align: Right}, {Width: width, Skip: 3}, {Width: width, EscapeOn: "\x1b[2m", EscapeOff: "\x1b[22m"}} {
		got := string(c.Append(nil, in))
		checkSafe(t, in, ansi.Strip(got))
		checkWidth(t, in, got, max(width, 0))
	}
}

func checkFit(t testing.TB, in string, width int) {
	t.Helper()
	fit, w := Fit(in, width)
	checkSafe(t, in, fit)
	checkWidth(t, in, fit, w)
	if w > max(width, 0) {
		t.Errorf("Fit(%+q, %d) is %d wide", in, width, w)
	}
	whole := Width(in) <= width
	if whole && fit != Text(in) {
		t.Errorf("Fit(%+q, %d) = %q, but it fits", in, width, fit)
	}
	if !whole && width > 0 && !strings.HasSuffix(fit, Ellipsis) {
		t.Errorf("Fit(%+q, %d) = %q, without an ellipsis", in, width, fit)
	}
}

func checkSafe(t testing.TB, in, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%+q became %+q: invalid UTF-8", in, out)
	}
	for _, r := range out {
		hidden := unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
		if r < ' ' || r == 0x7f || !unicode.IsGraphic(r) || unicode.Is(unicode.Zs, r) && r != ' ' || hidden {
			t.Errorf("%+q became %+q, which has %U", in, out, r)
		}
	}
}

func checkWidth(t testing.TB, in, out string, want int) {
	t.Helper()
	if g, wc := ansi.StringWidth(out), ansi.StringWidthWc(out); g != want || wc != want {
		t.Errorf("%+q became %+q: width %d by cluster, %d by character, want %d", in, out, g, wc, want)
	}
}

// Every character, after and before characters of each kind that joins.
func TestEveryCharacterIsSafeAmongOthers(t *testing.T) {
	around := []string{"a", "क्", "ก", "🇩", "👍", "ᄒ"}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		// Of the long ranges of ideographs, syllables and nothing at all a
		// few are enough.
		if r%61 != 0 && (r > 0x3400 && r < 0xd700 || r > 0xe000 && r < 0xf900 || r > 0x17000 && r < 0x1b000 || r > 0x20000) {
			continue
		}
		for _, a := range around {
			s := a + string(r) + a
			checkSafe(t, s, Text(s))
			checkWidth(t, s, Text(s), Width(s))
		}
	}
}

// The tables of joining characters are complete: no base joins its neighbour.
func TestBasesDoNotJoin(t *testing.T) {
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if !unicode.IsGraphic(r) || isHidden(r) || !isBase(r) {
			continue
		}
		s := string(r)
		if n, _, _ := clusterWidth("‹" + s); n != len("‹") {
			t.Errorf("%U joins what comes before it", r)
		}
		if n, _, _ := clusterWidth(s + "‹"); n != len(s) {
			t.Errorf("%U joins what comes after it", r)
		}
	}
}

func TestRunsSayWhatIsEscaped(t *testing.T) {
	var got []Run
	for r := range Runs("ab\x00\n日\xff") {
		got = append(got, r)
	}
	want := []Run{{"ab", 2, false}, {"␀⏎", 2, true}, {"日", 2, false}, {`\xff`, 4, true}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("run %d is %v, want %v", i, got[i], want[i])
		}
	}
	for r := range Runs("a\x00b") {
		if r.Text != "a" {
			t.Errorf("the iteration went on to %v", r)
		}
		break
	}
}

func TestFitCutsAtCells(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"hello", 5, "hello"},
		{"hello", 4, "hel…"},
		{"hello", 1, "…"},
		{"hello", 0, ""},
		{"hello", -1, ""},
		{"日本語", 6, "日本語"},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日…"},
		{"日本語", 3, "日…"},
		{"日本語", 2, "…"},
		{"a\x9bb", 6, `a\x9bb`},
		{"ab\x9bb", 4, "ab…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
	} {
		if got, _ := Fit(c.in, c.width); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestCellAlignsSkipsAndPaints(t *testing.T) {
	for _, c := range []struct {
		cell Cell
		in   string
		want string
	}{
		{Cell{Width: 6}, "abc", "abc   "},
		{Cell{Width: 6, Align: Right}, "abc", "   abc"},
		{Cell{Width: 6, Align: Right}, "日本", "  日本"},
		{Cell{Width: 2, Align: Right}, "abc", "a…"},
		{Cell{Width: 4, Skip: 2}, "abcdef", "cdef"},
		{Cell{Width: 3, Skip: 2}, "abcdef", "cd…"},
		{Cell{Width: 4, Skip: 1}, "日本語", " 本…"},
		{Cell{Width: 4, Skip: 9}, "abc", "    "},
		{Cell{Width: 1, Skip: 1}, "日本語", "…"},
		{Cell{Width: 3, Skip: 1}, "‹U+41›", "…  "},
		{Cell{Width: 6, EscapeOn: "<", EscapeOff: ">"}, "a\n\nb", "a<⏎⏎>b  "},
		{Cell{Width: 3, EscapeOn: "<", EscapeOff: ">"}, "abcdef", "ab<…>"},
		{Cell{Width: 2, EscapeOn: "<", EscapeOff: ">"}, "\n\n\n", "<⏎…>"},
	} {
		if got := string(c.cell.Append(nil, c.in)); got != c.want {
			t.Errorf("%+v of %q = %q, want %q", c.cell, c.in, got, c.want)
		}
	}
	if got := string(AppendFit([]byte("x "), "abcdef", 3)); got != "x ab…" {
		t.Errorf("AppendFit after other text: %q", got)
	}
}

func TestLongClustersAreTakenApart(t *testing.T) {
	for _, in := range []string{
		"e" + strings.Repeat("\u0301", 1000),
		strings.Repeat("क्", 1000),
		"a" + strings.Repeat("\u094d", 15) + "क",
		strings.Repeat("👩\u200d", 50),
		strings.Repeat("🇩", 101),
	} {
		check(t, in, 20)
		if got := Text(in + "a é"); !strings.HasSuffix(got, "a é") {
			t.Errorf("what follows %d bytes is changed too: %q", len(in), got[len(got)-20:])
		}
	}
}

func TestLineJoinsLines(t *testing.T) {
	if got := Line("a\n\tb\r\nc\x1b d\n"); got != "a b c␛ d" {
		t.Errorf("got %q", got)
	}
}

func TestWidthUpToStops(t *testing.T) {
	if w := WidthUpTo(strings.Repeat("日", 1000), 10); w <= 10 || w > 10+maxEscape {
		t.Errorf("got %d", w)
	}
}

// Drawing a few cells of a long value must not build the rest of it.
func TestFittingDoesNotShapeTheRest(t *testing.T) {
	long := strings.Repeat("日本\x00e\u0301", 1<<18)
	for name, f := range map[string]func() []byte{
		"left":  func() []byte { return Cell{Width: 20}.Append(nil, long) },
		"right": func() []byte { return Cell{Width: 20, Align: Right}.Append(nil, long) },
		"skip":  func() []byte { return Cell{Width: 20, Skip: 5}.Append(nil, long) },
	} {
		n := testing.AllocsPerRun(10, func() { f() })
		if len(f()) > 200 || n > 10 {
			t.Errorf("%s: %d bytes in %.0f allocations", name, len(f()), n)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "abc", "a\x1b[31mb", "日本語", "👨\u200d👩\u200d👧", "नमस्ते", "กำ", "น้ำก\u0e4d\u0e32", "\u0d4e\u0d15", "‹U+41›", `\xff`, "🇩🇪🇫", "e\u0301\u0302", "\xed\xa0\x80", "ᄒ\u1161\u11ab"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		check(t, s, width%100)
	})
}

func BenchmarkAppendFit(b *testing.B) {
	for name, s := range map[string]string{
		"ascii": "order 4711 is paid", "latin": "Größe: 12 µm, café",
		"cjk": "東京都千代田区丸の内", "escaped": "line\nnext\x1b[31m", "megabyte": strings.Repeat("東京", 1<<18),
	} {
		b.Run(name, func(b *testing.B) {
			buf := make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				buf = AppendFit(buf[:0], s, 20)
			}
		})
	}
}
