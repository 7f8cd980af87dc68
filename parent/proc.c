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
#include <sys/wait.h>

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/engine.h"
#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "../imsg/monotime.h"
#include "../imsg/peer.h"
#include "parent.h"

/* An engine that has not answered a PING for so long has hung. */
#define ENGINE_STALL_US		(10 * 1000 * 1000)
/* From the end of its link to SIGKILL; a dying engine is gone by then. */
#define ENGINE_GRACE_S		1
/*
 * So often an engine is started again at once: without vrrpe there are no
 * adverts, and the peer takes over.  Then after a second, doubled up to this.
 */
#define BACKOFF_FREE		3
#define BACKOFF_MAX_S		60
/* One that has lived this long starts again without delay. */
#define BACKOFF_FORGIVEN_US	(60LL * 1000 * 1000)

#define ENGINE_EXE		"/proc/self/exe"

static const enum proc	engines[] = { PROC_VRRPE, PROC_HCE, PROC_LBE };
#define NENGINES	(sizeof(engines) / sizeof(engines[0]))

static int	proc_spawn(struct engine_proc *);
static void	proc_exec(const struct engine_proc *, int)
		    __attribute__((__noreturn__));
static void	proc_exec_files(const struct parent *, int);
static void	proc_fail(const char *) __attribute__((__noreturn__));
static char	**proc_environ(void);
static int	proc_message(struct peer *, struct imsg *, void *);
static int	proc_bad_peer(struct engine_proc *, enum proc);
static void	proc_sent(struct peer *, void *);
static void	proc_down(struct peer *, enum peer_down, void *);
static void	proc_gone(struct engine_proc *);
static void	proc_log_end(const struct engine_proc *);
static void	proc_restart(struct engine_proc *);
static void	proc_restart_cb(int, short, void *);
static void	proc_kill_cb(int, short, void *);
static void	proc_link_pair(struct engine_proc *, struct engine_proc *);

static const struct peer_ops	proc_ops = { proc_message, proc_down };

int
proc_init(struct parent *env)
{
	struct engine_proc	*e;
	size_t			 i;

	for (i = 0; i < NENGINES; i++) {
		e = &env->engine[engines[i]];
		e->env = env;
		e->proc = engines[i];
		e->ev_restart = evtimer_new(env->base, proc_restart_cb, e);
		e->ev_kill = evtimer_new(env->base, proc_kill_cb, e);
		if (e->ev_restart == NULL || e->ev_kill == NULL) {
			log_warnx("out of memory");
			return (-1);
		}
	}
	return (0);
}

int
proc_spawn_all(struct parent *env)
{
	size_t	i;

	for (i = 0; i < NENGINES; i++)
		if (proc_spawn(&env->engine[engines[i]]) == -1)
			return (-1);
	return (0);
}

static int
proc_spawn(struct engine_proc *e)
{
	struct parent	*env = e->env;
	int		 fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0, fd) == -1) {
		log_warn("%s: socketpair", proc_names[e->proc]);
		return (-1);
	}
	e->peer = peer_open(env->base, fd[0], PROC_PARENT, e->proc,
	    proc_names[e->proc], PEER_F_FDPASS, &proc_ops, e);
	if (e->peer == NULL) {
		log_warn("%s: link", proc_names[e->proc]);
		close(fd[0]);
		close(fd[1]);
		return (-1);
	}
	peer_set_sent(e->peer, proc_sent);
	switch (e->pid = vfork()) {
	case -1:
		log_warn("%s: fork", proc_names[e->proc]);
		e->pid = 0;
		peer_close(e->peer);
		e->peer = NULL;
		close(fd[1]);
		return (-1);
	case 0:
		proc_exec(e, fd[1]);
	}
	close(fd[1]);
	e->started = monotime_now();
	memset(&e->pinged, 0, sizeof(e->pinged));
	e->linked = 0;
	e->stale = 0;
	e->state = ENGINE_FRESH;
	memset(&e->have, 0, sizeof(e->have));
	/* Where all is busy this decides how soon it is back. */
	tune_apply(e);
	log_debug("%s started, pid %d", proc_names[e->proc], (int)e->pid);
	return (0);
}

