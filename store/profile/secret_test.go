package profile

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/rowan-db/rowan/store/driver"
)

func TestPasswordComesFromWhereTheProfileSays(t *testing.T) {
	athome(t)
	keyring.MockInit()
	if err := SavePassword("shop", "from the keyring"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SHOP_PASSWORD", "from the environment")
	t.Setenv("PGPASSWORD", "usual")
	for want, secret := range map[string]Secret{
		"from the keyring":     {Keyring: true},
		"from the environment": {Env: "SHOP_PASSWORD"},
		"from a command":       {Command: "echo from a command; echo more"},
		"from the file":        {Text: "from the file"},
		"of-the-URL":           {},
	} {
		a, err := Resolve(Profile{Name: "shop", Target: "postgres://ada:of-the-URL@db/x", Secret: secret})
		if err != nil {
			t.Fatal(err)
		}
		if got := password(t, a); got != want {
			t.Errorf("%+v: %q, want %q", secret, got, want)
		}
	}
}

func TestPasswordThatIsNotThere(t *testing.T) {
	athome(t)
	keyring.MockInit()
	for want, secret := range map[string]Secret{
		"the keyring holds no password for the profile shop":   {Keyring: true},
		"SHOP_NONE, which should hold the password":            {Env: "SHOP_NONE"},
		"password_command failed: exit status 3: no such pass": {Command: "echo no such pass >&2; exit 3"},
		"printed no password":                                  {Command: "true"},
	} {
		a, err := Resolve(Profile{Name: "shop", Target: "postgres://ada@db/x", Secret: secret})
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.Connection.Password(t.Context())
		var e *driver.Error
		if !errors.As(err, &e) || e.Kind != driver.Configuration || e.Hint == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", secret, err, want)
		}
	}
}

// TestKeyringThatIsNotThere checks that a machine without one is told apart
// from a password that is missing.
func TestKeyringThatIsNotThere(t *testing.T) {
	keyring.MockInitWithError(errors.New("no message bus"))
	t.Cleanup(keyring.MockInit)
	_, err := readKeyring(t.Context(), "shop")
	for what, err := range map[string]error{"read": err, "save": SavePassword("shop", "x"), "forget": ForgetPassword("shop"), "move": MovePassword("shop", "b")} {
		var e *driver.Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "cannot be used: no message bus") || !strings.Contains(e.Hint, "password_command") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestPasswordMovesWithTheName(t *testing.T) {
	keyring.MockInit()
	if err := errors.Join(SavePassword("a", "p"), MovePassword("a", "b"), MovePassword("none", "c"), ForgetPassword("none")); err != nil {
		t.Fatal(err)
	}
	if got, err := readKeyring(t.Context(), "b"); got != "p" || err != nil {
		t.Errorf("under the new name: %q, %v", got, err)
	}
	if _, err := readKeyring(t.Context(), "a"); err == nil {
		t.Error("it is under the old name still")
	}
}

func TestCommandIsCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := runCommand(ctx, "cat"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestCommandIsRemembered checks that connections made together run it once,
// and later ones again.
func TestCommandIsRemembered(t *testing.T) {
	now, runs := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), 0
	fail := errors.New("not now")
	s := remember(&PasswordSource{"x", func(context.Context) (string, error) {
		runs++
		if runs == 1 {
			return "", fail
		}
		return "p", nil
	}}, func() time.Time { return now })
	read := func(want int) {
		t.Helper()
		if got, err := s.Read(t.Context()); got != "p" || err != nil || runs != want {
			t.Errorf("%q, %v after %d runs, want %d", got, err, runs, want)
		}
	}
	if _, err := s.Read(t.Context()); !errors.Is(err, fail) {
		t.Errorf("got %v", err)
	}
	read(2)
	now = now.Add(rememberFor - time.Second)
	read(2)
	now = now.Add(2 * time.Second)
	read(3)
}
