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

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <event2/event.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "../imsg/log.h"
#include "net_state.h"

/*
 * Routes and rules as items: taken over from a configuration, found after an
 * earlier life, watched.
 *
 * The kernel takes routes away for many reasons, and does not always say so.
 * When something happened by which one may be gone it is asked for again, as
 * one that must not exist yet: who is told that it does knows it is there.
 */

/* Reads of the event socket in one turn. */
#define WATCH_READS	256

static int	 route_order(const struct net_route *,
		    const struct net_route *);
static int	 rule_order(const struct net_rule *, const struct net_rule *);
static int	 route_differs(const struct route_spec *,
		    const struct route_spec *);
static struct net_route *route_new(struct net *, const struct route_spec *);
static struct net_rule *rule_new(struct net *, const struct rule_spec *);
static void	 conf_route(struct net *, struct net_vrrp *,
		    const struct route_spec *);
static int	 route_cb(struct nlmsghdr *, void *);
static int	 rule_cb(struct nlmsghdr *, void *);
static void	 doubt(struct net *, struct net_item *);
static const char *rule_str(const struct rule_spec *, char *);
static void	 watch_cb(int, short, void *);
static int	 watch_filter(int);

RB_GENERATE(net_routes, net_route, node, route_order)
RB_GENERATE(net_rules, net_rule, node, rule_order)

#define ORDER(a, b)	(((a) > (b)) - ((a) < (b)))

static int
route_order(const struct net_route *a, const struct net_route *b)
{
	int	n;

	if ((n = addr_cmp(&a->spec.dst, &b->spec.dst)) != 0 ||
	    (n = ORDER(a->spec.len, b->spec.len)) != 0 ||
	    (n = ORDER(a->spec.table, b->spec.table)) != 0)
		return (n);
	return (ORDER(a->spec.metric, b->spec.metric));
}

static int
rule_order(const struct net_rule *a, const struct net_rule *b)
{
	const struct rule_spec	*s = &a->spec, *t = &b->spec;
	int			 n;

	if ((n = ORDER(s->af, t->af)) != 0 ||
	    (n = ORDER(s->preference, t->preference)) != 0 ||
	    (n = ORDER(s->table, t->table)) != 0 ||
	    (n = ORDER(s->from_len, t->from_len)) != 0 ||
	    (n = ORDER(s->to_len, t->to_len)) != 0 ||
	    (n = ORDER(s->marked, t->marked)) != 0 ||
	    (n = ORDER(s->mark, t->mark)) != 0)
		return (n);
	if ((s->from_len != 0 && (n = addr_cmp(&s->from, &t->from)) != 0) ||
	    (s->to_len != 0 && (n = addr_cmp(&s->to, &t->to)) != 0))
		return (n);
	return (strcmp(s->iif, t->iif));
}

/* Of two routes to the same place: are they not the same? */
static int
route_differs(const struct route_spec *a, const struct route_spec *b)
{
	return (a->type != b->type || addr_cmp(&a->via, &b->via) != 0 ||
	    addr_cmp(&a->source, &b->source) != 0 ||
	    strcmp(a->ifname, b->ifname) != 0);
}

static struct net_route *
route_new(struct net *n, const struct route_spec *s)
{
	struct net_route	*r;
	struct net_if		*nif = NULL;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		fatal("route");
	r->spec = *s;
	if (s->ifname[0] != '\0')
		nif = iface_get(n, s->ifname);
	net_item_init(&r->item, NET_ROUTE, nif);
	RB_INSERT(net_routes, &n->routes, r);
	return (r);
}

static struct net_rule *
rule_new(struct net *n, const struct rule_spec *s)
{
	struct net_rule	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		fatal("rule");
	r->spec = *s;
	net_item_init(&r->item, NET_RULE, NULL);
	RB_INSERT(net_rules, &n->rules, r);
	return (r);
}

void
route_free(struct net *n, struct net_item *it)
{
	if (it->kind == NET_ROUTE)
		RB_REMOVE(net_routes, &n->routes, (struct net_route *)it);
	else
		RB_REMOVE(net_rules, &n->rules, (struct net_rule *)it);
	free(it);
}

