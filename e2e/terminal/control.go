//go:build unix

package terminal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// errGone is returned when tmux has ended.
var errGone = errors.New("terminal: tmux has ended")

// control speaks tmux's control mode: commands go in as lines, and what comes
// back is a reply to each, in order, and between them notifications of what
// happens.
type control struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	stderr  bytes.Buffer  // to be read once tmux has ended
	replies chan reply    // to commands, in their order; closed at the end
	changed chan struct{} // receives when the screen may have changed

	mu     sync.Mutex
	output []byte // all that the program wrote
}

// reply is what tmux says to a command.
type reply struct {
	lines  []string
	failed bool
}

// startControl starts tmux.
func startControl(cmd *exec.Cmd) (*control, error) {
	c := &control{cmd: cmd, replies: make(chan reply, 1), changed: make(chan struct{}, 1)}
	cmd.Stderr = &c.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("terminal: start tmux: %w", err)
	}
	c.in = in
	go c.read(bufio.NewReader(out))
	if _, err := c.receive(); err != nil { // the reply to the command line
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Close ends tmux, and the program if it runs.
func (c *control) Close() error {
	_, err := c.command("kill-server")
	if errors.Is(err, errGone) {
		err = nil
	}
	_ = c.in.Close()
	for range c.replies { // until tmux has closed its output
	}
	_ = c.cmd.Wait() // its exit code says nothing after kill-server
	return err
}

// Output returns a copy of every byte that the program wrote so far, as it
// wrote them.
func (c *control) Output() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.output)
}

// command runs a tmux command and returns the lines that it prints.
func (c *control) command(line string) ([]string, error) {
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		return nil, fmt.Errorf("%w: %s", errGone, line)
	}
	return c.receive()
}

func (c *control) receive() ([]string, error) {
	select {
	case r, ok := <-c.replies:
		switch {
		case !ok:
			return nil, errGone
		case r.failed:
			return nil, fmt.Errorf("terminal: tmux: %s", strings.Join(r.lines, "; "))
		}
		return r.lines, nil
	case <-time.After(Patience):
		return nil, fmt.Errorf("%w for tmux to answer", ErrNever)
	}
}

// read takes in what tmux says until it ends.
func (c *control) read(r *bufio.Reader) {
	defer close(c.replies)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\n")
		if guard, ok := strings.CutPrefix(line, "%begin "); ok {
			c.replies <- readReply(r, guard)
		} else {
			c.notice(line)
		}
	}
}

// readReply reads a reply up to its end, which has the guard of its beginning:
// what stands between may look like anything.
func readReply(r *bufio.Reader, guard string) reply {
	var rep reply
	for {
		line, err := r.ReadString('\n')
		line = strings.TrimSuffix(line, "\n")
		switch {
		case err != nil, line == "%error "+guard:
			rep.failed = true
			return rep
		case line == "%end "+guard:
			return rep
		}
		rep.lines = append(rep.lines, line)
	}
}

// notice takes in a notification.
func (c *control) notice(line string) {
	if rest, ok := strings.CutPrefix(line, "%output "); ok {
		_, data, _ := strings.Cut(rest, " ")
		c.mu.Lock()
		c.output = append(c.output, unescape(data)...)
		c.mu.Unlock()
	}
	select {
	case c.changed <- struct{}{}:
	default: // whoever waits has yet to look
	}
}

// unescape returns the bytes of an %output notification, in which control
// bytes and backslashes are written as a backslash and three octal digits.
func unescape(text string) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) {
			out = append(out, (text[i+1]-'0')<<6|(text[i+2]-'0')<<3|(text[i+3]-'0'))
			i += 3
			continue
		}
		out = append(out, text[i])
	}
	return out
}

// quote quotes a word of a tmux command line.
func quote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
