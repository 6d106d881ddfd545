package native

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Statistics implements driver.Statistician.
func (v versions) Statistics(context.Context) ([]driver.Statistic, error) {
	s, err := v.engine.db.Stats()
	if err != nil {
		return nil, explain(err)
	}
	kept, err := v.engine.db.Versions()
	if err != nil {
		return nil, explain(err)
	}
	return slices.Concat(ofFile(&s), ofTables(&s), ofVersions(kept), ofReaders(&s), ofMemory(&s.Memory), ofSession(&s.Session)), nil
}

// section makes the statistics of one section.
type section string

func (s section) count(name string, n uint64) driver.Statistic {
	return driver.Statistic{Section: string(s), Name: name, Value: tuple.Uint(n)}
}

func (s section) bytes(name string, n int64) driver.Statistic {
	return driver.Statistic{Section: string(s), Name: name, Value: tuple.Int(n), Unit: driver.Bytes}
}

func (s section) at(name string, t time.Time) driver.Statistic {
	return driver.Statistic{Section: string(s), Name: name, Value: tuple.Instant(t)}
}

func (s section) text(name, text string) driver.Statistic {
	return driver.Statistic{Section: string(s), Name: name, Value: tuple.Text(text)}
}

func ofFile(s *btree.Stats) []driver.Statistic {
	const file section = "file"
	pages := func(name string, n uint64) driver.Statistic { return file.bytes(name, int64(n)*int64(s.PageSize)) }
	return []driver.Statistic{
		file.count("version", s.Version), file.bytes("size", s.FileSize), file.bytes("page size", int64(s.PageSize)),
		pages("rows", s.Leaf), pages("branches", s.Branch), pages("long values", s.Overflow),
		pages("only kept versions need", s.Kept), pages("log", s.Log), pages("maps and headers", s.Meta+s.Space), pages("free", s.Free),
	}
}

// ofTables tells how much room each table takes.
func ofTables(s *btree.Stats) (all []driver.Statistic) {
	const tables section = "tables"
	for _, t := range s.Trees {
		if t.Name != kvrows.CatalogTree {
			all = append(all, tables.bytes(t.Name, int64(t.Leaf+t.Branch+t.Overflow)*int64(s.PageSize)))
		}
	}
	return all
}

// ofVersions counts those that have a name, and those that undoing
// goes back to.
func ofVersions(kept []btree.Version) []driver.Statistic {
	const versions section = "kept versions"
	named := uint64(0)
	for _, v := range kept {
		if v.Name != "" {
			named++
		}
	}
	all := []driver.Statistic{versions.count("with a name", named), versions.count("of the last commits", uint64(len(kept))-named)}
	if len(kept) > 0 {
		all = append(all, versions.at("oldest", kept[0].Time))
	}
	return all
}

// ofReaders tells who keeps pages from being used again: transactions of this
// process, with the oldest version that one of them reads, and other processes.
func ofReaders(s *btree.Stats) (all []driver.Statistic) {
	const readers section = "readers"
	open := uint64(0)
	for _, r := range s.Readers {
		open += uint64(r.Count)
	}
	all = append(all, readers.count("transactions", open))
	if len(s.Readers) > 0 {
		oldest := s.Readers[0]
		all = append(all, readers.count("oldest version", oldest.Version), readers.at("oldest since", oldest.Since))
		if len(oldest.Stacks) > 0 {
			all = append(all, readers.text("begun at", strings.Join(oldest.Stacks, "\n")))
		}
	}
	const others section = "other processes"
	for _, p := range s.Processes {
		name := fmt.Sprintf("%d", p.PID)
		if p.Program != "" {
			name = fmt.Sprintf("%d (%s)", p.PID, p.Program)
		}
		all = append(all, others.text(name, doing(p)))
	}
	return all
}

// doing tells what another process has the file open for.
func doing(p btree.Process) string {
	text := "reads it"
	if p.Writing {
		text = "writes it"
	}
	if len(p.Versions) > 0 {
		text += fmt.Sprintf(", looks at version %d", p.Versions[0])
	}
	return text + ", since " + p.Since.Local().Format(time.DateTime)
}

func ofMemory(m *btree.MemoryStats) []driver.Statistic {
	const memory section = "memory"
	return []driver.Statistic{
		memory.bytes("mapped", m.Mapped), memory.count("pages checked", uint64(m.Verified)),
		memory.bytes("pages changed or copied", m.Bytes), memory.bytes("limit of those", m.Budget),
		memory.bytes("page table", m.PageTable), memory.bytes("log to replay after a crash", m.LogUsed),
		memory.bytes("commits that wait for the trees", int64(m.Waiting)),
	}
}

func ofSession(c *btree.SessionStats) []driver.Statistic {
	const opened section = "since it was opened"
	return []driver.Statistic{
		opened.count("commits", c.Commits), opened.count("rolled back", c.Rollbacks),
		opened.count("pages taken", c.Allocated), opened.count("pages given up", c.Freed),
	}
}
