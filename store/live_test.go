package store

import (
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestNothingWaitsForItsOwnTransaction: who waits here is who would have to end
// what he waits for.
func TestNothingWaitsForItsOwnTransaction(t *testing.T) {
	s := New(mem.New())
	defer s.Close()
	s.patience = time.Millisecond
	w, err := s.Writer()
	if err != nil {
		t.Fatal(err)
	}
	shape := &Schema{Name: "t", Key: []Column{{Name: "k", Kind: tuple.KindInt}}}
	if err := w.CreateTable(t.Context(), shape); err != nil {
		t.Fatal(err)
	}
	tx, err := w.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	insert := Change{Op: Insert, Table: "t", Key: tuple.Of(tuple.Int(1))}
	cs := NewChangeSet()
	if _, err := cs.Insert(shape, insert.Key, nil); err != nil {
		t.Fatal(err)
	}
	for what, f := range map[string]func() error{
		"commit": func() error { _, err := w.Commit(t.Context(), cs); return err },
		"apply":  func() error { _, err := w.Apply(t.Context(), []Change{insert}); return err },
		"begin":  func() error { _, err := w.Begin(t.Context()); return err },
	} {
		if err := f(); KindOf(err) != Locked || !strings.Contains(HintOf(err), "that transaction") {
			t.Errorf("%s: %v, hint %q", what, err, HintOf(err))
		}
	}
	if _, err := tx.Apply(t.Context(), []Change{insert}); err != nil {
		t.Errorf("the transaction itself: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(t.Context(), cs); err != nil {
		t.Errorf("after the transaction: %v", err)
	}
}
