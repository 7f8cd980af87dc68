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
 * Control clients, good and hostile: whatever one of them sends, or does not
 * read, lbe goes on, and so do the others.
 */

#include "lbe_fake.h"

#define CLIENTS		100	/* more than may be connected */
#define SERVED		63	/* CLIENT_MAX of lbe/control.c; one is idle */
#define FEW_FILES	24	/* descriptors for the test of their end */
#define MANY_HOSTS	3000
#define EVENTS		6000	/* more than wait for a slow monitor */

/* As in imsg/imsg.c: what a hostile client makes by hand. */
struct raw {
	uint32_t	type;
	uint32_t	len;
	uint32_t	id;
	uint32_t	gen;
	unsigned char	payload[512];
};

static int	request_ok(struct imsgbuf *, uint32_t, const void *, size_t);

/* The answer's last message: OK, END or FAIL; 0: the connection is over. */
static uint32_t
answer(struct imsgbuf *c, struct heard *h)
{
	while (hear(c, h) == 1)
		switch (h->type) {
		case MSG_CTL_OK:
		case MSG_CTL_END:
		case MSG_CTL_FAIL:
			return (h->type);
		}
	return (0);
}

static int
request_ok(struct imsgbuf *c, uint32_t type, const void *data, size_t len)
{
	struct heard	h;
	uint32_t	last;

	say(c, type, 0, data, len);
	last = answer(c, &h);
	return (last == MSG_CTL_OK || last == MSG_CTL_END);
}

/* lbe lives and serves another client. */
static int
alive(void)
{
	struct imsgbuf	*c = client_open();
	int		 good;

	good = request_ok(c, MSG_CTL_SHOW_SERVICES, NULL, 0);
	imsgbuf_free(c);
	return (good);
}

/* The other side closes, and says nothing before. */
static int
thrown_out(int fd)
{
	struct pollfd	pfd = { fd, POLLIN, 0 };
	char		byte;

	return (poll(&pfd, 1, HEAR_MS) == 1 && recv(fd, &byte, 1, 0) <= 0);
}

static void
hostile(const char *name, const void *bytes, size_t len)
{
	int	fd = client_socket();

	if (send(fd, bytes, len, MSG_NOSIGNAL) == -1)
		fake_die("send");
	ok(thrown_out(fd), "%s: thrown out", name);
	close(fd);
	ok(alive(), "%s: others are served", name);
}

static void
hostile_msg(const char *name, uint32_t type, size_t len, const void *data,
    size_t datalen)
{
	struct raw	raw;

	memset(&raw, 0, sizeof(raw));
	raw.type = type;
	raw.len = len;
	memcpy(raw.payload, data, datalen);
	hostile(name, &raw, offsetof(struct raw, payload) + datalen);
}

static void
test_rubbish(void)
{
	struct ctl_id		id;
	struct msg_verbose	v = { 7 };
	unsigned char		rubbish[4096];
	size_t			i, hdr = offsetof(struct raw, payload);

	for (i = 0; i < sizeof(rubbish); i++)
		rubbish[i] = (i * 7 + 13) & 0xff;
	hostile("rubbish", rubbish, sizeof(rubbish));
	hostile("one byte", rubbish, 1);
	hostile("half a header", rubbish, hdr - 1);
	hostile("an empty packet", rubbish, 0);
	memset(rubbish, 0xff, sizeof(rubbish));
	hostile("all ones", rubbish, sizeof(rubbish));

	memset(&id, 0, sizeof(id));
	hostile_msg("no such type", MSG_TYPE_MAX, hdr, "", 0);
	hostile_msg("type 0", 0, hdr, "", 0);
	hostile_msg("the parent's message", MSG_SHUTDOWN, hdr, "", 0);
	hostile_msg("lbe's own message", MSG_CTL_OK, hdr, "", 0);
	hostile_msg("hce's message", MSG_HOST_SYNC, hdr, "", 0);
	hostile_msg("length below a header", MSG_CTL_STOP, hdr - 1, "", 0);
	hostile_msg("length beyond the packet", MSG_CTL_HOST_DISABLE,
	    hdr + sizeof(id), &id, sizeof(id) - 1);
	hostile_msg("payload too short", MSG_CTL_HOST_DISABLE,
	    hdr + sizeof(id) - 1, &id, sizeof(id) - 1);
	hostile_msg("payload too long", MSG_CTL_STOP, hdr + 1, "x", 1);
	hostile_msg("unknown verbosity", MSG_CTL_LOG, hdr + sizeof(v), &v,
	    sizeof(v));
	memset(id.name, 'x', sizeof(id.name));
	hostile_msg("host's name without end", MSG_CTL_HOST_DISABLE,
	    hdr + sizeof(id), &id, sizeof(id));
	hostile_msg("service's name without end", MSG_CTL_SERVICE_ENABLE,
	    hdr + sizeof(id), &id, sizeof(id));
	hostile_msg("vrrp's name without end", MSG_CTL_SHOW_VRRP,
	    hdr + sizeof(id), &id, sizeof(id));
	ok(quiet(), "the parent has heard nothing of all this");
}

