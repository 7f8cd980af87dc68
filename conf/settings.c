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
#include <netinet/in.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "build.h"

/* What a kernel takes where nothing is said: linux/ip_vs.h, ip_vs_sync.c. */
#define SYNC_GROUP_DEFAULT	"224.0.0.81"
#define SYNC_PORT_DEFAULT	8848
#define SYNC_TTL_DEFAULT	1
#define SYNC_ID_MAX		255
/* Less no backup takes; more is no UDP. */
#define SYNC_MAXLEN_MIN		1024
#define SYNC_MAXLEN_MAX		65507

#define SYSCTL_INT_MAX		2147483647
/* Times in these are seconds, made jiffies. */
#define SYSCTL_TIME_MAX		1000000

/*
 * Settings below net.ipv4.vs (net/netfilter/ipvs/ip_vs_ctl.c) with their
 * bounds; what is no number, or of other kinds of kernels, is not there.
 */
static const struct sysctl_def {
	const char	*name;
	int		 min;
	int		 max;
	int		 numbers;	/* how many it has */
} sysctl_defs[] = {
	{ "am_droprate",		1, SYSCTL_INT_MAX, 1 },
	{ "amemthresh",			0, SYSCTL_INT_MAX, 1 },
	{ "backup_only",		0, 1, 1 },
	{ "cache_bypass",		0, 1, 1 },
	{ "conn_reuse_mode",		0, 3, 1 },
	{ "conntrack",			0, 1, 1 },
	{ "drop_entry",			0, 3, 1 },
	{ "drop_packet",		0, 3, 1 },
	{ "expire_nodest_conn",		0, 1, 1 },
	{ "expire_quiescent_template",	0, 1, 1 },
	{ "ignore_tunneled",		0, 1, 1 },
	{ "nat_icmp_send",		0, 1, 1 },
	{ "pmtu_disc",			0, 1, 1 },
	{ "run_estimation",		0, 1, 1 },
	{ "schedule_icmp",		0, 1, 1 },
	{ "secure_tcp",			0, 3, 1 },
	{ "sloppy_sctp",		0, 1, 1 },
	{ "sloppy_tcp",			0, 1, 1 },
	{ "snat_reroute",		0, 1, 1 },
	{ "sync_persist_mode",		0, 1, 1 },
	{ "sync_ports",			1, 64, 1 },
	{ "sync_qlen_max",		1, SYSCTL_INT_MAX, 1 },
	{ "sync_refresh_period",	0, SYSCTL_TIME_MAX, 1 },
	{ "sync_retries",		0, 3, 1 },
	{ "sync_sock_size",		0, SYSCTL_INT_MAX, 1 },
	{ "sync_threshold",		0, SYSCTL_INT_MAX, 2 },
	{ "sync_version",		0, 1, 1 }
};
#define NSYSCTLS	(sizeof(sysctl_defs) / sizeof(sysctl_defs[0]))

static const struct sysctl_def	*sysctl_def(const char *);
static struct conf_sysctl	*sysctl_find(const struct conf *,
				    const char *);
static struct conf_sysctl	*sysctl_add(struct parse *, const char *);
static void			 sysctl_imply(struct parse *, const char *);
static void			 sync_id(struct parse *,
				    const struct lex_str *);
static void			 sync_maxlen(struct parse *,
				    const struct lex_str *);
static int			 sync_once(struct parse *, enum seen,
				    const char *);
static void			 sync_check_families(struct parse *,
				    const struct conf_service *);
static void			 sync_check(struct parse *);
static int			 sync_with(const struct conf_sync *,
				    const struct conf_vrrp *);
static const struct conf_vrrp	*sync_vrrp(const struct conf *,
				    const struct addr *);
static int			 sync_check_listen(struct parse *,
				    const struct conf_service *,
				    const struct conf_listen *);
static void			 sync_check_trap(struct parse *);

