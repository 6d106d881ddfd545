//go:build unix

package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestExitCodes runs commands that end in every way. Results go to standard
// output, all else to standard error.
func TestExitCodes(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	for _, c := range []struct {
		line string
		code int
		says string // on standard error, empty for nothing
	}{
		{"tables demo.rowan", 0, ""},
		{"tables demo.rowan --json", 0, ""},
		{"scan demo.rowan countries --json", 0, ""},
		{"scan demo.rowan orders --limit 0 --keys-only --format csv", 0, ""},
		{"get demo.rowan countries DE --json", 0, ""},
		{"count demo.rowan orders", 0, ""},
		{"version", 0, ""},
		{"help", 0, ""},
		{"get demo.rowan countries XX", 1, "XX"},
		{"scan demo.rowan nothing", 1, "nothing"},
		{"scan missing.rowan t", 1, "missing.rowan"},
		{"scan demo.rowan", 2, "TARGET TABLE"},
		{"scan demo.rowan orders --limit -1", 2, "--limit"},
		{"scan demo.rowan orders --format xml", 2, "xml"},
		{"get demo.rowan orders (1", 2, "key"},
		{"frobnicate demo.rowan x", 2, "rowan help"},
		{"scan demo.rowan orders --no-such-flag", 2, "no-such-flag"},
		{"demo.rowan", 2, "terminal"},
		{"scan demo.rowan orders", 3, "500"},
		{"get demo.rowan countries DE XX", 3, "XX"},
		{"delete demo.rowan countries XX", 1, "XX"},
		{"put demo.rowan products NEW-1 name=New price=1.10 stock:=3 kilograms=0.5", 0, "NEW-1"},
		{"put demo.rowan products NEW-1 name=New --insert", 1, "NEW-1"},
		{"put demo.rowan products NEW-2 name=New --update", 1, "NEW-2"},
		{"put demo.rowan products NEW-1 stock=many", 2, "stock"},
		{"delete demo.rowan products NEW-1", 0, "deleted"},
	} {
		r := u.rowan(strings.Fields(c.line)...)
		if r.code != c.code {
			t.Errorf("%s: ended with %d, want %d: %s", c.line, r.code, c.code, clip(r.stderr))
		}
		if c.says == "" && r.stderr != "" || !strings.Contains(r.stderr, c.says) {
			t.Errorf("%s: standard error is %q, want %q in it", c.line, r.stderr, c.says)
		}
		if c.code == 2 && r.stdout != "" {
			t.Errorf("%s: standard output is %q", c.line, clip(r.stdout))
		}
	}
}

// TestJSONIsOneValuePerLine reads what the commands print with --json.
func TestJSONIsOneValuePerLine(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	lines := 0
	for _, table := range tables {
		for line := range strings.Lines(u.rowan("scan", "demo.rowan", table, "--limit", "0", "--json").done()) {
			lines++
			var row struct {
				Key     []any          `json:"key"`
				Columns map[string]any `json:"columns"`
			}
			if err := json.Unmarshal([]byte(line), &row); err != nil || len(row.Key) == 0 || len(row.Columns) == 0 {
				t.Fatalf("%s: %v: %s", table, err, clip(line))
			}
		}
	}
	if lines < 20_000 {
		t.Errorf("all tables together have only %d rows", lines)
	}
	if got := u.rowan("count", "demo.rowan", "orders", "--json").done(); got != "{\"count\":2000,\"exact\":true}\n" {
		t.Errorf("count prints %q", got)
	}
}

// TestScriptRoundTrip writes what JSON cannot hold, reads it back and deletes
// it again.
func TestScriptRoundTrip(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	u.rowan("put", "demo.rowan", "awkward", "new\x1bkey", "remark=é", `data:={"$bytes":"AAEb/w=="}`, "text:=null", `json:={"a":[1,2]}`).done()
	want := `{"key":["new\u001bkey"],"columns":{"text":null,"data":{"$bytes":"AAEb/w=="},"json":{"a":[1,2]},"remark":"é"}}` + "\n"
	if got := u.rowan("get", "demo.rowan", "awkward", "new\x1bkey", "--json").done(); got != want {
		t.Errorf("read back\n%swant\n%s", got, want)
	}
	if got := u.rowan("get", "demo.rowan", "awkward", "new\x1bkey", "--column", "data").done(); got != "\x00\x01\x1b\xff" {
		t.Errorf("the bytes are %q", got)
	}
	u.rowan("delete", "demo.rowan", "awkward", "new\x1bkey").done()
	u.rowan("get", "demo.rowan", "awkward", "new\x1bkey").ends(1)
}