static void
test_descriptor(void)
{
	union {
		struct cmsghdr	hdr;
		unsigned char	space[CMSG_SPACE(sizeof(int))];
	}		 cmsg;
	struct raw	 raw;
	struct msghdr	 mh;
	struct iovec	 iov;
	int		 fd = client_socket(), in[2];
	char		 byte;

	if (pipe2(in, O_NONBLOCK) == -1)
		fake_die("pipe");
	memset(&raw, 0, sizeof(raw));
	raw.type = MSG_CTL_SHOW_SERVICES;
	raw.len = iov.iov_len = offsetof(struct raw, payload);
	iov.iov_base = &raw;
	memset(&mh, 0, sizeof(mh));
	memset(&cmsg, 0, sizeof(cmsg));
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	mh.msg_control = &cmsg;
	mh.msg_controllen = sizeof(cmsg);
	cmsg.hdr.cmsg_level = SOL_SOCKET;
	cmsg.hdr.cmsg_type = SCM_RIGHTS;
	cmsg.hdr.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&cmsg.hdr), &in[1], sizeof(int));
	if (sendmsg(fd, &mh, MSG_NOSIGNAL) == -1)
		fake_die("sendmsg");
	close(in[1]);
	ok(thrown_out(fd), "a client passes a descriptor: thrown out");
	is_int(read(in[0], &byte, 1), 0, "and the descriptor is closed");
	close(in[0]);
	close(fd);
	ok(alive(), "others are served");
}

static void
test_crowd(void)
{
	struct imsgbuf	*c[CLIENTS];
	struct heard	 h;
	int		 i, served = 0, refused = 0;

	for (i = 0; i < CLIENTS; i++)
		c[i] = client_open();
	for (i = 0; i < CLIENTS; i++) {
		say(c[i], MSG_CTL_SHOW_SERVICES, 0, NULL, 0);
		switch (answer(c[i], &h)) {
		case MSG_CTL_END:
			served++;
			break;
		case MSG_CTL_FAIL:
			refused += strstr(h.u.text.text,
			    "64 control clients are connected") != NULL;
			break;
		}
	}
	is_int(served, SERVED, "of %d clients so many are served", CLIENTS);
	is_int(refused, CLIENTS - SERVED, "the others are told why not");
	for (i = 0; i < CLIENTS; i++)
		imsgbuf_free(c[i]);
	settle();
	ok(alive(), "when they have gone there is room again");
}

static void
test_impatient(void)
{
	struct imsgbuf	*c = client_open();
	struct heard	 h;

	/* hce, which is to be asked first, takes its time. */
	say(c, MSG_CTL_SHOW_HOSTS, 0, NULL, 0);
	ok(hear_type(fake_hce, MSG_HOST_STATS_GET, &h), "hce is asked");
	say(c, MSG_CTL_SHOW_SERVICES, 0, NULL, 0);
	is_int(answer(c, &h), 0, "a second request at once: thrown out");
	imsgbuf_free(c);
	say(fake_hce, MSG_HOST_STATS_END, h.id, NULL, 0);
	ok(alive(), "others are served");
}

static void
stats(uint32_t request, uint64_t checks)
{
	struct msg_host_status	st;

	memset(&st, 0, sizeof(st));
	st.state = HOST_UP;
	st.reason = HOST_R_OK;
	st.checks = checks;
	st.checks_up = checks - 1;
	say(fake_hce, MSG_HOST_STATS, HOST_A, &st, sizeof(st));
	say(fake_hce, MSG_HOST_STATS_END, request, NULL, 0);
}

