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

#include <event2/event.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "../conf/conf.h"
#include "../imsg/log.h"
#include "nft.h"
#include "nft_state.h"

#define TABLE		"lvsd"
/* Made and deleted within one transaction, to see that it can be made. */
#define TABLE_PROBE	"lvsd-probe"
/* Reads of the event socket in one turn. */
#define EVENT_READS	64
/* Between two repairs, and two attempts at what has failed. */
#define FIX_DELAY_US	1000000
/* Dumps of a set that others change meanwhile. */
#define READ_TRIES	3

static int	 nft_open(struct nft *);
static int	 nft_events(struct nft *);
static void	 nft_close(struct nft *);
static int	 part_probe(struct nft *, struct nft_part *);
static int	 part_install(struct nft *, struct nft_part *);
static int	 table_replace(struct nft *);
static int	 others_there(const struct nft *, const struct nft_part *);
static int	 part_delete(struct nft *, struct nft_part *);
static void	 part_remove(struct nft *, struct nft_part *);
static int	 part_read(struct nft *, struct nft_part *);
static int	 read_cb(struct nlmsghdr *, void *);
static int	 part_change(struct nft *, struct nft_part *, int, int);
static int	 change_add(struct nft *, struct nft_part *, int,
		    const struct nft_set *, const struct nft_set *, int *);
static void	 part_bring(struct nft *, struct nft_part *);
static void	 part_failed(struct nft *, struct nft_part *, const char *,
		    int);
static void	 nft_fix(int, short, void *);
static void	 nft_fix_soon(struct nft *);
static void	 events_cb(int, short, void *);

struct reading {
	struct nft_part	*part;
	sa_family_t	 af;
};

struct nft *
nft_new(struct event_base *base)
{
	struct nft	*n;
	int		 i;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	n->base = base;
	n->conn.fd = n->events.fd = -1;
	for (i = 0; i < NFT_PART_MAX; i++)
		n->part[i].ops = &nft_part_ops[i];
	nlbatch_init(&n->tx);
	evtimer_assign(&n->fix, base, nft_fix, n);
	return (n);
}

void
nft_free(struct nft *n)
{
	int	i;

	if (n == NULL)
		return;
	event_del(&n->fix);
	nft_close(n);
	nlbatch_reset(&n->tx);
	for (i = 0; i < NFT_PART_MAX; i++) {
		free(n->part[i].want.e);
		free(n->part[i].have.e);
	}
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

static int
part_probe(struct nft *n, struct nft_part *p)
{
	int	error;

	if ((error = nft_open(n)) != 0)
		return (error);
	nft_tx_begin(n);
	nft_tx_add(n, nft_msg_table(NFT_MSG_NEWTABLE, TABLE_PROBE));
	p->ops->make(n, TABLE_PROBE);
	nft_tx_add(n, nft_msg_table(NFT_MSG_DELTABLE, TABLE_PROBE));
	return (nft_tx_commit(n));
}

static int
part_install(struct nft *n, struct nft_part *p)
{
	int	error;

	if ((error = nft_open(n)) != 0)
		return (error);
	nft_tx_begin(n);
	nft_tx_add(n, nft_msg_table(NFT_MSG_NEWTABLE, TABLE));
	p->ops->make(n, TABLE);
	if ((error = nft_tx_commit(n)) != 0)
		error = table_replace(n);
	p->installed = error == 0;
	return (error);
}

/*
 * Whatever keeps a table of this name that is there from being completed (it
 * was made by another lvsd, or by hand): it is replaced.
 */
static int
table_replace(struct nft *n)
{
	int	i, error;

	nft_tx_begin(n);
	nft_tx_add(n, nft_msg_table(NFT_MSG_NEWTABLE, TABLE));
	nft_tx_add(n, nft_msg_table(NFT_MSG_DELTABLE, TABLE));
	nft_tx_add(n, nft_msg_table(NFT_MSG_NEWTABLE, TABLE));
	for (i = 0; i < NFT_PART_MAX; i++)
		if (n->part[i].want.n > 0)
			n->part[i].ops->make(n, TABLE);
	error = nft_tx_commit(n);
	/* The other parts have lost their elements. */
	if (error == 0)
		nft_fix_soon(n);
	return (error);
}

/* May there be other parts in the table? */
static int
others_there(const struct nft *n, const struct nft_part *p)
{
	const struct nft_part	*o;

	for (o = n->part; o < n->part + NFT_PART_MAX; o++)
		if (o != p && (o->want.n > 0 || o->installed || !o->looked))
			return (1);
	return (0);
}

static int
part_delete(struct nft *n, struct nft_part *p)
{
	int	error;

	if ((error = nft_open(n)) != 0)
		return (error);
	nft_tx_begin(n);
	if (others_there(n, p))
		p->ops->unmake(n, TABLE);
	else
		nft_tx_add(n, nft_msg_table(NFT_MSG_DELTABLE, TABLE));
	error = nft_tx_commit(n);
	p->installed = 0;
	return (error == ENOENT ? 0 : error);
}

/* Where there is none of ours an earlier life may have left one, once. */
static void
part_remove(struct nft *n, struct nft_part *p)
{
	int	error, was = p->installed;

	if (!was && p->looked)
		return;
	p->looked = 1;
	if ((error = part_delete(n, p)) != 0 && was)
		part_failed(n, p, "the table stays", error);
	if (others_there(n, p))
		return;
	event_del(&n->fix);
	nft_close(n);
}

/* What the sets hold. */
static int
part_read(struct nft *n, struct nft_part *p)
{
	static const sa_family_t	families[] = { AF_INET, AF_INET6 };
	struct reading			rd = { p, 0 };
	size_t				i;
	int				error = 0, tries = READ_TRIES;

	do {
		nft_set_clear(&p->have, p->ops->width);
		for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
			rd.af = families[i];
			if ((error = nlconn_query(&n->conn, p->ops->dump(TABLE,
			    rd.af), NLM_F_DUMP, read_cb, &rd)) != 0)
				break;
		}
	} while (error == EINTR && --tries > 0);
	nft_set_order(&p->have);
	return (error);
}

