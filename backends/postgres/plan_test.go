package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// large has tables with as many rows as make a scan of them worse than a search.
const large = `
CREATE TYPE mood AS ENUM('a', 'b', 'c');
CREATE TABLE grid(a int, b int, v text, PRIMARY KEY(a, b)); INSERT INTO grid SELECT g / 100, g % 100, 'v' FROM generate_series(0, 199999) g;
CREATE TABLE words(w text COLLATE "C", n smallint, v text, PRIMARY KEY(w, n)); INSERT INTO words SELECT md5(g::text), g % 7, 'v' FROM generate_series(1, 100000) g;
CREATE TABLE collated(w text COLLATE "und-x-icu" PRIMARY KEY, v text); INSERT INTO collated SELECT md5(g::text), 'v' FROM generate_series(1, 50000) g;
CREATE TABLE mixed(w text COLLATE "und-x-icu" NOT NULL, v text); CREATE UNIQUE INDEX ON mixed(w COLLATE "C"); INSERT INTO mixed SELECT md5(g::text), 'v' FROM generate_series(1, 50000) g;
CREATE TABLE ids(id uuid PRIMARY KEY, v text); INSERT INTO ids SELECT md5(g::text)::uuid, 'v' FROM generate_series(1, 50000) g;
CREATE TABLE events(at timestamptz, m mood, r real, b bytea, PRIMARY KEY(at, m, r, b)); INSERT INTO events
	SELECT '2026-01-01'::timestamptz + g * interval '1 minute', 'b', g / 10.0, '\x00' FROM generate_series(1, 50000) g;
CREATE TABLE parts(id bigint, v int, PRIMARY KEY(id)) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (50000); CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (50000) TO (100000);
INSERT INTO parts SELECT g, g FROM generate_series(0, 99999) g;
CREATE TABLE sorted(id int PRIMARY KEY, v int, w text COLLATE "C" NOT NULL); INSERT INTO sorted SELECT g, nullif(g * 7 % 1000, 3), md5(g::text) FROM generate_series(1, 100000) g;
CREATE INDEX ON sorted(v, id); CREATE INDEX ON sorted(w, id);
VACUUM ANALYZE;`

