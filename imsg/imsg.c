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
#include <sys/uio.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "imsg.h"

/* How a message stands in a packet, in host byte order. */
struct imsg_hdr {
	uint32_t	type;
	uint32_t	len;		/* with this header */
	uint32_t	id;
	uint32_t	gen;
};

struct imsg {
	struct imsg_hdr		 hdr;
	const unsigned char	*data;
	struct imsgbuf		*buf;	/* holds the descriptor */
};

/* A packet to be sent. */
struct packet {
	TAILQ_ENTRY(packet)	 entry;
	size_t			 len;
	size_t			 size;
	int			 fd;	/* -1: none */
	unsigned char		 data[];
};
TAILQ_HEAD(packets, packet);

struct imsgbuf {
	int			 fd;
	int			 flags;
	struct packets		 out;
	size_t			 queued;
	unsigned char		*in;	/* the packet received */
	size_t			 in_len;
	size_t			 in_pos;
	int			 in_fd;	/* came with it, unclaimed */
	struct imsg		 msg;
};

/* First size of a packet: most hold a message or two. */
#define PACKET_START	512

static struct packet	*packet_new(size_t, int);
static struct packet	*packet_room(struct imsgbuf *, size_t, int);
static void		 packet_free(struct packet *);
static ssize_t		 packet_send(struct imsgbuf *, struct packet *);
static void		 drop_in_fd(struct imsgbuf *);
static int		 take_fd(struct imsgbuf *, struct msghdr *);

struct imsgbuf *
imsgbuf_new(int fd, int flags)
{
	struct imsgbuf	*buf;

	if ((buf = calloc(1, sizeof(*buf))) == NULL)
		return (NULL);
	buf->fd = fd;
	buf->flags = flags;
	buf->in_fd = -1;
	TAILQ_INIT(&buf->out);
	return (buf);
}

void
imsgbuf_free(struct imsgbuf *buf)
{
	struct packet	*p;

	if (buf == NULL)
		return;
	while ((p = TAILQ_FIRST(&buf->out)) != NULL) {
		TAILQ_REMOVE(&buf->out, p, entry);
		packet_free(p);
	}
	drop_in_fd(buf);
	if (buf->in != NULL)
		freezero(buf->in, IMSG_PACKET_MAX);
	close(buf->fd);
	free(buf);
}

int
imsgbuf_fd(const struct imsgbuf *buf)
{
	return (buf->fd);
}

size_t
imsgbuf_queued(const struct imsgbuf *buf)
{
	return (buf->queued);
}

static void
drop_in_fd(struct imsgbuf *buf)
{
	if (buf->in_fd != -1)
		close(buf->in_fd);
	buf->in_fd = -1;
}

/*
 * Descriptors out of a received packet.  More than one, or any on a channel
 * that carries none, breaks the framing.
 */
static int
take_fd(struct imsgbuf *buf, struct msghdr *mh)
{
	struct cmsghdr	*cm;
	int		*fds;
	size_t		 i, n;

	for (cm = CMSG_FIRSTHDR(mh); cm != NULL; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level != SOL_SOCKET ||
		    cm->cmsg_type != SCM_RIGHTS)
			continue;
		fds = (int *)(void *)CMSG_DATA(cm);
		n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			if (buf->in_fd == -1 && n == 1)
				buf->in_fd = fds[i];
			else
				close(fds[i]);
		}
		if (n != 1)
			return (-1);
	}
	/*
	 * Linux reports descriptors that found no room, or that came where
	 * none may, by this flag alone (recvmsg(2)).
	 */
	return (mh->msg_flags & MSG_CTRUNC ? -1 : 0);
}

int
imsgbuf_read(struct imsgbuf *buf)
{
	union {
		struct cmsghdr	hdr;
		unsigned char	space[CMSG_SPACE(sizeof(int))];
	}		 cmsg;
	struct msghdr	 mh;
	struct iovec	 iov;
	ssize_t		 n;

	if (buf->in == NULL &&
	    (buf->in = malloc(IMSG_PACKET_MAX)) == NULL)
		return (-1);
	drop_in_fd(buf);
	buf->in_len = buf->in_pos = 0;

	memset(&mh, 0, sizeof(mh));
	iov.iov_base = buf->in;
	iov.iov_len = IMSG_PACKET_MAX;
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	if (buf->flags & IMSGBUF_FDPASS) {
		mh.msg_control = &cmsg;
		mh.msg_controllen = sizeof(cmsg);
	}
	/*
	 * A peer that closes with something of ours unread leaves ECONNRESET
	 * for one call (net/unix/af_unix.c unix_release_sock); what it had
	 * sent before is still there behind it.
	 */
	do
		n = recvmsg(buf->fd, &mh, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (n == -1 && (errno == EINTR || errno == ECONNRESET));
	if (n == -1)
		return (errno == EAGAIN ? 1 : -1);
	if (take_fd(buf, &mh) == -1) {
		errno = EBADMSG;
		return (-1);
	}
	if (n == 0)
		return (0);
	if (mh.msg_flags & MSG_TRUNC) {
		errno = EMSGSIZE;
		return (-1);
	}
	buf->in_len = n;
	return (1);
}

int
imsgbuf_get(struct imsgbuf *buf, struct imsg **msgp)
{
	struct imsg	*msg = &buf->msg;
	size_t		 left = buf->in_len - buf->in_pos;

	if (buf->in_pos > 0)
		drop_in_fd(buf);
	if (left == 0)
		return (0);
	if (left < sizeof(msg->hdr))
		goto bad;
	memcpy(&msg->hdr, buf->in + buf->in_pos, sizeof(msg->hdr));
	if (msg->hdr.len < sizeof(msg->hdr) || msg->hdr.len > IMSG_MAX ||
	    msg->hdr.len > left)
		goto bad;
	/* A descriptor belongs to a message that is alone in its packet. */
	if (buf->in_fd != -1 && msg->hdr.len != buf->in_len)
		goto bad;
	msg->data = buf->in + buf->in_pos + sizeof(msg->hdr);
	msg->buf = buf;
	buf->in_pos += msg->hdr.len;
	*msgp = msg;
	return (1);
bad:
	drop_in_fd(buf);
	buf->in_len = buf->in_pos = 0;
	errno = EBADMSG;
	return (-1);
}

static struct packet *
packet_new(size_t size, int fd)
{
	struct packet	*p;

	if ((p = malloc(sizeof(*p) + size)) == NULL)
		return (NULL);
	p->len = 0;
	p->size = size;
	p->fd = fd;
	return (p);
}

static void
packet_free(struct packet *p)
{
	if (p->fd != -1)
		close(p->fd);
	freezero(p, sizeof(*p) + p->size);
}

/*
 * The packet at the end of the queue, with room for len more bytes: the last
 * one if it may still grow that far, else a new one.  NULL: no memory.
 */
static struct packet *
packet_room(struct imsgbuf *buf, size_t len, int fd)
{
	struct packet	*p, *last;
	size_t		 size;

	last = TAILQ_LAST(&buf->out, packets);
	if (last == NULL || fd != -1 || last->fd != -1 ||
	    last->len + len > IMSG_PACKET_MAX) {
		size = len > PACKET_START || fd != -1 ? len : PACKET_START;
		if ((p = packet_new(size, fd)) != NULL)
			TAILQ_INSERT_TAIL(&buf->out, p, entry);
		return (p);
	}
	if (last->size - last->len >= len)
		return (last);

	size = last->size * 2;
	while (size < last->len + len)
		size *= 2;
	if (size > IMSG_PACKET_MAX)
		size = IMSG_PACKET_MAX;
	if ((p = packet_new(size, -1)) == NULL)
		return (NULL);
	memcpy(p->data, last->data, last->len);
	p->len = last->len;
	TAILQ_REMOVE(&buf->out, last, entry);
	packet_free(last);
	TAILQ_INSERT_TAIL(&buf->out, p, entry);
	return (p);
}

static ssize_t
packet_send(struct imsgbuf *buf, struct packet *p)
{
	union {
		struct cmsghdr	hdr;
		unsigned char	space[CMSG_SPACE(sizeof(int))];
	}		 cmsg;
	struct msghdr	 mh;
	struct iovec	 iov;
	ssize_t		 n;

	memset(&mh, 0, sizeof(mh));
	iov.iov_base = p->data;
	iov.iov_len = p->len;
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	if (p->fd != -1) {
		memset(&cmsg, 0, sizeof(cmsg));
		mh.msg_control = &cmsg;
		mh.msg_controllen = sizeof(cmsg);
		cmsg.hdr.cmsg_level = SOL_SOCKET;
		cmsg.hdr.cmsg_type = SCM_RIGHTS;
		cmsg.hdr.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&cmsg.hdr), &p->fd, sizeof(int));
	}
	do
		n = sendmsg(buf->fd, &mh, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	return (n);
}

