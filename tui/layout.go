package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
)

// The smallest screen that is drawn.
const (
	minWidth  = 60
	minHeight = 15
)

// Screens at least this wide have room for the value beside the rows.
const wideWidth = 108

// Screens at most portraitWidth wide and at least portraitHeight high have the
// panels one above the other.
const (
	portraitWidth  = 84
	portraitHeight = 44
)

// screen is where everything stands.
type screen struct {
	width, height int
	zoomed, mouse bool
	console       bool      // the console is on the screen
	places        []place   // from the bottom up
	columns       []place   // those of places that fill the body, in order
	stacked       bool      // columns are one above the other
	stale         bool      // panes have to be sized again, whatever their sizes
	front         pane.Pane // that had the focus when they were arranged
}

// place is where a pane stands, with its frame.
type place struct {
	pane                pane.Pane
	x, y, width, height int
	overlay             bool
}

// tooSmall reports whether nothing useful fits.
func (s *screen) tooSmall() bool { return s.width < minWidth || s.height < minHeight }

// at returns the topmost place that covers a cell.
func (s *screen) at(x, y int) (place, bool) {
	for i := len(s.places) - 1; i >= 0; i-- {
		p := s.places[i]
		if x >= p.x && x < p.x+p.width && y >= p.y && y < p.y+p.height {
			return p, true
		}
	}
	return place{}, false
}

// arrange puts every pane in its place, after whatever may have changed that,
// and returns what the panes whose size changed want to do.
func (m *Model) arrange() tea.Cmd {
	s := &m.screen
	before := s.places
	s.columns = m.withConsole(m.body())
	s.places = append([]place(nil), s.columns...)
	if d, ok := m.drawer(); ok {
		s.places = append(s.places, d)
	}
	for _, o := range m.overlays {
		s.places = append(s.places, m.overlayPlace(o))
	}
	cmds := m.tellSizes(before)
	s.stale = false
	return tea.Batch(append(cmds, m.tellFocus())...)
}

// body returns the places of the panels that share the screen.
func (m *Model) body() []place {
	s := &m.screen
	s.stacked = false
	w, h := s.width, s.height-2 // without the header and the hints
	full := place{x: 0, y: 1, width: w, height: h}
	switch {
	case s.tooSmall():
		return nil
	case m.open == nil:
		return []place{m.startPlace(full)}
	case s.zoomed:
		full.pane = m.focus
		return []place{full}
	case w <= portraitWidth && s.height >= portraitHeight:
		s.stacked = true
		return split(full, true, part{m.objects, h / 4}, part{m.grid, 0}, part{m.value, h / 4})
	case w >= wideWidth:
		return split(full, false, part{m.objects, min(w/4-2, 32)}, part{m.grid, 0}, part{m.value, min(w/4-2, 60)})
	case w >= 76:
		return split(full, false, part{m.objects, 24}, part{m.grid, 0})
	}
	full.pane = m.grid
	return []place{full}
}

// startPlace puts the list of databases in the middle of large screens.
func (m *Model) startPlace(full place) place {
	p := full
	p.pane = m.start
	p.width, p.height = min(full.width, 96), min(full.height, max(14, m.start.Wants()+2), 30)
	p.x, p.y = (full.width-p.width)/2, full.y+(full.height-p.height)/3
	return p
}

// part is a pane and the cells it gets; 0 for what is left.
type part struct {
	pane pane.Pane
	size int
}

// split divides a place among panes, side by side or one above the other.
func split(in place, stacked bool, parts ...part) []place {
	left := in.width
	if stacked {
		left = in.height
	}
	for _, p := range parts {
		left -= p.size
	}
	var out []place
	at := in
	for _, p := range parts {
		size := p.size
		if size == 0 {
			size = left
		}
		at.pane = p.pane
		if stacked {
			at.height = size
		} else {
			at.width = size
		}
		out = append(out, at)
		if stacked {
			at.y += size
		} else {
			at.x += size
		}
	}
	return out
}

// drawer returns the place of the panel that has the focus but no room: it
// lies over the others for as long as it has the focus.
func (m *Model) drawer() (place, bool) {
	s := &m.screen
	if s.tooSmall() || m.open == nil {
		return place{}, false
	}
	for _, c := range s.columns {
		if c.pane == m.focus {
			return place{}, false
		}
	}
	d := place{pane: m.focus, y: 1, height: s.height - 2, overlay: true}
	if m.focus == m.objects {
		d.width = min(s.width*2/3, 44)
		return d, true
	}
	d.width = min(s.width-8, 72)
	d.x = s.width - d.width
	return d, true
}

// overlayPlace puts an overlay in the middle of the body.
func (m *Model) overlayPlace(p pane.Pane) place {
	s := &m.screen
	if s.tooSmall() {
		return place{pane: p, overlay: true}
	}
	maxWidth, maxHeight := s.width-4, s.height-4
	w, h := maxWidth, maxHeight
	if sz, ok := p.(pane.Sizer); ok {
		w, h = sz.Size(maxWidth-2, maxHeight-2)
		w, h = min(max(w, 0)+2, maxWidth), min(max(h, 0)+2, maxHeight)
	}
	return place{pane: p, x: (s.width - w) / 2, y: max(1, (s.height-h)/3), width: w, height: h, overlay: true}
}

// tellFocus tells the panes which of them has the focus, and the one that has
// just got it.
func (m *Model) tellFocus() tea.Cmd {
	top := m.top()
	for _, p := range m.panes() {
		if f, ok := p.(pane.Focuser); ok {
			f.SetFocus(p == top)
		}
	}
	fresh := top != m.screen.front
	m.screen.front = top
	if f, ok := top.(pane.Fronted); ok && fresh {
		return m.from(top)(f.Focused())
	}
	return nil
}

// tellSizes sets the size of every pane whose place is new; one without a
// place gets none. It tells them, so that they can read what they now show.
func (m *Model) tellSizes(before []place) []tea.Cmd {
	var cmds []tea.Cmd
	for _, p := range m.panes() {
		now, was := find(m.screen.places, p), find(before, p)
		if now == was && !m.screen.stale {
			continue
		}
		w, h := max(0, now.width-2), max(0, now.height-2)
		p.SetSize(w, h)
		cmds = append(cmds, m.send(p, tea.WindowSizeMsg{Width: w, Height: h}))
	}
	return cmds
}

// size is a width and a height.
type size struct{ width, height int }

func find(places []place, p pane.Pane) size {
	for _, pl := range places {
		if pl.pane == p {
			return size{pl.width, pl.height}
		}
	}
	return size{-1, -1}
}
