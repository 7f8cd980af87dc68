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

#include <bsd/string.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "imsg.h"
#include "log.h"
#include "peer.h"

/* Packets read in a turn of the loop before others get theirs. */
#define PEER_BURST	16

struct peer {
	struct imsgbuf		*buf;
	struct event		*ev_read;
	struct event		*ev_write;
	const struct peer_ops	*ops;
	void			*arg;
	void			(*sent)(struct peer *, void *);
	enum proc		 self;
	enum proc		 other;
	enum peer_down		 why;
	uint32_t		 gen;
	size_t			 limit;
	int			 over;		/* down() is due or done */
	int			 told;		/* down() was called */
	int			 busy;		/* inside a callback */
	int			 closed;	/* free when not busy */
	char			 name[NAME_LEN];
};

static void	peer_read_cb(evutil_socket_t, short, void *);
static void	peer_write_cb(evutil_socket_t, short, void *);
static void	peer_over(struct peer *, enum peer_down);
static void	peer_tell_down(struct peer *);
static void	peer_free(struct peer *);
static int	peer_read_packet(struct peer *);
static int	peer_message(struct peer *, struct imsg *);

struct peer *
peer_open(struct event_base *base, int fd, enum proc self, enum proc other,
    const char *name, int flags, const struct peer_ops *ops, void *arg)
{
	struct peer	*p;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (NULL);
	p->self = self;
	p->other = other;
	p->ops = ops;
	p->arg = arg;
	strlcpy(p->name, name, sizeof(p->name));
	p->ev_read = event_new(base, fd, EV_READ | EV_PERSIST, peer_read_cb, p);
	p->ev_write = event_new(base, fd, EV_WRITE, peer_write_cb, p);
	if (p->ev_read == NULL || p->ev_write == NULL ||
	    event_add(p->ev_read, NULL) == -1)
		goto fail;
	p->buf = imsgbuf_new(fd,
	    (flags & PEER_F_FDPASS ? IMSGBUF_FDPASS : 0) |
	    (flags & PEER_F_FDSEND ? IMSGBUF_FDSEND : 0));
	if (p->buf == NULL)
		goto fail;
	return (p);
fail:
	peer_free(p);
	return (NULL);
}

static void
peer_free(struct peer *p)
{
	if (p->ev_read != NULL)
		event_free(p->ev_read);
	if (p->ev_write != NULL)
		event_free(p->ev_write);
	imsgbuf_free(p->buf);
	free(p);
}

void
peer_close(struct peer *p)
{
	if (p == NULL)
		return;
	p->over = p->told = 1;
	if (p->busy) {
		event_del(p->ev_read);
		event_del(p->ev_write);
		p->closed = 1;
		return;
	}
	peer_free(p);
}

/*
 * The link is over.  The owner hears of it from the loop and not from here,
 * so that nothing vanishes under a caller of peer_send().
 */
static void
peer_over(struct peer *p, enum peer_down why)
{
	if (p->over)
		return;
	p->over = 1;
	p->why = why;
	event_del(p->ev_read);
	event_active(p->ev_write, EV_WRITE, 0);
}

static void
peer_tell_down(struct peer *p)
{
	if (p->told)
		return;
	p->told = 1;
	event_del(p->ev_read);
	event_del(p->ev_write);
	p->busy++;
	p->ops->down(p, p->why, p->arg);
	p->busy--;
	if (p->closed)
		peer_free(p);
}

int
peer_send(struct peer *p, enum msg_type type, uint32_t id, int fd,
    const void *data, size_t len)
{
	if (p->over)
		goto fail;
	if (p->limit != 0 && imsgbuf_queued(p->buf) + len > p->limit) {
		peer_over(p, PEER_SLOW);
		goto fail;
	}
	if (imsg_compose(p->buf, type, id, p->gen, fd, data, len) == -1) {
		log_warn("%s to %s", msg_name(type), p->name);
		peer_over(p, PEER_ERROR);
		goto fail;
	}
	event_add(p->ev_write, NULL);
	return (0);
fail:
	if (fd != -1)
		close(fd);
	return (-1);
}

