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
#include <sys/wait.h>

#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/log.h"
#include "../imsg/monotime.h"
#include "parent.h"
#include "run.h"

#define RUN_WHAT	128	/* bytes of a name for the log */
/* From SIGTERM at the deadline to SIGKILL. */
#define RUN_GRACE_US	(500 * 1000)
#define RUN_PATH	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:" \
			"/usr/bin:/sbin:/bin"
#define RUN_EXE		"/proc/self/exe"

/* A number as text, and so many of them with commas between. */
#define NUMBER_LEN	11
#define GROUPS_LEN	(RUN_GROUPS * NUMBER_LEN)

struct run {
	TAILQ_ENTRY(run)	 entry;
	struct runs		*runs;
	pid_t			 pid;		/* its group's number, too */
	int			 fd;		/* what kept it from running */
	int			 expired;	/* SIGTERM was sent */
	struct monotime		 deadline;
	run_done		 done;		/* NULL: nobody wants it */
	void			*arg;
	struct event		*ev_deadline;
	char			 what[RUN_WHAT];
};
TAILQ_HEAD(run_list, run);

struct runs {
	struct event_base	*base;
	struct run_list		 list;
};

/* Whom a program becomes, as its command line says it. */
struct run_user {
	char	uid[NUMBER_LEN];
	char	gid[NUMBER_LEN];
	char	groups[GROUPS_LEN];
};

static int	run_user(const char *, struct run_user *, char *, size_t);
static int	run_groups(struct run_user *, const gid_t *, int);
static int	run_launch(struct run *, const struct run_spec *,
		    const struct run_user *);
static pid_t	run_fork(char *const *, char *const *, int);
static void	run_child(char *const *, char *const *, int)
		    __attribute__((__noreturn__));
static size_t	words(char *const *);
static void	run_deadline(struct run *, uint32_t);
static void	run_deadline_cb(int, short, void *);
static int	run_error(const struct run *);
static void	run_ended(struct run *, int);
static void	run_free(struct run *);

struct runs *
runs_new(struct event_base *base)
{
	struct runs	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->base = base;
	TAILQ_INIT(&r->list);
	return (r);
}

/* Nobody would see to the deadline of what still runs. */
void
runs_free(struct runs *r)
{
	struct run	*run;

	if (r == NULL)
		return;
	while ((run = TAILQ_FIRST(&r->list)) != NULL) {
		run_kill(run);
		waitpid(run->pid, NULL, 0);
		run_free(run);
	}
	free(r);
}

const char *
run_as(const char *own, const char *common)
{
	if (own != NULL)
		return (own);
	return (common != NULL ? common : RUN_USER);
}

int
run_start(struct runs *r, const struct run_spec *spec, struct run **started,
    char *why, size_t len)
{
	struct run_user	 user;
	struct run	*run;
	int		 error;

	if ((error = secure_program(spec->argv[0], why, len)) != 0 ||
	    (error = run_user(spec->user, &user, why, len)) != 0)
		return (error);
	if ((run = calloc(1, sizeof(*run))) == NULL)
		goto fail;
	run->runs = r;
	run->fd = -1;
	run->done = spec->done;
	run->arg = spec->arg;
	strlcpy(run->what, spec->what, sizeof(run->what));
	run->ev_deadline = evtimer_new(r->base, run_deadline_cb, run);
	if (run->ev_deadline == NULL || run_launch(run, spec, &user) == -1)
		goto fail;
	run_deadline(run, spec->timeout_ms);
	TAILQ_INSERT_TAIL(&r->list, run, entry);
	*started = run;
	return (0);
fail:
	error = errno;
	snprintf(why, len, "%s", strerror(error));
	if (run != NULL && run->ev_deadline != NULL)
		event_free(run->ev_deadline);
	free(run);
	return (error);
}

static int
run_user(const char *name, struct run_user *user, char *why, size_t len)
{
	gid_t		 groups[RUN_GROUPS];
	struct passwd	*pw;
	int		 error, n = RUN_GROUPS;

	errno = 0;
	if ((pw = getpwnam(name)) == NULL) {
		error = errno != 0 ? errno : ENOENT;
		snprintf(why, len, "user %s: %s", name, errno != 0 ?
		    strerror(errno) : "does not exist");
		return (error);
	}
	snprintf(user->uid, sizeof(user->uid), "%u", pw->pw_uid);
	snprintf(user->gid, sizeof(user->gid), "%u", pw->pw_gid);
	if (getgrouplist(name, pw->pw_gid, groups, &n) == -1 ||
	    run_groups(user, groups, n) == -1) {
		snprintf(why, len, "user %s is in more than %d groups", name,
		    RUN_GROUPS);
		return (E2BIG);
	}
	return (0);
}

static int
run_groups(struct run_user *user, const gid_t *groups, int n)
{
	size_t	len = 0;
	int	i;

	user->groups[0] = '\0';
	for (i = 0; i < n; i++) {
		len += snprintf(user->groups + len, GROUPS_LEN - len, "%s%u",
		    i > 0 ? "," : "", groups[i]);
		if (len >= GROUPS_LEN)
			return (-1);
	}
	return (0);
}

static size_t
words(char *const *list)
{
	size_t	n = 0;

	while (list[n] != NULL)
		n++;
	return (n);
}

