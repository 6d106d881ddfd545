package tuitest

import (
	"errors"
	"flag"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// counter writes down all that it gets.
type counter struct {
	log     []string
	w, h    int
	on      func(c *counter, key string) tea.Cmd
	view    string
	onMouse func(tea.MouseMsg) tea.Cmd
}

type note string

func (c *counter) Init() tea.Cmd { return say("init") }

func say(s string) tea.Cmd { return func() tea.Msg { return note(s) } }

func (c *counter) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		c.w, c.h = msg.Width, msg.Height
	case note:
		c.log = append(c.log, string(msg))
	case tea.PasteMsg:
		c.log = append(c.log, "paste "+msg.Content)
	case tea.MouseClickMsg, tea.MouseWheelMsg:
		c.log = append(c.log, fmt.Sprint(msg))
	case tea.KeyPressMsg:
		if c.on != nil {
			return c, c.on(c, msg.String())
		}
		c.log = append(c.log, msg.String())
	}
	return c, nil
}

func (c *counter) View() tea.View {
	v := tea.NewView(c.view)
	if c.view == "" {
		v.Content = "\x1b[1m" + strings.Join(c.log, " ") + "\x1b[m"
	}
	v.OnMouse = c.onMouse
	return v
}

// fake is a test that may fail.
type fake struct {
	testing.TB
	failure string
}

func (f *fake) Helper()                      {}
func (f *fake) Name() string                 { return "fake" }
func (f *fake) Fatal(args ...any)            { f.failure += fmt.Sprint(args...); panic(f) }
func (f *fake) Fatalf(s string, args ...any) { f.Fatal(fmt.Sprintf(s, args...)) }
func (f *fake) Errorf(s string, args ...any) { f.failure += fmt.Sprintf(s, args...) }

// failure returns how f fails a test.
func failure(f func(t testing.TB)) string {
	ft := &fake{}
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(ft) {
				panic(r)
			}
		}()
		f(ft)
	}()
	return ft.failure
}

func on(f func(c *counter, key string) tea.Cmd) *counter { return &counter{on: f} }

func TestStartsAsAProgramDoes(t *testing.T) {
	c := &counter{}
	u := New(t, c, 20, 2)
	if c.w != 20 || c.h != 2 {
		t.Errorf("size %d by %d", c.w, c.h)
	}
	if got := u.Screen(); got != "init\n" {
		t.Errorf("screen %q", got)
	}
	if u.Resize(30, 3); c.w != 30 || strings.Count(u.Screen(), "\n") != 2 {
		t.Errorf("after a resize: %d wide, screen %q", c.w, u.Screen())
	}
}

func TestKeysHaveTheirNames(t *testing.T) {
	c := &counter{}
	New(t, c, 80, 1).Press("j", "G", "enter", "ctrl+s", "shift+tab", "space", "alt+x", "ctrl+left", "f5", "+", "ctrl++", "é", "?").Type("a B").Paste("x\ny")
	want := "init j G enter ctrl+s shift+tab space alt+x ctrl+left f5 + ctrl++ é ? a space B paste x\ny"
	if got := strings.Join(c.log, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, bad := range []string{"escape", "return", "ctrl-s", "", "shift+ctrl+a", "hyper+x"} {
		if got := failure(func(t testing.TB) { New(t, &counter{}, 9, 9).Press(bad) }); got == "" {
			t.Errorf("there is a key %q", bad)
		}
	}
}

func TestCommandsRunInOrder(t *testing.T) {
	c := on(func(c *counter, key string) tea.Cmd {
		return tea.Batch(
			say("a"),
			tea.Sequence(say("b"), nil, tea.Batch(say("c"), say("d")), tea.Sequence(say("e"), say("f"))),
			nil,
			say("g"),
		)
	})
	New(t, c, 80, 1).Press("x")
	if got := strings.Join(c.log, ""); got != "initabefgcd" {
		t.Errorf("got %s", got)
	}
}

func TestHeldResultsComeWhenTheyAreRun(t *testing.T) {
	c := on(func(c *counter, key string) tea.Cmd { return say("got " + key) })
	u := New(t, c, 80, 1)
	first, second := u.Hold("a"), u.Hold("b")
	if len(c.log) != 1 {
		t.Errorf("results came at once: %v", c.log)
	}
	u.Run(second).Run(first).See("init got b got a")
}

func TestTimersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tick := func(s string) tea.Cmd {
			return tea.Tick(time.Hour, func(time.Time) tea.Msg { return note(s) })
		}
		c := on(func(c *counter, key string) tea.Cmd {
			return tea.Batch(tick("tick"), tea.Every(time.Hour, func(time.Time) tea.Msg { return note("every") }), say("now"))
		})
		u := New(t, c, 80, 1).Press("x").See("init now").Miss("tick")
		if u.Timers() != 2 {
			t.Errorf("%d timers", u.Timers())
		}
		u.Tick().See("init now tick every")
		if u.Tick(); u.Timers() != 0 || len(c.log) != 4 {
			t.Errorf("timers ran again: %v", c.log)
		}
	})
}

