package sqltext

import (
	"slices"
	"strings"
	"unicode"
)

// Quote returns a name in quotes, whatever is in it.
func (d Dialect) Quote(name string) string {
	quote := `"`
	if d.BackslashEscapes && d.Backticks {
		quote = "`" // there, "" may be the quotes of a text
	}
	return quote + strings.ReplaceAll(name, quote, quote+quote) + quote
}

// Spell returns a name as people write it: without quotes where it means the
// same. One with points in it, such as that of a table with its schema, is left
// alone if each part of it could be.
func (d Dialect) Spell(name string) string {
	for part := range strings.SplitSeq(name, ".") {
		if !isPlain(part) {
			return d.Quote(name)
		}
	}
	return name
}

// isPlain reports whether every database reads a name without quotes as it is.
func isPlain(name string) bool {
	return name != "" && !unicode.IsDigit(rune(name[0])) && !slices.Contains(Keywords(), strings.ToUpper(name)) &&
		!strings.ContainsFunc(name, func(r rune) bool {
			return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
		})
}
