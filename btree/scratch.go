package btree

// scratch is memory that rebuilding pages uses again and again, from one write transaction to the next.
type scratch struct {
	entries []entry
	most    int // of entries that were used at a time before
	arena   []byte
	fence   []byte
	// Of splits that are going on, a level above the other: entries for new pages, and memory for their keys.
	siblings   []entry
	separators []byte
}

// Of what a transaction needed, no more than this is kept for the next one: enough for some pages.
const (
	keptEntries = 16 << 10
	keptArena   = 1 << 20
)

// reset makes entries and arena empty.
func (s *scratch) reset() {
	s.most = max(s.most, len(s.entries))
	s.entries, s.arena = s.entries[:0], s.arena[:0]
}

// keep takes over what a transaction leaves that ends. Its entries may refer to memory of whoever used the transaction, which is
// not kept.
func (s *scratch) keep(from *scratch) {
	from.reset()
	if cap(from.entries) <= keptEntries {
		clear(from.entries[:from.most])
		s.entries = from.entries
	}
	if cap(from.arena) <= keptArena {
		s.arena = from.arena
	}
	*from = scratch{}
}
