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
 * Drives the IPVS side of the parent by commands on standard input, for
 * tests that look at the kernel's table with other eyes meanwhile:
 *
 *	conf FILE		this configuration runs now
 *	adopted			how many destinations of ours are there
 *	all			want every service with its primary pool
 *	none			forget all wishes
 *	service NAME 0|1	want it or not
 *	host NAME ADDR WEIGHT	want it so; -1: not
 *	commit			make it so, and tell the outcome
 *	verify			read and repair
 *	memory			kilobytes resident
 *
 * Each answer ends with a line that is a dot.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "../../conf/conf.h"
#include "../../imsg/log.h"
#include "../../imsg/monotime.h"
#include "../../parent/ipvs_state.h"

struct drive {
	struct event_base	*base;
	struct ipvs		*ipvs;
	struct conf		*conf;
	uint32_t		 next_id;
	uint32_t		 batch;		/* last that was through */
	unsigned int		 count;
};

static void	drive_error(void *, uint32_t, uint32_t, int, const char *);
static void	drive_done(void *, uint32_t, const struct msg_result *);
static void	drive_fewer(void *);
static void	drive_adopted(void *, uint32_t, uint32_t, int32_t);
static void	drive_report(void *, const char *);
static void	drive_conf(struct drive *, const char *);
static void	drive_all(struct drive *);
static void	drive_service(struct drive *, const char *, int);
static void	drive_host(struct drive *, const char *, const char *, int);
static void	drive_commit(struct drive *);
static void	drive_verify(struct drive *);
static void	drive_memory(void);
static void	drive_line(struct drive *, char *);

static void
drive_error(void *, uint32_t listen, uint32_t host, int error,
    const char *text)
{
	printf("%s %s %s: %s\n", error != 0 ? "error" : "accepted",
	    listen != 0 ? "listen" : "-", host != 0 ? "host" : "-", text);
}

static void
drive_done(void *arg, uint32_t number, const struct msg_result *r)
{
	struct drive	*d = arg;

	d->batch = number;
	printf("done %u refused %u error %s\n", r->done, r->failed,
	    r->error == 0 ? "none" : strerror(r->error));
}

static void
drive_fewer(void *)
{
}

static void
drive_adopted(void *arg, uint32_t listen, uint32_t host, int32_t weight)
{
	struct drive	*d = arg;

	if (listen == 0 || host == 0 || weight < 0 || weight > WEIGHT_MAX)
		printf("adopted nonsense\n");
	d->count++;
}

static void
drive_report(void *, const char *text)
{
	printf("%s\n", text);
}

static void
drive_conf(struct drive *d, const char *path)
{
	struct conf_macros	 macros;
	struct conf		*conf;

	TAILQ_INIT(&macros);
	if ((conf = conf_parse(path, &macros, 0, drive_report, NULL)) == NULL)
		return;
	conf_assign_ids(conf, d->conf, &d->next_id);
	ipvs_set_conf(d->ipvs, conf);
	conf_free(d->conf);
	d->conf = conf;
}

static void
drive_all(struct drive *d)
{
	struct conf_service	*s;
	struct conf_listen	*l;
	struct conf_host	*h;
	int			 bad = 0;

	TAILQ_FOREACH(s, &d->conf->services, entry) {
		TAILQ_FOREACH(l, &s->listens, entry) {
			bad += ipvs_want_service(d->ipvs, l->conf.id, 1) != 0;
			CONF_HOSTS_FOREACH(h,
			    &s->pool[POOL_PRIMARY].table->hosts)
				bad += ipvs_want_dest(d->ipvs, l->conf.id,
				    h->id, h->weight) != 0;
		}
	}
	if (bad)
		printf("%d wishes not taken\n", bad);
	if (ipvs_want_service(d->ipvs, UINT32_MAX, 1) != -1 ||
	    ipvs_want_dest(d->ipvs, UINT32_MAX, 1, 1) != -1)
		printf("wishes of no meaning taken\n");
}

static void
drive_service(struct drive *d, const char *name, int on)
{
	struct conf_service	*s;
	struct conf_listen	*l;

	TAILQ_FOREACH(s, &d->conf->services, entry) {
		if (strcmp(s->name, name) != 0)
			continue;
		TAILQ_FOREACH(l, &s->listens, entry)
			if (ipvs_want_service(d->ipvs, l->conf.id, on) == -1)
				printf("wish not taken\n");
	}
}

