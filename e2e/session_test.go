//go:build unix

package e2e

import (
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rowan-db/rowan/e2e/terminal"
)

// session is the program in a terminal, and somebody before it. Whatever goes
// wrong ends the test.
type session struct {
	t    *testing.T
	term *terminal.Terminal
}

// open starts the program in a terminal of 100x30.
func (u *user) open(args ...string) *session {
	u.t.Helper()
	return u.openSized(100, 30, rowan, args...)
}

func (u *user) openSized(width, height int, program string, args ...string) *session {
	u.t.Helper()
	scratch, err := os.MkdirTemp(u.home, "t")
	u.must(err)
	term, err := terminal.Start(terminal.Options{
		Width: width, Height: height, Env: u.env, Dir: u.home, Scratch: scratch,
	}, append([]string{program}, args...)...)
	u.must(err)
	u.t.Cleanup(func() {
		if err := term.Close(); err != nil {
			u.t.Error(err)
		}
	})
	return &session{u.t, term}
}

func (s *session) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// press presses keys, by tmux's names for them.
func (s *session) press(keys ...string) *session {
	s.t.Helper()
	s.must(s.term.Press(keys...))
	return s
}

// types types a text.
func (s *session) types(text string) *session {
	s.t.Helper()
	s.must(s.term.Type(text))
	return s
}

// sees waits until all of some texts are on the screen.
func (s *session) sees(texts ...string) terminal.Screen {
	s.t.Helper()
	screen, err := s.term.Until(strings.Join(texts, " and "), func(on terminal.Screen) bool { return on.Has(texts...) })
	s.must(err)
	return screen
}

// seesNo waits until a text is off the screen.
func (s *session) seesNo(text string) terminal.Screen {
	s.t.Helper()
	screen, err := s.term.Until(text+" to go", func(on terminal.Screen) bool { return !on.Has(text) })
	s.must(err)
	return screen
}

// seesLine waits for a line that matches a pattern, in which a blank stands
// for any number of them.
func (s *session) seesLine(pattern string) string {
	s.t.Helper()
	re := regexp.MustCompile(strings.ReplaceAll(pattern, " ", `\s+`))
	var found string
	_, err := s.term.Until("a line like "+pattern, func(on terminal.Screen) bool {
		for line := range strings.Lines(string(on)) {
			if found = strings.TrimRight(line, "\n"); re.MatchString(found) {
				return true
			}
		}
		return false
	})
	s.must(err)
	return found
}

// escapes presses esc, which makes something go. Keys that follow at once
// would be taken for keys with alt: that is how terminals send these.
func (s *session) escapes(what string) *session {
	s.t.Helper()
	s.press("Escape")
	s.seesNo(what)
	return s
}

// runs runs a command by its name.
func (s *session) runs(command string) *session {
	s.t.Helper()
	return s.press(":").types(command).press("Enter")
}

// table opens a table, once the list of tables is there: what is typed before
// the program has its terminal may be read as something else.
func (s *session) table(name string) terminal.Screen {
	s.t.Helper()
	s.sees("[1] Tables", "▸ "+name)
	s.runs("open " + name)
	return s.sees("[2] "+name, "of ")
}

// replaces opens the cell of the cursor and puts another text in its place.
func (s *session) replaces(text string) *session {
	s.t.Helper()
	s.press("e")
	s.sees("╭ Edit ", "was ")
	s.press("C-u").types(text).press("C-s")
	s.seesNo("╭ Edit ")
	return s
}

// commits opens the review, looks at it, and commits.
func (s *session) commits(changes string) {
	s.t.Helper()
	s.reviews(changes)
	s.confirms()
	s.sees("Committed " + changes)
}

// reviews opens the review.
func (s *session) reviews(changes string) terminal.Screen {
	s.t.Helper()
	s.press("C-s")
	return s.sees("Review " + changes)
}

// grace is longer than the time for which a new review or question, which has
// to be on the screen, takes no answer.
const grace = 500 * time.Millisecond

// reads waits like somebody who reads what has just appeared.
func (s *session) reads() *session {
	<-time.After(grace)
	return s
}

// confirms commits from the review.
func (s *session) confirms() {
	s.t.Helper()
	s.reads().press("C-s")
}

// quits quits, and expects the terminal as it was.
func (s *session) quits() {
	s.t.Helper()
	s.press("q")
	s.ends(0)
}

// ends waits for the program to end with a code, and expects the terminal's
// modes and screen as they were before.
func (s *session) ends(code int) terminal.Screen {
	s.t.Helper()
	got, err := s.term.Code()
	s.must(err)
	screen, err := s.term.Screen()
	s.must(err)
	if got != code {
		s.t.Fatalf("ended with %d, want %d:\n%s", got, code, screen)
	}
	restored, err := s.term.Restored()
	s.must(err)
	if !restored {
		s.t.Errorf("the terminal's modes are not what they were")
	}
	if screen.Has("╭") {
		s.t.Errorf("the program's screen is still there:\n%s", screen)
	}
	s.leftClean()
	return screen
}

// modes are what the program may turn on in a terminal and must turn off.
var modes = map[string]string{"1049": "the other screen", "2004": "brackets around pastes", "1004": "reports of focus", "1002": "the mouse", "1006": "the mouse"}

// leftClean checks that every mode that was turned on was turned off later,
// and that the cursor is there.
func (s *session) leftClean() {
	s.t.Helper()
	out := string(s.term.Output())
	for mode, what := range modes {
		if on, off := strings.LastIndex(out, "\x1b[?"+mode+"h"), strings.LastIndex(out, "\x1b[?"+mode+"l"); on > off {
			s.t.Errorf("%s was left on", what)
		}
	}
	if shown, hidden := strings.LastIndex(out, "\x1b[?25h"), strings.LastIndex(out, "\x1b[?25l"); hidden > shown {
		s.t.Error("the cursor was left hidden")
	}
}

// dies kills the program as kill -9 does.
func (s *session) dies() {
	s.t.Helper()
	s.must(s.term.Signal(syscall.SIGKILL))
	s.must(s.term.Ended())
}
