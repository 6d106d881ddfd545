package storetest

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"pgregory.net/rapid"
)

var editCases = []testCase{
	{
		name: "an edit touches the row that was shown", needs: []Capability{TupleOrder, WholeBatches},
		rule: "Under any sort, filter, page and change by others, a commit changes exactly the rows that were shown when they were edited, from exactly what was shown, or it changes nothing and says which rows conflict.",
		run:  (*suite).testEdits,
	},
	{
		name: "edits by several people at once",
		rule: "Of edits of the same row that are committed at the same time, each is either based on the others or a conflict.",
		run:  (*suite).testConcurrentEdits,
	},
}

// intent is what somebody means to happen to one row.
type intent struct {
	shown *driver.Row // the row when it was first edited; nil for a new one
	final *driver.Row // nil for a deletion
}

// intents are all that is staged: by the encoded key of the row shown, or by
// the id of an insert.
type intents map[string]intent

// editing is a person at a view of a table, while others write to it. It knows
// what was meant, from what was shown alone.
type editing struct {
	*drawnTable
	bystander *driver.Schema // a table that nobody edits
	writerOf  *store.Writer
	view      *store.View
	window    []driver.Row
	changes   *store.ChangeSet
	meant     intents
	undo      []intents
	redo      []intents
}

func (s *suite) testEdits() {
	w, err := s.store.Writer()
	if err != nil {
		s.Fatal(err)
	}
	bystander := s.createInt()
	s.fill(bystander, number(1), number(2))
	run := 0
	rapid.Check(s.T, func(rt *rapid.T) {
		run++
		d := s.drawTable(rt, fmt.Sprintf("run%d", run))
		defer d.finish()
		e := &editing{drawnTable: d, bystander: bystander, writerOf: w, changes: store.NewChangeSet(), meant: intents{}}
		e.look(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"look":      e.look,
			"move":      e.move,
			"refresh":   e.refresh,
			"interfere": e.interfere,
			"edit":      e.edit,
			"edit ":     e.edit, // more often
			"delete":    e.delete,
			"insert":    e.insert,
			"undo":      e.undoStep,
			"redo":      e.redoStep,
			"commit":    e.commit,
		})
		e.commit(rt)
	})
}

// look opens another view.
func (e *editing) look(*rapid.T) {
	o := e.drawOptions()
	o.MaxValue = rapid.SampledFrom([]int{0, 1, 2}).Draw(e.rt, "max value")
	e.view = e.table.View(o)
	e.show(store.Anchor{Backward: rapid.Bool().Draw(e.rt, "from the end")})
}

// show reads a window. A place that is not in a sorted view shows the first
// rows.
func (e *editing) show(at store.Anchor) {
	n := rapid.IntRange(1, 12).Draw(e.rt, "rows")
	w, err := read(e.ctx, e.view, at, n)
	if store.KindOf(err) == driver.NoRow && at.Key != nil {
		w, err = read(e.ctx, e.view, store.Anchor{}, n)
	}
	if err != nil {
		e.rt.Fatalf("%+v: read %+v: %v", e.view.Options(), at, err)
	}
	e.window = w.Rows
}

// move reads another window, from a row of this one.
func (e *editing) move(rt *rapid.T) {
	if len(e.window) == 0 {
		e.show(store.Anchor{})
		return
	}
	row := rapid.SampledFrom(e.window).Draw(rt, "from row")
	e.show(store.Anchor{Key: row.Key, Backward: rapid.Bool().Draw(rt, "backward"), Inclusive: rapid.Bool().Draw(rt, "inclusive")})
}

func (e *editing) refresh(rt *rapid.T) {
	if err := e.view.Prepare(e.ctx, nil); err != nil {
		rt.Fatalf("prepare: %v", err)
	}
}

// interfere writes as somebody else.
func (e *editing) interfere(rt *rapid.T) {
	for range rapid.IntRange(1, 4).Draw(rt, "changes") {
		c := driver.Change{Table: e.schema.Name, Key: e.drawKey()}
		c.Op = rapid.SampledFrom([]driver.Op{driver.Put, driver.Update, driver.Remove}).Draw(rt, "op")
		if c.Op != driver.Remove {
			c.Set = e.drawSet()
		}
		if c.Op == driver.Update && rapid.Bool().Draw(rt, "move") {
			c.NewKey = e.drawKey()
		}
		e.write(c)
	}
}

// pick returns a row of the window as it is shown, read whole if it is cut.
func (e *editing) pick(rt *rapid.T) (driver.Row, bool) {
	if len(e.window) == 0 {
		return driver.Row{}, false
	}
	row := rapid.SampledFrom(e.window).Draw(rt, "row")
	if len(row.Cut) == 0 {
		return row, true
	}
	if !e.isMeant(row.Key) && e.changes.Delete(e.schema, row) == nil {
		rt.Fatalf("a row that is not whole was staged")
	}
	rows, err := e.table.Get(e.ctx, row.Key)
	if err != nil {
		rt.Fatalf("get: %v", err)
	}
	if rows[0] == nil {
		return driver.Row{}, false
	}
	return *rows[0], true
}

func (e *editing) isMeant(key tuple.Tuple) bool {
	_, ok := e.meant[rowName(key)]
	return ok
}

func rowName(key tuple.Tuple) string { return "row " + string(key.Append(nil)) }

// did notes a step.
func (e *editing) did(next intents) {
	e.undo, e.redo = append(e.undo, e.meant), nil
	e.meant = next
}

