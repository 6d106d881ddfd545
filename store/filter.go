package store

// Filter chooses rows by their values. The zero Filter chooses all. See
// [ParseFilter] for how it is written.
type Filter struct {
	text  string
	terms []term
}

// Empty reports whether f chooses all rows.
func (f Filter) Empty() bool { return len(f.terms) == 0 }

// String returns the text that f was parsed from.
func (f Filter) String() string { return f.text }

// Match reports whether f chooses r, whose values must be whole.
func (f Filter) Match(r *Row) bool {
	for _, t := range f.terms {
		if !t.match(r) {
			return false
		}
	}
	return true
}

// needs reports whether f looks at one of the values that were cut.
func (f Filter) needs(cut []Cut) bool {
	for _, c := range cut {
		for _, t := range f.terms {
			if t.looksAt(c.Column) {
				return true
			}
		}
	}
	return false
}

// term is one of the conditions of a filter, all of which must hold.
type term interface {
	match(r *Row) bool
	// looksAt reports whether the result depends on an element of Row.Values.
	looksAt(column int) bool
}