// TestScanOfRanges compares ranges with the whole table.
func TestScanOfRanges(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", `CREATE TABLE n (k INTEGER PRIMARY KEY); INSERT INTO n SELECT value FROM generate_series(1,100)`)
	for flags, want := range map[string]string{
		"--from 98":                         "98 99 100",
		"--after 98":                        "99 100",
		"--to 2":                            "1 2",
		"--before 2":                        "1",
		"--from 10 --before 13 --reverse":   "12 11 10",
		"--reverse --limit 2":               "100 99",
		"--after 100":                       "",
		"--from 50 --to 50 --keys-only":     "50",
		"--from 3 --limit 2":                "3 4",
		"--prefix (7)":                      "7",
		"--from 99 --limit 0 --format json": "99 100",
	} {
		args := append([]string{"scan", "shop.db", "n", "--json"}, strings.Fields(flags)...)
		var got []string
		for line := range strings.Lines(u.rowan(args...).done()) {
			var row struct{ Key [1]int }
			u.must(json.Unmarshal([]byte(line), &row))
			got = append(got, fmt.Sprint(row.Key[0]))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", flags, got, want)
		}
	}
}

// TestInterruptedScanEndsWith130 sends SIGINT in the middle of a long scan: it
// ends in the middle of the table, at the end of a line.
func TestInterruptedScanEndsWith130(t *testing.T) {
	u := newUser(t)
	u.million("shop.rowan")
	cmd := u.command(t.Context(), rowan, "scan", "shop.rowan", "orders", "--limit", "0", "--json")
	out, err := cmd.StdoutPipe()
	u.must(err)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	u.must(cmd.Start())
	r := bufio.NewReader(out)
	first, err := r.ReadString('\n')
	u.must(err)
	u.must(cmd.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(r)
	u.must(err)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("ended with %d: %s", code, &complaints)
	}
	if all := first + string(rest); !strings.HasSuffix(all, "}\n") || strings.Count(all, "\n") >= 1_000_000 {
		t.Errorf("printed %d lines, and last %q", strings.Count(all, "\n"), all[max(0, len(all)-80):])
	}
}

// TestClosedPipeEndsQuietly pipes a long scan into a program that reads one
// line, and lets the others end, too, whose output nobody wants.
func TestClosedPipeEndsQuietly(t *testing.T) {
	u := newUser(t)
	u.million("shop.rowan")
	for _, format := range []string{"--json", "--format=csv", "--format=table"} {
		script := fmt.Sprintf("{ %s scan shop.rowan orders --limit 0 %s 2>complaints; echo $? >code; } | head -n 1", rowan, format)
		if line := u.run("sh", "-c", script).done(); strings.Count(line, "\n") != 1 {
			t.Errorf("head printed %q", line)
		}
		complaints, err := os.ReadFile(u.path("complaints"))
		u.must(err)
		code, err := os.ReadFile(u.path("code"))
		u.must(err)
		if len(complaints) > 0 || strings.TrimSpace(string(code)) != fmt.Sprint(128+int(syscall.SIGPIPE)) {
			t.Errorf("%s: ended with %s and said %q", format, code, complaints)
		}
	}
}

// TestListWithoutTarget lists profiles and recent databases for a pipe.
func TestListWithoutTarget(t *testing.T) {
	u := newUser(t)
	u.rowan().ends(0, "rowan demo")
	u.sql("shop.db", stock)
	s := u.open("shop.db")
	s.sees("stock")
	s.quits()
	u.write("profiles.toml", "[profiles.main]\ntarget = \""+u.path("shop.db")+"\"\nread_only = true\n")
	got := u.rowan().done()
	if !strings.Contains(got, "main\t"+u.path("shop.db")) || !strings.Contains(got, "-\t"+u.path("shop.db")) {
		t.Errorf("the list is %q", got)
	}
	// In a terminal it is a list to choose from.
	s = u.open()
	s.sees("main", "shop.db")
	s.press("Enter")
	s.sees("[1] Tables", "stock", " RO ")
	s.quits()
}
