package dialog

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
)

// LogID is the ID of the log.
const LogID = "log"

// maxEntries is the number of entries that the log keeps.
const maxEntries = 500

// Log remembers what happened, the oldest first. The zero Log is empty.
type Log struct{ entries []entry }

type entry struct {
	at    time.Time
	level pane.Level
	text  string // may hold anything, and several lines
}

// Add adds an entry. The oldest one goes if there are too many.
func (l *Log) Add(at time.Time, level pane.Level, text string) {
	if len(l.entries) == maxEntries {
		l.entries = append(l.entries[:0:0], l.entries[1:]...)
	}
	l.entries = append(l.entries, entry{at, level, text})
}

// LogView shows a log, the newest entry first, and the selected one in full.
type LogView struct {
	env      *pane.Env
	commands []pane.Command
	log      *Log
	list     pane.List

	width, height int
}

// NewLogView returns the overlay that shows a log.
func NewLogView(env *pane.Env, log *Log) *LogView {
	v := &LogView{env: env, log: log}
	v.commands = append([]pane.Command{
		{Name: "copy-entry", Help: "copy the entry", Keys: []string{"y"}, Hint: "copy", Disabled: v.empty, Run: v.copy},
		{Name: "close-log", Help: "close the log", Keys: []string{"esc", "@", "q"}, Hint: "close",
			Run: func(string) (pane.Action, tea.Cmd) { return pane.Close{}, nil }},
	}, v.list.Motions(true, nil)...)
	return v
}

func (v *LogView) empty() string {
	if len(v.log.entries) == 0 {
		return "the log is empty"
	}
	return ""
}

// entry returns entry i of the list, the newest first.
func (v *LogView) entry(i int) *entry { return &v.log.entries[len(v.log.entries)-1-i] }

func (v *LogView) copy(string) (pane.Action, tea.Cmd) {
	return pane.Copy{Text: v.entry(v.list.Cursor()).text, What: "log entry"}, nil
}

// ID implements [pane.Pane].
func (v *LogView) ID() string { return LogID }

// Commands implements [pane.Pane].
func (v *LogView) Commands() []pane.Command { return v.commands }

// Update implements [pane.Pane].
func (v *LogView) Update(tea.Msg) (pane.Action, tea.Cmd) {
	v.fit()
	return nil, nil
}

// Title implements [pane.Titled].
func (v *LogView) Title() []style.Span { return []style.Span{style.Plain(" Log ")} }

// Footer implements [pane.Titled].
func (v *LogView) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (v *LogView) Size(maxWidth, maxHeight int) (width, height int) {
	return min(maxWidth, 100), min(maxHeight, 24)
}

// SetSize implements [pane.Pane].
func (v *LogView) SetSize(width, height int) {
	v.width, v.height = width, height
	v.fit()
}

// detailHeight is the number of lines for the selected entry.
func (v *LogView) detailHeight() int { return max(0, min(8, v.height-4)) }

func (v *LogView) fit() { v.list.Resize(len(v.log.entries), v.height-v.detailHeight()-1) }

// View implements [pane.Pane].
func (v *LogView) View() string {
	l := v.env.Styles.Overlay
	if len(v.log.entries) == 0 {
		return clip(paint(l.Muted(), []string{"", "Nothing has happened yet."}, v.width), v.height)
	}
	var lines []string
	first, end := v.list.Window()
	for i := first; i < end; i++ {
		lines = append(lines, v.line(i))
	}
	for len(lines) < v.height-v.detailHeight()-1 {
		lines = append(lines, style.Line(l.Text(), v.width))
	}
	lines = append(lines, l.Of(themes.Border).Render(strings.Repeat("─", max(0, v.width))))
	text := wrap(v.entry(v.list.Cursor()).text, v.width-2)
	lines = append(lines, paint(l.Text(), text[:min(len(text), v.detailHeight())], v.width)...)
	return clip(lines, v.height)
}

func (v *LogView) line(i int) string {
	e := v.entry(i)
	l := v.env.Styles.Overlay
	if i == v.list.Cursor() {
		l = v.env.Styles.Grid.Cursor
	}
	mark, role := levelMark(e.level)
	return style.Line(l.Text(), v.width,
		style.Span{SGR: l.Muted(), Text: " " + e.at.Format("15:04:05") + " "},
		style.Span{SGR: l.Of(role), Text: mark + " "},
		style.Plain(strings.Join(strings.Fields(e.text), " ")))
}

// levelMark returns how a level looks, with and without colour.
func levelMark(level pane.Level) (string, themes.Role) {
	switch level {
	case pane.Success:
		return "✓", themes.OK
	case pane.Warning:
		return "!", themes.Warn
	case pane.Blocked:
		return "✗", themes.Fail
	}
	return "·", themes.Muted
}
