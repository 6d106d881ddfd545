package btree

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rowan-db/rowan/btree/vfs"
)

// lockRetry is how often a lock that another process holds is tried again.
const lockRetry = 10 * time.Millisecond

// Open opens the database in the file path, or makes one. It holds a lock on the file until Close: an exclusive one, or a
// shared one when it opens read-only. Errors match ErrLocked, ErrNotDatabase, ErrVersion, ErrCorrupt, fs.ErrNotExist or
// fs.ErrPermission where these are the reason.
func Open(path string, o *Options) (*DB, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	mode := vfs.Create
	switch {
	case opts.ReadOnly:
		mode = vfs.ReadOnly
	case opts.MustExist:
		mode = vfs.ReadWrite
	}
	f, err := opts.FS.OpenFile(path, mode)
	if err != nil {
		return nil, fmt.Errorf("btree: opening the database: %w", err)
	}
	db, err := openFile(f, path, opts)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return db, nil
}

func openFile(f vfs.File, path string, opts Options) (*DB, error) {
	if err := lock(f, path, opts); err != nil {
		return nil, err
	}
	size, err := f.Size()
	if err != nil {
		return nil, fmt.Errorf("btree: opening %s: %w", path, err)
	}
	fresh, err := isFresh(f, size)
	if err != nil {
		return nil, fmt.Errorf("btree: opening %s: %w", path, err)
	}
	if fresh && !opts.ReadOnly && !opts.MustExist {
		if err := create(f, path, opts); err != nil {
			return nil, fmt.Errorf("btree: making the database %s: %w", path, err)
		}
	}
	metas, err := readMetas(f)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	return newDB(f, path, opts, metas)
}

// lock takes the lock of the file, trying again until the timeout.
func lock(f vfs.File, path string, opts Options) error {
	mode := vfs.Exclusive
	if opts.ReadOnly {
		mode = vfs.Shared
	}
	deadline := time.Now().Add(opts.LockTimeout)
	for {
		err := f.Lock(mode)
		if err == nil {
			return nil
		}
		if !errors.Is(err, vfs.ErrLocked) {
			return fmt.Errorf("btree: locking %s: %w", path, err)
		}
		left := time.Until(deadline)
		if left <= 0 {
			return lockedError(path, opts.ReadOnly)
		}
		time.Sleep(min(lockRetry, left))
	}
}

func lockedError(path string, readOnly bool) error {
	if readOnly {
		return fmt.Errorf("%w: %s is open for writing in another process: close it there, or wait with a lock timeout", ErrLocked, path)
	}
	return fmt.Errorf("%w: %s is open in another process: close it there, or wait with a lock timeout", ErrLocked, path)
}

// isFresh reports whether the file is empty or what a crash in create may leave: nothing that says that it is anybody's file.
func isFresh(f vfs.File, size int64) (bool, error) {
	if size > (firstPage)*MaxPageSize {
		return false, nil
	}
	b := make([]byte, size)
	if err := readFull(f, b, 0); err != nil {
		return false, err
	}
	for i := range min(len(b), MinPageSize) {
		if b[i] != 0 {
			return false, nil
		}
	}
	return len(b) == 0 || unfinished(b), nil
}

// unfinished reports whether the file, whose first meta is missing, holds no other. create makes the first meta last.
func unfinished(b []byte) bool {
	for size := MinPageSize; size <= MaxPageSize; size *= 2 {
		if len(b) < size+metaSize {
			continue
		}
		if m, err := decodeMeta(b[size:]); err == nil && m.version > 1 {
			return false
		}
	}
	return len(b)%MinPageSize == 0
}

// create writes the first version, which is empty. The first page, by which the file is recognised, is written last.
func create(f vfs.File, path string, opts Options) error {
	m := &meta{pageSize: opts.PageSize, version: 1, pageEnd: firstPage, space: spaceSum(0, 1)}
	used := newGroup(opts.PageSize, 0).used
	sp := encodeSpace(opts.PageSize, spacePage(opts.PageSize, 0, 0), 1, used)
	sp.seal()
	image := make([]byte, firstPage*opts.PageSize)
	copy(image[metaPages*opts.PageSize:], sp)
	if err := writeFull(f, image, 0); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := writeFull(f, m.encode(), 0); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return opts.FS.SyncDir(path)
}

// writeFull writes all of b: a short write without an error of its own is an error.
func writeFull(f vfs.File, b []byte, off int64) error {
	n, err := f.WriteAt(b, off)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}

// metaPair is the two metas of a file; one that is not valid is nil.
type metaPair [metaPages]*meta

// current returns the place of the newest valid meta.
func (p metaPair) current() int {
	if p[0] == nil || p[1] != nil && p[1].version > p[0].version {
		return 1
	}
	return 0
}

// readMetas reads the metas. The second one is found even when the first, which says how large a page is, is damaged.
func readMetas(f vfs.File) (metaPair, error) {
	var pair metaPair
	b := make([]byte, metaSize)
	first, err := readMeta(f, b, 0)
	if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNotDatabase) {
		return pair, err
	}
	pair[0] = first
	for size := MinPageSize; size <= MaxPageSize; size *= 2 {
		if first != nil && first.pageSize != size {
			continue
		}
		m, err2 := readMeta(f, b, int64(size))
		if errors.Is(err2, ErrVersion) {
			return pair, err2
		}
		if err2 == nil && m.pageSize == size {
			pair[1] = m
			break
		}
	}
	if pair[0] == nil && pair[1] == nil {
		return pair, err
	}
	return pair, nil
}

// readMeta reads the meta at an offset into b. A file that ends before it holds none.
func readMeta(f vfs.File, b []byte, off int64) (*meta, error) {
	if err := readFull(f, b, off); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("%w: the file is empty or ends within its header", ErrNotDatabase)
		}
		return nil, fmt.Errorf("btree: reading the header: %w", err)
	}
	return decodeMeta(b)
}

func isCorrupt(err error) bool { return errors.Is(err, ErrCorrupt) }
