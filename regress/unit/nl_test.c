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
 * Netlink in batches, with the kernel as the other end: each error finds its
 * request, and answers that were lost are noticed.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <sched.h>

#include "../../parent/nl.h"
#include "tap.h"

static struct nl_msg	*addr_msg(int, const char *, size_t);
static int		 count(struct nlmsghdr *, void *);
static void		 test_errors(struct nlconn *, struct nlbatch *);
static void		 test_full(struct nlconn *, struct nlbatch *);
static void		 test_lost(struct nlconn *, struct nlbatch *);
static void		 test_query(struct nlconn *);

/* RTM_NEWADDR or RTM_DELADDR on the loopback interface. */
static struct nl_msg *
addr_msg(int type, const char *addr, size_t size)
{
	struct ifaddrmsg	 ifa;
	struct nl_msg		*msg = nlmsg_alloc_size(NL_MSG_SIZE);

	memset(&ifa, 0, sizeof(ifa));
	ifa.ifa_family = AF_INET;
	ifa.ifa_prefixlen = 32;
	ifa.ifa_index = 1;
	if (msg == NULL ||
	    nlmsg_put(msg, 0, 0, type, 0, type == RTM_NEWADDR ?
	    NLM_F_CREATE | NLM_F_EXCL : 0) == NULL ||
	    nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO) < 0 ||
	    nla_put(msg, IFA_LOCAL, size, addr) < 0)
		abort();
	return (msg);
}

static int
count(struct nlmsghdr *, void *arg)
{
	(*(int *)arg)++;
	return (0);
}

static void
test_errors(struct nlconn *c, struct nlbatch *b)
{
	nlbatch_reset(b);
	nlbatch_add(b, addr_msg(RTM_NEWADDR, "\x0a\x00\x00\x01", 4));
	nlbatch_add(b, addr_msg(RTM_NEWADDR, "\x0a\x00\x00\x01", 4));
	nlbatch_add(b, addr_msg(RTM_NEWADDR, "\x0a\x00", 2));
	is_int(nlbatch_add(b, addr_msg(RTM_NEWADDR, "\x0a\x00\x00\x02", 4)),
	    3, "four requests");
	is_int(nlbatch_add(b, NULL), -1, "memory that was short is told");
	is_int(nlbatch_send(c, b), 0, "are sent");
	is_int(b->lost, 0, "no answer is lost");
	is_int(b->error[0], 0, "the first is done");
	is_int(b->error[1], EEXIST, "the second was there");
	ok(b->error[2] != 0, "the third is refused");
	ok(b->text[2] != NULL && b->text[2][0] != '\0',
	    "in the kernel's words: %s", b->text[2] ? b->text[2] : "none");
	is_int(b->error[3], 0, "the last is done");

	nlbatch_reset(b);
	is_int(nlbatch_send(c, b), 0, "nothing can be sent");
	nlbatch_add(b, addr_msg(RTM_DELADDR, "\x0a\x00\x00\x01", 4));
	nlbatch_add(b, addr_msg(RTM_DELADDR, "\x0a\x00\x00\x01", 4));
	is_int(nlbatch_send(c, b), 0, "two more");
	is_int(b->error[0], 0, "the first is done again");
	is_int(b->error[1], EADDRNOTAVAIL,
	    "an error of the last is its acknowledgement");
}

static void
test_full(struct nlconn *c, struct nlbatch *b)
{
	unsigned int	i, failed = 0;

	nlbatch_reset(b);
	while (!nlbatch_full(b))
		if (nlbatch_add(b, addr_msg(RTM_DELADDR,
		    "\x0a\x00\x00\x09", 4)) == -1)
			break;
	ok(b->n > 300, "a send holds %u requests", b->n);
	is_int(nlbatch_add(b, addr_msg(RTM_DELADDR, "\x0a\x00\x00\x09", 4)),
	    -1, "and not one more");
	is_int(nlbatch_send(c, b), 0, "a full one is sent");
	is_int(b->lost, 0, "and all its answers have room");
	for (i = 0; i < b->n; i++)
		failed += b->error[i] == EADDRNOTAVAIL;
	is_int(failed, b->n, "each is answered");
}

/* The smallest buffer the kernel allows holds two or three answers. */
static void
test_lost(struct nlconn *c, struct nlbatch *b)
{
	int	size = 1, i;

	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	nlbatch_reset(b);
	for (i = 0; i < 200; i++)
		nlbatch_add(b, addr_msg(RTM_DELADDR, "\x0a\x00\x00\x09", 4));
	is_int(nlbatch_send(c, b), 0, "a send with too little room");
	is_int(b->lost, 1, "the loss is noticed");
	is_int(b->max, 100, "the next send is smaller");
	nlbatch_reset(b);
	nlbatch_add(b, addr_msg(RTM_DELADDR, "\x0a\x00\x00\x09", 4));
	is_int(nlbatch_send(c, b), 0, "and goes");
	is_int(b->lost, 0, "without loss");
	is_int(b->error[0], EADDRNOTAVAIL, "with its own answer");
	for (i = 0; i < 10; i++) {
		nlbatch_reset(b);
		while (b->n < b->max)
			nlbatch_add(b, addr_msg(RTM_DELADDR,
			    "\x0a\x00\x00\x09", 4));
		nlbatch_send(c, b);
	}
	ok(b->max >= 16 && b->max < 100, "down to a bound: %u", b->max);
}

static void
test_query(struct nlconn *c)
{
	struct ifaddrmsg	 ifa;
	struct nl_msg		*msg = nlmsg_alloc_size(NL_MSG_SIZE);
	int			 n = 0;

	memset(&ifa, 0, sizeof(ifa));
	ifa.ifa_family = AF_INET;
	nlmsg_put(msg, 0, 0, RTM_GETADDR, 0, 0);
	nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	is_int(nlconn_query(c, msg, NLM_F_DUMP, count, &n), 0, "a dump");
	is_int(n, 1, "has what was added and not removed");
	is_int(nlconn_query(c, addr_msg(RTM_DELADDR, "\x0a\x00\x00\x09", 4),
	    0, NULL, NULL), EADDRNOTAVAIL, "a question has its error");
	is_int(nlconn_query(c, addr_msg(RTM_DELADDR, "\x0a\x00\x00\x02", 4),
	    0, NULL, NULL), 0, "or its success");
	is_int(nlconn_query(c, NULL, 0, NULL, NULL), ENOMEM,
	    "memory that was short is told");
}

int
main(void)
{
	static struct nlbatch	b;
	struct nlconn		c;

	if (unshare(CLONE_NEWNET) == -1) {
		printf("1..0 # SKIP no network namespace: %s\n",
		    strerror(errno));
		return (0);
	}
	nlbatch_init(&b);
	is_int(nlconn_open(&c, NETLINK_ROUTE), 0, "a connection");
	test_errors(&c, &b);
	test_full(&c, &b);
	test_query(&c);
	test_lost(&c, &b);
	nlbatch_reset(&b);
	nlconn_close(&c);
	is_int(nlconn_open(&c, 99), -1, "no protocol, no connection");
	return (done_testing());
}
