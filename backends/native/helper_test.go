package native

import (
	"testing"

	"github.com/rowan-db/rowan/store/driver"
)

func mustOpen(t *testing.T, path string, o Options) driver.DB {
	t.Helper()
	db, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
