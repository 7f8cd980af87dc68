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
 * Drives the network side of the parent by commands on standard input, for
 * tests that look at interfaces with other eyes meanwhile:
 *
 *	conf FILE		this configuration runs now
 *	hold|keep|release|announce NAME
 *	release_all, leave
 *	found			tell the instances whose addresses were found
 *	ifaces			tell all interfaces again
 *
 * Several on a line, with "; " between, are given at once.  What the owner is
 * told comes as a line each; "did" ends the answer when the kernel is where it
 * is to be, after the time that took and the longest time in which nobody else
 * was served.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "../../conf/conf.h"
#include "../../imsg/log.h"
#include "../../imsg/monotime.h"
#include "../../imsg/msg.h"
#include "../../parent/net_state.h"

struct drive {
	struct event_base	*base;
	struct event		*input;
	struct evbuffer		*buf;
	struct net		*net;
	struct conf		*conf;
	uint32_t		 next_id;
	struct event		*again;
	struct event		*tick;
	struct monotime		 start;
	struct monotime		 ticked;
	int64_t			 gap_us;
	char			*line;		/* of the command at hand */
	int			 ended;		/* no more input */
};

static void	drive_iface(void *, const struct msg_if *);
static void	drive_result(void *, uint32_t, int, uint32_t);
static void	drive_repaired(void *, const char *);
static const char *drive_name(struct drive *, uint32_t);
static void	drive_report(void *, const char *);
static void	drive_conf(struct drive *, const char *);
static void	drive_vrrp(struct drive *, const char *, const char *);
static void	drive_found(void *, uint32_t);
static void	drive_command(struct drive *, char *);
static void	drive_line(struct drive *, char *);
static void	drive_next(struct drive *);
static void	drive_again(int, short, void *);
static void	drive_tick(int, short, void *);
static void	drive_input(int, short, void *);

static const struct net_ops ops = {
	.iface		= drive_iface,
	.result		= drive_result,
	.repaired	= drive_repaired,
};

static const char *
drive_name(struct drive *d, uint32_t id)
{
	struct conf_vrrp	*v;

	if (d->conf == NULL || (v = conf_find_vrrp(d->conf, id)) == NULL)
		return ("?");
	return (v->conf.name);
}

static void
drive_iface(void *, const struct msg_if *m)
{
	char	a4[ADDR_STRLEN] = "-", a6[ADDR_STRLEN] = "-";

	if (m->addr4.af != 0)
		addr_str(&m->addr4, a4);
	if (m->addr6.af != 0)
		addr_str(&m->addr6, a6);
	printf("iface %s %s %s mtu %u %s %s\n", m->ifname,
	    m->ifindex != 0 ? "there" : "absent", m->up ? "up" : "down",
	    m->mtu, a4, a6[0] == 'f' ? "link-local" : a6);
}

static void
drive_result(void *arg, uint32_t id, int error, uint32_t n)
{
	printf("result %s %u %s\n", drive_name(arg, id), n,
	    error == 0 ? "ok" : strerror(error));
}

static void
drive_repaired(void *, const char *text)
{
	printf("%s\n", text);
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
	struct conf		*conf, *old = d->conf;

	TAILQ_INIT(&macros);
	if ((conf = conf_parse(path, &macros, 0, drive_report, NULL)) == NULL)
		return;
	conf_assign_ids(conf, old, &d->next_id);
	d->conf = conf;
	net_set_conf(d->net, conf);
	conf_free(old);
}

static void
drive_vrrp(struct drive *d, const char *what, const char *name)
{
	struct conf_vrrp	*v;

	TAILQ_FOREACH(v, &d->conf->vrrps, entry)
		if (strcmp(v->conf.name, name) == 0)
			break;
	if (v == NULL)
		printf("no such instance\n");
	else if (strcmp(what, "hold") == 0)
		net_hold(d->net, v);
	else if (strcmp(what, "keep") == 0)
		net_keep(d->net, v);
	else if (strcmp(what, "release") == 0)
		net_release(d->net, v);
	else
		net_announce(d->net, v);
}

