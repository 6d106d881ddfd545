package btree

import (
	"fmt"
	"path/filepath"
	"testing"
)

// A long log is replayed entirely, in the order of its records, by who writes and by who only reads.
func TestLongLogIsReplayed(t *testing.T) {
	if neverLog {
		t.Skip("this build has no log")
	}
	const commits = 700
	path := filepath.Join(t.TempDir(), "x")
	db, err := Open(path, &Options{NoSync: true, LogSize: 4 * longLog})
	if err != nil {
		t.Fatal(err)
	}
	for i := range commits {
		err := db.Update(func(tx *Tx) error {
			tree, err := tx.Tree("t")
			if isNoTree(err) {
				tree, err = tx.CreateTree("t")
			}
			for j := 0; j < 10 && err == nil; j++ {
				err = tree.Put(fmt.Appendf(nil, "key %d", (i+j*j)%50), fmt.Appendf(nil, "%200d", i))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want, err := dumpOf(db)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Abandon(); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{ReadOnly: true}, {inline: true, ReadOnly: true}, {History: 3}} {
		db, err := Open(path, &o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := dumpOf(db)
		if err != nil || got != want {
			t.Errorf("with %+v: replayed as\n%s\n%v, should be\n%s", o, got, err, want)
		}
		if err := db.Abandon(); err != nil {
			t.Fatal(err)
		}
	}
}

// dumpOf returns the version and all records of tree t.
func dumpOf(db *DB) (dump string, err error) {
	err = db.View(func(tx *Tx) error {
		dump = fmt.Sprintf("version %d\n", tx.Version())
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		for key, val := range c.Ascend(nil, nil) {
			dump += fmt.Sprintf("%s = %s\n", key, val)
		}
		return c.Err()
	})
	return dump, err
}

// A reader of which not all was wanted may be used again after the end, from where it has come to.
func TestLogReaderAfterTheEnd(t *testing.T) {
	if neverLog {
		t.Skip("this build has no log")
	}
	db, err := Open(filepath.Join(t.TempDir(), "x"), &Options{NoSync: true, LogSize: 4 * longLog})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const commits = 3000
	for i := range commits {
		err := db.Update(func(tx *Tx) error {
			tree, err := tx.Tree("t")
			if isNoTree(err) {
				tree, err = tx.CreateTree("t")
			}
			if err != nil {
				return err
			}
			return tree.Put(fmt.Appendf(nil, "%d", i), make([]byte, 1000))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	reader := func() *logReader { return newLogReader(db, &db.durable) }
	all := 0
	for r := reader(); ; all++ {
		if _, ok, err := r.next(); err != nil || !ok {
			break
		}
	}
	if all < commits/2 {
		t.Fatalf("only %d records are in the log", all)
	}
	r := reader()
	next, end := r.records()
	first, ok, err := next()
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	end()
	ahead := r.version
	if ahead < first.version {
		t.Errorf("the reader is at version %d after it read %d", ahead, first.version)
	}
	if rec, ok, err := r.next(); err != nil || ok && rec.version <= ahead {
		t.Errorf("after version %d comes %d, %v", ahead, rec.version, err)
	}
	n := 0
	next, end = reader().records()
	for _, ok, err := next(); ok && err == nil; _, ok, err = next() {
		n++
	}
	if end(); n != all {
		t.Errorf("%d of %d records were read ahead", n, all)
	}
}