int
imsgbuf_write(struct imsgbuf *buf)
{
	struct packet	*p;

	while ((p = TAILQ_FIRST(&buf->out)) != NULL) {
		if (packet_send(buf, p) == -1) {
			if (errno == EAGAIN || errno == ENOBUFS)
				return (0);
			return (-1);
		}
		TAILQ_REMOVE(&buf->out, p, entry);
		buf->queued -= p->len;
		packet_free(p);
	}
	return (0);
}

int
imsg_compose(struct imsgbuf *buf, uint32_t type, uint32_t id, uint32_t gen,
    int fd, const void *data, size_t len)
{
	struct iovec	iov;

	/* writev(2)'s structure has no const. */
	iov.iov_base = (void *)(uintptr_t)data;
	iov.iov_len = len;
	return (imsg_composev(buf, type, id, gen, fd, &iov, 1));
}

int
imsg_composev(struct imsgbuf *buf, uint32_t type, uint32_t id, uint32_t gen,
    int fd, const struct iovec *iov, int iovcnt)
{
	struct imsg_hdr	 hdr;
	struct packet	*p;
	size_t		 len = sizeof(hdr);
	int		 i;

	for (i = 0; i < iovcnt; i++) {
		if (iov[i].iov_len > IMSG_MAX - len) {
			errno = EMSGSIZE;
			return (-1);
		}
		len += iov[i].iov_len;
	}
	if (fd != -1 &&
	    (buf->flags & (IMSGBUF_FDPASS | IMSGBUF_FDSEND)) == 0) {
		errno = EINVAL;
		return (-1);
	}
	if ((p = packet_room(buf, len, fd)) == NULL)
		return (-1);
	hdr.type = type;
	hdr.len = len;
	hdr.id = id;
	hdr.gen = gen;
	memcpy(p->data + p->len, &hdr, sizeof(hdr));
	p->len += sizeof(hdr);
	for (i = 0; i < iovcnt; i++) {
		if (iov[i].iov_len == 0)
			continue;
		memcpy(p->data + p->len, iov[i].iov_base, iov[i].iov_len);
		p->len += iov[i].iov_len;
	}
	buf->queued += len;
	return (0);
}

uint32_t
imsg_type(const struct imsg *msg)
{
	return (msg->hdr.type);
}

uint32_t
imsg_id(const struct imsg *msg)
{
	return (msg->hdr.id);
}

uint32_t
imsg_gen(const struct imsg *msg)
{
	return (msg->hdr.gen);
}

size_t
imsg_len(const struct imsg *msg)
{
	return (msg->hdr.len - sizeof(msg->hdr));
}

int
imsg_get_data(const struct imsg *msg, void *data, size_t len)
{
	return (imsg_get_tail(msg, 0, data, len));
}

int
imsg_get_head(const struct imsg *msg, void *data, size_t len)
{
	if (imsg_len(msg) < len)
		return (-1);
	memcpy(data, msg->data, len);
	return (0);
}

int
imsg_get_tail(const struct imsg *msg, size_t off, void *data, size_t len)
{
	if (imsg_len(msg) < off || imsg_len(msg) - off != len)
		return (-1);
	if (len > 0)
		memcpy(data, msg->data + off, len);
	return (0);
}

int
imsg_get_fd(struct imsg *msg)
{
	int	fd = msg->buf->in_fd;

	msg->buf->in_fd = -1;
	return (fd);
}
