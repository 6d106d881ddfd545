//go:build !btree_nolog

package btree_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// stopDisk is a disk that stops calls until they may go on.
type stopDisk struct {
	vfs.FS
	stopped chan bool   // is told of each call that stops
	goOn    chan bool   // lets one that is stopped go on
	written chan bool   // is told of each write
	synced  atomic.Bool // the next sync stops when it has happened
	syncing atomic.Bool // the next sync stops before it happens
	writing atomic.Bool // the next write of pages stops before it happens
	full    atomic.Bool // the next write of pages fails
	look    func()      // is called before each sync
}

func newStopDisk(fs vfs.FS) *stopDisk {
	return &stopDisk{FS: fs, stopped: make(chan bool, 9), goOn: make(chan bool), written: make(chan bool, 1000)}
}

// stop stops the caller if that is armed.
func (d *stopDisk) stop(armed *atomic.Bool) {
	if armed.CompareAndSwap(true, false) {
		d.stopped <- true
		<-d.goOn
	}
}

func (d *stopDisk) OpenFile(name string, mode vfs.Mode) (vfs.File, error) {
	f, err := d.FS.OpenFile(name, mode)
	return &stopFile{f, d}, err
}

type stopFile struct {
	vfs.File
	d *stopDisk
}

func (f *stopFile) WriteAt(b []byte, off int64) (int, error) {
	if len(b)%4096 == 0 && off%4096 == 0 && string(b[:64]) != string(make([]byte, 64)) {
		f.d.stop(&f.d.writing)
		if f.d.full.CompareAndSwap(true, false) {
			return 0, syscall.ENOSPC
		}
	}
	n, err := f.File.WriteAt(b, off)
	f.d.written <- true
	return n, err
}

func (f *stopFile) Sync() error {
	if f.d.look != nil {
		f.d.look()
	}
	f.d.stop(&f.d.syncing)
	err := f.File.Sync()
	f.d.stop(&f.d.synced)
	return err
}

// committed is a commit under way.
func committed(tx *btree.Tx) chan error {
	ended := make(chan error, 1)
	go func() { ended <- tx.Commit() }()
	return ended
}

// overwriteRows begins a transaction that looks at the trees before it changes rows, so that it changes pages.
func overwriteRows(t *testing.T, db *btree.DB, val string) *btree.Tx {
	t.Helper()
	tx := change(t, db, 10, val)
	tree, err := tx.Tree("t")
	succeed(t, err)
	_, _, err = tree.Get([]byte("000001"))
	succeed(t, err)
	return tx
}

// While a sync is under way a second commit is written. The sync is not taken for one of that: its record may have come too late. And
// while a third is written, nothing is lost of the version that the sync makes durable, with which readers begin until the next one.
func TestCommitsDuringASync(t *testing.T) {
	mem := &vfs.Mem{}
	disk := newStopDisk(mem)
	defer close(disk.goOn)
	o := btree.Options{PageSize: 4096, LogSize: 1 << 20}
	db := open(t, disk, o)
	succeed(t, overwriteRows(t, db, "none").Commit())
	tx := overwriteRows(t, db, "first")
	disk.synced.Store(true)
	first := committed(tx)
	<-disk.stopped
	var later []chan error
	for _, val := range []string{"second", "third"} {
		tx := overwriteRows(t, db, val)
		for len(disk.written) > 0 {
			<-disk.written
		}
		later = append(later, committed(tx))
		<-disk.written
		succeed(t, overwriteRows(t, db, "rolled back").Rollback()) // begins when the commit has let others write
	}
	disk.syncing.Store(true)
	disk.goOn <- true
	succeed(t, <-first)
	select {
	case <-disk.stopped:
	case err := <-later[0]:
		t.Fatalf("the second commit returned %v without a sync of its own", err)
	case err := <-later[1]:
		t.Fatalf("the third commit returned %v without a sync of its own", err)
	}
	if got := afterCut(t, mem, o, 1); !got.equal(rows(10, "first")) && !got.equal(rows(10, "second")) && !got.equal(rows(10, "third")) {
		t.Error(difference(got, rows(10, "first")))
	}
	reader, err := db.Begin(false)
	succeed(t, err)
	mustShow(t, "a reader of the first commit", reader, rows(10, "first"))
	disk.goOn <- true
	succeed(t, <-later[0])
	succeed(t, <-later[1])
	mustShow(t, "a reader of the first commit", reader, rows(10, "first"))
	succeed(t, reader.Rollback())
	mustHold(t, db, rows(10, "third"))
	mustCheck(t, db)
}

