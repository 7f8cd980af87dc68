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

#include <string.h>

#include <bsd/string.h>

#include "tap.h"
#include "wire.h"

/*
 * The judges of structures: each takes a good one, and refuses it with any
 * one thing wrong.
 */

#define REFUSES(type, good, change, name) do {				\
	struct type bad = (good);					\
	struct type *c = &bad;						\
	change;								\
	ok(type##_ok(c) == 0, "%s: refuses %s", #type, name);		\
} while (0)

#define TAKES(type, good, change, name) do {				\
	struct type fine = (good);					\
	struct type *c = &fine;						\
	change;								\
	ok(type##_ok(c) == 1, "%s: takes %s", #type, name);		\
} while (0)

static void
test_addr(void)
{
	struct addr	 a, b;
	char		 text[ADDR_STRLEN], full[ADDR_PORT_STRLEN];

	is_int(addr_parse("192.0.2.1", &a), 0, "IPv4 is read");
	is_int(a.af, AF_INET, "as IPv4");
	is_str(addr_str(&a, text), "192.0.2.1", "and written");
	is_str(addr_port_str(&a, 80, full), "192.0.2.1:80", "with its port");
	is_int(addr_size(a.af), 4, "it has 4 bytes");
	is_int(addr_parse("FD00:0::1", &b), 0, "IPv6 is read");
	is_int(b.af, AF_INET6, "as IPv6");
	is_str(addr_str(&b, text), "fd00::1", "and written");
	is_str(addr_port_str(&b, 65535, full), "[fd00::1]:65535",
	    "with its port");
	is_int(addr_size(b.af), 16, "it has 16 bytes");
	ok(addr_cmp(&a, &b) != 0, "families differ");
	ok(addr_cmp(&a, &b) == -addr_cmp(&b, &a), "one way or the other");
	is_int(addr_cmp(&a, &a), 0, "an address equals itself");
	(void)addr_parse("192.0.2.2", &b);
	ok(addr_cmp(&a, &b) < 0, "192.0.2.1 is before 192.0.2.2");
	is_int(addr_parse("192.0.2", &a), -1, "three numbers are none");
	is_int(addr_parse("", &a), -1, "nothing is none");
	is_int(addr_parse("www", &a), -1, "a name is none");
	memset(&a, 0, sizeof(a));
	ok(!addr_valid(&a), "no family is refused");
	is_str(addr_str(&a, text), "?", "and has no text");
	a.af = 255;
	ok(!addr_valid(&a), "an unknown family is refused");
	ok(wire_name_ok("ab", 3) && !wire_name_ok("abc", 3),
	    "a name ends inside its array");
}

static void
test_table(void)
{
	struct table_config	 table;
	struct host_config	 host;

	memset(&table, 0, sizeof(table));
	table.id = 1;
	table.port = 80;
	table.name[0] = 't';
	TAKES(table_config, table, , "a table");
	TAKES(table_config, table, c->flags = TABLE_F_DISABLE, "a disabled");
	REFUSES(table_config, table, c->id = 0, "no id");
	TAKES(table_config, table, c->port = 0, "any port");
	REFUSES(table_config, table, c->flags = 4, "a flag");
	REFUSES(table_config, table, c->name[0] = '\0', "no name");
	REFUSES(table_config, table, memset(c->name, 'x', NAME_LEN),
	    "an endless name");

	memset(&host, 0, sizeof(host));
	host.id = 1;
	host.table_id = 1;
	host.weight = WEIGHT_MAX;
	host.addr.af = AF_INET6;
	TAKES(host_config, host, , "a host");
	TAKES(host_config, host, c->weight = 0, "weight 0");
	TAKES(host_config, host, c->upper = c->lower = 5, "bounds");
	REFUSES(host_config, host, c->id = 0, "no id");
	REFUSES(host_config, host, c->table_id = 0, "no table");
	REFUSES(host_config, host, c->weight++, "a weight");
	REFUSES(host_config, host, c->lower = 1, "a lower bound alone");
	REFUSES(host_config, host, c->flags = 0x80000000, "a flag");
	REFUSES(host_config, host, c->addr.af = AF_UNSPEC, "no address");
}

