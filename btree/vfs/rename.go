package vfs

import (
	"io/fs"
	"os"
)

// Renamer is implemented by disks on which files can be replaced and removed.
type Renamer interface {
	// Rename gives a file another name, in the same folder; a file of that name is replaced. Whoever has that open keeps
	// it. After a crash the new name leads to the one file or the other, and to the new one after SyncDir.
	Rename(from, to string) error

	// Remove takes a file away. Whoever has it open keeps it.
	Remove(name string) error

	// CopyMode gives a file the permissions of another, where files have permissions.
	CopyMode(from, to string) error
}

var (
	_ Renamer = OS{}
	_ Renamer = (*Mem)(nil)
	_ Renamer = (*Inject)(nil)
)

// Rename renames the file.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove removes the file.
func (OS) Remove(name string) error { return os.Remove(name) }

// CopyMode sets the permission bits.
func (OS) CopyMode(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.Chmod(to, info.Mode().Perm())
}

// Rename renames the file. A power cut before SyncDir may undo it.
func (m *Mem) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.nodes[from]
	if n == nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrNotExist}
	}
	delete(m.nodes, from)
	if old := m.nodes[to]; old != nil && old.linked {
		n.replaces = old
	}
	n.linked = false
	m.nodes[to] = n
	return nil
}

// Remove removes the file, for good at once.
func (m *Mem) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes[name] == nil {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	delete(m.nodes, name)
	return nil
}

// CopyMode does nothing: files in memory have no permissions.
func (m *Mem) CopyMode(_, _ string) error { return nil }

// Rename passes the call on, if Base can.
func (j *Inject) Rename(from, to string) error {
	if err := j.ask(Call{Op: "rename", Name: from}); err != nil {
		return err
	}
	r, ok := j.Base.(Renamer)
	if !ok {
		return ErrUnsupported
	}
	return r.Rename(from, to)
}

// Remove passes the call on, if Base can.
func (j *Inject) Remove(name string) error {
	if err := j.ask(Call{Op: "remove", Name: name}); err != nil {
		return err
	}
	r, ok := j.Base.(Renamer)
	if !ok {
		return ErrUnsupported
	}
	return r.Remove(name)
}

// CopyMode passes the call on, if Base can.
func (j *Inject) CopyMode(from, to string) error {
	if err := j.ask(Call{Op: "copymode", Name: to}); err != nil {
		return err
	}
	r, ok := j.Base.(Renamer)
	if !ok {
		return ErrUnsupported
	}
	return r.CopyMode(from, to)
}
