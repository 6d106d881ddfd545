package btree

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rowan-db/rowan/btree/vfs"
)

// MaxValueSize is the length in bytes of the longest value.
const MaxValueSize = 1<<32 - 1

// DB is an open database. Its methods may be called by any number of goroutines at the same time.
type DB struct {
	path  string
	opts  Options
	pager *pager
	limit limits

	writer  chan struct{} // holds a token while there is a write transaction
	changes changeMemory  // of the write transaction
	failed  atomic.Bool   // a sync failed: nothing is written any more

	// The fields below belong to the write transaction, or to Open and Close when there is none. What Check reads of space
	// changes with mu held.
	space    *space
	kept     []kept // the versions that are kept, in ascending order
	fileSize int64

	mu      sync.Mutex // guards what follows
	idle    sync.Cond  // signalled when a transaction ends
	current meta
	place   int                 // of the current meta
	bad     int                 // place of the meta that Open found damaged, -1 when none is
	procs   *processes          // others that have the file open
	readers map[uint64]*readers // open read-only transactions by version
	opened  opened
	open    int           // open transactions
	closing chan struct{} // closed by Close
}

// readers are the open read-only transactions of a version.
type readers struct {
	n     int
	since time.Time // since when there has been one
}

// limits follow from the page size.
type limits struct {
	maxKey    int
	maxInline int // key and value that are kept in a leaf, together
	payload   int // of an overflow page
}

func limitsFor(pageSize int) limits {
	return limits{maxKey: pageSize / 4, maxInline: pageSize/4 - 64, payload: pageSize - headerSize}
}

func newDB(f vfs.File, path string, opts Options, metas metaPair, procs *processes) (*DB, error) {
	place := metas.current()
	cur := *metas[place]
	db := &DB{
		path:    path,
		opts:    opts,
		pager:   newPager(f, cur.pageSize, &opts),
		limit:   limitsFor(cur.pageSize),
		writer:  make(chan struct{}, 1),
		bad:     -1,
		current: cur,
		place:   place,
		procs:   procs,
		readers: map[uint64]*readers{},
		closing: make(chan struct{}),
	}
	db.idle.L = &db.mu
	if metas[1-place] == nil && cur.version > 1 {
		db.bad = 1 - place
	}
	return db, db.prepare()
}

// prepare checks the size of the file, maps it and, for writing, loads the space pages.
func (db *DB) prepare() error {
	size, err := db.pager.file.Size()
	if err != nil {
		return fmt.Errorf("btree: opening %s: %w", db.path, err)
	}
	if err := checkSize(size, &db.current); err != nil {
		return fmt.Errorf("%w (%s)", err, db.path)
	}
	db.fileSize = size
	if !db.opts.ReadOnly {
		if db.space, err = loadSpace(db.pager, &db.current); err != nil {
			return fmt.Errorf("%w (%s)", err, db.path)
		}
		db.space.holdBack(db.current.version, db.protected())
		if db.kept, err = newTx(db, db.current, false).readVersions(); err != nil {
			return fmt.Errorf("%w (%s)", err, db.path)
		}
	}
	db.pager.remap(size)
	return nil
}

// Path returns the path that the database was opened with.
func (db *DB) Path() string { return db.path }

// ReadOnly reports whether the database was opened without a way to write.
func (db *DB) ReadOnly() bool { return db.opts.ReadOnly }

// PageSize returns the size of the file's pages in bytes.
func (db *DB) PageSize() int { return db.pager.pageSize }

// MaxKeySize returns the length in bytes of the longest key: a quarter of a page, 4096 with the default size.
func (db *DB) MaxKeySize() int { return db.limit.maxKey }

// Begin starts a transaction. A read-only one sees the newest committed version until it ends; it waits for nothing. There is
// one writable transaction at a time, and Begin waits for the one before to end. Every transaction must be ended by Commit or
// Rollback.
func (db *DB) Begin(writable bool) (*Tx, error) {
	return db.BeginContext(context.Background(), writable)
}

