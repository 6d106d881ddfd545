package btree

import (
	"context"
	"errors"
	"iter"

	"github.com/rowan-db/rowan/btree/vfs"
)

// CompactTo writes the trees of the newest version to a database of its own, as densely as they can be, while other transactions
// go on. Versions that are kept are not in it. The file appears under its name as with BackupTo.
func (db *DB) CompactTo(ctx context.Context, path string) error {
	return db.View(func(tx *Tx) error {
		fsys := db.opts.FS
		return makeFile(fsys, path, db.path, func(temporary string) error {
			return writeTrees(ctx, fsys, temporary, db.PageSize(), func(to *Tx) error { return copyTrees(ctx, to, tx) })
		})
	})
}

// writeTrees fills a new database in one transaction and checks it.
func writeTrees(ctx context.Context, fsys vfs.FS, path string, pageSize int, fill func(*Tx) error) error {
	db, err := Open(path, &Options{PageSize: pageSize, NoSync: true, FS: fsys}) // closing syncs
	if err != nil {
		return err
	}
	if err := errors.Join(db.Update(fill), db.Close()); err != nil {
		return err
	}
	return checkFile(ctx, fsys, path)
}

// copyTrees copies all trees into a database that has none.
func copyTrees(ctx context.Context, to, from *Tx) error {
	names, err := from.Trees()
	for _, name := range names {
		if err != nil {
			break
		}
		err = copyTree(ctx, to, from, name)
	}
	return err
}

func copyTree(ctx context.Context, to, from *Tx, name string) error {
	source, err := from.Tree(name)
	if err != nil {
		return err
	}
	copied, err := to.CreateTree(name)
	if err != nil {
		return err
	}
	c := source.Cursor()
	if err := copied.Load(untilDone(ctx, c.Ascend(nil, nil))); err != nil {
		return err
	}
	return errors.Join(c.Err(), ctx.Err())
}

// untilDone ends a sequence when the context is done, and looks at that now and then.
func untilDone(ctx context.Context, pairs iter.Seq2[[]byte, []byte]) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		n := 0
		for key, val := range pairs {
			if n++; n%1024 == 0 && ctx.Err() != nil || !yield(key, val) {
				return
			}
		}
	}
}
