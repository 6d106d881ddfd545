package tuple

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

func parseInteger(s string) (Value, bool) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return Int(i), true
	}
	u, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 10, 64)
	return Uint(u), err == nil
}

// appendFloat appends the shortest text that reads back as f, with a point,
// an exponent or a name, so that it is not taken for an integer.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, format, -1, 64)
	if format == 'f' && bytes.IndexByte(dst[start:], '.') < 0 {
		dst = append(dst, ".0"...)
	}
	return dst
}

func isFloatName(s string) bool {
	switch strings.ToLower(s) {
	case "nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity":
		return true
	}
	return false
}

// parseFloat reads a number in decimal digits, or a name. A number too large
// for a float is none.
func parseFloat(s string) (Value, bool) {
	if !isFloatName(s) && strings.Trim(s, "+-.eE0123456789") != "" {
		return Null, false // what strconv reads besides: hex and underscores
	}
	f, err := strconv.ParseFloat(s, 64)
	return Float(f), err == nil
}
