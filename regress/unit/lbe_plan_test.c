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

#include <bsd/string.h>

#include "lbe_fake.h"

/*
 * Configurations that control clients send to be compared: what comes of good
 * ones, and that broken ones cost no more than the client.
 */

static struct table_config	table;
static struct host_config	host;
static struct msg_try_service	service;
static struct listen_config	lis;

/* One of each, whose ids are the client's own. */
static void
objects(void)
{
	memset(&table, 0, sizeof(table));
	table.id = 7;
	table.port = 80;
	strlcpy(table.name, "new", sizeof(table.name));
	memset(&host, 0, sizeof(host));
	host.id = 8;
	host.table_id = 7;
	host.weight = 5;
	host.addr = fake_addr("10.9.9.9");
	memset(&service, 0, sizeof(service));
	service.conf.id = 1;
	service.conf.prefix4 = 32;
	service.conf.prefix6 = 128;
	service.conf.quorum = 1;
	service.conf.pool[POOL_PRIMARY].table_id = 7;
	strlcpy(service.conf.sched, "wrr", sizeof(service.conf.sched));
	strlcpy(service.conf.name, "other", sizeof(service.conf.name));
	memset(&lis, 0, sizeof(lis));
	lis.id = 2;
	lis.service_id = 1;
	lis.port = 81;
	lis.proto = IPPROTO_TCP;
	lis.addr = fake_addr("192.0.2.9");
}

static void
say_objects(struct imsgbuf *c)
{
	say(c, MSG_CTL_TRY_BEGIN, 0, NULL, 0);
	say(c, MSG_CTL_TRY_TABLE, 0, &table, sizeof(table));
	say(c, MSG_CTL_TRY_HOST, 0, &host, sizeof(host));
	say(c, MSG_CTL_TRY_SERVICE, 0, &service, sizeof(service));
	say(c, MSG_CTL_TRY_LISTEN, 0, &lis, sizeof(lis));
	say(c, MSG_CTL_TRY_END, 0, NULL, 0);
}

static void
test_good(void)
{
	struct imsgbuf	*c = client_open();
	struct heard	 h;

	objects();
	say_objects(c);
	ok(hear_type(c, MSG_CTL_PLAN, &h), "another configuration");
	ok(strstr((char *)h.u.bytes, "ipvsadm -A -t 192.0.2.9:81 -s wrr\n"
	    "ipvsadm -a -t 192.0.2.9:81 -r 10.9.9.9:80 -m -w 5\n") != NULL,
	    "adds what is not there");
	ok(strstr((char *)h.u.bytes, "ipvsadm -D -t ") != NULL,
	    "and removes what is");
	ok(hear_type(c, MSG_CTL_OK, &h), "that is all");
	strlcpy(service.vrrp, "none", sizeof(service.vrrp));
	say_objects(c);
	ok(hear_type(c, MSG_CTL_PLAN, &h) &&
	    strstr((char *)h.u.bytes, "-A") == NULL,
	    "of an instance that is not there the service is not");
	ok(hear_type(c, MSG_CTL_OK, &h) && quiet(),
	    "and the parent heard nothing of it all");
	imsgbuf_free(c);
}

/* Which of the objects to send, by the name of what is wrong. */
static void
bad(const char *what, uint32_t type, const void *data, size_t len)
{
	struct imsgbuf	*c = client_open();
	struct heard	 h;

	say(c, MSG_CTL_TRY_BEGIN, 0, NULL, 0);
	say(c, type, 0, data, len);
	is_int(hear(c, &h), 0, "%s: thrown out", what);
	imsgbuf_free(c);
	c = client_open();
	say(c, MSG_CTL_SHOW_SERVICES, 0, NULL, 0);
	ok(hear_type(c, MSG_CTL_SERVICE, &h), "others are served");
	imsgbuf_free(c);
}

