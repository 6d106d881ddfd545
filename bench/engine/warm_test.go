package main

import (
	"os"
	"slices"
	"testing"
)

func TestWarmingLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	for _, size := range []int64{0, 1, 2 << 20, 5<<20 + 7} {
		if err := warm(dir, size); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("there are %v, %v", left, err)
	}
	if err := warm(dir+"/missing", 1); err == nil {
		t.Error("a folder that there is not was written to")
	}
}

// TestMemoryIsWarmedBeforeWhatIsMeasured would fail if memory were warmed before
// an old store is removed, or for a work that takes none.
func TestMemoryIsWarmedBeforeWhatIsMeasured(t *testing.T) {
	for _, c := range []struct {
		warm bool
		want []string
	}{
		{true, []string{"fresh", "prepare", "warm", "run"}},
		{false, []string{"fresh", "prepare", "run"}},
	} {
		var did []string
		l := &lab{warm: func() error { did = append(did, "warm"); return nil }}
		w := &work{name: "w", before: []string{"fresh"}, warm: c.warm}
		e := own("a", "prepare", "run")
		if _, err := l.run(w, e, &orders{}, doing(func(line string) { did = append(did, line) })); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(did, c.want) {
			t.Errorf("warm %v: did %q, not %q", c.warm, did, c.want)
		}
	}
}

// doing is an engine that tells what it is told.
type doing func(line string)

func (d doing) do(line string) (answer, error) {
	d(line)
	return answer{}, nil
}
