package worker

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"

	"go.etcd.io/bbolt"
)

var bucketName = []byte("t")

// boltEngine is bbolt with its defaults but the free list, which is a hash map:
// its authors recommend that for files of this size.
type boltEngine struct{ *bbolt.DB }

func openBbolt(dir string, sync bool) (engine, error) {
	o := *bbolt.DefaultOptions
	o.FreelistType = bbolt.FreelistMapType
	o.NoSync = !sync
	o.NoGrowSync = !sync
	db, err := bbolt.Open(filepath.Join(dir, "db"), 0o644, &o)
	if err != nil {
		return nil, err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucketName)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &boltEngine{db}, nil
}

// mostInOne is how many puts a transaction without syncs has. bbolt splits the
// nodes that a transaction changed when it commits, so that a tree grown from
// nothing in one transaction is one node until then, and the time quadratic.
const mostInOne = 10_000

func (e *boltEngine) put(d *data, x []uint32, appended bool) error {
	if !e.NoSync {
		return e.putInOne(d, x, appended)
	}
	for part := range slices.Chunk(x, mostInOne) {
		if err := e.putInOne(d, part, appended); err != nil {
			return err
		}
	}
	return nil
}

func (e *boltEngine) putInOne(d *data, x []uint32, appended bool) error {
	return e.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketName)
		if appended {
			b.FillPercent = 1
		}
		keys := make([]byte, 0, len(x)*len(userKey)) // which must not change before the commit
		for _, n := range x {
			at := len(keys)
			keys = append(keys, d.key(n)...)
			if err := b.Put(keys[at:], bytes.Clone(d.value(n))); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *boltEngine) get(d *data, x []uint32) (sum uint64, err error) {
	err = e.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketName)
		for _, n := range x {
			val := b.Get(d.key(n))
			if val == nil || number(val) != uint64(n) {
				return missing(n, val)
			}
			sum += uint64(n) + uint64(len(val))
		}
		return nil
	})
	return sum, err
}

func (e *boltEngine) scan(back bool) (n, total uint64, err error) {
	err = e.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketName).Cursor()
		if back {
			for k, v := c.Last(); k != nil; k, v = c.Prev() {
				total += sum(k, v)
				n++
			}
			return nil
		}
		for k, v := c.First(); k != nil; k, v = c.Next() {
			total += sum(k, v)
			n++
		}
		return nil
	})
	return n, total, err
}

func (e *boltEngine) delete(d *data, x []uint32) error {
	return e.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketName)
		for _, n := range x {
			if err := b.Delete(d.key(n)); err != nil {
				return err
			}
		}
		return nil
	})
}

// cut collects the keys first: a bbolt cursor may skip keys after a deletion.
func (e *boltEngine) cut(lo, hi []byte) error {
	return e.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketName)
		var keys [][]byte
		c := b.Cursor()
		for k, _ := c.Seek(lo); k != nil && bytes.Compare(k, hi) < 0; k, _ = c.Next() {
			keys = append(keys, k)
		}
		for _, k := range keys {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
}
