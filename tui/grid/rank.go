package grid

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// ranked is how many rows of a view come before the one with a key, if the
// database knows.
type ranked struct {
	view *store.View
	key  tuple.Tuple
	n    int64
	ok   bool
}

// startRank asks where in the view the window is, if it was not reached from
// the beginning.
func (m *Model) startRank() tea.Cmd {
	if m.win.first != unknown || len(m.win.rows) == 0 {
		return nil
	}
	v, key := m.view, m.win.rows[0].Key
	return task.Start(m.env.Tasks, slotRank, func(ctx context.Context) (ranked, error) {
		n, ok, err := v.Position(ctx, key)
		return ranked{v, key, n, ok}, err
	})
}

// rankDone takes the position of a row. It may fail silently: what is shown is
// right without it.
func (m *Model) rankDone(d task.Done[ranked]) (pane.Action, tea.Cmd) {
	if d.Err != nil || !d.Value.ok || d.Value.view != m.view {
		return nil, nil
	}
	for i, r := range m.win.rows {
		if r.Key.Equal(d.Value.key) && m.win.before.more {
			m.win.first = max(d.Value.n-int64(i), 0)
		}
	}
	return nil, nil
}

// keyAtFraction returns the key of the row that a part of the view comes
// before.
func keyAtFraction(ctx context.Context, v *store.View, fraction float64) (tuple.Tuple, error) {
	switch n, ok, err := v.Total(ctx); {
	case err != nil:
		return nil, err
	case ok && n > 0:
		k, err := v.KeyAt(ctx, int64(fraction*float64(n-1)+0.5))
		if k != nil || err != nil {
			return k, err
		}
	}
	w, err := v.Read(ctx, store.Anchor{Backward: true}, 1)
	if err != nil || len(w.Rows) == 0 {
		return nil, err
	}
	last, known, err := v.Position(ctx, w.Rows[0].Key)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, &store.Error{
			Op: "go to a part of", Table: v.Schema().Name, Kind: store.Unsupported, Err: store.Unsupported,
			Hint: "rows are numbered only where the database counts them and no filter is set: go to a key instead",
		}
	}
	return v.KeyAt(ctx, int64(fraction*float64(last)+0.5))
}
