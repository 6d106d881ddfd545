package vfs

var _ RangeLocker = (*memFile)(nil)

// memRange is a lock of a range. A handle's ranges do not overlap: taking one gives up what it had of it before.
type memRange struct {
	owner  *memFile
	off, n int64
	mode   LockMode
}

func (r memRange) overlaps(off, n int64) bool { return r.off < off+n && off < r.off+r.n }

func (f *memFile) LockRange(off, n int64, mode LockMode) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	for _, r := range f.n.ranges {
		if r.owner != f && r.overlaps(off, n) && (mode == Exclusive || r.mode == Exclusive) {
			return f.fail("lock", ErrLocked)
		}
	}
	f.cutRange(off, n)
	f.n.ranges = append(f.n.ranges, memRange{f, off, n, mode})
	return nil
}

func (f *memFile) UnlockRange(off, n int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	f.cutRange(off, n)
	return nil
}

func (f *memFile) FindLock(off, n int64) (at, size int64, err error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	for _, r := range f.n.ranges {
		if r.owner != f && r.overlaps(off, n) {
			return r.off, r.n, nil
		}
	}
	return 0, 0, nil
}

// cutRange takes n bytes from off on out of the ranges of the handle.
func (f *memFile) cutRange(off, n int64) {
	var kept []memRange
	for _, r := range f.n.ranges {
		if r.owner != f || !r.overlaps(off, n) {
			kept = append(kept, r)
			continue
		}
		if r.off < off {
			kept = append(kept, memRange{f, r.off, off - r.off, r.mode})
		}
		if end := r.off + r.n; end > off+n {
			kept = append(kept, memRange{f, off + n, end - off - n, r.mode})
		}
	}
	f.n.ranges = kept
}

// unlockRanges gives up all ranges of the handle.
func (f *memFile) unlockRanges() {
	const all = 1<<63 - 1
	f.cutRange(0, all)
}
