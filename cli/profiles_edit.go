package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/store/profile"
)

// secretFlags are the flags about the password of a profile.
type secretFlags struct {
	save   bool
	inFile bool
}

func (f *secretFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.save, "save-password", false, "ask for the password, and put it into the system's keyring")
	cmd.Flags().BoolVar(&f.inFile, "password-in-file", false, "allow a password in the file, where others may find it")
}

const settingsHelp = `A SETTING is NAME=VALUE; NAME= removes it. The settings are:

  target                   a path or a URL; or in its place:
  type, host, port, user, database, and parameters.NAME
  environment              dev, staging or prod: prod is read-only until :unlock
  colour, theme            how it looks: red, yellow, green, blue or grey; a theme
  read_only                true to open it without a way to write
  unlock_time              for how long :unlock lets a prod database be written
  connect_timeout, statement_timeout
  tls                      disable, prefer, require, verify-ca or verify-full
  tls_ca, tls_cert, tls_key, tls_server_name
  ssh                      a host to connect through, as ssh takes it
  startup                  a statement to run on each connection; may be repeated
  password_keyring         true if the system's keyring has the password
  password_command         a command that prints the password
  password_env             an environment variable that holds it`

func (a *app) profilesAddCommand() *cobra.Command {
	var f secretFlags
	cmd := &cobra.Command{
		Use:   "add NAME TARGET [SETTING]...",
		Short: "Add a profile",
		Long:  "add adds a profile to the file. A password in the URL goes to the system's keyring.\n\n" + settingsHelp,
		Example: `  rowan profiles add stage postgres://app@db.example.org/shop environment=staging tls=verify-full ssh=bastion
  rowan profiles add cache redis://localhost 'password_command=pass show cache'`,
		Args: minimumArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			p := profile.Profile{Name: args[0]}
			words := args[1:]
			if name, _, isSetting := cutSetting(args[1]); !isSetting || name == "" {
				p.Target = absolute(args[1])
				words = args[2:]
			}
			return a.saveProfile(cmd.Context(), f, p, words, func(file *profile.File, p profile.Profile) error { return file.Add(p) })
		},
	}
	f.add(cmd)
	return cmd
}

func (a *app) profilesEditCommand() *cobra.Command {
	var f secretFlags
	cmd := &cobra.Command{
		Use:   "edit NAME [SETTING]...",
		Short: "Change settings of a profile",
		Long:  "edit changes settings of a profile, and nothing else in the file. name=NAME\ngives it another name.\n\n" + settingsHelp,
		Example: `  rowan profiles edit stage environment=dev ssh=
  rowan profiles edit stage name=dev-shop`,
		Args: minimumArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			old, err := a.findProfile(args[0])
			if err != nil {
				return err
			}
			if len(args) == 1 && !f.save {
				return usagef("nothing is to be changed: give settings, such as environment=dev, or --save-password")
			}
			return a.saveProfile(cmd.Context(), f, old, args[1:], func(file *profile.File, p profile.Profile) error { return file.Change(old.Name, p) })
		},
	}
	f.add(cmd)
	return cmd
}

func (a *app) profilesRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove a profile, and its password from the keyring",
		Long: `remove removes a profile from the file, with the comment right above it, and its
password from the system's keyring. The database is left alone.`,
		Example: "  rowan profiles remove cache",
		Args:    exactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := a.findProfile(args[0])
			if err != nil {
				return err
			}
			if err := removeProfile(p); err != nil {
				return err
			}
			a.note("removed the profile %s", p.Name)
			return nil
		},
	}
}

// removeProfile removes a profile, and then its password.
func removeProfile(p profile.Profile) error {
	if err := profile.Edit(profile.Path(), func(f *profile.File) error { return f.Remove(p.Name) }); err != nil {
		return err
	}
	if !p.Secret.Keyring {
		return nil
	}
	if err := profile.ForgetPassword(p.Name); err != nil {
		return fmt.Errorf("%w: the profile is removed, its password is not: %w", errPartly, err)
	}
	return nil
}