// edit sets a cell.
func (e *editing) edit(rt *rapid.T) {
	row, ok := e.pick(rt)
	if !ok {
		return
	}
	column := rapid.IntRange(0, len(e.schema.Key)+len(e.schema.Columns)-1).Draw(rt, "column")
	v := e.drawCell(rt, column)
	was, staged := e.meant[rowName(row.Key)]
	if !staged {
		was = intent{shown: &row, final: &row}
	}
	err := e.changes.Edit(e.schema, row, column, v)
	if was.final == nil {
		e.wantErr(rt, "edit of a deleted row", err, driver.NoRow)
		return
	}
	e.meanCell(rt, rowName(row.Key), was, column, v, err)
}

func (e *editing) wantErr(rt *rapid.T, what string, err error, k driver.Kind) {
	if store.KindOf(err) != k || err == nil {
		rt.Fatalf("%s: %v, want %q", what, err, k)
	}
}

func (e *editing) drawCell(rt *rapid.T, column int) tuple.Value {
	if column < len(e.schema.Key) {
		return drawValue(rt, e.schema.Key[column].Kind)
	}
	if rapid.IntRange(0, 4).Draw(rt, "null") == 4 {
		return tuple.Null
	}
	return drawValue(rt, e.schema.Columns[column-len(e.schema.Key)].Kind)
}

// meanCell notes that a cell was edited, where err is what came of it.
func (e *editing) meanCell(rt *rapid.T, name string, was intent, column int, v tuple.Value, err error) {
	final := driver.Row{Key: slices.Clone(was.final.Key), Values: slices.Clone(was.final.Values)}
	if column < len(final.Key) {
		final.Key[column] = v
	} else {
		final.Values[column-len(final.Key)] = v
	}
	idle := was.shown != nil && sameRow(&final, was.shown)
	if !idle && e.taken(name, final.Key) {
		e.wantErr(rt, "edit to a key that is staged", err, driver.Exists)
		return
	}
	next := maps.Clone(e.meant)
	next[name] = intent{shown: was.shown, final: &final}
	if idle {
		delete(next, name)
	} else if next.inCircle(name) {
		e.wantErr(rt, "edit that makes rows exchange keys", err, driver.Exists)
		return
	}
	if err != nil {
		rt.Fatalf("edit: %v", err)
	}
	if sameRow(&final, was.final) {
		return // not a step
	}
	e.did(next)
}

// taken reports whether another intent leaves a row with a key.
func (e *editing) taken(name string, key tuple.Tuple) bool {
	for other, i := range e.meant {
		if other != name && i.final != nil && i.final.Key.Equal(key) {
			return true
		}
	}
	return false
}

func (e *editing) delete(rt *rapid.T) {
	row, ok := e.pick(rt)
	if !ok {
		return
	}
	if err := e.changes.Delete(e.schema, row); err != nil {
		rt.Fatalf("delete: %v", err)
	}
	name := rowName(row.Key)
	next := maps.Clone(e.meant)
	switch was, staged := e.meant[name]; {
	case !staged:
		next[name] = intent{shown: &row}
	case was.final == nil:
		delete(next, name)
	default:
		next[name] = intent{shown: was.shown}
	}
	e.did(next)
}

func (e *editing) insert(rt *rapid.T) {
	final := driver.Row{Key: e.drawKey(), Values: make([]tuple.Value, len(e.schema.Columns))}
	set := e.drawSet()
	for _, a := range set {
		final.Values[a.Column] = a.Value
	}
	id, err := e.changes.Insert(e.schema, final.Key, set)
	if e.taken("", final.Key) {
		e.wantErr(rt, "insert of a key that is staged", err, driver.Exists)
		return
	}
	if err != nil {
		rt.Fatalf("insert: %v", err)
	}
	next := maps.Clone(e.meant)
	next[fmt.Sprint("insert ", id)] = intent{final: &final}
	e.did(next)
}

func (e *editing) undoStep(rt *rapid.T) {
	if e.changes.Undo() != (len(e.undo) > 0) {
		rt.Fatalf("undo disagrees about whether there is a step")
	}
	if n := len(e.undo); n > 0 {
		e.redo = append(e.redo, e.meant)
		e.meant, e.undo = e.undo[n-1], e.undo[:n-1]
	}
}

func (e *editing) redoStep(rt *rapid.T) {
	if e.changes.Redo() != (len(e.redo) > 0) {
		rt.Fatalf("redo disagrees about whether there is a step")
	}
	if n := len(e.redo); n > 0 {
		e.undo = append(e.undo, e.meant)
		e.meant, e.redo = e.redo[n-1], e.redo[:n-1]
	}
}

func (s *suite) testConcurrentEdits() {
	const people, edits, rows = 4, 12, 3
	sc := s.createAccounts(rows)
	w, err := s.store.Writer()
	if err != nil {
		s.Fatal(err)
	}
	var wg sync.WaitGroup
	for p := range people {
		wg.Go(func() {
			for i := range edits {
				if err := s.addOne(w, sc.Name, (p+i)%rows); err != nil {
					s.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := sumIs(s.ctx, s.db, sc, 100*rows+people*edits); err != nil {
		s.Errorf("an edit was lost: %v", err)
	}
}

// addOne adds 1 to a row as a person does: looks, edits, commits, and starts
// again when others were faster.
func (s *suite) addOne(w *store.Writer, table string, row int) error {
	for {
		t, err := s.store.Table(s.ctx, table)
		if err != nil {
			return err
		}
		win, err := t.View(store.ViewOptions{}).Read(s.ctx, store.Anchor{}, row+1)
		if err != nil {
			return err
		}
		shown := win.Rows[row]
		cs := store.NewChangeSet()
		if err := cs.Edit(t.Schema(), shown, 1, tuple.Int(shown.Values[0].AsInt()+1)); err != nil {
			return err
		}
		result, err := w.Commit(s.ctx, cs)
		if err != nil || len(result.Conflicts) == 0 {
			return err
		}
	}
}
