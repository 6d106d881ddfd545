package vfs

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// OS is the real disk.
type OS struct{}

var _ FS = OS{}

// OpenFile opens the named file of the operating system. New files get the permissions 0644 less the umask.
func (OS) OpenFile(name string, mode Mode) (File, error) {
	flag := os.O_RDONLY
	switch mode {
	case ReadWrite:
		flag = os.O_RDWR
	case Create:
		flag = os.O_RDWR | os.O_CREATE
	}
	// Looking first, because opening a named pipe waits for somebody at its other end.
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("vfs: %s is not a regular file", name)
	}
	f, err := os.OpenFile(name, flag, 0o644)
	if err != nil {
		return nil, err
	}
	return &osFile{f}, nil
}

// SyncDir syncs the directory that holds the named file. Windows has no such operation and needs none.
func (OS) SyncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	err = d.Sync()
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}

type osFile struct{ *os.File }

func (f *osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f *osFile) Sync() error { return syncData(f.File) }

func (f *osFile) Lock(mode LockMode) error {
	if err := lockFile(f.File, mode); err != nil {
		return &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return nil
}
