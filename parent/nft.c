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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "../conf/conf.h"
#include "../imsg/log.h"
#include "../imsg/monotime.h"
#include "nft.h"
#include "nft_msg.h"
#include "nl.h"

#define TABLE		"lvsd"
/* Made and deleted within one transaction, to see that it can be made. */
#define TABLE_PROBE	"lvsd-probe"
/* Elements in one transaction; one takes less than 100 bytes. */
#define TX_ELEMS	500
/* Reads of the event socket in one turn. */
#define EVENT_READS	64
/* Between two repairs, and two attempts at what has failed. */
#define FIX_DELAY_US	1000000

struct addr_set {
	struct addr	*a;		/* in order, each once */
	size_t		 n;
	size_t		 size;		/* allocated */
};

struct nft {
	struct event_base	*base;
	struct nlconn		 conn;
	struct nlconn		 events;
	struct event		 readable;
	struct event		 fix;
	struct monotime		 fixed;
	int			 open;
	int			 installed;	/* the table is there */
	int			 looked;	/* for one of an earlier life */
	int			 error;		/* last told, or 0 */
	struct addr_set		 want;
	struct addr_set		 have;		/* as last read */
	sa_family_t		 reading;
	struct nlbatch		 tx;
};

static int	 nft_open(struct nft *);
static int	 nft_events(struct nft *);
static void	 nft_close(struct nft *);
static void	 set_add(void *, const struct addr *);
static void	 set_order(struct addr_set *);
static int	 set_cmp(const void *, const void *);
static int	 set_has(const struct addr_set *, const struct addr *);
static void	 tx_begin(struct nft *);
static void	 tx_add(struct nft *, struct nl_msg *);
static int	 tx_commit(struct nft *);
static int	 tx_answers(struct nft *, uint32_t, uint32_t);
static void	 tx_table(struct nft *, const char *);
static int	 nft_probe(struct nft *);
static int	 nft_install(struct nft *);
static int	 nft_delete(struct nft *);
static int	 nft_read(struct nft *);
static int	 read_cb(struct nlmsghdr *, void *);
static int	 nft_change(struct nft *, int, const struct addr_set *,
		    const struct addr_set *);
static void	 nft_bring(struct nft *);
static void	 nft_failed(struct nft *, const char *, int);
static void	 nft_fix(int, short, void *);
static void	 nft_fix_soon(struct nft *);
static void	 events_cb(int, short, void *);

struct nft *
nft_new(struct event_base *base)
{
	struct nft	*n;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	n->base = base;
	n->conn.fd = n->events.fd = -1;
	nlbatch_init(&n->tx);
	evtimer_assign(&n->fix, base, nft_fix, n);
	return (n);
}

void
nft_free(struct nft *n)
{
	if (n == NULL)
		return;
	event_del(&n->fix);
	nft_close(n);
	nlbatch_reset(&n->tx);
	free(n->want.a);
	free(n->have.a);
	free(n);
}

/* The sockets are opened when they are needed; most never need them. */
static int
nft_open(struct nft *n)
{
	int	error;

	if (n->open)
		return (0);
	if (nlconn_open(&n->conn, NETLINK_NETFILTER) == -1)
		return (errno);
	if ((error = nft_events(n)) != 0) {
		nlconn_close(&n->conn);
		return (error);
	}
	n->open = 1;
	return (0);
}

static int
nft_events(struct nft *n)
{
	if (nlconn_open(&n->events, NETLINK_NETFILTER) == -1)
		return (errno);
	if (nl_socket_add_memberships(n->events.sk, NFNLGRP_NFTABLES, 0) < 0) {
		nlconn_close(&n->events);
		return (EPROTONOSUPPORT);
	}
	event_assign(&n->readable, n->base, n->events.fd,
	    EV_READ | EV_PERSIST, events_cb, n);
	event_add(&n->readable, NULL);
	return (0);
}

static void
nft_close(struct nft *n)
{
	if (!n->open)
		return;
	event_del(&n->readable);
	nlconn_close(&n->events);
	nlconn_close(&n->conn);
	n->open = 0;
}

/*
 * Sets of addresses.
 */

static void
set_add(void *arg, const struct addr *a)
{
	struct addr_set	*s = arg;
	struct addr	*more;
	size_t		 size;

	if (s->n == s->size) {
		size = s->size == 0 ? 16 : s->size * 2;
		if ((more = recallocarray(s->a, s->size, size,
		    sizeof(*s->a))) == NULL)
			fatal("addresses");
		s->a = more;
		s->size = size;
	}
	s->a[s->n++] = *a;
}

static int
set_cmp(const void *a, const void *b)
{
	return (addr_cmp(a, b));
}

