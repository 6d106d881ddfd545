package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
)

// push opens an overlay, in place of one of the same kind.
func (m *Model) push(p pane.Pane) tea.Cmd {
	for i, o := range m.overlays {
		if o.ID() == p.ID() {
			m.remove(i)
			break
		}
	}
	m.overlays = append(m.overlays, p)
	if s, ok := p.(interface{ Init() tea.Cmd }); ok {
		return s.Init()
	}
	return nil
}

// pop closes the top overlay.
func (m *Model) pop() {
	if n := len(m.overlays); n > 0 {
		m.remove(n - 1)
	}
}

// closeOverlay closes the overlay p, nil for the top one.
func (m *Model) closeOverlay(p pane.Pane) {
	if p == nil {
		m.pop()
	}
	for i, o := range m.overlays {
		if o == p {
			m.remove(i)
			return
		}
	}
}

// remove closes overlay i and abandons its calls.
func (m *Model) remove(i int) {
	p := m.overlays[i]
	m.overlays = append(m.overlays[:i:i], m.overlays[i+1:]...)
	if c, ok := p.(pane.Closer); ok {
		c.Close()
	}
	m.env.Tasks.CancelPane(p.ID())
	m.tryTheme("")
}

func (m *Model) closeOverlays() {
	for len(m.overlays) > 0 {
		m.pop()
	}
}

// focusOn gives the focus to a panel.
func (m *Model) focusOn(p pane.Pane) { m.focus = p }

// focusID gives the focus to the panel with this ID.
func (m *Model) focusID(id string) {
	if m.open == nil {
		return
	}
	for _, p := range m.panels() {
		if p.ID() == id {
			m.focusOn(p)
		}
	}
}

// panels returns the panels by their numbers on the screen.
func (m *Model) panels() []pane.Pane {
	all := []pane.Pane{m.objects, m.grid, m.value}
	if m.screen.console {
		all = append(all, m.console)
	}
	return all
}

// focusStep moves the focus to the next panel, or the one before.
func (m *Model) focusStep(d int) {
	all := m.panels()
	for i, p := range all {
		if p == m.focus {
			m.focusOn(all[(i+d+len(all))%len(all)])
			return
		}
	}
}
