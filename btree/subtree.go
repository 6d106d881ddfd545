package btree

// subtree is a page of a tree with what is below it, down to the base level, which is built anew.
type subtree struct {
	*packer
	tx     *Tx
	es     []entry // of the pages at the base level, in order
	arena  []byte  // memory for their keys
	old    []oldPage
	levels []packedLevel // from the base level up
}

// oldPage is a page that is given up when the new ones are there.
type oldPage struct {
	no, born uint64
	branch   bool
}

// packedLevel is how the entries of a level are divided over pages: where each page ends.
type packedLevel struct {
	es   []entry
	ends []int
}

// load reads a page and what is below it. lo is the separator that leads to it.
func (s *subtree) load(no uint64, level int, lo []byte) error {
	p, err := s.tx.page(no, level)
	if err != nil {
		return err
	}
	s.old = append(s.old, oldPage{no: no, born: p.version(), branch: p.isBranch()})
	if level == s.base {
		n := len(s.es)
		s.es = decode(p, s.es, &s.arena)
		if level > 0 {
			s.es[n].key = lo
		}
		return nil
	}
	for i := range p.count() {
		sep := lo
		if i > 0 {
			sep = p.appendKey(nil, i)
		}
		if err := s.load(p.child(i), level-1, sep); err != nil {
			return err
		}
	}
	return nil
}

// plan divides the entries over as few pages as possible, level by level. It reports whether that leads to one page at the top,
// as it must: separators can be longer than before.
func (s *subtree) plan(top int) bool {
	size := s.tx.db.PageSize()
	es := s.es
	for level := s.base; ; level++ {
		kind := byte(kindBranch)
		if level == 0 {
			kind = kindLeaf
		}
		l := packedLevel{es: es, ends: pack(kind, es, size)}
		s.levels = append(s.levels, l)
		if level == top {
			return len(l.ends) == 1
		}
		es = make([]entry, 0, len(l.ends))
		from := 0
		for _, end := range l.ends {
			sep := l.es[from].key
			if level == 0 && from > 0 {
				sep = separator(l.es[from-1].key, sep)
			}
			es = append(es, entry{key: sep})
			from = end
		}
	}
}

// worthwhile reports whether the new pages are clearly fewer.
func (s *subtree) worthwhile() bool {
	pages := 0
	for _, l := range s.levels {
		pages += len(l.ends)
	}
	return pages+len(s.old)/50 < len(s.old)
}

// rebuild makes the new pages, gives up the old ones, and returns the number of the one at the top.
func (s *subtree) rebuild() uint64 {
	var top uint64
	for i, l := range s.levels {
		from := 0
		for k, end := range l.ends {
			e := s.build(s.base+i, l.es[from:end])
			if from, top = end, e.child; i+1 < len(s.levels) {
				above := &s.levels[i+1].es[k]
				above.child, above.keys = e.child, e.keys
			}
		}
	}
	for _, o := range s.old { // not before: entries lie in them
		s.t.freePage(o.no, o.branch, o.born)
	}
	return top
}

// build makes a page of some entries.
func (s *subtree) build(level int, es []entry) entry {
	kind := byte(kindBranch)
	if level == 0 {
		kind = kindLeaf
		s.t.leaves++
	} else {
		s.t.branches++
	}
	p := s.tx.newPage()
	build(p, kind, level, es)
	total := p.total()
	return entry{child: s.tx.add(p), keys: total}
}
