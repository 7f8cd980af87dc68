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
 * Programs that run, found in a directory that is made like /proc.  The
 * processes in it are real ones, whose ends are told by the kernel.
 */

#include <sys/types.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <bsd/string.h>
#include <event2/event.h>
#include <signal.h>
#include <unistd.h>

#include "../../conf/conf.h"
#include "../../imsg/monotime.h"
#include "../../imsg/msg.h"
#include "../../parent/track.h"
#include "tap.h"

#define WAIT_MS		10000		/* for what must come */
#define MANY		1200		/* more than a slice, or two */
#define LONG_NAME	"a-name-longer-than-15-bytes"

static char			 dir[] = "/tmp/track_test.XXXXXX";
static struct event_base	*base;
static struct track_processes	*all;
static struct msg_track		 last[8];	/* by id */
static int			 told[8];

static void	die(const char *) __attribute__((__noreturn__));
static void	heard(void *, uint32_t, const struct msg_track *);
static void	nothing(int, short, void *);
static void	turn(int);
static int	becomes(uint32_t, uint32_t, int);
static int	remains(uint32_t, int, int);
static void	put(const char *, const char *, const void *, size_t);
static void	entry(pid_t, const char *, char, const void *, size_t);
static void	entry_gone(const char *);
static pid_t	child(void);
static void	child_ends(pid_t);
static void	want(const char *, int, const char *, int);
static void	test_one(void);
static void	test_renamed(void);
static void	test_quorum(void);
static void	test_long(void);
static void	test_none(void);
static void	test_many(void);
static void	test_reload(void);

static void
die(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(255);
}

static void
heard(void *, uint32_t id, const struct msg_track *m)
{
	if (id >= sizeof(last) / sizeof(last[0]))
		die("an id of nobody");
	last[id] = *m;
	told[id]++;
}

static void
nothing(int, short, void *)
{
}

/* Let it work until something has happened, or so long. */
static void
turn(int ms)
{
	struct event	*ev = evtimer_new(base, nothing, NULL);
	struct timeval	 tv = us_to_timeval(ms * 1000);

	if (ev == NULL || evtimer_add(ev, &tv) == -1 ||
	    event_base_loop(base, EVLOOP_ONCE) == -1)
		die("event_base_loop");
	event_free(ev);
}

static int
becomes(uint32_t id, uint32_t ok, int value)
{
	struct monotime	end = monotime_add_us(monotime_now(),
			    WAIT_MS * 1000LL);

	while (last[id].ok != ok || last[id].value != value) {
		if (monotime_diff_us(end, monotime_now()) <= 0)
			return (0);
		turn(50);
	}
	return (1);
}

/* Nothing is told of it for so long. */
static int
remains(uint32_t id, int before, int ms)
{
	struct monotime	end = monotime_add_us(monotime_now(), ms * 1000LL);

	while (monotime_diff_us(end, monotime_now()) > 0)
		turn(50);
	return (told[id] == before);
}

static void
put(const char *pid, const char *file, const void *data, size_t len)
{
	char	 path[128];
	FILE	*f;

	snprintf(path, sizeof(path), "%s/%s", dir, pid);
	(void)mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", dir, pid, file);
	if ((f = fopen(path, "w")) == NULL || fwrite(data, 1, len, f) != len ||
	    fclose(f) != 0)
		die(path);
}

/* As the kernel would show a process of this name and state. */
static void
entry(pid_t pid, const char *name, char state, const void *cmdline,
    size_t len)
{
	char	number[16], comm[17], stat[64];

	snprintf(number, sizeof(number), "%d", (int)pid);
	snprintf(comm, sizeof(comm), "%.15s\n", name);
	snprintf(stat, sizeof(stat), "%d (%.15s) %c 1 2 3\n", (int)pid, name,
	    state);
	put(number, "cmdline", cmdline, len);
	put(number, "stat", stat, strlen(stat));
	put(number, "comm", comm, strlen(comm));
}

static void
entry_gone(const char *pid)
{
	static const char *const files[] = { "comm", "stat", "cmdline" };
	char	 path[128];
	size_t	 i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", dir, pid, files[i]);
		(void)unlink(path);
	}
	snprintf(path, sizeof(path), "%s/%s", dir, pid);
	if (rmdir(path) == -1)
		die(path);
}