static void
test_show(void)
{
	struct imsgbuf	*c = client_open(), *d = client_open();
	struct heard	 h, g;

	say(c, MSG_CTL_SHOW_HOSTS, 0, NULL, 0);
	ok(hear_type(fake_hce, MSG_HOST_STATS_GET, &g), "hce is asked");
	say(d, MSG_CTL_SHOW_SUMMARY, 0, NULL, 0);
	ok(quiet(), "for two clients once");
	stats(g.id, 9);
	ok(hear_type(c, MSG_CTL_TABLE, &h) && h.u.table.id == WEB &&
	    strcmp(h.u.table.name, "web:80") == 0 &&
	    strcmp(h.u.table.check, "http") == 0 &&
	    h.u.table.hosts == 2 && h.u.table.hosts_up == 1, "its table");
	ok(hear_type(c, MSG_CTL_HOST, &h) && h.u.host.id == HOST_A &&
	    h.u.host.state == CTL_UP && h.u.host.checks == 9 &&
	    h.u.host.checks_up == 8 && h.u.host.weight == 3 &&
	    h.u.host.flags == CTL_HOST_F_KERNEL &&
	    strcmp(h.u.host.reason, "ok") == 0 &&
	    strcmp(h.u.host.addr, "10.0.0.1:80") == 0,
	    "its host with hce's figures");
	ok(hear_type(c, MSG_CTL_HOST, &h) && h.u.host.state == CTL_UNKNOWN &&
	    strcmp(h.u.host.addr, "[fd00::2]:80") == 0, "another");
	ok(hear_type(c, MSG_CTL_TABLE, &h) && hear_type(c, MSG_CTL_HOST, &h) &&
	    h.u.host.flags == (CTL_HOST_F_UNCHECKED | CTL_HOST_F_KERNEL) &&
	    h.u.host.state == CTL_UP, "an unchecked host is up");
	ok(hear_type(c, MSG_CTL_END, &h), "and the end");

	ok(hear_type(d, MSG_CTL_SERVICE, &h) &&
	    strcmp(h.u.service.name, "www") == 0 &&
	    h.u.service.state == CTL_UP &&
	    hear_type(d, MSG_CTL_TABLE, &h) && h.u.table.backup == 0 &&
	    hear_type(d, MSG_CTL_HOST, &h) && hear_type(d, MSG_CTL_HOST, &h) &&
	    hear_type(d, MSG_CTL_TABLE, &h) && h.u.table.backup == 1 &&
	    hear_type(d, MSG_CTL_HOST, &h) &&
	    hear_type(d, MSG_CTL_SERVICE, &h) &&
	    strcmp(h.u.service.name, "dns") == 0 &&
	    hear_type(d, MSG_CTL_TABLE, &h) && hear_type(d, MSG_CTL_HOST, &h) &&
	    hear_type(d, MSG_CTL_END, &h), "the summary in its order");
	imsgbuf_free(d);

	say(c, MSG_CTL_SHOW_HOSTS, 0, NULL, 0);
	is_int(answer(c, &h), MSG_CTL_END,
	    "without an answer of hce, what is there");
	imsgbuf_free(c);
	settle();
	if (!hear_type(fake_hce, MSG_HOST_STATS_GET, &g))
		fake_die("no request");
}

static void
vrrp_is(uint32_t type, uint32_t id, const char *name, uint32_t state)
{
	struct ctl_vrrp	v;

	memset(&v, 0, sizeof(v));
	v.id = id;
	v.state = state;
	snprintf(v.name, sizeof(v.name), "%s", name);
	say(fake_vrrpe, type, id, &v, sizeof(v));
}

static void
track_is(uint32_t vrrp, const char *name)
{
	struct ctl_track	t;

	memset(&t, 0, sizeof(t));
	t.vrrp_id = vrrp;
	t.state = CTL_TRACK_FAILS;
	t.weight = t.effect = -20;
	snprintf(t.kind, sizeof(t.kind), "script");
	snprintf(t.name, sizeof(t.name), "%s", name);
	say(fake_vrrpe, MSG_VRRP_TRACK, 1, &t, sizeof(t));
}

static void
test_show_tracks(void)
{
	struct imsgbuf	*c = client_open();
	struct ctl_id	 id;
	struct heard	 h;
	int		 i;

	memset(&id, 0, sizeof(id));
	for (i = 0; i < 2; i++) {
		say(c, MSG_CTL_SHOW_VRRP, 0, &id, sizeof(id));
		if (!hear_type(fake_vrrpe, MSG_VRRP_STATS_GET, &h))
			fake_die("no request");
		vrrp_is(MSG_VRRP_STATS, 50, "VI_1", VRRP_MASTER);
		track_is(50, "one");
		track_is(50, "two");
		vrrp_is(MSG_VRRP_STATS, 51, "VI_2", VRRP_MASTER);
		track_is(51, "three");
		say(fake_vrrpe, MSG_VRRP_STATS_END, h.id, NULL, 0);
		ok(hear_type(c, MSG_CTL_VRRP, &h) && h.u.vrrp.id == 50 &&
		    hear_type(c, MSG_CTL_TRACK, &h) &&
		    strcmp(h.u.track.name, "one") == 0 &&
		    hear_type(c, MSG_CTL_TRACK, &h) &&
		    strcmp(h.u.track.name, "two") == 0 &&
		    hear_type(c, MSG_CTL_VRRP, &h) && h.u.vrrp.id == 51 &&
		    hear_type(c, MSG_CTL_TRACK, &h) &&
		    h.u.track.effect == -20 && hear_type(c, MSG_CTL_END, &h),
		    "trackers follow their instance, %s",
		    i == 0 ? "each once" : "and again each once");
	}
	say(c, MSG_CTL_SHOW_SUMMARY, 0, NULL, 0);
	i = 0;
	while (hear(c, &h) == 1 && h.type != MSG_CTL_END)
		i += h.type == MSG_CTL_TRACK;
	is_int(i, 0, "a summary has none");
	imsgbuf_free(c);
}

