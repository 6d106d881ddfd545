package cli

import (
	"context"
	"fmt"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/profile"
	"github.com/rowan-db/rowan/tui"
)

// book changes profiles for the user interface.
type book struct{ app *app }

// Load implements [profiles.Book]. A password in the URL is taken out of it.
func (book) Load(_ context.Context, name string) (profile.Profile, error) {
	all, err := profile.Load(profile.Path())
	if err != nil {
		return profile.Profile{}, err
	}
	p, ok := profile.Find(all, name)
	if !ok {
		return p, fmt.Errorf("there is no profile %s any more", name)
	}
	return withoutURLPassword(p, func(password string) profile.Secret { return profile.Secret{Text: password} })
}

// withoutURLPassword moves the password of a URL to where keep says, unless the
// profile has another.
func withoutURLPassword(p profile.Profile, keep func(password string) profile.Secret) (profile.Profile, error) {
	clean, held := profile.Redact(p.Target)
	if !held {
		return p, nil
	}
	password, err := profile.URLPassword(p.Target)
	if err != nil {
		return p, err
	}
	p.Target = clean
	if p.Secret == (profile.Secret{}) {
		p.Secret = keep(password)
	}
	return p, nil
}

// Save implements [profiles.Book]. A password that was typed into the URL goes
// to the keyring.
func (book) Save(_ context.Context, was string, p profile.Profile, password string) ([]tui.Entry, error) {
	p.Target = absolute(p.Target)
	p, err := withoutURLPassword(p, func(inURL string) profile.Secret {
		password = inURL
		return profile.Secret{Keyring: true}
	})
	if err != nil {
		return nil, err
	}
	old := p
	old.Name = was
	put := func(f *profile.File, p profile.Profile) error { return f.Change(was, p) }
	if was == "" {
		old.Name = p.Name
		put = func(f *profile.File, p profile.Profile) error { return f.Add(p) }
	}
	if err := storeProfile(old, p, password, put); err != nil {
		return nil, err
	}
	all, _ := entries() // what is wrong with the recent ones was told at the start
	return all, nil
}

// Remove implements [profiles.Book].
func (b book) Remove(_ context.Context, name string) ([]tui.Entry, error) {
	p, err := b.app.findProfile(name)
	if err == nil {
		err = removeProfile(p)
	}
	if err != nil {
		return nil, err
	}
	all, _ := entries()
	return all, nil
}

// Test implements [profiles.Book].
func (b book) Test(ctx context.Context, p profile.Profile, password string) ([]string, error) {
	p.Target = absolute(p.Target)
	if p.Secret.Keyring && password != "" {
		p.Secret = profile.Secret{Text: password} // it is not in the keyring yet
	}
	t := target{text: p.Name, location: p.Target, profile: &p}
	result, err := b.app.test(ctx, t, func(context.Context, string) (string, error) {
		return "", driver.Errorf(driver.Permission, "the server wants a password").
			WithHint("opening the profile asks for it; to test it here, say where the password is")
	})
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, line := range result.lines() {
		if line[0] != "at" && line[0] != "password" {
			lines = append(lines, line[0]+": "+line[1])
		}
	}
	return lines, nil
}
