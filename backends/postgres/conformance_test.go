package postgres

import (
	"slices"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/storetest"
	"github.com/rowan-db/rowan/store/tuple"
)

func TestConformance(t *testing.T) {
	server(t)
	storetest.Run(t, storetest.Harness{
		Open: openNew,
		// Numbers above an int64 are kept as decimals, and texts of any type
		// as text.
		Kinds: kindsWithout(tuple.KindUint, tuple.KindOther),
		// A decimal is one key however many zeros it ends with, and there is no
		// order of JSON.
		KeyKinds: kindsWithout(tuple.KindUint, tuple.KindOther, tuple.KindDecimal, tuple.KindJSON),
		Stores:   reads,
		Lacks: []storetest.Capability{
			storetest.Ranks,
			storetest.Checks,
			storetest.OneFile,
			storetest.TupleOrder, // each column may have a collation of its own
		},
	})
}

func kindsWithout(kinds ...tuple.Kind) []tuple.Kind {
	return slices.DeleteFunc(storetest.AllKinds(), func(k tuple.Kind) bool { return slices.Contains(kinds, k) })
}

// TestCompare does random work here and in memory, with keys that both sort
// alike.
func TestCompare(t *testing.T) {
	reference := mem.New()
	defer reference.Close()
	db := openNew(t).DB
	defer db.Close()
	storetest.Compare(t, db, reference)
}

func openNew(t *testing.T) storetest.Database {
	c := connectionTo(newDatabase(t))
	readOnly := c
	readOnly.ReadOnly = true
	return storetest.Database{
		DB:       openAt(t, c),
		Reopen:   func(t *testing.T) driver.DB { return openAt(t, c) },
		ReadOnly: func(t *testing.T) driver.DB { return openAt(t, readOnly) },
	}
}

// reads returns what a value reads back as, from a column that was made for it.
func reads(v tuple.Value) (tuple.Value, bool) {
	c := &driver.Column{Kind: v.Kind()}
	c.Type = typeFor(c)
	held, err := dialect{utf8: true}.stored(c, v)
	return held, err == nil
}
