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

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/log.h"
#include "module.h"

/* The kernel names its modprobe(8) here, see proc_sys_kernel(5). */
#define MODPROBE_NAME	"/proc/sys/kernel/modprobe"
#define MODPROBE	"/sbin/modprobe"
/* A module that is not there in this time is not waited for. */
#define MODPROBE_MS	10000

static int	module_there(const char *);
static void	module_path(char *, size_t);
static void	module_exec(const char *, const char *)
		    __attribute__((__noreturn__));
static int	module_wait(pid_t, int *);

int
module_load(const char *name)
{
	char	path[PATH_MAX];
	pid_t	pid;
	int	status;

	if (module_there(name))
		return (0);
	module_path(path, sizeof(path));
	/* The parent may be large; its pages need not be copied for this. */
	switch (pid = vfork()) {
	case -1:
		log_warn("modprobe %s: fork", name);
		return (-1);
	case 0:
		module_exec(path, name);
	}
	if (module_wait(pid, &status) == -1) {
		log_warnx("%s %s: not done after %d s, ended", path, name,
		    MODPROBE_MS / 1000);
		return (-1);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		log_debug("%s %s: failed", path, name);
		return (-1);
	}
	return (0);
}

static int
module_there(const char *name)
{
	struct stat	st;
	char		path[PATH_MAX];
	int		n;

	n = snprintf(path, sizeof(path), "/sys/module/%s", name);
	return (n > 0 && (size_t)n < sizeof(path) && stat(path, &st) == 0);
}

static void
module_path(char *path, size_t size)
{
	ssize_t	n = -1;
	int	fd;

	if ((fd = open(MODPROBE_NAME, O_RDONLY | O_CLOEXEC)) != -1) {
		n = read(fd, path, size - 1);
		close(fd);
	}
	if (n > 0) {
		path[n] = '\0';
		path[strcspn(path, "\n")] = '\0';
	}
	/* Empty means that the kernel shall load nothing: ask all the same. */
	if (n <= 0 || path[0] != '/')
		(void)snprintf(path, size, "%s", MODPROBE);
}

static void
module_exec(const char *path, const char *name)
{
	char	*argv[] = { (char *)path, "-q", "--", (char *)name, NULL };
	char	*envp[] = { NULL };
	sigset_t none;
	int	 fd;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if ((fd = open("/dev/null", O_RDWR)) != -1) {
		dup2(fd, STDIN_FILENO);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	(void)syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
	execve(path, argv, envp);
	_exit(127);
}

/*
 * Reap the child, at the latest after MODPROBE_MS: then -1.  Linux before 5.3
 * has no pidfd_open(2), there it takes the time it takes.
 */
static int
module_wait(pid_t pid, int *status)
{
	struct pollfd	pfd;
	int		n = 1;

	pfd.fd = syscall(SYS_pidfd_open, pid, 0);
	pfd.events = POLLIN;
	if (pfd.fd != -1) {
		while ((n = poll(&pfd, 1, MODPROBE_MS)) == -1 &&
		    errno == EINTR)
			continue;
		close(pfd.fd);
	}
	if (n != 1)
		kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) == -1)
		if (errno != EINTR)
			return (-1);
	return (n == 1 ? 0 : -1);
}
