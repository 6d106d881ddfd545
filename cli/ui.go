package cli

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/profile"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui"
	"github.com/rowan-db/rowan/tui/display"
)

// ui opens a database in the terminal.
func (a *app) ui(ctx context.Context, text string) error {
	o, err := a.uiOptions()
	if err != nil {
		return err
	}
	if o.Store, o.Opened, err = a.openShown(ctx, tui.Request{Target: text}, askTerminal); err != nil {
		return err
	}
	return runUI(ctx, o)
}

// start shows what can be opened.
func (a *app) start(ctx context.Context) error {
	if !isTerminal(a.stdout) {
		return a.printEntries()
	}
	o, err := a.uiOptions()
	if err != nil {
		return err
	}
	return runUI(ctx, o)
}

// uiOptions returns what the user interface begins with, whatever is opened.
func (a *app) uiOptions() (o tui.Options, err error) {
	if err := a.needTerminal(); err != nil {
		return o, err
	}
	if o.Theme, err = namedTheme(a.theme); err != nil {
		return o, err
	}
	o.Open = a.openForUI
	o.Book = book{a}
	return o, nil
}

// runUI runs the user interface. Only now is it known what was opened of late.
func runUI(ctx context.Context, o tui.Options) error {
	o.Profiles, o.Trouble = entries()
	return tui.Run(ctx, o)
}

func (a *app) needTerminal() error {
	if isTerminal(a.stdout) && isTerminal(a.stdin) {
		return nil
	}
	return usagef("the user interface needs a terminal; in scripts, use a command such as rowan scan")
}

// openForUI opens a target for the user interface, which asks for a password
// itself. It may run on any goroutine.
func (a *app) openForUI(ctx context.Context, r tui.Request) (*store.Store, tui.Opened, error) {
	return a.openShown(ctx, r, func(_ context.Context, question string) (string, error) {
		return "", &tui.NeedPassword{Question: question, Again: r.Password != ""}
	})
}

// openShown opens a target with all that the user interface wants to know of
// it. A production database is opened read-only, unless it is being unlocked;
// then only its store is wanted.
func (a *app) openShown(ctx context.Context, r tui.Request, ask asker) (*store.Store, tui.Opened, error) {
	t, err := a.resolve(r.Target)
	if err != nil {
		return nil, tui.Opened{}, err
	}
	t.typed = r.Password
	opened := tui.Opened{Target: t.text}
	o := backends.Options{ReadOnly: r.ReadOnly}
	if t.warning != "" {
		opened.Notes = append(opened.Notes, t.warning)
	}
	if p := t.profile; p != nil {
		opened.Name, opened.Environment, opened.Color = p.Name, string(p.Environment), p.Color
		if opened.Theme, err = namedTheme(p.Theme); err != nil {
			return nil, opened, fmt.Errorf("profile %s: %w", p.Name, err)
		}
		if t.production() && !o.ReadOnly && !a.readOnly && !p.ReadOnly {
			opened.Unlock = cmp.Or(p.UnlockTime, profile.DefaultUnlockTime)
			o.ReadOnly = !r.Unlock
		}
	}
	s, access, err := a.openAs(ctx, t, o, ask)
	if err != nil {
		return nil, opened, err
	}
	if r.Unlock {
		return s, opened, nil
	}
	place := s.Info().Location
	if access != nil {
		place = access.Place
		opened.Notes = append(opened.Notes, access.Notes...)
	}
	if s.Info().ReadOnly == "" || opened.Unlock > 0 {
		openJournal(place, &opened)
	}
	if err := profile.AddRecent(recentTarget(t, place), time.Now()); err != nil {
		opened.Notes = append(opened.Notes, err.Error())
	}
	return s, opened, nil
}

// namedTheme returns the theme of a name or file, nil for the empty name.
func namedTheme(name string) (*themes.Theme, error) {
	if name == "" {
		return nil, nil
	}
	theme, err := themes.Find(name)
	if errors.Is(err, themes.ErrUnknown) {
		return nil, usagef("there is no theme %s; the themes are %s, and any file that ends in .toml", name, strings.Join(themes.Names(), ", "))
	}
	return theme, err
}

// recentTarget is what opens the same database again, from anywhere. It holds
// no password.
func recentTarget(t target, path string) string {
	if t.profile != nil {
		return t.profile.Name
	}
	if profile.IsURL(t.text) {
		return t.text
	}
	return path
}

// openJournal opens the file in which what is staged for the database at a
// location outlives the program, and fills in what is known of it.
func openJournal(location string, opened *tui.Opened) {
	dir := filepath.Join(profile.StateDir(), "staged")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		opened.Notes = append(opened.Notes, fmt.Sprintf("staged changes are kept in memory only: %v", err))
		return
	}
	name := fmt.Sprintf("%x.journal", sha256.Sum256([]byte(location)))
	path := filepath.Join(dir, name)
	changes, err := store.OpenJournal(path, location)
	if err != nil {
		opened.Notes = append(opened.Notes, err.Error())
	}
	if changes != nil {
		opened.Changes, opened.Journal = changes, path
	}
}

// entries returns the profiles, and the recent targets that are none.
func entries() ([]tui.Entry, error) {
	var named []profile.Profile
	f, err := profile.Read(profile.Path())
	if err == nil {
		named = f.Profiles()
	}
	recent, recentErr := profile.LoadRecent()
	opened := map[string]time.Time{}
	for _, r := range recent {
		opened[r.Target] = r.Opened
	}
	var all []tui.Entry
	for _, p := range named {
		all = append(all, tui.Entry{
			Name: p.Name, Target: shown(p.Target), Environment: string(p.Environment), Color: p.Color,
			ReadOnly: p.ReadOnly, Opened: opened[p.Name],
		})
	}
	for _, r := range recent {
		if _, ok := profile.Find(named, r.Target); !ok {
			all = append(all, tui.Entry{Target: r.Target, Opened: r.Opened})
		}
	}
	return all, errors.Join(err, recentErr)
}

// printEntries lists what can be opened, for a pipe. What cannot be read, such
// as a damaged list of recent targets, does not keep the rest from being listed.
func (a *app) printEntries() error {
	all, trouble := entries()
	if len(all) == 0 && trouble == nil {
		a.note("there are no profiles and no recent databases; rowan demo makes one to try")
	}
	for _, e := range all {
		name := e.Name
		if name == "" {
			name = "-"
		}
		if _, err := fmt.Fprintf(a.stdout, "%s\t%s\n", display.Line(name), display.Line(e.Target)); err != nil {
			return err
		}
	}
	if trouble != nil && len(all) > 0 {
		return fmt.Errorf("%w: %w", errPartly, trouble)
	}
	return trouble
}
