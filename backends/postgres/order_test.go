package postgres

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// ordered are keys whose order is the server's: of each, rows are inserted whose
// texts are given.
var ordered = []struct {
	name, columns string
	rows          []string
}{
	{"bytes", `k text COLLATE "C"`, []string{"a", "B", "b", "A", "ä", "z", "é", "aa", "a b", "", "Z", "日本", "🌲"}},
	{"icu", `k text COLLATE "de-x-icu"`, []string{"a", "B", "b", "A", "ä", "z", "é", "aa", "a b", "", "Z", "日本", "🌲"}},
	{"folding", `k text COLLATE folding`, []string{"a", "B", "C", "d", "ä", "É"}},
	{"anycase", `k citext`, []string{"a", "B", "c", "D"}},
	{"padded", `k char(4)`, []string{"a", "ab", "B", "a b"}},
	{"numbers", `k numeric`, []string{"1.50", "-1", "NaN", "100", "0.001", "Infinity", "-Infinity", "1e20"}},
	{"floats", `k real`, []string{"0.1", "-0.1", "NaN", "Infinity", "1e38", "16777217"}},
	{"moods", `k mood`, []string{"fine", "awful", "great"}},
	{"days", `k date`, []string{"2026-01-01", "infinity", "-infinity", "0044-03-15 BC", "0001-01-01"}},
	{"times", `k timestamptz`, []string{"2026-01-01 00:00+02", "infinity", "2026-01-01 00:00+01", "0044-03-15 00:00+00 BC"}},
	{"intervals", `k interval`, []string{"1 month", "30 days 00:00:01", "29 days", "-1 year", "00:00:00.000001"}},
	{"addresses", `k inet`, []string{"10.0.0.1", "10.0.0.0/8", "::1", "9.255.0.1"}},
	{"arrays", `k int[]`, []string{"{}", "{1}", "{1,NULL}", "{1,2}", "{0,5}"}},
	{"ranges", `k int4range`, []string{"[1,5)", "empty", "[1,2)", "(,3)"}},
	{"documents", `k jsonb`, []string{`{"a": 1}`, "[1]", `"x"`, "1", "null"}},
	{"bits", `k bit(3)`, []string{"101", "001", "111"}},
	{"oids", `k oid`, []string{"1", "4294967295", "2147483648"}},
	{"uuids", `k uuid`, []string{"00112233-4455-6677-8899-aabbccddeeff", "ff000000-0000-1000-8000-000000000000", "00000000-0000-0000-0000-000000000000"}},
	{"pairs", `k text COLLATE "de-x-icu", n mood, PRIMARY KEY(n, k)`, []string{"a', 'great", "B', 'awful", "b', 'awful", "A', 'fine", "ä', 'awful"}},
}

// TestPagesFollowTheServersOrder: page by page in both directions, and whatever
// key a page begins at.
func TestPagesFollowTheServersOrder(t *testing.T) {
	var script strings.Builder
	script.WriteString(`CREATE EXTENSION citext; CREATE TYPE mood AS ENUM('awful', 'fine', 'great');
		CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);`)
	for _, c := range ordered {
		columns := c.columns
		if !strings.Contains(columns, "PRIMARY KEY") {
			columns += " PRIMARY KEY"
		}
		fmt.Fprintf(&script, "CREATE TABLE %s(%s);", c.name, columns)
		for _, row := range c.rows {
			fmt.Fprintf(&script, "INSERT INTO %s VALUES('%s');", c.name, row)
		}
	}
	db, u := made(t, script.String())
	for _, c := range ordered {
		s := described(t, db, c.name)
		keys := keysInOrder(t, db, u, s, len(c.rows))
		for i, k := range keys {
			above, below := tuple.Range{}.After(k), tuple.Range{}.Before(k)
			checkKeys(t, db, s, driver.Query{Range: above}, keys[i+1:])
			checkKeys(t, db, s, driver.Query{Range: below, Reverse: true}, keys[:i])
			checkKeys(t, db, s, driver.Query{Range: tuple.Range{Lower: tuple.Bound{Key: k}}}, keys[i:])
			checkKeys(t, db, s, driver.Query{Range: tuple.Prefix(k)}, keys[i:i+1])
			for j := i; j < len(keys); j++ {
				checkKeys(t, db, s, driver.Query{Range: above.Before(keys[j])}, keys[min(i+1, j):j])
			}
		}
	}
}

