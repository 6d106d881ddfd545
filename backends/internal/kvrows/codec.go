package kvrows

import (
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// codec turns rows into pairs and back.
type codec interface {
	key(t tuple.Tuple) []byte
	// row decodes a pair. Value is the first bytes of size.
	row(key, value []byte, size int, q rowQuery) (driver.Row, error)
	value(values []tuple.Value) []byte
	// bounds returns r as keys: from lower, inclusive, to upper, exclusive.
	// A nil upper is infinity.
	bounds(r tuple.Range) (lower, upper []byte)
}

// rowQuery says what of a row is wanted, and how to make it.
type rowQuery struct {
	keysOnly bool
	maxValue int // longer values are cut; 0 is no limit
	// room is where values are made, nil if each row has memory of its own.
	room *room
	// lasting tells that nobody writes to the encoded row any more, so that
	// texts can share its memory.
	lasting bool
}

func codecFor(s *driver.Schema) codec {
	if isRaw(s) {
		return rawCodec{}
	}
	return typedCodec{s}
}

// typedCodec is the codec of tables with an entry in the catalog.
type typedCodec struct{ schema *driver.Schema }

func (typedCodec) key(t tuple.Tuple) []byte                   { return t.Append(nil) }
func (typedCodec) value(values []tuple.Value) []byte          { return appendRow(nil, values) }
func (typedCodec) bounds(r tuple.Range) (lower, upper []byte) { return r.Encoded() }

func (c typedCodec) row(key, value []byte, size int, q rowQuery) (row driver.Row, err error) {
	elements := c.room(q)
	if row.Key, err = tuple.AppendDecode(elements, key); err != nil || len(row.Key) != len(c.schema.Key) {
		return row, c.corrupt(key, "the key is not of %d values", len(c.schema.Key))
	}
	if q.keysOnly {
		return row, nil
	}
	row.Values, row.Cut, err = readRow(value, size, q)
	if err == errPartial {
		return row, err
	}
	if err != nil || len(row.Values) != len(c.schema.Columns) {
		return row, c.corrupt(key, "the value is not of %d columns", len(c.schema.Columns))
	}
	return row, nil
}

// room returns room for a key.
func (c typedCodec) room(q rowQuery) tuple.Tuple {
	return q.room.take(len(c.schema.Key))[:0]
}

func (c typedCodec) corrupt(key []byte, format string, args ...any) error {
	return driver.Errorf(driver.Corrupt, "table %s, key x'%x': "+format,
		append([]any{c.schema.Name, key[:min(len(key), 64)]}, args...)...).
		WithHint("the row was not written by this program, or the file is damaged: run a check")
}

// rawCodec is the codec of trees that somebody else made.
type rawCodec struct{}

// rawType is the type of the columns of such a tree. A column in the catalog
// never has it: there a type is the name of a kind.
const rawType = "raw bytes"

// anyType is the type of a column whose values may be of any kind.
const anyType = "any"

// rawSchema describes a tree without an entry in the catalog.
func rawSchema(name string) *driver.Schema {
	return &driver.Schema{
		Name: name, Kind: driver.Table,
		Key:     []driver.Column{{Name: "key", Type: rawType, Kind: tuple.KindBytes}},
		Columns: []driver.Column{{Name: "value", Type: rawType, Kind: tuple.KindBytes}},
	}
}

func isRaw(s *driver.Schema) bool { return s.Key[0].Type == rawType }

func (rawCodec) key(t tuple.Tuple) []byte          { return []byte(t[0].AsText()) }
func (rawCodec) value(values []tuple.Value) []byte { return []byte(values[0].AsText()) }

func (rawCodec) row(key, value []byte, size int, q rowQuery) (driver.Row, error) {
	row := driver.Row{Key: tuple.Of(tuple.Bytes(key))}
	if q.keysOnly {
		return row, nil
	}
	if q.maxValue > 0 && size > q.maxValue {
		value = value[:min(len(value), q.maxValue)]
		row.Cut = []driver.Cut{{Column: 0, Size: int64(size)}}
	} else if len(value) < size {
		return row, errPartial
	}
	row.Values = []tuple.Value{tuple.Bytes(value)}
	return row, nil
}

func (rawCodec) bounds(r tuple.Range) (lower, upper []byte) {
	if !r.Upper.Open() {
		upper = rawBound(r.Upper, r.Upper.Exclusive)
	}
	if !r.Lower.Open() {
		lower = rawBound(r.Lower, !r.Lower.Exclusive)
		if lower == nil {
			return []byte{}, []byte{} // after the last possible key
		}
	}
	return lower, upper
}

// rawBound returns the least key that is not before what b speaks of, or the
// least after all of it, which is nil if there is none.
func rawBound(b tuple.Bound, start bool) []byte {
	key := []byte(b.Key[0].AsText())
	switch {
	case start:
		return key
	case !b.Part:
		return append(key, 0)
	}
	for len(key) > 0 && key[len(key)-1] == 0xFF {
		key = key[:len(key)-1]
	}
	if len(key) == 0 {
		return nil
	}
	key[len(key)-1]++
	return key
}
