package transfer

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
)

// encode writes rows in a format.
func encode(t *testing.T, f Format, names string, o Options, rows ...tuple.Tuple) string {
	t.Helper()
	var b bytes.Buffer
	e, err := NewEncoder(&b, f, strings.Fields(names), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := e.Row(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(e.Close(), e.Close()); err != nil || e.Rows() != int64(len(rows)) {
		t.Fatalf("close: %v, %d rows", err, e.Rows())
	}
	return b.String()
}

func decimal(s string) tuple.Value {
	v, err := tuple.Decimal(s)
	if err != nil {
		panic(err)
	}
	return v
}

func TestFormats(t *testing.T) {
	rows := []tuple.Tuple{
		tuple.Of(tuple.Null, tuple.Text(""), tuple.Text("NULL")),
		tuple.Of(tuple.Int(math.MaxInt64), decimal("1.50"), tuple.BytesOf("\x00\xff")),
		tuple.Of(tuple.Text("a,\"b\"\r\nc"), tuple.Text("\t\\N"), tuple.Text("it's |")),
	}
	for f, want := range map[Format]string{
		CSV: "a,b,a\r\n,\"\",NULL\r\n9223372036854775807,1.50,0x00ff\r\n\"a,\"\"b\"\"\r\nc\",\t\\N,it's |\r\n",
		TSV: "a\tb\ta\n\\N\t\tNULL\n9223372036854775807\t1.50\t0x00ff\na,\"b\"\\r\\nc\t\\t\\\\N\tit's |\n",
		JSONLines: `{"a":null,"b":"","a_2":"NULL"}` + "\n" + `{"a":9223372036854775807,"b":{"$decimal":"1.50"},"a_2":{"$bytes":"AP8="}}` + "\n" +
			`{"a":"a,\"b\"\r\nc","b":"\t\\N","a_2":"it's |"}` + "\n",
		JSON: "[\n" + `{"a":null,"b":"","a_2":"NULL"}` + ",\n" + `{"a":9223372036854775807,"b":{"$decimal":"1.50"},"a_2":{"$bytes":"AP8="}}` + ",\n" +
			`{"a":"a,\"b\"\r\nc","b":"\t\\N","a_2":"it's |"}` + "\n]\n",
		SQL: `INSERT INTO result ("a", "b", "a") VALUES (NULL, '', 'NULL');` + "\n" +
			`INSERT INTO result ("a", "b", "a") VALUES (9223372036854775807, 1.50, x'00ff');` + "\n" +
			"INSERT INTO result (\"a\", \"b\", \"a\") VALUES ('a,\"b\"\r\nc', '\t\\N', 'it''s |');\n",
		Markdown: "| a | b | a |\n| --- | --- | --- |\n| *null* |  | NULL |\n| 9223372036854775807 | 1.50 | 0x00ff |\n| a,\"b\"<br>c | \t\\\\N | it's \\| |\n",
	} {
		if got := encode(t, f, "a b a", Options{}, rows...); got != want {
			t.Errorf("%s:\n%q\nwant\n%q", f, got, want)
		}
	}
	if got := encode(t, JSON, "a", Options{}); !json.Valid([]byte(got)) {
		t.Errorf("JSON without rows: %q", got)
	}
	if _, err := NewEncoder(io.Discard, "xls", nil, Options{}); err == nil {
		t.Error("there is a format xls")
	}
}

// FuzzExact: what is written in CSV and JSON reads back as it was.
func FuzzExact(f *testing.F) {
	f.Add("a", "b\r\n\"", []byte{0, 255})
	f.Add("", "NULL", []byte{})
	f.Fuzz(func(t *testing.T, a, b string, c []byte) {
		row := tuple.Of(tuple.Text(a), tuple.Text(b), tuple.Bytes(c), tuple.Null)
		var object map[string]tuple.Value
		if err := json.Unmarshal([]byte(encode(t, JSONLines, "a b c d", Options{}, row)), &object); err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"a", "b", "c", "d"} {
			if object[name] != row[i] {
				t.Errorf("JSON: %v became %v", row[i], object[name])
			}
		}
		if strings.Contains(a+b, "\r") {
			return // the reader makes \n of \r\n, even in quotes
		}
		records, err := csv.NewReader(strings.NewReader(encode(t, CSV, "a b c d", Options{}, row))).ReadAll()
		if err != nil || len(records) != 2 || records[1][0] != a || records[1][1] != b {
			t.Errorf("CSV of %q and %q: %q, %v", a, b, records, err)
		}
	})
}

func TestSQLLiterals(t *testing.T) {
	dollars := sqltext.Dialect{DollarQuotes: true}
	ticks := sqltext.Dialect{BackslashEscapes: true, Backticks: true}
	for _, c := range []struct {
		d    sqltext.Dialect
		v    tuple.Value
		want string
	}{
		{dollars, tuple.BytesOf("\x01"), `'\x01'`},
		{dollars, tuple.Text(`a\b'c`), `'a\b''c'`},
		{ticks, tuple.Text(`a\b'c` + "\x00"), `'a\\b''c\0'`},
		{sqltext.Dialect{}, tuple.Text("a\x00"), `CAST(x'6100' AS TEXT)`},
		{dollars, tuple.Float(2), "2.0"},
		{dollars, tuple.Float(1e300), "1e+300"},
		{dollars, tuple.Float(math.NaN()), "'nan'"},
		{dollars, tuple.Float(math.Inf(-1)), "'-inf'"},
		{dollars, decimal("NaN"), "'NaN'"},
		{dollars, tuple.Bool(true), "TRUE"},
		{dollars, tuple.Date(0), "'1970-01-01'"},
		{dollars, tuple.JSON(`{"a": "b'c"}`), `'{"a": "b''c"}'`},
		{dollars, tuple.Other("inet", "10.0.0.1"), "'10.0.0.1'"},
	} {
		if got := (sqlForm{d: c.d}).literal(c.v); got != c.want {
			t.Errorf("%v is %s, want %s", c.v, got, c.want)
		}
	}
	got := encode(t, SQL, "a`b", Options{Table: "t`", Dialect: ticks}, tuple.Of(tuple.Int(1)))
	if want := "INSERT INTO `t``` (`a``b`) VALUES (1);\n"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestUniqueNames(t *testing.T) {
	got := fmt.Sprint(uniqueNames([]string{"a", "a", "a_2", "a", "b", "b"}))
	if want := "[a a_3 a_2 a_4 b b_2]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFormatNames(t *testing.T) {
	for _, f := range Formats() {
		if got, ok := FormatOf("/tmp/a.b." + strings.ToUpper(string(f))); !ok || got != f {
			t.Errorf("%s: %s, %t", f, got, ok)
		}
	}
	if f, ok := FormatOf("csv"); ok {
		t.Errorf("a name without an ending is %s", f)
	}
}

func TestViewIsWrittenWhole(t *testing.T) {
	s := store.New(mem.New())
	defer s.Close()
	w, err := s.Writer()
	if err != nil {
		t.Fatal(err)
	}
	shape := &store.Schema{Name: "t", Key: []store.Column{{Name: "k", Kind: tuple.KindInt}}, Columns: []store.Column{{Name: "v", Kind: tuple.KindText, Nullable: true}}}
	if err := w.CreateTable(t.Context(), shape); err != nil {
		t.Fatal(err)
	}
	const n = 1234
	var changes []store.Change
	for i := range int64(n) {
		changes = append(changes, store.Change{Op: store.Insert, Table: "t", Key: tuple.Of(tuple.Int(i)),
			Set: []store.Assignment{{Column: 0, Value: tuple.Text(strings.Repeat("x", int(i)%7))}}})
	}
	if _, err := w.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	table, err := s.Table(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	filter, err := store.ParseFilter(shape, "v=xxx")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []store.ViewOptions{{}, {Filter: filter, Budget: 10}, {Sort: store.Sort{Column: "v"}}, {Reverse: true, MaxValue: 1}} {
		want := n
		if !o.Filter.Empty() {
			want = 176
		}
		var b bytes.Buffer
		var told int64
		rows, err := View(t.Context(), &b, CSV, table, o, Options{}, func(n int64) { told = n })
		lines := strings.Count(b.String(), "\r\n") - 1
		if err != nil || int(rows) != want || lines != want || int(told) != want || !strings.HasPrefix(b.String(), "k,v\r\n") {
			t.Errorf("%+v: %d rows, %d lines, told %d, want %d, %v", o, rows, lines, told, want, err)
		}
		if o.MaxValue > 0 && !strings.Contains(b.String(), "xxxxxx") {
			t.Error("values are cut")
		}
	}
}

func TestSinkWritesOneResult(t *testing.T) {
	var b bytes.Buffer
	s := NewSink(&b, CSV, Options{})
	if _, err := s.Close(); err == nil {
		t.Error("a statement without a result is written")
	}
	columns := []driver.ResultColumn{{Column: driver.Column{Name: "a"}}}
	if err := errors.Join(s.Columns(columns), s.Row(tuple.Of(tuple.Int(1)))); err != nil {
		t.Fatal(err)
	}
	if err := s.Columns(columns); err == nil {
		t.Error("a second result is taken")
	}
	if rows, err := s.Close(); err != nil || rows != 1 || b.String() != "a\r\n1\r\n" {
		t.Errorf("%d rows, %v: %q", rows, err, b.String())
	}
}

func TestFileIsThereWhenItIsComplete(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	content := func(s string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, s)
			return err
		}
	}
	failing := func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return io.ErrShortWrite
	}
	check := func(step, want string, wantErr error, size int64, err error) {
		t.Helper()
		got, _ := os.ReadFile(path)
		if string(got) != want || !errors.Is(err, wantErr) || err == nil && size != int64(len(want)) {
			t.Errorf("%s: %q, %d bytes, %v", step, got, size, err)
		}
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if e.Name() != "a.csv" {
				t.Errorf("%s: it leaves %s", step, e.Name())
			}
		}
	}
	size, err := ToFile(path, false, failing)
	check("it fails", "", io.ErrShortWrite, size, err)
	size, err = ToFile(path, false, content("one"))
	check("it is new", "one", nil, size, err)
	size, err = ToFile(path, false, content("two"))
	check("it exists", "one", ErrExists, size, err)
	size, err = ToFile(path, true, failing)
	check("replacing fails", "one", io.ErrShortWrite, size, err)
	size, err = ToFile(path, true, content("three"))
	check("it is replaced", "three", nil, size, err)
	if _, err := ToFile(filepath.Join(dir, "no", "a.csv"), false, content("x")); err == nil {
		t.Error("a directory is made")
	}
	size, err = ToFile(path, true, func(w io.Writer) error { // somebody makes a file meanwhile
		if err := os.Remove(path); err != nil {
			return err
		}
		return os.WriteFile(path, []byte("theirs"), 0o600)
	})
	if err != nil || size != 0 {
		t.Errorf("replaced what somebody made: %d, %v", size, err)
	}
}
