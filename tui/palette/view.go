package palette

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/style"
)

// prompt stands before what is typed.
const prompt = " : "

// View implements [pane.Pane].
func (m *Model) View() string {
	if m.height < 1 || m.width <= len(prompt) {
		return ""
	}
	l := m.env.Styles.Overlay
	text, _ := m.input.Draw(m.width - len(prompt))
	lines := []string{
		l.Of(themes.Accent).Render(prompt) + l.Text().Render(text),
		l.Of(themes.Border).Render(strings.Repeat("─", m.width)),
	}
	first, end := m.list.Window()
	for i := first; i < end; i++ {
		lines = append(lines, m.line(i))
	}
	if len(m.items) == 0 {
		lines = append(lines, style.Line(l.Muted(), m.width, style.Plain(" Nothing matches.")))
	}
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}

// Cursor implements [pane.Cursorer].
func (m *Model) Cursor() *tea.Cursor {
	if m.width <= len(prompt) {
		return nil
	}
	_, x := m.input.Draw(m.width - len(prompt))
	return tea.NewCursor(len(prompt)+x, 0)
}

// nameWidth is the cells that names get, before what they do.
func (m *Model) nameWidth() int { return min(28, m.width/2) }

func (m *Model) line(i int) string {
	it := &m.items[i]
	l := m.env.Styles.Overlay
	if i == m.list.Cursor() {
		l = m.env.Styles.Grid.Cursor
	}
	text, help := l.Text(), it.command.Help
	why := it.command.Reason()
	if why != "" {
		text, help = l.Muted(), "blocked: "+why
	}
	name := append([]style.Span{style.Plain(" ")}, marked(it, text, l.Of(themes.Accent).With(themes.Bold))...)
	if it.arg == "" && it.command.Arg != "" {
		name = append(name, style.Span{SGR: l.Muted(), Text: " " + it.command.ArgLabel()})
	}
	width := m.nameWidth()
	if style.SpansWidth(name) > width {
		width = min(style.SpansWidth(name)+1, m.width)
	}
	return style.Line(l.Text(), width, name...) + style.SplitLine(l.Muted(), m.width-width,
		[]style.Span{style.Plain(" " + help)},
		[]style.Span{{SGR: l.Of(themes.HintKey), Text: it.command.Labels() + " "}})
}

// marked returns the item's text with what matches in another look.
func marked(it *item, plain, match style.SGR) []style.Span {
	var spans []style.Span
	for i, r := range it.text() {
		look := plain
		if slices.Contains(it.matched, i) {
			look = match
		}
		if n := len(spans); n > 0 && spans[n-1].SGR == look {
			spans[n-1].Text += string(r)
			continue
		}
		spans = append(spans, style.Span{SGR: look, Text: string(r)})
	}
	return spans
}
