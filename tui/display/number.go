package display

import (
	"fmt"
	"math"
	"strconv"
)

// Count returns n in full with separators: 1,204,000.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits := len(s)
	if n < 0 {
		digits--
	}
	var b []byte
	for i := range len(s) {
		if left := len(s) - i; i > len(s)-digits && left%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, s[i])
	}
	return string(b)
}

// About returns n in at most four characters and a sign, for estimates: 950,
// 12k, 1.2M.
func About(n int64) string { return scaled(n, 1000, [...]string{"", "k", "M", "G", "T", "P", "E"}) }

// Bytes returns a size: 950 B, 88 KB, 1.2 MB, in units of 1024 bytes.
func Bytes(n int64) string {
	return scaled(n, 1024, [...]string{" B", " KB", " MB", " GB", " TB", " PB", " EB"})
}

// scaled returns n in the largest of the units that leaves at least 1, with
// one decimal below 10 unless that would be zero.
func scaled(n int64, step float64, units [7]string) string {
	if n < 0 {
		return "-" + scaled(-max(n, math.MinInt64+1), step, units)
	}
	f, i := float64(n), 0
	// What would be rounded up to a whole step is shown in the next unit.
	for i < len(units)-1 && f >= step-0.5 {
		f /= step
		i++
	}
	if i > 0 && f < 9.95 {
		if s := fmt.Sprintf("%.1f", f); s[len(s)-1] != '0' {
			return s + units[i]
		}
	}
	return fmt.Sprintf("%.0f%s", f, units[i])
}