/* Another vrrpe, which has heard what a new one is told. */
static void
vrrpe_anew(void)
{
	struct heard	h;

	imsgbuf_free(fake_vrrpe);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	settle();
	while (hear_now(fake_vrrpe, &h))
		;
}

/* Trackers of nobody, and more than there can be. */
static void
test_bad_tracks(void)
{
	struct heard	h;
	int		i;

	track_is(50, "stray");
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h) && h.id == PROC_VRRPE,
	    "a tracker of no instance is held against vrrpe");
	vrrpe_anew();
	vrrp_is(MSG_VRRP_STATS, 50, "VI_1", VRRP_MASTER);
	track_is(51, "another's");
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h),
	    "so is one of another instance");
	vrrpe_anew();
	vrrp_is(MSG_VRRP_STATS, 50, "VI_1", VRRP_MASTER);
	for (i = 0; i < CTL_TRACK_COUNT_MAX; i++)
		track_is(50, "many");
	ok(quiet(), "many trackers");
	track_is(50, "too many");
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h), "and too many");
	vrrpe_anew();
}

static void
test_show_vrrp(void)
{
	struct imsgbuf	*c = client_open();
	struct ctl_id	 id;
	struct heard	 h;

	vrrp_is(MSG_VRRP_STATUS, 50, "VI_1", VRRP_BACKUP);
	vrrp_is(MSG_VRRP_STATUS, 51, "VI_2", VRRP_MASTER);
	memset(&id, 0, sizeof(id));
	say(c, MSG_CTL_SHOW_VRRP, 0, &id, sizeof(id));
	ok(hear_type(fake_vrrpe, MSG_VRRP_STATS_GET, &h), "vrrpe is asked");
	vrrp_is(MSG_VRRP_STATS, 50, "VI_1", VRRP_MASTER);
	say(fake_vrrpe, MSG_VRRP_STATS_END, h.id, NULL, 0);
	ok(hear_type(c, MSG_CTL_VRRP, &h) && h.u.vrrp.id == 50 &&
	    h.u.vrrp.state == VRRP_MASTER, "its figures");
	ok(hear_type(c, MSG_CTL_END, &h),
	    "and no instance that vrrpe has no more");

	snprintf(id.name, sizeof(id.name), "VI_2");
	say(c, MSG_CTL_SHOW_VRRP, 0, &id, sizeof(id));
	if (!hear_type(fake_vrrpe, MSG_VRRP_STATS_GET, &h))
		fake_die("no request");
	vrrp_is(MSG_VRRP_STATS, 50, "VI_1", VRRP_MASTER);
	say(fake_vrrpe, MSG_VRRP_STATS_END, h.id, NULL, 0);
	is_int(answer(c, &h), MSG_CTL_FAIL, "no such instance");
	is_str(h.u.text.text, "there is no vrrp \"VI_2\"", "it is named");

	imsgbuf_free(fake_vrrpe);
	settle();
	snprintf(id.name, sizeof(id.name), "VI_1");
	say(c, MSG_CTL_SHOW_VRRP, 0, &id, sizeof(id));
	ok(hear_type(c, MSG_CTL_VRRP, &h) && hear_type(c, MSG_CTL_END, &h),
	    "without vrrpe, what was last heard");
	imsgbuf_free(c);
	fake_link(&fake_vrrpe, PROC_VRRPE);
}

static void
ask_reload(struct imsgbuf *c, uint32_t confirm_s)
{
	struct ctl_reload	m = { confirm_s };

	say(c, MSG_CTL_RELOAD, 0, &m, sizeof(m));
}

