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
#include <sys/resource.h>
#include <sys/wait.h>

#include <bsd/stdlib.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "table.h"
#include "tree.h"

/*
 * The stopwatch of lab/bench.  What it prints are numbers, microseconds and
 * kilobytes, in one line.
 *
 * watch start SERVICES DESTS INPUT OUTPUT COMMAND...
 *	Starts the command and waits until the kernel's table is of this
 *	size; the command goes on if it is a daemon.  Prints its pid, the
 *	time since its start, the CPU time of it and all its children, their
 *	number, resident memory and proportional share of memory.
 * watch act PID COMMAND...
 *	Waits until process PID and its children are at rest, runs the
 *	command, and waits until they are at rest again.  Prints the time the
 *	command took, the time until the last sign of work, the CPU time of
 *	the processes and of the command.  Fails as the command does.
 * watch once OUTPUT COMMAND...
 *	Runs the command to its end.  Prints the time and CPU time it took.
 * watch rest PID SECONDS
 *	Prints the CPU time the processes take in so many seconds.
 * watch table
 *	Prints the number of services and of destinations in the kernel.
 */

/* How often the kernel is asked: this is how exact the times are. */
#define POLL_US		1000
/* How often it is looked whether processes work. */
#define LOOK_US		20000
/* They rest when they have taken this little in this time. */
#define REST_US		400000
#define REST_CPU_US	10000
/*
 * lvsd looks every five seconds whether its table is still in order.  To work
 * just after that, it is waited for this long.
 */
#define BUSY_US		6000000
/* Longest wait for a table to be filled or processes to rest. */
#define LIMIT_US	600000000

static void	start(char **);
static void	act(char **);
static void	once(char **);
static void	rest(char **);
static pid_t	run(char **, const char *, const char *);
static int64_t	settle(pid_t, int64_t);
static void	await_work(pid_t);
static int64_t	now_us(void);
static void	nap(int64_t);
static unsigned int number(const char *);

int
main(int argc, char **argv)
{
	struct table	t;

	if (argc > 6 && strcmp(argv[1], "start") == 0)
		start(argv + 2);
	else if (argc > 3 && strcmp(argv[1], "act") == 0)
		act(argv + 2);
	else if (argc > 3 && strcmp(argv[1], "once") == 0)
		once(argv + 2);
	else if (argc == 4 && strcmp(argv[1], "rest") == 0)
		rest(argv + 2);
	else if (argc == 2 && strcmp(argv[1], "table") == 0) {
		if (table_size(table_socket(), 0, &t) == -1)
			err(1, "the kernel's table");
		printf("%u %u\n", t.services, t.dests);
	} else
		errx(1, "usage: watch start|act|once|rest|table argument ...");
	return (0);
}

static unsigned int
number(const char *s)
{
	const char	*error;
	unsigned int	 n;

	n = strtonum(s, 0, INT32_MAX, &error);
	if (error != NULL)
		errx(1, "%s: number %s", s, error);
	return (n);
}

static void
start(char **argv)
{
	unsigned int	 services = number(argv[0]), dests = number(argv[1]);
	struct table	 t = { 0, 0 };
	struct tree	 tree;
	siginfo_t	 si;
	int64_t		 begin, took;
	pid_t		 pid;
	int		 fd = table_socket(), ended = 0;

	begin = now_us();
	pid = run(argv + 4, argv[2], argv[3]);
	for (;;) {
		if (table_size(fd, services, &t) == -1)
			err(1, "the kernel's table");
		took = now_us() - begin;
		if (t.services == services && t.dests == dests)
			break;
		if (ended || took > LIMIT_US)
			errx(1, "%s: %u services and %u real servers in the "
			    "kernel, not %u and %u", argv[4], t.services,
			    t.dests, services, dests);
		si.si_pid = 0;
		/* It is not reaped: then its CPU time would be gone. */
		if (waitid(P_PID, pid, &si, WEXITED | WNOHANG | WNOWAIT) == -1)
			err(1, "waitid");
		ended = si.si_pid == pid;
		if (!ended)
			nap(POLL_US);
	}
	tree_read(pid, &tree, 1);
	printf("%d %lld %lld %u %llu %llu\n", (int)pid, (long long)took,
	    (long long)tree.cpu_us, tree.n, (unsigned long long)tree.rss_kb,
	    (unsigned long long)tree.pss_kb);
	close(fd);
}

