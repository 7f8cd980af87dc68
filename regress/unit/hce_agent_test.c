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

#include <string.h>

#include "../../conf/wire.h"
#include "../../hce/agent.h"
#include "../../hce/want.h"
#include "hce_parent.h"
#include "tap.h"

/*
 * The words of agents, the weights that follow from them, and what of both a
 * new hce is told.
 */

#define WAIT_MS	5000

static const struct {
	const char	*line;
	int		 known;
	int		 admin;
	int		 down;
	int		 percent;
	const char	*why;
} lines[] = {
	{ "", 0, AGENT_READY, AGENT_UP, -1, "" },
	{ " ,\t ", 0, AGENT_READY, AGENT_UP, -1, "" },
	{ "up", 1, AGENT_READY, AGENT_UP, -1, "" },
	{ "UP", 1, AGENT_READY, AGENT_UP, -1, "" },
	{ "upp", 0, AGENT_READY, AGENT_UP, -1, "" },
	{ "u", 0, AGENT_READY, AGENT_UP, -1, "" },
	{ "down", 1, AGENT_READY, AGENT_DOWN, -1, "" },
	{ "fail", 1, AGENT_READY, AGENT_FAIL, -1, "" },
	{ "failed", 1, AGENT_READY, AGENT_FAILED, -1, "" },
	{ "Stopped", 1, AGENT_READY, AGENT_STOPPED, -1, "" },
	{ "drain", 1, AGENT_DRAIN, AGENT_UP, -1, "" },
	{ "maint#why", 1, AGENT_MAINT, AGENT_UP, -1, "why" },
	{ "down # up", 1, AGENT_READY, AGENT_DOWN, -1, "up" },
	{ "down #  ", 1, AGENT_READY, AGENT_DOWN, -1, "" },
	{ "#down", 0, AGENT_READY, AGENT_UP, -1, "down" },
	{ "down#a#b", 1, AGENT_READY, AGENT_DOWN, -1, "a#b" },
	{ "maint ready", 2, AGENT_READY, AGENT_UP, -1, "" },
	{ "up,drain\t50%", 3, AGENT_DRAIN, AGENT_UP, 50, "" },
	{ "0%", 1, AGENT_READY, AGENT_UP, 0, "" },
	{ "100%", 1, AGENT_READY, AGENT_UP, 100, "" },
	{ "25600%", 1, AGENT_READY, AGENT_UP, 25600, "" },
	{ "25601%", 1, AGENT_READY, AGENT_UP, 25600, "" },
	{ "999999999999%", 1, AGENT_READY, AGENT_UP, 25600, "" },
	{ "%", 0, AGENT_READY, AGENT_UP, -1, "" },
	{ "-1%", 0, AGENT_READY, AGENT_UP, -1, "" },
	{ "1.5%", 0, AGENT_READY, AGENT_UP, -1, "" },
	{ "50", 0, AGENT_READY, AGENT_UP, -1, "" },
	{ "maxconn:30 up", 1, AGENT_READY, AGENT_UP, -1, "" }
};
#define NLINES	(sizeof(lines) / sizeof(lines[0]))

static void
test_words(void)
{
	struct agent	 a;
	const char	*why;
	size_t		 i, len;
	int		 known;

	for (i = 0; i < NLINES; i++) {
		agent_init(&a);
		known = agent_take(&a, lines[i].line, strlen(lines[i].line),
		    &why, &len);
		ok(known == lines[i].known && a.admin == lines[i].admin &&
		    a.down == lines[i].down && a.percent == lines[i].percent,
		    "\"%s\"", lines[i].line);
		ok(len == strlen(lines[i].why) &&
		    memcmp(why, lines[i].why, len) == 0, "and why");
	}
}

static void
test_want(void)
{
	struct want	 w;

	want_init(&w);
	is_int(want_value(&w, 7), 7, "as configured");
	want_percent(&w, 50);
	is_int(want_value(&w, 100), 50, "half of it");
	is_int(want_value(&w, 1), 1, "half of 1 is not nothing");
	is_int(want_value(&w, 0), 0, "of nothing it is");
	want_percent(&w, 0);
	is_int(want_value(&w, 100), 0, "nothing of it");
	want_percent(&w, AGENT_PERCENT_MAX);
	is_int(want_value(&w, WEIGHT_MAX), WEIGHT_MAX, "too much of it");
	want_weight(&w, 3);
	is_int(want_value(&w, 100), 3, "a weight, whatever is configured");
	want_weight(&w, UINT32_MAX);
	is_int(want_value(&w, 100), WEIGHT_MAX, "one that is too much");
}

static void
known(struct fake *f, uint32_t id, uint32_t reason, uint32_t weight)
{
	struct msg_host_status	 s = { .state = HOST_UP, .reason = reason,
				    .check_id = 10, .weight_check_id = 10,
				    .weight = weight,
				    .flags = HOST_STATUS_F_WEIGHT };

	if (reason == HOST_R_AGENT_MAINT)
		s.state = HOST_DOWN;
	memcpy(s.note, "why", sizeof("why"));
	fake_send(f, PROC_LBE, MSG_HOST_KNOWN, id, -1, &s, sizeof(s));
}

static int
status(struct fake *f, uint32_t id, struct fake_msg *m)
{
	while (fake_wait(f, MSG_HOST_STATUS, m, WAIT_MS) == 0)
		if (m->id == id)
			return (1);
	return (0);
}

/* With an agent that nobody can reach now. */
static void
test_known(void)
{
	struct fake_check	 c = { .conf = { .id = 10, .type = CHECK_AGENT,
				    .interval_ms = 60000, .timeout_ms = 60000,
				    .rise = 1, .fall = 1000, .port = 9 } };
	struct fake		 f;
	struct fake_msg		 m;

	fake_start(&f, NULL);
	fake_begin(&f, 0);
	fake_check(&f, &c);
	fake_table(&f, 1000, 10, "web", 80);
	fake_host(&f, 1, 1000, "127.0.0.1", 0);
	fake_host(&f, 2, 1000, "127.0.0.1", 0);
	if (fake_commit(&f) == -1)
		errx(1, "hce did not commit");
	fake_link(&f, PROC_LBE);
	known(&f, 1, HOST_R_AGENT_DRAIN, 0);
	known(&f, 2, HOST_R_AGENT_MAINT, 42);
	fake_send(&f, PROC_LBE, MSG_HOST_KNOWN_END, 0, -1, NULL, 0);
	ok(status(&f, 1, &m), "a host is told of");
	ok(m.status.flags & HOST_STATUS_F_WEIGHT, "its weight is known");
	is_int(m.status.weight, 0, "and is 0");
	is_int(m.status.reason, HOST_R_AGENT_DRAIN, "for it is drained");
	is_str(m.status.note, "why", "and why");
	ok(status(&f, 2, &m), "the other is told of");
	is_int(m.status.weight, 42, "with its weight");
	is_int(m.status.state, HOST_DOWN, "and is down");
	is_int(m.status.weight_check_id, 10, "by the check that says so");
	is_int(fake_stop(&f), 0, "hce ends in good order");
}

int
main(int argc, char **argv)
{
	setproctitle_init(argc, argv, environ);
	test_words();
	test_want();
	test_known();
	return (done_testing());
}