/* Schedulers, engines, and tunnels. */
static void
test_ways(const struct service_config *s)
{
	struct service_config	 service = *s;
	struct pool_config	*pool = &service.pool[POOL_PRIMARY];

	TAKES(service_config, service, c->flags = SERVICE_F_SCHED_PORT;
	    (void)strlcpy(c->sched, "sh", sizeof(c->sched)), "sh port");
	TAKES(service_config, service, c->flags = SERVICE_F_SCHED_FALLBACK;
	    (void)strlcpy(c->sched, "mh", sizeof(c->sched)), "mh fallback");
	REFUSES(service_config, service, c->flags = SERVICE_F_SCHED_PORT,
	    "wlc port");
	TAKES(service_config, service, c->flags = SERVICE_F_SIP |
	    SERVICE_F_PERSISTENT; c->persist_s = 1, "engine sip");
	REFUSES(service_config, service, c->flags = SERVICE_F_SIP,
	    "an engine without persistence");
	REFUSES(service_config, service, c->pool[0].tunnel = TUNNEL_GRE,
	    "a tunnel without its method");
	pool->method = FWD_TUNNEL;
	pool->tunnel = TUNNEL_GUE;
	pool->tunnel_port = 6080;
	TAKES(service_config, service, , "gue");
	TAKES(service_config, service, c->pool[0].flags = POOL_F_REMCSUM,
	    "a remote checksum");
	REFUSES(service_config, service, c->pool[0].flags = POOL_F_REMCSUM |
	    POOL_F_CSUM, "both checksums");
	REFUSES(service_config, service, c->pool[0].tunnel_port = 0,
	    "gue without a port");
	REFUSES(service_config, service, c->pool[0].tunnel = TUNNEL_GRE,
	    "gre with a port");
	REFUSES(service_config, service, c->pool[0].tunnel = TUNNEL_TYPE_MAX,
	    "a type");
	pool->tunnel = TUNNEL_GRE;
	pool->tunnel_port = 0;
	TAKES(service_config, service, c->pool[0].flags = POOL_F_CSUM, "gre");
	REFUSES(service_config, service, c->pool[0].flags = POOL_F_REMCSUM,
	    "gre with a remote checksum");
	pool->tunnel = TUNNEL_IPIP;
	TAKES(service_config, service, , "ipip");
	REFUSES(service_config, service, c->pool[0].flags = POOL_F_CSUM,
	    "ipip with a checksum");
}