// While a sync is under way and delayed commits follow, nothing is lost of the version before, with which snapshots begin until the sync
// is done, although no other reader begins with it any more.
func TestSnapshotBesideASyncAndDelayedCommits(t *testing.T) {
	disk := newStopDisk(&vfs.Mem{})
	defer close(disk.goOn)
	db := open(t, disk, btree.Options{PageSize: 4096, LogSize: 1 << 20})
	for _, val := range []string{"none", "old"} {
		succeed(t, overwriteRows(t, db, val).Commit())
	}
	tx := overwriteRows(t, db, "new")
	disk.syncing.Store(true)
	ended := committed(tx)
	<-disk.stopped
	for i := range 5 {
		succeed(t, overwriteRows(t, db, fmt.Sprint("delayed", i)).Delay())
	}
	reader, err := db.Snapshot()
	succeed(t, err)
	mustShow(t, "a snapshot", reader, rows(10, "old"))
	succeed(t, reader.Rollback())
	disk.goOn <- true
	succeed(t, <-ended)
	reader, err = db.Snapshot()
	succeed(t, err)
	mustShow(t, "a snapshot after the sync", reader, rows(10, "new"))
	succeed(t, reader.Rollback())
	mustHold(t, db, rows(10, "delayed4"))
	mustCheck(t, db)
}

// While a checkpoint writes pages, the last reader of some of them ends. They are not given out before the checkpoint is done, which
// would take them for those that it wrote.
func TestPagesOfACheckpointUnderWay(t *testing.T) {
	for commits := 1; commits < 8; commits++ { // one of them is the last to be given a page
		t.Run(fmt.Sprint(commits, " commits"), func(t *testing.T) { commitDuringCheckpoint(t, commits) })
	}
}

func commitDuringCheckpoint(t *testing.T, commits int) {
	disk := newStopDisk(&vfs.Mem{})
	defer close(disk.goOn)
	db := open(t, disk, btree.Options{PageSize: 4096, LogSize: 64 << 10})
	succeed(t, overwriteRows(t, db, "none").Commit())
	succeed(t, overwriteRows(t, db, "first").Commit())
	reader, err := db.Begin(false)
	succeed(t, err)
	succeed(t, overwriteRows(t, db, "second").Commit())
	disk.writing.Store(true)
	large := string(make([]byte, 900))
	for range 4 { // of which three fit in a half of the log
		succeed(t, overwriteRows(t, db, large).Commit())
	}
	<-disk.stopped
	succeed(t, reader.Rollback())
	for i := range commits {
		succeed(t, overwriteRows(t, db, fmt.Sprint(i)).Commit())
	}
	disk.goOn <- true
	succeed(t, db.Checkpoint()) // waits for the other
	mustHold(t, db, rows(10, fmt.Sprint(commits-1)))
	mustCheck(t, db)
}

// The log becomes full while there are delayed commits. What they did is in no record yet: a checkpoint that wrote their version would cut
// the record that has it, with the commit that follows, off from the version before.
func TestFullLogBesideDelayedCommits(t *testing.T) {
	for commits := range 10 { // of which six fit in a half of the log
		mem := &vfs.Mem{}
		var closing atomic.Bool
		o := btree.Options{PageSize: 4096, LogSize: 64 << 10}
		large := strings.Repeat("large", 100)
		want := rows(10, "last"+large)
		disk := &syncHook{FS: mem, before: func() {
			if !closing.Load() {
				return
			}
			after := open(t, mem.CutPower(func(vfs.Unsynced) bool { return false }), o)
			mustHold(t, after, want)
			mustCheck(t, after)
		}}
		db := open(t, disk, o)
		for range 1 + commits {
			succeed(t, overwriteRows(t, db, large).Commit())
		}
		succeed(t, overwriteRows(t, db, large).Delay())
		succeed(t, overwriteRows(t, db, "last"+large).Commit())
		closing.Store(true) // a checkpoint has ended then, or ends now
		succeed(t, db.Close())
	}
}

