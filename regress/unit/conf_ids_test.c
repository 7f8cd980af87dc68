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

#include <string.h>

#include "conf_text.h"
#include "tap.h"

/* Ids: the same for the same key over reloads, never used again. */

static const char	base[] =
    "table <a> { 10.0.0.1, 10.0.0.2 }\n"
    "table <b> { 10.0.0.3 }\n"
    "script \"check\" { command \"/bin/true\" }\n"
    "service \"one\" {\n"
    "	listen on 192.0.2.1 tcp port 80\n"
    "	forward to <a> check tcp\n"
    "	forward to <b> port 81\n"
    "}\n"
    "service \"two\" {\n"
    "	listen on 192.0.2.2 tcp port 80\n"
    "	listen on 192.0.2.2 udp port 80\n"
    "	forward to <a> check tcp\n"
    "}\n"
    "vrrp \"v\" on eth0 {\n"
    "	vrid 1\n"
    "	address 192.0.2.1\n"
    "	track script \"check\"\n"
    "	track service \"two\" weight 5\n"
    "	track interface eth1\n"
    "}\n"
    "vrrp \"w\" on eth0 {\n"
    "	vrid 2\n"
    "	address 192.0.2.2\n"
    "}\n"
    "sync group \"g\" { vrrp \"v\" vrrp \"w\" }\n";

/* base with one host more, another order, other names and checks. */
static const char	changed[] =
    "table <b> { 10.0.0.3 weight 7 }\n"
    "table <a> { 10.0.0.9, 10.0.0.2, 10.0.0.1 }\n"
    "script \"check\" { command \"/bin/false\" }\n"
    "service \"three\" {\n"
    "	listen on 192.0.2.3 tcp port 80\n"
    "	forward to <a>\n"
    "}\n"
    "service \"two\" {\n"
    "	listen on 192.0.2.2 udp port 80\n"
    "	forward to <a>\n"
    "	forward to <b> port 81 check icmp\n"
    "}\n"
    "vrrp \"v\" on eth0 {\n"
    "	vrid 1\n"
    "	address 192.0.2.1\n"
    "	track script \"check\"\n"
    "}\n";

/* Everything at once, in a form to be compared. */
static void
dump(const struct conf *c, char *buf, size_t size)
{
	FILE				*f;
	const struct conf_table		*t;
	const struct conf_host		*h;
	const struct conf_service	*s;
	const struct conf_listen	*l;
	const struct conf_vrrp		*v;
	char				 text[ADDR_STRLEN];

	memset(buf, 0, size);
	if ((f = fmemopen(buf, size, "w")) == NULL)
		err(1, "fmemopen");
	TAILQ_FOREACH(t, &c->tables, entry) {
		fprintf(f, "table %s:%u %u\n", t->name, t->port,
		    t->id);
		CONF_HOSTS_FOREACH(h, &t->hosts)
			fprintf(f, "host %s %u\n",
			    addr_str(&h->addr, text), h->id);
	}
	TAILQ_FOREACH(s, &c->services, entry) {
		fprintf(f, "service %s %u\n", s->name, s->id);
		TAILQ_FOREACH(l, &s->listens, entry)
			fprintf(f, "listen %u %u\n", l->conf.proto,
			    l->conf.id);
	}
	TAILQ_FOREACH(v, &c->vrrps, entry)
		fprintf(f, "vrrp %s %u\n", v->conf.name, v->conf.id);
	fclose(f);
}

static struct conf_service *
service(const struct conf *c, const char *name)
{
	struct conf_service	*s;

	TAILQ_FOREACH(s, &c->services, entry)
		if (strcmp(s->name, name) == 0)
			return (s);
	errx(1, "no service %s", name);
}

static struct conf_table *
table(const struct conf *c, const char *name)
{
	struct conf_table	*t;

	TAILQ_FOREACH(t, &c->tables, entry)
		if (strcmp(t->name, name) == 0)
			return (t);
	errx(1, "no table %s", name);
}