static void
test_service(void)
{
	struct service_config	 service;
	struct listen_config	 l;

	memset(&service, 0, sizeof(service));
	service.id = 1;
	service.prefix4 = 32;
	service.prefix6 = 128;
	service.quorum = 1;
	service.pool[POOL_PRIMARY].table_id = 1;
	(void)strlcpy(service.sched, "wlc", sizeof(service.sched));
	service.name[0] = 's';
	TAKES(service_config, service, , "a service");
	TAKES(service_config, service, c->flags = SERVICE_F_PERSISTENT;
	    c->persist_s = PERSIST_MAX, "the longest persistence");
	TAKES(service_config, service, c->pool[POOL_BACKUP].table_id = 1;
	    c->pool[POOL_BACKUP].method = FWD_TUNNEL, "a backup");
	REFUSES(service_config, service, c->id = 0, "no id");
	REFUSES(service_config, service, c->flags = 0x80000000, "a flag");
	REFUSES(service_config, service, c->persist_s = 1,
	    "persistence without its flag");
	REFUSES(service_config, service, c->flags = SERVICE_F_PERSISTENT,
	    "the flag alone");
	REFUSES(service_config, service, c->flags = SERVICE_F_PERSISTENT;
	    c->persist_s = PERSIST_MAX + 1, "long persistence");
	REFUSES(service_config, service, c->flags = SERVICE_F_PERSISTENT |
	    SERVICE_F_ONEPACKET; c->persist_s = 1, "one-packet persistence");
	REFUSES(service_config, service, c->prefix4 = 0, "no prefix");
	REFUSES(service_config, service, c->prefix4 = 33, "a prefix");
	REFUSES(service_config, service, c->prefix6 = 0, "no IPv6 prefix");
	REFUSES(service_config, service, c->prefix6 = 129, "an IPv6 prefix");
	TAKES(service_config, service, c->quorum = SERVICE_QUORUM_MAX;
	    c->hysteresis = SERVICE_QUORUM_MAX - 1, "the largest quorum");
	REFUSES(service_config, service, c->quorum = 0, "no quorum");
	REFUSES(service_config, service,
	    c->quorum = SERVICE_QUORUM_MAX + 1, "a quorum");
	REFUSES(service_config, service, c->hysteresis = 1,
	    "a quorum that is never lost");
	TAKES(service_config, service, c->fail_open = FAIL_OPEN_MAX,
	    "almost all may fail");
	REFUSES(service_config, service, c->fail_open = FAIL_OPEN_MAX + 1,
	    "more than all fail");
	TAKES(service_config, service, c->removal_ms = REMOVAL_MS_MAX,
	    "the longest removal interval");
	REFUSES(service_config, service, c->removal_ms = REMOVAL_MS_MAX + 1,
	    "a removal interval");
	REFUSES(service_config, service, c->removal_ms = REMOVAL_MS_MIN - 1,
	    "one that is none");
	TAKES(service_config, service, c->slow_s = SLOW_START_MAX,
	    "the longest slow start");
	REFUSES(service_config, service, c->slow_s = SLOW_START_MAX + 1,
	    "a slow start");
	REFUSES(service_config, service, c->slow_s = 1;
	    strlcpy(c->sched, "sh", sizeof(c->sched)),
	    "one with a scheduler that cannot");
	REFUSES(service_config, service,
	    c->pool[POOL_PRIMARY].table_id = 0, "no table");
	REFUSES(service_config, service,
	    c->pool[POOL_PRIMARY].method = FWD_METHOD_MAX, "a method");
	REFUSES(service_config, service,
	    c->pool[POOL_BACKUP].method = FWD_ROUTE,
	    "a method of no backup");
	REFUSES(service_config, service, c->sched[0] = '\0', "no scheduler");
	REFUSES(service_config, service, c->sched[0] = 'x', "a scheduler");
	REFUSES(service_config, service, memset(c->sched, 'r', SCHED_LEN),
	    "an endless scheduler");
	REFUSES(service_config, service, c->name[0] = '\0', "no name");
	REFUSES(service_config, service, memset(c->name, 's', NAME_LEN),
	    "an endless name");

	test_ways(&service);
	memset(&l, 0, sizeof(l));
	l.id = 1;
	l.service_id = 1;
	l.port = 80;
	l.proto = IPPROTO_TCP;
	l.addr.af = AF_INET;
	TAKES(listen_config, l, , "tcp");
	TAKES(listen_config, l, c->proto = IPPROTO_UDP, "udp");
	REFUSES(listen_config, l, c->id = 0, "no id");
	REFUSES(listen_config, l, c->service_id = 0, "no service");
	TAKES(listen_config, l, c->port = 0, "any port");
	TAKES(listen_config, l, c->proto = IPPROTO_SCTP, "sctp");
	TAKES(listen_config, l, c->mark = 1; c->proto = c->port = 0, "a mark");
	REFUSES(listen_config, l, c->mark = 1, "a mark with a port");
	REFUSES(listen_config, l, c->mark = 1; c->port = 0,
	    "a mark with a protocol");
	REFUSES(listen_config, l, c->proto = 0, "no protocol");
	REFUSES(listen_config, l, c->proto = IPPROTO_ICMP, "a protocol");
	REFUSES(listen_config, l, c->addr.af = 1, "a family");
}

