//go:build unix

package servers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// directory holds everything that a server writes. Its owner keeps a lock on it
// for as long as it lives, so that a directory whose lock is free is known to be
// abandoned.
//
//	rowan-servers-123/        may be entered by anybody: the server may be another user
//	    lock                  locked while the owner lives
//	    log                   what the server prints
//	    home/                 the server's own, mode 0700: data, sockets, configuration
type directory struct {
	path string
	lock *os.File
}

const directoryPrefix = "rowan-servers-"

func (d *directory) home() string { return filepath.Join(d.path, "home") }
func (d *directory) log() string  { return filepath.Join(d.path, "log") }

// newDirectory makes a directory for a server that runs as user, and removes
// those that were abandoned.
func newDirectory(user *account) (_ *directory, err error) {
	base, err := basedir(user)
	if err != nil {
		return nil, err
	}
	sweep(base)
	d := &directory{}
	if d.path, err = os.MkdirTemp(base, directoryPrefix); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.remove())
		}
	}()
	if err := d.claim(); err != nil {
		return nil, err
	}
	if err := os.Chmod(d.path, 0o755); err != nil {
		return nil, err
	}
	if err := os.Mkdir(d.home(), 0o700); err != nil {
		return nil, err
	}
	return d, user.own(d.home())
}

// claim locks the directory. The lock gets its name only when it is held: a
// sweep must not find it free.
func (d *directory) claim() error {
	name := filepath.Join(d.path, "lock")
	f, err := os.Create(name + ".new")
	if err != nil {
		return err
	}
	d.lock = f
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// remove deletes the directory and gives the lock up. The lock's file goes last:
// without it a directory that could not be deleted would never be swept.
func (d *directory) remove() error {
	err := errors.Join(os.RemoveAll(d.home()), os.RemoveAll(d.log()))
	if err == nil {
		err = os.RemoveAll(d.path)
	}
	if d.lock != nil {
		d.lock.Close() // only a lock: nothing was written
		d.lock = nil
	}
	return err
}

// sweep removes the directories that killed programs left in base. It does what
// it can: what belongs to other users stays.
func sweep(base string) {
	abandoned, err := filepath.Glob(filepath.Join(base, directoryPrefix+"*"))
	if err != nil {
		return
	}
	for _, path := range abandoned {
		f, err := os.OpenFile(filepath.Join(path, "lock"), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		d := &directory{path: path, lock: f}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
			f.Close() // its owner lives
			continue
		}
		_ = d.remove() // the next run tries again
	}
}

// basedir is a directory for temporary files in which user can work.
func basedir(user *account) (string, error) {
	for _, dir := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		dir, err := filepath.Abs(dir)
		if err == nil && (user == nil || open(dir)) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no temporary directory can be entered by the user %s: set TMPDIR to one of mode 1777", user.name)
}

// open reports whether everybody may enter dir and all above it.
func open(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || !info.IsDir() || info.Mode()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
		dir = filepath.Dir(dir)
	}
}
