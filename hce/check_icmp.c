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
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <errno.h>
#include <event2/event.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "conn.h"

/*
 * Echo requests of all hosts go through one raw socket of each family, which
 * the parent has opened.  A reply is taken for a host when all of it is as it
 * was sent: identifier of this process, sequence number and a token that cannot
 * be guessed, by which the check is found; and when it comes from the host.
 */

/* RFC 792 and RFC 4443 section 4.1: the same layout; the data is ours. */
struct echo {
	uint8_t		type;
	uint8_t		code;
	uint16_t	csum;
	uint16_t	ident;
	uint16_t	seq;
	uint8_t		token[ECHO_TOKEN_LEN];
};

/* Replies read before other events get their turn. */
#define ICMP_READS_MAX	256
/* Longest header of IPv4 (RFC 791 3.1), which raw sockets leave in front. */
#define IPV4_HEADER_MAX	60

static int	icmp_use(struct hce *, struct echo_socket *, int, int);
static void	icmp_drop(struct echo_socket *);
static int	icmp_prepare(struct check *);
static void	icmp_release(struct check *);
static struct echo_socket *icmp_way(struct probe *);
static void	icmp_start(struct probe *);
static void	icmp_cancel(struct probe *);
static uint32_t	icmp_timeout(struct probe *, int32_t *);
static void	icmp_request(struct probe *, struct echo *);
static uint16_t	icmp_checksum(const struct echo *);
static void	icmp_read4(int, short, void *);
static void	icmp_read6(int, short, void *);
static ssize_t	icmp_recv(int, void *, size_t, struct sockaddr_storage *);
static void	icmp_reply(struct hce *, const struct addr *,
		    const struct echo *);
static int	icmp_cmp(const struct probe *, const struct probe *);

const struct check_method	icmp_method = {
	icmp_start, icmp_cancel, icmp_timeout, icmp_prepare, icmp_release,
	NULL
};

RB_PROTOTYPE(echoes, probe, run->icmp.entry, icmp_cmp)
RB_GENERATE(echoes, probe, run->icmp.entry, icmp_cmp)

static int
icmp_cmp(const struct probe *a, const struct probe *b)
{
	return (memcmp(a->run->icmp.token, b->run->icmp.token, ECHO_TOKEN_LEN));
}

void
icmp_init(struct hce *hce)
{
	int	 i;

	for (i = 0; i < ECHO_FAMILIES; i++)
		hce->echo[i].fd = -1;
	hce->echo_ident = arc4random();
	RB_INIT(&hce->echoes);
}

int
icmp_socket(struct hce *hce, uint32_t family, int fd)
{
	if (fd == -1)
		return (-1);
	if (family != AF_INET && family != AF_INET6) {
		close(fd);
		return (-1);
	}
	return (icmp_use(hce, &hce->echo[family == AF_INET ? ECHO_V4 :
	    ECHO_V6], family, fd));
}

/* Use this one from now on. */
static int
icmp_use(struct hce *hce, struct echo_socket *es, int af, int fd)
{
	icmp_drop(es);
	es->fd = fd;
	event_assign(&es->ev, hce->base, fd, EV_READ | EV_PERSIST,
	    af == AF_INET ? icmp_read4 : icmp_read6, hce);
	return (event_add(&es->ev, NULL));
}

static void
icmp_drop(struct echo_socket *es)
{
	if (es->fd == -1)
		return;
	event_del(&es->ev);
	close(es->fd);
	es->fd = -1;
}

static int
icmp_prepare(struct check *check)
{
	int	 i;

	for (i = 0; i < ECHO_FAMILIES; i++)
		check->echo[i].fd = -1;
	return (0);
}

static void
icmp_release(struct check *check)
{
	int	 i;

	for (i = 0; i < ECHO_FAMILIES; i++)
		icmp_drop(&check->echo[i]);
}

void
icmp_close(struct hce *hce)
{
	int	 i;

	for (i = 0; i < ECHO_FAMILIES; i++)
		icmp_drop(&hce->echo[i]);
}

/* That of all checks, or of one that has a way of its own. */
static struct echo_socket *
icmp_way(struct probe *probe)
{
	struct echo_socket	*es = probe->check->hce->echo;

	if (check_privileged(&probe->check->conf))
		es = probe->check->echo;
	return (&es[probe->addr.af == AF_INET ? ECHO_V4 : ECHO_V6]);
}

static void
icmp_start(struct probe *probe)
{
	struct echo_socket	*es = icmp_way(probe);
	struct sockaddr_storage	 ss;
	struct echo		 echo;
	socklen_t		 len;
	uint32_t		 reason;
	int32_t			 detail;

	if (es->fd == -1 && probe->sock != -1 &&
	    icmp_use(probe->check->hce, es, probe->addr.af, probe->sock) == 0)
		probe->sock = -1;
	else if (es->fd == -1 && check_privileged(&probe->check->conf)) {
		sock_ask(probe, icmp_start);
		return;
	}
	probe->run->phase = PHASE_ECHO;
	icmp_request(probe, &echo);
	len = conn_sockaddr(probe, &ss);
	/* Raw sockets of IPv6 take no port, raw(7). */
	if (ss.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&ss)->sin6_port = 0;
	if (sendto(es->fd, &echo, sizeof(echo), MSG_DONTWAIT | MSG_NOSIGNAL,
	    (struct sockaddr *)&ss, len) == -1) {
		reason = conn_errno_reason(errno, &detail);
		icmp_cancel(probe);
		/* The interface it was bound to may be another one now. */
		if (check_privileged(&probe->check->conf))
			icmp_drop(es);
		sched_done(probe, reason, detail);
	}
}

