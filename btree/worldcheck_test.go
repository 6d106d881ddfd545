package btree_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// compareSome asks one tree of a transaction everything that can be read, and the names of the others.
func (w *world) compareSome(tx *btree.Tx, want contents) error {
	names, err := tx.Trees()
	if err != nil {
		return err
	}
	if sorted := slices.Sorted(maps.Keys(want)); !slices.Equal(names, sorted) {
		return fmt.Errorf("the trees are %q, want %q", names, sorted)
	}
	if len(names) == 0 {
		return nil
	}
	name := names[w.r.IntN(len(names))]
	tree, err := tx.Tree(name)
	if err != nil {
		return err
	}
	const keys = 4
	w.soak.reads.Add(int64(10*keys + len(want[name])))
	if err := compareReads(tree, want[name], w.p, keys); err != nil {
		return fmt.Errorf("tree %q: %w", name, err)
	}
	return w.compareMany(tree, want[name])
}

func (w *world) compareMany(tree *btree.Tree, m map[string]string) error {
	keys := make([][]byte, w.r.IntN(100))
	for i := range keys {
		keys[i] = []byte(w.p.key())
	}
	w.soak.reads.Add(int64(len(keys)))
	var wrong error
	seen := 0
	err := tree.GetMany(keys, func(i int, val []byte, ok bool) bool {
		seen++
		if want, exists := m[string(keys[i])]; ok != exists || string(val) != want {
			wrong = fmt.Errorf("GetMany of %q is %.40q, %v; want %.40q, %v", keys[i], val, ok, want, exists)
		}
		return wrong == nil
	})
	if wrong == nil && seen != len(keys) {
		wrong = fmt.Errorf("GetMany told of %d of %d keys", seen, len(keys))
	}
	return errors.Join(err, wrong)
}

// survived checks that the disk holds what a crash leaves of the last acknowledged state, or what was under way. It looks at a copy, so
// that the next life has to begin with what the crash left. After a crash of the process alone, what was under way may still be lost
// until the file was opened again.
func (w *world) survived(killed bool) error {
	w.acked, w.durable = w.afterCrash(), nil
	got, err := w.read(w.disk.Clone())
	if err != nil {
		return err
	}
	switch {
	case got.equal(w.acked):
		w.maybe = nil
	case w.maybe == nil || !got.equal(*w.maybe):
		return errors.New(got.difference(w.acked))
	case !killed:
		w.acked, w.maybe = *w.maybe, nil
	}
	return nil
}

// mustBe reports in what a disk is not sound or not what it should be.
func (w *world) mustBe(disk vfs.FS, want state) error {
	got, err := w.read(disk)
	if err == nil && !got.equal(want) {
		err = errors.New(got.difference(want))
	}
	return err
}

// read opens the database on a disk, checks it and returns what it holds.
func (w *world) read(disk vfs.FS) (s state, err error) {
	opts := w.opts
	opts.FS = disk
	w.soak.opens.Add(1)
	db, err := btree.Open(dbName, &opts)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checked(db); err != nil {
		return s, err
	}
	return readState(db)
}

// peek opens the database on a disk, and returns what it holds without closing it in an orderly way.
func (w *world) peek(disk vfs.FS) (s state, err error) {
	opts := w.opts
	opts.FS = disk
	w.soak.opens.Add(1)
	db, err := btree.Open(dbName, &opts)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, db.Abandon()) }()
	return readState(db)
}

// readState returns what a database holds.
func readState(db *btree.DB) (s state, err error) {
	if s.trees, err = dump(db); err != nil {
		return s, err
	}
	versions, err := db.Versions()
	if err != nil {
		return s, err
	}
	s.kept = map[string]contents{}
	for _, v := range versions {
		if v.Name == "" {
			continue // of the history
		}
		tx, err := db.BeginVersion(v.Name)
		if err != nil {
			return s, err
		}
		s.kept[v.Name], err = dumpTx(tx)
		if err = errors.Join(err, tx.Rollback()); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s state) equal(o state) bool {
	return s.trees.equal(o.trees) && maps.EqualFunc(s.kept, o.kept, contents.equal)
}

// difference says in what a state is not the wanted one.
func (s state) difference(want state) string {
	text := difference(s.trees, want.trees)
	for name, c := range want.kept {
		if s.kept[name] == nil {
			text += fmt.Sprintf("version %q is not kept; ", name)
		} else if !s.kept[name].equal(c) {
			text += fmt.Sprintf("kept version %q: %s", name, difference(s.kept[name], c))
		}
	}
	for name := range s.kept {
		if want.kept[name] == nil {
			text += fmt.Sprintf("version %q should not be kept; ", name)
		}
	}
	return text
}

// compareKept looks at a kept version, and at what has changed since.
func (w *world) compareKept(db *btree.DB, name string) error {
	want, exists := w.acked.kept[name]
	if !exists {
		return nil
	}
	old, err := db.BeginVersion(name)
	if err != nil {
		return err
	}
	defer old.Rollback()
	if err := w.compareSome(old, want); err != nil {
		return fmt.Errorf("kept version %q: %w", name, err)
	}
	return db.View(func(now *btree.Tx) error {
		got := want.clone()
		for d, err := range btree.Diff(old, now) {
			if err != nil {
				return err
			}
			patch(got, d)
		}
		if !got.equal(w.acked.trees) {
			return fmt.Errorf("what differs from version %q does not make the present of it: %s", name, difference(got, w.acked.trees))
		}
		return nil
	})
}

// patch makes of an old version's contents those of a newer one.
func patch(c contents, d btree.Difference) {
	switch d.Kind {
	case btree.TreeAdded:
		c[d.Tree] = map[string]string{}
	case btree.TreeRemoved:
		delete(c, d.Tree)
	case btree.Removed:
		delete(c[d.Tree], string(d.Key))
	default:
		c[d.Tree][string(d.Key)] = string(d.New)
	}
}
