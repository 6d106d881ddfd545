package btree

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"

	"github.com/rowan-db/rowan/btree/vfs"
)

// makeFile makes a database file in the place path: whole and durable, or not at all. write fills a file with another name in
// the same folder, which gets the permissions of the file like, is checked, and renamed. What was in the place is replaced: it
// must be a database that nobody has open for writing.
func makeFile(fsys vfs.FS, path, like string, write func(temporary string) error) error {
	release, err := claim(fsys, path)
	if err != nil {
		return err
	}
	defer release()
	return replaceFile(fsys, path, like, write)
}

// replaceFile is makeFile for a place that was claimed.
func replaceFile(fsys vfs.FS, path, like string, write func(temporary string) error) error {
	disk, ok := fsys.(vfs.Renamer)
	if !ok {
		return fmt.Errorf("btree: making %s: files cannot be renamed: %w", path, vfs.ErrUnsupported)
	}
	temporary := path + "." + rand.Text()[:8] + ".tmp"
	f, err := fsys.OpenFile(temporary, vfs.Create)
	if err != nil {
		return fmt.Errorf("btree: making %s: %w", path, err)
	}
	err = errors.Join(disk.CopyMode(like, temporary), f.Close())
	if err == nil {
		err = write(temporary)
	}
	if err == nil {
		err = disk.Rename(temporary, path)
	}
	if err != nil {
		return fmt.Errorf("btree: making %s: %w", path, errors.Join(err, disk.Remove(temporary)))
	}
	if err := fsys.SyncDir(path); err != nil {
		return fmt.Errorf("btree: making %s: %w", path, err)
	}
	return nil
}

// claim makes sure that a place is free, or taken by a database that nobody writes, and stays so until release is called.
func claim(fsys vfs.FS, path string) (release func(), err error) {
	f, _, err := openLocked(path, Options{}, func() (vfs.File, error) {
		f, err := fsys.OpenFile(path, vfs.ReadWrite)
		if err != nil {
			return nil, fmt.Errorf("btree: replacing %s: %w", path, err)
		}
		return f, nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := isDatabase(f, path); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

// isDatabase checks that a file is one of ours, of any format, or empty.
func isDatabase(f vfs.File, path string) error {
	size, err := f.Size()
	if err != nil || size == 0 {
		return err
	}
	b := make([]byte, len(Magic))
	if err := readFull(f, b, 0); err != nil || string(b) != Magic {
		return fmt.Errorf("%w: %s is something else and is not replaced", ErrNotDatabase, path)
	}
	return nil
}
