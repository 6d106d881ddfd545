/*
 * The half of a harness that does not depend on the engine: data, orders, the
 * clock, and the commands that arrive on standard input, one a line. Each is
 * answered by one line, "ok name=value ..." or "error message". What they mean
 * is said in ../worker/protocol.go, which answers the same commands in Go.
 *
 * An engine's file defines the functions declared below and then includes
 * this one, so that the compiler can inline the engine's calls into the loops
 * as a program that uses the engine directly would.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_KEY 32
#define MAX_VALUE 65536
#define MAX_ARGS 8

typedef struct {
	const void *data;
	size_t size;
} slice;

/* What an engine defines. They call fail() when something goes wrong. */
static void engine_open(const char *dir, int sync);
static void engine_close(void);
static void engine_begin(int append);
static void engine_put(slice key, slice value, int append);
static void engine_delete(slice key);
static void engine_commit(void);
static void engine_read_begin(void);
static int engine_get(slice key, slice *value); /* until engine_got */
static void engine_got(slice value);
static void engine_read_end(void);
/* The cursor lives between engine_read_begin and engine_read_end. */
static int engine_edge(int back, slice *key, slice *value);
static int engine_step(int back, slice *key, slice *value);
/* Deletes all keys from lo, inclusive, to hi, exclusive, in one transaction. */
static void engine_cut(slice lo, slice hi);

#define fail(...)                                                              \
	do {                                                                   \
		printf("error ");                                              \
		printf(__VA_ARGS__);                                           \
		printf("\n");                                                  \
		exit(1);                                                       \
	} while (0)

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

/* ---- data ---- */

enum key_kind { KEY_U32, KEY_U64, KEY_MIXED, KEY_USER };
static enum key_kind key_kind;
static uint32_t value_min, value_max;
static unsigned char value_bytes[MAX_VALUE];

static inline uint64_t mix64(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xBF58476D1CE4E5B9u;
	x ^= x >> 27;
	x *= 0x94D049BB133111EBu;
	return x ^ (x >> 31);
}

static inline void put_be32(unsigned char *p, uint32_t x)
{
	x = __builtin_bswap32(x);
	memcpy(p, &x, 4);
}

static inline void put_be64(unsigned char *p, uint64_t x)
{
	x = __builtin_bswap64(x);
	memcpy(p, &x, 8);
}

static inline slice make_key(uint32_t x, unsigned char *p)
{
	switch (key_kind) {
	case KEY_U32:
		put_be32(p, x);
		return (slice){p, 4};
	case KEY_U64:
		put_be64(p, x);
		return (slice){p, 8};
	case KEY_MIXED:
		put_be64(p, mix64(x));
		put_be64(p + 8, x);
		return (slice){p, 16};
	default:
		memcpy(p, "user:00000000:profile", 21);
		for (int i = 12; x > 0; i--, x /= 10)
			p[i] = '0' + x % 10;
		return (slice){p, 21};
	}
}

static inline slice make_value(uint32_t x)
{
	uint64_t y = x;
	memcpy(value_bytes, &y, 8);
	size_t n = value_min;
	if (value_max != value_min)
		n += ((uint32_t)(x * 2654435761u) >> 8) % (value_max - value_min + 1);
	return (slice){value_bytes, n};
}

static inline uint64_t value_number(slice value)
{
	uint64_t y;
	memcpy(&y, value.data, 8);
	return y;
}

static void parse_data(const char *key, const char *value)
{
	if (!strcmp(key, "4"))
		key_kind = KEY_U32;
	else if (!strcmp(key, "8"))
		key_kind = KEY_U64;
	else if (!strcmp(key, "16"))
		key_kind = KEY_MIXED;
	else if (!strcmp(key, "user"))
		key_kind = KEY_USER;
	else
		fail("no such kind of key: %s", key);
	int n = sscanf(value, "%" SCNu32 "-%" SCNu32, &value_min, &value_max);
	if (n < 1)
		fail("no such kind of value: %s", value);
	if (n == 1)
		value_max = value_min;
	if (value_min < 8 || value_max > MAX_VALUE)
		fail("values have 8 to %d bytes", MAX_VALUE);
	memset(value_bytes, 'v', sizeof value_bytes);
}

