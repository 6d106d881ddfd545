//go:build unix

// Withservers runs a command while real database servers run beside it, and
// exits with the command's code:
//
//	go run ./e2e/servers/cmd/withservers -- go test ./backends/...
//	go run ./e2e/servers/cmd/withservers -only postgres,redis -i -- bash
//
// The command finds the servers' addresses in its environment, in the variables
// ROWAN_TEST_POSTGRES, ROWAN_TEST_MYSQL and ROWAN_TEST_REDIS. The servers and
// all their files are gone when it ends, whatever ended it. What is written to
// standard output is the command's alone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rowan-db/rowan/e2e/servers"
	"github.com/rowan-db/rowan/e2e/servers/process"
)

// startTimeout is how long the servers may take to start: they need about a
// second on an idle machine.
const startTimeout = 2 * time.Minute

const exitUsage = 2

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stderr))
}

func run(ctx context.Context, args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("withservers", flag.ContinueOnError)
	flags.SetOutput(stderr)
	only := flags.String("only", "", "start only these `kinds`, separated by commas: postgres, mysql, redis")
	interactive := flags.Bool("i", false, "give the command the terminal, for a shell")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: withservers [-only KINDS] [-i] -- COMMAND [ARGUMENT...]")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return exitUsage
	}
	kinds, err := choose(*only)
	if err == nil && flags.NArg() == 0 {
		err = errors.New("no command to run")
	}
	if err != nil {
		fmt.Fprintln(stderr, "withservers:", err)
		flags.Usage()
		return exitUsage
	}
	if err := with(ctx, kinds, flags.Args(), *interactive, stderr); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			fmt.Fprintln(stderr, "withservers:", err)
		}
		return process.ExitCode(err)
	}
	return 0
}

// choose returns the kinds named in a list, or all for an empty one.
func choose(list string) ([]servers.Kind, error) {
	all := servers.Kinds()
	if list == "" {
		return all, nil
	}
	var chosen []servers.Kind
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(k servers.Kind) bool { return k.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no server named %q", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// with runs the command while the servers run. The error is the command's, if
// it failed, or says why it could not be run or the servers not be stopped.
func with(ctx context.Context, kinds []servers.Kind, argv []string, interactive bool, stderr io.Writer) (err error) {
	interruptible, stop := signal.NotifyContext(ctx, syscall.SIGINT)
	defer stop()
	startCtx, cancel := context.WithTimeout(interruptible, startTimeout)
	defer cancel()
	group, err := servers.StartAll(startCtx, kinds)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, group.Stop()) }()
	for _, s := range group {
		fmt.Fprintf(stderr, "withservers: %v, %s\n", s, s.Kind.Env)
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), group.Environ()...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if !interactive {
		return process.Run(interruptible, cmd)
	}
	return shell(ctx, cmd)
}

// shell runs cmd in the terminal, whose ctrl+c is for cmd alone to act on.
func shell(ctx context.Context, cmd *exec.Cmd) error {
	cmd.Stdin = os.Stdin
	p, err := process.StartInteractive(cmd, syscall.SIGHUP)
	if err != nil {
		return err
	}
	return p.WaitContext(ctx)
}
