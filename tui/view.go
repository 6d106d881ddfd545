package tui

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
)

// View implements [tea.Model].
func (m *Model) View() tea.View {
	v := tea.NewView(m.content())
	v.AltScreen, v.ReportFocus = true, true
	v.WindowTitle = m.windowTitle()
	if m.screen.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if m.look.chosen != nil || m.look.tried != nil || m.look.known {
		// Before the terminal has said what its background is, setting it
		// would be the answer to that question.
		v.BackgroundColor, v.ForegroundColor = m.env.Styles.Background, m.env.Styles.Foreground
	}
	v.Cursor = m.cursor()
	return v
}

func (m *Model) windowTitle() string {
	if m.open == nil {
		return "rowan"
	}
	title := "rowan: " + display.Line(m.env.Name)
	if m.past != nil {
		title += " at " + display.Line(m.env.Kept)
	}
	return title
}

// cursor returns where the terminal's cursor is: in the pane that takes the
// input.
func (m *Model) cursor() *tea.Cursor {
	c, ok := m.top().(pane.Cursorer)
	if !ok || m.screen.tooSmall() {
		return nil
	}
	cur := c.Cursor()
	if cur == nil {
		return nil
	}
	for _, p := range m.screen.places {
		if p.pane == m.top() {
			cur.X, cur.Y = cur.X+p.x+1, cur.Y+p.y+1
		}
	}
	cur.Shape = tea.CursorBar
	return cur
}

func (m *Model) content() string {
	s := &m.screen
	switch {
	case s.width <= 0 || s.height <= 0:
		return ""
	case s.tooSmall():
		return m.tooSmallView()
	}
	lines := []string{m.header(), m.bodyView(), m.hints()}
	base := strings.Join(lines, "\n")
	for _, p := range s.places {
		if p.overlay {
			base = style.Overlay(base, m.frame(p), p.x, p.y, s.width)
		}
	}
	return base
}

func (m *Model) tooSmallView() string {
	s, look := &m.screen, m.env.Styles.Screen.Text()
	text := "terminal too small, need " + strconv.Itoa(minWidth) + "x" + strconv.Itoa(minHeight)
	lines := make([]string, s.height)
	for i := range lines {
		lines[i] = style.Line(look, s.width)
	}
	at := s.height / 2
	indent := strings.Repeat(" ", style.Center(len(text), s.width))
	lines[at] = style.Line(look, s.width, style.Plain(indent+text))
	return strings.Join(lines, "\n")
}

// bodyView draws the panels that share the screen.
func (m *Model) bodyView() string {
	s := &m.screen
	var blocks []string
	above := ""
	for _, p := range s.columns {
		block := above + m.frame(p)
		if above = ""; m.screen.console && p.pane == pane.Pane(m.console) && !s.zoomed {
			above = block + "\n" // the rows are below it
			continue
		}
		blocks = append(blocks, block)
	}
	switch {
	case m.open == nil:
		p := s.columns[0]
		blank := style.Blank(m.env.Styles.Screen.Text(), s.width, s.height-2)
		return style.Overlay(blank, blocks[0], p.x, p.y-1, s.width)
	case s.stacked:
		return strings.Join(blocks, "\n")
	}
	return style.Columns(blocks...)
}

// frame draws a pane in its frame.
func (m *Model) frame(p place) string {
	st := m.env.Styles
	f := style.Frame{Width: p.width, Height: p.height, Focused: p.pane == m.top()}
	look := st.Panel
	if m.isOverlay(p.pane) {
		look = st.Dialog
	}
	f.Title = m.number(p.pane)
	if t, ok := p.pane.(pane.Titled); ok {
		f.Title = append(f.Title, t.Title()...)
		f.Footer = t.Footer()
	}
	if n, ok := p.pane.(pane.Noted); ok {
		f.Note = n.Note()
	}
	if f.Footer == nil && m.isOverlay(p.pane) && f.Focused {
		f.Footer = m.overlayHints(p.pane.Commands(), p.width-3)
	}
	if view := p.pane.View(); view != "" {
		f.Body = strings.Split(view, "\n")
	}
	return look.Draw(f)
}

