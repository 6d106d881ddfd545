package btree_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// logModes are options under which a delayed commit takes different ways to the disk: in a record of the log, past the log since
// there is none, past it because of its length, and past it because the list of versions changes.
var logModes = []struct {
	name string
	o    btree.Options
}{
	{"log", btree.Options{PageSize: 4096, LogSize: 256 << 10}},
	{"no log yet", btree.Options{PageSize: 4096}},
	{"no log", btree.Options{PageSize: 4096, NoLog: true}},
	{"records too long", btree.Options{PageSize: 4096, LogSize: 16 << 10}},
	{"history", btree.Options{PageSize: 4096, LogSize: 256 << 10, History: 3}},
}

// inLogModes runs a test for each of them.
func inLogModes(t *testing.T, test func(t *testing.T, o btree.Options)) {
	for _, m := range logModes {
		t.Run(m.name, func(t *testing.T) { test(t, m.o) })
	}
}

// change puts keys 0..n-1 with a value into tree "t", in a transaction that is left open until the test ends.
func change(t testing.TB, db *btree.DB, n int, val string) *btree.Tx {
	t.Helper()
	tx, err := db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if err := putRows(tx, n, val); err != nil {
		t.Fatal(err)
	}
	return tx
}

func putRows(tx *btree.Tx, n int, val string) error {
	tree, err := tx.Tree("t")
	if errors.Is(err, btree.ErrNoTree) {
		tree, err = tx.CreateTree("t")
	}
	for i := range n {
		if err == nil {
			err = tree.Put(fmt.Appendf(nil, "%06d", i), []byte(val))
		}
	}
	return err
}

// rows is what putRows makes.
func rows(n int, val string) contents {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprintf("%06d", i)] = val
	}
	return contents{"t": m}
}

func succeed(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mustShow fails the test unless a transaction shows exactly this.
func mustShow(t testing.TB, who string, tx *btree.Tx, want contents) {
	t.Helper()
	got, err := dumpTx(tx)
	if err == nil && !got.equal(want) {
		err = errors.New(difference(got, want))
	}
	if err != nil {
		t.Errorf("%s: %v", who, err)
	}
}

// snapshot returns what a transaction of Snapshot shows.
func snapshot(t testing.TB, db *btree.DB) contents {
	t.Helper()
	tx, err := db.Snapshot()
	succeed(t, err)
	c, err := dumpTx(tx)
	succeed(t, errors.Join(err, tx.Rollback()))
	return c
}

// afterCut returns what is there when the power is cut now.
func afterCut(t testing.TB, disk *vfs.Mem, o btree.Options, seed uint64) contents {
	t.Helper()
	db := open(t, disk.PowerCut(newRand(seed)), o)
	mustCheck(t, db)
	c, err := dump(db)
	succeed(t, errors.Join(err, db.Close()))
	return c
}

// backup returns what a copy of the database holds.
func backup(t testing.TB, db *btree.DB) contents {
	t.Helper()
	var b bytes.Buffer
	succeed(t, db.Backup(context.Background(), &b))
	var other vfs.Mem
	other.WriteFile(dbName, b.Bytes())
	copied := open(t, &other, btree.Options{})
	mustCheck(t, copied)
	c, err := dump(copied)
	succeed(t, errors.Join(err, copied.Close()))
	return c
}

// otherProcess returns what another process reads, which sees the file and nothing of this process.
func otherProcess(t testing.TB, disk vfs.FS) contents {
	t.Helper()
	db := open(t, disk, btree.Options{ReadOnly: true})
	c, err := dump(db)
	succeed(t, errors.Join(err, db.Close()))
	return c
}

// A delayed commit is seen by the transactions of the process that begin later, and by nobody else.
func TestDelayedCommitIsSeenInTheProcessAlone(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		disk := &vfs.Mem{}
		db := open(t, disk, o)
		old, delayed := rows(100, "old"), rows(400, "delayed")
		succeed(t, change(t, db, 100, "old").Commit())
		before, err := db.Begin(false)
		succeed(t, err)
		succeed(t, change(t, db, 400, "delayed").Delay())

		mustHold(t, db, delayed)
		mustCheck(t, db)
		tx, err := db.Begin(true)
		succeed(t, err)
		mustShow(t, "a later write transaction", tx, delayed)
		succeed(t, tx.Rollback())
		mustHold(t, db, delayed)
		mustShow(t, "a transaction from before", before, old)
		succeed(t, before.Rollback())
		for who, got := range map[string]contents{
			"a snapshot":      snapshot(t, db),
			"a backup":        backup(t, db),
			"another process": otherProcess(t, disk),
			"after a crash":   afterCut(t, disk, o, 1),
		} {
			if !got.equal(old) {
				t.Errorf("%s: %s", who, difference(got, old))
			}
		}
	})
}