static const struct sysctl_def *
sysctl_def(const char *name)
{
	size_t	i;

	for (i = 0; i < NSYSCTLS; i++)
		if (strcmp(sysctl_defs[i].name, name) == 0)
			return (&sysctl_defs[i]);
	return (NULL);
}

static struct conf_sysctl *
sysctl_find(const struct conf *c, const char *name)
{
	struct conf_sysctl	*s;

	TAILQ_FOREACH(s, &c->sysctls, entry)
		if (strcmp(s->name, name) == 0)
			return (s);
	return (NULL);
}

static struct conf_sysctl *
sysctl_add(struct parse *p, const char *name)
{
	struct conf_sysctl	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL) {
		diag_nomem(&p->diag);
		return (NULL);
	}
	(void)strlcpy(s->name, name, sizeof(s->name));
	TAILQ_INSERT_TAIL(&p->conf->sysctls, s, entry);
	return (s);
}

void
build_sysctl(struct parse *p, const struct lex_str *name,
    const struct lex_str *first, const struct lex_str *second)
{
	const struct sysctl_def	*def;
	struct conf_sysctl	*s;
	int			 a, b = 0;

	if ((def = sysctl_def(name->s)) == NULL) {
		conf_error(p, "ipvs sysctl: lvsd does not set \"%s\"; "
		    "lvsd.conf(5) names those that it does", name->s);
		return;
	}
	if ((second != NULL) != (def->numbers == 2)) {
		conf_error(p, "ipvs sysctl %s: has %s", def->name,
		    def->numbers == 2 ? "two values" : "one value");
		return;
	}
	a = value_number(p, def->name, first, def->min, def->max);
	if (second != NULL)
		b = value_number(p, def->name, second, def->min, def->max);
	if (strcmp(def->name, "sync_threshold") == 0 && b > 0 && a >= b) {
		conf_error(p, "ipvs sysctl sync_threshold: the first value "
		    "must be less than the second");
		return;
	}
	if (strcmp(def->name, "sync_ports") == 0 && (a & (a - 1)) != 0) {
		conf_error(p, "ipvs sysctl sync_ports: %d is no power of two",
		    a);
		return;
	}
	if (sysctl_find(p->conf, def->name) != NULL) {
		conf_error(p, "ipvs sysctl %s is given twice", def->name);
		return;
	}
	if ((s = sysctl_add(p, def->name)) == NULL)
		return;
	if (second != NULL)
		(void)snprintf(s->value, sizeof(s->value), "%d %d", a, b);
	else
		(void)snprintf(s->value, sizeof(s->value), "%d", a);
}

void
build_restore(struct parse *p)
{
	if (build_once(p, &p->seen, SEEN_RESTORE, "ipvs restore") == 0)
		p->conf->sysctl_restore = 1;
}