static void
test_hmac(void)
{
	struct hmac_config	 h;

	memset(&h, 0, sizeof(h));
	h.vrrp_id = 1;
	h.mode = HMAC_RECEIVE_ONLY;
	h.count = 1;
	h.active = 255;
	h.key[0].id = 255;
	h.key[0].len = HMAC_KEY_MIN;
	TAKES(hmac_config, h, , "one key");
	TAKES(hmac_config, h, c->mode = HMAC_ENFORCE; c->count = 2;
	    c->key[1].id = c->active = 1; c->key[1].len = HMAC_KEY_MAX;
	    c->window_s = HMAC_WINDOW_MAX, "two keys");
	REFUSES(hmac_config, h, c->vrrp_id = 0, "nobody's");
	REFUSES(hmac_config, h, c->mode = HMAC_NONE, "no mode");
	REFUSES(hmac_config, h, c->mode = HMAC_MODE_MAX, "a mode");
	REFUSES(hmac_config, h, c->window_s = HMAC_WINDOW_MAX + 1,
	    "a window");
	REFUSES(hmac_config, h, c->count = 0, "no key");
	REFUSES(hmac_config, h, c->count = HMAC_KEYS_MAX + 1, "many keys");
	REFUSES(hmac_config, h, c->count = 2, "a key without a number");
	REFUSES(hmac_config, h, c->count = 2; c->key[1] = c->key[0],
	    "a key twice");
	REFUSES(hmac_config, h, c->active = 1, "an active key not there");
	REFUSES(hmac_config, h, c->active = c->key[0].id = 0,
	    "an active key without a number");
	REFUSES(hmac_config, h, c->key[0].len--, "a short key");
	REFUSES(hmac_config, h, c->key[0].len = HMAC_KEY_MAX + 1,
	    "a long key");
}

static void
test_global(void)
{
	struct global_config	 g;

	memset(&g, 0, sizeof(g));
	TAKES(global_config, g, , "nothing");
	TAKES(global_config, g, c->log_flags = LOG_F_STATE | LOG_F_CHECKS;
	    c->realtime = REALTIME_MAX; c->lock_memory = 1, "all there is");
	REFUSES(global_config, g, c->log_flags = 0x04, "an unknown flag");
	REFUSES(global_config, g, c->realtime = REALTIME_MAX + 1,
	    "a priority");
	REFUSES(global_config, g, c->lock_memory = 2, "half a lock");
}

static void
test_script(void)
{
	struct script_config	 script;
	struct group_config	 group;

	memset(&script, 0, sizeof(script));
	script.id = 1;
	script.interval_ms = script.timeout_ms = CHECK_MS_MIN;
	script.rise = script.fall = CHECK_COUNT_MAX;
	script.name[0] = 's';
	TAKES(script_config, script, , "a script");
	REFUSES(script_config, script, c->id = 0, "no id");
	REFUSES(script_config, script, c->interval_ms--, "an interval");
	REFUSES(script_config, script, c->timeout_ms++, "a timeout");
	REFUSES(script_config, script, c->rise++, "a rise");
	REFUSES(script_config, script, c->fall = 0, "no fall");
	REFUSES(script_config, script, c->name[0] = '\0', "no name");

	memset(&group, 0, sizeof(group));
	group.id = 1;
	group.name[0] = 'g';
	TAKES(group_config, group, , "a group");
	REFUSES(group_config, group, c->id = 0, "no id");
	REFUSES(group_config, group, memset(c->name, 'g', NAME_LEN),
	    "an endless name");
}

