package transfer

import (
	"encoding/hex"
	"math"
	"strings"

	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
)

// sqlForm writes INSERTs.
type sqlForm struct {
	d    sqltext.Dialect
	head string // all that comes before the values
}

func newSQLForm(names []string, o Options) sqlForm {
	f := sqlForm{d: o.Dialect}
	table := o.Table
	if table == "" {
		table = "result"
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = f.d.Quote(n)
	}
	f.head = "INSERT INTO " + f.d.Spell(table) + " (" + strings.Join(quoted, ", ") + ") VALUES ("
	return f
}

func (sqlForm) begin(line []byte) []byte { return line }

func (f sqlForm) row(line []byte, _ int64, values []tuple.Value) []byte {
	line = append(line, f.head...)
	for i, v := range values {
		if i > 0 {
			line = append(line, ", "...)
		}
		line = append(line, f.literal(v)...)
	}
	return append(line, ");\n"...)
}

func (sqlForm) end(line []byte, _ int64) []byte { return line }

// literal returns a value as the database reads it.
func (f sqlForm) literal(v tuple.Value) string {
	switch v.Kind() {
	case tuple.KindNull:
		return "NULL"
	case tuple.KindBool:
		return strings.ToUpper(v.Plain())
	case tuple.KindInt, tuple.KindUint:
		return v.Plain()
	case tuple.KindFloat:
		return f.float(v)
	case tuple.KindDecimal:
		if text := v.Plain(); strings.ContainsAny(text, "0123456789") {
			return text
		}
	case tuple.KindBytes:
		return f.bytes(v.AsText())
	}
	return f.text(v.Plain())
}

// float returns a number, or the name of one that has no digits.
func (f sqlForm) float(v tuple.Value) string {
	n := v.AsFloat()
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return f.text(v.Plain())
	}
	text := v.Plain()
	if !strings.ContainsAny(text, ".e") {
		text += ".0" // else it would be an integer
	}
	return text
}

func (f sqlForm) bytes(b string) string {
	digits := hex.EncodeToString([]byte(b))
	if f.d.DollarQuotes {
		return `'\x` + digits + `'`
	}
	return "x'" + digits + "'"
}

func (f sqlForm) text(s string) string {
	switch {
	case f.d.BackslashEscapes:
		s = strings.NewReplacer("\\", `\\`, "\x00", `\0`).Replace(s)
	case strings.Contains(s, "\x00"):
		return "CAST(" + f.bytes(s) + " AS TEXT)"
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
