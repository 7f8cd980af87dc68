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
 * Virtual addresses of IPv6: held without detection of duplicates, announced
 * by neighbour advertisements, put back, released.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/ethernet.h>
#include <net/if.h>

#include <errno.h>
#include <event2/event.h>
#include <linux/if_addr.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/link/veth.h>
#include <netlink/socket.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "../../parent/announce.h"
#include "../../parent/net_state.h"
#include "tap.h"

#define BURST	5

struct heard {
	struct event_base	*base;
	int			 error;
	uint32_t		 n;
	int			 repaired;
	int			 up;
};

static struct addr	 addrs[2];

static void	 iface(void *, const struct msg_if *);
static void	 result(void *, uint32_t, int, uint32_t);
static void	 repaired(void *, const char *);
static void	 pair_up(void);
static int	 listen_on(const char *);
static void	 heard_na(int, const uint8_t *, int [2]);
static int	 flags_of(const struct addr *);
static void	 remove_addr(const struct net *, struct net_addr *);
static void	 await(struct net *);
static void	 too_late(int, short, void *);
static void	 test(struct net *, struct conf_vrrp *, struct heard *);

static const struct net_ops	ops = { iface, result, repaired, NULL };

static void
iface(void *arg, const struct msg_if *m)
{
	struct heard	*h = arg;

	if ((h->up = m->up) != 0)
		event_base_loopbreak(h->base);
}

static void
result(void *arg, uint32_t, int error, uint32_t n)
{
	struct heard	*h = arg;

	h->error = error;
	h->n = n;
	event_base_loopbreak(h->base);
}

static void
repaired(void *arg, const char *)
{
	struct heard	*h = arg;

	h->repaired++;
	event_base_loopbreak(h->base);
}

static void
pair_up(void)
{
	struct nl_sock	*sk = nl_socket_alloc();
	struct ifreq	 ifr;
	int		 fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int		 i;

	if (sk == NULL || nl_connect(sk, NETLINK_ROUTE) < 0 ||
	    rtnl_link_veth_add(sk, "va0", "vb0", getpid()) < 0)
		abort();
	nl_socket_free(sk);
	for (i = 0; i < 2; i++) {
		memset(&ifr, 0, sizeof(ifr));
		memcpy(ifr.ifr_name, i == 0 ? "va0" : "vb0", 4);
		ifr.ifr_flags = IFF_UP;
		if (ioctl(fd, SIOCSIFFLAGS, &ifr) == -1)
			abort();
	}
	close(fd);
}

static int
listen_on(const char *name)
{
	struct sockaddr_ll	ll;
	int			fd;

	memset(&ll, 0, sizeof(ll));
	ll.sll_family = AF_PACKET;
	ll.sll_protocol = htons(ETH_P_IPV6);
	ll.sll_ifindex = if_nametoindex(name);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IPV6));
	if (fd == -1 || bind(fd, (void *)&ll, sizeof(ll)) == -1)
		abort();
	return (fd);
}

/* How many announcements of each address were heard, at most all awaited. */
static void
heard_na(int fd, const uint8_t *mac, int count[2])
{
	struct pollfd	pfd = { fd, POLLIN, 0 };
	uint8_t		want[2][ANNOUNCE_LEN], got[2 * ANNOUNCE_LEN];
	size_t		len[2];
	ssize_t		n;
	int		i;

	for (i = 0; i < 2; i++) {
		len[i] = announce_frame(want[i], mac, &addrs[i]);
		count[i] = 0;
	}
	while (count[0] + count[1] < 2 * BURST && poll(&pfd, 1, 5000) == 1) {
		n = recv(fd, got, sizeof(got), MSG_DONTWAIT);
		for (i = 0; i < 2; i++)
			if (n == (ssize_t)len[i] &&
			    memcmp(got, want[i], n) == 0)
				count[i]++;
	}
}

/* IFA_F_* of an address, -1 when it is not there. */
static int
flags_of(const struct addr *a)
{
	char		 hex[33], line[33], name[IFNAMSIZ];
	unsigned int	 index, plen, scope, flags;
	FILE		*fp;
	int		 i, rv = -1;

	for (i = 0; i < 16; i++)
		snprintf(hex + 2 * i, 3, "%02x", a->u.bytes[i]);
	if ((fp = fopen("/proc/net/if_inet6", "r")) == NULL)
		return (-1);
	while (fscanf(fp, "%32s %x %x %x %x %15s", line, &index, &plen,
	    &scope, &flags, name) == 6)
		if (strcmp(line, hex) == 0)
			rv = flags;
	fclose(fp);
	return (rv);
}

