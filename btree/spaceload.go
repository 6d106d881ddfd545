package btree

import "math/bits"

// loadSpace reads the space pages that are current for a meta.
func loadSpace(g *pager, m *meta) (*space, error) {
	s := newSpace(m.pageSize)
	sum := uint64(0)
	for i := range groupsFor(m.pageSize, m.pageEnd) {
		grp, err := loadGroup(g, m, i)
		if err != nil {
			return nil, err
		}
		s.groups = append(s.groups, grp)
		sum += spaceSum(i, grp.version)
		s.fill(i, m.pageEnd)
	}
	if sum != m.space {
		return nil, corrupt(firstPage-2, "the space pages are not those of the last commit, one is damaged: open the database read-only and copy it")
	}
	return s, nil
}

// loadGroup reads both places of a group's space page and takes the newest that is not of a later version than the meta.
func loadGroup(g *pager, m *meta, i uint64) (*group, error) {
	grp := newGroup(m.pageSize, i)
	var p [2]page
	for place := range p {
		no := spacePage(m.pageSize, i, place)
		got, err := g.readFile(no)
		if err != nil && !isCorrupt(err) {
			return nil, err
		}
		if err != nil || got.kind() != kindSpace {
			continue // torn by a crash; the sum tells if it was not
		}
		if got.version() > m.version {
			grp.stale = true
			continue
		}
		p[place] = got
	}
	cur := 0
	if p[0] == nil || p[1] != nil && p[1].version() > p[0].version() {
		cur = 1
	}
	if p[cur] == nil {
		return nil, corrupt(spacePage(m.pageSize, i, 0), "neither place holds a valid space page: open the database read-only and copy it")
	}
	grp.used, grp.version, grp.place = decodeSpace(p[cur]), p[cur].version(), cur
	return grp, nil
}

// fill makes the unused pages of a group below pageEnd available.
func (s *space) fill(i, pageEnd uint64) {
	g := s.groups[i]
	base := i * groupPages(s.pageSize)
	for w := range g.used {
		free := ^g.used[w]
		from := base + uint64(w)*64
		if from >= pageEnd {
			break
		}
		if left := pageEnd - from; left < 64 {
			free &= 1<<left - 1
		}
		g.available[w] = free
		g.free += bits.OnesCount64(free)
	}
	g.maxRun = len(g.available) * 64
}