// explainAt returns the plan of a statement with arguments.
func explainAt(t *testing.T, db *writer, query string, args []any) string {
	t.Helper()
	var plan []string
	err := sqlrows.Each(context.Background(), db.pool, "EXPLAIN "+query, args, func(rows sqlrows.Rows) error {
		var line string
		err := rows.Scan(&line)
		plan = append(plan, line)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return strings.Join(plan, "\n")
}

// TestPagesSearchTheIndex: whatever the key is made of, and in both directions.
func TestPagesSearchTheIndex(t *testing.T) {
	u := newDatabase(t)
	for statement := range strings.SplitSeq(large, ";\n") {
		runSQL(t, u, statement)
	}
	db := openAt(t, connectionTo(u)).(*writer)
	for _, table := range []string{"grid", "words", "collated", "mixed", "ids", "events", "parts"} {
		s := described(t, db, table)
		page, err := db.Scan(context.Background(), s, driver.Query{Limit: 2000, KeysOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		k := page.Rows[len(page.Rows)-1].Key
		ranges := map[string]tuple.Range{
			"everything": {},
			"after":      tuple.Range{}.After(k),
			"before":     tuple.Range{}.Before(k),
			"within":     tuple.Range{Lower: tuple.Bound{Key: page.Rows[10].Key}}.Before(k),
			"prefix":     tuple.Prefix(k[:1]),
			"page of it": tuple.Prefix(k[:1]).After(k),
		}
		if table == "words" || table == "mixed" {
			ranges["beginning"] = tuple.PrefixPart(tuple.Tuple{tuple.Text("a")})
		}
		for name, r := range ranges {
			for _, reverse := range []bool{false, true} {
				what := fmt.Sprintf("%s, %s, reverse %t", table, name, reverse)
				checkPlan(t, db, what, s, driver.Query{Range: r, Reverse: reverse, Limit: 100, MaxValue: 1000}, name != "everything")
			}
		}
	}
}

func checkPlan(t *testing.T, db *writer, what string, s *driver.Schema, q driver.Query, searches bool) {
	t.Helper()
	query, args, err := sqlrows.ScanStatement(db.d, s, q)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if query == "" {
		return // "page of it" of a key of one column is empty
	}
	plan := explainAt(t, db, query, args)
	if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") || strings.Contains(plan, "Filter") ||
		!strings.Contains(plan, "Index") || searches && !strings.Contains(plan, "Index Cond") {
		t.Errorf("%s: %s\n%s", what, query, plan)
	}
}

// TestSortedPagesSearchAnIndex that there is for the column and the key.
func TestSortedPagesSearchAnIndex(t *testing.T) {
	u := newDatabase(t)
	for statement := range strings.SplitSeq(large, ";\n") {
		if strings.Contains(statement, "sorted") || strings.HasPrefix(statement, "VACUUM") {
			runSQL(t, u, statement)
		}
	}
	db := openAt(t, connectionTo(u)).(*writer)
	s := described(t, db, "sorted")
	for column, value := range map[int]tuple.Value{1: tuple.Int(500), 2: tuple.Text("8000")} {
		for _, reverse := range []bool{false, true} {
			for _, from := range []*driver.Place{nil, {Value: value, Key: key(tuple.Int(5000))}} {
				queries, args, err := sqlrows.SortedStatements(db.d, s, driver.Query{Limit: 100, Reverse: reverse}, column, from)
				if err != nil {
					t.Fatal(err)
				}
				for i, query := range queries {
					plan := explainAt(t, db, query, args[i])
					// The rows with NULL are found by the index, and are sorted if they are few.
					sorts := strings.Contains(plan, "Sort") && !strings.Contains(query, "IS NULL")
					if strings.Contains(plan, "Seq Scan") || sorts {
						t.Errorf("column %d, reverse %t, from %v: %s\n%s", column, reverse, from, query, plan)
					}
				}
			}
		}
	}
}

// TestPointsSearchTheIndex: a key of any kind, also one that no row has.
func TestPointsSearchTheIndex(t *testing.T) {
	db, _ := made(t, `CREATE TYPE mood AS ENUM('sad', 'ok');
		CREATE TABLE r(k real PRIMARY KEY); INSERT INTO r VALUES(0.1),('NaN'),('-Infinity');
		CREATE TABLE n(k numeric PRIMARY KEY); INSERT INTO n VALUES(1.50),('NaN');
		CREATE TABLE m(k mood, i inet, a int[], PRIMARY KEY(k, i, a)); INSERT INTO m VALUES('sad','10.0.0.1','{1,2}');
		CREATE TABLE c(k char(4) PRIMARY KEY); INSERT INTO c VALUES('ab');
		CREATE TABLE o(k oid PRIMARY KEY); INSERT INTO o VALUES(4294967295);
		CREATE TABLE d(k date PRIMARY KEY); INSERT INTO d VALUES('infinity'),('0044-03-15 BC');
		CREATE EXTENSION citext; CREATE TABLE x(k citext PRIMARY KEY); INSERT INTO x VALUES('AbC');`)
	for _, table := range []string{"r", "n", "m", "c", "o", "d", "x"} {
		s := described(t, db, table)
		for _, r := range all(t, db, s) {
			rows, err := db.Get(context.Background(), s, []tuple.Tuple{r.Key, r.Key})
			if err != nil || rows[0] == nil || rows[1] == nil || !rows[0].Key.Equal(r.Key) {
				t.Errorf("%s: %v finds %v, %v", table, r.Key, rows, err)
			}
		}
		for _, absent := range []tuple.Value{tuple.Null, tuple.Int(-1), tuple.Text("zz"), tuple.Uint(1 << 63), tuple.Float(2.5), tuple.Date(0), tuple.Bytes(nil), tuple.Text("a\x00")} {
			k := make(tuple.Tuple, len(s.Key))
			for i := range k {
				k[i] = absent
			}
			if rows, err := db.Get(context.Background(), s, []tuple.Tuple{k}); err != nil && db.Classify(err) != driver.BadValue || err == nil && rows[0] != nil {
				t.Errorf("%s: %v finds %v, %v", table, k, rows, err)
			}
		}
	}
}
