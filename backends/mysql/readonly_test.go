package mysql

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
)

// hostile are statements that write, or would let others write, by whatever
// way. FILE stands for the name of a file that there is not.
var hostile = []string{
	"INSERT INTO t VALUES (9, 'x')",
	"INSERT INTO t SELECT id + 100, v FROM t",
	"INSERT INTO t VALUES (9, 'x') RETURNING id",
	"INSERT INTO t VALUES (1, 'x') ON DUPLICATE KEY UPDATE v = 'y'",
	"INSERT DELAYED INTO my VALUES (9)",
	"INSERT INTO my VALUES (9)",
	"REPLACE INTO t VALUES (1, 'x')",
	"UPDATE t SET v = 'y'",
	"UPDATE t JOIN my ON t.id = my.id SET my.id = 7",
	"DELETE FROM t",
	"DELETE FROM t RETURNING id",
	"DELETE t FROM t JOIN my ON t.id = my.id",
	"TRUNCATE t",
	"WITH x AS (SELECT 1 AS n) SELECT n FROM x INTO OUTFILE 'FILE'",
	"SELECT 1; DELETE FROM t",
	"/* SELECT */ DELETE FROM t",
	"-- SELECT\nDELETE FROM t",
	"# SELECT\nDELETE FROM t",
	"/*!50000 DELETE FROM t */",
	"/*M!50000 DELETE FROM t */",
	"SELECT 1 /*!50000 INTO OUTFILE 'FILE' */",
	"SELECT * FROM t INTO OUTFILE 'FILE'",
	"SELECT 'x' INTO DUMPFILE 'FILE'",
	"(SELECT 1) INTO OUTFILE 'FILE'",
	"ANALYZE SELECT 1 INTO OUTFILE 'FILE'",
	"ANALYZE FORMAT=JSON DELETE FROM t",
	"ANALYZE UPDATE t SET v = 'y'",
	"SELECT NEXTVAL(s)",
	"SELECT NEXT VALUE FOR s",
	"SELECT SETVAL(s, 500)",
	"SELECT write_t()",
	"SELECT write_my()",
	"SELECT * FROM t WHERE id = write_t()",
	"CALL write_p()",
	"BEGIN NOT ATOMIC COMMIT; INSERT INTO t VALUES (9, 'x'); END",
	"BEGIN NOT ATOMIC COMMIT; SET SESSION TRANSACTION READ WRITE; INSERT INTO t VALUES (9, 'x'); END",
	"BEGIN NOT ATOMIC SET SESSION tx_read_only = 0; START TRANSACTION READ WRITE; DELETE FROM t; COMMIT; END",
	"IF TRUE THEN COMMIT; SET tx_read_only = 0; DELETE FROM t; END IF",
	"EXECUTE IMMEDIATE 'DELETE FROM t'",
	"EXECUTE IMMEDIATE CONCAT('COM', 'MIT')",
	"PREPARE p FROM 'DELETE FROM t'",
	"SET STATEMENT tx_read_only = 0 FOR DELETE FROM t",
	"SET SESSION TRANSACTION READ WRITE",
	"SET SESSION tx_read_only = 0",
	"SET autocommit = 1",
	"START TRANSACTION READ WRITE",
	"COMMIT",
	"COMMIT AND CHAIN",
	"XA START 'x'",
	"LOCK TABLES t WRITE",
	"UNLOCK TABLES",
	"HANDLER t OPEN",
	"CREATE TABLE u (a INT)",
	"CREATE TABLE u AS SELECT * FROM t",
	"CREATE TABLE u LIKE t",
	"CREATE TEMPORARY TABLE u (a INT)",
	"CREATE OR REPLACE TABLE t (a INT)",
	"CREATE INDEX i ON t (v)",
	"CREATE VIEW v2 AS SELECT 1",
	"CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.id = 1",
	"CREATE FUNCTION f2() RETURNS INT RETURN 1",
	"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t",
	"CREATE SEQUENCE s2",
	"CREATE DATABASE test_hostile",
	"CREATE USER hostile",
	"DROP TABLE t",
	"DROP VIEW v",
	"DROP DATABASE test_hostile",
	"ALTER TABLE t ADD COLUMN b INT",
	"ALTER TABLE t ENGINE = MyISAM",
	"ALTER TABLE t DISCARD TABLESPACE",
	"RENAME TABLE t TO u",
	"INSERT INTO v VALUES (9, 'x')",
	"LOAD DATA INFILE 'FILE' INTO TABLE t",
	"LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t",
	"LOAD XML INFILE 'FILE' INTO TABLE t",
	"GRANT SELECT ON *.* TO CURRENT_USER()",
	"SET PASSWORD = PASSWORD('x')",
	"SET GLOBAL max_connections = 5",
	"SET GLOBAL read_only = 1",
	"SET @@global.general_log = 1",
	"FLUSH TABLES WITH READ LOCK",
	"FLUSH LOGS",
	"KILL 1",
	"PURGE BINARY LOGS BEFORE NOW()",
	"RESET MASTER",
	"ANALYZE TABLE t",
	"OPTIMIZE TABLE t",
	"REPAIR TABLE my",
	"CHECK TABLE my",
	"INSTALL SONAME 'ha_blackhole'",
	"SHUTDOWN",
	"DO write_t()",
	"SHOW TABLES; DELETE FROM t",
	"EXPLAIN SELECT 1; DELETE FROM t",
	"EXPLAIN SELECT 1) ; DELETE FROM t -- ",
	"SELECT 1) OR EXISTS(SELECT 1",
	"",
	";",
}

