/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vacation_spool - a million records, sorted in a few megabytes
 *
 * gdbm finds a key's bucket by a hash, so records that come in any order read
 * and write a bucket of 4 KB for each; in the order of the hash each bucket is
 * filled once.  The records are parted by the first bits of that hash, each
 * part is written to a file without a name in blocks, and read, and sorted, by itself.
 * The hash is gdbm's own; if it should change one day, the table is the same
 * and only takes longer.
 *
 * Failures: errno values.  Limits: a part must fit into memory, so 256 times
 * that can be sorted.
 */
#include "vacation_spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD 2			/* bytes of a record before its value: the key's length; 0 ends a block */
#define RECORD_MAX (HEAD + RECORD_SIZE + RECORD_KEY_MAX)
#define HASH_BITS 31
#define PART_BITS 8

_Static_assert(1 << PART_BITS == SPOOL_PARTS, "the parts are numbered by the first bits of the hash");
_Static_assert(RECORD_MAX + HEAD <= SPOOL_BLOCK, "a record fits into a block");

static uint32_t
hash_of(const unsigned char *key, size_t len)
{
	uint32_t value = 0x238f13afU * (uint32_t)len;
	size_t i;

	for (i = 0; i < len; i++)
		value = (value + ((uint32_t)key[i] << (i * 5 % 24))) & 0x7fffffffU;
	return (1103515243U * value + 12345U) & 0x7fffffffU;
}

void
spool_init(struct spool *s, struct vacation_db *db)
{
	memset(s, 0, sizeof *s);
	s->db = db;
	s->fd = -1;
}

void
spool_free(struct spool *s)
{
	int i;

	for (i = 0; i < SPOOL_PARTS; i++) {
		free(s->part[i].block);
		free(s->part[i].written);
	}
	if (s->fd >= 0)
		close(s->fd);
	spool_init(s, s->db);
}

/* A full block goes to the file.  0 or errno. */
static int
write_block(struct spool *s, struct spool_part *p)
{
	size_t room = p->room != 0 ? p->room * 2 : 16, at = 0;
	uint32_t *grown;
	ssize_t n;

	if (s->fd < 0 && (s->fd = image_spare(s->db)) < 0)
		return errno;
	if (p->n == p->room) {
		grown = realloc(p->written, room * sizeof *grown);
		if (grown == NULL)
			return ENOMEM;
		p->written = grown;
		p->room = room;
	}
	memset(p->block + p->used, 0, SPOOL_BLOCK - p->used);
	while (at < SPOOL_BLOCK) {
		n = pwrite(s->fd, p->block + at, SPOOL_BLOCK - at, (off_t)s->blocks * SPOOL_BLOCK + (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		at += (size_t)n;
	}
	p->written[p->n++] = s->blocks++;
	p->used = 0;
	return 0;
}

bool
spool_add(struct spool *s, const struct record_key *key, const unsigned char raw[RECORD_SIZE])
{
	struct spool_part *p = &s->part[hash_of(key->data, key->len) >> (HASH_BITS - PART_BITS)];
	const size_t len = HEAD + RECORD_SIZE + key->len;

	if (p->block == NULL && (p->block = malloc(SPOOL_BLOCK)) == NULL)
		s->error = ENOMEM;
	else if (p->used + len + HEAD > SPOOL_BLOCK)
		s->error = write_block(s, p);
	if (s->error != 0)
		return false;
	record_put16(p->block + p->used, (uint16_t)key->len);
	memcpy(p->block + p->used + HEAD, raw, RECORD_SIZE);
	memcpy(p->block + p->used + HEAD + RECORD_SIZE, key->data, key->len);
	p->used += len;
	s->records++;
	return true;
}

static size_t
part_size(const struct spool_part *p)
{
	return p->n * SPOOL_BLOCK + p->used;
}

/* A part's blocks, one behind the other; what is not written yet is the last. */
static int
read_part(const struct spool *s, const struct spool_part *p, unsigned char *to)
{
	size_t i, at;
	ssize_t n;

	for (i = 0; i < p->n; i++, to += SPOOL_BLOCK)
		for (at = 0; at < SPOOL_BLOCK; at += (size_t)n) {
			n = pread(s->fd, to + at, SPOOL_BLOCK - at, (off_t)p->written[i] * SPOOL_BLOCK + (off_t)at);
			if (n < 0 && errno == EINTR)
				n = 0;
			else if (n <= 0)
				return n < 0 ? errno : EIO;
		}
	if (p->used > 0)
		memcpy(to, p->block, p->used);
	return 0;
}

static bool
add_item(struct spool_load *load, size_t *room, const unsigned char *record, bool second)
{
	struct spool_item *grown, *item;

	if (load->n == *room) {
		*room = *room != 0 ? *room * 2 : 64;
		grown = realloc(load->item, *room * sizeof *grown);
		if (grown == NULL)
			return false;
		load->item = grown;
	}
	item = &load->item[load->n++];
	item->key_len = record_get16(record);
	item->raw = record + HEAD;
	item->key = item->raw + RECORD_SIZE;
	item->hash = hash_of(item->key, item->key_len);
	item->second = second;
	return true;
}

static bool
add_items(struct spool_load *load, size_t *room, const unsigned char *data, size_t size, bool second)
{
	size_t at = 0, len;

	while (at + HEAD <= size) {
		len = record_get16(data + at);
		if (len == 0) {
			at = (at / SPOOL_BLOCK + 1) * SPOOL_BLOCK;
			continue;
		}
		if (!add_item(load, room, data + at, second))
			return false;
		at += HEAD + RECORD_SIZE + len;
	}
	return true;
}

static int
by_hash(const void *va, const void *vb)
{
	const struct spool_item *a = va, *b = vb;
	int order;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->key_len != b->key_len)
		return a->key_len < b->key_len ? -1 : 1;
	order = memcmp(a->key, b->key, a->key_len);
	return order != 0 ? order : (int)a->second - (int)b->second;
}

int
spool_read(const struct spool *first, const struct spool *second, int part, struct spool_load *load)
{
	const struct spool_part *a = &first->part[part], *b = &second->part[part];
	size_t room = 0;
	int error;

	*load = (struct spool_load){ .n = 0 };
	load->data = malloc(part_size(a) + part_size(b) + 1);
	if (load->data == NULL)
		return ENOMEM;
	error = read_part(first, a, load->data);
	if (error == 0)
		error = read_part(second, b, load->data + part_size(a));
	if (error == 0 && (!add_items(load, &room, load->data, part_size(a), false) ||
	    !add_items(load, &room, load->data + part_size(a), part_size(b), true)))
		error = ENOMEM;
	if (load->n > 1)
		qsort(load->item, load->n, sizeof *load->item, by_hash);
	return error;
}

void
spool_unload(struct spool_load *load)
{
	free(load->item);
	free(load->data);
	*load = (struct spool_load){ .n = 0 };
}
