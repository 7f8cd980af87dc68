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
#include <sys/socket.h>
#include <netinet/in.h>

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/engine.h"
#include "../imsg/log.h"
#include "instance.h"

/* Packets taken from one socket before timers and others have their turn. */
#define RECV_BATCH	64

static void	recv_event(evutil_socket_t, short, void *);
static ssize_t	recv_read(const struct iface *, uint8_t *, size_t,
		    uint32_t *);
static enum vrrp_drop recv_ip(struct iface *, const struct packet_ip *);
static void	recv_advert(struct vrrp *, const struct packet *,
		    const struct addr *);
static int	recv_auth(struct vrrp *, const struct packet *,
		    const struct addr *);
static int	recv_content(struct vrrp *, const struct packet *,
		    const struct addr *);
static int	recv_own_vip(const struct vrrp *, const struct addr *);
static int	drop(struct vrrp *, enum vrrp_drop, const struct addr *,
		    const char *);

void
recv_open(struct iface *ifc, int fd)
{
	recv_close(ifc);
	ifc->fd = fd;
	ifc->ev = event_new(ifc->env->engine->base, fd, EV_READ | EV_PERSIST,
	    recv_event, ifc);
	if (ifc->ev == NULL || event_add(ifc->ev, NULL) == -1)
		fatalx("cannot watch the socket of %s", ifc->status.ifname);
}

void
recv_close(struct iface *ifc)
{
	if (ifc->ev != NULL)
		event_free(ifc->ev);
	if (ifc->fd != -1)
		close(ifc->fd);
	ifc->ev = NULL;
	ifc->fd = -1;
}

static void
recv_event(evutil_socket_t, short, void *arg)
{
	recv_drain(arg, RECV_BATCH);
}

void
recv_drain(struct iface *ifc, int max)
{
	uint8_t		buf[PACKET_IP4_MAX];
	uint32_t	ifindex;
	ssize_t		n;

	for (; max > 0 && ifc->fd != -1; max--) {
		if ((n = recv_read(ifc, buf, sizeof(buf), &ifindex)) == -1)
			return;
		if (ifindex != ifc->status.ifindex)
			ifc->drop[VRRP_DROP_DST]++;
		else if ((size_t)n > sizeof(buf))
			ifc->drop[VRRP_DROP_LEN]++;
		else
			recv_packet(ifc, buf, n);
	}
}

/*
 * One packet with its IP header and the interface that it came in by.  The
 * length returned is the packet's, be it longer than the buffer.
 */
static ssize_t
recv_read(const struct iface *ifc, uint8_t *buf, size_t len,
    uint32_t *ifindex)
{
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(struct in_pktinfo))];
	}			 ctl;
	struct in_pktinfo	 info;
	struct msghdr		 msg;
	struct cmsghdr		*cmsg;
	struct iovec		 iov;
	ssize_t			 n;

	iov.iov_base = buf;
	iov.iov_len = len;
	memset(&msg, 0, sizeof(msg));
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = ctl.buf;
	msg.msg_controllen = sizeof(ctl.buf);
	do
		n = recvmsg(ifc->fd, &msg, MSG_DONTWAIT | MSG_TRUNC);
	while (n == -1 && errno == EINTR);
	if (n == -1) {
		/* ENETDOWN: IF_STATUS tells of it. */
		if (errno != EAGAIN && errno != ENETDOWN)
			log_warn("reading adverts on %s", ifc->status.ifname);
		return (-1);
	}

	*ifindex = 0;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg != NULL;
	    cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		if (cmsg->cmsg_level != IPPROTO_IP ||
		    cmsg->cmsg_type != IP_PKTINFO ||
		    cmsg->cmsg_len != CMSG_LEN(sizeof(info)))
			continue;
		memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
		*ifindex = info.ipi_ifindex;
	}
	return (n);
}

/*
 * The checks, in the order of RFC 9568 section 7.1.  What fails one is
 * counted and changes nothing else, no timer either.  A bad packet counts
 * with the instance that its VRID names, or with the interface.
 */
void
recv_packet(struct iface *ifc, const uint8_t *buf, size_t len)
{
	char			 text[64];
	struct packet_ip	 ip;
	struct packet		 p;
	struct vrrp		*v;
	int			 why;

	if (packet_ip4(buf, len, &ip) == -1) {
		ifc->drop[VRRP_DROP_LEN]++;
		return;
	}
	v = ifc->vrid4[packet_vrid(ip.data, ip.len)];
	why = recv_ip(ifc, &ip);
	if (why == VRRP_DROP_MAX)
		why = packet_decode(&p, ip.data, ip.len, &ip.src, &ip.dst);
	if (why == PACKET_OK && v == NULL)
		why = VRRP_DROP_VRID;
	if (why == PACKET_OK) {
		recv_advert(v, &p, &ip.src);
		return;
	}
	if (v == NULL) {
		ifc->drop[why]++;
		return;
	}
	v->drop[why]++;
	/* What was never for us is not worth a line. */
	if (why == VRRP_DROP_DST || why == VRRP_DROP_SELF)
		return;
	if (why == VRRP_DROP_TTL)
		snprintf(text, sizeof(text), "dropped: TTL %u, not %u",
		    ip.ttl, PACKET_TTL);
	else
		snprintf(text, sizeof(text), "dropped: %s (%zu octets)",
		    vrrp_drop_names[why], ip.len);
	droplog_vrrp(v, why, &ip.src, "%s", text);
}

