package postgres

import (
	"fmt"
	"time"

	"github.com/rowan-db/rowan/store/tuple"
)

// appendTemporal appends a date, time or interval as PostgreSQL reads it. Years
// before the first have no sign, but are BC.
func appendTemporal(dst []byte, v tuple.Value) []byte {
	switch v.Kind() {
	case tuple.KindTime:
		t := v.AsDuration()
		dst = fmt.Appendf(dst, "%02d:%02d:%02d", t/time.Hour, t/time.Minute%60, t/time.Second%60)
		return fmt.Appendf(dst, ".%06d", t%time.Second/time.Microsecond)
	case tuple.KindInterval:
		months, days, us := v.AsInterval()
		return fmt.Appendf(dst, "%d mons %d days %d microseconds", months, days, us)
	}
	t := v.AsTime()
	year, month, day := t.Date()
	era := ""
	if year <= 0 {
		year, era = 1-year, " BC"
	}
	dst = fmt.Appendf(dst, "%04d-%02d-%02d", year, month, day)
	if v.Kind() == tuple.KindTimestamp {
		dst = append(dst, t.Format(" 15:04:05.000000")...)
		if v.IsInstant() {
			dst = append(dst, "+00"...)
		}
	}
	return append(dst, era...)
}
