package btree

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomEntries returns sorted entries of one of the shapes that pages are made for.
func randomEntries(r *rand.Rand, n int) []entry {
	prefix := bytes.Repeat([]byte("p"), r.IntN(12))
	shape := r.IntN(4)
	var es []entry
	for range n {
		var key, val []byte
		switch shape {
		case 0: // fixed lengths
			key, val = fmt.Appendf(nil, "%s%06d", prefix, r.IntN(1e6)), make([]byte, 8)
		case 1: // all in a tie of heads
			key, val = fmt.Appendf(nil, "%sXXXX%d", prefix, r.IntN(1e6)), fmt.Appendf(nil, "%d", r.IntN(1e6))
		case 2: // zeros, which padding must not be taken for
			key = append(slices.Clone(prefix), make([]byte, r.IntN(9))...)
		default:
			key, val = append(slices.Clone(prefix), byte(r.IntN(256)), byte(r.IntN(3))), make([]byte, r.IntN(30))
		}
		es = append(es, entry{key: key, val: val})
	}
	slices.SortFunc(es, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	return slices.CompactFunc(es, func(a, b entry) bool { return bytes.Equal(a.key, b.key) })
}

func samePage(p page, es []entry) error {
	var arena []byte
	got := decode(p, nil, &arena)
	if len(got) != len(es) {
		return fmt.Errorf("it has %d entries, want %d", len(got), len(es))
	}
	for i, e := range es {
		if p.isBranch() {
			if got[i].child != e.child || got[i].keys != e.keys || i > 0 && !bytes.Equal(got[i].key, e.key) {
				return fmt.Errorf("entry %d is %q, %d, %d", i, got[i].key, got[i].child, got[i].keys)
			}
			continue
		}
		if !bytes.Equal(got[i].key, e.key) || !bytes.Equal(got[i].val, e.val) {
			return fmt.Errorf("entry %d is %q=%q, want %q=%q", i, got[i].key, got[i].val, e.key, e.val)
		}
	}
	if why := p.structureFault(); why != "" && len(es) > 0 {
		return fmt.Errorf("its structure is wrong: %s", why)
	}
	return nil
}

// A page that entries are inserted into and removed from in place stays equal to a sorted list of them, finds every key where
// the list has it, and is rebuilt to the size that was measured.
func TestPageEditsEqualAList(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 4))
		kind, level := byte(kindLeaf), 0
		if seed%2 == 1 {
			kind, level = kindBranch, 1
		}
		es := randomEntries(r, 1+r.IntN(150))
		for i := range es {
			if kind == kindBranch {
				es[i].val, es[i].child, es[i].keys = nil, uint64(i), uint64(i*i)
			}
		}
		half := es[:0:0]
		for i, e := range es {
			if i == 0 || r.IntN(2) == 0 {
				half = append(half, e)
			}
		}
		p := make(page, MinPageSize)
		build(p, kind, level, half)
		if err := samePage(p, half); err != nil {
			t.Fatalf("seed %d: built: %v", seed, err)
		}
		if n := measureAll(kind, half); n != p.arraysEnd()+p.used() {
			t.Fatalf("seed %d: measured %d bytes, built %d", seed, n, p.arraysEnd()+p.used())
		}
		list := editAtRandom(t, r, p, slices.Clone(half), es)
		if err := samePage(p, list); err != nil {
			t.Fatalf("seed %d: edited: %v", seed, err)
		}
		findAll(t, p, list, es)
	}
}

// editAtRandom applies the same edits to the page and the list. Entry 0 of a branch stays.
func editAtRandom(t *testing.T, r *rand.Rand, p page, list, from []entry) []entry {
	t.Helper()
	first := 0
	if p.isBranch() {
		first = 1
	}
	for range 200 {
		if r.IntN(3) == 0 && len(list) > first {
			i := first + r.IntN(len(list)-first)
			j := i + min(1+r.IntN(3), len(list)-i)
			p.remove(i, j)
			list = slices.Delete(list, i, j)
			continue
		}
		e := from[r.IntN(len(from))]
		i, found := slices.BinarySearchFunc(list, e, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
		if i < first || found {
			continue
		}
		if p.insert(i, &e) {
			list = slices.Insert(list, i, e)
		}
	}
	return list
}

func findAll(t *testing.T, p page, list, all []entry) {
	t.Helper()
	for _, e := range all {
		want, found := slices.BinarySearchFunc(list, e, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
		if p.isBranch() {
			if !found {
				want--
			}
			if got := p.childIndex(e.key); got != max(want, 0) {
				t.Fatalf("key %q is looked for below entry %d, want %d", e.key, got, want)
			}
			continue
		}
		if i, ok := p.search(e.key); i != want || ok != found {
			t.Fatalf("key %q is found at %d, %v; want %d, %v", e.key, i, ok, want, found)
		}
	}
}

func TestSeparatorIsShortestThatDivides(t *testing.T) {
	cases := [][3]string{{"a", "b", "b"}, {"abc", "abd", "abd"}, {"a", "abc", "ab"}, {"", "xyz", "x"}, {"az", "b", "b"}, {"a", "a\x00", "a\x00"}}
	for _, c := range cases {
		if got := separator([]byte(c[0]), []byte(c[1])); string(got) != c[2] {
			t.Errorf("between %q and %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// A leaf that grows in memory which was used before shows nothing of what was there, once it is prepared to be written.
func TestPreparedLeafHasNothingOfItsMemory(t *testing.T) {
	used, unused := make(page, MinPageSize), make(page, MinPageSize)
	for i := range used {
		used[i] = 0xEE
	}
	for _, p := range []page{used, unused} {
		p.beginLeaf([]byte("prefix"))
		p.setCap(12)
		for i := range 8 {
			e := entry{key: fmt.Appendf(nil, "prefix%03d", i), val: []byte("value")}
			if !p.insert(i, &e) {
				t.Fatal("no room")
			}
		}
		p.prepare()
	}
	if !bytes.Equal(used, unused) {
		t.Error("what is written depends on what was in memory before")
	}
}