static void
test_bad(void)
{
	struct imsgbuf	*c = client_open();
	struct heard	 h;

	say(c, MSG_CTL_TRY_END, 0, NULL, 0);
	is_int(hear(c, &h), 0, "an end without a begin");
	imsgbuf_free(c);
	objects();
	bad("twice the begin", MSG_CTL_TRY_BEGIN, NULL, 0);
	bad("another request", MSG_CTL_SHOW_SERVICES, NULL, 0);
	bad("a host of no table", MSG_CTL_TRY_HOST, &host, sizeof(host));
	bad("a service of no table", MSG_CTL_TRY_SERVICE, &service,
	    sizeof(service));
	bad("of no service", MSG_CTL_TRY_LISTEN, &lis, sizeof(lis));
	table.id = 0;
	bad("no id", MSG_CTL_TRY_TABLE, &table, sizeof(table));
	table.id = UINT32_MAX;
	bad("too large an id", MSG_CTL_TRY_TABLE, &table, sizeof(table));
	table.id = 7;
	memset(table.name, 'x', sizeof(table.name));
	bad("a name without an end", MSG_CTL_TRY_TABLE, &table,
	    sizeof(table));
	objects();
	table.nchecks = 1;
	table.check_id[0] = 99;
	bad("a check that is not there", MSG_CTL_TRY_TABLE, &table,
	    sizeof(table));
	objects();
	memset(service.vrrp, 'x', sizeof(service.vrrp));
	bad("an instance without an end", MSG_CTL_TRY_SERVICE, &service,
	    sizeof(service));
}

/* What it was compared with is not there any more. */
static void
test_reloaded(void)
{
	struct imsgbuf	*c = client_open();
	struct heard	 h;

	say(c, MSG_CTL_TRY_BEGIN, 0, NULL, 0);
	fake_taken(c);
	settle();
	conf_begin();
	conf_objects();
	ok(conf_commit(), "a reload meanwhile");
	conf_start();
	settle();
	say(c, MSG_CTL_TRY_END, 0, NULL, 0);
	ok(hear_type(c, MSG_CTL_FAIL, &h), "ends it");
	is_str(h.u.text.text, "the configuration was reloaded meanwhile, ask "
	    "again", "as is told");
	imsgbuf_free(c);
}

/* Few objects, each of which is allowed, and very many real servers. */
#define MANY	501

static void
test_product(void)
{
	struct imsgbuf	*c = client_open();
	struct heard	 h;
	int		 i;

	objects();
	say(c, MSG_CTL_TRY_BEGIN, 0, NULL, 0);
	say(c, MSG_CTL_TRY_TABLE, 0, &table, sizeof(table));
	for (i = 0; i < MANY; i++) {
		host.id = 1000 + i;
		host.addr.u.v4.s_addr = htonl(0x0a090000 + i);
		say(c, MSG_CTL_TRY_HOST, 0, &host, sizeof(host));
	}
	say(c, MSG_CTL_TRY_SERVICE, 0, &service, sizeof(service));
	for (i = 0; i < MANY; i++) {
		lis.id = 10000 + i;
		lis.port = 1000 + i;
		say(c, MSG_CTL_TRY_LISTEN, 0, &lis, sizeof(lis));
	}
	say(c, MSG_CTL_TRY_END, 0, NULL, 0);
	ok(hear_type(c, MSG_CTL_FAIL, &h), "too many of all that listens");
	is_str(h.u.text.text, "the configuration is too large to be compared, "
	    "or too many are at once", "as is told");
	objects();
	say_objects(c);
	ok(hear_type(c, MSG_CTL_PLAN, &h) && hear_type(c, MSG_CTL_OK, &h),
	    "a smaller one is compared");
	imsgbuf_free(c);
}

/* More than lbe keeps of all that are being compared: TRY_OBJECTS_MAX. */
#define TOO_MANY	250001
#define AT_ONCE		1000

