package btree_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// keeper changes a database at random and keeps and drops versions of it.
type keeper struct {
	*life
	db   *btree.DB
	kept map[string]contents
	n    int
}

func newKeeper(t *testing.T, seed uint64, o btree.Options) *keeper {
	l := newLife(seed, smallPage)
	l.opts.CacheSize, l.opts.History = 1, o.History
	return &keeper{life: l, db: open(t, l.disk, l.opts), kept: map[string]contents{}}
}

// step commits a transaction, or keeps or drops a version.
func (k *keeper) step() error {
	switch k.p.r.IntN(6) {
	case 0:
		k.n++
		name := fmt.Sprint("v", k.n)
		k.kept[name] = k.acked.clone()
		return k.db.Keep(name)
	case 1:
		for name := range k.kept {
			delete(k.kept, name)
			return k.db.DropVersion(name)
		}
	}
	return k.transaction(k.db)
}

// verify compares each kept version with what was there when it was kept.
func (k *keeper) verify(t *testing.T) {
	t.Helper()
	vs, err := k.db.Versions()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range vs {
		if v.Name != "" {
			names = append(names, v.Name)
		}
	}
	slices.Sort(names)
	if want := slices.Sorted(maps.Keys(k.kept)); !slices.Equal(names, want) {
		t.Fatalf("kept are %q, want %q", names, want)
	}
	for name, want := range k.kept {
		tx, err := k.db.BeginVersion(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := dumpTx(tx)
		if err := errors.Join(err, tx.Rollback()); err != nil {
			t.Fatal(err)
		}
		if !got.equal(want) {
			t.Fatalf("version %q: %s", name, difference(got, want))
		}
	}
}

// used returns how many pages of the file are in use.
func used(t *testing.T, db *btree.DB) uint64 {
	t.Helper()
	s, err := db.Stats()
	if err != nil {
		t.Fatal(err)
	}
	return s.Pages - s.Free
}

// Versions that are kept stay as they were through random changes and reopens, and when they are dropped every page that only
// they had is free.
func TestKeptVersionsStay(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			k := newKeeper(t, seed+300, btree.Options{History: int(seed / 3)})
			for i := range 60 {
				if err := k.step(); err != nil {
					t.Fatal(err)
				}
				if i%20 == 0 {
					if err := k.db.Close(); err != nil {
						t.Fatal(err)
					}
					k.db = open(t, k.disk, k.opts)
				}
				if i%5 == 0 {
					k.verify(t)
					mustCheck(t, k.db)
				}
			}
			k.dropAll(t)
		})
	}
}

// dropAll drops every version and checks that no page is in use then that the present does not need.
func (k *keeper) dropAll(t *testing.T) {
	t.Helper()
	for name := range k.kept {
		if err := k.db.DropVersion(name); err != nil {
			t.Fatal(err)
		}
		delete(k.kept, name)
		k.verify(t)
		mustCheck(t, k.db)
	}
	if err := k.db.DropHistory(); err != nil {
		t.Fatal(err)
	}
	mustCheck(t, k.db) // it reports pages that are marked as in use and are not
	mustHold(t, k.db, k.acked)
	if vs, err := k.db.Versions(); err != nil || len(vs) != 0 {
		t.Errorf("after all were dropped: %v, %v", vs, err)
	}
}

// The power fails among commits that keep and drop versions. Whatever is kept afterwards is whole, and all pages are accounted for.
func TestKeptVersionsSurvivePowerCuts(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			k := newKeeper(t, seed+900, btree.Options{History: int(seed / 3)})
			for range 12 {
				k.liveAndDie(t)
			}
		})
	}
}

// liveAndDie makes changes until the power fails, and opens what is left.
func (k *keeper) liveAndDie(t *testing.T) {
	t.Helper()
	if err := k.db.Close(); err != nil {
		t.Fatal(err)
	}
	failAt := 1 + k.p.r.IntN(120)
	opts := k.opts
	opts.FS = &vfs.Inject{Base: k.disk, Hook: func(c vfs.Call) error {
		if c.N >= failAt {
			return errPower
		}
		return nil
	}}
	var before map[string]contents
	db, err := btree.Open(dbName, &opts)
	for k.db = db; err == nil; err = k.step() {
		before = maps.Clone(k.kept)
	}
	if !errors.Is(err, errPower) {
		t.Fatal(err)
	}
	if db != nil {
		_ = db.Close()
	}
	k.disk = k.disk.PowerCut(k.p.r)
	k.db = open(t, k.disk, k.opts)
	mustCheck(t, k.db)
	got, err := dump(k.db)
	if err != nil {
		t.Fatal(err)
	}
	if k.maybe != nil && got.equal(k.maybe) {
		k.acked = k.maybe
	}
	k.maybe = nil
	mustHold(t, k.db, k.acked)
	k.settle(t, before)
	k.verify(t)
}

// settle finds out whether the last change of the list of versions happened.
func (k *keeper) settle(t *testing.T, before map[string]contents) {
	t.Helper()
	vs, err := k.db.Versions()
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, v := range vs {
		if v.Name != "" {
			named++
		}
	}
	if before != nil && named == len(before) {
		k.kept = before
	}
}

