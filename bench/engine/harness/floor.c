/* The floor under everything that writes: the bytes of the keys and values, and
 * nothing else. Durable, they are appended to a file whose blocks were written
 * before, with one fdatasync a transaction; otherwise they are gathered, and
 * written to a new file, 2 MB at a time. It keeps nothing that could be read. */
#include "protocol.h"

#define PREALLOCATED (256u << 20)
#define PIECE (2u << 20)

static int file;
static int durable;
static unsigned char *buffer;
static size_t size, used, at;

static void write_all(const unsigned char *p, size_t n, size_t offset)
{
	while (n > 0) {
		ssize_t written = pwrite(file, p, n, offset);
		if (written <= 0)
			fail("floor: cannot write");
		p += written, n -= written, offset += written;
	}
}

static void engine_open(const char *dir, int sync)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/db", dir);
	durable = sync;
	size = sync ? PREALLOCATED : PIECE;
	buffer = calloc(1, size);
	file = open(path, O_RDWR | O_CREAT, 0644);
	if (file < 0 || !buffer)
		fail("floor: cannot open %s", path);
	at = 0;
	if (!sync)
		return;
	write_all(buffer, size, 0);
	if (fsync(file))
		fail("floor: cannot sync");
}

static void engine_close(void)
{
	close(file);
	free(buffer);
}

static void engine_begin(int append)
{
	(void)append;
	used = 0;
}

/* What is gathered goes to the file; one that is preallocated begins anew. */
static void write_gathered(void)
{
	if (durable && at + used > PREALLOCATED)
		at = 0;
	write_all(buffer, used, at);
	at += used;
	used = 0;
}

static inline void engine_put(slice key, slice value, int append)
{
	(void)append;
	if (used + key.size + value.size > size) {
		if (durable)
			fail("floor: a transaction of more than %u bytes", PREALLOCATED);
		write_gathered();
	}
	memcpy(buffer + used, key.data, key.size);
	memcpy(buffer + used + key.size, value.data, value.size);
	used += key.size + value.size;
}

static void engine_commit(void)
{
	write_gathered();
	if (durable && fdatasync(file))
		fail("floor: cannot sync");
}

static void engine_delete(slice key)
{
	(void)key;
	fail("floor: nothing can be deleted");
}

static void engine_read_begin(void) { fail("floor: nothing can be read"); }
static int engine_get(slice key, slice *value) { return (void)key, (void)value, 0; }
static void engine_got(slice value) { (void)value; }
static void engine_read_end(void) {}
static int engine_edge(int back, slice *key, slice *value) { return (void)back, (void)key, (void)value, 0; }
static int engine_step(int back, slice *key, slice *value) { return (void)back, (void)key, (void)value, 0; }
static void engine_cut(slice lo, slice hi)
{
	(void)lo, (void)hi;
	fail("floor: nothing can be deleted");
}
