package tuple

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
)

// ErrEncoding is returned, wrapped with the place, when bytes are not the
// encoding of a tuple.
var ErrEncoding = errors.New("tuple: not an encoded tuple")

// Decode returns the tuple that Append wrote as b. The tuple shares no memory
// with b. Time and memory grow no faster than b. An error is ErrEncoding.
func Decode(b []byte) (Tuple, error) {
	var buf [8]Value // on the stack, so that most tuples are allocated once
	t, err := AppendDecode(buf[:0], b)
	return append(Tuple(nil), t...), err
}

// AppendDecode appends the elements of the tuple that Append wrote as b to
// dst, and returns the longer tuple: one tuple will do to look at many keys in
// turn. It returns nil if there is an error.
func AppendDecode(dst Tuple, b []byte) (Tuple, error) {
	d := decoder{rest: b}
	for n := 0; len(d.rest) > 0; n++ {
		at := len(b) - len(d.rest)
		v, ok := d.value()
		if !ok {
			return nil, fmt.Errorf("%w: element %d, at byte %d of %d", ErrEncoding, n, at, len(b))
		}
		dst = append(dst, v)
	}
	return dst, nil
}

// decoder takes elements off the front of rest. Its methods report whether
// they could.
type decoder struct{ rest []byte }

func (d *decoder) take(n int) ([]byte, bool) {
	if len(d.rest) < n {
		return nil, false
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b, true
}

func (d *decoder) uint64() (uint64, bool) {
	b, ok := d.take(8)
	if !ok {
		return 0, false
	}
	return binary.BigEndian.Uint64(b), true
}

func (d *decoder) int32() (int32, bool) {
	b, ok := d.take(4)
	if !ok {
		return 0, false
	}
	return int32(binary.BigEndian.Uint32(b) ^ 1<<31), true
}

// value takes an element off rest, which must not be empty.
func (d *decoder) value() (Value, bool) {
	c := d.rest[0]
	d.rest = d.rest[1:]
	switch c {
	case codeNull:
		return Null, true
	case codeFalse, codeTrue:
		return Bool(c == codeTrue), true
	case codeFloat:
		return d.float()
	case codeDecimal:
		return d.decimal()
	case codeText:
		return d.string(KindText)
	case codeBytes:
		return d.string(KindBytes)
	case codeJSON:
		return d.string(KindJSON)
	case codeOther:
		return d.other()
	case codeUUID:
		b, ok := d.take(16)
		return Value{kind: KindUUID, str: string(b)}, ok
	case codeDate, codeTime:
		return d.dayOrTime(c)
	case codeTimestamp, codeInstant:
		return d.timestamp(c)
	case codeInterval:
		return d.interval()
	default:
		return d.integer(c)
	}
}

func (d *decoder) integer(code byte) (Value, bool) {
	n := int(code) - codeZero
	if n < -8 || n > 8 {
		return Null, false
	}
	b, ok := d.take(max(n, -n))
	if !ok {
		return Null, false
	}
	var u uint64
	for _, c := range b {
		u = u<<8 | uint64(c)
	}
	if n >= 0 {
		return Uint(u), byteLen(u) == n
	}
	magnitude := ^u & (1<<(-8*n) - 1) // a shift by 64 gives 0, and 0-1 all ones
	return Int(int64(-magnitude)), byteLen(magnitude) == -n && magnitude <= signBit
}

func (d *decoder) float() (Value, bool) {
	u, ok := d.uint64()
	if u&signBit != 0 {
		u ^= signBit
	} else {
		u = ^u
	}
	v := Float(math.Float64frombits(u))
	return v, ok && v.num == u
}

func (d *decoder) string(k Kind) (Value, bool) {
	s, ok := d.text()
	return Value{kind: k, str: s}, ok
}

func (d *decoder) other() (Value, bool) {
	typ, ok := d.text()
	if !ok || strings.IndexByte(typ, 0) >= 0 {
		return Null, false
	}
	if code, ok := d.take(1); !ok || code[0] != codeText {
		return Null, false
	}
	text, ok := d.text()
	return Other(typ, text), ok
}

// text takes an escaped string and its terminator.
func (d *decoder) text() (string, bool) {
	end, escapes := textEnd(d.rest)
	if end < 0 {
		return "", false
	}
	escaped := d.rest[:end]
	d.rest = d.rest[end+1:]
	if escapes == 0 {
		return string(escaped), true
	}
	var text strings.Builder
	text.Grow(len(escaped) - escapes)
	for range escapes {
		i := bytes.IndexByte(escaped, 0)
		text.Write(escaped[:i+1])
		escaped = escaped[i+2:]
	}
	text.Write(escaped)
	return text.String(), true
}

// textEnd returns the place of the terminator, -1 if there is none, and the
// number of zero bytes before it.
func textEnd(b []byte) (end, escapes int) {
	for {
		i := bytes.IndexByte(b[end:], terminator)
		if i < 0 {
			return -1, 0
		}
		end += i
		if end+1 == len(b) || b[end+1] != escape {
			return end, escapes
		}
		end += 2
		escapes++
	}
}

func (d *decoder) dayOrTime(code byte) (Value, bool) {
	kind := KindDate
	if code == codeTime {
		kind = KindTime
	}
	u, ok := d.uint64()
	return Value{kind: kind, num: u ^ signBit}, ok
}

func (d *decoder) timestamp(code byte) (Value, bool) {
	u, ok1 := d.uint64()
	ns, ok2 := d.int32()
	v := Value{kind: KindTimestamp, zoned: code == codeInstant, num: u ^ signBit, aux: ns}
	return v, ok1 && ok2 && ns >= 0 && ns < 1e9
}

func (d *decoder) interval() (Value, bool) {
	months, ok1 := d.int32()
	days, ok2 := d.int32()
	u, ok3 := d.uint64()
	return Interval(months, days, int64(u^signBit)), ok1 && ok2 && ok3
}

func (d *decoder) decimal() (Value, bool) {
	class, ok := d.take(1)
	if !ok {
		return Null, false
	}
	n := decimal{class: decimalClass(class[0])}
	switch n.class {
	case classNegInf, classInf, classNaN:
		return Value{kind: KindDecimal, str: n.text()}, true
	case classNegative, classPositive:
		if n.exponent, n.digits, ok = d.digits(n.class == classNegative); !ok {
			return Null, false
		}
	case classZero:
	default:
		return Null, false
	}
	scale, ok := d.int32()
	if n.scale = int(scale); !ok || scale < 0 || !n.valid() {
		return Null, false
	}
	return Value{kind: KindDecimal, str: n.string()}, true
}

// digits takes an exponent and the pairs of digits up to their terminator.
func (d *decoder) digits(negative bool) (exponent int, digits string, ok bool) {
	var mask byte
	if negative {
		mask = 0xFF
	}
	b, ok := d.take(4)
	if !ok {
		return 0, "", false
	}
	u := binary.BigEndian.Uint32(b)
	if negative {
		u = ^u
	}
	end := bytes.IndexByte(d.rest, mask)
	if end <= 0 || end > maxDecimalDigits/2 {
		return 0, "", false
	}
	pairs := d.rest[:end]
	d.rest = d.rest[end+1:]
	digits, ok = unpair(pairs, mask)
	return int(int32(u ^ 1<<31)), digits, ok
}

// unpair returns the digits that pairs spell. They neither begin nor end with
// a 0; that of the last pair which only fills it up is not one of them.
func unpair(pairs []byte, mask byte) (string, bool) {
	var digits strings.Builder
	digits.Grow(2 * len(pairs))
	for _, b := range pairs {
		pair := (b ^ mask) - 1 // a 0 becomes too large
		if pair > 99 {
			return "", false
		}
		digits.WriteByte('0' + pair/10)
		digits.WriteByte('0' + pair%10)
	}
	s := digits.String()
	if s[0] == '0' || strings.HasSuffix(s, "00") {
		return "", false
	}
	return strings.TrimSuffix(s, "0"), true
}