static void
test_reload(void)
{
	struct imsgbuf		*c = client_open(), *d = client_open();
	struct msg_result	 r = { EINVAL, 0, 0 };
	struct ctl_text		 text;
	struct heard		 h, g;

	ask_reload(c, 0);
	ok(hear_type(fake_parent, MSG_RELOAD, &h) && h.id != 0, "reload");
	ask_reload(d, 0);
	ok(hear_type(fake_parent, MSG_RELOAD, &g) && g.id != h.id,
	    "another one has another number");
	imsgbuf_free(d);
	memset(&text, 0, sizeof(text));
	snprintf(text.text, sizeof(text.text), "lvsd.conf:3: syntax error");
	say(fake_parent, MSG_RELOAD_TEXT, h.id, &text, sizeof(text));
	say(fake_parent, MSG_RELOAD_DONE, h.id, &r, sizeof(r));
	say(fake_parent, MSG_RELOAD_TEXT, g.id, &text, sizeof(text));
	say(fake_parent, MSG_RELOAD_DONE, g.id, &r, sizeof(r));
	say(fake_parent, MSG_RELOAD_DONE, 0, &r, sizeof(r));
	ok(hear_type(c, MSG_CTL_TEXT, &h) &&
	    strcmp(h.u.text.text, text.text) == 0, "what is wrong is told");
	is_int(answer(c, &h), MSG_CTL_FAIL, "and that it failed");
	is_str(h.u.text.text, "not reloaded, generation 1 goes on", "why");
	ask_reload(c, 0);
	ok(hear_type(fake_parent, MSG_RELOAD, &h), "reload again");
	r.error = 0;
	r.failed = 3;
	say(fake_parent, MSG_RELOAD_DONE, h.id, &r, sizeof(r));
	is_int(answer(c, &h), MSG_CTL_FAIL, "the kernel refuses some");
	is_str(h.u.text.text, "reloaded, with errors: generation 1 runs, but "
	    "the kernel refused 3 operations", "as is told");
	ask_reload(c, 0);
	ok(hear_type(fake_parent, MSG_RELOAD, &h), "reload again");
	r.failed = 0;
	say(fake_parent, MSG_RELOAD_DONE, h.id, &r, sizeof(r));
	is_int(answer(c, &h), MSG_CTL_OK, "and well");
	imsgbuf_free(c);
	ok(quiet(), "the client that left in between does no harm");
}

/* What the parent is asked: this, with that time. */
static int
asked(struct heard *h, uint32_t what, uint32_t confirm_s)
{
	return (hear_type(fake_parent, MSG_RELOAD, h) && h->id != 0 &&
	    h->u.reload.what == what && h->u.reload.confirm_s == confirm_s);
}

static void
test_confirm(void)
{
	struct imsgbuf		*c = client_open(), *d, *e;
	struct msg_result	 r = { 0, 0, 0 };
	struct msg_confirm	 wait;
	struct heard		 h;

	ask_reload(c, 60);
	ok(asked(&h, RELOAD_FILE, 60), "a reload that is to be confirmed");
	memset(&wait, 0, sizeof(wait));
	wait.back = 7;
	wait.until = monotime_add_us(monotime_now(), 59500000);
	say(fake_parent, MSG_CONFIRM_WAIT, 0, &wait, sizeof(wait));
	say(fake_parent, MSG_RELOAD_DONE, h.id, &r, sizeof(r));
	ok(hear_type(c, MSG_CTL_TEXT, &h), "who asked is told");
	is_str(h.u.text.text, "generation 1 waits to be confirmed: without "
	    "`lvsctl confirm' what generation 7 was comes back in 60 seconds",
	    "what it waits for");
	is_int(answer(c, &h), MSG_CTL_OK, "and that it runs");
	d = client_open();
	say(d, MSG_CTL_MONITOR, 0, NULL, 0);
	ok(hear_type(d, MSG_CTL_EVENT, &h), "a monitor is told");
	is_str(h.u.event.text, "generation 1 waits 60 seconds to be confirmed",
	    "the same");
	e = client_open();
	say(e, MSG_CTL_MONITOR, 0, NULL, 0);
	ok(hear_type(e, MSG_CTL_EVENT, &h), "another monitor is, too");
	is_int(hear_now(d, &h), 0, "the first hears it once");
	imsgbuf_free(e);

	e = client_open();
	say(e, MSG_CTL_PLAN_GET, 0, NULL, 0);
	ok(asked(&h, RELOAD_PLAN, 0), "a plan");
	imsgbuf_free(e);
	settle();
	r.error = EINVAL;
	say(fake_parent, MSG_RELOAD_DONE, h.id, &r, sizeof(r));
	settle();
	is_int(hear_now(d, &h), 0, "that nobody waits for is none of "
	    "a monitor's business");
	say(fake_parent, MSG_RELOAD_DONE, 0, &r, sizeof(r));
	ok(hear_type(d, MSG_CTL_EVENT, &h), "a reload without one is");
	r.error = 0;
	imsgbuf_free(d);

	say(c, MSG_CTL_CONFIRM, 0, NULL, 0);
	ok(asked(&h, RELOAD_CONFIRM, 0), "it is confirmed");
	wait.until.us = 0;
	say(fake_parent, MSG_CONFIRM_WAIT, 0, &wait, sizeof(wait));
	say(fake_parent, MSG_RELOAD_DONE, h.id, &r, sizeof(r));
	is_int(answer(c, &h), MSG_CTL_OK, "well");
	say(c, MSG_CTL_CONFIRM, 0, NULL, 0);
	ok(asked(&h, RELOAD_CONFIRM, 0), "and again");
	r.error = EALREADY;
	say(fake_parent, MSG_RELOAD_DONE, h.id, &r, sizeof(r));
	is_int(answer(c, &h), MSG_CTL_FAIL, "which fails");
	is_str(h.u.text.text, "nothing was confirmed, generation 1 goes on",
	    "as is told");
	say(c, MSG_CTL_ROLLBACK, 0, NULL, 0);
	ok(asked(&h, RELOAD_BACK, 0), "back");
	say(fake_parent, MSG_RELOAD_DONE, h.id, &r, sizeof(r));
	is_int(answer(c, &h), MSG_CTL_FAIL, "which fails, too");
	is_str(h.u.text.text, "not rolled back, generation 1 goes on",
	    "as is told");
	ask_reload(c, CTL_CONFIRM_S_MAX + 1);
	ok(!hear_type(c, MSG_CTL_OK, &h), "more than a day makes no sense");
	imsgbuf_free(c);
	ok(quiet(), "nobody else heard of that");
}

