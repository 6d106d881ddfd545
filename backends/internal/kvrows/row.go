package kvrows

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"
	"unsafe"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// rowFormat is the first byte of an encoded row.
const rowFormat = 1

// The first byte of a column's value. Kinds of a fixed size are kept as a
// tuple of one, whose first byte is below longCode; long ones are not, since
// they need no order here, and a length can be stepped over where an escaped
// string would have to be read.
const (
	longCode  = 0x80
	longText  = longCode + byte(tuple.KindText)
	longBytes = longCode + byte(tuple.KindBytes)
	longJSON  = longCode + byte(tuple.KindJSON)
)

var errRow = errors.New("kvrows: not an encoded row")

// appendRow appends the encoding of a row's columns: the format, the number of
// columns, and each value. A text, binary or JSON value is a code, its length
// and its bytes; any other is the length of its encoding as a tuple of one, and
// that encoding.
func appendRow(dst []byte, values []tuple.Value) []byte {
	dst = binary.AppendUvarint(append(dst, rowFormat), uint64(len(values)))
	for _, v := range values {
		dst = appendValue(dst, v)
	}
	return dst
}

func appendValue(dst []byte, v tuple.Value) []byte {
	switch v.Kind() {
	case tuple.KindText, tuple.KindBytes, tuple.KindJSON:
		text := v.AsText()
		dst = binary.AppendUvarint(append(dst, longCode+byte(v.Kind())), uint64(len(text)))
		return append(dst, text...)
	}
	var scratch [32]byte
	enc := tuple.Of(v).Append(scratch[:0])
	return append(binary.AppendUvarint(append(dst, 0), uint64(len(enc))), enc...)
}

// rowReader reads the columns of a row whose bytes may be only a beginning.
type rowReader struct {
	rest     []byte
	partial  bool // there is more of the row than rest
	maxValue int  // 0: no limit
	lasting  bool // texts may share the memory of rest
}

// errPartial is returned when a column begins beyond what was read.
var errPartial = errors.New("kvrows: the row goes on")

// readRow decodes the columns of a row. Size is the length of the whole encoding;
// errPartial tells that b, the beginning of it, is not enough.
func readRow(b []byte, size int, q rowQuery) ([]tuple.Value, []driver.Cut, error) {
	r := rowReader{rest: b, partial: len(b) < size, maxValue: q.maxValue, lasting: q.lasting}
	if len(b) == 0 || b[0] != rowFormat {
		return nil, nil, errRow
	}
	r.rest = b[1:]
	n, err := r.uvarint()
	if err != nil {
		return nil, nil, err
	}
	if n > uint64(size) {
		return nil, nil, errRow
	}
	values := q.room.take(int(n))
	var cuts []driver.Cut
	for i := range values {
		v, whole, err := r.value()
		if err != nil {
			return nil, nil, err
		}
		values[i] = v
		if whole > 0 {
			cuts = append(cuts, driver.Cut{Column: i, Size: whole})
		}
	}
	if len(r.rest) > 0 {
		return nil, nil, errRow
	}
	return values, cuts, nil
}

func (r *rowReader) short() error {
	if r.partial {
		return errPartial
	}
	return errRow
}

func (r *rowReader) uvarint() (uint64, error) {
	u, n := binary.Uvarint(r.rest)
	if n == 0 {
		return 0, r.short()
	}
	if n < 0 || u > math.MaxInt32*2 {
		return 0, errRow
	}
	r.rest = r.rest[n:]
	return u, nil
}

// value returns the next column and, if it is cut, the size of the whole.
func (r *rowReader) value() (v tuple.Value, whole int64, err error) {
	if len(r.rest) == 0 {
		return v, 0, r.short()
	}
	code := r.rest[0]
	r.rest = r.rest[1:]
	n, err := r.uvarint()
	if err != nil {
		return v, 0, err
	}
	keep := n
	if code >= longCode && r.maxValue > 0 && n > uint64(r.maxValue) {
		keep, whole = uint64(r.maxValue), int64(n)
	}
	if uint64(len(r.rest)) < keep {
		return v, 0, r.short()
	}
	text := r.rest[:keep]
	if whole > 0 && code != longBytes {
		text = wholeRunes(text)
	}
	if r.rest, err = r.skip(n); err != nil {
		return v, 0, err
	}
	v, err = decodeValue(code, text, r.lasting)
	return v, whole, err
}

// skip returns what follows the next n bytes. Running off the end of a partial
// row is an end like any other: a column after it is what is missing.
func (r *rowReader) skip(n uint64) ([]byte, error) {
	if n <= uint64(len(r.rest)) {
		return r.rest[n:], nil
	}
	if !r.partial {
		return nil, errRow
	}
	return nil, nil
}

// wholeRunes drops a character that the end of a cut text splits.
func wholeRunes(text []byte) []byte {
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		tail := text[len(text)-back:]
		if utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return text[:len(text)-back]
			}
			break
		}
	}
	return text
}

func decodeValue(code byte, text []byte, lasting bool) (tuple.Value, error) {
	switch code {
	case longText:
		return tuple.Text(stringOf(text, lasting)), nil
	case longBytes:
		return tuple.Bytes(text), nil
	case longJSON:
		return tuple.JSON(stringOf(text, lasting)), nil
	case 0:
		var one [1]tuple.Value // on the stack: this is done for each column of each row
		if t, err := tuple.AppendDecode(one[:0], text); err == nil && len(t) == 1 {
			return t[0], nil
		}
	}
	return tuple.Null, errRow
}

// stringOf returns bytes as a string: a copy, unless nobody will ever write to
// them.
func stringOf(b []byte, lasting bool) string {
	if lasting {
		return unsafe.String(unsafe.SliceData(b), len(b))
	}
	return string(b)
}
