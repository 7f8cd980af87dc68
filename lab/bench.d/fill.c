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

#include <bsd/stdlib.h>
#include <err.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>

#include "fleet.h"

/*
 * fill SERVICES REALS: the bare limit.  Writes the services of fleet.h into
 * the kernel by netlink, many requests in one send, only the last of which
 * asks for an answer.  Nothing is read, compared, parsed or remembered, and no
 * library is between: a program that does more cannot be faster.
 */

/* As lvsd's sends, so that both work in the same steps. */
#define SEND_SIZE	60000
/* No request is longer. */
#define REQUEST_MAX	256
#define REPLY_SIZE	4096

struct filler {
	int		 fd;
	int		 family;
	size_t		 len;
	size_t		 last;		/* offset of the last request */
	_Alignas(8) char buf[SEND_SIZE];
};

static void	 family_find(struct filler *);
static void	 fill(struct filler *, unsigned int, unsigned int);
static void	 service_put(struct filler *, uint32_t);
static void	 dest_put(struct filler *, uint32_t, uint32_t);
static struct nlmsghdr *request(struct filler *, int, int);
static void	 request_end(struct filler *, struct nlmsghdr *);
static struct nlattr *put(struct filler *, int, const void *, size_t);
static void	 put_u16(struct filler *, int, uint16_t);
static void	 put_u32(struct filler *, int, uint32_t);
static void	 put_addr(struct filler *, int, uint32_t);
static void	 put_name(struct filler *, uint32_t);
static void	 nest_end(struct filler *, struct nlattr *);
static void	 flush(struct filler *);
static struct nlmsghdr *reply(struct filler *, char *, size_t);

int
main(int argc, char **argv)
{
	static struct filler	 f;
	const char		*error = NULL;
	unsigned int		 services, reals;

	if (argc != 3)
		errx(1, "usage: fill services reals");
	services = strtonum(argv[1], 1, FLEET_MAX, &error);
	if (error == NULL)
		reals = strtonum(argv[2], 1, FLEET_MAX, &error);
	if (error != NULL)
		errx(1, "numbers from 1 to %d, not %s %s", FLEET_MAX, argv[1],
		    argv[2]);
	if ((f.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_GENERIC)) == -1)
		err(1, "netlink");
	family_find(&f);
	fill(&f, services, reals);
	close(f.fd);
	return (0);
}

