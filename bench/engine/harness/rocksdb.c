/* RocksDB through its C interface, without compression, with 64 MB of write
 * buffer, 256 MB of block cache and a Bloom filter. A transaction is one
 * batch. */
#include "protocol.h"
#include <rocksdb/c.h>

static rocksdb_t *db;
static rocksdb_options_t *options;
static rocksdb_readoptions_t *reading;
static rocksdb_writeoptions_t *writing;
static rocksdb_writebatch_t *batch;
static rocksdb_iterator_t *it;
static rocksdb_pinnableslice_t *pinned;

static void check(char *err)
{
	if (err)
		fail("rocksdb: %s", err);
}

static rocksdb_block_based_table_options_t *tables(void)
{
	rocksdb_block_based_table_options_t *t = rocksdb_block_based_options_create();
	rocksdb_cache_t *cache = rocksdb_cache_create_lru(256 << 20);
	rocksdb_block_based_options_set_block_cache(t, cache);
	rocksdb_cache_destroy(cache); /* the options hold it */
	rocksdb_block_based_options_set_filter_policy(t, rocksdb_filterpolicy_create_bloom_full(10));
	return t;
}

static void engine_open(const char *dir, int sync)
{
	char *err = NULL;
	rocksdb_block_based_table_options_t *t = tables();
	options = rocksdb_options_create();
	rocksdb_options_set_create_if_missing(options, 1);
	rocksdb_options_set_compression(options, rocksdb_no_compression);
	rocksdb_options_set_write_buffer_size(options, 64 << 20);
	rocksdb_options_set_block_based_table_factory(options, t);
	rocksdb_block_based_options_destroy(t);
	reading = rocksdb_readoptions_create();
	writing = rocksdb_writeoptions_create();
	rocksdb_writeoptions_set_sync(writing, sync);
	db = rocksdb_open(options, dir, &err);
	check(err);
}

static void engine_close(void)
{
	rocksdb_close(db);
	rocksdb_options_destroy(options);
	rocksdb_readoptions_destroy(reading);
	rocksdb_writeoptions_destroy(writing);
}

static void engine_begin(int append)
{
	(void)append;
	batch = rocksdb_writebatch_create();
}

static inline void engine_put(slice key, slice value, int append)
{
	(void)append;
	rocksdb_writebatch_put(batch, key.data, key.size, value.data, value.size);
}

static inline void engine_delete(slice key) { rocksdb_writebatch_delete(batch, key.data, key.size); }

static void engine_commit(void)
{
	char *err = NULL;
	rocksdb_write(db, writing, batch, &err);
	check(err);
	rocksdb_writebatch_destroy(batch);
}

static void engine_read_begin(void) { it = rocksdb_create_iterator(db, reading); }

static inline int engine_get(slice key, slice *value)
{
	char *err = NULL;
	pinned = rocksdb_get_pinned(db, reading, key.data, key.size, &err);
	check(err);
	if (!pinned)
		return 0;
	value->data = rocksdb_pinnableslice_value(pinned, &value->size);
	return 1;
}

static inline void engine_got(slice value)
{
	(void)value;
	rocksdb_pinnableslice_destroy(pinned);
}

static void engine_read_end(void) { rocksdb_iter_destroy(it); }

static inline int present(slice *key, slice *value)
{
	if (!rocksdb_iter_valid(it))
		return 0;
	key->data = rocksdb_iter_key(it, &key->size);
	value->data = rocksdb_iter_value(it, &value->size);
	return 1;
}

static int engine_edge(int back, slice *key, slice *value)
{
	if (back)
		rocksdb_iter_seek_to_last(it);
	else
		rocksdb_iter_seek_to_first(it);
	return present(key, value);
}

static inline int engine_step(int back, slice *key, slice *value)
{
	if (back)
		rocksdb_iter_prev(it);
	else
		rocksdb_iter_next(it);
	return present(key, value);
}

static void engine_cut(slice lo, slice hi)
{
	engine_begin(0);
	rocksdb_writebatch_delete_range(batch, lo.data, lo.size, hi.data, hi.size);
	engine_commit();
}
