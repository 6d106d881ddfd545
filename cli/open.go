package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/profile"
	"github.com/rowan-db/rowan/tui/display"
)

// target is what an argument names.
type target struct {
	// text is the argument, without a password: it may be shown.
	text string
	// location is the path or URL to open, which may hold a password.
	location string
	// profile is not nil if the argument names one.
	profile *profile.Profile
	// typed is the password that the user has just typed for it, or empty.
	typed string
	// warning is about the file that the profile is in, or empty.
	warning string
}

// settings is the profile or, for a URL alone, one that says no more.
func (t target) settings() profile.Profile {
	if t.profile != nil {
		return *t.profile
	}
	return profile.Profile{Target: t.location}
}

// resolve finds out what an argument names. A word without a separator is a
// profile if there is one of that name; ./word is always a file.
func (a *app) resolve(text string) (target, error) {
	t := target{location: text}
	t.text, _ = profile.Redact(text)
	if !t.mayBeProfile() {
		return t, nil
	}
	f, err := profile.Read(profile.Path())
	if err != nil {
		if _, missing := os.Stat(text); missing != nil {
			return t, driver.Errorf(driver.Configuration, "%w", err).
				WithHint("mend the file of profiles; until then, name databases by path or URL")
		}
		a.note("%v", err)
		return t, nil
	}
	if p, ok := profile.Find(f.Profiles(), text); ok {
		t.profile, t.location, t.warning = &p, p.Target, f.Warning()
	}
	return t, nil
}

// mayBeProfile reports whether the argument could be a profile's name: it is
// neither empty nor surely a URL or a path.
func (t target) mayBeProfile() bool {
	return t.text != "" && !profile.IsURL(t.text) && !strings.ContainsRune(t.text, filepath.Separator)
}

// readOnly reports whether the target is to be opened for reading only.
func (t target) readOnly() bool { return t.profile != nil && t.profile.ReadOnly }

func (t target) production() bool {
	return t.profile != nil && t.profile.Environment == profile.Production
}

// open opens a target for a command, and tells what the user should know about
// how it is reached. Options that the profile adds to are those of the command
// line.
func (a *app) open(ctx context.Context, t target, o backends.Options) (*store.Store, error) {
	s, access, err := a.openAs(ctx, t, o, askTerminal)
	if access != nil {
		for _, note := range access.Notes {
			a.note("%s", note)
		}
	}
	if t.warning != "" {
		a.note("%s", t.warning)
	}
	return s, err
}

// openAs opens a target. The access is nil unless it is on a server.
func (a *app) openAs(ctx context.Context, t target, o backends.Options, ask asker) (*store.Store, *profile.Access, error) {
	o.ReadOnly = o.ReadOnly || a.readOnly || t.readOnly()
	if profile.IsServer(t.location) {
		return a.connect(ctx, t, o, ask)
	}
	s, err := backends.Open(ctx, t.location, o)
	if store.KindOf(err) == store.NotFound && t.profile == nil && t.mayBeProfile() {
		err = driver.Errorf(driver.NotFound, "there is neither a file nor a profile named %s", t.text).
			WithHint("rowan alone lists the profiles; rowan demo makes a database to try")
	}
	if err != nil {
		return nil, nil, err
	}
	return s, nil, nil
}

// with opens the database of an argument, calls f, and closes it.
func (a *app) with(ctx context.Context, text string, o backends.Options, f func(*store.Store) error) error {
	t, err := a.resolve(text)
	if err != nil {
		return err
	}
	s, err := a.open(ctx, t, o)
	if err != nil {
		return err
	}
	return errors.Join(f(s), s.Close())
}

// withTable is with, for a command about one table that only reads.
func (a *app) withTable(ctx context.Context, text, table string, f func(*store.Table) error) error {
	return a.with(ctx, text, backends.Options{ReadOnly: true}, func(s *store.Store) error {
		t, err := findTable(ctx, s, shown(text), table)
		if err != nil {
			return err
		}
		return f(t)
	})
}

