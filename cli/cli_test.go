package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// result is what a run of the program left.
type result struct {
	code           int
	stdout, stderr string
}

// rowan runs the program.
func rowan(t *testing.T, args ...string) result {
	t.Helper()
	return rowanWith(t, "", args...)
}

func rowanWith(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := Main(args, strings.NewReader(stdin), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// want checks what a run printed on standard output, and that it was done.
func (r result) want(t *testing.T, stdout string) {
	t.Helper()
	if r.code != exitDone || r.stdout != stdout {
		t.Errorf("exit code %d, stderr %q\ngot:\n%s\nwant:\n%s", r.code, r.stderr, r.stdout, stdout)
	}
}

// fails checks the exit code of a run, and that standard error tells why.
func (r result) fails(t *testing.T, code int, why string) {
	t.Helper()
	if r.code != code || !strings.Contains(r.stderr, why) {
		t.Errorf("exit code %d, want %d\nstdout %q\nstderr %q, want it to say %q", r.code, code, r.stdout, r.stderr, why)
	}
}

// isolate keeps a test away from the user's own files.
func isolate(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	t.Setenv("ROWAN_STATE", filepath.Join(dir, "state"))
	t.Setenv("ROWAN_PROFILES", filepath.Join(dir, "profiles.toml"))
	return dir
}

// builtShop builds the demo once for all tests that want one to work on.
var builtShop = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "rowan-cli-test")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "shop.rowan")
	var stderr bytes.Buffer
	args := []string{"demo", "--build-only", "--rows", "2000", "--path", path}
	if code := Main(args, strings.NewReader(""), io.Discard, &stderr); code != exitDone {
		return nil, fmt.Errorf("exit code %d: %s", code, &stderr)
	}
	return os.ReadFile(path)
})

// shopFile returns the path of a demo that is the test's own.
func shopFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(isolate(t), "shop.rowan")
	content, err := builtShop()
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDemo(t *testing.T) {
	path := filepath.Join(isolate(t), "shop.rowan")
	rowan(t, "demo", "--build-only", "--rows", "2000", "--path", path).want(t, path+"\n")
	rowan(t, "count", path, "orders").want(t, "2000\n")
	rowan(t, "check", path).want(t, "")
	if r := rowan(t, "tables", path); !strings.Contains(r.stdout, " 2,000") || !strings.Contains(r.stdout, "customer, number, line") {
		t.Errorf("tables prints:\n%s", r.stdout)
	}
	left, err := filepath.Glob(path + "*building")
	if err != nil || len(left) > 0 {
		t.Errorf("building left %v, %v", left, err)
	}
	rowan(t, "delete", path, "countries", "CH").want(t, "")
	rowan(t, "demo", "--build-only", "--path", path).want(t, path+"\n")
	rowan(t, "get", path, "countries", "CH").fails(t, exitFailed, "no row")
	rowan(t, "demo", "--build-only", "--rows", "100", "--rebuild", "--path", path).want(t, path+"\n")
	rowan(t, "get", path, "countries", "CH").want(t, "code  name     currency\nCH    Schweiz  CHF\n")
}

func TestPutGetDelete(t *testing.T) {
	path := filepath.Join(isolate(t), "notes.rowan")
	rowan(t, "put", path, "notes", "today", "value=buy milk").fails(t, exitFailed, "there is no file")
	rowan(t, "put", path, "notes", "today", "value=buy milk", "--create").want(t, "")
	rowan(t, "get", path, "notes", "today").want(t, "key    value\ntoday  buy milk\n")
	rowan(t, "get", path, "notes", "today", "--column", "value").want(t, "buy milk")
	rowan(t, "put", path, "notes", "today", "value=a=b", "--json").want(t, `{"key":["today"]}`+"\n")
	rowanWith(t, "from a pipe\n", "put", path, "notes", "piped", "--stdin", "value").want(t, "")
	rowan(t, "put", path, "notes", "nothing", "value:=null").want(t, "")
	rowan(t, "scan", path, "notes", "--json").want(t,
		`{"key":["nothing"],"columns":{"value":null}}`+"\n"+
			`{"key":["piped"],"columns":{"value":"from a pipe\n"}}`+"\n"+
			`{"key":["today"],"columns":{"value":"a=b"}}`+"\n")
	rowan(t, "scan", path, "notes", "--json", "--keys-only", "--limit", "1").want(t, `{"key":["nothing"]}`+"\n")
	rowan(t, "put", path, "notes", "today", "value=x", "--insert").fails(t, exitFailed, "there is a row")
	rowan(t, "put", path, "notes", "never", "value=x", "--update").fails(t, exitFailed, "there is no row")
	rowan(t, "put", path, "notes", "today", "value=x", "--update").want(t, "")
	rowan(t, "put", path, "notes", "new", "value=x", "--insert").want(t, "")
	rowan(t, "count", path, "notes", "--json").want(t, `{"count":4,"exact":true}`+"\n")
	rowan(t, "delete", path, "notes", "today", "never", "new").fails(t, exitFailed, `notes has no row ("never")`)
	rowan(t, "count", path, "notes").want(t, "2\n")
}

// TestValues writes values of the kinds that JSON does not have.
func TestValues(t *testing.T) {
	path := shopFile(t)
	rowan(t, "put", path, "awkward", "x", "remark=r", `data:={"$bytes":"AAE="}`, `json:={"a":[1,2.50]}`).want(t, "")
	rowan(t, "get", path, "awkward", "x", "--json").want(t,
		`{"key":["x"],"columns":{"text":null,"data":{"$bytes":"AAE="},"json":{"a":[1,2.50]},"remark":"r"}}`+"\n")
	rowan(t, "put", path, "products", "X-1", "name=n", "price=1.10", "stock:=3", "kilograms:=2").want(t, "")
	rowan(t, "get", path, "products", "X-1", "--json").want(t,
		`{"key":["X-1"],"columns":{"name":"n","price":{"$decimal":"1.10"},"stock":3,"kilograms":2.0}}`+"\n")
	rowan(t, "put", path, "products", "X-1", "stock=many").fails(t, exitUsage, "column stock")
	rowan(t, "put", path, "products", "X-1", "stock:={").fails(t, exitUsage, "column stock")
}

func TestTablesJSON(t *testing.T) {
	path := shopFile(t)
	r := rowan(t, "tables", path, "--json")
	want := `{"table":"orders","kind":"table","key":["customer","number"],"columns":["status","total","placed","note"]}` + "\n"
	if !strings.Contains(r.stdout, want) {
		t.Errorf("got:\n%s", r.stdout)
	}
}

func TestCompositeKeys(t *testing.T) {
	path := filepath.Join(isolate(t), "t.rowan")
	for _, key := range []string{`("a",1)`, `("a",2)`, `("ab",1)`, `("b",-1)`} {
		rowan(t, "put", path, "t", key, "value=x", "--create").want(t, "")
	}
	keys := func(args ...string) string {
		t.Helper()
		r := rowan(t, append([]string{"scan", path, "t", "--keys-only", "--format", "csv"}, args...)...)
		if r.code != exitDone {
			t.Errorf("%v: exit code %d, %s", args, r.code, r.stderr)
		}
		lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(r.stdout, "\r", "")), "\n")
		return strings.Join(lines[1:], " ")
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "a,1 a,2 ab,1 b,-1"},
		{[]string{"--prefix", `("a")`}, "a,1 a,2"},
		{[]string{"--prefix", `("a"*)`}, "a,1 a,2 ab,1"},
		{[]string{"--prefix", "a"}, "a,1 a,2 ab,1"},
		{[]string{"--prefix", `("a",2)`}, "a,2"},
		{[]string{"--from", `("a",2)`}, "a,2 ab,1 b,-1"},
		{[]string{"--after", `("a")`}, "ab,1 b,-1"},
		{[]string{"--to", `("a")`, "--reverse"}, "a,2 a,1"},
		{[]string{"--from", "ab", "--before", `("b",-1)`}, "ab,1"},
		{[]string{"--reverse", "--limit", "1"}, "b,-1"},
		{[]string{"--prefix", "zzz"}, ""},
	} {
		if got := keys(c.args...); got != c.want {
			t.Errorf("%v: got %s, want %s", c.args, got, c.want)
		}
	}
	rowan(t, "get", path, "t", "a").fails(t, exitUsage, "not a whole key")
	rowan(t, "get", path, "t", `("a",1,2)`).fails(t, exitUsage, "has more")
	rowan(t, "get", path, "t", `("a",`).fails(t, exitUsage, "is not a key")
	rowan(t, "get", path, "t", `("a",1)`, `("a",9)`).fails(t, exitPartly, `t has no row ("a",9)`)
}

// TestTruncation checks that output that is cut off is never silent.
func TestTruncation(t *testing.T) {
	path := shopFile(t)
	r := rowan(t, "scan", path, "orders")
	r.fails(t, exitPartly, "more rows than the first 500")
	if n := strings.Count(r.stdout, "\n"); n != 501 {
		t.Errorf("%d lines, want 500 and a header", n)
	}
	r = rowan(t, "scan", path, "orders", "--limit", "3", "--json")
	if r.code != exitDone || strings.Count(r.stdout, "\n") != 3 || !strings.Contains(r.stderr, "more rows") {
		t.Errorf("a limit that was asked for: %+v", r)
	}
	r = rowan(t, "scan", path, "orders", "--limit", "0", "--json")
	if r.code != exitDone || strings.Count(r.stdout, "\n") != 2000 || r.stderr != "" {
		t.Errorf("all rows: exit code %d, %d lines, %q", r.code, strings.Count(r.stdout, "\n"), r.stderr)
	}
	for line := range strings.Lines(r.stdout) {
		if !json.Valid([]byte(line)) {
			t.Fatalf("not JSON: %s", line)
		}
	}
}