static void
set_order(struct addr_set *s)
{
	size_t	i, n = 0;

	if (s->n == 0)
		return;
	qsort(s->a, s->n, sizeof(*s->a), set_cmp);
	for (i = 1; i < s->n; i++)
		if (addr_cmp(&s->a[n], &s->a[i]) != 0)
			s->a[++n] = s->a[i];
	s->n = n + 1;
}

static int
set_has(const struct addr_set *s, const struct addr *a)
{
	return (s->n > 0 && bsearch(a, s->a, s->n, sizeof(*s->a),
	    set_cmp) != NULL);
}

/*
 * Transactions: all of it is done, or nothing.
 */

static void
tx_begin(struct nft *n)
{
	nlbatch_reset(&n->tx);
	tx_add(n, nft_msg_batch(NFNL_MSG_BATCH_BEGIN));
}

static void
tx_add(struct nft *n, struct nl_msg *msg)
{
	if (nlbatch_add(&n->tx, msg) == -1)
		fatal("nftables request");
}

/*
 * The last operation is acknowledged; the end of a batch is not, before Linux
 * 6.10.  All answers are there when send(2) returns.  0 or an errno.
 */
static int
tx_commit(struct nft *n)
{
	struct nlmsghdr	*nlh;
	uint32_t	 first = n->conn.seq;
	size_t		 off, last = n->tx.last;

	tx_add(n, nft_msg_batch(NFNL_MSG_BATCH_END));
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

/* The table with its chain, sets and rules, whatever of it is there. */
static void
tx_table(struct nft *n, const char *table)
{
	int	rule;

	tx_add(n, nft_msg_table(NFT_MSG_NEWTABLE, table));
	tx_add(n, nft_msg_chain(table));
	tx_add(n, nft_msg_set(table, AF_INET));
	tx_add(n, nft_msg_set(table, AF_INET6));
	tx_add(n, nft_msg_flush(table));
	for (rule = 0; rule < NFT_RULE_MAX; rule++)
		tx_add(n, nft_msg_rule(table, rule));
}

static int
nft_probe(struct nft *n)
{
	int	error;

	if ((error = nft_open(n)) != 0)
		return (error);
	tx_begin(n);
	tx_table(n, TABLE_PROBE);
	tx_add(n, nft_msg_table(NFT_MSG_DELTABLE, TABLE_PROBE));
	return (tx_commit(n));
}

/*
 * Whatever keeps a table of this name that is there from being completed (it
 * was made by another lvsd, or by hand): it is replaced.
 */
static int
nft_install(struct nft *n)
{
	int	error;

	if ((error = nft_open(n)) != 0)
		return (error);
	tx_begin(n);
	tx_table(n, TABLE);
	if ((error = tx_commit(n)) != 0) {
		tx_begin(n);
		tx_add(n, nft_msg_table(NFT_MSG_NEWTABLE, TABLE));
		tx_add(n, nft_msg_table(NFT_MSG_DELTABLE, TABLE));
		tx_table(n, TABLE);
		error = tx_commit(n);
	}
	n->installed = error == 0;
	return (error);
}

static int
nft_delete(struct nft *n)
{
	int	error;

	if ((error = nft_open(n)) != 0)
		return (error);
	tx_begin(n);
	tx_add(n, nft_msg_table(NFT_MSG_DELTABLE, TABLE));
	error = tx_commit(n);
	n->installed = 0;
	return (error == ENOENT ? 0 : error);
}

/* What the sets hold, into n->have. */
static int
nft_read(struct nft *n)
{
	static const sa_family_t	families[] = { AF_INET, AF_INET6 };
	size_t				i;
	int				error = 0, tries = 3;

	do {
		n->have.n = 0;
		for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
			n->reading = families[i];
			if ((error = nlconn_query(&n->conn,
			    nft_msg_elems(TABLE, families[i]), NLM_F_DUMP,
			    read_cb, n)) != 0)
				break;
		}
	} while (error == EINTR && --tries > 0);
	set_order(&n->have);
	return (error);
}

static int
read_cb(struct nlmsghdr *nlh, void *arg)
{
	struct nft	*n = arg;

	nft_msg_each(nlh, n->reading, set_add, &n->have);
	return (0);
}

/* Add to the sets, or take from them, what `of' has and `but' has not. */
static int
nft_change(struct nft *n, int type, const struct addr_set *of,
    const struct addr_set *but)
{
	size_t	i;
	int	error, held = 0;

	tx_begin(n);
	for (i = 0; i < of->n; i++) {
		if (set_has(but, &of->a[i]))
			continue;
		if (held == TX_ELEMS) {
			if ((error = tx_commit(n)) != 0)
				return (error);
			tx_begin(n);
			held = 0;
		}
		tx_add(n, nft_msg_elem(type, TABLE, &of->a[i]));
		held++;
	}
	return (held == 0 ? 0 : tx_commit(n));
}

