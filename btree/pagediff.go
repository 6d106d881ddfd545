package btree

// pagesOnlyIn returns the pages of an older version that a newer one does not have, without those that were born in or before a
// version still older, which has them too. The versions are given by their catalogs.
//
// A page that both have is at the same level of both, and so is everything below it. So the trees are walked level by level,
// from the top, and pages that stand on both sides go no further: only pages that differ are read. It makes no difference under
// which names the trees are.
func (tx *Tx) pagesOnlyIn(older, newer treeRoot, still uint64) ([]extent, error) {
	d := pageDiff{tx: tx, still: still}
	var trees sides[treeRoot]
	err := d.walk([]treeRoot{older}, []treeRoot{newer}, func(side int, p page) error {
		for i := range p.count() {
			if val, overflow := p.value(i); !overflow && len(val) == rootSize {
				trees[side] = append(trees[side], decodeRoot(val))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var values sides[blob]
	err = d.walk(trees[0], trees[1], func(side int, p page) error {
		for i := range p.count() {
			if ref, overflow := p.value(i); overflow {
				first, length := splitRef(ref)
				values[side] = append(values[side], blob{first, length})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	values.dropCommon()
	return d.only, d.addValues(values[0])
}

// blob is where a run of overflow pages begins, and the length in bytes of what it holds.
type blob struct{ first, length uint64 }

// sides are things of the older version and of the newer one.
type sides[T comparable] [2][]T

// dropCommon removes what stands on both sides.
func (s *sides[T]) dropCommon() {
	on := make(map[T]int, len(s[0]))
	for _, x := range s[0] {
		on[x] |= 1
	}
	for _, x := range s[1] {
		on[x] |= 2
	}
	for side := range s {
		differ := s[side][:0:0]
		for _, x := range s[side] {
			if on[x] == 1<<side {
				differ = append(differ, x)
			}
		}
		s[side] = differ
	}
}

type pageDiff struct {
	tx    *Tx
	still uint64
	only  []extent
}

// walk goes over the pages that differ of some trees, adds those of the older version to only, and calls leaf with the leaves
// of both.
func (d *pageDiff) walk(older, newer []treeRoot, leaf func(side int, p page) error) error {
	roots := sides[treeRoot]{older, newer}
	roots.dropCommon()
	var levels [maxLevel + 1]sides[uint64]
	top := 0
	for side, rs := range roots {
		for _, r := range rs {
			if r.root == 0 {
				continue
			}
			p, err := d.tx.root(r.root)
			if err != nil {
				return err
			}
			levels[p.level()][side] = append(levels[p.level()][side], r.root)
			top = max(top, p.level())
		}
	}
	for level := top; level >= 0; level-- {
		var below *sides[uint64]
		if level > 0 {
			below = &levels[level-1]
		}
		if err := d.level(level, &levels[level], below, leaf); err != nil {
			return err
		}
		levels[level] = sides[uint64]{} // only what is needed is kept
	}
	return nil
}

// level visits the pages of a level that differ, and adds those below them to the next one.
func (d *pageDiff) level(level int, pages, below *sides[uint64], leaf func(side int, p page) error) error {
	pages.dropCommon()
	for side := range pages {
		for _, no := range pages[side] {
			p, err := d.tx.page(no, level)
			if err != nil {
				return err
			}
			if side == 0 {
				if p.version() <= d.still {
					continue // and so is all that is below it
				}
				d.only = append(d.only, extent{first: no, pages: 1, born: p.version()})
			}
			if level == 0 {
				if err := leaf(side, p); err != nil {
					return err
				}
				continue
			}
			for i := range p.count() {
				below[side] = append(below[side], p.child(i))
			}
		}
	}
	return nil
}

// addValues adds the overflow pages of values to only.
func (d *pageDiff) addValues(values []blob) error {
	for _, v := range values {
		pages, err := d.tx.checkRun(v.first, v.length)
		if err != nil {
			return err
		}
		p, err := d.tx.overflowPage(v.first)
		if err != nil {
			return err
		}
		if p.version() > d.still {
			d.only = append(d.only, extent{first: v.first, pages: pages, born: p.version()})
		}
	}
	return nil
}
