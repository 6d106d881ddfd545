package grid

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/style"
)

// promptKind says what the prompt asks for.
type promptKind uint8

const (
	promptFilter promptKind = iota
	promptKey
	promptCopy // a menu: one key chooses
)

// maxHistory is how many answers each prompt remembers.
const maxHistory = 50

// prompt is a question in the last lines of the pane.
type prompt struct {
	kind  promptKind
	field input.Prompt
	forms string    // what may be typed
	rows  []rowForm // of a menu
	err   string    // why the answer will not do
	older int       // how far the user went back in the history
}

// history is what was answered before, the newest last, by kind.
type history [promptCopy][]string

func (h *history) add(k promptKind, text string) {
	if text == "" || len(h[k]) > 0 && h[k][len(h[k])-1] == text {
		return
	}
	h[k] = append(h[k], text)
	if n := len(h[k]); n > maxHistory {
		h[k] = h[k][n-maxHistory:]
	}
}

// ask opens the prompt.
func (m *Model) ask(k promptKind, text string) {
	m.prompt = &prompt{kind: k, field: input.NewPrompt(text), forms: filterForms}
	if k == promptKey {
		m.prompt.forms = keyForms(m.schema())
	}
}

// filterForms are the commonest of what [store.ParseFilter] reads.
const filterForms = "a word, column=value, column>value, column~word"

// keyForms are the forms in which a place in a table is named.
func keyForms(s *store.Schema) string {
	names := make([]string, len(s.Key))
	for i, c := range s.Key {
		names[i] = c.Name
	}
	forms := names[0]
	if len(names) > 1 {
		forms += " or (" + strings.Join(names, ",") + ")"
	}
	return forms + ", or 50%"
}

// dismiss closes the prompt.
func (m *Model) dismiss(string) (pane.Action, tea.Cmd) {
	m.prompt = nil
	return nil, nil
}

// typed handles what is typed into the prompt.
func (m *Model) typed(msg tea.Msg) (pane.Action, tea.Cmd) {
	p := m.prompt
	switch {
	case p == nil:
		return nil, nil
	case p.kind == promptCopy:
		return m.choose(msg)
	}
	if _, changed := p.field.Update(msg); changed {
		p.err = ""
	}
	return nil, nil
}

// choose takes the key that chooses in the menu. Any other closes it.
func (m *Model) choose(msg tea.Msg) (pane.Action, tea.Cmd) {
	m.prompt = nil
	k, _ := msg.(tea.KeyPressMsg)
	for _, f := range m.copyForms() {
		if f.key == k.Text {
			return m.copyAs(f.name, f.text)
		}
	}
	return nil, nil
}

// recall puts an earlier answer into the prompt, or a later one.
func (m *Model) recall(by int) act {
	return func(string) (pane.Action, tea.Cmd) {
		p := m.prompt
		if p == nil || p.kind == promptCopy {
			return nil, nil
		}
		past := m.history[p.kind]
		p.older = min(max(p.older+by, 0), len(past))
		text := ""
		if p.older > 0 {
			text = past[len(past)-p.older]
		}
		p.field.Set(text)
		return nil, nil
	}
}

// accept does what was typed, or says why that is not possible.
func (m *Model) accept(string) (pane.Action, tea.Cmd) {
	p := m.prompt
	if p == nil || p.kind == promptCopy {
		m.prompt = nil
		return nil, nil
	}
	var cmd tea.Cmd
	var act pane.Action
	var err error
	text := p.field.Value()
	if p.kind == promptFilter {
		cmd, err = m.setFilter(text)
	} else {
		act, cmd, err = m.goToText(text)
	}
	if err != nil {
		p.err = err.Error()
		return nil, nil
	}
	m.history.add(p.kind, text)
	m.prompt = nil
	return act, cmd
}

// gotoKey asks for a key, or goes to the one that is given.
func (m *Model) gotoKey(text string) (pane.Action, tea.Cmd) {
	if text == "" {
		m.ask(promptKey, "")
		return nil, nil
	}
	act, cmd, err := m.goToText(text)
	if err != nil {
		return pane.Notice{Text: err.Error(), Level: pane.Warning}, nil
	}
	return act, cmd
}

