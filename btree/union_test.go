package btree

import (
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
)

// Runs of pages in any order, with pages that several of them have and across groups, become the fewest runs that have the same.
func TestUnionHasTheSamePages(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		var xs []extent
		want := map[uint64]bool{}
		for range r.IntN(40) {
			first := firstPage + r.Uint64N(1500)
			for first%groupPages(tinyPage) < 2 {
				first++ // those are reserved
			}
			xs = append(xs, extent{first: first, pages: 1 + r.Uint64N(1+r.Uint64N(600))})
		}
		eachPage(tinyPage, xs, func(no uint64) { want[no] = true })
		all := union(tinyPage, xs)
		got, after := map[uint64]bool{}, uint64(0)
		eachPage(tinyPage, all, func(no uint64) {
			if no < after {
				t.Fatalf("page %d comes twice, or not in order, in %v", no, all)
			}
			got[no], after = true, no+1
		})
		for i := 1; i < len(all); i++ {
			if end := runEnd(tinyPage, all[i-1].first, all[i-1].pages); nextPage(tinyPage, end-1) == all[i].first {
				t.Fatalf("runs %v and %v are one", all[i-1], all[i])
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d pages became %d", len(want), len(got))
		}
		for no := range want {
			if !got[no] {
				t.Fatalf("page %d is missing in %v", no, all)
			}
		}
	}
}

// Runs of pages that were born in different versions stay apart, side by side as they are.
func TestUnionKeepsVersionsApart(t *testing.T) {
	xs := []extent{{first: 30, pages: 10, born: 2}, {first: 10, pages: 10, born: 1}, {first: 20, pages: 5, born: 1}, {first: 25, pages: 5, born: 2}}
	want := []extent{{first: 10, pages: 15, born: 1}, {first: 25, pages: 15, born: 2}}
	if got := union(tinyPage, xs); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A transaction that gives pages back and takes them again remembers them once, however long it goes on.
func TestAllocatedPagesAreNamedOnce(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "x"), &Options{PageSize: 4096, NoSync: true, CacheSize: 1, WriteBuffer: 4 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	tree, err := tx.CreateTree("t")
	if err != nil {
		t.Fatal(err)
	}
	longest, taken := 0, uint64(0)
	var key [8]byte
	for i, n := range rand.New(rand.NewPCG(1, 1)).Perm(60_000) {
		binary.BigEndian.PutUint64(key[:], uint64(n))
		if err := tree.Put(key[:], make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		if i%100 == 0 {
			longest = max(longest, len(tx.allocated))
			taken = db.session.allocated.Load()
		}
	}
	if pages := tx.pageEnd; longest > max(leastTidy, int(pages)) || taken < 2*pages {
		t.Errorf("%d runs were remembered at once, of %d pages, which were taken %d times", longest, pages, taken)
	}
}

// Pages that a transaction gives up in the order of keys are remembered as the runs of the file that they are.
func TestFreedPagesBecomeRuns(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "x"), &Options{PageSize: 4096, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const pages = 10_000
	tx, err := db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	longest := 0
	for _, n := range rand.New(rand.NewPCG(1, 1)).Perm(pages) {
		tx.giveUp(firstPage+uint64(n), 1, 1)
		longest = max(longest, len(tx.freed))
	}
	tx.tidyFreed()
	if want := (extent{first: firstPage, pages: pages, born: 1}); longest > pages/2 || len(tx.freed) != 1 || tx.freed[0] != want {
		t.Errorf("%d pages became %v, by way of %d runs", pages, tx.freed, longest)
	}
	tx.freed = nil // they never were
}
