package btree

import (
	"bytes"
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
	run := make([]change, 0, b.n)
	for _, block := range b.blocks {
		run = append(run, block...)
	}
	s := changeSorter{buffer: b}
	s.sort(run)
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
	lowest, greatest := run[0].head, run[0].head
	for _, c := range run {
		lowest, greatest = min(lowest, c.head), max(greatest, c.head)
	}
	if lowest == greatest {
		slices.SortFunc(run, s.compare)
		return
	}
	// Of the bits that differ, as many of the greatest as make buckets of a good size.
	digit := min(mostDigit, bits.Len(uint(len(run)/bucketSize)))
	shift := max(0, bits.Len64(greatest-lowest)-digit)
	s.scatter(run, lowest, shift, int((greatest-lowest)>>shift)+1)
}

// scatter sorts by a digit and then each of its buckets.
func (s *changeSorter) scatter(run []change, lowest uint64, shift, buckets int) {
	var fewEnds [64]int
	ends := fewEnds[:]
	if buckets > len(fewEnds) {
		ends = make([]int, buckets)
	}
	ends = ends[:buckets]
	for _, c := range run {
		ends[(c.head-lowest)>>shift]++
	}
	at := 0
	for i, n := range ends {
		ends[i] = at
		at += n
	}
	if cap(s.spare) < len(run) {
		s.spare = make([]change, len(run))
	}
	spare := s.spare[:len(run)]
	for _, c := range run {
		d := (c.head - lowest) >> shift
		spare[ends[d]] = c
		ends[d]++
	}
	copy(run, spare)
	from := 0
	for _, end := range ends {
		if end-from > 1 {
			s.sort(run[from:end])
		}
		from = end
	}
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
