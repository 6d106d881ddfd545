package btree

import (
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"testing"
)

// heldBy counts the bytes that a write transaction and its database hold, in frames, buffers and lists, but for the page table and
// the bitmaps of free space, which have some bytes for each page of the file.
func heldBy(tx *Tx) (held int) {
	a := tx.db.pager.arena
	for _, slab := range *a.slabs.Load() {
		held += len(slab)
	}
	held += 4 * cap(a.spare)
	for _, chunk := range tx.mem.chunks {
		held += len(chunk)
	}
	const change, extent, loose = 16, 24, 32
	for _, t := range tx.trees {
		for _, block := range t.buf.blocks {
			held += change * cap(block)
		}
	}
	held += extent*(cap(tx.allocated)+cap(tx.freed)) + loose*cap(tx.loose)
	for _, list := range [][]uint64{tx.spill.complete, tx.spill.frames} {
		held += 8 * cap(list)
	}
	for _, b := range tx.spill.running {
		held += (8 + 24 + 4) * len(b.pages)
	}
	const entry = 72
	s := &tx.scratch
	return held + entry*(cap(s.entries)+cap(s.siblings)) + cap(s.arena) + cap(s.separators) + cap(tx.log.buf)
}

// What a transaction holds does not grow with how much it changes, in an empty tree, and in a large one of which it changes all.
func TestLargeTransactionHoldsNoMoreAsItGrows(t *testing.T) {
	const records, slack = 48_000, 256 << 10 // of 43 MB
	db, err := Open(filepath.Join(t.TempDir(), "x"), &Options{PageSize: 4096, NoSync: true, CacheSize: 1 << 20, WriteBuffer: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(func(tx *Tx) error { _, err := tx.CreateTree("t"); return err }); err != nil {
		t.Fatal(err)
	}
	for _, round := range []string{"new records", "the same again"} {
		early, late := 0, 0
		err := db.Update(func(tx *Tx) error {
			tree, err := tx.Tree("t")
			if err != nil {
				return err
			}
			var key [8]byte
			for i, n := range rand.New(rand.NewPCG(1, 1)).Perm(records) {
				binary.BigEndian.PutUint64(key[:], uint64(n))
				if err := tree.Put(key[:], make([]byte, 900)); err != nil {
					return err
				}
				switch {
				case i%100 > 0:
				case i < records/4:
					early = max(early, heldBy(tx))
				default:
					late = max(late, heldBy(tx))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if pages := int(db.head.pageEnd); late > early+slack || pages < records/8 {
			t.Errorf("%s: the transaction held %d bytes while it was a quarter of what it became, and %d later, with %d pages in the file", round, early, late, pages)
		}
	}
}
