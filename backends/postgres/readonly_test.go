package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// hostile are statements that try to write, or to become able to. The server
// refuses each of them.
var hostile = []string{
	"INSERT INTO t VALUES(9, 'x')",
	"INSERT INTO t VALUES(9, 'x') RETURNING id",
	"INSERT INTO t VALUES(1, 'x') ON CONFLICT (id) DO UPDATE SET v = 'x'",
	"INSERT INTO parts VALUES(5)",
	"UPDATE t SET v = 'x'",
	"UPDATE t SET v = 'x' RETURNING v",
	"DELETE FROM t",
	"MERGE INTO t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE",
	"WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
	"WITH x AS (INSERT INTO t VALUES(9, 'x') RETURNING *) SELECT count(*) FROM x",
	"TRUNCATE t",
	"SELECT * INTO copied FROM t",
	"CREATE TABLE copied AS SELECT * FROM t",
	"CREATE TABLE made(id int)",
	"CREATE TEMP TABLE made(id int)",
	"CREATE VIEW made AS SELECT 1",
	"CREATE MATERIALIZED VIEW made AS SELECT 1",
	"REFRESH MATERIALIZED VIEW summary",
	"CREATE INDEX ON t(v)",
	"CREATE SCHEMA made",
	"CREATE SEQUENCE made",
	"CREATE TYPE made AS ENUM('a')",
	"CREATE FUNCTION made() RETURNS int LANGUAGE sql AS 'SELECT 1'",
	"CREATE EXTENSION hstore",
	"CREATE ROLE made",
	"CREATE DATABASE made",
	"ALTER TABLE t ADD COLUMN w int",
	"ALTER TABLE t RENAME TO u",
	"ALTER SYSTEM SET work_mem = '5MB'",
	"ALTER DATABASE postgres SET work_mem = '5MB'",
	"ALTER ROLE CURRENT_USER SET default_transaction_read_only = off",
	"DROP TABLE t",
	"DROP SCHEMA public CASCADE",
	"DROP OWNED BY CURRENT_USER",
	"GRANT ALL ON t TO PUBLIC",
	"REVOKE ALL ON t FROM CURRENT_USER",
	"COMMENT ON TABLE t IS 'x'",
	"SELECT nextval('numbers')",
	"SELECT setval('numbers', 1000)",
	"SELECT writes()",
	"SELECT * FROM writing_view",
	"SELECT id, unlocks() FROM t",
	"CALL wrote()",
	"CALL unlocked()",
	"DO $$ BEGIN INSERT INTO t VALUES(9, 'x'); END $$",
	"DO $$ BEGIN COMMIT; SET default_transaction_read_only = off; INSERT INTO t VALUES(9, 'x'); END $$",
	"COPY t FROM PROGRAM 'echo 9,x' WITH (FORMAT csv)",
	"COPY t FROM '/etc/passwd'",
	"COPY t TO PROGRAM 'cat > /dev/null'",
	"COPY (SELECT 1) TO '/tmp/rowan_was_here'",
	"EXPLAIN ANALYZE INSERT INTO t VALUES(9, 'x')",
	"EXPLAIN ANALYZE DELETE FROM t",
	"SELECT * FROM t FOR UPDATE",
	"LOCK TABLE t IN EXCLUSIVE MODE",
	"SET transaction_read_only = off",
	"SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
	"SET default_transaction_read_only = off",
	"SET TRANSACTION READ WRITE",
	"SELECT set_config('transaction_read_only', 'off', false)",
	"SELECT set_config('transaction_read_only', 'off', true), writes()",
	"COMMIT",
	"COMMIT AND CHAIN",
	"ROLLBACK",
	"BEGIN READ WRITE",
	"PREPARE TRANSACTION 'x'",
	"PREPARE later AS INSERT INTO t VALUES(9, 'x')",
	"SELECT 1; INSERT INTO t VALUES(9, 'x')",
	"COMMIT; INSERT INTO t VALUES(9, 'x')",
	"COMMIT; BEGIN READ WRITE; INSERT INTO t VALUES(9, 'x'); COMMIT",
	"/* SELECT */ DELETE FROM t -- SELECT",
	"SELECT 1 /* ; */; DELETE FROM t",
	"VACUUM FULL t",
	"REINDEX TABLE t",
	"CLUSTER t USING t_pkey",
	"ANALYZE t",
	"NOTIFY someone",
	"LOAD 'plpgsql'",
	"DISCARD ALL",
	"RESET ALL",
	"IMPORT FOREIGN SCHEMA x FROM SERVER y INTO public",
	"SECURITY LABEL ON TABLE t IS 'x'",
	"SELECT pg_notify('someone', writes()::text)",
}