static void
icmp_cancel(struct probe *probe)
{
	RB_REMOVE(echoes, &probe->check->hce->echoes, probe);
}

static uint32_t
icmp_timeout(struct probe *, int32_t *)
{
	return (HOST_R_TIMEOUT_ECHO);
}

static void
icmp_request(struct probe *probe, struct echo *echo)
{
	struct probe_icmp	*p = &probe->run->icmp;
	struct hce		*hce = probe->check->hce;

	do
		arc4random_buf(p->token, sizeof(p->token));
	while (RB_INSERT(echoes, &hce->echoes, probe) != NULL);
	p->seq = htons(hce->echo_seq++);
	memset(echo, 0, sizeof(*echo));
	echo->ident = hce->echo_ident;
	echo->seq = p->seq;
	memcpy(echo->token, p->token, sizeof(echo->token));
	if (probe->addr.af == AF_INET6) {
		/* The kernel does the checksum, RFC 3542 section 3.1. */
		echo->type = ICMP6_ECHO_REQUEST;
		return;
	}
	echo->type = ICMP_ECHO;
	echo->csum = icmp_checksum(echo);
}

/* RFC 1071, of a whole number of 16 bit words. */
static uint16_t
icmp_checksum(const struct echo *echo)
{
	uint16_t	 words[sizeof(*echo) / 2];
	uint32_t	 sum = 0;
	size_t		 i;

	memcpy(words, echo, sizeof(words));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		sum += words[i];
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return (~sum);
}

static void
icmp_read4(int fd, short, void *arg)
{
	struct hce		*hce = arg;
	struct sockaddr_storage	 ss;
	struct addr		 from;
	struct echo		 echo;
	uint8_t			 buf[IPV4_HEADER_MAX + sizeof(echo) + 1];
	struct ip		 ip;
	ssize_t			 n;
	size_t			 hlen;
	int			 i;

	memset(&from, 0, sizeof(from));
	from.af = AF_INET;
	for (i = 0; i < ICMP_READS_MAX; i++) {
		if ((n = icmp_recv(fd, buf, sizeof(buf), &ss)) == -1)
			return;
		if ((size_t)n < sizeof(ip))
			continue;
		memcpy(&ip, buf, sizeof(ip));
		hlen = ip.ip_hl * 4;
		if (hlen < sizeof(ip) || (size_t)n != hlen + sizeof(echo))
			continue;
		memcpy(&echo, buf + hlen, sizeof(echo));
		if (echo.type != ICMP_ECHOREPLY || echo.code != 0)
			continue;
		from.u.v4 = ((struct sockaddr_in *)&ss)->sin_addr;
		icmp_reply(hce, &from, &echo);
	}
}

static void
icmp_read6(int fd, short, void *arg)
{
	struct hce		*hce = arg;
	struct sockaddr_storage	 ss;
	struct addr		 from;
	struct echo		 echo;
	uint8_t			 buf[sizeof(echo) + 1];
	ssize_t			 n;
	int			 i;

	memset(&from, 0, sizeof(from));
	from.af = AF_INET6;
	for (i = 0; i < ICMP_READS_MAX; i++) {
		if ((n = icmp_recv(fd, buf, sizeof(buf), &ss)) == -1)
			return;
		if (n != sizeof(echo))
			continue;
		memcpy(&echo, buf, sizeof(echo));
		if (echo.type != ICMP6_ECHO_REPLY || echo.code != 0)
			continue;
		from.u.v6 = ((struct sockaddr_in6 *)&ss)->sin6_addr;
		icmp_reply(hce, &from, &echo);
	}
}

/* One packet and its sender; -1: none, or an error like none. */
static ssize_t
icmp_recv(int fd, void *buf, size_t size, struct sockaddr_storage *ss)
{
	socklen_t	 len = sizeof(*ss);

	memset(ss, 0, sizeof(*ss));
	return (recvfrom(fd, buf, size, MSG_DONTWAIT, (struct sockaddr *)ss,
	    &len));
}

static void
icmp_reply(struct hce *hce, const struct addr *from, const struct echo *echo)
{
	struct run	 run;
	struct probe	 key, *probe;

	if (echo->ident != hce->echo_ident)
		return;
	key.run = &run;
	memcpy(run.icmp.token, echo->token, sizeof(run.icmp.token));
	if ((probe = RB_FIND(echoes, &hce->echoes, &key)) == NULL ||
	    echo->seq != probe->run->icmp.seq ||
	    addr_cmp(from, &probe->addr) != 0)
		return;
	icmp_cancel(probe);
	sched_done(probe, HOST_R_OK, 0);
}
