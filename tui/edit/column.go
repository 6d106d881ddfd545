package edit

import (
	"strings"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/style"
)

// Texts of what has none.
const (
	nullText    = "∅ null"
	emptyText   = "''"
	defaultText = "default"
)

// columnOf returns a column by its index into the key and then the columns.
func columnOf(s *store.Schema, column int) *store.Column {
	if column < len(s.Key) {
		return &s.Key[column]
	}
	return &s.Columns[column-len(s.Key)]
}

// valueOf returns a row's value by its index into the key and then the columns.
func valueOf(s *store.Schema, r *store.Row, column int) tuple.Value {
	values := []tuple.Value(r.Key)
	if column >= len(s.Key) {
		column -= len(s.Key)
		values = r.Values
	}
	if column >= len(values) {
		return tuple.Null
	}
	return values[column]
}

// parse reads what was typed for a column. White space between the digits of
// binary data does not count.
func parse(c *store.Column, text string) (tuple.Value, error) {
	if c.Kind == tuple.KindBytes {
		text = strings.Join(strings.Fields(text), "")
	}
	return tuple.ParseAs(c.Kind, c.Type, text)
}

// reason returns an error's message without the name of the package that it
// comes from, which says nothing to a person.
func reason(err error) string { return strings.TrimPrefix(err.Error(), "tuple: ") }

// describe says what a column takes.
func describe(c *store.Column) string {
	typ := c.Type
	if typ == "" {
		typ = c.Kind.String()
	}
	if c.Kind == tuple.KindBytes {
		typ += ", as hex"
	}
	if c.Nullable {
		return typ + ", may be NULL"
	}
	return typ + ", not NULL"
}

// shown returns a value as it looks on one line.
func shown(l style.Layer, v tuple.Value) []style.Span {
	const longest = 400 // bytes: more than a line holds
	switch {
	case v.IsNull():
		return []style.Span{{SGR: l.Of(themes.Null), Text: nullText}}
	case v.Kind() == tuple.KindText && v.AsText() == "":
		return []style.Span{{SGR: l.Muted(), Text: emptyText}}
	case len(v.AsText()) > longest:
		v = tuple.Text(v.AsText()[:longest])
	}
	return []style.Span{{SGR: l.Text(), Text: v.Plain()}}
}
