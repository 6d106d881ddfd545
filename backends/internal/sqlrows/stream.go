package sqlrows

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
)

// A part of a stream ends after so many rows, or so many bytes of their values:
// enough that handing it on costs little, and few enough to stay in a cache.
const (
	partRows  = 512
	partBytes = 1 << 20
)

// Streams reports whether [Reader.Stream] reads the rows of a table: if a key
// tells them apart.
func Streams(s *driver.Schema) bool {
	return s.Identity == driver.PrimaryKey || s.Identity == driver.UniqueKey
}

// Stream reads a page as [driver.Streamer] says. The dialect is none of
// [NullKeys].
func (r Reader) Stream(ctx context.Context, s *driver.Schema, q driver.Query, each func(part []driver.Row) bool) (more bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f := newFields(r.d, s, q)
	st, some, err := scanStatement(r.d, f)
	if !some || err != nil {
		return false, err
	}
	rows, err := f.query(ctx, r.q, st)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	more, whole, err := f.parts(rows, q.Limit, each)
	if !whole {
		cancel() // Close would read the rest
	}
	return more, err
}

// parts hands on the rows of a page, and reports whether there was another one.
// Whole tells that no more than that other one is left of the result.
func (f *fields) parts(rows ValueRows, limit int, each func(part []driver.Row) bool) (more, whole bool, err error) {
	part := newPart()
	for n := 0; n < limit && rows.Next(); n++ {
		_, row, err := f.row(rows)
		if err != nil {
			return false, false, err
		}
		if part.add(row); part.full() {
			if !each(part.rows) {
				return true, false, nil
			}
			part = newPart()
		}
	}
	more = rows.Next()
	if err := rows.Err(); !more && err != nil {
		return false, true, err
	}
	if len(part.rows) > 0 {
		each(part.rows)
	}
	return more, true, nil
}

// part is a part of a stream.
type part struct {
	rows  []driver.Row
	bytes int // of its values
}

func newPart() part { return part{rows: make([]driver.Row, 0, partRows)} }

func (p *part) add(row driver.Row) {
	p.rows = append(p.rows, row)
	for i := range row.Values {
		p.bytes += row.Values[i].Size()
	}
}

func (p *part) full() bool { return len(p.rows) == partRows || p.bytes >= partBytes }
