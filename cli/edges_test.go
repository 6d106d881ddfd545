package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestEmptyBound checks that a bound which is the empty text is a bound, so
// that a script whose variable is empty does not read, or count, everything.
func TestEmptyBound(t *testing.T) {
	path := shopFile(t)
	for flags, want := range map[string]string{
		"--to=": "0\n", "--before=": "0\n", "--from=": "23\n", "--after=": "23\n", "--prefix=": "23\n",
	} {
		rowan(t, "count", path, "countries", flags).want(t, want)
	}
	rowan(t, "count", path, "countries", "--to=", "--before=x").fails(t, exitUsage, "two upper ends")
	rowan(t, "count", path, "countries", "--prefix=", "--from=x").fails(t, exitUsage, "a range of its own")
}

func TestDeleteCounts(t *testing.T) {
	path := shopFile(t)
	rowan(t, "delete", path, "countries", "CH", "CH", "--json").want(t, `{"key":["CH"]}`+"\n")
	r := rowan(t, "delete", path, "countries", "CH", "AT", "XX", "SE", "--json")
	r.fails(t, exitFailed, "2 of 4 rows do not exist")
	if want := `{"key":["AT"]}` + "\n" + `{"key":["SE"]}` + "\n"; r.stdout != want {
		t.Errorf("deleted %q, want %q", r.stdout, want)
	}
	for _, key := range []string{`("CH")`, `("XX")`} {
		if !strings.Contains(r.stderr, "countries has no row "+key) {
			t.Errorf("%s is not named: %s", key, r.stderr)
		}
	}
	rowan(t, "count", path, "countries").want(t, "20\n")
}

// TestGetNothing checks that nothing, not even a header, is the result of keys
// without rows.
func TestGetNothing(t *testing.T) {
	path := shopFile(t)
	for _, args := range [][]string{{"XX"}, {"XX", "YY"}, {"XX", "--json"}, {"XX", "--column", "name"}} {
		r := rowan(t, append([]string{"get", path, "countries"}, args...)...)
		r.fails(t, exitFailed, `countries has no row ("XX")`)
		if r.stdout != "" {
			t.Errorf("%v: printed %q", args, r.stdout)
		}
	}
}

// TestWhatToDo checks hints that name the way out.
func TestWhatToDo(t *testing.T) {
	path := shopFile(t)
	t.Chdir(filepath.Dir(path))
	for _, c := range []struct {
		line string
		code int
		want string
	}{
		{"count shop.rowan nope", exitFailed, "rowan: shop.rowan has no table nope\n       rowan tables shop.rowan lists those that there are\n"},
		{"--read-only delete shop.rowan countries CH", exitFailed, "rowan: shop.rowan cannot be written: it was opened read-only\n       leave out --read-only\n"},
		{"put shop.rowan countries CH code=1", exitUsage, "rowan: code is part of the key of countries, which KEY sets\n"},
		{"put shop.rowan countries CH name=a name=b", exitUsage, "rowan: column name is set twice\n"},
		{"put shop.rowan countries CH name=a --insert", exitFailed, "rowan: put countries: there is a row (\"CH\") already\n       leave out --insert to change it\n"},
		{"put shop.rowan countries XX name=a --update", exitFailed, "rowan: put countries: there is no row (\"XX\")\n       leave out --update to add it\n"},
		{"put shop.rowan products X price=dear", exitUsage, "rowan: column price: \"dear\" is not a decimal number (such as 12.50)\n"},
		{"scan shop.rowan countries --json --format csv", exitUsage, "rowan: --json and --format csv contradict each other: leave one out\n"},
		{"tables rowan:nope", exitFailed, "there is no file nope"},
		{"tables rowan:", exitFailed, "names no file"},
	} {
		r := rowan(t, strings.Fields(c.line)...)
		r.fails(t, c.code, c.want)
		for _, ism := range []string{"tuple: ", "btree: ", "strconv", "context"} {
			if strings.Contains(r.stderr, ism) {
				t.Errorf("%s: %q is for programmers: %s", c.line, ism, r.stderr)
			}
		}
	}
	rowan(t, "scan", path, "countries", "--json", "--format", "json", "--prefix", "CH").want(t,
		`{"key":["CH"],"columns":{"name":"Schweiz","currency":"CHF"}}`+"\n")
	rowan(t, "tables", "").fails(t, exitFailed, "the name of the database is empty")
}

