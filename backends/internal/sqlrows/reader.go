package sqlrows

import (
	"context"
	"strconv"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Reader reads rows through a connection, or a pool of them.
type Reader struct {
	d Dialect
	q Querier
	// locks tells that Get of one key locks its row.
	locks bool
}

// NewReader returns a reader of what q shows.
func NewReader(d Dialect, q Querier) Reader { return Reader{d: d, q: q} }

var _ driver.Reader = Reader{}

// One statement gets at most so many rows by their keys, enough to make round
// trips rare, and has at most so many expressions, so that the statements of
// wide tables are not too long.
const (
	getRows        = 100
	getExpressions = 10_000
)

// Get implements [driver.Reader].
func (r Reader) Get(ctx context.Context, s *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	for _, k := range keys {
		if len(k) != len(s.Key) {
			return nil, driver.Errorf(driver.BadKey, "a key of %s has %d elements, not %d", s.Name, len(s.Key), len(k))
		}
	}
	if s.Identity == driver.Position {
		return r.getPositions(ctx, s, keys)
	}
	rows := make([]*driver.Row, len(keys))
	limits := r.d.Limits()
	chunk := max(1, min(getRows, getExpressions/s.Width(), limits.Union, limits.Arguments/len(s.Key)))
	if s.Width() >= limits.Columns {
		chunk = 1 // no room to say which key a row is for
	}
	for from := 0; from < len(keys); from += chunk {
		to := min(from+chunk, len(keys))
		if err := r.getSome(ctx, s, keys[from:to], rows[from:to]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// getSome gets rows in one statement: a SELECT for each key, which says which
// key it is for if there are several. A key that is found may be spelled
// otherwise than the one that was asked for, so that the key itself could not
// say it.
func (r Reader) getSome(ctx context.Context, s *driver.Schema, keys []tuple.Tuple, found []*driver.Row) error {
	st := statement{d: r.d}
	f := newFields(r.d, s, driver.Query{Limit: len(keys)})
	f.numbered = len(keys) > 1
	union := ""
	for i, k := range keys {
		one := statement{d: r.d, args: st.args}
		one.write(union, "SELECT ")
		if f.numbered {
			one.write(strconv.Itoa(i), ", ")
		}
		one.selectFields(f)
		one.from(s)
		if one.whereKey(s, k) {
			st.write(one.sql.String())
			st.args = one.args
			union = " UNION ALL "
		}
	}
	if union == "" {
		return nil
	}
	if r.locks && len(keys) == 1 {
		st.write(r.d.Lock())
	}
	rows, err := f.query(ctx, r.q, &st)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		n, row, err := f.row(rows)
		if err != nil {
			return err
		}
		if found[n] != nil {
			return driver.Errorf(driver.Corrupt, "two rows of %s have one key", s.Name).
				WithHint("check the database: an index does not agree with its table")
		}
		found[n] = &row
	}
	return rows.Err()
}

// Scan implements [driver.Reader].
func (r Reader) Scan(ctx context.Context, s *driver.Schema, q driver.Query) (driver.Page, error) {
	if s.Identity == driver.Position {
		return r.scanPositions(ctx, s, q)
	}
	if d, ok := r.d.(Windowing); ok && s.Identity == driver.RowID {
		return r.scanWindows(ctx, d, s, q)
	}
	return r.scanByKey(ctx, s, q)
}

// scanByKey reads a page in one statement.
func (r Reader) scanByKey(ctx context.Context, s *driver.Schema, q driver.Query) (driver.Page, error) {
	f := newFields(r.d, s, q)
	st, some, err := scanStatement(r.d, f)
	if !some || err != nil {
		return driver.Page{}, err
	}
	rows, err := f.query(ctx, r.q, st)
	if err != nil {
		return driver.Page{}, err
	}
	p, err := f.page(rows, q.Limit)
	if err == nil {
		err = r.checkHidden(ctx, s, q.Range)
	}
	if err != nil {
		return driver.Page{}, err
	}
	return p, nil
}

// scanStatement returns the statement for a page, which has one row more than
// the page, and false if no row can be in it.
func scanStatement(d Dialect, f *fields) (st *statement, some bool, err error) {
	st = &statement{d: d}
	st.write("SELECT ")
	st.selectFields(f)
	st.from(f.s)
	if some, err := st.whereRange(f.s, f.q.Range); !some || err != nil {
		return nil, false, err
	}
	st.whereHolds(f.s, f.q.Where)
	st.orderByKey(f.s, f.q.Reverse)
	st.limit(int64(f.q.Limit) + 1)
	return st, true, nil
}

// ScanStatement returns the statement that [Reader.Scan] runs, so that a
// backend can test how its database runs it.
func ScanStatement(d Dialect, s *driver.Schema, q driver.Query) (query string, args []any, err error) {
	st, some, err := scanStatement(d, newFields(d, s, q))
	if !some || err != nil {
		return "", nil, err
	}
	return st.sql.String(), st.args, nil
}

// whereRange writes the condition of a range. It reports false if no row can
// be in it.
func (st *statement) whereRange(s *driver.Schema, r tuple.Range) (bool, error) {
	sp, err := newSpan(st.d, s, r)
	if err != nil || sp.empty {
		return false, err
	}
	return st.where(s, sp), nil
}

// Count counts the rows of a range, as [driver.Counter] does.
func (r Reader) Count(ctx context.Context, s *driver.Schema, in tuple.Range) (int64, error) {
	if s.Identity == driver.Position {
		return r.countPositions(ctx, s, in)
	}
	st := statement{d: r.d}
	st.write("SELECT count(*)")
	st.from(s)
	if some, err := st.whereRange(s, in); !some || err != nil {
		return 0, err
	}
	count, err := r.integer(ctx, &st)
	if err == nil {
		err = r.checkHidden(ctx, s, in)
	}
	return count, err
}

// integer returns the only value of a statement's only row, 0 if there is none.
func (r Reader) integer(ctx context.Context, st *statement) (int64, error) {
	rows, err := r.q.Query(ctx, st.sql.String(), st.args)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var n int64
	if rows.Next() {
		err = rows.Scan(&n)
	}
	if err == nil {
		err = rows.Err()
	}
	return n, err
}
