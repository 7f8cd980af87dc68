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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <linux/if_packet.h>

#include "../imsg/log.h"
#include "announce.h"
#include "net_state.h"

/*
 * Announcements are paced, so that however many there are no queue on their
 * way overflows, and the parent does other things in between.  A burst says
 * each of its addresses once and then goes to the end of the queue of its
 * interface: every address is heard once before any again.
 */

/*
 * Frames in a millisecond on an interface: a third of what 100 Mb/s carry,
 * and 20,000 addresses are said once in less than half a second.
 */
#define PACE_RATE	50
/* What was not said in this time is not made up for, milliseconds. */
#define PACE_LAG_MS	2
/* Frames in one turn of the event loop, on all interfaces. */
#define PACE_TURN	256
/* From one turn to the next, microseconds. */
#define PACE_TICK_US	1000
/* Frames handed to the kernel in one call. */
#define PACE_VEC	64
/* Room for what a link does not take at once, about 800 bytes a frame. */
#define PACE_SNDBUF	(1024 * 1024)

struct pace_vec {
	int			 fd;
	unsigned int		 n;
	struct sockaddr_ll	 to[PACE_VEC];
	uint8_t			 frame[PACE_VEC][ANNOUNCE_LEN];
	struct iovec		 iov[PACE_VEC];
	struct mmsghdr		 msg[PACE_VEC];
};

static void	 pace_cb(int, short, void *);
static void	 pace_arm(struct net *, struct monotime);
static void	 pace_credit(struct net_if *, struct monotime);
static unsigned int pace_if(struct net_if *, unsigned int, struct monotime,
		    struct pace_vec *);
static struct net_bursts *pace_queue(struct net_if *);
static struct net_addr *pace_next(struct net_burst *);
static void	 vec_add(struct pace_vec *, const struct net_addr *);
static void	 vec_send(struct pace_vec *);

void
pace_init(struct net *n)
{
	TAILQ_INIT(&n->talking);
	evtimer_assign(&n->pace, n->base, pace_cb, n);
}

/* A packet socket of no protocol receives nothing. */
int
pace_open(struct net *n)
{
	int	size = PACE_SNDBUF;

	if ((n->packet = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0)) == -1)
		return (-1);
	(void)setsockopt(n->packet, SOL_SOCKET, SO_SNDBUFFORCE, &size,
	    sizeof(size));
	return (0);
}

void
pace_close(struct net *n)
{
	event_del(&n->pace);
	if (n->packet != -1)
		close(n->packet);
}

void
pace_if_init(struct net_if *nif)
{
	int	i;

	for (i = 0; i < URGE_MAX; i++)
		TAILQ_INIT(&nif->bursts[i]);
}

void
pace_if_gone(struct net *n, struct net_if *nif)
{
	struct net_bursts	*queue;

	while ((queue = pace_queue(nif)) != NULL)
		pace_end(TAILQ_FIRST(queue));
	if (nif->is_talking)
		TAILQ_REMOVE(&n->talking, nif, talking);
	nif->is_talking = 0;
}

static struct net_bursts *
pace_queue(struct net_if *nif)
{
	int	i;

	for (i = 0; i < URGE_MAX; i++)
		if (!TAILQ_EMPTY(&nif->bursts[i]))
			return (&nif->bursts[i]);
	return (NULL);
}

void
pace_begin(struct net_burst *b)
{
	struct net	*n = b->vrrp->net;
	struct net_if	*nif = b->nif;

	TAILQ_INSERT_TAIL(&nif->bursts[b->urge], b, entry);
	if (!nif->is_talking) {
		nif->is_talking = 1;
		TAILQ_INSERT_TAIL(&n->talking, nif, talking);
	}
	pace_arm(n, monotime_now());
}

void
pace_end(struct net_burst *b)
{
	TAILQ_REMOVE(&b->nif->bursts[b->urge], b, entry);
	TAILQ_REMOVE(&b->vrrp->bursts, b, mine);
	free(b);
}

/* Not before this time, at the latest. */
static void
pace_arm(struct net *n, struct monotime when)
{
	struct timeval	tv = monotime_left(when);

	if (!evtimer_pending(&n->pace, NULL) ||
	    monotime_diff_us(when, n->pace_at) < 0) {
		n->pace_at = when;
		evtimer_add(&n->pace, &tv);
	}
}

