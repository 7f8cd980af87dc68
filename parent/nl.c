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

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "nl.h"

/*
 * Receive buffer: an answer takes about 800 bytes of kernel memory however
 * short it is, and all requests of a send may fail.
 */
#define NL_RCVBUF	(4 * 1024 * 1024)
/* Bytes read at once; the kernel fills a dump's messages up to 32 kB. */
#define NL_READ_SIZE	65536
/* Answers are there when a send returns; this bounds a wait for a bug. */
#define NL_WAIT_MS	2000
/* Fewest requests in a send, however often answers are lost. */
#define NL_BATCH_MIN	16

static int	 nlconn_answer(struct nlconn *, uint32_t, struct nlmsghdr *,
		    nl_message, void *, int *);
static void	 nlbatch_answer(struct nlbatch *, struct nlmsghdr *, int *);
static char	*nl_error_text(const struct nlmsghdr *);

int
nlconn_open(struct nlconn *c, int protocol)
{
	int	size = NL_RCVBUF, one = 1, error;

	memset(c, 0, sizeof(*c));
	c->fd = -1;
	if ((c->rbuf = malloc(NL_READ_SIZE)) == NULL)
		return (-1);
	c->rsize = NL_READ_SIZE;
	if ((c->sk = nl_socket_alloc()) == NULL) {
		errno = ENOMEM;
		goto fail;
	}
	errno = 0;
	if (nl_connect(c->sk, protocol) < 0) {
		if (errno == 0)
			errno = EPROTONOSUPPORT;
		goto fail;
	}
	c->fd = nl_socket_get_fd(c->sk);
	c->port = nl_socket_get_local_port(c->sk);
	c->seq = 1;
	/* The forced size needs CAP_NET_ADMIN; the bounded one will do. */
	if (setsockopt(c->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
	    sizeof(size)) == -1)
		(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &size,
		    sizeof(size));
	/* Answers shall not repeat the request; old kernels do, harmlessly. */
	(void)setsockopt(c->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one,
	    sizeof(one));
	(void)setsockopt(c->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one,
	    sizeof(one));
	return (0);
fail:
	error = errno;
	nlconn_close(c);
	errno = error;
	return (-1);
}

void
nlconn_close(struct nlconn *c)
{
	if (c->sk != NULL)
		nl_socket_free(c->sk);
	free(c->rbuf);
	memset(c, 0, sizeof(*c));
	c->fd = -1;
}

int
nlconn_receive(struct nlconn *c, int ms, size_t *len)
{
	struct sockaddr_nl	 from;
	struct iovec		 iov;
	struct msghdr		 msg;
	struct pollfd		 pfd;
	ssize_t			 n;

	for (;;) {
		iov.iov_base = c->rbuf;
		iov.iov_len = c->rsize;
		memset(&msg, 0, sizeof(msg));
		msg.msg_name = &from;
		msg.msg_namelen = sizeof(from);
		msg.msg_iov = &iov;
		msg.msg_iovlen = 1;
		n = recvmsg(c->fd, &msg, MSG_DONTWAIT);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN) {
			pfd.fd = c->fd;
			pfd.events = POLLIN;
			if ((n = poll(&pfd, 1, ms)) == 0)
				return (ETIMEDOUT);
			if (n == -1 && errno != EINTR)
				return (errno);
			continue;
		}
		if (n == -1)
			return (errno);
		if (msg.msg_flags & MSG_TRUNC)
			return (EMSGSIZE);
		/* Only the kernel may speak here, and it has port 0. */
		if (n == 0 || msg.msg_namelen != sizeof(from) ||
		    from.nl_pid != 0)
			continue;
		*len = n;
		return (0);
	}
}

int
nlconn_query(struct nlconn *c, struct nl_msg *msg, int flags, nl_message cb,
    void *arg)
{
	struct nlmsghdr	*nlh;
	uint32_t	 seq;
	size_t		 len;
	int		 error, left, end = 0;

	if (msg == NULL)
		return (ENOMEM);
	nlh = nlmsg_hdr(msg);
	nlh->nlmsg_flags |= NLM_F_REQUEST | flags;
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	nlh->nlmsg_seq = seq = c->seq++;
	nlh->nlmsg_pid = c->port;
	error = send(c->fd, nlh, nlh->nlmsg_len, 0) == -1 ? errno : 0;
	nlmsg_free(msg);
	while (error == 0 && !end) {
		if ((error = nlconn_receive(c, NL_WAIT_MS, &len)) != 0)
			break;
		left = len;
		for (nlh = (struct nlmsghdr *)c->rbuf; nlmsg_ok(nlh, left) &&
		    !end; nlh = nlmsg_next(nlh, &left))
			if ((error = nlconn_answer(c, seq, nlh, cb, arg,
			    &end)) != 0)
				break;
	}
	return (error);
}

/* One message while the answer to seq is awaited; sets end at its last. */
static int
nlconn_answer(struct nlconn *c, uint32_t seq, struct nlmsghdr *nlh,
    nl_message cb, void *arg, int *end)
{
	struct nlmsgerr	*e;

	/* What is left of an earlier query that was ended early. */
	if (nlh->nlmsg_seq != seq || nlh->nlmsg_pid != c->port)
		return (0);
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		return (EINTR);
	switch (nlh->nlmsg_type) {
	case NLMSG_NOOP:
		return (0);
	case NLMSG_OVERRUN:
		return (ENOBUFS);
	case NLMSG_DONE:
		*end = 1;
		return (0);
	case NLMSG_ERROR:
		*end = 1;
		e = nlmsg_data(nlh);
		if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
			return (EBADMSG);
		return (-e->error);
	default:
		return (cb == NULL ? 0 : cb(nlh, arg));
	}
}

