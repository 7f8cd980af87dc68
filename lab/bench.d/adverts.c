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
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <arpa/inet.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <linux/net_tstamp.h>

/*
 * Who listens to adverts, for lab/bench_vrrp.
 *
 * adverts INTERFACE
 *	Hears the adverts on the interface until it gets SIGTERM, then prints
 *	in one line: routers (VRIDs) heard; adverts; the microseconds from the
 *	first advert of all to the last first one of a router; the longest
 *	time between two adverts of one router; how often the sender of a
 *	router's adverts changed; adverts of priority 0; the time of the first
 *	one in microseconds since 1970, and of the one before the first of
 *	those changes.  SIGUSR1 prints the same and begins anew, but for who
 *	sends.
 *
 * adverts INTERFACE once
 *	Ends as soon as it hears one.
 *
 * Times are the kernel's of arrival, so that it does not matter when this
 * program comes to read.
 */

#define PROTO		112		/* VRRP */
#define GROUP		0xe0000012	/* 224.0.0.18 */
#define RCVBUF		(16 * 1024 * 1024)
#define ROUTERS		256

struct router {
	int64_t		last;		/* microseconds, 0: not heard */
	in_addr_t	src;		/* sender, 0: none yet */
};

struct tally {
	int64_t		first;		/* advert of all, 0: none */
	int64_t		last_first;
	int64_t		gap;
	int64_t		before;		/* the first change */
	unsigned long	adverts;
	unsigned long	changes;
	unsigned long	released;
	unsigned int	routers;
};

static volatile sig_atomic_t	ended, report;

static void	on_signal(int);
static int	listen_on(const char *);
static int	read_one(int, struct router *, struct tally *);
static void	count(struct router *, struct tally *, in_addr_t, uint8_t,
		    int64_t);
static void	print(struct router *, struct tally *);

static void
on_signal(int sig)
{
	if (sig == SIGTERM)
		ended = 1;
	else
		report = 1;
}

static int
listen_on(const char *ifname)
{
	struct ip_mreqn	mreq;
	int		fd, on = 1, size = RCVBUF;

	memset(&mreq, 0, sizeof(mreq));
	mreq.imr_multiaddr.s_addr = htonl(GROUP);
	if ((mreq.imr_ifindex = if_nametoindex(ifname)) == 0)
		err(1, "%s", ifname);
	if ((fd = socket(AF_INET, SOCK_RAW, PROTO)) == -1)
		err(1, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ifname,
	    strlen(ifname) + 1) == -1 ||
	    setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq,
	    sizeof(mreq)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
	    sizeof(size)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) == -1)
		err(1, "socket on %s", ifname);
	return (fd);
}

/* 0 when nothing was there to read. */
static int
read_one(int fd, struct router *routers, struct tally *t)
{
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(struct timespec))];
	}			 ctl;
	uint8_t			 buf[2048];
	struct iovec		 iov = { buf, sizeof(buf) };
	struct msghdr		 msg;
	struct cmsghdr		*cmsg;
	struct timespec		 ts;
	struct iphdr		 ip;
	ssize_t			 n;

	memset(&msg, 0, sizeof(msg));
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = ctl.buf;
	msg.msg_controllen = sizeof(ctl.buf);
	if ((n = recvmsg(fd, &msg, MSG_DONTWAIT)) == -1)
		return (0);
	if ((size_t)n < sizeof(ip))
		return (1);
	memcpy(&ip, buf, sizeof(ip));
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg == NULL || cmsg->cmsg_type != SO_TIMESTAMPNS ||
	    n < ip.ihl * 4 + 8)
		return (1);
	memcpy(&ts, CMSG_DATA(cmsg), sizeof(ts));
	count(&routers[buf[ip.ihl * 4 + 1]], t, ip.saddr, buf[ip.ihl * 4 + 2],
	    (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
	return (1);
}

static void
count(struct router *r, struct tally *t, in_addr_t src, uint8_t prio,
    int64_t now)
{
	t->adverts++;
	if (prio == 0) {
		t->released++;
		return;
	}
	if (t->first == 0)
		t->first = now;
	if (r->last == 0) {
		t->routers++;
		t->last_first = now - t->first;
	} else if (now - r->last > t->gap)
		t->gap = now - r->last;
	if (r->src != 0 && r->src != src && t->changes++ == 0)
		t->before = r->last;
	r->last = now;
	r->src = src;
}

static void
print(struct router *routers, struct tally *t)
{
	int	i;

	printf("%u %lu %lld %lld %lu %lu %lld %lld\n", t->routers, t->adverts,
	    (long long)t->last_first, (long long)t->gap, t->changes,
	    t->released, (long long)t->first, (long long)t->before);
	fflush(stdout);
	memset(t, 0, sizeof(*t));
	for (i = 0; i < ROUTERS; i++)
		routers[i].last = 0;
}

int
main(int argc, char **argv)
{
	struct router		routers[ROUTERS];
	struct tally		t;
	struct sigaction	sa;
	struct pollfd		pfd;
	sigset_t		mask, old;
	int			once;

	once = argc == 3 && strcmp(argv[2], "once") == 0;
	if (argc != 2 && !once)
		errx(2, "usage: adverts interface [once]");
	memset(routers, 0, sizeof(routers));
	memset(&t, 0, sizeof(t));
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	/* They come while it waits, and at no other time. */
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mask, &old);

	pfd.fd = listen_on(argv[1]);
	pfd.events = POLLIN;
	if (!once)
		fprintf(stderr, "adverts: listening on %s\n", argv[1]);
	while (!ended) {
		if (ppoll(&pfd, 1, NULL, &old) == 1)
			while (read_one(pfd.fd, routers, &t))
				continue;
		if (once && t.adverts > 0)
			return (0);
		if (report) {
			report = 0;
			print(routers, &t);
		}
	}
	print(routers, &t);
	return (0);
}