func TestQuittingEndsTheProgram(t *testing.T) {
	c := on(func(c *counter, key string) tea.Cmd { return tea.Sequence(say("last"), tea.Quit, say("late")) })
	u := New(t, c, 80, 1)
	if u.Quit() {
		t.Error("quit before it was asked to")
	}
	if u.Press("q"); !u.Quit() || len(c.log) != 2 {
		t.Errorf("quit %v, log %v", u.Quit(), c.log)
	}
	if got := failure(func(t testing.TB) { u.t = t; u.Press("q") }); !strings.Contains(got, "quit already") {
		t.Errorf("pressing on: %q", got)
	}
}

func TestEndlessModelsFail(t *testing.T) {
	got := failure(func(t testing.TB) {
		var again func() tea.Msg
		again = func() tea.Msg { return tea.BatchMsg{say("more"), again} }
		New(t, on(func(*counter, string) tea.Cmd { return again }), 80, 1).Press("x")
	})
	if !strings.Contains(got, "does not settle") || !strings.Contains(got, "tuitest.note") {
		t.Errorf("got %.200q", got)
	}
}

func TestScreenChecksTheView(t *testing.T) {
	for want, view := range map[string]string{
		"the view has 3 lines on a screen of 2": "a\nb\nc",
		"is 6 cells wide on a screen of 5":      "abcdef",
		"depends on how the terminal measures":  "❤\ufe0fb",
	} {
		if got := failure(func(t testing.TB) { New(t, &counter{view: view}, 5, 2).Screen() }); !strings.Contains(got, want) {
			t.Errorf("%q: got %q", view, got)
		}
	}
	if got := New(t, &counter{view: "日本\nb"}, 5, 2).Screen(); got != "日本\nb" {
		t.Errorf("got %q", got)
	}
	if got := New(t, &counter{view: "\n"}, 0, 0); got.height != 0 {
		t.Error("no screen at all")
	}
}

func TestSeeAndMissShowTheScreen(t *testing.T) {
	u := New(t, &counter{view: "hello"}, 9, 1)
	for _, f := range []func(){
		func() { u.See("hell", "bye") },
		func() { u.Miss("bye", "hell") },
		func() { u.Until("bye", 2, func() {}, func(s string) bool { return false }) },
	} {
		if got := failure(func(t testing.TB) { u.t = t; f() }); !strings.Contains(got, "hello") {
			t.Errorf("got %q", got)
		}
	}
	u.t = t
	n := 0
	u.Until("three times", 5, func() { n++ }, func(string) bool { return n == 3 })
	if n != 3 {
		t.Errorf("%d times", n)
	}
}

func TestCellsHaveStyles(t *testing.T) {
	u := New(t, &counter{view: "日a\x1b[1mb"}, 9, 1)
	x, y, ok := u.Find("b")
	if c := u.Cell(x, y); !ok || x != 3 || c.Content != "b" || c.Style.Attrs == 0 {
		t.Errorf("b is at %d,%d (%v): %+v", x, y, ok, c)
	}
	if _, _, ok := u.Find("c"); ok {
		t.Error("found what is not there")
	}
	if c := u.Cell(99, 99); c.Content != "" {
		t.Errorf("outside of the screen: %+v", c)
	}
	if !strings.Contains(u.Styled(), "\x1b[1mb") {
		t.Errorf("styled %q", u.Styled())
	}
}

func TestMouseReachesTheViewFirst(t *testing.T) {
	c := &counter{}
	c.onMouse = func(m tea.MouseMsg) tea.Cmd { return say(fmt.Sprintf("view %d", m.Mouse().X)) }
	New(t, c, 80, 1).Click(3, 0).Wheel(1, 0, -2)
	want := "init view 3 left view 3 view 1 wheelup view 1 wheelup"
	if got := strings.Join(c.log, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestClipboardAndEditor(t *testing.T) {
	c := on(func(c *counter, key string) tea.Cmd {
		if key == "y" {
			return tea.SetClipboard("copied")
		}
		return tea.ExecProcess(exec.Command("vi"), func(err error) tea.Msg { return note(fmt.Sprint("edited ", err)) })
	})
	u := New(t, c, 80, 1).Press("y")
	if u.Clipboard() != "copied" {
		t.Errorf("clipboard %q", u.Clipboard())
	}
	ran := false
	u.Editor(func(cmd tea.ExecCommand) error {
		ran = cmd != nil
		return errors.New("no such file")
	}).Press("e").See("edited no such file")
	if !ran {
		t.Error("the editor got no command")
	}
	if got := failure(func(t testing.TB) { New(t, c, 80, 1).Press("e") }); !strings.Contains(got, "external program") {
		t.Errorf("without an editor: %q", got)
	}
}

func TestGoldenFiles(t *testing.T) {
	u := New(t, &counter{view: "\x1b[1mbold\x1b[m\nplain"}, 9, 3)
	u.Golden("plain").GoldenStyled("styled")
	if flag.Lookup("update").Value.String() == "true" {
		return // a wrong screen would become the right one
	}
	if got := failure(func(t testing.TB) {
		u.t = namedTest{t, "TestGoldenFiles"}
		u.model.(*counter).view = "x"
		u.Golden("plain")
	}); !strings.Contains(got, "does not match") {
		t.Errorf("a changed screen: %q", got)
	}
}
