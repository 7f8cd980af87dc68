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

#include <bsd/sys/tree.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "index.h"

struct index_entry {
	RB_ENTRY(index_entry)	 node;
	void		*object;
	size_t		 len;
	const uint8_t	*key;		/* behind the entry itself */
};
RB_HEAD(index_entries, index_entry);

struct index {
	struct index_entries	 entries;
};

static int	entry_cmp(struct index_entry *, struct index_entry *);

RB_PROTOTYPE(index_entries, index_entry, node, entry_cmp)
RB_GENERATE(index_entries, index_entry, node, entry_cmp)

static int
entry_cmp(struct index_entry *a, struct index_entry *b)
{
	if (a->len != b->len)
		return (a->len < b->len ? -1 : 1);
	return (memcmp(a->key, b->key, a->len));
}

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

struct index *
index_new(void)
{
	struct index	*index;

	if ((index = calloc(1, sizeof(*index))) == NULL)
		return (NULL);
	RB_INIT(&index->entries);
	return (index);
}

void
index_free(struct index *index)
{
	struct index_entry	*e;

	if (index == NULL)
		return;
	while ((e = RB_ROOT(&index->entries)) != NULL) {
		RB_REMOVE(index_entries, &index->entries, e);
		free(e);
	}
	free(index);
}

void *
index_get(const struct index *index, const struct key *k)
{
	/* RB_FIND changes nothing, but does not say so. */
	struct index_entries	*entries =
	    (struct index_entries *)&index->entries;
	struct index_entry	 find, *e;

	find.len = k->len;
	find.key = k->buf;
	e = RB_FIND(index_entries, entries, &find);
	return (e == NULL ? NULL : e->object);
}

int
index_put(struct index *index, const struct key *k, void *object)
{
	struct index_entry	*e, *old;
	uint8_t		*bytes;

	if ((e = malloc(sizeof(*e) + k->len)) == NULL)
		return (-1);
	bytes = (uint8_t *)(e + 1);
	memcpy(bytes, k->buf, k->len);
	e->key = bytes;
	e->len = k->len;
	e->object = object;
	if ((old = RB_INSERT(index_entries, &index->entries, e)) != NULL) {
		old->object = object;
		free(e);
	}
	return (0);
}