int
nft_check_conf(struct nft *n, const struct conf *conf, char *text,
    size_t size)
{
	const struct conf_vrrp	*v;
	int			 error;

	TAILQ_FOREACH(v, &conf->vrrps, entry)
		if (v->conf.flags & VRRP_F_NOACCEPT)
			break;
	if (v == NULL || n->installed || (error = nft_probe(n)) == 0)
		return (0);
	snprintf(text, size, "%s:%d: vrrp \"%s\": no accept needs nftables "
	    "in the kernel (%s): load the module nf_tables, or remove "
	    "no accept", v->file, v->line, v->conf.name, strerror(error));
	return (-1);
}

void
nft_set_conf(struct nft *n, const struct conf *conf)
{
	const struct conf_vrrp	*v;
	const struct conf_vaddr	*a;

	n->want.n = 0;
	TAILQ_FOREACH(v, &conf->vrrps, entry) {
		if ((v->conf.flags & VRRP_F_NOACCEPT) == 0)
			continue;
		TAILQ_FOREACH(a, &v->addrs, entry)
			set_add(&n->want, &a->conf.addr);
	}
	set_order(&n->want);
	nft_bring(n);
}

/* All that is wanted is there. */
static void
nft_bring(struct nft *n)
{
	int	error = 0;

	if (n->want.n == 0)
		return;
	if (!n->installed)
		error = nft_install(n);
	if (error == 0)
		error = nft_read(n);
	if (error == 0)
		error = nft_change(n, NFT_MSG_NEWSETELEM, &n->want, &n->have);
	if (error != 0) {
		n->installed = 0;
		nft_failed(n, "no accept does not work yet", error);
		return;
	}
	if (n->error != 0)
		log_info("nftables: no accept works");
	n->error = 0;
}

void
nft_trim(struct nft *n)
{
	int	error;

	if (n->want.n == 0) {
		nft_remove(n);
		return;
	}
	n->looked = 1;
	if ((error = nft_read(n)) != 0 ||
	    (error = nft_change(n, NFT_MSG_DELSETELEM, &n->have,
	    &n->want)) != 0)
		nft_failed(n, "old addresses stay", error);
}

/* Where there is none of ours an earlier life may have left one, once. */
void
nft_remove(struct nft *n)
{
	int	error, was = n->installed;

	if (!was && n->looked)
		return;
	n->looked = 1;
	if ((error = nft_delete(n)) != 0 && was)
		nft_failed(n, "the table stays", error);
	event_del(&n->fix);
	nft_close(n);
}

static void
nft_failed(struct nft *n, const char *what, int error)
{
	struct timeval	tv = { FIX_DELAY_US / 1000000, 0 };

	if (error != n->error)
		log_warnx("nftables: table inet " TABLE ": %s: %s", what,
		    strerror(error));
	n->error = error;
	evtimer_add(&n->fix, &tv);
}

/*
 * Others change nftables, too: who loads a firewall anew often flushes all
 * that there is.
 */

static void
nft_fix_soon(struct nft *n)
{
	struct timeval	now = { 0, 0 }, later = { FIX_DELAY_US / 1000000, 0 };

	if (evtimer_pending(&n->fix, NULL))
		return;
	evtimer_add(&n->fix, monotime_isset(n->fixed) &&
	    monotime_diff_us(monotime_now(), n->fixed) < FIX_DELAY_US ?
	    &later : &now);
}

static void
nft_fix(int, short, void *arg)
{
	struct nft	*n = arg;

	n->fixed = monotime_now();
	if (n->want.n == 0)
		return;
	n->installed = 0;
	nft_bring(n);
}

static void
events_cb(int, short, void *arg)
{
	struct nft	*n = arg;
	struct nlmsghdr	*nlh;
	size_t		 len;
	int		 error = 0, left, i, taken = 0;

	for (i = 0; i < EVENT_READS; i++) {
		if ((error = nlconn_receive(&n->events, 0, &len)) != 0)
			break;
		left = len;
		for (nlh = (struct nlmsghdr *)n->events.rbuf;
		    nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
			if (nlh->nlmsg_pid != n->conn.port &&
			    nft_msg_takes(nlh, TABLE))
				taken = 1;
	}
	/* Events were lost: whatever they said, see that all is there. */
	if (error == ENOBUFS)
		nft_fix_soon(n);
	if (!taken || !n->installed)
		return;
	log_warnx("nftables: somebody else changed table inet " TABLE
	    ": put back");
	nft_fix_soon(n);
}