// TestTooLarge checks that a key that is too large is refused as that, and
// leaves nothing.
func TestTooLarge(t *testing.T) {
	path := shopFile(t)
	r := rowan(t, "put", path, "countries", strings.Repeat("k", 100_000), "name=n", "currency=c")
	r.fails(t, exitFailed, "key too large: 100002 bytes")
	if !strings.Contains(r.stderr, "use a shorter key") {
		t.Error(r.stderr)
	}
	rowan(t, "count", path, "countries").want(t, "23\n")
}

// TestCreateLeavesNothing checks that a row that is refused does not leave the
// table that was to be made for it.
func TestCreateLeavesNothing(t *testing.T) {
	path := filepath.Join(isolate(t), "notes.rowan")
	rowan(t, "put", path, "notes", "a", "value=v", "--create").want(t, "")
	for _, c := range []struct {
		args []string
		code int
		why  string
	}{
		{[]string{"k", "nope=1"}, exitUsage, `no column "nope"`},
		{[]string{"(null)", "value=1"}, exitUsage, "an element is null"},
		{[]string{"()", "value=1"}, exitUsage, "at least one element"},
		{[]string{"(", "value=1"}, exitUsage, "is not a key"},
		{[]string{strings.Repeat("k", 9000), "value=1"}, exitFailed, "key too large"},
		{[]string{"k", "value:=5"}, exitFailed, "holds text, not int"},
		{[]string{"k", "value=1", "--update"}, exitFailed, "there is no row"},
	} {
		args := append([]string{"put", path, "new"}, c.args...)
		rowan(t, append(args, "--create")...).fails(t, c.code, c.why)
		rowan(t, "count", path, "new").fails(t, exitFailed, "has no table new")
	}
	rowan(t, "check", path).want(t, "")
}

// TestNoKey looks for keys in a table that has none.
func TestNoKey(t *testing.T) {
	s := &store.Schema{Name: "v"}
	for _, word := range []string{"1", "(1)", ""} {
		if _, err := parseKey(s, word); exitCode(err) != exitUsage {
			t.Errorf("the key %q of a table without: %v", word, err)
		}
		if _, err := parsePrefix(s, word); exitCode(err) != exitUsage {
			t.Errorf("the prefix %q of a table without: %v", word, err)
		}
	}
}

// TestAssignment reads assignments to columns whose names hold the signs of one.
func TestAssignment(t *testing.T) {
	text := func(name string) store.Column { return store.Column{Name: name, Kind: tuple.KindText} }
	s := &store.Schema{Name: "t", Columns: []store.Column{text("="), text("a=b"), text("a:"), text("a")}}
	for word, want := range map[string]store.Assignment{
		"==x":        {Column: 0, Value: tuple.Text("x")},
		`=:="x"`:     {Column: 0, Value: tuple.Text("x")},
		"a=b=c":      {Column: 3, Value: tuple.Text("b=c")},
		"a:=x":       {Column: 2, Value: tuple.Text("x")},
		`a::="x"`:    {Column: 2, Value: tuple.Text("x")},
		"a=":         {Column: 3, Value: tuple.Text("")},
		"a=\x1b[31m": {Column: 3, Value: tuple.Text("\x1b[31m")},
	} {
		if got, err := assignment(s, word); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", word, got, err, want)
		}
	}
}

// TestProfilesUnreadable checks that a file of profiles that cannot be read is
// named once, and does not hinder those who name a path.
func TestProfilesUnreadable(t *testing.T) {
	path := shopFile(t)
	t.Chdir(filepath.Dir(path))
	profiles := os.Getenv("ROWAN_PROFILES")
	if err := os.Mkdir(profiles, 0o700); err != nil {
		t.Fatal(err)
	}
	r := rowan(t, "count", "nobody", "countries")
	r.fails(t, exitFailed, "the profiles in "+profiles+" cannot be read: is a directory")
	if strings.Count(r.stderr, profiles) != 1 {
		t.Errorf("the path is repeated: %s", r.stderr)
	}
	rowan(t).fails(t, exitFailed, "cannot be read")
	rowan(t, "count", "./shop.rowan", "countries").want(t, "23\n")
	rowan(t, "count", "shop.rowan", "countries").want(t, "23\n")
}
