package btree_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// copier copies a file from its beginning, as cp does, a chunk at a call to the disk now and then.
type copier struct {
	t    *testing.T
	disk *vfs.Mem
	size int // of a chunk

	mu    sync.Mutex // calls to the disk come from several goroutines
	began bool
	ended bool
	image []byte
}

// begin lets step copy.
func (c *copier) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began = true
}

// step copies the next chunk, and reports whether all was copied.
func (c *copier) step() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.began || c.ended {
		return c.ended
	}
	f, err := c.disk.OpenFile(dbName, vfs.ReadOnly)
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	chunk := make([]byte, c.size)
	n, _ := f.ReadAt(chunk, int64(len(c.image)))
	c.image = append(c.image, chunk[:n]...)
	c.ended = n < c.size
	return c.ended
}

// isDone reports whether all was copied.
func (c *copier) isDone() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// A file that is copied from its beginning while commits, checkpoints and compaction change it makes a database that holds one of the
// versions committed meanwhile, or one whose damage is told: when it is opened, or when what is wrong is read. It never gives a wrong
// answer, and never makes the program panic.
func TestCopyMadeWhileWritingIsSoundOrRefused(t *testing.T) {
	rounds := uint64(40)
	if testing.Short() {
		rounds = 20
	}
	sound, refused := 0, 0
	for seed := range rounds {
		image, states := copyWhileWriting(t, seed)
		for _, readOnly := range []bool{true, false} {
			err := openCopy(t, image, readOnly, states)
			switch {
			case err == nil:
				sound++
			case errors.Is(err, btree.ErrCorrupt) || errors.Is(err, btree.ErrNotDatabase):
				refused++
			default:
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
	}
	t.Logf("%d copies are sound, %d are refused", sound, refused)
	if sound == 0 || refused == 0 {
		t.Errorf("%d copies are sound, and %d are refused: the test is too tame", sound, refused)
	}
}

// copyWhileWriting returns a copy, and the states that it may hold.
func copyWhileWriting(t *testing.T, seed uint64) (image []byte, states []contents) {
	t.Helper()
	l := newLife(seed+8000, smallPage)
	r := newRand(seed)
	c := &copier{t: t, disk: l.disk, size: []int{8 << 10, 32 << 10, 128 << 10}[r.IntN(3)]}
	every := 1 + r.IntN(4)
	opts := l.opts
	opts.FS = &vfs.Inject{Base: l.disk, Hook: func(call vfs.Call) error {
		if call.N%every == 0 && (call.Op == "write" || call.Op == "sync") {
			c.step()
		}
		return nil
	}}
	db, err := btree.Open(dbName, &opts)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; !c.isDone() && i < 200; i++ {
		if i == 10 {
			states = append(states, l.acked)
			c.begin()
		}
		if r.IntN(20) == 0 {
			err = db.Compact(t.Context())
		} else {
			err = l.transaction(db)
		}
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, l.acked)
	}
	for c.begin(); !c.step(); {
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return c.image, states
}

// openCopy reads all of a copy and fails the test when it gives a wrong answer.
func openCopy(t *testing.T, image []byte, readOnly bool, states []contents) error {
	t.Helper()
	disk := &vfs.Mem{}
	disk.WriteFile(dbName, image)
	db, err := btree.Open(dbName, &btree.Options{FS: disk, ReadOnly: readOnly, CacheSize: 1})
	if err != nil {
		return err
	}
	got, err := dump(db)
	if err == nil && !slices.ContainsFunc(states, got.equal) {
		t.Fatalf("a copy gives a wrong answer: %s", difference(got, states[len(states)-1]))
	}
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	return err
}
