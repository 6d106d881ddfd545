package vfs

import (
	"errors"
	"io/fs"
	"os"
)

// Placed is implemented by files that know whether the name that they were opened by still leads to them. It does not when another
// file was given that name since, or none has it.
type Placed interface {
	InPlace() (bool, error)
}

var (
	_ Placed = (*osFile)(nil)
	_ Placed = (*memFile)(nil)
	_ Placed = (*injectFile)(nil)
)

func (f *osFile) InPlace() (bool, error) {
	there, err := os.Stat(f.Name())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	here, err := f.Stat()
	return err == nil && os.SameFile(here, there), err
}

func (f *memFile) InPlace() (bool, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return f.fs.nodes[f.name] == f.n, nil
}

func (f *injectFile) InPlace() (bool, error) {
	if err := f.ask("inplace", 0, 0); err != nil {
		return false, err
	}
	if p, ok := f.File.(Placed); ok {
		return p.InPlace()
	}
	return true, nil
}