static void
test_log_and_stop(void)
{
	struct imsgbuf		*c = client_open();
	struct msg_verbose	 v = { 1 };
	struct heard		 h;

	ok(request_ok(c, MSG_CTL_LOG, &v, sizeof(v)), "log verbose");
	ok(hear_type(fake_parent, MSG_LOG, &h), "the parent hears it");
	ok(request_ok(c, MSG_CTL_STOP, NULL, 0), "stop");
	ok(hear_type(fake_parent, MSG_STOP, &h), "the parent hears it");
	ok(logged("stop asked for by uid "), "it is logged who asked");
	imsgbuf_free(c);
}

static void
verdicts(int n)
{
	int	i;

	for (i = 0; i < n; i++)
		host_is(HOST_B, i % 2 ? HOST_DOWN : HOST_UP, HOST_R_OK);
	settle();
}

static void
test_monitors(void)
{
	struct imsgbuf	*slow = client_open(), *good = client_open();
	struct heard	 h;
	int		 i, n = 0, heard = 0;

	say(slow, MSG_CTL_MONITOR, 0, NULL, 0);
	say(good, MSG_CTL_MONITOR, 0, NULL, 0);
	ok(alive(), "two monitors");
	verdicts(1);
	ok(hear_type(good, MSG_CTL_EVENT, &h) &&
	    h.u.event.kind == CTL_EVENT_HOST && h.u.event.id == HOST_B &&
	    h.u.event.time > 0 &&
	    strcmp(h.u.event.name, "web:80 [fd00::2]:80") == 0 &&
	    strcmp(h.u.event.text, "unknown -> up, ok") == 0, "of the host");
	ok(hear_type(good, MSG_CTL_EVENT, &h) &&
	    h.u.event.kind == CTL_EVENT_TABLE &&
	    strcmp(h.u.event.text, "2 of 2 hosts up") == 0, "of the table");
	ok(hear_type(good, MSG_CTL_EVENT, &h) &&
	    h.u.event.kind == CTL_EVENT_SERVICE &&
	    strcmp(h.u.event.name, "www") == 0, "of the service");

	for (i = 0; i < EVENTS && !logged("does not read: dropped"); i += 10) {
		verdicts(10);
		while (hear_now(good, &h))
			heard++;
	}
	ok(logged("does not read: dropped"), "one that does not read goes");
	while (hear(slow, &h) == 1)
		n++;
	ok(n > 0, "after what the socket held its connection is over");
	imsgbuf_free(slow);
	verdicts(2);
	ok(heard > n && hear(good, &h) == 1, "the other one hears on");
	imsgbuf_free(good);
	ok(alive(), "lbe is well");
}

