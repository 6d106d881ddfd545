package vfs

import (
	"fmt"
	"io"
	"sync"
)

// Call is an operation that Inject is about to pass on.
type Call struct {
	N    int    // its number, from 1, counted over all files
	Op   string // "open", "syncdir", "rename", "remove", "copymode", "read", "write", "sync", "flush", "truncate", "size", "lock", "unlock", "findlock", "inplace", "map" or "close"
	Name string
	Off  int64 // of a read, write or flush; the size of a truncate or map
	Len  int   // of a read, write or flush
}

// String describes the call for a test's log.
func (c Call) String() string {
	return fmt.Sprintf("call %d: %s %s at %d, %d bytes", c.N, c.Op, c.Name, c.Off, c.Len)
}

// Partial is an error that lets the first N bytes of a read or write happen before it fails with Err.
// A nil Err makes a short read that ends with io.ErrUnexpectedEOF and a short write that ends with io.ErrShortWrite.
type Partial struct {
	N   int
	Err error
}

func (p *Partial) Error() string { return fmt.Sprintf("vfs: after %d bytes: %v", p.N, p.Err) }

// Unwrap returns the reason of the failure.
func (p *Partial) Unwrap() error { return p.Err }

// Inject passes every operation on to another FS unless Hook says that it fails.
type Inject struct {
	// Base does the work.
	Base FS
	// Hook is asked before each operation, one at a time. A nil error lets it happen; a *Partial lets part of it happen;
	// any other error is its result. A close happens in any case.
	Hook func(Call) error

	mu    sync.Mutex
	calls int
}

var _ FS = (*Inject)(nil)

// Calls returns how many operations were asked for.
func (j *Inject) Calls() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.calls
}

func (j *Inject) ask(c Call) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.calls++
	c.N = j.calls
	return j.Hook(c)
}

// OpenFile opens the file in Base. The file has a mapping when that of Base has one.
func (j *Inject) OpenFile(name string, mode Mode) (File, error) {
	if err := j.ask(Call{Op: "open", Name: name}); err != nil {
		return nil, err
	}
	f, err := j.Base.OpenFile(name, mode)
	if err != nil {
		return nil, err
	}
	file := &injectFile{File: f, j: j, name: name}
	if m, ok := f.(Mapper); ok {
		return &injectMapper{file, m}, nil
	}
	return file, nil
}

// SyncDir passes the call on.
func (j *Inject) SyncDir(name string) error {
	if err := j.ask(Call{Op: "syncdir", Name: name}); err != nil {
		return err
	}
	return j.Base.SyncDir(name)
}

type injectFile struct {
	File
	j    *Inject
	name string
}

func (f *injectFile) ask(op string, off int64, n int) error {
	return f.j.ask(Call{Op: op, Name: f.name, Off: off, Len: n})
}

// part does the first bytes of an operation that fails.
func part(err error, p []byte, off int64, do func([]byte, int64) (int, error), short error) (int, error) {
	pe, ok := err.(*Partial)
	if !ok {
		return 0, err
	}
	n, derr := do(p[:min(pe.N, len(p))], off)
	switch {
	case derr != nil:
		return n, derr
	case pe.Err != nil:
		return n, pe.Err
	}
	return n, short
}

func (f *injectFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.ask("read", off, len(p)); err != nil {
		return part(err, p, off, f.File.ReadAt, io.ErrUnexpectedEOF)
	}
	return f.File.ReadAt(p, off)
}

func (f *injectFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.ask("write", off, len(p)); err != nil {
		return part(err, p, off, f.File.WriteAt, io.ErrShortWrite)
	}
	return f.File.WriteAt(p, off)
}

func (f *injectFile) Sync() error {
	if err := f.ask("sync", 0, 0); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *injectFile) Truncate(size int64) error {
	if err := f.ask("truncate", size, 0); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *injectFile) Size() (int64, error) {
	if err := f.ask("size", 0, 0); err != nil {
		return 0, err
	}
	return f.File.Size()
}

func (f *injectFile) Lock(mode LockMode) error {
	if err := f.ask("lock", 0, 0); err != nil {
		return err
	}
	return f.File.Lock(mode)
}

func (f *injectFile) Close() error {
	err := f.ask("close", 0, 0)
	if cerr := f.File.Close(); err == nil {
		err = cerr
	}
	return err
}

type injectMapper struct {
	*injectFile
	m Mapper
}

func (f *injectMapper) Map(size int64) ([]byte, func() error, error) {
	if err := f.ask("map", size, 0); err != nil {
		return nil, nil, err
	}
	return f.m.Map(size)
}
