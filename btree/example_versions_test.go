package btree_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// must ends an example that cannot go on.
func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// put commits some pairs of one tree.
func put(db *btree.DB, pairs ...string) error {
	return db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("fruit")
		if errors.Is(err, btree.ErrNoTree) {
			tree, err = tx.CreateTree("fruit")
		}
		for i := 0; i < len(pairs) && err == nil; i += 2 {
			err = tree.Put([]byte(pairs[i]), []byte(pairs[i+1]))
		}
		return err
	})
}

// show prints a tree.
func show(tx *btree.Tx) error {
	tree, err := tx.Tree("fruit")
	if err != nil {
		return err
	}
	c := tree.Cursor()
	for key, val := range c.Ascend(nil, nil) {
		fmt.Printf("%s: %s\n", key, val)
	}
	return c.Err()
}

// A version that is kept stays readable, also by programs that open the file later, until it is dropped.
func ExampleDB_Keep() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { must(db.Close()) }()

	must(put(db, "apple", "green", "pear", "yellow"))
	must(db.Keep("harvest"))
	must(put(db, "apple", "red"))

	then, err := db.BeginVersion("harvest")
	must(err)
	must(show(then))
	must(then.Rollback())
	must(db.DropVersion("harvest"))

	vs, err := db.Versions()
	must(err)
	fmt.Println(len(vs), "versions are kept")
	// Output:
	// apple: green
	// pear: yellow
	// 0 versions are kept
}

// What changed between a kept version and the present is found without reading what did not.
func ExampleDiff() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { must(db.Close()) }()

	must(put(db, "apple", "green", "pear", "yellow"))
	must(db.Keep("harvest"))
	must(put(db, "apple", "red", "quince", "yellow"))

	then, err := db.BeginVersion("harvest")
	must(err)
	defer func() { must(then.Rollback()) }()
	must(db.View(func(now *btree.Tx) error {
		for d, err := range btree.Diff(then, now) {
			if err != nil {
				return err
			}
			fmt.Printf("%s %s in %s: %q, %q\n", d.Key, d.Kind, d.Tree, d.Old, d.New)
		}
		return nil
	}))
	// Output:
	// apple changed in fruit: "green", "red"
	// quince added in fruit: "", "yellow"
}

// With a history the last commits can be undone, and the undoing, too.
func ExampleDB_Undo() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}, History: 10})
	must(err)
	defer func() { must(db.Close()) }()

	must(put(db, "apple", "green"))
	must(put(db, "apple", "red"))
	must(put(db, "apple", "gone", "worm", "fat"))
	must(db.Undo(2))
	must(db.View(show))
	must(db.Undo(1))
	must(db.View(show))
	// Output:
	// apple: green
	// apple: gone
	// worm: fat
}

// A transaction can make everything what it was in another version, such as one that is kept.
func ExampleTx_Restore() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { must(db.Close()) }()

	must(put(db, "apple", "green"))
	must(db.Keep("before"))
	must(put(db, "apple", "eaten"))

	before, err := db.BeginVersion("before")
	must(err)
	must(db.Update(func(tx *btree.Tx) error { return tx.Restore(before) }))
	must(before.Rollback())
	must(db.View(show))
	// Output: apple: green
}

// A backup can go anywhere, and is a database file.
func ExampleDB_Backup() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { must(db.Close()) }()
	must(put(db, "apple", "green"))

	var copied bytes.Buffer
	must(db.Backup(context.Background(), &copied))

	var elsewhere vfs.Mem
	elsewhere.WriteFile("copy.db", copied.Bytes())
	other, err := btree.Open("copy.db", &btree.Options{FS: &elsewhere})
	must(err)
	defer func() { must(other.Close()) }()
	must(other.View(show))
	// Output: apple: green
}

// A backup into a file replaces an older one when it is complete.
func ExampleDB_BackupTo() {
	disk := &vfs.Mem{}
	db, err := btree.Open("fruit.db", &btree.Options{FS: disk})
	must(err)
	defer func() { must(db.Close()) }()
	must(put(db, "apple", "green"))
	must(db.BackupTo(context.Background(), "copy.db"))
	must(put(db, "apple", "red"))
	must(db.BackupTo(context.Background(), "copy.db"))

	other, err := btree.Open("copy.db", &btree.Options{FS: disk, ReadOnly: true})
	must(err)
	defer func() { must(other.Close()) }()
	must(other.View(show))
	// Output: apple: red
}

// A file becomes smaller while the database is in use.
func ExampleDB_Compact() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { must(db.Close()) }()
	for range 10 {
		must(put(db, "pips", string(make([]byte, 1<<20))))
	}
	must(put(db, "pips", "12", "apple", "red"))

	before, err := db.Stats()
	must(err)
	must(db.Compact(context.Background()))
	after, err := db.Stats()
	must(err)
	fmt.Println("more than four times smaller:", after.FileSize*4 < before.FileSize)
	must(db.View(show))
	// Output:
	// more than four times smaller: true
	// apple: red
	// pips: 12
}

// A compacted copy has the trees of the database in as few pages as possible.
func ExampleDB_CompactTo() {
	disk := &vfs.Mem{}
	db, err := btree.Open("fruit.db", &btree.Options{FS: disk})
	must(err)
	defer func() { must(db.Close()) }()
	must(put(db, "apple", "red", "pear", "yellow"))
	must(db.CompactTo(context.Background(), "small.db"))

	small, err := btree.Open("small.db", &btree.Options{FS: disk, ReadOnly: true})
	must(err)
	defer func() { must(small.Close()) }()
	s, err := small.Stats()
	must(err)
	fmt.Println(s.Trees[0].Keys, "keys,", s.Free, "free pages")
	// Output: 2 keys, 0 free pages
}

// A file that is up to date is left alone.
func ExampleUpgrade() {
	disk := &vfs.Mem{}
	db, err := btree.Open("fruit.db", &btree.Options{FS: disk})
	must(err)
	must(db.Close())
	upgraded, err := btree.Upgrade(context.Background(), "fruit.db", &btree.Options{FS: disk})
	must(err)
	fmt.Println(upgraded)
	// Output: false
}

// Statistics tell who is reading, so that a transaction that was never ended is found.
func ExampleDB_Stats() {
	db, err := btree.Open("fruit.db", &btree.Options{FS: &vfs.Mem{}})
	must(err)
	defer func() { must(db.Close()) }()
	must(put(db, "apple", "green"))
	forgotten, err := db.Begin(false)
	must(err)
	must(put(db, "apple", "red"))

	s, err := db.Stats()
	must(err)
	for _, r := range s.Readers {
		fmt.Printf("%d transaction reads what is %d version old\n", r.Count, s.Version-r.Version)
	}
	must(forgotten.Rollback())
	// Output: 1 transaction reads what is 1 version old
}

// Another handle, as another process would have it, reads while this one writes.
func ExampleOptions_readOnly() {
	disk := &vfs.Mem{}
	db, err := btree.Open("fruit.db", &btree.Options{FS: disk})
	must(err)
	defer func() { must(db.Close()) }()
	must(put(db, "apple", "green"))

	reader, err := btree.Open("fruit.db", &btree.Options{FS: disk, ReadOnly: true})
	must(err)
	defer func() { must(reader.Close()) }()
	must(reader.View(show))
	must(put(db, "apple", "red"))
	must(reader.View(show))
	// Output:
	// apple: green
	// apple: red
}
