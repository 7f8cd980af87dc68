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


#include <sys/mman.h>
#include <sys/prctl.h>

#include <bsd/stdlib.h>
#include <signal.h>

#include "../../regress/unit/hce_listen.h"
#include "../../regress/unit/hce_parent.h"
#include "serve.h"

/*
 * checks: many checks by hce's own code, of a responder on this machine.
 *
 *	checks tcp|http NUMBER INTERVAL-MS SECONDS [FILE]
 *
 * Prints, as words and numbers: checks that were to be made in so many seconds
 * and were, the least and the most of one host, resident kilobytes of hce at
 * its start, with the configuration and at the end, processor time of it for
 * one check in microseconds, user and system.  FILE gets the pid of hce as
 * soon as all are under way.
 */

#define TABLE		1000000000
#define CHECK		1000000001
#define WAIT_MS		60000

struct reading {
	uint64_t	 checks;	/* of all hosts */
	uint64_t	 bad;
	uint32_t	*host;		/* of each, by id */
	uint64_t	 user_us;
	uint64_t	 system_us;
	struct monotime	 at;
};

static pid_t	responder(struct listener *, int);
static void	configure(struct fake *, int, uint32_t, uint32_t, uint16_t);
static uint64_t	rss_kb(pid_t);
static void	cpu(pid_t, struct reading *);
static void	reading_take(struct fake *, uint32_t, struct reading *);
static void	run_for(struct fake *, int);
static void	report(const struct reading *, const struct reading *,
		    uint32_t, uint32_t);

static pid_t
responder(struct listener *l, int http)
{
	pid_t	 pid;

	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid != 0)
		return (pid);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	serve(l->fd, http);
}

static void
configure(struct fake *f, int http, uint32_t number, uint32_t interval,
    uint16_t port)
{
	struct code_range	 ok = { 200, 200 };
	struct fake_check	 c = { .conf = { .id = CHECK,
				    .type = http ? CHECK_HTTP : CHECK_TCP,
				    .interval_ms = interval,
				    .timeout_ms = interval, .rise = 1,
				    .fall = 3 } };
	char			 addr[ADDR_STRLEN];
	uint32_t		 i;

	if (http) {
		fake_item(&c, ITEM_PATH, "/health", strlen("/health"));
		fake_item(&c, ITEM_CODE, &ok, sizeof(ok));
	}
	fake_begin(f, 0);
	fake_check(f, &c);
	fake_table(f, TABLE, CHECK, "bench", port);
	for (i = 1; i <= number; i++) {
		snprintf(addr, sizeof(addr), "127.%u.%u.%u", 1 + i / 50000,
		    i / 250 % 200, i % 250 + 1);
		fake_host(f, i, TABLE, addr, 0);
	}
	if (fake_commit(f) == -1)
		errx(1, "hce did not commit");
}

static uint64_t
rss_kb(pid_t pid)
{
	char			 path[64], line[256];
	unsigned long long	 kb = 0;
	FILE			*fp;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((fp = fopen(path, "r")) == NULL)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), fp) != NULL)
		if (sscanf(line, "VmRSS: %llu", &kb) == 1)
			break;
	fclose(fp);
	return (kb);
}

static void
cpu(pid_t pid, struct reading *r)
{
	char			 path[64];
	unsigned long long	 user = 0, system = 0;
	FILE			*fp;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if ((fp = fopen(path, "r")) == NULL)
		err(1, "%s", path);
	/* proc_pid_stat(5): fields 14 and 15; the name has no blanks. */
	if (fscanf(fp, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
	    "%llu %llu", &user, &system) != 2)
		errx(1, "%s", path);
	fclose(fp);
	r->user_us = user * 1000000 / sysconf(_SC_CLK_TCK);
	r->system_us = system * 1000000 / sysconf(_SC_CLK_TCK);
}

