//go:build unix

// Package process runs child programs that never outlive the program that
// started them.
//
// Every child gets a process group of its own, so that it can be stopped
// together with whatever it started, and so that ctrl+c in a terminal reaches
// only the parent, which then stops its children in the right order. On Linux
// the kernel also sends a child a signal when the parent dies without warning
// (kill -9); elsewhere such a child is left running.
//
// What a child has moved into another process group or session by itself, as
// a daemon does, is out of reach.
package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Grace is how long a child needs at most to end after it was asked to: the
// slowest are servers with something to write.
const Grace = 10 * time.Second

// Process is a child that was started. Its methods may be called from several
// goroutines.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of Wait; readable when done is closed
}

// Start starts cmd in a process group of its own. If the parent dies first,
// the child receives orphaned (Linux only).
func Start(cmd *exec.Cmd, orphaned syscall.Signal) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	return start(cmd, orphaned)
}

// StartInteractive is like Start for a child that needs the terminal, such as
// a shell: it stays in the parent's process group, and the terminal's ctrl+c
// reaches it as well.
func StartInteractive(cmd *exec.Cmd, orphaned syscall.Signal) (*Process, error) {
	return start(cmd, orphaned)
}

func start(cmd *exec.Cmd, orphaned syscall.Signal) (*Process, error) {
	signalOrphan(cmd, orphaned)
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel watches the thread that forked, not the process. Locked
		// to this goroutine, the thread lives until the child has ended.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("process: start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// Pid is the child's process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the child's end and returns what [exec.Cmd.Wait] says of it.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Stop sends sig to the child, gives it as long as grace to end, and then kills
// its process group. It returns once the child has ended, with an error if that
// took force. Stopping a child that has ended does nothing.
func (p *Process) Stop(sig syscall.Signal, grace time.Duration) error {
	select {
	case <-p.done:
		return nil
	default:
	}
	p.signal(sig)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
		p.signal(syscall.SIGKILL)
		<-p.done
		return fmt.Errorf("process: %s did not end within %v of %v and was killed", p.cmd.Path, grace, sig)
	}
}

// Interrupt sends sig to the child and its whole process group, and like
// [Process.Stop] kills what does not end. For a child that shares the parent's
// process group it signals the child alone.
func (p *Process) Interrupt(sig syscall.Signal, grace time.Duration) error {
	if p.ownsGroup() {
		_ = syscall.Kill(-p.Pid(), sig) // what has ended needs no signal
	}
	err := p.Stop(sig, grace)
	if p.ownsGroup() {
		_ = syscall.Kill(-p.Pid(), syscall.SIGKILL) // what outlived its leader
	}
	return err
}

func (p *Process) signal(sig syscall.Signal) {
	pid := p.Pid()
	if p.ownsGroup() && sig == syscall.SIGKILL {
		pid = -pid
	}
	_ = syscall.Kill(pid, sig) // fails only for a child that has just ended
}

func (p *Process) ownsGroup() bool { return p.cmd.SysProcAttr.Setpgid }

// Run starts cmd like [Start] and waits for it. When ctx ends first, the
// child's group is interrupted, and Run returns ctx's cause.
func Run(ctx context.Context, cmd *exec.Cmd) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	p, err := Start(cmd, syscall.SIGKILL)
	if err != nil {
		return err
	}
	return p.WaitContext(ctx)
}

// WaitContext is Wait for a caller who may lose interest: when ctx ends first,
// the child is interrupted, and ctx's cause is returned.
func (p *Process) WaitContext(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return errors.Join(context.Cause(ctx), p.Interrupt(syscall.SIGTERM, Grace))
	}
}

// ExitCode is the code to exit with for a child that ended with err: its own,
// or 128 plus the number of the signal that ended it, as a shell has it. For
// an error that is not a child's end it is 1.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 1
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