int
peer_send2(struct peer *p, enum msg_type type, uint32_t id, const void *head,
    size_t headlen, const void *tail, size_t taillen)
{
	unsigned char	payload[IMSG_MAX];

	if (headlen > sizeof(payload) || taillen > sizeof(payload) - headlen) {
		log_warnx("%s to %s: %zu bytes are too long", msg_name(type),
		    p->name, headlen + taillen);
		return (-1);
	}
	memcpy(payload, head, headlen);
	if (taillen > 0)
		memcpy(payload + headlen, tail, taillen);
	return (peer_send(p, type, id, -1, payload, headlen + taillen));
}

void
peer_set_gen(struct peer *p, uint32_t gen)
{
	p->gen = gen;
}

void
peer_set_sent(struct peer *p, void (*sent)(struct peer *, void *))
{
	p->sent = sent;
}

void
peer_set_limit(struct peer *p, size_t limit)
{
	p->limit = limit;
}

void
peer_hold(struct peer *p, int hold)
{
	if (p->over)
		return;
	if (hold)
		event_del(p->ev_read);
	else
		event_add(p->ev_read, NULL);
}

void
peer_flush(struct peer *p)
{
	if (!p->over && imsgbuf_write(p->buf) == -1 && errno != EPIPE &&
	    errno != ECONNRESET)
		peer_over(p, PEER_ERROR);
}

size_t
peer_queued(const struct peer *p)
{
	return (imsgbuf_queued(p->buf));
}

enum proc
peer_proc(const struct peer *p)
{
	return (p->other);
}

const char *
peer_name(const struct peer *p)
{
	return (p->name);
}

int
peer_fd(const struct peer *p)
{
	return (imsgbuf_fd(p->buf));
}

static void
peer_write_cb(evutil_socket_t, short, void *arg)
{
	struct peer	*p = arg;

	if (p->over) {
		peer_tell_down(p);
		return;
	}
	if (imsgbuf_write(p->buf) == -1) {
		/* Its last words may wait to be read; then comes the end. */
		if (errno == EPIPE || errno == ECONNRESET)
			return;
		log_warn("writing to %s", p->name);
		p->over = 1;
		p->why = PEER_ERROR;
		peer_tell_down(p);
		return;
	}
	if (imsgbuf_queued(p->buf) > 0)
		event_add(p->ev_write, NULL);
	else if (p->sent != NULL) {
		p->busy++;
		p->sent(p, p->arg);
		p->busy--;
		if (p->closed)
			peer_free(p);
	}
}

static void
peer_read_cb(evutil_socket_t, short, void *arg)
{
	struct peer	*p = arg;
	int		 i;

	p->busy++;
	for (i = 0; i < PEER_BURST; i++)
		if (!peer_read_packet(p))
			break;
	p->busy--;
	if (p->closed)
		peer_free(p);
	else if (p->over)
		peer_tell_down(p);
}

/* One packet with all its messages; 0: nothing more to read now. */
static int
peer_read_packet(struct peer *p)
{
	struct imsg	*msg;
	int		 n, any = 0;

	switch (imsgbuf_read(p->buf)) {
	case 0:
		p->over = 1;
		p->why = PEER_CLOSED;
		return (0);
	case -1:
		p->over = 1;
		p->why = errno == EBADMSG || errno == EMSGSIZE ? PEER_BAD :
		    PEER_ERROR;
		log_warn("reading from %s", p->name);
		return (0);
	}
	while ((n = imsgbuf_get(p->buf, &msg)) == 1) {
		any = 1;
		if (peer_message(p, msg) == -1 && !p->over) {
			log_warnx("%s from %s does not make sense",
			    msg_name(imsg_type(msg)), p->name);
			p->over = 1;
			p->why = PEER_BAD;
		}
		if (p->over)
			return (0);
	}
	if (n == -1) {
		log_warnx("broken framing from %s", p->name);
		p->over = 1;
		p->why = PEER_BAD;
		return (0);
	}
	return (any);
}

static int
peer_message(struct peer *p, struct imsg *msg)
{
	const char	*wrong;

	wrong = msg_check(imsg_type(msg), p->other, p->self, imsg_len(msg));
	if (wrong != NULL) {
		log_warnx("%s from %s: %s", msg_name(imsg_type(msg)), p->name,
		    wrong);
		p->over = 1;
		p->why = PEER_BAD;
		return (-1);
	}
	return (p->ops->message(p, msg, p->arg));
}
