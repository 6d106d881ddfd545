package mysql

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rowan-db/rowan/store/tuple"
)

// dateValue returns the day that the server prints as text. A date that no
// calendar has, such as 0000-00-00 and 2026-02-00, keeps its text.
func dateValue(text string) tuple.Value {
	day, ok := parseDay(text)
	if !ok || len(text) != len(time.DateOnly) {
		return tuple.Other("date", text)
	}
	return tuple.Date(day)
}

// parseDay reads the date at the beginning of a text.
func parseDay(text string) (days int64, ok bool) {
	if len(text) < len(time.DateOnly) || text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	year, ok1 := number(text[:4])
	month, ok2 := number(text[5:7])
	day, ok3 := number(text[8:10])
	if !ok1 || !ok2 || !ok3 || month < 1 || month > 12 || day < 1 || day > monthLength(year, month) {
		return 0, false
	}
	return dayNumber(year, month, day), true
}

const secondsPerDay = 24 * 60 * 60

func monthLength(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// dayNumber returns how many days after 1970-01-01 a day is, of a year that is
// not negative. It counts years from March on, so that a leap day is their last.
func dayNumber(year, month, day int) int64 {
	year, month = year+(month-3+12)/12-1, (month-3+12)%12
	dayOfYear := (153*month+2)/5 + day - 1
	return int64(365*year+floorDiv(year, 4)-floorDiv(year, 100)+floorDiv(year, 400)+dayOfYear) - 719468
}

// floorDiv divides and rounds down: the year before 0 is -1.
func floorDiv(a, b int) int {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// number reads digits, and nothing else.
func number(text string) (n int, ok bool) {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
		n = 10*n + int(text[i]-'0')
	}
	return n, len(text) > 0
}

// timestampValue returns the date and time that the server prints as text: a
// point in time, of a TIMESTAMP, if instant. What no calendar has keeps its
// text.
func timestampValue(text string, instant bool) tuple.Value {
	days, ok := parseDay(text)
	if ok && len(text) > len(time.DateOnly) && text[len(time.DateOnly)] == ' ' {
		if clock, ok := parseClock(text[len(time.DateOnly)+1:]); ok && clock >= 0 && clock < 24*time.Hour {
			at := time.Unix(days*secondsPerDay+int64(clock/time.Second), int64(clock%time.Second)).UTC()
			if instant {
				return tuple.Instant(at)
			}
			return tuple.Timestamp(at)
		}
	}
	if instant {
		return tuple.Other("timestamp", text)
	}
	return tuple.Other("datetime", text)
}

// timeValue returns the time or duration that the server prints as text.
func timeValue(text string) tuple.Value {
	clock, ok := parseClock(text)
	if !ok {
		return tuple.Other("time", text)
	}
	return tuple.Time(clock)
}

// parseClock reads [-]H:MM:SS[.fraction], with any number of hours.
func parseClock(text string) (time.Duration, bool) {
	body, negative := strings.CutPrefix(text, "-")
	hours, rest, ok := strings.Cut(body, ":")
	h, okH := number(hours)
	if !ok || !okH || len(hours) > 6 || len(rest) < len("05:06") || rest[2] != ':' {
		return 0, false
	}
	m, okM := number(rest[:2])
	s, okS := number(rest[3:5])
	if !okM || !okS {
		return 0, false
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	if fraction := rest[5:]; fraction != "" {
		n, ok := number(fraction[1:])
		if fraction[0] != '.' || !ok || len(fraction) > len(".123456789") {
			return 0, false
		}
		for range len(".123456789") - len(fraction) {
			n *= 10
		}
		d += time.Duration(n)
	}
	if negative {
		d = -d
	}
	return d, true
}

// The server's limits for dates and times.
const (
	lastYear = 9999
	maxClock = 838*time.Hour + 59*time.Minute + 59*time.Second + 999_999_000
)

// dateText spells a date for the server. It reports false for a year that the
// server does not have.
func dateText(v tuple.Value) (string, bool) {
	at := v.AsTime()
	return at.Format(time.DateOnly), at.Year() >= 0 && at.Year() <= lastYear
}

// timestampText spells a date and time for the server, with the fraction that
// it has.
func timestampText(v tuple.Value) (string, bool) {
	at := v.AsTime()
	return at.Format("2006-01-02 15:04:05.999999999"), at.Year() >= 0 && at.Year() <= lastYear
}

// clockText spells a time or duration for the server.
func clockText(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	text := fmt.Sprintf("%s%02d:%02d:%02d", sign, d/time.Hour, d/time.Minute%60, d/time.Second%60)
	if ns := int64(d % time.Second); ns != 0 {
		digits := strconv.FormatInt(int64(time.Second)+ns, 10)[1:]
		text += "." + strings.TrimRight(digits, "0")
	}
	return text
}

// fitsFraction reports whether so many nanoseconds need no more digits after
// the point of a second than a column keeps. It would round the others.
func fitsFraction(nanos int64, digits int) bool {
	unit := int64(time.Second)
	for range digits {
		unit /= 10
	}
	return nanos%unit == 0
}
