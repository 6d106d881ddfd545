//go:build unix

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// other is somebody else who has a SQLite database open.
type other struct {
	u   *user
	in  io.WriteCloser
	out *bufio.Scanner
}

// hold opens a database with the sqlite3 program, which keeps it open until
// the test ends.
func (u *user) hold(file string) *other {
	u.t.Helper()
	cmd := u.command(u.t.Context(), "sqlite3", "-bail", file)
	in, err := cmd.StdinPipe()
	u.must(err)
	out, err := cmd.StdoutPipe()
	u.must(err)
	u.must(cmd.Start())
	u.t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	return &other{u, in, bufio.NewScanner(out)}
}

// does carries out statements and returns what they print.
func (o *other) does(statements string) string {
	o.u.t.Helper()
	const done = "-- done --"
	_, err := fmt.Fprintf(o.in, "%s;\n.print '%s'\n", statements, done)
	o.u.must(err)
	var lines []string
	for o.out.Scan() {
		if o.out.Text() == done {
			return strings.Join(lines, "\n")
		}
		lines = append(lines, o.out.Text())
	}
	o.u.t.Fatalf("sqlite3 ended at %q", statements)
	return ""
}
