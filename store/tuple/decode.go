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
// with b.
func Decode(b []byte) (Tuple, error) {
	var t Tuple
	d := decoder{rest: b}
	for len(d.rest) > 0 {
		at := len(b) - len(d.rest)
		v, ok := d.value()
		if !ok {
			return nil, fmt.Errorf("%w: element %d, at byte %d of %d", ErrEncoding, len(t), at, len(b))
		}
		t = append(t, v)
	}
	return t, nil
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

func (d *decoder) value() (Value, bool) {
	code, ok := d.take(1)
	if !ok {
		return Null, false
	}
	switch c := code[0]; c {
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
	text, ok := d.text()
	return Other(typ, text), ok
}

// text takes an escaped string and its terminator.
func (d *decoder) text() (string, bool) {
	var unescaped []byte
	for {
		i := bytes.IndexByte(d.rest, terminator)
		if i < 0 {
			return "", false
		}
		piece := d.rest[:i]
		d.rest = d.rest[i+1:]
		if len(d.rest) == 0 || d.rest[0] != escape {
			if unescaped == nil {
				return string(piece), true
			}
			return string(append(unescaped, piece...)), true
		}
		d.rest = d.rest[1:]
		unescaped = append(append(unescaped, piece...), 0)
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
	before := d.rest
	class, ok := d.take(1)
	if !ok {
		return Null, false
	}
	var text string
	switch decimalClass(class[0]) {
	case classNegInf:
		text = decimalNegInf
	case classInf:
		text = decimalInf
	case classNaN:
		text = decimalNaN
	case classNegative, classZero, classPositive:
		if text, ok = d.finiteDecimal(decimalClass(class[0])); !ok {
			return Null, false
		}
	default:
		return Null, false
	}
	// Many byte strings would spell one number; only the one that Append
	// writes is an encoding.
	v := Value{kind: KindDecimal, str: text}
	again := appendDecimal(nil, text)
	return v, bytes.Equal(again, before[:len(before)-len(d.rest)])
}

func (d *decoder) finiteDecimal(class decimalClass) (string, bool) {
	var digits []byte
	var exponent int32
	if class != classZero {
		var ok bool
		if exponent, digits, ok = d.digits(class == classNegative); !ok {
			return "", false
		}
	}
	scale, ok := d.int32()
	if !ok || scale < 0 || scale > maxDecimalDigits ||
		exponent > maxDecimalDigits || exponent < -maxDecimalDigits || len(digits) > maxDecimalDigits {
		return "", false
	}
	whole, fraction := shiftPoint("", string(digits), int(exponent))
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > int(scale) {
		return "", false
	}
	fraction += strings.Repeat("0", int(scale)-len(fraction))
	return joinDecimal(class == classNegative, whole, fraction), true
}

// digits takes an exponent and the pairs of digits up to their terminator.
func (d *decoder) digits(negative bool) (exponent int32, digits []byte, ok bool) {
	var mask byte
	if negative {
		mask = 0xFF
	}
	b, ok := d.take(4)
	if !ok {
		return 0, nil, false
	}
	u := binary.BigEndian.Uint32(b)
	if negative {
		u = ^u
	}
	exponent = int32(u ^ 1<<31)
	for {
		b, ok := d.take(1)
		if !ok {
			return 0, nil, false
		}
		pair := b[0] ^ mask
		if pair == 0 {
			return exponent, bytes.TrimRight(digits, "0"), true
		}
		if pair > 100 {
			return 0, nil, false
		}
		digits = append(digits, '0'+(pair-1)/10, '0'+(pair-1)%10)
	}
}
