package btree

import (
	"context"
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
	gate    gate          // of Options.Exclusive
	changes changeMemory  // of the write transaction
	scratch scratch       // of the write transaction to come
	failed  atomic.Bool   // a sync failed: nothing is written any more

	session session
	logUsed atomic.Int64 // bytes of records in the active half of the log

	abandoned   atomic.Bool  // nothing is written any more, because of Abandon
	compactions atomic.Int32 // that are under way: no log is made

	failedBy atomic.Pointer[error]
	syncMu   sync.Mutex // held by who syncs the file
	named    bool       // the file's name survives a crash; guarded by syncMu

	batchMu   sync.Mutex   // guards batch
	batch     []*batchCall // that wait for their turn
	batchTurn sync.Mutex   // held while a batch runs

	fileMu   sync.Mutex // guards fileSize
	fileSize int64

	// The fields below belong to the write transaction, or to Open and Close when there is none. What Check reads of space
	// changes with mu held.
	space        *space
	kept         []kept   // the versions that are kept, in ascending order
	log          *logFile // nil when there is none yet
	record       []byte   // the record of the transactions that are delayed, and memory for that of the next one
	recordMemory recordMemory
	cancelled    uint64      // the newest version that was shown and rolled back
	wantLog      int64       // size in bytes of the next log
	small        int         // transactions that were small enough for the log
	unwritten    []uint64    // pages of committed versions, some of which are in frames alone
	running      *checkpoint // set with mu held
	private      private     // of a handle that only reads
	stuck        bool        // the last checkpoint failed

	logMu sync.Mutex // held while records of the backlog are written; it is taken before mu

	mu      sync.Mutex // guards what follows
	idle    sync.Cond  // signalled when a transaction ends
	head    meta       // the newest version of the trees, which write transactions build on
	logged  meta       // the newest of the trees but for delayed commits: it is in the log, or in the file without
	current meta       // the newest durable version of the trees
	delayed delays     // with what the write transaction has of it
	sub     meta       // what the write transaction showed last with Subcommit
	durable meta       // the newest version that is in the file without its log
	syncing uint64     // version of the trees that a sync of the log will make durable, 0 when there is none
	// syncedTo is the newest durable version, which may be in the backlog.
	syncedTo uint64
	backlog  backlog
	group    commitGroup
	txs      *Tx    // open transactions
	era      uint64 // counts how often frames were retired
	retired  []retired
	place    int                 // of the durable meta
	bad      int                 // place of the meta that Open found damaged, -1 when none is
	procs    *processes          // others that have the file open
	readers  map[uint64]*readers // open read-only transactions by version
	opened   opened
	open     int           // open transactions
	closing  chan struct{} // closed by Close
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
		path:     path,
		opts:     opts,
		pager:    newPager(f, cur.pageSize, &opts),
		limit:    limitsFor(cur.pageSize),
		writer:   make(chan struct{}, 1),
		bad:      -1,
		head:     cur,
		logged:   cur,
		current:  cur,
		durable:  cur,
		place:    place,
		syncedTo: cur.version,
		procs:    procs,
		readers:  map[uint64]*readers{},
		closing:  make(chan struct{}),
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
	if err := checkSize(size, &db.durable); err != nil {
		return fmt.Errorf("%w (%s)", err, db.path)
	}
	db.fileSize = size
	db.pager.remap(size)
	if db.opts.ReadOnly {
		return nil // each Begin looks at the file anyhow
	}
	if db.space, err = loadSpace(db.pager, &db.durable); err != nil {
		return fmt.Errorf("%w (%s)", err, db.path)
	}
	db.space.forget = db.pager.forget
	db.space.holdBack(db.durable.version, db.protected())
	if db.kept, err = newTx(db, db.durable, false).readVersions(); err != nil {
		return fmt.Errorf("%w (%s)", err, db.path)
	}
	if err := db.recoverLog(); err != nil {
		return fmt.Errorf("%w (%s)", err, db.path)
	}
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

// Begin starts a transaction. A read-only one sees the newest committed version until it ends. It waits for no other transaction,
// unless Options.Exclusive says otherwise; the first one after many small commits brings the trees up to date with them, which
// takes the longer the more pages they change: the package documentation says how many that may be. There is one writable
// transaction at a time, and Begin waits for the one before to end. Every transaction must be ended by Commit or Rollback, or by
// Delay.
func (db *DB) Begin(writable bool) (*Tx, error) {
	return db.BeginContext(context.Background(), writable)
}

// BeginContext is Begin that gives up waiting, with the context's error, when the context is done.
func (db *DB) BeginContext(ctx context.Context, writable bool) (*Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !writable {
		return db.beginRead(ctx, (*DB).visible)
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
	tx, err := db.beginAlone(ctx)
	if err != nil {
		<-db.writer
	}
	return tx, err
}

// beginAlone starts the write transaction, of which there is no other.
func (db *DB) beginAlone(ctx context.Context) (*Tx, error) {
	if err := db.enter(ctx, true); err != nil {
		return nil, err
	}
	tx, err := db.beginWrite()
	return db.entered(tx, true, err)
}

// beginRead starts a read-only transaction of the version that which chooses.
func (db *DB) beginRead(ctx context.Context, which func(*DB) meta) (*Tx, error) {
	if err := db.enter(ctx, false); err != nil {
		return nil, err
	}
	tx, err := db.beginReader(which)
	return db.entered(tx, false, err)
}

func (db *DB) beginReader(which func(*DB) meta) (*Tx, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.backlog.watched = true
	if err := db.showDurable(); err != nil {
		return nil, err
	}
	if db.isClosing() {
		return nil, ErrClosed
	}
	if err := db.follow(); err != nil {
		return nil, err
	}
	return db.newReaderOf(which(db)), nil
}

// showDurable makes the trees catch up with what is durable. The caller holds mu, which is free in between.
func (db *DB) showDurable() error {
	if !db.lags() || db.isClosing() {
		return nil
	}
	db.mu.Unlock()
	defer db.mu.Lock()
	return db.catchUp(false)
}

// newReaderOf registers a read-only transaction of a version. The caller holds mu.
func (db *DB) newReaderOf(m meta) *Tx {
	of := db.readers[m.version]
	if of == nil {
		of = &readers{since: time.Now()}
		db.readers[m.version] = of
	}
	of.n++
	tx := db.register(newTx(db, m, false))
	db.opened.begin(tx)
	return tx
}

// register adds a transaction to those that are open. The caller holds mu.
func (db *DB) register(tx *Tx) *Tx {
	db.open++
	tx.era, tx.base, tx.next = db.era, db.durable.version, db.txs
	if tx.next != nil {
		tx.next.prev = tx
	}
	db.txs = tx
	return tx
}

// unregister takes it out. The caller holds mu.
func (db *DB) unregister(tx *Tx) {
	if tx.next != nil {
		tx.next.prev = tx.prev
	}
	if tx.prev != nil {
		tx.prev.next = tx.next
	} else {
		db.txs = tx.next
	}
	tx.prev, tx.next = nil, nil
	if len(db.retired) > 0 {
		db.reclaim()
	}
	db.leave()
}

// leave is told that something ended which Close waits for. The caller holds mu.
func (db *DB) leave() {
	db.open--
	db.idle.Broadcast()
}

func (db *DB) beginWrite() (*Tx, error) {
	if db.failed.Load() {
		return nil, db.failure()
	}
	tx, err := db.newWriter()
	if err != nil {
		return nil, err
	}
	tx.scratch, db.scratch = db.scratch, scratch{}
	tx.log = txLog{buf: db.record, limit: db.longestRecord(), memory: &db.recordMemory}
	tx.logged = len(db.record)
	tx.spill.eager = true
	if db.delayed.past {
		tx.direct()
	}
	return tx, nil
}

// protected returns the versions that may still be read, in ascending order: those that have readers, here or in other
// processes, those that readers begin with or will when a sync that is under way or to come is done, and those that a crash would
// go back to. Other versions never need protection again: readers begin with no other, and the next that is synced or checkpointed
// is the newest at that time, or the newest that is not delayed. The caller holds mu.
func (db *DB) protected() []uint64 {
	vs := slices.AppendSeq(db.procs.versions(db.durable.version), maps.Keys(db.readers))
	vs = append(vs, db.visible().version, db.logged.version, db.current.version, db.durable.version)
	if db.syncing != 0 {
		vs = append(vs, db.syncing)
	}
	if db.running != nil {
		vs = append(vs, db.running.meta.version)
	}
	slices.Sort(vs)
	return slices.Compact(vs)
}

// end gives back what a transaction holds of the database.
func (db *DB) end(tx *Tx) {
	db.mu.Lock()
	if !tx.writable {
		v := tx.meta.version
		of := db.readers[v]
		if of.n--; of.n == 0 {
			delete(db.readers, v)
		}
		db.opened.end(tx)
		db.unpin(tx.base)
	}
	db.unregister(tx)
	db.mu.Unlock()
	if tx.gated {
		db.gate.leave(tx.writable)
	}
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
