package btree

import (
	"bytes"
	"math"
	"math/bits"
	"slices"
)

// bucketSize is how many changes a bucket of the sort should hold about, and fewBits how many are sorted by insertion.
const (
	bucketSize = 24
	mostDigit  = 12 // bits
	few        = 32
)

// sorted returns the changes in ascending order of keys, of equal ones only the newest. It calls drop for each other one.
func (b *buffer) sorted(drop func(val []byte, lens uint32) error) ([]change, error) {
	b.settlePrefix()
	run := make([]change, b.n)
	s := changeSorter{buffer: b}
	s.scatter(b.blocks, run)
	return b.newest(run, drop)
}

// newest takes out what a later change of the same key makes void.
func (b *buffer) newest(run []change, drop func(val []byte, lens uint32) error) ([]change, error) {
	kept := run[:0]
	for i, c := range run {
		if i+1 < len(run) && run[i+1].head == c.head {
			key, val, lens := b.mem.change(c.at)
			if next, _, _ := b.mem.change(run[i+1].at); string(next) == string(key) {
				if err := drop(val, lens); err != nil {
					return nil, err
				}
				continue
			}
		}
		kept = append(kept, c)
	}
	return kept, nil
}

// changeSorter sorts changes by their heads, by the digits from the greatest down, then by their keys and age.
type changeSorter struct {
	*buffer
	spare []change
}

func (s *changeSorter) sort(run []change) {
	if len(run) <= few {
		s.insertion(run)
		return
	}
	s.spare = append(s.spare[:0], run...)
	s.scatter([][]change{s.spare}, run)
}

// scatter sorts what is in blocks into run: by a digit, and then each of its buckets.
func (s *changeSorter) scatter(blocks [][]change, run []change) {
	lowest, greatest := extremes(blocks)
	if lowest == greatest || len(run) <= few {
		at := 0
		for _, block := range blocks {
			at += copy(run[at:], block)
		}
		slices.SortFunc(run, s.compare)
		return
	}
	// Of the bits that differ, as many of the greatest as make buckets of a good size.
	digit := min(mostDigit, bits.Len(uint(len(run)/bucketSize)))
	shift := max(0, bits.Len64(greatest-lowest)-digit)
	var fewEnds [64]int
	ends := fewEnds[:]
	if n := int((greatest-lowest)>>shift) + 1; n > len(fewEnds) {
		ends = make([]int, n)
	}
	for _, block := range blocks {
		for _, c := range block {
			ends[(c.head-lowest)>>shift]++
		}
	}
	at := 0
	for i, n := range ends {
		ends[i] = at
		at += n
	}
	for _, block := range blocks {
		for _, c := range block {
			end := &ends[(c.head-lowest)>>shift]
			run[*end] = c
			*end++
		}
	}
	from := 0
	for _, end := range ends {
		if end-from > 1 {
			s.sort(run[from:end])
		}
		from = max(from, end)
	}
}

// extremes returns the lowest and the greatest head.
func extremes(blocks [][]change) (lowest, greatest uint64) {
	lowest = math.MaxUint64
	for _, block := range blocks {
		for _, c := range block {
			lowest, greatest = min(lowest, c.head), max(greatest, c.head)
		}
	}
	return lowest, greatest
}

func (s *changeSorter) insertion(run []change) {
	for i := 1; i < len(run); i++ {
		c := run[i]
		j := i
		for ; j > 0 && (run[j-1].head > c.head || run[j-1].head == c.head && s.compare(run[j-1], c) > 0); j-- {
			run[j] = run[j-1]
		}
		run[j] = c
	}
}

func (b *buffer) compare(x, y change) int {
	if x.head != y.head {
		if x.head < y.head {
			return -1
		}
		return 1
	}
	xk, _, _ := b.mem.change(x.at)
	yk, _, _ := b.mem.change(y.at)
	if c := bytes.Compare(xk, yk); c != 0 {
		return c
	}
	if x.at < y.at {
		return -1
	}
	return 1
}
