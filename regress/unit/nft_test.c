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

/*
 * The messages to nf_tables, and with the kernel as the other end: the table
 * of `no accept' comes, changes and goes with the configuration.
 */
#include <sys/socket.h>
#include <arpa/inet.h>

#include <errno.h>
#include <event2/event.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/msg.h>
#include <sched.h>

#include "../../conf/conf.h"
#include "../../imsg/log.h"
#include "../../parent/nft.h"
#include "../../parent/nft_msg.h"
#include "../../parent/nl.h"
#include "tap.h"

#define MANY	3000		/* several transactions */

static struct event_base *base;
static struct nlconn	  look;
static struct conf_vrrp	  vrrp;
static struct conf	 *conf;

static void	conf_addr(const char *);
static void	conf_clear(void);
static void	test_elem(void);
static void	test_chain(void);
static void	test_events(void);
static int	there(const char *);
static int	elements(sa_family_t);
static void	test_table(struct nft *);
static void	test_many(struct nft *);
static void	test_lives(void);

static void
conf_addr(const char *text)
{
	struct conf_vaddr	*a;

	if ((a = calloc(1, sizeof(*a))) == NULL ||
	    addr_parse(text, &a->conf.addr) == -1)
		abort();
	TAILQ_INSERT_TAIL(&vrrp.addrs, a, entry);
}

static void
conf_clear(void)
{
	struct conf_vaddr	*a;

	while ((a = TAILQ_FIRST(&vrrp.addrs)) != NULL) {
		TAILQ_REMOVE(&vrrp.addrs, a, entry);
		free(a);
	}
}

/* One element: message, nfgenmsg, table, set, and four nests around it. */
static void
test_elem(void)
{
	static const uint8_t	want[] = {
		1, 0, 0, 0,				/* inet */
		6, 0, 1, 0, 't', 0, 0, 0,		/* LIST_TABLE */
		11, 0, 2, 0, 'a', 'd', 'd', 'r', 's', '4', 0, 0,
		20, 0, 3, 0,				/* LIST_ELEMENTS */
		16, 0, 1, 0,				/* LIST_ELEM */
		12, 0, 1, 0,				/* ELEM_KEY */
		8, 0, 1, 0, 192, 0, 2, 1		/* DATA_VALUE */
	};
	uint8_t			 body[sizeof(want)];
	struct nl_msg		*msg;
	struct nlmsghdr		*nlh;
	struct addr		 a;
	size_t			 i;

	addr_parse("192.0.2.1", &a);
	if ((msg = nft_msg_elem(NFT_MSG_NEWSETELEM, "t", &a)) == NULL)
		abort();
	nlh = nlmsg_hdr(msg);
	is_int(nlh->nlmsg_type, NFNL_SUBSYS_NFTABLES << 8 |
	    NFT_MSG_NEWSETELEM, "an element has its type");
	is_int(nlh->nlmsg_flags, NLM_F_CREATE, "may be there already");
	is_int(nlh->nlmsg_len, NLMSG_LENGTH(sizeof(want)), "has its length");
	memcpy(body, nlmsg_data(nlh), sizeof(body));
	/* Newer libraries mark nests, 0x80 in the high byte of the type. */
	for (i = 0; i < sizeof(body); i++)
		if (want[i] == 0 && body[i] == NLA_F_NESTED >> 8)
			body[i] = 0;
	is_mem(body, want, sizeof(want), "and is laid out as it must be");
	nlmsg_free(msg);
}

static void
test_chain(void)
{
	struct nl_msg	*msg = nft_msg_chain(NFT_MSG_NEWCHAIN, "t",
			    NFT_CHAIN_INPUT);
	struct nlattr	*tb[NFTA_CHAIN_MAX + 1], *hook[NFTA_HOOK_MAX + 1];

	if (msg == NULL || nlmsg_parse(nlmsg_hdr(msg),
	    sizeof(struct nfgenmsg), tb, NFTA_CHAIN_MAX, NULL) < 0 ||
	    nla_parse_nested(hook, NFTA_HOOK_MAX, tb[NFTA_CHAIN_HOOK],
	    NULL) < 0)
		abort();
	is_int(ntohl(nla_get_u32(hook[NFTA_HOOK_HOOKNUM])), NF_INET_LOCAL_IN,
	    "the chain is where packets come in");
	ok((int)ntohl(nla_get_u32(hook[NFTA_HOOK_PRIORITY])) > 99,
	    "behind IPVS");
	nlmsg_free(msg);
	msg = nft_msg_batch(NFNL_MSG_BATCH_BEGIN);
	is_int(ntohs(((struct nfgenmsg *)nlmsg_data(
	    nlmsg_hdr(msg)))->res_id), NFNL_SUBSYS_NFTABLES,
	    "a batch is for nf_tables");
	nlmsg_free(msg);
}