func (a *app) findProfile(name string) (profile.Profile, error) {
	profiles, err := profile.Load(profile.Path())
	if err != nil {
		return profile.Profile{}, err
	}
	p, ok := profile.Find(profiles, name)
	if !ok {
		return p, usagef("there is no profile %s; rowan profiles list shows those that there are", name)
	}
	return p, nil
}

// saveProfile changes p as the words say, and puts it into the file.
func (a *app) saveProfile(ctx context.Context, f secretFlags, p profile.Profile, words []string, put func(*profile.File, profile.Profile) error) error {
	was := p
	if err := applySettings(&p, words); err != nil {
		return err
	}
	password, err := a.settlePassword(ctx, f, &p)
	if err != nil {
		return err
	}
	if err := storeProfile(was, p, password, put); err != nil {
		return err
	}
	a.note("%s: %s", profile.Path(), savedAs(p))
	return nil
}

func savedAs(p profile.Profile) string {
	text := "the profile " + p.Name + " is saved"
	if p.Secret.Keyring {
		text += ", its password is in the keyring"
	}
	return text + "; rowan profiles test " + p.Name + " tries it"
}

// storeProfile writes a profile, and its password first: a profile that names
// one that is not there would be worse than a password that nobody names.
func storeProfile(was, p profile.Profile, password string, put func(*profile.File, profile.Profile) error) error {
	return profile.Edit(profile.Path(), func(file *profile.File) error {
		if err := put(file, p); err != nil {
			return err
		}
		switch {
		case password != "":
			return profile.SavePassword(p.Name, password)
		case was.Name != p.Name && p.Secret.Keyring:
			return profile.MovePassword(was.Name, p.Name)
		}
		return nil
	})
}

// settlePassword decides where the password is kept, and returns the one that
// goes to the keyring, empty if none does.
func (a *app) settlePassword(ctx context.Context, f secretFlags, p *profile.Profile) (string, error) {
	clean, inURL := profile.Redact(p.Target)
	switch {
	case f.save:
		password, err := askTerminal(ctx, "Password of the profile "+p.Name+": ")
		if errors.Is(err, errNobody) {
			return "", usagef("--save-password asks for the password, and there is no terminal to ask on")
		}
		if err != nil {
			return "", err
		}
		p.Target, p.Secret = clean, profile.Secret{Keyring: true}
		return password, nil
	case f.inFile:
		return "", nil
	case p.Secret.Text != "":
		return "", usagef("a password in the file may be found by others: use --save-password, password_command or password_env, or insist with --password-in-file")
	case inURL:
		password, err := profile.URLPassword(p.Target)
		if err != nil {
			return "", err
		}
		p.Target, p.Secret = clean, profile.Secret{Keyring: true}
		return password, nil
	}
	return "", nil
}

// cutSetting splits NAME=VALUE. A URL or path is none, whatever signs it holds.
func cutSetting(word string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(word, "=")
	const letters = "abcdefghijklmnopqrstuvwxyz_"
	return name, value, ok && (strings.Trim(name, letters) == "" || strings.HasPrefix(name, parameterPrefix))
}

// parameterPrefix begins the name of the setting of one parameter of a URL that
// is given in parts.
const parameterPrefix = "parameters."

// applySettings sets what words of the form NAME=VALUE say.
func applySettings(p *profile.Profile, words []string) error {
	var startup []string
	for _, word := range words {
		name, value, ok := cutSetting(word)
		if !ok {
			return usagef("%s is no setting: write NAME=VALUE", word)
		}
		switch {
		case name == "name":
			p.Name = value
		case name == "startup" && value != "":
			startup = append(startup, value)
			p.Startup = startup
		case strings.HasPrefix(name, parameterPrefix):
			p.SetParameter(strings.TrimPrefix(name, parameterPrefix), value)
		default:
			if name == "target" || strings.HasPrefix(name, "tls_") && name != "tls_server_name" {
				value = absolute(value)
			}
			if err := p.Set(name, value); err != nil {
				return &usageError{err}
			}
		}
	}
	return nil
}
