package tuple

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// maxDecimalDigits bounds the digits of a decimal, before and after the point
// together. It is above what PostgreSQL's numeric holds (131072 digits before
// the point and 16383 after it).
const maxDecimalDigits = 150_000

// maxPadding is how many zeros a decimal's string may have before and after
// the digits that count. Beyond that, zeros are counted and not written: a few
// bytes of input, such as 1e100000, must not become many in memory.
const maxPadding = 32

// The texts of decimals that are not finite, as PostgreSQL's numeric has them.
const (
	decimalNegInf = "-Infinity"
	decimalInf    = "Infinity"
	decimalNaN    = "NaN"
)

// decimalClass is where a decimal stands as a whole. It is also the first
// byte of an encoded decimal.
type decimalClass byte

const (
	classNegInf decimalClass = iota + 1
	classNegative
	classZero
	classPositive
	classInf
	classNaN
)

// decimal is a decimal number taken apart: ±0.digits × 10^exponent, where
// digits neither begins nor ends with 0, and the number of digits after the
// point. Digits, exponent and scale are zero where the class says it all, but
// that a zero has a scale.
type decimal struct {
	class    decimalClass
	digits   string
	exponent int
	scale    int
}

// Decimal returns the decimal number that s spells: digits with an optional
// sign, point and exponent, or NaN, Infinity, -Infinity. Its scale, the
// number of digits after the point, is kept: 1.50 is not 1.5, though it sorts
// next to it. Zero has no sign.
func Decimal(s string) (Value, error) {
	if isPlainDecimal(s) {
		return Value{kind: KindDecimal, str: s}, nil
	}
	d, ok := parseDecimal(s)
	switch {
	case !ok:
		return Null, fmt.Errorf("tuple: %.40q is not %s", s, KindDecimal.describe())
	case !d.valid():
		return Null, fmt.Errorf("tuple: the decimal number %.20q has more than %d digits", s, maxDecimalDigits)
	}
	return Value{kind: KindDecimal, str: d.string()}, nil
}

// isPlainDecimal reports whether s is what decimal.string would make of it, as
// nearly every number is that a database prints. It may miss some.
func isPlainDecimal(s string) bool {
	body, negative := strings.CutPrefix(s, "-")
	if len(body) > maxPadding {
		return false
	}
	whole, fraction, point := strings.Cut(body, ".")
	if whole == "" || !isDigits(whole) || !isDigits(fraction) || point && fraction == "" {
		return false
	}
	if whole[0] == '0' {
		return whole == "0" && !negative
	}
	return true
}

// parseDecimal reports whether s spells a number. The number need not be
// valid.
func parseDecimal(s string) (decimal, bool) {
	body, negative := strings.CutPrefix(s, "-")
	if !negative {
		body = strings.TrimPrefix(body, "+")
	}
	switch strings.ToLower(body[:min(len(body), len("infinity")+1)]) {
	case "nan":
		return decimal{class: classNaN}, !negative
	case "inf", "infinity":
		if negative {
			return decimal{class: classNegInf}, true
		}
		return decimal{class: classInf}, true
	}
	mantissa, exponent, ok := cutExponent(body)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if !ok || whole+fraction == "" || !isDigits(whole) || !isDigits(fraction) {
		return decimal{}, false
	}
	d := finiteDecimal(negative, whole, fraction)
	d.scale = max(0, d.scale-exponent)
	if d.class != classZero {
		d.exponent += exponent
	}
	return d, true
}

// cutExponent cuts off an exponent. One that is far too large for a decimal
// to be valid is cut to size, so that sums with it stay exact.
func cutExponent(s string) (mantissa string, exponent int, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, true
	}
	digits := strings.TrimLeft(s[i+1:], "+-")
	if digits == "" || !isDigits(digits) || len(s)-i-1-len(digits) > 1 {
		return "", 0, false
	}
	const limit = 1 << 30
	exponent, err := strconv.Atoi(s[i+1:])
	if err != nil { // out of range
		exponent = limit
		if s[i+1] == '-' {
			exponent = -limit
		}
	}
	return s[:i], max(-limit, min(exponent, limit)), true
}