/* Of whom they are sent on: lbe tells them apart from rubbish. */
static void
test_events(void)
{
	struct imsgbuf		*c = client_open();
	struct ctl_event	 ev;
	struct heard		 h;

	memset(&ev, 0, sizeof(ev));
	say(c, MSG_CTL_MONITOR, 0, NULL, 0);
	ok(alive(), "a monitor");
	ev.kind = CTL_EVENT_NOTIFY;
	ev.id = 7;
	snprintf(ev.name, sizeof(ev.name), "VI_1");
	snprintf(ev.text, sizeof(ev.text), "/bin/false: exit 1");
	say(fake_parent, MSG_EVENT, 7, &ev, sizeof(ev));
	ok(hear_type(c, MSG_CTL_EVENT, &h) && h.u.event.id == 7 &&
	    h.u.event.kind == CTL_EVENT_NOTIFY && h.u.event.time > 0 &&
	    strcmp(h.u.event.text, ev.text) == 0, "hears what the parent says");
	ev.kind = CTL_EVENT_VRRP;
	say(fake_vrrpe, MSG_EVENT, 7, &ev, sizeof(ev));
	ok(hear_type(c, MSG_CTL_EVENT, &h) &&
	    h.u.event.kind == CTL_EVENT_VRRP, "and what vrrpe says");
	/* What the verdicts before have led to may come late. */
	settle();
	ev.kind = CTL_EVENT_MAX;
	say(fake_vrrpe, MSG_EVENT, 7, &ev, sizeof(ev));
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h) && h.id == PROC_VRRPE,
	    "an event of no kind is held against vrrpe");
	vrrpe_anew();
	ev.kind = CTL_EVENT_VRRP;
	memset(ev.text, 'x', sizeof(ev.text));
	say(fake_vrrpe, MSG_EVENT, 7, &ev, sizeof(ev));
	ok(hear_type(fake_parent, MSG_BAD_PEER, &h) && h.id == PROC_VRRPE,
	    "so is a text without an end");
	vrrpe_anew();
	imsgbuf_free(c);
}

/* Changes of a priority, told once each. */
static void
test_priority(void)
{
	struct imsgbuf	*c = client_open();
	struct ctl_vrrp	 v;
	struct heard	 h;

	memset(&v, 0, sizeof(v));
	v.id = 60;
	v.state = VRRP_MASTER;
	v.priority = v.priority_eff = 100;
	snprintf(v.name, sizeof(v.name), "VI_6");
	say(c, MSG_CTL_MONITOR, 0, NULL, 0);
	ok(alive(), "a monitor");
	say(fake_vrrpe, MSG_VRRP_STATUS, 60, &v, sizeof(v));
	ok(hear_type(c, MSG_CTL_EVENT, &h) &&
	    strcmp(h.u.event.text, "init -> master") == 0, "hears of a role");
	say(fake_vrrpe, MSG_VRRP_STATUS, 60, &v, sizeof(v));
	v.priority_eff = 80;
	snprintf(v.reason, sizeof(v.reason), "script x fails -20");
	say(fake_vrrpe, MSG_VRRP_STATUS, 60, &v, sizeof(v));
	ok(hear_type(c, MSG_CTL_EVENT, &h) &&
	    h.u.event.kind == CTL_EVENT_VRRP && strcmp(h.u.event.text,
	    "priority 100 -> 80, script x fails -20") == 0,
	    "and of a priority");
	imsgbuf_free(c);
}

/* An answer of many parts goes out as it is read. */
static void
test_long_answer(void)
{
	struct imsgbuf	*c, *lazy;
	struct heard	 h;
	char		 addr[32];
	int		 i, hosts = 0;

	conf_begin();
	conf_table(SORRY, 0, "sorry", 8080);
	for (i = 0; i < MANY_HOSTS; i++) {
		snprintf(addr, sizeof(addr), "10.1.%d.%d", i / 250, i % 250);
		conf_host(100 + i, SORRY, addr, 1);
	}
	conf_service(DNS, "dns", SORRY, 0);
	ok(conf_commit(), "%d hosts", MANY_HOSTS);
	conf_start();
	settle();
	imsgbuf_free(fake_hce);
	fake_hce = NULL;
	settle();

	lazy = client_open();
	say(lazy, MSG_CTL_SHOW_HOSTS, 0, NULL, 0);
	settle();
	c = client_open();
	say(c, MSG_CTL_SHOW_HOSTS, 0, NULL, 0);
	while (hear(c, &h) == 1 && h.type != MSG_CTL_END)
		hosts += h.type == MSG_CTL_HOST;
	is_int(hosts, MANY_HOSTS, "all are shown");
	imsgbuf_free(c);

	conf_begin();
	conf_objects();
	if (!conf_commit())
		fake_die("commit");
	conf_start();
	settle();
	is_int(answer(lazy, &h), MSG_CTL_FAIL,
	    "a reload in the midst of an answer ends it");
	imsgbuf_free(lazy);
}

