package btree_test

import (
	"fmt"

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
