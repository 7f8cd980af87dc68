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
 * A configuration on its way to an engine: a part at a time, whole in the end,
 * and no more of it when it is not wanted any more.
 */

#include <sys/socket.h>

#include <event2/event.h>

#include "../../imsg/imsg.h"
#include "../../imsg/log.h"
#include "../../imsg/peer.h"
#include "../../parent/parent.h"
#include "conf_text.h"
#include "tap.h"

#define TABLES	300
#define HOSTS	20

/* More than is queued at a time, and than a socket takes. */
#define MUCH	(128 * 1024)

struct engine_end {
	struct peer	*peer;
	unsigned int	 n[MSG_TYPE_MAX];	/* received of each type */
	uint32_t	 gen;			/* of the last */
	uint32_t	 last;
};

static struct event_base	*base;
static struct parent		 env;
static struct conf		*conf;

static int	engine_message(struct peer *, struct imsg *, void *);
static int	parent_message(struct peer *, struct imsg *, void *);
static void	down(struct peer *, enum peer_down, void *);
static void	sent(struct peer *, void *);
static void	begin(struct engine_proc *, struct engine_end *, enum proc);
static void	turn(int);
static void	end(struct engine_proc *, struct engine_end *);
static struct conf *config(void);
static void	test_whole(void);
static void	test_hce(void);
static void	test_stop(void);

static const struct peer_ops	engine_ops = { engine_message, down };
static const struct peer_ops	parent_ops = { parent_message, down };

static int
engine_message(struct peer *, struct imsg *m, void *arg)
{
	struct engine_end	*e = arg;

	e->last = imsg_type(m);
	e->n[e->last]++;
	e->gen = imsg_gen(m);
	return (0);
}

static int
parent_message(struct peer *, struct imsg *, void *)
{
	return (0);
}

static void
down(struct peer *, enum peer_down, void *)
{
	ok(0, "the link stays");
}

static void
sent(struct peer *, void *arg)
{
	push_more(arg);
}

static void
begin(struct engine_proc *e, struct engine_end *end, enum proc proc)
{
	int	fds[2];

	memset(e, 0, sizeof(*e));
	memset(end, 0, sizeof(*end));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, fds) == -1)
		err(1, "socketpair");
	e->env = &env;
	e->proc = proc;
	e->peer = peer_open(base, fds[0], PROC_PARENT, proc, "engine", 0,
	    &parent_ops, e);
	end->peer = peer_open(base, fds[1], proc, PROC_PARENT, "parent", 0,
	    &engine_ops, end);
	if (e->peer == NULL || end->peer == NULL)
		err(1, "peer_open");
	peer_set_sent(e->peer, sent);
}

static void
turn(int n)
{
	while (n-- > 0)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
end(struct engine_proc *e, struct engine_end *end)
{
	peer_close(e->peer);
	peer_close(end->peer);
	turn(2);
}

static struct conf *
config(void)
{
	struct conf	*c;
	char		*text;
	size_t		 len;
	uint32_t	 next = 1;
	FILE		*f;
	int		 t, h;

	if ((f = open_memstream(&text, &len)) == NULL)
		err(1, "open_memstream");
	for (t = 0; t < TABLES; t++) {
		fprintf(f, "table <t%d> {\n", t);
		for (h = 1; h <= HOSTS; h++)
			fprintf(f, "\t10.0.%d.%d\n", t % 256, h);
		fprintf(f, "}\nservice \"s%d\" {\n\tlisten on 192.0.2.1 tcp "
		    "port %d\n\troute to <t%d>%s\n}\n", t, t + 1, t,
		    t % 2 == 0 ? " check tcp" : "");
	}
	if (fclose(f) != 0)
		err(1, "fclose");
	if ((c = conf_text(text)) == NULL)
		errx(1, "%s", conf_said);
	free(text);
	conf_assign_ids(c, NULL, &next);
	c->generation = 7;
	return (c);
}

static void
test_whole(void)
{
	struct engine_proc	e;
	struct engine_end	lbe;

	begin(&e, &lbe, PROC_LBE);
	push_begin(&e, conf);
	ok(peer_queued(e.peer) < MUCH, "lbe: not all is queued at once");
	turn(200);
	is_int(lbe.n[MSG_CONF_BEGIN], 1, "but all is sent: one begin");
	is_int(lbe.n[MSG_CONF_GLOBAL], 1, "what is for all");
	is_int(lbe.n[MSG_CONF_TABLE], TABLES, "the tables");
	is_int(lbe.n[MSG_CONF_HOST], TABLES * HOSTS, "their hosts");
	is_int(lbe.n[MSG_CONF_SERVICE], TABLES, "the services");
	is_int(lbe.n[MSG_CONF_LISTEN], TABLES, "what they listen on");
	is_int(lbe.n[MSG_CONF_END], 1, "one end");
	is_int(lbe.last, MSG_CONF_END, "which is the end");
	is_int(lbe.gen, 7, "all of the new generation");
	is_int(push_stop(&e), 0, "nothing is left to be stopped");
	end(&e, &lbe);
}

static void
test_hce(void)
{
	struct engine_proc	e;
	struct engine_end	hce;

	begin(&e, &hce, PROC_HCE);
	push_begin(&e, conf);
	turn(200);
	is_int(hce.n[MSG_CONF_TABLE], TABLES / 2,
	    "hce: the tables that are checked");
	is_int(hce.n[MSG_CONF_HOST], TABLES / 2 * HOSTS, "with their hosts");
	is_int(hce.n[MSG_CONF_SERVICE], 0, "no services");
	is_int(hce.last, MSG_CONF_END, "and the end");
	end(&e, &hce);
}

static void
test_stop(void)
{
	struct engine_proc	e;
	struct engine_end	lbe;

	begin(&e, &lbe, PROC_LBE);
	peer_hold(lbe.peer, 1);
	push_begin(&e, conf);
	turn(5);
	is_int(push_stop(&e), 1, "stopped: there was more");
	peer_send(e.peer, MSG_CONF_ABORT, 0, -1, NULL, 0);
	peer_hold(lbe.peer, 0);
	turn(200);
	is_int(lbe.n[MSG_CONF_END], 0, "there is no end of it");
	is_int(lbe.last, MSG_CONF_ABORT, "what comes behind it comes");
	is_int(push_stop(&e), 0, "once is enough");

	push_begin(&e, conf);
	turn(200);
	is_int(lbe.n[MSG_CONF_BEGIN], 2, "another begins anew");
	is_int(lbe.last, MSG_CONF_END, "and has an end");
	end(&e, &lbe);
}

int
main(void)
{
	static const char *const	files[] = { "lvsd.conf", NULL };

	log_init("parent_push_test", 1);
	conf_begin();
	if ((base = event_base_new()) == NULL)
		return (1);
	conf = config();
	test_whole();
	test_hce();
	test_stop();
	conf_free(conf);
	event_base_free(base);
	conf_end(files);
	return (done_testing());
}