void
build_sync(struct parse *p, const struct lex_str *ifname,
    const struct lex_str *vrrp)
{
	struct conf_sync	*s;

	p->sync_seen = 0;
	if (build_once(p, &p->seen, SEEN_SYNC, "sync connections") == -1)
		return;
	if ((s = calloc(1, sizeof(*s))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	p->conf->sync = s;
	p->sync_pos = p->pos;
	(void)value_ifname(p, ifname, s->ifname);
	(void)value_name(p, "vrrp", vrrp, s->vrrp_name);
	s->port = SYNC_PORT_DEFAULT;
	s->ttl = SYNC_TTL_DEFAULT;
	(void)addr_parse(SYNC_GROUP_DEFAULT, &s->group);
}

/* 0: this is to be said; -1: it was, or there is nothing it is of. */
static int
sync_once(struct parse *p, enum seen what, const char *name)
{
	if (p->conf->sync == NULL)
		return (-1);
	return (build_once(p, &p->sync_seen, what, name));
}

void
build_sync_option(struct parse *p, const struct lex_str *name,
    const struct lex_str *str)
{
	if (strcmp(name->s, "id") == 0)
		sync_id(p, str);
	else if (strcmp(name->s, "maxlen") == 0)
		sync_maxlen(p, str);
	else
		conf_error(p, "sync connections: \"%s\" is none of id, port, "
		    "group, ttl and maxlen", name->s);
}

static void
sync_id(struct parse *p, const struct lex_str *str)
{
	if (sync_once(p, SYNC_ID, "id") == -1)
		return;
	p->conf->sync->id = value_number(p, "sync connections: id", str, 0,
	    SYNC_ID_MAX);
	p->conf->sync->has_id = 1;
}

void
build_sync_port(struct parse *p, const struct lex_str *str)
{
	if (sync_once(p, SYNC_PORT, "port") == 0)
		p->conf->sync->port = value_number(p,
		    "sync connections: port", str, 1, UINT16_MAX);
}

void
build_sync_ttl(struct parse *p, const struct lex_str *str)
{
	if (sync_once(p, SYNC_TTL, "ttl") == 0)
		p->conf->sync->ttl = value_number(p, "sync connections: ttl",
		    str, 1, UINT8_MAX);
}

static void
sync_maxlen(struct parse *p, const struct lex_str *str)
{
	if (sync_once(p, SYNC_MAXLEN, "maxlen") == 0)
		p->conf->sync->maxlen = value_number(p,
		    "sync connections: maxlen", str, SYNC_MAXLEN_MIN,
		    SYNC_MAXLEN_MAX);
}

void
build_sync_group(struct parse *p, const struct lex_str *str)
{
	struct addr	a;

	if (sync_once(p, SYNC_GROUP, "group") == -1)
		return;
	if (addr_parse(str->s, &a) == -1 || (a.af == AF_INET ?
	    !IN_MULTICAST(ntohl(a.u.v4.s_addr)) :
	    !IN6_IS_ADDR_MULTICAST(&a.u.v6))) {
		conf_error(p, "sync connections: group \"%s\" is not a "
		    "multicast address, as 224.0.0.81 or ff02::51", str->s);
		return;
	}
	p->conf->sync->group = a;
}

/* The messages between the kernels have one family for all of a connection. */
static void
sync_check_families(struct parse *p, const struct conf_service *s)
{
	const struct conf_listen	*l;
	const struct conf_host		*h;
	char				 addr[ADDR_STRLEN];
	int				 i;

	TAILQ_FOREACH(l, &s->listens, entry)
		for (i = 0; i < POOL_MAX; i++) {
			if (s->pool[i].table == NULL)
				continue;
			CONF_HOSTS_FOREACH(h, &s->pool[i].table->hosts) {
				if (h->addr.af == l->conf.addr.af)
					continue;
				diag_error(&p->diag, &p->sync_pos, "sync "
				    "connections: not possible with service "
				    "\"%s\", whose host %s is of another "
				    "family than what it listens on",
				    s->name, addr_str(&h->addr,
				    addr));
				return;
			}
		}
}

static void
sync_check(struct parse *p)
{
	struct conf_sync		*s = p->conf->sync;
	const struct conf_service	*service;

	if (s == NULL || s->vrrp_name[0] == '\0')
		return;
	key_name(&p->key, KEY_VRRP, s->vrrp_name);
	s->vrrp = index_get(p->index, &p->key);
	if (s->vrrp == NULL) {
		if (p->errors_top == 0)
			diag_error(&p->diag, &p->sync_pos, "sync connections: "
			    "vrrp \"%s\" is not defined", s->vrrp_name);
		return;
	}
	if (TAILQ_EMPTY(&p->conf->services) && p->errors_top == 0)
		diag_error(&p->diag, &p->sync_pos, "sync connections: there "
		    "is no service to have any");
	TAILQ_FOREACH(service, &p->conf->services, entry)
		sync_check_families(p, service);
	/* Directors that share an instance share its number, too. */
	if (!s->has_id)
		s->id = s->vrrp->conf.vrid;
}

/* Is it master where sync sends, and nowhere else? */
static int
sync_with(const struct conf_sync *s, const struct conf_vrrp *v)
{
	return (v == s->vrrp || (v->group != NULL &&
	    v->group == s->vrrp->group));
}

/* The instance that has this address, or NULL. */
static const struct conf_vrrp *
sync_vrrp(const struct conf *c, const struct addr *addr)
{
	const struct conf_vrrp	*v;
	const struct conf_vaddr	*a;

	TAILQ_FOREACH(v, &c->vrrps, entry)
		TAILQ_FOREACH(a, &v->addrs, entry)
			if (addr_cmp(&a->conf.addr, addr) == 0)
				return (v);
	return (NULL);
}

/* -1, with an error: connections may come for it where sync receives. */
static int
sync_check_listen(struct parse *p, const struct conf_service *s,
    const struct conf_listen *l)
{
	const struct conf_sync	*sync = p->conf->sync;
	const struct conf_vrrp	*v = sync_vrrp(p->conf, &l->conf.addr);
	char			 addr[ADDR_STRLEN];

	if (v != NULL && sync_with(sync, v))
		return (0);
	if (v != NULL)
		diag_error(&p->diag, &p->sync_pos, "sync connections: with "
		    "backup_only, service \"%s\" of vrrp \"%s\" would direct "
		    "nothing while \"%s\" is backup; put both in one sync "
		    "group, or set backup_only 0", s->name, v->conf.name,
		    sync->vrrp->conf.name);
	else
		diag_error(&p->diag, &p->sync_pos, "sync connections: with "
		    "backup_only, service \"%s\" would direct nothing while "
		    "\"%s\" is backup, whose address %s is not; add it there, "
		    "say \"while master of\" in the service, or set "
		    "backup_only 0", s->name, sync->vrrp->conf.name,
		    addr_str(&l->conf.addr, addr));
	return (-1);
}

/*
 * With backup_only the kernel directs nothing at all while it receives
 * connections: net/netfilter/ipvs/ip_vs_core.c.
 */
static void
sync_check_trap(struct parse *p)
{
	const struct conf		*c = p->conf;
	const struct conf_sysctl	*set = sysctl_find(c, "backup_only");
	const struct conf_service	*s;
	const struct conf_listen	*l;

	if (set == NULL || strcmp(set->value, "0") == 0 || c->sync == NULL ||
	    c->sync->vrrp == NULL)
		return;
	TAILQ_FOREACH(s, &c->services, entry) {
		/* On a backup these are not in the kernel at all. */
		if (s->vrrp != NULL && sync_with(c->sync, s->vrrp))
			continue;
		/* What is marked may be for any address. */
		TAILQ_FOREACH(l, &s->listens, entry)
			if (l->conf.mark == 0 &&
			    sync_check_listen(p, s, l) == -1)
				return;
	}
}

/* Unless the file says otherwise. */
static void
sysctl_imply(struct parse *p, const char *name)
{
	struct conf_sysctl	*s;

	if (sysctl_find(p->conf, name) != NULL ||
	    (s = sysctl_add(p, name)) == NULL)
		return;
	(void)strlcpy(s->value, "1", sizeof(s->value));
	s->implied = 1;
}

void
settings_check(struct parse *p)
{
	const struct conf_service	*s;

	sync_check(p);
	sync_check_trap(p);
	TAILQ_FOREACH(s, &p->conf->services, entry)
		if (s->flags & SERVICE_F_PERSISTENT)
			sysctl_imply(p, "expire_quiescent_template");
}

void
settings_free(struct conf *c)
{
	struct conf_sysctl	*s;

	while ((s = TAILQ_FIRST(&c->sysctls)) != NULL) {
		TAILQ_REMOVE(&c->sysctls, s, entry);
		free(s);
	}
	free(c->sync);
}
