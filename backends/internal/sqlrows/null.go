package sqlrows

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// nullInKey returns the error for a row that has NULL in column c of its key.
func nullInKey(d Dialect, s *driver.Schema, c *driver.Column) error {
	n, ok := d.(NullKeys)
	if !ok || !n.MayHoldNull(s, c) {
		return driver.Errorf(driver.Corrupt, "column %s of the key of %s holds NULL in a row, which its declaration forbids", c.Name, s.Name).
			WithHint("check the database")
	}
	n.MetNull(s)
	return driver.Errorf(driver.BadKey, "column %s of the key of %s holds NULL in a row, which has no identity then", c.Name, s.Name).
		WithHint("open the table again, and its rows are told apart by something else; or give the column a value in that row")
}

// checkHidden fails if a row of a range has NULL in its key and is left out of
// the range's pages for that. A comparison with NULL is never true, so that
// (a,b) < (x,y) leaves out (x,NULL) and (NULL,z), although they sort before
// (x,y). Lower limits leave out nothing that sorts after them.
//
// It is to be called after the page was read: a row that was left out then is
// found now, or has gone in the meantime.
func (r Reader) checkHidden(ctx context.Context, s *driver.Schema, in tuple.Range) error {
	n, ok := r.d.(NullKeys)
	if !ok {
		return nil
	}
	sp, err := newSpan(r.d, s, in)
	if err != nil || sp.empty {
		return err
	}
	first := sp.shared()
	if len(sp.lower.key) > first {
		first++ // NULL there is below the lower limit
	}
	for i := first; i < len(sp.upper.key); i++ {
		c := &s.Key[i]
		if !n.MayHoldNull(s, c) {
			continue
		}
		found, err := r.integer(ctx, hiddenStatement(r.d, s, sp, i))
		if err != nil {
			return err
		}
		if found > 0 {
			return nullInKey(r.d, s, c)
		}
	}
	return nil
}

// hiddenStatement looks for a row that agrees with the upper limit up to
// column i, which is NULL: one search of the key's index.
func hiddenStatement(d Dialect, s *driver.Schema, sp span, i int) *statement {
	st := &statement{d: d}
	st.write("SELECT 1")
	st.from(s)
	st.and()
	st.write(st.column(s, &s.Key[i]), " IS NULL")
	for j := range i {
		st.and()
		st.write(st.key(s, j), " = ")
		st.arg(sp.upper.key[j])
	}
	if same := sp.shared(); len(sp.lower.key) > same {
		st.and()
		st.compareKey(s, same, sp.lower.key, ">", sp.lower.inclusive)
	}
	st.limit(1)
	return st
}
