package btree_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/rowan-db/rowan/btree"
)

// compareWalk walks forwards from somewhere, and looks at both ends and at a position.
func compareWalk(tree *btree.Tree, keys []string, m map[string]string, p *program) error {
	c := tree.Cursor()
	if err := isAt(c, c.Last(), keys, len(keys)-1); err != nil {
		return fmt.Errorf("Last: %w", err)
	}
	if err := isAt(c, c.First(), keys, 0); err != nil {
		return fmt.Errorf("First: %w", err)
	}
	at := p.r.IntN(len(keys) + 1)
	if err := isAt(c, c.Select(uint64(at)), keys, at); err != nil {
		return fmt.Errorf("Select of %d: %w", at, err)
	}
	for at < len(keys) && p.r.IntN(10) > 0 {
		if v, err := c.Value(); err != nil || string(v) != m[keys[at]] {
			return fmt.Errorf("the value of key %d is %.40q, %v; want %.40q", at, v, err, m[keys[at]])
		}
		at++
		if err := isAt(c, c.Next(), keys, at); err != nil {
			return fmt.Errorf("Next to %d: %w", at, err)
		}
	}
	return nil
}

// compareSample takes a sample: of different keys, in order, as many as there should be.
func compareSample(tree *btree.Tree, keys []string, m map[string]string, p *program) error {
	c := tree.Cursor()
	n := p.r.IntN(8)
	var got []string
	for k, v := range c.Sample(n, p.r) {
		if want, ok := m[string(k)]; !ok || string(v) != want {
			return fmt.Errorf("a sample has %q with %.40q, want %.40q", k, v, want)
		}
		got = append(got, string(k))
	}
	if c.Err() != nil || len(got) != min(n, len(keys)) || !slices.IsSorted(got) || len(slices.Compact(got)) != min(n, len(keys)) {
		return fmt.Errorf("a sample of %d of %d is %q, %v", n, len(keys), got, c.Err())
	}
	return nil
}

// compareBounds counts a range with bounds of all kinds.
func compareBounds(tree *btree.Tree, keys []string, p *program) error {
	from, to := p.key(), p.key()
	lower, upper := btree.Including([]byte(from)), btree.Including([]byte(to))
	has := func(k string) bool { return k >= from && k <= to }
	if p.r.IntN(2) == 0 {
		lower, upper = btree.Excluding([]byte(from)), btree.Excluding([]byte(to))
		has = func(k string) bool { return k > from && k < to }
	}
	want := uint64(0)
	for _, k := range keys {
		if has(k) {
			want++
		}
	}
	if n, err := tree.Count(btree.Between(lower, upper)); err != nil || n != want {
		return fmt.Errorf("between %q and %q are %d keys, %v; want %d", from, to, n, err, want)
	}
	return nil
}

// compareStream reads a value piece by piece.
func compareStream(tree *btree.Tree, key []byte, m map[string]string, p *program) error {
	want, exists := m[string(key)]
	r, ok, err := tree.Open(key)
	if err != nil || ok != exists {
		return fmt.Errorf("Open of %q: %v, %w", key, ok, err)
	}
	if !exists {
		return nil
	}
	if r.Size() != uint64(len(want)) {
		return fmt.Errorf("the value of %q has %d bytes, want %d", key, r.Size(), len(want))
	}
	from := p.r.IntN(len(want) + 1)
	part := make([]byte, p.r.IntN(len(want)-from+1))
	if n, err := r.ReadAt(part, int64(from)); n != len(part) || err != nil && err != io.EOF || string(part) != want[from:from+len(part)] {
		return fmt.Errorf("ReadAt of %q from %d gives %d bytes, %v", key, from, n, err)
	}
	if at, err := r.Seek(int64(from), io.SeekStart); err != nil || at != int64(from) {
		return fmt.Errorf("Seek in %q to %d: %d, %w", key, from, at, err)
	}
	n, err := r.Read(part)
	var rest bytes.Buffer
	if err == nil || err == io.EOF {
		_, err = r.WriteTo(&rest)
	}
	if err != nil || string(part[:n])+rest.String() != want[from:] {
		return fmt.Errorf("%q read from %d is %.40q and %d bytes, %w", key, from, part[:n], rest.Len(), err)
	}
	return nil
}

// compareInPieces is compareReads with what is left of the interface.
func compareInPieces(tree *btree.Tree, keys []string, m map[string]string, p *program) error {
	for _, compare := range []func() error{
		func() error { return compareWalk(tree, keys, m, p) },
		func() error { return compareSample(tree, keys, m, p) },
		func() error { return compareBounds(tree, keys, p) },
		func() error { return compareStream(tree, []byte(p.key()), m, p) },
	} {
		if err := btree.Guard(compare); err != nil {
			return err
		}
	}
	return nil
}
