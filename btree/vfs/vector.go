package vfs

import "io"

// VectorWriter is implemented by files that can write several buffers with one call.
type VectorWriter interface {
	// WriteVector writes the buffers one after the other, from off on, as WriteAt does with one. It must not change bufs.
	WriteVector(bufs [][]byte, off int64) (n int, err error)
}

// WriteBuffers writes buffers one after the other, from off on: at once where the file can, else each by itself.
func WriteBuffers(f File, bufs [][]byte, off int64) error {
	if v, ok := f.(VectorWriter); ok {
		_, err := v.WriteVector(bufs, off)
		return err
	}
	for _, b := range bufs {
		n, err := f.WriteAt(b, off)
		if err == nil && n < len(b) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return err
		}
		off += int64(n)
	}
	return nil
}
