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
	Name string `toml:"-"`
	// Target is a path or URL. A path may begin with ~/; a relative one is
	// relative to the file of profiles.
	Target string `toml:"target"`
	// ReadOnly opens the database without a way to write it.
	ReadOnly bool `toml:"read_only"`
	// Environment says what depends on the database.
	Environment Environment `toml:"environment"`
	// Theme is the name of the theme to use, empty for the usual one.
	Theme string `toml:"theme"`
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
	if err != nil {
		return nil, fmt.Errorf("profiles cannot be read: %w", err)
	}
	return parse(path, string(text))
}

// parse reads the text of the file that path names.
func parse(path, text string) ([]Profile, error) {
	var file struct {
		Profiles map[string]Profile `toml:"profiles"`
	}
	meta, err := toml.Decode(text, &file)
	var syntax toml.ParseError
	if errors.As(err, &syntax) {
		return nil, fmt.Errorf("%s:%d: %s", path, syntax.Position.Line, syntax.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s:%d: there is no setting %q; a profile has target, read_only, environment and theme",
			path, lineOf(text, unknown[0]), unknown[0])
	}
	profiles := make([]Profile, 0, len(file.Profiles))
	for _, name := range slices.Sorted(maps.Keys(file.Profiles)) {
		p := file.Profiles[name]
		p.Name = name
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("%s:%d: profile %q: %w", path, lineOf(text, toml.Key{"profiles", name}), name, err)
		}
		p.Target = resolve(filepath.Dir(path), p.Target)
		profiles = append(profiles, p)
	}
	return profiles, nil
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

// IsURL reports whether a target is a URL: it has a scheme of two letters or
// more, so that C:\ is a path.
func IsURL(target string) bool {
	scheme, _, ok := strings.Cut(target, ":")
	if !ok || len(scheme) < 2 {
		return false
	}
	return strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz+") == ""
}

// lineOf returns the number of the line that key, or the table it ends, is on.
// The decoder does not say, and an error without a line is one to search for.
func lineOf(text string, key toml.Key) int {
	name := key[len(key)-1]
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if table, ok := strings.CutPrefix(line, "["); ok {
			table, _, _ = strings.Cut(table, "]")
			table = unquote(table)
			if table == name || strings.HasSuffix(table, "."+name) || strings.HasSuffix(table, `."`+name) {
				return i + 1
			}
			continue
		}
		if setting, _, ok := strings.Cut(line, "="); ok && unquote(strings.TrimSpace(setting)) == name {
			return i + 1
		}
	}
	return 1
}

func unquote(s string) string { return strings.Trim(s, `"'`) }

// Find returns the profile of a name.
func Find(profiles []Profile, name string) (Profile, bool) {
	i := slices.IndexFunc(profiles, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return profiles[i], true
}
