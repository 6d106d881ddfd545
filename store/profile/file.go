package profile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// File is the file of profiles, to be edited. It is the user's own, with
// comments and an order that mean something: an edit changes only the lines of
// the settings that are others now. Every edit is read back before it is kept,
// so that one of a file that is laid out in a way that is not understood here
// fails, and changes nothing.
type File struct {
	path     string
	text     string
	profiles []Profile
}

// Read reads a file of profiles. No file is one without profiles.
func Read(path string) (*File, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	profiles, err := parse(path, text)
	if err != nil {
		return nil, err
	}
	return &File{path, text, profiles}, nil
}

// Profiles returns the profiles, sorted by name.
func (f *File) Profiles() []Profile { return slices.Clone(f.profiles) }

// Warning says that others may read the passwords in the file, or is empty.
func (f *File) Warning() string {
	if !othersMayRead(f.path) {
		return ""
	}
	for _, p := range f.profiles {
		if _, inURL := Redact(p.Target); inURL || p.Secret.Text != "" {
			return fmt.Sprintf("Others may read the password in %s: chmod 600 %s", f.path, f.path)
		}
	}
	return ""
}

// Add adds a profile at the end.
func (f *File) Add(p Profile) error {
	if err := CheckName(p.Name); err != nil {
		return err
	}
	if _, exists := Find(f.profiles, p.Name); exists {
		return fmt.Errorf("there is a profile %s already", p.Name)
	}
	lines := []string{"[profiles." + tomlKey(p.Name) + "]"}
	for _, s := range settings {
		if value := s.text(&p); value != "" {
			lines = append(lines, s.name+" = "+value)
		}
	}
	text := f.text
	if text != "" {
		text = strings.TrimRight(text, "\n") + "\n\n"
	}
	return f.keep(text+strings.Join(lines, "\n")+"\n", append(f.Profiles(), p))
}

// Change makes the profile called name what p says; p may have another name.
func (f *File) Change(name string, p Profile) error {
	old, exists := Find(f.profiles, name)
	if !exists {
		return fmt.Errorf("there is no profile %s", name)
	}
	d := newDocument(f.text)
	if p.Name != name {
		if err := CheckName(p.Name); err != nil {
			return err
		}
		if _, taken := Find(f.profiles, p.Name); taken {
			return fmt.Errorf("there is a profile %s already", p.Name)
		}
		d.rename(name, p.Name)
	}
	for _, s := range settings {
		if now := s.text(&p); now != s.text(&old) {
			d.set(p.Name, s.name, now)
		}
	}
	want := slices.DeleteFunc(f.Profiles(), func(q Profile) bool { return q.Name == name })
	return f.keep(d.String(), append(want, p))
}

// Remove removes a profile, and the comment right above it.
func (f *File) Remove(name string) error {
	if _, exists := Find(f.profiles, name); !exists {
		return fmt.Errorf("there is no profile %s", name)
	}
	d := newDocument(f.text)
	d.remove(name)
	return f.keep(d.String(), slices.DeleteFunc(f.Profiles(), func(q Profile) bool { return q.Name == name }))
}

// keep takes over an edited text if it says what it should.
func (f *File) keep(text string, want []Profile) error {
	for i := range want {
		want[i].normalize(filepath.Dir(f.path))
		if at, err := want[i].check(); err != nil {
			return fmt.Errorf("%s%w", prefix(at), err)
		}
	}
	slices.SortFunc(want, func(a, b Profile) int { return strings.Compare(a.Name, b.Name) })
	got, err := parse(f.path, text)
	if err == nil && !sameProfiles(got, want) {
		err = errors.New("the profile is written there in a way that cannot be edited here, such as within one line")
	}
	if err != nil {
		return fmt.Errorf("%s has to be edited by hand: %w", f.path, err)
	}
	f.text, f.profiles = text, got
	return nil
}

func prefix(at []string) string {
	if len(at) == 0 {
		return ""
	}
	return at[0] + ": "
}

// normalize makes a profile what it is when it has been read from a file in
// dir.
func (p *Profile) normalize(dir string) {
	if !p.Server.empty() {
		p.Target = ""
	}
	if len(p.Server.Parameters) == 0 {
		p.Server.Parameters = nil
	}
	if len(p.Startup) == 0 {
		p.Startup = nil
	}
	for _, path := range []*string{&p.Target, &p.TLS.CA, &p.TLS.Cert, &p.TLS.Key} {
		*path = resolvePath(dir, *path)
	}
}

// sameProfiles reports whether profiles that were read say what they should.
func sameProfiles(got, want []Profile) bool {
	return slices.EqualFunc(got, want, func(a, b Profile) bool {
		a.normalize("")
		return reflect.DeepEqual(a, b)
	})
}

// Save writes the file, so that it is the old or the new one whatever happens
// meanwhile. Nobody else may read it afterwards.
func (f *File) Save() error {
	path, err := filepath.EvalSymlinks(f.path)
	if err != nil {
		path = f.path // it does not exist yet
	}
	now, err := read(path)
	if err == nil && now != f.text {
		err = replaceFile(path, []byte(f.text))
	}
	if err != nil {
		return fmt.Errorf("the profiles in %s cannot be written: %w", f.path, cause(err))
	}
	return os.Chmod(path, 0o600)
}

// Edit reads the file of profiles, lets change change it, and writes it.
func Edit(path string, change func(*File) error) error {
	f, err := Read(path)
	if err == nil {
		err = change(f)
	}
	if err != nil {
		return err
	}
	return f.Save()
}