static void
test_vrrp(void)
{
	struct vrrp_config	 v2, v3;

	memset(&v2, 0, sizeof(v2));
	v2.id = 1;
	v2.advert_cs = 100;
	v2.vrid = v2.priority = 255;
	v2.version = 2;
	v2.af = AF_INET;
	v2.ifname[0] = 'e';
	v2.name[0] = 'v';
	v3 = v2;
	v3.version = 3;
	v3.advert_cs = 1;
	TAKES(vrrp_config, v2, , "version 2");
	TAKES(vrrp_config, v2, c->advert_cs = 25500, "255 seconds");
	TAKES(vrrp_config, v2, c->auth = VRRP_AUTH_PASS, "a password");
	TAKES(vrrp_config, v2, c->group_id = 9, "a group");
	TAKES(vrrp_config, v2, c->flags = VRRP_F_NOACCEPT, "no accept");
	TAKES(vrrp_config, v2, c->flags = VRRP_F_VMAC, "a virtual MAC");
	TAKES(vrrp_config, v3, , "version 3");
	TAKES(vrrp_config, v3, c->advert_cs = 4095, "40.95 seconds");
	TAKES(vrrp_config, v3, c->af = AF_INET6, "IPv6");
	TAKES(vrrp_config, v2, c->preempt_ms = 1000000, "1000 s of delay");
	TAKES(vrrp_config, v2, c->flags = VRRP_F_STARTMASTER, "start master");
	REFUSES(vrrp_config, v2, c->preempt_ms = 1000001, "more of it");
	REFUSES(vrrp_config, v2, (c->flags = VRRP_F_NOPREEMPT,
	    c->preempt_ms = 1), "delay of what is never done");
	REFUSES(vrrp_config, v2, c->id = 0, "no id");
	REFUSES(vrrp_config, v2, c->flags = 1U << 31, "a flag");
	REFUSES(vrrp_config, v2, c->vrid = 0, "no vrid");
	REFUSES(vrrp_config, v2, c->priority = 0, "no priority");
	REFUSES(vrrp_config, v2, c->version = 1, "version 1");
	REFUSES(vrrp_config, v2, c->version = 4, "version 4");
	REFUSES(vrrp_config, v2, c->advert_cs = 0, "no interval");
	REFUSES(vrrp_config, v2, c->advert_cs = 150, "half a second");
	REFUSES(vrrp_config, v2, c->advert_cs = 25600, "256 seconds");
	REFUSES(vrrp_config, v3, c->advert_cs = 0, "no interval");
	REFUSES(vrrp_config, v3, c->advert_cs = 4096, "13 bits");
	REFUSES(vrrp_config, v2, c->af = AF_INET6, "IPv6 of version 2");
	REFUSES(vrrp_config, v2, c->af = AF_UNIX, "a family");
	REFUSES(vrrp_config, v2, c->auth = VRRP_AUTH_PASS + 1, "what auth");
	REFUSES(vrrp_config, v3, c->auth = VRRP_AUTH_PASS,
	    "a password of version 3");
	REFUSES(vrrp_config, v2, c->ifname[0] = '\0', "no interface");
	REFUSES(vrrp_config, v2, memset(c->ifname, 'e', IFNAMSIZ),
	    "an endless interface");
	TAKES(vrrp_config, v3, c->flags = VRRP_F_RFC9568 | VRRP_F_STRICT |
	    VRRP_F_UNICAST, "what is said of adverts");
	TAKES(vrrp_config, v2, c->source.af = AF_INET, "a source");
	REFUSES(vrrp_config, v2, c->source.af = AF_INET6,
	    "a source of another family");
	REFUSES(vrrp_config, v2, c->name[0] = '\0', "no name");
}

