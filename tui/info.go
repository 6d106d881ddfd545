package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// infoSlot is the call that reads the statistics of the database.
var infoSlot = task.Slot{Pane: rootID, Name: "info"}

// statistics is what came of that.
type statistics []store.Statistic

// readInfo reads what is known of the database.
func (m *Model) readInfo(string) (pane.Action, tea.Cmd) {
	st := m.env.Present
	return nil, task.Start(m.env.Tasks, infoSlot, func(ctx context.Context) (statistics, error) {
		return st.Statistics(ctx)
	})
}

func (m *Model) showInfo(d task.Done[statistics]) tea.Cmd {
	if d.Err != nil {
		return m.fail(d.Err)
	}
	return m.do(nil, pane.ShowText{Title: m.env.Name, Text: StatisticsText(d.Value, m.env.Now())})
}

// fail reports an error of a call of the root's own, unless it was canceled.
func (m *Model) fail(err error) tea.Cmd {
	if store.KindOf(err) == store.Canceled {
		return nil
	}
	return m.do(nil, pane.Report{Err: err})
}

// StatisticsText lays statistics out for people, section by section. It may
// hold anything that names of tables may.
func StatisticsText(all []store.Statistic, now time.Time) string {
	width := 0
	for _, s := range all {
		width = max(width, display.Width(s.Name))
	}
	var b strings.Builder
	for i, s := range all {
		if i == 0 || all[i-1].Section != s.Section {
			if i > 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(&b, "%s\n", s.Section)
		}
		pad := strings.Repeat(" ", width-display.Width(s.Name))
		fmt.Fprintf(&b, "  %s%s  %s\n", s.Name, pad, statisticText(&s, now))
	}
	return b.String()
}

func statisticText(s *store.Statistic, now time.Time) string {
	switch {
	case s.Unit == driver.Bytes:
		return display.Bytes(s.Value.AsInt())
	case s.Value.Kind() == tuple.KindInt:
		return display.Count(s.Value.AsInt())
	case s.Value.IsInstant():
		at := s.Value.AsTime()
		return at.In(now.Location()).Format(time.DateTime) + ", " + display.Duration(now.Sub(at)) + " ago"
	}
	return s.Value.Plain()
}
