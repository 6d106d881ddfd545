package btree

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/rowan-db/rowan/btree/vfs"
)

// Upgrade rewrites a file of an older format in the present one, and reports whether that was necessary. The new file replaces the
// old one when it is complete, durable and checked; when that fails, or the machine does, the old file is there as it was. It
// needs room for both. Nobody may have the file open for writing meanwhile.
func Upgrade(ctx context.Context, path string, o *Options) (upgraded bool, err error) {
	opts, err := o.withDefaults()
	if err != nil {
		return false, err
	}
	f, _, err := openLocked(path, opts, func() (vfs.File, error) {
		f, err := opts.FS.OpenFile(path, vfs.ReadWrite)
		if err != nil {
			return nil, fmt.Errorf("btree: opening the database: %w", err)
		}
		return f, nil
	})
	if err != nil {
		return false, err
	}
	defer f.Close()
	if _, err := readMetas(f); !errors.Is(err, ErrOldVersion) {
		return false, err
	}
	old, err := openFormat1(f)
	if err != nil {
		return false, fmt.Errorf("%w (%s)", err, path)
	}
	err = replaceFile(opts.FS, path, path, func(temporary string) error {
		return writeTrees(ctx, opts.FS, temporary, old.pageSize, func(to *Tx) error { return old.copyTo(ctx, to) })
	})
	return err == nil, err
}

// copyTo copies all trees into a database that has none.
func (d *format1) copyTo(ctx context.Context, to *Tx) error {
	return d.trees(func(name string, root treeRoot) error {
		t, err := to.CreateTree(name)
		if err != nil {
			return err
		}
		var failed error
		if err := t.Load(untilDone(ctx, d.pairs(root, &failed))); err != nil {
			return err
		}
		if err := errors.Join(failed, ctx.Err()); err != nil {
			return err
		}
		if n, err := t.Len(); err != nil || n != root.keys {
			return errors.Join(err, corrupt(root.root, "tree %q has %d keys and its record says %d", name, n, root.keys))
		}
		return nil
	})
}

var errEnough = errors.New("enough")

// pairs returns the pairs of a tree in order, and stores the error that ended them.
func (d *format1) pairs(root treeRoot, failed *error) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		err := d.walk(root, func(key, val []byte) error {
			if !yield(key, val) {
				return errEnough
			}
			return nil
		})
		if !errors.Is(err, errEnough) {
			*failed = err
		}
	}
}
