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
 * What lbe asks of the parent and tells hce and vrrpe, from its start
 * through verdicts, operators, reloads and the deaths of others.
 */

#include "lbe_batch.h"

static void
test_start(void)
{
	struct heard	h;

	conf_begin();
	conf_objects();
	ok(conf_commit(), "first configuration is taken");
	fake_listen();
	conf_start();
	ok(quiet(), "nothing is asked before hce has told its verdicts");

	fake_link(&fake_hce, PROC_HCE);
	ok(hear_type(fake_hce, MSG_HOST_KNOWN_END, &h),
	    "hce is told that nothing is known yet");
	fake_link(&fake_vrrpe, PROC_VRRPE);
	ok(quiet(), "still nothing");

	host_is(HOST_A, HOST_UP, HOST_R_OK);
	host_is(HOST_B, HOST_UNKNOWN, HOST_R_NONE);
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	batch_is("resync,30 on,31 on,32 on,30 host 10 weight 3,"
	    "31 host 10 weight 3,32 host 12 weight 1",
	    "all in one batch: the host that is up, for each address");
	is_int(batch.number, 1, "batch 1");
	batch_done(0);
	ok(hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, WWW, 1) &&
	    hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, DNS, 1),
	    "vrrpe hears of each service once it is known");
	ok(logged("service \"www\": 1 of 2 hosts up"), "and it is logged");
}

static void
test_verdicts(void)
{
	struct heard	h;

	ok(!hear_now(fake_vrrpe, &h), "not all hosts have been looked at");
	host_is(HOST_B, HOST_UP, HOST_R_OK);
	batch_is("30 host 11 weight 5,31 host 11 weight 5",
	    "a host comes up: it alone is asked for");
	ok(hear_type(fake_vrrpe, MSG_HOSTS_JUDGED, &h),
	    "now they have, which vrrpe hears");
	host_is(HOST_B, HOST_UP, HOST_R_CODE);
	ok(quiet(), "another reason of the same verdict changes nothing");

	host_is(HOST_A, HOST_DOWN, HOST_R_REFUSED);
	batch_is("30 host 10 weight -1,31 host 10 weight -1",
	    "a host goes down: it is removed");
	host_is(HOST_B, HOST_DOWN, HOST_R_REFUSED);
	batch_is("30 host 11 weight -1,31 host 11 weight -1,"
	    "30 host 12 weight 1,31 host 12 weight 1",
	    "the last goes down: the backup takes its place");
	ok(logged("service \"www\": backup table \"sorry:8080\" serves, "
	    "1 of 1 hosts up"), "it is logged");
	host_is(HOST_A, HOST_UP, HOST_R_OK);
	batch_is("30 host 10 weight 3,31 host 10 weight 3,"
	    "30 host 12 weight -1,31 host 12 weight -1",
	    "the first comes back: the backup rests");
	host_is(HOST_B, HOST_UP, HOST_R_OK);
	batch_is("30 host 11 weight 5,31 host 11 weight 5", "the second too");
	is_int(batch.number, 6, "one batch each");
	batch_done(0);
}

static void
test_burst(void)
{
	struct msg_host_status	st[2];
	int			i;

	/* Both in one packet, as a burst of verdicts comes. */
	memset(st, 0, sizeof(st));
	for (i = 0; i < 2; i++) {
		st[i].state = HOST_DOWN;
		st[i].reason = HOST_R_RESET;
		if (imsg_compose(fake_hce, MSG_HOST_STATUS, HOST_A + i,
		    fake_gen, -1, &st[i], sizeof(st[i])) == -1)
			fake_die("burst");
	}
	(void)imsgbuf_write(fake_hce);
	batch_is("30 host 10 weight -1,31 host 10 weight -1,"
	    "30 host 11 weight -1,31 host 11 weight -1,"
	    "30 host 12 weight 1,31 host 12 weight 1",
	    "two verdicts at once are one batch");
	host_is(HOST_A, HOST_UP, HOST_R_OK);
	batch_hear();
	host_is(HOST_B, HOST_UP, HOST_R_OK);
	batch_hear();
}