static struct conf_host *
host(const struct conf *c, const char *name, const char *addr)
{
	struct conf_host	*h;
	struct addr		 a;

	if (addr_parse(addr, &a) == -1)
		errx(1, "%s", addr);
	CONF_HOSTS_FOREACH(h, &table(c, name)->hosts)
		if (addr_cmp(&h->addr, &a) == 0)
			return (h);
	errx(1, "no host %s", addr);
}

static struct conf_table *
primary(const struct conf *c, const char *name)
{
	return (service(c, name)->pool[POOL_PRIMARY].table);
}

static void
test_first(struct conf *c, uint32_t next)
{
	const struct conf_service	*s;
	const struct conf_host		*h;
	const struct conf_listen	*l;
	const struct conf_vrrp		*v;
	const struct conf_track		*t;
	struct service_config		 service_wire;
	struct table_config		 table_wire;
	struct host_config		 wire;

	/* 1 check, 2 tables, 3 hosts, 2 services, 3 listens, 1 script,
	   1 group and 2 vrrp */
	is_int(next, 16, "every object has an id of its own");
	s = service(c, "one");
	conf_service_wire(s, &service_wire);
	is_int(service_wire.pool[POOL_PRIMARY].table_id, table(c, "a")->id,
	    "a service knows its table");
	is_int(service_wire.pool[POOL_BACKUP].table_id, table(c, "b")->id,
	    "and its backup");
	ok(s->pool[POOL_PRIMARY].table ==
	    service(c, "two")->pool[POOL_PRIMARY].table,
	    "what is used alike is shared");
	conf_service_wire(service(c, "two"), &service_wire);
	is_int(service_wire.pool[POOL_BACKUP].table_id, 0, "no backup is 0");
	conf_table_wire(table(c, "a"), &table_wire);
	is_int(table_wire.check_id[0],
	    TAILQ_FIRST(&c->checks)->conf.id, "a table knows its check");
	is_int(table(c, "b")->nchecks, 0, "or that it has none");
	CONF_HOSTS_FOREACH(h, &table(c, "a")->hosts) {
		conf_host_wire(&table(c, "a")->hosts, h, &wire);
		is_int(wire.table_id, table(c, "a")->id,
		    "a host knows its table");
		ok(conf_find_host(c, h->id) == h, "and is found by id");
	}
	TAILQ_FOREACH(l, &service(c, "two")->listens, entry) {
		is_int(l->conf.service_id, service(c, "two")->id,
		    "a listen knows its service");
		ok(conf_find_listen(c, l->conf.id) == l,
		    "and is found by id");
	}
	ok(conf_find_host(c, 999) == NULL && conf_find_listen(c, 0) == NULL,
	    "what is not there is not found");
	v = TAILQ_FIRST(&c->vrrps);
	ok(conf_find_vrrp(c, v->conf.id) == v, "a vrrp is found by id");
	is_int(v->conf.group_id, TAILQ_FIRST(&c->groups)->conf.id,
	    "and knows its group");
	is_int(TAILQ_FIRST(&v->addrs)->conf.vrrp_id, v->conf.id,
	    "its address knows it");
	t = TAILQ_FIRST(&v->tracks);
	is_int(t->conf.ref_id, TAILQ_FIRST(&c->scripts)->conf.id,
	    "a tracker knows its script");
	is_int(t->conf.vrrp_id, v->conf.id, "and its vrrp");
	t = TAILQ_NEXT(t, entry);
	is_int(t->conf.ref_id, service(c, "two")->id, "or service");
	is_int(TAILQ_NEXT(t, entry)->conf.ref_id, 0, "an interface has none");
}