/* ---- orders ---- */

/* A file of numbers, and how far the commands have come in it. */
typedef struct {
	char path[512];
	uint32_t *numbers;
	size_t count, next;
} order;

static order orders[8];

static order *find_order(const char *path)
{
	order *o = orders;
	while (o < orders + 8 && o->numbers && strcmp(o->path, path))
		o++;
	if (o == orders + 8)
		fail("more than 8 orders");
	if (o->numbers)
		return o;
	int fd = open(path, O_RDONLY);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) || !st.st_size)
		fail("cannot read %s", path);
	snprintf(o->path, sizeof o->path, "%s", path);
	o->count = st.st_size / 4;
	o->numbers = malloc(st.st_size);
	for (ssize_t have = 0; have < st.st_size;) {
		ssize_t n = read(fd, (char *)o->numbers + have, st.st_size - have);
		if (n <= 0)
			fail("cannot read %s", path);
		have += n;
	}
	close(fd);
	return o;
}

/* Takes the next n numbers. Orders are never consumed in part: at the end they begin anew. */
static const uint32_t *take(order *o, size_t n)
{
	if (n > o->count)
		fail("%s has %zu numbers, not %zu", o->path, o->count, n);
	if (o->next + n > o->count)
		o->next = 0;
	const uint32_t *p = o->numbers + o->next;
	o->next += n;
	return p;
}

/* ---- the loops that are measured ---- */

static void put_batch(const uint32_t *x, size_t n, int append)
{
	unsigned char k[MAX_KEY];
	engine_begin(append);
	for (size_t i = 0; i < n; i++)
		engine_put(make_key(x[i], k), make_value(x[i]), append);
	engine_commit();
}

static void run_put(order *o, size_t n, size_t batch, int append)
{
	const uint32_t *x = take(o, n);
	uint64_t started = now_ns();
	for (size_t i = 0; i < n; i += batch)
		put_batch(x + i, batch < n - i ? batch : n - i, append);
	printf("ok ns=%" PRIu64 " ops=%zu\n", now_ns() - started, n);
}

static void run_get(order *o, size_t n)
{
	const uint32_t *x = take(o, n);
	unsigned char k[MAX_KEY];
	uint64_t sum = 0, started = now_ns();
	engine_read_begin();
	for (size_t i = 0; i < n; i++) {
		slice value;
		if (!engine_get(make_key(x[i], k), &value))
			fail("key %u is missing", x[i]);
		uint64_t y = value_number(value);
		if (y != x[i])
			fail("key %u has the value of %" PRIu64, x[i], y);
		sum += y + value.size;
		engine_got(value);
	}
	engine_read_end();
	printf("ok ns=%" PRIu64 " ops=%zu sum=%" PRIu64 "\n", now_ns() - started, n, sum);
}

static void run_scan(int back)
{
	slice k, v;
	uint64_t sum = 0, n = 0, started = now_ns();
	engine_read_begin();
	for (int ok = engine_edge(back, &k, &v); ok; ok = engine_step(back, &k, &v)) {
		uint32_t head;
		memcpy(&head, k.data, 4);
		sum += head + value_number(v) + v.size;
		n++;
	}
	engine_read_end();
	printf("ok ns=%" PRIu64 " ops=%" PRIu64 " sum=%" PRIu64 "\n", now_ns() - started, n, sum);
}

static void run_delete(order *o, size_t n)
{
	const uint32_t *x = take(o, n);
	unsigned char k[MAX_KEY];
	uint64_t started = now_ns();
	engine_begin(0);
	for (size_t i = 0; i < n; i++)
		engine_delete(make_key(x[i], k));
	engine_commit();
	printf("ok ns=%" PRIu64 " ops=%zu\n", now_ns() - started, n);
}

