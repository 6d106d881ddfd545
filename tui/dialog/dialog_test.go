package dialog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/dialog"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
)

// done is what is to be done after yes.
var done = pane.Notice{Text: "done"}

// confirm returns a question on a stage whose clock is d after it appeared.
func confirm(t *testing.T, word string, d time.Duration) *panetest.User {
	t.Helper()
	env := panetest.NewEnv(t, nil)
	a := dialog.NewConfirm(env, pane.Confirm{Title: "Drop", Text: "Really?", Word: word, Yes: "Drop it", Then: done})
	env.Now = func() time.Time { return panetest.Start.Add(d) }
	return panetest.On(t, env, a, 60, 10)
}

func TestEnterChoosesWhatIsSafe(t *testing.T) {
	s := confirm(t, "", time.Hour)
	s.See("▸ Cancel", "Drop it").Press("enter")
	if got := s.Actions(); !slices.Equal(got, []pane.Action{pane.Close{}}) {
		t.Errorf("asked for %v", got)
	}
}

func TestYesHasToBeChosen(t *testing.T) {
	s := confirm(t, "", dialog.Grace)
	s.Press("right", "enter")
	if got := s.Actions(); !slices.Equal(got, []pane.Action{pane.Close{}, done}) {
		t.Errorf("asked for %v", got)
	}
}

// TestKeysTypedBeforeAreNoAnswer presses the keys that say yes while the
// question has only just appeared.
func TestKeysTypedBeforeAreNoAnswer(t *testing.T) {
	s := confirm(t, "", dialog.Grace-1)
	s.Press("right", "enter")
	for _, a := range s.Actions() {
		if a == done {
			t.Error("it was taken for an answer")
		}
	}
}

func TestWordHasToBeTyped(t *testing.T) {
	s := confirm(t, "orders", time.Hour)
	s.Type("order").Press("enter")
	if got := s.Actions(); slices.Contains(got, pane.Action(done)) {
		t.Fatal("a part of the word is enough")
	}
	s.Type("s").Press("enter")
	if got := s.Actions(); !slices.Contains(got, pane.Action(done)) {
		t.Errorf("asked for %v", got)
	}
	s = confirm(t, "orders", time.Hour)
	s.Type("orders").Press("esc")
	if got := s.Actions(); !slices.Equal(got, []pane.Action{pane.Close{}}) {
		t.Errorf("esc asks for %v", got)
	}
}

func TestFailureShowsMessageAndHint(t *testing.T) {
	env := panetest.NewEnv(t, nil)
	err := &store.Error{Op: "scan", Table: "or\x1bders", Kind: store.Locked, Hint: "wait for it", Err: errors.New("database\x1b[31m is locked\nby process 42")}
	s := panetest.On(t, env, dialog.NewFailure(env, pane.Report{Err: err, Retry: done}), 60, 12)
	s.See("database␛[31m is locked", "by process 42", "→ wait for it")
	s.Press("y", "r")
	want := []pane.Action{
		pane.Copy{Text: "scan or\x1bders: database\x1b[31m is locked\nby process 42\nWait for it.", What: "error"},
		pane.Close{}, done,
	}
	if got := s.Actions(); !slices.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
}

func TestFailureWithoutRetrySaysSo(t *testing.T) {
	env := panetest.NewEnv(t, nil)
	s := panetest.On(t, env, dialog.NewFailure(env, pane.Report{Err: errors.New("x")}), 60, 12)
	s.Press("r")
	if got := s.Actions(); len(got) != 1 || got[0].(pane.Notice).Level != pane.Blocked {
		t.Errorf("asked for %v", got)
	}
}

func TestLongFailureScrolls(t *testing.T) {
	env := panetest.NewEnv(t, nil)
	var lines []string
	for i := range 100 {
		lines = append(lines, fmt.Sprintf("line %d.", i))
	}
	s := panetest.On(t, env, dialog.NewFailure(env, pane.Report{Err: errors.New(strings.Join(lines, "\n"))}), 60, 12)
	s.See("line 0.").Miss("line 50.")
	for range 120 {
		s.Press("j")
	}
	s.See("line 99.")
}

func TestLogIsBoundedAndNewestFirst(t *testing.T) {
	var log dialog.Log
	for i := range 2000 {
		log.Add(panetest.Start, pane.Info, fmt.Sprintf("entry %d.\nmore of it", i))
	}
	env := panetest.NewEnv(t, nil)
	s := panetest.On(t, env, dialog.NewLogView(env, &log), 60, 20)
	s.See("15:04:05", "entry 1999. more of it").Miss("entry 1500.")
	s.Press("G").See("entry 1500.").Miss("entry 1499.")
	s.Press("y")
	if got := s.Actions()[0].(pane.Copy).Text; got != "entry 1500.\nmore of it" {
		t.Errorf("copied %q", got)
	}
}

func TestEmptyLog(t *testing.T) {
	env := panetest.NewEnv(t, nil)
	s := panetest.On(t, env, dialog.NewLogView(env, &dialog.Log{}), 60, 20)
	s.See("Nothing has happened yet.").Press("y", "down", "G")
}
