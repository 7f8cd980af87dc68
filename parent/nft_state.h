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

#ifndef PARENT_NFT_STATE_H
#define PARENT_NFT_STATE_H

#include <sys/types.h>

#include <event2/event_struct.h>
#include <stddef.h>

#include "../imsg/monotime.h"
#include "nft_msg.h"
#include "nl.h"

/*
 * What the files of the nftables side share: nft.c (the table and its
 * parts), nft_tx.c (transactions), nft_part.c (what the parts are made of).
 */

struct conf;
struct event_base;
struct nft;

/* Elements of one width, in order and each once. */
struct nft_set {
	unsigned char	*e;
	size_t		 n;
	size_t		 size;		/* allocated */
	size_t		 width;
};

/* A part of the table that can be there without the others. */
enum nft_part_kind {
	NFT_PART_ACCEPT,	/* no accept */
	NFT_PART_MARK,
	NFT_PART_MAX
};

struct nft_part_ops {
	const char	*name;		/* what the operator calls it */
	const char	*kernel;	/* what it needs more than nftables */
	const char	*fails;		/* for the log */
	const char	*works;
	size_t		 width;		/* of an element */
	int		 exact;		/* what is not wanted goes at once,
					   not by nft_trim() */
	/* What the configuration wants, added to the set. */
	void		 (*wants)(const struct conf *, struct nft_set *);
	/* Where it is wanted first, as text for an error; 0: nowhere. */
	int		 (*who)(const struct conf *, char *, size_t);
	/* Messages that make it in a table, whatever of it is there. */
	void		 (*make)(struct nft *, const char *);
	/* Messages that take it away. */
	void		 (*unmake)(struct nft *, const char *);
	/* NFT_MSG_{NEW,DEL}SETELEM of an element; a dump of all. */
	struct nl_msg	*(*elem)(int, const char *, const void *);
	struct nl_msg	*(*dump)(const char *, sa_family_t);
	/* Those of one message of the dump, added to the set. */
	void		 (*each)(struct nlmsghdr *, sa_family_t,
			    struct nft_set *);
};
extern const struct nft_part_ops nft_part_ops[NFT_PART_MAX];

struct nft_part {
	const struct nft_part_ops *ops;
	int			 installed;	/* it is there */
	int			 looked;	/* for one of an earlier life */
	int			 error;		/* last told, or 0 */
	struct nft_set		 want;
	struct nft_set		 have;		/* as last read */
};

struct nft {
	struct event_base	*base;
	struct nlconn		 conn;
	struct nlconn		 events;
	struct event		 readable;
	struct event		 fix;
	struct monotime		 fixed;
	int			 open;
	struct nft_part		 part[NFT_PART_MAX];
	struct nlbatch		 tx;
};

/*
 * nft_tx.c: all of a transaction is done, or nothing.  tx_add takes the
 * message over, and ends the process when memory is short.  tx_full: no room
 * for one more.  tx_commit: 0 or an errno.
 */
void		 nft_tx_begin(struct nft *);
void		 nft_tx_add(struct nft *, struct nl_msg *);
int		 nft_tx_full(const struct nft *);
int		 nft_tx_commit(struct nft *);

/* nft_tx.c: sets. */
void		 nft_set_clear(struct nft_set *, size_t);
void		 nft_set_add(struct nft_set *, const void *);
void		 nft_set_order(struct nft_set *);
int		 nft_set_has(const struct nft_set *, const void *);
const void	*nft_set_at(const struct nft_set *, size_t);

#endif /* PARENT_NFT_STATE_H */
