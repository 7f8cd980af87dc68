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
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../imsg/engine.h"
#include "../imsg/log.h"
#include "instance.h"

/* Packets taken from one socket before timers and others have their turn. */
#define RECV_TURN	64
/* Of these so many in one call. */
#define RECV_BATCH	16
/* A flood must not keep others from a processor that vrrpe has first. */
#define RECV_PAUSE_NS	50000

/* What the kernel says of a packet beside its bytes. */
union ctl {
	struct cmsghdr	hdr;
	char		buf[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
			    CMSG_SPACE(sizeof(int))];
};

/* Made once for all sockets: only one is read at a time. */
struct batch {
	struct mmsghdr		msg[RECV_BATCH];
	struct iovec		iov[RECV_BATCH];
	struct sockaddr_in6	from[RECV_BATCH];	/* or sockaddr_in */
	union ctl		ctl[RECV_BATCH];
	uint8_t			buf[RECV_BATCH][PACKET_MAX];
};

static void	recv_event(evutil_socket_t, short, void *);
static struct batch *batch_new(void);
static int	batch_read(const struct vsock *, struct batch *, int);
static void	batch_packet(struct vsock *, const struct batch *, int);
static uint32_t	ctl_read(struct msghdr *, struct packet_ip *);

void
recv_open(struct vsock *s, int fd)
{
	struct iface	*ifc = s->lan->iface;

	if (ifc->env->batch == NULL)
		ifc->env->batch = batch_new();
	recv_close(s);
	s->fd = fd;
	s->ev = event_new(ifc->env->engine->base, fd, EV_READ | EV_PERSIST,
	    recv_event, s);
	if (s->ev == NULL ||
	    event_priority_set(s->ev, ENGINE_PRIO_LAST) == -1 ||
	    event_add(s->ev, NULL) == -1)
		fatalx("cannot watch the socket of %s", ifc->status.ifname);
}

void
recv_close(struct vsock *s)
{
	if (s->ev != NULL)
		event_free(s->ev);
	if (s->fd != -1)
		close(s->fd);
	s->ev = NULL;
	s->fd = -1;
}

static void
recv_event(evutil_socket_t, short, void *arg)
{
	static const struct timespec	 pause = { 0, RECV_PAUSE_NS };
	const struct vsock		*s = arg;

	if (recv_drain(arg, RECV_TURN) &&
	    s->lan->iface->env->run.global.realtime != 0)
		nanosleep(&pause, NULL);
}

int
recv_drain(struct vsock *s, int max)
{
	struct batch	*b = s->lan->iface->env->batch;
	int		 i, n, want;

	for (; max > 0 && s->fd != -1; max -= want) {
		want = max < RECV_BATCH ? max : RECV_BATCH;
		n = batch_read(s, b, want);
		for (i = 0; i < n; i++)
			batch_packet(s, b, i);
		if (n < want)
			return (0);
	}
	return (s->fd != -1);
}

static struct batch *
batch_new(void)
{
	struct batch	*b;
	struct msghdr	*m;
	int		 i;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		fatal("room for adverts");
	for (i = 0; i < RECV_BATCH; i++) {
		b->iov[i].iov_base = b->buf[i];
		b->iov[i].iov_len = sizeof(b->buf[i]);
		m = &b->msg[i].msg_hdr;
		m->msg_name = &b->from[i];
		m->msg_iov = &b->iov[i];
		m->msg_iovlen = 1;
		m->msg_control = &b->ctl[i];
	}
	return (b);
}

static int
batch_read(const struct vsock *s, struct batch *b, int want)
{
	struct msghdr	*m;
	int		 i, n;

	/* What the kernel writes there it also reads. */
	for (i = 0; i < want; i++) {
		m = &b->msg[i].msg_hdr;
		m->msg_namelen = sizeof(b->from[i]);
		m->msg_controllen = sizeof(b->ctl[i]);
	}
	do
		n = recvmmsg(s->fd, b->msg, want, MSG_DONTWAIT, NULL);
	while (n == -1 && errno == EINTR);
	/* ENETDOWN: IF_STATUS tells of it. */
	if (n == -1 && errno != EAGAIN && errno != ENETDOWN)
		log_warn("reading adverts on %s",
		    s->lan->iface->status.ifname);
	return (n);
}

/*
 * Of IPv4 a raw socket gives the IP header too; of IPv6 it gives what lies in
 * it separately.
 */
static void
batch_packet(struct vsock *s, const struct batch *b, int i)
{
	struct msghdr		 m = b->msg[i].msg_hdr;
	struct lan		*lan = s->lan;
	struct packet_ip	 ip;
	uint32_t		 ifindex;

	memset(&ip, 0, sizeof(ip));
	ifindex = ctl_read(&m, &ip);
	if (ifindex != lan->iface->status.ifindex)
		lan->drop[VRRP_DROP_DST]++;
	else if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		lan->drop[VRRP_DROP_LEN]++;
	else if (lan->af == AF_INET)
		recv_ip4(s, b->buf[i], b->msg[i].msg_len);
	else if (ip.dst.af != 0) {
		ip.src.af = AF_INET6;
		ip.src.u.v6 = b->from[i].sin6_addr;
		ip.data = b->buf[i];
		ip.len = b->msg[i].msg_len;
		judge_packet(s, &ip);
	}
}

/* The interface; of IPv6 also destination and hop limit. */
static uint32_t
ctl_read(struct msghdr *m, struct packet_ip *ip)
{
	struct in6_pktinfo	 info6;
	struct in_pktinfo	 info;
	struct cmsghdr		*c;
	uint32_t		 ifindex = 0;
	int			 hops;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP &&
		    c->cmsg_type == IP_PKTINFO &&
		    c->cmsg_len == CMSG_LEN(sizeof(info))) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			ifindex = info.ipi_ifindex;
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO &&
		    c->cmsg_len == CMSG_LEN(sizeof(info6))) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			ifindex = info6.ipi6_ifindex;
			ip->dst.af = AF_INET6;
			ip->dst.u.v6 = info6.ipi6_addr;
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_HOPLIMIT &&
		    c->cmsg_len == CMSG_LEN(sizeof(hops))) {
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
			ip->ttl = hops;
		}
	}
	return (ifindex);
}

void
recv_ip4(struct vsock *s, const uint8_t *buf, size_t len)
{
	struct packet_ip	ip;

	if (packet_ip4(buf, len, &ip) == -1)
		s->lan->drop[VRRP_DROP_LEN]++;
	else
		judge_packet(s, &ip);
}
