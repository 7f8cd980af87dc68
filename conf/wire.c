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
#include <arpa/inet.h>

#include <stdio.h>
#include <string.h>

#include "wire.h"

/*
 * Judges of structures that came in a message.  The receiver may be the
 * privileged parent: what is let through here is trusted afterwards.
 */

static int	flags_ok(uint32_t, uint32_t);
static int	object_name_ok(const char *);
static int	ifname_ok(const char *);
static int	pool_config_ok(const struct pool_config *, int);
static int	tunnel_ok(const struct pool_config *);
static int	advert_ok(const struct vrrp_config *);
static int	vaddr_ipv4_ok(const struct vaddr_config *);

const char *const forward_method_names[FWD_METHOD_MAX] = {
	"forward",
	"route",
	"tunnel"
};

const char *const tunnel_type_names[TUNNEL_TYPE_MAX] = {
	"ipip",
	"gue",
	"gre"
};

const char *const track_kind_names[TRACK_KIND_MAX] = {
	"interface",
	"script",
	"service",
	"table",
	"process",
	"file",
	"host"
};

const char *const scheduler_names[] = {
	"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq",
	"fo", "ovf", "mh", "twos", NULL
};

int
scheduler_known(const char *name)
{
	int	 i;

	for (i = 0; scheduler_names[i] != NULL; i++)
		if (strcmp(scheduler_names[i], name) == 0)
			return (1);
	return (0);
}

/* ip_vs_sh.c and ip_vs_mh.c alone look at the flags. */
int
scheduler_hashes(const char *name)
{
	return (strcmp(name, "sh") == 0 || strcmp(name, "mh") == 0);
}

/*
 * rr and dh do not look at weights but for 0; fo and ovf take the highest; sh
 * has 256 places for all weights together (ip_vs_sh.c, ip_vs_sh_reassign), and
 * each step would move the clients of all hosts.
 */
int
scheduler_ramps(const char *name)
{
	static const char	*const not[] = {
		"rr", "dh", "sh", "fo", "ovf"
	};
	size_t			 i;

	for (i = 0; i < sizeof(not) / sizeof(not[0]); i++)
		if (strcmp(name, not[i]) == 0)
			return (0);
	return (1);
}

/* With equal weights wlc is lc (ip_vs_lc.c, ip_vs_wlc.c). */
const char *
scheduler_kernel(const struct service_config *s)
{
	if (s->slow_s != 0 && strcmp(s->sched, "lc") == 0)
		return ("wlc");
	return (s->sched);
}

const char *
proto_name(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return ("tcp");
	case IPPROTO_UDP:
		return ("udp");
	case IPPROTO_SCTP:
		return ("sctp");
	default:
		return ("");
	}
}

size_t
addr_size(uint8_t af)
{
	return (af == AF_INET ? sizeof(struct in_addr) :
	    sizeof(struct in6_addr));
}

int
addr_valid(const struct addr *a)
{
	return (a->af == AF_INET || a->af == AF_INET6);
}

int
addr_cmp(const struct addr *a, const struct addr *b)
{
	if (a->af != b->af)
		return (a->af < b->af ? -1 : 1);
	return (memcmp(a->u.bytes, b->u.bytes, addr_size(a->af)));
}

int
addr_parse(const char *text, struct addr *a)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &a->u.v4) == 1)
		a->af = AF_INET;
	else if (inet_pton(AF_INET6, text, &a->u.v6) == 1)
		a->af = AF_INET6;
	else
		return (-1);
	return (0);
}

const char *
addr_str(const struct addr *a, char *buf)
{
	if (!addr_valid(a) ||
	    inet_ntop(a->af, a->u.bytes, buf, ADDR_STRLEN) == NULL)
		snprintf(buf, ADDR_STRLEN, "?");
	return (buf);
}

const char *
net_str(const struct addr *a, uint8_t len, char *buf)
{
	char	 text[ADDR_STRLEN];

	if (len == 0)
		snprintf(buf, NET_STRLEN, "default");
	else
		snprintf(buf, NET_STRLEN, "%s/%u", addr_str(a, text), len);
	return (buf);
}

