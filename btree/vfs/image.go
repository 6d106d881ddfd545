package vfs

// blockSize is the unit in which images share memory. Pages of a database are a multiple of it.
const blockSize = 4096

// image is the content of a file. Images that were made of one another share blocks until one of them is written, so that a copy
// costs a pointer a block. Its zero value is an empty file.
type image struct {
	size   int64
	blocks []block
}

// block is blockSize bytes of an image. Behind the end of the file they are zero.
type block struct {
	data *[blockSize]byte // nil: zeros
	own  bool             // no other image and no change knows the memory
}

// share returns a copy. Neither image owns the memory afterwards.
func (m *image) share() image {
	for i := range m.blocks {
		m.blocks[i].own = false
	}
	return image{m.size, append([]block(nil), m.blocks...)}
}

// take makes n bytes from off on what they are in another image, which has at least as many blocks.
func (m *image) take(from *image, off, n int64) {
	m.resize(max(m.size, off+n))
	for i := off / blockSize; i*blockSize < off+n; i++ {
		from.blocks[i].own = false
		m.blocks[i] = from.blocks[i]
	}
}

// resize sets the size. Bytes that appear are zero.
func (m *image) resize(size int64) {
	n := int((size + blockSize - 1) / blockSize)
	if size < m.size {
		m.clear(size, min(m.size, int64(n)*blockSize)-size)
		m.blocks = m.blocks[:n]
	}
	for len(m.blocks) < n {
		m.blocks = append(m.blocks, block{})
	}
	m.size = size
}

func (m *image) read(p []byte, off int64) int {
	p = p[:max(0, min(int64(len(p)), m.size-off))]
	for done := 0; done < len(p); {
		at := (off + int64(done)) % blockSize
		rest := p[done:min(len(p), done+int(blockSize-at))]
		if b := m.blocks[(off+int64(done))/blockSize].data; b != nil {
			copy(rest, b[at:])
		} else {
			clear(rest)
		}
		done += len(rest)
	}
	return len(p)
}

// write puts bytes that never change into the image, which may keep them.
func (m *image) write(p []byte, off int64) {
	m.resize(max(m.size, off+int64(len(p))))
	for len(p) > 0 {
		b, at := &m.blocks[off/blockSize], off%blockSize
		n := min(len(p), int(blockSize-at))
		if n == blockSize {
			*b = block{data: (*[blockSize]byte)(p)}
		} else {
			copy(b.writable()[at:], p[:n])
		}
		p, off = p[n:], off+int64(n)
	}
}

// clear writes n zeros.
func (m *image) clear(off, n int64) {
	m.resize(max(m.size, off+n))
	for n > 0 {
		b, at := &m.blocks[off/blockSize], off%blockSize
		here := min(n, blockSize-at)
		switch {
		case here == blockSize:
			*b = block{}
		case b.data != nil:
			clear(b.writable()[at : at+here])
		}
		off, n = off+here, n-here
	}
}

// writable returns the memory of the block after it was made its own.
func (b *block) writable() *[blockSize]byte {
	if b.own {
		return b.data
	}
	data := new([blockSize]byte)
	if b.data != nil {
		*data = *b.data
	}
	*b = block{data, true}
	return data
}
