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
#include <sys/socket.h>

#include <errno.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "net.h"
#include "parent.h"
#include "track.h"
#include "via.h"

#define ICMP_SENT_INET	0x01
#define ICMP_SENT_INET6	0x02

static int	hce_script(struct parent *, struct imsg *);
static struct conf_check *hce_check(const struct conf_host *, uint32_t);
static int	hce_check_run(struct parent *, struct imsg *);
static int	hce_socket(struct parent *, struct imsg *);
static unsigned int hce_icmp_family(const struct addr *);
static unsigned int hce_icmp_table(const struct conf_table *);
static unsigned int hce_icmp_families(const struct conf *);
static void	hce_icmp(struct parent *, unsigned int, sa_family_t);

int
dispatch_hce(struct parent *env, struct imsg *imsg)
{
	switch (imsg_type(imsg)) {
	case MSG_SCRIPT_RUN:
		return (hce_script(env, imsg));
	case MSG_CHECK_RUN:
		return (hce_check_run(env, imsg));
	case MSG_SOCKET_GET:
		return (hce_socket(env, imsg));
	default:
		return (-1);
	}
}

static int
hce_script(struct parent *env, struct imsg *imsg)
{
	struct conf_script	*s;

	if ((s = conf_find_script(env->conf, imsg_id(imsg))) == NULL)
		return (imsg_gen(imsg) < env->conf->generation ? 0 : -1);
	if (!env->stopping)
		script_run(env, s);
	return (0);
}

/* One of the checks of the host (NULL: none); NULL: none of them. */
static struct conf_check *
hce_check(const struct conf_host *h, uint32_t check_id)
{
	int	 i;

	for (i = 0; h != NULL && i < h->table->nchecks; i++)
		if (h->table->check[i]->conf.id == check_id)
			return (h->table->check[i]);
	return (NULL);
}

static int
hce_check_run(struct parent *env, struct imsg *imsg)
{
	struct msg_check_run	 run;
	struct conf_host	*h;
	struct conf_check	*c;

	if (imsg_get_data(imsg, &run, sizeof(run)) == -1)
		return (-1);
	h = conf_find_host(env->conf, run.host_id);
	if ((c = hce_check(h, run.check_id)) == NULL || c->script == NULL)
		return (imsg_gen(imsg) < env->conf->generation ? 0 : -1);
	if (!env->stopping)
		check_run(env, imsg_id(imsg), c, h);
	return (0);
}

/*
 * What is asked for is configured, and one of the checks of its host.  Who
 * asks by an older configuration gets no answer, and needs none.
 */
static int
hce_socket(struct parent *env, struct imsg *imsg)
{
	struct msg_socket_get	 get;
	struct msg_socket	 m = { 0 };
	struct conf_host	*h;
	struct conf_check	*c;
	int			 fd = -1;

	if (imsg_get_data(imsg, &get, sizeof(get)) == -1)
		return (-1);
	h = conf_find_host(env->conf, get.host_id);
	c = hce_check(h, get.check_id);
	if (c == NULL || !check_privileged(&c->conf))
		return (imsg_gen(imsg) < env->conf->generation ? 0 : -1);
	if (c->conf.flags & CHECK_F_VIA && via_blind(env))
		m.error = SOCKET_BACKUP_ONLY;
	else if ((fd = check_socket(env, &c->conf, h)) == -1)
		m.error = errno;
	proc_send(env, PROC_HCE, MSG_CHECK_SOCKET, imsg_id(imsg), fd, &m,
	    sizeof(m));
	return (0);
}

void
dispatch_script_result(struct parent *env, uint32_t id,
    const struct msg_script_result *result)
{
	if (conf_find_script(env->conf, id) != NULL)
		proc_send(env, PROC_HCE, MSG_SCRIPT_RESULT, id, -1, result,
		    sizeof(*result));
}

void
dispatch_check_result(struct parent *env, uint32_t request,
    const struct msg_script_result *result)
{
	proc_send(env, PROC_HCE, MSG_CHECK_RESULT, request, -1, result,
	    sizeof(*result));
}

/* Before it runs it is told all in feed_hce(). */
void
dispatch_file(struct parent *env, uint32_t id, const struct msg_track *m)
{
	if (env->engine[PROC_HCE].state == ENGINE_RUNNING)
		proc_send(env, PROC_HCE, MSG_FILE_VALUE, id, -1, m,
		    sizeof(*m));
}

void
lost_hce(struct parent *env)
{
	check_runs_end(env->check_runs);
}

/* One ICMP socket of a family serves all hosts of it. */
void
feed_hce(struct parent *env, int fresh)
{
	unsigned int	families;

	if (fresh)
		env->icmp_sent = 0;
	families = hce_icmp_families(env->conf);
	if (families & ~env->icmp_sent & ICMP_SENT_INET)
		hce_icmp(env, ICMP_SENT_INET, AF_INET);
	if (families & ~env->icmp_sent & ICMP_SENT_INET6)
		hce_icmp(env, ICMP_SENT_INET6, AF_INET6);
	track_files_tell(env->files, 1);
}

static unsigned int
hce_icmp_family(const struct addr *a)
{
	return (a->af == AF_INET6 ? ICMP_SENT_INET6 : ICMP_SENT_INET);
}

/* Of the hosts of a table that are pinged. */
static unsigned int
hce_icmp_table(const struct conf_table *t)
{
	const struct conf_host	*h;
	struct host_config	 host;
	unsigned int		 families = 0;
	int			 i;

	for (i = 0; i < t->nchecks; i++) {
		if (t->check[i]->conf.type != CHECK_ICMP)
			continue;
		CONF_HOSTS_FOREACH(h, &t->hosts) {
			conf_host_wire(&t->hosts, h, &host);
			families |= hce_icmp_family(check_target(
			    &t->check[i]->conf, &host));
		}
	}
	return (families);
}

static unsigned int
hce_icmp_families(const struct conf *conf)
{
	const struct conf_table		*t;
	const struct conf_refhost	*ref;
	unsigned int			 families = 0;

	TAILQ_FOREACH(t, &conf->tables, entry)
		families |= hce_icmp_table(t);
	TAILQ_FOREACH(ref, &conf->refhosts, entry)
		families |= hce_icmp_family(&ref->conf.addr);
	return (families);
}

static void
hce_icmp(struct parent *env, unsigned int family, sa_family_t af)
{
	int	fd;

	if ((fd = net_icmp_socket(af)) == -1) {
		log_warn("ICMP socket for %s",
		    af == AF_INET ? "IPv4" : "IPv6");
		return;
	}
	env->icmp_sent |= family;
	proc_send(env, PROC_HCE, MSG_ICMP_SOCKET, af, fd, NULL, 0);
}
