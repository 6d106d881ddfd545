//go:build cgo

package sqlite

import (
	"math"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// edge returns the value to compare column c with in place of v, so that the
// affinity that SQLite applies to an argument does not change what is meant.
func edge(c *driver.Column, v tuple.Value) (e tuple.Value, below bool) {
	class, ok := storageClass(c, v)
	if !ok {
		class = nearest(v)
	}
	a := affinityOf(c)
	switch class.Kind() {
	case tuple.KindNull:
		return class, true
	case tuple.KindInt, tuple.KindFloat:
		// A column of text holds no numbers, and they sort before text.
		return class, a == affinityText
	case tuple.KindText:
		if a.isNumeric() && looksNumeric(class.AsText()) {
			return afterNumber(c, class.AsText()), false
		}
	}
	return class, false
}

// afterNumber returns what stands for a text that a column of numbers cannot
// hold, because it would be a number. All that the column can hold sorts before
// and after the next text, which is none, as it does before and after this one.
func afterNumber(c *driver.Column, text string) tuple.Value {
	text, _, _ = strings.Cut(text, "\x00")
	if collation(c) == collateRTrim {
		text = strings.TrimRight(text, " ")
	}
	return tuple.Text(text + "\x01")
}

// nearest returns the number next to one that SQLite cannot hold. NaN is after
// all numbers and before all text but the empty one.
func nearest(v tuple.Value) tuple.Value {
	f := v.AsFloat()
	switch v.Kind() {
	case tuple.KindUint:
		f = float64(v.AsUint())
	case tuple.KindDecimal:
		f, _ = strconv.ParseFloat(v.AsText(), 64) // infinite if out of range
	}
	if math.IsNaN(f) {
		return tuple.Text("")
	}
	return tuple.Float(f)
}

// The collations that SQLite has built in.
const (
	collateBinary = "BINARY"
	collateNoCase = "NOCASE"
	collateRTrim  = "RTRIM"
)

// ofIndex marks the collation of an index over a column that has another one.
// Its comparisons must name it.
const ofIndex = " of the index"

// collation returns the name of a column's collation.
func collation(c *driver.Column) string {
	if c.Collation == "" {
		return collateBinary
	}
	return strings.TrimSuffix(c.Collation, ofIndex)
}

func hasOwnCollation(c *driver.Column) bool { return !strings.HasSuffix(c.Collation, ofIndex) }

// prefix returns the range of the values that begin with p, in the order of
// the column.
func prefix(c *driver.Column, p tuple.Value) (first, after tuple.Value) {
	if p.Kind() == tuple.KindBytes {
		next, ok := successor(p.AsText(), nil)
		if !ok {
			return p, tuple.Null // nothing sorts after blobs
		}
		return p, tuple.BytesOf(next)
	}
	text := p.AsText()
	var ok bool
	var next string
	switch collation(c) {
	case collateNoCase:
		text = lowerASCII(text)
		next, ok = successor(text, isUpperASCII)
	case collateRTrim:
		text = strings.TrimRight(text, " ")
		if next, ok = successor(text, nil); strings.HasSuffix(next, " ") {
			next += "\x00" // or the space would not count
		}
	default:
		next, ok = successor(text, nil)
	}
	if !ok {
		return tuple.Text(text), tuple.BytesOf("") // every text sorts before every blob
	}
	return tuple.Text(text), tuple.Text(next)
}

// successor returns the least string above all that begin with s, of bytes
// that are not skipped. It reports false if there is none.
func successor(s string, skip func(byte) bool) (string, bool) {
	n := len(s)
	for n > 0 && s[n-1] == 0xff {
		n--
	}
	if n == 0 {
		return "", false
	}
	next := []byte(s[:n])
	next[n-1]++
	for skip != nil && skip(next[n-1]) {
		next[n-1]++
	}
	return string(next), true
}

func isUpperASCII(b byte) bool { return b >= 'A' && b <= 'Z' }

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if isUpperASCII(c) {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
