package mysql

import (
	"context"
	"crypto/tls"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	native "github.com/go-sql-driver/mysql"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

func describe(t *testing.T, db driver.DB, table string) *driver.Schema {
	t.Helper()
	s, err := db.Describe(context.Background(), table)
	if err != nil {
		t.Fatalf("describe %s: %v", table, err)
	}
	return s
}

// names returns those of some columns.
func names(columns []driver.Column) string {
	var list []string
	for _, c := range columns {
		list = append(list, c.Name)
	}
	return strings.Join(list, ",")
}

func TestIdentity(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name))
	defer db.Close()
	for _, c := range []struct {
		what, definition string
		identity         driver.Identity
		key, columns     string
		auto             bool
		readOnly         string
	}{
		{"primary key", "a INT, b INT, PRIMARY KEY (b, a), UNIQUE (a)", driver.PrimaryKey, "b,a", "", false, ""},
		{"counting key", "a INT AUTO_INCREMENT PRIMARY KEY, b INT", driver.PrimaryKey, "a", "b", true, ""},
		{"counting part", "a INT AUTO_INCREMENT, b INT, PRIMARY KEY (a, b)", driver.PrimaryKey, "a,b", "", false, ""},
		{"unique", "a INT NOT NULL, b INT NOT NULL, c INT NOT NULL, UNIQUE u2 (b, c), UNIQUE u1 (a)", driver.UniqueKey, "a", "b,c", false, ""},
		{"unique with NULL", "a INT NULL, b INT NOT NULL, c INT NOT NULL, UNIQUE u1 (a), UNIQUE u2 (b, c)", driver.UniqueKey, "b,c", "a", false, ""},
		{"unique beginning", "a TEXT NOT NULL, b INT NOT NULL, c INT NOT NULL, UNIQUE u1 (a(10)), UNIQUE u2 (b, c)", driver.UniqueKey, "b,c", "a", false, ""},
		{"only a beginning", "a TEXT NOT NULL, b INT, UNIQUE (a(10))", driver.UniqueKey, "a", "b", false, ""},
		{"no key", "a INT, b INT, UNIQUE (a), KEY (b)", driver.Position, "row", "a,b", false, "no primary key"},
		{"no transactions", "a INT PRIMARY KEY) ENGINE=Aria COMMENT=('x'", driver.PrimaryKey, "a", "", false, "Aria"},
		{"partitions", "a INT, b INT, PRIMARY KEY (a)) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (MAXVALUE)", driver.PrimaryKey, "a", "b", false, ""},
		{"hidden versions", "a INT PRIMARY KEY, b INT) WITH SYSTEM VERSIONING COMMENT=('x'", driver.PrimaryKey, "a", "b", false, ""},
		{"versions", "a INT PRIMARY KEY, b INT, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START, e TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING COMMENT=('x'", driver.PrimaryKey, "a", "b,s,e", false, ""},
	} {
		definition := strings.ReplaceAll(c.definition, " COMMENT=('x'", "")
		closing := ")"
		if definition != c.definition {
			closing = ""
		}
		run(t, name, "CREATE TABLE `"+c.what+"` ("+definition+closing)
		s := describe(t, db, c.what)
		if s.Identity != c.identity || names(s.Key) != c.key || names(s.Columns) != c.columns || s.AutoKey != c.auto {
			t.Errorf("%s: identity %d, key %s, columns %s, auto %t", c.what, s.Identity, names(s.Key), names(s.Columns), s.AutoKey)
		}
		if (c.readOnly == "") != (s.ReadOnly == "") || !strings.Contains(s.ReadOnly, c.readOnly) {
			t.Errorf("%s: read-only %q, want %q", c.what, s.ReadOnly, c.readOnly)
		}
		if _, err := db.Scan(context.Background(), s, driver.Query{Limit: 10}); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// TestComputedKey: MySQL allows a key that it computes, MariaDB does not.
func TestComputedKey(t *testing.T) {
	r := relation{
		typ: "BASE TABLE", engine: "InnoDB", columns: []driver.Column{{Name: "a", Generated: true}, {Name: "b"}},
		indexes: []index{{name: primaryIndex, parts: []part{{column: "a"}}}},
	}
	if id := r.identify(); id.identity != driver.PrimaryKey || !strings.Contains(r.readOnly(id), "computes column a") {
		t.Errorf("identity %d, read-only %q", id.identity, r.readOnly(id))
	}
}

// TestOtherRelations: what is not a table is listed as what it is, read, and not
// written.
func TestOtherRelations(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (a INT PRIMARY KEY, b INT)", "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)", "CREATE VIEW v AS SELECT a, b FROM t", "CREATE SEQUENCE s")
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	list, err := db.Tables(context.Background())
	want := []driver.TableInfo{{Name: "s", Kind: driver.VirtualTable}, {Name: "t", Kind: driver.Table}, {Name: "v", Kind: driver.View}}
	if err != nil || !slices.Equal(list, want) {
		t.Errorf("tables: %v, %v", list, err)
	}
	for table, rows := range map[string]int{"s": 1, "v": 3} {
		s := describe(t, db, table)
		page, err := db.Scan(context.Background(), s, driver.Query{Limit: 10})
		if err != nil || len(page.Rows) != rows || s.ReadOnly == "" {
			t.Errorf("%s: %d rows, %v, read-only %q", table, len(page.Rows), err, s.ReadOnly)
		}
		_, err = db.Apply(context.Background(), []driver.Change{{Op: driver.Delete, Table: table, Key: tuple.Of(tuple.Int(1))}})
		if db.Classify(err) != driver.ReadOnly {
			t.Errorf("delete from %s: %v", table, err)
		}
	}
	if s := describe(t, db, "mysql.user"); s.Kind != driver.SystemTable && s.Kind != driver.View || s.ReadOnly == "" {
		t.Errorf("mysql.user: %+v", s)
	}
}