static void
conf_route(struct net *n, struct net_vrrp *v, const struct route_spec *spec)
{
	struct net_route	*r, find;
	struct net_if		*nif = NULL;

	find.spec = *spec;
	if ((r = RB_FIND(net_routes, &n->routes, &find)) == NULL)
		r = route_new(n, spec);
	else if (route_differs(&r->spec, spec)) {
		r->item.odd = r->item.state == ITEM_OURS;
		r->item.error = 0;
		r->spec = *spec;
		if (spec->ifname[0] != '\0')
			nif = iface_get(n, spec->ifname);
		net_item_move(&r->item, nif);
	}
	r->item.named = 1;
	net_item_give(&r->item, v);
}

void
route_conf(struct net *n, struct net_vrrp *v,
    const struct conf_routes *routes, const struct conf_rules *rules)
{
	const struct conf_route	*route;
	const struct conf_rule	*rule;
	struct net_rule		*r, find;

	TAILQ_FOREACH(route, routes, entry)
		conf_route(n, v, &route->spec);
	TAILQ_FOREACH(rule, rules, entry) {
		find.spec = rule->spec;
		if ((r = RB_FIND(net_rules, &n->rules, &find)) == NULL)
			r = rule_new(n, &rule->spec);
		r->item.named = 1;
		net_item_give(&r->item, v);
	}
}

void
route_leave(struct net *n)
{
	struct net_route	*route;
	struct net_rule		*rule;

	RB_FOREACH(route, net_routes, &n->routes)
		if (!route->item.named && route->item.vrrp != &n->leaving)
			net_item_give(&route->item, &n->leaving);
	RB_FOREACH(rule, net_rules, &n->rules)
		if (!rule->item.named && rule->item.vrrp != &n->leaving)
			net_item_give(&rule->item, &n->leaving);
}

/* A full table of routes may be there: have the kernel look through it. */
void
route_find(struct net *n)
{
	int	one = 1, zero = 0, error;

	(void)setsockopt(n->conn.fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK,
	    &one, sizeof(one));
	error = nlconn_query(&n->conn, route_dump(AF_INET), NLM_F_DUMP,
	    route_cb, n);
	if (error == 0)
		error = nlconn_query(&n->conn, route_dump(AF_INET6),
		    NLM_F_DUMP, route_cb, n);
	(void)setsockopt(n->conn.fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK,
	    &zero, sizeof(zero));
	if (error == 0)
		error = nlconn_query(&n->conn, rule_dump(), NLM_F_DUMP,
		    rule_cb, n);
	if (error != 0)
		log_warnx("netlink: reading routes and rules: %s",
		    strerror(error));
}

static int
route_cb(struct nlmsghdr *nlh, void *arg)
{
	struct net		*n = arg;
	struct net_if		*nif;
	struct net_route	*r, find;
	uint32_t		 ifindex;

	if (nlh->nlmsg_type != RTM_NEWROUTE ||
	    route_parse(nlh, &find.spec, &ifindex) == -1)
		return (0);
	if ((r = RB_FIND(net_routes, &n->routes, &find)) == NULL) {
		r = route_new(n, &find.spec);
		net_item_give(&r->item, &n->leaving);
	} else {
		nif = r->item.nif;
		if (nif != NULL && nif->now.ifindex == ifindex)
			(void)strlcpy(find.spec.ifname, nif->now.ifname,
			    sizeof(find.spec.ifname));
		r->item.odd = route_differs(&find.spec, &r->spec);
	}
	r->item.state = ITEM_OURS;
	return (0);
}

static int
rule_cb(struct nlmsghdr *nlh, void *arg)
{
	struct net	*n = arg;
	struct net_rule	*r, find;

	if (nlh->nlmsg_type != RTM_NEWRULE ||
	    rule_parse(nlh, &find.spec) == -1)
		return (0);
	if ((r = RB_FIND(net_rules, &n->rules, &find)) == NULL) {
		r = rule_new(n, &find.spec);
		net_item_give(&r->item, &n->leaving);
	}
	r->item.state = ITEM_OURS;
	return (0);
}

static void
doubt(struct net *n, struct net_item *it)
{
	if (it->state != ITEM_OURS || it->vrrp->want != WANT_HELD)
		return;
	it->doubt = 1;
	net_hurt(n, it->vrrp);
}

