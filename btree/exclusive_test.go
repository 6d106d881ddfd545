package btree_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

func exclusive(t testing.TB) *btree.DB {
	return open(t, &vfs.Mem{}, btree.Options{PageSize: 4096, Exclusive: true})
}

// nthDone is a context that tells when it is waited for the nth time.
type nthDone struct {
	context.Context
	mu      sync.Mutex
	n       int
	waiting chan struct{}
}

func (c *nthDone) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n == 0 {
		close(c.waiting)
	}
	return c.Context.Done()
}

// beginning is a transaction that is being begun in another goroutine.
type beginning struct {
	cancel func()
	began  chan error
}

// beginLater begins a transaction in another goroutine and returns when it waits. It ends at once when it has begun.
func beginLater(t testing.TB, db *btree.DB, writable bool) beginning {
	ctx, cancel := context.WithCancel(t.Context())
	c := &nthDone{Context: ctx, n: 1, waiting: make(chan struct{})}
	if writable {
		c.n = 2 // first it waits for other transactions that write
	}
	b := beginning{cancel, make(chan error, 1)}
	go func() {
		tx, err := db.BeginContext(c, writable)
		if err == nil {
			err = tx.Rollback()
		}
		b.began <- err
	}()
	<-c.waiting
	return b
}

// In the exclusive mode each kind of transaction waits for the other to end, and in vain when it gives up.
func TestExclusiveTransactionsWaitForEachOther(t *testing.T) {
	for _, writable := range []bool{false, true} {
		t.Run(fmt.Sprintf("open for writing %v", writable), func(t *testing.T) {
			db := exclusive(t)
			tx, err := db.Begin(writable)
			succeed(t, err)
			b := beginLater(t, db, !writable)
			b.cancel()
			if err := <-b.began; !errors.Is(err, context.Canceled) {
				t.Errorf("beginning beside an open transaction: %v", err)
			}
			b = beginLater(t, db, !writable)
			succeed(t, tx.Rollback())
			succeed(t, <-b.began)
		})
	}
}

// Readers that come after a writer who waits do not keep it waiting: they come in behind it.
func TestExclusiveTransactionsKeepTheirOrder(t *testing.T) {
	db := exclusive(t)
	reader := begin(t, db)
	beside := begin(t, db)
	writer := beginLater(t, db, true)
	late := beginLater(t, db, false)
	late2 := beginLater(t, db, false)
	late2.cancel()
	if err := <-late2.began; !errors.Is(err, context.Canceled) {
		t.Errorf("a reader overtook a writer: %v", err)
	}
	writer.cancel()
	if err := <-writer.began; !errors.Is(err, context.Canceled) {
		t.Errorf("a writer came in beside a reader: %v", err)
	}
	succeed(t, <-late.began) // nobody is in its way any more
	succeed(t, errors.Join(reader.Rollback(), beside.Rollback()))
	succeed(t, change(t, db, 1, "x").Commit())
}

// Close turns those away who wait to be let in.
func TestCloseTurnsAwayExclusiveTransactions(t *testing.T) {
	db := exclusive(t)
	reader := begin(t, db)
	writer := beginLater(t, db, true)
	late := beginLater(t, db, false)
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	for _, b := range []beginning{writer, late} {
		if err := <-b.began; !errors.Is(err, btree.ErrClosed) {
			t.Errorf("beginning while the database is closed: %v", err)
		}
	}
	succeed(t, reader.Rollback())
	succeed(t, <-closed)
}

// What is in memory of the program may be guarded by exclusive transactions: the race detector finds nothing, and all of it agrees
// with the database.
func TestExclusiveTransactionsGuardMemory(t *testing.T) {
	db := exclusive(t)
	succeed(t, change(t, db, 10, "0").Commit())
	n := 0
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				if err := db.Update(func(tx *btree.Tx) error {
					n++
					return putRows(tx, 10, fmt.Sprint(n))
				}); err != nil {
					t.Error(err)
				}
			}
		})
		group.Go(func() {
			for range 200 {
				if err := db.View(func(tx *btree.Tx) error {
					tree, err := tx.Tree("t")
					if err != nil {
						return err
					}
					if v, _, err := tree.Get([]byte("000007")); err != nil || string(v) != fmt.Sprint(n) {
						return fmt.Errorf("the database has %q, %v; memory has %d", v, err, n)
					}
					return nil
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	mustHold(t, db, rows(10, "200"))
	mustCheck(t, db)
}

// Under a load of readers without a gap, the file of exclusive transactions has the size that it has without any reader, while
// readers that see older versions make a file grow.
func TestExclusiveModeReusesPagesAtOnce(t *testing.T) {
	const keys, rounds = 3000, 30
	write := func(db *btree.DB, i int) {
		succeed(t, change(t, db, keys, fmt.Sprintf("%030d", i)).Commit())
	}
	o := btree.Options{PageSize: 4096, NoLog: true}
	alone := open(t, &vfs.Mem{}, o)
	for i := range rounds {
		write(alone, i)
	}

	overlapping := open(t, &vfs.Mem{}, o)
	for i := range rounds {
		write(overlapping, i)
		begin(t, overlapping) // stays open
	}

	o.Exclusive = true
	gated := open(t, &vfs.Mem{}, o)
	write(gated, 0)
	var group sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		group.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					if err := gated.View(func(tx *btree.Tx) error { _, err := dumpTx(tx); return err }); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	for i := 1; i < rounds; i++ {
		write(gated, i)
	}
	close(done)
	group.Wait()

	want := stats(t, alone).Pages
	if got := stats(t, gated).Pages; got != want {
		t.Errorf("beside readers the file has %d pages, and without any %d", got, want)
	}
	if got := stats(t, overlapping).Pages; got < 4*want {
		t.Errorf("the file with old versions has %d pages, and without them %d: the test shows nothing", got, want)
	}
}

// A kept version that is begun in the exclusive mode keeps writers out like any reader.
func TestExclusiveModeAndKeptVersions(t *testing.T) {
	db := exclusive(t)
	succeed(t, change(t, db, 10, "old").Commit())
	succeed(t, db.Keep("old"))
	succeed(t, change(t, db, 10, "new").Commit())
	old, err := db.BeginVersion("old")
	succeed(t, err)
	writer := beginLater(t, db, true)
	mustShow(t, "the kept version", old, rows(10, "old"))
	succeed(t, old.Rollback())
	succeed(t, <-writer.began)
	mustCheck(t, db)
}
