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

// TestWarmBetweenPreparationAndMeasurement would fail if memory were warmed
// before an old store is removed, or for a work that takes no memory.
func TestWarmBetweenPreparationAndMeasurement(t *testing.T) {
	for _, c := range []struct {
		run  string
		want []string
	}{
		{"put {seq} 1 1", []string{"fresh", "warm", "put"}},
		{"get {other} 1", []string{"fresh", "get"}},
	} {
		var did []string
		l := &lab{warm: func() error { did = append(did, "warm"); return nil }}
		w := &work{name: "w", unit: nanoseconds, before: []string{"fresh"}, entrants: with(c.run, "a")}
		o := &orders{dir: t.TempDir(), n: 4}
		if _, err := l.run(w, w.entrants[0], o, doing(func(verb string) { did = append(did, verb) })); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(did, c.want) {
			t.Errorf("%q: did %q, not %q", c.run, did, c.want)
		}
	}
}

// doing is an engine that tells what it does, by its first word.
type doing func(verb string)

func (d doing) do(line string) (answer, error) {
	d(verb(line))
	return answer{}, nil
}
