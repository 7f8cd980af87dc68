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
 * Links: the catalogue guards each receiver, an owner may close at any time,
 * slow and broken peers are told as what they are.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <event2/event.h>
#include <unistd.h>

#include "../../imsg/imsg.h"
#include "../../imsg/log.h"
#include "../../imsg/peer.h"
#include "tap.h"

struct side {
	struct peer	*peer;
	int		 messages;
	int		 answer;	/* what message() returns */
	int		 close_on;	/* close at this message; 0: never */
	int		 down;		/* times down() was called */
	enum peer_down	 why;
	uint32_t	 last;
};

static int	message(struct peer *, struct imsg *, void *);
static void	down(struct peer *, enum peer_down, void *);

static const struct peer_ops	ops = { message, down };
static struct event_base	*base;

static int
message(struct peer *, struct imsg *m, void *arg)
{
	struct side	*s = arg;

	s->messages++;
	s->last = imsg_type(m);
	if (s->messages == s->close_on) {
		peer_close(s->peer);
		s->peer = NULL;
	}
	return (s->answer);
}

static void
down(struct peer *p, enum peer_down why, void *arg)
{
	struct side	*s = arg;

	s->down++;
	s->why = why;
	peer_close(p);
	s->peer = NULL;
}

/* Two ends: a speaks as hce, b listens as lbe. */
static void
ends(struct side *a, struct side *b)
{
	int	fds[2];

	memset(a, 0, sizeof(*a));
	memset(b, 0, sizeof(*b));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, fds) == -1)
		abort();
	a->peer = peer_open(base, fds[0], PROC_HCE, PROC_LBE, "lbe", 0, &ops,
	    a);
	b->peer = peer_open(base, fds[1], PROC_LBE, PROC_HCE, "hce", 0, &ops,
	    b);
	if (a->peer == NULL || b->peer == NULL)
		abort();
}

static void
turn(int n)
{
	while (n-- > 0)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
end(struct side *a, struct side *b)
{
	peer_close(a->peer);
	peer_close(b->peer);
	turn(2);
}

static void
test_exchange(void)
{
	struct side		 a, b;
	struct msg_host_status	 st = { .state = HOST_UP };

	ends(&a, &b);
	peer_send(a.peer, MSG_HOST_STATUS, 1, -1, &st, sizeof(st));
	peer_send(a.peer, MSG_HOST_SYNC, 0, -1, NULL, 0);
	turn(3);
	is_int(b.messages, 2, "two messages arrive");
	is_int(b.last, MSG_HOST_SYNC, "in order");
	is_int(peer_queued(a.peer), 0, "nothing is left");
	peer_close(a.peer);
	a.peer = NULL;
	turn(3);
	is_int(b.down, 1, "the other end hears of the close once");
	is_int(b.why, PEER_CLOSED, "as closed");
	end(&a, &b);
}

static void
test_guard(void)
{
	static const struct {
		const char	*what;
		enum msg_type	 type;
		size_t		 len;
	}	bad[] = {
		{ "a type not its to send", MSG_CONF_BEGIN, 0 },
		{ "no such type", MSG_TYPE_MAX, 0 },
		{ "type zero", MSG_NONE, 0 },
		{ "too short", MSG_HOST_STATUS,
		    sizeof(struct msg_host_status) - 1 },
		{ "too long", MSG_HOST_STATUS,
		    sizeof(struct msg_host_status) + 1 },
		{ "payload where none may be", MSG_HOST_SYNC, 1 }
	};
	struct side		 a, b;
	char			 junk[512] = { 0 };
	size_t			 i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ends(&a, &b);
		peer_send(a.peer, bad[i].type, 0, -1, junk, bad[i].len);
		turn(3);
		is_int(b.messages, 0, "%s: not handed on", bad[i].what);
		is_int(b.down, 1, "%s: ends the link", bad[i].what);
		is_int(b.why, PEER_BAD, "%s: as broken", bad[i].what);
		end(&a, &b);
	}
	ends(&a, &b);
	b.answer = -1;
	peer_send(a.peer, MSG_HOST_SYNC, 0, -1, NULL, 0);
	peer_send(a.peer, MSG_HOST_SYNC, 0, -1, NULL, 0);
	turn(3);
	is_int(b.messages, 1, "nothing behind a message that makes no sense");
	is_int(b.why, PEER_BAD, "which ends the link");
	end(&a, &b);
}

