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
 * What lbe tells vrrpe of the services and tables that are tracked: when it
 * is known, once, and again to a new vrrpe.
 */

#include <sys/types.h>

#include "lbe_fake.h"

/* The table <shop> in two uses, port 80 checked and 81 not. */
enum { SHOP = 70, SHOP_81 = 71, SHOP_A = 72, SHOP_B = 73, TRACKED = 80 };

static void	tracked_table(uint32_t, uint32_t, int, uint32_t);
static void	parent_hears(uint32_t);
static void	commit(void);
static void	configure(uint32_t, uint32_t);
static void	configure_two(void);
static int	hears(uint32_t, uint32_t, uint32_t);
static int	silent(void);
static void	synced(void);
static void	test_known(void);
static void	test_table(void);
static void	test_uses(void);
static void	test_reload(void);
static void	test_anew(void);

static void
tracked_table(uint32_t id, uint32_t check, int port, uint32_t track)
{
	struct table_config	t;

	memset(&t, 0, sizeof(t));
	t.id = id;
	t.check_id[0] = check;
	t.nchecks = check != 0;
	t.track_id = track;
	t.port = port;
	snprintf(t.name, sizeof(t.name), "shop");
	say(fake_parent, MSG_CONF_TABLE, id, &t, sizeof(t));
}

/* Up to this from lbe; what it wants of the kernel comes between. */
static void
parent_hears(uint32_t type)
{
	struct heard	h;

	while (hear(fake_parent, &h) == 1)
		if (h.type == type)
			return;
	fake_die(msg_name(type));
}

static void
commit(void)
{
	say(fake_parent, MSG_CONF_END, 0, NULL, 0);
	parent_hears(MSG_CONF_READY);
	say(fake_parent, MSG_CONF_COMMIT, 0, NULL, 0);
	parent_hears(MSG_CONF_COMMITTED);
	conf_start();
}

/* One table of two hosts, tracked or not, and a service of these flags. */
static void
configure(uint32_t track, uint32_t flags)
{
	struct service_config	s;

	conf_begin();
	conf_check();
	tracked_table(SHOP, CHECK_ID, 80, track);
	conf_host(SHOP_A, SHOP, "10.0.0.1", 1);
	conf_host(SHOP_B, SHOP, "10.0.0.2", 0);
	memset(&s, 0, sizeof(s));
	s.id = WWW;
	s.flags = flags;
	s.prefix4 = 32;
	s.prefix6 = 128;
	s.quorum = 1;
	s.pool[POOL_PRIMARY].table_id = SHOP;
	snprintf(s.sched, sizeof(s.sched), "wlc");
	snprintf(s.name, sizeof(s.name), "www");
	say(fake_parent, MSG_CONF_SERVICE, WWW, &s, sizeof(s));
	conf_listen(WWW_4, WWW, "192.0.2.10", 80);
	commit();
}

/* The same table in another use, by a service that is not tracked. */
static void
configure_two(void)
{
	struct service_config	s;

	conf_begin();
	conf_check();
	tracked_table(SHOP, CHECK_ID, 80, TRACKED);
	conf_host(SHOP_A, SHOP, "10.0.0.1", 1);
	tracked_table(SHOP_81, 0, 81, TRACKED);
	conf_host(SHOP_B, SHOP_81, "10.0.0.1", 1);
	memset(&s, 0, sizeof(s));
	s.prefix4 = 32;
	s.prefix6 = 128;
	s.quorum = 1;
	snprintf(s.sched, sizeof(s.sched), "wlc");
	s.id = WWW;
	s.pool[POOL_PRIMARY].table_id = SHOP;
	snprintf(s.name, sizeof(s.name), "www");
	say(fake_parent, MSG_CONF_SERVICE, WWW, &s, sizeof(s));
	conf_listen(WWW_4, WWW, "192.0.2.10", 80);
	s.id = DNS;
	s.pool[POOL_PRIMARY].table_id = SHOP_81;
	snprintf(s.name, sizeof(s.name), "dns");
	say(fake_parent, MSG_CONF_SERVICE, DNS, &s, sizeof(s));
	conf_listen(DNS_4, DNS, "192.0.2.10", 81);
	commit();
}

