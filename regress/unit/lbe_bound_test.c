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
 * A service that follows a VRRP instance: what lbe asks of the parent and of
 * hce when the role changes, and what it tells of the service meanwhile.
 */

#include <sys/types.h>

#include "lbe_batch.h"

enum { SHOP = 70, SHOP_A = 72, SHOP_B = 73, INSTANCE = 90 };

#define FLAGS	(SERVICE_F_TRACKED | SERVICE_F_NOTIFY | SERVICE_F_SUSPEND)

static void	configure(uint32_t, uint32_t, uint32_t);
static void	role(uint32_t);
static void	suspends(uint32_t, const char *);
static int	quorum_is(uint32_t, uint64_t);
static int	done_follows(void);
static void	test_standby(void);
static void	test_master(void);
static void	test_again(void);
static void	test_backup(void);
static void	test_reload(void);
static void	test_same(void);
static void	test_free(void);
static void	test_restart(void);

/* The instance is told in time, unless it is 0. */
static void
configure(uint32_t instance, uint32_t flags, uint32_t hysteresis)
{
	struct service_config	s;
	struct table_config	t;
	struct heard		h;

	conf_begin();
	conf_check();
	memset(&t, 0, sizeof(t));
	t.id = SHOP;
	t.check_id[0] = CHECK_ID;
	t.nchecks = 1;
	t.port = 80;
	snprintf(t.name, sizeof(t.name), "shop");
	say(fake_parent, MSG_CONF_TABLE, SHOP, &t, sizeof(t));
	conf_host(SHOP_A, SHOP, "10.0.0.1", 1);
	conf_host(SHOP_B, SHOP, "10.0.0.2", 2);
	memset(&s, 0, sizeof(s));
	s.id = WWW;
	s.flags = flags;
	s.prefix4 = 32;
	s.prefix6 = 128;
	s.quorum = 3;
	s.hysteresis = hysteresis;
	s.vrrp_id = instance;
	s.pool[POOL_PRIMARY].table_id = SHOP;
	snprintf(s.sched, sizeof(s.sched), "wlc");
	snprintf(s.name, sizeof(s.name), "www");
	say(fake_parent, MSG_CONF_SERVICE, WWW, &s, sizeof(s));
	conf_listen(WWW_4, WWW, "192.0.2.10", 80);
	say(fake_parent, MSG_CONF_END, 0, NULL, 0);
	hear_type(fake_parent, MSG_CONF_READY, &h);
	say(fake_parent, MSG_CONF_COMMIT, 0, NULL, 0);
	hear_type(fake_parent, MSG_CONF_COMMITTED, &h);
}

static void
role(uint32_t on)
{
	struct msg_onoff	m = { on };

	say(fake_parent, MSG_BOUND_ROLE, INSTANCE, &m, sizeof(m));
}

/* hce hears it of both hosts. */
static void
suspends(uint32_t on, const char *name)
{
	int	a, b;

	a = hears_onoff(fake_hce, MSG_HOST_SUSPEND, SHOP_A, on);
	b = hears_onoff(fake_hce, MSG_HOST_SUSPEND, SHOP_B, on);
	ok(a && b, "%s", name);
}

static int
quorum_is(uint32_t on, uint64_t weight)
{
	struct msg_quorum	q;
	struct heard		h;

	if (!hear_type(fake_parent, MSG_SERVICE_QUORUM, &h))
		return (0);
	memcpy(&q, h.u.bytes, sizeof(q));
	return (h.id == WWW && q.on == on && q.weight == weight);
}

static int
done_follows(void)
{
	struct heard	h;

	return (hear_type(fake_parent, MSG_BOUND_DONE, &h) &&
	    h.id == INSTANCE);
}

