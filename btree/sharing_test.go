package btree_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// needSharing skips a test on systems where readers and a writer in different processes exclude each other.
func needSharing(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("no locks of ranges here")
	}
}

// childRead holds a snapshot and says, for each line of its input, what the snapshot and the newest version hold.
func childRead(path string) error {
	db, err := btree.Open(path, &btree.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	held, err := db.Begin(false)
	if err != nil {
		return err
	}
	fmt.Println("open")
	for {
		var line string
		if _, err := fmt.Scanln(&line); errors.Is(err, io.EOF) {
			return errors.Join(held.Rollback(), db.Close())
		} else if err != nil {
			return err
		}
		old, err := counterOf(held)
		if err != nil {
			return err
		}
		n := uint64(0)
		err = db.View(func(tx *btree.Tx) error {
			n, err = counterOf(tx)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(old, n)
	}
}

// counterOf reads all that childWrite's commits wrote and returns the number of the commit that it agrees with.
func counterOf(tx *btree.Tx) (uint64, error) {
	c, err := dumpTx(tx)
	if err != nil {
		return 0, err
	}
	n := binary.BigEndian.Uint64([]byte(c["t"]["n"]))
	if want := afterCommits(n); !c.equal(want) {
		return 0, fmt.Errorf("commit %d is not whole: %s", n, difference(c, want))
	}
	return n, nil
}

// A process that reads sees every commit of another that writes at its next Begin, while a snapshot that it holds stays as it is,
// whatever is written over and over; when it is killed, its version is given up.
func TestReadersInOtherProcesses(t *testing.T) {
	needSharing(t)
	path := filepath.Join(t.TempDir(), dbName)
	db, err := btree.Open(path, &btree.Options{PageSize: smallPage})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	commit := func() (n uint64) {
		t.Helper()
		if err := db.Update(func(tx *btree.Tx) error {
			n, err = advanceTx(tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	commit()
	cmd, in, out := startChild(t, "read", path)
	if !out.Scan() || out.Text() != "open" {
		t.Fatalf("the child says %q", out.Text())
	}
	for range 40 {
		n := commit()
		if _, err := io.WriteString(in, "look\n"); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint(1, n); !out.Scan() || out.Text() != want {
			t.Fatalf("the child says %q, want %q", out.Text(), want)
		}
	}
	mustCheck(t, db)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	ps, err := db.Processes()
	if err != nil || len(ps) != 0 {
		t.Errorf("after the reader was killed: %v, %v", ps, err)
	}
}

// newest returns the number of the newest version.
func newest(t *testing.T, db *btree.DB) (v uint64) {
	t.Helper()
	if err := db.View(func(tx *btree.Tx) error { v = tx.Version(); return nil }); err != nil {
		t.Fatal(err)
	}
	return v
}

// A process that reads while another commits sees each commit whole, never goes back, and is not behind what the other has said
// to be committed. When the writer is killed it goes on, and so it does beside the next writer.
func TestFollowerOfAWriterThatIsKilled(t *testing.T) {
	needSharing(t)
	path := filepath.Join(t.TempDir(), dbName)
	var db *btree.DB
	seen := uint64(0)
	look := func(atLeast uint64) {
		t.Helper()
		err := db.View(func(tx *btree.Tx) error {
			n, err := counterOf(tx)
			if err == nil && n < max(seen, atLeast) {
				err = fmt.Errorf("commit %d is seen after %d was seen and %d acknowledged", n, seen, atLeast)
			}
			seen = n
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for round := range 5 {
		cmd, _, out := startChild(t, "write", path)
		for i := 0; i <= 10+5*round && out.Scan(); i++ {
			acked, err := strconv.ParseUint(out.Text(), 10, 64)
			if err != nil {
				t.Fatalf("the child says %q", out.Text())
			}
			if db == nil {
				if db, err = btree.Open(path, &btree.Options{ReadOnly: true}); err != nil {
					t.Fatal(err)
				}
				defer db.Close()
			}
			look(acked)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for out.Scan() {
		}
		_ = cmd.Wait()
		look(0)
		mustCheck(t, db)
	}
	if seen < 50 {
		t.Errorf("only %d commits were seen", seen)
	}
}

// A file that is compacted and cut off under a process that has it mapped is read on, the old snapshot as well as the new versions.
func TestCompactBesideAReaderInAnotherProcess(t *testing.T) {
	needSharing(t)
	path := filepath.Join(t.TempDir(), dbName)
	db, err := btree.Open(path, &btree.Options{PageSize: smallPage})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	n := uint64(0)
	commit := func() {
		t.Helper()
		if err := db.Update(func(tx *btree.Tx) error {
			n, err = advanceTx(tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	commit()
	_, in, out := startChild(t, "read", path)
	if !out.Scan() || out.Text() != "open" {
		t.Fatalf("the child says %q", out.Text())
	}
	for range 6 {
		for range 8 {
			commit()
		}
		if err := db.Update(func(tx *btree.Tx) error { // something to cut off
			_, err := tx.CreateTree("large")
			return errors.Join(err, counterRowsIn(tx, "large"), tx.DropTree("large"))
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(in, "look\n"); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint(1, n); !out.Scan() || out.Text() != want {
			t.Fatalf("the child says %q, want %q", out.Text(), want)
		}
	}
	mustCheck(t, db)
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
}

// counterRowsIn fills a tree with a megabyte.
func counterRowsIn(tx *btree.Tx, name string) error {
	tree, err := tx.Tree(name)
	for i := range 1000 {
		err = errors.Join(err, tree.Put(key64(i), make([]byte, 1000)))
	}
	return err
}

// Both ends are named: the writer sees who reads, and what.
func TestProcessesAreNamed(t *testing.T) {
	needSharing(t)
	path := filepath.Join(t.TempDir(), dbName)
	db, err := btree.Open(path, &btree.Options{PageSize: smallPage})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fill(t, db, 10, 10, 1)
	cmd, in, out := startChild(t, "read", path)
	if !out.Scan() || out.Text() != "open" {
		t.Fatalf("the child says %q", out.Text())
	}
	v := newest(t, db)
	fill(t, db, 10, 10, 2)
	ps, err := db.Processes()
	if err != nil || len(ps) != 1 || ps[0].PID != cmd.Process.Pid || ps[0].Writing || ps[0].Program != programName(cmd) || ps[0].Since.IsZero() ||
		!slices.Equal(ps[0].Versions, []uint64{v}) {
		t.Errorf("the processes are %+v, %v; want %d reading version %d", ps, err, cmd.Process.Pid, v)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// A process with permission to read only can follow one that writes.
func TestReadersNeedNoPermissionToWrite(t *testing.T) {
	needSharing(t)
	dir := t.TempDir()
	path := filepath.Join(dir, dbName)
	db, err := btree.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fill(t, db, 100, 10, 1)
	if err := errors.Join(os.Chmod(path, 0o444), os.Chmod(dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	reader, err := btree.Open(path, &btree.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	fill(t, db, 200, 10, 2)
	want, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, reader, want)
	mustCheck(t, reader)
}

// follower is a handle that reads what another writes, and the snapshots that it holds.
type follower struct {
	db   *btree.DB
	held []heldReader
}

// Handles that read follow one that writes through random transactions, closes and crashes among them, and none of their
// snapshots ever changes.
func TestFollowersSeeEveryVersion(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			followersSeeEveryVersion(t, seed)
		})
	}
}

func followersSeeEveryVersion(t *testing.T, seed uint64) {
	l := newLife(seed+700, smallPage)
	l.opts.CacheSize = 1
	writer := open(t, l.disk, l.opts)
	readOnly := l.opts
	readOnly.ReadOnly = true
	var fs [2]follower
	for i := range fs {
		fs[i].db = open(t, l.disk, readOnly)
	}
	t.Cleanup(func() {
		for _, f := range fs {
			for _, h := range f.held {
				_ = h.tx.Rollback()
			}
		}
	})
	for range 40 {
		if err := l.transaction(writer); err != nil {
			t.Fatal(err)
		}
		if l.p.r.IntN(15) == 0 {
			if err := writer.Close(); err != nil {
				t.Fatal(err)
			}
			writer = open(t, l.disk, l.opts)
		}
		f := &fs[l.p.r.IntN(len(fs))]
		f.look(t, l)
	}
	mustCheck(t, writer)
	for _, f := range fs {
		mustHold(t, f.db, l.acked)
		mustCheck(t, f.db)
	}
}

// look begins a snapshot of the newest version, and verifies and perhaps ends an older one.
func (f *follower) look(t *testing.T, l *life) {
	t.Helper()
	tx, err := f.db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	f.held = append(f.held, heldReader{tx, l.acked.clone()})
	f.held[len(f.held)-1].verify(t)
	i := l.p.r.IntN(len(f.held))
	f.held[i].verify(t)
	if l.p.r.IntN(2) == 0 {
		if err := f.held[i].tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		f.held = slices.Delete(f.held, i, i+1)
	}
}

// Without locks of ranges, readers and a writer exclude each other, and nobody is named.
func TestWithoutRangeLocksReadersAreKeptOut(t *testing.T) {
	disk := noRanges{&vfs.Mem{}}
	db := open(t, disk, btree.Options{})
	fill(t, db, 10, 10, 1)
	_, err := btree.Open(dbName, &btree.Options{FS: disk, ReadOnly: true})
	if !errors.Is(err, btree.ErrLocked) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("reading what is written: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, disk, btree.Options{ReadOnly: true})
	if _, err := btree.Open(dbName, &btree.Options{FS: disk}); !errors.Is(err, btree.ErrLocked) {
		t.Errorf("writing what is read: %v", err)
	}
}

// noRanges is a disk without locks of ranges.
type noRanges struct{ vfs.FS }

func (d noRanges) OpenFile(name string, mode vfs.Mode) (vfs.File, error) {
	f, err := d.FS.OpenFile(name, mode)
	return struct{ vfs.File }{f}, err
}