// keysInOrder checks the order of a whole table against the server's own.
func keysInOrder(t *testing.T, db driver.DB, u *url.URL, s *driver.Schema, rows int) []tuple.Tuple {
	t.Helper()
	var keys []tuple.Tuple
	for _, r := range all(t, db, s) {
		keys = append(keys, r.Key)
	}
	if len(keys) != rows {
		t.Fatalf("%s: %d rows", s.Name, len(keys))
	}
	var columns, firsts []string
	for _, k := range s.Key {
		columns = append(columns, k.Name)
	}
	by := strings.Join(columns, ", ")
	for line := range strings.SplitSeq(askSQL(t, u, "SELECT "+columns[0]+" FROM "+s.Name+" ORDER BY "+by), "\n") {
		firsts = append(firsts, line)
	}
	for i, k := range keys {
		if k[0].Kind() == tuple.KindOther && k[0].AsText() != firsts[i] || k[0].Kind() == tuple.KindText && strings.TrimRight(k[0].AsText(), " ") != strings.TrimRight(firsts[i], " ") {
			t.Errorf("%s: row %d is %s, the server says %s", s.Name, i, k, firsts[i])
		}
	}
	return keys
}

func checkKeys(t *testing.T, db driver.DB, s *driver.Schema, q driver.Query, want []tuple.Tuple) {
	t.Helper()
	q.Limit = 2
	var got []tuple.Tuple
	for more := true; more; {
		page, err := db.Scan(context.Background(), s, q)
		if err != nil {
			t.Fatalf("%s, %+v: %v", s.Name, q, err)
		}
		for _, r := range page.Rows {
			got = append(got, r.Key)
		}
		if more = page.More; more {
			if q.Reverse {
				q.Range = q.Range.Before(got[len(got)-1])
			} else {
				q.Range = q.Range.After(got[len(got)-1])
			}
		}
	}
	if q.Reverse {
		slices.Reverse(got)
	}
	if !slices.EqualFunc(got, want, tuple.Tuple.Equal) {
		t.Errorf("%s, %+v: %v, want %v", s.Name, q, got, want)
	}
}

// TestBeginningsOfTexts are a range where the order is that of the bytes, and
// otherwise an error that says what to do.
func TestBeginningsOfTexts(t *testing.T) {
	db, _ := made(t, `CREATE TABLE c(k text COLLATE "C" PRIMARY KEY); INSERT INTO c VALUES('a'),('al'),('ali'),('am'),('Al'),('b');
		CREATE TABLE d(k text COLLATE "de-x-icu" PRIMARY KEY); INSERT INTO d VALUES('a'),('al'),('ali'),('am'),('Al'),('b');
		CREATE TABLE e(k text COLLATE "de-x-icu" NOT NULL); CREATE UNIQUE INDEX ON e(k COLLATE "C"); INSERT INTO e VALUES('a'),('al'),('ali'),('am'),('Al'),('b')`)
	al := driver.Query{Range: tuple.PrefixPart(key(tuple.Text("al"))), Limit: 10}
	for _, table := range []string{"c", "e"} {
		checkKeys(t, db, described(t, db, table), al, []tuple.Tuple{key(tuple.Text("al")), key(tuple.Text("ali"))})
	}
	_, err := db.Scan(context.Background(), described(t, db, "d"), al)
	if e := err; db.Classify(e) != driver.Unsupported || !strings.Contains(fmt.Sprint(e), "order of column k") {
		t.Errorf("%v", err)
	}
	if s := described(t, db, "d"); s.Key[0].Collation != `"de-x-icu"` {
		t.Errorf("the collation is %q", s.Key[0].Collation)
	}
}

func TestEstimates(t *testing.T) {
	db, u := made(t, `CREATE TABLE t(id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 5000);
		CREATE TABLE p(id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
		CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200); INSERT INTO p SELECT generate_series(0, 199); CREATE VIEW v AS SELECT 1`)
	estimate := func(table string) (int64, bool) {
		t.Helper()
		n, ok, err := db.(driver.Estimator).Estimate(context.Background(), described(t, db, table))
		if err != nil {
			t.Fatal(err)
		}
		return n, ok
	}
	for _, table := range []string{"t", "p", "v"} {
		if n, ok := estimate(table); ok {
			t.Errorf("%s, which nobody has analyzed: %d", table, n)
		}
	}
	runSQL(t, u, "ANALYZE t, p")
	if n, ok := estimate("t"); n != 5000 || !ok {
		t.Errorf("t: %d, %t", n, ok)
	}
	if n, ok := estimate("p"); n != 200 || !ok {
		t.Errorf("p: %d, %t", n, ok)
	}
	runSQL(t, u, "INSERT INTO t SELECT generate_series(5001, 50000)")
	if n, ok := estimate("t"); n < 40000 || n > 60000 || !ok {
		t.Errorf("t, after it grew to 50000: %d, %t", n, ok)
	}
}
