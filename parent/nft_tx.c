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

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/msg.h>

#include "../imsg/log.h"
#include "nft_state.h"

#define SET_MIN	16	/* elements allocated at first */

static int	 tx_answers(struct nft *, uint32_t, uint32_t);
static int	 set_cmp(const void *, const void *, void *);

void
nft_tx_begin(struct nft *n)
{
	nlbatch_reset(&n->tx);
	nft_tx_add(n, nft_msg_batch(NFNL_MSG_BATCH_BEGIN));
}

void
nft_tx_add(struct nft *n, struct nl_msg *msg)
{
	if (nlbatch_add(&n->tx, msg) == -1)
		fatal("nftables request");
}

/* The end of the batch needs its place, too. */
int
nft_tx_full(const struct nft *n)
{
	return (n->tx.n + 2 > n->tx.max ||
	    n->tx.len + 2 * NL_MSG_SIZE > sizeof(n->tx.buf));
}

/*
 * The last operation is acknowledged; the end of a batch is not, before Linux
 * 6.10.  All answers are there when send(2) returns.  0 or an errno.
 */
int
nft_tx_commit(struct nft *n)
{
	struct nlmsghdr	*nlh;
	uint32_t	 first = n->conn.seq;
	size_t		 off, last = n->tx.last;

	nft_tx_add(n, nft_msg_batch(NFNL_MSG_BATCH_END));
	for (off = 0; off < n->tx.len; off += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (struct nlmsghdr *)(n->tx.buf + off);
		nlh->nlmsg_seq = n->conn.seq++;
		nlh->nlmsg_pid = n->conn.port;
		if (off == last)
			nlh->nlmsg_flags |= NLM_F_ACK;
	}
	if (send(n->conn.fd, n->tx.buf, n->tx.len, 0) == -1)
		return (errno);
	return (tx_answers(n, first, n->conn.seq - 2));
}

/* The first error of the requests since `first', or success of the last. */
static int
tx_answers(struct nft *n, uint32_t first, uint32_t last)
{
	struct nlmsghdr	*nlh;
	struct nlmsgerr	*e;
	size_t		 len;
	int		 error, failed = 0, done = 0, left;

	while ((error = nlconn_receive(&n->conn, 0, &len)) == 0) {
		left = len;
		for (nlh = (struct nlmsghdr *)n->conn.rbuf;
		    nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
			e = nlmsg_data(nlh);
			if (nlh->nlmsg_type != NLMSG_ERROR ||
			    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*e)) ||
			    nlh->nlmsg_seq - first > last - first)
				continue;
			if (e->error != 0 && failed == 0)
				failed = -e->error;
			else if (nlh->nlmsg_seq == last)
				done = 1;
		}
	}
	if (failed != 0)
		return (failed);
	if (error != ETIMEDOUT)
		return (error);
	return (done ? 0 : EIO);
}

/*
 * Sets.  Elements have no bytes but those that count, so they are compared
 * as bytes.
 */

void
nft_set_clear(struct nft_set *s, size_t width)
{
	s->n = 0;
	s->width = width;
}

void
nft_set_add(struct nft_set *s, const void *e)
{
	unsigned char	*more;
	size_t		 size;

	if (s->n == s->size) {
		size = s->size == 0 ? SET_MIN : s->size * 2;
		if ((more = recallocarray(s->e, s->size, size,
		    s->width)) == NULL)
			fatal("nftables elements");
		s->e = more;
		s->size = size;
	}
	memcpy(s->e + s->n++ * s->width, e, s->width);
}

static int
set_cmp(const void *a, const void *b, void *width)
{
	return (memcmp(a, b, *(size_t *)width));
}

void
nft_set_order(struct nft_set *s)
{
	size_t	i, n = 0;

	if (s->n == 0)
		return;
	qsort_r(s->e, s->n, s->width, set_cmp, &s->width);
	for (i = 1; i < s->n; i++)
		if (memcmp(s->e + n * s->width, s->e + i * s->width,
		    s->width) != 0)
			memmove(s->e + ++n * s->width, s->e + i * s->width,
			    s->width);
	s->n = n + 1;
}

int
nft_set_has(const struct nft_set *s, const void *e)
{
	size_t	lo = 0, hi = s->n, mid;
	int	cmp;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		cmp = memcmp(e, s->e + mid * s->width, s->width);
		if (cmp == 0)
			return (1);
		if (cmp < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return (0);
}

const void *
nft_set_at(const struct nft_set *s, size_t i)
{
	return (s->e + i * s->width);
}
