package tuple

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The calendar repeats every 400 years. The time package does the work within
// one such era; around it stands arithmetic that holds for all of int64, so
// that every date and timestamp has a text that reads back.
const (
	yearsPerEra = 400
	daysPerEra  = 146097
)

const (
	nanosPerSecond = 1_000_000_000
	nanosPerHour   = 60 * 60 * nanosPerSecond
)

// floorDiv returns the quotient of a/b rounded down, and the remainder, which
// is not negative.
func floorDiv(a, b int64) (quotient, remainder int64) {
	quotient, remainder = a/b, a%b
	if remainder < 0 {
		quotient, remainder = quotient-1, remainder+b
	}
	return quotient, remainder
}

// calendarDay returns the day that is so many days after 1970-01-01. Year 0
// is the one before year 1.
func calendarDay(days int64) (year int64, month time.Month, day int) {
	eras, rest := floorDiv(days, daysPerEra)
	y, month, day := time.Unix(rest*secondsPerDay, 0).UTC().Date()
	return int64(y) + eras*yearsPerEra, month, day
}

// dayNumber is the inverse of calendarDay. It reports whether there is such a
// day and its number fits.
func dayNumber(year int64, month time.Month, day int) (days int64, ok bool) {
	eras, y := floorDiv(year, yearsPerEra)
	midnight := time.Date(int(y), month, day, 0, 0, 0, 0, time.UTC)
	days = midnight.Unix()/secondsPerDay + eras*daysPerEra
	y2, m2, d2 := calendarDay(days)
	return days, y2 == year && m2 == month && d2 == day
}

// appendDate appends YYYY-MM-DD. A year that is not of four digits has a
// sign, as in ISO 8601.
func appendDate(dst []byte, days int64) []byte {
	year, month, day := calendarDay(days)
	switch {
	case year < 0:
		dst = append(dst, '-')
	case year > 9999:
		dst = append(dst, '+')
	}
	dst = appendPadded(dst, uint64(max(year, -year)), 4)
	dst = appendPadded(append(dst, '-'), uint64(month), 2)
	return appendPadded(append(dst, '-'), uint64(day), 2)
}

func appendPadded(dst []byte, u uint64, width int) []byte {
	for limit := uint64(10); width > 1; width, limit = width-1, limit*10 {
		if u < limit {
			for range width - 1 {
				dst = append(dst, '0')
			}
			break
		}
	}
	return strconv.AppendUint(dst, u, 10)
}

// appendFraction appends a point and the digits of a fraction of a second,
// without zeros at its end; nothing if it is 0.
func appendFraction(dst []byte, fraction uint64, width int) []byte {
	if fraction == 0 {
		return dst
	}
	for fraction%10 == 0 {
		fraction, width = fraction/10, width-1
	}
	return appendPadded(append(dst, '.'), fraction, width)
}

// appendClock appends [-]hh:mm:ss[.fraction]. The hours may have more than
// two digits.
func appendClock(dst []byte, nanos int64) []byte {
	u := uint64(nanos)
	if nanos < 0 {
		dst, u = append(dst, '-'), -u
	}
	seconds, fraction := u/nanosPerSecond, u%nanosPerSecond
	dst = appendPadded(dst, seconds/3600, 2)
	dst = appendPadded(append(dst, ':'), seconds/60%60, 2)
	dst = appendPadded(append(dst, ':'), seconds%60, 2)
	return appendFraction(dst, fraction, 9)
}

func (v Value) appendTemporal(dst []byte) []byte {
	switch v.kind {
	case KindDate:
		return appendDate(dst, int64(v.num))
	case KindTime:
		return appendClock(dst, int64(v.num))
	}
	days, seconds := floorDiv(int64(v.num), secondsPerDay)
	dst = append(appendDate(dst, days), 'T')
	dst = appendClock(dst, seconds*nanosPerSecond+int64(v.aux))
	if v.zoned {
		dst = append(dst, 'Z')
	}
	return dst
}

// parseTemporal reads a date, a time or a timestamp, whichever s looks like.
func parseTemporal(s string) (Value, bool) {
	if dateDash(s) < 0 {
		return parseTime(s)
	}
	if hasClock(s) {
		return parseTimestamp(s)
	}
	return parseDate(s)
}

// dateDash returns the place of the first - that follows a digit, which a
// number does not have.
func dateDash(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] == '-' && isDigits(s[i-1:i]) {
			return i
		}
	}
	return -1
}

// hasClock tells a timestamp from a date.
func hasClock(s string) bool { return strings.ContainsAny(s, "Tt ") }

func parseDate(s string) (Value, bool) {
	f := fields{rest: s}
	days, ok := f.date()
	return Date(days), ok && f.rest == ""
}

// parseTime reads [-]h:mm[:ss[.fraction]], with any number of hours.
func parseTime(s string) (Value, bool) {
	f := fields{rest: s}
	negative := f.take('-')
	if !negative {
		f.take('+')
	}
	hours, ok := f.number(1, 7)
	if !ok || hours > math.MaxInt64/nanosPerHour {
		return Null, false
	}
	nanos, ok := f.minutes()
	if !ok || f.rest != "" {
		return Null, false
	}
	u := uint64(hours*nanosPerHour) + uint64(nanos)
	if negative {
		return Time(time.Duration(-u)), u <= signBit
	}
	return Time(time.Duration(u)), u < signBit
}

