package store

import "strings"

// Filter chooses rows by their values. The zero Filter chooses all.
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
	for i := range f.terms {
		if !f.terms[i].match(r) {
			return false
		}
	}
	return true
}

// needs reports whether f looks at a value that is not whole.
func (f Filter) needs(cut []Cut) bool {
	for _, c := range cut {
		for i := range f.terms {
			if f.terms[i].looksAt(c.Column) {
				return true
			}
		}
	}
	return false
}

// term is one of the conditions of a filter, all of which must hold.
type term struct{ word string }

func (t *term) looksAt(column int) bool { return true }

func (t *term) match(r *Row) bool {
	for _, v := range r.Values {
		if strings.Contains(strings.ToLower(v.AsText()), t.word) {
			return true
		}
	}
	return false
}

// ParseFilter reads a filter for the rows of a table.
func ParseFilter(s *Schema, text string) (Filter, error) {
	f := Filter{text: text}
	for word := range strings.FieldsSeq(text) {
		f.terms = append(f.terms, term{word: strings.ToLower(word)})
	}
	return f, nil
}
