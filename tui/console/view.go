package console

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// Title implements [pane.Titled].
func (m *Model) Title() []style.Span {
	l := m.env.Styles.Screen
	spans := []style.Span{style.Plain(" " + m.language().Name + " ")}
	if m.env.Store != nil && m.env.Writer == nil {
		spans = append(spans, style.Span{SGR: l.Muted(), Text: "read-only "})
	}
	if m.inTx {
		spans = append(spans, style.Span{SGR: l.Of(themes.Warn), Text: " transaction open "})
	}
	if d, ok := m.env.Tasks.Elapsed(slotRun); ok {
		spans = append(spans, style.Span{SGR: l.Of(themes.Warn), Text: " " + display.Duration(d) + " esc cancels "})
	}
	return spans
}

// Footer implements [pane.Titled].
func (m *Model) Footer() []style.Span { return nil }

// reportHeight is how many lines tell what became of a statement.
func (m *Model) reportHeight() int {
	if m.height < 4 {
		return 0
	}
	return max(1, min(4, m.height/3))
}

func (m *Model) editorHeight() int {
	if n := m.reportHeight(); n > 0 {
		return m.height - n - 1 // and the line between
	}
	return m.height
}

// Cursor implements [pane.Cursorer].
func (m *Model) Cursor() *tea.Cursor {
	x, y := m.field.Cursor()
	return tea.NewCursor(x+1, y)
}

// View implements [pane.Pane].
func (m *Model) View() string {
	l := m.env.Styles.Screen
	var lines []string
	pieces := m.painted.paint(m.field.Value(), m.language(), l)
	for _, line := range m.field.Painted(l.Text(), l.Of(themes.Escape), pieces) {
		lines = append(lines, l.Text().Render(" ")+line+l.Text().Render(" "))
	}
	if n := m.reportHeight(); n > 0 {
		lines = append(lines, l.Of(themes.Border).Render(strings.Repeat("─", m.width)))
		lines = append(lines, m.report(n)...)
	}
	return strings.Join(lines, "\n")
}

// report returns lines that tell what became of the statement that is shown.
func (m *Model) report(height int) []string {
	l := m.env.Styles.Screen
	var lines []string
	add := func(r themes.Role, text string) {
		for _, part := range wrapped(text, m.width-2) {
			pad := display.AppendSpaces(nil, m.width-1-ansi.StringWidth(part))
			lines = append(lines, l.Of(r).Render(" "+part+string(pad)))
		}
	}
	switch {
	case len(m.choice.words) > 1:
		add(themes.HintText, m.choiceText())
	case len(m.entries) == 0:
		add(themes.HintText, "f5 runs the statement that the cursor is in, f6 all of them. tab completes.")
	default:
		m.tell(&m.entries[m.shown], add)
	}
	for len(lines) < height {
		lines = append(lines, style.Line(l.Text(), m.width))
	}
	return lines[:height]
}

// tell tells what became of a statement.
func (m *Model) tell(e *entry, add func(themes.Role, string)) {
	role, mark := themes.OK, "✓ "
	switch e.state {
	case running:
		role, mark = themes.Warn, "… "
	case canceled:
		role, mark = themes.Warn, "! "
	case failed:
		role, mark = themes.Fail, "✗ "
	}
	text := mark
	if n := len(m.entries) + len(m.queue); n > 1 {
		text += fmt.Sprintf("%d of %d: ", m.shown+1, n)
	}
	text += e.summary()
	if e.took > 0 {
		text += " · " + display.Duration(e.took)
	}
	if e.did != nil && len(e.did.Results) > 0 && e.did.Results[e.part].Origin() != nil && m.env.Writer != nil {
		text += " · the rows can be edited"
	}
	add(role, text)
	if e.err != nil && e.state == failed {
		add(themes.Fail, e.err.Error())
		if hint := store.HintOf(e.err); hint != "" {
			add(themes.HintText, hint)
		}
	}
	if e.did != nil {
		for _, n := range e.did.Notices {
			add(themes.Warn, strings.TrimSpace(n.Severity+": "+n.Text+" "+n.Detail))
		}
	}
}

// choiceText lists the ways to complete a word, the chosen one first.
func (m *Model) choiceText() string {
	c := &m.choice
	words := append(append([]string{}, c.words[c.at:]...), c.words[:c.at]...)
	return strings.Join(words, "  ")
}

// wrapped returns a text, which may hold anything, as safe lines.
func wrapped(text string, width int) []string {
	if width <= 0 {
		return nil
	}
	var lines []string
	for line := range strings.Lines(text) {
		safe := display.Text(strings.TrimRight(line, "\r\n"))
		lines = append(lines, strings.Split(ansi.Wrap(safe, width, "/,"), "\n")...)
	}
	return lines
}
