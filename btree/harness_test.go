package btree_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

const dbName = "test.db"

// contents is what a database holds: trees by name, values by key.
type contents map[string]map[string]string

func (c contents) clone() contents {
	d := contents{}
	for name, tree := range c {
		d[name] = maps.Clone(tree)
	}
	return d
}

func (c contents) equal(d contents) bool {
	return maps.EqualFunc(c, d, func(a, b map[string]string) bool { return maps.Equal(a, b) })
}

// open opens a database on the disk in memory and closes it with the test.
func open(t testing.TB, fs vfs.FS, o btree.Options) *btree.DB {
	t.Helper()
	o.FS = fs
	db, err := btree.Open(dbName, &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// mustCheck fails the test for every problem that Check finds.
func mustCheck(t testing.TB, db *btree.DB) {
	t.Helper()
	if problems := check(t, db); len(problems) > 0 {
		t.Fatalf("check found %d problems, the first: %s", len(problems), problems[0])
	}
}

func check(t testing.TB, db *btree.DB) (problems []btree.Problem) {
	t.Helper()
	if err := db.Check(context.Background(), func(p btree.Problem) { problems = append(problems, p) }); err != nil {
		t.Errorf("check: %v", err)
	}
	return problems
}

// checked returns what Check finds as an error.
func checked(db *btree.DB) error {
	var problems []string
	if err := db.Check(context.Background(), func(p btree.Problem) { problems = append(problems, p.String()) }); err != nil {
		return err
	}
	if len(problems) > 0 {
		return fmt.Errorf("check finds %d problems, the first: %s", len(problems), problems[0])
	}
	return nil
}

// dump reads the whole database.
func dump(db *btree.DB) (contents, error) {
	c := contents{}
	err := db.View(func(tx *btree.Tx) error {
		var err error
		c, err = dumpTx(tx)
		return err
	})
	return c, err
}

func dumpTx(tx *btree.Tx) (contents, error) {
	c := contents{}
	names, err := tx.Trees()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		tree, err := tx.Tree(name)
		if err != nil {
			return nil, err
		}
		c[name] = map[string]string{}
		cur := tree.Cursor()
		for k, v := range cur.Ascend(nil, nil) {
			c[name][string(k)] = string(v)
		}
		if err := cur.Err(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// mustHold fails the test unless the database holds exactly this.
func mustHold(t testing.TB, db *btree.DB, want contents) {
	t.Helper()
	got, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	if !got.equal(want) {
		t.Fatalf("the database does not hold what it should: %s", difference(got, want))
	}
}

func difference(got, want contents) string {
	var b strings.Builder
	for name := range want {
		if got[name] == nil {
			fmt.Fprintf(&b, "tree %q is missing; ", name)
		}
		n := 0
		for k, v := range want[name] {
			if g, ok := got[name][k]; (!ok || g != v) && n < 3 {
				fmt.Fprintf(&b, "%q: key %.40q has %.40q (%v), want %.40q; ", name, k, g, ok, v)
				n++
			}
		}
	}
	for name := range got {
		if want[name] == nil {
			fmt.Fprintf(&b, "tree %q should not be; ", name)
		}
		for k := range got[name] {
			if _, ok := want[name][k]; !ok {
				fmt.Fprintf(&b, "%q: key %.40q should not be; ", name, k)
				break
			}
		}
	}
	return b.String()
}

// program changes a transaction and the model alike, at random.
type program struct {
	r     *rand.Rand
	model contents
}

var treeNames = []string{"", "a", "b", "second"}

// key returns one of few hundred keys of all shapes, so that changes meet.
func (p *program) key() string {
	n := p.r.IntN(300)
	switch p.r.IntN(6) {
	case 0:
		return fmt.Sprintf("%04d", n)
	case 1:
		return strings.Repeat("prefix/", 8) + fmt.Sprint(n)
	case 2:
		return string([]byte{byte(n), byte(n >> 8), 0, 0}[:p.r.IntN(5)])
	case 3:
		return fmt.Sprintf("%08d", n*7919%1000003)
	case 4:
		return strings.Repeat(string(rune('a'+n%26)), p.r.IntN(40))
	}
	return strings.Repeat(fmt.Sprintf("%03x", n), 1+n)
}

func (p *program) value() string {
	n := p.r.IntN(60)
	switch p.r.IntN(12) {
	case 0:
		n = 0
	case 1:
		n = p.r.IntN(3000)
	case 2:
		if p.r.IntN(6) == 0 {
			n = p.r.IntN(30000)
		}
	}
	return strings.Repeat(string(rune('a'+p.r.IntN(26))), n) + fmt.Sprint(p.r.IntN(1000))
}

func (p *program) bound() ([]byte, bool) {
	if p.r.IntN(8) == 0 {
		return nil, false
	}
	return []byte(p.key()), true
}

// step makes one change.
func (p *program) step(tx *btree.Tx) error {
	if p.r.IntN(60) == 0 {
		return p.treeStep(tx)
	}
	name, tree, err := p.tree(tx)
	if err != nil {
		return err
	}
	m := p.model[name]
	switch k := p.key(); p.r.IntN(10) {
	case 0, 1, 2:
		found, err := tree.Delete([]byte(k))
		if _, want := m[k]; err == nil && found != want {
			return fmt.Errorf("delete of %q found %v, want %v", k, found, want)
		}
		delete(m, k)
		return err
	case 3:
		switch p.r.IntN(12) {
		case 0:
			return p.deleteRange(tree, m)
		case 1, 2:
			return p.burst(tree, m)
		}
		return p.ascending(tree, m)
	case 4:
		delete(m, k)
		return tree.Remove([]byte(k))
	default:
		m[k] = p.value()
		return tree.Put([]byte(k), []byte(m[k]))
	}
}

// ascending puts a few keys in order, as an import does.
func (p *program) ascending(tree *btree.Tree, m map[string]string) error {
	from := p.r.IntN(1000)
	for i := range p.r.IntN(30) {
		k := fmt.Sprintf("seq%06d", from+i)
		m[k] = p.value()
		if err := tree.Put([]byte(k), []byte(m[k])); err != nil {
			return err
		}
	}
	return nil
}

// burst makes many changes in no order without a look at the tree, of keys that are far apart, close together or far too many
// for a leaf.
func (p *program) burst(tree *btree.Tree, m map[string]string) error {
	from, spread := p.r.IntN(1000), 1+p.r.IntN(1000)
	remove := p.r.IntN(4)
	for range 1 + p.r.IntN(400) {
		k := fmt.Sprintf("burst%05d", from+p.r.IntN(spread))
		if p.r.IntN(4) < remove {
			delete(m, k)
			if err := tree.Remove([]byte(k)); err != nil {
				return err
			}
			continue
		}
		m[k] = p.value()
		if err := tree.Put([]byte(k), []byte(m[k])); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) deleteRange(tree *btree.Tree, m map[string]string) error {
	lo, _ := p.bound()
	hi, bounded := p.bound()
	want := 0
	for k := range m {
		if k >= string(lo) && (!bounded || k < string(hi)) {
			delete(m, k)
			want++
		}
	}
	n, err := tree.DeleteRange(lo, hi)
	if err == nil && n != uint64(want) {
		return fmt.Errorf("delete of range %q to %q removed %d keys, want %d", lo, hi, n, want)
	}
	return err
}

// tree returns one of the trees, which it makes if there is none.
func (p *program) tree(tx *btree.Tx) (string, *btree.Tree, error) {
	name := treeNames[p.r.IntN(len(treeNames))]
	if p.model[name] == nil {
		p.model[name] = map[string]string{}
		tree, err := tx.CreateTree(name)
		return name, tree, err
	}
	tree, err := tx.Tree(name)
	return name, tree, err
}

// treeStep drops or renames a tree, or fills it anew.
func (p *program) treeStep(tx *btree.Tx) error {
	name, _, err := p.tree(tx)
	if err != nil {
		return err
	}
	if p.r.IntN(4) == 0 {
		return p.load(tx, name)
	}
	to := treeNames[p.r.IntN(len(treeNames))]
	if p.model[to] != nil {
		delete(p.model, name)
		return tx.DropTree(name)
	}
	p.model[to] = p.model[name]
	delete(p.model, name)
	return tx.RenameTree(name, to)
}

// run makes n changes, with savepoints among them to which it sometimes returns.
func (p *program) run(tx *btree.Tx, n int) error {
	type mark struct {
		sp    btree.Savepoint
		model contents
	}
	var marks []mark
	for range n {
		switch p.r.IntN(40) {
		case 0:
			sp, err := tx.Savepoint()
			if err != nil {
				return err
			}
			marks = append(marks, mark{sp, p.model.clone()})
		case 1:
			if len(marks) > 0 {
				i := p.r.IntN(len(marks))
				if err := tx.RollbackTo(marks[i].sp); err != nil {
					return err
				}
				p.model = marks[i].model.clone()
				marks = marks[:i+1]
			}
		}
		if err := p.step(tx); err != nil {
			return err
		}
	}
	return nil
}

// compareReads asks everything that can be read of a tree, and of n random keys and ranges, and compares it with the model.
func compareReads(tree *btree.Tree, m map[string]string, p *program, n int) error {
	keys := slices.Sorted(maps.Keys(m))
	got, err := tree.Len() // which applies what the transaction collected
	if err != nil {
		return err
	}
	if got != uint64(len(keys)) {
		return fmt.Errorf("Len is %d, want %d", got, len(keys))
	}
	c := tree.Cursor()
	for i := len(keys) - 1; i >= 0; i-- {
		if !c.Prev() || string(c.Key()) != keys[i] {
			return fmt.Errorf("walking back, key %d is %q, %v; want %q", i, c.Key(), c.Err(), keys[i])
		}
	}
	if c.Prev() {
		return fmt.Errorf("there is a key before the first: %q", c.Key())
	}
	for range n {
		if err := compareKey(tree, c, keys, m, []byte(p.key())); err != nil {
			return err
		}
		if err := compareRange(tree, keys, p); err != nil {
			return err
		}
	}
	return compareInPieces(tree, keys, m, p)
}

// compareKey compares what the tree says about one key, whether it is there or not.
func compareKey(tree *btree.Tree, c *btree.Cursor, keys []string, m map[string]string, key []byte) error {
	want, exists := m[string(key)]
	if v, ok, err := tree.Get(key); err != nil || ok != exists || string(v) != want {
		return fmt.Errorf("Get of %q is %.40q, %v, %v; want %.40q, %v", key, v, ok, err, want, exists)
	}
	if ok, err := tree.Has(key); err != nil || ok != exists {
		return fmt.Errorf("Has of %q is %v, %v", key, ok, err)
	}
	at, _ := slices.BinarySearch(keys, string(key))
	if n, err := tree.Rank(key); err != nil || n != uint64(at) {
		return fmt.Errorf("Rank of %q is %d, %v; want %d", key, n, err, at)
	}
	if err := isAt(c, c.Seek(key), keys, at); err != nil {
		return fmt.Errorf("Seek of %q: %w", key, err)
	}
	if err := isAt(c, c.SeekBefore(key), keys, at-1); err != nil {
		return fmt.Errorf("SeekBefore of %q: %w", key, err)
	}
	if !exists {
		at--
	}
	if err := isAt(c, c.SeekAtMost(key), keys, at); err != nil {
		return fmt.Errorf("SeekAtMost of %q: %w", key, err)
	}
	if !exists {
		return nil
	}
	k, v, err := tree.Select(uint64(at))
	if err != nil || string(k) != string(key) || string(v) != want {
		return fmt.Errorf("Select of %d is %q, %v; want %q", at, k, err, key)
	}
	if n, err := c.ValueLen(); err != nil || n != uint64(len(want)) {
		return fmt.Errorf("ValueLen of %q is %d, %v; want %d", key, n, err, len(want))
	}
	if v, err := c.ValuePrefix(7); err != nil || string(v) != want[:min(7, len(want))] {
		return fmt.Errorf("ValuePrefix of %q is %q, %v", key, v, err)
	}
	return nil
}

func isAt(c *btree.Cursor, ok bool, keys []string, at int) error {
	if at < 0 || at >= len(keys) {
		if ok || c.Err() != nil {
			return fmt.Errorf("it moved to %q, %v; there is no such key", c.Key(), c.Err())
		}
		return nil
	}
	if !ok || string(c.Key()) != keys[at] {
		return fmt.Errorf("it moved to %q, %v, %v; want %q", c.Key(), ok, c.Err(), keys[at])
	}
	return nil
}

func compareRange(tree *btree.Tree, keys []string, p *program) error {
	lo, _ := p.bound()
	hi, bounded := p.bound()
	var want []string
	for _, k := range keys {
		if k >= string(lo) && (!bounded || k < string(hi)) {
			want = append(want, k)
		}
	}
	if n, err := tree.Count(lo, hi); err != nil || n != uint64(len(want)) {
		return fmt.Errorf("Count of %q to %q is %d, %v; want %d", lo, hi, n, err, len(want))
	}
	c := tree.Cursor()
	var got []string
	for k := range c.Ascend(lo, hi) {
		got = append(got, string(k))
	}
	if c.Err() != nil || !slices.Equal(got, want) {
		return fmt.Errorf("Ascend of %q to %q gave %d keys, %v; want %d", lo, hi, len(got), c.Err(), len(want))
	}
	got = got[:0]
	for k := range c.Descend(lo, hi) {
		got = append(got, string(bytes.Clone(k)))
	}
	slices.Reverse(got)
	if c.Err() != nil || !slices.Equal(got, want) {
		return fmt.Errorf("Descend of %q to %q gave %d keys, %v; want %d", lo, hi, len(got), c.Err(), len(want))
	}
	return nil
}
