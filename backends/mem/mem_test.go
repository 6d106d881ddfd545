package mem_test

import (
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open: func(*testing.T) storetest.Database {
			db := mem.New()
			return storetest.Database{
				DB:       db,
				ReadOnly: func(*testing.T) driver.DB { return db.ReadOnly() },
			}
		},
		Kinds:    storetest.AllKinds(),
		KeyKinds: storetest.AllKinds(),
		Lacks: []storetest.Capability{
			storetest.Streaming,
			storetest.Durability, storetest.OneFile,
			storetest.Sorting, storetest.Detailing, storetest.Definitions, storetest.Consoles,
		},
	})
}
