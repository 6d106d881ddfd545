package profiles_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/profile"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
	"github.com/rowan-db/rowan/tui/profiles"
)

// book keeps profiles in memory, and remembers what it was asked.
type book struct {
	has      profile.Profile
	saved    profile.Profile
	was      string
	password string
	removed  string
	tested   []profile.Profile
	fail     error
}

func (b *book) Load(context.Context, string) (profile.Profile, error) { return b.has, b.fail }

func (b *book) Save(_ context.Context, was string, p profile.Profile, password string) ([]profiles.Entry, error) {
	b.was, b.saved, b.password = was, p, password
	return []profiles.Entry{{Name: p.Name, Target: p.Target}}, b.fail
}

func (b *book) Remove(_ context.Context, name string) ([]profiles.Entry, error) {
	b.removed = name
	return nil, b.fail
}

func (b *book) Test(_ context.Context, p profile.Profile, _ string) ([]string, error) {
	b.tested = append(b.tested, p)
	return []string{"database: PostgreSQL 15.18", "opens: read-only"}, b.fail
}

// form shows the form that act opens.
func form(t *testing.T, b *book, act pane.EditProfile) *panetest.User {
	t.Helper()
	env := panetest.NewEnv(t, nil)
	return panetest.Framed(t, env, profiles.NewForm(env, b, act), 100, 36)
}

// to goes to the field with a label.
func to(t *testing.T, u *panetest.User, label string) {
	t.Helper()
	for range 30 {
		if _, _, ok := u.Find("▸ " + label); ok {
			return
		}
		u.Press("tab")
	}
	t.Fatalf("there is no field %s:\n%s", label, u.Screen())
}

func TestNewProfileIsSaved(t *testing.T) {
	b := &book{}
	u := form(t, b, pane.EditProfile{Target: "postgres://app@db/shop"})
	u.See("New profile", "postgres://app@db/shop", "Encryption", "Through ssh")
	u.Type("shop")
	to(t, u, "Environment")
	u.Press("space", "right", "right").See("‹ prod ›")
	to(t, u, "Colour")
	u.Press("left", "left").See("‹ blue ›")
	to(t, u, "Password")
	u.Press("space").See("keyring of the system", "  Password")
	to(t, u, "  Password")
	u.Type("Tr0ub4dor").See("•••••••••").Miss("Tr0ub4dor")
	to(t, u, "Unlocked for")
	u.Type("5m").Press("ctrl+s")
	want := profile.Profile{
		Name: "shop", Target: "postgres://app@db/shop", Environment: profile.Production, Color: "blue",
		UnlockTime: 5 * 60e9, Secret: profile.Secret{Keyring: true},
	}
	if !reflect.DeepEqual(b.saved, want) || b.was != "" || b.password != "Tr0ub4dor" {
		t.Errorf("saved %q as %+v with the password %q", b.was, b.saved, b.password)
	}
	if got := u.Actions(); !slices.Contains(got, pane.Action(pane.Close{})) {
		t.Errorf("it stays open: %v", got)
	}
}

func TestProfileIsChanged(t *testing.T) {
	b := &book{has: profile.Profile{
		Name: "shop", Target: "mysql://db:3307/shop", Server: profile.Server{Type: "mysql", Host: "db", Port: 3307, Database: "shop"},
		Startup: []string{"a", "b"}, Secret: profile.Secret{Env: "SHOP"}, TLS: profile.TLS{Mode: profile.TLSRequire},
	}}
	u := form(t, b, pane.EditProfile{Name: "shop"})
	u.See("Profile shop", "mysql://db:3307/shop", "environment variable", "SHOP", "require")
	u.Press("esc")
	if got := u.Actions(); !slices.Equal(got, []pane.Action{pane.Close{}}) {
		t.Fatalf("esc without a change asks for %v", got)
	}
	u.Press("end").Type("2")
	to(t, u, "Theme")
	u.Type("light").Press("ctrl+s")
	want := b.has
	want.Name, want.Theme = "shop2", "light"
	if b.was != "shop" || !reflect.DeepEqual(b.saved, want) {
		t.Errorf("saved %q as\n%+v, want\n%+v", b.was, b.saved, want)
	}
}

func TestFormSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		label, typed, want string
	}{
		{"Name", "a b", "no name"},
		{"Target", "", "needs a target"},
		{"Unlocked for", "soon", "is a time"},
		{"Connect within", "fast", "is a time"},
	} {
		b := &book{has: profile.Profile{Name: "shop", Target: "postgres://db/shop"}}
		u := form(t, b, pane.EditProfile{Name: "shop"})
		to(t, u, c.label)
		u.Press("ctrl+u").Type(c.typed).Press("ctrl+s").See(c.want, "▸ "+c.label)
		if b.saved.Name != "" {
			t.Errorf("%s %q was saved", c.label, c.typed)
		}
	}
}

func TestPasswordNeedsAPlace(t *testing.T) {
	for choices, want := range map[int]string{1: "type the password that goes to the keyring", 2: "type the command", 3: "type the name of the variable", 4: "others may find it"} {
		b := &book{has: profile.Profile{Name: "shop", Target: "postgres://db/shop"}}
		u := form(t, b, pane.EditProfile{Name: "shop"})
		to(t, u, "Password")
		for range choices {
			u.Press("space")
		}
		u.Press("ctrl+s").See(want)
		if b.saved.Name != "" {
			t.Errorf("saved: %+v", b.saved)
		}
	}
}

func TestFormTests(t *testing.T) {
	b := &book{has: profile.Profile{Name: "shop", Target: "postgres://db/shop"}}
	u := form(t, b, pane.EditProfile{Name: "shop"})
	u.Press("ctrl+t").See("PostgreSQL 15.18", "opens: read-only")
	b.fail = driver.Errorf(driver.Unavailable, "nothing answers at db:5432").WithHint("check that the server runs")
	u.Press("ctrl+t").See("nothing answers at db:5432", "check that the server runs").Miss("PostgreSQL")
	if len(b.tested) != 2 || b.saved.Name != "" {
		t.Errorf("tested %d times, saved %+v", len(b.tested), b.saved)
	}
}

// TestTestIsCanceled checks that esc ends a test, and not the form.
func TestTestIsCanceled(t *testing.T) {
	b := &book{has: profile.Profile{Name: "shop", Target: "postgres://db/shop"}}
	u := form(t, b, pane.EditProfile{Name: "shop"})
	held := u.Hold("ctrl+t")
	u.See("connecting…", "esc cancels").Press("ctrl+s", "esc").See("Canceled.")
	u.Run(held).Miss("PostgreSQL")
	for _, act := range u.Actions() {
		if act == pane.Action(pane.Close{}) {
			t.Error("the form was closed")
		}
	}
	if b.saved.Name != "" {
		t.Error("it was saved during the test")
	}
}

func TestTypedFormIsNotLostWithoutAQuestion(t *testing.T) {
	u := form(t, &book{}, pane.EditProfile{})
	u.Type("shop").Press("esc")
	got := u.Actions()
	if len(got) != 1 || !strings.Contains(got[0].(pane.Confirm).Text, "not saved") {
		t.Errorf("asked for %v", got)
	}
}

func TestFilesHaveNoServerFields(t *testing.T) {
	u := form(t, &book{}, pane.EditProfile{Target: "/data/shop.rowan"})
	u.See("Read-only").Miss("Encryption", "Through ssh", "Password")
}

// TestStartPaneEditsProfiles checks the ways from the list into the form.
func TestStartPaneEditsProfiles(t *testing.T) {
	b := &book{}
	env := panetest.NewEnv(t, nil)
	u := panetest.On(t, env, profiles.New(env, entries, b), 90, 16)
	for _, c := range []struct {
		keys []string
		want pane.Action
	}{
		{[]string{"ctrl+e"}, pane.EditProfile{Name: "prod-eu"}},
		{[]string{"end", "ctrl+n"}, pane.EditProfile{Target: "/data/bad\x1b[31m.db"}},
		{[]string{"home", "ctrl+n"}, pane.EditProfile{}},
		{[]string{"end", "ctrl+e"}, pane.Notice{Text: "Blocked: no profile is selected.", Level: pane.Blocked}},
	} {
		u.Press(c.keys...)
		if got := u.Actions(); !slices.Equal(got, []pane.Action{c.want}) {
			t.Errorf("%v: %v, want %v", c.keys, got, c.want)
		}
	}
	u.Press("home", "ctrl+x")
	asked, ok := u.Actions()[0].(pane.Confirm)
	if !ok || asked.Then != pane.Action(pane.Run{Name: "remove-profile", Arg: "prod-eu"}) || b.removed != "" {
		t.Errorf("removing asks %+v", asked)
	}
}
