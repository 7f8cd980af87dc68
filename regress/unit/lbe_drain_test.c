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
/* Hosts that end their connections, as the operator wants. */

#include <time.h>

#include "lbe_batch.h"

static struct imsgbuf	*drain(uint32_t, uint32_t, uint32_t);
static uint32_t		 outcome(struct imsgbuf *, char *, size_t);
static int		 counts(const char *, uint32_t, uint32_t, int32_t);
static int		 counts_fail(uint32_t);
static int		 hosts_are(const char *);

/* The operator's `lvsctl host drain'; the client, for its answer. */
static struct imsgbuf *
drain(uint32_t id, uint32_t timeout_s, uint32_t wait)
{
	struct imsgbuf		*c = client_open();
	struct ctl_drain	 d;

	memset(&d, 0, sizeof(d));
	d.id.id = id;
	d.timeout_s = timeout_s;
	d.wait = wait;
	say(c, MSG_CTL_HOST_DRAIN, 0, &d, sizeof(d));
	return (c);
}

/* How the answer ends, 0: the connection does; its last line. */
static uint32_t
outcome(struct imsgbuf *c, char *line, size_t size)
{
	struct heard	h;

	line[0] = '\0';
	do {
		h.type = 0;
		if (hear(c, &h) == 1 && (h.type == MSG_CTL_TEXT ||
		    h.type == MSG_CTL_FAIL))
			snprintf(line, size, "%s", h.u.text.text);
	} while (h.type == MSG_CTL_TEXT);
	imsgbuf_free(c);
	return (h.type);
}

/*
 * Answer a whole round about host A: these are its connections on each of the
 * listens, as "30,31".
 */
static int
counts(const char *listens, uint32_t active, uint32_t inactive,
    int32_t weight)
{
	struct msg_result r = { 0, 0, 0 };
	struct msg_load	 m;
	struct heard	 h;
	char		 copy[32], *next = copy, *want;
	uint32_t	 id;

	snprintf(copy, sizeof(copy), "%s", listens);
	while ((want = strsep(&next, ",")) != NULL) {
		if (!hear_type(fake_parent, MSG_IPVS_LOAD_GET, &h))
			return (0);
		memcpy(&id, h.u.bytes, sizeof(id));
		if (id != (uint32_t)strtoul(want, NULL, 10)) {
			printf("# asked about %u, wanted %s\n", id, want);
			return (0);
		}
		memset(&m, 0, sizeof(m));
		m.host_id = HOST_A;
		m.weight = weight;
		m.active = active;
		m.inactive = inactive;
		say(fake_parent, MSG_IPVS_LOAD, h.id, &m, sizeof(m));
		say(fake_parent, MSG_IPVS_LOAD_END, h.id, &r, sizeof(r));
	}
	return (1);
}

static int
counts_fail(uint32_t listen)
{
	struct msg_result	r = { EAGAIN, 0, 1 };
	struct heard		h;
	uint32_t		id;

	if (!hear_type(fake_parent, MSG_IPVS_LOAD_GET, &h))
		return (0);
	memcpy(&id, h.u.bytes, sizeof(id));
	say(fake_parent, MSG_IPVS_LOAD_END, h.id, &r, sizeof(r));
	return (id == listen && quiet());
}

/* "10 state left active inactive" of host A. */
static int
hosts_are(const char *want)
{
	struct imsgbuf	*c = client_open();
	struct heard	 h;
	char		 got[64] = "";

	say(c, MSG_CTL_SHOW_HOSTS, 0, NULL, 0);
	if (!hear_type(fake_hce, MSG_HOST_STATS_GET, &h))
		fake_die("no request");
	say(fake_hce, MSG_HOST_STATS_END, h.id, NULL, 0);
	while (hear(c, &h) == 1 && h.type != MSG_CTL_END)
		if (h.type == MSG_CTL_HOST && h.u.host.id == HOST_A)
			snprintf(got, sizeof(got), "%s active %u inactive %u "
			    "weight %u", h.u.host.state == CTL_DRAINING ?
			    "draining" : h.u.host.state == CTL_DRAINED ?
			    "drained" : "no", h.u.host.active,
			    h.u.host.inactive, h.u.host.weight);
	imsgbuf_free(c);
	if (strcmp(got, want) == 0)
		return (1);
	printf("# got: %s\n", got);
	return (0);
}

