//go:build cgo

package sqlite

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/storetest"
	"github.com/rowan-db/rowan/store/tuple"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open:     openNew,
		Kinds:    storetest.AllKinds(),
		KeyKinds: storetest.AllKinds(),
		Stores:   reads,
		Lacks: []storetest.Capability{
			storetest.Ranks,
			storetest.Streaming,
			storetest.TupleOrder, // SQLite sorts integers and floating-point numbers together
			storetest.KindChecks, // only STRICT tables do
		},
	})
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
	path := filepath.Join(t.TempDir(), "test.db")
	reopen := func(o Options) func(*testing.T) driver.DB {
		return func(t *testing.T) driver.DB {
			t.Helper()
			db, err := Open(context.Background(), path, o)
			if err != nil {
				t.Fatal(err)
			}
			return db
		}
	}
	return storetest.Database{
		DB:       reopen(Options{Create: true})(t),
		Path:     path,
		Reopen:   reopen(Options{}),
		ReadOnly: reopen(Options{ReadOnly: true}),
	}
}

// reads returns what a value reads back as, from a column that was made for it.
func reads(v tuple.Value) (tuple.Value, bool) {
	held, err := stored(&driver.Column{Type: typeFor(v.Kind()), Kind: v.Kind()}, v)
	return held, err == nil
}
