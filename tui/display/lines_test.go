package display

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// plain returns all lines as they are shown, without padding.
func plain(l Lines) []string {
	out := make([]string, 0, Len(l))
	for i := range cap(out) {
		line, _ := l.Line(i)
		b := line.Append(nil, Cell{Width: 200}, func(Kind) string { return "" })
		out = append(out, strings.TrimRight(string(b), " "))
	}
	return out
}

// checkLines asserts what holds for every layout in width cells.
func checkLines(t testing.TB, l Lines, width int) {
	t.Helper()
	n := Len(l)
	if _, ok := l.Line(n); ok || n == 0 {
		t.Errorf("%d lines, and another", n)
	}
	if _, ok := l.Line(-1); ok {
		t.Error("there is a line -1")
	}
	number := 0
	for i := range n {
		line, ok := l.Line(i)
		if !ok {
			t.Fatalf("line %d of %d is missing", i, n)
		}
		if line.Number != 0 && line.Number <= number {
			t.Errorf("line %d is number %d after %d", i, line.Number, number)
		}
		number = max(number, line.Number)
		w, pieces := line.Indent, 0
		for _, tok := range line.Tokens {
			w += Width(tok.Text)
			for range Runs(tok.Text) {
				pieces++
			}
		}
		if width > 0 && w > width && pieces > 1 && width > 2*maxEscape {
			t.Errorf("line %d is %d cells wide, want %d: %+v", i, w, width, line)
		}
		for _, c := range []Cell{{Width: width}, {Width: 7, Skip: 3, EscapeOn: "\x1b[2m"}} {
			got := string(line.Append(nil, c, func(k Kind) string { return fmt.Sprintf("\x1b[3%dm", k) }))
			checkWidth(t, fmt.Sprint(line), got, max(c.Width, 0))
			checkSafe(t, fmt.Sprint(line), ansi.Strip(got))
		}
	}
}

// source returns the texts of all tokens.
func source(l Lines) string {
	var b strings.Builder
	for i := range Len(l) {
		line, _ := l.Line(i)
		for _, tok := range line.Tokens {
			b.WriteString(tok.Text)
		}
	}
	return b.String()
}

