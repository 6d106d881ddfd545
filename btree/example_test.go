package btree_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/rowan-db/rowan/btree"
)

func Example() {
	dir, err := os.MkdirTemp("", "btree")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	db, err := btree.Open(filepath.Join(dir, "fruit.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()

	err = db.Update(func(tx *btree.Tx) error {
		fruit, err := tx.CreateTree("fruit")
		if err != nil {
			return err
		}
		for _, name := range []string{"quince", "rowanberry", "apple", "pear", "cherry"} {
			if err := fruit.Put([]byte(name), fmt.Appendf(nil, "%d letters", len(name))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	err = db.View(func(tx *btree.Tx) error {
		fruit, err := tx.Tree("fruit")
		if err != nil {
			return err
		}
		c := fruit.Cursor()
		for key, val := range c.Ascend([]byte("b"), []byte("q")) {
			fmt.Printf("%s: %s\n", key, val)
		}
		if err := c.Err(); err != nil {
			return err
		}
		before, err := fruit.Rank([]byte("quince"))
		if err != nil {
			return err
		}
		last, _, err := fruit.Select(4)
		fmt.Printf("%d before quince, the last is %s\n", before, last)
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// cherry: 6 letters
	// pear: 4 letters
	// 3 before quince, the last is rowanberry
}

// A savepoint takes back a part of a transaction.
func ExampleTx_RollbackTo() {
	dir, err := os.MkdirTemp("", "btree")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	db, err := btree.Open(filepath.Join(dir, "list.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()

	err = db.Update(func(tx *btree.Tx) error {
		list, err := tx.CreateTree("list")
		if err != nil {
			return err
		}
		if err := list.Put([]byte("keep"), nil); err != nil {
			return err
		}
		sp, err := tx.Savepoint()
		if err != nil {
			return err
		}
		if err := list.Put([]byte("forget"), nil); err != nil {
			return err
		}
		if err := tx.RollbackTo(sp); err != nil {
			return err
		}
		n, err := list.Len()
		fmt.Println(n, "key")
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: 1 key
}
