package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// terminal is what a program writes to, and where a test waits for text.
type terminal struct {
	mu      sync.Mutex
	written bytes.Buffer
	more    *sync.Cond
}

func newTerminal() *terminal {
	t := &terminal{}
	t.more = sync.NewCond(&t.mu)
	return t
}

func (t *terminal) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.more.Broadcast()
	return t.written.Write(b)
}

// await waits until text was written.
func (t *terminal) await(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !strings.Contains(t.written.String(), text) {
		t.more.Wait()
	}
}

// runProgram runs the real program until it ends by itself, while type types
// at it.
func runProgram(t *testing.T, ctx context.Context, o Options, typeKeys func(out *terminal, keys io.Writer)) (string, error) {
	t.Helper()
	out := newTerminal()
	in, keys := io.Pipe()
	defer keys.Close()
	go typeKeys(out, keys)
	err := Run(ctx, o, tea.WithInput(in), tea.WithOutput(out), tea.WithWindowSize(100, 30),
		tea.WithEnvironment([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}), tea.WithoutSignalHandler())
	return out.written.String(), err
}

// restored are the sequences that give the terminal back: the main screen, the
// cursor, no bracketed paste, no focus reports.
var restored = []string{"\x1b[?1049l", "\x1b[?25h", "\x1b[?2004l", "\x1b[?1004l"}

func checkRestored(t *testing.T, out string) {
	t.Helper()
	if !strings.Contains(out, "\x1b[?1049h") {
		t.Errorf("the alternate screen was never shown")
	}
	for _, s := range restored {
		on := s[:len(s)-1] + map[byte]string{'l': "h", 'h': "l"}[s[len(s)-1]]
		if strings.LastIndex(out, s) < strings.LastIndex(out, on) {
			t.Errorf("%q does not follow %q at the end", s, on)
		}
	}
}

func TestProgramStartsQuitsAndRestoresTheTerminal(t *testing.T) {
	s, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	out, err := runProgram(t, context.Background(), Options{Store: store.New(s)}, func(out *terminal, keys io.Writer) {
		out.await("customers")
		io.WriteString(keys, "\r")
		out.await("ada@example.org")
		io.WriteString(keys, "q")
	})
	if err != nil {
		t.Fatal(err)
	}
	checkRestored(t, out)
	if _, err := s.Tables(context.Background()); store.KindOf(err) != store.Closed {
		t.Errorf("the database was not closed: %v", err)
	}
}

func TestProgramEndsWithItsContext(t *testing.T) {
	s, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out, err := runProgram(t, ctx, Options{Store: store.New(s)}, func(out *terminal, _ io.Writer) {
		out.await("customers")
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	checkRestored(t, out)
}

// TestCrashRestoresTheTerminalAndNamesTheJournal panics on another goroutine,
// while changes are staged.
func TestCrashRestoresTheTerminalAndNamesTheJournal(t *testing.T) {
	s, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Store: store.New(s), Opened: Opened{Changes: stagedInsert(t, s), Journal: "/state/shop.journal"}}
	out, err := runProgram(t, context.Background(), o, func(out *terminal, keys io.Writer) {
		out.await("customers")
		s.panics.Store(true)
		io.WriteString(keys, "R")
	})
	if !errors.Is(err, tea.ErrProgramPanic) || !strings.Contains(err.Error(), "staged changes are kept in /state/shop.journal") {
		t.Errorf("the error is %v", err)
	}
	checkRestored(t, out)
}

// stagedInsert returns a change set with one insert.
func stagedInsert(t *testing.T, s *shop) *store.ChangeSet {
	t.Helper()
	table, err := store.New(s).Table(context.Background(), "empty")
	if err != nil {
		t.Fatal(err)
	}
	changes := store.NewChangeSet()
	if _, err := changes.Insert(table.Schema(), tuple.Of(tuple.Int(1)), nil); err != nil {
		t.Fatal(err)
	}
	return changes
}

// screens are all that a program showed. One that stays for a moment only is not missed by who waits for it, however late that
// goroutine runs.
type screens struct {
	mu    sync.Mutex
	shown []string
	more  *sync.Cond
	seen  int // await looks no further back than this
}

func newScreens() *screens {
	s := &screens{}
	s.more = sync.NewCond(&s.mu)
	return s
}

func (s *screens) show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, text)
	s.more.Broadcast()
}

// await waits for a screen with text: the one that the last call found, or one after it.
func (s *screens) await(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ; ; s.seen++ {
		for s.seen == len(s.shown) {
			s.more.Wait()
		}
		if strings.Contains(s.shown[s.seen], text) {
			return
		}
	}
}

// watched is a model whose screens can be waited for.
type watched struct {
	*Model
	screens *screens
}

// Update implements [tea.Model].
func (w watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := w.Model.Update(msg)
	return w, cmd
}

// View implements [tea.Model]. The program calls it after every message.
func (w watched) View() tea.View {
	v := w.Model.View()
	w.screens.show(ansi.Strip(v.Content))
	return v
}

// TestNobodyTouchesWhatACommitHas presses keys while a commit has the change
// set on another goroutine. The race detector finds out who reads it there.
func TestNobodyTouchesWhatACommitHas(t *testing.T) {
	s, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	s.begin = make(chan struct{})
	var hours atomic.Int64
	o := Options{
		Store: store.New(s), Opened: Opened{Changes: stagedInsert(t, s), Name: "shop"},
		Now: func() time.Time { return time.Unix(hours.Add(3600), 0) }, // no grace is left at the next look
	}
	m := New(context.Background(), o)
	in, keys := io.Pipe()
	defer keys.Close()
	screen := newScreens()
	go func() {
		screen.await("1 staged")
		io.WriteString(keys, "\x13") // ctrl+s
		screen.await("Review 1 change")
		io.WriteString(keys, "\x13")
		screen.await("committing")
		io.WriteString(keys, "jkudmtsy\x12\x13\r")
		screen.await("a commit is running")
		close(s.begin)
		screen.await("Committed 1 change")
		io.WriteString(keys, "q")
	}()
	p := tea.NewProgram(watched{m, screen}, tea.WithInput(in), tea.WithOutput(io.Discard), tea.WithWindowSize(100, 30), tea.WithoutSignalHandler())
	if err := m.runIn(context.Background(), p); err != nil {
		t.Fatal(err)
	}
}

func TestNoColorMeansMono(t *testing.T) {
	s, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NO_COLOR", "yes")
	out, err := runProgram(t, context.Background(), Options{Store: store.New(s)}, func(out *terminal, keys io.Writer) {
		out.await("customers")
		io.WriteString(keys, "q")
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out, "38;2;") || strings.Contains(out, "48;2;") || strings.Contains(out, "\x1b]11;#") {
		t.Error("colours were written")
	}
}
