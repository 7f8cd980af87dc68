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
 * Orders about VRRP instances on their way through lbe, and back.
 */

#include "lbe_fake.h"

static void
vrrp_is(uint32_t id, const char *name)
{
	struct ctl_vrrp	v;

	memset(&v, 0, sizeof(v));
	v.id = id;
	v.state = VRRP_MASTER;
	v.priority = v.priority_eff = 100;
	snprintf(v.name, sizeof(v.name), "%s", name);
	say(fake_vrrpe, MSG_VRRP_STATUS, id, &v, sizeof(v));
}

static void
outcome_is(uint32_t request, int failed, const char *text)
{
	struct msg_outcome	out;

	memset(&out, 0, sizeof(out));
	out.failed = failed;
	snprintf(out.text, sizeof(out.text), "%s", text);
	say(fake_vrrpe, MSG_VRRP_OUTCOME, request, &out, sizeof(out));
}

static void
order(struct imsgbuf *c, uint32_t type, const char *name, uint32_t by)
{
	struct ctl_order	o;

	memset(&o, 0, sizeof(o));
	snprintf(o.id.name, sizeof(o.id.name), "%s", name);
	o.by = by;
	say(c, type, 0, &o, sizeof(o));
}

static void
test_way(void)
{
	struct imsgbuf	*c = client_open();
	struct heard	 h;

	order(c, MSG_CTL_VRRP_DEMOTE, "VI_2", 20);
	ok(hear_type(fake_vrrpe, MSG_VRRP_ORDER, &h) && h.id == 51 &&
	    h.u.order.kind == ORDER_DEMOTE && h.u.order.by == 20,
	    "an order for the instance of this name");
	ok(h.u.order.uid == getuid() && h.u.order.pid == getpid(),
	    "with who gave it");
	outcome_is(h.u.order.request, 0, "demoted");
	ok(hear_type(c, MSG_CTL_TEXT, &h) &&
	    strcmp(h.u.text.text, "demoted") == 0 &&
	    hear_type(c, MSG_CTL_OK, &h), "is answered");

	order(c, MSG_CTL_VRRP_UNDEMOTE, "VI_1", 0);
	ok(hear_type(fake_vrrpe, MSG_VRRP_ORDER, &h) && h.id == 50 &&
	    h.u.order.kind == ORDER_UNDEMOTE && h.u.order.by == 0,
	    "undemote");
	outcome_is(h.u.order.request, 1, "no");
	ok(hear_type(c, MSG_CTL_FAIL, &h) &&
	    strcmp(h.u.text.text, "no") == 0, "is refused");

	order(c, MSG_CTL_VRRP_RESIGN, "VI_3", 0);
	ok(hear_type(c, MSG_CTL_FAIL, &h), "an instance that is not there");
	is_str(h.u.text.text, "there is no vrrp \"VI_3\"", "is named");
	imsgbuf_free(c);
}

/* Two wait; the answer to each is its own, and one does not wait for it. */
static void
test_wait(void)
{
	struct imsgbuf	*a = client_open(), *b = client_open();
	struct heard	 h;
	uint32_t	 first, second;

	order(a, MSG_CTL_VRRP_RESIGN, "VI_1", 0);
	if (!hear_type(fake_vrrpe, MSG_VRRP_ORDER, &h))
		fake_die("no order");
	first = h.u.order.request;
	is_int(h.u.order.kind, ORDER_RESIGN, "resign");
	order(b, MSG_CTL_VRRP_RESIGN, "VI_2", 0);
	if (!hear_type(fake_vrrpe, MSG_VRRP_ORDER, &h))
		fake_die("no order");
	second = h.u.order.request;
	outcome_is(second, 0, "second");
	ok(hear_type(b, MSG_CTL_TEXT, &h) &&
	    strcmp(h.u.text.text, "second") == 0, "who came second is first");
	imsgbuf_free(a);
	settle();
	outcome_is(first, 0, "first");
	outcome_is(first + second, 0, "nobody's");
	ok(quiet(), "outcomes that nobody waits for");
	imsgbuf_free(b);
}

static void
test_lost(void)
{
	struct imsgbuf	*c = client_open();
	struct heard	 h;

	order(c, MSG_CTL_VRRP_RESIGN, "VI_1", 0);
	if (!hear_type(fake_vrrpe, MSG_VRRP_ORDER, &h))
		fake_die("no order");
	imsgbuf_free(fake_vrrpe);
	ok(hear_type(c, MSG_CTL_FAIL, &h), "vrrpe ends meanwhile");
	order(c, MSG_CTL_VRRP_RESIGN, "VI_1", 0);
	ok(hear_type(c, MSG_CTL_FAIL, &h), "there is no vrrpe");
	is_str(h.u.text.text, "vrrpe is being started again, try again",
	    "it is said so");
	imsgbuf_free(c);
	fake_link(&fake_vrrpe, PROC_VRRPE);
}

static void
test_bad(void)
{
	struct imsgbuf		*c = client_open();
	struct ctl_order	 o;
	struct msg_outcome	 out;
	struct heard		 h;

	order(c, MSG_CTL_VRRP_DEMOTE, "VI_1", VRRP_DEMOTE_MAX + 1);
	is_int(hear(c, &h), 0, "too much of a demotion: thrown out");
	imsgbuf_free(c);
	c = client_open();
	memset(&o, 'x', sizeof(o));
	o.by = 0;
	say(c, MSG_CTL_VRRP_RESIGN, 0, &o, sizeof(o));
	is_int(hear(c, &h), 0, "a name without an end: thrown out");
	imsgbuf_free(c);

	memset(&out, 'x', sizeof(out));
	out.failed = 0;
	say(fake_vrrpe, MSG_VRRP_OUTCOME, 1, &out, sizeof(out));
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h) && h.id == PROC_VRRPE,
	    "a text without an end is held against vrrpe");
	imsgbuf_free(fake_vrrpe);
	fake_link(&fake_vrrpe, PROC_VRRPE);
}

int
main(void)
{
	struct heard	h;

	fake_start();
	conf_begin();
	conf_objects();
	ok(conf_commit(), "configured");
	fake_listen();
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	settle();
	while (hear_now(fake_vrrpe, &h))
		;
	vrrp_is(50, "VI_1");
	vrrp_is(51, "VI_2");

	test_way();
	test_wait();
	test_lost();
	test_bad();
	fake_stop();
	return (done_testing());
}
