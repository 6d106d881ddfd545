package btree_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// begin starts a read-only transaction that ends with the test.
func begin(t testing.TB, db *btree.DB) *btree.Tx {
	t.Helper()
	tx, err := db.Begin(false)
	succeed(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

// A sub-commit is seen by the read-only transactions that begin after it, and by nobody who wants what is durable; with the commit
// of its transaction it becomes durable.
func TestSubcommitIsSeenAndNotDurable(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		disk := &vfs.Mem{}
		db := open(t, disk, o)
		succeed(t, change(t, db, 100, "old").Commit())
		old := rows(100, "old")
		before := begin(t, db)
		tx := change(t, db, 300, "first")
		mustHold(t, db, old)
		succeed(t, tx.Subcommit())
		first := begin(t, db)
		succeed(t, putRows(tx, 200, "second"))
		mustHold(t, db, rows(300, "first"))
		succeed(t, tx.Subcommit())
		succeed(t, tx.Subcommit()) // there is nothing new to show
		second := rows(300, "first")
		for k, v := range rows(200, "second")["t"] {
			second["t"][k] = v
		}
		mustHold(t, db, second)
		mustCheck(t, db)
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
		succeed(t, putRows(tx, 300, "third"))
		succeed(t, tx.Commit())
		third := rows(300, "third")
		mustHold(t, db, third)
		if got := afterCut(t, disk, o, 2); !got.equal(third) {
			t.Errorf("after the commit and a crash: %s", difference(got, third))
		}
		mustShow(t, "the reader from before", before, old)
		mustShow(t, "the reader after the first sub-commit", first, rows(300, "first"))
		succeed(t, errors.Join(before.Rollback(), first.Rollback()))
		mustCheck(t, db)
	})
}

// A rollback takes sub-commits back: who begins later sees what was there before, and who is reading keeps the view, whatever is
// written afterwards. When the last of these ends, its pages are used again.
func TestRollbackCancelsSubcommits(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		disk := &vfs.Mem{}
		db := open(t, disk, o)
		succeed(t, change(t, db, 1000, "old").Commit())
		var readers []*btree.Tx
		var saw []contents
		for i := range 4 {
			tx := change(t, db, 500, fmt.Sprint("cancelled ", i))
			for j := range 3 {
				succeed(t, putRows(tx, 1500, fmt.Sprint("cancelled ", i, j)))
				succeed(t, tx.Subcommit())
				readers, saw = append(readers, begin(t, db)), append(saw, rows(1500, fmt.Sprint("cancelled ", i, j)))
			}
			succeed(t, putRows(tx, 3000, "never shown"))
			cancelled := tx.Version()
			succeed(t, tx.Rollback())
			want := "old"
			if i > 0 {
				want = fmt.Sprint(i - 1)
			}
			mustHold(t, db, rows(1000, want))
			mustCheck(t, db)
			tx = change(t, db, 1000, fmt.Sprint(i))
			if v := tx.Version(); v <= cancelled {
				t.Errorf("version %d is used again", v)
			}
			succeed(t, tx.Commit())
		}
		for i, tx := range readers {
			mustShow(t, fmt.Sprint("reader ", i), tx, saw[i])
			succeed(t, tx.Rollback())
			succeed(t, change(t, db, 1000, "written over").Commit())
		}
		want := rows(1000, "written over")
		mustHold(t, db, want)
		mustCheck(t, db)
		if got := afterCut(t, disk, o, 3); !got.equal(want) {
			t.Errorf("after a crash: %s", difference(got, want))
		}
		succeed(t, db.Compact(context.Background()))
		if s := stats(t, db); s.Free > 16 && o.History == 0 {
			t.Errorf("%d of %d pages are free after compacting: readers that have ended keep them", s.Free, s.Pages)
		}
	})
}

