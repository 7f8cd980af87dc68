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

#ifndef REGRESS_UNIT_VRRP_STUB_H
#define REGRESS_UNIT_VRRP_STUB_H

#include <sys/types.h>
#include <sys/socket.h>

#include <bsd/string.h>
#include <stdarg.h>

#include "../../imsg/log.h"
#include "../../vrrpe/instance.h"
#include "tap.h"

/*
 * Stand-ins for what surrounds the state machine: a clock that the test
 * moves, timers that only remember when they are due, adverts and roles that
 * are written down in the order in which they come.  The sources tested
 * find these instead of log.c, monotime.c, send.c, timer.c and vrrpe.c, and
 * unless STUB_ORDERS is defined instead of order.c.
 */

/* What came of an event: A advert, 0 release, g announced, i f b m h role. */
static char		stub_trace[256];
static char		stub_groups[64];	/* roles of groups told */
static int		stub_rivals;		/* masters told of */
static struct monotime	stub_now = { 1000000 };
static int		stub_warnings;		/* lines of log_warnx() */
static int		stub_errors;		/* lines of log_warn() */
static int		stub_statuses;		/* told to lbe */
static char		stub_warning[512];	/* the last one */

static void	stub_note(char);
static void	stub_fd(struct lan *, int);
static void	stub_iface(struct iface *, const char *, const char *);
static inline void stub_vrrp(struct vrrp *, struct vrrpe *, struct iface *,
		    const char *, int);
static inline void stub_event(struct vrrp *, enum fsm_event);
static inline int64_t stub_due(const struct vrrp *);

static void
stub_note(char c)
{
	size_t	len = strlen(stub_trace);

	if (len + 1 < sizeof(stub_trace)) {
		stub_trace[len] = c;
		stub_trace[len + 1] = '\0';
	}
}

/* All sockets of a family. */
static void
stub_fd(struct lan *lan, int fd)
{
	int	kind;

	for (kind = 0; kind < VSOCK_KIND_MAX; kind++)
		lan->sock[kind].fd = fd;
}

/* An interface that is up, with this address. */
static void
stub_iface(struct iface *ifc, const char *name, const char *addr)
{
	int	i;

	memset(ifc, 0, sizeof(*ifc));
	lan_init(ifc);
	for (i = 0; i < LAN_MAX; i++)
		stub_fd(&ifc->lan[i], 0);
	ifc->told = 1;
	ifc->status.ifindex = 1;
	ifc->status.up = 1;
	strlcpy(ifc->status.ifname, name, sizeof(ifc->status.ifname));
	if (addr_parse(addr, strchr(addr, ':') != NULL ? &ifc->status.addr6 :
	    &ifc->status.addr4) == -1)
		abort();
}

/* A version 3 instance on it, 1 s, started but not begun. */
static inline void
stub_vrrp(struct vrrp *v, struct vrrpe *env, struct iface *ifc,
    const char *name, int prio)
{
	static struct addr	vip;

	if (addr_parse("10.77.0.10", &vip) == -1)
		abort();
	memset(v, 0, sizeof(*v));
	TAILQ_INIT(&v->trackers);
	v->env = env;
	v->iface = ifc;
	v->lan = &ifc->lan[LAN_INET];
	v->conf.id = 1;
	v->conf.vrid = 51;
	v->conf.af = AF_INET;
	v->conf.version = 3;
	v->conf.advert_cs = 100;
	v->conf.priority = v->prio = prio;
	v->mai_cs = 100;
	v->addrs = &vip;
	v->naddrs = 1;
	v->started = 1;
	strlcpy(v->conf.name, name, sizeof(v->conf.name));
	strlcpy(v->conf.ifname, ifc->status.ifname, sizeof(v->conf.ifname));
}

static inline void
stub_event(struct vrrp *v, enum fsm_event ev)
{
	fsm_event(v, ev, NULL, NULL, "test");
	if (ev != EV_STOP)
		group_settle(v);
}

/* Microseconds until the timer, -1: it is off. */
static inline int64_t
stub_due(const struct vrrp *v)
{
	return (monotime_isset(v->due) ?
	    monotime_diff_us(v->due, stub_now) : -1);
}

/* Where send.c itself is tested, it is there. */
#ifndef VRRP_STUB_SENDS
/* Called for each advert, when a test has a network. */
static void	(*stub_wire)(struct vrrp *, uint8_t);

void
send_advert(struct vrrp *v, uint8_t prio)
{
	stub_note(prio == PACKET_PRIO_RELEASE ? '0' : 'A');
	v->tx++;
	if (stub_wire != NULL)
		stub_wire(v, prio);
}

void
send_forget(struct vrrp *)
{
}
#endif

void
vrrpe_tell_role(struct vrrp *v)
{
	stub_note("ifbmh"[v->state]);
}

#ifndef STUB_ORDERS
void
order_ended(struct vrrp *, const char *)
{
}
#endif

void
vrrpe_tell_announce(struct vrrp *)
{
	stub_note('g');
}

void
vrrpe_tell_rival(struct vrrp *, const struct addr *, uint8_t)
{
	stub_rivals++;
}

void
vrrpe_tell_group(struct group *g)
{
	size_t	len = strlen(stub_groups);

	if (len + 1 < sizeof(stub_groups)) {
		stub_groups[len] = "ifbmh"[g->role];
		stub_groups[len + 1] = '\0';
	}
}

void
vrrpe_event(struct vrrp *, const char *, ...)
{
}

void
vrrpe_tell_status(struct vrrp *)
{
	stub_statuses++;
}

void
timer_new(struct vrrp *)
{
}

void
timer_free(struct vrrp *)
{
}

void
timer_set(struct vrrp *v, struct monotime due)
{
	v->due = due;
}

void
timer_stop(struct vrrp *v)
{
	v->due.us = 0;
}

struct monotime
monotime_now(void)
{
	return (stub_now);
}

struct monotime
monotime_add_us(struct monotime t, int64_t us)
{
	t.us += us;
	return (t);
}

int64_t
monotime_diff_us(struct monotime a, struct monotime b)
{
	return (a.us - b.us);
}

int
monotime_isset(struct monotime t)
{
	return (t.us != 0);
}

void
log_info(const char *, ...)
{
}

void
log_debug(const char *, ...)
{
}

void
log_warn(const char *, ...)
{
	stub_errors++;
}

void
log_warnx(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	vsnprintf(stub_warning, sizeof(stub_warning), fmt, ap);
	va_end(ap);
	stub_warnings++;
}

void
fatal(const char *, ...)
{
	abort();
}

void
fatalx(const char *, ...)
{
	abort();
}

#endif /* REGRESS_UNIT_VRRP_STUB_H */
