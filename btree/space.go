package btree

import (
	"cmp"
	"math/bits"
	"slices"
)

// The pages of a file are divided into groups. The first two pages of a group (after the metas in the first group) are the
// two places of its space page: a bitmap in which a set bit is a page in use. A commit writes the new bitmap of a group that
// changed over the place that is not current, so that the current one is intact until the meta makes the other current; which
// one is current follows from the versions in their headers.
//
// The argument that no page is overwritten while something may read it:
//
//  1. A page that a version made reachable is in use until a later version frees it, so the pages of version r are those
//     born at or before r and freed after r.
//  2. While commit w writes, version r can be read by the transactions of it that are open, or after a crash when it is the
//     current one, w-1. The versions of open transactions are called protected. A transaction begins at the current version
//     alone, so a version before it that is no longer protected never is again.
//  3. A page that w frees becomes available only when w is current, so the pages of w-1 are not written over before. Then it
//     waits under the newest protected version that sees it. When that version is no longer protected it
//     moves to the next older protected version that sees it, and when there is none it becomes available.
//
// The version before the current one stays readable, should the newest meta be damaged, until the next commit, or a transaction
// before its commit, writes.
//
// So a long reader keeps what it sees and no page that was born after it. A page moves once for each protected version that
// sees it, and a commit looks at the pages it allocated or freed and at no others.

const (
	spaceBits = 64 // offset of the bitmap in a space page
	firstPage = metaPages + 2
	maxPages  = 1 << 48
)

type space struct {
	pageSize int
	groups   []*group
	pending  map[uint64][]extent // by the newest protected version that sees them
	forget   func(no uint64)     // is told of every page that wait makes available
}

// group is what is known of a group of pages. A set bit is a page in use, or an available one.
type group struct {
	used      []uint64 // at the last commit
	available []uint64
	free      int    // bits set in available
	hint      int    // no word before this one has a bit set in available
	maxRun    int    // no run of available pages is longer
	changed   bool   // used differs from the current space page
	version   uint64 // of the current space page, 0 when none was written yet
	place     int    // of the current space page: 0 or 1
	stale     bool   // the other place holds a page of a commit that failed and must be overwritten by the next
}

// extent is a run of pages, in the sense of next, that were born in one version.
type extent struct{ first, pages, born uint64 }

func newSpace(pageSize int) *space {
	return &space{pageSize: pageSize, pending: map[uint64][]extent{}, forget: func(uint64) {}}
}

// groupPages returns how many pages a group has.
func groupPages(pageSize int) uint64 { return uint64(pageSize-spaceBits) * 8 }

// reserved returns how many pages at the start of a group are never allocated.
func reserved(group uint64) uint64 {
	if group == 0 {
		return firstPage
	}
	return 2
}

// spacePage returns the number of one of the two places of a group's space page.
func spacePage(pageSize int, group uint64, place int) uint64 {
	return group*groupPages(pageSize) + reserved(group) - 2 + uint64(place)
}

// nextPage returns the page that follows in a run: the next one that is not reserved.
func nextPage(pageSize int, no uint64) uint64 {
	no++
	if per := groupPages(pageSize); no%per == 0 {
		no += reserved(no / per)
	}
	return no
}

// runEnd returns the number after the last page of a run.
func runEnd(pageSize int, first, pages uint64) uint64 {
	per := groupPages(pageSize)
	no := first
	for {
		left := per - no%per
		if pages <= left {
			return no + pages
		}
		pages -= left
		no += left
		no += reserved(no / per)
	}
}

// pagesBetween returns how many pages from one on and before another are not reserved.
func pagesBetween(pageSize int, from, to uint64) uint64 {
	if to <= from {
		return 0
	}
	n, per := to-from, groupPages(pageSize)
	for group := (from + per - 1) / per; group*per < to; group++ {
		n -= reserved(group)
	}
	return n
}

// union makes, in place, the fewest runs that have the pages of the given ones, in ascending order. Only runs that were born in one
// version become one.
func union(pageSize int, xs []extent) []extent {
	slices.SortFunc(xs, func(a, b extent) int { return cmp.Compare(a.first, b.first) })
	out := xs[:0]
	for _, x := range xs {
		if len(out) > 0 && out[len(out)-1].born == x.born {
			last := &out[len(out)-1]
			end := runEnd(pageSize, last.first, last.pages)
			if x.first <= end || x.first == nextPage(pageSize, end-1) {
				last.pages += pagesBetween(pageSize, end, runEnd(pageSize, x.first, x.pages))
				continue
			}
		}
		out = append(out, x)
	}
	return out
}

// groupsFor returns how many groups pages below pageEnd need.
func groupsFor(pageSize int, pageEnd uint64) uint64 {
	per := groupPages(pageSize)
	return (pageEnd + per - 1) / per
}

func (s *space) locate(no uint64) (g *group, bit int) {
	per := groupPages(s.pageSize)
	return s.groups[no/per], int(no % per)
}

