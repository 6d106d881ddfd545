//go:build unix

package servers

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// account is the user that a server runs as; nil is the current one.
type account struct {
	name     string
	uid, gid int
}

// unprivileged is the first of names that exists on this machine, or nil for a
// program that is not root and can only be itself.
func unprivileged(names []string) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return &account{name, uid, gid}, nil
		}
	}
	return nil, fmt.Errorf("a server must not run as root, and there is no user %s", strings.Join(names, " or "))
}

// credential makes a process run as a, with no groups but its own.
func (a *account) credential() *syscall.Credential {
	if a == nil {
		return nil
	}
	return &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
}

// own gives the file path to a.
func (a *account) own(path string) error {
	if a == nil {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

// write writes a file that only a can read.
func (a *account) write(path, content string) error {
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return err
	}
	return a.own(path)
}
