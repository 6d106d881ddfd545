// Package storetest is what a backend must do, in executable form: the
// contract of package driver, and what package store makes of it.
//
// A backend's test is one call:
//
//	func TestConformance(t *testing.T) {
//		storetest.Run(t, storetest.Harness{
//			Open:  func(t *testing.T) storetest.Database { ... },
//			Kinds: storetest.AllKinds(), KeyKinds: ...,
//			Lacks: []storetest.Capability{storetest.Ranks},
//		})
//	}
//
// What a backend cannot do is part of its harness, as data, and is checked as
// well: a capability that it lacks must be absent, so that the list cannot go
// stale and nothing is left untested by accident.
//
// Each case states the rule that it checks, and prints it when it fails.
// Random cases print what reproduces them.
package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Harness says how to test a backend.
type Harness struct {
	// Open opens a new, empty database, for writing. It registers with
	// t.Cleanup what removes it; the suite closes it.
	Open func(t *testing.T) Database
	// Create makes a table. It may be nil if the database is a
	// driver.Creator.
	Create func(ctx context.Context, db driver.DB, s *driver.Schema) error
	// Kinds and KeyKinds are the kinds of values that a column, or an element
	// of a key, can be declared to hold. Int and text are among both.
	Kinds, KeyKinds []tuple.Kind
	// Stores returns what a value that is written reads back as, and false if
	// it is refused as a BadValue or, in a key, a BadKey. Nil means that all
	// values read back as themselves.
	Stores func(v tuple.Value) (tuple.Value, bool)
	// Exclusive tells that a database which is open for writing cannot be
	// opened a second time, not even for reading.
	Exclusive bool
	// Lacks lists what the backend cannot do.
	Lacks []Capability
}

// Database is an open database and the ways to open it again. Both of those
// close nothing, and may be nil if the harness lacks the capability.
type Database struct {
	DB driver.DB
	// Path is the file that holds the database, if there is one.
	Path string
	// Reopen opens the same database again, after DB was closed.
	Reopen func(t *testing.T) driver.DB
	// ReadOnly opens the same database for reading only, while DB is open
	// unless the harness is Exclusive.
	ReadOnly func(t *testing.T) driver.DB
}

// Capability is something that a backend may lack.
type Capability string

// The capabilities that are optional interfaces of package driver.
const (
	Snapshots    Capability = "snapshots"
	Transactions Capability = "transactions"
	Counts       Capability = "counts"
	Estimates    Capability = "estimates"
	Ranks        Capability = "ranks"
	Checks       Capability = "checks"
	Creation     Capability = "creation"
	Loading      Capability = "loading"
	Sorting      Capability = "sorting"
	Detailing    Capability = "details"
	Definitions  Capability = "definitions"
	Consoles     Capability = "consoles"
	Streaming    Capability = "streaming"
)

// The other capabilities.
const (
	// Durability: the database outlives being closed.
	Durability Capability = "durability"
	// OneFile: the database is a file, whose bytes can be compared.
	OneFile Capability = "one file"
	// ReadOnlyOpening: it can be opened for reading only.
	ReadOnlyOpening Capability = "read-only opening"
	// TupleOrder: keys are in the order of package tuple.
	TupleOrder Capability = "tuple order"
	// AutoKeys: it can make the keys of a table with one integer as its key.
	AutoKeys Capability = "auto keys"
	// KindChecks: a column holds values of its kind only.
	KindChecks Capability = "kind checks"
	// KeyKindChecks: an element of a key holds values of its kind only.
	KeyKindChecks Capability = "key kind checks"
	// NullChecks: a column that is not Nullable holds no NULL.
	NullChecks Capability = "null checks"
	// WholeBatches: a batch that fails leaves nothing.
	WholeBatches Capability = "whole batches"
)

// AllKinds returns all kinds that a column can be declared to hold.
func AllKinds() []tuple.Kind {
	var kinds []tuple.Kind
	for k := tuple.KindBool; k <= tuple.KindOther; k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

func (h *Harness) lacks(c Capability) bool { return slices.Contains(h.Lacks, c) }

// stores is Stores with its default.
func (h *Harness) stores(v tuple.Value) (tuple.Value, bool) {
	if h.Stores == nil {
		return v, true
	}
	return h.Stores(v)
}

// testCase is a rule and the test of it.
type testCase struct {
	name string
	rule string
	// needs lists the capabilities without which the rule is void.
	needs []Capability
	run   func(*suite)
}

// groups lists all cases, by topic.
var groups = []struct {
	name  string
	cases []testCase
}{
	{"capabilities", capabilityCases},
	{"tables", tableCases},
	{"values", valueCases},
	{"order", orderCases},
	{"ranges", rangeCases},
	{"pages", pageCases},
	{"streams", streamCases},
	{"get", getCases},
	{"apply", applyCases},
	{"conflicts", conflictCases},
	{"keys", keyCases},
	{"transactions", txCases},
	{"snapshots", snapshotCases},
	{"counts", countCases},
	{"loading", loadCases},
	{"opening", openCases},
	{"concurrency", concurrencyCases},
	{"random", randomCases},
	{"searching", searchCases},
	{"views", viewCases},
	{"edits", editCases},
	{"details", detailCases},
	{"consoles", consoleCases},
}

// Run tests a backend.
func Run(t *testing.T, h Harness) {
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, c := range g.cases {
				if slices.ContainsFunc(c.needs, h.lacks) {
					continue // that it is lacking is tested by capabilities
				}
				t.Run(c.name, func(t *testing.T) {
					t.Cleanup(func() {
						if t.Failed() {
							t.Logf("the rule: %s", c.rule)
						}
					})
					c.run(open(t, &h))
				})
			}
		})
	}
}

// suite is one case under way: a database and the means to use it.
type suite struct {
	*testing.T
	h        *Harness
	ctx      context.Context
	database Database
	db       driver.DB
	store    *store.Store
}

// open opens a new database, which is closed after the test.
func open(t *testing.T, h *Harness) *suite {
	d := h.Open(t)
	s := &suite{T: t, h: h, ctx: t.Context(), database: d, db: d.DB, store: store.New(d.DB)}
	t.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}