static void
drive_host(struct drive *d, const char *name, const char *addr, int weight)
{
	struct conf_service	*s;
	struct conf_listen	*l;
	struct conf_host	*h;
	char			 buf[ADDR_STRLEN];
	int			 i;

	TAILQ_FOREACH(s, &d->conf->services, entry) {
		if (strcmp(s->name, name) != 0)
			continue;
		for (i = 0; i < POOL_MAX; i++) {
			if (s->pool[i].table == NULL)
				continue;
			CONF_HOSTS_FOREACH(h, &s->pool[i].table->hosts) {
				if (strcmp(addr_str(&h->addr, buf),
				    addr) != 0)
					continue;
				TAILQ_FOREACH(l, &s->listens, entry)
					if (ipvs_want_dest(d->ipvs,
					    l->conf.id, h->id,
					    weight) == -1)
						printf("wish not taken\n");
				return;
			}
		}
	}
	printf("no such host\n");
}

static void
drive_commit(struct drive *d)
{
	struct monotime	start = monotime_now();
	uint32_t	number = d->batch + 1;
	unsigned int	turns = 0;

	ipvs_commit(d->ipvs, number);
	for (; d->batch != number; turns++)
		event_base_loop(d->base, EVLOOP_ONCE);
	printf("took %.3f s in %u turns\n",
	    monotime_diff_us(monotime_now(), start) / 1e6, turns);
}

static void
drive_verify(struct drive *d)
{
	struct monotime	start = monotime_now();
	unsigned int	turns = 0;

	printf("verify %d\n", ipvs_verify(d->ipvs));
	for (; d->ipvs->verifying || !TAILQ_EMPTY(&d->ipvs->queue); turns++)
		event_base_loop(d->base, EVLOOP_ONCE);
	printf("took %.3f s in %u turns\n",
	    monotime_diff_us(monotime_now(), start) / 1e6, turns);
}

static void
drive_memory(void)
{
	unsigned long	 total, resident;
	FILE		*fp;

	if ((fp = fopen("/proc/self/statm", "r")) == NULL)
		return;
	if (fscanf(fp, "%lu %lu", &total, &resident) == 2)
		printf("resident %lu kB\n",
		    resident * (sysconf(_SC_PAGESIZE) / 1024));
	fclose(fp);
}

static void
drive_line(struct drive *d, char *line)
{
	char	*word[4];
	int	 n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (; n < 4 && (word[n] = strsep(&line, " ")) != NULL; n++)
		continue;
	if (n == 0)
		return;
	if (strcmp(word[0], "conf") == 0 && n == 2)
		drive_conf(d, word[1]);
	else if (d->conf == NULL)
		printf("no configuration\n");
	else if (strcmp(word[0], "adopted") == 0) {
		d->count = 0;
		ipvs_adopted(d->ipvs, drive_adopted, d);
		printf("adopted %u\n", d->count);
	} else if (strcmp(word[0], "all") == 0)
		drive_all(d);
	else if (strcmp(word[0], "none") == 0)
		ipvs_resync(d->ipvs);
	else if (strcmp(word[0], "service") == 0 && n == 3)
		drive_service(d, word[1], word[2][0] == '1');
	else if (strcmp(word[0], "host") == 0 && n == 4)
		drive_host(d, word[1], word[2], strtol(word[3], NULL, 10));
	else if (strcmp(word[0], "commit") == 0)
		drive_commit(d);
	else if (strcmp(word[0], "verify") == 0)
		drive_verify(d);
	else if (strcmp(word[0], "memory") == 0)
		drive_memory();
	else
		printf("unknown command\n");
}

int
main(void)
{
	struct drive	 d;
	char		*line = NULL;
	size_t		 size = 0;

	memset(&d, 0, sizeof(d));
	d.next_id = 1;
	log_init("ipvs_drive", 1);
	log_setverbose(1);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if ((d.base = event_base_new()) == NULL)
		return (1);
	d.ipvs = ipvs_open(d.base, drive_error, drive_done, drive_fewer,
	    &d);
	if (d.ipvs == NULL) {
		event_base_free(d.base);
		return (1);
	}
	while (getline(&line, &size, stdin) != -1) {
		drive_line(&d, line);
		printf(".\n");
	}
	free(line);
	ipvs_close(d.ipvs);
	conf_free(d.conf);
	event_base_free(d.base);
	return (0);
}
