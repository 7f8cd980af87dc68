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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <bsd/sys/queue.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/log.h"
#include "../imsg/monotime.h"
#include "parent.h"

#define SCRIPT_USER	"nobody"
#define SCRIPT_GROUPS	64	/* of one user, supplementary */
/* From SIGTERM at the deadline to SIGKILL. */
#define SCRIPT_GRACE_US	(500 * 1000)
#define SCRIPT_PATH	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:" \
			"/usr/bin:/sbin:/bin"
/* Exit status of a child that could not become the script, as sh(1). */
#define SCRIPT_NOEXEC	126

/* A script that runs now; there is one run of each at most. */
struct script_proc {
	TAILQ_ENTRY(script_proc) entry;
	struct parent		*env;
	uint32_t		 id;
	pid_t			 pid;		/* its group's number, too */
	int			 expired;	/* SIGTERM was sent */
	int			 orphan;	/* no one wants the result */
	struct event		*ev_deadline;
	char			 name[NAME_LEN];
};
TAILQ_HEAD(script_procs, script_proc);

struct scripts {
	struct script_procs	procs;
};

/* Whom a script becomes. */
struct script_user {
	uid_t	uid;
	gid_t	gid;
	gid_t	groups[SCRIPT_GROUPS];
	int	ngroups;
};

static struct script_proc *script_find(const struct scripts *, uint32_t);
static int	script_user(const struct conf *, const struct conf_script *,
		    struct script_user *);
static int	script_start(struct parent *, const struct conf_script *);
static int	script_watch(struct parent *, const struct conf_script *,
		    pid_t);
static void	script_child(const struct conf_script *,
		    const struct script_user *)
		    __attribute__((__noreturn__));
static void	script_deadline_cb(int, short, void *);
static void	script_kill(pid_t, int);
static void	script_ended(struct script_proc *, int);
static void	script_proc_free(struct scripts *, struct script_proc *);

struct scripts *
scripts_new(struct parent *)
{
	struct scripts	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	TAILQ_INIT(&s->procs);
	return (s);
}

/* What still runs is ended: nobody would see to its deadline. */
void
scripts_free(struct scripts *s)
{
	struct script_proc	*sp;

	if (s == NULL)
		return;
	while ((sp = TAILQ_FIRST(&s->procs)) != NULL) {
		script_kill(sp->pid, SIGKILL);
		waitpid(sp->pid, NULL, 0);
		script_proc_free(s, sp);
	}
	free(s);
}

static struct script_proc *
script_find(const struct scripts *s, uint32_t id)
{
	struct script_proc	*sp;

	TAILQ_FOREACH(sp, &s->procs, entry)
		if (sp->id == id)
			return (sp);
	return (NULL);
}

/*
 * A script that runs already was asked for by an hce that died meanwhile:
 * its successor gets the result of that run.
 */
void
script_run(struct parent *env, const struct conf_script *conf)
{
	int	error;

	if (script_find(env->scripts, conf->conf.id) != NULL)
		return;
	if ((error = script_start(env, conf)) != 0)
		dispatch_script_result(env, conf->conf.id, error, 0);
}

static int
script_start(struct parent *env, const struct conf_script *conf)
{
	struct script_user	user;
	char			why[512];
	pid_t			pid;
	int			error;

	error = secure_program(conf->argv[0], why, sizeof(why));
	if (error != 0) {
		log_warnx("script %s: not run: %s", conf->conf.name, why);
		return (error);
	}
	if ((error = script_user(env->conf, conf, &user)) != 0)
		return (error);
	switch (pid = fork()) {
	case -1:
		error = errno;
		log_warn("script %s: fork", conf->conf.name);
		return (error);
	case 0:
		script_child(conf, &user);
	}
	return (script_watch(env, conf, pid));
}

/* Root is what a script runs as only where the configuration says so. */
static int
script_user(const struct conf *conf, const struct conf_script *script,
    struct script_user *user)
{
	struct passwd	*pw;
	const char	*name;

	if ((name = script->user) == NULL && (name = conf->script_user) == NULL)
		name = SCRIPT_USER;
	errno = 0;
	if ((pw = getpwnam(name)) == NULL) {
		log_warnx("script %s: not run: user %s: %s",
		    script->conf.name, name,
		    errno != 0 ? strerror(errno) : "does not exist");
		return (errno != 0 ? errno : ENOENT);
	}
	user->uid = pw->pw_uid;
	user->gid = pw->pw_gid;
	user->ngroups = SCRIPT_GROUPS;
	if (getgrouplist(name, pw->pw_gid, user->groups,
	    &user->ngroups) == -1) {
		log_warnx("script %s: not run: user %s is in more than %d "
		    "groups", script->conf.name, name, SCRIPT_GROUPS);
		return (E2BIG);
	}
	return (0);
}

