package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"pgregory.net/rapid"
)

var randomCases = []testCase{
	{
		name: "random work has the same results as in memory", needs: []Capability{TupleOrder, WholeBatches},
		rule: "Any sequence of batches, reads and transactions gives the results that backends/mem gives.",
		run: func(s *suite) {
			reference := mem.New()
			defer reference.Close()
			compare(s.T,
				side{s.db, func(sc *driver.Schema) error { return create(s, s.db, sc) }},
				side{reference, func(sc *driver.Schema) error { return reference.CreateTable(s.ctx, sc) }})
		},
	},
}

// Compare does the same random work with two databases that can create tables,
// and fails if they give different results. What it prints then reproduces the
// failure.
func Compare(t *testing.T, a, b driver.DB) {
	sideOf := func(db driver.DB) side {
		return side{db, func(sc *driver.Schema) error { return db.(driver.Creator).CreateTable(t.Context(), sc) }}
	}
	compare(t, sideOf(a), sideOf(b))
}

// side is one of the databases that are compared.
type side struct {
	db     driver.DB
	create func(*driver.Schema) error
}

func compare(t *testing.T, a, b side) {
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		sc := schema(fmt.Sprintf("run%d", run), key(rapid.SampledFrom(keyShapes).Draw(rt, "key")...), columns(tuple.KindText, tuple.KindInt))
		p := &pair{t: rt, schema: sc}
		for i, s := range []side{a, b} {
			if err := s.create(sc); err != nil {
				rt.Fatalf("create: %v", err)
			}
			p.dbs[i] = s.db
			p.now[i] = s.db.(target)
		}
		defer p.finish()
		rt.Repeat(p.actions())
	})
}

var keyShapes = [][]tuple.Kind{
	{tuple.KindText, tuple.KindInt}, {tuple.KindInt, tuple.KindText, tuple.KindText}, {tuple.KindInt}, {tuple.KindText},
}

// target is a database or a transaction.
type target interface {
	driver.Reader
	driver.Writer
}

// pair is two databases, in which the same things happen to a table.
type pair struct {
	t      *rapid.T
	schema *driver.Schema
	dbs    [2]driver.DB
	now    [2]target          // what is read and written: a database, or its tx
	tx     [2]driver.Tx       // nil outside of a transaction
	marks  []driver.Savepoint // of the first; those of the second are in other
	other  []driver.Savepoint
}

// actions are what may happen at random.
func (p *pair) actions() map[string]func(*rapid.T) {
	actions := map[string]func(*rapid.T){
		"apply":   p.apply,
		"scan":    p.scan,
		"get":     p.get,
		"outside": p.outside,
	}
	for _, db := range p.dbs {
		if _, ok := db.(driver.Transactor); !ok {
			return actions
		}
	}
	actions["begin"] = p.begin
	actions["savepoint"] = p.savepoint
	actions["roll back to"] = p.rollbackTo
	actions["end"] = p.end
	return actions
}

// both does something on each side and checks that the results are the same.
func (p *pair) both(what string, do func(i int) (string, error)) {
	p.t.Helper()
	var results [2]string
	for i := range results {
		result, err := do(i)
		if err != nil {
			result = "fails: " + p.kind(i, err).Error()
		}
		results[i] = result
	}
	if results[0] != results[1] {
		p.t.Fatalf("%s:\n  %s: %s\n  %s: %s", what,
			p.dbs[0].Info().Backend, results[0], p.dbs[1].Info().Backend, results[1])
	}
}

func (p *pair) kind(i int, err error) driver.Kind {
	if k := driver.KindOf(err); k != driver.Internal {
		return k
	}
	return p.dbs[i].Classify(err)
}

