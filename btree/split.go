package btree

// store replaces the content of the page at a level of the path by the entries, which it distributes over as many pages as
// they need, and links the new ones into the levels above. The entries may alias the old content.
func (t *Tree) store(level int, es []entry) error { return t.storeAs(level, es, fillEven) }

// filling is how entries that need several pages are divided.
type filling int

const (
	fillEven  filling = iota // over as few pages as possible, filled alike
	fillLoose                // over pages filled alike, with room for more
	fillWhole                // pages are filled one after another: more entries will follow the last
)

// storeAs is store with a choice of how to fill pages.
func (t *Tree) storeAs(level int, es []entry, how filling) error {
	kind := t.path[level].p.kind()
	ends := partition(kind, es, t.tx.db.PageSize(), how)
	s := &t.tx.scratch
	firstSib, firstSep := len(s.siblings), len(s.separators)
	defer func() { s.siblings, s.separators = s.siblings[:firstSib], s.separators[:firstSep] }()
	for k, from := range ends[:len(ends)-1] {
		s.siblings = append(s.siblings, t.newSibling(level, kind, es, from, ends[k+1]))
	}
	siblings := s.siblings[firstSib:]
	t.rebuild(level, kind, es[:ends[0]]) // last: it gives up the memory that entries alias
	if len(siblings) == 0 {
		return nil
	}
	for _, e := range siblings {
		t.tx.finish(e.child)
	}
	return t.link(level, siblings)
}

// rebuild gives the page at a level of the path a new content that fits.
func (t *Tree) rebuild(level int, kind byte, es []entry) {
	p := t.tx.newPage()
	build(p, kind, level, es)
	s := &t.path[level]
	t.tx.replaceFrame(s.no, p)
	s.p = p
}

// newSibling makes a page of the entries [from,to) and returns the entry that leads to it.
func (t *Tree) newSibling(level int, kind byte, es []entry, from, to int) entry {
	p := t.tx.newPage()
	build(p, kind, level, es[from:to])
	e := entry{key: es[from].key, child: t.tx.add(p), keys: p.total()}
	if kind == kindLeaf {
		e.key = separator(es[from-1].key, es[from].key)
		t.leaves++
	} else {
		t.branches++
	}
	// The level above decodes into the memory of the entries.
	s := &t.tx.scratch
	at := len(s.separators)
	s.separators = append(s.separators, e.key...)
	e.key = s.separators[at:len(s.separators):len(s.separators)]
	return e
}

// link adds pages after the one at a level of the path to the level above.
func (t *Tree) link(level int, siblings []entry) error {
	below := t.path[level]
	if level+1 == len(t.path) {
		return t.newRoot(level+1, entry{child: below.no, keys: below.p.total()}, siblings)
	}
	parent := &t.path[level+1]
	parent.p.setKeys(parent.i, below.p.total())
	if len(siblings) == 1 && parent.p.insert(parent.i+1, &siblings[0]) {
		return nil
	}
	return t.splice(level+1, parent.i+1, parent.i+1, siblings)
}

// newRoot puts a branch above the page that was the root.
func (t *Tree) newRoot(level int, first entry, siblings []entry) error {
	if level > maxLevel {
		return corrupt(t.root, "the tree is %d levels high", level)
	}
	p := t.tx.newPage()
	build(p, kindBranch, level, append([]entry{first}, siblings...))
	t.root = t.tx.add(p)
	t.branches++
	return nil
}

// splice replaces the entries [i,j) of the branch at a level of the path. The new ones lie in no memory that scratch uses for
// entries.
func (t *Tree) splice(level, i, j int, with []entry) error {
	s := &t.tx.scratch
	s.reset()
	p := t.path[level].p
	s.entries = decodeRange(p, 0, i, s.entries, &s.arena)
	s.entries = append(s.entries, with...)
	s.entries = decodeRange(p, j, p.count(), s.entries, &s.arena)
	return t.store(level, s.entries)
}

// looseShare is the part of a page, in percent, that fillLoose fills.
const looseShare = 80

