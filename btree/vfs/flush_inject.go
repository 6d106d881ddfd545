package vfs

var (
	_ Flusher = (*injectFile)(nil)
	_ Flusher = (*memFile)(nil)
)

// Flush passes the call on, if the file of Base can.
func (f *injectFile) Flush(off, n int64) error {
	if err := f.ask("flush", off, int(n)); err != nil {
		return err
	}
	if flusher, ok := f.File.(Flusher); ok {
		return flusher.Flush(off, n)
	}
	return nil
}

// Flush does nothing: what was written survives a power cut or not, as before.
func (f *memFile) Flush(_, _ int64) error { return nil }