static void
family_find(struct filler *f)
{
	_Alignas(8) char buf[REPLY_SIZE];
	struct nlmsghdr	*nlh;
	struct nlattr	*nla;
	uint16_t	 id;
	size_t		 off;

	nlh = request(f, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	put(f, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME, sizeof(IPVS_GENL_NAME));
	request_end(f, nlh);
	if (send(f->fd, f->buf, f->len, 0) == -1)
		err(1, "netlink");
	f->len = 0;
	nlh = reply(f, buf, sizeof(buf));
	if (nlh->nlmsg_type == NLMSG_ERROR)
		errx(1, "this kernel has no IPVS");
	for (off = NLMSG_HDRLEN + GENL_HDRLEN; off + NLA_HDRLEN <=
	    nlh->nlmsg_len; off += NLA_ALIGN(nla->nla_len)) {
		nla = (struct nlattr *)(buf + off);
		if (nla->nla_len < NLA_HDRLEN ||
		    nla->nla_len > nlh->nlmsg_len - off)
			break;
		if (nla->nla_type != CTRL_ATTR_FAMILY_ID ||
		    nla->nla_len < NLA_HDRLEN + sizeof(uint16_t))
			continue;
		memcpy(&id, buf + off + NLA_HDRLEN, sizeof(id));
		f->family = id;
		return;
	}
	errx(1, "the kernel does not tell the number of the family IPVS");
}

static void
fill(struct filler *f, unsigned int services, unsigned int reals)
{
	unsigned int	s, r;

	for (s = 0; s < services; s++) {
		service_put(f, s);
		for (r = 0; r < reals; r++)
			dest_put(f, s, s * reals + r);
	}
	flush(f);
}

static void
service_put(struct filler *f, uint32_t s)
{
	struct ip_vs_flags	 flags = { .flags = 0, .mask = ~0U };
	struct nlmsghdr		*nlh;
	struct nlattr		*nest;

	nlh = request(f, f->family, IPVS_CMD_NEW_SERVICE);
	nest = put(f, IPVS_CMD_ATTR_SERVICE | NLA_F_NESTED, NULL, 0);
	put_name(f, s);
	put(f, IPVS_SVC_ATTR_SCHED_NAME, FLEET_SCHED, sizeof(FLEET_SCHED));
	put(f, IPVS_SVC_ATTR_FLAGS, &flags, sizeof(flags));
	put_u32(f, IPVS_SVC_ATTR_TIMEOUT, 0);
	put_u32(f, IPVS_SVC_ATTR_NETMASK, ~0U);
	nest_end(f, nest);
	request_end(f, nlh);
}

static void
dest_put(struct filler *f, uint32_t s, uint32_t n)
{
	struct nlmsghdr	*nlh;
	struct nlattr	*nest;

	nlh = request(f, f->family, IPVS_CMD_NEW_DEST);
	nest = put(f, IPVS_CMD_ATTR_SERVICE | NLA_F_NESTED, NULL, 0);
	put_name(f, s);
	nest_end(f, nest);
	nest = put(f, IPVS_CMD_ATTR_DEST | NLA_F_NESTED, NULL, 0);
	put_addr(f, IPVS_DEST_ATTR_ADDR, FLEET_REAL + n);
	put_u16(f, IPVS_DEST_ATTR_PORT, htons(FLEET_PORT));
	put_u32(f, IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_DROUTE);
	put_u32(f, IPVS_DEST_ATTR_WEIGHT, FLEET_WEIGHT);
	put_u32(f, IPVS_DEST_ATTR_U_THRESH, 0);
	put_u32(f, IPVS_DEST_ATTR_L_THRESH, 0);
	nest_end(f, nest);
	request_end(f, nlh);
}

/* Begins a request; what is held is sent when there may be no room for it. */
static struct nlmsghdr *
request(struct filler *f, int family, int cmd)
{
	struct nlmsghdr		*nlh;
	struct genlmsghdr	*gen;

	if (f->len + REQUEST_MAX > sizeof(f->buf))
		flush(f);
	f->last = f->len;
	nlh = (struct nlmsghdr *)(f->buf + f->len);
	memset(nlh, 0, REQUEST_MAX);
	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	gen = NLMSG_DATA(nlh);
	gen->cmd = cmd;
	gen->version = IPVS_GENL_VERSION;	/* that of nlctrl is 1 too */
	f->len += NLMSG_HDRLEN + GENL_HDRLEN;
	return (nlh);
}

static void
request_end(struct filler *f, struct nlmsghdr *nlh)
{
	nlh->nlmsg_len = f->buf + f->len - (char *)nlh;
}

static struct nlattr *
put(struct filler *f, int type, const void *data, size_t len)
{
	struct nlattr	*nla = (struct nlattr *)(f->buf + f->len);

	nla->nla_type = type;
	nla->nla_len = NLA_HDRLEN + len;
	if (len > 0)
		memcpy(f->buf + f->len + NLA_HDRLEN, data, len);
	f->len += NLA_ALIGN(nla->nla_len);
	return (nla);
}

static void
put_u16(struct filler *f, int type, uint16_t value)
{
	put(f, type, &value, sizeof(value));
}

static void
put_u32(struct filler *f, int type, uint32_t value)
{
	put(f, type, &value, sizeof(value));
}

/* The kernel's addresses have room for IPv6. */
static void
put_addr(struct filler *f, int type, uint32_t addr)
{
	uint32_t	a[4] = { htonl(addr) };

	put(f, type, a, sizeof(a));
}

/* What names a service. */
static void
put_name(struct filler *f, uint32_t s)
{
	put_u16(f, IPVS_SVC_ATTR_AF, AF_INET);
	put_u16(f, IPVS_SVC_ATTR_PROTOCOL, IPPROTO_TCP);
	put_addr(f, IPVS_SVC_ATTR_ADDR, FLEET_SERVICE + s);
	put_u16(f, IPVS_SVC_ATTR_PORT, htons(FLEET_PORT));
}

static void
nest_end(struct filler *f, struct nlattr *nest)
{
	nest->nla_len = f->buf + f->len - (char *)nest;
}

/* The kernel works inside of the send; the answer is there when it is over. */
static void
flush(struct filler *f)
{
	_Alignas(8) char buf[REPLY_SIZE];
	struct nlmsghdr	*nlh = (struct nlmsghdr *)(f->buf + f->last);
	struct nlmsgerr	*e;

	nlh->nlmsg_flags |= NLM_F_ACK;
	if (send(f->fd, f->buf, f->len, 0) == -1)
		err(1, "netlink");
	nlh = reply(f, buf, sizeof(buf));
	e = NLMSG_DATA(nlh);
	if (nlh->nlmsg_type != NLMSG_ERROR || e->error != 0)
		errx(1, "the kernel has refused a request: %s",
		    strerror(-e->error));
	f->len = 0;
}

static struct nlmsghdr *
reply(struct filler *f, char *buf, size_t size)
{
	struct nlmsghdr	*nlh = (struct nlmsghdr *)buf;
	ssize_t		 n;

	if ((n = recv(f->fd, buf, size, 0)) == -1)
		err(1, "netlink");
	if (!NLMSG_OK(nlh, (size_t)n) ||
	    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr)))
		errx(1, "netlink: an answer of %zd bytes", n);
	return (nlh);
}