// drawValue draws a value of a kind from few, so that keys meet.
func drawValue(rt *rapid.T, k tuple.Kind) tuple.Value {
	if k == tuple.KindInt {
		return tuple.Int(rapid.SampledFrom([]int64{0, 1, 2, -1, 3, 4, 5, 6, 7, -300, 255, 256}).Draw(rt, "int"))
	}
	return tuple.Text(rapid.SampledFrom([]string{"a", "", "ab", "b", "aa", "\x01", "A", "é", "c", "a b"}).Draw(rt, "text"))
}

func (p *pair) drawKey(rt *rapid.T) tuple.Tuple {
	var k tuple.Tuple
	for _, c := range p.schema.Key {
		k = append(k, drawValue(rt, c.Kind))
	}
	return k
}

func (p *pair) drawSet(rt *rapid.T) []driver.Assignment {
	var set []driver.Assignment
	for i, c := range p.schema.Columns {
		switch rapid.IntRange(0, 2).Draw(rt, "set") {
		case 1:
			set = append(set, driver.Assignment{Column: i, Value: drawValue(rt, c.Kind)})
		case 2:
			set = append(set, driver.Assignment{Column: i, Value: tuple.Null})
		}
	}
	return set
}

// drawChange draws a change: half of those with a base are based on the row as
// it is, if there is one.
func (p *pair) drawChange(rt *rapid.T) driver.Change {
	c := driver.Change{Op: driver.Op(rapid.IntRange(int(driver.Insert), int(driver.Remove)).Draw(rt, "op")), Table: p.schema.Name, Key: p.drawKey(rt)}
	if rapid.IntRange(0, 20).Draw(rt, "bad") == 20 {
		c.Key = append(c.Key, tuple.Int(1))
	}
	if c.Op == driver.Insert || c.Op == driver.Update || c.Op == driver.Put {
		c.Set = p.drawSet(rt)
	}
	if c.Op == driver.Update && rapid.Bool().Draw(rt, "move") {
		c.NewKey = p.drawKey(rt)
	}
	if (c.Op == driver.Update || c.Op == driver.Delete) && rapid.Bool().Draw(rt, "base") {
		c.Base = make([]tuple.Value, len(p.schema.Columns))
		if rows, err := p.now[1].Get(rt.Context(), p.schema, []tuple.Tuple{c.Key}); err == nil && rows[0] != nil {
			c.Base = rows[0].Values
		}
	}
	return c
}

func (p *pair) apply(rt *rapid.T) {
	var changes []driver.Change
	for range rapid.IntRange(1, 6).Draw(rt, "changes") {
		changes = append(changes, p.drawChange(rt))
	}
	p.both(fmt.Sprintf("apply %+v", changes), func(i int) (string, error) {
		applied, err := p.now[i].Apply(rt.Context(), changes)
		return showApplied(applied), err
	})
	p.sameRows(rt, "after apply", func(i int) driver.Reader { return p.now[i] })
}

func showApplied(a driver.Applied) string {
	text := fmt.Sprint("keys ", a.Keys)
	conflicts := slices.Clone(a.Conflicts)
	slices.SortFunc(conflicts, func(a, b driver.Conflict) int { return a.Change - b.Change })
	for _, c := range conflicts {
		text += fmt.Sprintf(", change %d conflicts with %s", c.Change, shortRow(c.Current))
	}
	return text
}

func showPage(page driver.Page) string {
	text := fmt.Sprintf("%d rows, more %t:", len(page.Rows), page.More)
	for i := range page.Rows {
		text += " " + shortRow(&page.Rows[i])
	}
	return text
}

func (p *pair) sameRows(rt *rapid.T, what string, reader func(i int) driver.Reader) {
	p.both(what, func(i int) (string, error) {
		page, err := reader(i).Scan(rt.Context(), p.schema, driver.Query{Limit: everything})
		return showPage(page), err
	})
}

func (p *pair) drawBound(rt *rapid.T) tuple.Bound {
	k := p.drawKey(rt)
	k = k[:rapid.IntRange(0, len(k)).Draw(rt, "elements")]
	b := tuple.Bound{Key: k}
	if rapid.Bool().Draw(rt, "part") {
		b = tuple.PrefixPart(k).Lower
	}
	b.Exclusive = rapid.Bool().Draw(rt, "exclusive")
	return b
}

