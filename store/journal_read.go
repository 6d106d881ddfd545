package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// restore stages in c what the file says. If it is damaged, c stays empty and
// the file is set aside.
func (j *journal) restore(c *ChangeSet) error {
	content, err := os.ReadFile(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = j.replay(c, content)
	}
	if err == nil {
		c.undo = nil
		return nil
	}
	c.reset()
	aside, moved := setAside(j.path)
	if moved != nil {
		return journalError(j.path, errors.Join(ErrJournal, err, moved))
	}
	return wrapAs("restore staged changes", "", Corrupt, fmt.Errorf("%w: %w; the file is now %s", ErrJournal, err, aside)).
		withHint("look into " + aside + " if changes are missing, then delete it")
}

// replay reads the lines of a journal. The last one is ignored if it has no
// end: the program ended while it wrote it, before the method that staged the
// change returned.
func (j *journal) replay(c *ChangeSet, content []byte) error {
	header := j.header()
	if len(content) < len(header) && bytes.HasPrefix(header, content) {
		return nil // it ended while it wrote the header
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	schemas := map[int]*Schema{}
	for i, line := range lines {
		last := i == len(lines)-1
		if last && len(line) == 0 {
			break // after the last newline
		}
		if err := j.replayLine(c, schemas, i, line); err != nil {
			if last && i > 0 && errors.Is(err, errTorn) {
				break
			}
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return nil
}

func (j *journal) replayLine(c *ChangeSet, schemas map[int]*Schema, i int, line []byte) error {
	r, err := decodeLine(line)
	if err != nil {
		return err
	}
	if i == 0 {
		return j.checkHeader(r)
	}
	s, err := r.step(c, schemas)
	if err != nil {
		return err
	}
	c.do(s)
	return nil
}

func (j *journal) checkHeader(r *journalLine) error {
	switch {
	case r.Version == 0:
		return errors.New("it is not a journal")
	case r.Version != journalVersion:
		return fmt.Errorf("it is of version %d, this program knows %d", r.Version, journalVersion)
	case r.Database != j.database:
		return fmt.Errorf("it is of another database, %q", r.Database)
	}
	return nil
}

// setAside gives a damaged file a name that is not in use.
func setAside(path string) (string, error) {
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.damaged-%d", path, n)
		if _, err := os.Lstat(aside); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		return aside, os.Rename(path, aside)
	}
}
