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

/* Weights as the operator wants them. */

#include "lbe_batch.h"

static uint32_t	weight(uint32_t, const char *, uint32_t);

/*
 * The operator's `lvsctl host weight NAME N': what the answer ends with; 0:
 * the connection is over.
 */
static uint32_t
weight(uint32_t id, const char *name, uint32_t n)
{
	struct imsgbuf		*c = client_open();
	struct ctl_weight	 w;
	struct heard		 h;

	memset(&w, 0, sizeof(w));
	w.id.id = id;
	snprintf(w.id.name, sizeof(w.id.name), "%s", name);
	w.weight = n;
	say(c, MSG_CTL_HOST_WEIGHT, 0, &w, sizeof(w));
	do {
		h.type = 0;
	} while (hear(c, &h) == 1 && h.type == MSG_CTL_TEXT);
	imsgbuf_free(c);
	return (h.type);
}

static int
mirrors(uint32_t id, uint32_t flags, uint32_t n)
{
	struct heard	h;

	return (hear_type(fake_parent, MSG_OVERRIDE, &h) && h.id == id &&
	    h.u.override.kind == OVERRIDE_NONE &&
	    h.u.override.flags == flags && h.u.override.weight == n &&
	    h.u.override.weight_by.uid == (flags ? getuid() : 0) &&
	    (h.u.override.weight_by.since > 0) == (flags != 0));
}

static void
test_weights(void)
{
	struct imsgbuf	*c;
	struct heard	 h;

	is_int(weight(0, "10.0.0.1", 7), MSG_CTL_OK, "another weight");
	ok(mirrors(HOST_A, OVERRIDE_F_WEIGHT, 7), "is mirrored");
	batch_is("30 host 10 weight 7,31 host 10 weight 7", "and asked for");
	ok(logged("host 10.0.0.1:80 of table web:80 (id 10): weight 3 as "
	    "configured -> weight 7 by uid "), "who did it is logged");
	is_int(weight(HOST_A, "", 7), MSG_CTL_OK, "the same");
	ok(quiet(), "is nothing new");

	c = client_open();
	say(c, MSG_CTL_SHOW_HOSTS, 0, NULL, 0);
	if (!hear_type(fake_hce, MSG_HOST_STATS_GET, &h))
		fake_die("no request");
	say(fake_hce, MSG_HOST_STATS_END, h.id, NULL, 0);
	ok(hear_type(c, MSG_CTL_TABLE, &h) &&
	    hear_type(c, MSG_CTL_HOST, &h) && h.u.host.id == HOST_A &&
	    h.u.host.weight == 7 && h.u.host.weight_conf == 3 &&
	    h.u.host.weight_by.uid == getuid() &&
	    h.u.host.weight_by.since > 0 &&
	    (h.u.host.flags & CTL_HOST_F_OVERRIDE) == 0, "is shown");
	ok(hear_type(c, MSG_CTL_HOST, &h) && h.u.host.weight == 5 &&
	    h.u.host.weight_conf == 5 && h.u.host.weight_by.since == 0,
	    "the other is as configured");
	imsgbuf_free(c);

	is_int(weight(0, "10.0.0.9", 7), MSG_CTL_FAIL, "no such host");
	ok(quiet(), "changes nothing");
	is_int(weight(0, "10.0.0.1:80", 0), MSG_CTL_OK, "weight 0");
	ok(mirrors(HOST_A, OVERRIDE_F_WEIGHT, 0), "is mirrored");
	batch_is("30 host 10 weight 0,31 host 10 weight 0",
	    "no new connections");
	is_int(weight(HOST_B, "", 0), MSG_CTL_OK, "the last host too");
	ok(mirrors(HOST_B, OVERRIDE_F_WEIGHT, 0), "is mirrored");
	batch_is("30 host 11 weight 0,31 host 11 weight 0,"
	    "30 host 12 weight 1,31 host 12 weight 1", "the backup serves");
	is_int(weight(HOST_B, "", CTL_WEIGHT_CONFIGURED), MSG_CTL_OK,
	    "as configured");
	ok(mirrors(HOST_B, 0, 0), "no override is left");
	batch_is("30 host 11 weight 5,31 host 11 weight 5,"
	    "30 host 12 weight -1,31 host 12 weight -1", "it serves again");
	is_int(weight(HOST_S, "", 65536), 0, "a weight beyond all bounds");
}

/* Another weight in the configuration, and one that was disabled. */
static void
test_reload(void)
{
	conf_begin();
	conf_check();
	conf_table(WEB, CHECK_ID, "web", 80);
	conf_host(HOST_A, WEB, "10.0.0.1", 30);
	conf_host(HOST_B, WEB, "fd00::2", 50);
	conf_service(WWW, "www", WEB, 0);
	conf_listen(WWW_4, WWW, "192.0.2.10", 80);
	if (!conf_commit())
		fake_die("commit");
	conf_start();
	batch_is("30 host 11 weight 50",
	    "a reload does not change what the operator set");
	ok(operator(MSG_CTL_HOST_DISABLE, HOST_A, ""), "host disabled");
	batch_is("OVERRIDE,30 host 10 weight -1", "it leaves the kernel");
	host_is(HOST_A, HOST_UNKNOWN, HOST_R_NONE);
	is_int(weight(HOST_A, "", 4), MSG_CTL_OK, "a weight for later");
	settle();
	ok(operator(MSG_CTL_HOST_ENABLE, HOST_A, ""), "host enabled");
	settle();
	host_is(HOST_A, HOST_UP, HOST_R_OK);
	batch_is("30 host 10 weight 4", "it has that");
}

static void
test_mirror(void)
{
	struct msg_override	o;
	struct heard		h;

	memset(&o, 0, sizeof(o));
	o.flags = OVERRIDE_F_WEIGHT;
	o.weight = 6;
	o.weight_by.since = 1;
	fake_gen = 0;
	fake_start();
	conf_begin();
	conf_objects();
	if (!conf_commit())
		fake_die("commit");
	say(fake_parent, MSG_MIRROR_OVERRIDE, HOST_B, &o, sizeof(o));
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	if (!hear_type(fake_hce, MSG_HOST_KNOWN_END, &h))
		fake_die("hce");
	host_is(HOST_B, HOST_UP, HOST_R_OK);
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	batch_is("resync,30 on,31 on,32 on,30 host 11 weight 6,"
	    "31 host 11 weight 6,32 host 12 weight 1",
	    "another lbe has it from the parent");
	o.weight = WEIGHT_MAX + 1;
	say(fake_parent, MSG_MIRROR_OVERRIDE, HOST_B, &o, sizeof(o));
	is_int(hear(fake_parent, &h), 0, "and ends when that makes no sense");
	imsgbuf_free(fake_parent);
	imsgbuf_free(fake_hce);
	fake_hce = NULL;
}

int
main(void)
{
	struct heard	h;

	fake_start();
	conf_begin();
	conf_objects();
	if (!conf_commit())
		fake_die("commit");
	fake_listen();
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	if (!hear_type(fake_hce, MSG_HOST_KNOWN_END, &h))
		fake_die("hce");
	host_is(HOST_A, HOST_UP, HOST_R_OK);
	host_is(HOST_B, HOST_UP, HOST_R_OK);
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	batch_hear();
	test_weights();
	test_reload();
	fake_stop();
	test_mirror();
	return (done_testing());
}
