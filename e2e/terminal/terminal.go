//go:build unix

// Package terminal runs a program in a real terminal, for tests: it types,
// pastes and resizes as a person would, and sees the screen and every byte
// that the program wrote.
//
// The terminal is tmux, one server of its own for each [Terminal], spoken to
// in its control mode: tmux tells when the program has written something, so
// that waiting for a text takes no polling and no sleeping. Whoever waits for
// what never comes gets [ErrNever] and the screen, after [Patience].
//
// What it does not do: it knows no colours (they are in [Terminal.Output]), and
// nothing of the program that runs in it.
package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Patience is how long a program may go without doing what is waited for. It
// is for programs that hang, and no measure of speed.
const Patience = time.Minute

var (
	// ErrMissing is returned when this machine has no tmux.
	ErrMissing = errors.New("terminal: there is no tmux here; install the Debian package tmux")
	// ErrNever is returned when what was waited for did not come.
	ErrNever = errors.New("terminal: waited in vain")
)

// Options say how a program is started.
type Options struct {
	// Width and Height are the size of the terminal in cells.
	Width, Height int
	// Env is the program's whole environment, but for TERM, which is
	// xterm-256color.
	Env []string
	// Dir is the folder to start the program in.
	Dir string
	// Scratch is an empty folder for the terminal's own files. Its path must
	// be short: a socket's path has about a hundred bytes.
	Scratch string
}

// Terminal is a program in its terminal. Its methods are for one goroutine.
type Terminal struct {
	*control
	dir   string
	ended chan struct{} // closed when the program has ended
}

// The files in the scratch folder.
const (
	socketFile = "tmux"
	configFile = "tmux.conf"
	pidFile    = "pid"    // of the program
	aliveFile  = "alive"  // a pipe that the program holds open
	codeFile   = "code"   // the program's exit code
	beforeFile = "before" // the terminal's modes before it
	afterFile  = "after"  // and after it
	bufferFile = "buffer" // what is pasted
)

// config makes tmux a plain terminal.
const config = `
set -g default-terminal xterm-256color
set -g status off
set -g exit-unattached on
set -g remain-on-exit on
set -g escape-time 0
set -g allow-passthrough off
set -g allow-rename off
`

// runner runs a program and notes what the tests want to know of it. Its
// arguments are the scratch folder and the program with its own arguments.
//
// The shell that wrote its process ID becomes the program, which holds the pipe
// open while it lives.
const runner = `
d=$0
stty -g >"$d/before"
sh -c 'echo $$ >"$0/pid"; exec "$@" 9>"$0/alive"' "$d" "$@"
code=$?
stty -g >"$d/after"
echo $code >"$d/code"
printf '\r\n[ended with %s]\r\n' $code
exec cat
`

// Start starts a program, and returns when it runs. Close must be called.
func Start(o Options, argv ...string) (*Terminal, error) {
	tmux, err := exec.LookPath("tmux")
	if err != nil {
		return nil, ErrMissing
	}
	t := &Terminal{dir: o.Scratch, ended: make(chan struct{})}
	if err := os.WriteFile(t.path(configFile), []byte(config), 0o600); err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	if err := syscall.Mkfifo(t.path(aliveFile), 0o600); err != nil {
		return nil, fmt.Errorf("terminal: make a pipe: %w", err)
	}
	started := make(chan struct{})
	go t.watch(started)
	args := []string{"-u", "-S", t.path(socketFile), "-f", t.path(configFile), "-C", "new-session",
		"-x", strconv.Itoa(o.Width), "-y", strconv.Itoa(o.Height), "sh", "-c", runner, o.Scratch}
	cmd := exec.Command(tmux, append(args, argv...)...)
	cmd.Env, cmd.Dir = o.Env, o.Dir
	if t.control, err = startControl(cmd); err != nil {
		return nil, err
	}
	select {
	case <-started:
		return t, nil
	case <-time.After(Patience):
		return nil, errors.Join(fmt.Errorf("%w for %s to start: %s", ErrNever, argv[0], t.stderr.String()), t.Close())
	}
}

func (t *Terminal) path(name string) string { return filepath.Join(t.dir, name) }

// watch closes t.ended when nobody holds the pipe open any more.
func (t *Terminal) watch(started chan<- struct{}) {
	defer close(t.ended)
	f, err := os.Open(t.path(aliveFile)) // returns when the program has opened it
	if err != nil {
		return
	}
	close(started)
	defer f.Close()
	_, _ = f.Read(make([]byte, 1)) // returns at the end only: nothing is written
}

