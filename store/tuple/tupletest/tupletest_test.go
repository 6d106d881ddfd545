package tupletest_test

import (
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/store/tuple/tupletest"
)

func TestEveryKindComesUp(t *testing.T) {
	seen := map[tuple.Kind]bool{}
	values := tupletest.Values()
	for seed := range 1000 {
		seen[values.Example(seed).Kind()] = true
	}
	for k := tuple.KindNull; k <= tuple.KindOther; k++ {
		if !seen[k] {
			t.Errorf("%v does not", k)
		}
	}
}