static void
reading_take(struct fake *f, uint32_t number, struct reading *r)
{
	struct fake_msg	 m;

	memset(r, 0, sizeof(*r));
	if ((r->host = calloc(number + 1, sizeof(*r->host))) == NULL)
		err(1, "calloc");
	cpu(f->pid, r);
	r->at = monotime_now();
	fake_send(f, PROC_LBE, MSG_HOST_STATS_GET, 1, -1, NULL, 0);
	for (;;) {
		switch (fake_get(f, &m)) {
		case -1:
			errx(1, "hce has gone");
		case 0:
			fake_poll(f, -1, 100);
			continue;
		}
		if (m.type == MSG_HOST_STATS_END)
			return;
		if (m.type != MSG_HOST_STATS || m.id > number)
			continue;
		r->host[m.id] = m.status.checks;
		r->checks += m.status.checks;
		r->bad += m.status.checks - m.status.checks_up;
	}
}

static void
run_for(struct fake *f, int seconds)
{
	struct monotime	 end;
	struct fake_msg	 m;

	end = monotime_add_us(monotime_now(), seconds * 1000000LL);
	while (monotime_diff_us(end, monotime_now()) > 0) {
		while (fake_get(f, &m) == 1)
			continue;
		fake_poll(f, -1, 100);
	}
}

static void
report(const struct reading *a, const struct reading *b, uint32_t number,
    uint32_t interval)
{
	int64_t		 us = monotime_diff_us(b->at, a->at);
	uint64_t	 made = b->checks - a->checks;
	uint32_t	 i, n, least = UINT32_MAX, most = 0;

	for (i = 1; i <= number; i++) {
		n = b->host[i] - a->host[i];
		least = n < least ? n : least;
		most = n > most ? n : most;
	}
	printf("wanted %.0f\nmade %ju\nbad %ju\n",
	    (double)number * us / 1000 / interval, (uintmax_t)made,
	    (uintmax_t)(b->bad - a->bad));
	printf("seconds %.3f\nleast %u\nmost %u\n", us / 1e6, least, most);
	printf("user %.2f\nsystem %.2f\n",
	    (double)(b->user_us - a->user_us) / made,
	    (double)(b->system_us - a->system_us) / made);
}

int
main(int argc, char *argv[])
{
	struct listener	 l = listener_open();
	struct reading	 a, b;
	struct fake	 f;
	struct fake_msg	 m;
	uint32_t	 number, interval;
	uint64_t	 start, conf;
	pid_t		 pid;
	FILE		*fp;
	int		 http;

	if (argc < 5)
		errx(2, "usage: checks tcp|http number interval-ms seconds "
		    "[file]");
	http = strcmp(argv[1], "http") == 0;
	number = strtonum(argv[2], 1, 1000000, NULL);
	interval = strtonum(argv[3], CHECK_MS_MIN, CHECK_MS_MAX, NULL);
	pid = responder(&l, http);
	fake_start(&f, NULL);
	fake_link(&f, PROC_LBE);
	fake_send(&f, PROC_LBE, MSG_HOST_KNOWN_END, 0, -1, NULL, 0);
	fake_begin(&f, 0);
	if (fake_commit(&f) == -1 ||
	    fake_wait(&f, MSG_HOST_SYNC, &m, WAIT_MS) == -1)
		errx(1, "hce does not start");
	start = rss_kb(f.pid);
	configure(&f, http, number, interval, l.port);
	conf = rss_kb(f.pid);
	/* Until each has been checked twice. */
	run_for(&f, interval * 2 / 1000 + 1);
	if (argc > 5) {
		if ((fp = fopen(argv[5], "w")) == NULL)
			err(1, "%s", argv[5]);
		fprintf(fp, "%d\n", (int)f.pid);
		fclose(fp);
	}
	reading_take(&f, number, &a);
	run_for(&f, strtonum(argv[4], 1, 3600, NULL));
	reading_take(&f, number, &b);
	report(&a, &b, number, interval);
	printf("start_kb %ju\nconf_kb %ju\nend_kb %ju\n", (uintmax_t)start,
	    (uintmax_t)conf, (uintmax_t)rss_kb(f.pid));
	kill(pid, SIGKILL);
	return (fake_stop(&f));
}
