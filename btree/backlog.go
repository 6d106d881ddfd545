package btree

import (
	"fmt"
	"runtime/debug"
	"slices"
	"sort"
	"sync"
)

// The backlog
//
// A transaction that puts and removes small values and looks at nothing is blind: it need not know what the trees hold. When it
// commits, its record is appended to the log, and what it did waits in the backlog, as in the record. The trees catch up with many
// such transactions at once, so that a page that all of them change is changed once, and a commit costs little more than its
// record. Whoever looks at the trees makes them catch up first: a transaction that begins to read, a write transaction with the
// first call that is no Put or Remove, a checkpoint. While somebody reads, commits are not left to the readers: a transaction is
// blind only if nobody reads and nobody has begun to since the one before.
//
// A transaction that is not blind sees the trees and may change them. While one is open the backlog is empty. So whoever has found
// something in the backlog, with its mutex held, may change the trees.
//
// Readers see no version that is not durable. So they catch up with durable commits alone, and a write transaction catches up
// with these before it does with others, whose versions then exist in no tree of their own.

// The length in bytes of the backlog from which on it is worked off in the background, for small trees and for large ones, and that
// which makes transactions wait. A page that several changes go to is copied and built once for all that are made together: the
// more leaves a tree has, the more changes it takes for that.
const (
	leastLong   = 2 << 20
	mostLong    = 16 << 20
	longShare   = 8 // of the bytes in use
	mostBacklog = 2 * mostLong
)

// longestBlind is how long the record of a blind commit is at most.
const longestBlind = 2 << 20

// recordsChunk is how much memory for records is taken at once.
const recordsChunk = 1 << 20

// backlog is what was committed to the log and is not in the trees yet.
type backlog struct {
	mu      sync.Mutex   // held by who makes the trees catch up; it is taken before DB.mu
	changes changeMemory // of that

	// DB.mu guards the fields below.
	commits []commitInBacklog
	size    int    // of their records, in bytes
	waiting int64  // of those that are not written
	written uint64 // the newest version whose record is written, of those that were ever in the backlog
	lost    uint64 // the newest version whose record could not be written
	long    int    // from which size on it is worked off in the background
	chunk   []byte // has the newest records, and room for more
	turn    logTurn
	mixed   uint64 // the newest version in which trees were, or are being, made that were not durable then
	busy    bool   // a goroutine works it off
	watched bool   // a transaction began to read since the last write transaction began
}

// commitInBacklog is a version and its record, whose header is complete when it is written. The record may have room behind it that
// belongs to the next one.
type commitInBacklog struct {
	version uint64
	record  []byte
}

// add notes what a commit did, by its record, which it copies. The caller holds DB.mu.
func (b *backlog) add(record []byte, version uint64) {
	if len(b.chunk)+len(record) > cap(b.chunk) {
		b.chunk = make([]byte, 0, max(recordsChunk, len(record)))
	}
	from := len(b.chunk)
	b.chunk = append(b.chunk, record...)
	b.commits = append(b.commits, commitInBacklog{version: version, record: b.chunk[from:]})
	b.size += len(record)
	b.waiting += int64(len(record))
}

// unwritten returns the commits whose records wait to be written. The caller holds DB.mu.
func (b *backlog) unwritten() []commitInBacklog { return slices.Clip(b.commits[b.upTo(b.written):]) }

// drop forgets the first n commits. The caller holds DB.mu.
func (b *backlog) drop(n int) {
	for _, c := range b.commits[:n] {
		b.size -= len(c.record)
	}
	clear(b.commits[:n])
	if b.commits = b.commits[n:]; len(b.commits) == 0 {
		b.commits, b.chunk = nil, b.chunk[:0]
	}
}

// newest returns the newest version in the backlog, or 0. The caller holds DB.mu.
func (b *backlog) newest() uint64 {
	if len(b.commits) == 0 {
		return 0
	}
	return b.commits[len(b.commits)-1].version
}

// upTo returns how many commits in the backlog are of a version or older ones. The caller holds DB.mu.
func (b *backlog) upTo(version uint64) int {
	return sort.Search(len(b.commits), func(i int) bool { return b.commits[i].version > version })
}

// newestVersion returns the newest version, of the trees or in the backlog. The caller holds mu.
func (db *DB) newestVersion() uint64 { return max(db.head.version, db.backlog.newest()) }

// setLongBacklog sets from which length on the backlog is worked off in the background. The caller may change the trees, and holds mu.
func (db *DB) setLongBacklog() {
	db.backlog.long = int(max(leastLong, min(mostLong, db.dataSize()/longShare)))
}

// catchUp brings the trees to the newest durable version, or with all to the newest.
func (db *DB) catchUp(all bool) error {
	return db.catchUpWhile(all, func(*backlog) bool { return true })
}

