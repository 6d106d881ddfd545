package btree_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// Values of all sizes, put from a reader, read as any reader must: testing/iotest asks for the whole contract.
func TestStreamedValuesReadAsAnyReader(t *testing.T) {
	sizes := []int{0, 1, 100, 900, 960, 961, 4048, 4049, 8096, 8097, 300_000}
	value := func(n int) []byte { return bytes.Repeat([]byte("0123456789abcdef!"), n/17+1)[:n] }
	db := withTree(t, btree.Options{PageSize: smallPage}, func(_ *btree.Tx, tree *btree.Tree) {
		for i, n := range sizes {
			if err := tree.PutReader([]byte{byte(i)}, iotest.HalfReader(bytes.NewReader(value(n))), uint64(n)); err != nil {
				t.Fatal(err)
			}
		}
	})
	err := db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		for i, n := range sizes {
			r, ok, err := tree.Open([]byte{byte(i)})
			if !ok || err != nil || r.Size() != uint64(n) {
				t.Fatalf("a value of %d bytes: %v, %v", n, ok, err)
			}
			if err := iotest.TestReader(r, value(n)); err != nil {
				t.Errorf("a value of %d bytes: %v", n, err)
			}
			if _, err := r.Seek(int64(n)/2, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			var rest bytes.Buffer
			if _, err := r.WriteTo(&rest); err != nil || !bytes.Equal(rest.Bytes(), value(n)[n/2:]) {
				t.Errorf("WriteTo from the middle of %d bytes wrote %d, %v", n, rest.Len(), err)
			}
		}
		if _, ok, err := tree.Open([]byte("absent")); ok || err != nil {
			t.Errorf("a value that is not there: %v, %v", ok, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A source that ends early or fails leaves the tree and the file's pages as they were.
func TestStreamThatFailsChangesNothing(t *testing.T) {
	lost := errors.New("the source is gone")
	db := withTree(t, btree.Options{PageSize: smallPage}, func(_ *btree.Tx, tree *btree.Tree) {
		if err := tree.Put([]byte("k"), []byte("before")); err != nil {
			t.Fatal(err)
		}
		for _, size := range []uint64{10, 100_000} {
			short := strings.NewReader("only 7.")
			if err := tree.PutReader([]byte("k"), short, size); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("a source that is too short: %v", err)
			}
			if err := tree.PutReader([]byte("k"), iotest.ErrReader(lost), size); !errors.Is(err, lost) {
				t.Errorf("a source that fails: %v", err)
			}
		}
		if err := tree.PutReader([]byte("k"), nil, btree.MaxValueSize+1); !errors.Is(err, btree.ErrValueTooLarge) {
			t.Errorf("a value that is too large: %v", err)
		}
	})
	mustHold(t, db, contents{"t": {"k": "before"}})
}

func TestValueReaderOfAChangedTreeIsRefused(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		if err := tree.Put([]byte("k"), make([]byte, 50_000)); err != nil {
			return err
		}
		r, _, err := tree.Open([]byte("k"))
		if err != nil {
			return err
		}
		if err := tree.Put([]byte("k"), []byte("other")); err != nil {
			return err
		}
		if _, err := r.Read(make([]byte, 10)); !errors.Is(err, btree.ErrValueChanged) {
			t.Errorf("reading on: %v", err)
		}
		return nil
	})
}

// A reader that fails in the middle of a value leaves nothing of it, also of what was written already.
func TestPutReaderThatFailsLate(t *testing.T) {
	var disk vfs.Mem
	db := open(t, &disk, btree.WriteInline(smallMemory))
	want := contents{"t": {"k": "before"}}
	errRead := errors.New("the source failed")
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		if err := putBoth(tree, want["t"], "k", "before"); err != nil {
			return err
		}
		source := io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), failingReader{errRead})
		if err := tree.PutReader([]byte("k"), source, 2<<20); !errors.Is(err, errRead) {
			return fmt.Errorf("PutReader returned %w", err)
		}
		return nil
	})
	mustHold(t, db, want)
	mustCheck(t, db)
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }
