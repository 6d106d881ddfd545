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
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/themes"
)

// Main runs the program and returns its exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // so that the next signal ends even what does not heed the first
	a := &app{args: args, stdin: stdin, stdout: stdout, stderr: stderr}
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	out := &checked{w: stdout}
	root.SetOut(out)
	root.SetErr(stderr)
	strictHelp(root)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = out.err
	}
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil && exitCode(err) != exitPartly {
		err = interrupted(err)
	}
	a.complain(err)
	return exitCode(err)
}

// app is what the commands share.
type app struct {
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer

	// What the flags say that every command has.
	readOnly bool
	theme    string
	json     bool

	typed typed
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
		Args:          atMostTarget,
		SilenceErrors: true,
		SilenceUsage:  true,
		// How many letters a command may differ in to be what was meant.
		SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.start(cmd.Context())
			}
			if err := a.misspelt(cmd, args[0]); err != nil {
				return err
			}
			return a.ui(cmd.Context(), args[0])
		},
	}
	root.PersistentFlags().BoolVar(&a.readOnly, "read-only", false, "open without a way to write")
	root.PersistentFlags().StringVar(&a.theme, "theme", "", "theme of the user interface: "+strings.Join(themes.Names(), ", ")+", or a file")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.demoCommand(), a.tablesCommand(), a.scanCommand(), a.getCommand(), a.putCommand(),
		a.deleteCommand(), a.countCommand(), a.infoCommand(), a.checkCommand(), a.sqlCommand(), a.versionsCommand(),
		a.keepCommand(), a.diffCommand(), a.undoCommand(), a.backupCommand(), a.compactCommand(), a.upgradeCommand(),
		a.profilesCommand(), a.versionCommand())
	return root
}

// jsonFlag adds --json to a command that prints results.
func (a *app) jsonFlag(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&a.json, "json", false, "print one JSON value per line")
	return cmd
}