// BeginContext is Begin that gives up waiting, with the context's error, when the context is done.
func (db *DB) BeginContext(ctx context.Context, writable bool) (*Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !writable {
		return db.beginRead()
	}
	if db.opts.ReadOnly {
		return nil, fmt.Errorf("%w: %s was opened read-only", ErrReadOnly, db.path)
	}
	select {
	case db.writer <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-db.closing:
		return nil, ErrClosed
	}
	tx, err := db.beginWrite()
	if err != nil {
		<-db.writer
	}
	return tx, err
}

func (db *DB) beginRead() (*Tx, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.isClosing() {
		return nil, ErrClosed
	}
	if err := db.follow(); err != nil {
		return nil, err
	}
	return db.newReader(), nil
}

// newReader registers a read-only transaction of the current version. The caller holds mu.
func (db *DB) newReader() *Tx { return db.newReaderOf(db.current) }

// newReaderOf registers a read-only transaction of a version. The caller holds mu.
func (db *DB) newReaderOf(m meta) *Tx {
	db.open++
	of := db.readers[m.version]
	if of == nil {
		of = &readers{since: time.Now()}
		db.readers[m.version] = of
	}
	of.n++
	tx := newTx(db, m, false)
	db.opened.begin(tx)
	return tx
}

func (db *DB) beginWrite() (*Tx, error) {
	if db.failed.Load() {
		return nil, ErrFailed
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.isClosing() {
		return nil, ErrClosed
	}
	db.open++
	db.space.settle(db.protected())
	return newTx(db, db.current, true), nil
}

// protected returns the versions that have readers, here or in other processes, in ascending order. The caller holds mu.
func (db *DB) protected() []uint64 {
	vs := slices.AppendSeq(db.procs.versions(db.current.version), maps.Keys(db.readers))
	slices.Sort(vs)
	return slices.Compact(vs)
}

// end gives back what a transaction holds of the database.
func (db *DB) end(tx *Tx) {
	db.mu.Lock()
	db.open--
	if !tx.writable {
		v := tx.meta.version
		of := db.readers[v]
		if of.n--; of.n == 0 {
			delete(db.readers, v)
		}
		db.opened.end(tx)
		db.unpin(v)
	}
	db.idle.Broadcast()
	db.mu.Unlock()
	if tx.writable {
		<-db.writer
	}
}

func (db *DB) isClosing() bool {
	select {
	case <-db.closing:
		return true
	default:
		return false
	}
}

// View runs fn with a read-only transaction that ends with it. Slices that fn got are valid until it returns.
// A fault in mapped memory within fn becomes an error.
func (db *DB) View(fn func(*Tx) error) error {
	tx, err := db.Begin(false)
	if err != nil {
		return err
	}
	defer tx.end()
	return Guard(func() error { return fn(tx) })
}

// Update runs fn with a writable transaction, and commits it when fn returns nil. It rolls back when fn returns an error,
// which Update returns, or panics.
func (db *DB) Update(fn func(*Tx) error) error {
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := Guard(func() error { return fn(tx) }); err != nil {
		return err
	}
	return tx.Commit()
}

// Close refuses new transactions with ErrClosed, also to those who wait to begin one, waits for the open ones to end, and
// gives up the file and its lock. With Options.NoSync it syncs the file first. Closing again does nothing. A goroutine must not close a database while it has a
// transaction open itself: it would wait for ever.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.isClosing() {
		db.mu.Unlock()
		return nil
	}
	close(db.closing)
	for db.open > 0 {
		db.idle.Wait()
	}
	db.mu.Unlock()
	db.changes.shrink(0)
	err := db.pager.close()
	if err == nil && !db.opts.ReadOnly && !db.failed.Load() {
		err = db.finish()
	}
	return errors.Join(err, db.pager.file.Close())
}

// finish cuts off what extend added in advance, now that nothing is mapped, and writes what commits with NoSync did not.
func (db *DB) finish() error {
	// A damaged meta may be mended, and its version may need pages beyond those of the other.
	if end := int64(db.current.pageEnd) * int64(db.pager.pageSize); end < db.fileSize && db.bad < 0 {
		if err := db.pager.file.Truncate(end); err != nil {
			return fmt.Errorf("btree: closing %s: %w", db.path, err)
		}
	}
	if !db.opts.NoSync {
		return nil
	}
	if err := db.pager.file.Sync(); err != nil {
		return fmt.Errorf("btree: closing %s: %w", db.path, err)
	}
	return nil
}
