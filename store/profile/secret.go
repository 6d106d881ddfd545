package profile

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/rowan-db/rowan/store/driver"
)

// Secret says where the password of a profile is. At most one of the fields is
// set; none leaves it to what the database's own tools read, and then to asking
// the user.
type Secret struct {
	// Text is the password itself, in the file: for those who insist.
	Text string
	// Command is a line of a shell that prints the password.
	Command string
	// Env names an environment variable.
	Env string
	// Keyring has it in the keyring of the system, under the profile's name.
	Keyring bool
}

func (s Secret) count() int {
	n := 0
	for _, set := range []bool{s.Text != "", s.Command != "", s.Env != "", s.Keyring} {
		if set {
			n++
		}
	}
	return n
}

// PasswordSource is one place to read a password from.
type PasswordSource struct {
	// From names the place as it continues "the password from ".
	From string
	// Read returns the password. An error names the place, and no secret.
	Read func(ctx context.Context) (string, error)
}

// Typed is the source of a password that the user has typed.
func Typed(password string) *PasswordSource {
	return &PasswordSource{From: "your input", Read: func(context.Context) (string, error) { return password, nil }}
}

// source returns where the secret of the profile called name is, nil if that
// is left open.
func (s Secret) source(name string) *PasswordSource {
	switch {
	case s.Text != "":
		return &PasswordSource{"the file of profiles", func(context.Context) (string, error) { return s.Text, nil }}
	case s.Command != "":
		return &PasswordSource{"password_command", func(ctx context.Context) (string, error) { return runCommand(ctx, s.Command) }}
	case s.Env != "":
		return &PasswordSource{"the environment variable " + s.Env, func(context.Context) (string, error) { return readEnv(s.Env) }}
	case s.Keyring:
		return &PasswordSource{"the keyring", func(ctx context.Context) (string, error) { return readKeyring(ctx, name) }}
	}
	return nil
}

func readEnv(name string) (string, error) {
	if password := os.Getenv(name); password != "" {
		return password, nil
	}
	return "", driver.Errorf(driver.Configuration, "the environment variable %s, which should hold the password, is not set", name).
		WithHint("set it, or change password_env in the profile")
}

// killWait is how long a command that was canceled may take to end before what
// it started is no longer waited for.
const killWait = time.Second

// runCommand returns the first line that a line of a shell prints. The line
// itself is in no error: it may hold what it should not.
func runCommand(ctx context.Context, line string) (string, error) {
	shell := []string{"sh", "-c", line}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/c", line}
	}
	cmd := exec.CommandContext(ctx, shell[0], shell[1:]...)
	cmd.Env = withoutSecrets(os.Environ())
	cmd.WaitDelay = killWait
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		why := err.Error()
		if said := lastLine(stderr.String()); said != "" {
			why += ": " + said
		}
		return "", driver.Errorf(driver.Configuration, "password_command failed: %s", why).
			WithHint("run the command in a shell to see what it needs; it cannot ask anything here")
	}
	password, _, _ := strings.Cut(string(out), "\n")
	password = strings.TrimSuffix(password, "\r")
	if password == "" {
		return "", driver.Errorf(driver.Configuration, "password_command printed no password on its first line").
			WithHint("run the command in a shell to see what it prints")
	}
	return password, nil
}

// lastLine returns the last line of s that is not blank.
func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// secretVariables are the environment variables that database tools read
// passwords from.
var secretVariables = []string{"PGPASSWORD", "PGSSLPASSWORD", "MYSQL_PWD", "REDISCLI_AUTH"}

// withoutSecrets returns an environment for programs that have no use for
// database passwords: what is in theirs others may see.
func withoutSecrets(env []string, more ...string) []string {
	var kept []string
	for _, setting := range env {
		name, _, _ := strings.Cut(setting, "=")
		if !contains(secretVariables, name) && !contains(more, name) {
			kept = append(kept, setting)
		}
	}
	return kept
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n != "" && n == name {
			return true
		}
	}
	return false
}

// keyringService is what rowan's entries in a keyring are filed under.
const keyringService = "rowan"

// readKeyring reads the password of a profile. A keyring may ask its owner to
// unlock it, for as long as that takes, so the wait ends with ctx.
func readKeyring(ctx context.Context, name string) (string, error) {
	type answer struct {
		password string
		err      error
	}
	done := make(chan answer, 1)
	go func() {
		password, err := keyring.Get(keyringService, name)
		done <- answer{password, err}
	}()
	select {
	case a := <-done:
		return a.password, keyringError(name, a.err)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// SavePassword puts the password of a profile into the system's keyring.
func SavePassword(name, password string) error {
	return keyringError(name, keyring.Set(keyringService, name, password))
}

// ForgetPassword removes the password of a profile from the keyring. It is no
// error if there is none.
func ForgetPassword(name string) error {
	err := keyring.Delete(keyringService, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return keyringError(name, err)
}

// MovePassword files the password of a profile under its new name.
func MovePassword(from, to string) error {
	password, err := keyring.Get(keyringService, from)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = keyring.Set(keyringService, to, password)
	}
	if err != nil {
		return keyringError(from, err)
	}
	return ForgetPassword(from)
}

func keyringError(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return driver.Errorf(driver.Configuration, "the keyring holds no password for the profile %s", name).
			WithHint("rowan profiles edit %s --save-password asks for it and puts it there", name)
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return driver.Errorf(driver.TooLarge, "the password is too long for the keyring")
	}
	return driver.Errorf(driver.Configuration, "the system's keyring cannot be used: %w", err).
		WithHint("without a desktop there often is none: use password_command or password_env in the profile instead")
}