static void
drive_found(void *arg, uint32_t id)
{
	printf("found %s\n", drive_name(arg, id));
}

static void
drive_command(struct drive *d, char *line)
{
	char	*cmd = strsep(&line, " ");

	if (strcmp(cmd, "conf") == 0 && line != NULL)
		drive_conf(d, line);
	else if (d->conf == NULL)
		printf("no configuration\n");
	else if (strcmp(cmd, "release_all") == 0)
		net_release_all(d->net);
	else if (strcmp(cmd, "leave") == 0)
		net_leave(d->net);
	else if (strcmp(cmd, "found") == 0)
		net_each_found(d->net, drive_found, d);
	else if (strcmp(cmd, "ifaces") == 0)
		net_each_iface(d->net);
	else if (line != NULL)
		drive_vrrp(d, cmd, line);
	else
		printf("unknown command\n");
}

static void
drive_line(struct drive *d, char *line)
{
	char	*cmd;

	d->start = d->ticked = monotime_now();
	d->gap_us = 0;
	while ((cmd = strsep(&line, ";")) != NULL)
		drive_command(d, cmd + strspn(cmd, " "));
}

/* How long did it take from one turn of the loop to the next? */
static void
drive_tick(int, short, void *arg)
{
	struct drive	*d = arg;
	struct monotime	 now = monotime_now();

	if (monotime_diff_us(now, d->ticked) > d->gap_us)
		d->gap_us = monotime_diff_us(now, d->ticked);
	d->ticked = now;
}

/* The commands that wait, one after the other. */
static void
drive_next(struct drive *d)
{
	static const struct timeval	 soon = { 0, 1000 };

	while (d->line == NULL && (d->line = evbuffer_readln(d->buf, NULL,
	    EVBUFFER_EOL_LF)) != NULL) {
		drive_line(d, d->line);
		drive_again(-1, 0, d);
	}
	if (d->line != NULL)
		evtimer_add(d->again, &soon);
	else if (d->ended)
		event_base_loopbreak(d->base);
}

/* Is the kernel where it is to be? */
static void
drive_again(int, short what, void *arg)
{
	struct drive	*d = arg;

	if (TAILQ_EMPTY(&d->net->queue)) {
		printf("took %.4f s\n",
		    monotime_diff_us(monotime_now(), d->start) / 1e6);
		drive_tick(-1, 0, d);
		printf("gap %.4f s\n", d->gap_us / 1e6);
		printf("did it\n");
		free(d->line);
		d->line = NULL;
	}
	if (what == EV_TIMEOUT)
		drive_next(d);
}

static void
drive_input(int fd, short, void *arg)
{
	struct drive	*d = arg;

	if (evbuffer_read(d->buf, fd, -1) <= 0) {
		d->ended = 1;
		event_del(d->input);
	}
	if (d->line == NULL)
		drive_next(d);
}

int
main(void)
{
	static const struct timeval	 often = { 0, 1000 };
	struct drive			 d;
	int				 status = 1;

	memset(&d, 0, sizeof(d));
	d.next_id = 1;
	log_init("net_drive", 1);
	log_setverbose(1);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if ((d.base = event_base_new()) == NULL ||
	    (d.buf = evbuffer_new()) == NULL ||
	    (d.input = event_new(d.base, STDIN_FILENO, EV_READ | EV_PERSIST,
	    drive_input, &d)) == NULL ||
	    (d.again = evtimer_new(d.base, drive_again, &d)) == NULL ||
	    (d.tick = event_new(d.base, -1, EV_PERSIST, drive_tick, &d)) ==
	    NULL)
		return (1);
	if ((d.net = net_open(d.base, &ops, &d)) != NULL) {
		event_add(d.input, NULL);
		event_add(d.tick, &often);
		event_base_dispatch(d.base);
		net_close(d.net);
		status = 0;
	}
	conf_free(d.conf);
	evbuffer_free(d.buf);
	event_free(d.input);
	event_free(d.again);
	event_free(d.tick);
	event_base_free(d.base);
	return (status);
}