static void
flood(struct imsgbuf *c)
{
	int	i;

	objects();
	say(c, MSG_CTL_TRY_BEGIN, 0, NULL, 0);
	say(c, MSG_CTL_TRY_TABLE, 0, &table, sizeof(table));
	for (i = 0; i < TOO_MANY; i++) {
		host.id = 8 + i;
		host.addr.u.v4.s_addr = htonl(0x0a000000 + i);
		if (i % AT_ONCE == 0)
			say(c, MSG_CTL_TRY_HOST, 0, &host, sizeof(host));
		else if (imsg_compose(c, MSG_CTL_TRY_HOST, 0, 0, -1, &host,
		    sizeof(host)) == -1)
			fake_die("host");
	}
	say(c, MSG_CTL_TRY_END, 0, NULL, 0);
}

/* Its client may stay; what it has sent does not. */
static void
test_full(void)
{
	struct imsgbuf	*c = client_open(), *d = client_open();
	struct heard	 h;

	flood(c);
	ok(hear_type(c, MSG_CTL_FAIL, &h), "too many objects");
	is_str(h.u.text.text, "the configuration is too large to be compared, "
	    "or too many are at once", "as is told");
	say(c, MSG_CTL_MONITOR, 0, NULL, 0);
	objects();
	say_objects(d);
	ok(hear_type(d, MSG_CTL_PLAN, &h) && hear_type(d, MSG_CTL_OK, &h),
	    "there is room for others then");
	imsgbuf_free(c);
	imsgbuf_free(d);
}

/* That lbe asks the parent for what runs. */
static uint32_t
asked(void)
{
	struct heard	h;

	return (hear_type(fake_parent, MSG_RELOAD, &h) &&
	    h.u.reload.what == RELOAD_RUNNING ? h.id : 0);
}

static void
tell(uint32_t id, int error)
{
	struct msg_result	r = { error, 0, 0 };

	if (error == 0)
		say(fake_parent, MSG_PLAN_TEXT, id, "text\n", 5);
	say(fake_parent, MSG_RELOAD_DONE, id, &r, sizeof(r));
}

/* Clients that ask and go do not make the parent work for each. */
static void
test_running(void)
{
	struct imsgbuf	*c, *d;
	struct heard	 h;
	uint32_t	 id;
	int		 i;

	c = client_open();
	say(c, MSG_CTL_RUNNING, 0, NULL, 0);
	ok((id = asked()) != 0, "what runs is asked for");
	imsgbuf_free(c);
	for (i = 0; i < 5; i++) {
		c = client_open();
		say(c, MSG_CTL_RUNNING, 0, NULL, 0);
		imsgbuf_free(c);
	}
	c = client_open();
	say(c, MSG_CTL_RUNNING, 0, NULL, 0);
	d = client_open();
	say(d, MSG_CTL_RUNNING, 0, NULL, 0);
	ok(quiet(), "and not again before it is there");
	tell(0, 0);
	tell(id, 0);
	ok((id = asked()) != 0, "then for the next");
	ok(quiet(), "alone");
	tell(id, 0);
	ok(hear_type(c, MSG_CTL_PLAN, &h) && hear_type(c, MSG_CTL_OK, &h),
	    "who has it");
	ok((id = asked()) != 0, "and the last");
	tell(id, ENOMEM);
	ok(hear_type(d, MSG_CTL_FAIL, &h), "who hears that it fails");
	is_str(h.u.text.text, "what runs cannot be told now", "as it is");
	say(d, MSG_CTL_RUNNING, 0, NULL, 0);
	ok((id = asked()) != 0, "it may ask again");
	tell(id, 0);
	ok(hear_type(d, MSG_CTL_PLAN, &h) && hear_type(d, MSG_CTL_OK, &h),
	    "and have it");
	imsgbuf_free(c);
	imsgbuf_free(d);
}

int
main(void)
{
	struct heard	 h;

	fake_start();
	fake_listen();
	conf_begin();
	conf_objects();
	ok(conf_commit(), "configured");
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	if (!hear_type(fake_hce, MSG_HOST_KNOWN_END, &h))
		fake_die("hce");
	host_is(HOST_A, HOST_UP, HOST_R_OK);
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	settle();

	test_good();
	test_bad();
	test_product();
	test_full();
	test_running();
	test_reloaded();
	fake_stop();
	return (done_testing());
}