static void
test_operator(void)
{
	struct heard	h;

	ok(operator(MSG_CTL_HOST_DISABLE, 0, "10.0.0.1"), "host disabled");
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h) && h.id == HOST_A &&
	    h.u.override.kind == OVERRIDE_DISABLE && h.u.override.by.since > 0,
	    "the parent mirrors the override");
	batch_is("30 host 10 weight -1,31 host 10 weight -1", "it is removed");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_A, 0),
	    "hce stops checking it");
	host_is(HOST_A, HOST_UNKNOWN, HOST_R_NONE);
	ok(logged("host 10.0.0.1:80 of table web:80 (id 10): "
	    "enabled -> disabled by uid "), "who did it is logged");

	ok(operator(MSG_CTL_HOST_DISABLE, HOST_A, ""), "again, by id");
	ok(quiet(), "which changes nothing");
	ok(operator(MSG_CTL_HOST_ENABLE, 0, "10.0.0.1:80"), "host enabled");
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h) && h.id == HOST_A &&
	    h.u.override.kind == OVERRIDE_NONE, "no override remains");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_A, 1),
	    "hce checks it again");
	ok(quiet(), "it is not used before its first verdict");
	host_is(HOST_A, HOST_UP, HOST_R_OK);
	batch_is("30 host 10 weight 3,31 host 10 weight 3", "then it is");

	ok(operator(MSG_CTL_HOST_DISABLE, 0, "[fd00::2]:80"), "IPv6 host");
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h), "mirrored");
	batch_is("30 host 11 weight -1,31 host 11 weight -1", "and removed");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_B, 0), "no checks");
	host_is(HOST_B, HOST_UNKNOWN, HOST_R_NONE);
	ok(!operator(MSG_CTL_HOST_DISABLE, 0, "10.0.0.9"), "unknown address");
	ok(!operator(MSG_CTL_HOST_DISABLE, 0, "10.0.0.1:81"), "other port");
	ok(!operator(MSG_CTL_HOST_DISABLE, 0, "[10.0.0.1"), "half a bracket");
	ok(!operator(MSG_CTL_HOST_DISABLE, 0, ""), "no name at all");
	ok(!operator(MSG_CTL_HOST_DISABLE, WEB, ""), "a table's id");
	ok(!operator(MSG_CTL_HOST_DISABLE, UINT32_MAX, ""), "any id");
	ok(quiet(), "none of which does anything");
}

static void
test_tables_and_services(void)
{
	struct heard	h;

	ok(operator(MSG_CTL_TABLE_DISABLE, 0, "web"), "table disabled");
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h) && h.id == WEB,
	    "mirrored");
	batch_is("30 host 10 weight -1,31 host 10 weight -1,"
	    "30 host 12 weight 1,31 host 12 weight 1", "the backup serves");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_A, 0) &&
	    hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_B, 0),
	    "hce checks none of its hosts");
	ok(operator(MSG_CTL_TABLE_DISABLE, 0, "sorry:8080"),
	    "the backup's table disabled, by name and port");
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h) && h.id == SORRY,
	    "mirrored");
	batch_is("30 host 12 weight -1,31 host 12 weight -1,"
	    "32 host 12 weight -1", "no host is left to two services");
	ok(hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, WWW, 0) &&
	    hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, DNS, 0),
	    "vrrpe hears that both are unusable");
	ok(logged("service \"www\": down, no usable host"), "it is logged");
	ok(operator(MSG_CTL_TABLE_ENABLE, SORRY, ""), "enabled by id");
	settle();
	ok(hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, WWW, 1) &&
	    hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, DNS, 1),
	    "vrrpe hears that both are back");
	ok(operator(MSG_CTL_TABLE_ENABLE, 0, "web:80"), "enabled");
	settle();
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_A, 1),
	    "its hosts are checked again, but the one disabled itself");
	ok(operator(MSG_CTL_SERVICE_DISABLE, 0, "dns"), "service disabled");
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h) && h.id == DNS,
	    "mirrored");
	batch_is("32 off,32 host 12 weight -1", "it leaves the kernel");
	ok(hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, DNS, 0),
	    "for vrrpe it is unusable");
	ok(operator(MSG_CTL_SERVICE_ENABLE, DNS, ""), "enabled by id");
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h) && h.id == DNS,
	    "mirrored");
	batch_is("32 on,32 host 12 weight 1", "it comes back");
	ok(hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, DNS, 1), "told");
	ok(!operator(MSG_CTL_TABLE_DISABLE, 0, "we"), "no such table");
	ok(!operator(MSG_CTL_SERVICE_DISABLE, 0, "ww"), "no such service");
}

