/* SQLite through its C interface: a table WITHOUT ROWID whose primary key is
 * the key, write-ahead log, synchronous=FULL where commits are durable and OFF
 * where they are not, 256 MB of page cache, prepared statements. */
#include "protocol.h"
#include <sqlite3.h>

static sqlite3 *db;
static sqlite3_stmt *put, *del, *get, *up, *down, *cut;
static sqlite3_stmt *scanning;

#define CHECK(x)                                                               \
	do {                                                                   \
		if ((x) != SQLITE_OK)                                          \
			fail("sqlite: %s: %s", #x, sqlite3_errmsg(db));        \
	} while (0)

static void run(const char *sql) { CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL)); }

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *s;
	CHECK(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL));
	return s;
}

static void engine_open(const char *dir, int sync)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/db", dir);
	CHECK(sqlite3_open(path, &db));
	run("PRAGMA journal_mode=WAL");
	run(sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF");
	run("PRAGMA cache_size=-262144");
	run("PRAGMA mmap_size=2147418112");
	run("CREATE TABLE IF NOT EXISTS t (k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID");
	put = prepare("INSERT OR REPLACE INTO t VALUES (?1, ?2)");
	del = prepare("DELETE FROM t WHERE k = ?1");
	get = prepare("SELECT v FROM t WHERE k = ?1");
	up = prepare("SELECT k, v FROM t ORDER BY k");
	down = prepare("SELECT k, v FROM t ORDER BY k DESC");
	cut = prepare("DELETE FROM t WHERE k >= ?1 AND k < ?2");
}

static void engine_close(void)
{
	sqlite3_stmt *all[] = {put, del, get, up, down, cut};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		sqlite3_finalize(all[i]);
	CHECK(sqlite3_close(db));
}

static void engine_begin(int append)
{
	(void)append;
	run("BEGIN IMMEDIATE");
}

static inline void bind(sqlite3_stmt *s, int i, slice x)
{
	CHECK(sqlite3_bind_blob(s, i, x.data, x.size, SQLITE_STATIC));
}

static inline void finish(sqlite3_stmt *s)
{
	if (sqlite3_step(s) != SQLITE_DONE)
		fail("sqlite: %s", sqlite3_errmsg(db));
	sqlite3_reset(s);
}

static inline void engine_put(slice key, slice value, int append)
{
	(void)append;
	bind(put, 1, key);
	bind(put, 2, value);
	finish(put);
}

static inline void engine_delete(slice key)
{
	bind(del, 1, key);
	finish(del);
}

static void engine_commit(void) { run("COMMIT"); }

static void engine_read_begin(void) { run("BEGIN"); }

static inline int engine_get(slice key, slice *value)
{
	bind(get, 1, key);
	if (sqlite3_step(get) != SQLITE_ROW)
		return 0;
	*value = (slice){sqlite3_column_blob(get, 0), sqlite3_column_bytes(get, 0)};
	return 1;
}

static inline void engine_got(slice value)
{
	(void)value;
	sqlite3_reset(get);
}

static void engine_read_end(void) { run("COMMIT"); }

static inline int engine_step(int back, slice *key, slice *value)
{
	(void)back;
	int rc = sqlite3_step(scanning);
	if (rc != SQLITE_ROW) {
		if (rc != SQLITE_DONE)
			fail("sqlite: %s", sqlite3_errmsg(db));
		sqlite3_reset(scanning);
		return 0;
	}
	*key = (slice){sqlite3_column_blob(scanning, 0), sqlite3_column_bytes(scanning, 0)};
	*value = (slice){sqlite3_column_blob(scanning, 1), sqlite3_column_bytes(scanning, 1)};
	return 1;
}

static int engine_edge(int back, slice *key, slice *value)
{
	scanning = back ? down : up;
	return engine_step(back, key, value);
}

static void engine_cut(slice lo, slice hi)
{
	engine_begin(0);
	bind(cut, 1, lo);
	bind(cut, 2, hi);
	finish(cut);
	engine_commit();
}