static pid_t
child(void)
{
	pid_t	pid;

	fflush(stdout);
	if ((pid = fork()) == -1)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return (pid);
}

/* With its entry, as all of a process goes. */
static void
child_ends(pid_t pid)
{
	char	number[16];

	snprintf(number, sizeof(number), "%d", (int)pid);
	entry_gone(number);
	kill(pid, SIGKILL);
	if (waitpid(pid, NULL, 0) != pid)
		die("waitpid");
}

/* Track these two, of ids 1 and 2; NULL: none. */
static void
want(const char *one, int quorum1, const char *two, int quorum2)
{
	const char		*names[] = { one, two };
	int			 quorums[] = { quorum1, quorum2 };
	struct conf		*c;
	struct conf_process	*p;
	int			 i;

	if ((c = conf_new()) == NULL)
		die("conf_new");
	for (i = 0; i < 2; i++) {
		if (names[i] == NULL)
			continue;
		if ((p = calloc(1, sizeof(*p))) == NULL)
			die("calloc");
		p->id = i + 1;
		p->quorum = quorums[i];
		strlcpy(p->name, names[i], sizeof(p->name));
		TAILQ_INSERT_TAIL(&c->processes, p, entry);
	}
	track_processes_set(all, c);
	conf_free(c);
	track_processes_tell(all);
}

static void
test_one(void)
{
	struct monotime	t;
	pid_t		a, b;
	int		n;

	a = child();
	b = child();
	entry(b, "other", 'S', "/usr/sbin/haproxy", 18);
	want("haproxy", 1, NULL, 0);
	ok(told[1] == 1 && last[1].ok == 0 && last[1].value == 0,
	    "there is none: told at once");
	entry(a, "haproxy", 'S', "", 0);
	ok(becomes(1, 1, 1), "it starts, and is found");
	n = told[1];
	ok(remains(1, n, 1500), "that is told once");
	t = monotime_now();
	child_ends(a);
	ok(becomes(1, 0, 0), "it ends, and is missed");
	ok(monotime_diff_us(monotime_now(), t) < 900000, "without a search");

	a = child();
	entry(a, "haproxy", 'S', "", 0);
	ok(becomes(1, 1, 1), "it starts again");
	entry(b, "haproxy", 'R', "", 0);
	ok(remains(1, told[1], 1500), "with another of its name");
	n = told[1];
	child_ends(a);
	ok(remains(1, n, 500), "one ends: the other is enough");
	child_ends(b);
	ok(becomes(1, 0, 0), "both have ended");
}

/* A child of it that is about to become something else. */
static void
test_renamed(void)
{
	pid_t	a = child();

	want(NULL, 0, NULL, 0);
	entry(a, "haproxy", 'S', "", 0);
	want("haproxy", 1, NULL, 0);
	is_int(last[1].ok, 1, "it is taken for what it seems");
	entry(a, "sleep", 'S', "", 0);
	ok(becomes(1, 0, 0), "until its name is another");
	entry(a, "haproxy", 'S', "", 0);
	ok(becomes(1, 1, 1), "and it is again");
	remains(1, told[1], 2500);
	entry(a, "sleep", 'S', "", 0);
	ok(remains(1, told[1], 1500), "who keeps it a while is not asked any "
	    "more");
	child_ends(a);
	ok(becomes(1, 0, 0), "but noticed to end");
}

static void
test_quorum(void)
{
	pid_t	a = child(), b = child(), c = child();

	want(NULL, 0, NULL, 0);
	entry(a, "web", 'S', "", 0);
	want("web", 1, "web", 2);
	ok(last[1].ok == 1 && last[2].ok == 0 && last[2].value == 1,
	    "one is enough for one, and too few for another");
	entry(b, "web", 'S', "", 0);
	ok(becomes(2, 1, 2), "two are enough");
	entry(c, "web", 'S', "", 0);
	child_ends(a);
	child_ends(b);
	ok(becomes(2, 0, 1) && last[1].ok == 1, "two of three have ended");
	child_ends(c);
	ok(becomes(2, 0, 0) && becomes(1, 0, 0), "all have");
}