// grow makes groups for all pages below pageEnd.
func (s *space) grow(pageEnd uint64) {
	for n := groupsFor(s.pageSize, pageEnd); uint64(len(s.groups)) < n; {
		s.groups = append(s.groups, newGroup(s.pageSize, uint64(len(s.groups))))
	}
}

func newGroup(pageSize int, index uint64) *group {
	words := (pageSize - spaceBits) / 8
	g := &group{used: make([]uint64, words), available: make([]uint64, words), place: 1}
	for no := range reserved(index) {
		g.used[0] |= 1 << no
	}
	return g
}

// take returns the first page of an available run, which is no longer available then.
func (s *space) take(n uint64) (uint64, bool) {
	per := groupPages(s.pageSize)
	for i, g := range s.groups {
		if uint64(g.free) < n || uint64(g.maxRun) < n {
			continue
		}
		if bit, ok := g.take(int(n)); ok {
			return uint64(i)*per + uint64(bit), true
		}
	}
	return 0, false
}

func (g *group) take(n int) (int, bool) {
	bit, ok := g.find(n)
	if !ok {
		g.maxRun = n - 1
		return 0, false
	}
	for b := bit; b < bit+n; b++ {
		g.available[b/64] &^= 1 << (b % 64)
	}
	g.free -= n
	return bit, true
}

// find returns the first bit of a run of available pages.
func (g *group) find(n int) (int, bool) {
	for g.hint < len(g.available) && g.available[g.hint] == 0 {
		g.hint++
	}
	run := 0
	for w := g.hint; w < len(g.available); w++ {
		word := g.available[w]
		if word == 0 {
			run = 0
			continue
		}
		if n == 1 {
			return w*64 + bits.TrailingZeros64(word), true
		}
		for b := 0; b < 64; {
			rest := word >> b
			if zeros := bits.TrailingZeros64(rest); zeros > 0 {
				run = 0
				b += zeros
				continue
			}
			ones := bits.TrailingZeros64(^rest)
			if run+ones >= n {
				return w*64 + b - run, true
			}
			run += ones
			b += ones
		}
	}
	return 0, false
}

// available returns how many pages can be taken.
func (s *space) available() (n uint64) {
	for _, g := range s.groups {
		n += uint64(g.free)
	}
	return n
}

// inUse returns how many pages were in use at the last commit.
func (s *space) inUse() (n int64) {
	for _, g := range s.groups {
		for _, w := range g.used {
			n += int64(bits.OnesCount64(w))
		}
	}
	return n
}

// isUsed reports whether a page was in use at the last commit.
func (s *space) isUsed(no uint64) bool {
	g, bit := s.locate(no)
	return g.used[bit/64]>>(bit%64)&1 != 0
}

// release makes a page available.
func (s *space) release(no uint64) {
	g, bit := s.locate(no)
	g.release(bit, 1)
}

// release makes n pages from a bit on available.
func (g *group) release(bit, n int) {
	g.free += setBits(g.available, bit, n)
	g.hint = min(g.hint, bit/64)
	g.maxRun = len(g.available) * 64
}

// withdraw makes a page unavailable: it is beyond the end of the file again.
func (s *space) withdraw(no uint64) {
	g, bit := s.locate(no)
	if g.available[bit/64]>>(bit%64)&1 != 0 {
		g.available[bit/64] &^= 1 << (bit % 64)
		g.free--
	}
}

// wait keeps freed pages until no protected version older than before sees them. protected is in ascending order.
func (s *space) wait(freed []extent, before uint64, protected []uint64) {
	i, _ := slices.BinarySearch(protected, before)
	if i == 0 {
		s.makeAvailable(freed)
		return
	}
	newest := protected[i-1]
	waiting := s.pending[newest]
	for from := 0; from < len(freed); {
		// Runs of them mostly wait together, or not.
		to, seen := from+1, freed[from].born <= newest
		for to < len(freed) && (freed[to].born <= newest) == seen {
			to++
		}
		if seen {
			waiting = append(waiting, freed[from:to]...)
		} else {
			s.makeAvailable(freed[from:to])
		}
		from = to
	}
	if len(waiting) > 0 {
		s.pending[newest] = waiting
	}
}

// makeAvailable makes pages available that nobody sees any more.
func (s *space) makeAvailable(freed []extent) {
	s.each(freed, s.forget)
	eachStretch(s.pageSize, freed, func(group uint64, bit, n int) { s.groups[group].release(bit, n) })
}

// settle moves the pages that wait for versions no longer protected.
func (s *space) settle(protected []uint64) {
	for r, extents := range s.pending {
		if _, found := slices.BinarySearch(protected, r); found {
			continue
		}
		delete(s.pending, r)
		s.wait(extents, r, protected)
	}
}

// usedEnd returns the number after the last page in use of those below end.
func (s *space) usedEnd(end uint64) uint64 {
	for end > firstPage && !s.isUsed(end-1) {
		end--
	}
	return end
}