func (m *Model) isOverlay(p pane.Pane) bool {
	for _, o := range m.overlays {
		if o == p {
			return true
		}
	}
	return false
}

// number returns the number that gives a panel the focus.
func (m *Model) number(p pane.Pane) []style.Span {
	if m.open == nil {
		return nil
	}
	for i, q := range m.panels() {
		if p == q {
			return []style.Span{style.Plain("[" + strconv.Itoa(i+1) + "]")}
		}
	}
	return nil
}

// header draws the line at the top: what is open, how, and what is staged.
func (m *Model) header() string {
	h := m.env.Styles.Header
	muted := h.Muted()
	left := []style.Span{{SGR: h.Path, Text: " rowan "}}
	if m.open == nil {
		return style.SplitLine(h.Text(), m.screen.width, left, nil)
	}
	info := m.open.store.Info()
	left = nil
	if m.past != nil {
		left = m.pastSpans()
	}
	if color, ok := h.Color(m.open.Color); ok {
		left = append(left, style.Span{SGR: color, Text: " ●"})
	}
	left = append(left, style.Span{SGR: h.Path, Text: " " + m.env.Name})
	if t := m.objects.Current(); t != "" {
		left = append(left, style.Span{SGR: muted, Text: " ▸ "}, style.Span{SGR: h.Path, Text: t})
	}
	left = append(left, style.Plain("  "))
	switch m.env.Environment {
	case "":
	case pane.Production:
		left = append(left, style.Span{SGR: h.Prod, Text: " PROD "}, style.Plain(" "))
	default:
		left = append(left, style.Span{SGR: h.Of(themes.Warn), Text: m.env.Environment}, style.Plain(" "))
	}
	switch {
	case m.past != nil:
	case m.env.Writer == nil:
		left = append(left, style.Span{SGR: h.Badge, Text: " RO "}, style.Plain(" "))
	case m.guard.writer != nil:
		left = append(left, style.Span{SGR: h.Prod, Text: " RW " + minutes(max(0, m.timeLeft())) + " "}, style.Plain(" "))
	}
	left = append(left, style.Span{SGR: muted, Text: " " + product(info.Backend, info.Product)})
	return style.SplitLine(h.Text(), m.screen.width, left, m.stagedSpans())
}

// product returns what kind of database it is.
func product(backend, product string) string {
	if product == "" {
		return backend
	}
	return product
}

func (m *Model) stagedSpans() []style.Span {
	h := m.env.Styles.Header
	if m.env.Tasks.Writing() {
		return []style.Span{{SGR: h.Of(themes.Warn), Text: "committing… "}}
	}
	ins, upd, del := m.changes().Counts()
	if ins+upd+del == 0 {
		return nil
	}
	text := strconv.Itoa(ins+upd+del) + " staged"
	if m.past != nil {
		text += " in the present"
	}
	spans := []style.Span{{SGR: h.Text(), Text: text}}
	add := func(mark string, n int, r themes.Role) {
		if n > 0 {
			spans = append(spans, style.Span{SGR: h.Of(r), Text: " " + mark + strconv.Itoa(n)})
		}
	}
	add("+", ins, themes.Add)
	add("~", upd, themes.Change)
	add("-", del, themes.Delete)
	return append(spans, style.Plain(" "))
}

// hints draws the line at the bottom: what the nearest keys do or, for a
// while, what has just happened.
func (m *Model) hints() string {
	st := m.env.Styles
	base := st.Screen.Text()
	helpKey := "?"
	if isTyping(m.top()) {
		helpKey = "f1"
	}
	right := []style.Span{{SGR: st.Hint.Key, Text: helpKey}, {SGR: st.Hint.Text, Text: " help "}}
	room := m.screen.width - style.SpansWidth(right) - 1
	if n := m.status.notice; n.Text != "" && !m.prompting(n) {
		return style.SplitLine(base, m.screen.width, m.noticeSpans(n), right)
	}
	var left []style.Span
	if len(m.overlays) == 0 {
		left = m.hintSpans(m.hintOrder(), st.Screen, room)
	}
	return style.SplitLine(base, m.screen.width, left, right)
}