static int
script_watch(struct parent *env, const struct conf_script *conf, pid_t pid)
{
	struct script_proc	*sp;
	struct timeval		 tv;

	if ((sp = calloc(1, sizeof(*sp))) == NULL)
		goto fail;
	sp->env = env;
	sp->id = conf->conf.id;
	sp->pid = pid;
	memcpy(sp->name, conf->conf.name, sizeof(sp->name));
	sp->ev_deadline = evtimer_new(env->base, script_deadline_cb, sp);
	if (sp->ev_deadline == NULL)
		goto fail;
	tv = us_to_timeval((int64_t)conf->conf.timeout_ms * 1000);
	evtimer_add(sp->ev_deadline, &tv);
	TAILQ_INSERT_TAIL(&env->scripts->procs, sp, entry);
	return (0);
fail:
	free(sp);
	script_kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return (ENOMEM);
}

/*
 * The child becomes the script.  Nothing of the parent's goes along: no
 * descriptor, no environment, no signal disposition, and, for any user but
 * root, no capability.  Only async-signal-safe functions from here on.
 */
static void
script_child(const struct conf_script *conf, const struct script_user *user)
{
	static char	*env[] = { SCRIPT_PATH, NULL };
	struct rlimit	 nocore = { 0, 0 };
	sigset_t	 none;
	int		 sig;

	setsid();
	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close_range(0, ~0U, 0);
	if (open("/dev/null", O_RDWR) != STDIN_FILENO ||
	    dup(STDIN_FILENO) != STDOUT_FILENO ||
	    dup(STDIN_FILENO) != STDERR_FILENO)
		_exit(SCRIPT_NOEXEC);
	setrlimit(RLIMIT_CORE, &nocore);
	if (chdir("/") == -1 ||
	    setgroups(user->ngroups, user->groups) == -1 ||
	    setresgid(user->gid, user->gid, user->gid) == -1 ||
	    setresuid(user->uid, user->uid, user->uid) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		_exit(SCRIPT_NOEXEC);
	execve(conf->argv[0], conf->argv, env);
	_exit(SCRIPT_NOEXEC);
}

static void
script_deadline_cb(int, short, void *arg)
{
	struct script_proc	*sp = arg;
	struct timeval		 tv;

	if (sp->expired) {
		script_kill(sp->pid, SIGKILL);
		return;
	}
	sp->expired = 1;
	log_debug("script %s: timeout", sp->name);
	script_kill(sp->pid, SIGTERM);
	tv = us_to_timeval(SCRIPT_GRACE_US);
	evtimer_add(sp->ev_deadline, &tv);
}

/* The group; the child alone while it has not made its group yet. */
static void
script_kill(pid_t pid, int sig)
{
	if (kill(-pid, sig) == -1)
		kill(pid, sig);
}

/*
 * What a script started and left behind ends with it; before it is reaped,
 * for then its number could be that of another group.
 */
void
scripts_reap(struct parent *env)
{
	struct script_proc	*sp, *next;
	siginfo_t		 si;
	int			 status;

	TAILQ_FOREACH_SAFE(sp, &env->scripts->procs, entry, next) {
		si.si_pid = 0;
		if (waitid(P_PID, sp->pid, &si,
		    WEXITED | WNOHANG | WNOWAIT) == -1 || si.si_pid == 0)
			continue;
		script_kill(sp->pid, SIGKILL);
		if (waitpid(sp->pid, &status, 0) == sp->pid)
			script_ended(sp, status);
	}
}

static void
script_ended(struct script_proc *sp, int status)
{
	struct parent	*env = sp->env;
	uint32_t	 id = sp->id;
	int		 expired = sp->expired, orphan = sp->orphan;

	script_proc_free(env->scripts, sp);
	if (orphan)
		return;
	if (expired)
		dispatch_script_result(env, id, ETIMEDOUT, 0);
	else if (WIFSIGNALED(status))
		dispatch_script_result(env, id, 0, 128 + WTERMSIG(status));
	else
		dispatch_script_result(env, id, 0, WEXITSTATUS(status));
}

void
scripts_prune(struct parent *env, const struct conf *conf)
{
	struct script_proc	*sp;

	TAILQ_FOREACH(sp, &env->scripts->procs, entry) {
		if (conf_find_script(conf, sp->id) != NULL)
			continue;
		sp->orphan = 1;
		script_kill(sp->pid, SIGKILL);
	}
}

static void
script_proc_free(struct scripts *s, struct script_proc *sp)
{
	TAILQ_REMOVE(&s->procs, sp, entry);
	event_free(sp->ev_deadline);
	free(sp);
}