// Commits and checkpoints sync the file one after another: of two syncs at a time one could take the error of the other.
func TestSyncsHappenOneAtATime(t *testing.T) {
	var now, all atomic.Int32
	disk := &syncHook{FS: &vfs.Mem{}, before: func() {
		if all.Add(1); now.Add(1) > 1 {
			t.Error("a sync was begun during another")
		}
		for range 100 {
			runtime.Gosched()
		}
		now.Add(-1)
	}}
	db := open(t, disk, btree.Options{PageSize: 4096, LogSize: 64 << 10})
	const commits = 120
	for i := range commits { // of which three fit in a half of the log
		succeed(t, overwriteRows(t, db, strings.Repeat(string(rune('a'+i%26)), 900)).Commit())
	}
	if all.Load() < commits*3/2 {
		t.Errorf("%d commits made %d syncs: there were hardly any checkpoints", commits, all.Load())
	}
}

// The trees catch up with a commit whose sync is under way together with a later one, so that they never show it alone. It returns when
// they show it: when the later one is durable, too.
func TestCommitReturnsWhenItIsSeen(t *testing.T) {
	disk := newStopDisk(&vfs.Mem{})
	defer close(disk.goOn)
	db := open(t, disk, btree.Options{PageSize: 4096, LogSize: 1 << 20})
	for _, val := range []string{"none", "old"} {
		succeed(t, overwriteRows(t, db, val).Commit())
	}
	tx := change(t, db, 10, "first") // looks at nothing, as the next does not
	disk.syncing.Store(true)
	first := committed(tx)
	<-disk.stopped
	second := committed(change(t, db, 10, "second"))
	succeed(t, overwriteRows(t, db, "rolled back").Rollback()) // the trees catch up with both
	disk.syncing.Store(true)
	disk.goOn <- true
	early := func(err error) { t.Fatalf("the first commit returned %v before anybody can see it", err) }
	select {
	case <-disk.stopped: // the sync of the first is done, and that of the second under way
	case err := <-first:
		early(err)
	}
	for range 1000 {
		runtime.Gosched()
		select {
		case err := <-first:
			early(err)
		default:
		}
	}
	mustHold(t, db, rows(10, "old"))
	disk.goOn <- true
	succeed(t, <-first)
	mustHold(t, db, rows(10, "second"))
	succeed(t, <-second)
	mustCheck(t, db)
}

// The log turns while the last commit before the turn is not durable, and a reader makes the trees catch up with those that are. It sees
// all of them, and the checkpoint of the turn, which the other half of the log follows, waits for the last one.
func TestReaderDuringATurnOfTheLog(t *testing.T) {
	mem := &vfs.Mem{}
	disk := newStopDisk(mem)
	defer close(disk.goOn)
	o := btree.Options{PageSize: 4096, LogSize: 64 << 10}
	db := open(t, disk, o)
	succeed(t, overwriteRows(t, db, "none").Commit())
	val := func(i int) string { return fmt.Sprint(i, strings.Repeat("long", 220)) } // of which three fit in a half of the log
	for i := range 2 {
		succeed(t, change(t, db, 10, val(i)).Commit())
	}
	tx := change(t, db, 10, val(2))
	disk.syncing.Store(true)
	third := committed(tx)
	<-disk.stopped
	fourth := committed(change(t, db, 10, val(3)))
	succeed(t, change(t, db, 10, "rolled back").Rollback()) // begins when the fourth has let others write
	reader, err := db.Begin(false)
	succeed(t, err)
	mustShow(t, "who reads before the third is durable", reader, rows(10, val(1)))
	succeed(t, reader.Rollback())
	disk.goOn <- true
	succeed(t, <-third)
	succeed(t, <-fourth)
	succeed(t, db.Abandon()) // when the checkpoint of the turn has ended, if it has begun
	if got := afterCut(t, mem, o, 1); !got.equal(rows(10, val(3))) {
		t.Errorf("after a power cut: %s", difference(got, rows(10, val(3))))
	}
}

// Records that wait to be written take their room in the log: what does not fit behind them goes to the other half.
func TestRecordsThatWaitHaveRoomInTheLog(t *testing.T) {
	mem := &vfs.Mem{}
	disk := newStopDisk(mem)
	defer close(disk.goOn)
	o := btree.Options{PageSize: 4096, LogSize: 64 << 10}
	db := open(t, disk, o)
	succeed(t, overwriteRows(t, db, "none").Commit())
	val := func(i int) string { return fmt.Sprint(i, strings.Repeat("long", 220)) } // of which three fit in a half of the log
	tx := change(t, db, 10, val(0))
	disk.syncing.Store(true)
	ended := []chan error{committed(tx)}
	<-disk.stopped
	for i := 1; i < 5; i++ { // each begins when the one before has let others write
		ended = append(ended, committed(change(t, db, 10, val(i))))
	}
	disk.goOn <- true
	for _, e := range ended {
		succeed(t, <-e)
	}
	succeed(t, db.Abandon())
	if got := afterCut(t, mem, o, 1); !got.equal(rows(10, val(4))) {
		t.Errorf("after a power cut: %s", difference(got, rows(10, val(4))))
	}
}

