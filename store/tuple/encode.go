package tuple

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// The first byte of each element. The gaps leave room; a code is never given
// a second meaning. No code is above 0x4F: see infinity.
const (
	codeNull      = 0x02
	codeFalse     = 0x03
	codeTrue      = 0x04
	codeZero      = 0x14 // an integer of n bytes: codeZero±n, so 0x0C to 0x1C
	codeFloat     = 0x20
	codeDecimal   = 0x24
	codeText      = 0x28
	codeBytes     = 0x2C
	codeUUID      = 0x30
	codeDate      = 0x34
	codeTime      = 0x38
	codeTimestamp = 0x3C
	codeInstant   = 0x3D
	codeInterval  = 0x40
	codeJSON      = 0x44
	codeOther     = 0x48

	// infinity sorts after every element.
	infinity = 0xFF

	// A string ends with terminator; a zero byte in it is followed by
	// escape, which is above every code, so that a string sorts before the
	// longer ones that begin with it whatever comes next in the tuple.
	terminator = 0x00
	escape     = 0xFF
)

const signBit = 1 << 63

// Append appends t's encoding to dst and returns the longer slice.
func (t Tuple) Append(dst []byte) []byte {
	for _, v := range t {
		dst = v.append(dst)
	}
	return dst
}

func (v Value) append(dst []byte) []byte {
	switch v.kind {
	case KindNull:
		return append(dst, codeNull)
	case KindBool:
		return append(dst, codeFalse+byte(v.num))
	case KindInt, KindUint:
		return v.appendInteger(dst)
	case KindFloat:
		return appendUint64(append(dst, codeFloat), orderedFloat(v.num))
	case KindDecimal:
		return appendDecimal(append(dst, codeDecimal), v.str)
	case KindText:
		return appendString(append(dst, codeText), v.str)
	case KindBytes:
		return appendString(append(dst, codeBytes), v.str)
	case KindUUID:
		return append(append(dst, codeUUID), v.str...)
	case KindDate:
		return appendUint64(append(dst, codeDate), v.num^signBit)
	case KindTime:
		return appendUint64(append(dst, codeTime), v.num^signBit)
	case KindTimestamp:
		return v.appendTimestamp(dst)
	case KindInterval:
		return v.appendInterval(dst)
	case KindJSON:
		return appendString(append(dst, codeJSON), v.str)
	}
	return v.appendOther(dst)
}

// appendOther writes the text as an element of its own: right after the
// type's terminator, its first byte could be taken for escape.
func (v Value) appendOther(dst []byte) []byte {
	typ, text, _ := strings.Cut(v.str, "\x00")
	dst = appendString(append(dst, codeOther), typ)
	return appendString(append(dst, codeText), text)
}

// appendInteger writes the length in the code and then only the bytes that
// count: small numbers are short, and a longer positive one is a larger one.
// A negative number is written as what it is above the least of its length.
func (v Value) appendInteger(dst []byte) []byte {
	u := v.num
	if v.kind == KindUint || int64(u) >= 0 {
		n := byteLen(u)
		return appendLow(append(dst, codeZero+byte(n)), u, n)
	}
	n := byteLen(-u)
	return appendLow(append(dst, codeZero-byte(n)), ^-u, n)
}

func byteLen(u uint64) int { return (bits.Len64(u) + 7) / 8 }

// appendLow appends the low n bytes of u, the highest first.
func appendLow(dst []byte, u uint64, n int) []byte {
	for i := n - 1; i >= 0; i-- {
		dst = append(dst, byte(u>>(8*i)))
	}
	return dst
}

func appendUint64(dst []byte, u uint64) []byte { return binary.BigEndian.AppendUint64(dst, u) }

func appendInt32(dst []byte, i int32) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(i)^1<<31)
}

func (v Value) appendTimestamp(dst []byte) []byte {
	code := byte(codeTimestamp)
	if v.zoned {
		code = codeInstant
	}
	dst = appendUint64(append(dst, code), v.num^signBit)
	return appendInt32(dst, v.aux)
}

func (v Value) appendInterval(dst []byte) []byte {
	months, days, microseconds := v.AsInterval()
	dst = appendInt32(append(dst, codeInterval), months)
	dst = appendInt32(dst, days)
	return appendUint64(dst, uint64(microseconds)^signBit)
}

// appendEscaped appends s, each zero byte followed by escape.
func appendEscaped(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, 0)
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(append(dst, s[:i]...), 0, escape)
		s = s[i+1:]
	}
}

func appendString(dst []byte, s string) []byte {
	return append(appendEscaped(dst, s), terminator)
}

// appendDecimal writes the class, the exponent, the digits in pairs (1 to 100,
// then 0), and the scale. Exponent and digits of a negative number are
// complemented, which reverses their order.
func appendDecimal(dst []byte, s string) []byte {
	p := splitDecimal(s)
	dst = append(dst, byte(p.class))
	if p.class == classNegative || p.class == classPositive {
		start := len(dst)
		dst = appendInt32(dst, int32(p.exponent))
		dst = appendDigits(dst, p.digits)
		if p.class == classNegative {
			complement(dst[start:])
		}
	}
	if p.class >= classNegative && p.class <= classPositive {
		dst = appendInt32(dst, int32(p.scale))
	}
	return dst
}

func appendDigits(dst []byte, digits string) []byte {
	for i := 0; i < len(digits); i += 2 {
		pair := 10 * (digits[i] - '0')
		if i+1 < len(digits) {
			pair += digits[i+1] - '0'
		}
		dst = append(dst, pair+1)
	}
	return append(dst, 0)
}

func complement(b []byte) {
	for i := range b {
		b[i] = ^b[i]
	}
}
