package btree_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// heldReader is an open transaction and what it must see until it ends.
type heldReader struct {
	tx   *btree.Tx
	want contents
}

func (h heldReader) verify(t *testing.T) {
	t.Helper()
	got, err := dumpTx(h.tx)
	if err != nil {
		t.Fatal(err)
	}
	if !got.equal(h.want) {
		t.Fatalf("a reader of version %d sees changes: %s", h.tx.Version(), difference(got, h.want))
	}
}

// Readers held across many commits see their version to the end, although pages are used again all the time.
func TestHeldReadersSeeTheirVersion(t *testing.T) {
	var disk vfs.Mem
	l := newLife(3, smallPage)
	l.opts.CacheSize = 1
	db := open(t, &disk, l.opts)
	var held []heldReader
	for range 300 {
		if err := l.transaction(db); err != nil {
			t.Fatal(err)
		}
		for range l.p.r.IntN(3) {
			tx, err := db.Begin(false)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = tx.Rollback() }) // so that Close does not wait when the test fails
			held = append(held, heldReader{tx, l.acked.clone()})
		}
		if len(held) > 8 || len(held) > 0 && l.p.r.IntN(5) == 0 {
			i := l.p.r.IntN(len(held))
			held[i].verify(t)
			if err := held[i].tx.Rollback(); err != nil {
				t.Fatal(err)
			}
			held = append(held[:i], held[i+1:]...)
		}
	}
	for _, h := range held {
		h.verify(t)
		if err := h.tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	mustCheck(t, db)
}

func key64(i int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(i)) }

// fill puts n keys with values of size bytes into the tree "t", which it makes if need be.
func fill(t testing.TB, db *btree.DB, n, size, generation int) {
	t.Helper()
	err := db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if errors.Is(err, btree.ErrNoTree) {
			tree, err = tx.CreateTree("t")
		}
		if err != nil {
			return err
		}
		val := make([]byte, size)
		for i := range n {
			binary.BigEndian.PutUint64(val, uint64(generation))
			if err := tree.Put(key64(i), val); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func stats(t testing.TB, db *btree.DB) btree.Stats {
	t.Helper()
	s, err := db.Stats()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Overwriting everything again and again must not make the file grow: pages are used again as soon as they are freed.
func TestOverwritingDoesNotGrowTheFile(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage, LogSize: 16 * smallPage})
	const keys = 2000 * (smallPage / 4096)
	fill(t, db, keys, 40, 0)
	used := stats(t, db).Leaf
	for g := range 50 {
		fill(t, db, keys, 40, g)
	}
	if s := stats(t, db); s.Pages > 3*used {
		t.Errorf("the tree has %d leaves and the file %d pages after overwriting", s.Leaf, s.Pages)
	}
	mustCheck(t, db)
}

// A reader that is never closed keeps what it sees, but not the pages that were born and freed after it began.
func TestLongReaderDoesNotStopReuse(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage, LogSize: 16 * smallPage})
	const keys = 2000 * (smallPage / 4096)
	fill(t, db, keys, 40, 0)
	reader, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Rollback() }()
	used := stats(t, db).Leaf
	for g := range 50 {
		fill(t, db, keys, 40, g)
	}
	s := stats(t, db)
	if s.Pages > 4*used {
		t.Errorf("the tree has %d leaves and the file %d pages with a reader held", s.Leaf, s.Pages)
	}
	if len(s.Readers) != 1 || s.Readers[0].Count != 1 || s.Readers[0].Version != reader.Version() || s.Readers[0].Since.IsZero() {
		t.Errorf("the statistics name the readers %+v; want one of version %d", s.Readers, reader.Version())
	}
}

// A live transaction keeps other writers out until it ends or they give up.
func TestWaitingWriterCanBeCancelled(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	live, err := db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error)
	go func() {
		_, err := db.BeginContext(ctx, true)
		result <- err
	}()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled Begin returned %v", err)
	}
	if err := live.Rollback(); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
}