// partition divides entries into pages and returns where each page ends.
func partition(kind byte, es []entry, pageSize int, how filling) []int {
	ends := pack(kind, es, pageSize)
	if how == fillWhole || len(ends) == 1 {
		return ends
	}
	pages := len(ends)
	if how == fillLoose {
		bytes := 0
		for i := range es {
			bytes += sizeOf(kind, &es[i])
		}
		pages = max(pages, bytes*100/looseShare/pageSize+1)
	}
	if pages > 2 {
		return spread(kind, es, pageSize, pages)
	}
	if m := middle(kind, es); fits(kind, es[:m], pageSize) && fits(kind, es[m:], pageSize) {
		return []int{m, len(es)}
	}
	return ends
}

// pack fills pages in order.
func pack(kind byte, es []entry, pageSize int) (ends []int) {
	pageful := pagefuls(kind, es)
	for from := 0; ; {
		from += pageful(kind, es[from:], pageSize)
		ends = append(ends, from)
		if from >= len(es) {
			return ends
		}
	}
}

// spread divides entries over a number of pages, or a few more, that are filled about alike.
func spread(kind byte, es []entry, pageSize, pages int) (ends []int) {
	left := 0
	for i := range es {
		left += sizeOf(kind, &es[i])
	}
	pageful := pagefuls(kind, es)
	for from := 0; from < len(es); {
		most := from + pageful(kind, es[from:], pageSize)
		share := left / max(1, pages-len(ends))
		end, taken := from, 0
		for end < most && (taken < share || end == from) {
			taken += sizeOf(kind, &es[end])
			end++
		}
		left -= taken
		ends = append(ends, end)
		from = end
	}
	return ends
}

// sizeOf returns the bytes that an entry takes at most in a page.
func sizeOf(kind byte, e *entry) int {
	return len(e.key) + len(e.val) + entrySize(kind == kindBranch)
}

// pagefuls returns the function that tells how many of the entries, from any of them on, fit into a page.
func pagefuls(kind byte, es []entry) func(kind byte, es []entry, pageSize int) int {
	if kind == kindLeaf && uniformLens(es) {
		return pagefulUniform
	}
	return pageful
}

// pageful returns how many entries from the first on fit into a page.
func pageful(kind byte, es []entry, pageSize int) int {
	m := newMeasure(kind)
	for i := range es {
		m.add(&es[i])
		if m.size() > pageSize {
			return max(i, 1)
		}
	}
	return len(es)
}

// pagefulUniform is pageful for entries of a leaf with equal lengths. It may stop an entry short of what is possible.
func pagefulUniform(_ byte, es []entry, pageSize int) int {
	whole := len(es[0].key) + len(es[0].val) + leafEntry
	fit := func(prefix int) int {
		return max(1, min(len(es), (pageSize-arraysAt(prefix))/(whole-prefix)))
	}
	most := fit(len(es[0].key))
	return fit(prefixFor(es[0].key, es[most-1].key))
}

func uniformLens(es []entry) bool {
	for i := range es {
		if len(es[i].key) != len(es[0].key) || len(es[i].val) != len(es[0].val) || es[i].overflow != es[0].overflow {
			return false
		}
	}
	return len(es) > 0
}

func measureAll(kind byte, es []entry) int {
	m := newMeasure(kind)
	for i := range es {
		m.add(&es[i])
	}
	return m.size()
}

func fits(kind byte, es []entry, pageSize int) bool { return measureAll(kind, es) <= pageSize }

// middle returns the index, neither first nor end, that divides the bytes of the entries most evenly.
func middle(kind byte, es []entry) int {
	sum := 0
	for i := range es {
		sum += sizeOf(kind, &es[i])
	}
	left := 0
	for i := range es {
		next := left + sizeOf(kind, &es[i])
		if 2*next >= sum {
			if i > 0 && sum-2*left < 2*next-sum {
				return i
			}
			return max(1, min(i+1, len(es)-1))
		}
		left = next
	}
	return len(es) - 1
}