const char *
addr_port_str(const struct addr *a, uint16_t port, char *buf)
{
	char	 text[ADDR_STRLEN];

	addr_str(a, text);
	snprintf(buf, ADDR_PORT_STRLEN, a->af == AF_INET6 ? "[%s]:%u" :
	    "%s:%u", text, port);
	return (buf);
}

const char *
listen_str(const struct listen_config *l, char *buf)
{
	char	text[ADDR_PORT_STRLEN];

	if (l->mark != 0)
		snprintf(buf, LISTEN_STRLEN, "mark %u%s", l->mark,
		    l->addr.af == AF_INET6 ? " inet6" : "");
	else
		snprintf(buf, LISTEN_STRLEN, "%s %s", proto_name(l->proto),
		    addr_port_str(&l->addr, l->port, text));
	return (buf);
}

int
wire_name_ok(const char *name, size_t size)
{
	return (memchr(name, '\0', size) != NULL);
}

static int
flags_ok(uint32_t flags, uint32_t known)
{
	return ((flags & ~known) == 0);
}

static int
object_name_ok(const char *name)
{
	return (name[0] != '\0' && wire_name_ok(name, NAME_LEN));
}

static int
ifname_ok(const char *name)
{
	return (name[0] != '\0' && wire_name_ok(name, IFNAMSIZ));
}

int
wire_timing_ok(uint32_t interval, uint32_t timeout, uint16_t rise,
    uint16_t fall)
{
	if (interval < CHECK_MS_MIN || interval > CHECK_MS_MAX)
		return (0);
	if (timeout < CHECK_MS_MIN || timeout > interval)
		return (0);
	if (rise < 1 || rise > CHECK_COUNT_MAX)
		return (0);
	return (fall >= 1 && fall <= CHECK_COUNT_MAX);
}

int
global_config_ok(const struct global_config *g)
{
	return (flags_ok(g->log_flags, LOG_F_STATE | LOG_F_CHECKS) &&
	    g->realtime <= REALTIME_MAX && g->lock_memory <= 1);
}

int
table_config_ok(const struct table_config *t)
{
	int	 i;

	if (t->id == 0 || !flags_ok(t->flags, TABLE_F_DISABLE | TABLE_F_VIA))
		return (0);
	if (t->nchecks > CHECKS_MAX)
		return (0);
	for (i = 0; i < CHECKS_MAX; i++)
		if ((i < t->nchecks) != (t->check_id[i] != 0))
			return (0);
	return (object_name_ok(t->name));
}

int
host_config_ok(const struct host_config *h)
{
	if (h->id == 0 || h->table_id == 0 || h->weight > WEIGHT_MAX)
		return (0);
	if (!flags_ok(h->flags, HOST_F_DISABLE) || h->lower > h->upper)
		return (0);
	if (h->parent.af != 0 && !addr_valid(&h->parent))
		return (0);
	return (addr_valid(&h->addr));
}

/* An absent pool is all zeroes; only the backup may be absent. */
static int
pool_config_ok(const struct pool_config *p, int role)
{
	if (p->method >= FWD_METHOD_MAX || p->tunnel >= TUNNEL_TYPE_MAX)
		return (0);
	if (p->table_id == 0 && (role == POOL_PRIMARY || p->method != 0))
		return (0);
	return (tunnel_ok(p));
}

/* What a method or type does not know is not said of it. */
static int
tunnel_ok(const struct pool_config *p)
{
	switch (p->tunnel) {
	case TUNNEL_GUE:
		/* One checksum or the other. */
		return (p->method == FWD_TUNNEL && p->tunnel_port != 0 &&
		    p->flags <= POOL_F_REMCSUM);
	case TUNNEL_GRE:
		return (p->method == FWD_TUNNEL && p->tunnel_port == 0 &&
		    flags_ok(p->flags, POOL_F_CSUM));
	default:
		return (p->tunnel_port == 0 && p->flags == 0);
	}
}

