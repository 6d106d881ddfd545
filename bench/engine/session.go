package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// answer holds what a harness answered: names and numbers.
type answer map[string]float64

func parseAnswer(line string) (answer, error) {
	words := strings.Fields(line)
	if len(words) == 0 || words[0] != "ok" {
		return nil, errors.New(strings.TrimPrefix(strings.TrimSpace(line), "error "))
	}
	a := make(answer)
	for _, w := range words[1:] {
		name, text, _ := strings.Cut(w, "=")
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("the answer %q has no number after %s", line, name)
		}
		a[name] = x
	}
	return a, nil
}

// session is the process of one engine, with one store in a directory of its
// own. Between commands the process is stopped, so that an engine's background
// work neither disturbs the measurement of another nor is done in time that
// nobody measures.
type session struct {
	engine string
	home   string
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
}

// newSession starts an engine's program in a new directory below dir.
func newSession(ctx context.Context, e engine, dir string, d dataKind) (*session, error) {
	home, err := os.MkdirTemp(dir, e.name+"-")
	if err != nil {
		return nil, err
	}
	s := &session{engine: e.name, home: home}
	if err := s.start(ctx, append(e.program, home, d.key, d.value)); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot start %s: %w", e.name, err), os.RemoveAll(home))
	}
	return s, nil
}

func (s *session) start(ctx context.Context, argv []string) error {
	s.cmd = exec.CommandContext(ctx, argv[0], argv[1:]...)
	s.cmd.Stderr = os.Stderr
	// A process that is stopped would outlive this one for ever.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	s.in, s.out = in, bufio.NewReader(out)
	return s.cmd.Start()
}

// do gives a command and waits for its answer.
func (s *session) do(line string) (a answer, err error) {
	if err := s.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		return nil, fmt.Errorf("%s: %w", s.engine, err)
	}
	defer func() { err = errors.Join(err, s.cmd.Process.Signal(syscall.SIGSTOP)) }()
	if _, err := fmt.Fprintln(s.in, line); err != nil {
		return nil, fmt.Errorf("%s: %w", s.engine, err)
	}
	text, err := s.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s ended at the command %q: %w", s.engine, line, err)
	}
	if a, err = parseAnswer(text); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", s.engine, line, err)
	}
	return a, nil
}

// close ends the process and removes its store.
func (s *session) close() error {
	err := errors.Join(s.in.Close(), s.cmd.Process.Signal(syscall.SIGCONT))
	if waited := s.cmd.Wait(); waited != nil {
		err = errors.Join(err, fmt.Errorf("%s: %w", s.engine, waited))
	}
	return errors.Join(err, os.RemoveAll(filepath.Clean(s.home)))
}