/*
 * The program is started by way of this one, executed anew: a child that
 * shares the parent's memory, as one of vfork(2) does, must not be another
 * user's, who could stop it there and the parent with it.  A copy of the
 * parent would be safe, but the parent may be large.
 */
static int
run_launch(struct run *run, const struct run_spec *spec,
    const struct run_user *user)
{
	char	**argv, **env, *head[] = { "lvsd", "-P", EXEC_ROLE,
		    (char *)user->uid, (char *)user->gid,
		    (char *)user->groups };
	size_t	 n = sizeof(head) / sizeof(head[0]);
	int	 fd[2], error;

	argv = calloc(n + words(spec->argv) + 1, sizeof(*argv));
	env = calloc(words(spec->env) + 2, sizeof(*env));
	if (argv == NULL || env == NULL || pipe2(fd, O_CLOEXEC |
	    O_NONBLOCK) == -1) {
		error = errno;
		goto done;
	}
	memcpy(argv, head, sizeof(head));
	memcpy(argv + n, spec->argv, words(spec->argv) * sizeof(*argv));
	env[0] = (char *)RUN_PATH;
	memcpy(env + 1, spec->env, words(spec->env) * sizeof(*env));
	run->fd = fd[0];
	run->pid = run_fork(argv, env, fd[1]);
	error = errno;
	close(fd[1]);
	if (run->pid == -1)
		close(fd[0]);
	else
		error = 0;
done:
	free(argv);
	free(env);
	errno = error;
	return (error == 0 ? 0 : -1);
}

/* A signal handler of the parent's must not run in the child. */
static pid_t
run_fork(char *const *argv, char *const *env, int fd)
{
	sigset_t	all, old;
	pid_t		pid;
	int		error;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	if ((pid = vfork()) == 0)
		run_child(argv, env, fd);
	error = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = error;
	return (pid);
}

/* Still in the parent's memory: system calls, and no way back. */
static void
run_child(char *const *argv, char *const *env, int fd)
{
	int	null, error;

	setsid();
	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1 ||
	    dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1 ||
	    dup2(null, STDERR_FILENO) == -1 ||
	    (fd == EXEC_ERROR_FD ? fcntl(fd, F_SETFD, 0) :
	    dup2(fd, EXEC_ERROR_FD)) == -1 ||
	    close_range(EXEC_ERROR_FD + 1, ~0U, 0) == -1)
		_exit(EXEC_NOEXEC);
	execve(RUN_EXE, argv, env);
	error = errno;
	if (write(EXEC_ERROR_FD, &error, sizeof(error)) == -1)
		_exit(EXEC_NOEXEC);
	_exit(EXEC_NOEXEC);
}

static void
run_deadline_cb(int, short, void *arg)
{
	struct run	*run = arg;
	struct timeval	 tv;

	if (run->expired) {
		run_kill(run);
		return;
	}
	run->expired = 1;
	log_debug("%s: timeout", run->what);
	kill(-run->pid, SIGTERM);
	tv = us_to_timeval(RUN_GRACE_US);
	evtimer_add(run->ev_deadline, &tv);
}

void
run_kill(struct run *run)
{
	kill(-run->pid, SIGKILL);
}

void
run_forget(struct run *run)
{
	run->done = NULL;
}

static void
run_deadline(struct run *run, uint32_t ms)
{
	struct timeval	tv;

	run->deadline = monotime_add_us(monotime_now(), (int64_t)ms * 1000);
	tv = monotime_left(run->deadline);
	evtimer_add(run->ev_deadline, &tv);
}

void
run_hurry(struct run *run, uint32_t ms)
{
	struct monotime	latest;

	latest = monotime_add_us(monotime_now(), (int64_t)ms * 1000);
	if (!run->expired && monotime_diff_us(latest, run->deadline) < 0)
		run_deadline(run, ms);
}

/*
 * What a program started and left behind ends with it; before it is reaped,
 * for then its number could be that of another group.
 */
void
runs_reap(struct runs *r)
{
	struct run	*run, *next;
	siginfo_t	 si;
	int		 status;

	TAILQ_FOREACH_SAFE(run, &r->list, entry, next) {
		si.si_pid = 0;
		if (waitid(P_PID, run->pid, &si,
		    WEXITED | WNOHANG | WNOWAIT) == -1 || si.si_pid == 0)
			continue;
		run_kill(run);
		if (waitpid(run->pid, &status, 0) == run->pid)
			run_ended(run, status);
	}
}

/* The errno that kept it from becoming what it was to be, or 0. */
static int
run_error(const struct run *run)
{
	int	error;

	if (read(run->fd, &error, sizeof(error)) != sizeof(error) ||
	    error <= 0)
		return (0);
	return (error);
}

static void
run_ended(struct run *run, int status)
{
	struct msg_script_result	 result = { 0 };
	run_done			 done = run->done;
	void				*arg = run->arg;

	if ((result.error = run_error(run)) == 0) {
		if (run->expired)
			result.error = ETIMEDOUT;
		else if (WIFSIGNALED(status)) {
			result.signal = WTERMSIG(status);
			result.status = 128 + result.signal;
		} else
			result.status = WEXITSTATUS(status);
	}
	run_free(run);
	if (done != NULL)
		done(arg, &result);
}

static void
run_free(struct run *run)
{
	TAILQ_REMOVE(&run->runs->list, run, entry);
	event_free(run->ev_deadline);
	close(run->fd);
	free(run);
}
