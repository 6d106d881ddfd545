package vfs

var _ RangeLocker = (*injectFile)(nil)

// ranges returns the file of Base if it can lock ranges.
func (f *injectFile) ranges() (RangeLocker, error) {
	r, ok := f.File.(RangeLocker)
	if !ok {
		return nil, ErrUnsupported
	}
	return r, nil
}

func (f *injectFile) LockRange(off, n int64, mode LockMode) error {
	if err := f.ask("lock", off, int(n)); err != nil {
		return err
	}
	r, err := f.ranges()
	if err != nil {
		return err
	}
	return r.LockRange(off, n, mode)
}

func (f *injectFile) UnlockRange(off, n int64) error {
	if err := f.ask("unlock", off, int(n)); err != nil {
		return err
	}
	r, err := f.ranges()
	if err != nil {
		return err
	}
	return r.UnlockRange(off, n)
}

func (f *injectFile) FindLock(off, n int64) (at, size int64, err error) {
	if err := f.ask("findlock", off, int(n)); err != nil {
		return 0, 0, err
	}
	r, err := f.ranges()
	if err != nil {
		return 0, 0, err
	}
	return r.FindLock(off, n)
}