/*
 * The child becomes the engine: the same program anew, so that it has an
 * address space of its own layout and nothing of the parent's in memory.
 * Until then it shares the parent's, which may be large and is not copied for
 * so short a time: it makes system calls, and leaves by them alone.
 * In a process group of its own a terminal's ^C reaches the parent alone,
 * which ends the engines in order.
 */
static void
proc_exec(const struct engine_proc *e, int fd)
{
	const struct parent	*env = e->env;
	char			*argv[6];
	int			 n = 0;

	setpgid(0, 0);
	tune_limits(e);
	proc_exec_files(env, fd);
	argv[n++] = (char *)"lvsd";
	argv[n++] = (char *)"-P";
	argv[n++] = (char *)proc_names[e->proc];
	if (env->opts->debug)
		argv[n++] = (char *)"-d";
	if (log_getverbose())
		argv[n++] = (char *)"-v";
	argv[n] = NULL;
	execve(ENGINE_EXE, argv, proc_environ());
	proc_fail("exec");
}

/* The parent sees it end, and tries again. */
static void
proc_fail(const char *what)
{
	log_warn("starting an engine: %s", what);
	_exit(1);
}

/*
 * Descriptor 3 is the link; the others are /dev/null, but for standard error
 * where the log goes while debugging.
 */
static void
proc_exec_files(const struct parent *env, int fd)
{
	int	null;

	if (fd == ENGINE_PARENT_FD) {
		if (fcntl(fd, F_SETFD, 0) == -1)
			proc_fail("fcntl");
	} else if (dup2(fd, ENGINE_PARENT_FD) == -1)
		proc_fail("dup2");
	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		proc_fail("/dev/null");
	if (dup2(null, STDIN_FILENO) == -1 || dup2(null, STDOUT_FILENO) == -1 ||
	    (!env->opts->debug && dup2(null, STDERR_FILENO) == -1))
		proc_fail("dup2");
	if (close_range(ENGINE_PARENT_FD + 1, ~0U, 0) == -1)
		proc_fail("close_range");
}

/*
 * Log lines want the time zone; all else in the environment is none of an
 * engine's business.  The leak checker of a build with ASAN=1 works by /proc,
 * which an engine does not have.
 */
static char **
proc_environ(void)
{
	static char	*env[3];
	char		**var;
	int		 n = 0;

	for (var = environ; *var != NULL; var++)
		if (strncmp(*var, "TZ=", 3) == 0) {
			env[n++] = *var;
			break;
		}
#ifdef SANITIZED
	env[n++] = (char *)"ASAN_OPTIONS=detect_leaks=0";
#endif
	env[n] = NULL;
	return (env);
}

void
proc_send(struct parent *env, enum proc proc, enum msg_type type, uint32_t id,
    int fd, const void *data, size_t len)
{
	struct peer	*peer = env->engine[proc].peer;

	if (peer != NULL)
		peer_send(peer, type, id, fd, data, len);
	else if (fd != -1)
		close(fd);
}

static void
proc_sent(struct peer *, void *arg)
{
	push_more(arg);
}

static int
proc_message(struct peer *, struct imsg *imsg, void *arg)
{
	struct engine_proc	*e = arg;

	switch (imsg_type(imsg)) {
	case MSG_PONG:
		memset(&e->pinged, 0, sizeof(e->pinged));
		return (0);
	case MSG_BAD_PEER:
		return (proc_bad_peer(e, imsg_id(imsg)));
	case MSG_CONF_READY:
	case MSG_CONF_ERROR:
	case MSG_CONF_COMMITTED:
		return (reload_message(e, imsg));
	default:
		break;
	}
	/* Before there is a configuration there is nothing to speak of. */
	if (e->env->conf == NULL)
		return (-1);
	switch (e->proc) {
	case PROC_VRRPE:
		return (dispatch_vrrpe(e->env, imsg));
	case PROC_HCE:
		return (dispatch_hce(e->env, imsg));
	case PROC_LBE:
		return (dispatch_lbe(e->env, imsg));
	default:
		return (-1);
	}
}

