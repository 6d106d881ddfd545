package btree_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// A random program must leave the database equal to a map that the same program changed: after every transaction, within it,
// after a rollback, and after opening again.
func TestRandomProgramEqualsMap(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 10
	}
	for _, pageSize := range []int{4 << 10, 16 << 10, 64 << 10} {
		for _, buffer := range []int{0, 1, 20_000} {
			t.Run(fmt.Sprintf("page %d KB, buffer %d", pageSize>>10, buffer), func(t *testing.T) {
				t.Parallel()
				var fs vfs.Mem
				o := btree.Options{PageSize: pageSize, CacheSize: 1, WriteBuffer: buffer}
				runProgram(t, &fs, dbName, o, uint64(pageSize+buffer), rounds/5)
			})
		}
	}
	t.Run("exclusive", func(t *testing.T) {
		t.Parallel()
		runProgram(t, &vfs.Mem{}, dbName, btree.Options{PageSize: 4096, Exclusive: true}, 11, rounds/5)
	})
	t.Run("mapped", func(t *testing.T) {
		t.Parallel()
		runProgram(t, vfs.OS{}, filepath.Join(t.TempDir(), dbName), btree.Options{NoSync: true, PageSize: smallPage}, 7, rounds/2)
	})
}

func runProgram(t *testing.T, fs vfs.FS, path string, o btree.Options, seed uint64, rounds int) {
	o.FS = fs
	p := &program{r: newRand(seed), model: contents{}}
	for round := range rounds {
		db, err := btree.Open(path, &o)
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if err := oneTransaction(db, p); err != nil {
				t.Fatalf("seed %d, round %d: %v", seed, round, err)
			}
			mustHold(t, db, p.model)
		}
		mustCheck(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

var errRolledBack = errors.New("rolled back")

func oneTransaction(db *btree.DB, p *program) error {
	before := p.model.clone()
	err := db.Update(func(tx *btree.Tx) error {
		if err := p.run(tx, 1+p.r.IntN(300)); err != nil {
			return err
		}
		for name, m := range p.model {
			tree, err := tx.Tree(name)
			if err != nil {
				return err
			}
			if err := compareReads(tree, m, p, 20); err != nil {
				return fmt.Errorf("tree %q in the transaction: %w", name, err)
			}
		}
		if p.r.IntN(4) == 0 {
			return errRolledBack
		}
		return nil
	})
	if err == errRolledBack {
		p.model = before
		err = nil
	}
	if err != nil {
		return err
	}
	return db.View(func(tx *btree.Tx) error {
		for name, m := range p.model {
			tree, err := tx.Tree(name)
			if err != nil {
				return err
			}
			if err := compareReads(tree, m, p, 20); err != nil {
				return fmt.Errorf("tree %q: %w", name, err)
			}
		}
		return nil
	})
}
