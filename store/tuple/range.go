package tuple

import "strings"

// Bound is one end of a range of tuples. It speaks of the first len(Key)
// elements of a tuple only: as a lower bound, ("a") includes every tuple whose
// first element is "a", and exclusive it includes none of them. The zero Bound
// is open: it excludes nothing.
type Bound struct {
	Key Tuple
	// Part says that the last element of Key, text or bytes, is only the
	// beginning of an element: ("NAME","al") also speaks of ("NAME","alice").
	// It means nothing for an element of another kind, which has no parts.
	Part bool
	// Exclusive leaves out what Key speaks of. It means nothing if b is open.
	Exclusive bool
}

// Open reports whether b excludes nothing.
func (b Bound) Open() bool { return len(b.Key) == 0 }

// Compare tells whether t sorts before, within (0), or after what b speaks of.
func (b Bound) Compare(t Tuple) int {
	n := len(b.Key)
	if len(t) > n {
		t = t[:n]
	}
	if !b.partial() || len(t) < n {
		return t.Compare(b.Key)
	}
	if c := t[:n-1].Compare(b.Key[:n-1]); c != 0 {
		return c
	}
	last, part := t[n-1], b.Key[n-1]
	if last.kind == part.kind && strings.HasPrefix(last.str, part.str) {
		return 0
	}
	return Compare(last, part)
}

// partial reports whether the last element is only the beginning of one.
func (b Bound) partial() bool { return b.Part && !b.Open() && hasParts(b.Key[len(b.Key)-1]) }

// Range is a set of tuples between two bounds. The zero Range is everything.
type Range struct{ Lower, Upper Bound }

// Prefix returns the range of the tuples that begin with t.
func Prefix(t Tuple) Range {
	return Range{Lower: Bound{Key: t}, Upper: Bound{Key: t}}
}

// PrefixPart returns the range of the tuples that begin with all elements of t
// but the last, and then have an element that begins as the last one does. If
// the last one is neither text nor bytes, it must be equal.
func PrefixPart(t Tuple) Range {
	b := Bound{Key: t, Part: true}
	return Range{Lower: b, Upper: b}
}

func hasParts(v Value) bool { return v.kind == KindText || v.kind == KindBytes }

// All reports whether r is everything.
func (r Range) All() bool { return r.Lower.Open() && r.Upper.Open() }

// Contains reports whether t is in r.
func (r Range) Contains(t Tuple) bool {
	if !r.Lower.Open() {
		if c := r.Lower.Compare(t); c < 0 || c == 0 && r.Lower.Exclusive {
			return false
		}
	}
	if !r.Upper.Open() {
		if c := r.Upper.Compare(t); c > 0 || c == 0 && r.Upper.Exclusive {
			return false
		}
	}
	return true
}

// After returns the part of r that sorts after the whole key k, which must be
// in r: keys are not compared, because a database may order them otherwise.
func (r Range) After(k Tuple) Range {
	r.Lower = Bound{Key: k, Exclusive: true}
	return r
}

// Before returns the part of r that sorts before the whole key k, which must
// be in r.
func (r Range) Before(k Tuple) Range {
	r.Upper = Bound{Key: k, Exclusive: true}
	return r
}

// Encoded returns r as a range of encoded tuples: from lower, inclusive, up to
// upper, exclusive. A nil upper is infinity. The two are the same or in the
// wrong order if r is empty.
func (r Range) Encoded() (lower, upper []byte) {
	return r.Lower.encoded(!r.Lower.Exclusive), r.Upper.encodedUpper()
}

func (b Bound) encodedUpper() []byte {
	if b.Open() {
		return nil
	}
	return b.encoded(b.Exclusive)
}

// encoded returns the least encoding that is not before what b speaks of, or
// the least after all of it.
func (b Bound) encoded(start bool) []byte {
	if b.Open() {
		return nil
	}
	dst := b.Key.Append(nil)
	switch {
	case b.partial() && start:
		return dst[:len(dst)-1] // without the terminator
	case b.partial():
		return successor(dst[:len(dst)-1])
	case start:
		return dst
	}
	return append(dst, infinity)
}

// successor returns the least string that is above all strings that begin
// with b. It changes b. There is one, because a tuple's first byte is a code
// and no code is 0xFF.
func successor(b []byte) []byte {
	for b[len(b)-1] == 0xFF {
		b = b[:len(b)-1]
	}
	b[len(b)-1]++
	return b
}
