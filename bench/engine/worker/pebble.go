package worker

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
)

// pebbleEngine is Pebble without compression, with 64 MB of write buffer, 256
// MB of block cache and a Bloom filter, as LevelDB and RocksDB are set. A
// transaction is one batch.
type pebbleEngine struct {
	*pebble.DB
	cache *pebble.Cache
	write *pebble.WriteOptions
}

// quietLogger drops what is not fatal.
type quietLogger struct{}

func (quietLogger) Infof(string, ...any)  {}
func (quietLogger) Errorf(string, ...any) {}
func (quietLogger) Fatalf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func openPebble(dir string, sync bool) (engine, error) {
	e := &pebbleEngine{cache: pebble.NewCache(256 << 20), write: pebble.NoSync}
	if sync {
		e.write = pebble.Sync
	}
	o := &pebble.Options{
		Cache:              e.cache,
		MemTableSize:       64 << 20,
		FormatMajorVersion: pebble.FormatNewest,
		Logger:             quietLogger{},
	}
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		o.Levels[i].Compression = func() *sstable.CompressionProfile { return sstable.NoCompression }
	}
	var err error
	e.DB, err = pebble.Open(filepath.Join(dir, "db"), o)
	if err != nil {
		e.cache.Unref()
		return nil, err
	}
	return e, nil
}

func (e *pebbleEngine) Close() error {
	defer e.cache.Unref()
	return e.DB.Close()
}

// batched commits what fn puts into a batch.
func (e *pebbleEngine) batched(fn func(b *pebble.Batch) error) (err error) {
	b := e.NewBatch()
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := fn(b); err != nil {
		return err
	}
	return b.Commit(e.write)
}

func (e *pebbleEngine) put(d *data, x []uint32, _ bool) error {
	return e.batched(func(b *pebble.Batch) error {
		for _, n := range x {
			if err := b.Set(d.key(n), d.value(n), nil); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *pebbleEngine) get(d *data, x []uint32) (sum uint64, err error) {
	for _, n := range x {
		val, closer, err := e.Get(d.key(n))
		if errors.Is(err, pebble.ErrNotFound) {
			return 0, missing(n, nil)
		}
		if err != nil {
			return 0, err
		}
		if number(val) != uint64(n) {
			return 0, errors.Join(missing(n, val), closer.Close())
		}
		sum += uint64(n) + uint64(len(val))
		if err := closer.Close(); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

func (e *pebbleEngine) scan(back bool) (n, total uint64, err error) {
	it, err := e.NewIter(nil)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	if back {
		for ok := it.Last(); ok; ok = it.Prev() {
			total += sum(it.Key(), it.Value())
			n++
		}
		return n, total, it.Error()
	}
	for ok := it.First(); ok; ok = it.Next() {
		total += sum(it.Key(), it.Value())
		n++
	}
	return n, total, it.Error()
}

func (e *pebbleEngine) delete(d *data, x []uint32) error {
	return e.batched(func(b *pebble.Batch) error {
		for _, n := range x {
			if err := b.Delete(d.key(n), nil); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *pebbleEngine) cut(lo, hi []byte) error {
	return e.DeleteRange(lo, hi, e.write)
}
