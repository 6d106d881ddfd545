/* LMDB through its C interface. WRITEMAP is off, as it is by default and must
 * be where a stray pointer may not damage the file. */
#include "protocol.h"
#include <lmdb.h>

#define CHECK(x)                                                               \
	do {                                                                   \
		int rc_ = (x);                                                 \
		if (rc_)                                                       \
			fail("lmdb: %s: %s", #x, mdb_strerror(rc_));           \
	} while (0)

static MDB_env *env;
static MDB_dbi dbi;
static MDB_txn *txn;
static MDB_cursor *cursor;

static void engine_open(const char *dir, int sync)
{
	MDB_txn *t;
	CHECK(mdb_env_create(&env));
	CHECK(mdb_env_set_mapsize(env, (size_t)256 << 30));
	CHECK(mdb_env_open(env, dir, sync ? 0 : MDB_NOSYNC, 0644));
	CHECK(mdb_txn_begin(env, NULL, 0, &t));
	CHECK(mdb_dbi_open(t, NULL, 0, &dbi));
	CHECK(mdb_txn_commit(t));
}

static void engine_close(void) { mdb_env_close(env); }

static void engine_begin(int append)
{
	CHECK(mdb_txn_begin(env, NULL, 0, &txn));
	if (append)
		CHECK(mdb_cursor_open(txn, dbi, &cursor));
}

static inline void engine_put(slice key, slice value, int append)
{
	MDB_val k = {key.size, (void *)key.data}, v = {value.size, (void *)value.data};
	if (append)
		CHECK(mdb_cursor_put(cursor, &k, &v, MDB_APPEND));
	else
		CHECK(mdb_put(txn, dbi, &k, &v, 0));
}

static inline void engine_delete(slice key)
{
	MDB_val k = {key.size, (void *)key.data};
	CHECK(mdb_del(txn, dbi, &k, NULL));
}

static void engine_commit(void)
{
	if (cursor)
		mdb_cursor_close(cursor);
	cursor = NULL;
	CHECK(mdb_txn_commit(txn));
}

static void engine_read_begin(void)
{
	CHECK(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn));
	CHECK(mdb_cursor_open(txn, dbi, &cursor));
}

static inline int engine_get(slice key, slice *value)
{
	MDB_val k = {key.size, (void *)key.data}, v;
	int rc = mdb_get(txn, dbi, &k, &v);
	if (rc == MDB_NOTFOUND)
		return 0;
	CHECK(rc);
	*value = (slice){v.mv_data, v.mv_size};
	return 1;
}

static inline void engine_got(slice value) { (void)value; }

static void engine_read_end(void)
{
	mdb_cursor_close(cursor);
	cursor = NULL;
	mdb_txn_abort(txn);
}

static inline int move_cursor(MDB_cursor_op op, slice *key, slice *value)
{
	MDB_val k, v;
	int rc = mdb_cursor_get(cursor, &k, &v, op);
	if (rc == MDB_NOTFOUND)
		return 0;
	CHECK(rc);
	*key = (slice){k.mv_data, k.mv_size};
	*value = (slice){v.mv_data, v.mv_size};
	return 1;
}

static int engine_edge(int back, slice *key, slice *value)
{
	return move_cursor(back ? MDB_LAST : MDB_FIRST, key, value);
}

static inline int engine_step(int back, slice *key, slice *value)
{
	return move_cursor(back ? MDB_PREV : MDB_NEXT, key, value);
}

/* LMDB has no delete of a range: a cursor deletes key by key, and after
 * a deletion its next key is the one that follows. */
static void engine_cut(slice lo, slice hi)
{
	MDB_val k = {lo.size, (void *)lo.data}, v, end = {hi.size, (void *)hi.data};
	CHECK(mdb_txn_begin(env, NULL, 0, &txn));
	CHECK(mdb_cursor_open(txn, dbi, &cursor));
	int rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
	while (!rc && mdb_cmp(txn, dbi, &k, &end) < 0) {
		CHECK(mdb_cursor_del(cursor, 0));
		rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
	}
	if (rc && rc != MDB_NOTFOUND)
		CHECK(rc);
	engine_commit();
}
