package vfs

import (
	"bytes"
	"io"
	"io/fs"
	"slices"
	"sync"
)

// sectorSize is the unit that a disk writes as a whole.
const sectorSize = 512

// zeros is what an empty part of a file holds.
var zeros [blockSize]byte

// Mem is a disk in memory that remembers which writes were synced, so that a test can cut its power. Its zero value is an
// empty disk. It has no mapping: files are read by copying.
type Mem struct {
	mu    sync.Mutex
	nodes map[string]*memNode
}

var _ FS = (*Mem)(nil)

// memNode is a file: what programs see, what is certain to survive, and the changes between the two.
type memNode struct {
	live     image
	durable  image
	unsynced []memChange
	linked   bool // the directory entry survives
	locks    int  // -1: one exclusive lock, else the number of shared ones
	ranges   []memRange
	replaces *memNode // the file that has this name still, on the disk, until the directory is synced
}

// memChange is a write of n bytes at an offset or a new size. What is written never changes.
type memChange struct {
	size bool
	off  int64
	n    int64
	data []byte // nil: zeros
}

// apply makes a change to an image, from byte at of what is written to byte end.
func (c *memChange) apply(m *image, at, end int64) {
	switch {
	case at == end && !c.size:
	case c.size:
		m.resize(c.off)
	case c.data == nil:
		m.clear(c.off+at, end-at)
	default:
		m.write(c.data[at:end], c.off+at)
	}
}

// change makes a change that a sync will make durable.
func (n *memNode) change(c memChange) {
	c.apply(&n.live, 0, c.n)
	n.unsynced = append(n.unsynced, c)
}

// OpenFile opens the named file.
func (m *Mem) OpenFile(name string, mode Mode) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.nodes[name]
	if n == nil {
		if mode != Create {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		if m.nodes == nil {
			m.nodes = map[string]*memNode{}
		}
		n = &memNode{}
		m.nodes[name] = n
	}
	return &memFile{fs: m, n: n, name: name, writable: mode != ReadOnly}, nil
}

// SyncDir makes the creation of the named file durable.
func (m *Mem) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := m.nodes[name]; n != nil {
		n.linked, n.replaces = true, nil
	}
	return nil
}

// ReadFile returns a copy of the file's content as programs see it now, or nil when there is no such file.
func (m *Mem) ReadFile(name string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := m.nodes[name]; n != nil {
		b := make([]byte, n.live.size)
		n.live.read(b, 0)
		return b
	}
	return nil
}

// WriteFile makes a file with the given content, all of it durable.
func (m *Mem) WriteFile(name string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes == nil {
		m.nodes = map[string]*memNode{}
	}
	n := &memNode{linked: true}
	n.live.write(bytes.Clone(data), 0)
	n.durable = n.live.share()
	m.nodes[name] = n
}

func isZero(p []byte) bool {
	for len(p) > 0 {
		n := min(len(p), len(zeros))
		if !bytes.Equal(p[:n], zeros[:n]) {
			return false
		}
		p = p[n:]
	}
	return true
}

type memFile struct {
	fs       *Mem
	n        *memNode
	name     string
	writable bool
	closed   bool
	lock     int // 0 none, 1 shared, -1 exclusive
}

func (f *memFile) fail(op string, err error) error {
	return &fs.PathError{Op: op, Path: f.name, Err: err}
}

// change checks that the handle may write.
func (f *memFile) change(op string) error {
	if f.closed {
		return f.fail(op, fs.ErrClosed)
	}
	if !f.writable {
		return f.fail(op, fs.ErrPermission)
	}
	return nil
}

func (f *memFile) ReadAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return 0, f.fail("read", fs.ErrClosed)
	}
	n := f.n.live.read(p, off)
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memFile) WriteAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.change("write"); err != nil {
		return 0, err
	}
	if len(p) == 0 {
		return 0, nil
	}
	c := memChange{off: off, n: int64(len(p))}
	if !isZero(p) {
		c.data = bytes.Clone(p)
	}
	f.n.change(c)
	return len(p), nil
}

func (f *memFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.change("truncate"); err != nil {
		return err
	}
	f.n.change(memChange{size: true, off: size})
	return nil
}

func (f *memFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return f.fail("sync", fs.ErrClosed)
	}
	f.n.sync()
	return nil
}

// sync makes what programs see what survives.
func (n *memNode) sync() {
	resized := slices.ContainsFunc(n.unsynced, func(c memChange) bool { return c.size })
	if resized {
		n.durable = n.live.share()
	} else {
		for _, c := range n.unsynced {
			n.durable.take(&n.live, c.off, c.n)
		}
	}
	clear(n.unsynced)
	n.unsynced = n.unsynced[:0]
}

func (f *memFile) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return 0, f.fail("stat", fs.ErrClosed)
	}
	return f.n.live.size, nil
}

func (f *memFile) Lock(mode LockMode) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return f.fail("lock", fs.ErrClosed)
	}
	f.unlock()
	switch {
	case mode == Exclusive && f.n.locks == 0:
		f.n.locks, f.lock = -1, -1
	case mode == Shared && f.n.locks >= 0:
		f.n.locks++
		f.lock = 1
	default:
		return f.fail("lock", ErrLocked)
	}
	return nil
}

func (f *memFile) unlock() {
	f.n.locks -= f.lock
	f.lock = 0
}

func (f *memFile) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return f.fail("close", fs.ErrClosed)
	}
	f.unlock()
	f.unlockRanges()
	f.closed = true
	return nil
}