// harmless are statements that a console must run although it cannot write.
var harmless = []string{
	"SELECT * FROM t",
	"SELECT * FROM t ORDER BY id LIMIT 1;",
	"-- a comment\nSELECT 1 -- and another",
	"(SELECT 1) UNION ALL (SELECT 2)",
	"WITH x AS (SELECT 1 AS n) SELECT n FROM x",
	"VALUES (1, 2), (3, 4)",
	"SELECT id, id, v AS id FROM t",
	"SHOW TABLES",
	"SHOW CREATE TABLE t",
	"DESCRIBE t",
	"EXPLAIN SELECT * FROM t",
	"ANALYZE SELECT * FROM t",
	"ANALYZE FORMAT=JSON SELECT * FROM t",
}

// everything returns what a database and the server hold, as text.
func everything(t *testing.T, db *writer, name string) string {
	t.Helper()
	var state strings.Builder
	for _, query := range []string{
		"SELECT GROUP_CONCAT(id, v ORDER BY id) FROM " + name + ".t",
		"SELECT GROUP_CONCAT(id ORDER BY id) FROM " + name + ".my",
		"SELECT next_not_cached_value FROM " + name + ".s",
		"SELECT GROUP_CONCAT(TABLE_NAME, TABLE_TYPE, ENGINE ORDER BY TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '" + name + "'",
		"SELECT GROUP_CONCAT(COLUMN_NAME, COLUMN_TYPE ORDER BY TABLE_NAME, ORDINAL_POSITION) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '" + name + "'",
		"SELECT count(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = '" + name + "'",
		"SELECT count(*) FROM information_schema.TRIGGERS", "SELECT count(*) FROM information_schema.ROUTINES", "SELECT count(*) FROM information_schema.EVENTS",
		"SELECT count(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'test_hostile'", "SELECT GROUP_CONCAT(user, Priv) FROM mysql.global_priv",
		"SELECT CONCAT(@@global.max_connections, @@global.read_only, @@global.general_log, @@global.tx_read_only)",
		"SELECT count(*) FROM mysql.innodb_table_stats WHERE database_name = '" + name + "'",
	} {
		state.WriteString(text(t, db, query) + "\n")
	}
	return state.String()
}

// TestReadOnlyConsole runs hostile statements on eight connections at once, each
// in another order. None is run, and neither the database nor the server is
// changed.
func TestReadOnlyConsole(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10)) STATS_PERSISTENT=0", "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
		"CREATE TABLE my (id INT PRIMARY KEY) ENGINE=MyISAM", "INSERT INTO my VALUES (1)", "CREATE SEQUENCE s NOCACHE", "CREATE VIEW v AS SELECT * FROM t",
		"CREATE FUNCTION write_t() RETURNS INT BEGIN SET SESSION tx_read_only = 0; INSERT INTO t VALUES (9, 'f'); RETURN 1; END",
		"CREATE FUNCTION write_my() RETURNS INT BEGIN INSERT INTO my VALUES (9); RETURN 1; END",
		"CREATE PROCEDURE write_p() BEGIN COMMIT; SET SESSION tx_read_only = 0; START TRANSACTION READ WRITE; INSERT INTO t VALUES (9, 'p'); COMMIT; END")
	watcher := opened(t, connection(t, name)).(*writer)
	defer watcher.Close()
	before := everything(t, watcher, name)
	to := connection(t, name)
	to.ReadOnly = true
	db := opened(t, to)
	defer db.Close()
	file := filepath.Join(t.TempDir(), "written")
	if err := os.Chmod(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	const connections = 8
	var wg sync.WaitGroup
	for n := range connections {
		c := console(t, db) // all are open at once
		wg.Go(func() {
			for i := range hostile {
				attack(t, db, c, strings.ReplaceAll(hostile[(i+n*len(hostile)/connections)%len(hostile)], "FILE", file))
			}
			for _, statement := range harmless {
				if _, err := c.Run(context.Background(), statement, &collected{}); err != nil {
					t.Errorf("%s: %v", statement, err)
				}
			}
		})
	}
	wg.Wait()
	if after := everything(t, watcher, name); after != before {
		t.Errorf("the database has changed:\n%s\nbefore:\n%s", after, before)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a file was written")
	}
}

