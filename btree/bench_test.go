package btree_test

import (
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/btree"
)

// The benchmarks use records of 8 + 60 bytes, a million of them in a tree where one is read.
const benchRecords = 1_000_000

func benchOpen(b *testing.B, o btree.Options) *btree.DB {
	b.Helper()
	db, err := btree.Open(filepath.Join(b.TempDir(), dbName), &o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

// scattered returns a key that differs for every i and is in no order.
func scattered(i int) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(i)*0x9E3779B97F4A7C15)
}

func benchPut(b *testing.B, key func(i int) []byte) {
	val := make([]byte, 60)
	for range b.N {
		db := benchOpen(b, btree.Options{NoSync: true})
		update(b, db, func(_ *btree.Tx, tree *btree.Tree) error {
			for i := range benchRecords {
				if err := tree.Put(key(i), val); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRecords, "ns/put")
}

func BenchmarkPutSequential(b *testing.B) { benchPut(b, key64) }
func BenchmarkPutRandom(b *testing.B)     { benchPut(b, scattered) }

func BenchmarkLoad(b *testing.B) {
	for range b.N {
		db := benchOpen(b, btree.Options{})
		update(b, db, func(_ *btree.Tx, tree *btree.Tree) error { return tree.Load(numbered(benchRecords, 60)) })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRecords, "ns/put")
}

// benchRead loads a tree and runs fn with it in a read-only transaction.
func benchRead(b *testing.B, fn func(tree *btree.Tree)) {
	b.Helper()
	db := benchOpen(b, btree.Options{NoSync: true})
	update(b, db, func(_ *btree.Tx, tree *btree.Tree) error { return tree.Load(numbered(benchRecords, 60)) })
	err := db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		b.ReportAllocs()
		b.ResetTimer()
		fn(tree)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkGet(b *testing.B) {
	benchRead(b, func(tree *btree.Tree) {
		r := rand.New(rand.NewPCG(1, 1))
		var key [8]byte
		for range b.N {
			binary.BigEndian.PutUint64(key[:], r.Uint64N(benchRecords))
			if _, ok, err := tree.Get(key[:]); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
}

func BenchmarkScan(b *testing.B) {
	benchRead(b, func(tree *btree.Tree) {
		c := tree.Cursor()
		for n := 0; n < b.N; {
			for range c.Ascend(nil, nil) {
				if n++; n == b.N {
					break
				}
			}
		}
	})
}

func BenchmarkCursorNext(b *testing.B) {
	benchRead(b, func(tree *btree.Tree) {
		c := tree.Cursor()
		for range b.N {
			if !c.Next() && !c.First() {
				b.Fatal(c.Err())
			}
		}
	})
}

func BenchmarkSelect(b *testing.B) {
	benchRead(b, func(tree *btree.Tree) {
		r := rand.New(rand.NewPCG(1, 1))
		c := tree.Cursor()
		for range b.N {
			if !c.Select(r.Uint64N(benchRecords)) {
				b.Fatal(c.Err())
			}
		}
	})
}

func BenchmarkDurableCommit(b *testing.B) {
	db := benchOpen(b, btree.Options{})
	update(b, db, func(_ *btree.Tx, tree *btree.Tree) error { return tree.Load(numbered(benchRecords, 60)) })
	val := make([]byte, 60)
	b.ResetTimer()
	for i := range b.N {
		update(b, db, func(_ *btree.Tx, tree *btree.Tree) error { return tree.Put(scattered(i), val) })
	}
}
