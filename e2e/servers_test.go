//go:build unix

package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/e2e/servers"
)

// database is a server of a test's own, and how the journeys differ on it.
type database struct {
	*servers.Server
	t *testing.T
}

// startServer starts a server that only one test uses, and may ill-treat.
func startServer(t *testing.T, name string) *database {
	t.Helper()
	for _, k := range servers.Kinds() {
		if k.Name != name {
			continue
		}
		if os.Getenv(k.Env) == "" {
			t.Skipf("%s is not set: run the tests with e2e/servers/cmd/withservers", k.Env)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		s, err := servers.Start(ctx, k)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Stop(); err != nil && !t.Failed() {
				t.Logf("stop: %v", err)
			}
		})
		return &database{s, t}
	}
	t.Fatalf("there is no server %s", name)
	return nil
}

// does runs statements with the database's own client, and returns what it
// prints.
func (d *database) does(statements ...string) string {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	out, err := d.Query(ctx, strings.Join(statements, "\n"))
	if err != nil {
		d.t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// secret is the password that the server wants.
func (d *database) secret() string {
	u, err := url.Parse(d.URL())
	if err != nil {
		d.t.Fatal(err)
	}
	password, _ := u.User.Password()
	return password
}

// profile gives the user a profile of the server, whose password is in an
// environment variable.
func (d *database) profile(u *user, name string, settings ...string) {
	u.t.Helper()
	address, err := url.Parse(d.URL())
	u.must(err)
	address.User = url.User(address.User.Username())
	u.write("profiles.toml", fmt.Sprintf("[profiles.%s]\ntarget = %q\npassword_env = \"SECRET\"\n%s\n", name, address.String(), strings.Join(settings, "\n")))
	u.env = append(u.env, "SECRET="+d.secret())
}

// keepsSecret checks that the password was never on the screen.
func (s *session) keepsSecret(secret string) {
	s.t.Helper()
	if strings.Contains(string(s.term.Output()), secret) {
		s.t.Error("the password was on the screen")
	}
}

// people is a table of 500 rows, in statements that PostgreSQL and MariaDB both
// understand.
func people() string {
	var b strings.Builder
	b.WriteString("create table people (id integer primary key, name varchar(40), born date);\ninsert into people values ")
	for i := 1; i <= 500; i++ {
		if i > 1 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "(%d,'person %d','2000-01-01')", i, i)
	}
	b.WriteString(";\n")
	return b.String()
}

// TestJourneyOnServers browses a table to its end, edits a row in the middle,
// and commits; the database's own client finds just that change.
func TestJourneyOnServers(t *testing.T) {
	for _, name := range []string{"postgres", "mysql"} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t)
			d := startServer(t, name)
			d.does(people())
			d.profile(u, "shop")
			s := u.open("shop")
			s.table("people")
			s.press("G")
			s.seesLine(`│ 500 │ person 500 2000-01-01`)
			s.press("g")
			s.sees("row 1 of")
			s.press("Down", "Down", "Right")
			s.sees("row 3 of")
			s.replaces("Ünï; drop table people")
			s.press("Right").replaces("1999-12-31")
			s.commits("1 change")
			s.quits()
			s.keepsSecret(d.secret())
			if got := d.does("select count(*) from people where name like 'person %' and born = '2000-01-01';"); got != "499" {
				t.Errorf("%s rows are as they were, want 499", got)
			}
			if got := d.does("select name, born from people where id = 3;"); !strings.Contains(got, "Ünï; drop table people") || !strings.Contains(got, "1999-12-31") {
				t.Errorf("row 3 is %s", got)
			}
		})
	}
}

// TestJourneyOnRedis looks at keys of every type, follows one to its contents,
// and edits both.
func TestJourneyOnRedis(t *testing.T) {
	u := newUser(t)
	d := startServer(t, "redis")
	d.does("hset user:1 name Ann age 30", "rpush queue a b c", "set greeting hello", "zadd board 1 ann 2 bob", "sadd tags x y", "xadd log 1-1 event start")
	d.profile(u, "cache")
	s := u.open("cache")
	s.table("keys")
	s.seesLine(`│ board │ zset`)
	s.seesLine(`│ user:1 │ hash`)
	s.press("Down", "Right", "Right").replaces("hello world")
	s.runs("open keys/user:1")
	s.seesLine(`│ age │ 30`)
	s.press("Right").replaces("31")
	s.commits("2 changes")
	s.quits()
	s.keepsSecret(d.secret())
	if got := d.does("get greeting", "hget user:1 age", "hget user:1 name", "llen queue"); strings.Join(strings.Fields(got), " ") != "hello world 31 Ann 3" {
		t.Errorf("redis-cli finds %q", got)
	}
}

// TestServerDiesBeforeACommit kills the server under staged changes: they are
// kept, the screen stays alive, and when the server is back they are written
// once.
func TestServerDiesBeforeACommit(t *testing.T) {
	for _, name := range []string{"postgres", "mysql"} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t)
			d := startServer(t, name)
			d.does(people())
			d.profile(u, "shop")
			s := u.open("shop")
			s.table("people")
			s.press("Right").replaces("edited")
			s.sees("1 staged")
			if err := d.Kill(); err != nil {
				t.Fatal(err)
			}
			s.reviews("1 change")
			s.confirms()
			s.sees("╭", "shop")
			s.seesNo("Committed")
			s.press("Escape")
			s.sees("1 staged")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := d.Restart(ctx); err != nil {
				t.Fatal(err)
			}
			s.press("Escape")
			s.commits("1 change")
			if got := d.does("select count(*) from people where name = 'edited';"); got != "1" {
				t.Errorf("%s rows are edited", got)
			}
			s.quits()
			s.keepsSecret(d.secret())
		})
	}
}
