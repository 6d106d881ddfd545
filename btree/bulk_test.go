package btree_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// withTree runs fn with the tree "t" of a writable transaction of a new database, which is checked and committed.
func withTree(t *testing.T, o btree.Options, fn func(tx *btree.Tx, tree *btree.Tree)) *btree.DB {
	t.Helper()
	db := open(t, &vfs.Mem{}, o)
	update(t, db, func(tx *btree.Tx, tree *btree.Tree) error {
		fn(tx, tree)
		return nil
	})
	mustCheck(t, db)
	return db
}

func TestGetManyFindsWhatGetFinds(t *testing.T) {
	r := newRand(21)
	db := withTree(t, btree.Options{PageSize: smallPage}, func(_ *btree.Tx, tree *btree.Tree) {
		for range 5000 {
			if err := tree.Put([]byte(fmt.Sprint(r.IntN(9000))), make([]byte, r.IntN(2000))); err != nil {
				t.Fatal(err)
			}
		}
	})
	err := db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		for _, n := range []int{0, 1, 31, 32, 33, 500} {
			keys := make([][]byte, n)
			for i := range keys {
				keys[i] = []byte(fmt.Sprint(r.IntN(10000)))
			}
			next := 0
			err := tree.GetMany(keys, func(i int, val []byte, ok bool) bool {
				want, exists, err := tree.Get(keys[i])
				if err != nil || i != next || ok != exists || !bytes.Equal(val, want) {
					t.Fatalf("key %d, %q: %d bytes, %v; Get has %d, %v, %v", i, keys[i], len(val), ok, len(want), exists, err)
				}
				next++
				return true
			})
			if err != nil || next != n {
				t.Fatalf("%d of %d keys, %v", next, n, err)
			}
			calls := 0
			_ = tree.GetMany(keys, func(int, []byte, bool) bool { calls++; return calls < 5 })
			if calls != min(n, 5) {
				t.Fatalf("fn was called %d times after it returned false", calls)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGetManyInAnEmptyTree(t *testing.T) {
	withTree(t, btree.Options{}, func(_ *btree.Tx, tree *btree.Tree) {
		n := 0
		err := tree.GetMany([][]byte{{1}, {2}}, func(_ int, _ []byte, ok bool) bool { n++; return !ok })
		if err != nil || n != 2 {
			t.Fatal(n, err)
		}
	})
}

// Every combination of bounds, in both directions, gives the keys that a loop over all of them with comparisons gives.
func TestEveryCombinationOfBounds(t *testing.T) {
	keys := []string{"", "a", "a\x00", "b", "ba", "c"}
	var bounds []btree.Bound
	var lower, upper []func(string) bool
	add := func(b btree.Bound, lo, hi func(string) bool) {
		bounds, lower, upper = append(bounds, b), append(lower, lo), append(upper, hi)
	}
	always := func(string) bool { return true }
	add(btree.Bound{}, always, always)
	for _, b := range []string{"", "a", "aa", "b", "c", "d"} {
		add(btree.Including([]byte(b)), func(k string) bool { return k >= b }, func(k string) bool { return k <= b })
		add(btree.Excluding([]byte(b)), func(k string) bool { return k > b }, func(k string) bool { return k < b })
	}
	withTree(t, btree.Options{}, func(_ *btree.Tx, tree *btree.Tree) {
		for _, k := range keys {
			if err := tree.Put([]byte(k), nil); err != nil {
				t.Fatal(err)
			}
		}
		for i := range bounds {
			for j := range bounds {
				var want []string
				for _, k := range keys {
					if lower[i](k) && upper[j](k) {
						want = append(want, k)
					}
				}
				c := tree.Cursor()
				up := keysOf(c.Ascend(btree.Between(bounds[i], bounds[j])))
				down := keysOf(c.Descend(btree.Between(bounds[i], bounds[j])))
				slices.Reverse(down)
				if !slices.Equal(up, want) || !slices.Equal(down, want) || c.Err() != nil {
					t.Errorf("bounds %d and %d: up %q, down %q, want %q", i, j, up, down, want)
				}
				if n, err := tree.Count(btree.Between(bounds[i], bounds[j])); err != nil || n != uint64(len(want)) {
					t.Errorf("bounds %d and %d: Count is %d, %v, want %d", i, j, n, err, len(want))
				}
			}
		}
	})
}

func keysOf(seq iter.Seq2[[]byte, []byte]) (keys []string) {
	for k := range seq {
		keys = append(keys, string(k))
	}
	return keys
}

func pairs(m map[string]string) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		for k, v := range m {
			if !yield([]byte(k), []byte(v)) {
				return
			}
		}
	}
}

func TestPutAllAndDeleteAllAreAtomic(t *testing.T) {
	m := map[string]string{}
	for i := range 3000 {
		m[fmt.Sprint(i)] = strings.Repeat("v", i%50)
	}
	db := withTree(t, btree.Options{PageSize: smallPage}, func(tx *btree.Tx, tree *btree.Tree) {
		if err := tree.Put([]byte("before"), []byte("x")); err != nil {
			t.Fatal(err)
		}
		tooLong := strings.Repeat("k", btree.MaxPageSize)
		err := tree.PutAll(func(yield func(key, val []byte) bool) {
			_ = yield([]byte("before"), []byte("changed")) && yield([]byte("other"), nil) && yield([]byte(tooLong), nil)
		})
		if !errors.Is(err, btree.ErrKeyTooLarge) {
			t.Fatalf("PutAll with a key too long: %v", err)
		}
		if v, ok, err := tree.Get([]byte("before")); string(v) != "x" || !ok || err != nil {
			t.Fatalf("a PutAll that failed left %q, %v, %v", v, ok, err)
		}
		if err := tree.PutAll(pairs(m)); err != nil {
			t.Fatal(err)
		}
		var gone [][]byte
		for k := range m {
			if k >= "2" {
				gone = append(gone, []byte(k), []byte(k), []byte(k+"absent"))
				delete(m, k)
			}
		}
		n, err := tree.DeleteAll(slices.Values(gone))
		if err != nil || n != uint64(len(gone)/3) {
			t.Fatalf("DeleteAll says %d, %v; want %d", n, err, len(gone)/3)
		}
	})
	m["before"] = "x"
	mustHold(t, db, contents{"t": m})
}

// Each key is in a sample with the same chance: over many samples the numbers differ no more than chance lets them.
func TestSampleIsUniform(t *testing.T) {
	const size, n, rounds = 200, 10, 4000
	withTree(t, btree.Options{PageSize: smallPage}, func(_ *btree.Tx, tree *btree.Tree) {
		for i := range size {
			// Keys are crowded in one place, so that choosing by key rather than by number would show.
			if err := tree.Put([]byte(fmt.Sprintf("%0*d", 1+i%7, i)), make([]byte, i)); err != nil {
				t.Fatal(err)
			}
		}
		total, err := tree.Len()
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		c, r := tree.Cursor(), rand.New(rand.NewPCG(7, 7))
		for range rounds {
			keys := keysOf(c.Sample(n, r))
			if len(keys) != n || !slices.IsSorted(keys) || len(slices.Compact(keys)) != n {
				t.Fatalf("a sample of %d different keys in order: %q", n, keys)
			}
			for _, k := range keys {
				seen[k]++
			}
		}
		expected := float64(rounds*n) / float64(total)
		chi := 0.0
		for _, k := range keysOf(c.Ascend(nil, nil)) {
			d := float64(seen[k]) - expected
			chi += d * d / expected
		}
		// With so many degrees of freedom the sum is about total, and is above this once in far more than a million runs.
		if chi > float64(total)*1.6 {
			t.Errorf("chi square is %.0f with %d keys", chi, total)
		}
		all := keysOf(c.Sample(1000, r))
		if uint64(len(all)) != total || len(keysOf(c.Sample(0, r))) != 0 {
			t.Errorf("a sample of all keys has %d of %d", len(all), total)
		}
	})
}

// Changes that arrive in any order and number leave the same tree as a map, whatever the buffer holds.
func TestBufferedChangesEqualAMap(t *testing.T) {
	shapes := map[string]func(r *rand.Rand) string{
		"short":         func(r *rand.Rand) string { return fmt.Sprint(r.IntN(5000)) },
		"shared prefix": func(r *rand.Rand) string { return fmt.Sprintf("table/customers/%06d/name", r.IntN(5000)) },
		"late prefix": func(r *rand.Rand) string {
			if r.IntN(500) == 0 {
				return fmt.Sprint(r.IntN(10))
			}
			return fmt.Sprintf("a long prefix/%d", r.IntN(5000))
		},
		"equal heads": func(r *rand.Rand) string {
			return strings.Repeat("\x00", r.IntN(12)) + strings.Repeat("x", r.IntN(3)) + fmt.Sprint(r.IntN(9))
		},
		"crowded": func(r *rand.Rand) string { return fmt.Sprintf("%08d", int(r.ExpFloat64()*100)) },
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			r := newRand(uint64(len(name)))
			m := map[string]string{}
			db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
			for range 3 {
				update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
					for range 4000 {
						k := shape(r)
						if r.IntN(3) == 0 {
							delete(m, k)
							if err := tree.Remove([]byte(k)); err != nil {
								return err
							}
							continue
						}
						n := r.IntN(40)
						if r.IntN(50) == 0 {
							n = r.IntN(9000)
						}
						m[k] = strings.Repeat("v", n)
						if err := tree.Put([]byte(k), []byte(m[k])); err != nil {
							return err
						}
					}
					return nil
				})
				mustCheck(t, db)
				mustHold(t, db, contents{"t": maps.Clone(m)})
			}
		})
	}
}

