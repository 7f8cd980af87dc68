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
 * Routes and rules as requests, read back as the kernel would tell of them;
 * and what is not whole.
 */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include <bsd/string.h>

#include "../../parent/net_state.h"
#include "tap.h"

static struct net_if	nif;

static void	addr(struct addr *, const char *);
static int	same_route(const struct route_spec *,
		    const struct route_spec *);
static void	try_route(struct net_route *, const char *);
static void	try_rule(struct net_rule *, const char *);
static void	test_routes(void);
static void	test_rules(void);
static void	test_others(void);
static void	test_short(void);

static void
addr(struct addr *a, const char *text)
{
	if (addr_parse(text, a) == -1)
		abort();
}

static int
same_route(const struct route_spec *a, const struct route_spec *b)
{
	return (a->type == b->type && addr_cmp(&a->dst, &b->dst) == 0 &&
	    a->len == b->len && addr_cmp(&a->via, &b->via) == 0 &&
	    addr_cmp(&a->source, &b->source) == 0 &&
	    a->metric == b->metric && a->table == b->table);
}

static void
try_route(struct net_route *r, const char *what)
{
	struct route_spec	 got;
	struct nl_msg		*msg;
	uint32_t		 ifindex = 99;

	if ((msg = route_msg(RTM_NEWROUTE, 0, r)) == NULL)
		abort();
	is_int(route_parse(nlmsg_hdr(msg), &got, &ifindex), 0, "%s", what);
	ok(same_route(&got, &r->spec), "%s: all of it", what);
	is_int(ifindex, r->item.nif != NULL ? 7 : 0, "%s: where", what);
	nlmsg_free(msg);
}

static void
try_rule(struct net_rule *r, const char *what)
{
	struct rule_spec	 got;
	struct nl_msg		*msg;

	if ((msg = rule_msg(RTM_NEWRULE, 0, r)) == NULL)
		abort();
	is_int(rule_parse(nlmsg_hdr(msg), &got), 0, "%s", what);
	is_mem(&got, &r->spec, sizeof(got), "%s: all of it", what);
	nlmsg_free(msg);
}

static void
test_routes(void)
{
	struct net_route	r;

	memset(&r, 0, sizeof(r));
	r.spec.table = RT_TABLE_MAIN;
	addr(&r.spec.dst, "10.0.0.0");
	r.spec.len = 8;
	addr(&r.spec.via, "10.1.0.254");
	try_route(&r, "by a gateway");
	r.item.nif = &nif;
	addr(&r.spec.source, "10.1.0.1");
	r.spec.metric = 5;
	r.spec.table = 1000;
	try_route(&r, "with everything");
	memset(&r, 0, sizeof(r));
	r.spec.dst.af = AF_INET6;
	r.spec.table = 9;
	r.spec.metric = 1024;
	r.item.nif = &nif;
	try_route(&r, "the default of IPv6, over a link");
	r.item.nif = NULL;
	for (r.spec.type = ROUTE_BLACKHOLE; r.spec.type < ROUTE_TYPE_MAX;
	    r.spec.type++)
		try_route(&r, "one that leads nowhere");
}

static void
test_rules(void)
{
	struct net_rule	r;

	memset(&r, 0, sizeof(r));
	r.spec.af = AF_INET;
	r.spec.table = 100;
	r.spec.preference = 32000;
	r.spec.marked = 1;
	r.spec.mark = 7;
	try_rule(&r, "a rule for a mark");
	addr(&r.spec.from, "10.1.0.0");
	r.spec.from_len = 16;
	addr(&r.spec.to, "10.2.0.1");
	r.spec.to_len = 32;
	(void)strlcpy(r.spec.iif, "eth0", sizeof(r.spec.iif));
	r.spec.table = 100000;
	try_rule(&r, "for everything");
	memset(&r, 0, sizeof(r));
	r.spec.af = AF_INET6;
	r.spec.table = 1;
	addr(&r.spec.to, "fd00::");
	r.spec.to_len = 8;
	try_rule(&r, "of IPv6");
}

/* What others have put there is none of ours. */
static void
test_others(void)
{
	struct net_route	 r;
	struct net_rule		 u;
	struct route_spec	 got;
	struct rule_spec	 rule;
	struct rtmsg		*rtm;
	struct fib_rule_hdr	*frh;
	struct nl_msg		*msg;
	uint32_t		 ifindex;

	memset(&r, 0, sizeof(r));
	r.spec.dst.af = AF_INET;
	if ((msg = route_msg(RTM_NEWROUTE, 0, &r)) == NULL)
		abort();
	rtm = nlmsg_data(nlmsg_hdr(msg));
	rtm->rtm_protocol = RTPROT_STATIC;
	is_int(route_parse(nlmsg_hdr(msg), &got, &ifindex), -1,
	    "a route of somebody else");
	rtm->rtm_protocol = NET_PROTO;
	rtm->rtm_type = RTN_LOCAL;
	is_int(route_parse(nlmsg_hdr(msg), &got, &ifindex), -1,
	    "of a kind that lvsd does not make");
	rtm->rtm_type = RTN_UNICAST;
	rtm->rtm_family = AF_BRIDGE;
	is_int(route_parse(nlmsg_hdr(msg), &got, &ifindex), -1,
	    "of another family");
	nlmsg_free(msg);

	memset(&u, 0, sizeof(u));
	u.spec.af = AF_INET;
	if ((msg = rule_msg(RTM_NEWRULE, 0, &u)) == NULL)
		abort();
	frh = nlmsg_data(nlmsg_hdr(msg));
	frh->action = FR_ACT_BLACKHOLE;
	is_int(rule_parse(nlmsg_hdr(msg), &rule), -1,
	    "a rule that lvsd does not make");
	nlmsg_free(msg);
}

/* Every beginning of a message, and addresses that are cut short. */
static void
test_short(void)
{
	struct net_route	 r;
	struct route_spec	 got;
	struct nlmsghdr		*nlh;
	struct nlattr		*attr;
	struct nl_msg		*msg;
	uint32_t		 ifindex, len, whole;
	int			 bad = 0;

	memset(&r, 0, sizeof(r));
	addr(&r.spec.dst, "fd00::");
	r.spec.len = 8;
	addr(&r.spec.via, "fd00::1");
	if ((msg = route_msg(RTM_NEWROUTE, 0, &r)) == NULL)
		abort();
	nlh = nlmsg_hdr(msg);
	whole = nlh->nlmsg_len;
	for (len = NLMSG_HDRLEN; len < NLMSG_LENGTH(sizeof(struct rtmsg));
	    len++) {
		nlh->nlmsg_len = len;
		bad += route_parse(nlh, &got, &ifindex) == 0;
	}
	is_int(bad, 0, "no beginning of a route is taken for one");
	nlh->nlmsg_len = whole;
	attr = nlmsg_find_attr(nlh, sizeof(struct rtmsg), RTA_GATEWAY);
	attr->nla_len = NLA_HDRLEN + 4;
	nlh->nlmsg_len = (char *)attr - (char *)nlh + attr->nla_len;
	is_int(route_parse(nlh, &got, &ifindex), -1,
	    "nor one with half a gateway");
	nlmsg_free(msg);
}

int
main(void)
{
	nif.now.ifindex = 7;
	test_routes();
	test_rules();
	test_others();
	test_short();
	return (done_testing());
}
