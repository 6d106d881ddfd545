package mysql

import (
	"strings"
	"unicode/utf8"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// prefix returns the range of the values that begin with p. By a collation, that
// is what sorts from p, followed by the least characters, to p, followed by the
// greatest: what begins with p as the collation sees it, and what it sorts in
// between.
func prefix(c *driver.Column, p tuple.Value) (first, after tuple.Value, err error) {
	t := typeOf(c)
	switch {
	case t.class == classBytes && p.Kind() == tuple.KindBytes:
		if next, ok := nextBytes(p.AsText()); ok {
			return p, tuple.BytesOf(next), nil
		}
		return p, tuple.Null, nil
	case t.class == classText && p.Kind() == tuple.KindText:
		text := validPrefix(p.AsText())
		if c.Collation != "" {
			return t.collatedPrefix(c, text)
		}
		if next, ok := nextText(text); ok {
			return tuple.Text(text), tuple.Text(next), nil
		}
		return tuple.Text(text), tuple.Null, nil
	}
	return tuple.Null, tuple.Null, noPrefix(c)
}

func noPrefix(c *driver.Column) error {
	return driver.Errorf(driver.Unsupported, "values of column %s that begin alike are no range", c.Name).
		WithHint("give whole values as bounds")
}

// longestText is how many characters a text in a key has at most, if its type
// does not say.
const longestText = 3072

// collatedPrefix puts more characters behind the text than any value has, so
// that none is left out.
func (t columnType) collatedPrefix(c *driver.Column, text string) (first, after tuple.Value, err error) {
	greatest, ok := greatestCharacter(c.Collation)
	if !ok {
		return tuple.Null, tuple.Null, noPrefix(c)
	}
	length := t.size()
	if length == 0 {
		length = longestText
	}
	rest := max(length-utf8.RuneCountInString(text), 0) + 1
	after = tuple.Text(text + strings.Repeat(string(greatest), rest))
	if countsSpaces(c.Collation) {
		return tuple.Text(text), after, nil
	}
	// Texts are compared as if spaces followed them, and control characters
	// sort before those.
	return tuple.Text(text + strings.Repeat("\x00", rest)), after, nil
}

// countsSpaces reports whether a text is less than the same with spaces at its
// end.
func countsSpaces(collation string) bool {
	return strings.Contains(collation, "_nopad_") || strings.Contains(collation, "_0900_")
}

// greatestCharacter returns the character that a collation sorts last. It
// reports false for a character set that has none which Unicode knows.
func greatestCharacter(collation string) (rune, bool) {
	charset, order, _ := strings.Cut(strings.Replace(collation, "_nopad", "", 1), "_")
	switch charset {
	case "utf8mb4", "utf32", "utf16", "utf16le", "utf8mb3", "utf8", "ucs2":
		switch {
		case strings.HasPrefix(order, "uca1400"), strings.HasPrefix(order, "0900"):
			return utf8.RuneError, true // which weighs more than what has no place
		case strings.HasPrefix(order, "general"), charset == "utf8mb3", charset == "utf8", charset == "ucs2":
			return 0xffff, true
		}
		return utf8.MaxRune, true
	}
	last, ok := greatest[charset+"_"+order]
	if !ok {
		last, ok = greatest[charset]
	}
	return last, ok
}

// greatest lists the characters that sort last by the collations of character
// sets of one byte, or by all of them that are not listed.
var greatest = map[string]rune{
	"ascii":  0x7f,
	"cp1250": 0x02d9,
	"cp1251": 0x00bb, "cp1251_bin": 0x044f, "cp1251_bulgarian_ci": 0x0457, "cp1251_ukrainian_ci": 0x0455,
	"cp1257": 0x02d9,
	"cp850":  0x00bf, "cp850_bin": 0x00a0,
	"cp852": 0x00a0,
	"cp866": 0x2580, "cp866_bin": 0x00a0,
	"koi8r": 0x042f, "koi8r_bin": 0x042a,
	"koi8u": 0x00a9, "koi8u_bin": 0x042a,
	"latin1": 0x00ff, "latin1_general_ci": 0x00bf, "latin1_general_cs": 0x00bf, "latin1_spanish_ci": 0x00bf, "latin1_german2_ci": 0x00f7,
	"latin2_bin": 0x02d9, "latin2_general_ci": 0x02d9, "latin2_croatian_ci": 0x02d9, "latin2_hungarian_ci": 0x02d9,
	"latin5": 0x00f7, "latin5_bin": 0x00ff,
	"latin7": 0x201e, "latin7_bin": 0x2019,
	"macce": 0x02c7, "macroman": 0x02c7,
}

// nextBytes returns the least string above all that begin with s, and false if
// there is none.
func nextBytes(s string) (string, bool) {
	n := len(s)
	for n > 0 && s[n-1] == 0xff {
		n--
	}
	if n == 0 {
		return "", false
	}
	return s[:n-1] + string([]byte{s[n-1] + 1}), true
}

// nextText is nextBytes for characters, of text that is UTF-8.
func nextText(s string) (string, bool) {
	for s != "" {
		last, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
		if last == utf8.MaxRune {
			continue
		}
		next := last + 1
		if !utf8.ValidRune(next) {
			next = 0xe000 // after the surrogates
		}
		return s + string(next), true
	}
	return "", false
}