static void
test_close_inside(void)
{
	struct side	a, b;
	int		i;

	ends(&a, &b);
	b.close_on = 2;
	for (i = 0; i < 5; i++)
		peer_send(a.peer, MSG_HOST_SYNC, 0, -1, NULL, 0);
	turn(3);
	is_int(b.messages, 2, "closed inside message(): no more come");
	is_int(b.down, 0, "and no down()");
	is_int(a.down, 1, "the other end hears of it");
	end(&a, &b);
}

static void
test_slow(void)
{
	struct side	a, b;
	int		i, refused = 0;

	ends(&a, &b);
	peer_set_limit(a.peer, 64 * 1024);
	for (i = 0; i < 10000; i++)
		if (peer_send(a.peer, MSG_HOST_SYNC, 0, -1, NULL, 0) == -1)
			refused++;
	ok(refused > 0, "sending beyond the limit is refused");
	is_int(a.down, 0, "but nothing is called from inside");
	turn(1);
	is_int(a.down, 1, "then the owner hears of it");
	is_int(a.why, PEER_SLOW, "as slow");
	end(&a, &b);
}

static int	parts;		/* that sent() may still queue */

/* One part at a time; behind the last one it ends the link. */
static void
sent(struct peer *p, void *arg)
{
	struct side	*s = arg;

	if (parts-- > 0) {
		peer_send(p, MSG_HOST_SYNC, 0, -1, NULL, 0);
		return;
	}
	peer_close(p);
	s->peer = NULL;
}

static void
test_sent(void)
{
	struct side	a, b;

	ends(&a, &b);
	peer_set_sent(a.peer, sent);
	parts = 3;
	turn(3);
	is_int(b.messages, 0, "who has sent nothing is not asked for more");
	peer_send(a.peer, MSG_HOST_SYNC, 0, -1, NULL, 0);
	turn(8);
	is_int(b.messages, 4, "when all is sent the owner may send more");
	is_int(b.down, 1, "or close the link");
	end(&a, &b);
}

static void
test_catalogue(void)
{
	uint32_t	type;
	int		missing = 0;

	for (type = MSG_NONE + 1; type < MSG_TYPE_MAX; type++)
		if (strcmp(msg_name(type), "unknown message") == 0) {
			printf("# %u has no entry\n", type);
			missing++;
		}
	is_int(missing, 0, "every message of the enum is in the table");
	is_str(msg_name(MSG_TYPE_MAX), "unknown message", "beyond it");
	ok(msg_check(MSG_CTL_STOP, PROC_CTL, PROC_LBE, 0) == NULL,
	    "a client may stop");
	ok(msg_check(MSG_STOP, PROC_CTL, PROC_LBE, 0) != NULL,
	    "but not speak as lbe");
	ok(msg_check(MSG_CONF_VRRP, PROC_PARENT, PROC_LBE,
	    sizeof(struct vrrp_config)) != NULL,
	    "a password goes to vrrpe alone");
	ok(msg_check(MSG_CONF_VRRP, PROC_PARENT, PROC_HCE,
	    sizeof(struct vrrp_config)) != NULL, "not to hce");
}

int
main(void)
{
	log_init("peer_test", 1);
	if ((base = event_base_new()) == NULL)
		return (1);
	test_exchange();
	test_guard();
	test_close_inside();
	test_slow();
	test_sent();
	test_catalogue();
	event_base_free(base);
	return (done_testing());
}