// Close turns away those who wait and those who come, and returns after the last transaction ended.
func TestCloseWaitsForTransactions(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	fill(t, db, 10, 10, 1)
	reader, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	writer, err := db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	waiting, closed := make(chan error), make(chan error)
	go func() {
		_, err := db.Begin(true)
		waiting <- err
	}()
	go func() { closed <- db.Close() }()
	if err := <-waiting; !errors.Is(err, btree.ErrClosed) {
		t.Errorf("a waiting Begin returned %v", err)
	}
	if _, err := db.Begin(false); !errors.Is(err, btree.ErrClosed) {
		t.Errorf("Begin during Close returned %v", err)
	}
	if err := writer.Rollback(); err != nil {
		t.Error(err)
	}
	if c, err := dumpTx(reader); err != nil || len(c["t"]) != 10 {
		t.Errorf("a reader open during Close sees %d keys, %v", len(c["t"]), err)
	}
	if err := reader.Rollback(); err != nil {
		t.Error(err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// Readers and a writer at the same time: every reader sees all keys of one generation.
func TestConcurrentReadersSeeWholeCommits(t *testing.T) {
	for _, noMap := range []bool{false, true} {
		t.Run(fmt.Sprint("copying ", noMap), func(t *testing.T) {
			t.Parallel()
			db, err := btree.Open(filepath.Join(t.TempDir(), dbName), &btree.Options{NoSync: true, NoMap: noMap, PageSize: smallPage, CacheSize: 64 << 10})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			fill(t, db, 500, 50, 0)
			stop := make(chan struct{})
			var readers sync.WaitGroup
			for range 3 {
				readers.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
						}
						if err := oneGeneration(db, 500); err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			for g := range 40 {
				fill(t, db, 500, 50, g)
				if g%10 == 0 {
					readers.Go(func() {
						for _, p := range check(t, db) {
							t.Errorf("a check beside the writer: %s", p)
						}
					})
				}
			}
			close(stop)
			readers.Wait()
			mustCheck(t, db)
		})
	}
}

func oneGeneration(db *btree.DB, n int) error {
	return db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		count, generation := 0, uint64(0)
		for _, v := range c.Ascend(nil, nil) {
			g := binary.BigEndian.Uint64(v)
			if count > 0 && g != generation {
				return fmt.Errorf("key %d is of generation %d, those before of %d", count, g, generation)
			}
			generation = g
			count++
		}
		if count != n {
			return fmt.Errorf("a reader sees %d keys of %d", count, n)
		}
		return c.Err()
	})
}

// A space page that a failed commit left behind is not taken for a current one later, although the commits after it leave its
// group alone.
func TestFailedCommitLeavesNoSpacePageBehind(t *testing.T) {
	armed := false
	disk := &vfs.Inject{Base: vfs.OS{}, Hook: func(c vfs.Call) error {
		if armed && c.Op == "write" && c.Off <= 4096 && c.Len < 4096 {
			armed = false
			return syscall.ENOSPC
		}
		return nil
	}}
	path := filepath.Join(t.TempDir(), dbName)
	opts := &btree.Options{FS: disk, NoSync: true, NoLog: true, PageSize: 4096}
	db, err := btree.Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	put := func(key string, size int) error {
		return db.Update(func(tx *btree.Tx) error {
			tree, err := tx.Tree("t")
			if err != nil {
				return err
			}
			return tree.Put([]byte(key), make([]byte, size))
		})
	}
	fill(t, db, 5000, 8, 0) // makes pages of the first group free
	err = db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		_, err = tree.DeleteRange(nil, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const group = (4096 - 64) * 8 * 4096 // bytes
	if err := errors.Join(put("first", group), put("second", 8<<20)); err != nil {
		t.Fatal(err)
	}
	armed = true
	if err := put("second", 1); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("writing the meta on a full disk: %v", err)
	}
	if err := put("third", 1); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = btree.Open(path, opts); err != nil {
		t.Fatal(err)
	}
	mustCheck(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
