package palette

import (
	"slices"
	"strings"

	"github.com/sahilm/fuzzy"

	"github.com/rowan-db/rowan/tui/pane"
)

// item is a line of the list: a command, perhaps with an argument.
type item struct {
	section string
	command *pane.Command
	arg     string
	// matched are the bytes of the text that match what is typed.
	matched []int
}

// text returns what running the item would be typed as.
func (it *item) text() string {
	if it.arg == "" {
		return it.command.Name
	}
	return it.command.Name + " " + it.arg
}

// maxOffers is the number of arguments of one command that are listed.
const maxOffers = 200

// search makes the list for what is typed.
func (m *Model) search() {
	m.chosen = false
	name, arg := m.typed()
	e := m.named(name)
	switch {
	case name == "":
		m.items = m.recent()
	case e != nil && e.Command.Arg != "" && (arg != "" || m.asked()):
		m.items = m.arguments(e, arg)
	default:
		m.items = m.find(strings.TrimSpace(m.input.Value()))
	}
	m.list.Resize(len(m.items), m.height-2)
	m.list.Select(0)
}

// recent returns what was run lately, the newest first, then all commands.
func (m *Model) recent() []item {
	var items []item
	for _, line := range slices.Backward(m.history.lines) {
		name, arg, _ := strings.Cut(line, " ")
		if e := m.named(name); e != nil {
			items = append(items, item{section: "lately", command: e.Command, arg: arg})
		}
	}
	for _, e := range m.entries {
		items = append(items, item{section: e.Section, command: e.Command})
	}
	return items
}

// arguments returns the command with each argument that it offers and that
// contains what is typed, or with just what is typed.
func (m *Model) arguments(e *pane.Entry, arg string) []item {
	items := offers(e, arg)
	if len(items) == 0 {
		items = []item{{section: e.Section, command: e.Command, arg: arg}}
	}
	return items
}

// offers returns a command with the arguments that contain text, those that
// begin with it first, and before all the one that is it.
func offers(e *pane.Entry, text string) []item {
	if e.Command.Complete == nil {
		return nil
	}
	needle := strings.ToLower(text)
	var first, rest []item
	for _, arg := range e.Command.Complete() {
		at := strings.Index(strings.ToLower(arg), needle)
		if at < 0 || len(first) == maxOffers {
			continue
		}
		it := item{section: e.Section, command: e.Command, arg: arg}
		for i := range len(needle) {
			it.matched = append(it.matched, len(e.Command.Name)+1+at+i)
		}
		if len(arg) == len(text) {
			first = slices.Insert(first, 0, it) // it is typed out
		} else if at == 0 {
			first = append(first, it)
		} else if len(rest) < maxOffers {
			rest = append(rest, it)
		}
	}
	items := append(first, rest...)
	return items[:min(len(items), maxOffers)]
}

// find returns the commands whose names match, the best first, then those that
// offer a matching argument, then those whose help contains the text.
func (m *Model) find(text string) []item {
	names := make([]string, len(m.entries))
	for i, e := range m.entries {
		names[i] = e.Command.Name
	}
	var items []item
	found := map[*pane.Command]bool{}
	for _, match := range fuzzy.Find(strings.ReplaceAll(text, " ", "-"), names) {
		e := m.entries[match.Index]
		found[e.Command] = true
		items = append(items, item{section: e.Section, command: e.Command, matched: match.MatchedIndexes})
	}
	for i := range m.entries {
		items = append(items, offers(&m.entries[i], text)...)
	}
	needle := strings.ToLower(text)
	for _, e := range m.entries {
		if !found[e.Command] && strings.Contains(strings.ToLower(e.Command.Help), needle) {
			items = append(items, item{section: e.Section, command: e.Command})
		}
	}
	return items
}