static void
test_events(void)
{
	struct nl_msg	*msg;

	msg = nft_msg_table(NFT_MSG_DELTABLE, "lvsd");
	is_int(nft_msg_takes(nlmsg_hdr(msg), "lvsd"), 1,
	    "a table that goes is told from");
	is_int(nft_msg_takes(nlmsg_hdr(msg), "lvs"), 0, "another's");
	((struct nfgenmsg *)nlmsg_data(nlmsg_hdr(msg)))->nfgen_family =
	    NFPROTO_IPV4;
	is_int(nft_msg_takes(nlmsg_hdr(msg), "lvsd"), 0,
	    "another family's");
	nlmsg_hdr(msg)->nlmsg_len = NLMSG_LENGTH(2);
	is_int(nft_msg_takes(nlmsg_hdr(msg), "lvsd"), 0,
	    "and one that is not whole");
	nlmsg_free(msg);
	msg = nft_msg_table(NFT_MSG_NEWTABLE, "lvsd");
	is_int(nft_msg_takes(nlmsg_hdr(msg), "lvsd"), 0,
	    "and one that comes");
	nlmsg_free(msg);
}

static int
there(const char *table)
{
	return (nlconn_query(&look, nft_msg_table(NFT_MSG_GETTABLE, table),
	    0, NULL, NULL) == 0);
}

struct counted {
	sa_family_t	af;
	int		n;
};

static void
count_addr(void *arg, const struct addr *)
{
	((struct counted *)arg)->n++;
}

static int
count_cb(struct nlmsghdr *nlh, void *arg)
{
	struct counted	*c = arg;

	nft_msg_each(nlh, c->af, count_addr, c);
	return (0);
}

static int
elements(sa_family_t af)
{
	struct counted	c = { af, 0 };

	if (nlconn_query(&look, nft_msg_elems("lvsd", af), NLM_F_DUMP,
	    count_cb, &c) != 0)
		return (-1);
	return (c.n);
}

static void
test_table(struct nft *n)
{
	char	text[256];

	vrrp.conf.flags = 0;
	conf_addr("192.0.2.1");
	is_int(nft_check_conf(n, conf, text, sizeof(text)), 0,
	    "what accepts needs nothing");
	nft_set_conf(n, conf);
	nft_trim(n);
	is_int(there("lvsd"), 0, "and makes nothing");

	vrrp.conf.flags = VRRP_F_NOACCEPT;
	is_int(nft_check_conf(n, conf, text, sizeof(text)), 0,
	    "this kernel can do it");
	is_int(there("lvsd") || there("lvsd-probe"), 0,
	    "finding out leaves nothing");
	conf_addr("fd00::1");
	conf_addr("192.0.2.2");
	conf_addr("192.0.2.2");
	nft_set_conf(n, conf);
	is_int(elements(AF_INET), 2, "IPv4 addresses, each once");
	is_int(elements(AF_INET6), 1, "and of IPv6");
	nft_trim(n);
	is_int(elements(AF_INET), 2, "stay");

	conf_clear();
	conf_addr("192.0.2.3");
	nft_set_conf(n, conf);
	is_int(elements(AF_INET), 3, "new ones come first");
	is_int(elements(AF_INET6), 1, "and keep the old");
	nft_trim(n);
	is_int(elements(AF_INET), 1, "until told");
	is_int(elements(AF_INET6), 0, "then they go");
}

static void
test_many(struct nft *n)
{
	char	text[ADDR_STRLEN];
	int	i;

	conf_clear();
	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "10.1.%d.%d", i / 250, i % 250);
		conf_addr(text);
		snprintf(text, sizeof(text), "fd00::1:%x", i);
		conf_addr(text);
	}
	nft_set_conf(n, conf);
	nft_trim(n);
	is_int(elements(AF_INET), MANY, "many addresses");
	is_int(elements(AF_INET6), MANY, "of both families");
	conf_clear();
	conf_addr("10.1.0.1");
	nft_set_conf(n, conf);
	nft_trim(n);
	is_int(elements(AF_INET) + elements(AF_INET6), 1, "and one");
}

static void
test_lives(void)
{
	struct nft	*n;

	n = nft_new(base);
	is_int(there("lvsd"), 1, "an earlier life's table is there");
	conf_addr("192.0.2.7");
	nft_set_conf(n, conf);
	is_int(elements(AF_INET), 2, "and completed");
	nft_trim(n);
	nft_remove(n);
	is_int(there("lvsd"), 0, "removed");
	nft_set_conf(n, conf);
	is_int(elements(AF_INET), 2, "made again");
	nft_free(n);
	is_int(there("lvsd"), 1, "it stays when lvsd dies");

	vrrp.conf.flags = 0;
	n = nft_new(base);
	nft_set_conf(n, conf);
	is_int(there("lvsd"), 1, "until the next has removed addresses");
	nft_trim(n);
	is_int(there("lvsd"), 0, "and has no use for it");
	nft_free(n);
}

int
main(void)
{
	struct nft	*n;

	log_init("nft_test", 1);
	test_elem();
	test_chain();
	test_events();
	if (unshare(CLONE_NEWNET) == -1 ||
	    nlconn_open(&look, NETLINK_NETFILTER) == -1 ||
	    (base = event_base_new()) == NULL ||
	    (conf = conf_new()) == NULL || (n = nft_new(base)) == NULL) {
		printf("# no network namespace: %s\n", strerror(errno));
		return (done_testing());
	}
	TAILQ_INIT(&vrrp.addrs);
	TAILQ_INSERT_TAIL(&conf->vrrps, &vrrp, entry);
	test_table(n);
	test_many(n);
	nft_free(n);
	test_lives();
	conf_clear();
	TAILQ_REMOVE(&conf->vrrps, &vrrp, entry);
	conf_free(conf);
	nlconn_close(&look);
	event_base_free(base);
	return (done_testing());
}
