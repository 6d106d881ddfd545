package btree

// mergePages is how many pages of changes are merged into leaves at a time.
const mergePages = 16

// merging builds leaves anew, with many changes at a time.
type merging struct {
	*Tree
	run    *sortedRun
	room   int      // bytes that are left for changes
	left   int      // changes that belong to the newest leaf and found no room
	before int      // keys that the leaves had
	bytes  int      // that the entries take at most
	made   int      // changes
	taken  []extent // the leaves after the first
}

// merge builds the leaf of the path anew, with the first n changes, and together with it leaves after it under the same branch,
// so that pages become full.
func (t *Tree) merge(r *sortedRun, n int) error {
	s := &t.tx.scratch
	s.reset()
	key, _, _ := r.next()
	m := merging{Tree: t, run: r, room: mergePages * t.tx.db.PageSize()}
	err := m.leaf(t.path[0].p, n)
	for more := true; more && err == nil; {
		more, err = m.follower()
	}
	if err != nil {
		return err
	}
	return m.finish(key)
}

// leaf merges the entries of a leaf with the first n changes, as many as there is room for.
func (m *merging) leaf(p page, n int) error {
	s := &m.tx.scratch
	m.before += p.count()
	m.bytes += p.live()
	at := 0 // the first entry that is not merged yet
	for ; n > 0 && m.room > 0; n-- {
		key, val, lens := m.run.next()
		i, found := p.lowerBound(key, at)
		s.entries = decodeRange(p, at, i, s.entries, &s.arena)
		at = i
		if found {
			if err := m.replaced(p, i); err != nil {
				return err
			}
			at++
		}
		if lens&changeRemove == 0 {
			s.entries = append(s.entries, entry{key: key, val: val, overflow: lens&lensOverflow != 0})
			m.room -= len(key) + len(val)
			m.bytes += len(key) + len(val) + leafEntry
		}
		m.run.skip()
		m.made++
	}
	s.entries = decodeRange(p, at, p.count(), s.entries, &s.arena)
	m.left = n
	return nil
}

// replaced gives up the overflow pages of entry i of a leaf, in the place of which comes a change.
func (m *merging) replaced(p page, i int) error {
	if val, overflow := p.value(i); overflow {
		return m.freeOverflow(val)
	}
	return nil
}

// follower merges the next leaf if it is wanted, and reports whether it did.
func (m *merging) follower() (bool, error) {
	if m.left > 0 || m.room <= 0 || len(m.path) == 1 {
		return false, nil
	}
	parent := m.path[1]
	i := parent.i + 1 + len(m.taken)
	if i == parent.p.count() {
		return false, nil
	}
	p, err := m.tx.page(parent.p.child(i), 0)
	if isCorrupt(err) && m.run.before(m.fence(i)) == 0 {
		return false, nil // whoever changes a key should not fail for a page that does not have it
	}
	if err != nil {
		return false, err
	}
	n := m.run.before(m.fence(i))
	if !m.wants(p, n) {
		return false, nil
	}
	m.taken = append(m.taken, extent{first: parent.p.child(i), pages: 1, born: p.version()})
	return true, m.leaf(p, n)
}

// splitWith is with how many leaves after it a leaf shares its entries when it has no room for them: together they are divided
// into one more page, which are fuller than two halves would be, and all have room then.
const splitWith = 2

// wants reports whether to merge a leaf with n changes, too: they are many, or have no room there, or a leaf before has none.
func (m *merging) wants(p page, n int) bool {
	if n*denseShare > p.count() || m.bytes > len(p) && len(m.taken) < splitWith {
		return true
	}
	if n == 0 {
		return false
	}
	key, val, _ := m.run.next()
	return n*(len(key)+len(val)+leafEntry) > p.free()
}

// finish puts the entries into pages in the place of the leaves that they are from. key is that of the first change.
func (m *merging) finish(key []byte) error {
	es := m.tx.scratch.entries
	if len(m.taken) > 0 {
		m.joinEntries()
	}
	m.addKeys(int64(len(es)) - int64(m.before))
	if err := m.storeAs(0, es, m.filling()); err != nil {
		return err
	}
	for _, x := range m.taken { // not before: entries were in them
		m.freePage(x.first, false, x.born)
	}
	if len(m.path) > 1 && (len(m.taken) > 0 || underfull(m.path[0].p)) || len(es) == 0 {
		return m.rebalance(key)
	}
	return nil
}

// filling leaves room in pages where the changes come few at a time, so that they need not be built anew by each.
func (m *merging) filling() filling {
	switch {
	case m.left > 0:
		return fillWhole
	case m.made*denseShare > m.before:
		return fillEven
	}
	return fillLoose
}

// joinEntries makes one entry of those of the leaves in the branch above them.
func (m *merging) joinEntries() {
	p, i := m.path[1].p, m.path[1].i
	keys := p.keys(i)
	for k := range m.taken {
		keys += p.keys(i + 1 + k)
	}
	p.setKeys(i, keys)
	p.remove(i+1, i+1+len(m.taken))
}
