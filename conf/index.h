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

#ifndef CONF_INDEX_H
#define CONF_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "wire.h"

/*
 * An index from keys, which are strings of bytes, to objects.  Whatever is
 * looked up while a configuration is read or compared goes through here, so
 * that nothing is searched for in a list.
 */

/* The longest key is a check with all its items. */
#define KEY_MAX		(CHECK_ITEMS_LEN + 512)

/* What a key is of; its first byte. */
enum key_kind {
	KEY_TABLE,
	KEY_HOST,
	KEY_SERVICE,
	KEY_LISTEN,
	KEY_TLSFILE,
	KEY_CHECK,
	KEY_VIA,		/* a real server, for checks */
	KEY_VIA_MARK,
	KEY_USE,		/* of a table, on a port, with checks */
	KEY_VARIANT,		/* the latest of a table on a port */
	KEY_DEST,		/* a host and port of a service */
	KEY_SCRIPT,
	KEY_VRRP,
	KEY_VRID,
	KEY_VADDR,
	KEY_ROUTE,
	KEY_RULE,
	KEY_VMAC,
	KEY_TRACK,
	KEY_TRACK_TABLE,
	KEY_PROCESS,
	KEY_TRACK_FILE,
	KEY_CHECK_FILE,
	KEY_REFHOST,
	KEY_GROUP,
	KEY_NOTIFY,
	KEY_MACRO
};

struct key {
	size_t	 len;
	uint8_t	 buf[KEY_MAX];
};

struct conf_check;
struct conf_tlsfile;
struct conf_process;
struct index;
struct listen_config;

/* key_start: begin a key of this kind; key_*: add to it. */
void		 key_start(struct key *, enum key_kind);
void		 key_mem(struct key *, const void *, size_t);
void		 key_str(struct key *, const char *);
void		 key_num(struct key *, uint32_t);
void		 key_addr(struct key *, const struct addr *);
/* key_name: the whole key of an object that is known by its name. */
void		 key_name(struct key *, enum key_kind, const char *);

/* key_process: the whole key of a process that is tracked. */
void		 key_process(struct key *, const struct conf_process *);
/* key_listen: what a listen is in the kernel. */
void		 key_listen(struct key *, const struct listen_config *);
/* key_tlsfile: the whole key of a file: what is in it. */
void		 key_tlsfile(struct key *, const struct conf_tlsfile *);
/* key_check: the whole key of a check: all that it does. */
void		 key_check(struct key *, const struct conf_check *);

/* index_new: NULL: no memory.  The objects stay their owners'. */
struct index	*index_new(void);
void		 index_free(struct index *);
/* index_get: the object of a key; NULL: none. */
void		*index_get(const struct index *, const struct key *);
/* index_put: set or replace the object of a key; -1: no memory. */
int		 index_put(struct index *, const struct key *, void *);

#endif /* CONF_INDEX_H */
