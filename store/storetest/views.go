package storetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"pgregory.net/rapid"
)

var viewCases = []testCase{
	{
		name: "windows of a view are parts of one list", needs: []Capability{TupleOrder},
		rule: "Whatever the range, direction, filter, sort, limit and budget, reading windows in any pattern gives consecutive parts of the same list.",
		run:  (*suite).testWindows,
	},
	{
		name: "windows of a view are parts of what it shows at once",
		rule: "In any order that a database has, reading windows in any pattern gives consecutive parts of what one large window shows: the rows that match, each once, sorted as asked for.",
		run:  (*suite).testPartsOfWhole,
	},
	{
		name: "positions in a view agree with its windows", needs: []Capability{TupleOrder, Ranks},
		rule: "Position is the number of rows before a row, KeyAt its inverse.",
		run:  (*suite).testPositions,
	},
}

// drawnTable is a table of random rows.
type drawnTable struct {
	*suite
	rt     *rapid.T
	schema *driver.Schema
	table  *store.Table
}

// drawTable makes a table of random rows; finish drops it.
func (s *suite) drawTable(rt *rapid.T, name string) *drawnTable {
	shape := rapid.SampledFrom(keyShapes).Draw(rt, "key")
	sc := schema(name, key(shape...), columns(tuple.KindText, tuple.KindInt))
	if err := create(s, s.db, sc); err != nil {
		rt.Fatalf("create: %v", err)
	}
	t, err := s.store.Table(s.ctx, name)
	if err != nil {
		rt.Fatalf("describe: %v", err)
	}
	d := &drawnTable{suite: s, rt: rt, schema: t.Schema(), table: t}
	var puts []driver.Change
	for range rapid.SampledFrom([]int{2, 60, 60, 60, 30, 30, 30, 10, 10, 0}).Draw(rt, "rows") {
		puts = append(puts, driver.Change{Op: driver.Put, Table: name, Key: d.drawKey(), Set: d.drawSet()})
	}
	d.write(puts...)
	return d
}

func (d *drawnTable) drawKey() tuple.Tuple {
	return (&pair{schema: d.schema}).drawKey(d.rt)
}

func (d *drawnTable) drawSet() []driver.Assignment {
	return (&pair{schema: d.schema}).drawSet(d.rt)
}

// write makes changes behind the store's back. A conflict does not matter.
func (d *drawnTable) write(changes ...driver.Change) {
	if _, err := d.writer().Apply(d.ctx, changes); err != nil {
		d.rt.Fatalf("write %+v: %v", changes, err)
	}
}

// rows returns all rows.
func (d *drawnTable) rows() []driver.Row {
	page, err := d.db.Scan(d.ctx, d.schema, driver.Query{Limit: everything})
	if err != nil {
		d.rt.Fatalf("scan: %v", err)
	}
	return page.Rows
}

func (d *drawnTable) finish() {
	if c, ok := d.db.(driver.Creator); ok {
		if err := c.DropTable(d.ctx, d.schema.Name); err != nil {
			d.rt.Errorf("drop: %v", err)
		}
	}
}

// drawOptions draws what a view shows.
func (d *drawnTable) drawOptions() store.ViewOptions {
	p := &pair{schema: d.schema}
	o := store.ViewOptions{
		Reverse: rapid.Bool().Draw(d.rt, "reverse"),
		Budget:  rapid.Int64Range(1, 30).Draw(d.rt, "budget"),
	}
	if rapid.SampledFrom([]bool{false, false, false, true}).Draw(d.rt, "narrow") {
		o.Range = tuple.Range{Lower: p.drawBound(d.rt), Upper: p.drawBound(d.rt)}
	}
	filter := rapid.SampledFrom([]string{"", "", "", "", "", "a", "c1=null", "c1!=null", "c2>=0", "c2<3 a", "k1~a", "c1~b", "nothing"}).Draw(d.rt, "filter")
	f, err := store.ParseFilter(d.schema, filter)
	if err != nil {
		d.rt.Fatalf("filter: %v", err)
	}
	o.Filter = f
	o.Sort.Column = rapid.SampledFrom([]string{"", "", "c1", "c2", "k1"}).Draw(d.rt, "sort")
	o.Sort.Descending = rapid.Bool().Draw(d.rt, "descending")
	if rapid.SampledFrom([]bool{false, false, true}).Draw(d.rt, "limited") {
		o.Limit = rapid.IntRange(1, 12).Draw(d.rt, "limit")
	}
	return o
}

