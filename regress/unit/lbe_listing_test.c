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
 * What the parent reads of the kernel, on its way through lbe to clients: no
 * more at once than they read, and no more at all when they go.
 */

#include "lbe_fake.h"

#define ROWS	6000		/* of a piece: more than may wait */

static struct imsgbuf *
listing_client(void)
{
	struct imsgbuf	*c;

	if ((c = imsgbuf_new(client_socket(), IMSGBUF_FDPASS)) == NULL)
		fake_die("imsgbuf_new");
	return (c);
}

/* The next message to the client, with its descriptor, -1: none. */
static uint32_t
hear_fd(struct imsgbuf *c, int *fd)
{
	struct imsg	*msg;

	while (imsgbuf_get(c, &msg) != 1) {
		fake_wait(c, POLLIN);
		if (imsgbuf_read(c) != 1)
			return (0);
	}
	*fd = imsg_get_fd(msg);
	return (imsg_type(msg));
}

static uint32_t
begin(struct imsgbuf *c, uint32_t type, uint32_t kind)
{
	struct msg_ipvs_read	m;
	struct heard		h;

	say(c, type, 0, NULL, 0);
	ok(hear_type(fake_parent, MSG_IPVS_READ, &h), "the parent is asked");
	memcpy(&m, h.u.bytes, sizeof(m));
	is_int(m.kind, kind, "for what is to be shown");
	return (h.id);
}

static void
end(uint32_t id, int error)
{
	struct msg_result	r = { error, 0, 0 };

	say(fake_parent, MSG_IPVS_END, id, &r, sizeof(r));
}

static void
test_table(void)
{
	static const struct {
		uint32_t	from;
		uint32_t	to;
		size_t		len;
	} rows[] = {
		{ MSG_IPVS_TABLE, MSG_CTL_IPVS, sizeof(struct ctl_ipvs) },
		{ MSG_IPVS_VIRTUAL, MSG_CTL_VIRTUAL,
		    sizeof(struct ctl_virtual) },
		{ MSG_IPVS_REAL, MSG_CTL_REAL, sizeof(struct ctl_real) },
		{ MSG_IPVS_STATS, MSG_CTL_STATS, sizeof(struct ctl_stats) }
	};
	struct imsgbuf	*c = listing_client();
	struct heard	 h, row;
	uint32_t	 id;
	size_t		 i;

	id = begin(c, MSG_CTL_SHOW_IPVS, IPVS_READ_TABLE);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&row, 'a' + i, sizeof(row));
		say(fake_parent, rows[i].from, id, row.u.bytes, rows[i].len);
		ok(hear_type(c, rows[i].to, &h) && h.len == rows[i].len &&
		    memcmp(h.u.bytes, row.u.bytes, h.len) == 0, "%s is passed",
		    msg_name(rows[i].from));
	}
	say(fake_parent, MSG_IPVS_PIECE, id, NULL, 0);
	ok(hear_type(fake_parent, MSG_IPVS_MORE, &h) && h.id == id,
	    "the next piece is asked for");
	end(id, 0);
	ok(hear_type(c, MSG_CTL_END, &h), "the end");
	id = begin(c, MSG_CTL_SHOW_STATS, IPVS_READ_STATS);
	end(id, ESTALE);
	ok(hear_type(c, MSG_CTL_FAIL, &h), "a failure");
	ok(strstr(h.u.text.text, "reloaded meanwhile") != NULL, "is told");
	end(id, 0);
	say(fake_parent, MSG_IPVS_PIECE, id, NULL, 0);
	ok(quiet(), "what comes too late is passed over");
	imsgbuf_free(c);
}

static void
test_slow(void)
{
	struct imsgbuf		*c = listing_client();
	struct ctl_stats	 s;
	struct heard		 h;
	uint32_t		 id;
	int			 i, n;

	memset(&s, 0, sizeof(s));
	id = begin(c, MSG_CTL_SHOW_STATS, IPVS_READ_STATS);
	for (i = 0; i < ROWS; i++)
		say(fake_parent, MSG_IPVS_STATS, id, &s, sizeof(s));
	say(fake_parent, MSG_IPVS_PIECE, id, NULL, 0);
	ok(quiet(), "for a client that does not read nothing is asked");
	for (n = 0; n < ROWS && hear(c, &h) == 1; n++)
		if (h.type != MSG_CTL_STATS)
			break;
	is_int(n, ROWS, "it reads");
	ok(hear_type(fake_parent, MSG_IPVS_MORE, &h), "and there is more");
	imsgbuf_free(c);
	ok(hear_type(fake_parent, MSG_IPVS_STOP, &h) && h.id == id,
	    "it goes, and the parent need not read on");
	say(fake_parent, MSG_IPVS_STATS, id, &s, sizeof(s));
	say(fake_parent, MSG_IPVS_PIECE, id, NULL, 0);
	end(id, 0);
	ok(quiet(), "what was on its way is passed over");
}

