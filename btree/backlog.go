package btree

import (
	"fmt"
	"runtime/debug"
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

// The length in bytes of the backlog from which on it is worked off in the background, and that which makes transactions wait.
const (
	longBacklog = 2 << 20
	mostBacklog = 4 * longBacklog
)

// backlog is what was committed to the log and is not in the trees yet.
type backlog struct {
	mu      sync.Mutex   // held by who makes the trees catch up; it is taken before DB.mu
	changes changeMemory // of that

	// DB.mu guards the fields below.
	ops     []byte // of the records, one after another
	commits []commitInBacklog
	mixed   uint64 // the newest version in which trees were, or are being, made that were not durable then
	busy    bool   // a goroutine works it off
	watched bool   // a transaction began to read since the last write transaction began
}

// commitInBacklog says where the operations of a version end.
type commitInBacklog struct {
	version uint64
	end     int
}

// add notes what a commit did. The caller holds DB.mu.
func (b *backlog) add(ops []byte, version uint64) {
	b.ops = append(b.ops, ops...)
	b.commits = append(b.commits, commitInBacklog{version: version, end: len(b.ops)})
}

// drop forgets the first n commits. The caller holds DB.mu.
func (b *backlog) drop(n int) {
	end := b.commits[n-1].end
	left := len(b.ops) - end
	if copy(b.ops, b.ops[end:]); cap(b.ops) > 2*longBacklog && left < longBacklog {
		b.ops = append([]byte(nil), b.ops[:left]...)
	}
	b.ops = b.ops[:left]
	b.commits = b.commits[:copy(b.commits, b.commits[n:])]
	for i := range b.commits {
		b.commits[i].end -= end
	}
}

// newest returns the newest version in the backlog, or 0. The caller holds DB.mu.
func (b *backlog) newest() uint64 {
	if len(b.commits) == 0 {
		return 0
	}
	return b.commits[len(b.commits)-1].version
}

// durable returns how many commits in the backlog are durable when version is. The caller holds DB.mu.
func (b *backlog) durable(version uint64) (n int) {
	for n < len(b.commits) && b.commits[n].version <= version {
		n++
	}
	return n
}

// newestVersion returns the newest version, of the trees or in the backlog. The caller holds mu.
func (db *DB) newestVersion() uint64 { return max(db.head.version, db.backlog.newest()) }

// catchUp brings the trees to the newest durable version, or with all to the newest.
func (db *DB) catchUp(all bool) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	b := &db.backlog
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		n, r, from := db.nextOfBacklog(all)
		if n == 0 {
			return nil
		}
		if err := db.work(n, r, from); err != nil {
			return fmt.Errorf("btree: applying commits that are in the log of %s: %w", db.path, err)
		}
	}
}

// nextOfBacklog returns the commits that the trees are to catch up with next, and the version that was mixed before.
func (db *DB) nextOfBacklog(all bool) (n int, r record, mixed uint64) {
	db.mu.Lock()
	defer db.mu.Unlock()
	b := &db.backlog
	mixed = b.mixed
	if n = b.durable(db.syncedTo); n == 0 && all {
		if n = len(b.commits); n > 0 {
			b.mixed = b.newest()
		}
	}
	if n > 0 {
		last := b.commits[n-1]
		r = record{ops: b.ops[:last.end:last.end], version: last.version}
	}
	return n, r, mixed
}

// work makes the trees catch up with the first n commits of the backlog, of which r holds the operations.
func (db *DB) work(n int, r record, mixed uint64) error {
	tx, err := db.applyBacklog(r)
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
		db.backlog.drop(n)
		if next.version <= db.syncedTo {
			db.current = next
		}
	}
	db.synced.Broadcast()
	return err
}

// applyBacklog makes the pages of a version. It returns a transaction that is registered.
func (db *DB) applyBacklog(r record) (*Tx, error) {
	tx := db.beginCatchingUp(r.version)
	err := tx.apply(r)
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

// catchUpBehind works off the backlog in the background. The caller holds mu.
func (db *DB) catchUpBehind() {
	if db.backlog.busy {
		return
	}
	db.backlog.busy = true
	db.open++ // Close waits
	go func() {
		_ = db.catchUp(false) // who looks at the trees will meet the error, too
		db.mu.Lock()
		defer db.mu.Unlock()
		db.backlog.busy = false
		db.leave()
	}()
}

// lags reports whether there are durable commits that readers do not see yet. The caller holds mu.
func (db *DB) lags() bool { return db.backlog.durable(db.syncedTo) > 0 }

// pinHead starts a read-only transaction of the trees as they are, without what is in the backlog.
func (db *DB) pinHead() *Tx {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.newReaderOf(db.head)
}
