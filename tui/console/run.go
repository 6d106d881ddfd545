package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/transfer"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// entry is a statement that was run, or is running.
type entry struct {
	statement string
	// state is what became of it.
	state state
	did   *store.Execution // when it is done
	part  int              // which of its results the entry is about
	plan  string           // how the statement is run, if it was explained
	err   error            // when it failed
	file  string           // what was written into one
	took  time.Duration
}

type state uint8

const (
	running state = iota
	done
	failed
	canceled
)

// job is what a run does with a statement.
type job struct {
	statement string
	file      string // to write the result into, empty to show it
	replace   bool
}

// ran is what became of a job.
type ran struct {
	job
	did  *store.Execution
	plan string
	inTx bool
	took time.Duration
}

func (m *Model) running() bool {
	_, ok := m.env.Tasks.Elapsed(slotRun)
	return ok
}

// cancel cancels the statement that runs, and those behind it.
func (m *Model) cancel() {
	m.env.Tasks.Cancel(slotRun)
	m.noticeCancel()
}

// noticeCancel notes that the statement under way was canceled, by whoever did.
func (m *Model) noticeCancel() {
	if n := len(m.entries); n > 0 && m.entries[n-1].state == running && !m.running() {
		m.entries[n-1].state = canceled
		m.queue = nil
	}
}

func (m *Model) noRun() string {
	switch {
	case m.running():
		return "a statement is running: esc cancels it"
	case strings.TrimSpace(m.field.Value()) == "":
		return "there is no statement"
	}
	return ""
}

func (m *Model) noExplain() string {
	if m.language().Explain == "" {
		return "the database does not say how it runs statements"
	}
	return m.noRun()
}

func (m *Model) noAnalyze() string {
	if m.language().Analyze == "" {
		return "the database does not say how running a statement went"
	}
	return m.noRun()
}

// here returns the statement that the cursor is in.
func (m *Model) here() (string, bool) {
	s, ok := m.language().Dialect.At(m.field.Value(), m.field.At())
	return s.Text, ok
}

func (m *Model) runHere(string) (pane.Action, tea.Cmd) {
	statement, ok := m.here()
	if !ok {
		return noStatement(), nil
	}
	return m.runOrAsk([]string{statement})
}

func noStatement() pane.Action {
	return pane.Notice{Text: "There is no statement here.", Level: pane.Warning}
}

func (m *Model) runAll(string) (pane.Action, tea.Cmd) {
	var all []string
	for _, s := range m.language().Dialect.Split(m.field.Value()) {
		all = append(all, s.Text)
	}
	if len(all) == 0 {
		return noStatement(), nil
	}
	return m.runOrAsk(all)
}

func (m *Model) explain(analyze bool) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		statement, ok := m.here()
		if !ok {
			return noStatement(), nil
		}
		l := m.language()
		if analyze {
			return m.runOrAsk([]string{l.Analyze + statement})
		}
		return nil, m.begin([]string{l.Explain + statement})
	}
}

// runOrAsk runs statements, after a question if one of them is likely to
// concern more than was meant.
func (m *Model) runOrAsk(statements []string) (pane.Action, tea.Cmd) {
	d := m.language().Dialect
	analyze := m.language().Analyze
	for _, s := range statements {
		inner := s
		if analyze != "" {
			inner = strings.TrimPrefix(s, analyze)
		}
		var why string
		switch first := d.First(inner); {
		case d.Unconditional(inner):
			why = first + " without WHERE concerns every row of the table"
		case first == "DROP", first == "TRUNCATE":
			why = first + " cannot be taken back"
		default:
			continue
		}
		m.asked = statements
		return m.question(why, s), nil
	}
	return nil, m.begin(statements)
}

func (m *Model) question(why, statement string) pane.Action {
	ask := pane.Confirm{
		Title: "Run it?", Text: why + ":\n\n" + statement, Yes: "Run it",
		Then: pane.Run{Name: "run-anyway"},
	}
	if m.env.Environment == pane.Production {
		ask.Word = m.env.Name
	}
	return ask
}

func (m *Model) nothingAsked() string {
	if len(m.asked) == 0 {
		return "nothing was asked"
	}
	return m.noRun()
}

func (m *Model) runAsked(string) (pane.Action, tea.Cmd) {
	statements := m.asked
	m.asked = nil
	return nil, m.begin(statements)
}

// begin runs statements, one after the other.
func (m *Model) begin(statements []string) tea.Cmd {
	m.entries, m.shown = nil, 0
	m.queue = statements
	return tea.Batch(m.remember(statements), m.next())
}

// next runs the next statement of the queue.
func (m *Model) next() tea.Cmd {
	if len(m.queue) == 0 {
		return nil
	}
	statement := m.queue[0]
	m.queue = m.queue[1:]
	return m.start(job{statement: statement})
}

func (m *Model) start(j job) tea.Cmd {
	m.entries = append(m.entries, entry{statement: j.statement, file: j.file})
	m.shown = len(m.entries) - 1
	s, language, now := m.session, m.language(), m.env.Now
	return task.Start(m.env.Tasks, slotRun, func(ctx context.Context) (ran, error) {
		start := now()
		c, err := s.get(ctx)
		if err != nil {
			return ran{job: j}, err
		}
		res := ran{job: j}
		if j.file != "" {
			res.did, err = writeFile(ctx, c, j, transfer.Options{Dialect: language.Dialect})
		} else {
			res.did, err = c.Run(ctx, j.statement)
		}
		if err == nil {
			res.plan, err = planOf(ctx, language, res.did)
		}
		res.took = now().Sub(start)
		res.inTx = c.InTransaction()
		if isLost(err) {
			s.lost()
			res.inTx = false
		}
		return res, err
	})
}