// parseTimestamp reads a date, T or a space, a time of day, and Z or an
// offset from it if it is an instant. A date alone is its midnight.
func parseTimestamp(s string) (Value, bool) {
	f := fields{rest: s}
	days, ok := f.date()
	if !ok {
		return Null, false
	}
	var nanos int64
	if f.rest != "" {
		if !f.take('T') && !f.take('t') && !f.take(' ') {
			return Null, false
		}
		if nanos, ok = f.timeOfDay(); !ok {
			return Null, false
		}
	}
	zoned := f.rest != ""
	offset, ok := f.zone()
	if !ok || f.rest != "" {
		return Null, false
	}
	return timestampAt(days, nanos, offset, zoned)
}

// timestampAt returns the timestamp whose clock shows nanos on a day, where
// clocks are offset seconds ahead of UTC. It reports whether it fits.
func timestampAt(days, nanos, offset int64, zoned bool) (Value, bool) {
	ofDay := nanos / nanosPerSecond
	local := days*secondsPerDay + ofDay
	if d, s := floorDiv(local, secondsPerDay); d != days || s != ofDay {
		return Null, false
	}
	seconds := local - offset
	if (seconds < local) != (offset > 0) {
		return Null, false
	}
	v := Value{kind: KindTimestamp, zoned: zoned, num: uint64(seconds), aux: int32(nanos % nanosPerSecond)}
	return v, true
}

// fields takes the parts of a date or time off the front of rest.
type fields struct{ rest string }

func (f *fields) take(c byte) bool {
	if f.rest == "" || f.rest[0] != c {
		return false
	}
	f.rest = f.rest[1:]
	return true
}

// number takes from least to most digits. More digits than that follow no
// number, so they are an error.
func (f *fields) number(least, most int) (int64, bool) {
	n := 0
	for n < len(f.rest) && isDigits(f.rest[n:n+1]) {
		n++
	}
	if n < least || n > most {
		return 0, false
	}
	i, err := strconv.ParseInt(f.rest[:n], 10, 64)
	f.rest = f.rest[n:]
	return i, err == nil
}

func (f *fields) date() (days int64, ok bool) {
	negative := f.take('-')
	if !negative {
		f.take('+')
	}
	year, ok1 := f.number(4, 18)
	dash1 := f.take('-')
	month, ok2 := f.number(1, 2)
	dash2 := f.take('-')
	day, ok3 := f.number(1, 2)
	if !ok1 || !dash1 || !ok2 || !dash2 || !ok3 {
		return 0, false
	}
	if negative {
		year = -year
	}
	return dayNumber(year, time.Month(month), int(day))
}

// timeOfDay takes h:mm[:ss[.fraction]] of one day.
func (f *fields) timeOfDay() (nanos int64, ok bool) {
	hours, ok := f.number(1, 2)
	if !ok || hours > 23 {
		return 0, false
	}
	nanos, ok = f.minutes()
	return hours*nanosPerHour + nanos, ok
}

// minutes takes :mm[:ss[.fraction]].
func (f *fields) minutes() (nanos int64, ok bool) {
	if !f.take(':') {
		return 0, false
	}
	minutes, ok := f.number(2, 2)
	if !ok || minutes > 59 {
		return 0, false
	}
	nanos = minutes * 60 * nanosPerSecond
	if !f.take(':') {
		return nanos, true
	}
	seconds, ok := f.number(2, 2)
	if !ok || seconds > 59 {
		return 0, false
	}
	fraction, ok := f.fraction(9)
	return nanos + seconds*nanosPerSecond + fraction, ok
}

// fraction takes a point and up to width digits, if there is a point, and
// returns them as if there were width.
func (f *fields) fraction(width int) (int64, bool) {
	if !f.take('.') {
		return 0, true
	}
	before := len(f.rest)
	fraction, ok := f.number(1, width)
	for range width - (before - len(f.rest)) {
		fraction *= 10
	}
	return fraction, ok
}

// zone takes Z, ±hh, ±hhmm or ±hh:mm, or nothing, and returns seconds.
func (f *fields) zone() (offset int64, ok bool) {
	if f.rest == "" || f.take('Z') || f.take('z') {
		return 0, true
	}
	negative := f.take('-')
	if !negative && !f.take('+') {
		return 0, false
	}
	hours, ok := f.twoDigits()
	var minutes int64
	if ok && f.rest != "" {
		f.take(':')
		minutes, ok = f.twoDigits()
	}
	if !ok || hours > 23 || minutes > 59 {
		return 0, false
	}
	offset = (hours*60 + minutes) * 60
	if negative {
		offset = -offset
	}
	return offset, true
}

// twoDigits takes two digits, whatever follows them.
func (f *fields) twoDigits() (int64, bool) {
	if len(f.rest) < 2 || !isDigits(f.rest[:2]) {
		return 0, false
	}
	n := int64(f.rest[0]-'0')*10 + int64(f.rest[1]-'0')
	f.rest = f.rest[2:]
	return n, true
}