// spaceSum is the part of the meta's sum over space pages that a group contributes. The sum changes when any group's current
// version does, so that a lost or damaged space page is noticed and an old one never taken for it.
func spaceSum(group, version uint64) uint64 {
	x := group*0x9E3779B97F4A7C15 ^ version
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// spaceChange is the next bitmap of a group.
type spaceChange struct {
	group *group
	used  []uint64
	frame page
}

// change prepares the space pages of a commit that frees pages and uses, of those that it allocated, the ones that are still
// in use. It returns the sum for the commit's meta.
func (s *space) change(version, pageEnd uint64, allocated []extent, inUse func(no uint64) bool, frees []extent) ([]spaceChange, uint64) {
	next := map[uint64][]uint64{}
	per := groupPages(s.pageSize)
	words := func(i uint64) []uint64 {
		if next[i] == nil {
			next[i] = slices.Clone(s.groups[i].used)
		}
		return next[i]
	}
	s.each(allocated, func(no uint64) {
		if inUse(no) {
			words(no / per)[no%per/64] |= 1 << (no % per % 64)
		}
	})
	eachStretch(s.pageSize, frees, func(group uint64, bit, n int) { clearBits(words(group), bit, n) })
	var changes []spaceChange
	sum := uint64(0)
	for i := range groupsFor(s.pageSize, pageEnd) {
		g := s.groups[i]
		if next[i] == nil && !g.stale && !g.changed && g.version != 0 {
			sum += spaceSum(i, g.version)
			continue
		}
		sum += spaceSum(i, version)
		c := spaceChange{group: g, used: words(i)}
		c.frame = encodeSpace(s.pageSize, spacePage(s.pageSize, i, 1-g.place), version, c.used)
		changes = append(changes, c)
	}
	return changes, sum
}

func (s *space) each(extents []extent, f func(no uint64)) { eachPage(s.pageSize, extents, f) }

// eachPage calls f for every page of the runs.
func eachPage(pageSize int, extents []extent, f func(no uint64)) {
	per := groupPages(pageSize)
	eachStretch(pageSize, extents, func(group uint64, bit, n int) {
		no := group*per + uint64(bit)
		for range n {
			f(no)
			no++
		}
	})
}

// eachStretch calls f for the parts of the runs that lie in one group: n pages from a bit on.
func eachStretch(pageSize int, extents []extent, f func(group uint64, bit, n int)) {
	per := groupPages(pageSize)
	for _, x := range extents {
		for no, left := x.first, x.pages; left > 0; {
			group, bit := no/per, no%per
			n := min(left, per-bit)
			f(group, int(bit), int(n))
			left -= n
			no = (group+1)*per + reserved(group+1)
		}
	}
}

// setBits sets n bits from one on, and returns how many were not set. clearBits clears them.
func setBits(words []uint64, bit, n int) (set int) {
	eachWord(bit, n, func(w int, mask uint64) {
		set += bits.OnesCount64(mask &^ words[w])
		words[w] |= mask
	})
	return set
}

func clearBits(words []uint64, bit, n int) {
	eachWord(bit, n, func(w int, mask uint64) { words[w] &^= mask })
}

// eachWord calls f for the words that hold n bits from one on, with a mask of these.
func eachWord(bit, n int, f func(w int, mask uint64)) {
	for n > 0 {
		from := bit % 64
		k := min(n, 64-from)
		f(bit/64, ^uint64(0)>>(64-k)<<from)
		bit += k
		n -= k
	}
}

// apply notes what a commit to the log allocated and freed. The space pages of the groups are written by the next checkpoint.
func (s *space) apply(allocated []extent, inUse func(no uint64) bool, frees []extent) {
	s.each(allocated, func(no uint64) {
		if inUse(no) {
			g, bit := s.locate(no)
			g.used[bit/64] |= 1 << (bit % 64)
			g.changed = true
		}
	})
	eachStretch(s.pageSize, frees, func(group uint64, bit, n int) {
		clearBits(s.groups[group].used, bit, n)
		s.groups[group].changed = true
	})
}

// taken notes that the changes are about to be written while transactions go on: what changes from now on is for the next time.
func (s *space) taken(changes []spaceChange) {
	for i := range changes {
		changes[i].group.changed = false
		changes[i].used = nil
	}
}

// done makes the changes of a commit or checkpoint current.
func (s *space) done(changes []spaceChange, version uint64) {
	for _, c := range changes {
		g := c.group
		if c.used != nil {
			g.used, g.changed = c.used, false
		}
		g.version, g.place, g.stale = version, 1-g.place, false
	}
}

// failed remembers that the changes of a commit may be in the file although it never happened.
func (s *space) failed(changes []spaceChange) {
	for _, c := range changes {
		c.group.stale, c.group.changed = true, true
	}
}

func encodeSpace(pageSize int, no, version uint64, used []uint64) page {
	p := make(page, pageSize)
	p[offKind] = kindSpace
	p.stamp(no, version)
	for i, w := range used {
		le.PutUint64(p[spaceBits+8*i:], w)
	}
	return p
}

func decodeSpace(p page) []uint64 {
	used := make([]uint64, (len(p)-spaceBits)/8)
	for i := range used {
		used[i] = le.Uint64(p[spaceBits+8*i:])
	}
	return used
}