// goToText goes to the key, or the part of the table, that text names.
func (m *Model) goToText(text string) (pane.Action, tea.Cmd, error) {
	text = strings.TrimSpace(text)
	if number, ok := strings.CutSuffix(text, "%"); ok {
		if percent, err := strconv.ParseFloat(strings.TrimSpace(number), 64); err == nil {
			req := m.seek(nil)
			req.fraction = min(max(percent/100, 0), 1)
			return nil, m.within(req), nil
		}
	}
	key, err := parseKey(m.schema(), text)
	if err != nil {
		return nil, nil, err
	}
	act, cmd := m.goToKey(key)
	return act, cmd, nil
}

// goToKey goes to the row with a key, or to the place where it would be.
func (m *Model) goToKey(key tuple.Tuple) (pane.Action, tea.Cmd) {
	if m.indexOfKey(key) >= 0 && !m.busy() {
		return m.goTo(key)
	}
	req := m.seek(key)
	req.announce = len(key) == len(m.schema().Key)
	return nil, m.within(req)
}

// parseKey reads a key as it is typed: a tuple, which may be shorter than the
// table's, or a word for the first element.
func parseKey(s *store.Schema, text string) (tuple.Tuple, error) {
	if strings.HasPrefix(text, "(") {
		b, err := tuple.ParseBound(text)
		if err != nil {
			return nil, err
		}
		return fitKey(s, b.Key)
	}
	if strings.HasPrefix(text, `"`) {
		v, err := tuple.ParseValue(text)
		return tuple.Of(v), err
	}
	c := &s.Key[0]
	v, err := tuple.ParseAs(c.Kind, c.Type, text)
	return tuple.Of(v), err
}

// fitKey checks that a key is no longer than the table's.
func fitKey(s *store.Schema, key tuple.Tuple) (tuple.Tuple, error) {
	if len(key) == 0 || len(key) > len(s.Key) {
		return nil, &store.Error{Op: "go to", Table: s.Name, Kind: store.BadKey, Err: keyLengthError{len(key), len(s.Key)}}
	}
	return key, nil
}

// keyLengthError tells that a key has too few or too many elements.
type keyLengthError struct{ got, want int }

func (e keyLengthError) Error() string {
	return "the key has " + strconv.Itoa(e.got) + " elements; type 1 to " + strconv.Itoa(e.want)
}

// height is how many lines the prompt takes.
func (p *prompt) height() int {
	if p.err != "" {
		return 2
	}
	return 1
}

func (p *prompt) label() string {
	switch p.kind {
	case promptFilter:
		return "/"
	case promptKey:
		return "go to: "
	}
	var names []string
	for _, f := range p.rows {
		names = append(names, f.key+" "+f.name)
	}
	return "copy row: " + strings.Join(names, " · ")
}

// append draws the prompt in at most room lines, each begun with a line feed.
func (p *prompt) append(dst []byte, st *style.Styles, width, room int) []byte {
	layer := st.Screen
	if p.err != "" && room > 1 {
		dst = append(dst, '\n')
		dst = append(dst, style.Line(layer.Of(themes.Fail), width, style.Plain(p.err))...)
	}
	if room < 1 {
		return dst
	}
	label := p.label()
	if p.kind == promptCopy {
		dst = append(dst, '\n')
		return append(dst, style.Line(layer.Of(themes.Accent), width, style.Plain(label))...)
	}
	dst = append(append(dst, '\n'), layer.Of(themes.Accent).On...)
	dst = display.AppendFit(dst, label, min(cells(label), width))
	room = width - cells(label)
	if p.field.Empty() {
		return append(dst, style.Line(layer.Muted(), room, style.Plain(p.forms))...)
	}
	text, _ := p.field.Draw(room)
	return layer.Text().Append(dst, text)
}

// Cursor implements [pane.Cursorer]: the terminal's cursor stands in the
// prompt.
func (m *Model) Cursor() *tea.Cursor {
	if m.prompt == nil || m.prompt.kind == promptCopy || m.height < 2 {
		return nil
	}
	label := cells(m.prompt.label())
	_, x := m.prompt.field.Draw(m.width - label)
	return tea.NewCursor(min(label+x, max(m.width-1, 0)), m.height-1)
}
