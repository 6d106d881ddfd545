//go:build cgo

package sqlite

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// storageClass returns v as one of SQLite's storage classes: NULL, INTEGER,
// REAL, TEXT or BLOB. It reports false for what none of them can hold.
func storageClass(c *driver.Column, v tuple.Value) (tuple.Value, bool) {
	switch v.Kind() {
	case tuple.KindNull, tuple.KindInt, tuple.KindText, tuple.KindBytes:
		return v, true
	case tuple.KindFloat:
		return v, !math.IsNaN(v.AsFloat()) // SQLite would make it NULL
	case tuple.KindBool:
		if v.AsBool() {
			return tuple.Int(1), true
		}
		return tuple.Int(0), true
	case tuple.KindDecimal:
		return decimalClass(c, v)
	case tuple.KindUint:
		return uintClass(c, v)
	case tuple.KindUUID:
		return uuidClass(c, v), true
	}
	return tuple.Text(textForm(v)), true
}

// decimalClass makes a decimal the number that says the same, in a column of
// numbers, and text in any other.
func decimalClass(c *driver.Column, v tuple.Value) (tuple.Value, bool) {
	text := v.AsText()
	if !affinityOf(c).isNumeric() {
		return tuple.Text(text), true
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return tuple.Int(i), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) {
		return v, false
	}
	return tuple.Float(f), math.IsInf(f, 0) || sameNumber(text, f)
}

// sameNumber reports whether the shortest decimal that is read as f is the
// number that text spells: 1.10 is 1.1, but 0.1000000000000000055 is not 0.1.
func sameNumber(text string, f float64) bool {
	return plainNumber(text) == plainNumber(strconv.FormatFloat(f, 'f', -1, 64))
}

// plainNumber returns the one spelling of a number that has no exponent, no
// needless zeros and no point that ends it.
func plainNumber(text string) string {
	d, err := tuple.Decimal(text)
	if err != nil {
		return text
	}
	plain := d.AsText()
	if strings.Contains(plain, ".") {
		plain = strings.TrimRight(strings.TrimRight(plain, "0"), ".")
	}
	return plain
}

func uintClass(c *driver.Column, v tuple.Value) (tuple.Value, bool) {
	text := strconv.FormatUint(v.AsUint(), 10)
	switch affinityOf(c) {
	case affinityText, affinityBlob:
		return tuple.Text(text), true
	}
	f := float64(v.AsUint())
	return tuple.Float(f), sameNumber(text, f)
}

func uuidClass(c *driver.Column, v tuple.Value) tuple.Value {
	u := v.AsUUID()
	if affinityOf(c) == affinityBlob && c.Type != "" {
		return tuple.Bytes(u[:])
	}
	h := hex.EncodeToString(u[:])
	return tuple.Text(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}

// textForm spells a value as SQLite's date functions and other programs read it.
func textForm(v tuple.Value) string {
	switch v.Kind() {
	case tuple.KindDate:
		return v.AsTime().Format(time.DateOnly)
	case tuple.KindTimestamp:
		layout := "2006-01-02 15:04:05.999999999"
		if v.IsInstant() {
			layout += "Z"
		}
		return v.AsTime().Format(layout)
	case tuple.KindTime:
		return clockForm(v.AsDuration())
	case tuple.KindInterval:
		months, days, us := v.AsInterval()
		return fmt.Sprintf("P%dM%dDT%sS", months, days, strconv.FormatFloat(float64(us)/1e6, 'f', -1, 64))
	}
	return v.AsText() // JSON, and what has a text form only
}

func clockForm(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	s := fmt.Sprintf("%s%02d:%02d:%02d", sign, d/time.Hour, d/time.Minute%60, d/time.Second%60)
	if ns := d % time.Second; ns != 0 {
		s += strings.TrimRight(fmt.Sprintf(".%09d", int64(ns)), "0")
	}
	return s
}

// stored returns v as column c will hold it. It does itself what the column's
// affinity would do, and so knows what would be lost.
func stored(c *driver.Column, v tuple.Value) (tuple.Value, error) {
	class, ok := storageClass(c, v)
	if !ok {
		return tuple.Null, driver.Errorf(driver.BadValue, "column %s cannot hold %s exactly: SQLite's numbers are 64-bit integers and 64-bit floating-point", c.Name, v)
	}
	if held, ok := applyAffinity(affinityOf(c), class); ok {
		return held, nil
	}
	return tuple.Null, driver.Errorf(driver.BadValue, "column %s of type %s would not keep %s as it is: it makes a number of it", c.Name, c.Type, v).
		WithHint("write the number as SQLite would print it, or give the column a type such as TEXT")
}

// applyAffinity reports false if the value could not be turned back.
func applyAffinity(a affinity, v tuple.Value) (tuple.Value, bool) {
	switch {
	case v.Kind() == tuple.KindText && a.isNumeric():
		return numericText(a, v)
	case v.Kind() == tuple.KindInt && a == affinityReal:
		f := float64(v.AsInt())
		return tuple.Float(f), f < 1<<63 && int64(f) == v.AsInt()
	case v.Kind() == tuple.KindInt && a == affinityText:
		return tuple.Text(strconv.FormatInt(v.AsInt(), 10)), true
	case v.Kind() == tuple.KindFloat && a == affinityText:
		return tuple.Text(floatText(v.AsFloat())), true
	case v.Kind() == tuple.KindFloat && (a == affinityInteger || a == affinityNumeric):
		return integral(v), true
	case v.Kind() == tuple.KindFloat && a == affinityReal && v.AsFloat() == 0:
		return tuple.Float(0), true // SQLite stores it as the integer 0, which has no sign
	}
	return v, true
}

// integral returns the integer that v is, if it is one that SQLite makes one.
func integral(v tuple.Value) tuple.Value {
	f := v.AsFloat()
	if f == math.Trunc(f) && f > -1<<63 && f < 1<<63 {
		return tuple.Int(int64(f))
	}
	return v
}

// floatText spells f so that it reads as a floating-point number.
func floatText(f float64) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}

func numericText(a affinity, v tuple.Value) (tuple.Value, bool) {
	text := v.AsText()
	if !looksNumeric(text) {
		return v, true
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		if strconv.FormatInt(i, 10) != text {
			return v, false
		}
		return applyAffinity(a, tuple.Int(i))
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || floatText(f) != text && strconv.FormatFloat(f, 'f', -1, 64) != text {
		return v, false
	}
	return applyAffinity(a, tuple.Float(f))
}

// looksNumeric reports whether SQLite takes text for a number: digits with an
// optional sign, point, exponent, and spaces around. It does not look behind a
// NUL.
func looksNumeric(text string) bool {
	s, _, _ := strings.Cut(text, "\x00")
	s = strings.Trim(s, " \t\n\v\f\r")
	s = s[signs(s):]
	whole := digits(s)
	s = s[whole:]
	fraction := 0
	if strings.HasPrefix(s, ".") {
		fraction = digits(s[1:])
		s = s[1+fraction:]
	}
	if whole+fraction == 0 {
		return false
	}
	if s == "" || s[0] != 'e' && s[0] != 'E' {
		return s == ""
	}
	s = s[1:]
	s = s[signs(s):]
	return s != "" && digits(s) == len(s)
}

func signs(s string) int {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return 1
	}
	return 0
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
