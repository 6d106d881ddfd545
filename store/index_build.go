package store

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/rowan-db/rowan/store/tuple"
)

// What an index may take. Beyond it, sorting is a job for the database.
const (
	maxIndexRows  = 5_000_000
	maxIndexBytes = 512 << 20
)

// sortBytes is how much of a value counts when rows are sorted.
const sortBytes = 1024

// indexBuilder collects the rows of a view. Only the beginnings of what they
// are sorted by are kept, as bytes that are in the same order.
type indexBuilder struct {
	table  *Table
	pager  *pager
	limit  int
	sort   Sort
	column int // to sort by, see [driver.Schema.ColumnAt]; -1 keeps the order
	keys   keyList
	values keyList
}

func (v *View) newIndexBuilder() (*indexBuilder, error) {
	o := v.options
	b := &indexBuilder{table: v.table, limit: o.Limit, sort: o.Sort, column: -1}
	if o.Sort.Column != "" {
		if sorted := v.sortedScan(); sorted != nil {
			b.pager = v.table.pager(v.sortedQuery(false))
			b.pager.sort = sorted
			return b, nil
		}
		i, ok := columnNamed(v.Schema(), o.Sort.Column)
		if !ok {
			return nil, fault("sort", v.table.Name(), BadValue, "there is no column %q to sort by", o.Sort.Column).
				withHint("choose one of the table's columns")
		}
		b.column = i
	}
	b.pager = v.table.pager(v.indexQuery(b.column))
	return b, nil
}

// indexQuery returns the query for the rows of the view in the order of their
// keys, of which only what the index and the filter need.
func (v *View) indexQuery(column int) Query {
	o := v.options
	q := Query{Range: o.Range, Reverse: o.Reverse && column < 0, MaxValue: sortBytes}
	if o.Filter.Empty() {
		q.KeysOnly = column < len(v.Schema().Key)
	} else {
		q.MaxValue, q.Where = max(sortBytes, v.filterCut()), o.Filter.where
	}
	return q
}

// full reports whether the rows that are still to come cannot matter.
func (b *indexBuilder) full() bool { return b.column < 0 && b.limit > 0 && b.keys.len() >= b.limit }

func (b *indexBuilder) add(r *Row) error {
	b.keys.append(r.Key)
	if b.column >= 0 {
		r.CutTo(sortBytes)
		b.values.append(tuple.Of(b.table.schema.ValueAt(r, b.column)))
	}
	if b.keys.len() > maxIndexRows || b.size() > maxIndexBytes {
		return fault("sort", b.table.Name(), TooLarge, "%d rows are too many to be sorted here", b.keys.len()).
			withHint("narrow the range or filter")
	}
	return nil
}

// size is about the memory that the index will have taken at most.
func (b *indexBuilder) size() int {
	const perRow = 40
	return 2*len(b.keys.data) + len(b.values.data) + perRow*b.keys.len()
}

// index returns the index of the rows that were added.
func (b *indexBuilder) index() *index {
	if b.column < 0 {
		return newIndex(b.keys)
	}
	order := b.sorted()
	if b.limit > 0 && len(order) > b.limit {
		order = order[:b.limit]
	}
	var keys keyList
	for _, e := range order {
		keys.appendEncoded(b.keys.at(int(e.row)))
	}
	return newIndex(keys)
}

// sortEntry is a row to be sorted, with the beginning of its value, which
// settles most comparisons without a look at the value.
type sortEntry struct {
	head uint64
	row  uint32
}

// sorted returns the rows in the order of the view. Rows with the same value
// are in the order in which they were added, or in its reverse if the view is
// descending.
func (b *indexBuilder) sorted() []sortEntry {
	entries := make([]sortEntry, b.keys.len())
	for i := range entries {
		entries[i] = sortEntry{head: head(b.values.at(i)), row: uint32(i)}
	}
	slices.SortFunc(entries, func(x, y sortEntry) int {
		c := cmp.Compare(x.head, y.head)
		if c == 0 {
			c = bytes.Compare(b.values.at(int(x.row)), b.values.at(int(y.row)))
		}
		c = cmp.Or(c, cmp.Compare(x.row, y.row))
		if b.sort.Descending {
			c = -c
		}
		return c
	})
	return entries
}

// head returns the first eight bytes as a number in the same order.
func head(b []byte) (h uint64) {
	for i := range 8 {
		h <<= 8
		if i < len(b) {
			h |= uint64(b[i])
		}
	}
	return h
}
