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

#include <event2/event.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>

#include "../imsg/log.h"
#include "../imsg/monotime.h"
#include "ipvs_state.h"

/*
 * Reading the kernel's table: at the start to take it over, now and then to
 * find what somebody else has changed (IPVS tells nobody of changes), and a
 * single service when an answer of the kernel was a surprise.
 */

/* A verification gives way to other work after this long, microseconds. */
#define VERIFY_SLICE_US	3000

struct reading {
	struct ipvs		*v;
	struct ipvs_vs		*vs;
	struct ipvs_drift	*drift;
};

static int	 service_cb(struct nlmsghdr *, void *);
static int	 one_service_cb(struct nlmsghdr *, void *);
static int	 dest_cb(struct nlmsghdr *, void *);
static void	 real_seen(const struct ipvs_vs *, struct ipvs_real *,
		    const struct ipvs_dst *, struct ipvs_drift *);
static void	 vs_missing(struct ipvs_vs *);
static struct ipvs_vs *verify_next(struct ipvs *);
static void	 drift_log(const struct ipvs_drift *);
static void	 drift_add(char *, size_t, unsigned int, const char *);

int
ipvs_read_services(struct ipvs *v, struct ipvs_drift *drift)
{
	struct reading	 rd = { .v = v, .drift = drift };
	struct ipvs_vs	*vs;
	int		 error;

	RB_FOREACH(vs, ipvs_services, &v->services)
		vs->flags &= ~VS_SEEN;
	if ((error = nlconn_query(&v->conn, ipvs_msg_service(v->family,
	    IPVS_CMD_GET_SERVICE, NULL, NULL), NLM_F_DUMP, service_cb,
	    &rd)) != 0)
		return (error);
	RB_FOREACH(vs, ipvs_services, &v->services) {
		if ((vs->flags & VS_SEEN) || !vs->in_kernel)
			continue;
		drift->svc_missing++;
		vs_missing(vs);
	}
	return (0);
}

static int
service_cb(struct nlmsghdr *nlh, void *arg)
{
	struct reading	*rd = arg;
	struct ipvs_vs	*vs, find;
	struct ipvs_svc	 svc;

	/* What cannot be ours, or is not, is passed over. */
	if (ipvs_parse_service(nlh, &find.key, &svc) == -1 ||
	    (vs = RB_FIND(ipvs_services, &rd->v->services, &find)) == NULL)
		return (0);
	vs->flags |= VS_SEEN;
	if (!vs->in_kernel)
		rd->drift->svc_new++;
	else if (!ipvs_svc_equal(&svc, &vs->have))
		rd->drift->svc_changed++;
	vs->in_kernel = 1;
	vs->have = svc;
	return (0);
}

static void
vs_missing(struct ipvs_vs *vs)
{
	unsigned int	i;

	vs->in_kernel = 0;
	for (i = 0; i < vs->nreal; i++) {
		vs->real[i].have = DEST_NONE;
		vs->real[i].flags &= ~REAL_ODD;
	}
	free(vs->stray);
	vs->stray = NULL;
	vs->nstray = 0;
}

int
ipvs_read_reals(struct ipvs *v, struct ipvs_vs *vs, struct ipvs_drift *drift)
{
	struct reading		 rd = { .v = v, .vs = vs, .drift = drift };
	struct ipvs_real	*r;
	unsigned int		 i, nstray = vs->nstray;
	int			 error;

	for (i = 0; i < vs->nreal; i++)
		vs->real[i].flags &= ~REAL_SEEN;
	vs->nstray = 0;
	if ((error = nlconn_query(&v->conn, ipvs_msg_service(v->family,
	    IPVS_CMD_GET_DEST, &vs->key, NULL), NLM_F_DUMP, dest_cb,
	    &rd)) != 0)
		return (error);
	for (i = 0; i < vs->nreal; i++) {
		r = &vs->real[i];
		if (r->have == DEST_NONE || (r->flags & REAL_SEEN))
			continue;
		drift->dst_missing++;
		r->have = DEST_NONE;
		r->flags &= ~REAL_ODD;
	}
	if (vs->nstray > nstray)
		drift->dst_stray += vs->nstray - nstray;
	return (0);
}

static int
dest_cb(struct nlmsghdr *nlh, void *arg)
{
	struct reading		*rd = arg;
	struct ipvs_vs		*vs = rd->vs;
	struct ipvs_real	*r;
	struct ipvs_dst		 dst;

	if (ipvs_parse_dest(nlh, vs->key.addr.af, &dst) == -1)
		return (0);
	if ((r = ipvs_real_at(vs, &dst.addr, dst.port)) == NULL) {
		ipvs_stray_add(vs, &dst.addr, dst.port);
		return (0);
	}
	real_seen(vs, r, &dst, rd->drift);
	return (0);
}

static void
real_seen(const struct ipvs_vs *vs, struct ipvs_real *r,
    const struct ipvs_dst *dst, struct ipvs_drift *drift)
{
	struct ipvs_dst	wanted;
	/* A weight out of all bounds must not look like an absence. */
	int32_t		weight = dst->weight >= 0 ? dst->weight : INT32_MAX;
	int		odd;

	ipvs_real_wanted(vs, r, &wanted);
	odd = !ipvs_dst_alike(&wanted, dst);
	if (r->have == DEST_NONE)
		drift->dst_new++;
	else if (r->have != weight || odd != ((r->flags & REAL_ODD) != 0))
		drift->dst_changed++;
	r->have = weight;
	r->flags |= REAL_SEEN;
	if (odd)
		r->flags |= REAL_ODD;
	else
		r->flags &= ~REAL_ODD;
}

