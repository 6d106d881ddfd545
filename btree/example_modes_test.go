package btree_test

import (
	"fmt"
	"sync"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// countFruit returns how many keys tree "fruit" has in a transaction, which it ends.
func countFruit(tx *btree.Tx, err error) uint64 {
	must(err)
	defer tx.Rollback()
	tree, err := tx.Tree("fruit")
	must(err)
	n, err := tree.Len()
	must(err)
	return n
}

// Small transactions that may be lost together cost no write to the disk each. Those who read see them at once.
func ExampleTx_Delay() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { _ = db.Close() }()
	must(put(db, "apple", "red"))

	for _, name := range []string{"cherry", "quince", "rowanberry"} {
		tx, err := db.Begin(true)
		must(err)
		tree, err := tx.Tree("fruit")
		must(err)
		must(tree.Put([]byte(name), nil))
		must(tx.Delay())
	}
	fmt.Println(countFruit(db.Begin(false)), "keys to read")
	fmt.Println(countFruit(db.Snapshot()), "would be left by a crash")
	must(db.Sync())
	fmt.Println(countFruit(db.Snapshot()), "are durable now")
	// Output:
	// 4 keys to read
	// 1 would be left by a crash
	// 4 are durable now
}

// A long transaction shows how far it is. What it showed is taken back when it fails.
func ExampleTx_Subcommit() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { _ = db.Close() }()
	must(put(db, "apple", "red"))

	tx, err := db.Begin(true)
	must(err)
	tree, err := tx.Tree("fruit")
	must(err)
	must(tree.Put([]byte("cherry"), nil))
	must(tree.Put([]byte("quince"), nil))
	fmt.Println(countFruit(db.Begin(false)), "key before the sub-commit")
	must(tx.Subcommit())
	fmt.Println(countFruit(db.Begin(false)), "keys after it")
	fmt.Println(countFruit(db.Snapshot()), "is durable")
	must(tx.Rollback())
	fmt.Println(countFruit(db.Begin(false)), "is left")
	// Output:
	// 1 key before the sub-commit
	// 3 keys after it
	// 1 is durable
	// 1 is left
}

// Programs that keep snapshots apart from what may still be lost ask for the durable version.
func ExampleDB_Snapshot() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { _ = db.Close() }()
	must(put(db, "apple", "red"))

	tx, err := db.Begin(true)
	must(err)
	tree, err := tx.Tree("fruit")
	must(err)
	must(tree.Put([]byte("apple"), []byte("green")))
	must(tx.Delay())

	durable, err := db.Snapshot()
	must(err)
	must(show(durable))
	must(durable.Rollback())
	must(db.View(show))
	// Output:
	// apple: red
	// apple: green
}

// Sync is the end of a group of delayed commits.
func ExampleDB_Sync() {
	disk := &vfs.Mem{}
	db, err := btree.Open("fruit.db", &btree.Options{FS: disk})
	must(err)
	defer func() { _ = db.Close() }()
	must(put(db, "apple", "red"))
	for _, color := range []string{"green", "yellow"} {
		tx, err := db.Begin(true)
		must(err)
		tree, err := tx.Tree("fruit")
		must(err)
		must(tree.Put([]byte("apple"), []byte(color)))
		must(tx.Delay())
	}
	must(db.Sync())

	// Somebody else who opens the file for reading sees them now.
	other, err := btree.Open("fruit.db", &btree.Options{FS: disk, ReadOnly: true})
	must(err)
	must(other.View(show))
	must(other.Close())
	// Output: apple: yellow
}

// Where nobody reads while something is written, pages are used again at once, and a program may change with the database what it
// has in memory of it.
func Example_exclusive() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}, Exclusive: true})
	must(err)
	defer func() { _ = db.Close() }()

	total := 0 // guarded by the transactions
	var group sync.WaitGroup
	for _, name := range []string{"apple", "cherry", "quince"} {
		group.Go(func() {
			must(db.Update(func(tx *btree.Tx) error {
				tree, err := tx.Tree("fruit")
				if err != nil {
					tree, err = tx.CreateTree("fruit")
				}
				must(err)
				total++
				return tree.Put([]byte(name), nil)
			}))
		})
	}
	group.Wait()
	must(db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("fruit")
		must(err)
		n, err := tree.Len()
		fmt.Println(n, "keys,", total, "counted")
		return err
	}))
	// Output: 3 keys, 3 counted
}

// A program that must end at once leaves the rest to the next one that opens the file.
func ExampleDB_Abandon() {
	disk := &vfs.Mem{}
	db, err := btree.Open("fruit.db", &btree.Options{FS: disk})
	must(err)
	must(put(db, "apple", "red"))
	tx, err := db.Begin(true)
	must(err)
	tree, err := tx.Tree("fruit")
	must(err)
	must(tree.Put([]byte("apple"), []byte("green")))
	must(tx.Delay())
	must(db.Abandon())

	db, err = btree.Open("fruit.db", &btree.Options{FS: disk})
	must(err)
	must(db.View(show))
	must(db.Close())
	// Output: apple: red
}

// Goroutines that change a little each share transactions, and their syncs.
func ExampleDB_Batch() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { _ = db.Close() }()
	must(put(db, "apple", "red"))

	var group sync.WaitGroup
	for _, name := range []string{"cherry", "quince", "rowanberry"} {
		group.Go(func() {
			must(db.Batch(func(tx *btree.Tx) error {
				tree, err := tx.Tree("fruit")
				if err != nil {
					return err
				}
				return tree.Put([]byte(name), nil)
			}))
		})
	}
	group.Wait()
	fmt.Println(countFruit(db.Begin(false)), "keys")
	// Output: 4 keys
}
