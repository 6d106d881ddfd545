package tuple

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// maxDecimalDigits bounds the digits of a decimal, so that an exponent cannot
// make a few bytes of input into gigabytes. It is above what PostgreSQL's
// numeric holds (131072 digits before the point and 16383 after it).
const maxDecimalDigits = 150_000

// Special decimals, as PostgreSQL's numeric has them.
const (
	decimalNegInf = "-Infinity"
	decimalInf    = "Infinity"
	decimalNaN    = "NaN"
)

// Decimal returns the decimal number that s spells: digits with an optional
// sign, point and exponent, or NaN, Infinity, -Infinity. Its scale, the
// number of digits after the point, is kept: 1.50 is not 1.5, though it sorts
// next to it.
func Decimal(s string) (Value, error) {
	text, err := canonicalDecimal(s)
	if err != nil {
		return Null, err
	}
	return Value{kind: KindDecimal, str: text}, nil
}

func canonicalDecimal(s string) (string, error) {
	bad := fmt.Errorf("tuple: %.40q is not a decimal number", s)
	body, negative := strings.CutPrefix(s, "-")
	if !negative {
		body = strings.TrimPrefix(body, "+")
	}
	switch strings.ToLower(body) {
	case "nan":
		if negative {
			return "", bad
		}
		return decimalNaN, nil
	case "inf", "infinity":
		if negative {
			return decimalNegInf, nil
		}
		return decimalInf, nil
	}
	mantissa, exponent, err := cutExponent(body)
	if err != nil {
		return "", bad
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole == "" && fraction == "" || !isDigits(whole) || !isDigits(fraction) {
		return "", bad
	}
	if len(whole)+len(fraction)+max(exponent, -exponent) > maxDecimalDigits {
		return "", fmt.Errorf("tuple: the decimal number %.20s… has more than %d digits", s, maxDecimalDigits)
	}
	whole, fraction = shiftPoint(whole, fraction, exponent)
	return joinDecimal(negative, whole, fraction), nil
}

func cutExponent(s string) (mantissa string, exponent int, err error) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, nil
	}
	exponent, err = strconv.Atoi(s[i+1:])
	if err == nil && (exponent > maxDecimalDigits || exponent < -maxDecimalDigits) {
		err = strconv.ErrRange
	}
	return s[:i], exponent, err
}

func shiftPoint(whole, fraction string, exponent int) (string, string) {
	if exponent > 0 {
		fraction += strings.Repeat("0", max(0, exponent-len(fraction)))
		return whole + fraction[:exponent], fraction[exponent:]
	}
	n := -exponent
	whole = strings.Repeat("0", max(0, n-len(whole))) + whole
	return whole[:len(whole)-n], whole[len(whole)-n:] + fraction
}

func joinDecimal(negative bool, whole, fraction string) string {
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	text := whole
	if fraction != "" {
		text += "." + fraction
	}
	if negative && strings.Trim(text, "0.") != "" {
		text = "-" + text
	}
	return text
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

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

// decimalParts is a canonical decimal taken apart: ±0.digits × 10^exponent,
// where digits neither begins nor ends with 0.
type decimalParts struct {
	class    decimalClass
	digits   string
	exponent int
	scale    int
}

func splitDecimal(s string) decimalParts {
	switch s {
	case decimalNegInf:
		return decimalParts{class: classNegInf}
	case decimalInf:
		return decimalParts{class: classInf}
	case decimalNaN:
		return decimalParts{class: classNaN}
	}
	p := decimalParts{class: classPositive}
	body, negative := strings.CutPrefix(s, "-")
	if negative {
		p.class = classNegative
	}
	whole, fraction, _ := strings.Cut(body, ".")
	p.scale = len(fraction)
	if whole == "0" {
		whole = ""
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	p.exponent = len(whole) - (len(whole) + len(fraction) - len(digits))
	p.digits = strings.TrimRight(digits, "0")
	if p.digits == "" {
		p.class, p.exponent = classZero, 0
	}
	return p
}

// compareDecimals orders two canonical decimals by value, and equal values by
// scale.
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