void
ipvs_stray_add(struct ipvs_vs *vs, const struct addr *addr, uint16_t port)
{
	struct ipvs_stray	*st;

	st = reallocarray(vs->stray, vs->nstray + 1, sizeof(*st));
	if (st == NULL)
		fatal("IPVS destination");
	vs->stray = st;
	st = &vs->stray[vs->nstray++];
	memset(st, 0, sizeof(*st));
	st->addr = *addr;
	st->port = port;
}

int
ipvs_read_vs(struct ipvs *v, struct ipvs_vs *vs)
{
	struct ipvs_drift	 drift;
	struct reading		 rd = { .v = v, .vs = vs, .drift = &drift };
	int			 error;

	memset(&drift, 0, sizeof(drift));
	error = nlconn_query(&v->conn, ipvs_msg_service(v->family,
	    IPVS_CMD_GET_SERVICE, &vs->key, NULL), 0, one_service_cb, &rd);
	if (error == ESRCH) {
		vs_missing(vs);
		return (0);
	}
	if (error == 0)
		error = ipvs_read_reals(v, vs, &drift);
	return (error);
}

static int
one_service_cb(struct nlmsghdr *nlh, void *arg)
{
	struct reading	*rd = arg;
	struct ipvs_key	 key;
	struct ipvs_svc	 svc;

	if (ipvs_parse_service(nlh, &key, &svc) == -1)
		return (EBADMSG);
	rd->vs->in_kernel = 1;
	rd->vs->have = svc;
	return (0);
}

int
ipvs_verify(struct ipvs *v)
{
	struct ipvs_vs		*vs, *next;
	struct timeval		 now = { 0, 0 };
	struct monotime		 start = monotime_now();
	int			 error, n = 0;

	/* What is there before lbe's first wish is as it should be. */
	if (!v->settled || v->verifying)
		return (0);
	memset(&v->drift, 0, sizeof(v->drift));
	if ((error = ipvs_read_services(v, &v->drift)) != 0) {
		log_warnx("IPVS: reading the kernel's table: %s",
		    strerror(error));
		return (-1);
	}
	v->verifying = 1;
	memset(&v->verified, 0, sizeof(v->verified));
	RB_FOREACH_SAFE(vs, ipvs_services, &v->services, next)
		n += ipvs_enqueue(v, vs, &v->repair);
	if (n > 0)
		evtimer_add(&v->slice, &now);
	evtimer_add(&v->verify, &now);
	v->verify_us = monotime_diff_us(monotime_now(), start);
	return (n);
}

int64_t
ipvs_verify_cost(const struct ipvs *v)
{
	return (v->verify_us);
}

/* The destinations, some services a turn. */
void
ipvs_verify_slice(int, short, void *arg)
{
	struct ipvs	*v = arg;
	struct ipvs_vs	*vs;
	struct timeval	 now = { 0, 0 };
	struct monotime	 start = monotime_now();
	int64_t		 us = 0;
	int		 error;

	while (us <= VERIFY_SLICE_US && (vs = verify_next(v)) != NULL) {
		v->verified = vs->key;
		if (!vs->in_kernel)
			continue;
		if ((error = ipvs_read_reals(v, vs, &v->drift)) != 0) {
			log_warnx("IPVS: reading destinations: %s",
			    strerror(error));
			break;
		}
		if (ipvs_enqueue(v, vs, &v->repair))
			evtimer_add(&v->slice, &now);
		us = monotime_diff_us(monotime_now(), start);
	}
	v->verify_us += us;
	if (us > VERIFY_SLICE_US) {
		evtimer_add(&v->verify, &now);
		return;
	}
	v->verifying = 0;
	drift_log(&v->drift);
	ipvs_repair_end(v);
}

static struct ipvs_vs *
verify_next(struct ipvs *v)
{
	struct ipvs_vs	find, *vs;

	if (v->verified.addr.af == 0)
		return (RB_MIN(ipvs_services, &v->services));
	find.key = v->verified;
	vs = RB_NFIND(ipvs_services, &v->services, &find);
	if (vs != NULL && ipvs_key_cmp(&vs->key, &v->verified) == 0)
		vs = RB_NEXT(ipvs_services, &v->services, vs);
	return (vs);
}

/* One line that says what kinds of things differed, and how many. */
static void
drift_log(const struct ipvs_drift *d)
{
	char	text[256] = "";

	drift_add(text, sizeof(text), d->svc_missing, "services missing");
	drift_add(text, sizeof(text), d->svc_new, "services added");
	drift_add(text, sizeof(text), d->svc_changed, "services changed");
	drift_add(text, sizeof(text), d->dst_missing, "real servers missing");
	drift_add(text, sizeof(text), d->dst_new, "real servers added");
	drift_add(text, sizeof(text), d->dst_changed, "real servers changed");
	drift_add(text, sizeof(text), d->dst_stray,
	    "real servers not configured");
	if (text[0] != '\0')
		log_warnx("IPVS: somebody else changed the kernel's table "
		    "(%s): repairing", text);
}

static void
drift_add(char *text, size_t size, unsigned int n, const char *what)
{
	size_t	len = strlen(text);

	if (n > 0)
		(void)snprintf(text + len, size - len, "%s%u %s",
		    len > 0 ? ", " : "", n, what);
}
