package redis

import (
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestFlowLeavesOutWhatHasGone: the keys of a batch come before its values.
func TestFlowLeavesOutWhatHasGone(t *testing.T) {
	c := connection(t, "8")
	plain(t, c)
	own := &driver.Schema{Name: "own", Kind: driver.Table, Key: []driver.Column{column("k", tuple.KindInt)}, Columns: []driver.Column{column("v", tuple.KindText)}}
	db := mustOpen(t, c).(*Writable)
	if err := db.CreateTable(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	for i := range int64(4) {
		if _, err := db.Apply(t.Context(), []driver.Change{change(driver.Insert, "own", tuple.Of(tuple.Int(i)), set(0, tuple.Text("v"))...)}); err != nil {
			t.Fatal(err)
		}
	}
	tree := &readTree{tx: &readTx{ctx: t.Context(), server: db.server}, name: "own", home: homeOf("own")}
	encoded := func(i int64) string { return string(tuple.Of(tuple.Int(i)).Append(nil)) }
	all := span{limit: 3}
	got := tree.batch(all, []string{encoded(0), encoded(1), encoded(2)})
	if got.err != nil || len(got.pairs) != 3 || len(got.next) != 1 || got.next[0] != encoded(3) {
		t.Errorf("a batch: %+v", got)
	}
	if _, err := db.Apply(t.Context(), []driver.Change{change(driver.Delete, "own", tuple.Of(tuple.Int(1)))}); err != nil {
		t.Fatal(err)
	}
	got = tree.batch(all, []string{encoded(0), encoded(1), encoded(2)})
	if got.err != nil || len(got.pairs) != 3 || got.pairs[1].key != encoded(2) || got.pairs[2].key != encoded(3) || len(got.next) != 0 {
		t.Errorf("a batch of which a row has gone: %+v", got)
	}
	if err := db.rdb.HDel(t.Context(), tree.home.rows, encoded(2)).Err(); err != nil {
		t.Fatal(err)
	}
	if got = tree.batch(all, []string{encoded(0), encoded(2)}); db.Classify(got.err) != driver.Corrupt {
		t.Errorf("a key without a row: %+v", got)
	}
}
