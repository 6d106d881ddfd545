//go:build unix

package terminal

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

// start starts a shell script in a terminal of 40x8.
func start(t *testing.T, script string) *Terminal {
	t.Helper()
	dir, err := os.MkdirTemp("", "terminal") // short enough for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	term, err := Start(Options{
		Width: 40, Height: 8, Env: []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}, Dir: dir, Scratch: dir,
	}, "sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(term.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	return term
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// wait waits for texts on the screen.
func wait(t *testing.T, term *Terminal, texts ...string) Screen {
	t.Helper()
	s, err := term.Until(strings.Join(texts, ", "), func(s Screen) bool { return s.Has(texts...) })
	must(t, err)
	return s
}

func TestKeysTextAndPasteArriveAsTyped(t *testing.T) {
	t.Parallel()
	term := start(t, `stty raw -echo; printf '\033[?2004h[ready]'; od -An -tx1 -v -w16 -N24 | tr -d '\n'`)
	wait(t, term, "[ready]")
	must(t, term.Type("a'é;"), term.Press("C-s", "Up", "'"), term.Paste("p\n\x1b"), term.Type("12345"))
	s := wait(t, term, "[ended with 0]")
	got := strings.Join(strings.Fields(string(s)), " ")
	if want := "61 27 c3 a9 3b 13 1b 5b 41 27 1b 5b 32 30 30 7e 70 0a 1b 1b 5b 32 30 31"; !strings.Contains(got, want) {
		t.Errorf("the program read\n%s\nwant\n%s", got, want)
	}
}

func TestOutputIsWhatTheProgramWrote(t *testing.T) {
	t.Parallel()
	term := start(t, `printf '\033]0;title\007back\\slash \303\251 \001 %%output %%end\n'`)
	wait(t, term, "[ended with 0]")
	want := []byte("\x1b]0;title\aback\\slash é \x01 %output %end\r\n")
	if !bytes.Contains(term.Output(), want) {
		t.Errorf("output is %q, which does not contain %q", term.Output(), want)
	}
}

func TestProgramSeesTheSize(t *testing.T) {
	t.Parallel()
	term := start(t, `trap 'echo "now $(stty size)"' WINCH; echo "size $(stty size)"; while :; do read x; done`)
	wait(t, term, "size 8 40")
	must(t, term.Resize(200, 50))
	wait(t, term, "now 50 200")
	must(t, term.Resize(1, 1))
	must(t, term.Resize(60, 10))
	wait(t, term, "now 10 60")
}

func TestExitCodeAndModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, script string
		code         int
		restored     bool
	}{
		{"fails", `exit 3`, 3, true},
		{"killed", `kill -KILL $$`, 137, true},
		{"left raw", `stty raw`, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			term := start(t, c.script)
			code, err := term.Code()
			must(t, err)
			if code != c.code {
				t.Errorf("code %d, want %d", code, c.code)
			}
			restored, err := term.Restored()
			must(t, err)
			if restored != c.restored {
				t.Errorf("restored is %t", restored)
			}
		})
	}
}

func TestSignalReachesTheProgramItself(t *testing.T) {
	t.Parallel()
	term := start(t, `trap 'exit 9' TERM; echo "[ready]"; while :; do read x; done`)
	wait(t, term, "[ready]")
	must(t, term.Signal(syscall.SIGTERM))
	must(t, term.Ended())
	if code, err := term.Code(); err != nil || code != 9 {
		t.Errorf("code %d, %v", code, err)
	}
}

func TestHangupEndsTheProgram(t *testing.T) {
	t.Parallel()
	term := start(t, `echo "[ready]"; exec cat`)
	wait(t, term, "[ready]")
	must(t, term.Hangup(), term.Ended())
}
