package sqlrows

import (
	"fmt"
	"strconv"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// scanned makes values of what database/sql reads.
type scanned struct {
	Rows
	d       Dialect
	s       *driver.Schema
	columns []*driver.Column
	read    []any
	dest    []any // pointers to the elements of read
}

func newScanned(d Dialect, s *driver.Schema, rows Rows, columns []*driver.Column) *scanned {
	sc := &scanned{Rows: rows, d: d, s: s, columns: columns, read: make([]any, len(columns)), dest: make([]any, len(columns))}
	for i := range sc.read {
		sc.dest[i] = &sc.read[i]
	}
	return sc
}

// Values implements [ValueRows].
func (sc *scanned) Values(row []tuple.Value) error {
	if err := sc.Scan(sc.dest...); err != nil {
		return err
	}
	for i, c := range sc.columns {
		var err error
		if c == nil {
			row[i], err = integer(sc.read[i])
		} else if row[i], err = sc.d.Value(c, sc.read[i]); err != nil {
			err = driver.Errorf(driver.Internal, "column %s of %s: %w", c.Name, sc.s.Name, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// integer returns the integer that was read, or NULL.
func integer(read any) (tuple.Value, error) {
	switch n := read.(type) {
	case nil:
		return tuple.Null, nil
	case int64:
		return tuple.Int(n), nil
	case []byte:
		i, err := strconv.ParseInt(string(n), 10, 64)
		return tuple.Int(i), err
	}
	return tuple.Null, fmt.Errorf("an integer was read as %T", read)
}