static void
test_drain(void)
{
	struct imsgbuf	*c;
	struct heard	 h;
	char		 line[CTL_TEXT_LEN];

	is_int(outcome(drain(HOST_A, 0, 0), line, sizeof(line)), MSG_CTL_OK,
	    "a host is to end");
	is_str(line, "host 10.0.0.1:80 of table web:80: enabled -> draining",
	    "is told");
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h) && h.id == HOST_A &&
	    h.u.override.kind == OVERRIDE_DRAIN &&
	    h.u.override.drain_s == 0 && h.u.override.by.uid == getuid(),
	    "is mirrored");
	batch_is("30 host 10 weight 0,31 host 10 weight 0",
	    "it gets no new connections");
	ok(counts_fail(30), "they cannot be counted");
	ok(counts("30,31", 2, 1, 0), "they are counted on each listen");
	ok(hosts_are("draining active 4 inactive 2 weight 3"),
	    "and shown together");
	c = drain(HOST_A, 3600, 1);
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h) &&
	    h.u.override.drain_s == 3600, "a deadline");
	ok(counts("30,31", 0, 0, 1), "with another weight in the kernel");
	ok(hosts_are("draining active 0 inactive 0 weight 3"),
	    "it is not over");
	ok(counts("30,31", 0, 1, 0), "nor with one that is closing");
	ok(hosts_are("draining active 0 inactive 2 weight 3"), "at once");
	ok(counts("30,31", 0, 0, 0), "without any");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_A, 0),
	    "it is not checked any more");
	batch_is("30 host 10 weight -1,31 host 10 weight -1",
	    "and leaves the kernel");
	is_int(outcome(c, line, sizeof(line)), MSG_CTL_OK, "who waits");
	is_str(line, "drained", "is told");
	ok(hosts_are("drained active 0 inactive 0 weight 3"), "it is shown");
	ok(logged("10.0.0.1:80 of table web:80 (id 10): draining -> drained, "
	    "no connections left"), "and logged");
}

static void
test_reload(void)
{
	struct heard	h;

	conf_begin();
	conf_objects();
	if (!conf_commit())
		fake_die("commit");
	conf_start();
	batch_empty("a reload leaves it out");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_A, 0), "and unchecked");
	ok(operator(MSG_CTL_HOST_ENABLE, HOST_A, ""), "it is enabled");
	ok(hear_type(fake_parent, MSG_OVERRIDE, &h) &&
	    h.u.override.kind == OVERRIDE_NONE, "no override is left");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_A, 1), "is checked");
	batch_is("30 host 10 weight 3,31 host 10 weight 3", "and serves");
}

static void
test_deadline(void)
{
	struct imsgbuf	*c;
	struct heard	 h;
	char		 line[CTL_TEXT_LEN];

	c = drain(HOST_A, 1, 1);
	if (!hear_type(fake_parent, MSG_OVERRIDE, &h))
		fake_die("override");
	batch_is("30 host 10 weight 0,31 host 10 weight 0", "a second");
	ok(counts("30,31", 1, 0, 0), "and a connection");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_A, 0), "it is over");
	batch_is("30 host 10 weight -1,31 host 10 weight -1",
	    "though there is one");
	is_int(outcome(c, line, sizeof(line)), MSG_CTL_OK, "who waits");
	is_str(line, "drained, 2 connections left at the deadline",
	    "is told of them");
	ok(operator(MSG_CTL_HOST_ENABLE, HOST_A, ""), "it is enabled");
	settle();
}

