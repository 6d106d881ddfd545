package console

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// mostHistory is how many statements are remembered.
const mostHistory = 500

// history is what was run, the newest last.
type history struct {
	file  string // empty to remember nothing from one time to the next
	texts []string
	back  int    // how far the user went back, 0 at the text being written
	draft string // that text
}

// past is what an earlier run of the program has left.
type past []string

// take puts what was read before what has been run since.
func (h *history) take(p past) {
	h.texts = append(slices.Clone(p), h.texts...)
	h.trim()
}

func (h *history) trim() {
	if n := len(h.texts); n > mostHistory {
		h.texts = h.texts[n-mostHistory:]
	}
}

// add notes a text as the newest.
func (h *history) add(text string) {
	h.back = 0
	if n := len(h.texts); n > 0 && h.texts[n-1] == text {
		return
	}
	h.texts = append(h.texts, text)
	h.trim()
}

// step returns the text that is d older, or the draft. What was just run, and is
// still there, is not worth a step.
func (h *history) step(d int, now string) string {
	if h.back == 0 {
		h.draft = now
		if n := len(h.texts); d > 0 && n > 0 && h.texts[n-1] == now {
			d++
		}
	}
	h.back = max(0, min(h.back+d, len(h.texts)))
	if h.back == 0 {
		return h.draft
	}
	return h.texts[len(h.texts)-h.back]
}

func (m *Model) noHistory() string {
	if len(m.history.texts) == 0 {
		return "nothing was run yet"
	}
	return ""
}

func (m *Model) recall(d int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		m.field.SetValue(m.history.step(d, m.field.Value()))
		m.choice = choice{}
		return nil, nil
	}
}

// secretWords are in statements that may hold what must not be written down.
var secretWords = []string{"PASSWORD", "PASSPHRASE", "IDENTIFIED", "SECRET", "TOKEN", "CREDENTIAL", "CREDENTIALS", "ENCRYPTED", "API_KEY", "APIKEY", "KEY_BLOCK"}

// isSecret reports whether a statement may hold a secret: whether a word of it,
// or of a name or text in it, says so.
func isSecret(d sqltext.Dialect, statement string) bool {
	for _, t := range d.Tokens(statement) {
		text := strings.ToUpper(t.Text)
		if slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(text, w) }) {
			return true
		}
	}
	return false
}

// remember notes statements that are run, and adds to the file those that hold
// no secret.
func (m *Model) remember(statements []string) tea.Cmd {
	var lines []byte
	for _, s := range statements {
		m.history.add(s)
		if isSecret(m.language().Dialect, s) {
			continue
		}
		line, err := json.Marshal(s)
		if err == nil {
			lines = append(append(lines, line...), '\n')
		}
	}
	file := m.history.file
	if file == "" || len(lines) == 0 {
		return nil
	}
	return func() tea.Msg {
		// Not to remember a statement does no harm worth a word.
		_ = appendTo(file, lines)
		return nil
	}
}

// appendTo adds lines to a file that only the user can read.
func appendTo(file string, lines []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(lines)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// readHistory reads what was run before. A file that has grown long is
// shortened.
func (m *Model) readHistory() tea.Cmd {
	file := m.history.file
	if file == "" {
		return nil
	}
	return task.Start(m.env.Tasks, slotHistory, func(context.Context) (past, error) {
		lines, err := readLines(file)
		if len(lines) > 2*mostHistory {
			lines = lines[len(lines)-mostHistory:]
			_ = rewrite(file, lines)
		}
		return lines, err
	})
}

// readLines reads a file of JSON texts, and leaves out what is none: the end of
// a line may be missing after a crash.
func readLines(file string) (past, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var lines past
	const longest = 16 << 20
	s := bufio.NewScanner(f)
	s.Buffer(nil, longest)
	for s.Scan() {
		var text string
		if json.Unmarshal(s.Bytes(), &text) == nil {
			lines = append(lines, text)
		}
	}
	return lines, s.Err()
}

// rewrite replaces the file.
func rewrite(file string, texts past) error {
	var lines []byte
	for _, text := range texts {
		line, err := json.Marshal(text)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	part := file + ".part"
	if err := os.WriteFile(part, lines, 0o600); err != nil {
		return err
	}
	return os.Rename(part, file)
}
