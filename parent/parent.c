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
#include <sys/stat.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/ctl.h"
#include "../imsg/log.h"
#include "confirm.h"
#include "ipvs.h"
#include "net.h"
#include "notify.h"
#include "parent.h"
#include "run.h"
#include "state.h"
#include "track.h"
#include "via.h"

#define PING_S		2	/* between two PINGs to an engine */
#define VERIFY_S	5	/* between two looks at the kernel's IPVS */
/* A large table is looked at less often: this much rest for each work. */
#define VERIFY_REST	50
/* Longest that engines may take to end. */
#define STOP_MAX_S	5

#define UMASK		022
#define PROC_DIR	"/proc"
/* Of events: unused, most (libevent takes it), slices of IPVS and scripts. */
#define PRIORITIES	3

static const int	signals[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
#define NSIGNALS	(sizeof(signals) / sizeof(signals[0]))

static int	parent_prepare(struct parent *);
static int	parent_conf(struct parent *, struct conf **);
static int	parent_modules(struct parent *, const struct conf *);
static int	parent_events(struct parent *, struct event **);
static void	parent_run(struct parent *, struct conf *);
static void	parent_free(struct parent *);
static void	parent_report(void *, const char *);
static void	parent_signal_cb(int, short, void *);
static void	parent_ping_cb(int, short, void *);
static void	parent_verify_cb(int, short, void *);
static void	parent_stop_cb(int, short, void *);
static void	parent_every(struct parent *, struct event **, int,
		    event_callback_fn);

static const struct net_ops	net_ops = {
	dispatch_iface, dispatch_addr_result, dispatch_repaired,
	dispatch_vmac
};

int
parent_main(const struct options *opts)
{
	struct parent	 env;
	struct conf	*tree = NULL;
	struct event	*sig[NSIGNALS] = { NULL };
	size_t		 i;

	memset(&env, 0, sizeof(env));
	env.opts = opts;
	env.lock_fd = env.ctl_fd = -1;
	env.next_id = env.next_gen = 1;
	env.exit_status = 1;
	/* To standard error until lvsd is up: somebody may be waiting. */
	log_init("lvsd", 1);
	log_setverbose(opts->verbose);
	setproctitle("parent");

	if (parent_prepare(&env) == 0 && parent_conf(&env, &tree) == 0 &&
	    parent_modules(&env, tree) == 0 && parent_events(&env, sig) == 0)
		parent_run(&env, tree);
	else
		conf_free(tree);

	for (i = 0; i < NSIGNALS; i++)
		if (sig[i] != NULL)
			event_free(sig[i]);
	parent_free(&env);
	return (env.exit_status);
}

/* What must be so before anything is begun. */
static int
parent_prepare(struct parent *env)
{
	umask(UMASK);
	signal(SIGPIPE, SIG_IGN);
	if (priv_user(&env->gid) == -1 || priv_drop() == -1 ||
	    priv_chroot() == -1)
		return (-1);
	if ((env->base = event_base_new()) == NULL ||
	    event_base_priority_init(env->base, PRIORITIES) == -1) {
		log_warnx("cannot make an event base");
		return (-1);
	}
	return (0);
}

/* Errors of the file go out as they are, as with -n. */
static void
parent_report(void *, const char *line)
{
	fprintf(stderr, "%s\n", line);
}

static int
parent_conf(struct parent *env, struct conf **tree)
{
	const struct options	*o = env->opts;
	const char		*path;
	struct conf		*c;

	c = conf_parse(o->file, &o->macros, 0, parent_report, NULL);
	if (c == NULL)
		return (-1);
	*tree = c;
	conf_assign_ids(c, NULL, &env->next_id);
	c->generation = env->next_gen++;
	if ((path = o->socket) == NULL && (path = c->socket) == NULL)
		path = LVSD_SOCKET;
	if ((env->socket = strdup(path)) == NULL) {
		log_warn("%s", path);
		return (-1);
	}
	if ((env->lock_fd = lock_take(env->socket)) == -1)
		return (-1);
	env->ctl_fd = ctlsock_open(env->socket, env->gid);
	if (env->ctl_fd == -1)
		return (-1);
	return (parent_need_ipvs(env, c));
}

int
parent_need_ipvs(struct parent *env, const struct conf *conf)
{
	return (TAILQ_EMPTY(&conf->services) ? 0 : parent_open_ipvs(env));
}

int
parent_open_ipvs(struct parent *env)
{
	if (env->ipvs != NULL)
		return (0);
	env->ipvs = ipvs_open(env->base, dispatch_ipvs_error,
	    dispatch_ipvs_done, dispatch_ipvs_fewer, env);
	return (env->ipvs != NULL ? 0 : -1);
}

void
parent_unneed_ipvs(struct parent *env)
{
	if (env->ipvs_runs)
		return;
	ipvs_close(env->ipvs);
	env->ipvs = NULL;
}

static int
parent_modules(struct parent *env, const struct conf *tree)
{
	char	text[CTL_TEXT_LEN];

	if ((env->net = net_open(env->base, &net_ops, env)) == NULL)
		return (-1);
	if (net_check_conf(env->net, tree, text, sizeof(text)) == -1) {
		parent_report(env, text);
		return (-1);
	}
	env->reload = reload_new(env);
	env->confirm = confirm_new(env);
	env->mirror = mirror_new();
	env->state = state_new(env);
	env->runs = runs_new(env->base);
	env->scripts = scripts_new(env);
	env->check_runs = check_runs_new();
	env->processes = track_processes_new(env->base, PROC_DIR,
	    dispatch_track, env);
	env->files = track_files_new(env->base, dispatch_track, env);
	env->notify = notify_new(env);
	env->roles = roles_new();
	env->vrrp_sockets = vrrp_sockets_new();
	env->via = via_new();
	env->listings = listings_new();
	if (env->reload == NULL || env->confirm == NULL ||
	    env->mirror == NULL ||
	    env->state == NULL ||
	    env->runs == NULL || env->scripts == NULL ||
	    env->check_runs == NULL ||
	    env->processes == NULL || env->files == NULL ||
	    env->notify == NULL ||
	    env->roles == NULL ||
	    env->vrrp_sockets == NULL || env->via == NULL ||
	    env->listings == NULL) {
		log_warnx("out of memory");
		return (-1);
	}
	state_load(env, tree);
	return (proc_init(env));
}

static int
parent_events(struct parent *env, struct event **sig)
{
	size_t	i;

	for (i = 0; i < NSIGNALS; i++) {
		sig[i] = evsignal_new(env->base, signals[i], parent_signal_cb,
		    env);
		if (sig[i] == NULL || evsignal_add(sig[i], NULL) == -1)
			goto fail;
	}
	env->ev_stop = evtimer_new(env->base, parent_stop_cb, env);
	env->ev_away = evtimer_new(env->base, dispatch_vrrpe_away, env);
	parent_every(env, &env->ev_ping, PING_S, parent_ping_cb);
	parent_every(env, &env->ev_verify, VERIFY_S, parent_verify_cb);
	if (env->ev_stop != NULL && env->ev_away != NULL &&
	    env->ev_ping != NULL && env->ev_verify != NULL)
		return (0);
fail:
	log_warnx("cannot make events");
	return (-1);
}

static void
parent_every(struct parent *env, struct event **ev, int seconds,
    event_callback_fn cb)
{
	struct timeval	tv = { seconds, 0 };

	if ((*ev = event_new(env->base, -1, EV_PERSIST, cb, env)) != NULL)
		event_add(*ev, &tv);
}

static void
parent_run(struct parent *env, struct conf *tree)
{
	tune_want(env, &tree->global);
	if (proc_spawn_all(env) == -1) {
		conf_free(tree);
		return;
	}
	reload_first(env, tree);
	event_base_dispatch(env->base);
}

/* Who started us may go; from here on the log is for syslog. */
void
parent_up(struct parent *env)
{
	int	null;

	env->up = 1;
	if (env->opts->up_fd != -1) {
		if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1 ||
		    dup2(null, STDIN_FILENO) == -1 ||
		    dup2(null, STDOUT_FILENO) == -1 ||
		    dup2(null, STDERR_FILENO) == -1)
			fatal("/dev/null");
		if (null > STDERR_FILENO)
			close(null);
		log_init("parent", 0);
		if (write(env->opts->up_fd, "", 1) == -1)
			log_warn("who started lvsd has gone");
		close(env->opts->up_fd);
	} else
		log_init("parent", env->opts->debug);
	log_info("lvsd runs, control socket %s", env->socket);
}