/* Does not wait until lbe has taken it, as say() does. */
static void
ask(struct imsgbuf *c, uint32_t type)
{
	if (imsg_compose(c, type, 0, 0, -1, NULL, 0) == -1 ||
	    imsgbuf_write(c) == -1 || imsgbuf_queued(c) != 0)
		fake_die(msg_name(type));
}

/* Who asks between the two steps of a reload hears nothing bad of it. */
static void
test_between(void)
{
	struct imsgbuf	*early, *late;
	struct heard	 h;

	early = client_open();
	settle();
	conf_begin();
	conf_objects();
	if (!conf_commit())
		fake_die("commit");
	ask(early, MSG_CTL_MONITOR);
	late = client_open();
	ask(late, MSG_CTL_SHOW_SERVICES);
	settle();
	is_int(hear_now(early, &h) + hear_now(late, &h), 0,
	    "between commit and start nobody is answered");
	conf_start();
	is_int(answer(late, &h), MSG_CTL_END, "then who came is");
	/* The first may have been read before or after the event. */
	settle();
	conf_begin();
	conf_objects();
	if (!conf_commit())
		fake_die("commit");
	conf_start();
	ok(hear_until(early, MSG_CTL_EVENT, &h),
	    "and who was there is served");
	imsgbuf_free(early);
	imsgbuf_free(late);
	settle();
}

static void
test_few_descriptors(void)
{
	struct imsgbuf	*c[FEW_FILES];
	struct heard	 h;
	int		 i, served = 0;

	fake_gen = 0;
	fake_nofile = FEW_FILES;
	fake_start();
	conf_begin();
	conf_objects();
	if (!conf_commit())
		fake_die("commit");
	fake_listen();
	conf_start();
	for (i = 0; i < FEW_FILES; i++)
		c[i] = client_open();
	/* A turn of its loop may end before the last of them is accepted. */
	for (i = 0; i < FEW_FILES &&
	    !logged("no further control client: Too many open files"); i++)
		settle();
	ok(logged("no further control client: Too many open files"),
	    "lbe runs out of descriptors");
	settle();
	settle();
	ok(logged("no further control client") <= HEAR_MS / 1000,
	    "and rests instead of trying on and on");
	/* The first ones leave; the last can be served then. */
	for (i = 0; i < FEW_FILES / 2; i++)
		imsgbuf_free(c[i]);
	for (; i < FEW_FILES; i++) {
		say(c[i], MSG_CTL_SHOW_SERVICES, 0, NULL, 0);
		served += answer(c[i], &h) == MSG_CTL_END;
		imsgbuf_free(c[i]);
	}
	is_int(served, FEW_FILES / 2, "when some have left, all others come");
	fake_stop();
	fake_nofile = 0;
}

int
main(void)
{
	struct imsgbuf	*idle, *c;
	struct heard	 h;
	struct pollfd	 pfd;

	fake_start();
	fake_listen();
	c = client_open();
	say(c, MSG_CTL_SHOW_SUMMARY, 0, NULL, 0);
	is_int(answer(c, &h), MSG_CTL_FAIL, "before the first configuration");
	is_str(h.u.text.text, "lvsd is starting, try again", "one is told");
	imsgbuf_free(c);

	conf_begin();
	conf_objects();
	ok(conf_commit(), "configured");
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	if (!hear_type(fake_hce, MSG_HOST_KNOWN_END, &h))
		fake_die("hce");
	host_is(HOST_A, HOST_UP, HOST_R_OK);
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	settle();
	while (hear_now(fake_vrrpe, &h))
		;
	idle = client_open();

	test_rubbish();
	test_descriptor();
	test_impatient();
	test_show();
	test_show_tracks();
	test_bad_tracks();
	test_show_vrrp();
	test_reload();
	test_confirm();
	test_log_and_stop();
	test_monitors();
	test_events();
	test_priority();
	test_crowd();
	test_long_answer();
	test_between();

	pfd.fd = imsgbuf_fd(idle);
	pfd.events = POLLIN;
	ok(poll(&pfd, 1, 3 * HEAR_MS) == 1 && hear(idle, &h) == 0,
	    "a client that asks for nothing is sent away");
	imsgbuf_free(idle);
	fake_stop();
	test_few_descriptors();
	return (done_testing());
}
