//go:build btree_debug

package btree_test

import (
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// beginAndForget begins a transaction that a test finds by this function's name.
func beginAndForget(t *testing.T, db *btree.DB) *btree.Tx {
	tx, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// In a build for debugging the statistics tell where each open reader was begun.
func TestStatsTellWhereReadersWereBegun(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	tx := beginAndForget(t, db)
	s := stats(t, db)
	if len(s.Readers) != 1 || len(s.Readers[0].Stacks) != 1 || !strings.Contains(s.Readers[0].Stacks[0], "beginAndForget") {
		t.Errorf("the readers are %+v", s.Readers)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if s := stats(t, db); len(s.Readers) != 0 {
		t.Errorf("after it ended: %+v", s.Readers)
	}
}
