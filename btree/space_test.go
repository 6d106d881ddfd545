package btree

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// tinyPage makes groups of 512 pages, so that a test has many.
const tinyPage = 128

// spaceModel allocates and frees through a space as transactions do, and knows which version sees which page.
type spaceModel struct {
	t       *testing.T
	r       *rand.Rand
	s       *space
	tx      *Tx
	live    map[uint64]uint64   // pages in use: the version they were born in
	seen    map[uint64][]uint64 // by version with a reader: the pages it sees
	version uint64
}

func newSpaceModel(t *testing.T, seed uint64) *spaceModel {
	s := newSpace(tinyPage)
	s.grow(firstPage)
	db := &DB{space: s, pager: newPager(nil, tinyPage, &Options{})}
	return &spaceModel{t: t, r: rand.New(rand.NewPCG(seed, 3)), s: s, tx: &Tx{db: db, pageEnd: firstPage},
		live: map[uint64]uint64{}, seen: map[uint64][]uint64{}, version: 1}
}

func (m *spaceModel) protected() []uint64 {
	var vs []uint64
	for v := range m.seen {
		vs = append(vs, v)
	}
	slices.Sort(vs)
	return vs
}

// transaction frees and allocates at random, and commits or rolls back.
func (m *spaceModel) transaction() {
	m.s.settle(m.protected())
	next := m.version + 1
	tx := &Tx{db: m.tx.db, pageEnd: m.tx.pageEnd, meta: meta{pageEnd: m.tx.pageEnd}}
	var freed []extent
	for no, born := range m.live {
		if m.r.IntN(4) == 0 {
			freed = append(freed, extent{first: no, pages: 1, born: born})
		}
	}
	var got []uint64
	for range m.r.IntN(200) {
		n := uint64(1)
		if m.r.IntN(20) == 0 {
			n = uint64(1 + m.r.IntN(700))
		}
		m.s.each([]extent{{first: tx.allocate(n), pages: n}}, func(no uint64) { got = append(got, no) })
	}
	m.mustBeFree(got)
	if m.r.IntN(5) == 0 {
		tx.giveBack()
		return
	}
	m.commit(next, tx, got, freed)
}

// mustBeFree checks that allocated pages are different ones that nobody sees.
func (m *spaceModel) mustBeFree(got []uint64) {
	m.t.Helper()
	once := map[uint64]bool{}
	for _, no := range got {
		_, live := m.live[no]
		if no%groupPages(tinyPage) < reserved(no/groupPages(tinyPage)) || once[no] || live {
			m.t.Fatalf("version %d: page %d was allocated although it is reserved, allocated or live", m.version, no)
		}
		once[no] = true
	}
	for v, pages := range m.seen {
		for _, no := range pages {
			if once[no] {
				m.t.Fatalf("version %d: page %d was allocated although version %d has a reader", m.version, no, v)
			}
		}
	}
}

func (m *spaceModel) commit(next uint64, tx *Tx, got []uint64, freed []extent) {
	changes, _ := m.s.change(next, tx.pageEnd, tx.allocated, func(uint64) bool { return true }, freed)
	m.s.done(changes, next)
	m.s.wait(freed, next, m.protected())
	for _, x := range freed {
		delete(m.live, x.first)
	}
	for _, no := range got {
		m.live[no] = next
	}
	m.version, m.tx.pageEnd = next, tx.pageEnd
}

// readers lets readers of the current version begin and others end.
func (m *spaceModel) readers() {
	if m.r.IntN(3) == 0 {
		pages := []uint64{}
		for no := range m.live {
			pages = append(pages, no)
		}
		m.seen[m.version] = pages
	}
	for v := range m.seen {
		if m.r.IntN(8) == 0 {
			delete(m.seen, v)
		}
	}
}

// Pages are never given out twice, nor while a reader sees them, and none is lost: what is not in use becomes available when
// the readers end.
func TestSpaceGivesOutOnlyFreePages(t *testing.T) {
	for seed := range uint64(8) {
		m := newSpaceModel(t, seed)
		for range 40 {
			m.transaction()
			m.readers()
		}
		clear(m.seen)
		m.s.settle(nil)
		free := 0
		for i, g := range m.s.groups {
			n := 0
			for bit := range uint64(groupPages(tinyPage)) {
				no := uint64(i)*groupPages(tinyPage) + bit
				available := g.available[bit/64]>>(bit%64)&1 != 0
				used := g.used[bit/64]>>(bit%64)&1 != 0
				_, live := m.live[no]
				inside := no < m.tx.pageEnd
				if kept := bit < reserved(uint64(i)); available != (inside && !live && !kept) || used != (live || kept) {
					t.Fatalf("seed %d: page %d of %d: available %v, used %v, live %v", seed, no, m.tx.pageEnd, available, used, live)
				}
				if available {
					n++
				}
			}
			if n != g.free {
				t.Fatalf("seed %d: group %d has %d available pages and counts %d", seed, i, n, g.free)
			}
			free += n
		}
		if len(m.s.groups) < 3 || free == 0 {
			t.Fatalf("seed %d: %d groups, %d free pages: the test is too small", seed, len(m.s.groups), free)
		}
	}
}

// A run steps over the space pages of the groups that it crosses, and runEnd agrees with nextPage about where it ends.
func TestRunsStepOverSpacePages(t *testing.T) {
	per := groupPages(tinyPage)
	for first := uint64(firstPage); first < 2*per; first++ {
		if first%per < reserved(first/per) {
			continue
		}
		for _, pages := range []uint64{1, 2, per - 3, per, 2*per + 5} {
			no := first
			for range pages - 1 {
				if no = nextPage(tinyPage, no); no%per < 2 {
					t.Fatalf("a run from %d contains the space page %d", first, no)
				}
			}
			if end := runEnd(tinyPage, first, pages); end != no+1 {
				t.Fatalf("a run of %d pages from %d ends at %d, runEnd says %d", pages, first, no+1, end)
			}
		}
	}
}