// prompting reports whether a panel has just asked for text: then the keys that
// end that are worth more than the news that something went well.
func (m *Model) prompting(n pane.Notice) bool {
	return m.open != nil && len(m.overlays) == 0 && isTyping(m.focus) && n.Level <= pane.Success
}

// hintOrder returns the commands for the hints: those of the pane that takes
// the input and then those of the screen; but once something is staged, the
// way to write it comes first, and in a kept state the way back.
func (m *Model) hintOrder() []pane.Command {
	own, first := m.top().Commands(), "review"
	switch {
	case m.past != nil:
		first = "present"
	case m.nothingStaged() != "":
		return slices.Concat(own, m.global)
	}
	i := slices.IndexFunc(m.global, func(c pane.Command) bool { return c.Name == first })
	return slices.Concat(m.global[i:i+1], own, m.global[:i], m.global[i+1:])
}

func (m *Model) noticeSpans(n pane.Notice) []style.Span {
	st := m.env.Styles
	look, mark := st.Screen.Text(), " "
	switch n.Level {
	case pane.Success:
		look, mark = st.Hint.Toast.OK, " ✓ "
	case pane.Warning:
		look, mark = st.Hint.Toast.Warn, " ! "
	case pane.Blocked:
		look, mark = st.Hint.Toast.Fail, " ✗ "
	}
	return []style.Span{{SGR: look, Text: mark + display.Line(n.Text)}}
}

// overlayHints returns the hints of an overlay. The one that says how to leave
// it is never dropped.
func (m *Model) overlayHints(commands []pane.Command, room int) []style.Span {
	l := m.env.Styles.Overlay
	var out, leave []style.Span
	rest := make([]pane.Command, 0, len(commands))
	for _, c := range commands {
		if slices.Contains(c.Keys, "esc") && c.Reason() == "" {
			leave = hint(&c, l, "esc")
			continue
		}
		rest = append(rest, c)
	}
	out = m.hintSpans(rest, l, room-style.SpansWidth(leave))
	if len(out) == 0 && len(leave) > 0 {
		leave[0].Text = " "
	}
	return append(append(out, leave...), style.Plain(" "))
}

// hintSpans returns the hints of the commands that can be run now, as many as
// there is room for.
func (m *Model) hintSpans(commands []pane.Command, l style.Layer, room int) []style.Span {
	var out []style.Span
	used := 0
	typing := isTyping(m.top())
	for i := range commands {
		c := &commands[i]
		key := firstKey(c.Keys, typing)
		if c.Hint == "" || key == "" || c.Reason() != "" {
			continue
		}
		spans := hint(c, l, key)
		if len(out) == 0 {
			spans[0].Text = " "
		}
		w := style.SpansWidth(spans)
		if used+w > room {
			break
		}
		used += w
		out = append(out, spans...)
	}
	return out
}

// firstKey returns the first key, or while text is typed the first that is no
// text, or the empty string.
func firstKey(keys []string, typing bool) string {
	for _, k := range keys {
		if !typing || ansi.StringWidth(k) > 1 && k != "space" {
			return k
		}
	}
	return ""
}

// hint returns the hint of a command, nil if it has none.
func hint(c *pane.Command, l style.Layer, key string) []style.Span {
	if c.Hint == "" {
		return nil
	}
	return []style.Span{
		{SGR: l.Of(themes.HintText), Text: " · "},
		{SGR: l.Of(themes.HintKey), Text: pane.Label(key)},
		{SGR: l.Of(themes.HintText), Text: " " + c.Hint},
	}
}
