package btree_test

import (
	"testing"

	"github.com/rowan-db/rowan/btree"
)

// Every page of the file is counted once, whatever is kept, logged or free, and only kept versions make kept pages.
func TestStatsAddUp(t *testing.T) {
	k := newKeeper(t, 4241, btree.Options{}) // it has a log, unless this build has none
	logged, keeping, freed := false, false, false
	for range 80 {
		if err := k.step(); err != nil {
			t.Fatal(err)
		}
		s := stats(t, k.db)
		if sum := s.Meta + s.Space + s.Leaf + s.Branch + s.Overflow + s.Log + s.Kept + s.Free; sum != s.Pages {
			t.Fatalf("the pages by use are %d, of %d: %+v", sum, s.Pages, s)
		}
		if s.Versions != len(k.kept) || s.Versions == 0 && s.Kept > 0 {
			t.Fatalf("%d versions are kept, with %d pages; want %d", s.Versions, s.Kept, len(k.kept))
		}
		logged, keeping, freed = logged || s.Log > 0, keeping || s.Kept > 0, freed || s.Free > 0
	}
	if logged == btree.NeverLog || !keeping || !freed {
		t.Errorf("there was a log: %v, a kept page: %v, a free one: %v; the test is too small", logged, keeping, freed)
	}
	s := stats(t, k.db)
	if s.Memory.Frames == 0 && s.Memory.Cached == 0 && s.Memory.Mapped == 0 {
		t.Error("nothing is in memory")
	}
}
