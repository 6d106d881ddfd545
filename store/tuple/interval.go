package tuple

import (
	"math"
	"strconv"
	"strings"
)

const microsPerSecond = 1_000_000

// unit is a part of an interval as ISO 8601 writes it.
type unit struct {
	letter byte
	size   int64 // in months, days or microseconds
}

// The units in the order in which they are written.
var (
	monthUnits = []unit{{'Y', 12}, {'M', 1}}
	dayUnits   = []unit{{'W', 7}, {'D', 1}}
	clockUnits = []unit{{'H', 3600 * microsPerSecond}, {'M', 60 * microsPerSecond}, {'S', microsPerSecond}}
)

// appendIntervalText appends PnYnMnDTnHnMnS: ISO 8601, but for the sign that each
// part may have. Parts that are 0 are left out, weeks are days.
func appendIntervalText(dst []byte, v Value) []byte {
	months, days, micros := v.AsInterval()
	dst = append(dst, 'P')
	dst = appendUnits(dst, int64(months), monthUnits)
	dst = appendUnits(dst, int64(days), dayUnits[1:])
	if micros == 0 && (months != 0 || days != 0) {
		return dst
	}
	dst = append(dst, 'T')
	dst = appendUnits(dst, micros, clockUnits[:2])
	return appendSeconds(dst, micros)
}

// appendUnits appends amount in units, all but what is less than the last.
func appendUnits(dst []byte, amount int64, units []unit) []byte {
	for _, u := range units {
		if n := amount / u.size; n != 0 {
			dst = append(strconv.AppendInt(dst, n, 10), u.letter)
		}
		amount %= u.size
	}
	return dst
}

// appendSeconds appends the seconds of the minute, or 0S if nothing else
// would be said.
func appendSeconds(dst []byte, micros int64) []byte {
	ofMinute := micros % (60 * microsPerSecond)
	if ofMinute == 0 && micros != 0 {
		return dst
	}
	if ofMinute < 0 {
		dst, ofMinute = append(dst, '-'), -ofMinute
	}
	dst = strconv.AppendInt(dst, ofMinute/microsPerSecond, 10)
	dst = appendFraction(dst, uint64(ofMinute%microsPerSecond), 6)
	return append(dst, 'S')
}

// parseInterval reads what appendIntervalText writes, and weeks.
func parseInterval(s string) (Value, bool) {
	s, ok := strings.CutPrefix(s, "P")
	calendar, clock, hasClock := strings.Cut(s, "T")
	if !ok || s == "" || hasClock && clock == "" {
		return Null, false
	}
	f := fields{rest: calendar}
	months, ok1 := f.units(monthUnits)
	days, ok2 := f.units(dayUnits)
	if !ok1 || !ok2 || f.rest != "" || int64(int32(months)) != months || int64(int32(days)) != days {
		return Null, false
	}
	f.rest = clock
	micros, ok := f.units(clockUnits)
	return Interval(int32(months), int32(days), micros), ok && f.rest == ""
}

// units takes parts, each of one of the units and in their order, and returns
// their sum. It reports whether it fits.
func (f *fields) units(units []unit) (sum int64, ok bool) {
	for _, u := range units {
		at := *f
		amount, ok := f.amount(u)
		if !ok || !f.take(u.letter) {
			*f = at // another unit's
			continue
		}
		if sum, ok = addExact(sum, amount); !ok {
			return 0, false
		}
	}
	return sum, true
}

// amount takes a number with a sign, and in seconds with a fraction, and
// returns it as a multiple of u's size. It reports whether there is one that
// fits.
func (f *fields) amount(u unit) (int64, bool) {
	sign := int64(1)
	if f.take('-') {
		sign = -1
	} else {
		f.take('+')
	}
	n, ok := f.number(1, 19)
	if !ok || n > math.MaxInt64/u.size {
		return 0, false
	}
	var fraction int64
	if u.letter == 'S' {
		if fraction, ok = f.fraction(6); !ok {
			return 0, false
		}
	}
	return addExact(sign*n*u.size, sign*fraction)
}

func addExact(a, b int64) (sum int64, ok bool) {
	sum = a + b
	return sum, (sum < a) == (b < 0)
}