// What a reader of a sub-commit has got stays as it is in memory until the reader ends, when the pages have been written or
// cancelled meanwhile.
func TestSlicesOfSubcommitsStayValid(t *testing.T) {
	ends := map[string]func(*btree.Tx) error{"Commit": (*btree.Tx).Commit, "Delay": (*btree.Tx).Delay, "Rollback": (*btree.Tx).Rollback}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			inLogModes(t, func(t *testing.T, o btree.Options) {
				db := open(t, &vfs.Mem{}, o)
				tx := change(t, db, 2000, "shown")
				succeed(t, tx.Subcommit())
				reader := begin(t, db)
				tree, err := reader.Tree("t")
				succeed(t, err)
				var got [][]byte
				for _, v := range tree.Cursor().Ascend(nil, nil) {
					got = append(got, v)
				}
				succeed(t, putRows(tx, 1000, "later"))
				succeed(t, end(tx))
				for range 4 {
					succeed(t, change(t, db, 3000, "other").Commit())
					succeed(t, db.Checkpoint())
				}
				if len(got) != 2000 {
					t.Fatalf("%d keys, want 2000", len(got))
				}
				for i, v := range got {
					if string(v) != "shown" {
						t.Fatalf("value %d has become %q", i, v)
					}
				}
				succeed(t, reader.Rollback())
				mustCheck(t, db)
			})
		})
	}
}

// A commit that fails cancels sub-commits like a rollback.
func TestFailedCommitCancelsSubcommits(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		full := false
		disk := &vfs.Inject{Base: &vfs.Mem{}, Hook: func(c vfs.Call) error {
			if full && slices.Contains([]string{"write", "truncate"}, c.Op) {
				return errPower
			}
			return nil
		}}
		db := open(t, disk, o)
		succeed(t, change(t, db, 100, "old").Commit())
		tx := change(t, db, 300, "shown")
		succeed(t, tx.Subcommit())
		reader := begin(t, db)
		succeed(t, putRows(tx, 200, "more"))
		full = true
		if err := tx.Commit(); !errors.Is(err, errPower) {
			t.Fatalf("Commit on a full disk: %v", err)
		}
		full = false
		mustHold(t, db, rows(100, "old"))
		succeed(t, change(t, db, 500, "new").Commit())
		mustShow(t, "the reader", reader, rows(300, "shown"))
		succeed(t, reader.Rollback())
		mustHold(t, db, rows(500, "new"))
		mustCheck(t, db)
	})
}

// A failed sync ends all writing, and so what its transaction had shown.
func TestFailedSyncHidesSubcommits(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		failing := false
		disk := &vfs.Inject{Base: &vfs.Mem{}, Hook: func(c vfs.Call) error {
			if failing && c.Op == "sync" {
				return errPower
			}
			return nil
		}}
		db := open(t, disk, o)
		succeed(t, change(t, db, 100, "old").Commit())
		tx := change(t, db, 300, "shown")
		succeed(t, tx.Subcommit())
		failing = true
		if err := tx.Commit(); !errors.Is(err, btree.ErrFailed) {
			t.Fatalf("Commit with a sync that fails: %v", err)
		}
		mustHold(t, db, rows(100, "old"))
	})
}

// Savepoints from before a sub-commit are gone, and later ones return to what was shown.
func TestSubcommitAndSavepoints(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: 4096})
	tx := change(t, db, 100, "one")
	early, err := tx.Savepoint()
	succeed(t, err)
	succeed(t, putRows(tx, 200, "two"))
	succeed(t, tx.Subcommit())
	if err := tx.RollbackTo(early); !errors.Is(err, btree.ErrSavepoint) {
		t.Errorf("RollbackTo a savepoint from before a sub-commit: %v", err)
	}
	late, err := tx.Savepoint()
	succeed(t, err)
	reader := begin(t, db)
	succeed(t, putRows(tx, 1000, "three"))
	succeed(t, tx.RollbackTo(late))
	mustShow(t, "the transaction", tx, rows(200, "two"))
	mustShow(t, "the reader", reader, rows(200, "two"))
	succeed(t, putRows(tx, 50, "two"))
	succeed(t, tx.Commit())
	mustShow(t, "the reader", reader, rows(200, "two"))
	mustHold(t, db, rows(200, "two"))
	succeed(t, reader.Rollback())
	mustCheck(t, db)
}

// A sub-commit in a transaction that ends with Delay is followed by the delayed version.
func TestSubcommitThenDelay(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		disk := &vfs.Mem{}
		db := open(t, disk, o)
		succeed(t, change(t, db, 100, "old").Commit())
		succeed(t, change(t, db, 100, "delayed").Delay())
		tx := change(t, db, 200, "shown")
		succeed(t, tx.Subcommit())
		mustHold(t, db, rows(200, "shown"))
		succeed(t, tx.Rollback())
		mustHold(t, db, rows(100, "delayed"))
		tx = change(t, db, 200, "shown")
		succeed(t, tx.Subcommit())
		succeed(t, putRows(tx, 200, "delayed 2"))
		succeed(t, tx.Delay())
		mustHold(t, db, rows(200, "delayed 2"))
		mustCheck(t, db)
		if got := afterCut(t, disk, o, 4); !got.equal(rows(100, "old")) {
			t.Errorf("after a crash: %s", difference(got, rows(100, "old")))
		}
		succeed(t, db.Sync())
		if got := afterCut(t, disk, o, 5); !got.equal(rows(200, "delayed 2")) {
			t.Errorf("after Sync and a crash: %s", difference(got, rows(200, "delayed 2")))
		}
	})
}

