package btree_test

import (
	"errors"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

var errDisk = errors.New("the disk failed")

// Each call to the disk fails once, in turn, until a run meets no failure. Everything that asked the disk then returns that
// error, and a commit that failed for another reason than a sync changed nothing: the same database goes on.
func TestEveryCallFailsOnce(t *testing.T) {
	kinds := map[string]error{"error": errDisk, "short": &vfs.Partial{N: 100}, "partial": &vfs.Partial{N: 700, Err: errDisk}}
	for name, fault := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				if !failOnce(t, n, fault) {
					if n < 30 {
						t.Fatalf("a run has only %d calls", n)
					}
					return
				}
			}
		})
	}
}

// failOnce runs a few transactions in which call n fails and reports whether there was such a call.
func failOnce(t *testing.T, n int, fault error) bool {
	t.Helper()
	var disk vfs.Mem
	failed := ""
	inject := &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
		if c.N != n {
			return nil
		}
		failed = c.Op
		return fault
	}}
	l := newLife(uint64(n), smallPage)
	l.disk = &disk
	opts := l.opts
	opts.FS, opts.CacheSize = inject, 1
	for range 2 {
		db, err := btree.Open(dbName, &opts)
		if err == nil {
			mustHoldEither(t, db, l)
		}
		for range 3 {
			if err == nil {
				err = l.transaction(db)
			}
			if errors.Is(err, btree.ErrFailed) {
				break // until it is opened again
			}
			if err != nil && failed == "" {
				t.Fatalf("an error without a fault: %v", err)
			}
			if db == nil {
				break
			}
			if err != nil && l.maybe != nil {
				mustHold(t, db, l.acked)
			}
			err = nil
		}
		if db != nil {
			if cerr := db.Close(); cerr != nil && failed == "" {
				t.Fatalf("an error without a fault: %v", cerr)
			}
		}
		settle(t, &disk, l)
	}
	return failed != ""
}

// mustHoldEither fails the test when the database can be read and holds neither what was acknowledged nor what may have
// happened. The database holds what is acknowledged from then on.
func mustHoldEither(t *testing.T, db *btree.DB, l *life) {
	t.Helper()
	got, err := dump(db)
	if err != nil {
		return
	}
	if !got.equal(l.acked) && (l.maybe == nil || !got.equal(l.maybe)) {
		t.Fatalf("after a fault: %s", difference(got, l.acked))
	}
	l.acked, l.maybe = got, nil
}

// settle opens the database without faults and takes what it holds for acknowledged, which must be one of the two possible.
func settle(t *testing.T, disk *vfs.Mem, l *life) {
	t.Helper()
	db := open(t, disk, l.opts)
	mustCheck(t, db)
	mustHoldEither(t, db, l)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// A full disk fails the commit, whichever write meets it, loses nothing, and once there is room the database goes on.
func TestFullDiskFailsTheCommitCleanly(t *testing.T) {
	for nth := 1; ; nth++ {
		var disk vfs.Mem
		armed, writes := false, 0
		inject := &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
			if !armed || c.Op != "write" && c.Op != "truncate" {
				return nil
			}
			if writes++; writes == nth {
				return &vfs.Partial{N: 512, Err: syscall.ENOSPC}
			}
			return nil
		}}
		l := newLife(uint64(nth), smallPage)
		db := open(t, inject, l.opts)
		for range 3 {
			if err := l.transaction(db); err != nil {
				t.Fatal(err)
			}
		}
		armed = true
		err := l.transaction(db)
		armed = false
		if writes < nth {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) || errors.Is(err, btree.ErrFailed) {
			t.Fatalf("write %d met a full disk and the commit returned %v", nth, err)
		}
		mustHold(t, db, l.acked)
		for range 3 {
			if err := l.transaction(db); err != nil {
				t.Fatalf("after the disk had room again: %v", err)
			}
		}
		mustHold(t, db, l.acked)
		mustCheck(t, db)
		l.maybe, l.disk = nil, &disk
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		l.recover(t)
	}
}

