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
#include <sys/uio.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <linux/if_packet.h>

#include "../imsg/log.h"
#include "announce.h"
#include "net_state.h"

/*
 * Announcements of addresses that have moved here.  RFC 5798 section 6.4.2
 * asks for one an address; frames get lost while a network settles, so
 * each is sent several times at once and as often again later, as other
 * VRRP routers do it: peers and switches are used to it.
 */
#define ANNOUNCE_REPEAT		5
#define ANNOUNCE_AGAIN_S	5
/* No new burst for an instance that was announced within this time. */
#define ANNOUNCE_GAP_US		1000000
/* Frames handed to the kernel in one call. */
#define ANNOUNCE_VEC		64
/* Room for the bursts of some thousand addresses, about 800 bytes each. */
#define ANNOUNCE_SNDBUF		(8 * 1024 * 1024)

struct burst {
	struct net	*net;
	const char	*ifname;
	unsigned int	 n;
	unsigned int	 lost;
	struct sockaddr_ll to[ANNOUNCE_VEC];
	uint8_t		 frame[ANNOUNCE_VEC][ANNOUNCE_LEN];
	struct iovec	 iov[ANNOUNCE_VEC];
	struct mmsghdr	 msg[ANNOUNCE_VEC];
};

static void	burst_all(struct net *, struct net_vrrp *);
static void	burst_add(struct burst *, const struct net_addr *);
static void	burst_send(struct burst *);

/* A packet socket of no protocol receives nothing. */
int
announce_open(void)
{
	int	fd, size = ANNOUNCE_SNDBUF;

	if ((fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0)) == -1)
		return (-1);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	return (fd);
}

void
announce_start(struct net *n, struct net_vrrp *v)
{
	struct timeval	again = { ANNOUNCE_AGAIN_S, 0 };
	struct monotime	now = monotime_now();

	if (monotime_isset(v->announced) &&
	    monotime_diff_us(now, v->announced) < ANNOUNCE_GAP_US)
		return;
	v->announced = now;
	burst_all(n, v);
	evtimer_add(&v->again, &again);
}

void
announce_stop(struct net_vrrp *v)
{
	event_del(&v->again);
	v->announced.us = 0;
}

void
announce_again(int, short, void *arg)
{
	struct net_vrrp	*v = arg;

	if (v->holding)
		burst_all(v->net, v);
}

static void
burst_all(struct net *n, struct net_vrrp *v)
{
	struct net_addr	*a;
	struct burst	 b;
	unsigned int	 i;

	if (n->packet == -1 || TAILQ_EMPTY(&v->addrs))
		return;
	b.net = n;
	b.n = b.lost = 0;
	/* Every address once before any is repeated. */
	for (i = 0; i < ANNOUNCE_REPEAT; i++) {
		TAILQ_FOREACH(a, &v->addrs, entry) {
			if (a->state == ADDR_ABSENT ||
			    a->nif->now.ifindex == 0 || !a->nif->has_mac)
				continue;
			burst_add(&b, a);
		}
	}
	burst_send(&b);
	if (b.lost > 0)
		log_debug("vrrp \"%s\": %u announcements not sent on %s",
		    v->conf->conf.name, b.lost, v->conf->conf.ifname);
}

static void
burst_add(struct burst *b, const struct net_addr *a)
{
	struct sockaddr_ll	*to = &b->to[b->n];
	struct iovec		*iov = &b->iov[b->n];
	struct msghdr		*msg = &b->msg[b->n].msg_hdr;

	memset(to, 0, sizeof(*to));
	to->sll_family = AF_PACKET;
	to->sll_ifindex = a->nif->now.ifindex;
	memset(&b->msg[b->n], 0, sizeof(b->msg[b->n]));
	iov->iov_base = b->frame[b->n];
	iov->iov_len = announce_frame(b->frame[b->n], a->nif->mac, &a->addr);
	msg->msg_name = to;
	msg->msg_namelen = sizeof(*to);
	msg->msg_iov = iov;
	msg->msg_iovlen = 1;
	if (++b->n == ANNOUNCE_VEC)
		burst_send(b);
}

/* What the link cannot take now is lost; the burst after it tells again. */
static void
burst_send(struct burst *b)
{
	unsigned int	done = 0;
	int		n;

	while (done < b->n) {
		n = sendmmsg(b->net->packet, b->msg + done, b->n - done, 0);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			b->lost++;
			n = 1;
		}
		done += n;
	}
	b->n = 0;
}