// catchUpWhile makes the trees catch up, as catchUp does, for as long as something is wanted of the backlog and there is anything
// that they may catch up with.
func (db *DB) catchUpWhile(all bool, wanted func(*backlog) bool) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if all {
		db.writeWaiting()
	}
	b := &db.backlog
	b.mu.Lock()
	defer b.mu.Unlock()
	for n := 1; n > 0 && err == nil && db.backlogIs(wanted); {
		n, err = db.catchUpOnce(all)
	}
	return err
}

// catchUpOnce makes the trees catch up with what may be made in one version, and returns with how many commits it did. The caller
// holds the backlog's mutex.
func (db *DB) catchUpOnce(all bool) (int, error) {
	commits, mixed := db.nextOfBacklog(all)
	if len(commits) == 0 {
		return 0, nil
	}
	if err := db.work(commits, mixed); err != nil {
		return 0, fmt.Errorf("btree: applying commits that are in the log of %s: %w", db.path, err)
	}
	db.checkpointAtTurn()
	return len(commits), nil
}

// nextOfBacklog returns the commits that the trees are to catch up with next, and the version that was mixed before. Versions from
// before a turn of the log and after it are not made together.
func (db *DB) nextOfBacklog(all bool) (commits []commitInBacklog, mixed uint64) {
	db.mu.Lock()
	defer db.mu.Unlock()
	b := &db.backlog
	mixed = b.mixed
	most := b.upTo(b.written)
	if b.turning() {
		most = b.upTo(b.turn.version)
	}
	n := min(most, b.upTo(db.syncedTo))
	if n == 0 && all && most > 0 {
		n = most
		b.mixed = b.commits[n-1].version
	}
	return b.commits[:n:n], mixed
}

// work makes the trees catch up with the first commits of the backlog.
func (db *DB) work(commits []commitInBacklog, mixed uint64) error {
	tx, err := db.applyBacklog(commits)
	db.mu.Lock()
	defer db.mu.Unlock()
	if tx != nil {
		defer db.unregister(tx)
	}
	if err != nil {
		db.backlog.mixed = mixed
	} else {
		next := tx.nextMeta()
		tx.adopt(&next)
		db.logged = next
		db.backlog.drop(len(commits))
		db.setLongBacklog()
		if next.version <= db.syncedTo {
			db.current = next
		}
	}
	db.tellEnded()
	return err
}

// applyBacklog makes the pages of a version. It returns a transaction that is registered.
func (db *DB) applyBacklog(commits []commitInBacklog) (*Tx, error) {
	tx := db.beginCatchingUp(commits[len(commits)-1].version)
	var err error
	for i := 0; i < len(commits) && err == nil; i++ {
		err = tx.apply(record{ops: commits[i].record[recordHeader:], version: commits[i].version})
	}
	if err == nil {
		err = tx.complete()
	}
	if err != nil {
		tx.giveBack()
	}
	tx.dropChanges()
	tx.mem.shrink(keepChunks)
	tx.dropLoose()
	return tx, err
}

func (db *DB) beginCatchingUp(version uint64) *Tx {
	db.reapCheckpoint()
	db.mu.Lock()
	defer db.mu.Unlock()
	db.settle()
	tx := db.register(newTx(db, db.head, true))
	tx.version, tx.firstVersion, tx.mem = version, version, &db.backlog.changes
	return tx
}

// workBehind works off the backlog in the background, as far as it is too long or holds up a checkpoint. The caller holds mu.
func (db *DB) workBehind() {
	b := &db.backlog
	if b.busy || !b.isLong() {
		return
	}
	b.busy = true
	db.open++ // Close waits
	go func() {
		_ = db.catchUpWhile(false, (*backlog).isLong) // who looks at the trees will meet the error, too
		db.mu.Lock()
		defer db.mu.Unlock()
		b.busy = false
		db.leave()
	}()
}

// isLong reports whether the backlog should be worked off. The caller holds DB.mu.
func (b *backlog) isLong() bool { return b.size >= b.long || b.turning() }

// backlogIs asks something of the backlog that DB.mu guards.
func (db *DB) backlogIs(ask func(*backlog) bool) bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	return ask(&db.backlog)
}

// shortenTo waits until the backlog has at most n bytes.
func (db *DB) shortenTo(n int) error {
	longer := func(b *backlog) bool { return b.size > n }
	if !db.backlogIs(longer) {
		return nil // without waiting for who makes the trees catch up now
	}
	return db.catchUpWhile(true, longer)
}

// lags reports whether there are durable commits that readers do not see yet. The caller holds mu.
func (db *DB) lags() bool { return db.backlog.upTo(db.syncedTo) > 0 }

// pinHead starts a read-only transaction of the trees as they are, without what is in the backlog.
func (db *DB) pinHead() *Tx {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.newReaderOf(db.head)
}