// A transaction that reads a kept version goes on when that is dropped, however much is written then.
func TestDroppedVersionStaysForItsReaders(t *testing.T) {
	k := newKeeper(t, 77, btree.Options{})
	for range 20 {
		if err := k.transaction(k.db); err != nil {
			t.Fatal(err)
		}
	}
	want := k.acked.clone()
	if err := k.db.Keep("old"); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if err := k.transaction(k.db); err != nil {
			t.Fatal(err)
		}
	}
	tx, err := k.db.BeginVersion("old")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if err := k.db.DropVersion("old"); err != nil {
		t.Fatal(err)
	}
	for range 40 {
		if err := k.transaction(k.db); err != nil {
			t.Fatal(err)
		}
	}
	heldReader{tx, want}.verify(t)
	mustCheck(t, k.db)
}

// A handle that only reads opens kept versions, too, and holds on to one that is dropped by the writer.
func TestKeptVersionsFromAFollower(t *testing.T) {
	k := newKeeper(t, 78, btree.Options{})
	for range 20 {
		if err := k.transaction(k.db); err != nil {
			t.Fatal(err)
		}
	}
	want := k.acked.clone()
	if err := k.db.Keep("old"); err != nil {
		t.Fatal(err)
	}
	if err := k.transaction(k.db); err != nil {
		t.Fatal(err)
	}
	reader := open(t, k.disk, btree.Options{ReadOnly: true, CacheSize: 1})
	tx, err := reader.BeginVersion("old")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if err := k.db.DropVersion("old"); err != nil {
		t.Fatal(err)
	}
	for range 40 {
		if err := k.transaction(k.db); err != nil {
			t.Fatal(err)
		}
	}
	heldReader{tx, want}.verify(t)
	if _, err := reader.BeginVersion("old"); !errors.Is(err, btree.ErrNoVersion) {
		t.Errorf("a version that was dropped: %v", err)
	}
}

// Dropping a version costs what differs, not what is there.
func TestDroppingAVersionReadsOnlyWhatDiffers(t *testing.T) {
	var disk vfs.Mem
	db := open(t, &disk, btree.Options{PageSize: smallPage})
	fill(t, db, 50000, 100, 1)
	if err := db.Keep("old"); err != nil {
		t.Fatal(err)
	}
	before := used(t, db)
	put := func(key, val string) {
		if err := db.Update(func(tx *btree.Tx) error {
			tree, err := tx.Tree("t")
			if err != nil {
				return err
			}
			return tree.Put([]byte(key), []byte(val))
		}); err != nil {
			t.Fatal(err)
		}
	}
	put(string(key64(25000)), strings.Repeat("x", 100))
	if n := used(t, db); n < before+3 {
		t.Fatalf("%d pages are in use after a change beside a kept version, %d before", n, before)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	counted := countReads(&disk)
	db = open(t, counted, btree.Options{})
	counted.n = 0
	if err := db.DropVersion("old"); err != nil {
		t.Fatal(err)
	}
	if counted.n > 30 {
		t.Errorf("dropping a version that differs in one key read %d pages", counted.n)
	}
	mustCheck(t, db)
	if n := used(t, db); n > before {
		t.Errorf("%d pages are in use after the drop, %d before", n, before)
	}
}

// Names are taken once, and misused ones are refused.
func TestNamesOfVersions(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	fill(t, db, 10, 10, 1)
	if err := db.Keep("a"); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"kept twice": db.Keep("a"), "dropped and not there": db.DropVersion("b"), "no name": db.Keep(""),
		"a long name": db.Keep(strings.Repeat("x", 256)), "dropped without a name": db.DropVersion(""),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if err := db.Keep("a"); !errors.Is(err, btree.ErrVersionExists) {
		t.Errorf("kept twice: %v", err)
	}
	if err := db.DropVersion("b"); !errors.Is(err, btree.ErrNoVersion) {
		t.Errorf("dropped and not there: %v", err)
	}
	if _, err := db.BeginNumber(12345); !errors.Is(err, btree.ErrNoVersion) {
		t.Errorf("a number that is not kept: %v", err)
	}
	vs, err := db.Versions()
	if err != nil || len(vs) != 1 || vs[0].Name != "a" || vs[0].Number != newest(t, db) || vs[0].Time.IsZero() {
		t.Errorf("the versions are %+v, %v", vs, err)
	}
}

// With a history the last commits' versions are there, in order, and no more than asked for.
func TestHistoryHasTheLastVersions(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{History: 3})
	for i := range 10 {
		fill(t, db, 10, 10, i)
	}
	vs, err := db.Versions()
	if err != nil || len(vs) != 4 || vs[3].Number != newest(t, db) {
		t.Fatalf("a history of 3 has %d versions, %+v, %v", len(vs), vs, err)
	}
	for i, v := range vs {
		tx, err := db.BeginNumber(v.Number)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := tx.Tree("t")
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := tree.Get(key64(0))
		want := append(binary.BigEndian.AppendUint64(nil, uint64(6+i)), 0, 0)
		if err := errors.Join(err, tx.Rollback()); err != nil || !bytes.Equal(got, want) {
			t.Errorf("version %d holds %q, %v; want %q", v.Number, got, err, want)
		}
	}
	mustCheck(t, db)
}