/* VRRP_DROP_MAX: nothing wrong with it. */
static enum vrrp_drop
recv_ip(struct iface *ifc, const struct packet_ip *ip)
{
	struct iface	*i;

	if (ip->dst.u.v4.s_addr != htonl(PACKET_GROUP4))
		return (VRRP_DROP_DST);
	TAILQ_FOREACH(i, &ifc->env->ifaces, entry)
		if (i->status.addr4.af == AF_INET &&
		    addr_cmp(&i->status.addr4, &ip->src) == 0)
			return (VRRP_DROP_SELF);
	if (packet_bad_src(&ip->src))
		return (VRRP_DROP_SRC);
	if (ip->ttl != PACKET_TTL)
		return (VRRP_DROP_TTL);
	return (VRRP_DROP_MAX);
}

/* Count and log; returns 0 for "not to be taken". */
static int
drop(struct vrrp *v, enum vrrp_drop why, const struct addr *src,
    const char *text)
{
	v->drop[why]++;
	droplog_vrrp(v, why, src, "dropped: %s", text);
	return (0);
}

static void
recv_advert(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	char		text[ADDR_STRLEN + 64], addr[ADDR_STRLEN];
	enum fsm_event	ev;

	if (p->version != v->conf.version) {
		drop(v, VRRP_DROP_VERSION, src, p->version == 2 ?
		    "it is version 2, not 3" : "it is version 3, not 2");
		return;
	}
	if (v->state == VRRP_INIT || v->state == VRRP_FAULT) {
		v->drop[VRRP_DROP_INIT]++;
		return;
	}
	/* An owner that ends is glad of whoever takes over. */
	if (v->prio == PACKET_PRIO_OWNER && v->state != VRRP_HANDOVER) {
		drop(v, VRRP_DROP_OWNER, src,
		    p->priority == PACKET_PRIO_OWNER ?
		    "two routers with priority 255, both own the addresses" :
		    "we own the addresses (priority 255)");
		return;
	}
	if (!recv_auth(v, p, src) || !recv_content(v, p, src))
		return;

	if (p->priority == PACKET_PRIO_RELEASE)
		v->prio0_rx++;
	if ((ev = fsm_judge(v, p, src)) == EV_MAX) {
		droplog_vrrp(v, DROPLOG_STRANGER, src, "ignored: it "
		    "releases, but the master is %s",
		    addr_str(&v->master, addr));
		return;
	}
	v->rx++;
	if (v->state == VRRP_MASTER && ev == EV_RX_WORSE)
		droplog_vrrp(v, DROPLOG_RIVAL, src, "a rival master, "
		    "with priority %u to our %u", p->priority, v->prio);
	snprintf(text, sizeof(text), "master %s with priority %u to our %u",
	    addr_str(src, addr), p->priority, v->prio);
	fsm_event(v, ev, p, src, text);
	group_settle(v);
}

/* RFC 3768 section 5.3.6 has no types but 0; 1 is RFC 2338's. */
static int
recv_auth(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	if (p->version != 2)
		return (1);
	if (p->auth_type > VRRP_AUTH_PASS)
		return (drop(v, VRRP_DROP_AUTH_TYPE, src,
		    "unknown authentication type"));
	if (p->auth_type != v->conf.auth)
		return (drop(v, VRRP_DROP_AUTH_MISMATCH, src,
		    p->auth_type == VRRP_AUTH_PASS ?
		    "it has a password, and we have none" :
		    "it has no password"));
	if (p->auth_type == VRRP_AUTH_PASS &&
	    !packet_same_auth(p->auth, v->conf.pass))
		return (drop(v, VRRP_DROP_AUTH_FAIL, src, "wrong password"));
	return (1);
}

/*
 * Interval and addresses (RFC 3768 section 7.1, RFC 9568 section 7.1).  In
 * version 3 a difference is counted and logged, but the advert is taken.
 */
static int
recv_content(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	char	text[96];

	snprintf(text, sizeof(text), "it advertises each %u0 ms, we %u0 ms",
	    p->interval_cs, v->conf.advert_cs);
	if (p->interval_cs == 0 || (p->version == 2 &&
	    p->interval_cs != v->conf.advert_cs))
		return (drop(v, VRRP_DROP_INTERVAL, src, text));
	if (p->interval_cs != v->conf.advert_cs) {
		v->drop[VRRP_DROP_INTERVAL]++;
		droplog_vrrp(v, VRRP_DROP_INTERVAL, src, "%s", text);
	}
	if (p->count == 0)
		return (drop(v, VRRP_DROP_ADDRS, src, "it has no address"));
	if (p->priority != PACKET_PRIO_OWNER && recv_own_vip(v, src))
		return (drop(v, VRRP_DROP_SRC, src,
		    "the source is a virtual address"));
	if (packet_same_addrs(p, v->addrs, v->naddrs))
		return (1);
	if (p->version == 2 && p->priority != PACKET_PRIO_OWNER)
		return (drop(v, VRRP_DROP_ADDRS, src,
		    "its addresses differ from ours"));
	v->drop[VRRP_DROP_ADDRS]++;
	droplog_vrrp(v, VRRP_DROP_ADDRS, src, "its addresses differ from ours");
	return (1);
}

static int
recv_own_vip(const struct vrrp *v, const struct addr *src)
{
	uint32_t	i;

	for (i = 0; i < v->naddrs; i++)
		if (addr_cmp(&v->addrs[i], src) == 0)
			return (1);
	return (0);
}
