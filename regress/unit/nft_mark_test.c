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
 * The maps of marks, with the kernel as the other end: they are brought to
 * what the configuration wants, beside the addresses of `no accept'.
 */
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <linux/netfilter/nf_tables.h>
#include <netlink/msg.h>
#include <sched.h>

#include "../../conf/conf.h"
#include "../../imsg/log.h"
#include "../../parent/nft.h"
#include "../../parent/nft_msg.h"
#include "../../parent/nl.h"
#include "tap.h"

#define MANY	1000		/* several transactions */

static struct event_base	*base;
static struct nlconn		 look;
static struct conf_service	 service;
static struct conf_vrrp		 vrrp;
static struct conf_vaddr	 vaddr;
static struct conf		*conf;

struct found {
	sa_family_t	 af;
	int		 n;
	struct nft_mark	 last;
};

static void
conf_mark(uint32_t mark, const char *addr, uint8_t len, uint8_t proto,
    uint16_t from, uint16_t to)
{
	struct conf_mark	*m;

	if ((m = calloc(1, sizeof(*m))) == NULL ||
	    addr_parse(addr, &m->addr) == -1)
		abort();
	m->mark = mark;
	m->prefixlen = len;
	m->proto = proto;
	m->port_from = from;
	m->port_to = to;
	TAILQ_INSERT_TAIL(&service.marks, m, entry);
}

static void
conf_clear(void)
{
	struct conf_mark	*m;

	while ((m = TAILQ_FIRST(&service.marks)) != NULL) {
		TAILQ_REMOVE(&service.marks, m, entry);
		free(m);
	}
}

static int
there(const char *table)
{
	return (nlconn_query(&look, nft_msg_table(NFT_MSG_GETTABLE, table),
	    0, NULL, NULL) == 0);
}

static void
found_mark(void *arg, const struct nft_mark *m)
{
	struct found	*f = arg;

	f->last = *m;
	f->n++;
}

static void
found_addr(void *arg, const struct addr *)
{
	((struct found *)arg)->n++;
}

static int
marks_cb(struct nlmsghdr *nlh, void *arg)
{
	nft_msg_each_mark(nlh, ((struct found *)arg)->af, found_mark, arg);
	return (0);
}

static int
addrs_cb(struct nlmsghdr *nlh, void *arg)
{
	nft_msg_each(nlh, ((struct found *)arg)->af, found_addr, arg);
	return (0);
}

/* How many marks there are of a family, -1: no map; the last of them. */
static int
marks(sa_family_t af, struct nft_mark *last)
{
	struct found	f = { .af = af };

	if (nlconn_query(&look, nft_msg_map_elems("lvsd", af), NLM_F_DUMP,
	    marks_cb, &f) != 0)
		return (-1);
	if (last != NULL)
		*last = f.last;
	return (f.n);
}

static int
addrs(void)
{
	struct found	f = { .af = AF_INET };

	if (nlconn_query(&look, nft_msg_elems("lvsd", AF_INET), NLM_F_DUMP,
	    addrs_cb, &f) != 0)
		return (-1);
	return (f.n);
}

static void
test_marks(struct nft *n)
{
	struct nft_mark	m;
	char		text[256], addr[ADDR_STRLEN];

	is_int(nft_check_conf(n, conf, text, sizeof(text)), 0,
	    "what marks nothing needs nothing");
	nft_set_conf(n, conf);
	is_int(there("lvsd"), 0, "and makes nothing");
	conf_mark(5, "192.0.2.0", 25, IPPROTO_TCP, 80, 90);
	is_int(nft_check_conf(n, conf, text, sizeof(text)), 0,
	    "this kernel can do it");
	is_int(there("lvsd") || there("lvsd-probe"), 0,
	    "finding out leaves nothing");
	nft_set_conf(n, conf);
	is_int(marks(AF_INET, &m), 1, "a mark is there");
	is_int(marks(AF_INET6, NULL), 0, "of its family");
	is_str(addr_str(&m.from, addr), "192.0.2.0", "from the network");
	is_str(addr_str(&m.to, addr), "192.0.2.127", "to its end");
	ok(m.port_from == 80 && m.port_to == 90, "on its ports");
	ok(m.proto_from == IPPROTO_TCP && m.proto_to == IPPROTO_TCP,
	    "of its protocol");
	is_int(m.mark, 5, "and is the mark");

	/* The same place gets another mark; another place, its own. */
	conf_clear();
	conf_mark(6, "192.0.2.0", 25, IPPROTO_TCP, 80, 90);
	conf_mark(0xfffffff0, "fd00::1", 128, 0, 0, UINT16_MAX);
	nft_set_conf(n, conf);
	is_int(marks(AF_INET, &m), 1, "another mark is put in its place");
	is_int(m.mark, 6, "at once");
	is_int(marks(AF_INET6, &m), 1, "one of IPv6");
	is_int(m.mark, 0xfffffff0, "is the mark");
	is_str(addr_str(&m.to, addr), "fd00::1", "of one address");
	ok(m.proto_from == 0 && m.proto_to == UINT8_MAX &&
	    m.port_from == 0 && m.port_to == UINT16_MAX, "of all it gets");

	/* Ranges that meet those that go. */
	conf_clear();
	conf_mark(6, "192.0.2.0", 24, IPPROTO_TCP, 80, 91);
	conf_mark(6, "192.0.2.0", 25, IPPROTO_UDP, 80, 91);
	nft_set_conf(n, conf);
	is_int(marks(AF_INET, NULL), 2, "ranges that have grown");
	is_int(marks(AF_INET6, NULL), 0, "what is not wanted goes at once");
}

static void
test_beside(struct nft *n)
{
	vrrp.conf.flags = VRRP_F_NOACCEPT;
	nft_set_conf(n, conf);
	is_int(addrs(), 1, "no accept beside marks");
	is_int(marks(AF_INET, NULL), 2, "which stay");
	nft_remove(n);
	is_int(addrs(), -1, "the end of addresses");
	is_int(marks(AF_INET, NULL), 2, "is not that of marks");
	nft_set_conf(n, conf);
	nft_trim(n);
	conf_clear();
	nft_set_conf(n, conf);
	is_int(marks(AF_INET, NULL), -1, "the end of marks");
	is_int(addrs(), 1, "is not that of addresses");
	nft_remove(n);
	is_int(there("lvsd"), 0, "the end of both is");
}

static void
test_many(struct nft *n)
{
	char	text[ADDR_STRLEN];
	int	i;

	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "10.1.%d.%d", i / 250, i % 250);
		conf_mark(7, text, 32, IPPROTO_TCP, 80, 80);
		snprintf(text, sizeof(text), "fd00::1:%x", i);
		conf_mark(8, text, 128, IPPROTO_TCP, 80, 80);
	}
	nft_set_conf(n, conf);
	is_int(marks(AF_INET, NULL), MANY, "many marks");
	is_int(marks(AF_INET6, NULL), MANY, "of both families");
	conf_clear();
	conf_mark(7, "10.1.0.1", 32, IPPROTO_TCP, 80, 80);
	nft_set_conf(n, conf);
	is_int(marks(AF_INET, NULL) + marks(AF_INET6, NULL), 1, "and one");
}

static void
test_lives(void)
{
	struct nft	*n;

	vrrp.conf.flags = 0;
	is_int(marks(AF_INET, NULL), 1, "marks stay when lvsd dies");
	conf_mark(7, "10.1.0.2", 32, IPPROTO_TCP, 80, 80);
	n = nft_new(base);
	nft_set_conf(n, conf);
	nft_trim(n);
	is_int(marks(AF_INET, NULL), 2, "and are completed by the next");
	nft_remove(n);
	nft_free(n);
	is_int(marks(AF_INET, NULL), 2, "they stay when it ends");
	conf_clear();
	n = nft_new(base);
	nft_set_conf(n, conf);
	is_int(marks(AF_INET, NULL), -1, "one without use for them");
	nft_trim(n);
	is_int(there("lvsd"), 0, "takes all away");
	nft_free(n);
}

int
main(void)
{
	struct nft	*n;

	log_init("nft_mark_test", 1);
	if (unshare(CLONE_NEWNET) == -1 ||
	    nlconn_open(&look, NETLINK_NETFILTER) == -1 ||
	    (base = event_base_new()) == NULL ||
	    (conf = conf_new()) == NULL || (n = nft_new(base)) == NULL) {
		printf("1..0 # SKIP no network namespace: %s\n",
		    strerror(errno));
		return (0);
	}
	TAILQ_INIT(&service.marks);
	TAILQ_INIT(&vrrp.addrs);
	(void)addr_parse("192.0.2.1", &vaddr.conf.addr);
	TAILQ_INSERT_TAIL(&vrrp.addrs, &vaddr, entry);
	TAILQ_INSERT_TAIL(&conf->services, &service, entry);
	TAILQ_INSERT_TAIL(&conf->vrrps, &vrrp, entry);
	test_marks(n);
	test_beside(n);
	test_many(n);
	nft_free(n);
	test_lives();
	conf_clear();
	TAILQ_REMOVE(&conf->services, &service, entry);
	TAILQ_REMOVE(&conf->vrrps, &vrrp, entry);
	conf_free(conf);
	nlconn_close(&look);
	event_base_free(base);
	return (done_testing());
}
