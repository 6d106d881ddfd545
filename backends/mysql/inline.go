package mysql

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mostInline is the size above which an argument is not written into the
// statement.
const mostInline = 4096

// inline writes arguments into a statement, in place of the question marks that
// do not stand in backticks; the statements of this package have none in quotes.
// It returns the arguments that are left.
func inline(query string, args []any) (string, []any) {
	if len(args) == 0 {
		return query, nil
	}
	var b strings.Builder
	var rest []any
	next, quoted := 0, false
	for i := range len(query) {
		switch ch := query[i]; {
		case ch == '`':
			quoted = !quoted
			b.WriteByte(ch)
		case ch != '?' || quoted || next == len(args):
			b.WriteByte(ch)
		case isLarge(args[next]):
			b.WriteByte('?')
			rest = append(rest, args[next])
			next++
		default:
			writeArgument(&b, args[next])
			next++
		}
	}
	return b.String(), rest
}

// isLarge reports whether an argument is sent beside the statement: also if it is
// of a type that writeArgument does not write.
func isLarge(arg any) bool {
	switch v := arg.(type) {
	case nil, int64, uint64, float64, literal:
		return false
	case string:
		return len(v) > mostInline
	case []byte:
		return len(v) > mostInline
	}
	return true
}

// writeArgument writes an argument so that it means the same in whatever mode
// the server is: without escapes in quotes.
func writeArgument(b *strings.Builder, arg any) {
	switch v := arg.(type) {
	case nil:
		b.WriteString("NULL")
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case uint64:
		b.WriteString(strconv.FormatUint(v, 10))
	case float64:
		// With an exponent it is a floating-point number; without, a decimal.
		b.WriteString(strconv.FormatFloat(v, 'e', -1, 64))
	case literal:
		b.WriteString(string(v))
	case []byte:
		b.WriteString("x'" + hex.EncodeToString(v) + "'")
	case string:
		writeText(b, v)
	}
}

func writeText(b *strings.Builder, text string) {
	plain := utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' || r == '\\' || r == '\'' || r == '"' || r == 0x7f
	})
	if plain {
		b.WriteString("'" + text + "'")
		return
	}
	b.WriteString("_utf8mb4 x'" + hex.EncodeToString([]byte(text)) + "'")
}