static void
test_vrrp_parts(void)
{
	struct peer_config	 p;
	struct vaddr_config	 a;
	struct track_config	 t;
	struct refhost_config	 h;

	memset(&p, 0, sizeof(p));
	p.vrrp_id = 1;
	p.min_ttl = 255;
	p.addr.af = AF_INET6;
	TAKES(peer_config, p, , "a peer");
	TAKES(peer_config, p, c->min_ttl = 1, "one far away");
	REFUSES(peer_config, p, c->vrrp_id = 0, "no vrrp");
	REFUSES(peer_config, p, c->min_ttl = 0, "no TTL");
	REFUSES(peer_config, p, c->addr.af = AF_UNIX, "no address");

	memset(&a, 0, sizeof(a));
	a.vrrp_id = 1;
	a.prefixlen = 32;
	a.addr.af = AF_INET;
	TAKES(vaddr_config, a, , "an address");
	TAKES(vaddr_config, a, c->addr.af = AF_INET6; c->prefixlen = 128,
	    "an IPv6 address");
	REFUSES(vaddr_config, a, c->vrrp_id = 0, "no vrrp");
	REFUSES(vaddr_config, a, c->prefixlen = 0, "no prefix");
	REFUSES(vaddr_config, a, c->prefixlen = 33, "a prefix");
	REFUSES(vaddr_config, a, c->addr.af = 0, "no address");
	TAKES(vaddr_config, a, c->flags = VADDR_F_EXCLUDED, "an excluded one");
	REFUSES(vaddr_config, a, c->flags = 2, "a flag");
	TAKES(vaddr_config, a, c->scope = VADDR_SCOPE_LINK, "a scope");
	REFUSES(vaddr_config, a, c->scope = 1, "what scope");
	TAKES(vaddr_config, a, c->broadcast.af = AF_INET, "a broadcast");
	REFUSES(vaddr_config, a, c->broadcast.af = AF_INET6,
	    "a broadcast of IPv6");
	TAKES(vaddr_config, a, (void)strlcpy(c->ifname, "eth1", IFNAMSIZ),
	    "an interface");
	REFUSES(vaddr_config, a, memset(c->ifname, 'e', IFNAMSIZ),
	    "an interface without end");
	TAKES(vaddr_config, a, (void)strlcpy(c->label, "eth1:1", IFNAMSIZ),
	    "a label");
	REFUSES(vaddr_config, a, memset(c->label, 'e', IFNAMSIZ),
	    "a label without end");
	REFUSES(vaddr_config, a, c->addr.af = AF_INET6; c->label[0] = 'e',
	    "a label of IPv6");
	REFUSES(vaddr_config, a, c->addr.af = AF_INET6;
	    c->scope = VADDR_SCOPE_LINK, "a scope of IPv6");

	memset(&h, 0, sizeof(h));
	h.id = h.check_id = 1;
	h.addr.af = AF_INET6;
	TAKES(refhost_config, h, , "a reference host");
	REFUSES(refhost_config, h, c->id = 0, "no id");
	REFUSES(refhost_config, h, c->check_id = 0, "no check");
	REFUSES(refhost_config, h, c->addr.af = 0, "no address");

	memset(&t, 0, sizeof(t));
	t.vrrp_id = 1;
	t.ref_id = 1;
	t.kind = TRACK_SERVICE;
	t.weight = -TRACK_WEIGHT_MAX;
	t.name[0] = 's';
	TAKES(track_config, t, , "a service");
	TAKES(track_config, t, c->kind = TRACK_INTERFACE; c->ref_id = 0;
	    c->ifname[0] = 'e'; c->name[0] = '\0', "an interface");
	TAKES(track_config, t, c->flags = TRACK_F_REVERSE, "reverse");
	REFUSES(track_config, t, c->flags = 0x02, "a flag");
	REFUSES(track_config, t, c->name[0] = '\0', "no name");
	REFUSES(track_config, t, memset(c->name, 's', TRACK_NAME_LEN),
	    "an endless name");
	REFUSES(track_config, t, c->kind = TRACK_INTERFACE; c->ref_id = 0;
	    c->ifname[0] = 'e', "an interface of two names");
	REFUSES(track_config, t, c->vrrp_id = 0, "no vrrp");
	REFUSES(track_config, t, c->kind = TRACK_KIND_MAX, "a kind");
	REFUSES(track_config, t, c->weight--, "a weight");
	REFUSES(track_config, t, c->weight = TRACK_WEIGHT_MAX + 1,
	    "a weight");
	REFUSES(track_config, t, c->weight = INT32_MIN, "a weight far off");
	REFUSES(track_config, t, c->ref_id = 0, "a service without id");
	REFUSES(track_config, t, c->ifname[0] = 'e',
	    "a service with an interface");
	REFUSES(track_config, t, c->kind = TRACK_INTERFACE;
	    c->ifname[0] = 'e'; c->name[0] = '\0', "an interface with an id");
	REFUSES(track_config, t, c->kind = TRACK_INTERFACE; c->ref_id = 0;
	    c->name[0] = '\0', "an interface without a name");
}

int
main(void)
{
	test_addr();
	test_table();
	test_service();
	test_hmac();
	test_global();
	test_script();
	test_vrrp();
	test_vrrp_parts();
	ok(scheduler_known("sh") && !scheduler_known("") &&
	    !scheduler_known("rr "), "schedulers are known by name");
	return (done_testing());
}