/* As after the tests above: host 11 disabled, host 10 up. */
static void
test_hce_dies(void)
{
	struct heard	h;

	imsgbuf_free(fake_hce);
	ok(quiet(), "hce dies: nothing changes");
	fake_link(&fake_hce, PROC_HCE);
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_B, 0),
	    "its successor hears what the operator wants");
	ok(hear_type(fake_hce, MSG_HOST_KNOWN, &h) && h.id == HOST_A &&
	    h.u.status.state == HOST_UP && h.u.status.checks == 4,
	    "and what was known");
	ok(hear_type(fake_hce, MSG_HOST_KNOWN_END, &h), "and that it is all");
	host_is(HOST_A, HOST_UP, HOST_R_OK);
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	ok(quiet(), "nothing changes");
	host_is(HOST_A, HOST_UNKNOWN, HOST_R_NONE);
	ok(quiet(), "a host in the kernel that is unknown now stays");
}

static void
test_reload(void)
{
	struct heard	h;

	conf_begin();
	conf_check();
	conf_table(WEB, CHECK_ID, "web", 80);
	conf_host(HOST_NEW, WEB, "10.0.0.3", 9);
	conf_host(HOST_B, WEB, "fd00::2", 5);
	conf_host(HOST_A, WEB, "10.0.0.1", 4);
	conf_service(WWW, "www", WEB, 0);
	conf_listen(WWW_6, WWW, "2001:db8::10", 80);
	ok(conf_commit(), "second configuration is taken");
	ok(quiet(), "and not acted upon before START");
	conf_start();
	batch_is("31 host 10 weight 4", "what has changed: the unknown host "
	    "stays, overrides too, the new one waits for its verdict");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_B, 0),
	    "hce hears of overrides again");
	fake_gen--;
	host_is(HOST_S, HOST_DOWN, HOST_R_REFUSED);
	fake_gen++;
	ok(quiet(), "a verdict of old on a host that is gone is ignored");
	ok(operator(MSG_CTL_HOST_ENABLE, HOST_B, ""), "enable after reload");
	settle();
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_B, 1), "told to hce");
	host_is(HOST_B, HOST_UP, HOST_R_OK);
	batch_is("31 host 11 weight 5", "its verdict counts");

	conf_begin();
	conf_check();
	conf_table(WEB, CHECK_ID, "web", 80);
	say(fake_parent, MSG_CONF_ABORT, 0, NULL, 0);
	fake_gen--;
	host_is(HOST_B, HOST_DOWN, HOST_R_REFUSED);
	batch_is("31 host 11 weight -1", "an aborted one leaves no trace");
	ok(hear_type(fake_vrrpe, MSG_VRRP_STATS_GET, &h),
	    "vrrpe is asked what instances are left");
}

static void
same_begin(int weight)
{
	fake_gen++;
	say(fake_parent, MSG_CONF_BEGIN, 0, NULL, 0);
	say(fake_parent, MSG_CONF_SAME, 0, NULL, 0);
	conf_host(HOST_A, WEB, "10.0.0.1", weight);
}

