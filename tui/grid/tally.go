package grid

import (
	"context"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// tally is what is known about the number of rows, beyond what the window
// tells. Nothing is counted unless the user asks for it.
type tally struct {
	estimate store.Estimate // of the whole table
	count    int64          // of the view, when the user asked or the database knows it
	counted  bool
	progress *atomic.Int64
}

// The results of the grid's calls about numbers of rows. Each says which table
// or view it is about: another one may be shown by then.
type (
	estimated struct {
		table *store.Table
		store.Estimate
		view  *store.View
		total int64
		known bool // total is
	}
	counted struct {
		view *store.View
		n    int64
	}
)

// startEstimate asks how many rows the view has, or else about how many the
// table has.
func (m *Model) startEstimate() tea.Cmd {
	e := estimated{table: m.table, view: m.view}
	return task.Start(m.env.Tasks, slotEstimate, func(ctx context.Context) (_ estimated, err error) {
		if e.total, e.known, err = e.view.Total(ctx); err != nil || e.known {
			return e, err
		}
		e.Estimate, err = e.table.Estimate(ctx)
		return e, err
	})
}

// estimateDone takes an estimate. A failure is not worth a word: the rows
// themselves tell whether something is wrong.
func (m *Model) estimateDone(d task.Done[estimated]) (pane.Action, tea.Cmd) {
	switch {
	case d.Err != nil || d.Value.table != m.table:
	case d.Value.known && d.Value.view == m.view:
		m.tally.count, m.tally.counted = d.Value.total, true
	default:
		m.tally.estimate = d.Value.Estimate
	}
	return nil, nil
}

// count counts the rows of the view.
func (m *Model) count(string) (pane.Action, tea.Cmd) {
	t, v, progress := m.table, m.view, new(atomic.Int64)
	m.tally.progress = progress
	return nil, task.Start(m.env.Tasks, slotCount, func(ctx context.Context) (counted, error) {
		n, err := countView(ctx, t, v, progress)
		return counted{v, n}, err
	})
}

// countView counts by the fastest way that gives the number of rows of the
// view.
func countView(ctx context.Context, t *store.Table, v *store.View, progress *atomic.Int64) (int64, error) {
	o := v.Options()
	if o.Filter.Empty() && o.Limit == 0 {
		return t.Count(ctx, o.Range, func(n int64) { progress.Store(n) })
	}
	const page = 1000
	var n int64
	var at store.Anchor
	for {
		w, err := v.Read(ctx, at, page)
		if err != nil {
			return 0, err
		}
		n += int64(len(w.Rows))
		progress.Store(n)
		switch {
		case w.Resume != nil:
			at.Key = w.Resume
		case !w.After || len(w.Rows) == 0:
			return n, nil
		default:
			at.Key = w.Rows[len(w.Rows)-1].Key
		}
	}
}

func (m *Model) countDone(d task.Done[counted]) (pane.Action, tea.Cmd) {
	switch {
	case store.KindOf(d.Err) == store.Canceled && d.Err != nil:
		return nil, nil
	case d.Err != nil:
		return pane.Report{Err: d.Err, Retry: pane.Run{Name: "count"}}, nil
	case d.Value.view != m.view:
		return nil, nil
	}
	m.tally.count, m.tally.counted = d.Value.n, true
	return pane.Notice{Text: display.Count(d.Value.n) + " rows", Level: pane.Success}, nil
}
