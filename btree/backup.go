package btree

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/rowan-db/rowan/btree/vfs"
)

// Backup writes a copy of the newest durable version, with the versions that it keeps, while other transactions go on. The copy is a
// database file of its own. Everything is checked before the first byte is written, and each page again when it is copied, so
// that a damaged database is not mistaken for a backup: the error then matches ErrCorrupt.
func (db *DB) Backup(ctx context.Context, w io.Writer) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	var first *Problem
	c, err := newChecker(ctx, db, (*DB).newestDurable, func(p Problem) {
		if first == nil {
			first = &p
		}
	})
	if err != nil {
		return err
	}
	defer c.tx.end()
	if err := errors.Join(c.version(c.tx.meta.catalog), c.kept()); err != nil {
		return err
	}
	if first != nil {
		return fmt.Errorf("%w: %s cannot be copied: %v", ErrCorrupt, db.path, first)
	}
	return (&image{checker: c}).write(w)
}

// BackupTo is Backup into a file. The file appears under its name when the copy is complete, durable and checked. A database that
// is there already is replaced, unless somebody has it open for writing.
func (db *DB) BackupTo(ctx context.Context, path string) error {
	fsys := db.opts.FS
	return makeFile(fsys, path, db.path, func(temporary string) error {
		f, err := fsys.OpenFile(temporary, vfs.ReadWrite)
		if err != nil {
			return err
		}
		w := bufio.NewWriterSize(&fileWriter{f: f}, pieceSize)
		err = db.Backup(ctx, w)
		if err == nil {
			err = w.Flush()
		}
		if err == nil {
			err = f.Sync()
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		return checkFile(ctx, fsys, temporary)
	})
}

// checkFile checks a database file from its first to its last page.
func checkFile(ctx context.Context, fsys vfs.FS, path string) error {
	db, err := Open(path, &Options{ReadOnly: true, NoMap: true, FS: fsys})
	if err != nil {
		return err
	}
	var first *Problem
	err = db.Check(ctx, func(p Problem) {
		if first == nil {
			first = &p
		}
	})
	if err == nil && first != nil {
		err = fmt.Errorf("%w: what was written reads back damaged: %v", ErrCorrupt, first)
	}
	return errors.Join(err, db.Close())
}

// fileWriter writes a file from its beginning.
type fileWriter struct {
	f   vfs.File
	off int64
}

func (w *fileWriter) Write(b []byte) (int, error) {
	n, err := w.f.WriteAt(b, w.off)
	w.off += int64(n)
	return n, err
}

// image is the file of one version: the pages that a check has seen, and space pages and metas of its own.
type image struct {
	*checker
	end uint64
}

func (m *image) has(no uint64) bool { return m.seen[no/64]>>(no%64)&1 != 0 }

// write writes the pages in the order of the file. Pages that are not in use are zeros.
func (m *image) write(w io.Writer) error {
	for m.end = m.tx.meta.pageEnd; m.end > firstPage && !m.has(m.end-1); {
		m.end--
	}
	buf := make(page, m.db.PageSize())
	for no := range m.end {
		if err := m.ctx.Err(); err != nil {
			return err
		}
		clear(buf)
		if err := m.page(buf, no); err != nil {
			return err
		}
		if _, err := w.Write(buf); err != nil {
			return fmt.Errorf("btree: copying %s: %w", m.db.path, err)
		}
	}
	return nil
}

// page makes the content of a page.
func (m *image) page(buf page, no uint64) error {
	group := no / groupPages(len(buf))
	switch {
	case no < metaPages:
		copy(buf, m.meta().encode())
	case no == spacePage(len(buf), group, 0):
		copy(buf, encodeSpace(len(buf), no, m.tx.meta.version, m.used(group)))
		buf.seal()
	case m.has(no):
		return m.copyPage(buf, no)
	}
	return nil
}

// meta returns the meta of the copy.
func (m *image) meta() *meta {
	c := m.tx.meta
	c.pageEnd, c.space, c.log = m.end, 0, logPlace{}
	for group := range groupsFor(m.db.PageSize(), m.end) {
		c.space += spaceSum(group, c.version)
	}
	return &c
}

// used returns the bitmap of a group.
func (m *image) used(group uint64) []uint64 {
	g := newGroup(m.db.PageSize(), group)
	base := group * groupPages(m.db.PageSize())
	for bit := range uint64(len(g.used)) * 64 {
		if no := base + bit; no < m.end && m.has(no) {
			g.used[bit/64] |= 1 << (bit % 64)
		}
	}
	return g.used
}

// copyPage copies a page of the version. One that is in memory only has no checksum yet.
func (m *image) copyPage(buf page, no uint64) error {
	p, err := m.db.pager.reread(no)
	if err != nil {
		return err
	}
	copy(buf, p)
	buf.seal()
	return nil
}
