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
 * Framing: borders of messages and packets, descriptors on every border,
 * the largest and the broken ones.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../../imsg/imsg.h"
#include "tap.h"

struct raw_hdr {
	uint32_t	type, len, id, gen;
};

static void	pair(int [2]);
static void	pair_bufs(struct imsgbuf *[2], int);
static void	send_raw(int, const void *, size_t, int);
static void	test_one(void);
static void	test_many(void);
static void	test_limits(void);
static void	test_getters(void);
static void	test_fd(void);
static void	test_fd_refused(void);
static void	test_broken(void);
static void	test_closed(void);
static void	test_last_words(void);
static int	open_fds(void);

static void
pair(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, fds) == -1)
		abort();
}

static void
pair_bufs(struct imsgbuf *b[2], int flags)
{
	int	fds[2];

	pair(fds);
	b[0] = imsgbuf_new(fds[0], flags);
	b[1] = imsgbuf_new(fds[1], flags);
	if (b[0] == NULL || b[1] == NULL)
		abort();
}

static void
send_raw(int sock, const void *data, size_t len, int fd)
{
	union {
		struct cmsghdr	hdr;
		unsigned char	space[CMSG_SPACE(sizeof(int))];
	}		 cmsg;
	struct msghdr	 mh;
	struct iovec	 iov;

	memset(&mh, 0, sizeof(mh));
	iov.iov_base = (void *)(uintptr_t)data;
	iov.iov_len = len;
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	if (fd != -1) {
		mh.msg_control = &cmsg;
		mh.msg_controllen = sizeof(cmsg);
		cmsg.hdr.cmsg_level = SOL_SOCKET;
		cmsg.hdr.cmsg_type = SCM_RIGHTS;
		cmsg.hdr.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&cmsg.hdr), &fd, sizeof(int));
	}
	if (sendmsg(sock, &mh, 0) == -1)
		abort();
}

static int
open_fds(void)
{
	int	fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			n++;
	return (n);
}

static void
test_one(void)
{
	struct imsgbuf	*b[2];
	struct imsg	*m = NULL;
	char		 got[6];

	pair_bufs(b, 0);
	is_int(imsg_compose(b[0], 7, 11, 13, -1, "hello", 6), 0, "compose");
	is_int(imsgbuf_queued(b[0]), 22, "queued with its header");
	is_int(imsgbuf_write(b[0]), 0, "write");
	is_int(imsgbuf_queued(b[0]), 0, "all sent");
	is_int(imsgbuf_read(b[1]), 1, "read");
	is_int(imsgbuf_get(b[1], &m), 1, "get");
	is_int(imsg_type(m), 7, "type");
	is_int(imsg_id(m), 11, "id");
	is_int(imsg_gen(m), 13, "generation");
	is_int(imsg_len(m), 6, "length");
	is_int(imsg_get_data(m, got, sizeof(got)), 0, "data");
	is_str(got, "hello", "the payload");
	is_int(imsg_get_fd(m), -1, "no descriptor");
	is_int(imsgbuf_get(b[1], &m), 0, "no second message");
	is_int(imsgbuf_read(b[1]), 1, "nothing there is no error");
	is_int(imsgbuf_get(b[1], &m), 0, "and no message");
	imsgbuf_free(b[0]);
	imsgbuf_free(b[1]);
}

/* More than the socket takes at once: order and count must hold. */
static void
test_many(void)
{
	struct imsgbuf	*b[2];
	struct imsg	*m;
	uint32_t	 i, got = 0, val, packets = 0;
	int		 wrong = 0;

	pair_bufs(b, 0);
	for (i = 0; i < 100000; i++)
		if (imsg_compose(b[0], 1, i, 0, -1, &i, sizeof(i)) == -1)
			abort();
	while (got < 100000) {
		if (imsgbuf_write(b[0]) == -1 || imsgbuf_read(b[1]) != 1)
			break;
		packets++;
		while (imsgbuf_get(b[1], &m) == 1) {
			if (imsg_get_data(m, &val, sizeof(val)) == -1 ||
			    val != got || imsg_id(m) != got)
				wrong++;
			got++;
		}
	}
	is_int(got, 100000, "all messages arrive");
	is_int(wrong, 0, "in order and whole");
	ok(packets <= 100000 * 20 / IMSG_PACKET_MAX + 2,
	    "many to a packet (%u packets)", packets);
	imsgbuf_free(b[0]);
	imsgbuf_free(b[1]);
}