// TestColumns: each column is described as it was declared.
func TestColumns(t *testing.T) {
	name := newDatabase(t)
	run(t, name, `CREATE TABLE t (
		id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
		plain VARCHAR(20) NOT NULL,
		quoted VARCHAR(20) DEFAULT 'it''s' COLLATE utf8mb4_bin,
		now DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
		doubled INT AS (id2 * 2) VIRTUAL,
		id2 INT NOT NULL DEFAULT 7,
		hidden INT INVISIBLE DEFAULT 3,
		doc JSON,
		not_doc LONGTEXT
	)`)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	s := describe(t, db, "t")
	general := "utf8mb4_general_ci"
	want := []driver.Column{
		{Name: "plain", Type: "varchar(20)", Kind: tuple.KindText, Collation: general},
		{Name: "quoted", Type: "varchar(20)", Kind: tuple.KindText, Nullable: true, Default: "'it''s'", Collation: "utf8mb4_bin"},
		{Name: "now", Type: "datetime(3)", Kind: tuple.KindTimestamp, Nullable: true, Default: "current_timestamp(3)"},
		{Name: "doubled", Type: "int(11)", Kind: tuple.KindInt, Nullable: true, Generated: true},
		{Name: "id2", Type: "int(11)", Kind: tuple.KindInt, Default: "7"},
		{Name: "hidden", Type: "int(11)", Kind: tuple.KindInt, Nullable: true, Default: "3"},
		{Name: "doc", Type: "json", Kind: tuple.KindJSON, Nullable: true},
		{Name: "not_doc", Type: "longtext", Kind: tuple.KindText, Nullable: true, Collation: general},
	}
	for i := range want {
		if i < len(s.Columns) && s.Columns[i] != want[i] {
			t.Errorf("column %d: %+v, want %+v", i, s.Columns[i], want[i])
		}
	}
	if key := (driver.Column{Name: "id", Type: "bigint(20) unsigned", Kind: tuple.KindUint}); len(s.Columns) != len(want) || s.Key[0] != key || !s.AutoKey {
		t.Errorf("%d columns, key %+v", len(s.Columns), s.Key)
	}
	ctx := context.Background()
	high := tuple.Of(tuple.Uint(1 << 63))
	put := func(key tuple.Tuple, set ...driver.Assignment) tuple.Tuple {
		applied, err := db.Apply(ctx, []driver.Change{{Op: driver.Insert, Table: "t", Key: key, Set: append(set, driver.Assignment{Column: 0, Value: tuple.Text("x")})}})
		if err != nil || len(applied.Conflicts) > 0 {
			t.Fatalf("insert: %+v, %v", applied, err)
		}
		return applied.Keys[0]
	}
	put(tuple.Of(tuple.Int(0))) // is no order to count up
	put(high)
	if key := put(nil); !key.Equal(tuple.Of(tuple.Uint(1<<63 + 1))) {
		t.Errorf("the key after the highest is %v", key)
	}
	rows, err := db.Get(ctx, s, []tuple.Tuple{tuple.Of(tuple.Int(0)), high})
	if err != nil || rows[0] == nil || rows[1] == nil || rows[1].Values[3] != tuple.Int(14) || rows[1].Values[5] != tuple.Int(3) {
		t.Errorf("rows: %+v, %v", rows, err)
	}
	_, err = db.Apply(ctx, []driver.Change{{Op: driver.Update, Table: "t", Key: high, Set: []driver.Assignment{{Column: 3, Value: tuple.Int(1)}}}})
	if db.Classify(err) != driver.ReadOnly {
		t.Errorf("a generated column was set: %v", err)
	}
}

