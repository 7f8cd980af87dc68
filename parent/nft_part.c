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

#include <stdio.h>
#include <string.h>

#include <linux/netfilter/nf_tables.h>

#include "../conf/conf.h"
#include "nft_state.h"

/*
 * The parts of the table: the addresses of which nothing is accepted, and
 * the destinations that have marks.
 */

static void	 accept_wants(const struct conf *, struct nft_set *);
static int	 accept_who(const struct conf *, char *, size_t);
static void	 accept_make(struct nft *, const char *);
static void	 accept_unmake(struct nft *, const char *);
static struct nl_msg *accept_elem(int, const char *, const void *);
static void	 accept_each(struct nlmsghdr *, sa_family_t,
		    struct nft_set *);
static void	 accept_add(void *, const struct addr *);
static void	 mark_wants(const struct conf *, struct nft_set *);
static void	 mark_want(const struct conf_mark *, struct nft_set *);
static int	 mark_who(const struct conf *, char *, size_t);
static void	 mark_make(struct nft *, const char *);
static void	 mark_unmake(struct nft *, const char *);
static struct nl_msg *mark_elem(int, const char *, const void *);
static void	 mark_each(struct nlmsghdr *, sa_family_t, struct nft_set *);
static void	 mark_add(void *, const struct nft_mark *);

const struct nft_part_ops nft_part_ops[NFT_PART_MAX] = {
	[NFT_PART_ACCEPT] = {
		"no accept", "",
		"no accept does not work yet", "no accept works",
		sizeof(struct addr), 0, accept_wants, accept_who,
		accept_make, accept_unmake, accept_elem, nft_msg_elems,
		accept_each
	},
	[NFT_PART_MARK] = {
		"mark", " of Linux 5.6 or later",
		"packets get no marks yet", "packets get their marks",
		sizeof(struct nft_mark), 1, mark_wants, mark_who,
		mark_make, mark_unmake, mark_elem, nft_msg_map_elems,
		mark_each
	},
};

static void
accept_wants(const struct conf *conf, struct nft_set *want)
{
	const struct conf_vrrp	*v;
	const struct conf_vaddr	*a;

	TAILQ_FOREACH(v, &conf->vrrps, entry) {
		if ((v->conf.flags & VRRP_F_NOACCEPT) == 0)
			continue;
		TAILQ_FOREACH(a, &v->addrs, entry)
			nft_set_add(want, &a->conf.addr);
	}
}

static int
accept_who(const struct conf *conf, char *text, size_t size)
{
	const struct conf_vrrp	*v;

	TAILQ_FOREACH(v, &conf->vrrps, entry)
		if (v->conf.flags & VRRP_F_NOACCEPT) {
			snprintf(text, size, "%s:%d: vrrp \"%s\"", v->file,
			    v->line, v->conf.name);
			return (1);
		}
	return (0);
}

static void
accept_make(struct nft *n, const char *table)
{
	int	rule;

	nft_tx_add(n, nft_msg_chain(NFT_MSG_NEWCHAIN, table,
	    NFT_CHAIN_INPUT));
	nft_tx_add(n, nft_msg_set(NFT_MSG_NEWSET, table, AF_INET));
	nft_tx_add(n, nft_msg_set(NFT_MSG_NEWSET, table, AF_INET6));
	nft_tx_add(n, nft_msg_flush(table, NFT_CHAIN_INPUT));
	for (rule = 0; rule < NFT_RULE_MAX; rule++)
		nft_tx_add(n, nft_msg_rule(table, rule));
}

static void
accept_unmake(struct nft *n, const char *table)
{
	nft_tx_add(n, nft_msg_flush(table, NFT_CHAIN_INPUT));
	nft_tx_add(n, nft_msg_chain(NFT_MSG_DELCHAIN, table,
	    NFT_CHAIN_INPUT));
	nft_tx_add(n, nft_msg_set(NFT_MSG_DELSET, table, AF_INET));
	nft_tx_add(n, nft_msg_set(NFT_MSG_DELSET, table, AF_INET6));
}

static struct nl_msg *
accept_elem(int type, const char *table, const void *e)
{
	return (nft_msg_elem(type, table, e));
}

static void
accept_add(void *arg, const struct addr *a)
{
	nft_set_add(arg, a);
}

static void
accept_each(struct nlmsghdr *nlh, sa_family_t af, struct nft_set *have)
{
	nft_msg_each(nlh, af, accept_add, have);
}

static void
mark_wants(const struct conf *conf, struct nft_set *want)
{
	const struct conf_service	*s;
	const struct conf_mark		*m;

	TAILQ_FOREACH(s, &conf->services, entry)
		TAILQ_FOREACH(m, &s->marks, entry)
			mark_want(m, want);
}

static void
mark_want(const struct conf_mark *c, struct nft_set *want)
{
	struct nft_mark	 m;
	size_t		 i;

	memset(&m, 0, sizeof(m));
	m.mark = c->mark;
	m.from = m.to = c->addr;
	for (i = c->prefixlen; i < addr_size(c->addr.af) * 8; i++)
		m.to.u.bytes[i / 8] |= 0x80 >> i % 8;
	m.port_from = c->port_from;
	m.port_to = c->port_to;
	m.proto_from = c->proto;
	m.proto_to = c->proto != 0 ? c->proto : UINT8_MAX;
	nft_set_add(want, &m);
}

static int
mark_who(const struct conf *conf, char *text, size_t size)
{
	const struct conf_service	*s;
	const struct conf_mark		*m;

	TAILQ_FOREACH(s, &conf->services, entry)
		if ((m = TAILQ_FIRST(&s->marks)) != NULL) {
			snprintf(text, size, "%s:%d: service \"%s\"",
			    m->file, m->line, s->name);
			return (1);
		}
	return (0);
}

static void
mark_make(struct nft *n, const char *table)
{
	nft_tx_add(n, nft_msg_chain(NFT_MSG_NEWCHAIN, table,
	    NFT_CHAIN_MARK));
	nft_tx_add(n, nft_msg_map(NFT_MSG_NEWSET, table, AF_INET));
	nft_tx_add(n, nft_msg_map(NFT_MSG_NEWSET, table, AF_INET6));
	nft_tx_add(n, nft_msg_flush(table, NFT_CHAIN_MARK));
	nft_tx_add(n, nft_msg_marks(table, AF_INET));
	nft_tx_add(n, nft_msg_marks(table, AF_INET6));
}

static void
mark_unmake(struct nft *n, const char *table)
{
	nft_tx_add(n, nft_msg_flush(table, NFT_CHAIN_MARK));
	nft_tx_add(n, nft_msg_chain(NFT_MSG_DELCHAIN, table,
	    NFT_CHAIN_MARK));
	nft_tx_add(n, nft_msg_map(NFT_MSG_DELSET, table, AF_INET));
	nft_tx_add(n, nft_msg_map(NFT_MSG_DELSET, table, AF_INET6));
}

static struct nl_msg *
mark_elem(int type, const char *table, const void *e)
{
	return (nft_msg_mark(type, table, e));
}

static void
mark_add(void *arg, const struct nft_mark *m)
{
	nft_set_add(arg, m);
}

static void
mark_each(struct nlmsghdr *nlh, sa_family_t af, struct nft_set *have)
{
	nft_msg_each_mark(nlh, af, mark_add, have);
}