static void
test_limits(void)
{
	static unsigned char	 big[IMSG_MAX], got[IMSG_MAX];
	struct imsgbuf		*b[2];
	struct imsg		*m;
	size_t			 most = IMSG_MAX - sizeof(struct raw_hdr);

	pair_bufs(b, 0);
	memset(big, 0xa5, sizeof(big));
	is_int(imsg_compose(b[0], 1, 0, 0, -1, big, most), 0, "the largest");
	is_int(imsg_compose(b[0], 1, 0, 0, -1, big, most + 1), -1,
	    "one byte more is refused");
	is_int(errno, EMSGSIZE, "with EMSGSIZE");
	is_int(imsg_compose(b[0], 1, 0, 0, -1, big, SIZE_MAX), -1,
	    "an overflowing length is refused");
	imsg_compose(b[0], 2, 0, 0, -1, NULL, 0);
	imsgbuf_write(b[0]);
	imsgbuf_read(b[1]);
	is_int(imsgbuf_get(b[1], &m), 1, "the largest arrives");
	is_int(imsg_get_data(m, got, most), 0, "with its length");
	is_mem(got, big, most, "and its bytes");
	is_int(imsgbuf_get(b[1], &m), 1, "the empty one too");
	is_int(imsg_len(m), 0, "with no bytes");
	is_int(imsg_get_data(m, NULL, 0), 0, "which can be asked for");
	imsgbuf_free(b[0]);
	imsgbuf_free(b[1]);
}

static void
test_getters(void)
{
	struct imsgbuf	*b[2];
	struct imsg	*m;
	char		 got[8];

	pair_bufs(b, 0);
	imsg_compose(b[0], 1, 0, 0, -1, "12345678", 8);
	imsgbuf_write(b[0]);
	imsgbuf_read(b[1]);
	imsgbuf_get(b[1], &m);
	is_int(imsg_get_data(m, got, 7), -1, "data: shorter is refused");
	is_int(imsg_get_data(m, got, 9), -1, "data: longer is refused");
	is_int(imsg_get_head(m, got, 3), 0, "head: less than all");
	is_mem(got, "123", 3, "is its beginning");
	is_int(imsg_get_head(m, got, 9), -1, "head: more is refused");
	is_int(imsg_get_tail(m, 3, got, 5), 0, "tail: the rest");
	is_mem(got, "45678", 5, "is its end");
	is_int(imsg_get_tail(m, 3, got, 4), -1, "tail: not all is refused");
	is_int(imsg_get_tail(m, 3, got, 6), -1, "tail: more is refused");
	is_int(imsg_get_tail(m, 9, got, SIZE_MAX), -1,
	    "tail: an offset beyond is refused");
	is_int(imsg_get_tail(m, 8, got, 0), 0, "tail: an empty one");
	imsgbuf_free(b[0]);
	imsgbuf_free(b[1]);
}

/* A descriptor between other messages stays with its own. */
static void
test_fd(void)
{
	struct imsgbuf	*b[2];
	struct imsg	*m;
	int		 p[2], i, fd, before, with = 0, type = 0;

	before = open_fds();
	pair_bufs(b, IMSGBUF_FDPASS);
	if (pipe(p) == -1)
		abort();
	imsg_compose(b[0], 1, 0, 0, -1, "x", 1);
	imsg_compose(b[0], 2, 0, 0, p[0], "y", 1);
	imsg_compose(b[0], 3, 0, 0, -1, "z", 1);
	imsg_compose(b[0], 4, 0, 0, p[1], NULL, 0);
	imsgbuf_write(b[0]);
	for (i = 0; i < 8; i++) {
		if (imsgbuf_read(b[1]) != 1)
			break;
		while (imsgbuf_get(b[1], &m) == 1) {
			is_int(imsg_type(m), ++type, "message %d in order",
			    type);
			/* the second descriptor is left unclaimed */
			if (imsg_type(m) == 4)
				continue;
			if ((fd = imsg_get_fd(m)) != -1) {
				is_int(imsg_type(m), 2, "with its message");
				is_int(fcntl(fd, F_GETFD), FD_CLOEXEC,
				    "close on exec");
				with++;
				close(fd);
			}
		}
	}
	is_int(type, 4, "all four came");
	is_int(with, 1, "one descriptor claimed");
	imsg_compose(b[0], 5, 0, 0, dup(0), NULL, 0);
	imsgbuf_free(b[0]);
	imsgbuf_free(b[1]);
	is_int(open_fds(), before, "none left open, sent, unsent or unclaimed");
}