// takenBack are statements that the server runs in a transaction that only reads,
// although something happens: it is undone when they end.
var takenBack = []string{
	"SELECT set_config('default_transaction_read_only', 'off', false)",
	"SELECT set_config('search_path', 'elsewhere', false)",
	"SELECT pg_advisory_lock(42)",
	"EXPLAIN ANALYZE CREATE TABLE copied AS SELECT 1", // which PostgreSQL 15 makes, without a word
	"SELECT lo_create(4242)",
	"SELECT lo_from_bytea(4243, 'x')",
	"SELECT pg_notify('someone', 'x')",
}

const victim = `
CREATE TABLE t(id int PRIMARY KEY, v text); INSERT INTO t VALUES(1,'a'),(2,'b');
CREATE TABLE parts(id int) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE SEQUENCE numbers;
CREATE MATERIALIZED VIEW summary AS SELECT count(*) FROM t;
CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES(9,'x'); RETURN 1; END $$;
CREATE FUNCTION unlocks() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
	PERFORM set_config('transaction_read_only', 'off', false); INSERT INTO t VALUES(9,'x'); RETURN 1; END $$;
CREATE VIEW writing_view AS SELECT writes();
CREATE PROCEDURE wrote() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES(9,'x'); END $$;
CREATE PROCEDURE unlocked() LANGUAGE plpgsql AS $$ BEGIN
	COMMIT; SET default_transaction_read_only = off; COMMIT; INSERT INTO t VALUES(9,'x'); COMMIT; END $$;
-- A view that turns off, for the next transactions, what keeps them from writing, and then writes.
CREATE FUNCTION creeps() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
	PERFORM set_config('default_transaction_read_only', 'off', false);
	BEGIN INSERT INTO t VALUES(9,'x'); EXCEPTION WHEN OTHERS THEN RETURN 0; END; RETURN 1; END $$;
CREATE VIEW creeping AS SELECT creeps() AS wrote;`

// fingerprint is all that the tests could have changed.
func fingerprint(t *testing.T, u *url.URL) string {
	return askSQL(t, u, `SELECT 'rows', id::text, v FROM t UNION ALL
		SELECT 'relation', relname, relkind || relnatts || coalesce(relacl::text, '') || coalesce(obj_description(oid, 'pg_class'), '')
			FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL
		SELECT 'function', proname, '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace UNION ALL
		SELECT 'type', typname, '' FROM pg_type WHERE typnamespace = 'public'::regnamespace UNION ALL
		SELECT 'schema', nspname, '' FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)' UNION ALL
		SELECT 'sequence', last_value::text, is_called::text FROM numbers UNION ALL
		SELECT 'settings', setdatabase::text, setconfig::text FROM pg_db_role_setting WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) UNION ALL
		SELECT 'role', rolname, '' FROM pg_roles UNION ALL
		SELECT 'extension', extname, '' FROM pg_extension UNION ALL
		SELECT 'prepared', gid, '' FROM pg_prepared_xacts WHERE database = current_database() UNION ALL
		SELECT 'large object', oid::text, '' FROM pg_largeobject_metadata
		ORDER BY 1, 2, 3`)
}

// TestReadOnlyAgainstHostileSQL: whoever opens a database for reading can do
// with it what they like, here as the superuser that owns everything.
func TestReadOnlyAgainstHostileSQL(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, victim)
	before := fingerprint(t, u)
	c := connectionTo(u)
	c.ReadOnly = true
	db := openAt(t, c)
	const sessions = 8
	var wg sync.WaitGroup
	for n := range sessions {
		session := openConsole(t, db)
		wg.Go(func() { attack(t, db, session, n) })
	}
	wg.Wait()
	if after := fingerprint(t, u); after != before {
		t.Errorf("the database has changed from\n%s\nto\n%s", before, after)
	}
	if locks := askSQL(t, u, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"); locks != "0" {
		t.Errorf("%s locks are left", locks)
	}
}