func attack(t *testing.T, db driver.DB, c driver.Console, statement string) {
	var got collected
	outcome, err := c.Run(context.Background(), statement, &got)
	switch kind := db.Classify(err); {
	case err == nil:
		t.Errorf("%s: was run: %v", statement, got.rows)
	case kind != driver.ReadOnly && kind != driver.BadValue && kind != driver.Internal:
		t.Errorf("%s: %v (%v)", statement, err, kind)
	}
	if outcome.InTransaction {
		t.Errorf("%s: leaves a transaction open", statement)
	}
}

// TestServerRefusesWrites runs what changes rows or tables past the check, by the
// connections of a database that is open read-only: the server itself refuses.
func TestServerRefusesWrites(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10))", "INSERT INTO t VALUES (1, 'a')", "CREATE TABLE my (id INT PRIMARY KEY) ENGINE=MyISAM",
		"CREATE SEQUENCE s", "CREATE VIEW v AS SELECT * FROM t", "CREATE FUNCTION write_t() RETURNS INT BEGIN INSERT INTO t VALUES (9, 'f'); RETURN 1; END",
		"CREATE FUNCTION write_my() RETURNS INT BEGIN INSERT INTO my VALUES (9); RETURN 1; END")
	to := connection(t, name)
	to.ReadOnly = true
	db := opened(t, to).(*reader)
	defer db.Close()
	refused := 0
	for _, statement := range hostile {
		first, _, _ := strings.Cut(statement, " ")
		switch first {
		case "INSERT", "REPLACE", "UPDATE", "DELETE", "TRUNCATE", "CREATE", "DROP", "ALTER", "RENAME", "LOCK", "GRANT":
		default:
			continue
		}
		if _, err := db.pool.Exec(context.Background(), statement, nil); classify(err) != driver.ReadOnly {
			t.Errorf("%s: %v", statement, err)
		}
		refused++
	}
	if refused < 30 {
		t.Errorf("only %d statements were tried", refused)
	}
}

// TestReadersOfAWriterRefuseToWrite: the connections that browse cannot write,
// also where others may.
func TestReadersOfAWriterRefuseToWrite(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (id INT PRIMARY KEY)")
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	if _, err := db.pool.Exec(context.Background(), "INSERT INTO t VALUES (1)", nil); db.Classify(err) != driver.ReadOnly {
		t.Errorf("insert by a reading connection: %v", err)
	}
}

// TestStartupCannotWrite: what a profile runs at the start does not lift what
// keeps a connection from writing.
func TestStartupCannotWrite(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (id INT PRIMARY KEY)")
	to := connection(t, name)
	to.ReadOnly = true
	to.Startup = []string{"SET SESSION TRANSACTION READ WRITE", "SET @who = 'rowan'"}
	db := opened(t, to).(*reader)
	defer db.Close()
	var who string
	if err := db.pool.db.QueryRow("SELECT @who").Scan(&who); err != nil || who != "rowan" {
		t.Errorf("the startup statement has set %q, %v", who, err)
	}
	if _, err := db.pool.Exec(context.Background(), "INSERT INTO t VALUES (1)", nil); db.Classify(err) != driver.ReadOnly {
		t.Errorf("insert: %v", err)
	}
	to.Startup = []string{"INSERT INTO t VALUES (1)"}
	if _, err := Open(context.Background(), to); classify(err) != driver.ReadOnly {
		t.Errorf("a startup statement that writes: %v", err)
	}
}

// TestReadOnlyHasNoMethods checks what the type offers.
func TestReadOnlyHasNoMethods(t *testing.T) {
	to := connection(t, newDatabase(t))
	to.ReadOnly = true
	db := opened(t, to)
	defer db.Close()
	if _, ok := db.(driver.Writer); ok {
		t.Error("Writer")
	}
	if _, ok := db.(driver.Transactor); ok {
		t.Error("Transactor")
	}
	if _, ok := db.(driver.Creator); ok {
		t.Error("Creator")
	}
	if _, ok := db.(driver.Loader); ok {
		t.Error("Loader")
	}
}