func (p *pair) scan(rt *rapid.T) {
	q := driver.Query{
		Range:    tuple.Range{Lower: p.drawBound(rt), Upper: p.drawBound(rt)},
		Reverse:  rapid.Bool().Draw(rt, "reverse"),
		Limit:    rapid.IntRange(1, 8).Draw(rt, "limit"),
		KeysOnly: rapid.Bool().Draw(rt, "keys only"),
	}
	p.both(fmt.Sprintf("scan %+v", q), func(i int) (string, error) {
		page, err := p.now[i].Scan(rt.Context(), p.schema, q)
		return showPage(page), err
	})
}

func (p *pair) get(rt *rapid.T) {
	var keys []tuple.Tuple
	for range rapid.IntRange(0, 5).Draw(rt, "keys") {
		keys = append(keys, p.drawKey(rt))
	}
	p.both(fmt.Sprint("get ", keys), func(i int) (string, error) {
		rows, err := p.now[i].Get(rt.Context(), p.schema, keys)
		text := ""
		for _, r := range rows {
			text += shortRow(r) + " "
		}
		return text, err
	})
}

// outside compares what those see who are not in the transaction.
func (p *pair) outside(rt *rapid.T) {
	p.sameRows(rt, "outside", func(i int) driver.Reader { return p.dbs[i] })
}

func (p *pair) begin(rt *rapid.T) {
	if p.tx[0] != nil {
		return
	}
	for i, db := range p.dbs {
		tx, err := db.(driver.Transactor).Begin(rt.Context())
		if err != nil {
			rt.Fatalf("begin: %v", err)
		}
		p.tx[i], p.now[i] = tx, tx
	}
	p.marks, p.other = nil, nil
}

func (p *pair) savepoint(rt *rapid.T) {
	if p.tx[0] == nil {
		return
	}
	for i, marks := range []*[]driver.Savepoint{&p.marks, &p.other} {
		sp, err := p.tx[i].Savepoint(rt.Context())
		if err != nil {
			rt.Fatalf("savepoint: %v", err)
		}
		*marks = append(*marks, sp)
	}
}

func (p *pair) rollbackTo(rt *rapid.T) {
	if p.tx[0] == nil || len(p.marks) == 0 {
		return
	}
	n := rapid.IntRange(0, len(p.marks)-1).Draw(rt, "savepoint")
	for i, marks := range []*[]driver.Savepoint{&p.marks, &p.other} {
		if err := p.tx[i].RollbackTo(rt.Context(), (*marks)[n]); err != nil {
			rt.Fatalf("roll back to: %v", err)
		}
		*marks = (*marks)[:n+1]
	}
	p.sameRows(rt, "after rolling back", func(i int) driver.Reader { return p.now[i] })
}

func (p *pair) end(rt *rapid.T) {
	if p.tx[0] == nil {
		return
	}
	commit := rapid.Bool().Draw(rt, "commit")
	for i, tx := range p.tx {
		end := tx.Rollback
		if commit {
			end = func() error { return tx.Commit(rt.Context()) }
		}
		if err := end(); err != nil {
			rt.Fatalf("end: %v", err)
		}
		p.tx[i], p.now[i] = nil, p.dbs[i].(target)
	}
	p.outside(rt)
}

// finish frees what a run leaves open, also one that fails: the next one, which
// looks for a shorter way to fail, must not wait for it.
func (p *pair) finish() {
	for i, tx := range p.tx {
		if tx != nil {
			p.check(tx.Rollback())
		}
		if c, ok := p.dbs[i].(driver.Creator); ok {
			p.check(c.DropTable(p.t.Context(), p.schema.Name))
		}
	}
}

func (p *pair) check(err error) {
	if err != nil {
		p.t.Errorf("finish: %v", err)
	}
}