// expect returns the list that a view shows, worked out from all rows.
func (d *drawnTable) expect(o store.ViewOptions) []driver.Row {
	rows := slices.DeleteFunc(d.rows(), func(r driver.Row) bool {
		return !o.Range.Contains(r.Key) || !o.Filter.Match(&r)
	})
	if o.Reverse && o.Sort.Column == "" {
		slices.Reverse(rows)
	}
	if o.Sort.Column != "" {
		d.sort(rows, o.Sort)
	}
	if o.Limit > 0 {
		rows = rows[:min(o.Limit, len(rows))]
	}
	return rows
}

func (d *drawnTable) sort(rows []driver.Row, by store.Sort) {
	value := func(r *driver.Row) tuple.Value {
		for i, c := range d.schema.Columns {
			if c.Name == by.Column {
				return r.Values[i]
			}
		}
		return r.Key[0]
	}
	slices.SortStableFunc(rows, func(a, b driver.Row) int { return tuple.Compare(value(&a), value(&b)) })
	if by.Descending {
		slices.Reverse(rows)
	}
}

// read reads a window, however many calls the budget makes of it.
func read(ctx context.Context, v *store.View, at store.Anchor, n int) (store.Window, error) {
	all, err := v.Read(ctx, at, n)
	for err == nil && all.Resume != nil {
		if len(all.Rows) >= n {
			return all, fmt.Errorf("a window of %d rows is full but has Resume", n)
		}
		var more store.Window
		more, err = v.Read(ctx, store.Anchor{Key: all.Resume, Backward: at.Backward}, n-len(all.Rows))
		if at.Backward {
			all.Rows, all.Before = slices.Concat(more.Rows, all.Rows), more.Before
		} else {
			all.Rows, all.After = slices.Concat(all.Rows, more.Rows), more.After
		}
		all.Scanned += more.Scanned
		all.Resume = more.Resume
	}
	return all, err
}

func (s *suite) testWindows() {
	run := 0
	rapid.Check(s.T, func(rt *rapid.T) {
		run++
		d := s.drawTable(rt, fmt.Sprintf("run%d", run))
		defer d.finish()
		o := d.drawOptions()
		w := &windows{drawnTable: d, view: d.table.View(o), want: d.expect(o)}
		w.walk(false)
		w.walk(true)
		for range 10 {
			w.jump()
		}
	})
}

// windows compares what a view shows with the list that it should.
type windows struct {
	*drawnTable
	view *store.View
	want []driver.Row
	// shown tells that only the keys of rows that are shown are known places.
	shown bool
}

func (w *windows) size() int { return rapid.IntRange(1, 9).Draw(w.rt, "size") }

func (w *windows) read(at store.Anchor, n int) store.Window {
	got, err := read(w.ctx, w.view, at, n)
	if err != nil {
		w.rt.Fatalf("%+v: read %+v: %v", w.view.Options(), at, err)
	}
	return got
}

// walk reads the view from one end to the other.
func (w *windows) walk(backward bool) {
	var got []driver.Row
	at := store.Anchor{Backward: backward}
	for {
		win := w.read(at, w.size())
		more := win.After
		if backward {
			got, more = slices.Concat(win.Rows, got), win.Before
		} else {
			got = slices.Concat(got, win.Rows)
		}
		if !more {
			break
		}
		if len(win.Rows) == 0 {
			w.rt.Fatalf("%+v: an empty window says that there is more", w.view.Options())
		}
		at.Key = win.Rows[len(win.Rows)-1].Key
		if backward {
			at.Key = win.Rows[0].Key
		}
	}
	w.same(fmt.Sprintf("walk, backward %t", backward), got, w.want)
}

func (w *windows) same(what string, got, want []driver.Row) {
	if d := differentRow(got, want); d != "" {
		w.rt.Fatalf("%+v: %s: %s", w.view.Options(), what, d)
	}
}

// jump reads a window somewhere.
func (w *windows) jump() {
	at := store.Anchor{
		Backward:  rapid.Bool().Draw(w.rt, "backward"),
		Inclusive: rapid.Bool().Draw(w.rt, "inclusive"),
	}
	from, to, ok := w.place(&at)
	if !ok {
		return
	}
	n := w.size()
	if at.Backward {
		from = max(from, to-n)
	} else {
		to = min(to, from+n)
	}
	win := w.read(at, n)
	w.same(fmt.Sprintf("%d rows at %+v", n, at), win.Rows, w.want[from:to])
	if !win.Before && from > 0 || !win.After && to < len(w.want) {
		w.rt.Fatalf("%+v: window at %+v: before %t, after %t, but it is %d to %d of %d",
			w.view.Options(), at, win.Before, win.After, from, to, len(w.want))
	}
}

