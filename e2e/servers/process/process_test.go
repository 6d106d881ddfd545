//go:build unix

package process

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startShell starts a shell script, and returns it when it has printed a line.
func startShell(t *testing.T, script string) (p *Process, line string, stdout *bufio.Reader) {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	r := pipe(t, cmd)
	p, err := Start(cmd, syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout.(*os.File).Close()
	t.Cleanup(func() { _ = p.Interrupt(syscall.SIGKILL, 0) })
	stdout = bufio.NewReader(r)
	line, err = stdout.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return p, strings.TrimSpace(line), stdout
}

// pipe returns the reading end of what cmd prints.
func pipe(t *testing.T, cmd *exec.Cmd) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	cmd.Stdout = w
	return r
}

func TestStopLetsTheChildEndInOrder(t *testing.T) {
	p, _, stdout := startShell(t, `trap 'echo saved; exit 0' TERM; echo up; while :; do sleep 0.01; done`)
	if err := p.Stop(syscall.SIGTERM, Grace); err != nil {
		t.Fatal(err)
	}
	if line, _ := stdout.ReadString('\n'); line != "saved\n" {
		t.Errorf("the child printed %q when it was stopped, want its last words", line)
	}
	if err := p.Stop(syscall.SIGTERM, Grace); err != nil {
		t.Errorf("a second Stop: %v", err)
	}
}

func TestStopKillsWhatIgnoresTheSignal(t *testing.T) {
	p, _, _ := startShell(t, `trap '' TERM; echo up; while :; do sleep 0.01; done`)
	if err := p.Stop(syscall.SIGTERM, time.Millisecond); err == nil {
		t.Error("Stop does not say that it took force")
	}
	if code := ExitCode(p.Wait()); code != 128+int(syscall.SIGKILL) {
		t.Errorf("exit code %d, want that of a killed child", code)
	}
}

func TestInterruptEndsGrandchildren(t *testing.T) {
	// Both hold the pipe: it ends only when both have.
	p, _, stdout := startShell(t, `sh -c 'trap "" TERM; echo up; while :; do sleep 0.01; done' & wait`)
	if err := p.Interrupt(syscall.SIGTERM, Grace); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, stdout); err != nil {
		t.Error(err)
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	because := errors.New("enough")
	cmd := exec.Command("sh", "-c", "echo up; exec sleep 1000")
	r := pipe(t, cmd)
	go func() {
		_, _ = bufio.NewReader(r).ReadString('\n')
		cancel(because)
	}()
	if err := Run(ctx, cmd); !errors.Is(err, because) {
		t.Errorf("Run = %v, want the context's cause", err)
	}
	if err := Run(ctx, exec.Command("false")); !errors.Is(err, because) {
		t.Errorf("Run with an ended context = %v, want its cause", err)
	}
}

func TestExitCode(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -TERM $$": 143} {
		err := Run(t.Context(), exec.Command("sh", "-c", script))
		if got := ExitCode(err); got != want {
			t.Errorf("ExitCode of %q = %d, want %d", script, got, want)
		}
	}
	_, err := Start(exec.Command("/nonexistent/program"), syscall.SIGKILL)
	if err == nil || ExitCode(err) != 1 {
		t.Errorf("Start of a missing program = %v, code %d, want an error and 1", err, ExitCode(err))
	}
}
