package cli

import (
	"bufio"
	"fmt"
	"iter"
	"os"

	"github.com/charmbracelet/x/term"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
)

// format says how rows are printed.
type format string

const (
	formatTable format = "table"
	formatJSON  format = "json"
	formatCSV   format = "csv"
)

// isTerminal reports whether a stream of the program is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// terminalWidth returns how many cells a line of a stream has, 0 if it is no
// terminal or does not say.
func terminalWidth(stream any) int {
	f, ok := stream.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return width
}

// tableValue is how many bytes of a value a table for people needs.
const tableValue = 256

// printRows prints rows as they come. columns are the names of the elements of
// each row's key and, unless only keys are read, of its values.
func (a *app) printRows(f format, columns []string, rows iter.Seq2[store.Row, error]) (n int, err error) {
	w := bufio.NewWriter(a.stdout)
	switch f {
	case formatJSON:
		n, err = printJSON(w, columns, rows)
	case formatCSV:
		n, err = printCSV(w, columns, rows, isTerminal(a.stdout))
	default:
		n, err = printTable(w, columns, terminalWidth(a.stdout), rows)
	}
	if flush := w.Flush(); err == nil {
		err = flush
	}
	return n, err
}

// columnNames returns the header of a table's rows.
func columnNames(s *store.Schema, keysOnly bool) []string {
	var names []string
	for _, c := range s.Key {
		names = append(names, c.Name)
	}
	if keysOnly {
		return names
	}
	for _, c := range s.Columns {
		names = append(names, c.Name)
	}
	return names
}

// cells returns all values of a row in the order of its columns.
func cells(r *store.Row) []tuple.Value {
	return append(r.Key[:len(r.Key):len(r.Key)], r.Values...)
}

// printJSON prints {"key":[…],"columns":{…}} for each row; the columns are left
// out if only keys were read.
func printJSON(w *bufio.Writer, columns []string, rows iter.Seq2[store.Row, error]) (n int, err error) {
	var line []byte
	for r, err := range rows {
		if err != nil {
			return n, err
		}
		line = appendKey(line[:0], r.Key)
		if len(columns) > len(r.Key) {
			line = appendColumns(append(line, `,"columns":{`...), columns[len(r.Key):], r.Values)
		}
		if _, err := w.Write(append(line, '}', '\n')); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// appendKey appends {"key":[…].
func appendKey(line []byte, key tuple.Tuple) []byte {
	return key.AppendJSON(append(line, `{"key":`...))
}

// appendColumns appends the members of an object, and its end.
func appendColumns(line []byte, names []string, values []tuple.Value) []byte {
	for i, v := range values {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(tuple.Text(names[i]).AppendJSON(line), ':')
		line = v.AppendJSON(line)
	}
	return append(line, '}')
}

const (
	// measured is how many rows decide how wide the columns of a table are.
	measured = 500
	// maxWidth is how many cells one column gets at most.
	maxWidth = 60
)

// printTable prints rows in columns for people. Later rows that need more room
// than the first ones are cut off with an ellipsis.
func printTable(w *bufio.Writer, columns []string, room int, rows iter.Seq2[store.Row, error]) (n int, err error) {
	t := newTable(columns, room)
	for r, err := range rows {
		if err != nil {
			t.flush(w)
			return n, err
		}
		t.add(w, tableCells(&r), rightAligned(&r))
		n++
	}
	return n, t.flush(w)
}

// tableCells returns a row as people read it: NULL is a sign and not a word,
// a value that is cut shows how large it is. The table makes the text safe.
func tableCells(r *store.Row) []string {
	out := make([]string, 0, len(r.Key)+len(r.Values))
	for _, v := range cells(r) {
		switch {
		case v.IsNull():
			out = append(out, "∅")
		case v.Kind() == tuple.KindText && v.AsText() == "":
			out = append(out, "''")
		default:
			out = append(out, v.Plain())
		}
	}
	for _, c := range r.Cut {
		cell := &out[len(r.Key)+c.Column]
		*cell = fmt.Sprintf("%s%s (%s)", firstRunes(*cell, maxWidth/2), display.Ellipsis, display.Bytes(c.Size))
	}
	return out
}

// firstRunes returns the first n characters of s.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func rightAligned(r *store.Row) []bool {
	out := make([]bool, 0, len(r.Key)+len(r.Values))
	for _, v := range cells(r) {
		switch v.Kind() {
		case tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal:
			out = append(out, true)
		default:
			out = append(out, false)
		}
	}
	return out
}
