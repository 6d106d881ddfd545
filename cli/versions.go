package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/tui/display"
)

func (a *app) versionsCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:   "versions TARGET",
		Short: "List the states that a database keeps",
		Long: `versions lists the states of a database that can still be read, the oldest first:
those that rowan keep has named, and those that rowan undo can go back to.`,
		Example: "  rowan versions shop.rowan",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), args[0], backends.Options{ReadOnly: true}, func(s *store.Store) error {
				return a.listVersions(cmd.Context(), s)
			})
		},
	})
}

// listedVersion is a version for programs.
type listedVersion struct {
	Number uint64    `json:"number"`
	Name   string    `json:"name,omitempty"`
	Time   time.Time `json:"time"`
}

func (a *app) listVersions(ctx context.Context, s *store.Store) error {
	versions, err := s.Versions(ctx)
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		a.note("%s keeps no versions; rowan keep names one", s.Info().Name)
	}
	w := bufio.NewWriter(a.stdout)
	t := newTable([]string{"version", "name", "committed"}, terminalWidth(a.stdout))
	for _, v := range versions {
		if a.json {
			err = json.NewEncoder(w).Encode(listedVersion{v.Number, v.Name, v.Time})
		} else {
			number := strconv.FormatUint(v.Number, 10)
			err = t.add(w, []string{number, v.Name, v.Time.Local().Format(time.DateTime)}, []bool{true, false, false})
		}
		if err != nil {
			return err
		}
	}
	if !a.json {
		err = t.flush(w)
	}
	return errors.Join(err, w.Flush())
}

func (a *app) keepCommand() *cobra.Command {
	var f writeFlags
	drop := false
	cmd := &cobra.Command{
		Use:   "keep TARGET NAME",
		Short: "Keep the present state of a database under a name",
		Long: `keep names the present state of a database, so that it can be read and compared
however much is written afterwards. It costs the space of what is changed then.
--drop gives it up.`,
		Example: `  rowan keep shop.rowan before
  rowan diff shop.rowan before
  rowan keep shop.rowan before --drop`,
		Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.writes(cmd.Context(), args[0], f.confirm, backends.Options{}, func(s *store.Store, w *store.Writer) error {
				if drop {
					if err := w.DropVersion(cmd.Context(), args[1]); err != nil {
						return err
					}
					a.note("%s: %s is kept no longer", s.Info().Name, args[1])
					return nil
				}
				if err := w.Keep(cmd.Context(), args[1]); err != nil {
					return err
				}
				a.note("%s: the present state is kept as %s", s.Info().Name, args[1])
				return nil
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&drop, "drop", false, "give the state up")
	return cmd
}

func (a *app) undoCommand() *cobra.Command {
	var f writeFlags
	cmd := &cobra.Command{
		Use:   "undo TARGET [COMMITS]",
		Short: "Undo the last commits of a database",
		Long: `undo makes the state that the last commit found, or the last COMMITS of them,
whoever made them. That is a commit of its own: undoing it brings them back.`,
		Example: `  rowan put shop.rowan countries CH name=Switzerland
  rowan undo shop.rowan`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 {
				return nil
			}
			return wrongArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			n := 1
			if len(args) == 2 {
				var err error
				if n, err = strconv.Atoi(args[1]); err != nil || n < 1 {
					return usagef("%s is no number of commits", args[1])
				}
			}
			return a.writes(cmd.Context(), args[0], f.confirm, backends.Options{}, func(s *store.Store, w *store.Writer) error {
				if err := w.UndoCommits(cmd.Context(), n); err != nil {
					return err
				}
				a.note("%s: undone", s.Info().Name)
				return nil
			})
		},
	}
	f.add(cmd)
	return cmd
}

func (a *app) backupCommand() *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "backup TARGET FILE",
		Short: "Copy a database into a file while it is in use",
		Long: `backup copies one state of a database into a new file, while others read and
write it. The file appears when it is complete and checked. One that is there
already is left as it is, unless --replace is given.`,
		Example: "  rowan backup shop.rowan shop-backup.rowan",
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Lstat(args[1]); err == nil && !replace {
				return driver.Errorf(driver.Exists, "%s exists already: nothing was copied", args[1]).
					WithHint("choose another name, or give --replace")
			}
			return a.with(cmd.Context(), args[0], backends.Options{ReadOnly: true}, func(s *store.Store) error {
				if err := s.Backup(cmd.Context(), args[1]); err != nil {
					return err
				}
				a.note("%s is a copy of %s", args[1], s.Info().Name)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "replace FILE if it exists")
	return cmd
}

func (a *app) compactCommand() *cobra.Command {
	var f writeFlags
	cmd := a.jsonFlag(&cobra.Command{
		Use:   "compact TARGET",
		Short: "Give unused space of a database back",
		Long: `compact makes a database's file smaller while it is in use. Commits from before
can no longer be undone; states that rowan keep has named stay.`,
		Example: "  rowan compact shop.rowan",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.writes(cmd.Context(), args[0], f.confirm, backends.Options{}, func(s *store.Store, w *store.Writer) error {
				before, after, err := w.Compact(cmd.Context())
				if err != nil {
					return err
				}
				if a.json {
					return json.NewEncoder(a.stdout).Encode(map[string]int64{"before": before, "after": after})
				}
				a.note("%s: %s before, %s after", s.Info().Name, display.Bytes(before), display.Bytes(after))
				return nil
			})
		},
	})
	f.add(cmd)
	return cmd
}

func (a *app) upgradeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "upgrade FILE",
		Short: "Rewrite a file of an older format in the present one",
		Long: `upgrade rewrites a rowan file that an older version wrote, whole or not at all.
Nobody may have it open.`,
		Example: "  rowan upgrade shop.rowan",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := a.resolve(args[0])
			if err != nil {
				return err
			}
			if a.readOnly || t.readOnly() {
				return usagef("upgrading writes %s, and it is to be opened read-only", t.text)
			}
			done, err := backends.Upgrade(cmd.Context(), t.location)
			switch {
			case err != nil:
				return err
			case done:
				a.note("%s has the present format now", t.text)
			default:
				a.note("%s has the present format already", t.text)
			}
			return nil
		},
	}
}