int
service_config_ok(const struct service_config *s)
{
	int	 i, persistent;

	if (s->id == 0 || !flags_ok(s->flags, SERVICE_F_DISABLE |
	    SERVICE_F_PERSISTENT | SERVICE_F_ONEPACKET | SERVICE_F_TRACKED |
	    SERVICE_F_SCHED_PORT | SERVICE_F_SCHED_FALLBACK | SERVICE_F_SIP |
	    SERVICE_F_VIA | SERVICE_F_QUIESCE | SERVICE_F_INITIAL_UP |
	    SERVICE_F_NOTIFY | SERVICE_F_SUSPEND))
		return (0);
	if (s->flags & SERVICE_F_SUSPEND && s->vrrp_id == 0)
		return (0);
	if (s->quorum < 1 || s->quorum > SERVICE_QUORUM_MAX ||
	    s->hysteresis >= s->quorum || s->fail_open > FAIL_OPEN_MAX)
		return (0);
	persistent = (s->flags & SERVICE_F_PERSISTENT) != 0;
	if (!persistent && (s->flags & SERVICE_F_SIP))
		return (0);
	if (persistent && (s->flags & SERVICE_F_ONEPACKET))
		return (0);
	if (persistent != (s->persist_s != 0) || s->persist_s > PERSIST_MAX)
		return (0);
	if (s->prefix4 < 1 || s->prefix4 > 32)
		return (0);
	if (s->prefix6 < 1 || s->prefix6 > 128)
		return (0);
	for (i = 0; i < POOL_MAX; i++)
		if (!pool_config_ok(&s->pool[i], i))
			return (0);
	if (!wire_name_ok(s->sched, sizeof(s->sched)) ||
	    !scheduler_known(s->sched))
		return (0);
	if ((s->flags & (SERVICE_F_SCHED_PORT | SERVICE_F_SCHED_FALLBACK)) &&
	    !scheduler_hashes(s->sched))
		return (0);
	if (s->removal_ms != 0 && (s->removal_ms < REMOVAL_MS_MIN ||
	    s->removal_ms > REMOVAL_MS_MAX))
		return (0);
	if (s->slow_s > SLOW_START_MAX ||
	    (s->slow_s != 0 && !scheduler_ramps(s->sched)))
		return (0);
	return (object_name_ok(s->name));
}

int
listen_config_ok(const struct listen_config *l)
{
	if (l->id == 0 || l->service_id == 0 || !addr_valid(&l->addr))
		return (0);
	if (l->mark != 0)
		return (l->port == 0 && l->proto == 0);
	return (l->proto == IPPROTO_TCP || l->proto == IPPROTO_UDP ||
	    l->proto == IPPROTO_SCTP);
}

int
script_config_ok(const struct script_config *s)
{
	if (s->id == 0)
		return (0);
	if (!wire_timing_ok(s->interval_ms, s->timeout_ms, s->rise, s->fall))
		return (0);
	return (object_name_ok(s->name));
}

int
group_config_ok(const struct group_config *g)
{
	return (g->id != 0 && object_name_ok(g->name));
}

static int
advert_ok(const struct vrrp_config *v)
{
	if (v->version == 3)
		return (v->advert_cs >= ADVERT3_CS_MIN &&
		    v->advert_cs <= ADVERT3_CS_MAX);
	return (v->advert_cs >= ADVERT2_CS_MIN &&
	    v->advert_cs <= ADVERT2_CS_MAX && v->advert_cs % 100 == 0);
}

const char *const hmac_mode_names[HMAC_MODE_MAX] = {
	"none",
	"receive-only",
	"permissive",
	"enforce"
};

/* Each key is one of its own, and the active one is among them. */
int
hmac_config_ok(const struct hmac_config *h)
{
	const struct hmac_key	*k;
	int			 i, j, active = 0;

	if (h->vrrp_id == 0 || h->mode == HMAC_NONE ||
	    h->mode >= HMAC_MODE_MAX || h->window_s > HMAC_WINDOW_MAX ||
	    h->count == 0 || h->count > HMAC_KEYS_MAX)
		return (0);
	for (i = 0; i < h->count; i++) {
		k = &h->key[i];
		if (k->id == 0 || k->len < HMAC_KEY_MIN ||
		    k->len > HMAC_KEY_MAX)
			return (0);
		for (j = 0; j < i; j++)
			if (h->key[j].id == k->id)
				return (0);
		active |= k->id == h->active;
	}
	return (active);
}

