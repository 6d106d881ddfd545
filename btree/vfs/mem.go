package vfs

import (
	"io"
	"io/fs"
	"math/rand/v2"
	"sync"
)

// sectorSize is the unit that a disk writes as a whole.
const sectorSize = 512

// Mem is a disk in memory that remembers which writes were synced, so that a test can cut its power. Its zero value is an
// empty disk. It has no mapping: files are read by copying.
type Mem struct {
	mu    sync.Mutex
	nodes map[string]*memNode
}

var _ FS = (*Mem)(nil)

// memNode is a file: what programs see, what is certain to survive, and the changes between the two.
type memNode struct {
	live     []byte
	durable  []byte
	unsynced []memChange
	linked   bool // the directory entry survives
	locks    int  // -1: one exclusive lock, else the number of shared ones
	ranges   []memRange
	replaces *memNode // the file that has this name still, on the disk, until the directory is synced
}

// memChange is a write at an offset or, with nil data, a new size.
type memChange struct {
	off  int64
	data []byte
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
		return append([]byte{}, n.live...)
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
	m.nodes[name] = &memNode{live: append([]byte{}, data...), durable: append([]byte{}, data...), linked: true}
}

// PowerCut returns the disk as it may be found after the power failed now. Synced data is there. Each unsynced change
// survives, is lost, or is torn between sectors, as the generator decides; a file whose directory entry was not synced may
// be gone. The receiver is unchanged, and no handle or lock is carried over.
func (m *Mem) PowerCut(r *rand.Rand) *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	after := &Mem{nodes: map[string]*memNode{}}
	for name, n := range m.nodes {
		if !n.linked && r.IntN(2) == 0 {
			if n = n.replaces; n == nil {
				continue
			}
		}
		data := n.survivors(r)
		after.nodes[name] = &memNode{live: data, durable: append([]byte{}, data...), linked: true}
	}
	return after
}

// survivors returns one of the contents that a power cut may leave. Applying the surviving sectors in the order in which
// they were written covers every reordering: sectors of different places are independent, and of several writes of one
// sector the survivor is any one of them.
func (n *memNode) survivors(r *rand.Rand) []byte {
	data := append([]byte{}, n.durable...)
	chance := [...]int{0, 10, 50, 90, 100}[r.IntN(5)]
	for _, c := range n.unsynced {
		if c.data == nil {
			if r.IntN(100) < chance {
				data = resize(data, c.off)
			}
			continue
		}
		if r.IntN(2) == 0 { // the write as a whole
			if r.IntN(100) < chance {
				data = overwrite(data, c.off, c.data)
			}
			continue
		}
		data = tear(data, c, chance, r)
	}
	return data
}

// tear applies each sector of a write by itself.
func tear(data []byte, c memChange, chance int, r *rand.Rand) []byte {
	for at := 0; at < len(c.data); {
		end := min(at+sectorSize-int((c.off+int64(at))%sectorSize), len(c.data))
		if r.IntN(100) < chance {
			data = overwrite(data, c.off+int64(at), c.data[at:end])
		}
		at = end
	}
	return data
}

func resize(data []byte, size int64) []byte {
	if size <= int64(len(data)) {
		return data[:size:size]
	}
	return append(data, make([]byte, size-int64(len(data)))...)
}

func overwrite(data []byte, off int64, b []byte) []byte {
	if end := off + int64(len(b)); end > int64(len(data)) {
		data = resize(data, end)
	}
	copy(data[off:], b)
	return data
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
	if off >= int64(len(f.n.live)) {
		return 0, io.EOF
	}
	n := copy(p, f.n.live[off:])
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
	f.n.live = overwrite(f.n.live, off, p)
	f.n.unsynced = append(f.n.unsynced, memChange{off: off, data: append([]byte{}, p...)})
	return len(p), nil
}

func (f *memFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.change("truncate"); err != nil {
		return err
	}
	f.n.live = resize(f.n.live, size)
	f.n.unsynced = append(f.n.unsynced, memChange{off: size})
	return nil
}

func (f *memFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return f.fail("sync", fs.ErrClosed)
	}
	for _, c := range f.n.unsynced {
		if c.data == nil {
			f.n.durable = resize(f.n.durable, c.off)
		} else {
			f.n.durable = overwrite(f.n.durable, c.off, c.data)
		}
	}
	f.n.unsynced = nil
	return nil
}

func (f *memFile) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return 0, f.fail("stat", fs.ErrClosed)
	}
	return int64(len(f.n.live)), nil
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
