/*
 * Copyright (c) 2026 The lvsd authors
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

#include <sys/types.h>

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "index.h"

struct index_entry {
	struct index_entry	*next;		/* of the same place */
	void			*object;
	uint32_t		 hash;
	uint32_t		 len;		/* of the key */
	uint8_t			 key[];
};

struct index {
	struct arena		 entries;
	struct index_entry	**place;	/* by hash */
	unsigned int		 size;		/* of that, a power of two */
	unsigned int		 n;
};

/* Places of a new index. */
#define INDEX_SIZE	64

static uint32_t	key_hash(const struct key *);
static int	index_grow(struct index *);
static struct index_entry *index_find(const struct index *,
		    const struct key *, uint32_t);

void
key_start(struct key *k, enum key_kind kind)
{
	uint8_t	 byte = kind;

	k->len = 0;
	key_mem(k, &byte, sizeof(byte));
}

/*
 * All that keys are made of is bounded by the structures of wire.h, so a key
 * that does not fit is a mistake in here; no input leads there.
 */
void
key_mem(struct key *k, const void *data, size_t len)
{
	if (len > sizeof(k->buf) - k->len)
		abort();
	memcpy(k->buf + k->len, data, len);
	k->len += len;
}

/* With the NUL, so that "a" "bc" and "ab" "c" are two keys. */
void
key_str(struct key *k, const char *s)
{
	key_mem(k, s, strlen(s) + 1);
}

void
key_num(struct key *k, uint32_t n)
{
	key_mem(k, &n, sizeof(n));
}

void
key_addr(struct key *k, const struct addr *a)
{
	key_mem(k, &a->af, sizeof(a->af));
	key_mem(k, a->u.bytes, addr_size(a->af));
}

void
key_name(struct key *k, enum key_kind kind, const char *name)
{
	key_start(k, kind);
	key_str(k, name);
}

void
key_process(struct key *k, const struct conf_process *p)
{
	key_name(k, KEY_PROCESS, p->name);
	key_num(k, p->quorum);
}

void
key_listen(struct key *k, const struct listen_config *l)
{
	key_start(k, KEY_LISTEN);
	key_num(k, l->mark);
	key_addr(k, &l->addr);
	key_num(k, l->proto);
	key_num(k, l->port);
}

void
key_tlsfile(struct key *k, const struct conf_tlsfile *f)
{
	key_start(k, KEY_TLSFILE);
	key_num(k, f->conf.kind);
	key_mem(k, f->digest, sizeof(f->digest));
}

void
key_check(struct key *k, const struct conf_check *c)
{
	int	 i;

	key_start(k, KEY_CHECK);
	key_num(k, c->conf.type);
	key_num(k, c->conf.flags);
	key_num(k, c->conf.interval_ms);
	key_num(k, c->conf.timeout_ms);
	key_num(k, c->conf.rise);
	key_num(k, c->conf.fall);
	key_num(k, c->conf.retry_ms);
	key_num(k, c->conf.down_ms);
	key_num(k, c->conf.port);
	key_num(k, c->conf.mark);
	key_mem(k, &c->conf.on, sizeof(c->conf.on));
	key_mem(k, &c->conf.from, sizeof(c->conf.from));
	key_str(k, c->conf.ifname);
	key_num(k, c->conf.tls_min);
	key_num(k, c->conf.warn_s);
	key_num(k, c->conf.dns_type);
	key_num(k, c->conf.dns_rcode);
	for (i = 0; i < TLSFILE_KIND_MAX; i++) {
		key_num(k, c->tlsfile[i] != NULL);
		if (c->tlsfile[i] != NULL)
			key_mem(k, c->tlsfile[i]->digest, SHA256_LEN);
	}
	key_mem(k, c->items, c->conf.items_len);
}

/* FNV-1a; whoever writes the file may do as he likes. */
static uint32_t
key_hash(const struct key *k)
{
	uint32_t	 hash = 2166136261U;
	size_t		 i;

	for (i = 0; i < k->len; i++)
		hash = (hash ^ k->buf[i]) * 16777619U;
	return (hash);
}

struct index *
index_new(void)
{
	struct index	*index;

	if ((index = calloc(1, sizeof(*index))) == NULL ||
	    (index->place = calloc(INDEX_SIZE,
	    sizeof(struct index_entry *))) == NULL) {
		free(index);
		return (NULL);
	}
	arena_init(&index->entries);
	index->size = INDEX_SIZE;
	return (index);
}

void
index_free(struct index *index)
{
	if (index == NULL)
		return;
	arena_free(&index->entries);
	free(index->place);
	free(index);
}

/* Twice the places. */
static int
index_grow(struct index *index)
{
	struct index_entry	**place, *e;
	unsigned int		  i, size = index->size * 2;

	if ((place = calloc(size, sizeof(struct index_entry *))) == NULL)
		return (-1);
	for (i = 0; i < index->size; i++)
		while ((e = index->place[i]) != NULL) {
			index->place[i] = e->next;
			e->next = place[e->hash & (size - 1)];
			place[e->hash & (size - 1)] = e;
		}
	free(index->place);
	index->place = place;
	index->size = size;
	return (0);
}

static struct index_entry *
index_find(const struct index *index, const struct key *k, uint32_t hash)
{
	struct index_entry	*e;

	for (e = index->place[hash & (index->size - 1)]; e != NULL;
	    e = e->next)
		if (e->hash == hash && e->len == k->len &&
		    memcmp(e->key, k->buf, k->len) == 0)
			break;
	return (e);
}

void *
index_get(const struct index *index, const struct key *k)
{
	struct index_entry	*e;

	e = index_find(index, k, key_hash(k));
	return (e == NULL ? NULL : e->object);
}

int
index_put(struct index *index, const struct key *k, void *object)
{
	struct index_entry	*e, **place;
	uint32_t		 hash = key_hash(k);

	if ((e = index_find(index, k, hash)) != NULL) {
		e->object = object;
		return (0);
	}
	if (index->n == index->size && index_grow(index) == -1)
		return (-1);
	if ((e = arena_alloc(&index->entries, sizeof(*e) + k->len)) == NULL)
		return (-1);
	e->hash = hash;
	e->len = k->len;
	e->object = object;
	memcpy(e->key, k->buf, k->len);
	place = &index->place[hash & (index->size - 1)];
	e->next = *place;
	*place = e;
	index->n++;
	return (0);
}