// A meta that is in the file although its write failed is taken back, durably: its commit told that it did not happen.
func TestFailedMetaNeverHappened(t *testing.T) {
	mem := &vfs.Mem{}
	armed := false
	disk := &vfs.Inject{Base: mem, Hook: func(c vfs.Call) error {
		if armed && c.Op == "write" && c.Off <= 4096 && c.Len < 4096 {
			armed = false
			return &vfs.Partial{N: c.Len, Err: syscall.EIO}
		}
		return nil
	}}
	o := btree.Options{PageSize: 4096, NoLog: true}
	db := open(t, disk, o)
	for _, val := range []string{"none", "first"} {
		succeed(t, change(t, db, 10, val).Commit())
	}
	tx := change(t, db, 10, "failed")
	armed = true
	if err := tx.Commit(); !errors.Is(err, syscall.EIO) || errors.Is(err, btree.ErrFailed) || armed {
		t.Fatalf("a commit whose meta could not be written returned %v", err)
	}
	for change := range 10 { // of those that are not synced, one survives
		after := open(t, mem.CutPower(func(u vfs.Unsynced) bool { return u.Change == change }), o)
		mustHold(t, after, rows(10, "first"))
		mustCheck(t, after)
	}
	succeed(t, change(t, db, 10, "second").Commit())
	mustHold(t, db, rows(10, "second"))
}

// After a sync failed, nothing is written any more; what was committed before can be read, and opening again makes the
// database whole.
func TestFailedSyncStopsWriting(t *testing.T) {
	for nth := 1; nth <= 2; nth++ {
		var disk vfs.Mem
		armed, syncs := false, 0
		inject := &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
			if !armed {
				return nil
			}
			if c.Op == "sync" {
				if syncs++; syncs == nth {
					return syscall.EIO
				}
			}
			if syncs >= nth && (c.Op == "write" || c.Op == "truncate") {
				t.Errorf("after the failed sync: %s", c)
			}
			return nil
		}}
		l := newLife(uint64(nth), smallPage)
		db := open(t, inject, l.opts)
		if err := l.transaction(db); err != nil {
			t.Fatal(err)
		}
		armed = true
		if err := l.transaction(db); !errors.Is(err, btree.ErrFailed) || !errors.Is(err, syscall.EIO) {
			t.Fatalf("sync %d failed and the commit returned %v", nth, err)
		}
		mustHold(t, db, l.acked)
		if _, err := db.Begin(true); !errors.Is(err, btree.ErrFailed) {
			t.Fatalf("a write transaction began after a failed sync: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		l.disk = &disk
		l.recover(t)
	}
}

// A read that ends early is continued, and one that fails is an error of the call that needed the page.
func TestShortReadsAreContinued(t *testing.T) {
	var disk vfs.Mem
	l := newLife(5, smallPage)
	l.disk = &disk
	if _, err := l.run(1<<30, 5); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	inject := &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
		if c.Op == "read" && c.Len > 1 && r.IntN(2) == 0 {
			return &vfs.Partial{N: 1 + r.IntN(c.Len-1)}
		}
		return nil
	}}
	db := open(t, inject, btree.Options{CacheSize: 1})
	mustHold(t, db, l.acked)
	mustCheck(t, db)
}

func TestFailedReadIsReported(t *testing.T) {
	var disk vfs.Mem
	l := newLife(6, smallPage)
	l.disk = &disk
	if _, err := l.run(1<<30, 5); err != nil {
		t.Fatal(err)
	}
	armed := false
	inject := &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
		if armed && c.Op == "read" {
			return errDisk
		}
		return nil
	}}
	db := open(t, inject, btree.Options{CacheSize: 1})
	armed = true
	if _, err := dump(db); !errors.Is(err, errDisk) {
		t.Fatalf("reading from a failing disk: %v", err)
	}
	armed = false
	mustHold(t, db, l.acked)
}
