package btree

import "math/bits"

// The search of a page begins with its heads, which lie in one array of integers. Where they are spread evenly the place of a
// head follows from its distance to the first one: the page's slope says how many entries a unit of head is, as a fraction of
// 2^32. The slope is a hint. Whatever it says, the search goes on from where it led to the right place.

// headBytes is how many bytes of a key its head has.
const headBytes = 4

// slopeMin is the least number of heads that is worth a guess.
const slopeMin = 4

// slopeReach is how many entries off a guess may be to be better than halving.
const slopeReach = 6

// searchHeads returns the first index in [lo,hi) whose head is not less than h, or hi. The heads begin at offset at of p.
func (p page) searchHeads(at, lo, hi int, h uint32) int {
	slope := p.slope()
	if slope == 0 || lo >= hi {
		return p.halveHeads(at, lo, hi-lo, h)
	}
	first := load32(p, at+4*lo)
	if h <= first {
		return lo
	}
	i := min(lo+scale(h-first, slope), hi-1)
	if load32(p, at+4*i) < h {
		if i++; i == hi || load32(p, at+4*i) >= h {
			return i
		}
		return p.headAfter(at, i+1, hi, h)
	}
	if i == lo || load32(p, at+4*i-4) < h {
		return i
	}
	return p.headBefore(at, lo, i-1, h)
}

// guessHead returns where searchHeads begins to search for h among the first n heads.
func (p page) guessHead(at, n int, h uint32) int {
	first := load32(p, at)
	if h <= first || n == 0 {
		return 0
	}
	return min(scale(h-first, p.slope()), n-1)
}

// scale returns x*slope/2^32.
func scale(x uint32, slope uint64) int {
	high, low := bits.Mul64(uint64(x), slope)
	return int(high<<32 | low>>32)
}

// headAfter is searchHeads for [lo,hi) when the guess was lo-1 and too small.
func (p page) headAfter(at, lo, hi int, h uint32) int {
	near := min(lo+slopeReach, hi)
	for ; lo < near; lo++ {
		if load32(p, at+4*lo) >= h {
			return lo
		}
	}
	return p.halveHeads(at, lo, hi-lo, h)
}

// headBefore is searchHeads for [lo,i] when the head of i is not less than h.
func (p page) headBefore(at, lo, i int, h uint32) int {
	near := max(i-slopeReach, lo)
	for ; i > near; i-- {
		if load32(p, at+4*(i-1)) < h {
			return i
		}
	}
	return p.halveHeads(at, lo, i-lo, h)
}

// halveHeads is searchHeads for the n heads from lo on. It halves them without branches that a processor could mispredict.
func (p page) halveHeads(at, lo, n int, h uint32) int {
	if n <= 0 {
		return lo
	}
	at += 4 * lo
	from := at
	for n > 1 {
		half := n >> 1
		_, less := bits.Sub64(uint64(load32(p, at+4*half-4)), uint64(h), 0)
		at += 4 * half & -int(less)
		n -= half
	}
	_, less := bits.Sub64(uint64(load32(p, at)), uint64(h), 0)
	return lo + (at-from)>>2 + int(less)
}

// setSlope writes the slope that fits the heads, or 0 when they are too uneven for one.
func (p page) setSlope() {
	lo, n := 0, p.count()
	if p.isBranch() {
		lo = 1
	}
	store64(p, offSlope, p.fitSlope(p.headsAt(), lo, n))
}

func (p page) fitSlope(at, lo, hi int) uint64 {
	if hi-lo < slopeMin {
		return 0
	}
	first, last := load32(p, at+4*lo), load32(p, at+4*(hi-1))
	if last <= first {
		return 0
	}
	// Rounded up, so that heads at equal distances are found exactly.
	slope := (uint64(hi-lo-1)<<32 + uint64(last-first) - 1) / uint64(last-first)
	const samples = 8
	far := 0
	for k := 1; k < samples; k++ {
		i := lo + (hi-lo)*k/samples
		off := lo + scale(load32(p, at+4*i)-first, slope) - i
		if off > slopeReach || off < -slopeReach {
			far++
		}
	}
	if far > samples/2-1 {
		return 0
	}
	return slope
}
