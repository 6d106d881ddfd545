package btree_test

import (
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// planets returns a database with a tree in which the names of planets have their number.
func planets() *btree.DB {
	db, err := btree.Open("planets.db", &btree.Options{FS: &vfs.Mem{}})
	if err != nil {
		log.Fatal(err)
	}
	numbers := map[string]string{
		"mercury": "1", "venus": "2", "earth": "3", "mars": "4", "jupiter": "5", "saturn": "6", "uranus": "7", "neptune": "8",
	}
	err = db.Update(func(tx *btree.Tx) error {
		tree, err := tx.CreateTree("planets")
		if err != nil {
			return err
		}
		return tree.PutAll(func(yield func(key, val []byte) bool) {
			for name, number := range numbers {
				if !yield([]byte(name), []byte(number)) {
					return
				}
			}
		})
	})
	if err != nil {
		log.Fatal(err)
	}
	return db
}

// viewPlanets and updatePlanets run fn with that tree.
func viewPlanets(fn func(tree *btree.Tree) error) { runPlanets((*btree.DB).View, fn) }

func updatePlanets(fn func(tree *btree.Tree) error) { runPlanets((*btree.DB).Update, fn) }

func runPlanets(run func(*btree.DB, func(*btree.Tx) error) error, fn func(tree *btree.Tree) error) {
	db := planets()
	defer func() { _ = db.Close() }()
	err := run(db, func(tx *btree.Tx) error {
		tree, err := tx.Tree("planets")
		if err != nil {
			return err
		}
		return fn(tree)
	})
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleBetween() {
	viewPlanets(func(tree *btree.Tree) error {
		after, through := btree.Excluding([]byte("earth")), btree.Including([]byte("neptune"))
		c := tree.Cursor()
		for name := range c.Descend(btree.Between(after, through)) {
			fmt.Printf("%s\n", name)
		}
		n, err := tree.Count(btree.Between(after, btree.Bound{}))
		fmt.Printf("%d come after earth\n", n)
		return err
	})
	// Output:
	// neptune
	// mercury
	// mars
	// jupiter
	// 7 come after earth
}

func ExampleTree_GetMany() {
	viewPlanets(func(tree *btree.Tree) error {
		names := [][]byte{[]byte("saturn"), []byte("pluto"), []byte("venus")}
		return tree.GetMany(names, func(i int, val []byte, ok bool) bool {
			fmt.Printf("%s: %q %v\n", names[i], val, ok)
			return true
		})
	})
	// Output:
	// saturn: "6" true
	// pluto: "" false
	// venus: "2" true
}

func ExampleTree_DeleteAll() {
	updatePlanets(func(tree *btree.Tree) error {
		n, err := tree.DeleteAll(slices.Values([][]byte{[]byte("saturn"), []byte("pluto"), []byte("venus")}))
		fmt.Println(n, "were there")
		return err
	})
	// Output: 2 were there
}

func ExampleTree_Remove() {
	updatePlanets(func(tree *btree.Tree) error {
		for _, name := range []string{"pluto", "mars"} {
			if err := tree.Remove([]byte(name)); err != nil {
				return err
			}
		}
		n, err := tree.Len()
		fmt.Println(n, "are left")
		return err
	})
	// Output: 7 are left
}

func ExampleTree_PutReader() {
	updatePlanets(func(tree *btree.Tree) error {
		const text = "the red planet"
		if err := tree.PutReader([]byte("mars"), strings.NewReader(text), uint64(len(text))); err != nil {
			return err
		}
		r, _, err := tree.Open([]byte("mars"))
		if err != nil {
			return err
		}
		fmt.Println(r.Size(), "bytes")
		_, err = io.Copy(os.Stdout, r)
		return err
	})
	// Output:
	// 14 bytes
	// the red planet
}

func ExampleCursor_Sample() {
	viewPlanets(func(tree *btree.Tree) error {
		c := tree.Cursor()
		sample := maps.Collect(func(yield func(string, string) bool) {
			for key, val := range c.Sample(3, rand.New(rand.NewPCG(1, 2))) {
				if !yield(string(key), string(val)) {
					return
				}
			}
		})
		fmt.Println(len(sample), "planets")
		return c.Err()
	})
	// Output: 3 planets
}