// A record that is in the file although its write failed is taken back: its commit told that it did not happen.
func TestFailedRecordNeverHappened(t *testing.T) {
	mem := &vfs.Mem{}
	fail := false
	disk := &vfs.Inject{Base: mem, Hook: func(c vfs.Call) error {
		if fail && c.Op == "write" {
			fail = false
			return &vfs.Partial{N: c.Len, Err: syscall.EIO}
		}
		return nil
	}}
	o := btree.Options{PageSize: 4096, LogSize: 64 << 10}
	db := open(t, disk, o)
	for _, val := range []string{"none", "first", "second"} {
		succeed(t, overwriteRows(t, db, val).Commit())
	}
	tx := overwriteRows(t, db, "failed")
	fail = true
	if err := tx.Commit(); !errors.Is(err, syscall.EIO) || fail {
		t.Fatalf("a commit whose record could not be written returned %v", err)
	}
	if got := afterCut(t, mem.Clone(), o, 1); !got.equal(rows(10, "second")) {
		t.Errorf("after a power cut: %s", difference(got, rows(10, "second")))
	}
	killed := open(t, mem.Clone(), o)
	mustHold(t, killed, rows(10, "second"))
	succeed(t, overwriteRows(t, db, "third").Commit())
	mustHold(t, db, rows(10, "third"))
}

// A slice that a reader got of a page that was not in the file yet stays as it is when the page is written, and its memory is wanted
// for others.
func TestSlicesOutliveACheckpoint(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: 4096, LogSize: 1 << 20})
	for _, val := range []string{"none", "first"} {
		succeed(t, overwriteRows(t, db, val).Commit())
	}
	reader, err := db.Begin(false)
	succeed(t, err)
	defer reader.Rollback()
	tree, err := reader.Tree("t")
	succeed(t, err)
	val, _, err := tree.Get([]byte("000003"))
	succeed(t, err)
	succeed(t, db.Checkpoint())
	for i := range 20 {
		succeed(t, overwriteRows(t, db, fmt.Sprint("other", i)).Commit())
	}
	if string(val) != "first" {
		t.Errorf("the value has become %q", val)
	}
}

// After a checkpoint that failed the records from before it stay where they are until another one has succeeded, however much is
// committed.
func TestLogAfterAFailedCheckpoint(t *testing.T) {
	for name, begin := range map[string]func(*testing.T, *btree.DB, string) *btree.Tx{
		"blind":       func(t *testing.T, db *btree.DB, val string) *btree.Tx { return change(t, db, 10, val) },
		"with a look": overwriteRows,
		"in turns of it": func(t *testing.T, db *btree.DB, val string) *btree.Tx {
			if val[0]%2 == 0 {
				return change(t, db, 10, val)
			}
			return overwriteRows(t, db, val)
		},
	} {
		t.Run(name, func(t *testing.T) {
			mem := &vfs.Mem{}
			disk := newStopDisk(mem)
			o := btree.Options{PageSize: 4096, LogSize: 64 << 10}
			db := open(t, disk, o)
			succeed(t, overwriteRows(t, db, "none").Commit())
			var allowed atomic.Pointer[[]contents]
			mustLeave := func(survives bool) {
				before := *allowed.Load()
				after := open(t, mem.CutPower(func(vfs.Unsynced) bool { return survives }), o)
				mustCheck(t, after)
				got, err := dump(after)
				succeed(t, errors.Join(err, after.Close()))
				if !slices.ContainsFunc(append(before, *allowed.Load()...), got.equal) {
					t.Errorf("after a power cut: %s", difference(got, before[0]))
				}
			}
			allowed.Store(&[]contents{rows(10, "none")})
			disk.look = func() { mustLeave(true) }
			disk.full.Store(true)
			acked := rows(10, "none")
			for i := range 26 {
				val := strings.Repeat(string(rune('a'+i)), 900)
				next := rows(10, val)
				allowed.Store(&[]contents{acked, next})
				succeed(t, begin(t, db, val).Commit())
				acked = next
				allowed.Store(&[]contents{acked})
				mustLeave(false)
			}
			if disk.full.Load() {
				t.Error("no checkpoint failed")
			}
		})
	}
}
