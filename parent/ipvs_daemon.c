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

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <string.h>

#include <bsd/string.h>
#include <event2/event.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "../imsg/log.h"
#include "ipvs_state.h"

/*
 * Connection sync: the kernel's daemon that sends runs on the master, the one
 * that receives on all others, and never both on one director.  With both the
 * kernel takes itself for a backup, and under backup_only directs nothing
 * (net/netfilter/ipvs/ip_vs_core.c).
 */

/* What runs, by state: the numbers are bits. */
#define DAEMON_STATES	(IP_VS_STATE_MASTER | IP_VS_STATE_BACKUP)

struct daemons {
	struct ipvs_daemon	master;
	struct ipvs_daemon	backup;
	unsigned int		run;		/* IP_VS_STATE_* */
};

static int	daemon_cb(struct nlmsghdr *, void *);
static void	daemon_wanted(const struct conf_sync *, uint32_t,
		    struct ipvs_daemon *);
static int	daemon_equal(const struct ipvs_daemon *,
		    const struct ipvs_daemon *);
static int	daemon_ask(struct ipvs *, int, const struct ipvs_daemon *);
static int	daemon_stop(struct ipvs *, uint32_t);
static int	daemon_none(struct ipvs *);
static int	daemon_start(struct ipvs *, const struct daemons *);
static void	daemon_failed(struct ipvs *, int);
static uint32_t	number(struct nlattr *);

struct nl_msg *
ipvs_msg_daemon(int family, int cmd, const struct ipvs_daemon *d)
{
	struct nl_msg	*msg;
	struct nlattr	*nest;

	if ((msg = ipvs_msg_new(family, cmd)) == NULL || d == NULL)
		return (msg);
	if ((nest = nla_nest_start(msg, IPVS_CMD_ATTR_DAEMON)) == NULL ||
	    nla_put_u32(msg, IPVS_DAEMON_ATTR_STATE, d->state) < 0)
		goto fail;
	if (cmd == IPVS_CMD_NEW_DAEMON &&
	    (nla_put_string(msg, IPVS_DAEMON_ATTR_MCAST_IFN, d->ifname) < 0 ||
	    nla_put_u32(msg, IPVS_DAEMON_ATTR_SYNC_ID, d->id) < 0 ||
	    nla_put_u16(msg, IPVS_DAEMON_ATTR_MCAST_PORT, d->port) < 0 ||
	    nla_put_u8(msg, IPVS_DAEMON_ATTR_MCAST_TTL, d->ttl) < 0 ||
	    nla_put(msg, d->group.af == AF_INET6 ?
	    IPVS_DAEMON_ATTR_MCAST_GROUP6 : IPVS_DAEMON_ATTR_MCAST_GROUP,
	    addr_size(d->group.af), d->group.u.bytes) < 0 ||
	    (d->maxlen != 0 && nla_put_u16(msg, IPVS_DAEMON_ATTR_SYNC_MAXLEN,
	    d->maxlen) < 0)))
		goto fail;
	nla_nest_end(msg, nest);
	return (msg);
fail:
	nlmsg_free(msg);
	return (NULL);
}

/* 0 where there is none, as of kernels before 4.3 group, port and ttl. */
static uint32_t
number(struct nlattr *a)
{
	if (a == NULL)
		return (0);
	switch (nla_len(a)) {
	case sizeof(uint32_t):
		return (nla_get_u32(a));
	case sizeof(uint16_t):
		return (nla_get_u16(a));
	case sizeof(uint8_t):
		return (nla_get_u8(a));
	default:
		return (0);
	}
}

int
ipvs_parse_daemon(struct nlmsghdr *nlh, struct ipvs_daemon *d)
{
	struct nlattr	*tb[IPVS_DAEMON_ATTR_MAX + 1];
	struct nlattr	*group;

	memset(d, 0, sizeof(*d));
	if (ipvs_parse_nested(nlh, IPVS_CMD_ATTR_DAEMON, tb,
	    IPVS_DAEMON_ATTR_MAX) == -1 ||
	    tb[IPVS_DAEMON_ATTR_MCAST_IFN] == NULL)
		return (-1);
	d->state = number(tb[IPVS_DAEMON_ATTR_STATE]);
	d->id = number(tb[IPVS_DAEMON_ATTR_SYNC_ID]);
	d->maxlen = number(tb[IPVS_DAEMON_ATTR_SYNC_MAXLEN]);
	d->port = number(tb[IPVS_DAEMON_ATTR_MCAST_PORT]);
	d->ttl = number(tb[IPVS_DAEMON_ATTR_MCAST_TTL]);
	nla_strlcpy(d->ifname, tb[IPVS_DAEMON_ATTR_MCAST_IFN],
	    sizeof(d->ifname));
	group = tb[IPVS_DAEMON_ATTR_MCAST_GROUP6];
	d->group.af = AF_INET6;
	if (group == NULL) {
		group = tb[IPVS_DAEMON_ATTR_MCAST_GROUP];
		d->group.af = AF_INET;
	}
	if (group != NULL && (size_t)nla_len(group) >= addr_size(d->group.af))
		memcpy(d->group.u.bytes, nla_data(group),
		    addr_size(d->group.af));
	return (0);
}

