package storetest

import (
	"bytes"
	"context"
	"errors"
	"os"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var openCases = []testCase{
	{
		name: "what was written is there after reopening", needs: []Capability{Durability},
		rule: "Tables and rows outlive Close.",
		run:  (*suite).testReopen,
	},
	{
		name: "what was not committed is gone after reopening", needs: []Capability{Durability, Transactions},
		rule: "Close with an open transaction undoes it.",
		run:  (*suite).testReopenUncommitted,
	},
	{
		name: "read-only has no way to write", needs: []Capability{ReadOnlyOpening},
		rule: "A database that is opened for reading only implements no interface that writes, says why, and reads like any other.",
		run:  (*suite).testReadOnly,
	},
	{
		name: "read-only leaves the file alone", needs: []Capability{ReadOnlyOpening, OneFile},
		rule: "Opening for reading only, reading and closing do not change a byte of the file.",
		run:  (*suite).testReadOnlyFile,
	},
	{
		name: "a closed database is Closed",
		rule: "After Close every method fails with Closed, and a second Close of the store does nothing.",
		run:  (*suite).testClosed,
	},
	{
		name: "a canceled context ends a call",
		rule: "A call whose context is canceled fails with Canceled, and nothing is written.",
		run:  (*suite).testCancel,
	},
	{
		name: "unknown errors are Internal",
		rule: "Classify looks through wrapped errors, and calls Internal what it does not know.",
		run: func(s *suite) {
			if k := s.db.Classify(errors.New("unknown")); k != driver.Internal {
				s.Errorf("an unknown error is %q", k)
			}
		},
	},
}

// reopen closes the database and opens it again, for the rest of the test.
func (s *suite) reopen() {
	s.Helper()
	if err := s.store.Close(); err != nil {
		s.Fatalf("close: %v", err)
	}
	s.db = s.database.Reopen(s.T)
	s.store = store.New(s.db)
	opened := s.store
	s.Cleanup(func() {
		if err := opened.Close(); err != nil {
			s.Errorf("close: %v", err)
		}
	})
}

func (s *suite) testReopen() {
	sc := s.createMixed()
	s.fill(sc, mixedKeys()...)
	s.apply(driver.Change{Op: driver.Delete, Table: sc.Name, Key: mixedKeys()[2]})
	want := s.all(s.db, sc)
	s.reopen()
	again := s.describe(sc.Name)
	s.wantColumns("key", again.Key, sc.Key)
	s.wantColumns("columns", again.Columns, sc.Columns)
	wantRows(s, "rows", s.all(s.db, again), want)
	s.fill(again, mixedKeys()[2])
}

func (s *suite) testReopenUncommitted() {
	sc := s.createInt()
	s.fill(sc, number(1))
	want := s.all(s.db, sc)
	tx := s.begin()
	s.applyTo(tx, insert(sc, number(2)))
	s.reopen()
	wantRows(s, "rows", s.all(s.db, sc), want)
}

// openReadOnly opens the database for reading only, until the end of the test.
func (s *suite) openReadOnly() driver.DB {
	s.Helper()
	if s.h.Exclusive {
		if err := s.store.Close(); err != nil {
			s.Fatalf("close: %v", err)
		}
	}
	db := s.database.ReadOnly(s.T)
	s.Cleanup(func() {
		if err := db.Close(); err != nil {
			s.Errorf("close read-only: %v", err)
		}
	})
	return db
}

func (s *suite) testReadOnly() {
	sc := s.createInt()
	s.fill(sc, number(1), number(2))
	want := s.all(s.db, sc)
	ro := s.openReadOnly()
	if _, ok := ro.(driver.Writer); ok {
		s.Error("it is a driver.Writer")
	}
	has := interfaces(ro)
	for _, c := range []Capability{Transactions, Creation, Loading} {
		if has[c] {
			s.Errorf("it has %s", c)
		}
	}
	if info := ro.Info(); info.ReadOnly == "" || info.Atomicity != driver.NoWrites {
		s.Errorf("Info() says read-only %q, atomicity %q", info.ReadOnly, info.Atomicity)
	}
	_, err := store.New(ro).Writer()
	s.wantKind("Writer of the store", err, driver.ReadOnly)
	wantRows(s, "rows", s.all(ro, sc), want)
	if row := s.get(ro, sc, number(2)); row == nil {
		s.Error("get finds nothing")
	}
}

func (s *suite) testReadOnlyFile() {
	sc := s.createMixed()
	s.fill(sc, mixedKeys()...)
	s.reopen() // so that nothing is left to be written
	if err := s.store.Close(); err != nil {
		s.Fatal(err)
	}
	before := s.readFile()
	ro := s.database.ReadOnly(s.T)
	s.all(ro, sc)
	s.get(ro, sc, mixedKeys()[0])
	if sn, ok := ro.(driver.Snapshotter); ok {
		snap, err := sn.Snapshot(s.ctx)
		if err != nil {
			s.Fatal(err)
		}
		s.all(snap, sc)
		if err := snap.Release(); err != nil {
			s.Error(err)
		}
	}
	if err := ro.Close(); err != nil {
		s.Error(err)
	}
	if !bytes.Equal(before, s.readFile()) {
		s.Error("the file has changed")
	}
}

func (s *suite) readFile() []byte {
	s.Helper()
	b, err := os.ReadFile(s.database.Path)
	if err != nil {
		s.Fatal(err)
	}
	return b
}

func (s *suite) testClosed() {
	sc := s.createInt()
	for range 2 {
		if err := s.store.Close(); err != nil {
			s.Errorf("close: %v", err)
		}
	}
	for what, err := range s.calls(s.ctx, sc) {
		s.wantKind(what, err, driver.Closed)
	}
}

func (s *suite) testCancel() {
	sc := s.createInt()
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	for what, err := range s.calls(ctx, sc) {
		s.wantKind(what, err, driver.Canceled)
	}
	wantRows(s, "rows", s.all(s.db, sc), nil)
	s.fill(sc, number(1))
}

// calls calls everything that the database can do and returns the errors.
func (s *suite) calls(ctx context.Context, sc *driver.Schema) map[string]error {
	errs := map[string]error{}
	_, errs["tables"] = s.db.Tables(ctx)
	_, errs["describe"] = s.db.Describe(ctx, sc.Name)
	_, errs["get"] = s.db.Get(ctx, sc, []tuple.Tuple{number(1)})
	_, errs["scan"] = s.db.Scan(ctx, sc, driver.Query{Limit: 1})
	_, errs["apply"] = s.writer().Apply(ctx, []driver.Change{insert(sc, number(1))})
	if d, ok := s.db.(driver.Snapshotter); ok {
		_, errs["snapshot"] = d.Snapshot(ctx)
	}
	if d, ok := s.db.(driver.Transactor); ok {
		_, errs["begin"] = d.Begin(ctx)
	}
	if d, ok := s.db.(driver.Counter); ok {
		_, errs["count"] = d.Count(ctx, sc, tuple.Range{})
	}
	if d, ok := s.db.(driver.Ranker); ok {
		_, errs["rank"] = d.Rank(ctx, sc, number(1))
		_, errs["select"] = d.Select(ctx, sc, 0)
	}
	if d, ok := s.db.(driver.Checker); ok {
		errs["check"] = d.Check(ctx, func(string) {})
	}
	if d, ok := s.db.(driver.Creator); ok {
		errs["create"] = d.CreateTable(ctx, schema("new", key(tuple.KindInt), nil))
		errs["drop"] = d.DropTable(ctx, sc.Name)
	}
	if d, ok := s.db.(driver.Loader); ok {
		errs["load"] = d.Load(ctx, sc, rowsOf([]driver.Row{{Key: number(1), Values: texts("a")}}, nil))
	}
	return errs
}
