package btree

import "bytes"

// diffSide is a walk over a tree in key order that can step over whole pages. It is before an entry of a leaf or before a child of
// a branch, whose page it has not looked at.
type diffSide struct {
	tx   *Tx
	path []step // from the root down; each i is that of the entry before which the walk is
	key  []byte // memory for bound
	held bool   // key is the bound of where the walk is
}

// start goes to the first entry of the root page.
func (s *diffSide) start(root uint64) error {
	if root == 0 {
		return nil
	}
	p, err := s.tx.root(root)
	if err != nil {
		return err
	}
	s.path = append(s.path, step{no: root, p: p})
	return nil
}

func (s *diffSide) done() bool    { return len(s.path) == 0 }
func (s *diffSide) top() *step    { return &s.path[len(s.path)-1] }
func (s *diffSide) level() int    { return s.top().p.level() }
func (s *diffSide) child() uint64 { return s.top().p.child(s.top().i) }

// atEntry reports whether the walk is before an entry of a leaf.
func (s *diffSide) atEntry() bool { return s.level() == 0 }

// samePage reports whether both walks are before the same page.
func (s *diffSide) samePage(o *diffSide) bool {
	return !s.done() && !o.done() && s.level() == o.level() && !s.atEntry() && s.child() == o.child()
}

// compareBounds compares the least keys that can follow on both sides.
func (s *diffSide) compareBounds(o *diffSide) int {
	switch {
	case s.done():
		return 1
	case o.done():
		return -1
	}
	return bytes.Compare(s.bound(), o.bound())
}

// bound returns a key that no key that follows is less than: the one of the entry, or what a branch says of its child.
func (s *diffSide) bound() []byte {
	if s.held {
		return s.key
	}
	s.key, s.held = s.key[:0], true
	for k := len(s.path) - 1; k >= 0; k-- {
		if at := s.path[k]; at.i > 0 || !at.p.isBranch() {
			s.key = at.p.appendKey(s.key, at.i)
			break
		}
	}
	return s.key
}

// enter goes to the first entry of the child.
func (s *diffSide) enter() error {
	no := s.child()
	p, err := s.tx.page(no, s.level()-1)
	if err != nil {
		return err
	}
	s.path = append(s.path, step{no: no, p: p})
	s.held = false
	return nil
}

// next steps over the entry or child.
func (s *diffSide) next() {
	s.held = false
	for len(s.path) > 0 {
		at := s.top()
		if at.i++; at.i < at.p.count() {
			return
		}
		s.path = s.path[:len(s.path)-1]
	}
}

// value returns the value of the entry, which is not nil.
func (s *diffSide) value() ([]byte, error) {
	val, overflow := s.top().p.value(s.top().i)
	if overflow {
		return s.tx.readOverflow(val)
	}
	return val, nil
}

// sameValue compares the values of two entries, and returns them if they differ. Values in the same overflow pages are not read.
func sameValue(a, b *diffSide) (same bool, va, vb []byte, err error) {
	ra, aOverflow := a.top().p.value(a.top().i)
	rb, bOverflow := b.top().p.value(b.top().i)
	if aOverflow && bOverflow && bytes.Equal(ra, rb) {
		return true, nil, nil, nil
	}
	if va, err = a.value(); err != nil {
		return false, nil, nil, err
	}
	if vb, err = b.value(); err != nil {
		return false, nil, nil, err
	}
	return bytes.Equal(va, vb), va, vb, nil
}