func TestTextBreaksAtLineFeedsAndSpaces(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"a\nb", 10, []string{"a", "b"}},
		{"a\n", 10, []string{"a", ""}},
		{"a\r\nb", 10, []string{"a␍", "b"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"abcdefgh", 0, []string{"abcdefgh"}},
		{"one two three", 9, []string{"one two", "three"}},
		{"a bcdefghijk", 9, []string{"a bcdefgh", "ijk"}},
		{"日本語", 5, []string{"日本", "語"}},
		{"日本語", 1, []string{"日", "本", "語"}},
		{"ab\x00\n\ncd", 10, []string{"ab␀", "", "cd"}},
	} {
		if got := plain(NewText(c.in, c.width)); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q in %d cells: %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestTextNumbersSourceLines(t *testing.T) {
	l := NewText("abcdef\ng\n\nh", 3)
	var got []int
	for i := range Len(l) {
		line, _ := l.Line(i)
		got = append(got, line.Number)
	}
	if fmt.Sprint(got) != "[1 0 2 3 4]" {
		t.Errorf("got %v", got)
	}
}

// The first screen of a large value must not lay out the rest.
func TestLayoutIsLazy(t *testing.T) {
	long := strings.Repeat("some words on a line\n", 1<<16)
	array := "[" + strings.Repeat(`{"a":[1,2]},`, 1<<16)
	for name, l := range map[string]Lines{"text": NewText(long, 80), "json": NewJSON(array, 80)} {
		if _, ok := l.Line(30); !ok {
			t.Fatalf("%s: no line 30", name)
		}
		if n, all := l.Known(); n > 40 || all {
			t.Errorf("%s: %d lines were laid out for 31", name, n)
		}
		l.Line(10)
		if n, _ := l.Known(); n > 40 {
			t.Errorf("%s: going back laid out %d lines", name, n)
		}
		if n := Len(l); n < 1<<16 {
			t.Errorf("%s: %d lines in all", name, n)
		}
	}
}

func TestHexDump(t *testing.T) {
	data := []byte("hello, \x00\xffworld of bytes")
	for _, c := range []struct {
		width int
		want  []string
	}{
		{78, []string{
			"00000000  68 65 6c 6c 6f 2c 20 00  ff 77 6f 72 6c 64 20 6f  |hello, ..world o|",
			"00000010  66 20 62 79 74 65 73                              |f bytes|",
		}},
		{47, []string{
			"00000000  68 65 6c 6c 6f 2c 20 00  |hello, .|",
			"00000008  ff 77 6f 72 6c 64 20 6f  |.world o|",
			"00000010  66 20 62 79 74 65 73     |f bytes|",
		}},
		{10, []string{"00000000  68 65 6c 6c  |hell|"}},
	} {
		got := plain(NewHex(data, c.width))
		if len(got) < len(c.want) || strings.Join(got[:len(c.want)], "\n") != strings.Join(c.want, "\n") {
			t.Errorf("in %d cells:\n%s\nwant\n%s", c.width, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	if got := plain(NewHex(nil, 80)); len(got) != 1 || got[0] != "00000000"+strings.Repeat(" ", 52)+"||" {
		t.Errorf("no bytes: %q", got)
	}
	for n := range 70 {
		checkLines(t, NewHex(data[:min(n, len(data))], n), n)
	}
	if line, _ := NewHex(make([]byte, 64), 144).Line(1); line.Tokens[0].Text != "00000020  " {
		t.Errorf("a wide dump has other offsets: %+v", line)
	}
}

func TestJSONIsIndented(t *testing.T) {
	got := plain(NewJSON(` {"id": 12345678901234567890123, "tags":["a","b\u00e9"] ,"e":{}, "f" : [ ],"n":null,"x":-1.50E+3,"t":true}`, 0))
	want := []string{
		`{`,
		`  "id": 12345678901234567890123,`,
		`  "tags": [`,
		`    "a",`,
		`    "b\u00e9"`,
		`  ],`,
		`  "e": {},`,
		`  "f": [],`,
		`  "n": null,`,
		`  "x": -1.50E+3,`,
		`  "t": true`,
		`}`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestJSONTokensHaveKinds(t *testing.T) {
	var got []string
	l := NewJSON(`{"k":"s","n":[1,false,null]}`, 0)
	for i := range Len(l) {
		line, _ := l.Line(i)
		for _, tok := range line.Tokens {
			got = append(got, fmt.Sprintf("%d%s", tok.Kind, tok.Text))
		}
	}
	want := `6{ 1"k" 6:  2"s" 6, 1"n" 6:  6[ 31 6, 4false 6, 5null 6] 6}`
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestInvalidJSONIsShownFromTheErrorOn(t *testing.T) {
	for _, c := range []struct {
		src    string
		offset int
		msg    string
		want   []string
	}{
		{`{"a":1,"b":tru}`, 11, "a value is expected", []string{`{`, `  "a": 1,`, `  "b":`, `tru}`}},
		{`[1 2]`, 3, "',' or ']' is expected", []string{`[`, `  1`, `2]`}},
		{`[1,]`, 3, "a value is expected", []string{`[`, `  1,`, `]`}},
		{`{"a" 1}`, 5, "':' is expected", []string{`{`, `  "a"`, `1}`}},
		{`{a:1}`, 1, "a name in quotes", []string{`{`, `a:1}`}},
		{`{} x`, 3, "the value ended before", []string{`{}`, `x`}},
		{``, 0, "ends too early", []string{``}},
		{`[`, 1, "ends too early", []string{`[`, ``}},
		{`"ab`, 3, "ends too early", []string{`"ab`}},
		{"\"a\nb\"", 2, "control character", []string{`"a`, `b"`}},
		{`"\q"`, 1, "no escape", []string{`"\q"`}},
		{`"\u12g4"`, 1, "no escape", []string{`"\u12g4"`}},
		{`01`, 1, "the value ended before", []string{`0`, `1`}},
		{`-x`, 1, "a digit is expected", []string{`-x`}},
		{`1.x`, 2, "a digit is expected", []string{`1.x`}},
		{`1e+x`, 3, "a digit is expected", []string{`1e+x`}},
		{"\x1b[31m", 0, "a value is expected", []string{"␛[31m"}},
	} {
		l := NewJSON(c.src, 80)
		got := plain(l)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q is shown as %q, want %q", c.src, got, c.want)
		}
		var se *SyntaxError
		if !errors.As(l.Err(), &se) || se.Offset != c.offset || !strings.Contains(se.Error(), c.msg) {
			t.Errorf("%q: error %v, want %q at %d", c.src, l.Err(), c.msg, c.offset)
		}
	}
}

func TestDeepJSONIsBounded(t *testing.T) {
	l := NewJSON(strings.Repeat("[", 1<<20), 80)
	var se *SyntaxError
	if l.Line(math.MaxInt - 1); !errors.As(l.Err(), &se) || se.Offset != maxDepth+1 {
		t.Errorf("got %v", l.Err())
	}
	ok := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	l = NewJSON(ok, 80)
	if Len(l); l.Err() != nil {
		t.Errorf("%d brackets: %v", maxDepth, l.Err())
	}
}

func TestLongJSONStringsAreFolded(t *testing.T) {
	l := NewJSON(`{"k":"`+strings.Repeat("0123456789", 6)+`"}`, 30)
	want := []string{`{`, `  "k": "0123456789012345678901`, `    23456789012345678901234567`, `    890123456789"`, `}`}
	if got := plain(l); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func FuzzTextLines(f *testing.F) {
	f.Add("one two\nthree\x1b 日本語\r\n", 8)
	f.Add("नमस्ते क्त", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width %= 60
		l := NewText(s, width)
		checkLines(t, l, width)
		want := strings.ReplaceAll(s, "\n", "")
		if got := source(l); got != want {
			t.Errorf("the lines of %q have %q", s, got)
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.50,{"b":null}],"c":"x\u00e9\n"}`, `[]`, `[1,]`, `"` + strings.Repeat("x", 50) + `"`, `tru`, ` 0 `, `{"a":1}x`} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, src string, width int) {
		width %= 60
		l := NewJSON(src, width)
		checkLines(t, l, width)
		if valid := json.Valid([]byte(src)); valid != (l.Err() == nil) {
			t.Fatalf("%q: valid %v, but the error is %v", src, valid, l.Err())
		}
		got := strings.ReplaceAll(source(l), ": ", ":")
		if l.Err() == nil {
			var want bytes.Buffer
			if err := json.Compact(&want, []byte(src)); err != nil {
				t.Fatal(err)
			}
			if strings.ReplaceAll(want.String(), ": ", ":") != got {
				t.Errorf("%q is shown as %q", src, got)
			}
		}
	})
}

func TestNumbersForPeople(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1204000: "1,204,000", -1234567: "-1,234,567", -999: "-999", math.MinInt64: "-9,223,372,036,854,775,808"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1k", 1234: "1.2k", 9960: "10k", 12345: "12k", 999_499: "999k", 999_600: "1M", 1_204_000: "1.2M", -1500: "-1.5k", math.MaxInt64: "9.2E", math.MinInt64: "-9.2E"} {
		if got := About(n); got != want {
			t.Errorf("About(%d) = %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 950: "950 B", 1023: "1023 B", 1024: "1 KB", 90_000: "88 KB", 1 << 20: "1 MB", 1_300_000: "1.2 MB"} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestDurationsForPeople(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.0ms", 800 * time.Microsecond: "0.8ms", 9960 * time.Microsecond: "10ms", 12 * time.Millisecond: "12ms", 999_600 * time.Microsecond: "1.0s",
		1234 * time.Millisecond: "1.2s", 9960 * time.Millisecond: "10s", 41 * time.Second: "41s", 59_600 * time.Millisecond: "1m00s",
		185 * time.Second: "3m05s", 130 * time.Minute: "2h10m", 76 * time.Hour: "3d04h", -time.Second: "-1.0s", math.MinInt64: "-53375d23h",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%d) = %s, want %s", d, got, want)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	text := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 1<<20/45)
	doc := "[" + strings.Repeat(`{"name":"rowan","id":12345},`, 1<<20/28) + "1]"
	for name, f := range map[string]func() Lines{
		"text": func() Lines { return NewText(text, 80) },
		"json": func() Lines { return NewJSON(doc, 80) },
	} {
		b.Run(name+"-first-screen", func(b *testing.B) {
			for b.Loop() {
				f().Line(40)
			}
		})
		b.Run(name+"-megabyte", func(b *testing.B) {
			for b.Loop() {
				Len(f())
			}
		})
	}
}
