//go:build cgo

package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

func TestEstimate(t *testing.T) {
	const fill = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<1000) "
	db := made(t, `CREATE TABLE dense(id INTEGER PRIMARY KEY, v); CREATE TABLE empty(id INTEGER PRIMARY KEY); CREATE TABLE wide(id INTEGER PRIMARY KEY);
		CREATE TABLE keyed(k TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID; CREATE TABLE analyzed(k TEXT PRIMARY KEY NOT NULL, v) WITHOUT ROWID; CREATE VIEW v AS SELECT 1;
		CREATE TABLE "unique"(k TEXT PRIMARY KEY NOT NULL); INSERT INTO "unique" VALUES('a'),('b'),('c');
		CREATE INDEX part ON analyzed(v) WHERE v = 1;`+
		fill+"INSERT INTO dense SELECT n, n FROM c;"+fill+"INSERT INTO analyzed SELECT 'k'||n, n FROM c;"+
		"ANALYZE analyzed; DELETE FROM dense WHERE id BETWEEN 11 AND 20; INSERT INTO wide VALUES(-9223372036854775808),(9223372036854775807);")
	for table, want := range map[string]string{
		"dense": "1000 true", "empty": "0 true", "wide": "0 false", "keyed": "0 false", "analyzed": "1000 true", "v": "0 false", "unique": "3 true",
	} {
		n, ok, err := db.Estimate(context.Background(), described(t, db, table))
		if !ok {
			n = 0
		}
		if got := fmt.Sprint(n, ok); got != want || err != nil {
			t.Errorf("%s: %s, %v, want %s", table, got, err, want)
		}
	}
}

