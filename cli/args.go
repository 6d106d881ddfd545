package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/store/profile"
)

// The checks of how many arguments there are make usage errors.

func exactArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return wrongArgs(cmd, args)
	}
}

func minimumArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= n {
			return nil
		}
		return wrongArgs(cmd, args)
	}
}

func wrongArgs(cmd *cobra.Command, args []string) error {
	_, takes, ok := strings.Cut(cmd.Use, " ")
	if !ok {
		return usagef("%s takes no arguments, and got %s", cmd.CommandPath(), strings.Join(args, " "))
	}
	return usagef("%s takes %s, and got %s", cmd.CommandPath(), takes, arguments(len(args)))
}

func arguments(n int) string {
	switch n {
	case 0:
		return "no arguments"
	case 1:
		return "one argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// atMostTarget checks the arguments of the program without a command. More
// than a target is a command that there is not.
func atMostTarget(cmd *cobra.Command, args []string) error {
	if len(args) < 2 {
		return nil
	}
	return usagef("there is no command %s%s", args[0], didYouMean(cmd, args[0]))
}

// misspelt reports that word, which would be a target, is more likely a
// command with a slip: it names nothing, and a command is close to it.
func (a *app) misspelt(root *cobra.Command, word string) error {
	near := didYouMean(root, word)
	if near == "" || profile.IsURL(word) {
		return nil
	}
	if _, err := os.Stat(word); err == nil {
		return nil
	}
	if t, err := a.resolve(word); err != nil || t.profile != nil {
		return nil // opening it tells what is wrong
	}
	return usagef("there is neither a command, a file nor a profile named %s%s", word, near)
}

func didYouMean(cmd *cobra.Command, word string) string {
	near := cmd.SuggestionsFor(word)
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// strictHelp makes the commands that the library adds fail like ours when they
// are asked for what there is not.
func strictHelp(root *cobra.Command) {
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				word := strings.Join(args, " ")
				return usagef("there is no command %s%s", word, didYouMean(root, word))
			}
			return cmd.Help()
		},
	})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Args = nil
		cmd.Short = "Print a script that completes commands for a shell"
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			return usagef("name a shell, one of bash, fish, powershell and zsh, as in %s bash", cmd.CommandPath())
		}
	}
}
