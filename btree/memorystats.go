package btree

import "sync/atomic"

// MemoryStats tell what a handle keeps in memory.
type MemoryStats struct {
	Mapped int64 // bytes of the file that are mapped; what of that is in memory is up to the system
	Cached int   // copies of pages, where the file is not mapped
	// Frames are pages that were changed and are not in the file yet, or were until a moment ago. Changing are those of them that
	// belong to the write transaction that is open.
	Frames, Changing int
	Bytes            int64 // what copies and frames take
	Budget           int64 // what either of them should take at most: Options.CacheSize
	Verified         int   // pages in the mapping that are known to be whole: no checksum is computed when they are read again
	PageTable        int64 // bytes of the table that says where each page is
	// Delayed is how many commits were delayed and are not durable. Waiting is how many bytes of commits are in the log and wait
	// for the trees to catch up.
	Delayed, Waiting int
	LogUsed          int64 // bytes of records in the half of the log that is being written: after a crash they are replayed
}

// SessionStats count what happened since the database was opened.
type SessionStats struct {
	Commits    uint64 // write transactions that ended with Commit, also within other methods, such as Update, Keep and Compact
	Delays     uint64 // that ended with Delay
	Subcommits uint64 // that were shown
	Rollbacks  uint64 // write transactions that were rolled back, by the caller or because the commit failed
	Allocated  uint64 // pages that write transactions took
	Freed      uint64 // pages that commits gave up
}

// session is where that is counted.
type session struct {
	commits, delays, subcommits, rollbacks, allocated, freed atomic.Uint64
}

// committed is told what a commit of a write transaction returns.
func (s *session) committed(err *error) {
	if *err == nil {
		s.commits.Add(1)
	} else {
		s.rollbacks.Add(1)
	}
}

func (s *session) stats() SessionStats {
	return SessionStats{
		Commits:    s.commits.Load(),
		Delays:     s.delays.Load(),
		Subcommits: s.subcommits.Load(),
		Rollbacks:  s.rollbacks.Load(),
		Allocated:  s.allocated.Load(),
		Freed:      s.freed.Load(),
	}
}

// memory counts what is in memory.
func (db *DB) memory() MemoryStats {
	m := db.pager.memory()
	m.Budget = int64(db.opts.CacheSize)
	m.LogUsed = db.logUsed.Load()
	db.mu.Lock()
	defer db.mu.Unlock()
	m.Delayed, m.Waiting = db.delayed.count, db.backlog.size
	return m
}

// memory counts what the pager has in memory.
func (g *pager) memory() (m MemoryStats) {
	if mapped := g.mapping.Load(); mapped != nil {
		m.Mapped = int64(mapped.pages.Load()) * int64(g.pageSize)
	}
	g.cache.mu.RLock()
	m.Cached = len(g.cache.pages)
	g.cache.mu.RUnlock()
	m.Verified, m.Changing, m.PageTable = g.table.count()
	bytes := g.arena.inUse()
	m.Frames = int(bytes / int64(g.pageSize))
	m.Bytes = bytes + int64(m.Cached)*int64(g.pageSize)
	return m
}

// count returns how many pages are known to be whole in the mapping, how many are of the write transaction and in frames, and how
// many bytes the table takes.
func (t *pageTable) count() (verified, changing int, bytes int64) {
	chunks := t.chunks.Load()
	if chunks == nil {
		return 0, 0, 0
	}
	for i := range *chunks {
		c := (*chunks)[i].Load()
		if c == nil {
			continue
		}
		bytes += tableChunkPages * 4
		for j := range c {
			switch w := whereabouts(c[j].Load()); {
			case w&placeMask == mapped:
				verified++
			case w.isFrame() && w&own != 0:
				changing++
			}
		}
	}
	return verified, changing, bytes + int64(len(*chunks))*8
}