// A sub-commit obeys the limit of the file's size, and what was cancelled does not push it.
func TestSubcommitObeysSizeLimit(t *testing.T) {
	const most = 1 << 20
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: 4096, MaxSize: most})
	succeed(t, change(t, db, 100, "old").Commit())
	tx := change(t, db, 5000, "shown")
	succeed(t, tx.Subcommit())
	reader := begin(t, db)
	succeed(t, putRows(tx, 50_000, "something far too long for this file"))
	if err := tx.Subcommit(); !errors.Is(err, btree.ErrFull) {
		t.Errorf("Subcommit beyond the limit: %v", err)
	}
	mustHold(t, db, rows(5000, "shown"))
	succeed(t, tx.Rollback())
	mustShow(t, "the reader", reader, rows(5000, "shown"))
	succeed(t, reader.Rollback())
	for i := range 10 {
		succeed(t, change(t, db, 2000, fmt.Sprint(i)).Commit())
	}
	succeed(t, db.Checkpoint())
	if got := stats(t, db).FileSize; got > most {
		t.Errorf("the file has %d bytes, and may have %d", got, most)
	}
	mustCheck(t, db)
}

func TestSubcommitOfEndedAndReadOnlyTransactions(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	tx := begin(t, db)
	if err := tx.Subcommit(); !errors.Is(err, btree.ErrReadOnly) {
		t.Errorf("Subcommit of a read-only transaction: %v", err)
	}
	succeed(t, tx.Rollback())
	tx = change(t, db, 1, "x")
	succeed(t, tx.Rollback())
	if err := tx.Subcommit(); !errors.Is(err, btree.ErrTxDone) {
		t.Errorf("Subcommit of an ended transaction: %v", err)
	}
}

// Readers beside a writer that moves amounts between accounts, and shows, commits, delays and cancels it, always find the sum.
func TestReadersBesideSubcommits(t *testing.T) {
	const accounts, sum = 500, 500 * 100
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: 4096, LogSize: 128 << 10})
	amount := func(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
	account := func(n int) []byte { return fmt.Appendf(nil, "%040d", n) }
	succeed(t, db.Update(func(tx *btree.Tx) error {
		tree, err := tx.CreateTree("t")
		for i := range accounts {
			err = errors.Join(err, tree.Put(account(i), amount(100)))
		}
		return err
	}))
	var group sync.WaitGroup
	var done atomic.Bool
	for range 3 {
		group.Go(func() {
			for last := false; !last; {
				last = done.Load()
				if err := db.View(func(tx *btree.Tx) error { return hasSum(tx, sum) }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	r := newRand(9)
	for range 150 {
		tx, err := db.Begin(true)
		succeed(t, err)
		tree, err := tx.Tree("t")
		succeed(t, err)
		for range 4 {
			for range 5 {
				from, to := account(r.IntN(accounts/2)), account(accounts/2+r.IntN(accounts/2))
				a, _, err := tree.Get(from)
				succeed(t, err)
				before := binary.BigEndian.Uint64(a)
				b, _, err := tree.Get(to)
				succeed(t, err)
				after := binary.BigEndian.Uint64(b)
				succeed(t, errors.Join(tree.Put(from, amount(before-1)), tree.Put(to, amount(after+1))))
			}
			succeed(t, tx.Subcommit())
		}
		succeed(t, []func() error{tx.Commit, tx.Delay, tx.Rollback}[r.IntN(3)]())
	}
	done.Store(true)
	group.Wait()
	mustCheck(t, db)
}

func hasSum(tx *btree.Tx, want uint64) error {
	tree, err := tx.Tree("t")
	if err != nil {
		return err
	}
	c, got := tree.Cursor(), uint64(0)
	for _, v := range c.Ascend(nil, nil) {
		got += binary.BigEndian.Uint64(v)
	}
	if c.Err() == nil && got != want {
		return fmt.Errorf("the accounts have %d, want %d", got, want)
	}
	return c.Err()
}