// Screen is what a terminal shows: its lines, without blanks at their ends.
type Screen string

// Has reports whether all of some texts are on the screen, each in one line.
func (s Screen) Has(texts ...string) bool {
	for _, text := range texts {
		if !strings.Contains(string(s), text) {
			return false
		}
	}
	return true
}

// Line returns the first line that contains a text, or "".
func (s Screen) Line(text string) string {
	for line := range strings.Lines(string(s)) {
		if strings.Contains(line, text) {
			return strings.TrimRight(line, "\n")
		}
	}
	return ""
}

// Screen returns what the terminal shows now.
func (t *Terminal) Screen() (Screen, error) {
	lines, err := t.command("capture-pane -p")
	return Screen(strings.Join(lines, "\n")), err
}

// Until returns the first screen that satisfies ok. The error of one that
// never comes says what was waited for, and shows the screen.
func (t *Terminal) Until(what string, ok func(Screen) bool) (Screen, error) {
	late := time.After(Patience)
	for {
		s, err := t.Screen()
		if err != nil || ok(s) {
			return s, err
		}
		select {
		case <-t.changed:
		case <-late:
			return s, fmt.Errorf("%w for %s. The screen is:\n%s", ErrNever, what, s)
		}
	}
}

// Press presses keys, by tmux's names for them: Enter, Escape, C-s, NPage, x.
func (t *Terminal) Press(keys ...string) error {
	for _, k := range keys {
		if _, err := t.command("send-keys " + quote(k)); err != nil {
			return err
		}
	}
	return nil
}

// Type types a text, byte for byte.
func (t *Terminal) Type(text string) error {
	if text == "" {
		return nil
	}
	_, err := t.command(fmt.Sprintf("send-keys -H % x", text))
	return err
}

// Paste pastes a text, in brackets if the program asked for that.
func (t *Terminal) Paste(text string) error {
	if err := os.WriteFile(t.path(bufferFile), []byte(text), 0o600); err != nil {
		return fmt.Errorf("terminal: %w", err)
	}
	if _, err := t.command("load-buffer -b paste " + quote(t.path(bufferFile))); err != nil {
		return err
	}
	_, err := t.command("paste-buffer -d -p -r -b paste")
	return err
}

// Resize changes the size of the terminal.
func (t *Terminal) Resize(width, height int) error {
	_, err := t.command(fmt.Sprintf("resize-window -x %d -y %d", width, height))
	return err
}

// Hangup closes the terminal's window, as a person does who is tired of the
// program, or a connection that breaks. Only Ended and Close are of use then.
func (t *Terminal) Hangup() error {
	_, err := t.command("set remain-on-exit off ; kill-pane")
	if errors.Is(err, errGone) {
		return nil // the last window takes the server with it
	}
	return err
}

// Signal sends the program a signal.
func (t *Terminal) Signal(sig syscall.Signal) error {
	pid, err := t.number(pidFile)
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, sig); err != nil {
		return fmt.Errorf("terminal: signal process %d: %w", pid, err)
	}
	return nil
}

// PID returns the program's process ID.
func (t *Terminal) PID() (int, error) { return t.number(pidFile) }

// Ended waits for the program to end, and all that it started with it.
func (t *Terminal) Ended() error {
	select {
	case <-t.ended:
		return nil
	case <-time.After(Patience):
		s, err := t.Screen()
		return errors.Join(fmt.Errorf("%w for the program to end. The screen is:\n%s", ErrNever, s), err)
	}
}

// Code waits for the program to end by itself, and returns its exit code: the
// shell's, 128 and a signal's number for one that a signal ended.
func (t *Terminal) Code() (int, error) {
	if _, err := t.Until("the program to end", func(s Screen) bool { return s.Has("[ended with ") }); err != nil {
		return 0, err
	}
	return t.number(codeFile)
}

// Restored reports whether the program left the terminal in the modes that it
// found, after Code.
func (t *Terminal) Restored() (bool, error) {
	before, err := os.ReadFile(t.path(beforeFile))
	if err != nil {
		return false, fmt.Errorf("terminal: %w", err)
	}
	after, err := os.ReadFile(t.path(afterFile))
	if err != nil {
		return false, fmt.Errorf("terminal: %w", err)
	}
	return bytes.Equal(before, after), nil
}

// number reads a file that holds a number.
func (t *Terminal) number(name string) (int, error) {
	text, err := os.ReadFile(t.path(name))
	if err != nil {
		return 0, fmt.Errorf("terminal: %w", err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("terminal: %s: %w", name, err)
	}
	return n, nil
}