static int
daemon_cb(struct nlmsghdr *nlh, void *arg)
{
	struct daemons		*have = arg;
	struct ipvs_daemon	 d;

	if (ipvs_parse_daemon(nlh, &d) == -1)
		return (0);
	have->run |= d.state;
	if (d.state == IP_VS_STATE_MASTER)
		have->master = d;
	else if (d.state == IP_VS_STATE_BACKUP)
		have->backup = d;
	return (0);
}

static void
daemon_wanted(const struct conf_sync *s, uint32_t state,
    struct ipvs_daemon *d)
{
	memset(d, 0, sizeof(*d));
	d->state = state;
	d->id = s->id;
	d->group = s->group;
	d->port = s->port;
	d->ttl = s->ttl;
	d->maxlen = s->maxlen;
	(void)strlcpy(d->ifname, s->ifname, sizeof(d->ifname));
}

static int
daemon_equal(const struct ipvs_daemon *want, const struct ipvs_daemon *have)
{
	return (strcmp(want->ifname, have->ifname) == 0 &&
	    want->id == have->id && want->port == have->port &&
	    want->ttl == have->ttl &&
	    (want->maxlen == 0 || want->maxlen == have->maxlen) &&
	    addr_cmp(&want->group, &have->group) == 0);
}

static int
daemon_ask(struct ipvs *v, int cmd, const struct ipvs_daemon *d)
{
	int	error;

	error = nlconn_query(&v->conn, ipvs_msg_daemon(v->family, cmd, d), 0,
	    NULL, NULL);
	if (error == 0)
		v->sync_turns++;
	return (error);
}

static int
daemon_stop(struct ipvs *v, uint32_t state)
{
	struct ipvs_daemon	d = { .state = state };
	int			error;

	error = daemon_ask(v, IPVS_CMD_DEL_DAEMON, &d);
	return (error == ESRCH ? 0 : error);
}

static int
daemon_none(struct ipvs *v)
{
	int	error;

	if ((error = daemon_stop(v, IP_VS_STATE_MASTER)) == 0 &&
	    (error = daemon_stop(v, IP_VS_STATE_BACKUP)) == 0) {
		v->sync_ours = 0;
		v->left = 1;
	}
	return (error);
}

/* The one wanted, after the other one has ended. */
static int
daemon_start(struct ipvs *v, const struct daemons *have)
{
	struct ipvs_daemon	 want;
	const struct ipvs_daemon *is;
	uint32_t		 state, other;
	int			 error;

	state = v->sync_master ? IP_VS_STATE_MASTER : IP_VS_STATE_BACKUP;
	other = DAEMON_STATES & ~state;
	is = v->sync_master ? &have->master : &have->backup;
	daemon_wanted(v->conf->sync, state, &want);
	if (have->run & other && (error = daemon_stop(v, other)) != 0)
		return (error);
	if (have->run & state) {
		if (daemon_equal(&want, is))
			return (0);
		if ((error = daemon_stop(v, state)) != 0)
			return (error);
	}
	if ((error = daemon_ask(v, IPVS_CMD_NEW_DAEMON, &want)) == 0)
		log_info("connection sync on %s: %s", want.ifname,
		    v->sync_master ? "sends" : "receives");
	return (error);
}

void
ipvs_daemon_cb(int, short, void *arg)
{
	struct ipvs	*v = arg;
	struct daemons	 have;
	int		 error = 0;

	/* Those of others are let alone. */
	if (v->conf == NULL || (v->conf->sync == NULL && !v->sync_ours))
		return;
	if (v->conf->sync != NULL) {
		memset(&have, 0, sizeof(have));
		error = nlconn_query(&v->conn, ipvs_msg_daemon(v->family,
		    IPVS_CMD_GET_DAEMON, NULL), NLM_F_DUMP, daemon_cb, &have);
		if (error == 0)
			error = daemon_start(v, &have);
	} else
		error = daemon_none(v);
	daemon_failed(v, error);
	ipvs_owned_told(v);
}

/* Each call may fail for the same reason: it is told once. */
static void
daemon_failed(struct ipvs *v, int error)
{
	if (error != 0 && error != v->sync_error)
		log_warnx("connection sync on %s: %s",
		    v->conf->sync != NULL ? v->conf->sync->ifname : "-",
		    strerror(error));
	v->sync_error = error;
}

/*
 * Who receives under backup_only directs nothing, which is nothing to have
 * addresses with: connections would be reset.
 */
void
ipvs_sync_role(struct ipvs *v, int master)
{
	struct timeval	now = { 0, 0 };
	int		was = v->sync_master;

	v->sync_master = master;
	if (master && !was)
		ipvs_daemon_cb(-1, EV_TIMEOUT, v);
	else
		evtimer_add(&v->sync, &now);
}

unsigned int
ipvs_sync_turns(const struct ipvs *v)
{
	return (v->sync_turns);
}

void
ipvs_daemon_end(struct ipvs *v)
{
	if (v->sync_ours)
		daemon_failed(v, daemon_none(v));
}

int
ipvs_rests(struct ipvs *v)
{
	struct daemons	have;
	char		value[SYSCTL_VALUE_LEN];

	if (ipvs_setting_get("backup_only", value) == -1 ||
	    strcmp(value, "0") == 0)
		return (0);
	memset(&have, 0, sizeof(have));
	return (nlconn_query(&v->conn, ipvs_msg_daemon(v->family,
	    IPVS_CMD_GET_DAEMON, NULL), NLM_F_DUMP, daemon_cb, &have) == 0 &&
	    (have.run & IP_VS_STATE_BACKUP) != 0);
}