// TestNames: names of all sorts are kept apart, in this database and in others.
func TestNames(t *testing.T) {
	name, other := newDatabase(t), newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	ctx := context.Background()
	odd := []string{"a", "A", "a.b", "`a`.`b`", other + ".x", "a`b", "a?b", "select", "日本", "a'b", `a"b`, `a\b`, "é", "e", "a b", "a-b", "100", "x;--"}
	for i, table := range odd {
		for n, database := range []string{name, other} {
			run(t, database, "CREATE TABLE "+quote(table)+" (`k?` INT PRIMARY KEY, `c``'\"?` INT)", fmt.Sprintf("INSERT INTO %s VALUES (1, %d)", quote(table), 100*n+i))
		}
	}
	list, err := db.Tables(ctx)
	if err != nil || len(list) != len(odd) {
		t.Errorf("%d tables, %v", len(list), err)
	}
	for i, table := range odd {
		for n, database := range []string{name, other} {
			spelled := tableName{database, table}.spell(name)
			s := describe(t, db, spelled)
			if s.Name != spelled || n == 0 && !slices.ContainsFunc(list, func(l driver.TableInfo) bool { return l.Name == spelled }) {
				t.Errorf("%s of %s is described as %s", spelled, table, s.Name)
			}
			key := tuple.Of(tuple.Int(1))
			rows, err := db.Get(ctx, s, []tuple.Tuple{key})
			if err != nil || rows[0] == nil || rows[0].Values[0] != tuple.Int(int64(100*n+i)) {
				t.Errorf("%s: %v, %v", spelled, rows, err)
			}
			applied, err := db.Apply(ctx, []driver.Change{{Op: driver.Update, Table: spelled, Key: key, Base: rows[0].Values, Set: []driver.Assignment{{Value: tuple.Int(-1)}}}})
			if err != nil || len(applied.Conflicts) > 0 {
				t.Errorf("update %s: %+v, %v", spelled, applied, err)
			}
		}
	}
	for n, database := range []string{name, other} {
		for _, table := range odd {
			if got := text(t, db, "SELECT `c``'\"?` FROM "+quote(database)+"."+quote(table)); got != "-1" {
				t.Errorf("%d: %s holds %s", n, table, got)
			}
		}
	}
	if _, err := db.Describe(ctx, "B"); db.Classify(err) != driver.NoTable {
		t.Errorf("a table that there is not: %v", err)
	}
}

// TestAllDatabases: without a database, the tables of all are listed.
func TestAllDatabases(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (a INT PRIMARY KEY)")
	db := opened(t, connection(t, ""))
	defer db.Close()
	list, err := db.Tables(context.Background())
	if err != nil || !slices.Contains(list, driver.TableInfo{Name: name + ".t", Kind: driver.Table}) ||
		!slices.ContainsFunc(list, func(i driver.TableInfo) bool {
			return strings.HasPrefix(i.Name, "information_schema.") && i.Kind == driver.SystemTable
		}) {
		t.Errorf("%d tables, %v", len(list), err)
	}
	s := describe(t, db, name+".t")
	if _, err := db.(driver.Writer).Apply(context.Background(), []driver.Change{{Op: driver.Insert, Table: s.Name, Key: tuple.Of(tuple.Int(1))}}); err != nil {
		t.Error(err)
	}
	if page, err := db.Scan(context.Background(), s, driver.Query{Limit: 1}); err != nil || len(page.Rows) != 1 {
		t.Errorf("scan: %+v, %v", page, err)
	}
}

