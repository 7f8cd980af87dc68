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

#include <bsd/stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

/*
 * Between the parent and a program that it runs: a process of its own that
 * gives up all that was the parent's, and becomes the program.  What it is
 * told comes from the parent alone.
 */

/* Where the command line has what. */
#define ARG_UID		3
#define ARG_GID		4
#define ARG_GROUPS	5
#define ARG_PROGRAM	6

static void	exec_fail(int) __attribute__((__noreturn__));
static id_t	exec_id(const char *);
static void	exec_user(char **);
static void	exec_defaults(void);

static void
exec_fail(int error)
{
	if (write(EXEC_ERROR_FD, &error, sizeof(error)) == -1)
		_exit(EXEC_NOEXEC);
	_exit(EXEC_NOEXEC);
}

static id_t
exec_id(const char *text)
{
	const char	*errstr;
	id_t		 id;

	id = strtonum(text, 0, UINT_MAX - 1, &errstr);
	if (errstr != NULL)
		exec_fail(EINVAL);
	return (id);
}

static void
exec_user(char **argv)
{
	gid_t	 groups[RUN_GROUPS], gid;
	uid_t	 uid;
	size_t	 n = 0;
	char	*list = argv[ARG_GROUPS], *one;

	uid = exec_id(argv[ARG_UID]);
	gid = exec_id(argv[ARG_GID]);
	while ((one = strsep(&list, ",")) != NULL && n < RUN_GROUPS)
		groups[n++] = exec_id(one);
	if (setgroups(n, groups) == -1 ||
	    setresgid(gid, gid, gid) == -1 ||
	    setresuid(uid, uid, uid) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		exec_fail(errno);
}

/* What the parent may have got from who started it, or set for itself. */
static void
exec_defaults(void)
{
	const struct sched_param	 normal = { 0 };
	const struct rlimit		 nocore = { 0, 0 };
	sigset_t			 none;
	int				 sig;

	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (sched_getscheduler(0) != SCHED_OTHER &&
	    sched_setscheduler(0, SCHED_OTHER, &normal) == -1)
		exec_fail(errno);
	if (setrlimit(RLIMIT_CORE, &nocore) == -1 || chdir("/") == -1)
		exec_fail(errno);
}

void
exec_main(int argc, char **argv)
{
	if (argc <= ARG_PROGRAM ||
	    fcntl(EXEC_ERROR_FD, F_SETFD, FD_CLOEXEC) == -1)
		_exit(EXEC_NOEXEC);
	exec_defaults();
	exec_user(argv);
	execve(argv[ARG_PROGRAM], argv + ARG_PROGRAM, environ);
	exec_fail(errno);
}
