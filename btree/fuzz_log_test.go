//go:build !btree_nolog

package btree

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/rowan-db/rowan/btree/vfs"
)

// sampleLog returns the file of a database that was not closed, the place of the first record of its log in it, and what that record's
// header says.
func sampleLog(t testing.TB) (image []byte, at int64, generation, previous uint64) {
	t.Helper()
	var disk vfs.Mem
	db, err := Open("f", &Options{FS: &disk, PageSize: MinPageSize, LogSize: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if err := db.Update(func(tx *Tx) error { return logSome(tx, i) }); err != nil {
			t.Fatal(err)
		}
	}
	image = disk.ReadFile("f")
	m := db.durable
	if db.log == nil || m.version == db.newestVersion() {
		t.Fatal("nothing is in the log")
	}
	at = int64(m.log.first)*MinPageSize + int64(m.log.half)*db.log.size
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return image, at, m.log.generation, m.version
}

// logSome makes changes of every kind in the transactions that lead up to its last.
func logSome(tx *Tx, i int) error {
	switch i {
	case 1:
		return tx.RenameTree("x", "y")
	case 2:
		return tx.DropTree("y")
	}
	tree, err := tx.CreateTree("x")
	if err != nil {
		return err
	}
	if err := errors.Join(tree.Put([]byte("ab"), []byte("1")), tree.Put([]byte("b"), nil), tree.Remove([]byte("ab"))); err != nil {
		return err
	}
	_, err = tree.DeleteRange([]byte("a"), nil)
	return err
}

// No two logs have the same generation: neither those that handles make one after another in a file, nor those of two files. So the
// records that one leaves never count in another.
func TestEveryLogHasAGenerationOfItsOwn(t *testing.T) {
	_, _, other, _ := sampleLog(t)
	seen := map[uint64]bool{0: true, other: true}
	var disk vfs.Mem
	for life := range 5 {
		db, err := Open("f", &Options{FS: &disk, PageSize: MinPageSize, LogSize: 64 << 10})
		if err != nil {
			t.Fatal(err)
		}
		for i := min(life, 1); i < 4; i++ { // there is a tree already
			if err := db.Update(func(tx *Tx) error { return logSome(tx, i) }); err != nil {
				t.Fatal(err)
			}
		}
		log := db.durable.log
		if log.first == 0 || seen[log.generation] {
			t.Errorf("life %d has the log %+v; generations before: %v", life, log, seen)
		}
		seen[log.generation] = true
		if err := db.Abandon(); err != nil {
			t.Fatal(err)
		}
	}
}

// Any bytes are a record or none, and one that is whole lies within them.
func FuzzRecord(f *testing.F) {
	image, at, generation, previous := sampleLog(f)
	rec, n, ok := nextRecord(image[at:], generation, previous)
	if !ok || len(rec.ops) == 0 {
		f.Fatal("the log does not begin with a record")
	}
	f.Add(image[at:at+int64(n)], []byte{recLength, 0, 1})
	f.Fuzz(func(t *testing.T, b, edits []byte) {
		if len(b) == 0 {
			return
		}
		edit(b, edits)
		if r, n, ok := nextRecord(b, generation, previous); ok && (n > len(b) || n < recordHeader || len(r.ops) != n-recordHeader || r.version <= previous) {
			t.Errorf("a record of %d bytes, version %d, of %d", n, r.version, len(b))
		}
	})
}

// A file whose log has a record with any operations and the right checksum is opened without a panic: what cannot be replayed is an
// error, for readers and for writers, and what can leaves a database in which Check finds nothing.
func FuzzReplay(f *testing.F) {
	image, at, generation, previous := sampleLog(f)
	for rest, before := image[at:], previous; ; {
		rec, n, ok := nextRecord(rest, generation, before)
		if !ok {
			break
		}
		f.Add(rec.ops)
		rest, before = rest[n:], rec.version
	}
	for _, ops := range []string{"\x05\x01x\x01\x01x\x02\x00\x00\x04\x03\x01a\x01b", "\x05\x01x\x07\x01x\x01y\x06\x01y", "\x02\x01a\x01b", "\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		f.Add([]byte(ops))
	}
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > 20_000 {
			return // it does not fit in the log
		}
		file := bytes.Clone(image)
		record := append(make([]byte, recordHeader), ops...)
		sealRecord(record, generation, previous, previous+1)
		copy(file[at:], record)
		for _, readOnly := range []bool{true, false} {
			var disk vfs.Mem
			disk.WriteFile("f", file)
			db, err := Open("f", &Options{FS: &disk, ReadOnly: readOnly})
			if err != nil {
				continue
			}
			if err := db.View(readSome); err != nil && !readOnly {
				t.Errorf("what was replayed cannot be read: %v", err)
			}
			err = db.Check(context.Background(), func(p Problem) {
				if !readOnly {
					t.Error(p)
				}
			})
			if err != nil && !readOnly {
				t.Error(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