static void
parent_signal_cb(int sig, short, void *arg)
{
	static const struct msg_reload	 file = { RELOAD_FILE, 0 };
	struct parent			*env = arg;

	switch (sig) {
	case SIGTERM:
	case SIGINT:
		if (env->stopping)
			proc_kill_all(env, "lvsd is told to end again");
		parent_stop(env, 0, strsignal(sig));
		break;
	case SIGHUP:
		if (!env->stopping)
			reload_request(env, 0, &file);
		break;
	case SIGCHLD:
		proc_reap(env);
		runs_reap(env->runs);
		break;
	}
}

static void
parent_ping_cb(int, short, void *arg)
{
	proc_ping(arg);
}

static void
parent_verify_cb(int, short, void *arg)
{
	struct parent	*env = arg;
	struct monotime	 now = monotime_now();

	if (!env->ipvs_runs || env->stopping)
		return;
	dispatch_sync(env);
	if (monotime_diff_us(now, env->verified) <
	    VERIFY_REST * ipvs_verify_cost(env->ipvs))
		return;
	env->verified = now;
	ipvs_verify(env->ipvs);
}

void
parent_stop(struct parent *env, int status, const char *why)
{
	struct timeval	tv = { STOP_MAX_S, 0 };

	if (env->stopping)
		return;
	env->stopping = 1;
	env->exit_status = status;
	if (env->confirm != NULL && confirm_waits(env->confirm))
		log_warnx("generation %u was not confirmed: the next lvsd "
		    "runs what is in %s", env->conf->generation,
		    env->opts->file);
	if (status == 0)
		log_info("lvsd ends: %s", why);
	else
		log_warnx("lvsd ends: %s", why);
	proc_shutdown(env);
	notify_hurry(env);
	evtimer_add(env->ev_stop, &tv);
	parent_try_end(env);
}

