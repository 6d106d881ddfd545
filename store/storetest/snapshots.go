package storetest

import (
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var snapshotCases = []testCase{
	{
		name: "a snapshot stays as it is", needs: []Capability{Snapshots},
		rule: "Get, Scan and whatever else a snapshot implements show the state of when it was taken, while others write and commit.",
		run:  (*suite).testSnapshot,
	},
	{
		name: "several snapshots", needs: []Capability{Snapshots},
		rule: "Each snapshot has its own state, and releasing one does not end another.",
		run:  (*suite).testSeveralSnapshots,
	},
	{
		name: "a released snapshot is Closed", needs: []Capability{Snapshots},
		rule: "Release may be called twice; reads fail with Closed afterwards.",
		run:  (*suite).testRelease,
	},
}

func (s *suite) snapshot() driver.Snapshot {
	s.Helper()
	snap, err := s.db.(driver.Snapshotter).Snapshot(s.ctx)
	if err != nil {
		s.Fatalf("snapshot: %v", err)
	}
	s.Cleanup(func() {
		if err := snap.Release(); err != nil {
			s.Errorf("release: %v", err)
		}
	})
	return snap
}

func (s *suite) testSnapshot() {
	sc := s.createInt()
	s.fill(sc, number(1), number(2), number(3))
	want := s.all(s.db, sc)
	snap := s.snapshot()
	s.apply(
		insert(sc, number(0)),
		driver.Change{Op: driver.Delete, Table: sc.Name, Key: number(1)},
		driver.Change{Op: driver.Update, Table: sc.Name, Key: number(2), Set: set(tuple.Text("changed"))},
		driver.Change{Op: driver.Update, Table: sc.Name, Key: number(3), NewKey: number(30)},
	)
	wantRows(s, "scan", s.all(snap, sc), want)
	for _, row := range want {
		if got := s.get(snap, sc, row.Key); got == nil || !sameRow(got, &row) {
			s.Errorf("get of %v: %v", row.Key, shortRow(got))
		}
	}
	if got := s.get(snap, sc, number(30)); got != nil {
		s.Errorf("a later row: %v", shortRow(got))
	}
	if c, ok := snap.(driver.Counter); ok {
		if n, err := c.Count(s.ctx, sc, tuple.Range{}); n != 3 || err != nil {
			s.Errorf("count: %d, %v", n, err)
		}
	}
	if r, ok := snap.(driver.Ranker); ok {
		if n, err := r.Rank(s.ctx, sc, number(30)); n != 3 || err != nil {
			s.Errorf("rank: %d, %v", n, err)
		}
		if k, err := r.Select(s.ctx, sc, 2); !k.Equal(number(3)) || err != nil {
			s.Errorf("select: %v, %v", k, err)
		}
	}
	if e, ok := snap.(driver.Estimator); ok {
		if n, known, err := e.Estimate(s.ctx, sc); known && n != 3 && !s.h.lacks(Ranks) || err != nil {
			s.Errorf("estimate: %d, %v", n, err)
		}
	}
}

func (s *suite) testSeveralSnapshots() {
	sc := s.createInt()
	var snaps []driver.Snapshot
	for i := range int64(4) {
		snaps = append(snaps, s.snapshot())
		s.fill(sc, number(i))
	}
	if err := snaps[1].Release(); err != nil {
		s.Errorf("release: %v", err)
	}
	for _, i := range []int{0, 2, 3} {
		if rows := s.all(snaps[i], sc); len(rows) != i {
			s.Errorf("snapshot %d has %d rows", i, len(rows))
		}
	}
}

func (s *suite) testRelease() {
	sc := s.createInt()
	snap := s.snapshot()
	for range 2 {
		if err := snap.Release(); err != nil {
			s.Errorf("release: %v", err)
		}
	}
	_, err := snap.Scan(s.ctx, sc, driver.Query{Limit: 1})
	s.wantKind("scan", err, driver.Closed)
	_, err = snap.Get(s.ctx, sc, []tuple.Tuple{number(1)})
	s.wantKind("get", err, driver.Closed)
}
