package transfer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrExists is returned when there is a file already that may not be replaced.
var ErrExists = errors.New("the file exists already")

// ToFile makes a file of what write writes. The file appears when it is
// complete; if write fails, nothing has changed. It fails with [ErrExists] if
// there is one, unless it may be replaced. It returns how many bytes were
// written.
func ToFile(path string, replace bool, write func(io.Writer) error) (size int64, err error) {
	if _, err := os.Lstat(path); err == nil && !replace {
		return 0, fmt.Errorf("%s: %w", path, ErrExists)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	buffered := bufio.NewWriterSize(f, 1<<18)
	if err = write(buffered); err != nil {
		return 0, err
	}
	if err = buffered.Flush(); err != nil {
		return 0, err
	}
	if size, err = f.Seek(0, io.SeekCurrent); err != nil {
		return 0, err
	}
	if err = errors.Join(f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	return size, place(f.Name(), path, replace)
}

// place gives a file its name. Between the first look and now, somebody may have
// made one of that name: a link fails then, where a rename would replace it.
func place(from, to string, replace bool) error {
	if replace {
		return os.Rename(from, to)
	}
	switch err := os.Link(from, to); {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s: %w", to, ErrExists)
	case err != nil: // a file system without links
		return os.Rename(from, to)
	}
	return os.Remove(from)
}
