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
// until the next commit after the file is opened.
func (w *world) survived(killed bool) error {
	w.acked, w.durable = w.afterCrash(), nil
	err := w.equals(copyOf(w.disk), w.acked)
	if err != nil && w.maybe != nil && w.equals(copyOf(w.disk), *w.maybe) == nil {
		if killed {
			return nil
		}
		w.acked, err = *w.maybe, nil
	}
	if err != nil && w.unsure != nil && w.equals(copyOf(w.disk), *w.unsure) == nil {
		w.acked, err = *w.unsure, nil
	}
	w.maybe, w.unsure = nil, nil
	return err
}

// equals opens the database on a disk and reports in what it is not sound or not what it should be.
func (w *world) equals(disk vfs.FS, want state) (err error) {
	opts := w.opts
	opts.FS = disk
	w.soak.opens.Add(1)
	db, err := btree.Open(dbName, &opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checked(db); err != nil {
		return err
	}
	got, err := dump(db)
	if err != nil {
		return err
	}
	if !got.equal(want.trees) {
		return errors.New(difference(got, want.trees))
	}
	return w.equalVersions(db, want.kept)
}

func (w *world) equalVersions(db *btree.DB, want map[string]contents) error {
	versions, err := db.Versions()
	if err != nil {
		return err
	}
	named := 0
	for _, v := range versions {
		if v.Name == "" {
			continue // of the history
		}
		named++
		if want[v.Name] == nil {
			return fmt.Errorf("there is a kept version %q", v.Name)
		}
		tx, err := db.BeginVersion(v.Name)
		if err != nil {
			return err
		}
		got, err := dumpTx(tx)
		if err = errors.Join(err, tx.Rollback()); err != nil {
			return err
		}
		if !got.equal(want[v.Name]) {
			return fmt.Errorf("kept version %q: %s", v.Name, difference(got, want[v.Name]))
		}
	}
	if named != len(want) {
		return fmt.Errorf("%d versions are kept, want %d", named, len(want))
	}
	return nil
}
