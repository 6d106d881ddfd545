package tui

import (
	"context"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
	"github.com/rowan-db/rowan/tui/versions"
)

// The calls that look after the database. Those that write it share a slot.
var (
	upkeepSlot = task.Slot{Pane: rootID, Name: "upkeep"}
	checkSlot  = task.Slot{Pane: rootID, Name: "check"}
	backupSlot = task.Slot{Pane: rootID, Name: "backup"}
)

// maxFaults is how many faults of a damaged database are shown.
const maxFaults = 1000

// upkept is what a call has to tell.
type upkept struct {
	title  string
	text   string
	faulty bool
	list   bool // the kept states are not what they were
	rows   bool // nor is what is shown
}

// unless returns why a database cannot do something, if can says so.
func (m *Model) unless(can func(*store.Store) bool, why string) func() string {
	return func() string {
		switch {
		case m.open == nil:
			return "no database is open"
		case !can(m.env.Present):
			return why
		}
		return ""
	}
}

// unlessWriting is unless for what writes.
func (m *Model) unlessWriting(can func(*store.Writer) bool, why string) func() string {
	return func() string {
		switch {
		case m.open == nil:
			return "no database is open"
		case m.env.Writer == nil:
			return m.env.ReadOnly
		case !can(m.env.Writer):
			return why
		}
		return ""
	}
}

// noVersions says why states cannot be kept, shown and compared.
const noVersions = "this kind of database keeps no states of itself"

// upkeepCommands look after the database as a whole.
func (m *Model) upkeepCommands() []pane.Command {
	return []pane.Command{
		{Name: "versions", Help: "list the states that are kept by name, to open and compare them", Keys: []string{"V"}, Disabled: m.unless((*store.Store).CanVersion, noVersions), Run: m.listVersions},
		{Name: "keep", Help: "keep the present state under a name", Arg: "name", Disabled: m.unlessWriting((*store.Writer).CanKeep, noVersions), Run: m.keepNamed},
		{Name: "backup", Help: "copy the database into a file while it is in use", Arg: "file", Disabled: m.noBackup, Run: m.backUp},
		{Name: "compact", Help: "give unused space of the file back", Disabled: m.unlessWriting((*store.Writer).CanCompact, "this kind of database is not compacted from here"), Run: m.confirmCompact},
		{Name: "revert", Help: "undo the last commits of the database, whoever made them, in a commit of its own", Arg: "commits", Optional: true, Disabled: m.unlessWriting((*store.Writer).CanUndoCommits, "commits of this kind of database cannot be undone"), Run: m.askUndo},
		{Name: "check", Help: "verify the whole database", Disabled: m.unless((*store.Store).CanCheck, "this kind of database cannot verify itself"), Run: m.check},
	}
}

// noBackup keeps somebody who looks at a kept state from copying the present one
// in its place.
func (m *Model) noBackup() string {
	if m.past != nil {
		return "a backup copies the present state: P goes back to that"
	}
	return m.unless((*store.Store).CanBackUp, "this kind of database is not copied from here")()
}

func (m *Model) listVersions(string) (pane.Action, tea.Cmd) { return nil, m.push(versions.New(m.env)) }

func (m *Model) keepNamed(name string) (pane.Action, tea.Cmd) {
	if name == "" {
		return pane.Run{Name: "palette", Arg: "keep "}, nil
	}
	return nil, m.write(func(ctx context.Context, w *store.Writer) (upkept, error) {
		return upkept{text: "Kept the present state as " + name + ". :versions opens it and compares it."}, w.Keep(ctx, name)
	})
}

// dropVersion gives a kept state up. The user has agreed.
func (m *Model) dropVersion(act pane.DropVersion) tea.Cmd {
	return m.write(func(ctx context.Context, w *store.Writer) (upkept, error) {
		return upkept{text: "Dropped the state " + act.Name + ".", list: true}, w.DropVersion(ctx, act.Name)
	})
}

