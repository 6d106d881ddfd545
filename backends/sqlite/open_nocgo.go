//go:build !cgo

package sqlite

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
)

// Open fails: SQLite is a C library, and this is a build without cgo.
func Open(_ context.Context, path string, _ Options) (driver.DB, error) {
	return nil, driver.Errorf(driver.Unsupported, "sqlite: cannot open %s: this program was built without cgo, which SQLite needs", path).
		WithHint("build it again with a C compiler installed and CGO_ENABLED=1")
}