void
nlbatch_init(struct nlbatch *b)
{
	memset(b, 0, offsetof(struct nlbatch, buf));
	b->max = NL_BATCH_OPS;
}

void
nlbatch_reset(struct nlbatch *b)
{
	unsigned int	i;

	for (i = 0; i < b->n; i++) {
		free(b->text[i]);
		b->text[i] = NULL;
		b->error[i] = 0;
	}
	b->n = 0;
	b->len = 0;
	b->last = 0;
	b->lost = 0;
}

int
nlbatch_full(const struct nlbatch *b)
{
	return (b->n >= b->max || b->len + NL_MSG_SIZE > sizeof(b->buf));
}

int
nlbatch_add(struct nlbatch *b, struct nl_msg *msg)
{
	struct nlmsghdr	*nlh;
	int		 i = -1;

	if (msg == NULL) {
		errno = ENOMEM;
		return (-1);
	}
	nlh = nlmsg_hdr(msg);
	if (nlbatch_full(b) || nlh->nlmsg_len > NL_MSG_SIZE) {
		errno = ENOSPC;
		goto done;
	}
	nlh->nlmsg_flags |= NLM_F_REQUEST;
	nlh->nlmsg_flags &= ~NLM_F_ACK;
	memcpy(b->buf + b->len, nlh, nlh->nlmsg_len);
	memset(b->buf + b->len + nlh->nlmsg_len, 0,
	    NLMSG_ALIGN(nlh->nlmsg_len) - nlh->nlmsg_len);
	b->last = b->len;
	b->len += NLMSG_ALIGN(nlh->nlmsg_len);
	i = b->n++;
done:
	nlmsg_free(msg);
	return (i);
}

int
nlbatch_send(struct nlconn *c, struct nlbatch *b)
{
	struct nlmsghdr	*nlh;
	size_t		 off, len;
	int		 error, left, end = 0;

	if (b->n == 0)
		return (0);
	b->first = c->seq;
	for (off = 0; off < b->len; off += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (struct nlmsghdr *)(b->buf + off);
		nlh->nlmsg_seq = c->seq++;
		nlh->nlmsg_pid = c->port;
		if (off == b->last)
			nlh->nlmsg_flags |= NLM_F_ACK;
	}
	if (send(c->fd, b->buf, b->len, 0) == -1)
		return (-1);
	while (!end) {
		/*
		 * When the queue has overflowed read what is left of it, but
		 * wait for nothing: the end may be what was lost.
		 */
		if ((error = nlconn_receive(c, b->lost ? 0 : NL_WAIT_MS,
		    &len)) != 0) {
			if (b->lost || error != ENOBUFS) {
				b->lost = 1;
				break;
			}
			b->lost = 1;
			continue;
		}
		left = len;
		for (nlh = (struct nlmsghdr *)c->rbuf; nlmsg_ok(nlh, left);
		    nlh = nlmsg_next(nlh, &left))
			if (nlh->nlmsg_pid == c->port)
				nlbatch_answer(b, nlh, &end);
	}
	if (b->lost && b->max / 2 >= NL_BATCH_MIN)
		b->max = (b->n < b->max ? b->n : b->max) / 2;
	if (b->max < NL_BATCH_MIN)
		b->max = NL_BATCH_MIN;
	return (0);
}

/* Note one answer with the request it belongs to. */
static void
nlbatch_answer(struct nlbatch *b, struct nlmsghdr *nlh, int *end)
{
	const struct nlmsgerr	*e;
	uint32_t		 i;

	if (nlh->nlmsg_type != NLMSG_ERROR ||
	    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
		return;
	if ((i = nlh->nlmsg_seq - b->first) >= b->n)
		return;
	e = NLMSG_DATA(nlh);
	if (e->error != 0 && b->error[i] == 0) {
		b->error[i] = -e->error;
		b->text[i] = nl_error_text(nlh);
	}
	if (i == b->n - 1)
		*end = 1;
}

/* The kernel's words that may follow an error (NLMSGERR_ATTR_MSG). */
static char *
nl_error_text(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr	*e = NLMSG_DATA(nlh);
	const struct nlattr	*a;
	size_t			 off, len;

	if ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) == 0)
		return (NULL);
	off = NLMSG_LENGTH(sizeof(*e));
	if ((nlh->nlmsg_flags & NLM_F_CAPPED) == 0) {
		if (e->msg.nlmsg_len < sizeof(e->msg) ||
		    e->msg.nlmsg_len > nlh->nlmsg_len)
			return (NULL);
		off += NLMSG_ALIGN(e->msg.nlmsg_len) - sizeof(e->msg);
	}
	while (off + sizeof(*a) <= nlh->nlmsg_len) {
		a = (const void *)((const unsigned char *)nlh + off);
		if (a->nla_len < sizeof(*a) ||
		    a->nla_len > nlh->nlmsg_len - off)
			return (NULL);
		len = a->nla_len - sizeof(*a);
		if ((a->nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG)
			return (strndup((const char *)(a + 1), len));
		off += NLA_ALIGN(a->nla_len);
	}
	return (NULL);
}