// A put that cannot be is refused by the put itself, also when others wait in the buffer.
func TestBufferedPutIsRefusedAtOnce(t *testing.T) {
	withTree(t, btree.Options{}, func(_ *btree.Tx, tree *btree.Tree) {
		for _, k := range []string{"b", "a"} {
			if err := tree.Put([]byte(k), nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := tree.Put(make([]byte, btree.MaxPageSize), nil); !errors.Is(err, btree.ErrKeyTooLarge) {
			t.Errorf("a key that is too long: %v", err)
		}
		if n, err := tree.Len(); n != 2 || err != nil {
			t.Errorf("%d keys, %v", n, err)
		}
	})
}

// Random input in one transaction fills pages.
func TestRandomInputFillsPages(t *testing.T) {
	db := withTree(t, btree.Options{}, func(_ *btree.Tx, tree *btree.Tree) {
		for i := range 50_000 {
			if err := tree.Put(scattered(i), make([]byte, 60)); err != nil {
				t.Fatal(err)
			}
		}
	})
	s, err := db.Stats()
	if err != nil {
		t.Fatal(err)
	}
	if raw := 50_000 * (8 + 60 + 6); uint64(raw) < s.Leaf*uint64(s.PageSize)*9/10 {
		t.Errorf("%d leaves of %d bytes for %d bytes of entries: less than 90 %% full", s.Leaf, s.PageSize, raw)
	}
}

// Any changes, in any order and with a buffer of any size, leave what a map has.
func FuzzBufferedChanges(f *testing.F) {
	f.Add(uint16(0), []byte("\x00\x01a\x05\x00\x01b\x05\x01\x01a\x00"))
	f.Add(uint16(3), bytes.Repeat([]byte("\x00\x09same/key\x30"), 100))
	f.Fuzz(func(t *testing.T, buffer uint16, program []byte) {
		m := map[string]string{}
		db := withTree(t, btree.Options{PageSize: smallPage, WriteBuffer: int(buffer)}, func(_ *btree.Tx, tree *btree.Tree) {
			for len(program) >= 4 {
				op, n, size := program[0], int(program[1]), int(program[2])*8
				n = min(n, len(program)-3)
				key := program[3 : 3+n]
				program = program[3+n:]
				if op%4 == 3 {
					delete(m, string(key))
					if err := tree.Remove(key); err != nil {
						t.Fatal(err)
					}
					continue
				}
				m[string(key)] = strings.Repeat(string(rune('a'+op%26)), size)
				if err := tree.Put(key, []byte(m[string(key)])); err != nil {
					t.Fatal(err)
				}
			}
		})
		mustHold(t, db, contents{"t": m})
	})
}

// Getting, stepping and putting allocate nothing, but for what a million puts share.
func TestHotPathsDoNotAllocate(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		for i := range 20_000 {
			if err := tree.Put(scattered(i), make([]byte, 20)); err != nil {
				return err
			}
		}
		return nil
	})
	key, val := scattered(77), make([]byte, 20)
	err := db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		c.First()
		for what, fn := range map[string]func(){
			"a get":       func() { _, _, _ = tree.Get(key) },
			"a step":      func() { c.Next(); c.Key(); _, _ = c.Value() },
			"a step back": func() { c.Prev(); c.Key(); _, _ = c.Value() },
		} {
			if n := testing.AllocsPerRun(1000, fn); n > 0 {
				t.Errorf("%s makes %v allocations", what, n)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const puts = 100_000
	all := testing.AllocsPerRun(1, func() {
		update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
			var k [8]byte
			for i := range uint64(puts) {
				le := i * 0x9E3779B97F4A7C15
				for j := range k {
					k[j] = byte(le >> (8 * j))
				}
				if err := tree.Put(k[:], val); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if most := 0.01 * max(1, 16<<10/float64(btree.DefaultPageSize)); all/puts > most {
		t.Errorf("a put makes %v allocations", all/puts)
	}
}
