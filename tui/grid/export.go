package grid

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/transfer"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// slotExport is for writing rows into a file.
var slotExport = task.Slot{Pane: ID, Name: "export"}

// exported is what became of writing rows into a file.
type exported struct {
	path       string
	rows, size int64
	more       bool // the result had rows that were not kept
}

// export writes the rows that are shown into a file. The ending of its name is
// the format. A file that is there is not replaced, unless ! follows the name.
func (m *Model) export(arg string) (pane.Action, tea.Cmd) {
	path, replace := pane.FileArg(arg)
	if path == "" {
		return pane.Run{Name: "palette", Arg: "export "}, nil
	}
	format, ok := transfer.FormatOf(path)
	if !ok {
		return pane.Notice{Text: "The name must end with " + exportFormats() + ".", Level: pane.Warning}, nil
	}
	t, o, r := m.table, m.view.Options(), m.result()
	l, _ := m.env.Store.Language()
	options := transfer.Options{Dialect: l.Dialect, Table: m.writable().Name}
	if r != nil && r.Origin() == nil {
		options.Table = "result"
	}
	m.exporting = new(atomic.Int64)
	progress := m.exporting
	return nil, task.Start(m.env.Tasks, slotExport, func(ctx context.Context) (exported, error) {
		done := exported{path: path, more: r != nil && r.More}
		t, release, err := t.Pin(ctx)
		if err != nil {
			return done, err
		}
		defer release() // it wrote nothing, so there is nothing to fail
		size, err := transfer.ToFile(path, replace, func(w io.Writer) (err error) {
			done.rows, err = transfer.View(ctx, w, format, t, o, options, progress.Store)
			return err
		})
		done.size = size
		return done, err
	})
}

func exportFormats() string {
	var endings []string
	for _, f := range transfer.Formats() {
		endings = append(endings, "."+string(f))
	}
	return strings.Join(endings[:len(endings)-1], ", ") + " or " + endings[len(endings)-1]
}

func (m *Model) exportDone(d task.Done[exported]) (pane.Action, tea.Cmd) {
	switch {
	case d.Err != nil && store.KindOf(d.Err) == store.Canceled:
		return pane.Notice{Text: "The export was canceled: no file was written."}, nil
	case errors.Is(d.Err, transfer.ErrExists):
		return pane.Notice{Text: sentence(d.Err) + ": put ! behind the name to replace it.", Level: pane.Warning}, nil
	case d.Err != nil:
		return pane.Report{Err: d.Err}, nil
	}
	v := d.Value
	text := fmt.Sprintf("Exported %s rows (%s) to %s.", display.Count(v.rows), display.Bytes(v.size), v.path)
	if v.more {
		return pane.Notice{Text: text + " The query returned more, which were not kept.", Level: pane.Warning}, nil
	}
	return pane.Notice{Text: text, Level: pane.Success}, nil
}