/* All is as it was but for a weight; HOST_A was 4 and is in the kernel. */
static void
test_same(void)
{
	struct heard	h;

	same_begin(6);
	ok(conf_commit(), "the same with another weight is taken");
	ok(quiet(), "and not acted upon before START");
	conf_start();
	batch_is("31 host 10 weight 6", "then that host has it, and nothing "
	    "else is said");
	same_begin(7);
	say(fake_parent, MSG_CONF_ABORT, 0, NULL, 0);
	fake_gen--;
	same_begin(6);
	ok(conf_commit(), "another that was aborted");
	conf_start();
	ok(hear_type(fake_parent, MSG_IPVS_COMMIT, &h), "leaves no trace");
	same_begin(5);
	ok(conf_commit(), "a third");
	host_is(HOST_B, HOST_UP, HOST_R_OK);
	ok(quiet(), "a verdict before its START waits");
	conf_start();
	batch_is("31 host 10 weight 5,31 host 11 weight 5",
	    "and comes in one batch with it");
	host_is(HOST_B, HOST_DOWN, HOST_R_REFUSED);
	batch_is("31 host 11 weight -1", "the next comes at once");
	same_begin(4);
	ok(conf_commit(), "and back");
	conf_start();
	batch_is("31 host 10 weight 4", "it goes");
}

static void
test_errors(void)
{
	struct msg_ipvs_error	 e;
	struct imsgbuf		*c;
	struct heard		 h;

	memset(&e, 0, sizeof(e));
	e.error = ENOENT;
	snprintf(e.text, sizeof(e.text), "service \"www\": no scheduler");
	say(fake_parent, MSG_IPVS_ERROR, WWW_6, &e, sizeof(e));
	batch_done(1);
	settle();
	ok(logged("kernel: service \"www\": no scheduler"), "error logged");
	c = client_open();
	say(c, MSG_CTL_SHOW_SERVICES, 0, NULL, 0);
	ok(hear_type(c, MSG_CTL_SERVICE, &h) &&
	    hear_type(c, MSG_CTL_LISTEN, &h), "show services");
	is_int(h.u.listen.error, ENOENT, "the error is shown");
	is_str(h.u.listen.error_text, e.text, "with its text");
	imsgbuf_free(c);

	e.error = 0;
	say(fake_parent, MSG_IPVS_ERROR, WWW_6, &e, sizeof(e));
	c = client_open();
	say(c, MSG_CTL_SHOW_SERVICES, 0, NULL, 0);
	ok(hear_type(c, MSG_CTL_SERVICE, &h) &&
	    hear_type(c, MSG_CTL_LISTEN, &h), "show services");
	is_int(h.u.listen.error, 0, "gone when it went well at last");
	is_str(h.u.listen.error_text, "", "with its text");
	imsgbuf_free(c);
}

/* A new lbe finds the kernel as its forerunner has left it. */
static void
test_new_life(void)
{
	struct msg_dest		d = { HOST_A, 3 };
	struct msg_override	o = { .kind = OVERRIDE_DISABLE, .by.since = 1 };
	struct heard		h;

	fake_gen = 0;
	fake_start();
	fake_link(&fake_hce, PROC_HCE);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	conf_begin();
	conf_objects();
	ok(conf_commit(), "a new life is configured");
	say(fake_parent, MSG_MIRROR_DEST, WWW_4, &d, sizeof(d));
	say(fake_parent, MSG_MIRROR_OVERRIDE, DNS, &o, sizeof(o));
	say(fake_parent, MSG_MIRROR_OVERRIDE, HOST_B, &o, sizeof(o));
	say(fake_parent, MSG_MIRROR_OVERRIDE, 4711, &o, sizeof(o));
	fake_listen();
	conf_start();
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_B, 0) &&
	    hear_type(fake_hce, MSG_HOST_KNOWN_END, &h),
	    "hce hears of the overrides");
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	batch_is("resync,30 on,31 on,30 host 10 weight 3,31 host 10 weight 3",
	    "the unknown host in the kernel stays, overrides hold");
	ok(hear_type(fake_vrrpe, MSG_VRRP_STATS_GET, &h) &&
	    hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, WWW, 1) &&
	    hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, DNS, 0),
	    "vrrpe is not told of services that they were down");
	host_is(HOST_A, HOST_DOWN, HOST_R_REFUSED);
	batch_is("30 host 10 weight -1,31 host 10 weight -1,"
	    "30 host 12 weight 1,31 host 12 weight 1",
	    "its first verdict decides");
	fake_stop();
}

