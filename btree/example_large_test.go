package btree_test

import (
	"encoding/binary"
	"fmt"
	"log"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// A transaction may be much larger than the memory that it is given: it writes pages to the file while it goes on, and commits all
// or nothing as any other.
func Example_largeTransaction() {
	db, err := btree.Open("large.db", &btree.Options{FS: &vfs.Mem{}, CacheSize: 2 << 20, WriteBuffer: 1 << 20})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	most := 0
	err = db.Update(func(tx *btree.Tx) error {
		tree, err := tx.CreateTree("readings")
		if err != nil {
			return err
		}
		reading := make([]byte, 1000)
		for i := range uint64(20_000) {
			key := binary.BigEndian.AppendUint64(nil, i*0x9E3779B97F4A7C15) // in no order
			if err := tree.Put(key, reading); err != nil {
				return err
			}
			if i%1000 == 0 {
				s, err := db.Stats()
				if err != nil {
					return err
				}
				most = max(most, s.Memory.Frames*s.PageSize)
			}
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	s, err := db.Stats()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Trees[0].Keys, "readings")
	fmt.Println("at most 2 MB in frames:", most <= 2<<20)
	// Output:
	// 20000 readings
	// at most 2 MB in frames: true
}
