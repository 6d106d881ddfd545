package btree_test

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// lengths are those of values from empty ones to some that take several pages, in no order.
func lengths(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i * 7919 % (3 * smallPage)
	}
	return out
}

// walked fills a tree with values of many lengths, whose key and bytes follow from their number, and gives a transaction on it.
func walked(t *testing.T, n int) *btree.Tree {
	db := open(t, new(vfs.Mem), btree.Options{PageSize: smallPage})
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		for i, length := range lengths(n) {
			if err := tree.Put(walkedKey(i), bytes.Repeat([]byte{byte(i)}, length)); err != nil {
				return err
			}
		}
		return nil
	})
	tx, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	tree, err := tx.Tree("t")
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func walkedKey(i int) []byte {
	return fmt.Appendf(nil, "shared-prefix-%05d-%s", i, bytes.Repeat([]byte("x"), i%5))
}

// A loop over values of all lengths, in leaves and outside of them, passes each with its key, in both directions.
func TestLoopsPassValuesOfAllLengths(t *testing.T) {
	const n = 400
	tree, want := walked(t, n), lengths(n)
	verify := func(name string, seq iter.Seq2[[]byte, []byte], order []int) {
		at := 0
		for k, v := range seq {
			i := order[at]
			if string(k) != string(walkedKey(i)) || !bytes.Equal(v, bytes.Repeat([]byte{byte(i)}, want[i])) {
				t.Fatalf("%s: step %d is at %q with %d bytes, want %q with %d", name, at, k, len(v), walkedKey(i), want[i])
			}
			at++
		}
		if at != len(order) {
			t.Fatalf("%s passed %d keys of %d", name, at, len(order))
		}
	}
	c := tree.Cursor()
	for _, r := range [][2]int{{0, n}, {0, 1}, {17, 333}, {n - 1, n}, {200, 200}} {
		order := make([]int, 0, n)
		for i := r[0]; i < r[1]; i++ {
			order = append(order, i)
		}
		verify("Ascend", c.Ascend(walkedKey(r[0]), walkedKey(r[1])), order)
		slices.Reverse(order)
		verify("Descend", c.Descend(walkedKey(r[0]), walkedKey(r[1])), order)
		if c.Err() != nil {
			t.Fatal(c.Err())
		}
	}
}

// A loop over values of many lengths goes on from where its body moves the cursor.
func TestLoopsFollowTheirBody(t *testing.T) {
	const n = 400
	tree := walked(t, n)
	c := tree.Cursor()
	var got []string
	for k := range c.Ascend(nil, nil) {
		got = append(got, string(k))
		switch len(got) {
		case 3:
			c.Seek(walkedKey(200))
		case 6:
			c.Next()
		case 9:
			c.Last()
		}
	}
	var want []string
	for _, i := range []int{0, 1, 2, 201, 202, 203, 205, 206, 207} {
		want = append(want, string(walkedKey(i)))
	}
	if !slices.Equal(got, want) || c.Err() != nil {
		t.Fatalf("the loop came to %q, %v; want %q", got, c.Err(), want)
	}
}
