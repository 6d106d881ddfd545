package vfs

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Unsynced is a part of what a power cut may take: a sector of a write, a change of a file's size, or the file's name.
type Unsynced struct {
	Name            string
	Change, Changes int   // which of the file's changes, from 0, and how many there are; -1 of the name
	Sector, Sectors int   // which part of the change
	Off             int64 // of the part in the file, or the size
}

// Clone returns the disk as it is after the processes that use it were killed: what they wrote is there, and a power cut may still
// take what they did not sync. The receiver is unchanged, and no handle or lock is carried over.
func (m *Mem) Clone() *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	after := &Mem{nodes: map[string]*memNode{}}
	for name, n := range m.nodes {
		after.nodes[name] = n.clone()
	}
	return after
}

func (n *memNode) clone() *memNode {
	c := &memNode{live: n.live.share(), durable: n.durable.share(), unsynced: slices.Clone(n.unsynced), linked: n.linked}
	if n.replaces != nil {
		c.replaces = n.replaces.clone()
	}
	return c
}

// CutPower returns the disk as it is after the power failed now. Synced data is there, and of what is not synced that for which
// survives returns true: it is asked of each part in the order in which the parts were written, file by file. The receiver is
// unchanged, and no handle or lock is carried over.
//
// Applying the surviving sectors in the order in which they were written covers every reordering: sectors of different places are
// independent, and of several writes of one sector the survivor is any one of them.
func (m *Mem) CutPower(survives func(Unsynced) bool) *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	after := &Mem{nodes: map[string]*memNode{}}
	for _, name := range slices.Sorted(maps.Keys(m.nodes)) {
		n := m.nodes[name]
		if !n.linked && !survives(Unsynced{Name: name, Change: -1, Sectors: 1}) {
			if n = n.replaces; n == nil {
				continue
			}
		}
		live := n.survivors(name, survives)
		after.nodes[name] = &memNode{live: live, durable: live.share(), linked: true}
	}
	return after
}

// survivors returns the content that a power cut leaves.
func (n *memNode) survivors(name string, survives func(Unsynced) bool) image {
	m := n.durable.share()
	for i, c := range n.unsynced {
		u := Unsynced{Name: name, Change: i, Changes: len(n.unsynced), Sectors: 1, Off: c.off}
		if c.size {
			if survives(u) {
				c.apply(&m, 0, c.n)
			}
			continue
		}
		u.Sectors = int((c.off+c.n-1)/sectorSize-c.off/sectorSize) + 1
		c.tear(&m, u, survives)
	}
	return m
}

// tear applies each sector of a write by itself, and adjacent ones together.
func (c *memChange) tear(m *image, u Unsynced, survives func(Unsynced) bool) {
	from, at := int64(0), int64(0)
	for ; at < c.n; u.Sector++ {
		end := min(at+sectorSize-(c.off+at)%sectorSize, c.n)
		u.Off = c.off + at
		if !survives(u) {
			c.apply(m, from, at)
			from = end
		}
		at = end
	}
	c.apply(m, from, at)
}

// PowerCut returns the disk as it may be found after the power failed now. Synced data is there. Each unsynced change survives, is
// lost, or is torn between sectors, as the generator decides: each by its own luck, one alone, all but one, or as many as were
// written first. A file whose directory entry was not synced may be gone.
func (m *Mem) PowerCut(r *rand.Rand) *Mem {
	fates := map[string]func(Unsynced) bool{}
	return m.CutPower(func(u Unsynced) bool {
		if u.Change < 0 {
			return r.IntN(2) == 0
		}
		if fates[u.Name] == nil {
			fates[u.Name] = fate(u.Changes, r)
		}
		return fates[u.Name](u)
	})
}

// fate returns what survives of a file.
func fate(changes int, r *rand.Rand) func(Unsynced) bool {
	chosen := r.IntN(changes)
	switch r.IntN(8) {
	case 0:
		return func(u Unsynced) bool { return u.Change == chosen }
	case 1:
		return func(u Unsynced) bool { return u.Change != chosen }
	case 2:
		return func(u Unsynced) bool { return u.Change < chosen || u.Change == chosen && r.IntN(2) == 0 }
	}
	chance := [...]int{0, 10, 50, 90, 100}[r.IntN(5)]
	whole, survives := false, false
	return func(u Unsynced) bool {
		if u.Sector == 0 {
			whole, survives = u.Sectors == 1 || r.IntN(2) == 0, r.IntN(100) < chance
		}
		if whole {
			return survives
		}
		return r.IntN(100) < chance
	}
}