static void
test_good(const struct conf *c)
{
	const struct conf_service	*s;
	const struct conf_listen	*l;
	const struct conf_table		*t;
	const struct conf_host		*h;
	const struct conf_vrrp		*v;
	const struct conf_track		*k;
	struct service_config		 service_wire;
	struct table_config		 table_wire;
	struct host_config		 wire;
	int				 i, good = 1;

	TAILQ_FOREACH(t, &c->tables, entry) {
		conf_table_wire(t, &table_wire);
		good &= table_config_ok(&table_wire);
		for (i = 0; i < t->nchecks; i++)
			good &= check_config_ok(&t->check[i]->conf,
			    t->check[i]->items);
		CONF_HOSTS_FOREACH(h, &t->hosts) {
			conf_host_wire(&t->hosts, h, &wire);
			good &= host_config_ok(&wire);
		}
	}
	TAILQ_FOREACH(s, &c->services, entry) {
		conf_service_wire(s, &service_wire);
		good &= service_config_ok(&service_wire);
		TAILQ_FOREACH(l, &s->listens, entry)
			good &= listen_config_ok(&l->conf);
	}
	good &= script_config_ok(&TAILQ_FIRST(&c->scripts)->conf);
	good &= group_config_ok(&TAILQ_FIRST(&c->groups)->conf);
	TAILQ_FOREACH(v, &c->vrrps, entry) {
		good &= vrrp_config_ok(&v->conf);
		good &= vaddr_config_ok(&TAILQ_FIRST(&v->addrs)->conf);
		TAILQ_FOREACH(k, &v->tracks, entry)
			good &= track_config_ok(&k->conf);
	}
	ok(good, "what is read passes the judges of messages");
}

static void
test_reload(const struct conf *old, uint32_t *next)
{
	struct conf	*c;
	uint32_t	 before = *next;

	if ((c = conf_text(changed)) == NULL)
		errx(1, "%s", conf_said);
	conf_assign_ids(c, old, next);
	is_int(service(c, "two")->id, service(old, "two")->id,
	    "a service keeps its id");
	is_int(TAILQ_FIRST(&service(c, "two")->listens)->conf.id,
	    TAILQ_LAST(&service(old, "two")->listens, conf_listens)->conf.id,
	    "and what it listens on");
	ok(service(c, "three")->id >= before, "a new one gets a new id");
	is_int(table(c, "a")->id, table(old, "a")->id,
	    "a table keeps its id when its check goes");
	is_int(table(c, "b")->id, table(old, "b")->id,
	    "or comes");
	is_int(host(c, "a", "10.0.0.1")->id,
	    host(old, "a", "10.0.0.1")->id, "a host keeps its id");
	is_int(host(c, "b", "10.0.0.3")->id,
	    host(old, "b", "10.0.0.3")->id, "whatever its weight");
	ok(host(c, "a", "10.0.0.9")->id >= before,
	    "a new one gets a new id");
	ok(TAILQ_FIRST(&c->checks)->conf.id >= before,
	    "another check is a new one");
	is_int(TAILQ_FIRST(&c->scripts)->conf.id,
	    TAILQ_FIRST(&old->scripts)->conf.id, "a script keeps its id");
	is_int(TAILQ_FIRST(&c->vrrps)->conf.id,
	    TAILQ_FIRST(&old->vrrps)->conf.id, "a vrrp keeps its id");
	is_int(TAILQ_FIRST(&c->vrrps)->conf.group_id, 0, "not its group");
	is_int(*next, before + 4, "no more ids are used than needed");
	conf_free(c);
}

static void
test_same(const struct conf *old, uint32_t *next)
{
	struct conf	*c;
	uint32_t	 before = *next;
	char		 a[4096], b[4096];

	if ((c = conf_text(base)) == NULL)
		errx(1, "%s", conf_said);
	conf_assign_ids(c, old, next);
	dump(old, a, sizeof(a));
	dump(c, b, sizeof(b));
	is_str(b, a, "the same file gives the same ids");
	is_int(*next, before, "and needs no new ones");
	conf_free(c);
	if ((c = conf_text(base)) == NULL)
		errx(1, "%s", conf_said);
	conf_assign_ids(c, NULL, next);
	is_int(*next, before + 15, "without the old tree all are new");
	conf_free(c);
}