// withAt is with, for a command that only reads, and for the database as it was
// in a version that it keeps; without a name it is the present one.
func (a *app) withAt(ctx context.Context, text, version string, f func(*store.Store) error) error {
	return a.with(ctx, text, backends.Options{ReadOnly: true}, func(s *store.Store) error {
		if version == "" {
			return f(s)
		}
		at, err := s.At(ctx, version)
		if err != nil {
			return err
		}
		return errors.Join(f(at), at.Close())
	})
}

// withTableAt is withTable for the table as it was in a version that the
// database keeps; without a name it is the present one, of one moment if the
// database can hold that.
func (a *app) withTableAt(ctx context.Context, text, table, version string, f func(*store.Table) error) error {
	if version == "" {
		return a.withTable(ctx, text, table, func(t *store.Table) error {
			pinned, release, err := t.Pin(ctx)
			if err != nil {
				return err
			}
			return errors.Join(f(pinned), release())
		})
	}
	return a.withAt(ctx, text, version, func(s *store.Store) error {
		t, err := s.Table(ctx, table)
		if err != nil {
			return err
		}
		return f(t)
	})
}

// atFlag adds --at to a command that reads a table.
func atFlag(cmd *cobra.Command, version *string) {
	cmd.Flags().StringVar(version, "at", "", "read the state that rowan keep has given this name")
}

// shown is an argument as it may be shown.
func shown(text string) string {
	clean, _ := profile.Redact(text)
	return clean
}

// findTable returns a table of the database that the argument text names.
func findTable(ctx context.Context, s *store.Store, text, table string) (*store.Table, error) {
	t, err := s.Table(ctx, table)
	if store.KindOf(err) == store.NoTable {
		return nil, driver.Errorf(driver.NoTable, "%s has no table %s", s.Info().Name, table).
			WithHint("rowan tables %s lists those that there are", text)
	}
	return t, err
}

// writes opens the database of an argument for writing. A production database
// is opened only if confirm repeats the profile's name.
func (a *app) writes(ctx context.Context, text, confirm string, o backends.Options, f func(*store.Store, *store.Writer) error) error {
	t, err := a.resolve(text)
	if err != nil {
		return err
	}
	if t.production() && confirm != t.profile.Name {
		return usagef("profile %s is a production database: add --confirm %s to write to it", t.profile.Name, t.profile.Name)
	}
	s, err := a.open(ctx, t, o)
	if err != nil {
		return err
	}
	w, err := s.Writer()
	if err == nil {
		err = f(s, w)
	} else if store.KindOf(err) == store.ReadOnly {
		err = a.readOnlyError(t, s.Info())
	}
	return errors.Join(err, s.Close())
}

// readOnlyError says why a database that was opened cannot be written.
func (a *app) readOnlyError(t target, info store.Info) error {
	e := driver.Errorf(driver.ReadOnly, "%s cannot be written: %s", info.Name, info.ReadOnly)
	switch {
	case a.readOnly:
		return e.WithHint("leave out --read-only")
	case t.readOnly():
		return e.WithHint("the profile %s says read_only: name the database by its path, or change the profile", t.profile.Name)
	}
	return e.WithHint("get the right to write it, or work on a copy")
}

// note prints a line for people to standard error.
func (a *app) note(format string, args ...any) {
	fmt.Fprintln(a.stderr, display.Line(a.redact(fmt.Sprintf(format, args...))))
}

// redact takes the passwords of the arguments out of a text for people. What
// is shown is made without them; this is for the errors of others.
func (a *app) redact(text string) string {
	for _, arg := range a.args {
		if clean, held := profile.Redact(arg); held {
			text = strings.ReplaceAll(text, arg, clean)
		}
	}
	return text
}

// absolute is a path as it is from any directory; the empty text and a URL are
// left as they are.
func absolute(path string) string {
	if path == "" || profile.IsURL(path) || strings.HasPrefix(path, "~") {
		return path
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