void
route_doubt(struct net *n)
{
	struct net_route	*route;
	struct net_rule		*rule;

	n->doubt = 0;
	RB_FOREACH(route, net_routes, &n->routes)
		doubt(n, &route->item);
	RB_FOREACH(rule, net_rules, &n->rules)
		doubt(n, &rule->item);
}

/*
 * Of all that happens to routes, which may be much, only the end of ours is
 * of interest; of rules there are few.
 */
static int
watch_filter(int fd)
{
	/* The filter loads 16 bits as the network has them. */
	const uint32_t		 delroute = htons(RTM_DELROUTE);
	const uint32_t		 delrule = htons(RTM_DELRULE);
	const uint32_t		 proto = NLMSG_HDRLEN +
	    offsetof(struct rtmsg, rtm_protocol);
	struct sock_filter	 code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
		    offsetof(struct nlmsghdr, nlmsg_type)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, delrule, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, delroute, 0, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, proto),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NET_PROTO, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0)
	};
	struct sock_fprog	 prog = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code
	};

	return (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)));
}

int
route_open(struct net *n)
{
	if (nlconn_open(&n->watch, NETLINK_ROUTE) == -1)
		return (-1);
	event_assign(&n->watched, n->base, n->watch.fd, EV_READ | EV_PERSIST,
	    watch_cb, n);
	if (watch_filter(n->watch.fd) == -1)
		return (-1);
	if (nl_socket_add_memberships(n->watch.sk, RTNLGRP_IPV4_ROUTE,
	    RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, 0) < 0) {
		errno = EPROTONOSUPPORT;
		return (-1);
	}
	event_add(&n->watched, NULL);
	return (0);
}

void
route_close(struct net *n)
{
	if (n->watch.fd != -1)
		event_del(&n->watched);
	nlconn_close(&n->watch);
}

/* One of ours has gone, and not by us: which one, asking will show. */
static void
watch_cb(int, short, void *arg)
{
	struct net	*n = arg;
	struct nlmsghdr	*nlh;
	size_t		 len;
	int		 error = 0, left, i;

	for (i = 0; i < WATCH_READS; i++) {
		if ((error = nlconn_receive(&n->watch, 0, &len)) != 0)
			break;
		left = len;
		for (nlh = (struct nlmsghdr *)n->watch.rbuf;
		    nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
			n->doubt |= nlh->nlmsg_pid != n->conn.port;
	}
	if (error == ENOBUFS)
		n->doubt = 1;
	net_settle(n);
}

const char *
route_str(const struct net_item *it, char *buf)
{
	const struct route_spec	*s = &((const struct net_route *)it)->spec;
	char			 dst[NET_STRLEN], via[ADDR_STRLEN];
	char			 source[ADDR_STRLEN];

	if (it->kind == NET_RULE)
		return (rule_str(&((const struct net_rule *)it)->spec, buf));
	(void)snprintf(buf, NET_ITEM_STRLEN, "route %s%s%s%s%s%s%s table %u",
	    net_str(&s->dst, s->len, dst), s->via.af != 0 ? " via " : "",
	    s->via.af != 0 ? addr_str(&s->via, via) : "",
	    s->ifname[0] != '\0' ? " on " : "", s->ifname,
	    s->source.af != 0 ? " source " : "",
	    s->source.af != 0 ? addr_str(&s->source, source) : "", s->table);
	return (buf);
}

static const char *
rule_str(const struct rule_spec *s, char *buf)
{
	char	 from[NET_STRLEN], to[NET_STRLEN], mark[32] = "";

	if (s->marked)
		(void)snprintf(mark, sizeof(mark), " mark %u", s->mark);
	(void)snprintf(buf, NET_ITEM_STRLEN, "rule%s%s%s%s%s%s%s table %u",
	    s->from_len != 0 ? " from " : "", s->from_len != 0 ?
	    net_str(&s->from, s->from_len, from) : "",
	    s->to_len != 0 ? " to " : "", s->to_len != 0 ?
	    net_str(&s->to, s->to_len, to) : "",
	    s->iif[0] != '\0' ? " iif " : "", s->iif, mark, s->table);
	return (buf);
}