void
parent_try_end(struct parent *env)
{
	if (env->stopping && proc_alive(env) == 0 && notify_idle(env))
		event_base_loopbreak(env->base);
}

static void
parent_stop_cb(int, short, void *arg)
{
	struct timeval	tv = { STOP_MAX_S, 0 };
	struct parent	*env = arg;

	proc_kill_all(env, "it does not end");
	notify_abandon(env);
	evtimer_add(env->ev_stop, &tv);
	parent_try_end(env);
}

void
parent_engine_gone(struct parent *env, struct engine_proc *e)
{
	if (e->proc == PROC_VRRPE)
		lost_vrrpe(env);
	if (e->proc == PROC_HCE)
		lost_hce(env);
	if (e->proc == PROC_LBE)
		lost_lbe(env);
	if (!env->stopping)
		reload_engine_gone(e);
	parent_try_end(env);
}

/*
 * Addresses go, for there is nobody to answer for them.  The kernel's IPVS
 * table stays unless the configuration wants otherwise: connections go on, and
 * the next lvsd takes it over.
 */
static void
parent_free(struct parent *env)
{
	proc_free(env);
	reload_free(env->reload);
	confirm_free(env->confirm);
	scripts_free(env->scripts);
	check_runs_free(env->check_runs);
	track_processes_free(env->processes);
	track_files_free(env->files);
	notify_free(env->notify);
	runs_free(env->runs);
	if (env->net != NULL) {
		net_leave(env->net);
		net_close(env->net);
	}
	listings_free(env->listings);
	if (env->ipvs_runs) {
		ipvs_end(env->ipvs, env->exit_status == 0);
		state_changed(env);
	}
	state_free(env->state);
	ipvs_close(env->ipvs);
	mirror_free(env->mirror);
	roles_free(env->roles);
	vrrp_sockets_free(env->vrrp_sockets);
	via_free(env->via);
	conf_free(env->conf);
	if (env->ev_ping != NULL)
		event_free(env->ev_ping);
	if (env->ev_verify != NULL)
		event_free(env->ev_verify);
	if (env->ev_stop != NULL)
		event_free(env->ev_stop);
	if (env->ev_away != NULL)
		event_free(env->ev_away);
	if (env->base != NULL)
		event_base_free(env->base);
	ctlsock_close(env->ctl_fd, env->socket);
	lock_drop(env->lock_fd, env->socket);
	free(env->socket);
	libevent_global_shutdown();
}