static void
act(char **argv)
{
	pid_t		 watched = number(argv[0]), pid;
	struct tree	 before, after;
	struct timespec	 ts;
	clockid_t	 clock;
	siginfo_t	 si;
	int64_t		 begin, took, last, own = 0;
	int		 status;

	await_work(watched);
	settle(watched, now_us());
	tree_read(watched, &before, 0);
	begin = now_us();
	pid = run(argv + 1, "/dev/null", NULL);
	if (waitid(P_PID, pid, &si, WEXITED | WNOWAIT) == -1)
		err(1, "waitid");
	took = now_us() - begin;
	if (clock_getcpuclockid(pid, &clock) == 0 &&
	    clock_gettime(clock, &ts) == 0)
		own = ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
	if (waitpid(pid, &status, 0) == -1)
		err(1, "waitpid");
	last = settle(watched, begin);
	tree_read(watched, &after, 0);
	printf("%lld %lld %lld %lld\n", (long long)took,
	    (long long)(last > took ? last : took),
	    (long long)(after.cpu_us - before.cpu_us), (long long)own);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		exit(1);
}

static void
once(char **argv)
{
	struct rusage	ru;
	int64_t		begin = now_us();
	pid_t		pid;
	int		status;

	pid = run(argv + 1, "/dev/null", argv[0]);
	if (wait4(pid, &status, 0, &ru) == -1)
		err(1, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		exit(1);
	printf("%lld %lld\n", (long long)(now_us() - begin),
	    (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000000LL +
	    ru.ru_utime.tv_usec + ru.ru_stime.tv_usec);
}

static void
rest(char **argv)
{
	struct tree	before, after;
	pid_t		pid = number(argv[0]);

	tree_read(pid, &before, 0);
	nap(number(argv[1]) * 1000000LL);
	tree_read(pid, &after, 0);
	printf("%lld\n", (long long)(after.cpu_us - before.cpu_us));
}

static pid_t
run(char **argv, const char *input, const char *output)
{
	pid_t	pid;
	int	fd;

	switch (pid = fork()) {
	case -1:
		err(1, "fork");
	case 0:
		if ((fd = open(input, O_RDONLY | O_CLOEXEC)) == -1 ||
		    dup2(fd, STDIN_FILENO) == -1)
			err(1, "%s", input);
		if (output == NULL)
			fd = dup(STDERR_FILENO);
		else
			fd = open(output, O_WRONLY | O_CREAT | O_APPEND |
			    O_CLOEXEC, 0644);
		if (fd == -1 || dup2(fd, STDOUT_FILENO) == -1 ||
		    dup2(fd, STDERR_FILENO) == -1)
			err(1, "%s", output != NULL ? output : "output");
		execvp(argv[0], argv);
		err(1, "%s", argv[0]);
	}
	return (pid);
}

/* The time from begin to the last sign of work before the processes rested. */
static int64_t
settle(pid_t pid, int64_t begin)
{
	struct tree	t;
	int64_t		now, last = now_us(), cpu;

	tree_read(pid, &t, 0);
	cpu = t.cpu_us;
	for (now = last; now - last < REST_US; now = now_us()) {
		if (now - begin > LIMIT_US)
			errx(1, "process %d does not come to rest", (int)pid);
		nap(LOOK_US);
		tree_read(pid, &t, 0);
		if (t.cpu_us - cpu <= REST_CPU_US)
			continue;
		cpu = t.cpu_us;
		last = now_us();
	}
	return (last - begin);
}

static void
await_work(pid_t pid)
{
	struct tree	t;
	int64_t		begin = now_us(), cpu;

	tree_read(pid, &t, 0);
	cpu = t.cpu_us;
	while (now_us() - begin < BUSY_US && t.cpu_us - cpu <= REST_CPU_US) {
		nap(LOOK_US);
		tree_read(pid, &t, 0);
	}
}

static int64_t
now_us(void)
{
	struct timespec	ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000000LL + ts.tv_nsec / 1000);
}

static void
nap(int64_t us)
{
	struct timespec	ts = { us / 1000000, us % 1000000 * 1000 };

	while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
		continue;
}
