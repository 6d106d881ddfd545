package btree_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// What is too large is refused at once, and the transaction goes on.
func ExampleDB_MaxKeySize() {
	db := orchard()
	defer func() { must(db.Close()) }()
	must(db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("fruit")
		if err != nil {
			return err
		}
		longest := []byte(strings.Repeat("k", db.MaxKeySize()))
		fmt.Println("the longest key:", tree.Put(longest, nil))
		fmt.Println("a longer one is refused:", errors.Is(tree.Put(append(longest, 'k'), nil), btree.ErrKeyTooLarge))
		err = tree.PutReader([]byte("film"), nil, btree.MaxValueSize+1)
		fmt.Println("so is a value that is too long:", errors.Is(err, btree.ErrValueTooLarge))
		return tree.Put(nil, nil) // the empty key is a key, and may have an empty value
	}))
	// Output:
	// the longest key: <nil>
	// a longer one is refused: true
	// so is a value that is too long: true
}

// A file may be kept from growing. When it is full, nothing is lost, and what is deleted makes room.
func ExampleOptions_maxSize() {
	db, err := btree.Open("small.db", &btree.Options{FS: &vfs.Mem{}, MaxSize: 64 * btree.DefaultPageSize, NoLog: true})
	must(err)
	defer func() { must(db.Close()) }()
	long := strings.Repeat("x", 10*btree.DefaultPageSize)

	stored := 0
	for err == nil {
		if err = put(db, fmt.Sprint("value ", stored), long); err == nil {
			stored++
		}
	}
	fmt.Println("full:", errors.Is(err, btree.ErrFull))
	must(db.Update(func(tx *btree.Tx) error { return tx.DropTree("fruit") }))
	must(db.Checkpoint())
	fmt.Println("and then:", put(db, "value", long))
	// Output:
	// full: true
	// and then: <nil>
}

// Commits that do not wait for the disk are durable together when the database is closed, or by Sync.
func ExampleOptions_noSync() {
	disk := &vfs.Mem{}
	db, err := btree.Open("fruit.db", &btree.Options{FS: disk, NoSync: true})
	must(err)
	must(put(db, "apple", "green"))
	must(db.Sync())
	after := disk.CutPower(func(vfs.Unsynced) bool { return false }) // the disk as it is when the power fails now
	must(db.Close())

	db, err = btree.Open("fruit.db", &btree.Options{FS: after})
	must(err)
	defer func() { must(db.Close()) }()
	must(db.View(show))
	// Output: apple: green
}

// A file can be read without mapping it, where mapped memory could fault: on network file systems, for example.
func ExampleOptions_noMap() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}, NoMap: true, CacheSize: 16 << 20})
	must(err)
	defer func() { must(db.Close()) }()
	must(put(db, "apple", "green"))
	must(db.View(show))
	s, err := db.Stats()
	must(err)
	fmt.Println("mapped:", s.Memory.Mapped, "limit of copies:", s.Memory.Budget>>20, "MB")
	// Output:
	// apple: green
	// mapped: 0 limit of copies: 16 MB
}

// Statistics tell what is in memory, and what has happened since the database was opened.
func ExampleMemoryStats() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { must(db.Close()) }()
	tx, err := db.Begin(true)
	must(err)
	_, err = tx.CreateTree("fruit")
	must(err)
	must(tx.Delay())

	s, err := db.Stats()
	must(err)
	fmt.Println(s.Memory.Delayed, "commit is delayed")
	must(db.Sync())
	s, err = db.Stats()
	must(err)
	fmt.Println(s.Memory.Delayed, "are, after", s.Session.Delays, "delay and", s.Session.Commits, "commit")
	// Output:
	// 1 commit is delayed
	// 0 are, after 1 delay and 1 commit
}

func ExampleTx_DropTree() {
	db := orchard()
	defer func() { must(db.Close()) }()
	must(db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("fruit")
		if err != nil {
			return err
		}
		if err := tx.DropTree("fruit"); err != nil {
			return err
		}
		_, err = tree.Len()
		fmt.Println("the handle knows:", errors.Is(err, btree.ErrNoTree))
		names, err := tx.Trees()
		fmt.Println(len(names), "trees are left")
		return err
	}))
	// Output:
	// the handle knows: true
	// 0 trees are left
}

// A value is read where one likes, without the rest of it.
func ExampleValueReader() {
	db := orchard()
	defer func() { must(db.Close()) }()
	must(db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("fruit")
		if err != nil {
			return err
		}
		return tree.Put([]byte("film"), []byte(strings.Repeat(".", 1<<20)+"the end"))
	}))
	must(db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("fruit")
		if err != nil {
			return err
		}
		r, _, err := tree.Open([]byte("film"))
		if err != nil {
			return err
		}
		last := make([]byte, 7)
		_, err = r.ReadAt(last, int64(r.Size())-7)
		fmt.Printf("%d bytes, up to %q\n", r.Size(), last)
		return err
	}))
	// Output: 1048583 bytes, up to "the end"
}

// Slices from the database are read in Guard where somebody may shorten the file under the program.
func ExampleGuard() {
	db := orchard()
	defer func() { must(db.Close()) }()
	tx, err := db.Begin(false)
	must(err)
	defer func() { must(tx.Rollback()) }()
	tree, err := tx.Tree("fruit")
	must(err)
	_, val, err := tree.Select(0)
	must(err)
	err = btree.Guard(func() error {
		fmt.Println(string(val)) // it may lie in the mapped file
		return nil
	})
	fmt.Println("a fault:", errors.Is(err, btree.ErrFault))
	// Output:
	// red
	// a fault: false
}
