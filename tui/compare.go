package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// compareSlot is the call that begins to compare two states.
var compareSlot = task.Slot{Pane: rootID, Name: "compare"}

// comparison is one that the grid shows. The states that it compares are held
// until the grid shows something else.
type comparison struct {
	*store.Comparison
	result   *store.Result
	from, to string
}

func (c *comparison) close() error { return c.Release() }

// comparing is what came of beginning to compare; nil if it failed.
type comparing struct{ c *comparison }

// diff compares what its argument names: a state with the present, or two
// states.
func (m *Model) diff(arg string) (pane.Action, tea.Cmd) {
	if arg == "" {
		return pane.Run{Name: "palette", Arg: "diff "}, nil
	}
	st := m.env.Present
	return nil, m.startComparing(func(ctx context.Context) (from, to string, err error) {
		all, err := st.Versions(ctx)
		if err != nil {
			return "", "", err
		}
		return twoNames(all, arg)
	})
}

// twoNames takes the names of one or two versions apart. There may be blanks in
// them: what counts is which names there are.
func twoNames(all []store.Version, arg string) (from, to string, err error) {
	kept := map[string]bool{}
	for _, v := range all {
		kept[v.Name] = v.Name != ""
	}
	if kept[arg] {
		return arg, "", nil
	}
	for i, r := range arg {
		if from, to := arg[:i], strings.TrimLeft(arg[i:], " "); r == ' ' && kept[from] && kept[to] {
			return from, to, nil
		}
	}
	return "", "", driver.Errorf(driver.NotFound, "no state, and no two, are kept as %s", arg)
}

// compare compares two states; an empty name is the present.
func (m *Model) compare(from, to string) tea.Cmd {
	return m.startComparing(func(context.Context) (string, string, error) { return from, to, nil })
}

func (m *Model) startComparing(names func(context.Context) (from, to string, err error)) tea.Cmd {
	st, shelf := m.env.Present, &m.shelf
	return task.Start(m.env.Tasks, compareSlot, func(ctx context.Context) (comparing, error) {
		from, to, err := names(ctx)
		if err != nil {
			return comparing{}, err
		}
		c, err := st.Compare(ctx, from, to)
		if err != nil {
			return comparing{}, err
		}
		made := &comparison{c, c.Result(), from, to}
		shelf.add(made)
		return comparing{made}, nil
	})
}

// compared shows a comparison as rows in the grid.
func (m *Model) compared(d task.Done[comparing], wanted bool) tea.Cmd {
	switch {
	case d.Err != nil && wanted:
		return m.keptFailed(d.Err)
	case d.Err != nil:
		return nil
	case !wanted:
		return m.put(d.Value.c)
	}
	m.closeOverlays()
	m.focusOn(m.grid)
	m.shown = append(m.shown, d.Value.c)
	return m.from(m.grid)(m.grid.ShowResult(d.Value.c.result))
}

// compareAgain compares anew what is compared, if that is shown.
func (m *Model) compareAgain() tea.Cmd {
	for _, c := range m.shown {
		if m.grid.Table() == c.result.Table.Name() {
			return m.compare(c.from, c.to)
		}
	}
	return nil
}

// releaseComparisons ends comparisons that neither the grid nor the one that is
// put aside shows any more, or leads back to.
func (m *Model) releaseComparisons() tea.Cmd {
	var cmds []tea.Cmd
	m.shown = slices.DeleteFunc(m.shown, func(c *comparison) bool {
		if m.grid.Shows(c.result) || m.past != nil && m.past.grid.Shows(c.result) {
			return false
		}
		cmds = append(cmds, m.put(c))
		return true
	})
	return tea.Batch(cmds...)
}