static void run_cut(uint32_t lo, uint32_t hi)
{
	unsigned char a[MAX_KEY], b[MAX_KEY];
	slice from = make_key(lo, a), to = make_key(hi, b);
	uint64_t started = now_ns();
	engine_cut(from, to);
	printf("ok ns=%" PRIu64 " ops=1\n", now_ns() - started);
}

static void run_first(const char *dir, int sync, uint32_t x)
{
	unsigned char k[MAX_KEY];
	slice value;
	uint64_t started = now_ns();
	engine_open(dir, sync);
	engine_read_begin();
	if (!engine_get(make_key(x, k), &value))
		fail("key %u is missing", x);
	engine_got(value);
	engine_read_end();
	printf("ok ns=%" PRIu64 " ops=1\n", now_ns() - started);
}

/* ---- commands ---- */

static uint64_t each_file(const char *dir, int remove)
{
	DIR *d = opendir(dir);
	uint64_t bytes = 0;
	char path[1024];
	struct stat st;
	if (!d)
		fail("cannot read the directory %s", dir);
	for (struct dirent *e; (e = readdir(d));) {
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		if (stat(path, &st) || !S_ISREG(st.st_mode))
			continue;
		bytes += st.st_size;
		if (remove)
			unlink(path);
	}
	closedir(d);
	return bytes;
}

static const char *home;
static int is_open;

static void close_if_open(void)
{
	if (is_open)
		engine_close();
	is_open = 0;
}

static void run_fresh(int sync)
{
	close_if_open();
	each_file(home, 1);
	for (order *o = orders; o < orders + 8; o++)
		o->next = 0;
	engine_open(home, sync);
	is_open = 1;
}

/* Reports whether the command was one that measures, and has answered. */
static int measured(int n, char **arg)
{
	if (!strcmp(arg[0], "put") && n >= 4)
		run_put(find_order(arg[1]), strtoull(arg[2], 0, 10), strtoull(arg[3], 0, 10), n > 4);
	else if ((!strcmp(arg[0], "get") || !strcmp(arg[0], "getmany")) && n == 3)
		run_get(find_order(arg[1]), strtoull(arg[2], 0, 10));
	else if (!strcmp(arg[0], "scan"))
		run_scan(0);
	else if (!strcmp(arg[0], "back"))
		run_scan(1);
	else if (!strcmp(arg[0], "delete") && n == 3)
		run_delete(find_order(arg[1]), strtoull(arg[2], 0, 10));
	else if (!strcmp(arg[0], "cut") && n == 3)
		run_cut(atoi(arg[1]), atoi(arg[2]));
	else if (!strcmp(arg[0], "first") && n == 3) {
		close_if_open();
		run_first(home, !strcmp(arg[1], "sync"), atoi(arg[2]));
		is_open = 1;
	} else
		return 0;
	return 1;
}

static void obey(int n, char **arg)
{
	if (measured(n, arg))
		return;
	if (!strcmp(arg[0], "fresh") && n == 2)
		run_fresh(!strcmp(arg[1], "sync"));
	else if (!strcmp(arg[0], "open") && n == 2) {
		close_if_open();
		engine_open(home, !strcmp(arg[1], "sync"));
		is_open = 1;
	} else if (!strcmp(arg[0], "close"))
		close_if_open();
	else if (!strcmp(arg[0], "size")) {
		printf("ok bytes=%" PRIu64 "\n", each_file(home, 0));
		return;
	} else
		fail("no such command: %s", arg[0]);
	printf("ok\n");
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: %s DIRECTORY KEY VALUE\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, 0, _IOLBF, 0);
	home = argv[1];
	parse_data(argv[2], argv[3]);
	char line[4096];
	while (fgets(line, sizeof line, stdin)) {
		char *arg[MAX_ARGS], *rest;
		int n = 0;
		for (char *w = strtok_r(line, " \n", &rest); w && n < MAX_ARGS; w = strtok_r(0, " \n", &rest))
			arg[n++] = w;
		if (n)
			obey(n, arg);
	}
	close_if_open();
	return 0;
}

#endif
