package vfs

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

var _ VectorWriter = (*osFile)(nil)

// mostVectors is how many buffers the system takes at once.
const mostVectors = 1024

// WriteVector uses pwritev.
func (f *osFile) WriteVector(bufs [][]byte, off int64) (n int, err error) {
	for len(bufs) > 0 {
		k := min(len(bufs), mostVectors)
		m, err := f.writeVector(bufs[:k], off)
		n += m
		if err != nil {
			return n, err
		}
		bufs, off = bufs[k:], off+int64(m)
	}
	return n, nil
}

// writeVector writes as many buffers as the system takes, however many calls that takes.
func (f *osFile) writeVector(bufs [][]byte, off int64) (n int, err error) {
	for len(bufs) > 0 {
		m, err := unix.Pwritev(int(f.Fd()), bufs, off)
		switch {
		case err == unix.EINTR:
			continue
		case err == nil && m == 0:
			err = io.ErrShortWrite
		}
		if err != nil {
			return n, &os.PathError{Op: "pwritev", Path: f.Name(), Err: err}
		}
		n, off = n+m, off+int64(m)
		for len(bufs) > 0 && m >= len(bufs[0]) {
			m -= len(bufs[0])
			bufs = bufs[1:]
		}
		if m > 0 { // the rest of one that was written in part
			k, err := f.WriteAt(bufs[0][m:], off)
			n, off, bufs = n+k, off+int64(k), bufs[1:]
			if err != nil {
				return n, err
			}
		}
	}
	return n, nil
}
