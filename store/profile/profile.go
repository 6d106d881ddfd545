// Package profile reads connection profiles, names for databases with how to
// treat them, and remembers which databases were opened of late.
//
// The profiles are the user's file: it is read strictly, so that a misspelt
// setting is an error with its line and not a setting without effect, and it
// is never written. Recent targets are the program's own file.
package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/adrg/xdg"
)

// Profile is a named database.
type Profile struct {
	Name string
	// Target is a path or URL. A path may begin with ~/; a relative one is
	// relative to the file of profiles.
	Target string
	// ReadOnly opens the database without a way to write it.
	ReadOnly bool
	// Environment says what depends on the database.
	Environment Environment
	// Theme is the name of the theme to use, empty for the usual one.
	Theme string
}

// Environment says what depends on a database. Writing to Production asks for
// more than writing elsewhere.
type Environment string

// The environments.
const (
	None       Environment = ""
	Dev        Environment = "dev"
	Staging    Environment = "staging"
	Production Environment = "prod"
)

var environments = []Environment{None, Dev, Staging, Production}

// Path returns where the profiles are looked for: $ROWAN_PROFILES, or
// rowan/profiles.toml in the user's configuration directory.
func Path() string {
	if p := os.Getenv("ROWAN_PROFILES"); p != "" {
		return p
	}
	return filepath.Join(xdg.ConfigHome, "rowan", "profiles.toml")
}

// Load reads the profiles of a file, sorted by name. No file means no
// profiles.
func Load(path string) ([]Profile, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, fmt.Errorf("the profiles in %s cannot be read: %w", path, cause.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("the profiles in %s cannot be read: %w", path, err)
	}
	return parse(path, string(text))
}

// parse reads the text of the file that path names.
func parse(path, text string) ([]Profile, error) {
	var file map[string]any
	_, err := toml.Decode(text, &file)
	if syntax, ok := errors.AsType[toml.ParseError](err); ok {
		return nil, fmt.Errorf("%s:%d: %s", path, syntax.Position.Line, syntax.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, name := range slices.Sorted(maps.Keys(file)) {
		if name != "profiles" {
			return nil, errorAt(path, text, toml.Key{name}, "there is no setting %q; a profile begins with [profiles.NAME]", name)
		}
	}
	tables, ok := file["profiles"].(map[string]any)
	if !ok && file["profiles"] != nil {
		return nil, errorAt(path, text, toml.Key{"profiles"}, "profiles is not a value; a profile begins with [profiles.NAME]")
	}
	profiles := make([]Profile, 0, len(tables))
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		p, at, err := newProfile(name, tables[name])
		if err != nil {
			return nil, errorAt(path, text, append(toml.Key{"profiles", name}, at...), "profile %q: %w", name, err)
		}
		p.Target = resolve(filepath.Dir(path), p.Target)
		profiles = append(profiles, p)
	}
	return profiles, nil
}

// newProfile makes a profile of its table. If there is an error, at is the
// setting that it is about, or nothing if it is about all.
func newProfile(name string, table any) (p Profile, at toml.Key, err error) {
	settings, ok := table.(map[string]any)
	if !ok {
		return p, nil, fmt.Errorf("it is not a value; it begins with [profiles.%s] on a line of its own", name)
	}
	p.Name = name
	for _, setting := range slices.Sorted(maps.Keys(settings)) {
		if err := p.set(setting, settings[setting]); err != nil {
			return p, toml.Key{setting}, err
		}
	}
	return p, nil, p.check()
}

// set sets what the file calls setting.
func (p *Profile) set(setting string, value any) error {
	var ok bool
	switch setting {
	case "target":
		p.Target, ok = value.(string)
	case "theme":
		p.Theme, ok = value.(string)
	case "environment":
		var name string
		name, ok = value.(string)
		p.Environment = Environment(name)
	case "read_only":
		if p.ReadOnly, ok = value.(bool); !ok {
			return errors.New("read_only is true or false, without quotes")
		}
	default:
		return fmt.Errorf("there is no setting %q; a profile has target, read_only, environment and theme", setting)
	}
	if !ok {
		return fmt.Errorf("%s is text, which stands in quotes", setting)
	}
	return nil
}

// errorAt makes an error that names the file and the line of a key.
func errorAt(path, text string, key toml.Key, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", path, lineOf(text, key), fmt.Errorf(format, args...))
}

func (p Profile) check() error {
	if p.Target == "" {
		return errors.New(`it needs a target, such as target = "orders.rowan"`)
	}
	if !slices.Contains(environments, p.Environment) {
		return fmt.Errorf("environment %q is not one of dev, staging and prod", p.Environment)
	}
	return nil
}

// resolve makes a path absolute: from the home directory, or from dir.
func resolve(dir, target string) string {
	switch {
	case IsURL(target) || filepath.IsAbs(target):
		return target
	case target == "~" || strings.HasPrefix(target, "~/"):
		return filepath.Join(xdg.Home, target[1:])
	}
	return filepath.Join(dir, target)
}

// IsURL reports whether a target is a URL and not a path.
func IsURL(target string) bool {
	_, _, ok := CutScheme(target)
	return ok
}

// CutScheme splits a URL after its scheme. A scheme has two lower-case letters
// or more, so that C:\ begins a path.
func CutScheme(target string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(target, ":")
	if !ok || len(scheme) < 2 || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+") != "" {
		return "", "", false
	}
	return scheme, rest, true
}

// lineOf returns the number of the line on which key is set, or its table
// begins. The decoder does not say, and an error without a line is one to
// search for.
func lineOf(text string, key toml.Key) int {
	want := unquote(strings.Join(key, "."))
	table := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		at := ""
		if header, ok := strings.CutPrefix(line, "["); ok {
			header, _, _ = strings.Cut(header, "]")
			table = unquote(header) + "."
			at = table
		} else if setting, _, ok := strings.Cut(line, "="); ok {
			at = table + unquote(setting) + "."
		}
		if strings.HasPrefix(at, want+".") {
			return i + 1
		}
	}
	return 1
}

// unquote returns a dotted key without the quotes and spaces of its parts.
func unquote(s string) string { return strings.NewReplacer(`"`, "", "'", "", " ", "").Replace(s) }

// Find returns the profile of a name.
func Find(profiles []Profile, name string) (Profile, bool) {
	i := slices.IndexFunc(profiles, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return profiles[i], true
}
