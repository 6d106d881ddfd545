package btree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
	"time"

	"github.com/rowan-db/rowan/btree/vfs"
)

// lockRetry is how often a lock that another process holds is tried again.
const lockRetry = 10 * time.Millisecond

// Open opens the database in the file path, or makes one. One process at a time has it open for writing; any number may read it
// meanwhile, each Begin the newest version, where the system has locks of ranges (Linux); elsewhere those who read and the one
// who writes exclude each other. Errors match ErrLocked, ErrNotDatabase, ErrVersion, ErrCorrupt, fs.ErrNotExist or
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
	f, procs, err := openLocked(path, opts, func() (vfs.File, error) {
		f, err := opts.FS.OpenFile(path, mode)
		if err != nil {
			hint := ""
			if !opts.ReadOnly && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)) {
				hint = "; without permission to write it can be opened read-only"
			}
			return nil, fmt.Errorf("btree: opening the database: %w%s", err, hint)
		}
		return f, nil
	})
	if err != nil {
		return nil, err
	}
	db, err := openFile(f, procs, path, opts)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return db, nil
}

func openFile(f vfs.File, procs *processes, path string, opts Options) (*DB, error) {
	size, err := f.Size()
	if err != nil {
		return nil, fmt.Errorf("btree: opening %s: %w", path, err)
	}
	fresh, err := isFresh(f, size)
	if err != nil {
		return nil, fmt.Errorf("btree: opening %s: %w", path, err)
	}
	made := fresh && !opts.ReadOnly && !opts.MustExist
	if made {
		if err := create(f, path, opts); err != nil {
			return nil, fmt.Errorf("btree: making the database %s: %w", path, err)
		}
	}
	metas, err := readMetas(f)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	if !made && !opts.ReadOnly && !opts.NoSync && !metas.settled() {
		// Who wrote the newest meta may have been killed before its sync. A power cut could then still lead back to the version
		// before, over whose pages nothing may be written yet.
		if err := f.Sync(); err != nil {
			return nil, fmt.Errorf("btree: opening %s: %w", path, err)
		}
	}
	db, err := newDB(f, path, opts, metas, procs)
	if err == nil && made {
		db.named = true
	}
	return db, err
}

// isFresh reports whether the file is empty or holds only what an unfinished create leaves: some of its first version and
// zeros, without a valid meta. There is nothing in such a file.
func isFresh(f vfs.File, size int64) (bool, error) {
	if size > firstPage*MaxPageSize {
		return false, nil
	}
	b := make([]byte, size)
	if err := readFull(f, b, 0); err != nil {
		return false, err
	}
	if _, err := decodeMeta(b); err == nil {
		return false, nil
	}
	for pageSize := MinPageSize; pageSize <= MaxPageSize; pageSize *= 2 {
		image := firstImage(pageSize)
		copy(image, firstMeta(pageSize).encode())
		if isPartOf(b, image) && (len(b) == 0 || b[0] == 0 || len(b) == len(image)) {
			return true, nil
		}
	}
	return false, nil
}

// isPartOf reports whether every byte is that of the image or zero.
func isPartOf(b, image []byte) bool {
	if len(b) > len(image) {
		return false
	}
	for i, c := range b {
		if c != 0 && c != image[i] {
			return false
		}
	}
	return true
}

// firstImage returns the file of the first version, which is empty, before its first meta is written.
func firstImage(pageSize int) []byte {
	image := make([]byte, firstPage*pageSize)
	sp := encodeSpace(pageSize, spacePage(pageSize, 0, 0), 1, newGroup(pageSize, 0).used)
	sp.seal()
	copy(image[metaPages*pageSize:], sp)
	return image
}

func firstMeta(pageSize int) *meta {
	return &meta{pageSize: pageSize, version: 1, pageEnd: firstPage, space: spaceSum(0, 1)}
}

// create writes the first version. The meta, by which the file is recognised, is written last.
func create(f vfs.File, path string, opts Options) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	if err := writeFull(f, firstImage(opts.PageSize), 0); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := writeFull(f, firstMeta(opts.PageSize).encode(), 0); err != nil {
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

// settled reports whether both metas are the same, as a clean close leaves them: the second was written when the first was durable.
func (p metaPair) settled() bool { return p[0] != nil && p[1] != nil && *p[0] == *p[1] }

// readMetas reads the metas. One of them may be damaged, or not have been written yet; the second is found even when the first,
// which says how large a page is, is damaged.
func readMetas(f vfs.File) (metaPair, error) {
	var pair metaPair
	first, damage := readMeta(f, 0)
	if damage != nil && !isDamage(damage) {
		return pair, damage
	}
	pair[0] = first
	for size := MinPageSize; size <= MaxPageSize && pair[1] == nil; size *= 2 {
		if first != nil && first.pageSize != size {
			continue
		}
		m, err := readMeta(f, int64(size))
		if err != nil && !isDamage(err) {
			return pair, err // not knowing whether it is newer is no reason to go on with the first
		}
		if err == nil && m.pageSize == size {
			pair[1] = m
		}
	}
	if pair[0] == nil && pair[1] == nil {
		return pair, damage
	}
	return pair, nil
}

// isDamage reports whether an error of readMeta is about what the file holds, rather than about reading it.
func isDamage(err error) bool { return errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNotDatabase) }

// readMeta reads the meta at an offset. A file that ends before it holds none.
func readMeta(f vfs.File, off int64) (*meta, error) {
	b := make([]byte, metaSize)
	if err := readFull(f, b, off); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("%w: the file is empty or ends within its header", ErrNotDatabase)
		}
		return nil, fmt.Errorf("btree: reading the header: %w", err)
	}
	return decodeMeta(b)
}

func isCorrupt(err error) bool { return errors.Is(err, ErrCorrupt) }
