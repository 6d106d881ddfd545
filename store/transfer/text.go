package transfer

import (
	"strings"

	"github.com/rowan-db/rowan/store/tuple"
)

// csvForm is the names of the columns.
type csvForm []string

func (f csvForm) begin(line []byte) []byte {
	for i, name := range f {
		line = appendField(line, i, name)
	}
	return append(line, "\r\n"...)
}

func (csvForm) row(line []byte, _ int64, values []tuple.Value) []byte {
	for i, v := range values {
		switch {
		case !v.IsNull():
			line = appendField(line, i, v.Plain())
		case i > 0:
			line = append(line, ',')
		}
	}
	return append(line, "\r\n"...)
}

func (csvForm) end(line []byte, _ int64) []byte { return line }

// appendField appends a field of CSV, in quotes unless it is the same without.
func appendField(line []byte, i int, s string) []byte {
	if i > 0 {
		line = append(line, ',')
	}
	if s != "" && !strings.ContainsAny(s, "\",\r\n") && s[0] != ' ' && s[len(s)-1] != ' ' {
		return append(line, s...)
	}
	line = append(line, '"')
	line = append(line, strings.ReplaceAll(s, `"`, `""`)...)
	return append(line, '"')
}

// tsvForm is the names of the columns.
type tsvForm []string

// tsvEscapes are those of PostgreSQL's COPY.
var tsvEscapes = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`, "\b", `\b`, "\f", `\f`, "\v", `\v`)

func (f tsvForm) begin(line []byte) []byte {
	for i, name := range f {
		line = append(appendTab(line, i), tsvEscapes.Replace(name)...)
	}
	return append(line, '\n')
}

func (tsvForm) row(line []byte, _ int64, values []tuple.Value) []byte {
	for i, v := range values {
		line = appendTab(line, i)
		if v.IsNull() {
			line = append(line, `\N`...)
			continue
		}
		line = append(line, tsvEscapes.Replace(v.Plain())...)
	}
	return append(line, '\n')
}

func (tsvForm) end(line []byte, _ int64) []byte { return line }

func appendTab(line []byte, i int) []byte {
	if i > 0 {
		return append(line, '\t')
	}
	return line
}

// markdownForm is the names of the columns.
type markdownForm []string

var markdownEscapes = strings.NewReplacer("\\", `\\`, "|", `\|`, "<", "&lt;", "\r\n", "<br>", "\n", "<br>", "\r", "<br>", "*", `\*`, "_", `\_`, "`", "\\`")

func (f markdownForm) begin(line []byte) []byte {
	for _, name := range f {
		line = append(append(line, "| "...), markdownEscapes.Replace(name)...)
		line = append(line, ' ')
	}
	line = append(line, "|\n"...)
	for range f {
		line = append(line, "| --- "...)
	}
	return append(line, "|\n"...)
}

func (markdownForm) row(line []byte, _ int64, values []tuple.Value) []byte {
	for _, v := range values {
		text := markdownEscapes.Replace(v.Plain())
		if v.IsNull() {
			text = "*null*"
		}
		line = append(append(append(line, "| "...), text...), ' ')
	}
	return append(line, "|\n"...)
}

func (markdownForm) end(line []byte, _ int64) []byte { return line }

// jsonForm writes objects: one on a line, or as the elements of an array.
type jsonForm struct {
	names []string
	array bool
}

func (f jsonForm) begin(line []byte) []byte {
	if f.array {
		return append(line, '[')
	}
	return line
}

func (f jsonForm) row(line []byte, n int64, values []tuple.Value) []byte {
	if f.array {
		if n > 0 {
			line = append(line, ',')
		}
		line = append(line, '\n')
	}
	line = append(line, '{')
	for i, v := range values {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(tuple.Text(f.names[i]).AppendJSON(line), ':')
		line = v.AppendJSON(line)
	}
	line = append(line, '}')
	if !f.array {
		line = append(line, '\n')
	}
	return line
}

func (f jsonForm) end(line []byte, _ int64) []byte {
	if f.array {
		return append(line, "\n]\n"...)
	}
	return line
}