// TestReferences: foreign keys are known from both ends, also of other
// databases, of several columns, and of a table to itself.
func TestReferences(t *testing.T) {
	name, other := newDatabase(t), newDatabase(t)
	run(t, name,
		"CREATE TABLE parent (a INT, b INT, up INT, PRIMARY KEY (a, b), KEY k (b DESC, a), UNIQUE u (b), FULLTEXT KEY f (note), note VARCHAR(100)) COMMENT 'the parents'",
		"ALTER TABLE parent ADD CONSTRAINT self FOREIGN KEY (up) REFERENCES parent (b)",
		"CREATE TABLE child (id INT PRIMARY KEY, x INT, y INT, CONSTRAINT pair FOREIGN KEY (x, y) REFERENCES parent (a, b))",
		"CREATE TABLE `odd-child` (id INT PRIMARY KEY, x INT, CONSTRAINT odd FOREIGN KEY (x) REFERENCES parent (b))",
		"CREATE TABLE "+other+".far (id INT PRIMARY KEY, x INT, CONSTRAINT far FOREIGN KEY (x) REFERENCES "+name+".parent (b))")
	full := opened(t, connection(t, name))
	defer full.Close()
	limited := opened(t, account(t, name, "SELECT ON *.*"))
	defer limited.Close()
	for who, db := range map[string]driver.DB{"administrator": full, "other": limited} {
		refs := describe(t, db, other+".far").References
		if want := []driver.Reference{{Name: "far", Columns: []string{"x"}, Table: "parent", To: []string{"b"}}}; !reflect.DeepEqual(refs, want) {
			t.Errorf("%s: references of far: %+v", who, refs)
		}
		d, err := db.(driver.Detailer).Details(context.Background(), "parent")
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		slices.SortFunc(d.Referrers, func(a, b driver.Referrer) int { return strings.Compare(a.Name, b.Name) })
		want := []driver.Referrer{
			{Name: "far", Table: other + ".far", Columns: []string{"x"}, To: []string{"b"}},
			{Name: "odd", Table: "odd-child", Columns: []string{"x"}, To: []string{"b"}},
			{Name: "pair", Table: "child", Columns: []string{"x", "y"}, To: []string{"a", "b"}},
			{Name: "self", Table: "parent", Columns: []string{"up"}, To: []string{"b"}},
		}
		if !reflect.DeepEqual(d.Referrers, want) {
			t.Errorf("%s: referrers of parent:\n got %+v\nwant %+v", who, d.Referrers, want)
		}
		indexes := []driver.Index{
			{Name: "PRIMARY", Columns: []string{"a", "b"}, Unique: true, Primary: true, Method: "btree"},
			{Name: "f", Columns: []string{"note"}, Method: "fulltext"},
			{Name: "k", Columns: []string{"b DESC", "a"}, Method: "btree"},
			{Name: "self", Columns: []string{"up"}, Method: "btree"},
			{Name: "u", Columns: []string{"b"}, Unique: true, Method: "btree"},
		}
		if !reflect.DeepEqual(d.Indexes, indexes) || d.Comment != "the parents" {
			t.Errorf("%s: indexes %+v, comment %q", who, d.Indexes, d.Comment)
		}
	}
}

func TestDefinition(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (a INT PRIMARY KEY, b INT UNIQUE)", "CREATE VIEW v AS SELECT a FROM t", "CREATE SEQUENCE s")
	db := opened(t, connection(t, name)).(driver.Definer)
	defer db.(driver.DB).Close()
	for table, want := range map[string]string{"t": "UNIQUE KEY `b`", "v": "VIEW `v` AS select", "s": "CREATE"} {
		if got, err := db.Definition(context.Background(), table); err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %s, %v", table, got, err)
		}
	}
	if _, err := db.Definition(context.Background(), "none"); classify(err) != driver.NoTable {
		t.Errorf("of no table: %v", err)
	}
}

// TestPlainText: a server without TLS is spoken to in plain text only if the
// profile allows it.
func TestPlainText(t *testing.T) {
	to := connection(t, newDatabase(t))
	to.TLS = &tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS12}
	if _, err := Open(context.Background(), to); classify(err) != driver.Unavailable || !strings.Contains(err.Error(), native.ErrNoTLS.Error()) {
		t.Errorf("TLS that must be: %v", err)
	}
	to.TLSOptional = true
	db := opened(t, to)
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