/* Commands between, and what makes no sense. */
static void
test_ended(void)
{
	struct ctl_drain	 d;
	struct imsgbuf		*c;
	struct heard		 h;
	char			 line[CTL_TEXT_LEN];

	c = drain(HOST_A, 0, 1);
	settle();
	ok(operator(MSG_CTL_HOST_ENABLE, HOST_A, ""), "enabled meanwhile");
	is_int(outcome(c, line, sizeof(line)), MSG_CTL_FAIL, "who waits");
	is_str(line, "another command has ended the drain", "is told");
	settle();
	c = drain(HOST_A, 0, 1);
	settle();
	ok(operator(MSG_CTL_HOST_DISABLE, HOST_A, ""), "disabled meanwhile");
	is_int(outcome(c, line, sizeof(line)), MSG_CTL_OK, "who waits");
	is_str(line, "drained", "has what he wanted");
	settle();
	is_int(outcome(drain(HOST_A, 0, 0), line, sizeof(line)), MSG_CTL_OK,
	    "one that is disabled");
	is_str(line, "host 10.0.0.1:80 of table web:80: disabled already",
	    "has nothing to end");
	is_int(outcome(drain(99, 0, 0), line, sizeof(line)), MSG_CTL_FAIL,
	    "one that is not there");
	is_int(outcome(drain(HOST_A, CTL_DRAIN_MAX + 1, 0), line,
	    sizeof(line)), 0, "a time out of bounds");
	memset(&d, 0, sizeof(d));
	d.wait = 2;
	c = client_open();
	say(c, MSG_CTL_HOST_DRAIN, 0, &d, sizeof(d));
	is_int(hear(c, &h), 0, "a flag that is none");
	imsgbuf_free(c);
}

/* Hosts of service "www" are configured no more while a client waits. */
static void
test_removed(void)
{
	struct imsgbuf	*c;
	char		 line[CTL_TEXT_LEN];

	c = drain(HOST_B, 0, 1);
	settle();
	conf_begin();
	conf_table(SORRY, 0, "sorry", 8080);
	conf_host(HOST_S, SORRY, "127.0.0.1", 1);
	conf_service(DNS, "dns", SORRY, 0);
	conf_listen(DNS_4, DNS, "192.0.2.10", 53);
	if (!conf_commit())
		fake_die("commit");
	conf_start();
	is_int(outcome(c, line, sizeof(line)), MSG_CTL_FAIL,
	    "a reload removes the host: who waits");
	is_str(line, "the configuration has no such host any more", "is told");
}

/* Another lbe goes on with what it is told. */
static void
test_mirror(void)
{
	struct msg_override	o;
	struct msg_dest		dest = { HOST_A, 0 };
	struct heard		h;

	memset(&o, 0, sizeof(o));
	o.kind = OVERRIDE_DRAIN;
	o.drain_s = 60;
	o.by.since = time(NULL);
	fake_gen = 0;
	fake_start();
	conf_begin();
	conf_objects();
	if (!conf_commit())
		fake_die("commit");
	say(fake_parent, MSG_MIRROR_OVERRIDE, HOST_A, &o, sizeof(o));
	say(fake_parent, MSG_MIRROR_OVERRIDE, HOST_B, &o, sizeof(o));
	say(fake_parent, MSG_MIRROR_DEST, WWW_4, &dest, sizeof(dest));
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_A, 1), "it drains on");
	ok(hears_onoff(fake_hce, MSG_HOST_CHECK, HOST_B, 0),
	    "one that the kernel does not have is drained");
	if (!hear_type(fake_hce, MSG_HOST_KNOWN_END, &h))
		fake_die("hce");
	host_is(HOST_A, HOST_UP, HOST_R_OK);
	host_is(HOST_B, HOST_UP, HOST_R_OK);
	usleep(500000);
	ok(quiet(), "nothing is counted before the kernel has its wishes");
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	batch_is("resync,30 on,31 on,32 on,30 host 10 weight 0,"
	    "31 host 10 weight 0,30 host 12 weight 1,31 host 12 weight 1,"
	    "32 host 12 weight 1", "as before");
	ok(counts("30,31", 1, 0, 0), "and is counted");
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
	test_drain();
	test_reload();
	test_deadline();
	test_ended();
	test_removed();
	fake_stop();
	test_mirror();
	return (done_testing());
}