// TestStatistics frees the pages of a table, which stay in the file.
func TestStatistics(t *testing.T) {
	db := made(t, `PRAGMA page_size = 8192; CREATE TABLE t(v); INSERT INTO t VALUES(zeroblob(100000)); DELETE FROM t;`)
	all, err := db.Statistics(context.Background())
	got := map[string]string{}
	for _, s := range all {
		got[s.Name] = s.Value.Plain()
	}
	if err != nil || got["page size"] != "8192" || got["free"] < "9" || got["size"] == "0" || got["journal"] != "delete" || got["encoding"] != "UTF-8" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestCheck(t *testing.T) {
	check := func(db *writer) string {
		var problems []string
		if err := db.Check(context.Background(), func(p string) { problems = append(problems, p) }); err != nil {
			t.Error(err)
		}
		return strings.Join(problems, "\n")
	}
	if got := check(made(t, "CREATE TABLE t(a)")); got != "" {
		t.Errorf("a sound database: %s", got)
	}
	if got := check(made(t, "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p); INSERT INTO c VALUES(7,1);")); got != "row 7 of c refers to a row of p that does not exist" {
		t.Errorf("a broken reference: %s", got)
	}
	if got := check(made(t, "CREATE TABLE p(id, x); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p(x)); INSERT INTO c VALUES(7,1);")); !strings.Contains(got, "foreign key mismatch") {
		t.Errorf("a reference to no key: %s", got)
	}
	if got := check(made(t, "CREATE TABLE t(a); INSERT INTO t VALUES(1),(NULL); PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='CREATE TABLE t(a NOT NULL)';")); !strings.Contains(got, "NULL value in t.a") {
		t.Errorf("NULL where there must be none: %s", got)
	}
}

func TestReferences(t *testing.T) {
	db := made(t, `CREATE TABLE p(a, b, PRIMARY KEY(b,a)); CREATE TABLE q(id INTEGER PRIMARY KEY);
		CREATE TABLE t(x, y, z REFERENCES q, w REFERENCES gone(g), FOREIGN KEY(x,y) REFERENCES p, FOREIGN KEY(y) REFERENCES q(id));`)
	got := map[string]bool{}
	for _, r := range described(t, db, "t").References {
		got[fmt.Sprint(r)] = true
	}
	for _, want := range []string{"{ [z] q [id]}", "{ [w] gone [g]}", "{ [x y] p [b a]}", "{ [y] q [id]}"} {
		if !got[want] || len(got) != 4 {
			t.Errorf("%v, want %s", got, want)
		}
	}
}

func TestDefaults(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, a DEFAULT 'x''y', b INT NOT NULL DEFAULT (1+2), c DATETIME DEFAULT CURRENT_TIMESTAMP, d);`)
	var got []string
	for _, c := range described(t, db, "t").Columns {
		got = append(got, fmt.Sprintf("%s|%s|%v", c.Type, c.Default, c.Nullable))
	}
	if s := strings.Join(got, " "); s != "|'x''y'|true INT|1+2|false DATETIME|CURRENT_TIMESTAMP|true ||true" {
		t.Error(s)
	}
}

// TestViewsByPosition: pages of what has no key.
func TestViewsByPosition(t *testing.T) {
	db := made(t, `CREATE TABLE t(a); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<100) INSERT INTO t SELECT n FROM c; CREATE VIEW v AS SELECT a*10 AS b FROM t;`)
	s := described(t, db, "v")
	at := func(n int64, exclusive bool) tuple.Bound { return tuple.Bound{Key: id(n), Exclusive: exclusive} }
	for _, c := range []struct {
		q    driver.Query
		want string
	}{
		{driver.Query{Limit: 3}, "(1)=10 (2)=20 (3)=30 true"},
		{driver.Query{Limit: 3, Reverse: true}, "(100)=1000 (99)=990 (98)=980 true"},
		{driver.Query{Limit: 3, Range: tuple.Range{Lower: at(97, true)}}, "(98)=980 (99)=990 (100)=1000 false"},
		{driver.Query{Limit: 3, Range: tuple.Range{Upper: at(3, true)}, Reverse: true}, "(2)=20 (1)=10 false"},
		{driver.Query{Limit: 2, Range: tuple.Range{Lower: at(-5, false), Upper: at(3, false)}}, "(1)=10 (2)=20 true"},
		{driver.Query{Limit: 9, Range: tuple.Range{Lower: at(99, false), Upper: at(1000, false)}, Reverse: true}, "(100)=1000 (99)=990 false"},
		{driver.Query{Limit: 9, Range: tuple.Range{Lower: at(101, false)}}, "false"},
		{driver.Query{Limit: 9, Range: tuple.Range{Upper: at(0, false)}}, "false"},
		{driver.Query{Limit: 9, Range: tuple.Range{Lower: at(1<<63-1, true)}}, "false"},
		{driver.Query{Limit: 9, Range: tuple.Range{Upper: at(-1<<63, true)}}, "false"},
	} {
		p := scanned(t, db, s, c.q)
		got := ""
		for _, r := range p.Rows {
			got += fmt.Sprintf("%s=%d ", r.Key, r.Values[0].AsInt())
		}
		if got += fmt.Sprint(p.More); got != c.want {
			t.Errorf("%+v: %s, want %s", c.q, got, c.want)
		}
		n, err := db.Count(context.Background(), s, c.q.Range)
		if all := scanned(t, db, s, driver.Query{Range: c.q.Range}); n != int64(len(all.Rows)) || err != nil {
			t.Errorf("Count(%+v) = %d, %v", c.q.Range, n, err)
		}
	}
	if _, err := db.Scan(context.Background(), s, driver.Query{Limit: 1, Range: tuple.Prefix(text("x"))}); db.Classify(err) != driver.BadKey {
		t.Errorf("a bound that is no number: %v", err)
	}
	rows, err := db.Get(context.Background(), s, []tuple.Tuple{id(7), id(0), id(101)})
	if err != nil || rows[0] == nil || rows[0].Values[0] != tuple.Int(70) || rows[1] != nil || rows[2] != nil {
		t.Errorf("Get: %v, %v", rows, err)
	}
	if p := scanned(t, db, s, driver.Query{KeysOnly: true}); len(p.Rows) != 100 || p.Rows[99].Key.String() != "(100)" || p.Rows[0].Values != nil {
		t.Errorf("keys only: %d", len(p.Rows))
	}
	_, err = db.Apply(context.Background(), []driver.Change{{Op: driver.Delete, Table: "v", Key: id(1)}})
	if db.Classify(err) != driver.ReadOnly || !strings.Contains(err.Error(), "view") {
		t.Errorf("delete: %v", err)
	}
}

// TestUnknownCollation: a table whose index is sorted by what this program
// lacks can still be read.
func TestUnknownCollation(t *testing.T) {
	db := made(t, `CREATE TABLE a(k TEXT PRIMARY KEY, v); INSERT INTO a VALUES('x',1);
		CREATE TABLE b(k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO b VALUES('x',1);
		PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, 'TEXT', 'TEXT COLLATE klingon');`)
	s := described(t, db, "a")
	if s.Identity != driver.RowID {
		t.Errorf("identity %d", s.Identity)
	}
	if p := scanned(t, db, s, driver.Query{}); len(p.Rows) != 1 {
		t.Errorf("%v", p.Rows)
	}
	if _, err := db.Describe(context.Background(), "b"); db.Classify(err) != driver.Unsupported {
		t.Errorf("%v", err)
	}
}

// TestGetManyKeys gets more keys than one statement takes, in their order.
func TestGetManyKeys(t *testing.T) {
	db := made(t, `CREATE TABLE t(a INT, b TEXT, PRIMARY KEY(a,b)); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<1000) INSERT INTO t SELECT n, 'b' FROM c WHERE n%3;`)
	s := described(t, db, "t")
	var keys []tuple.Tuple
	for i := int64(1000); i > 0; i-- {
		keys = append(keys, tuple.Of(tuple.Int(i), tuple.Text("b")))
	}
	keys = append(keys, keys[0], tuple.Of(tuple.Int(1), tuple.Null), tuple.Of(tuple.Text("1"), tuple.Text("b")))
	rows, err := db.Get(context.Background(), s, keys)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		n := keys[i][0].AsInt()
		if want := n%3 != 0 && i < 1001; (r != nil) != want || r != nil && !r.Key.Equal(keys[i]) {
			t.Errorf("key %s: %v", keys[i], r)
		}
	}
	if _, err := db.Get(context.Background(), s, []tuple.Tuple{id(1)}); db.Classify(err) != driver.BadKey {
		t.Errorf("a key that is too short: %v", err)
	}
}

// TestLoad loads more rows than one statement takes.
func TestLoad(t *testing.T) {
	db := openNew(t).DB.(*writer)
	defer db.Close()
	ctx := context.Background()
	for _, s := range []*driver.Schema{
		{Name: "narrow", Key: []driver.Column{{Name: "k", Kind: tuple.KindInt}}, Columns: []driver.Column{{Name: "v", Kind: tuple.KindText, Nullable: true}}},
		{Name: "blobs", Key: []driver.Column{{Name: "k", Kind: tuple.KindText}}, Columns: []driver.Column{{Name: "v", Kind: tuple.KindBytes}}},
	} {
		if err := db.CreateTable(ctx, s); err != nil {
			t.Fatal(err)
		}
		s = described(t, db, s.Name)
		const n = 1234
		err := db.Load(ctx, s, func(yield func(driver.Row, error) bool) {
			for i := range n {
				k := tuple.Int(int64(i))
				if s.Key[0].Kind == tuple.KindText {
					k = tuple.Text(fmt.Sprintf("%05d", i))
				}
				if !yield(driver.Row{Key: tuple.Of(k), Values: []tuple.Value{tuple.BytesOf("v")}}, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := db.Count(ctx, s, tuple.Range{}); got != n || err != nil {
			t.Errorf("%s: %d rows, %v", s.Name, got, err)
		}
	}
	s := described(t, db, "narrow")
	ctx2, cancel := context.WithCancel(ctx)
	err := db.Load(ctx2, s, func(yield func(driver.Row, error) bool) {
		for i := int64(5000); yield(driver.Row{Key: id(i), Values: []tuple.Value{tuple.Null}}, nil); i++ {
			if i == 5100 {
				cancel()
			}
		}
	})
	if db.Classify(err) != driver.Canceled {
		t.Errorf("a load that is canceled: %v", err)
	}
	if got, _ := db.Count(ctx, s, tuple.Range{}); got != 1234 {
		t.Errorf("it has left %d rows", got)
	}
}