// attack runs all statements, each session beginning with another one.
func attack(t *testing.T, db driver.DB, session driver.Console, first int) {
	for i := range hostile {
		statement := hostile[(i+first*11)%len(hostile)]
		_, err := session.Run(context.Background(), statement, &collected{})
		if _, fromServer := errors.AsType[*pgconn.PgError](err); !fromServer {
			t.Errorf("%s: the server did not refuse it: %v", statement, err)
		}
		if err == nil || first > 0 {
			continue
		}
		for _, statement := range takenBack {
			if _, err := session.Run(context.Background(), statement, &collected{}); err != nil && sqlState(err) == "" {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	var got collected
	if _, err := session.Run(context.Background(), "SELECT count(*), current_setting('default_transaction_read_only') FROM t", &got); err != nil {
		t.Errorf("afterwards, a query: %v", err)
	} else if text := fmt.Sprint(tuple.Tuple(got.rows[0])); !strings.Contains(text, `(2,"on")`) {
		t.Errorf("afterwards: %s", text)
	}
}

// TestReadOnlyAgainstHostileViews: what the pages of a view run is not chosen by
// who reads them.
func TestReadOnlyAgainstHostileViews(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, victim)
	before := fingerprint(t, u)
	c := connectionTo(u)
	c.ReadOnly = true
	db := openAt(t, c)
	s := described(t, db, "creeping")
	for range 5 {
		if rows := all(t, db, s); rows[0].Values[0] != tuple.Int(0) {
			t.Errorf("the view has written: %v", rows[0].Values)
		}
	}
	snapshot, err := db.(driver.Snapshotter).Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Release()
	for range 3 {
		if rows := all(t, snapshot, s); rows[0].Values[0] != tuple.Int(0) {
			t.Errorf("the view has written in a snapshot: %v", rows[0].Values)
		}
	}
	if _, err := db.Scan(context.Background(), described(t, db, "writing_view"), driver.Query{Limit: 1}); db.Classify(err) != driver.ReadOnly {
		t.Errorf("a view that writes: %v", err)
	}
	if after := fingerprint(t, u); after != before {
		t.Errorf("the database has changed from\n%s\nto\n%s", before, after)
	}
}

// TestATableThatBecomesAViewCannotWrite: what was described as a table, which is
// read without a transaction around it, turns into something that runs code.
func TestATableThatBecomesAViewCannotWrite(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, victim)
	c := connectionTo(u)
	c.ReadOnly = true
	db := openAt(t, c)
	s := described(t, db, "t")
	get := func() string {
		rows, err := db.Get(t.Context(), s, []tuple.Tuple{tuple.Of(tuple.Int(1))})
		if err != nil || rows[0] == nil {
			t.Fatalf("%v, %v", rows, err)
		}
		return rows[0].Values[0].AsText()
	}
	for range 3 { // the statement is prepared by then
		if got := get(); got != "a" {
			t.Fatalf("the table's row holds %q", got)
		}
	}
	runSQL(t, u, `ALTER TABLE t RENAME TO was;
CREATE FUNCTION sneaks() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
	PERFORM set_config('default_transaction_read_only', 'off', false);
	BEGIN INSERT INTO was VALUES(9,'x'); EXCEPTION WHEN OTHERS THEN RETURN 'refused'; END; RETURN 'written'; END $$;
CREATE VIEW t AS SELECT id, sneaks() AS v FROM was`)
	for range 5 {
		if got := get(); got != "refused" {
			t.Errorf("a view in place of the table: %s", got)
		}
	}
	if n := askSQL(t, u, "SELECT count(*) FROM was"); n != "2" {
		t.Errorf("%s rows", n)
	}
}

func TestWhatRunsCodeIsNotInert(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, `
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TYPE colour AS ENUM ('red');
CREATE TYPE pair AS (a int, b int);
CREATE TABLE plain(id int PRIMARY KEY, a text[], c colour, n numeric, g int GENERATED ALWAYS AS (1) STORED);
CREATE MATERIALIZED VIEW kept AS SELECT 1 AS id;
CREATE TABLE policed(id int PRIMARY KEY); ALTER TABLE policed ENABLE ROW LEVEL SECURITY;
CREATE TABLE computed(id int PRIMARY KEY); CREATE INDEX ON computed(f(id));
CREATE TABLE partial(id int PRIMARY KEY); CREATE INDEX ON partial(id) WHERE f(1) = 1;
CREATE TABLE measured(id int PRIMARY KEY, v int); CREATE STATISTICS stats ON f(id), v FROM measured;
CREATE TABLE composed(id int PRIMARY KEY, p pair);
CREATE TABLE parent(id int PRIMARY KEY); CREATE TABLE child() INHERITS (parent);
CREATE TABLE parts(id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE VIEW seen AS SELECT f(id) AS id FROM plain;`)
	c := connectionTo(u)
	c.ReadOnly = true
	db := openAt(t, c).(*reader)
	for table, want := range map[string]bool{
		"plain": true, "kept": true,
		"policed": false, "computed": false, "partial": false, "measured": false, "composed": false, "parent": false, "parts": false, "seen": false,
	} {
		if described(t, db, table); db.d.known.inert(table) != want {
			t.Errorf("%s: inert is %t", table, !want)
		}
	}
}

// TestTheServerMaySayThatItOnlyReads: then nobody is offered to write.
func TestTheServerMaySayThatItOnlyReads(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, "CREATE TABLE t(id int PRIMARY KEY); INSERT INTO t VALUES(1)")
	c := connectionTo(u)
	c.URL.RawQuery = "default_transaction_read_only=on"
	db := openAt(t, c)
	if _, ok := db.(driver.Writer); ok || !strings.Contains(db.Info().ReadOnly, "default_transaction_read_only") {
		t.Errorf("%+v", db.Info())
	}
	if rows := all(t, db, described(t, db, "t")); len(rows) != 1 {
		t.Errorf("rows: %v", rows)
	}
	session := openConsole(t, db)
	for _, statement := range []string{"DELETE FROM t", "SET default_transaction_read_only = off", "SELECT set_config('transaction_read_only', 'off', false)"} {
		if _, err := session.Run(context.Background(), statement, &collected{}); err == nil {
			t.Errorf("%s succeeds", statement)
		}
	}
}
