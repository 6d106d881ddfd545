package btree_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// A cursor goes to a key, or where it would be, and walks in both directions from there.
func ExampleCursor_Seek() {
	db := orchard()
	defer func() { _ = db.Close() }()
	must(db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("fruit")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		for ok := c.Seek([]byte("d")); ok; ok = c.Next() {
			fmt.Println("after d:", string(c.Key()))
		}
		for ok := c.SeekBefore([]byte("d")); ok; ok = c.Prev() {
			fmt.Println("before d:", string(c.Key()))
		}
		return c.Err()
	}))
	// Output:
	// after d: pear
	// after d: quince
	// before d: cherry
	// before d: apple
}

// Positions and numbers of keys cost no walk: branches count what is below them.
func ExampleTree_Count() {
	db := orchard()
	defer func() { _ = db.Close() }()
	must(db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("fruit")
		if err != nil {
			return err
		}
		n, err := tree.Count([]byte("b"), []byte("q"))
		if err != nil {
			return err
		}
		rank, err := tree.Rank([]byte("pear"))
		if err != nil {
			return err
		}
		key, val, err := tree.Select(0)
		fmt.Printf("%d from b to q, %d before pear, the first is %s: %s\n", n, rank, key, val)
		return err
	}))
	// Output: 2 from b to q, 2 before pear, the first is apple: red
}

func ExampleTree_DeleteRange() {
	db := orchard()
	defer func() { _ = db.Close() }()
	must(db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("fruit")
		if err != nil {
			return err
		}
		n, err := tree.DeleteRange([]byte("b"), []byte("q"))
		fmt.Println(n, "removed")
		return err
	}))
	must(db.View(show))
	// Output:
	// 2 removed
	// apple: red
	// quince: yellow
}

// A tree that is empty is filled from sorted input at the speed of the disk.
func ExampleTree_Load() {
	db, err := btree.Open("numbers.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { _ = db.Close() }()
	must(db.Update(func(tx *btree.Tx) error {
		tree, err := tx.CreateTree("squares")
		if err != nil {
			return err
		}
		err = tree.Load(func(yield func(key, val []byte) bool) {
			for i := range 1000 {
				if !yield(fmt.Appendf(nil, "%03d", i), fmt.Append(nil, i*i)) {
					return
				}
			}
		})
		if err != nil {
			return err
		}
		val, _, err := tree.Get([]byte("012"))
		fmt.Println(string(val))
		return err
	}))
	// Output: 144
}

func ExampleTx_RenameTree() {
	db := orchard()
	defer func() { _ = db.Close() }()
	must(db.Update(func(tx *btree.Tx) error {
		if _, err := tx.CreateTree("nuts"); err != nil {
			return err
		}
		if err := tx.RenameTree("fruit", "trees"); err != nil {
			return err
		}
		_, err := tx.Tree("fruit")
		fmt.Println("no fruit:", errors.Is(err, btree.ErrNoTree))
		names, err := tx.Trees()
		fmt.Println(names)
		return err
	}))
	// Output:
	// no fruit: true
	// [nuts trees]
}

// A transaction need not wait for ever for the one before it.
func ExampleDB_BeginContext() {
	db := orchard()
	defer func() { _ = db.Close() }()
	tx, err := db.Begin(true)
	must(err)
	defer func() { _ = tx.Rollback() }()

	ctx, cancel := context.WithCancel(context.Background())
	cancel() // somebody has lost patience
	_, err = db.BeginContext(ctx, true)
	fmt.Println(err)
	// Output: context canceled
}

func ExampleDB_Check() {
	db := orchard()
	defer func() { _ = db.Close() }()
	problems := 0
	err := db.Check(context.Background(), func(p btree.Problem) {
		problems++
		log.Print(p)
	})
	fmt.Println(problems, "problems,", err)
	// Output: 0 problems, <nil>
}

// Checkpoint moves what is in the log into the trees, so that nothing is left to replay.
func ExampleDB_Checkpoint() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}, LogSize: 1 << 20})
	must(err)
	defer func() { _ = db.Close() }()
	for _, color := range []string{"green", "yellow", "red"} {
		must(put(db, "apple", color))
	}
	must(db.Checkpoint())
	s, err := db.Stats()
	must(err)
	fmt.Println(s.Memory.LogUsed, "bytes to replay")
	// Output: 0 bytes to replay
}

// orchard returns a database with some fruit.
func orchard() *btree.DB {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	must(put(db, "apple", "red", "cherry", "dark", "pear", "green", "quince", "yellow"))
	return db
}
