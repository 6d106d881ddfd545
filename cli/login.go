package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/profile"
	"github.com/rowan-db/rowan/tui/display"
)

// asker asks the user for a password. Without anybody to ask it fails with
// errNobody.
type asker func(ctx context.Context, question string) (string, error)

// errNobody is returned by an asker that has no terminal.
var errNobody = errors.New("there is no terminal to ask for the password")

// typed holds the passwords that the user has typed and that were right, by
// target, for as long as the program runs: whoever opens a database again is not
// asked again.
type typed struct {
	mu       sync.Mutex
	password map[string]string
}

// get returns the password of a target, empty if none is known.
func (t *typed) get(target string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.password[target]
}

func (t *typed) set(target, password string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.password == nil {
		t.password = map[string]string{}
	}
	t.password[target] = password
}

// maxLogins is how often a password may be typed.
const maxLogins = 3

// connect opens a database on a server. If the server wants a password and
// nothing has it, ask is asked.
func (a *app) connect(ctx context.Context, t target, o backends.Options, ask asker) (*store.Store, *profile.Access, error) {
	access, err := profile.Resolve(t.settings())
	if err != nil {
		return nil, nil, err
	}
	asked := access.Source == nil
	password := t.typed
	if password == "" {
		password = a.typed.get(t.location)
	}
	for logins := 0; ; logins++ {
		if asked && password != "" {
			access.SetPassword(profile.Typed(password))
		}
		o.Connection = &access.Connection
		s, err := backends.Open(ctx, t.location, o)
		if err == nil && asked {
			a.typed.set(t.location, password)
		}
		if err == nil || !asked || store.KindOf(err) != store.Permission || logins == maxLogins {
			return s, access, loginError(access, err)
		}
		question, failed := "Password of "+access.Place+": ", error(nil)
		if logins > 0 {
			question = "That was not accepted. " + question
		}
		if password, failed = ask(ctx, question); failed != nil {
			return nil, nil, noLogin(err, failed)
		}
	}
}

// loginError adds to a refusal where the password came from.
func loginError(access *profile.Access, err error) error {
	e, ok := errors.AsType[*store.Error](err)
	if !ok || e.Kind != store.Permission || access.Source == nil {
		return err
	}
	own := *e
	own.Hint = "the password came from " + access.Source.From + ": check it, the user and the database"
	return &own
}

// noLogin is the error of a server that wants a password that nobody gives.
func noLogin(err, failed error) error {
	if !errors.Is(failed, errNobody) {
		return failed
	}
	e, ok := errors.AsType[*store.Error](err)
	if !ok {
		return err
	}
	own := *e
	own.Hint = "no password is known, and there is no terminal to ask for it: set password_command, password_env or password_keyring in a profile, or what the database's own tools read"
	return &own
}

// askTerminal asks on the terminal, without showing what is typed, whatever
// standard input and output are. The echo is off before the question is there:
// whoever is quick to answer must not see the answer either.
func askTerminal(ctx context.Context, question string) (string, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", errNobody
	}
	defer tty.Close()
	state, err := term.MakeRaw(tty.Fd())
	if err != nil {
		return "", errNobody
	}
	fmt.Fprint(tty, display.Line(question))
	type answer struct {
		password string
		err      error
	}
	done := make(chan answer, 1)
	go func() {
		password, err := readPassword(tty)
		done <- answer{password, err}
	}()
	var got answer
	select {
	case got = <-done:
	case <-ctx.Done():
		got.err = ctx.Err() // the read goes on until the program ends, which is now
	}
	_, shown := fmt.Fprint(tty, "\r\n")
	return got.password, errors.Join(got.err, term.Restore(tty.Fd(), state), shown)
}

// The keys that a terminal in raw mode leaves to its program.
const (
	keyInterrupt = 'c' & 0x1f
	keyEnd       = 'd' & 0x1f
	keyBackspace = 'h' & 0x1f
	keyClear     = 'u' & 0x1f
	keyDelete    = 0x7f
)

// readPassword reads a line from a terminal in raw mode.
func readPassword(tty io.Reader) (string, error) {
	var typed []byte
	key := make([]byte, 1)
	for {
		if _, err := io.ReadFull(tty, key); err != nil {
			return "", driver.Errorf(driver.Unavailable, "the password cannot be read from the terminal: %w", err)
		}
		switch key[0] {
		case '\r', '\n':
			return string(typed), nil
		case keyInterrupt, keyEnd:
			return "", context.Canceled
		case keyClear:
			typed = nil
		case keyBackspace, keyDelete:
			_, size := utf8.DecodeLastRune(typed)
			typed = typed[:len(typed)-size]
		default:
			typed = append(typed, key[0])
		}
	}
}
