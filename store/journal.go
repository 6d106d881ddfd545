package store

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// ErrJournal is returned, with the name that the file has been given, when the
// journal of a change set cannot be read.
var ErrJournal = errors.New("the journal of staged changes is damaged")

// OpenJournal returns a change set that is kept in a file, too: what was
// staged when the program ended, however it did, is staged again when the file
// is opened the next time. The steps that led there are not kept, so there is
// nothing to undo at first. The database is what the changes are of, such as
// its location: a journal of another one counts as damaged.
//
// Every change of the set is handed to the operating system before the method
// that makes it returns. That outlives the program, but the last changes may
// not outlive a power failure. If a commit succeeds and the program ends before
// it returns, the changes are staged again, and then conflict with themselves.
//
// The change set is never nil, and may be used whatever the error is; the
// error says why it is empty or not kept on disk:
//
//   - [ErrJournal]: the file was damaged. It has been renamed, never deleted;
//     the set is empty, and is kept in a new file.
//   - [Locked]: another process has the journal open. The set is in memory only.
//   - any other: the file could not be used. The set is in memory only.
//
// The caller closes the set.
func OpenJournal(path, database string) (*ChangeSet, error) {
	c := NewChangeSet()
	j := &journal{path: path, database: database, create: createFile}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return c, journalError(path, err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return c, journalError(path, err)
	}
	j.lock = lock
	damage := j.restore(c)
	if err := j.rewrite(c); err != nil {
		return c, errors.Join(damage, journalError(path, err), lock.Close())
	}
	c.journal = j
	return c, damage
}

// Err returns why the changes that are staged are not all on disk, nil if they
// are, or if the set is in memory only. It goes away when a later change
// succeeds in writing all of them.
func (c *ChangeSet) Err() error {
	if c.journal == nil || c.journal.err == nil {
		return nil
	}
	return journalError(c.journal.path, c.journal.err)
}

// Close ends the journal, if there is one, and leaves the file only if
// something is staged. The set is in memory only from then on.
func (c *ChangeSet) Close() error {
	j := c.journal
	if j == nil {
		return nil
	}
	c.journal = nil
	errs := []error{j.err, j.file.Sync(), j.file.Close()}
	if c.Len() == 0 {
		errs = append(errs, os.Remove(j.path))
	}
	errs = append(errs, j.lock.Close())
	if err := errors.Join(errs...); err != nil {
		return journalError(j.path, err)
	}
	return nil
}

func journalError(path string, err error) error {
	return wrapAs("keep staged changes in "+path, "", journalErrorKind(err), err)
}

func journalErrorKind(err error) Kind {
	switch k := KindOf(err); {
	case k != Internal:
		return k
	case errors.Is(err, syscall.ENOSPC):
		return Full
	case errors.Is(err, os.ErrPermission):
		return Permission
	}
	return Unavailable
}

// journal keeps a change set in a file: a header, and then a line for each
// change of the set. The file always holds what is staged, or err says why not.
type journal struct {
	path     string
	database string
	create   func(path string) (journalFile, error)
	lock     io.Closer
	file     journalFile
	size     int64 // of the lines that were written completely
	whole    int64 // the size after the last rewrite
	schemas  map[*Schema]int
	err      error // why the file does not hold what is staged
}

// journalFile is what a journal needs of its file.
type journalFile interface {
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

func createFile(path string) (journalFile, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
}

// The size from which on a journal is written anew if what is staged has
// become a small part of it.
const (
	minRewrite  = 1 << 20
	maxOverhead = 4
)

// record writes down what a step has done to c.
func (j *journal) record(c *ChangeSet, s step) {
	switch {
	case j.err != nil || j.size > max(minRewrite, maxOverhead*j.whole):
		j.err = j.rewrite(c)
	case c.Len() == 0:
		j.err = j.empty()
	default:
		j.err = j.append(s)
	}
}

// empty leaves only the header.
func (j *journal) empty() error {
	j.size, j.schemas = int64(len(j.header())), map[*Schema]int{}
	return j.file.Truncate(j.size)
}

// append writes a line after the others. What a failure leaves there is no
// complete line, or is written over.
func (j *journal) append(s step) error {
	line, err := j.encode(s)
	if err != nil {
		return err
	}
	if _, err := j.file.WriteAt(line, j.size); err != nil {
		return errors.Join(err, j.file.Truncate(j.size))
	}
	j.size += int64(len(line))
	return nil
}

// rewrite replaces the file by one that holds just what is staged in c.
func (j *journal) rewrite(c *ChangeSet) error {
	j.schemas = map[*Schema]int{}
	content := j.header()
	if all := c.content(); len(all) > 0 {
		line, err := j.encode(all)
		if err != nil {
			return err
		}
		content = append(content, line...)
	}
	next := j.path + ".new"
	f, err := j.create(next)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(content, 0)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(next, j.path)
	}
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(next))
	}
	old := j.file
	j.file, j.size, j.whole = f, int64(len(content)), int64(len(content))
	if old != nil {
		return old.Close()
	}
	return nil
}

// content returns the step that makes an empty set into c.
func (c *ChangeSet) content() step {
	s := make(step, len(c.order))
	for i, id := range c.order {
		s[i] = delta{id: id, after: c.changes[id]}
	}
	return s
}