// Whatever is durable by itself takes the delayed commits along.
func TestDelayedCommitsBecomeDurable(t *testing.T) {
	ways := map[string]func(*btree.DB) error{
		"Sync":       (*btree.DB).Sync,
		"Checkpoint": (*btree.DB).Checkpoint,
		"Close":      (*btree.DB).Close,
		"Keep":       func(db *btree.DB) error { return db.Keep("now") },
		"Compact":    func(db *btree.DB) error { return db.Compact(context.Background()) },
		"an empty commit": func(db *btree.DB) error {
			return db.Update(func(*btree.Tx) error { return nil })
		},
		"a commit": func(db *btree.DB) error {
			return db.Update(func(tx *btree.Tx) error { return putRows(tx, 1, "delayed 2") })
		},
		"a large commit": func(db *btree.DB) error {
			return db.Update(func(tx *btree.Tx) error {
				if err := putRows(tx, 5000, "something that does not fit into a record"); err != nil {
					return err
				}
				tree, err := tx.Tree("t")
				if err == nil {
					_, err = tree.DeleteRange([]byte("000200"), nil)
				}
				return errors.Join(err, putRows(tx, 200, "delayed 2"))
			})
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			inLogModes(t, func(t *testing.T, o btree.Options) {
				disk := &vfs.Mem{}
				db := open(t, disk, o)
				succeed(t, change(t, db, 100, "old").Commit())
				for i := range 3 {
					succeed(t, change(t, db, 200, fmt.Sprint("delayed ", i)).Delay())
				}
				succeed(t, way(db))
				want := rows(200, "delayed 2")
				if name != "Close" {
					mustHold(t, db, want)
					if got := snapshot(t, db); !got.equal(want) {
						t.Errorf("a snapshot: %s", difference(got, want))
					}
					mustCheck(t, db)
				}
				if got := afterCut(t, disk, o, 2); !got.equal(want) {
					t.Errorf("after a crash: %s", difference(got, want))
				}
			})
		})
	}
}

// A delayed commit does nothing to the disk.
func TestDelayedCommitsDoNotTouchTheDisk(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		changes := 0
		disk := &vfs.Inject{Base: &vfs.Mem{}, Hook: func(c vfs.Call) error {
			if c.Op == "write" || c.Op == "truncate" || c.Op == "sync" {
				changes++
			}
			return nil
		}}
		db := open(t, disk, o)
		succeed(t, change(t, db, 100, "old").Commit())
		before := changes
		for i := range 20 {
			succeed(t, change(t, db, 100, fmt.Sprint(i)).Delay())
		}
		mustHold(t, db, rows(100, "19"))
		if changes != before {
			t.Errorf("20 delayed commits made %d calls that change the disk", changes-before)
		}
	})
}

// A crash keeps what was durable and none of the commits delayed after it; readers that hold older versions disturb nothing.
func TestCrashLosesDelayedCommitsTogether(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		disk := &vfs.Mem{}
		db := open(t, disk, o)
		var readers []*btree.Tx
		var saw []string
		for i := range 30 {
			val := fmt.Sprint(i)
			tx := change(t, db, 150, val)
			if i%5 == 0 {
				succeed(t, tx.Commit())
			} else {
				succeed(t, tx.Delay())
			}
			durable := rows(150, fmt.Sprint(i/5*5))
			if got := afterCut(t, disk, o, uint64(i)); !got.equal(durable) {
				t.Fatalf("after a crash after commit %d: %s", i, difference(got, durable))
			}
			reader, err := db.Begin(false)
			succeed(t, err)
			readers, saw = append(readers, reader), append(saw, val)
		}
		for i, tx := range readers {
			mustShow(t, fmt.Sprint("reader ", i), tx, rows(150, saw[i]))
			succeed(t, tx.Rollback())
		}
		mustCheck(t, db)
	})
}