// writeFile runs a statement and writes all that it returns into a file.
func writeFile(ctx context.Context, c *store.Console, j job, o transfer.Options) (*store.Execution, error) {
	format, ok := transfer.FormatOf(j.file)
	if !ok {
		return nil, fmt.Errorf("the name of the file must end with one of %v", transfer.Formats())
	}
	did := &store.Execution{Statement: j.statement}
	_, err := transfer.ToFile(j.file, j.replace, func(w io.Writer) (err error) {
		sink := transfer.NewSink(w, format, o)
		if did.Outcome, err = c.Stream(ctx, j.statement, sink); err != nil {
			return err
		}
		did.Affected, err = sink.Close()
		return err
	})
	return did, err
}

// runDone takes what became of a statement, and goes on with the next.
func (m *Model) runDone(d task.Done[ran]) (pane.Action, tea.Cmd) {
	if len(m.entries) == 0 {
		return nil, nil
	}
	e := &m.entries[len(m.entries)-1]
	e.took = d.Value.took
	m.inTx = d.Value.inTx
	if d.Err != nil {
		m.queue = nil
		e.state, e.err = failed, d.Err
		if store.KindOf(d.Err) == store.Canceled {
			e.state = canceled
		}
		return m.aftermath(e), nil
	}
	e.state, e.did, e.plan = done, d.Value.did, d.Value.plan
	for part := 1; part < len(e.did.Results); part++ {
		more := *e
		more.part = part
		m.entries = append(m.entries, more)
		e = &m.entries[m.shown] // they may have moved
	}
	act := pane.Actions{m.show(e), m.aftermath(e)}
	return act, m.next()
}

// show shows the result of an entry in the grid, if it has one; lines that tell
// how a statement is run are a text.
func (m *Model) show(e *entry) pane.Action {
	switch {
	case e.did == nil || len(e.did.Results) == 0:
		return nil
	case e.plan != "":
		return pane.ShowText{Title: "How it is run", Text: e.plan}
	}
	return pane.ShowResult{Result: e.did.Results[e.part]}
}

// planOf returns the lines of a result that explains a statement, empty if it is
// none, or has more than one column.
func planOf(ctx context.Context, l store.Language, did *store.Execution) (string, error) {
	explains := l.Explain != "" && strings.HasPrefix(did.Statement, l.Explain) || l.Analyze != "" && strings.HasPrefix(did.Statement, l.Analyze)
	if !explains || len(did.Results) != 1 || len(did.Results[0].Columns) != 1 {
		return "", nil
	}
	var lines []string
	for row, err := range did.Results[0].Table.Rows(ctx, store.Query{}) {
		if err != nil {
			return "", err
		}
		lines = append(lines, row.Values[0].Plain())
	}
	return strings.Join(lines, "\n"), nil
}

// aftermath reads again what a statement may have changed.
func (m *Model) aftermath(e *entry) pane.Action {
	switch m.language().Dialect.First(e.statement) {
	case "SELECT", "VALUES", "TABLE", "SHOW", "EXPLAIN", "BEGIN", "START", "SET", "":
		return nil
	}
	return pane.Reload{}
}

func (m *Model) noResults() string {
	if len(m.entries) < 2 {
		return "there is no other result"
	}
	return ""
}

// turn shows the result of another statement of the run.
func (m *Model) turn(d int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		m.shown = (m.shown + d + len(m.entries)) % len(m.entries)
		return m.show(&m.entries[m.shown]), nil
	}
}

// export runs the statement that the cursor is in, and writes all that it
// returns into a file: also what would not be kept to be shown.
func (m *Model) export(arg string) (pane.Action, tea.Cmd) {
	path, replace := pane.FileArg(arg)
	if path == "" {
		return pane.Run{Name: "palette", Arg: "export-statement "}, nil
	}
	statement, ok := m.here()
	if !ok {
		return noStatement(), nil
	}
	m.entries, m.queue = nil, nil
	return nil, m.start(job{statement: statement, file: path, replace: replace})
}

// summary says in a line what became of a statement.
func (e *entry) summary() string {
	switch {
	case e.state == running:
		return "running"
	case e.state == canceled:
		return "canceled"
	case e.state == failed && errors.Is(e.err, transfer.ErrExists):
		return "the file exists already: put ! behind its name to replace it"
	case e.state == failed:
		return "failed"
	case e.file != "":
		return countRows(e.did.Affected) + " written to " + e.file
	}
	switch {
	case len(e.did.Results) > 0 && e.did.Results[e.part].More:
		return "the first " + countRows(int64(e.did.Results[e.part].Len)) + ", of more"
	case len(e.did.Results) > 0:
		return countRows(int64(e.did.Results[e.part].Len))
	case e.did.Affected >= 0:
		return countRows(e.did.Affected) + " affected"
	case e.did.Tag != "":
		return e.did.Tag
	}
	return "done"
}

func countRows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return display.Count(n) + " rows"
}
