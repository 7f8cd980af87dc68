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

#include "lbe_batch.h"

/* Weights that checks want: in the kernel, shown, and below the operator's. */

static void	host_wants(uint32_t, uint32_t, uint32_t);
static void	operator_weight(uint32_t, uint32_t);

static void
host_wants(uint32_t id, uint32_t flags, uint32_t weight)
{
	struct msg_host_status	 st;

	memset(&st, 0, sizeof(st));
	st.state = HOST_UP;
	st.reason = weight == 0 && flags != 0 ? HOST_R_AGENT_DRAIN : HOST_R_OK;
	st.flags = flags;
	st.weight = weight;
	st.weight_check_id = flags != 0 ? CHECK_ID : 0;
	snprintf(st.note, sizeof(st.note), "%s", weight == 0 ? "why" : "");
	st.since = monotime_now();
	say(fake_hce, MSG_HOST_STATUS, id, &st, sizeof(st));
}

static void
operator_weight(uint32_t id, uint32_t weight)
{
	struct imsgbuf		*c = client_open();
	struct ctl_weight	 w;
	struct heard		 h;

	memset(&w, 0, sizeof(w));
	w.id.id = id;
	w.weight = weight;
	say(c, MSG_CTL_HOST_WEIGHT, 0, &w, sizeof(w));
	while (hear(c, &h) == 1 && h.type == MSG_CTL_TEXT)
		continue;
	imsgbuf_free(c);
	if (!hear_type(fake_parent, MSG_OVERRIDE, &h))
		fake_die("override");
}

/* The first host as shown. */
static int
shown(struct heard *h)
{
	struct imsgbuf	*c = client_open();
	int		 good;

	say(c, MSG_CTL_SHOW_HOSTS, 0, NULL, 0);
	if (!hear_type(fake_hce, MSG_HOST_STATS_GET, h))
		fake_die("no request");
	say(fake_hce, MSG_HOST_STATS_END, h->id, NULL, 0);
	good = hear_type(c, MSG_CTL_TABLE, h) &&
	    hear_type(c, MSG_CTL_HOST, h) && h->u.host.id == HOST_A;
	imsgbuf_free(c);
	return (good);
}

static void
test_wants(void)
{
	struct heard	 h;

	host_wants(HOST_A, HOST_STATUS_F_WEIGHT, 42);
	batch_is("30 host 10 weight 42,31 host 10 weight 42",
	    "what a check wants");
	ok(shown(&h) && h.u.host.weight == 42 && h.u.host.weight_conf == 3 &&
	    h.u.host.weight_check == 42 &&
	    h.u.host.flags & CTL_HOST_F_WEIGHT, "is shown");
	host_wants(HOST_A, HOST_STATUS_F_WEIGHT, 42);
	ok(shown(&h) && quiet(), "the same is nothing new");
	host_wants(HOST_A, HOST_STATUS_F_WEIGHT, 0);
	batch_is("30 host 10 weight 0,31 host 10 weight 0", "drained");
	ok(shown(&h) && h.u.host.state == CTL_UP &&
	    strcmp(h.u.host.reason, "agent says drain (why)") == 0,
	    "it is up, and says why");
	host_wants(HOST_B, HOST_STATUS_F_WEIGHT, 0);
	batch_is("30 host 11 weight 0,31 host 11 weight 0,"
	    "30 host 12 weight 1,31 host 12 weight 1",
	    "all drained: the backup serves");
	host_wants(HOST_B, 0, 0);
	batch_is("30 host 11 weight 5,31 host 11 weight 5,"
	    "30 host 12 weight -1,31 host 12 weight -1",
	    "as configured when the check wants nothing any more");

	operator_weight(HOST_A, 7);
	batch_is("30 host 10 weight 7,31 host 10 weight 7",
	    "the operator has the last word");
	host_wants(HOST_A, HOST_STATUS_F_WEIGHT, 9);
	ok(shown(&h) && h.u.host.weight == 7 && h.u.host.weight_check == 9,
	    "whatever the check wants, which is shown too");
	ok(quiet(), "and changes nothing");
	operator_weight(HOST_A, CTL_WEIGHT_CONFIGURED);
	batch_is("30 host 10 weight 9,31 host 10 weight 9",
	    "then the check has it again");
}

/* The checks of a host, of which it has one. */
static void
test_checks(void)
{
	struct imsgbuf		*c = client_open();
	struct heard		 h;
	struct ctl_check	 k;

	say(c, MSG_CTL_SHOW_CHECKS, 0, NULL, 0);
	if (!hear_type(fake_hce, MSG_HOST_STATS_GET, &h))
		fake_die("no request");
	say(fake_hce, MSG_HOST_STATS_END, h.id, NULL, 0);
	ok(hear_type(c, MSG_CTL_TABLE, &h) &&
	    hear_type(c, MSG_CTL_HOST, &h) && h.u.host.id == HOST_A &&
	    hear_type(c, MSG_CTL_CHECK, &h), "a check comes after its host");
	memcpy(&k, h.u.bytes, sizeof(k));
	ok(k.number == 1 && k.state == CTL_UP && k.weight == 9 &&
	    k.flags == CTL_HOST_F_WEIGHT && strcmp(k.reason, "ok") == 0,
	    "and is as the host is");
	imsgbuf_free(c);
}

/* A reload that takes the checks away; hce tells nothing of such hosts. */
static void
test_unchecked(void)
{
	conf_begin();
	conf_table(WEB, 0, "web", 80);
	conf_host(HOST_A, WEB, "10.0.0.1", 30);
	conf_service(WWW, "www", WEB, 0);
	conf_listen(WWW_4, WWW, "192.0.2.10", 80);
	if (!conf_commit())
		fake_die("commit");
	conf_start();
	batch_is("30 host 10 weight 30",
	    "without a check the weight is that configured");

	conf_begin();
	conf_table(WEB, 0, "web", 80);
	conf_host(HOST_A, WEB, "10.0.0.1", 30);
	conf_service(WWW, "www", WEB, 0);
	conf_listen(WWW_4, WWW, "192.0.2.10", 80);
	conf_listen(WWW_6, WWW, "2001:db8::10", 80);
	if (!conf_commit())
		fake_die("commit");
	conf_start();
	batch_is("30 on,30 host 10 weight 30,31 on,31 host 10 weight 30",
	    "of an address that is new all is asked");
}

static void
test_bad(void)
{
	struct heard	 h;

	host_wants(HOST_A, HOST_STATUS_F_WEIGHT, WEIGHT_MAX + 1);
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h),
	    "a weight beyond all bounds is a broken hce's");
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
	test_wants();
	test_checks();
	test_unchecked();
	test_bad();
	fake_stop();
	return (done_testing());
}