static void
test_standby(void)
{
	struct heard	h;

	configure(INSTANCE, FLAGS, 0);
	role(0);
	ok(quiet(), "a role before the start is not answered");
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	suspends(1, "on standby hosts are not checked");
	ok(hear_type(fake_hce, MSG_HOST_KNOWN_END, &h), "hce is told first");
	role(0);
	ok(quiet(), "nor one before it is known how the hosts are");
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	batch_is("resync", "nothing is wanted in the kernel");
	ok(done_follows(), "then it is");
	host_is(SHOP_A, HOST_UP, HOST_R_OK);
	host_is(SHOP_B, HOST_UP, HOST_R_OK);
	ok(quorum_is(1, 3), "the quorum is told nevertheless");
}

static void
test_master(void)
{
	struct heard	h;

	while (hear_now(fake_vrrpe, &h))
		continue;
	role(1);
	batch_is("30 on,30 host 72 weight 1,30 host 73 weight 2",
	    "the role brings all into the kernel");
	ok(done_follows(), "which is told when it was asked for");
	suspends(0, "hosts are checked");
}

static void
test_again(void)
{
	role(1);
	ok(done_follows(), "the same role again is answered");
	ok(quiet(), "and asks for nothing");
}

static void
test_backup(void)
{
	role(0);
	batch_is("30 off,30 host 72 weight -1,30 host 73 weight -1",
	    "without the role all is taken out");
	ok(done_follows(), "which is told as well");
	suspends(1, "and the checks rest again");
	host_is(SHOP_A, HOST_DOWN, HOST_R_REFUSED);
	ok(quorum_is(0, 2), "the quorum is lost on standby, too");
	ok(quiet(), "and the kernel not asked");
}

static void
test_reload(void)
{
	configure(INSTANCE, FLAGS, 0);
	role(1);
	ok(quiet(), "a role while the configuration changes");
	conf_start();
	batch_is("30 on,30 host 73 weight 2", "counts in the next");
	ok(done_follows(), "and is answered by that");
	suspends(0, "hosts are checked by that");
	configure(INSTANCE, FLAGS, 0);
	conf_start();
	batch_is("30 off,30 host 73 weight -1",
	    "a role that is not told is not had");
	suspends(1, "nor are there checks");
}

/* The parent tells roles before START, and hears of none of old. */
static void
test_same(void)
{
	fake_gen++;
	say(fake_parent, MSG_CONF_BEGIN, 0, NULL, 0);
	say(fake_parent, MSG_CONF_SAME, 0, NULL, 0);
	ok(conf_commit(), "all is the same");
	role(1);
	suspends(0, "a role meanwhile is one for the checks");
	ok(quiet(), "but not answered");
	conf_start();
	batch_is("30 on,30 host 73 weight 2", "what it asks for comes first");
	ok(done_follows(), "then it is");
	role(0);
	batch_is("30 off,30 host 73 weight -1", "all is as it was");
	ok(done_follows(), "and answered");
	suspends(1, "checks rest");
}

static void
test_free(void)
{
	configure(0, SERVICE_F_TRACKED, 0);
	conf_start();
	batch_is("30 on,30 host 73 weight 2",
	    "a service that follows no more is active");
	suspends(0, "and checked");
}

/*
 * Another lbe, whose predecessor had seen the quorum come: the same weight
 * keeps it, but would not bring it.
 */
static void
test_restart(void)
{
	struct heard	h;

	fake_gen = 0;
	fake_start();
	configure(INSTANCE, FLAGS, 1);
	role(0);
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	suspends(1, "another lbe");
	ok(hear_type(fake_hce, MSG_HOST_KNOWN_END, &h), "is told");
	host_is(SHOP_A, HOST_UP, HOST_R_OK);
	host_is(SHOP_B, HOST_UP, HOST_R_OK);
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	ok(hear_type(fake_parent, MSG_IPVS_RESYNC, &h) && quorum_is(1, 3),
	    "and does not take the quorum for lost");
	ok(hear_type(fake_parent, MSG_IPVS_COMMIT, &h) && done_follows(),
	    "of a service on standby");
}

int
main(void)
{
	fake_start();
	test_standby();
	test_master();
	test_again();
	test_backup();
	test_reload();
	test_same();
	test_free();
	fake_stop();
	test_restart();
	fake_stop();
	return (done_testing());
}
