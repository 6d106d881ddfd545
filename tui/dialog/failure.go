package dialog

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
)

// FailureID is the ID of the error panel.
const FailureID = "error"

// Failure shows one error: what failed, the whole message, what to do.
type Failure struct {
	env      *pane.Env
	commands []pane.Command
	report   pane.Report
	list     pane.List // of lines, to scroll long messages

	width, height int
}

// NewFailure returns the panel of an error.
func NewFailure(env *pane.Env, r pane.Report) *Failure {
	f := &Failure{env: env, report: r}
	f.commands = []pane.Command{
		{Name: "copy-error", Help: "copy the message", Keys: []string{"y"}, Hint: "copy", Run: f.copy},
		{Name: "retry", Help: "try again", Keys: []string{"r"}, Hint: "retry", Disabled: f.final, Run: f.retry},
		{Name: "close-error", Help: "close the message", Keys: []string{"esc", "enter"}, Hint: "close",
			Run: func(string) (pane.Action, tea.Cmd) { return pane.Close{}, nil }},
		{Name: "scroll-down", Help: "scroll down", Keys: []string{"down", "j"}, Motion: true, Run: f.scroll(1)},
		{Name: "scroll-up", Help: "scroll up", Keys: []string{"up", "k"}, Motion: true, Run: f.scroll(-1)},
	}
	return f
}

// Describe returns an error in full: the message and what to do, for the
// panel, the log and the clipboard.
func Describe(err error) string {
	text := err.Error()
	if hint := store.HintOf(err); hint != "" {
		text += "\n" + strings.ToUpper(hint[:1]) + hint[1:] + "."
	}
	return text
}

func (f *Failure) copy(string) (pane.Action, tea.Cmd) {
	return pane.Copy{Text: Describe(f.report.Err), What: "error"}, nil
}

func (f *Failure) final() string {
	if f.report.Retry == nil {
		return "this cannot be tried again from here"
	}
	return ""
}

func (f *Failure) retry(string) (pane.Action, tea.Cmd) {
	return pane.Actions{pane.Close{}, f.report.Retry}, nil
}

func (f *Failure) scroll(d int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		f.list.Scroll(d)
		return nil, nil
	}
}

// ID implements [pane.Pane].
func (f *Failure) ID() string { return FailureID }

// Commands implements [pane.Pane].
func (f *Failure) Commands() []pane.Command { return f.commands }

// Update implements [pane.Pane].
func (f *Failure) Update(tea.Msg) (pane.Action, tea.Cmd) { return nil, nil }

// Title implements [pane.Titled]: it says what failed, and how.
func (f *Failure) Title() []style.Span {
	title := "Failed"
	if e, ok := errors.AsType[*store.Error](f.report.Err); ok {
		title = "Could not " + e.Op
		if e.Table != "" {
			title += " " + e.Table
		}
		if e.Kind != store.Internal {
			title += " · " + e.Kind.Error()
		}
	}
	return []style.Span{{SGR: f.env.Styles.Overlay.Of(themes.Fail).With(themes.Bold), Text: " " + title + " "}}
}

// Footer implements [pane.Titled].
func (f *Failure) Footer() []style.Span { return nil }

// lines returns what the panel shows at a width.
func (f *Failure) lines(width int) []string {
	l := f.env.Styles.Overlay
	out := append([]string{style.Line(l.Text(), width)}, paint(l.Text(), wrap(f.report.Err.Error(), width-2), width)...)
	var more []string
	if hint := store.HintOf(f.report.Err); hint != "" {
		more = append(more, paint(l.Of(themes.Accent), wrap("→ "+hint, width-2), width)...)
	}
	if n := f.env.Changes.Len(); n > 0 {
		more = append(more, paint(l.Muted(), wrap("Staged changes are kept.", width-2), width)...)
	}
	if len(more) > 0 {
		out = append(append(out, style.Line(l.Text(), width)), more...)
	}
	return append(out, style.Line(l.Text(), width))
}

// Size implements [pane.Sizer].
func (f *Failure) Size(maxWidth, maxHeight int) (width, height int) {
	width = min(maxWidth, 72)
	return width, min(len(f.lines(width)), maxHeight)
}

// SetSize implements [pane.Pane].
func (f *Failure) SetSize(width, height int) {
	f.width, f.height = width, height
	f.list.Resize(len(f.lines(width)), height)
}

// View implements [pane.Pane].
func (f *Failure) View() string {
	first, end := f.list.Window()
	return strings.Join(f.lines(f.width)[first:end], "\n")
}
