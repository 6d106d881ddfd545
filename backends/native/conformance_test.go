package native

import (
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open: func(t *testing.T) storetest.Database {
			path := filepath.Join(t.TempDir(), "test.rowan")
			return storetest.Database{
				DB:       mustOpen(t, path, Options{Create: true}),
				Path:     path,
				Reopen:   func(t *testing.T) driver.DB { return mustOpen(t, path, Options{}) },
				ReadOnly: func(t *testing.T) driver.DB { return mustOpen(t, path, Options{ReadOnly: true}) },
			}
		},
		Kinds:    storetest.AllKinds(),
		KeyKinds: storetest.AllKinds(),
		Lacks:    []storetest.Capability{storetest.Sorting, storetest.Detailing, storetest.Definitions, storetest.Consoles, storetest.Streaming},
		// The engine has one process at a time, or many that only read.
		Exclusive: true,
	})
}
