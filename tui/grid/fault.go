package grid

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
)

// fault is why rows could not be read. It is shown below the rows that are
// still on the screen until the user retries or closes it; staged changes are
// not affected.
type fault struct {
	err   error
	retry request
}

// text returns the message and what the user can do.
func (f *fault) text() string {
	s := f.err.Error()
	if hint := store.HintOf(f.err); hint != "" {
		s += "\n" + hint
	}
	return s
}

// retry reads again what could not be read.
func (m *Model) retry(string) (pane.Action, tea.Cmd) {
	req := m.fault.retry
	m.fault = nil
	if req.goal == goalExtend {
		return nil, nil // the rows are still missing, and so will be read
	}
	m.name, m.wish = req.name, req.options
	if req.view != nil {
		m.wish = req.view.Options()
	}
	return nil, m.start(req)
}

// closeFault leaves the rows on the screen as they are.
func (m *Model) closeFault() {
	m.fault = nil
	m.reading.halted = true
}

// faultHeight is how many lines the message takes.
func (m *Model) faultHeight() int {
	if m.fault == nil {
		return 0
	}
	return min(len(m.faultLines()), max(m.height-2, 0))
}

// faultLines returns the message, wrapped.
func (m *Model) faultLines() []string {
	lines := []string{"✗ " + display.Line(m.fault.err.Error())}
	if hint := store.HintOf(m.fault.err); hint != "" {
		lines = append(lines, "  "+display.Line(hint))
	}
	var out []string
	for _, l := range lines {
		out = append(out, wrap(l, max(m.width-1, 1))...)
	}
	const most = 8
	if len(out) > most {
		out = append(out[:most-1], "…")
	}
	if m.env.Changes.Len() > 0 {
		out = append(out, "  Staged changes are kept.")
	}
	return append(out, "  r retry · y copy · esc close")
}

// appendFault draws the message.
func (m *Model) appendFault(dst []byte) []byte {
	layer := m.env.Styles.Screen
	for i, l := range m.faultLines()[:m.faultHeight()] {
		look := layer.Text()
		if i == 0 {
			look = layer.Of(themes.Fail)
		}
		dst = append(append(dst, '\n'), look.On...)
		text, w := fitSafe(l, m.width)
		dst = append(dst, text...)
		dst = display.AppendSpaces(dst, m.width-w)
		dst = append(dst, look.Off...)
	}
	return dst
}

// wrap breaks safe text at spaces into lines of at most width cells.
func wrap(text string, width int) []string {
	var lines []string
	var line string
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case cells(line)+1+cells(word) > width:
			lines = append(lines, line)
			line = "  " + word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