/* Nothing is said of a service before there is anything to say. */
static void
test_unjudged(void)
{
	struct heard	h;

	fake_gen = 0;
	fake_start();
	conf_begin();
	conf_objects();
	ok(conf_commit(), "configured");
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	if (!hear_type(fake_hce, MSG_HOST_KNOWN_END, &h))
		fake_die("hce");
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	batch_is("resync,30 on,31 on,32 on,32 host 12 weight 1",
	    "before its first verdict a service has no host, no backup");
	ok(hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, DNS, 1),
	    "vrrpe hears of the one that needs no verdict");
	host_is(HOST_A, HOST_DOWN, HOST_R_REFUSED);
	batch_is("30 host 12 weight 1,31 host 12 weight 1",
	    "the first verdict is bad: the backup serves");
	ok(hears_onoff(fake_vrrpe, MSG_SERVICE_STATUS, WWW, 1),
	    "vrrpe hears of it now, and heard nothing bad before");
	fake_stop();
}

/* hce does not come: after a while what is known must do. */
static void
test_no_hce(void)
{
	fake_gen = 0;
	fake_start();
	conf_begin();
	conf_objects();
	ok(conf_commit(), "configured without hce");
	conf_start();
	batch_is("resync,30 on,31 on,32 on,32 host 12 weight 1",
	    "without hce, unchecked hosts are used in the end");
	ok(logged("hce has not told how the hosts are"), "it is logged");
	fake_stop();
}

/* A bad message costs its sender the link, and the parent is told. */
static void
test_bad_peers(void)
{
	struct msg_host_status	st;
	struct ctl_vrrp		v;
	struct heard		h;

	fake_gen = 0;
	fake_start();
	conf_begin();
	conf_objects();
	ok(conf_commit(), "configured");
	conf_start();

	fake_link(&fake_hce, PROC_HCE);
	memset(&st, 0, sizeof(st));
	st.state = HOST_STATE_MAX;
	say(fake_hce, MSG_HOST_STATUS, HOST_A, &st, sizeof(st));
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h) && h.id == PROC_HCE,
	    "hce with an unknown state");
	imsgbuf_free(fake_hce);
	fake_link(&fake_hce, PROC_HCE);
	st.state = HOST_UP;
	say(fake_hce, MSG_HOST_STATUS, 4711, &st, sizeof(st));
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h) && h.id == PROC_HCE,
	    "hce with an unknown host of this generation");
	imsgbuf_free(fake_hce);
	fake_link(&fake_hce, PROC_HCE);
	say(fake_hce, MSG_STOP, 0, NULL, 0);
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h) && h.id == PROC_HCE,
	    "hce with a message that is not its to send");

	fake_link(&fake_vrrpe, PROC_VRRPE);
	memset(&v, 0, sizeof(v));
	v.id = 1;
	memset(v.name, 'x', sizeof(v.name));
	say(fake_vrrpe, MSG_VRRP_STATUS, 1, &v, sizeof(v));
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h) && h.id == PROC_VRRPE,
	    "vrrpe with a name that does not end");
	fake_stop();
}

int
main(void)
{
	fake_start();
	test_start();
	test_verdicts();
	test_burst();
	test_operator();
	test_tables_and_services();
	test_hce_dies();
	test_reload();
	test_same();
	test_errors();
	fake_stop();
	test_new_life();
	test_unjudged();
	test_no_hce();
	test_bad_peers();
	return (done_testing());
}
