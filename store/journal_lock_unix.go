//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package store

import (
	"errors"
	"io"
	"os"
	"syscall"

	"github.com/rowan-db/rowan/store/driver"
)

// lockFile locks a file, which it makes if there is none, until it is closed or
// the process ends. It fails with [Locked] if it is locked already.
func lockFile(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errJournalInUse()
	}
	return nil, errors.Join(err, f.Close())
}

func errJournalInUse() error {
	return driver.Errorf(driver.Locked, "another program keeps its staged changes there, so those made here are not kept on disk").
		WithHint("close the other program, then open the database again")
}
