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

#include <sys/types.h>
#include <sys/socket.h>

#include <event2/event.h>

#include "../../imsg/imsg.h"
#include "../../parent/confirm.h"
#include "../../parent/ipvs.h"
#include "../../parent/net.h"
#include "../../parent/notify.h"
#include "../../parent/parent.h"
#include "../../parent/state.h"
#include "conf_text.h"
#include "tap.h"

/*
 * What lbe has said before it was told of the configuration that the parent
 * runs already: ids that services have got only now are not in it.  The rest
 * of the parent is not here.
 */

#define GEN_OLD	6
#define GEN_NOW	7
#define BATCH	40

static struct parent	 env;
static struct imsgbuf	*lbe, *parent;

static unsigned int	 commits;	/* to the kernel */
static uint32_t		 committed;	/* number of the last */
static unsigned int	 held;		/* given addresses */

static void	hears(enum msg_type, uint32_t, uint32_t);
static void	setup(void);
static void	test_commit(void);
static void	test_role(void);

void
ipvs_commit(struct ipvs *, uint32_t number)
{
	commits++;
	committed = number;
}

void
net_hold(struct net *, const struct conf_vrrp *)
{
	held++;
}

void
ipvs_resync(struct ipvs *)
{
}

int
ipvs_want_service(struct ipvs *, uint32_t, int)
{
	return (0);
}

int
ipvs_want_dest(struct ipvs *, uint32_t, uint32_t, int32_t)
{
	return (0);
}

int
ipvs_load(struct ipvs *, uint32_t, ipvs_load_row, void *)
{
	return (0);
}

void
ipvs_adopted(struct ipvs *, ipvs_dest, void *)
{
}

void
net_keep(struct net *, const struct conf_vrrp *)
{
}

void
net_release(struct net *, const struct conf_vrrp *)
{
}

void
net_each_found(struct net *, void (*)(void *, uint32_t), void *)
{
}

void
proc_send(struct parent *, enum proc, enum msg_type, uint32_t, int,
    const void *, size_t)
{
}

void
proc_verbose(struct parent *, int)
{
}

void
parent_stop(struct parent *, int, const char *)
{
}

void
confirm_tell_lbe(struct confirm *)
{
}

void
listings_clear(struct listings *)
{
}

int
listing_message(struct parent *, struct imsg *)
{
	return (0);
}

void
notify_quorum(struct parent *, const struct conf_service *,
    const struct msg_quorum *)
{
}

void
reload_request(struct parent *, uint32_t, const struct msg_reload *)
{
}

void
reload_batch(struct parent *, uint32_t, uint32_t)
{
}

void
reload_batch_error(struct parent *, const char *)
{
}

void
reload_batch_done(struct parent *, uint32_t, const struct msg_result *)
{
}

void
state_changed(struct parent *)
{
}

/* The parent hears this of lbe. */
static void
hears(enum msg_type type, uint32_t id, uint32_t gen)
{
	struct imsg	*msg;

	if (imsg_compose(lbe, type, id, gen, -1, NULL, 0) == -1 ||
	    imsgbuf_write(lbe) == -1 || imsgbuf_read(parent) != 1 ||
	    imsgbuf_get(parent, &msg) != 1)
		errx(1, "%s does not arrive", msg_name(type));
	is_int(dispatch_lbe(&env, msg), 0, "%s of generation %u",
	    msg_name(type), gen);
}

static void
setup(void)
{
	int	fd[2];

	conf_begin();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fd) == -1 ||
	    (lbe = imsgbuf_new(fd[0], 0)) == NULL ||
	    (parent = imsgbuf_new(fd[1], 0)) == NULL ||
	    (env.base = event_base_new()) == NULL ||
	    (env.roles = roles_new()) == NULL)
		err(1, "setup");
	env.conf = conf_text("table <web> { 10.0.0.1 }\n"
	    "service \"www\" {\n"
	    "listen on 192.0.2.1 tcp port 80\n"
	    "route to <web>\n"
	    "while master of \"VI\"\n"
	    "}\n"
	    "vrrp \"VI\" on eth0 {\n"
	    "vrid 1\n"
	    "address 192.0.2.1/24\n"
	    "}\n");
	if (env.conf == NULL)
		errx(1, "%s", conf_said);
	env.next_id = 1;
	conf_assign_ids(env.conf, NULL, &env.next_id);
	env.conf->generation = GEN_NOW;
	env.ipvs_runs = 1;
	env.engine[PROC_LBE].state = ENGINE_RUNNING;
}

static void
test_commit(void)
{
	hears(MSG_IPVS_COMMIT, BATCH, GEN_OLD);
	is_int(commits, 0, "changes nothing in the kernel");
	is_int(env.batches, 0, "nor is anything waited for");
	hears(MSG_IPVS_COMMIT, BATCH + 1, GEN_NOW);
	is_int(commits, 1, "does");
	is_int(committed, BATCH + 1, "by its number");
	dispatch_ipvs_done(&env, BATCH + 1, &(struct msg_result){ 0, 0, 0 });
	is_int(env.batches, 0, "and is done");
}

static void
test_role(void)
{
	const struct conf_vrrp	*v = TAILQ_FIRST(&env.conf->vrrps);

	role_act(&env, v, VRRP_MASTER);
	is_int(held, 0, "the addresses of a master wait for its services");
	hears(MSG_BOUND_DONE, v->conf.id, GEN_OLD);
	is_int(held, 0, "those are not the services of now");
	hears(MSG_BOUND_DONE, v->conf.id, GEN_NOW);
	is_int(held, 1, "those are");
}

int
main(void)
{
	static const char	*const names[] = { "lvsd.conf", NULL };

	setup();
	test_commit();
	test_role();
	roles_free(env.roles);
	event_base_free(env.base);
	conf_free(env.conf);
	imsgbuf_free(lbe);
	imsgbuf_free(parent);
	conf_end(names);
	return (done_testing());
}
