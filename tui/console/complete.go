package console

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// choice is the ways to complete a word, of which one is in the text.
type choice struct {
	words []string
	at    int
	// start and end are where the word is, and text what all was then.
	start, end int
	text       string
}

// candidates is what a word may be completed to.
type candidates struct {
	text  string // of the editor, when it was asked for
	at    int
	start int
	words []string
}

// complete completes the word before the cursor or, if that was just done, puts
// the next way to complete it in its place.
func (m *Model) complete(string) (pane.Action, tea.Cmd) {
	if c := &m.choice; len(c.words) > 0 && c.text == m.field.Value() && c.end == m.field.At() {
		c.at = (c.at + 1) % len(c.words)
		m.put()
		return nil, nil
	}
	text, at, l, s := m.field.Value(), m.field.At(), m.language(), m.env.Store
	p := l.Dialect.Position(text, at)
	if p.Quoted || s == nil {
		return nil, nil
	}
	return nil, task.Start(m.env.Tasks, slotComplete, func(ctx context.Context) (candidates, error) {
		words, err := wordsFor(ctx, s, l, p)
		return candidates{text: text, at: at, start: p.Start, words: words}, err
	})
}

func (m *Model) completeDone(d task.Done[candidates]) {
	c := d.Value
	if d.Err != nil || len(c.words) == 0 || c.text != m.field.Value() || c.at != m.field.At() {
		return // there is nothing, or the user has typed on
	}
	m.choice = choice{words: c.words, start: c.start, end: c.at}
	m.put()
}

// put puts the chosen word into the text.
func (m *Model) put() {
	c := &m.choice
	m.field.Replace(c.start, c.end, c.words[c.at])
	c.end = m.field.At()
	c.text = m.field.Value()
}

// wordsFor lists the words that may stand at a position and begin with what is
// there: columns of the tables that the statement names first, then tables,
// then keywords.
func wordsFor(ctx context.Context, s *store.Store, l store.Language, p sqltext.Position) ([]string, error) {
	w := words{prefix: strings.ToLower(p.Prefix), dialect: l.Dialect}
	if !p.Table {
		columns, err := columnsOf(ctx, s, p)
		if err != nil {
			return nil, err
		}
		w.addNames(columns)
	}
	if p.Qualifier == "" {
		tables, err := s.Tables(ctx)
		if err != nil {
			return nil, err
		}
		var names []string
		for _, t := range tables {
			names = append(names, t.Name)
		}
		if p.Table || p.Prefix != "" {
			w.addNames(names)
		}
		if !p.Table && p.Prefix != "" {
			w.addKeywords(l.Keywords, p.Prefix)
			w.addKeywords(sqltext.Keywords(), p.Prefix)
		}
	}
	return w.list, nil
}

// columnsOf returns the columns of the tables that a statement names, or of the
// one that the qualifier stands for.
func columnsOf(ctx context.Context, s *store.Store, p sqltext.Position) ([]string, error) {
	var names []string
	for _, source := range p.Sources {
		last := source.Table[len(source.Table)-1]
		if p.Qualifier != "" && !strings.EqualFold(p.Qualifier, source.Alias) && !strings.EqualFold(p.Qualifier, last) {
			continue
		}
		t, err := s.Table(ctx, strings.Join(source.Table, "."))
		if err != nil && len(source.Table) > 1 {
			t, err = s.Table(ctx, last)
		}
		if store.KindOf(err) == store.Canceled {
			return nil, err
		}
		if err != nil {
			continue // it is no table, or not yet
		}
		schema := t.Schema()
		for i := range schema.Width() {
			names = append(names, schema.ColumnAt(i).Name)
		}
	}
	return names, nil
}

// words collects those that begin with a prefix, each once.
type words struct {
	prefix  string // in lower case, perhaps with a quote before it
	dialect sqltext.Dialect
	list    []string
}

func (w *words) add(word string) {
	if !slices.Contains(w.list, word) {
		w.list = append(w.list, word)
	}
}

func (w *words) addNames(names []string) {
	prefix := strings.TrimLeft(w.prefix, "\"`[")
	quoted := prefix != w.prefix
	for _, name := range names {
		if strings.HasPrefix(strings.ToLower(name), prefix) {
			w.add(w.spelled(name, quoted))
		}
	}
}

// spelled returns a name as it is written in a statement.
func (w *words) spelled(name string, quoted bool) string {
	if quoted {
		return w.dialect.Quote(name)
	}
	return w.dialect.Spell(name)
}

// addKeywords adds keywords in the case of letters of what was typed.
func (w *words) addKeywords(keywords []string, typed string) {
	lower := typed == strings.ToLower(typed)
	for _, k := range keywords {
		if !strings.HasPrefix(strings.ToLower(k), w.prefix) {
			continue
		}
		if lower {
			k = strings.ToLower(k)
		}
		w.add(k)
	}
}
