package postgres

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

// TestAPreparedReadStaysAlone: what stands around a read is prepared once the read
// is, is not sent as text any more, and leaves no transaction open.
func TestAPreparedReadStaysAlone(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, rowsForFaults+"; ALTER TABLE t ENABLE ROW LEVEL SECURITY") // so that reading it may run something
	w := &wire{}
	c := connectionTo(u)
	c.Dial, c.ReadOnly = w.dial, true
	db := openAt(t, c)
	s := described(t, db, "t")
	var texts atomic.Int32
	w.setCut(func(message []byte, sent bool) bool {
		if !sent && bytes.Contains(message, []byte("BEGIN READ ONLY")) {
			texts.Add(1)
		}
		return false
	})
	for i, most := range []int32{1, 2, 2, 2} { // as text, prepared, and then neither
		rows, err := db.Get(context.Background(), s, []tuple.Tuple{key(tuple.Int(2))})
		if err != nil || rows[0] == nil || rows[0].Values[0] != tuple.Text("v2") {
			t.Fatalf("read %d: %v, %v", i+1, rows, err)
		}
		if got := texts.Load(); got != most {
			t.Errorf("after read %d, BEGIN was sent as text %d times, not %d", i+1, got, most)
		}
	}
	used, err := db.(*reader).pool.take(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer used.Release()
	if state := used.pg.TxStatus(); state != inNone {
		t.Errorf("the transaction is left in state %c", state)
	}
}

// TestAnInertTableIsReadWithoutATransaction: the session's own setting does.
func TestAnInertTableIsReadWithoutATransaction(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, rowsForFaults)
	w := &wire{}
	c := connectionTo(u)
	c.Dial, c.ReadOnly = w.dial, true
	db := openAt(t, c)
	s := described(t, db, "t")
	var begins atomic.Int32
	w.setCut(func(message []byte, sent bool) bool {
		if !sent && bytes.Contains(message, []byte("BEGIN")) {
			begins.Add(1)
		}
		return false
	})
	for range 3 {
		rows, err := db.Get(t.Context(), s, []tuple.Tuple{key(tuple.Int(2))})
		if err != nil || rows[0] == nil || rows[0].Values[0] != tuple.Text("v2") {
			t.Fatalf("%v, %v", rows, err)
		}
	}
	if n := begins.Load(); n != 0 {
		t.Errorf("BEGIN was sent %d times", n)
	}
}