static void
test_fd_refused(void)
{
	struct raw_hdr	 h[2] = {
		{ 1, sizeof(h[0]), 0, 0 }, { 1, sizeof(h[0]), 0, 0 }
	};
	struct imsgbuf	*b;
	struct imsg	*m;
	int		 fds[2], before;

	before = open_fds();
	pair(fds);
	b = imsgbuf_new(fds[1], 0);
	is_int(imsg_compose(b, 1, 0, 0, 0, NULL, 0), -1,
	    "no descriptor is sent on a channel without");
	is_int(errno, EINVAL, "with EINVAL");
	send_raw(fds[0], h, sizeof(h[0]), 0);
	is_int(imsgbuf_read(b), -1, "and none is taken");
	is_int(errno, EBADMSG, "with EBADMSG");
	imsgbuf_free(b);
	close(fds[0]);

	pair(fds);
	b = imsgbuf_new(fds[1], IMSGBUF_FDPASS);
	send_raw(fds[0], h, sizeof(h), 0);
	is_int(imsgbuf_read(b), 1, "a descriptor with two messages");
	is_int(imsgbuf_get(b, &m), -1, "breaks the framing");
	imsgbuf_free(b);
	close(fds[0]);
	is_int(open_fds(), before, "nothing stays open");
}

static void
test_broken(void)
{
	static unsigned char	 big[IMSG_PACKET_MAX + 1];
	static const struct {
		const char	*what;
		struct raw_hdr	 h;
		size_t		 len;
	}			 bad[] = {
		{ "header cut", { 1, 16, 0, 0 }, 15 },
		{ "one byte", { 1, 16, 0, 0 }, 1 },
		{ "length below the header", { 1, 15, 0, 0 }, 16 },
		{ "length zero", { 1, 0, 0, 0 }, 16 },
		{ "length beyond the packet", { 1, 17, 0, 0 }, 16 },
		{ "length beyond all", { 1, UINT32_MAX, 0, 0 }, 16 }
	};
	struct imsgbuf		*b;
	struct imsg		*m;
	size_t			 i;
	int			 fds[2];

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		pair(fds);
		b = imsgbuf_new(fds[1], 0);
		send_raw(fds[0], &bad[i].h, bad[i].len, -1);
		imsgbuf_read(b);
		is_int(imsgbuf_get(b, &m), -1, "%s", bad[i].what);
		is_int(imsgbuf_get(b, &m), 0, "%s: nothing behind",
		    bad[i].what);
		imsgbuf_free(b);
		close(fds[0]);
	}
	pair(fds);
	b = imsgbuf_new(fds[1], 0);
	send_raw(fds[0], big, sizeof(big), -1);
	is_int(imsgbuf_read(b), -1, "a packet that is too long");
	is_int(errno, EMSGSIZE, "with EMSGSIZE");
	imsgbuf_free(b);
	close(fds[0]);
}

static void
test_closed(void)
{
	struct imsgbuf	*b[2];

	pair_bufs(b, 0);
	imsgbuf_free(b[0]);
	imsg_compose(b[1], 1, 0, 0, -1, NULL, 0);
	is_int(imsgbuf_write(b[1]), -1, "writing to a closed peer");
	is_int(errno, EPIPE, "with EPIPE");
	is_int(imsgbuf_read(b[1]), 0, "reading from it");
	imsgbuf_free(b[1]);
}

/* What a peer sent before it went is read, though it left ours unread. */
static void
test_last_words(void)
{
	struct imsgbuf	*b[2];
	struct imsg	*m;

	pair_bufs(b, 0);
	imsg_compose(b[1], 1, 0, 0, -1, NULL, 0);
	imsgbuf_write(b[1]);
	imsg_compose(b[0], 9, 0, 0, -1, NULL, 0);
	imsgbuf_write(b[0]);
	imsgbuf_free(b[0]);
	is_int(imsgbuf_read(b[1]), 1, "last words are read");
	is_int(imsgbuf_get(b[1], &m), 1, "there they are");
	is_int(imsg_type(m), 9, "whole");
	is_int(imsgbuf_read(b[1]), 0, "then the end");
	imsgbuf_free(b[1]);
}

int
main(void)
{
	test_one();
	test_many();
	test_limits();
	test_getters();
	test_fd();
	test_fd_refused();
	test_broken();
	test_closed();
	test_last_words();
	return (done_testing());
}