static void
test_long(void)
{
	static const char	path[] = "/opt/bin/" LONG_NAME "\0-a/b\0";
	static const char	plain[] = LONG_NAME;
	static const char	other[] = "/opt/bin/a-name-longer-than\0";
	pid_t			a = child();

	want(NULL, 0, NULL, 0);
	entry(a, LONG_NAME, 'S', other, sizeof(other) - 1);
	want(LONG_NAME, 1, NULL, 0);
	is_int(last[1].ok, 0, "the kernel's part of a name is not enough");
	entry(a, LONG_NAME, 'S', path, sizeof(path) - 1);
	ok(becomes(1, 1, 1), "a long name, by its path");
	child_ends(a);
	ok(becomes(1, 0, 0), "ends");
	a = child();
	entry(a, "else", 'S', plain, sizeof(plain));
	ok(becomes(1, 1, 1), "or without one");
	child_ends(a);
	ok(becomes(1, 0, 0), "ends");
	a = child();
	entry(a, LONG_NAME, 'S', "", 0);
	ok(remains(1, told[1], 1500), "one that does not say how it was "
	    "started is not found");
	child_ends(a);
}

/* What is no process, or none any more. */
static void
test_none(void)
{
	pid_t	a = child();

	want(NULL, 0, NULL, 0);
	put("self", "comm", "haproxy\n", 8);
	put("self", "stat", "1 (haproxy) S 1\n", 16);
	put("0", "comm", "haproxy\n", 8);
	put("99999999999999999999", "comm", "haproxy\n", 8);
	put("12a", "comm", "haproxy\n", 8);
	put("1", "comm", "", 0);
	put("2147483647", "comm", "haproxy\n", 8);
	put("2147483647", "stat", "1 (haproxy) S 1\n", 16);
	entry(a, "haproxy", 'Z', "", 0);
	want("haproxy", 1, NULL, 0);
	is_int(last[1].ok, 0, "none of these runs");
	ok(remains(1, told[1], 1500), "nor a second later");
	put("2147483646", "comm", "haproxy\n", 8);
	put("2147483646", "stat", "1 (haproxy", 10);
	ok(remains(1, told[1], 1500), "nor one of no state");
	child_ends(a);
	entry_gone("self");
	entry_gone("0");
	entry_gone("99999999999999999999");
	entry_gone("12a");
	entry_gone("1");
	entry_gone("2147483647");
	entry_gone("2147483646");
}

/* More than are looked at in one go. */
static void
test_many(void)
{
	char	number[16];
	pid_t	a = child();
	int	i;

	want("haproxy", 1, NULL, 0);
	for (i = 0; i < MANY; i++) {
		snprintf(number, sizeof(number), "%d", 1000000000 + i);
		put(number, "comm", "other\n", 6);
		/* In whatever order they are read, not among the first. */
		if (i == MANY / 2)
			entry(a, "haproxy", 'S', "", 0);
	}
	ok(becomes(1, 1, 1), "one of many is found");
	child_ends(a);
	ok(becomes(1, 0, 0), "and missed");
	for (i = 0; i < MANY; i++) {
		snprintf(number, sizeof(number), "%d", 1000000000 + i);
		entry_gone(number);
	}
}

static void
test_reload(void)
{
	pid_t	a = child();
	int	n;

	want(NULL, 0, NULL, 0);
	entry(a, "haproxy", 'S', "", 0);
	want("haproxy", 1, NULL, 0);
	is_int(last[1].ok, 1, "it runs");
	entry(a, "sleep", 'S', "", 0);
	n = told[1];
	want("haproxy", 1, "none", 1);
	ok(told[1] == n + 1 && last[1].ok == 1,
	    "what stays is not looked for again");
	is_int(last[2].ok, 0, "what is new is");
	want(NULL, 0, "none", 1);
	n = told[1];
	child_ends(a);
	ok(remains(1, n, 300), "what is not tracked any more is not told of");
	want(NULL, 0, NULL, 0);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL || (base = event_base_new()) == NULL ||
	    (all = track_processes_new(base, dir, heard, NULL)) == NULL)
		die("setup");
	test_one();
	test_renamed();
	test_quorum();
	test_long();
	test_none();
	test_many();
	test_reload();
	track_processes_free(all);
	event_base_free(base);
	(void)rmdir(dir);
	return (done_testing());
}