static int
proc_bad_peer(struct engine_proc *e, enum proc other)
{
	struct engine_proc	*bad;

	if (other >= PROC_MAX || other == e->proc ||
	    (bad = &e->env->engine[other])->env == NULL)
		return (-1);
	/* If it has ended by itself, there is a new one, which is innocent. */
	if ((e->linked & ROUND_BIT(other)) != 0)
		proc_kill(bad, "it broke the protocol with another engine");
	return (0);
}

/*
 * The end of a link comes with the end of the process, but not quite at the
 * same time.  Messages sent before it have been read by now.
 */
static void
proc_down(struct peer *peer, enum peer_down why, void *arg)
{
	struct engine_proc	*e = arg;
	struct timeval		 grace = { ENGINE_GRACE_S, 0 };

	(void)push_stop(e);
	peer_close(peer);
	e->peer = NULL;
	e->state = ENGINE_DOWN;
	if (e->pid == 0) {
		proc_gone(e);
		return;
	}
	switch (why) {
	case PEER_CLOSED:
		evtimer_add(e->ev_kill, &grace);
		break;
	case PEER_BAD:
		proc_kill(e, "it broke the protocol");
		break;
	case PEER_ERROR:
	case PEER_SLOW:
		proc_kill(e, "its link has failed");
		break;
	}
}

void
proc_kill(struct engine_proc *e, const char *why)
{
	if (e->pid == 0)
		return;
	log_warnx("%s (pid %d) is killed: %s", proc_names[e->proc],
	    (int)e->pid, why);
	kill(e->pid, SIGKILL);
}

static void
proc_kill_cb(int, short, void *arg)
{
	struct engine_proc	*e = arg;

	proc_kill(e, "it has closed its link");
}

void
proc_reap(struct parent *env)
{
	struct engine_proc	*e;
	size_t			 i;

	for (i = 0; i < NENGINES; i++) {
		e = &env->engine[engines[i]];
		if (e->pid == 0 ||
		    waitpid(e->pid, &e->status, WNOHANG) != e->pid)
			continue;
		evtimer_del(e->ev_kill);
		proc_log_end(e);
		e->pid = 0;
		/* Its last messages are still to be read, then its end. */
		if (e->peer == NULL)
			proc_gone(e);
	}
}

static void
proc_log_end(const struct engine_proc *e)
{
	const char	*name = proc_names[e->proc];

	if (WIFSIGNALED(e->status))
		log_warnx("%s (pid %d) ended by signal %d (%s)", name,
		    (int)e->pid, WTERMSIG(e->status),
		    strsignal(WTERMSIG(e->status)));
	else if (WEXITSTATUS(e->status) != 0 || !e->env->stopping)
		log_warnx("%s (pid %d) exited with status %d", name,
		    (int)e->pid, WEXITSTATUS(e->status));
	else
		log_debug("%s (pid %d) has ended", name, (int)e->pid);
}

/* Both the process and its link are over. */
static void
proc_gone(struct engine_proc *e)
{
	struct parent	*env = e->env;
	size_t		 i;

	for (i = 0; i < NENGINES; i++)
		env->engine[engines[i]].linked &= ~ROUND_BIT(e->proc);
	e->linked = 0;
	if (!env->stopping)
		proc_restart(e);
	parent_engine_gone(env, e);
}

static void
proc_restart(struct engine_proc *e)
{
	struct timeval	tv = { 0, 0 };

	if (monotime_diff_us(monotime_now(), e->started) >=
	    BACKOFF_FORGIVEN_US)
		e->restarts = e->backoff_s = 0;
	if (++e->restarts > BACKOFF_FREE)
		e->backoff_s = e->backoff_s == 0 ? 1 : 2 * e->backoff_s;
	if (e->backoff_s > BACKOFF_MAX_S)
		e->backoff_s = BACKOFF_MAX_S;
	tv.tv_sec = e->backoff_s;
	if (tv.tv_sec > 0)
		log_info("%s is started again in %d s", proc_names[e->proc],
		    (int)tv.tv_sec);
	evtimer_add(e->ev_restart, &tv);
}