static void
test_sessions(void)
{
	struct ctl_session_which which;
	struct ctl_match	 m;
	struct msg_result	 r = { 0, 0, 0 };
	struct imsgbuf		*c = listing_client();
	struct heard		 h;
	int			 fd;

	memset(&which, 0, sizeof(which));
	snprintf(which.service.name, sizeof(which.service.name), "www");
	which.host.id = HOST_S;
	say(c, MSG_CTL_SHOW_SESSIONS, 0, &which, sizeof(which));
	ok(hear_type(c, MSG_CTL_MATCH, &h), "an address of the service");
	memcpy(&m, h.u.bytes, sizeof(m));
	ok(m.kind == CTL_MATCH_VIRTUAL && m.proto == IPPROTO_TCP &&
	    m.port == 80, "as configured");
	ok(hear_type(c, MSG_CTL_MATCH, &h), "the other one");
	ok(hear_type(c, MSG_CTL_MATCH, &h), "and the host's");
	memcpy(&m, h.u.bytes, sizeof(m));
	ok(m.kind == CTL_MATCH_REAL && m.proto == 0 && m.port == 8080,
	    "as configured");
	ok(hear_type(fake_parent, MSG_SESSIONS_GET, &h), "the parent opens");
	if ((fd = open("/dev/null", O_RDONLY)) == -1)
		fake_die("/dev/null");
	say_fd(fake_parent, MSG_SESSIONS, h.id, fd, &r, sizeof(r));
	is_int(hear_fd(c, &fd), MSG_CTL_SESSIONS, "the client gets it");
	ok(fd != -1, "open");
	close(fd);

	memset(&which, 0, sizeof(which));
	say(c, MSG_CTL_SHOW_SESSIONS, 0, &which, sizeof(which));
	ok(hear_type(fake_parent, MSG_SESSIONS_GET, &h), "it asks again");
	r.error = EOPNOTSUPP;
	say(fake_parent, MSG_SESSIONS, h.id, &r, sizeof(r));
	ok(hear_type(c, MSG_CTL_FAIL, &h), "what there is not");

	snprintf(which.service.name, sizeof(which.service.name), "none");
	say(c, MSG_CTL_SHOW_SESSIONS, 0, &which, sizeof(which));
	ok(hear_type(c, MSG_CTL_FAIL, &h), "those of no service");
	memset(&which, 0, sizeof(which));
	which.host.id = WWW;
	say(c, MSG_CTL_SHOW_SESSIONS, 0, &which, sizeof(which));
	ok(hear_type(c, MSG_CTL_FAIL, &h), "those of no host");
	ok(quiet(), "for them nothing is opened");
	memset(which.host.name, 'x', sizeof(which.host.name));
	say(c, MSG_CTL_SHOW_SESSIONS, 0, &which, sizeof(which));
	is_int(hear(c, &h), 0, "a name without an end is a broken client");
	imsgbuf_free(c);

	c = listing_client();
	memset(&which, 0, sizeof(which));
	say(c, MSG_CTL_SHOW_SESSIONS, 0, &which, sizeof(which));
	ok(hear_type(fake_parent, MSG_SESSIONS_GET, &h), "one asks");
	imsgbuf_free(c);
	settle();
	if ((fd = open("/dev/null", O_RDONLY)) == -1)
		fake_die("/dev/null");
	r.error = 0;
	say_fd(fake_parent, MSG_SESSIONS, h.id, fd, &r, sizeof(r));
	ok(quiet(), "and goes before it gets it");
}

int
main(void)
{
	struct heard	h;

	fake_start();
	fake_listen();
	conf_begin();
	conf_objects();
	ok(conf_commit(), "configured");
	conf_start();
	fake_link(&fake_hce, PROC_HCE);
	fake_link(&fake_vrrpe, PROC_VRRPE);
	if (!hear_type(fake_hce, MSG_HOST_KNOWN_END, &h))
		fake_die("hce");
	say(fake_hce, MSG_HOST_SYNC, 0, NULL, 0);
	settle();
	test_table();
	test_slow();
	test_sessions();
	fake_stop();
	return (done_testing());
}