// TestAwkward prints what is hard to show in all formats: the formats for
// people hold no control byte, and JSON is JSON.
func TestAwkward(t *testing.T) {
	path := shopFile(t)
	r := rowan(t, "scan", path, "awkward")
	if r.code != exitDone {
		t.Fatalf("%+v", r)
	}
	for _, c := range r.stdout {
		if c < ' ' && c != '\n' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == 0x202e {
			t.Errorf("the table holds the control character %U", c)
		}
	}
	r = rowan(t, "scan", path, "awkward", "--json")
	for line := range strings.Lines(r.stdout) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %.200s", line)
		}
	}
	csv := rowan(t, "scan", path, "awkward", "--from", "01 null", "--to", "02 empty", "--format", "csv").stdout
	want := "name,text,data,json,remark\r\n01 null,,,,all NULL\r\n02 empty,\"\",0x,\"\"\"\"\"\",\"empty, not NULL\"\r\n"
	if csv != want {
		t.Errorf("NULL and empty text in CSV:\n%q\nwant\n%q", csv, want)
	}
}

func TestUsage(t *testing.T) {
	path := shopFile(t)
	for _, c := range []struct {
		args []string
		why  string
	}{
		{[]string{"scan", path}, "rowan scan takes TARGET TABLE, and got one argument"},
		{[]string{"scan", path, "orders", "--nope"}, "--nope"},
		{[]string{"scan", path, "orders", "--format", "xml"}, "table, json and csv"},
		{[]string{"scan", path, "orders", "--limit", "-1"}, "cannot be negative"},
		{[]string{"scan", path, "orders", "--prefix", "a", "--from", "b"}, "--prefix is a range of its own"},
		{[]string{"scan", path, "orders", "--from", "a", "--after", "b"}, "two lower ends"},
		{[]string{"put", path, "orders", `("ada",1)`, "status"}, "COLUMN=VALUE"},
		{[]string{"put", path, "orders", `("ada",1)`, "nope=1"}, `no column "nope"`},
		{[]string{"put", path, "orders", `("ada",1)`, "total=dear"}, "column total"},
		{[]string{"get", path, "orders", `("ada",1)`, "extra"}, "not a whole key"},
		{[]string{path}, "needs a terminal"},
		{[]string{path, "--theme", "nope"}, "needs a terminal"},
	} {
		rowan(t, c.args...).fails(t, exitUsage, c.why)
	}
}

func TestFailures(t *testing.T) {
	path := shopFile(t)
	dir := filepath.Dir(path)
	text := filepath.Join(dir, "text")
	empty := filepath.Join(dir, "empty")
	for file, content := range map[string]string{text: "hello, this is text\x1b[31m", empty: ""} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		why  string
	}{
		{[]string{"tables", filepath.Join(dir, "none")}, "there is no file"},
		{[]string{"tables", dir}, "is a directory"},
		{[]string{"tables", text}, "not a database"},
		{[]string{"tables", empty}, "is empty"},
		{[]string{"tables", "nosuch://host"}, "no backend speaks nosuch"},
		{[]string{"scan", path, "nope"}, "nope"},
		{[]string{"--read-only", "put", path, "countries", "CH", "name=x"}, "read-only"},
	} {
		r := rowan(t, c.args...)
		r.fails(t, exitFailed, c.why)
		if strings.Contains(r.stderr, "\x1b") {
			t.Errorf("%v: the error holds an escape sequence: %q", c.args, r.stderr)
		}
	}
}

func TestProfiles(t *testing.T) {
	path := shopFile(t)
	profiles := filepath.Join(filepath.Dir(path), "profiles.toml")
	text := "[profiles.shop]\ntarget = \"shop.rowan\"\nenvironment = \"prod\"\n\n[profiles.look]\ntarget = \"shop.rowan\"\nread_only = true\n"
	if err := os.WriteFile(profiles, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	rowan(t, "count", "shop", "countries").want(t, "23\n")
	rowan(t).want(t, "look\t"+path+"\nshop\t"+path+"\n")
	rowan(t, "delete", "look", "countries", "CH").fails(t, exitFailed, "read-only")
	rowan(t, "delete", "shop", "countries", "CH").fails(t, exitUsage, "--confirm shop")
	rowan(t, "delete", "shop", "countries", "CH", "--confirm", "shop").want(t, "")
	rowan(t, "count", "nobody", "x").fails(t, exitFailed, "neither a file nor a profile named nobody")

	if err := os.WriteFile(profiles, []byte("[profiles.shop]\ntarget = \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rowan(t, "count", "shop", "countries").fails(t, exitFailed, profiles+":2")
	rowan(t, "count", path, "countries").want(t, "22\n") // a path needs no profiles
}

func TestVersion(t *testing.T) {
	r := rowan(t, "version", "--json")
	var v struct {
		Version  string
		Backends []string
	}
	if err := json.Unmarshal([]byte(r.stdout), &v); err != nil || v.Version == "" || len(v.Backends) < 3 {
		t.Errorf("%v: %s", err, r.stdout)
	}
}
