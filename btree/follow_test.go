//go:build !btree_nolog

package btree_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// Whoever begins to read sees all that was committed before, also when the one who writes turns the log over and over between any two
// reads of that.
func TestFollowerWhileTheLogIsWrittenOver(t *testing.T) {
	val := func(i int) string { return fmt.Sprint(i, strings.Repeat("long", 200)) }
	for nth := 1; ; nth++ {
		mem := &vfs.Mem{}
		o := btree.Options{PageSize: 4096, LogSize: 64 << 10}
		writer := open(t, mem, o)
		for i := range 3 { // the last two are in the log alone
			succeed(t, overwriteRows(t, writer, val(i)).Commit())
		}
		reads, last := -1, 2
		o.ReadOnly, o.FS = true, &vfs.Inject{Base: mem, Hook: func(c vfs.Call) error {
			if c.Op != "read" || reads < 0 {
				return nil
			}
			for reads++; reads == nth && last < 14; last++ { // of which three fit in a half of the log
				succeed(t, overwriteRows(t, writer, val(last+1)).Commit())
			}
			return nil
		}}
		reader, err := btree.Open(dbName, &o)
		succeed(t, err)
		reads = 0
		tx, err := reader.Begin(false)
		succeed(t, err)
		reads = -1
		got, err := dumpTx(tx)
		succeed(t, err)
		seen := -1
		for i := 2; i <= last; i++ {
			if got.equal(rows(10, val(i))) {
				seen = i
			}
		}
		if seen < 0 {
			t.Errorf("commits between reads %d and %d: who began after commit 2 sees %s", nth-1, nth, difference(got, rows(10, val(2))))
		}
		succeed(t, tx.Rollback())
		succeed(t, reader.Close())
		if last == 2 {
			if nth < 5 {
				t.Errorf("to begin takes only %d reads", nth-1)
			}
			return
		}
	}
}

// The end of the file, with the log in it, is not cut off by a close while another process reads pages in front of the log that
// nobody else needs any more.
func TestCloseLeavesPagesToReadersInOtherProcesses(t *testing.T) {
	mem := &vfs.Mem{}
	o := btree.Options{PageSize: 4096, LogSize: 64 << 10}
	writer := open(t, mem, o)
	fill(t, writer, 5000, 10, 1)
	fill(t, writer, 1, 10, 1) // is in a log at the end of the file
	want, err := dump(writer)
	succeed(t, err)
	reader, err := btree.Open(dbName, &btree.Options{FS: mem, ReadOnly: true})
	succeed(t, err)
	tx, err := reader.Begin(false)
	succeed(t, err)
	succeed(t, writer.Update(func(tx *btree.Tx) error { return tx.DropTree("t") }))
	succeed(t, writer.Close())
	mustShow(t, "who reads in another process", tx, want)
	succeed(t, tx.Rollback())
	succeed(t, reader.Close())
}
