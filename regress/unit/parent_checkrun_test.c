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

#include <bsd/unistd.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../imsg/log.h"
#include "../../imsg/monotime.h"
#include "../../parent/parent.h"
#include "../../parent/run.h"
#include "tap.h"

/*
 * Scripts of checks as the parent runs them: one at a time for a host, with
 * its environment, ended with their check, with hce and with lvsd.
 */

#define WAIT_US	(20 * 1000000LL)

static struct parent	 env;
static uint32_t		 next_id = 1;
static char		 dir[64];

static void	die(const char *);
static void	reap(int, short, void *);
static void	put(const char *, mode_t, const char *);
static int	lines(const char *);
static int	wait_lines(const char *, int);
static void	turn(void);
static void	load(int);
static const struct conf_host	*host(int);

static void
die(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(255);
}

static void
reap(int, short, void *)
{
	runs_reap(env.runs);
}

static void
put(const char *name, mode_t mode, const char *text)
{
	char	 path[128];
	FILE	*f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((f = fopen(path, "w")) == NULL || fputs(text, f) == EOF ||
	    fclose(f) == EOF || chmod(path, mode) == -1)
		die(path);
}

/* Lines of a file; 0: there is none. */
static int
lines(const char *name)
{
	char	 path[128];
	FILE	*f;
	int	 c, n = 0;

	snprintf(path, sizeof(path), "%s/out/%s", dir, name);
	if ((f = fopen(path, "r")) == NULL)
		return (0);
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return (n);
}

static void
turn(void)
{
	const struct timeval	 tv = { 0, 10000 };

	event_base_loopexit(env.base, &tv);
	event_base_dispatch(env.base);
}

static int
wait_lines(const char *name, int n)
{
	struct monotime	 begin = monotime_now();

	while (lines(name) < n &&
	    monotime_diff_us(monotime_now(), begin) < WAIT_US)
		turn();
	return (lines(name) == n);
}

static void
report(void *, const char *text)
{
	printf("# %s\n", text);
}

/* The configuration, with a check by a script or without it. */
static void
load(int script)
{
	struct conf	*c, *old = env.conf;
	char		 text[1024], path[128];

	snprintf(text, sizeof(text),
	    "table <web> { 127.0.0.1 weight 3, 127.0.0.2 }\n"
	    "script \"s\" { command \"%s/script one 'two three'\"\n"
	    "timeout 60s\ninterval 60s\n}\n"
	    "service \"www\" {\nlisten on 192.0.2.1 tcp port 80\n"
	    "forward to <web> port 8080 check %s\n}\n"
	    "vrrp \"VI\" on eth0 {\nvrid 1\naddress 192.0.2.1/24\n"
	    "track script \"s\"\n}\n",
	    dir, script ? "script s" : "tcp");
	put("conf", 0600, text);
	snprintf(path, sizeof(path), "%s/conf", dir);
	if ((c = conf_parse(path, NULL, 0, report, NULL)) == NULL)
		die("configuration");
	conf_assign_ids(c, old, &next_id);
	env.conf = c;
	check_runs_prune(&env, c);
	conf_free(old);
}

static const struct conf_host *
host(int n)
{
	return (&TAILQ_FIRST(&env.conf->tables)->hosts.host[n - 1]);
}

static void
run(int n, uint32_t request)
{
	check_run(&env, request, host(n)->table->check[0], host(n));
}

static void
test_run(void)
{
	run(1, 1);
	ok(wait_lines("begun.127.0.0.1", 1), "it runs");
	run(1, 2);
	run(2, 3);
	ok(wait_lines("begun.127.0.0.2", 1), "for another host too");
	is_int(lines("begun.127.0.0.1"), 1, "but for one not again");
	check_runs_end(env.check_runs);
	run(1, 4);
	ok(wait_lines("begun.127.0.0.1", 2), "without hce it ends");
	load(1);
	run(1, 5);
	run(2, 6);
	ok(wait_lines("begun.127.0.0.2", 2), "not by a reload");
	is_int(lines("begun.127.0.0.1"), 2, "nor is it run again after one");
	load(0);
	load(1);
	run(1, 7);
	ok(wait_lines("begun.127.0.0.1", 3), "it does with its check");
}

static void
test_env(void)
{
	char	 path[128], line[256] = "";
	FILE	*f;

	snprintf(path, sizeof(path), "%s/out/begun.127.0.0.1", dir);
	if ((f = fopen(path, "r")) == NULL ||
	    fgets(line, sizeof(line), f) == NULL)
		die(path);
	fclose(f);
	is_str(line, "8080 www web 3 2 one two three\n",
	    "its environment and arguments");
}

int
main(int argc, char **argv)
{
	struct event	*ev;
	char		 text[256], clean[128];

	if (argc > 2 && strcmp(argv[1], "-P") == 0)
		exec_main(argc, argv);
	if (geteuid() != 0) {
		printf("1..0 # SKIP only root runs scripts as others\n");
		return (0);
	}
	setproctitle_init(argc, argv, environ);
	snprintf(dir, sizeof(dir), "/run/lvsd-checkrun.%d", (int)getpid());
	snprintf(clean, sizeof(clean), "%s/out", dir);
	if (mkdir(dir, 0755) == -1 || mkdir(clean, 0777) == -1 ||
	    chmod(clean, 0777) == -1)
		die("directory");
	snprintf(text, sizeof(text), "#!/bin/sh\n"
	    "echo $LVSD_PORT $LVSD_SERVICE $LVSD_TABLE $LVSD_WEIGHT $# $* "
	    ">>%s/begun.$LVSD_HOST\nexec sleep 1000\n", clean);
	put("script", 0755, text);
	if ((env.base = event_base_new()) == NULL ||
	    (env.runs = runs_new(env.base)) == NULL ||
	    (env.check_runs = check_runs_new()) == NULL ||
	    (ev = evsignal_new(env.base, SIGCHLD, reap, NULL)) == NULL ||
	    event_add(ev, NULL) == -1)
		die("memory");
	load(1);
	test_run();
	test_env();
	check_runs_free(env.check_runs);
	runs_free(env.runs);
	conf_free(env.conf);
	event_free(ev);
	event_base_free(env.base);
	snprintf(text, sizeof(text), "%s/begun.127.0.0.1", clean);
	unlink(text);
	snprintf(text, sizeof(text), "%s/begun.127.0.0.2", clean);
	unlink(text);
	snprintf(text, sizeof(text), "%s/script", dir);
	unlink(text);
	snprintf(text, sizeof(text), "%s/conf", dir);
	unlink(text);
	ok(rmdir(clean) == 0 && rmdir(dir) == 0, "nothing is left behind");
	return (done_testing());
}
