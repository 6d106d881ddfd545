package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/profile"
	"github.com/rowan-db/rowan/tui/display"
)

func (a *app) profilesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List, change and test connection profiles",
		Long: `A profile names a database and says how to reach and treat it. Profiles are kept
in a file of yours, ` + "`rowan profiles path`" + ` says which: an edit keeps its comments
and its order.`,
		Example: `  rowan profiles add shop ./shop.rowan environment=prod
  rowan profiles test shop
  rowan profiles --json`,
		Args: exactArgs(0),
		RunE: func(*cobra.Command, []string) error { return a.listProfiles() },
	}
	cmd.AddCommand(a.profilesListCommand(), a.profilesAddCommand(), a.profilesEditCommand(), a.profilesRemoveCommand(),
		a.profilesTestCommand(), a.profilesPathCommand())
	return a.jsonFlag(cmd)
}

func (a *app) profilesListCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:     "list",
		Short:   "List the profiles",
		Example: "  rowan profiles list --json",
		Args:    exactArgs(0),
		RunE:    func(*cobra.Command, []string) error { return a.listProfiles() },
	})
}

func (a *app) profilesPathCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "path",
		Short:   "Print the path of the file of profiles",
		Example: "  rowan profiles path",
		Args:    exactArgs(0),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, profile.Path())
			return err
		},
	}
}

// listed is a profile as it is listed for programs. It holds no password.
type listed struct {
	Name        string `json:"name"`
	Target      string `json:"target"`
	Environment string `json:"environment,omitempty"`
	ReadOnly    bool   `json:"read_only,omitempty"`
	SSH         string `json:"ssh,omitempty"`
	TLS         string `json:"tls,omitempty"`
	Password    string `json:"password,omitempty"`
}

func list(p profile.Profile) listed {
	target, inURL := profile.Redact(p.Target)
	l := listed{
		Name: p.Name, Target: target, Environment: string(p.Environment), ReadOnly: p.ReadOnly,
		SSH: p.SSH, TLS: string(p.TLS.Mode),
	}
	switch {
	case p.Secret.Text != "" || inURL:
		l.Password = "in the file"
	case p.Secret.Command != "":
		l.Password = "password_command"
	case p.Secret.Env != "":
		l.Password = "environment"
	case p.Secret.Keyring:
		l.Password = "keyring"
	}
	return l
}

// about lists in words what is special about a profile.
func (l listed) about() string {
	var words []string
	if l.ReadOnly {
		words = append(words, "read-only")
	}
	if l.SSH != "" {
		words = append(words, "via ssh "+l.SSH)
	}
	if l.TLS != "" {
		words = append(words, "tls "+l.TLS)
	}
	if l.Password != "" {
		words = append(words, "password: "+l.Password)
	}
	return strings.Join(words, ", ")
}

func (a *app) listProfiles() error {
	f, err := profile.Read(profile.Path())
	if err != nil {
		return err
	}
	if warning := f.Warning(); warning != "" {
		a.note("%s", warning)
	}
	profiles := f.Profiles()
	if len(profiles) == 0 {
		a.note("there are no profiles; rowan profiles add NAME TARGET makes one")
		return nil
	}
	w := bufio.NewWriter(a.stdout)
	t := newTable([]string{"name", "target", "environment", ""}, terminalWidth(a.stdout))
	for _, p := range profiles {
		l := list(p)
		if a.json {
			err = json.NewEncoder(w).Encode(l)
		} else {
			err = t.add(w, []string{l.Name, l.Target, l.Environment, l.about()}, make([]bool, 4))
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

func (a *app) profilesTestCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:   "test NAME",
		Short: "Connect to the database of a profile, and tell what is there",
		Long: `test connects to the database of a profile, or of a path or URL, reads its list of
tables, and tells how that went. Nothing is written. The exit code is 1 if it
cannot connect.`,
		Example: `  rowan profiles test shop
  rowan profiles test ./shop.rowan --json`,
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.testProfile(cmd.Context(), args[0]) },
	})
}

// tested is what came of a test, for programs.
type tested struct {
	Name      string  `json:"name"`
	OK        bool    `json:"ok"`
	Error     string  `json:"error,omitempty"`
	Hint      string  `json:"hint,omitempty"`
	Backend   string  `json:"backend,omitempty"`
	Product   string  `json:"product,omitempty"`
	Location  string  `json:"location,omitempty"`
	ConnectMS float64 `json:"connect_ms"`
	Tables    int     `json:"tables"`
	TablesMS  float64 `json:"tables_ms"`
	TLS       string  `json:"tls"`
	ReadOnly  string  `json:"read_only,omitempty"`
	Password  string  `json:"password_from,omitempty"`

	notes []string
}

func (a *app) testProfile(ctx context.Context, text string) error {
	t, err := a.resolve(text)
	if err != nil {
		return err
	}
	result, err := a.test(ctx, t, askTerminal)
	for _, note := range result.notes {
		a.note("%s", note)
	}
	if a.json {
		if err != nil {
			result.Error, result.Hint = a.redact(err.Error()), a.redact(store.HintOf(err))
		}
		return errors.Join(err, json.NewEncoder(a.stdout).Encode(result))
	}
	if err != nil {
		return err
	}
	for _, line := range result.lines() {
		if _, err := fmt.Fprintf(a.stdout, "%-10s %s\n", line[0], display.Line(line[1])); err != nil {
			return err
		}
	}
	return nil
}

// test connects to a target, as opening it would, and reads its list of tables.
func (a *app) test(ctx context.Context, t target, ask asker) (r tested, err error) {
	r.Name = t.text
	began := time.Now()
	s, access, err := a.openAs(ctx, t, backends.Options{ReadOnly: t.production()}, ask)
	if err != nil {
		return r, err
	}
	connected := time.Now()
	tables, err := s.Tables(ctx)
	listed := time.Now()
	if err = errors.Join(err, s.Close()); err != nil {
		return r, err
	}
	info := s.Info()
	r.OK, r.Backend, r.Product, r.Location, r.ReadOnly = true, info.Backend, info.Product, info.Location, info.ReadOnly
	r.ConnectMS, r.Tables, r.TablesMS = milliseconds(connected.Sub(began)), len(tables), milliseconds(listed.Sub(connected))
	if t.production() && !t.readOnly() {
		r.ReadOnly = "it is a production database, which opens read-only until it is unlocked"
	}
	r.TLS = "none"
	if access != nil {
		r.Location = access.Place
		r.TLS = describeTLS(access)
		if access.Source != nil {
			r.Password = access.Source.From
		}
		r.notes = access.Notes
	}
	return r, nil
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}

// lines returns the result for people: what, and its value.
func (r tested) lines() [][2]string {
	lines := [][2]string{
		{"database", r.Product}, {"at", r.Location},
		{"connected", fmt.Sprintf("in %.1f ms; %d tables listed in %.1f ms", r.ConnectMS, r.Tables, r.TablesMS)},
		{"encrypted", r.TLS},
	}
	if r.Password != "" {
		lines = append(lines, [2]string{"password", "from " + r.Password})
	}
	if r.ReadOnly == "" {
		return append(lines, [2]string{"opens", "for reading and writing"})
	}
	return append(lines, [2]string{"opens", "read-only: " + r.ReadOnly})
}