/* As somebody else. */
static void
remove_addr(const struct net *, struct net_addr *a)
{
	struct nlconn	c;

	if (nlconn_open(&c, NETLINK_ROUTE) == -1)
		abort();
	is_int(nlconn_query(&c, rtnl_addr_msg(RTM_DELADDR, 0, a, 0), 0, NULL,
	    NULL), 0, "somebody else removes one");
	nlconn_close(&c);
}

/* All that was asked for, and said; an address may have to settle first. */
static void
await(struct net *n)
{
	const struct net_vrrp	*v = net_vrrp_find(n, 1);

	while (!TAILQ_EMPTY(&n->queue) || !TAILQ_EMPTY(&n->talking) ||
	    v->announce)
		event_base_loop(n->base, EVLOOP_ONCE);
}

static void
too_late(int, short, void *)
{
	printf("Bail out! what was awaited did not come\n");
	exit(1);
}

static void
test(struct net *n, struct conf_vrrp *v, struct heard *h)
{
	struct net_if	*nif = iface_get(n, "va0");
	int		 fd = listen_on("vb0"), count[2], i;

	net_hold(n, v);
	await(n);
	is_int(h->error, 0, "addresses are held");
	is_int(h->n, 2, "both");
	for (i = 0; i < 2; i++)
		is_int(flags_of(&addrs[i]) & (IFA_F_TENTATIVE | IFA_F_NODAD),
		    IFA_F_NODAD, "and can be used at once");
	heard_na(fd, nif->mac, count);
	is_int(count[0], BURST, "one is announced");
	is_int(count[1], BURST, "and the other");
	remove_addr(n, net_addr_find(n, nif, &addrs[0], 64));
	event_base_dispatch(h->base);
	is_int(h->repaired, 1, "it is put back");
	ok(flags_of(&addrs[0]) != -1, "and there");
	/* Which becomes usable only now: it was looked for duplicates. */
	while (nif->now.addr6.af == 0)
		event_base_dispatch(h->base);
	ok(addr_cmp(&nif->now.addr6, &addrs[1]) != 0,
	    "the interface's link-local address is its own");
	net_release(n, v);
	await(n);
	is_int(flags_of(&addrs[0]), -1, "released");
	is_int(flags_of(&addrs[1]), -1, "both");
	close(fd);
}

int
main(void)
{
	static struct conf_vrrp	 v;
	static struct conf_vaddr va[2];
	struct timeval		 limit = { 10, 0 };
	struct event		*late;
	struct heard		 h;
	struct conf		*conf;
	struct net		*n;
	int			 i;

	if (unshare(CLONE_NEWNET) == -1) {
		printf("1..0 # SKIP no network namespace: %s\n",
		    strerror(errno));
		return (0);
	}
	pair_up();
	memset(&h, 0, sizeof(h));
	if ((h.base = event_base_new()) == NULL ||
	    (conf = conf_new()) == NULL ||
	    (n = net_open(h.base, &ops, &h)) == NULL)
		return (1);
	late = evtimer_new(h.base, too_late, NULL);
	evtimer_add(late, &limit);
	v.conf.id = 1;
	memcpy(v.conf.ifname, "va0", 4);
	memcpy(v.conf.name, "six", 4);
	v.announce.count = BURST;
	TAILQ_INIT(&v.addrs);
	TAILQ_INIT(&v.tracks);
	addr_parse("fd77::10", &addrs[0]);
	addr_parse("fe80::77:10", &addrs[1]);
	for (i = 0; i < 2; i++) {
		va[i].conf.addr = addrs[i];
		va[i].conf.prefixlen = 64;
		TAILQ_INSERT_TAIL(&v.addrs, &va[i], entry);
	}
	TAILQ_INSERT_TAIL(&conf->vrrps, &v, entry);
	net_set_conf(n, conf);
	while (!h.up)
		event_base_dispatch(h.base);
	test(n, &v, &h);
	event_free(late);
	net_close(n);
	TAILQ_REMOVE(&conf->vrrps, &v, entry);
	conf_free(conf);
	event_base_free(h.base);
	return (done_testing());
}