// finiteDecimal returns ±whole.fraction.
func finiteDecimal(negative bool, whole, fraction string) decimal {
	whole = strings.TrimLeft(whole, "0")
	d := decimal{class: classPositive, exponent: len(whole), scale: len(fraction)}
	if negative {
		d.class = classNegative
	}
	if whole == "" {
		trimmed := strings.TrimLeft(fraction, "0")
		d.exponent = len(trimmed) - len(fraction)
		fraction = trimmed
	}
	d.digits = strings.TrimRight(whole+fraction, "0")
	if d.digits == "" {
		d.class, d.exponent = classZero, 0
	}
	return d
}

// valid reports whether the scale covers the digits and there are not too
// many of them.
func (d decimal) valid() bool {
	if d.exponent < -maxDecimalDigits || d.exponent > maxDecimalDigits {
		return false // and sums with it would not be safe
	}
	return d.scale >= max(0, len(d.digits)-d.exponent) && d.width() <= maxDecimalDigits
}

// width returns the number of digits before and after the point.
func (d decimal) width() int { return max(d.exponent, 0) + d.scale }

// string returns d as a Value holds it: as its text, unless that has too many
// zeros; then as ±digits, e, exponent, s, scale. A decimal has only one.
func (d decimal) string() string {
	if d.width()-len(d.digits) <= maxPadding {
		return d.text()
	}
	sign := ""
	if d.class == classNegative {
		sign = "-"
	}
	return sign + d.digits + "e" + strconv.Itoa(d.exponent) + "s" + strconv.Itoa(d.scale)
}

// splitDecimal is the inverse of decimal.string.
func splitDecimal(s string) decimal {
	switch s {
	case decimalNegInf:
		return decimal{class: classNegInf}
	case decimalInf:
		return decimal{class: classInf}
	case decimalNaN:
		return decimal{class: classNaN}
	}
	body, negative := strings.CutPrefix(s, "-")
	digits, rest, counted := strings.Cut(body, "e")
	if !counted {
		whole, fraction, _ := strings.Cut(body, ".")
		return finiteDecimal(negative, whole, fraction)
	}
	exponent, scale, _ := strings.Cut(rest, "s")
	d := finiteDecimal(negative, "", digits)
	d.exponent, _ = strconv.Atoi(exponent)
	d.scale, _ = strconv.Atoi(scale)
	return d
}

// decimalText returns the text of what decimal.string returned.
func decimalText(s string) string {
	if strings.IndexByte(s, 'e') < 0 {
		return s
	}
	return splitDecimal(s).text()
}

// text returns d with all its zeros.
func (d decimal) text() string {
	switch d.class {
	case classNegInf:
		return decimalNegInf
	case classInf:
		return decimalInf
	case classNaN:
		return decimalNaN
	}
	var b strings.Builder
	b.Grow(len("-0.") + d.width())
	if d.class == classNegative {
		b.WriteByte('-')
	}
	whole := max(d.exponent, 0)
	if whole == 0 {
		b.WriteByte('0')
	}
	cut := min(whole, len(d.digits))
	b.WriteString(d.digits[:cut])
	writeZeros(&b, whole-cut)
	if d.scale == 0 {
		return b.String()
	}
	b.WriteByte('.')
	before := min(max(-d.exponent, 0), d.scale)
	writeZeros(&b, before)
	b.WriteString(d.digits[cut:])
	writeZeros(&b, d.scale-before-len(d.digits[cut:]))
	return b.String()
}

func writeZeros(b *strings.Builder, n int) {
	for range n {
		b.WriteByte('0')
	}
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compareDecimals orders two decimals by value, and equal values by scale.
func compareDecimals(a, b string) int {
	p, q := splitDecimal(a), splitDecimal(b)
	if p.class != q.class {
		return cmp.Compare(p.class, q.class)
	}
	c := cmp.Or(cmp.Compare(p.exponent, q.exponent), strings.Compare(p.digits, q.digits))
	if p.class == classNegative {
		c = -c
	}
	return cmp.Or(c, cmp.Compare(p.scale, q.scale))
}
