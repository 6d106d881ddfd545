/* LevelDB through its C interface, without compression, with 64 MB of write
 * buffer and 256 MB of block cache. A transaction is one batch. */
#include "protocol.h"
#include <leveldb/c.h>

static leveldb_t *db;
static leveldb_cache_t *cache;
static leveldb_filterpolicy_t *filter;
static leveldb_options_t *options;
static leveldb_readoptions_t *reading;
static leveldb_writeoptions_t *writing;
static leveldb_writebatch_t *batch;
static leveldb_iterator_t *it;

static void check(char *err)
{
	if (err)
		fail("leveldb: %s", err);
}

static void engine_open(const char *dir, int sync)
{
	char *err = NULL;
	cache = leveldb_cache_create_lru(256 << 20);
	filter = leveldb_filterpolicy_create_bloom(10);
	options = leveldb_options_create();
	leveldb_options_set_create_if_missing(options, 1);
	leveldb_options_set_compression(options, leveldb_no_compression);
	leveldb_options_set_write_buffer_size(options, 64 << 20);
	leveldb_options_set_cache(options, cache);
	leveldb_options_set_filter_policy(options, filter);
	reading = leveldb_readoptions_create();
	writing = leveldb_writeoptions_create();
	leveldb_writeoptions_set_sync(writing, sync);
	db = leveldb_open(options, dir, &err);
	check(err);
}

static void engine_close(void)
{
	leveldb_close(db);
	leveldb_options_destroy(options);
	leveldb_cache_destroy(cache);
	leveldb_filterpolicy_destroy(filter);
	leveldb_readoptions_destroy(reading);
	leveldb_writeoptions_destroy(writing);
}

static void engine_begin(int append)
{
	(void)append;
	batch = leveldb_writebatch_create();
}

static inline void engine_put(slice key, slice value, int append)
{
	(void)append;
	leveldb_writebatch_put(batch, key.data, key.size, value.data, value.size);
}

static inline void engine_delete(slice key) { leveldb_writebatch_delete(batch, key.data, key.size); }

static void engine_commit(void)
{
	char *err = NULL;
	leveldb_write(db, writing, batch, &err);
	check(err);
	leveldb_writebatch_destroy(batch);
}

static void engine_read_begin(void) { it = leveldb_create_iterator(db, reading); }

static inline int engine_get(slice key, slice *value)
{
	char *err = NULL;
	value->data = leveldb_get(db, reading, key.data, key.size, &value->size, &err);
	check(err);
	return value->data != NULL;
}

static inline void engine_got(slice value) { leveldb_free((void *)value.data); }

static void engine_read_end(void) { leveldb_iter_destroy(it); }

static inline int present(slice *key, slice *value)
{
	if (!leveldb_iter_valid(it))
		return 0;
	key->data = leveldb_iter_key(it, &key->size);
	value->data = leveldb_iter_value(it, &value->size);
	return 1;
}

static int engine_edge(int back, slice *key, slice *value)
{
	if (back)
		leveldb_iter_seek_to_last(it);
	else
		leveldb_iter_seek_to_first(it);
	return present(key, value);
}

static inline int engine_step(int back, slice *key, slice *value)
{
	if (back)
		leveldb_iter_prev(it);
	else
		leveldb_iter_next(it);
	return present(key, value);
}

static void engine_cut(slice lo, slice hi)
{
	engine_begin(0);
	engine_read_begin();
	slice k, v;
	leveldb_iter_seek(it, lo.data, lo.size);
	for (int ok = present(&k, &v); ok && memcmp(k.data, hi.data, hi.size) < 0; ok = engine_step(0, &k, &v))
		engine_delete(k);
	engine_read_end();
	engine_commit();
}