static int
read_cb(struct nlmsghdr *nlh, void *arg)
{
	struct reading	*rd = arg;

	rd->part->ops->each(nlh, rd->af, &rd->part->have);
	return (0);
}

/*
 * Take from the sets what they have and is not wanted, and add what they
 * lack: in one transaction, or if that is too much, in several.
 */
static int
part_change(struct nft *n, struct nft_part *p, int take, int add)
{
	int	error = 0, held = 0;

	nft_tx_begin(n);
	if (take)
		error = change_add(n, p, NFT_MSG_DELSETELEM, &p->have,
		    &p->want, &held);
	if (error == 0 && add)
		error = change_add(n, p, NFT_MSG_NEWSETELEM, &p->want,
		    &p->have, &held);
	if (error != 0 || held == 0)
		return (error);
	return (nft_tx_commit(n));
}

/* Operations on what `of' has and `but' has not. */
static int
change_add(struct nft *n, struct nft_part *p, int type,
    const struct nft_set *of, const struct nft_set *but, int *held)
{
	const void	*e;
	size_t		 i;
	int		 error;

	for (i = 0; i < of->n; i++) {
		e = nft_set_at(of, i);
		if (nft_set_has(but, e))
			continue;
		if (nft_tx_full(n)) {
			if ((error = nft_tx_commit(n)) != 0)
				return (error);
			nft_tx_begin(n);
		}
		nft_tx_add(n, p->ops->elem(type, TABLE, e));
		*held = 1;
	}
	return (0);
}

int
nft_check_conf(struct nft *n, const struct conf *conf, char *text,
    size_t size)
{
	struct nft_part	*p;
	size_t		 len;
	int		 error;

	for (p = n->part; p < n->part + NFT_PART_MAX; p++) {
		if (p->installed || !p->ops->who(conf, text, size) ||
		    (error = part_probe(n, p)) == 0)
			continue;
		len = strlen(text);
		snprintf(text + len, size - len, ": %s needs nftables%s in "
		    "the kernel (%s): load the module nf_tables, or remove %s",
		    p->ops->name, p->ops->kernel, strerror(error),
		    p->ops->name);
		return (-1);
	}
	return (0);
}

void
nft_set_conf(struct nft *n, const struct conf *conf)
{
	struct nft_part	*p;

	for (p = n->part; p < n->part + NFT_PART_MAX; p++) {
		nft_set_clear(&p->want, p->ops->width);
		p->ops->wants(conf, &p->want);
		nft_set_order(&p->want);
	}
	for (p = n->part; p < n->part + NFT_PART_MAX; p++)
		part_bring(n, p);
}

/* All that is wanted is there. */
static void
part_bring(struct nft *n, struct nft_part *p)
{
	int	error = 0;

	if (p->want.n == 0) {
		if (p->ops->exact)
			part_remove(n, p);
		return;
	}
	if (!p->installed)
		error = part_install(n, p);
	if (error == 0)
		error = part_read(n, p);
	if (error == 0)
		error = part_change(n, p, p->ops->exact, 1);
	if (error != 0) {
		p->installed = 0;
		part_failed(n, p, p->ops->fails, error);
		return;
	}
	p->looked = 1;
	if (p->error != 0)
		log_info("nftables: %s", p->ops->works);
	p->error = 0;
}

void
nft_trim(struct nft *n)
{
	struct nft_part	*p = &n->part[NFT_PART_ACCEPT];
	int		 error;

	if (p->want.n == 0) {
		part_remove(n, p);
		return;
	}
	if ((error = part_read(n, p)) != 0 ||
	    (error = part_change(n, p, 1, 0)) != 0)
		part_failed(n, p, "old addresses stay", error);
}

void
nft_remove(struct nft *n)
{
	part_remove(n, &n->part[NFT_PART_ACCEPT]);
}

static void
part_failed(struct nft *n, struct nft_part *p, const char *what, int error)
{
	struct timeval	tv = { FIX_DELAY_US / 1000000, 0 };

	if (error != p->error)
		log_warnx("nftables: table inet " TABLE ": %s: %s", what,
		    strerror(error));
	p->error = error;
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
	struct nft_part	*p;

	n->fixed = monotime_now();
	for (p = n->part; p < n->part + NFT_PART_MAX; p++) {
		if (p->want.n == 0)
			continue;
		p->installed = 0;
		part_bring(n, p);
	}
}

static void
events_cb(int, short, void *arg)
{
	struct nft	*n = arg;
	struct nft_part	*p;
	struct nlmsghdr	*nlh;
	size_t		 len;
	int		 error = 0, left, i, taken = 0, installed = 0;

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
	for (p = n->part; p < n->part + NFT_PART_MAX; p++)
		installed |= p->installed;
	if (!taken || !installed)
		return;
	log_warnx("nftables: somebody else changed table inet " TABLE
	    ": put back");
	nft_fix_soon(n);
}
