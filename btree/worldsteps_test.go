package btree_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// rareStep does what programs do less often with a database as a whole.
func (w *world) rareStep(db *btree.DB) error {
	switch w.r.IntN(9) {
	case 0:
		return w.restore(db, string(rune('a'+w.r.IntN(3))))
	case 1:
		return w.dropHistory(db)
	case 2:
		return w.copyTo(db.BackupTo, w.afterCrash())
	case 3:
		return w.copyTo(db.CompactTo, state{trees: w.acked.trees})
	case 4:
		return w.compareStats(db)
	case 5:
		return w.follow()
	case 6:
		return w.describe(db)
	case 7:
		return w.compareHistory(db)
	}
	return w.giveUpWaiting(db)
}

// within makes a transaction by one of the calls that begin and end it.
func (w *world) within(do func(func(*btree.Tx) error) error) error {
	next := w.acked.clone()
	err := w.commit(next, func() error {
		return do(func(tx *btree.Tx) error {
			clear(next.trees) // it may be called again
			maps.Copy(next.trees, w.acked.trees.clone())
			w.p.model = next.trees
			n := 1 + w.r.IntN(w.most)
			w.soak.changes.Add(int64(n))
			if err := w.p.run(tx, n); err != nil {
				return err
			}
			changed := w.p.model.clone() // a rollback to a savepoint replaces it
			clear(next.trees)
			maps.Copy(next.trees, changed)
			if w.r.IntN(8) == 0 {
				return errEnough
			}
			return nil
		})
	})
	if errors.Is(err, errEnough) {
		w.maybe = nil
		w.tell()
		return nil
	}
	return err
}

// restore makes the trees those of a kept version.
func (w *world) restore(db *btree.DB, name string) error {
	want, exists := w.acked.kept[name]
	if !exists || w.opts.Exclusive { // the two transactions would exclude each other
		return nil
	}
	old, err := db.BeginVersion(name)
	if err != nil {
		return err
	}
	defer old.Rollback()
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	if err := tx.Restore(old); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return w.commit(state{want, w.acked.kept}, tx.Commit)
}

// dropHistory gives up what could be undone.
func (w *world) dropHistory(db *btree.DB) error {
	if err := w.commit(w.acked, db.Sync); err != nil { // to drop nothing makes nothing durable
		return err
	}
	if err := w.commit(w.acked, db.DropHistory); err != nil {
		return err
	}
	if err := db.Undo(1); !errors.Is(err, btree.ErrNoVersion) {
		return fmt.Errorf("to undo without a history: %w", err)
	}
	return nil
}

// compareHistory looks at the versions of the history, whose newest one is the present, unless it is older than this handle.
func (w *world) compareHistory(db *btree.DB) error {
	versions, err := db.Versions()
	if err != nil {
		return err
	}
	for _, v := range versions {
		tx, err := db.BeginNumber(v.Number)
		if err != nil {
			return err
		}
		want, known := w.acked.kept[v.Name]
		if !known {
			want, known = w.past[v.Number]
		}
		got, err := dumpTx(tx)
		if err = errors.Join(err, tx.Rollback()); err != nil {
			return err
		}
		if known && !got.equal(want) {
			return fmt.Errorf("version %d (%q): %s", v.Number, v.Name, difference(got, want))
		}
	}
	return nil
}

// copyTo makes a copy of the database on its own disk, opens the copy and compares it.
func (w *world) copyTo(do func(context.Context, string) error, want state) error {
	const name = "copy.db"
	if err := do(context.Background(), name); err != nil {
		return err
	}
	other := w.disk.Clone()
	if err := other.Rename(name, dbName); err != nil {
		return err
	}
	return w.mustBe(other, want)
}

// compareStats compares what the statistics say with what is known.
func (w *world) compareStats(db *btree.DB) error {
	s, err := db.Stats()
	if err != nil {
		return err
	}
	if sum := s.Meta + s.Space + s.Leaf + s.Branch + s.Overflow + s.Log + s.Kept + s.Free; sum != s.Pages {
		return fmt.Errorf("the statistics know the use of %d pages of %d: %+v", sum, s.Pages, s)
	}
	keys := map[string]uint64{}
	for _, tree := range s.Trees {
		keys[tree.Name] = tree.Keys
	}
	want := map[string]uint64{}
	for name, m := range w.acked.trees {
		want[name] = uint64(len(m))
	}
	if !maps.Equal(keys, want) {
		return fmt.Errorf("the statistics have trees with keys %v, want %v", keys, want)
	}
	return nil
}

// follow reads the file as another process does while this one has it open.
func (w *world) follow() error {
	opts := w.opts
	opts.FS, opts.ReadOnly = w.disk, true
	db, err := btree.Open(dbName, &opts)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Begin(true); !errors.Is(err, btree.ErrReadOnly) || !db.ReadOnly() {
		return fmt.Errorf("to write through a handle that only reads: %w", err)
	}
	err = db.View(func(tx *btree.Tx) error { return w.compareSome(tx, w.afterCrash().trees) })
	if err != nil {
		return fmt.Errorf("read beside the writer: %w", err)
	}
	return nil
}

// describe compares what a database says of itself.
func (w *world) describe(db *btree.DB) error {
	if db.Path() != dbName || db.ReadOnly() || db.PageSize() < 4<<10 || db.MaxKeySize() != db.PageSize()/4 {
		return fmt.Errorf("the database %s has pages of %d bytes and keys of %d, read-only: %v", db.Path(), db.PageSize(), db.MaxKeySize(), db.ReadOnly())
	}
	others, err := db.Processes()
	if err != nil && !errors.Is(err, vfs.ErrUnsupported) || len(others) > 0 {
		return fmt.Errorf("others have the file open: %v, %w", others, err)
	}
	return nil
}

// giveUpWaiting asks for a transaction with a context that has ended.
func (w *world) giveUpWaiting(db *btree.DB) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, writable := range []bool{true, false} {
		if _, err := db.BeginContext(ctx, writable); !errors.Is(err, context.Canceled) {
			return fmt.Errorf("a transaction began after its context had ended: %w", err)
		}
	}
	return nil
}

// remember notes what a version holds that the history may keep. If that is what the version before holds there may be none of that
// number, which is another's then.
func (w *world) remember(version uint64, c, before contents) {
	if w.opts.History > 0 && !c.equal(before) {
		w.past[version] = c
	}
}

// forget drops what a crash lost: the numbers of its versions are used again.
func (w *world) forget(db *btree.DB) error {
	tx, err := db.Begin(false)
	if err != nil {
		return err
	}
	maps.DeleteFunc(w.past, func(version uint64, _ contents) bool { return version > tx.Version() })
	if tx.Writable() {
		err = errors.New("a read-only transaction is writable")
	}
	return errors.Join(err, tx.Rollback())
}

// load makes a tree anew from what it holds, in order.
func (p *program) load(tx *btree.Tx, name string) error {
	m := p.model[name]
	if err := tx.DropTree(name); err != nil {
		return err
	}
	tree, err := tx.CreateTree(name)
	if err != nil {
		return err
	}
	if tree.Name() != name {
		return fmt.Errorf("tree %q has the name %q", name, tree.Name())
	}
	return tree.Load(func(yield func(key, val []byte) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield([]byte(k), []byte(m[k])) {
				return
			}
		}
	})
}
