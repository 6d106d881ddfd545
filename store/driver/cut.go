package driver

import (
	"slices"
	"unicode/utf8"

	"github.com/rowan-db/rowan/store/tuple"
)

// CutTo cuts the values that are longer than limit bytes, as a Scan with that
// MaxValue does, and lists them in r.Cut; a limit of 0 cuts nothing. It is for
// databases that cannot cut, and for rows that were read whole. It replaces
// r.Values and r.Cut instead of writing into them.
func (r *Row) CutTo(limit int) {
	if limit <= 0 {
		return
	}
	shared := true
	for i, v := range r.Values {
		short, ok := cutValue(v, limit)
		if !ok {
			continue
		}
		if shared {
			r.Values, r.Cut, shared = slices.Clone(r.Values), slices.Clone(r.Cut), false
		}
		r.Values[i] = short
		r.noteCut(i, int64(len(v.AsText())))
	}
}

// noteCut adds a column to r.Cut, unless it is there because the value had
// been cut before: then its size is known better.
func (r *Row) noteCut(column int, size int64) {
	if !slices.ContainsFunc(r.Cut, func(c Cut) bool { return c.Column == column }) {
		r.Cut = append(r.Cut, Cut{Column: column, Size: size})
	}
}

// cutValue returns the beginning of v, of the same kind, if v is one of those
// that can be cut and has more than limit bytes. Text that is UTF-8 stays so.
func cutValue(v tuple.Value, limit int) (tuple.Value, bool) {
	text := v.AsText()
	if len(text) <= limit {
		return v, false
	}
	switch v.Kind() {
	case tuple.KindText:
		return tuple.Text(cutText(text, limit)), true
	case tuple.KindBytes:
		return tuple.BytesOf(text[:limit]), true
	case tuple.KindJSON:
		return tuple.JSON(cutText(text, limit)), true
	case tuple.KindOther:
		return tuple.Other(v.TypeName(), cutText(text, limit)), true
	}
	return v, false
}

// cutText cuts before the character that does not fit.
func cutText(s string, limit int) string {
	for n := limit; n > limit-utf8.UTFMax && n >= 0; n-- {
		if utf8.RuneStart(s[n]) {
			return s[:n]
		}
	}
	return s[:limit]
}