func (m *Model) confirmCompact(string) (pane.Action, tea.Cmd) {
	c := pane.Confirm{
		Title: "Compact " + m.env.Name, Text: "The file is written anew in place, while it is in use. Commits from before can no longer be undone with rowan undo; states that are kept by name stay.",
		Yes: "Compact it", Then: pane.Compact{},
	}
	if m.env.Environment == pane.Production {
		c.Word = m.env.Name
		c.Text += "\nType " + m.env.Name + " to go on, and press enter:"
	}
	return c, nil
}

// compact makes the file smaller. The user has agreed.
func (m *Model) compact() tea.Cmd {
	return m.write(func(ctx context.Context, w *store.Writer) (upkept, error) {
		before, after, err := w.Compact(ctx)
		return upkept{text: fmt.Sprintf("Compacted: %s before, %s after.", display.Bytes(before), display.Bytes(after))}, err
	})
}

// write makes a call that writes.
func (m *Model) write(f func(context.Context, *store.Writer) (upkept, error)) tea.Cmd {
	if cmd, over := m.lockIfOver(); over {
		return cmd
	}
	w := m.env.Writer
	if w == nil {
		return m.notify(pane.Refusal(m.env.ReadOnly))
	}
	return task.StartWrite(m.env.Tasks, upkeepSlot, func(ctx context.Context) (upkept, error) { return f(ctx, w) })
}

// backUp copies the database into a file. One that is there is not replaced,
// unless ! follows the name.
func (m *Model) backUp(arg string) (pane.Action, tea.Cmd) {
	path, replace := pane.FileArg(arg)
	if path == "" {
		return pane.Run{Name: "palette", Arg: "backup "}, nil
	}
	st := m.env.Store
	return pane.Notice{Text: "Copying into " + path + "; esc cancels."}, task.Start(m.env.Tasks, backupSlot, func(ctx context.Context) (upkept, error) {
		if _, err := os.Lstat(path); err == nil && !replace {
			return upkept{}, fmt.Errorf("%s exists: choose another name, or put ! behind it to replace it", path)
		}
		return upkept{text: path + " is a copy of " + st.Info().Name + "."}, st.Backup(ctx, path)
	})
}

func (m *Model) check(string) (pane.Action, tea.Cmd) {
	st := m.env.Present
	return pane.Notice{Text: "Checking; esc cancels."}, task.Start(m.env.Tasks, checkSlot, func(ctx context.Context) (upkept, error) {
		return checked(ctx, st)
	})
}

// checked lists the first faults of a database.
func checked(ctx context.Context, st *store.Store) (upkept, error) {
	var b strings.Builder
	n := 0
	err := st.Check(ctx, func(problem string) {
		if n++; n <= maxFaults {
			b.WriteString(problem + "\n")
		}
	})
	if n == 0 {
		return upkept{text: "Checked: no faults found."}, err
	}
	if n > maxFaults {
		fmt.Fprintf(&b, "\nThere are %s faults.\n", display.Count(int64(n)))
	}
	b.WriteString("\nCopy what can still be read to a new database, or restore a backup.\n")
	return upkept{title: countOf(n, "fault") + " in " + st.Info().Name, text: b.String(), faulty: true}, err
}

// upkeepDone tells what came of a call.
func (m *Model) upkeepDone(d task.Done[upkept]) tea.Cmd {
	switch {
	case d.Err != nil:
		return m.fail(d.Err)
	case d.Value.faulty:
		return m.do(nil, pane.ShowText{Title: d.Value.title, Text: d.Value.text})
	}
	told := m.notify(pane.Notice{Text: d.Value.text, Level: pane.Success})
	cmds := []tea.Cmd{told, m.readNames()}
	if d.Value.list {
		cmds = append(cmds, m.push(versions.New(m.env)))
	}
	if d.Value.rows {
		cmds = append(cmds, m.do(nil, pane.Reload{}))
	}
	return tea.Batch(cmds...)
}