// A rollback takes back its own transaction and none of the delayed ones, whose operations wait in the same record.
func TestRollbackKeepsDelayedCommits(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		disk := &vfs.Mem{}
		db := open(t, disk, o)
		succeed(t, change(t, db, 100, "old").Commit())
		succeed(t, change(t, db, 100, "delayed").Delay())
		succeed(t, change(t, db, 3000, "a change that does not fit into a record").Rollback())
		mustHold(t, db, rows(100, "delayed"))
		tx := change(t, db, 50, "small")
		sp, err := tx.Savepoint()
		succeed(t, err)
		succeed(t, putRows(tx, 60, "smaller"))
		succeed(t, tx.RollbackTo(sp))
		succeed(t, tx.Rollback())
		succeed(t, db.Sync())
		if got, want := afterCut(t, disk, o, 3), rows(100, "delayed"); !got.equal(want) {
			t.Errorf("after a crash: %s", difference(got, want))
		}
	})
}

// Delayed commits that cannot become durable because the disk is full stay as they are until it has room.
func TestFullDiskKeepsDelayedCommits(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		full := false
		mem := &vfs.Mem{}
		disk := &vfs.Inject{Base: mem, Hook: func(c vfs.Call) error {
			if full && slices.Contains([]string{"write", "truncate"}, c.Op) {
				return errPower
			}
			return nil
		}}
		db := open(t, disk, o)
		succeed(t, change(t, db, 100, "old").Commit())
		succeed(t, change(t, db, 100, "delayed").Delay())
		full = true
		if err := db.Sync(); !errors.Is(err, errPower) {
			t.Fatalf("Sync on a full disk: %v", err)
		}
		mustHold(t, db, rows(100, "delayed"))
		full = false
		succeed(t, db.Sync())
		if got, want := afterCut(t, mem, o, 4), rows(100, "delayed"); !got.equal(want) {
			t.Errorf("after a crash: %s", difference(got, want))
		}
	})
}

// Where memory is short a delayed commit is an ordinary one, so that memory stays bounded.
func TestDelayedCommitsTakeBoundedMemory(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		const most = 1 << 20
		o.CacheSize = most
		disk := &vfs.Mem{}
		db := open(t, disk, o)
		for i := range 60 {
			tx := change(t, db, 1, fmt.Sprint(i))
			tree, err := tx.Tree("t")
			succeed(t, err)
			for j := range 500 {
				succeed(t, tree.Put(fmt.Appendf(nil, "%d", i*500+j), make([]byte, 100)))
			}
			succeed(t, tx.Delay())
			if got := stats(t, db).Memory.Frames * o.PageSize; got > 2*most {
				t.Fatalf("%d bytes of pages in memory after %d delayed commits", got, i+1)
			}
		}
		if got := snapshot(t, db); len(got) == 0 {
			t.Error("no commit was made durable")
		}
	})
}

// Undo takes back delayed commits one by one, also after a crash.
func TestUndoOfDelayedCommits(t *testing.T) {
	disk := &vfs.Mem{}
	o := btree.Options{PageSize: 4096, History: 3, LogSize: 256 << 10}
	db := open(t, disk, o)
	succeed(t, change(t, db, 100, "first").Commit())
	for i := range 4 {
		succeed(t, change(t, db, 100, fmt.Sprint(i)).Delay())
	}
	succeed(t, db.Sync())
	crashed := open(t, disk.PowerCut(newRand(1)), o)
	for _, db := range []*btree.DB{db, crashed} {
		succeed(t, db.Undo(2))
		mustHold(t, db, rows(100, "1"))
		mustCheck(t, db)
	}
}