int
vrrp_config_ok(const struct vrrp_config *v)
{
	if (v->id == 0 || v->vrid == 0 || v->priority == 0)
		return (0);
	if (!flags_ok(v->flags, VRRP_F_NOPREEMPT | VRRP_F_NOACCEPT |
	    VRRP_F_RFC9568 | VRRP_F_STRICT | VRRP_F_UNICAST |
	    VRRP_F_VMAC | VRRP_F_STARTMASTER))
		return (0);
	if (v->preempt_ms > VRRP_PREEMPT_MS_MAX ||
	    (v->preempt_ms != 0 && (v->flags & VRRP_F_NOPREEMPT)))
		return (0);
	if (v->version != 2 && v->version != 3)
		return (0);
	/* Version 2 knows IPv4 alone (RFC 3768 section 1). */
	if (v->af != AF_INET && (v->af != AF_INET6 || v->version != 3))
		return (0);
	/* Version 3 knows no authentication (RFC 5798 section 9). */
	if (v->auth != VRRP_AUTH_NONE &&
	    (v->auth != VRRP_AUTH_PASS || v->version != 2))
		return (0);
	if (v->source.af != 0 && v->source.af != v->af)
		return (0);
	if (!advert_ok(v))
		return (0);
	return (ifname_ok(v->ifname) && object_name_ok(v->name));
}

int
peer_config_ok(const struct peer_config *p)
{
	return (p->vrrp_id != 0 && p->min_ttl != 0 && addr_valid(&p->addr));
}

int
vaddr_config_ok(const struct vaddr_config *a)
{
	if (a->vrrp_id == 0 || !addr_valid(&a->addr))
		return (0);
	if (!flags_ok(a->flags, VADDR_F_EXCLUDED))
		return (0);
	if (!wire_name_ok(a->ifname, sizeof(a->ifname)) ||
	    !wire_name_ok(a->label, sizeof(a->label)))
		return (0);
	if (!vaddr_ipv4_ok(a))
		return (0);
	return (a->prefixlen >= 1 &&
	    a->prefixlen <= addr_size(a->addr.af) * 8);
}

/* IPv6 has no labels and no broadcast, and its scopes are in the address. */
static int
vaddr_ipv4_ok(const struct vaddr_config *a)
{
	if (a->addr.af != AF_INET)
		return (a->scope == VADDR_SCOPE_GLOBAL &&
		    a->broadcast.af == 0 && a->label[0] == '\0');
	if (a->broadcast.af != 0 && a->broadcast.af != AF_INET)
		return (0);
	return (a->scope == VADDR_SCOPE_GLOBAL ||
	    a->scope == VADDR_SCOPE_SITE || a->scope == VADDR_SCOPE_LINK ||
	    a->scope == VADDR_SCOPE_HOST);
}

int
track_config_ok(const struct track_config *t)
{
	if (t->vrrp_id == 0 || t->kind >= TRACK_KIND_MAX)
		return (0);
	if (!flags_ok(t->flags, TRACK_F_REVERSE))
		return (0);
	if (t->weight < -TRACK_WEIGHT_MAX || t->weight > TRACK_WEIGHT_MAX)
		return (0);
	if (t->kind == TRACK_INTERFACE)
		return (t->ref_id == 0 && ifname_ok(t->ifname) &&
		    t->name[0] == '\0');
	return (t->ref_id != 0 && t->ifname[0] == '\0' &&
	    t->name[0] != '\0' && wire_name_ok(t->name, sizeof(t->name)));
}

int
refhost_config_ok(const struct refhost_config *h)
{
	return (h->id != 0 && h->check_id != 0 && addr_valid(&h->addr));
}