static void
pace_cb(int, short, void *arg)
{
	struct net	*n = arg;
	struct net_if	*nif, *last, *next;
	struct pace_vec	 vec;
	struct monotime	 now = monotime_now(), soon, when;
	unsigned int	 left = PACE_TURN;

	vec.fd = n->packet;
	vec.n = 0;
	soon = monotime_add_us(now, PACE_TICK_US);
	last = TAILQ_LAST(&n->talking, net_talking);
	for (nif = TAILQ_FIRST(&n->talking); nif != NULL; nif = next) {
		next = nif == last ? NULL : TAILQ_NEXT(nif, talking);
		left -= pace_if(nif, left, now, &vec);
		TAILQ_REMOVE(&n->talking, nif, talking);
		nif->is_talking = pace_queue(nif) != NULL;
		if (!nif->is_talking)
			continue;
		TAILQ_INSERT_TAIL(&n->talking, nif, talking);
		when = monotime_diff_us(nif->quiet, soon) > 0 ? nif->quiet :
		    soon;
		pace_arm(n, when);
	}
	vec_send(&vec);
}

static void
pace_credit(struct net_if *nif, struct monotime now)
{
	int64_t	us = monotime_diff_us(now, nif->paid);

	if (!monotime_isset(nif->paid) || us > PACE_LAG_MS * 1000)
		us = PACE_LAG_MS * 1000;
	if (us < PACE_TICK_US)
		return;
	nif->paid = now;
	nif->credit = us * PACE_RATE / 1000;
}

/* Say up to so many frames on an interface; returns how many were said. */
static unsigned int
pace_if(struct net_if *nif, unsigned int max, struct monotime now,
    struct pace_vec *vec)
{
	struct net_bursts	*queue;
	struct net_burst	*b;
	struct net_addr		*a;
	unsigned int		 said = 0;
	uint32_t		 ms;

	pace_credit(nif, now);
	while (said < max && nif->credit > 0 &&
	    monotime_diff_us(nif->quiet, now) <= 0 &&
	    (queue = pace_queue(nif)) != NULL) {
		b = TAILQ_FIRST(queue);
		ms = b->vrrp->conf->announce.interval_ms;
		if ((a = pace_next(b)) == NULL)
			continue;
		vec_add(vec, a);
		nif->credit--;
		said++;
		if (ms != 0)
			nif->quiet = monotime_add_us(now, ms * 1000LL);
	}
	return (said);
}

/* NULL: the round is over; the burst waits for its next one, or is over. */
static struct net_addr *
pace_next(struct net_burst *b)
{
	struct net_item	*it;

	while ((it = b->at) != NULL) {
		b->at = TAILQ_NEXT(it, entry);
		if (it->kind == NET_ADDR && it->nif == b->nif &&
		    it->state != ITEM_ABSENT)
			return ((struct net_addr *)it);
	}
	if (--b->rounds == 0) {
		pace_end(b);
		return (NULL);
	}
	b->at = TAILQ_FIRST(&b->vrrp->items);
	TAILQ_REMOVE(&b->nif->bursts[b->urge], b, entry);
	if (b->urge == URGE_FIRST)
		b->urge = URGE_REPEAT;
	TAILQ_INSERT_TAIL(&b->nif->bursts[b->urge], b, entry);
	return (NULL);
}

static void
vec_add(struct pace_vec *vec, const struct net_addr *a)
{
	struct sockaddr_ll	*to = &vec->to[vec->n];
	struct iovec		*iov = &vec->iov[vec->n];
	struct msghdr		*msg = &vec->msg[vec->n].msg_hdr;

	memset(to, 0, sizeof(*to));
	to->sll_family = AF_PACKET;
	to->sll_ifindex = a->item.nif->now.ifindex;
	memset(&vec->msg[vec->n], 0, sizeof(vec->msg[vec->n]));
	iov->iov_base = vec->frame[vec->n];
	iov->iov_len = announce_frame(vec->frame[vec->n], a->item.nif->mac,
	    &a->conf.addr);
	msg->msg_name = to;
	msg->msg_namelen = sizeof(*to);
	msg->msg_iov = iov;
	msg->msg_iovlen = 1;
	if (++vec->n == PACE_VEC)
		vec_send(vec);
}

/* What the link does not take is lost; the rounds after it tell again. */
static void
vec_send(struct pace_vec *vec)
{
	unsigned int	done = 0, lost = 0;
	int		n;

	while (done < vec->n) {
		n = sendmmsg(vec->fd, vec->msg + done, vec->n - done, 0);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			lost++;
			n = 1;
		}
		done += n;
	}
	if (lost > 0)
		log_debug("%u announcements were not sent", lost);
	vec->n = 0;
}
