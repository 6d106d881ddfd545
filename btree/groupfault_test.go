package btree_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// Each call to the disk fails once, in turn, while several goroutines commit, alone and in batches, whose commits share syncs. A
// commit that returned nil is there, also after a power cut; one that returned another error than ErrFailed is not.
func TestEveryCallFailsUnderGroupCommit(t *testing.T) {
	kinds := map[string]error{"EIO": syscall.EIO, "full disk": &vfs.Partial{N: 600, Err: syscall.ENOSPC}}
	for name, fault := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ops := map[string]bool{}
			for n, missed := 1, 0; missed < 3; n++ { // not every run has as many calls
				failed := failInGroup(t, n, fault)
				ops[failed] = true
				if failed == "" {
					missed++
				}
			}
			for _, op := range []string{"open", "lock", "size", "read", "write", "sync", "truncate"} {
				if !ops[op] {
					t.Errorf("no %s failed", op)
				}
			}
		})
	}
}

// The power fails while several goroutines commit, alone and in batches: every commit that returned nil is there.
func TestPowerCutUnderGroupCommit(t *testing.T) {
	rounds := uint64(150)
	if testing.Short() {
		rounds = 40
	}
	for seed := range rounds {
		r := newRand(seed)
		failAt := 1 + r.IntN([]int{20, 150}[r.IntN(2)])
		var disk vfs.Mem
		opts := btree.Options{PageSize: smallPage, NoLog: r.IntN(5) == 0, LogSize: 16 * smallPage << r.IntN(3), CacheSize: 1 + r.IntN(2)<<20}
		opts.FS = &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
			if c.N >= failAt {
				return errPower
			}
			return nil
		}}
		g := &group{there: map[string]bool{}, unknown: map[string]bool{}}
		if db, err := btree.Open(dbName, &opts); err == nil {
			g.commit(t, db, 20)
			_ = db.Close()
		}
		for range 3 {
			g.verify(t, disk.PowerCut(r))
		}
	}
}

// group is a database that several goroutines commit to, each its own keys.
type group struct {
	mu      sync.Mutex
	there   map[string]bool // keys whose commits returned nil
	unknown map[string]bool // those that returned ErrFailed
}

// failInGroup lets call n to the disk fail, and returns which one it was, "" when there are fewer.
func failInGroup(t *testing.T, n int, fault error) string {
	t.Helper()
	var disk vfs.Mem
	var failed atomic.Pointer[string]
	opts := btree.Options{PageSize: smallPage, LogSize: 64 << 10, CacheSize: 1 + n%2<<20}
	opts.FS = &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
		if c.N != n {
			return nil
		}
		failed.Store(&c.Op)
		return fault
	}}
	g := &group{there: map[string]bool{}, unknown: map[string]bool{}}
	if db, err := btree.Open(dbName, &opts); err == nil {
		g.commit(t, db, 5)
		if err := db.Close(); err != nil && failed.Load() == nil {
			t.Fatalf("an error without a fault: %v", err)
		}
	} else if failed.Load() == nil {
		t.Fatalf("an error without a fault: %v", err)
	}
	r := rand.New(rand.NewPCG(uint64(n), 3))
	for _, after := range []*vfs.Mem{disk.PowerCut(r), disk.PowerCut(r), &disk} {
		g.verify(t, after)
	}
	if op := failed.Load(); op != nil {
		return *op
	}
	return ""
}

// commit makes n commits in each of some goroutines.
func (g *group) commit(t *testing.T, db *btree.DB, n int) {
	var all sync.WaitGroup
	for w := range 3 {
		all.Go(func() {
			for i := range n {
				commit, key := db.Update, fmt.Sprintf("%d/%d", w, i)
				if i%2 == 0 {
					commit = db.Batch
				}
				g.ended(t, key, commit(func(tx *btree.Tx) error { return putOne(tx, key, strings.Repeat(key, 1000*(i%4))) }))
			}
		})
	}
	all.Wait()
}

// putOne puts a key into tree "t", which it makes if there is none.
func putOne(tx *btree.Tx, key, val string) error {
	tree, err := tx.Tree("t")
	if errors.Is(err, btree.ErrNoTree) {
		tree, err = tx.CreateTree("t")
	}
	if err != nil {
		return err
	}
	return tree.Put([]byte(key), []byte(val))
}

func (g *group) ended(t *testing.T, key string, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err == nil:
		g.there[key] = true
	case errors.Is(err, btree.ErrFailed) || errors.Is(err, errPower):
		g.unknown[key] = true
	case !errors.Is(err, syscall.EIO) && !errors.Is(err, syscall.ENOSPC):
		t.Errorf("the commit of %s returned %v", key, err)
	}
}

// verify compares what the disk holds with what the commits returned.
func (g *group) verify(t *testing.T, disk *vfs.Mem) {
	t.Helper()
	db := open(t, disk, btree.Options{})
	mustCheck(t, db)
	got, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	for key := range g.there {
		if _, found := got["t"][key]; !found {
			t.Errorf("the commit of %s returned nil, and it is not there", key)
		}
	}
	for key := range got["t"] {
		if !g.there[key] && !g.unknown[key] {
			t.Errorf("the commit of %s failed, and it is there", key)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
