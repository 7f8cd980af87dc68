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
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <arpa/inet.h>

#include <bsd/stdlib.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * A client of a virtual address, for lab/bench_vrrp.
 *
 * probe ADDRESS MICROSECONDS
 *	Sends an echo request each so many microseconds until it gets SIGTERM,
 *	waits for the last answers and prints in one line: requests sent,
 *	requests without an answer, the longest time in microseconds from the
 *	sending of one that was answered to that of the next, and when that
 *	next was sent, in microseconds since 1970.
 *
 * The gap is counted by the times of sending, so that a late answer is no
 * gap, and the resolution is the interval.
 */

#define PROBES_MAX	4000000
#define INTERVAL_MIN	100
#define INTERVAL_MAX	1000000
/* How long the last answers are waited for. */
#define LINGER_US	500000

static volatile sig_atomic_t	ended;

static void	on_term(int);
static int64_t	clock_us(clockid_t);
static int64_t	now_us(void);
static int	echo_socket(const char *);
static void	echo_send(int, uint16_t, uint32_t);
static void	echo_read(int, uint16_t, uint8_t *, uint32_t);
static void	wait_until(int, int64_t, uint16_t, uint8_t *, uint32_t);
static uint16_t	sum(const void *, size_t);
static void	print(const int64_t *, const uint8_t *, uint32_t);

static void
on_term(int)
{
	ended = 1;
}

static int64_t
clock_us(clockid_t clock)
{
	struct timespec	ts;

	clock_gettime(clock, &ts);
	return ((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static int64_t
now_us(void)
{
	return (clock_us(CLOCK_MONOTONIC));
}

static int
echo_socket(const char *address)
{
	struct sockaddr_in	sin;
	int			fd;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	if (inet_pton(AF_INET, address, &sin.sin_addr) != 1)
		errx(2, "%s: not an IPv4 address", address);
	if ((fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)) == -1)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		err(1, "%s", address);
	return (fd);
}

static uint16_t
sum(const void *data, size_t len)
{
	const uint8_t	*p = data;
	uint32_t	 s = 0;

	for (; len > 1; len -= 2, p += 2)
		s += p[0] << 8 | p[1];
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (htons(~s & 0xffff));
}

/* The number of the request follows the header, for a sequence has 16 bits. */
static void
echo_send(int fd, uint16_t ident, uint32_t n)
{
	struct {
		struct icmphdr	icmp;
		uint32_t	n;
	} m;

	memset(&m, 0, sizeof(m));
	m.icmp.type = ICMP_ECHO;
	m.icmp.un.echo.id = ident;
	m.icmp.un.echo.sequence = htons(n & 0xffff);
	m.n = n;
	m.icmp.checksum = sum(&m, sizeof(m));
	/* With nobody to resolve the address the kernel may refuse: a loss. */
	(void)send(fd, &m, sizeof(m), MSG_DONTWAIT);
}

static void
echo_read(int fd, uint16_t ident, uint8_t *answered, uint32_t sent)
{
	uint8_t		buf[128];
	struct icmphdr	icmp;
	uint32_t	n;
	ssize_t		len;
	size_t		hlen;

	while ((len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		hlen = (buf[0] & 0x0f) * 4;
		if ((size_t)len < hlen + sizeof(icmp) + sizeof(n))
			continue;
		memcpy(&icmp, buf + hlen, sizeof(icmp));
		memcpy(&n, buf + hlen + sizeof(icmp), sizeof(n));
		if (icmp.type == ICMP_ECHOREPLY &&
		    icmp.un.echo.id == ident && n < sent)
			answered[n] = 1;
	}
}

static void
wait_until(int fd, int64_t until, uint16_t ident, uint8_t *answered,
    uint32_t sent)
{
	struct pollfd	pfd = { .fd = fd, .events = POLLIN };
	struct timespec	ts;
	int64_t		left;

	while ((left = until - now_us()) > 0 && !ended) {
		ts.tv_sec = left / 1000000;
		ts.tv_nsec = left % 1000000 * 1000;
		if (ppoll(&pfd, 1, &ts, NULL) > 0)
			echo_read(fd, ident, answered, sent);
	}
}

static void
print(const int64_t *times, const uint8_t *answered, uint32_t sent)
{
	int64_t		gap = 0, after = 0, last = -1;
	uint32_t	i, lost = 0;

	for (i = 0; i < sent; i++) {
		if (!answered[i]) {
			lost++;
			continue;
		}
		if (last != -1 && times[i] - last > gap) {
			gap = times[i] - last;
			after = times[i];
		}
		last = times[i];
	}
	after += clock_us(CLOCK_REALTIME) - now_us();
	printf("%u %u %lld %lld\n", sent, lost, (long long)gap,
	    (long long)after);
}

int
main(int argc, char **argv)
{
	struct sigaction	 sa;
	const char		*errstr;
	uint8_t			*answered;
	int64_t			*times, interval, due;
	uint32_t		 sent = 0;
	uint16_t		 ident = getpid() & 0xffff;
	int			 fd;

	if (argc != 3)
		errx(2, "usage: probe address microseconds");
	interval = strtonum(argv[2], INTERVAL_MIN, INTERVAL_MAX, &errstr);
	if (errstr != NULL)
		errx(2, "%s: interval is %s", argv[2], errstr);
	times = calloc(PROBES_MAX, sizeof(*times));
	answered = calloc(PROBES_MAX, 1);
	if (times == NULL || answered == NULL)
		err(1, NULL);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_term;
	sigaction(SIGTERM, &sa, NULL);

	fd = echo_socket(argv[1]);
	for (due = now_us(); !ended && sent < PROBES_MAX; due += interval) {
		wait_until(fd, due, ident, answered, sent);
		times[sent] = now_us();
		echo_send(fd, ident, sent++);
	}
	ended = 0;
	wait_until(fd, now_us() + LINGER_US, ident, answered, sent);
	print(times, answered, sent);
	return (0);
}
