package demo

import (
	"strings"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// oneMegabyte is the size of the large values.
const oneMegabyte = 1 << 20

// awkward is a table of what a viewer must survive and show for what it is.
func awkward() source {
	rows := awkwardRows()
	return source{awkwardSchema, func(yield func(store.Row) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}, len(rows)}
}

func awkwardRows() []store.Row {
	null := tuple.Null
	text := func(name, value, remark string) store.Row {
		return row(key(tuple.Text(name)), tuple.Text(value), null, null, tuple.Text(remark))
	}
	return []store.Row{
		row(key(tuple.Text("")), tuple.Text("the key of this row is the empty text"), null, null, tuple.Text("an empty key")),
		text("00 the word", "NULL", "the text NULL"),
		row(key(tuple.Text("01 null")), null, null, null, tuple.Text("all NULL")),
		row(key(tuple.Text("02 empty")), tuple.Text(""), tuple.BytesOf(""), tuple.JSON(`""`), tuple.Text("empty, not NULL")),
		text("03 blanks", "  two before, two after  ", "blanks at the ends"),
		text("04 lines", "first line\nsecond line\r\nthird\tafter a tab", "line breaks and a tab"),
		text("05 controls", "bell \a back \b vertical \v form \f delete \x7f nul \x00 end", "control bytes"),
		text("06 colours", "\x1b[31mred\x1b[8mhidden\x1b[0m plain", "escape sequences that colour and hide"),
		text("07 title", "\x1b]0;owned\x07\x1b]52;c;cm93YW4=\x07\x1b[2J", "sequences that set the title and clipboard and clear the screen"),
		text("08 link", "\x1b]8;;https://example.com\x1b\\click\x1b]8;;\x1b\\", "a hyperlink sequence"),
		text("09 c1", "\u009b31m\u0090q\u009c", "control characters of the C1 set"),
		text("10 bidi", "user\u202etxt.exe\u2066!", "text that turns its direction around"),
		text("11 invisible", "a\u200bb\u2060c\ufeffd\u00ade", "characters without width"),
		text("12 not utf-8", "caf\xe9 \xff\xfe \xed\xa0\x80", "bytes that are not UTF-8"),
		text("13 wide", "日本語のテキスト 한국어 中文 ｆｕｌｌ", "wide characters"),
		text("14 combining", "e\u0301 A\u030a n\u0303 Z\u0351\u0350\u0329", "combining marks"),
		text("15 emoji", "👩‍👩‍👧‍👦 ❤️ 🏳️‍🌈 👍🏽 🇯🇵 ⚠ ✅", "emoji, alone and joined"),
		text("16 scripts", "नमस्ते ไทย العربية עברית", "scripts that shape or run right to left"),
		text("17 lookalikes", "␛[31m ‹U+202E› \\xff ∅ ''", "text that looks like our own signs"),
		text("18 long line", strings.Repeat("All work and no play. ", 500), "one long line"),
		text("19 1 MB of text", strings.Repeat("The quick brown fox jumps over the lazy dog.\n", oneMegabyte/45), "a megabyte in lines"),
		row(key(tuple.Text("20 1 MB of bytes")), null, tuple.BytesOf(ramp(oneMegabyte)), null, tuple.Text("a megabyte of bytes")),
		row(key(tuple.Text("21 1 MB of JSON")), null, null, tuple.JSON(bigJSON()), tuple.Text("a megabyte of JSON in one line")),
		row(key(tuple.Text("22 broken JSON")), null, null, tuple.JSON(`{"a": [1, 2,, 3]}`), tuple.Text("JSON that is not")),
		row(key(tuple.Text("23 exact numbers")), null, null,
			tuple.JSON(`{"big":12345678901234567890,"tiny":1e-400,"twice":1,"twice":2}`), tuple.Text("numbers that a float would change, and a key twice")),
		row(key(tuple.Text("24 binary")), null, tuple.BytesOf("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xde\xad\xbe\xef"), null, tuple.Text("the beginning of a picture")),
		text("25 a key with \x1b[31m colour, \x00 and \xff", "", "an awkward key"),
		text("26 "+strings.Repeat("long key ", 40), "", "a key of some hundred bytes"),
		text("é (one character)", "", "é as one character"),
		text("e\u0301 (two characters)", "", "é as two characters: another key"),
	}
}

// ramp returns n bytes that count up.
func ramp(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return string(b)
}

func bigJSON() string {
	const item = `{"sku":"BK-0001","tags":["a","b"],"price":12.50},`
	var b strings.Builder
	b.WriteByte('[')
	for b.Len() < oneMegabyte {
		b.WriteString(item)
	}
	b.WriteString("null]")
	return b.String()
}