func TestDelayOfEndedAndReadOnlyTransactions(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	tx, err := db.Begin(false)
	succeed(t, err)
	succeed(t, tx.Delay())
	if err := tx.Delay(); !errors.Is(err, btree.ErrTxDone) {
		t.Errorf("Delay of an ended transaction: %v", err)
	}
	tx = change(t, db, 1, "x")
	succeed(t, tx.Delay())
	if err := tx.Commit(); !errors.Is(err, btree.ErrTxDone) {
		t.Errorf("Commit after Delay: %v", err)
	}
}

// In a full file a checkpoint makes room when a transaction begins. It takes the delayed commits along, which the next record of
// the log must not hold again, nor follow what was before them.
func TestDelayedCommitsInAFullFile(t *testing.T) {
	o := btree.Options{PageSize: 4096, MaxSize: 2 << 20, LogSize: 256 << 10}
	disk := &vfs.Mem{}
	db := open(t, disk, o)
	var full error
	for n := 0; full == nil; n++ {
		full = db.Update(func(tx *btree.Tx) error { return counterRows(tx, n, 50) })
	}
	if !errors.Is(full, btree.ErrFull) {
		t.Fatal(full)
	}
	r := newRand(8)
	overwrite := func(end func(*btree.Tx) error) {
		tx, err := db.Begin(true)
		succeed(t, err)
		tree, err := tx.Tree("t")
		succeed(t, err)
		for range 3 {
			succeed(t, tree.Put(key64(r.IntN(500)), fmt.Appendf(nil, "%0100d", r.IntN(1000))))
		}
		succeed(t, end(tx))
	}
	for round := range 40 {
		for range r.IntN(4) {
			overwrite((*btree.Tx).Delay)
		}
		overwrite((*btree.Tx).Commit)
		want, err := dump(db)
		succeed(t, err)
		if got := afterCut(t, disk, o, uint64(round)); !got.equal(want) {
			t.Fatalf("round %d, after a crash: %s", round, difference(got, want))
		}
	}
	mustCheck(t, db)
}

// syncHook is a disk that does something before each sync.
type syncHook struct {
	vfs.FS
	before func()
}

func (d *syncHook) OpenFile(name string, mode vfs.Mode) (vfs.File, error) {
	f, err := d.FS.OpenFile(name, mode)
	return &syncHookFile{f, d.before}, err
}

type syncHookFile struct {
	vfs.File
	before func()
}

func (f *syncHookFile) Sync() error {
	f.before()
	return f.File.Sync()
}

// A sync that was begun after a delayed commit, for a commit before it, does not make it durable, nor pass it off as such.
func TestSyncBesideDelayedCommit(t *testing.T) {
	if btree.NeverLog {
		t.Skip("commits to the log alone share syncs")
	}
	var syncing atomic.Bool
	syncs, release := make(chan bool, 9), make(chan bool)
	mem := &vfs.Mem{}
	disk := &syncHook{FS: mem, before: func() {
		if syncing.CompareAndSwap(true, false) {
			syncs <- true
			<-release
		}
	}}
	o := btree.Options{PageSize: 4096, LogSize: 256 << 10}
	db := open(t, disk, o)
	succeed(t, change(t, db, 10, "old").Commit())
	first, second := make(chan error), make(chan error)
	syncing.Store(true)
	tx := change(t, db, 10, "first")
	go func() { first <- tx.Commit() }()
	<-syncs
	tx2 := change(t, db, 10, "second")
	go func() { second <- tx2.Commit() }()
	delayed := change(t, db, 10, "delayed") // begins when the second waits, or is about to, for a sync
	succeed(t, delayed.Delay())
	close(release)
	succeed(t, <-first)
	succeed(t, <-second)
	mustHold(t, db, rows(10, "delayed"))
	for who, got := range map[string]contents{"a snapshot": snapshot(t, db), "after a crash": afterCut(t, mem, o, 6)} {
		if want := rows(10, "second"); !got.equal(want) {
			t.Errorf("%s: %s", who, difference(got, want))
		}
	}
}
