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

#include <sys/epoll.h>

#include <event2/event.h>
#include <unistd.h>

#include "../imsg/log.h"
#include "check.h"

/*
 * Sockets of the checks that are made most.  They are waited for in a set of
 * their own, which libevent sees as one descriptor: a socket leaves it by being
 * closed, one system call less for each check, and errors are told as such.
 */

/* So many are quickly done with: the clock is read once for all of them. */
#define READY_CLOCK	16

static void	ready_come(int, short, void *);

void
ready_init(struct hce *hce)
{
	struct ready	*r = &hce->ready;

	if ((r->fd = epoll_create1(EPOLL_CLOEXEC)) == -1)
		fatal("epoll_create1");
	event_assign(&r->ev, hce->base, r->fd, EV_READ | EV_PERSIST,
	    ready_come, hce);
	if (event_add(&r->ev, NULL) == -1)
		fatalx("no memory for an event");
}

void
ready_close(struct hce *hce)
{
	event_del(&hce->ready.ev);
	close(hce->ready.fd);
}

int
ready_add(struct probe *probe, int fd)
{
	struct epoll_event	 ev = { .events = EPOLLIN | EPOLLOUT |
				    EPOLLET, .data.ptr = probe };

	return (epoll_ctl(probe->check->hce->ready.fd, EPOLL_CTL_ADD, fd, &ev));
}

/*
 * A socket of the parent's is in the set until that has closed it too, which
 * may be later.
 */
void
ready_end(struct probe *probe, int fd)
{
	struct ready	*r = &probe->check->hce->ready;
	int		 i;

	if (check_privileged(&probe->check->conf))
		(void)epoll_ctl(r->fd, EPOLL_CTL_DEL, fd, NULL);
	close(fd);
	/* Nothing more has come for the one that is looked at. */
	for (i = 0; i < r->n && probe != r->at; i++)
		if (r->come[i].data.ptr == probe)
			r->come[i].data.ptr = NULL;
}

static void
ready_come(int, short, void *arg)
{
	struct hce	*hce = arg;
	struct ready	*r = &hce->ready;
	struct probe	*probe;
	int		 i;

	r->n = epoll_wait(r->fd, r->come, READY_MAX, 0);
	for (i = 0; i < r->n; i++) {
		if (i % READY_CLOCK == 0)
			r->now.us = 0;
		if ((r->at = probe = r->come[i].data.ptr) != NULL)
			probe->check->method->ready(probe,
			    r->come[i].events);
	}
	r->n = 0;
	r->at = NULL;
}

struct monotime
ready_now(struct hce *hce)
{
	struct ready	*r = &hce->ready;

	if (r->n <= 0 || !monotime_isset(r->now))
		r->now = monotime_now();
	return (r->now);
}
