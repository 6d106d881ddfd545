// Package cli is the command line: it reads the arguments, opens what they
// name, and runs a command or the terminal UI.
//
// It guarantees that results go to standard output and everything else to
// standard error; that output is safe for a terminal, whatever the data holds;
// and that the exit code tells what happened:
//
//	0    done
//	1    failed
//	2    the command line was wrong
//	3    partly done, or the output was truncated
//	130  interrupted
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
)

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartly      = 3
	exitInterrupted = 130
)

// errPartly is returned, wrapped with what is missing, by a command that did
// part of its work.
var errPartly = errors.New("partly done")

// usageError is a mistake in the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// Main runs the program and returns its exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	a.complain(err)
	if ctx.Err() != nil {
		return exitInterrupted
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var usage *usageError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, errPartly):
		return exitPartly
	case store.KindOf(err) == store.Canceled:
		return exitInterrupted
	}
	return exitFailed
}

// complain prints an error and what to do about it.
func (a *app) complain(err error) {
	fmt.Fprintf(a.stderr, "rowan: %s\n", display.Line(err.Error()))
	if hint := store.HintOf(err); hint != "" {
		fmt.Fprintf(a.stderr, "       %s\n", display.Line(hint))
	}
	var usage *usageError
	if errors.As(err, &usage) {
		fmt.Fprintln(a.stderr, "       rowan help lists the commands, rowan help COMMAND explains one")
	}
}

// app is what the commands share.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	// What the flags say that every command has.
	readOnly bool
	theme    string
	json     bool
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "rowan [TARGET]",
		Short: "Browse and edit ordered data in the terminal",
		Long: `rowan opens a database in the terminal: tables, prefix and range scans, edits that
are staged, reviewed and committed.

TARGET is the path of a database file, a URL, or the name of a profile. Without
one, profiles and recently opened databases are listed. To have something to
look at, run: rowan demo`,
		Args:          maximumArgs(1),
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.start(cmd.Context())
			}
			return a.ui(cmd.Context(), args[0])
		},
	}
	root.PersistentFlags().BoolVar(&a.readOnly, "read-only", false, "open without a way to write")
	root.PersistentFlags().StringVar(&a.theme, "theme", "", "theme of the user interface: "+strings.Join(themes.Names(), ", ")+", or a file")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(a.demoCommand(), a.tablesCommand(), a.scanCommand(), a.getCommand(), a.putCommand(),
		a.deleteCommand(), a.countCommand(), a.checkCommand(), a.versionCommand())
	return root
}

// jsonFlag adds --json to a command that prints results.
func (a *app) jsonFlag(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&a.json, "json", false, "print one JSON value per line")
	return cmd
}

// The checks of how many arguments there are make usage errors.

func exactArgs(n int) cobra.PositionalArgs   { return asUsage(cobra.ExactArgs(n)) }
func minimumArgs(n int) cobra.PositionalArgs { return asUsage(cobra.MinimumNArgs(n)) }
func maximumArgs(n int) cobra.PositionalArgs { return asUsage(cobra.MaximumNArgs(n)) }

func asUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usagef("%s: %w", cmd.UseLine(), err)
		}
		return nil
	}
}
