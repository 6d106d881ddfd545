package storetest

import (
	"context"
	"fmt"
	"sync"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var concurrencyCases = []testCase{
	{
		name: "a page is one state", needs: []Capability{WholeBatches},
		rule: "While another goroutine moves amounts between rows, each batch at once, the sum over a page is always the same.",
		run:  (*suite).testReadersAndWriter,
	},
	{
		name: "concurrent writers lose nothing",
		rule: "If each writer bases its update on what it read, and tries again after a conflict, no increment is lost.",
		run:  (*suite).testIncrements,
	},
	{
		name: "concurrent use of everything",
		rule: "A database may be used by several goroutines at once; the race detector watches.",
		run:  (*suite).testEverythingAtOnce,
	},
}

func (s *suite) createAccounts(n int) *driver.Schema {
	s.Helper()
	sc := s.create(schema("accounts", key(tuple.KindInt), columns(tuple.KindInt)))
	for i := range int64(n) {
		s.apply(insert(sc, number(i), tuple.Int(100)))
	}
	return sc
}

// balance returns the change that gives an account another balance.
func balance(sc *driver.Schema, account int64, base []tuple.Value, amount int64) driver.Change {
	return driver.Change{Op: driver.Update, Table: sc.Name, Key: number(account), Base: base, Set: set(tuple.Int(amount))}
}

func (s *suite) testReadersAndWriter() {
	const accounts, transfers, readers = 8, 60, 3
	sc := s.createAccounts(accounts)
	done := make(chan struct{})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(done)
	for range readers {
		wg.Go(func() {
			for {
				if err := sumIs(s.ctx, s.db, sc, 100*accounts); err != nil {
					s.Error(err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	balances := [accounts]int64{}
	for i := range balances {
		balances[i] = 100
	}
	for i := range int64(transfers) {
		from, to := i%accounts, (3*i+1)%accounts
		if from == to {
			continue
		}
		balances[from] -= i
		balances[to] += i
		s.apply(balance(sc, from, nil, balances[from]), balance(sc, to, nil, balances[to]))
	}
}

func sumIs(ctx context.Context, r driver.Reader, sc *driver.Schema, want int64) error {
	page, err := r.Scan(ctx, sc, driver.Query{Limit: everything})
	if err != nil {
		return err
	}
	sum := int64(0)
	for _, row := range page.Rows {
		sum += row.Values[0].AsInt()
	}
	if sum != want {
		return fmt.Errorf("a page of %d rows sums up to %d, not %d", len(page.Rows), sum, want)
	}
	return nil
}

func (s *suite) testIncrements() {
	const writers, increments = 4, 15
	sc := s.createAccounts(1)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range increments {
				if err := s.increment(sc); err != nil {
					s.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := s.get(s.db, sc, number(0)).Values[0].AsInt(); got != 100+writers*increments {
		s.Errorf("the sum is %d, want %d", got, 100+writers*increments)
	}
}

// increment adds 1 to account 0, however often it takes.
func (s *suite) increment(sc *driver.Schema) error {
	for {
		rows, err := s.db.Get(s.ctx, sc, []tuple.Tuple{number(0)})
		if err != nil {
			return err
		}
		change := balance(sc, 0, rows[0].Values, rows[0].Values[0].AsInt()+1)
		applied, err := s.writer().Apply(s.ctx, []driver.Change{change})
		if err != nil || len(applied.Conflicts) == 0 {
			return err
		}
	}
}

func (s *suite) testEverythingAtOnce() {
	sc := s.createInt()
	var wg sync.WaitGroup
	for worker := range int64(4) {
		wg.Go(func() {
			for i := range int64(15) {
				if err := s.useAll(sc, 100*worker+i); err != nil {
					s.Errorf("worker %d: %v", worker, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if rows := s.all(s.db, sc); len(rows) != 4*15 {
		s.Errorf("%d rows, want %d", len(rows), 4*15)
	}
}

// useAll inserts row n and reads in every way.
func (s *suite) useAll(sc *driver.Schema, n int64) error {
	if _, err := s.writer().Apply(s.ctx, []driver.Change{insert(sc, number(n))}); err != nil {
		return err
	}
	if _, err := s.db.Tables(s.ctx); err != nil {
		return err
	}
	now, err := s.db.Describe(s.ctx, sc.Name)
	if err != nil {
		return err
	}
	if rows, err := s.db.Get(s.ctx, now, []tuple.Tuple{number(n)}); err != nil || rows[0] == nil {
		return fmt.Errorf("row %d after its insertion: %v, %w", n, rows, err)
	}
	if d, ok := s.db.(driver.Snapshotter); ok {
		snap, err := d.Snapshot(s.ctx)
		if err != nil {
			return err
		}
		if _, err := snap.Scan(s.ctx, now, driver.Query{Limit: 5}); err != nil {
			return err
		}
		return snap.Release()
	}
	_, err = s.db.Scan(s.ctx, now, driver.Query{Limit: 5})
	return err
}
