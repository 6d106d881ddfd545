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

	requiredText = "required"
)

// given is a value that an editor began with, and the text that stands for it.
type given struct {
	value tuple.Value
	text  string
}

// parse reads what was typed. Text that was left alone is the value that it
// stood for, whatever it would be read as: a column may hold values of other
// kinds than its own.
func (g given) parse(c *store.Column, text string) (tuple.Value, error) {
	if text == g.text && !g.value.IsNull() {
		return g.value, nil
	}
	return parse(c, text)
}

// editText returns a value as it is typed into a column.
func editText(c *store.Column, v tuple.Value) string {
	if c.Kind == tuple.KindNull {
		return guessable(v)
	}
	return v.Edit()
}

// guessable returns a value as it is typed into a column of no particular
// kind: so that it is read back as the same.
func guessable(v tuple.Value) string {
	if text := v.Edit(); v.IsNull() || readsBack(text, v) {
		return text
	}
	return v.String()
}

func readsBack(text string, v tuple.Value) bool {
	got, err := tuple.ParseAs(tuple.KindNull, "", text)
	return err == nil && got == v
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
	switch c.Kind {
	case tuple.KindBytes:
		typ += ", as hex"
	case tuple.KindNull:
		typ = strings.TrimSpace(c.Type + " of any kind")
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