static void
proc_restart_cb(int, short, void *arg)
{
	struct engine_proc	*e = arg;

	if (e->env->stopping || e->pid != 0)
		return;
	if (proc_spawn(e) == -1) {
		proc_restart(e);
		return;
	}
	log_info("%s started again, pid %d", proc_names[e->proc],
	    (int)e->pid);
	reload_next(e->env);
}

void
proc_link(struct parent *env)
{
	struct engine_proc	*a, *b;
	size_t			 i, j;

	for (i = 0; i < NENGINES; i++)
		for (j = i + 1; j < NENGINES; j++) {
			a = &env->engine[engines[i]];
			b = &env->engine[engines[j]];
			if (a->state == ENGINE_RUNNING &&
			    b->state == ENGINE_RUNNING &&
			    (a->linked & ROUND_BIT(b->proc)) == 0)
				proc_link_pair(a, b);
		}
}

static void
proc_link_pair(struct engine_proc *a, struct engine_proc *b)
{
	int	fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0, fd) == -1) {
		/* Without each other they are of no use: try anew. */
		log_warn("link of %s and %s", proc_names[a->proc],
		    proc_names[b->proc]);
		proc_kill(a, "it could not be linked");
		return;
	}
	peer_send(a->peer, MSG_LINK, b->proc, fd[0], NULL, 0);
	peer_send(b->peer, MSG_LINK, a->proc, fd[1], NULL, 0);
	a->linked |= ROUND_BIT(b->proc);
	b->linked |= ROUND_BIT(a->proc);
}

void
proc_ping(struct parent *env)
{
	struct engine_proc	*e;
	struct monotime		 now = monotime_now();
	size_t			 i;

	for (i = 0; i < NENGINES; i++) {
		e = &env->engine[engines[i]];
		if (e->peer == NULL)
			continue;
		if (!monotime_isset(e->pinged)) {
			e->pinged = now;
			peer_send(e->peer, MSG_PING, 0, -1, NULL, 0);
		} else if (monotime_diff_us(now, e->pinged) > ENGINE_STALL_US)
			proc_kill(e, "it has not answered for 10 seconds");
	}
}

void
proc_shutdown(struct parent *env)
{
	struct engine_proc	*e;
	size_t			 i;

	for (i = 0; i < NENGINES; i++) {
		e = &env->engine[engines[i]];
		evtimer_del(e->ev_restart);
		if (e->peer != NULL)
			peer_send(e->peer, MSG_SHUTDOWN, 0, -1, NULL, 0);
	}
}

void
proc_kill_all(struct parent *env, const char *why)
{
	size_t	i;

	for (i = 0; i < NENGINES; i++)
		proc_kill(&env->engine[engines[i]], why);
}

int
proc_alive(const struct parent *env)
{
	const struct engine_proc	*e;
	size_t				 i;
	int				 n = 0;

	for (i = 0; i < NENGINES; i++) {
		e = &env->engine[engines[i]];
		if (e->pid != 0 || e->peer != NULL)
			n++;
	}
	return (n);
}

void
proc_verbose(struct parent *env, int verbose)
{
	struct msg_verbose	v;
	size_t			i;

	log_setverbose(verbose);
	v.verbose = verbose;
	for (i = 0; i < NENGINES; i++)
		proc_send(env, engines[i], MSG_VERBOSE, 0, -1, &v, sizeof(v));
}

/* For an end that is not in order, too: nobody is left running. */
void
proc_free(struct parent *env)
{
	struct engine_proc	*e;
	size_t			 i;

	for (i = 0; i < NENGINES; i++) {
		e = &env->engine[engines[i]];
		if (e->peer != NULL)
			peer_close(e->peer);
		if (e->pid != 0) {
			kill(e->pid, SIGKILL);
			waitpid(e->pid, NULL, 0);
		}
		if (e->ev_restart != NULL)
			event_free(e->ev_restart);
		if (e->ev_kill != NULL)
			event_free(e->ev_kill);
		memset(e, 0, sizeof(*e));
	}
}
