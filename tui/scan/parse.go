package scan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane/input"
)

// result is what the form says, or what is wrong with it.
type result struct {
	options store.ViewOptions
	err     error
	at      spot // of the field that is wrong
}

// check reads the form.
func (m *Model) check() {
	m.result = result{options: m.base}
	r := &m.result
	r.options.Range = m.readRange()
	r.options.Reverse = m.reverse
	r.options.Limit = m.readLimit()
}

// fail notes what is wrong, unless something before it is.
func (m *Model) fail(at spot, format string, args ...any) {
	if m.result.err == nil {
		m.result.err, m.result.at = fmt.Errorf(format, args...), at
	}
}

func (m *Model) readLimit() int {
	text := strings.TrimSpace(m.limit.Value())
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		m.fail(m.limitSpot(), "the limit must be a number of rows, at least 1, or be empty")
	}
	return n
}

// readRange returns the range. A prefix and bounds together mean the part of
// the prefix between the bounds.
func (m *Model) readRange() tuple.Range {
	prefix := m.readBound(prefixColumn)
	from, to := m.readBound(fromColumn), m.readBound(toColumn)
	r := tuple.Range{Lower: prefix, Upper: prefix}
	if !from.Open() {
		m.checkWithin(prefix, from, fromColumn)
		r.Lower = from
	}
	if !to.Open() {
		m.checkWithin(prefix, to, toColumn)
		r.Upper = to
	}
	if !from.Open() && !to.Open() && to.Compare(from.Key) > 0 && !from.Exclusive {
		m.fail(spot{toColumn, 0}, "the end is before the beginning")
	}
	return r
}

// checkWithin checks that a bound lies in the prefix: it has to begin with it.
func (m *Model) checkWithin(prefix, b tuple.Bound, column int) {
	if !prefix.Open() && (len(b.Key) < len(prefix.Key) || prefix.Compare(b.Key) != 0) {
		m.fail(spot{column, 0}, "this must begin with the prefix, or leave the prefix empty")
	}
}

// readBound reads the key of a column: its elements up to the first empty one.
func (m *Model) readBound(column int) tuple.Bound {
	var b tuple.Bound
	gap := -1
	for i := range m.schema.Key {
		f := &m.keys[column][i]
		switch {
		case f.Empty() && gap < 0:
			gap = i
		case f.Empty():
		case gap >= 0:
			m.fail(spot{column, gap}, "fill in %s first, or empty what is below it", m.schema.Key[gap].Name)
		default:
			v, err := readElement(&m.schema.Key[i], f)
			if err != nil {
				m.fail(spot{column, i}, "%s: %w", m.schema.Key[i].Name, err)
			}
			b.Key = append(b.Key, v)
		}
	}
	b.Exclusive = m.toggles[column] && column != prefixColumn
	if m.toggles[prefixColumn] && column == prefixColumn {
		b.Part = m.readPart(b.Key)
	}
	return b
}

// readPart reports whether the last element of the prefix is the beginning of
// one, as the toggle says.
func (m *Model) readPart(key tuple.Tuple) bool {
	if len(key) == 0 {
		return false
	}
	switch key[len(key)-1].Kind() {
	case tuple.KindText, tuple.KindBytes:
		return true
	}
	m.fail(spot{prefixColumn, m.toggleRow()}, "only text and bytes can begin with something")
	return false
}

// readElement reads an element as the column's kind. What stands in double
// quotes is a literal, so that the empty text can be typed.
func readElement(c *store.Column, f *input.Prompt) (tuple.Value, error) {
	word := f.Value()
	if c.Kind == tuple.KindText && strings.HasPrefix(word, `"`) {
		return tuple.ParseValue(word)
	}
	v, err := tuple.ParseAs(c.Kind, c.Type, word)
	if err != nil {
		return v, errors.New(strings.TrimPrefix(err.Error(), "tuple: "))
	}
	return v, nil
}

// fillKey fills in the fields of a column.
func (m *Model) fillKey(column int, key tuple.Tuple) {
	for i, v := range key {
		if i == len(m.schema.Key) {
			return
		}
		text := v.Edit()
		if v.Kind() == tuple.KindText && (text == "" || strings.HasPrefix(text, `"`)) {
			text = v.String()
		}
		m.keys[column][i].Set(text)
	}
}
