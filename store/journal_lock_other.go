//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package store

import (
	"io"

	"github.com/rowan-db/rowan/store/driver"
)

// lockFile cannot lock files on this system. Two programs that write the same
// journal would damage it, so there is none.
func lockFile(string) (io.Closer, error) {
	return nil, driver.Errorf(driver.Unsupported, "files cannot be locked on this system, so staged changes are not kept on disk")
}