/* The first use has the hosts of the definition, the others copies. */
static void
test_variant_hosts(const struct conf *c)
{
	const struct conf_table	*t;
	const struct conf_host	*h;
	int			 n = 0, own = 0;

	TAILQ_FOREACH(t, &c->tables, entry)
		CONF_HOSTS_FOREACH(h, &t->hosts) {
			n++;
			own += h->table == t;
		}
	is_int(n, 2, "each use of a table has its hosts");
	is_int(own, n, "which are of no other");
}

/* A third use stands before the two others, which have changed places. */
static void
test_variant_reload(const struct conf *old, uint32_t *next)
{
	static const char	 text[] =
	    "table <t> { 10.0.0.1 }\n"
	    "service c {\n"
	    "	listen on 192.0.2.3 tcp port 80\n"
	    "	forward to <t>\n"
	    "}\n"
	    "service b {\n"
	    "	listen on 192.0.2.2 tcp port 80\n"
	    "	forward to <t> check icmp\n"
	    "}\n"
	    "service a {\n"
	    "	listen on 192.0.2.1 tcp port 80\n"
	    "	forward to <t> check tcp\n"
	    "}\n";
	struct conf		*c;
	uint32_t		 before = *next;

	if ((c = conf_text(text)) == NULL)
		errx(1, "%s", conf_said);
	conf_assign_ids(c, old, next);
	is_int(primary(c, "a")->id, primary(old, "a")->id,
	    "a table keeps its id by its check");
	is_int(primary(c, "b")->id, primary(old, "b")->id,
	    "not by its place");
	is_int(primary(c, "b")->hosts.host->id,
	    primary(old, "b")->hosts.host->id,
	    "and so do its hosts");
	ok(primary(c, "c")->id >= before, "a new use is new");
	conf_free(c);
}

static void
test_variant(void)
{
	struct conf	*c, *again;
	const char	*text =
	    "table <t> { 10.0.0.1 }\n"
	    "service a {\n"
	    "	listen on 192.0.2.1 tcp port 80\n"
	    "	forward to <t> check tcp\n"
	    "}\n"
	    "service b {\n"
	    "	listen on 192.0.2.2 tcp port 80\n"
	    "	forward to <t> check icmp\n"
	    "}\n";
	uint32_t	 next = 1;

	if ((c = conf_text(text)) == NULL)
		errx(1, "%s", conf_said);
	conf_assign_ids(c, NULL, &next);
	is_int(TAILQ_FIRST(&c->tables)->variant, 0, "a table checked so");
	is_int(TAILQ_LAST(&c->tables, conf_tables)->variant, 1, "and so");
	ok(TAILQ_FIRST(&c->tables)->id !=
	    TAILQ_LAST(&c->tables, conf_tables)->id, "is two");
	if ((again = conf_text(text)) == NULL)
		errx(1, "%s", conf_said);
	conf_assign_ids(again, c, &next);
	is_int(TAILQ_FIRST(&again->tables)->id,
	    TAILQ_FIRST(&c->tables)->id, "the first stays the first");
	is_int(TAILQ_LAST(&again->tables, conf_tables)->id,
	    TAILQ_LAST(&c->tables, conf_tables)->id,
	    "the second the second");
	conf_free(again);
	test_variant_hosts(c);
	test_variant_reload(c, &next);
	conf_free(c);
}

int
main(void)
{
	static const char *const	 files[] = { "lvsd.conf", NULL };
	struct conf			*c;
	uint32_t			 next = 1;

	conf_begin();
	if ((c = conf_text(base)) == NULL)
		errx(1, "%s", conf_said);
	conf_assign_ids(c, NULL, &next);
	test_first(c, next);
	test_good(c);
	test_reload(c, &next);
	test_same(c, &next);
	conf_free(c);
	test_variant();
	conf_end(files);
	return (done_testing());
}