static int
hears(uint32_t type, uint32_t id, uint32_t on)
{
	struct heard	h;

	return (hear_type(fake_vrrpe, type, &h) && h.id == id &&
	    h.u.onoff.on == on);
}

/* Nothing of services and tables is on its way; other things may be. */
static int
silent(void)
{
	struct heard	h;
	int		i, n = 0;

	/* What a verdict leads to comes a turn or two of its loop later. */
	for (i = 0; i < 3; i++)
		settle();
	while (hear_now(fake_vrrpe, &h))
		n += h.type != MSG_VRRP_STATS_GET;
	return (n == 0);
}

static void
synced(void)
{
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
}

static void
test_known(void)
{
	struct heard	h;

	configure(TRACKED, 0);
	fake_link(&fake_hce, PROC_HCE);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	host_is(SHOP_B, HOST_UP, HOST_R_OK);
	synced();
	ok(silent(), "before the first verdict nothing is told");
	host_is(SHOP_A, HOST_UP, HOST_R_OK);
	ok(hears(MSG_TABLE_STATUS, TRACKED, 1), "a table is well");
	ok(hear_type(fake_vrrpe, MSG_HOSTS_JUDGED, &h), "all are looked at");
	ok(silent(), "once, and not the service, which is not tracked");
}

static void
test_table(void)
{
	host_is(SHOP_A, HOST_DOWN, HOST_R_REFUSED);
	ok(hears(MSG_TABLE_STATUS, TRACKED, 0),
	    "it fails, for a host of weight 0 does not count");
	host_is(SHOP_A, HOST_UNKNOWN, HOST_R_NONE);
	ok(silent(), "what is not known any more changes nothing");
	host_is(SHOP_A, HOST_UP, HOST_R_OK);
	ok(hears(MSG_TABLE_STATUS, TRACKED, 1), "it is well again");
	host_is(SHOP_A, HOST_UNKNOWN, HOST_R_NONE);
	ok(silent(), "in the same way");
	host_is(SHOP_A, HOST_DOWN, HOST_R_REFUSED);
	ok(hears(MSG_TABLE_STATUS, TRACKED, 0), "until it is known");
}

static void
test_uses(void)
{
	configure_two();
	ok(hears(MSG_TABLE_STATUS, TRACKED, 1),
	    "a host of one use is enough");
	host_is(SHOP_A, HOST_UP, HOST_R_OK);
	host_is(SHOP_A, HOST_DOWN, HOST_R_REFUSED);
	ok(silent(), "whatever the other use is");
	configure(TRACKED, 0);
	ok(hears(MSG_TABLE_STATUS, TRACKED, 0), "that use ends: it fails");
}

static void
test_reload(void)
{
	configure(TRACKED, SERVICE_F_TRACKED);
	ok(hears(MSG_SERVICE_STATUS, WWW, 0), "a service is tracked, too");
	ok(silent(), "the table is as it was");
	configure(0, SERVICE_F_TRACKED);
	host_is(SHOP_A, HOST_UP, HOST_R_OK);
	ok(hears(MSG_SERVICE_STATUS, WWW, 1), "it is well");
	ok(silent(), "nobody tracks the table");
	configure(0, 0);
	ok(silent(), "nor the service");
	configure(0, SERVICE_F_TRACKED);
	ok(hears(MSG_SERVICE_STATUS, WWW, 1), "it is told anew");
	configure(TRACKED, SERVICE_F_TRACKED);
	ok(hears(MSG_TABLE_STATUS, TRACKED, 1), "and so is the table");
}

static void
test_anew(void)
{
	struct heard	h;

	imsgbuf_free(fake_vrrpe);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	ok(hears(MSG_SERVICE_STATUS, WWW, 1) &&
	    hears(MSG_TABLE_STATUS, TRACKED, 1) &&
	    hear_type(fake_vrrpe, MSG_HOSTS_JUDGED, &h),
	    "a new vrrpe is told all");
	ok(silent(), "once");
}

int
main(void)
{
	fake_start();
	test_known();
	test_table();
	test_uses();
	test_reload();
	test_anew();
	fake_stop();
	return (done_testing());
}
