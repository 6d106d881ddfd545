package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/dialog"
	"github.com/rowan-db/rowan/tui/pane"
)

// How long a notice is shown.
const (
	noticeTime  = 4 * time.Second
	warningTime = 8 * time.Second
)

// status is what the user was told lately.
type status struct {
	notice pane.Notice // shown now, no text if none
	number int         // of the notice
	log    dialog.Log
}

// expired tells that a notice was shown for long enough.
type expired struct{ number int }

// expire ends a notice, unless another one has taken its place.
func (s *status) expire(e expired) {
	if e.number == s.number {
		s.notice = pane.Notice{}
	}
}

// answered ends a notice that said why a key did nothing, when the next one is
// pressed.
func (s *status) answered() {
	if s.notice.Level == pane.Blocked {
		s.notice = pane.Notice{}
	}
}

// notify shows a notice for a while and keeps it in the log.
func (m *Model) notify(n pane.Notice) tea.Cmd {
	s := &m.status
	s.log.Add(m.env.Now(), n.Level, n.Text)
	s.notice = n
	s.number++
	number, shown := s.number, noticeTime
	if n.Level >= pane.Warning {
		shown = warningTime
	}
	return tea.Tick(shown, func(time.Time) tea.Msg { return expired{number} })
}

// report shows an error, in place of one that is shown already.
func (m *Model) report(r pane.Report) tea.Cmd {
	m.status.log.Add(m.env.Now(), pane.Blocked, dialog.Describe(r.Err))
	if m.top().ID() == dialog.FailureID {
		m.pop()
	}
	return m.push(dialog.NewFailure(m.env, r))
}

// maxClipboard is the number of bytes that terminals can be expected to take.
const maxClipboard = 74_994

// copy puts text on the clipboard through the terminal, which also works over
// SSH, and says what it did: a terminal does not.
func (m *Model) copy(c pane.Copy) tea.Cmd {
	if len(c.Text) > maxClipboard {
		return m.notify(pane.Notice{Level: pane.Warning, Text: fmt.Sprintf(
			"Not copied: the %s has %s, and a terminal's clipboard takes %s.", c.What, bytesOf(len(c.Text)), bytesOf(maxClipboard))})
	}
	told := m.notify(pane.Notice{Level: pane.Success, Text: fmt.Sprintf("Copied the %s (%s).", c.What, bytesOf(len(c.Text)))})
	return tea.Batch(tea.SetClipboard(c.Text), told)
}

// bytesOf returns a number of bytes for people.
func bytesOf(n int) string {
	if n < 1000 {
		return countOf(n, "byte")
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1000)
}