// place draws a key for an anchor and returns which rows are on its side. Where
// rows are sorted, only the key of one of them is a place.
func (w *windows) place(at *store.Anchor) (from, to int, ok bool) {
	o := w.view.Options()
	before, equal := 0, 0
	if o.Sort.Column != "" || w.shown {
		if len(w.want) == 0 {
			return 0, 0, false
		}
		before, equal = rapid.IntRange(0, len(w.want)-1).Draw(w.rt, "row"), 1
		at.Key = w.want[before].Key
	} else {
		at.Key = w.drawKey()
		for _, r := range w.want {
			c := r.Key.Compare(at.Key)
			if o.Reverse {
				c = -c
			}
			if c < 0 {
				before++
			} else if c == 0 {
				equal++
			}
		}
	}
	switch {
	case at.Backward && at.Inclusive:
		return 0, before + equal, true
	case at.Backward:
		return 0, before, true
	case at.Inclusive:
		return before, len(w.want), true
	}
	return before + equal, len(w.want), true
}

// testPartsOfWhole is for orders that only the database knows.
func (s *suite) testPartsOfWhole() {
	run := 0
	rapid.Check(s.T, func(rt *rapid.T) {
		run++
		d := s.drawTable(rt, fmt.Sprintf("run%d", run))
		defer d.finish()
		o := d.drawOptions()
		o.Range = tuple.Range{}
		w := &windows{drawnTable: d, view: d.table.View(o), shown: true}
		w.want = w.read(store.Anchor{}, everything).Rows
		w.checkWhole()
		w.walk(false)
		w.walk(true)
		for range 10 {
			w.jump()
		}
	})
}

// checkWhole checks what is known of all rows of a view, in whatever order the
// database sorts text.
func (w *windows) checkWhole() {
	o, byKey := w.view.Options(), func(a, b driver.Row) int { return a.Key.Compare(b.Key) }
	want := slices.DeleteFunc(w.rows(), func(r driver.Row) bool { return !o.Filter.Match(&r) })
	if o.Limit > 0 && len(w.want) != min(o.Limit, len(want)) {
		w.rt.Fatalf("%+v: %d rows of %d", o, len(w.want), len(want))
	}
	if o.Limit == 0 {
		w.same("all rows", slices.SortedFunc(slices.Values(w.want), byKey), slices.SortedFunc(slices.Values(want), byKey))
	}
	column := slices.IndexFunc(w.schema.Columns, func(c driver.Column) bool { return c.Name == o.Sort.Column })
	if column < 0 {
		return
	}
	up := slices.Clone(w.want)
	if o.Sort.Descending {
		slices.Reverse(up)
	}
	for i := 1; i < len(up); i++ {
		a, b := up[i-1].Values[column], up[i].Values[column]
		if b.IsNull() && !a.IsNull() || a.Kind() == tuple.KindInt && b.Kind() == tuple.KindInt && a.AsInt() > b.AsInt() {
			w.rt.Fatalf("%+v: %v comes before %v", o, a, b)
		}
	}
}

func (s *suite) testPositions() {
	run := 0
	rapid.Check(s.T, func(rt *rapid.T) {
		run++
		d := s.drawTable(rt, fmt.Sprintf("run%d", run))
		defer d.finish()
		o := d.drawOptions()
		v := d.table.View(o)
		if err := v.Prepare(s.ctx, nil); err != nil {
			rt.Fatalf("prepare: %v", err)
		}
		known := o.Filter.Empty() || o.Limit > 0 || o.Sort.Column != ""
		for i, row := range d.expect(o) {
			n, exact, err := v.Position(s.ctx, row.Key)
			if err != nil || exact != known || exact && n != int64(i) {
				rt.Fatalf("%+v: position of row %d: %d, %t, %v", o, i, n, exact, err)
			}
			k, err := v.KeyAt(s.ctx, int64(i))
			if err != nil || known && !k.Equal(row.Key) || !known && k != nil {
				rt.Fatalf("%+v: key at %d: %v, %v, want %v", o, i, k, err, row.Key)
			}
		}
	})
}
