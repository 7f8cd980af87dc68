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


#include <bsd/stdlib.h>
#include <errno.h>
#include <event2/event.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "check.h"
#include "hce.h"
#include "tls.h"

static void	hce_prepare(struct engine *);
static void	hce_init(struct engine *);
static void	hce_event_log(int, const char *);
static void	hce_shutdown(struct engine *);
static void	hce_end(int, short, void *);
static int	hce_message(struct engine *, enum proc, struct imsg *);
static int	hce_dispatch_parent(struct hce *, struct imsg *);
static int	hce_dispatch_lbe(struct hce *, struct imsg *);
static void	hce_link_up(struct engine *, enum proc);
static void	hce_link_down(struct engine *, enum proc);
static int	hce_unresolved(struct hce *, struct imsg *);
static int	hce_dispatch_script(struct hce *, struct imsg *);
static struct host *hce_host(struct hce *, uint32_t);
static int	hce_host_known(struct hce *, struct imsg *);
static int	hce_host_check(struct hce *, struct imsg *);
static int	hce_host_suspend(struct hce *, struct imsg *);
static void	hce_suspend(struct host *, int);
static void	hce_suspend_none(struct tree *);
static void	hce_tell_all(struct hce *);

static void	conf_begin(struct engine *);
static int	conf_object(struct engine *, struct imsg *);
static const char *conf_end(struct engine *);
static void	conf_commit(struct engine *);
static void	conf_abort(struct engine *);
static int	conf_change(struct engine *, struct imsg *);
static void	conf_changed(struct engine *);
static void	conf_start(struct engine *);

static const struct engine_ops	hce_ops = {
	.self		= PROC_HCE,
	/* Intervals are of milliseconds, and an early timer is put off. */
	.coarse		= 1,
	.prepare	= hce_prepare,
	.init		= hce_init,
	.message	= hce_message,
	.link_up	= hce_link_up,
	.link_down	= hce_link_down,
	.conf_begin	= conf_begin,
	.conf_object	= conf_object,
	.conf_end	= conf_end,
	.conf_commit	= conf_commit,
	.conf_abort	= conf_abort,
	.conf_change	= conf_change,
	.conf_changed	= conf_changed,
	.conf_start	= conf_start,
	.shutdown	= hce_shutdown
};

int
hce_main(int debug, int verbose)
{
	static struct hce	 hce;

	return (engine_main(&hce_ops, &hce, debug, verbose));
}

/* The trusted certificates are out of sight after the chroot. */
static void
hce_prepare(struct engine *eng)
{
	struct hce	*hce = eng->arg;

	hce->tls = tls_prepare();
	tls_bundle_open(&hce->bundle);
}

static void
hce_init(struct engine *eng)
{
	struct hce	*hce = eng->arg;

	event_set_log_callback(hce_event_log);
	hce->eng = eng;
	hce->base = eng->base;
	hce->running = hce_tree_new();
	hce->slot_base = arc4random();
	RB_INIT(&hce->probes);
	TAILQ_INIT(&hce->askers);
	ready_init(hce);
	sched_open(hce);
	icmp_init(hce);
}

/* What libevent has to say of a check is said by its reason already. */
static void
hce_event_log(int severity, const char *text)
{
	if (severity >= EVENT_LOG_ERR)
		log_warnx("libevent: %s", text);
	else
		log_debug("libevent: %s", text);
}

static void
hce_shutdown(struct engine *eng)
{
	const struct timeval	 at_once = { 0, 0 };
	struct hce		*hce = eng->arg;

	hce_tree_free(hce->staged);
	hce_tree_free(hce->running);
	hce->staged = hce->running = NULL;
	changed_free(&hce->changed);
	icmp_close(hce);
	sched_close(hce);
	ready_close(hce);
	SSL_CTX_free(hce->tls);
	hce->tls = NULL;
	tls_bundle_close(&hce->bundle);
	/* What libevent has put off for checks that were ended comes first. */
	if (event_base_once(eng->base, -1, EV_TIMEOUT, hce_end, eng,
	    &at_once) == -1)
		engine_exit(eng);
}

static void
hce_end(int, short, void *arg)
{
	engine_exit(arg);
}

static int
hce_message(struct engine *eng, enum proc from, struct imsg *msg)
{
	struct hce	*hce = eng->arg;

	if (hce->running == NULL)	/* shut down, the loop is ending */
		return (0);
	switch (from) {
	case PROC_PARENT:
		return (hce_dispatch_parent(hce, msg));
	case PROC_LBE:
		return (hce_dispatch_lbe(hce, msg));
	default:
		return (-1);
	}
}

static int
hce_dispatch_parent(struct hce *hce, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_ICMP_SOCKET:
		return (icmp_socket(hce, imsg_id(msg), imsg_get_fd(msg)));
	case MSG_CHECK_SOCKET:
		return (sock_come(hce, msg));
	case MSG_CHECK_RESULT:
		return (script_result(hce, msg));
	case MSG_FILE_VALUE:
		return (file_value(hce, msg));
	case MSG_SCRIPT_RESULT:
		return (hce_dispatch_script(hce, msg));
	default:
		return (-1);
	}
}

static int
hce_dispatch_lbe(struct hce *hce, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_HOST_KNOWN:
		return (hce_host_known(hce, msg));
	case MSG_HOST_KNOWN_END:
		hce->known = 1;
		hce_tell_all(hce);
		return (0);
	case MSG_HOST_CHECK:
		return (hce_host_check(hce, msg));
	case MSG_HOST_SUSPEND:
		return (hce_host_suspend(hce, msg));
	case MSG_HOST_STATS_GET:
		report_stats(hce, imsg_id(msg));
		return (0);
	default:
		return (-1);
	}
}

/*
 * An id that resolves to nothing: of no harm when the sender's configuration
 * is another one than ours, be it older or, while a new one is being
 * committed, newer.
 */
static int
hce_unresolved(struct hce *hce, struct imsg *msg)
{
	return (imsg_gen(msg) == hce->eng->gen ? -1 : 0);
}

static int
hce_dispatch_script(struct hce *hce, struct imsg *msg)
{
	struct msg_script_result	 result;
	struct script			*script;

	if (imsg_get_data(msg, &result, sizeof(result)) == -1)
		return (-1);
	/* A reload may have removed it while it ran. */
	if ((script = script_find(hce->running, imsg_id(msg))) == NULL)
		return (0);
	return (hce_script_result(script, &result));
}

/*
 * The host of this id; when the message has come before COMMIT, as it may to
 * a new process, one that is still staged.
 */
static struct host *
hce_host(struct hce *hce, uint32_t id)
{
	struct host	*host;

	host = host_find(hce->running, id);
	if (host == NULL && hce->staged != NULL)
		host = host_find(hce->staged, id);
	return (host);
}

/* What lbe knew before this process began. */
static int
hce_host_known(struct hce *hce, struct imsg *msg)
{
	struct msg_host_status	 status;
	struct host		*host;

	if (imsg_get_data(msg, &status, sizeof(status)) == -1)
		return (-1);
	if (!msg_host_status_ok(&status))
		return (-1);
	if ((host = hce_host(hce, imsg_id(msg))) == NULL)
		return (hce_unresolved(hce, msg));
	if (host->verdict.state == HOST_UNKNOWN && host_wanted(host))
		host_learn(host, &status);
	return (0);
}

static int
hce_host_check(struct hce *hce, struct imsg *msg)
{
	struct msg_onoff	 m;
	struct host		*host;
	int			 was;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 || m.on > 1)
		return (-1);
	if ((host = hce_host(hce, imsg_id(msg))) == NULL)
		return (hce_unresolved(hce, msg));
	was = host_wanted(host);
	host->ordered = 1;
	host->order = m.on;
	if (host_wanted(host) == was)
		return (0);
	if (was) {
		host_stop(host);
		host_reset(host);
		report_status(host);
	} else if (host->live)
		host_begin(host, 1);
	return (0);
}

static int
hce_host_suspend(struct hce *hce, struct imsg *msg)
{
	struct msg_onoff	 m;
	struct host		*host;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 || m.on > 1)
		return (-1);
	if ((host = hce_host(hce, imsg_id(msg))) == NULL)
		return (hce_unresolved(hce, msg));
	hce_suspend(host, m.on);
	return (0);
}

static void
hce_suspend(struct host *host, int on)
{
	if (host->suspended == on)
		return;
	host->suspended = on;
	if (on)
		host_stop(host);
	else if (host->live && host_wanted(host))
		host_begin(host, 1);
}

/* Who has said so is gone; a successor will say what it wants. */
static void
hce_suspend_none(struct tree *tree)
{
	struct host	*host;

	if (tree == NULL)
		return;
	RB_FOREACH(host, hosts, &tree->hosts)
		hce_suspend(host, 0);
}

/*
 * Both sides of a new link speak at once; what lbe knew comes first, so that
 * a new hce does not tell a new lbe that it knows nothing.
 */
static void
hce_link_up(struct engine *eng, enum proc other)
{
	struct hce	*hce = eng->arg;

	if (other != PROC_VRRPE || hce->running == NULL)
		return;
	hce_script_tell_all(hce);
	refhost_tell_all(hce);
}

static void
hce_link_down(struct engine *eng, enum proc other)
{
	struct hce	*hce = eng->arg;

	if (other != PROC_LBE)
		return;
	hce->known = hce->told = 0;
	hce_suspend_none(hce->running);
	hce_suspend_none(hce->staged);
}

static void
hce_tell_all(struct hce *hce)
{
	if (!hce->known || !hce->started || hce->told)
		return;
	hce->told = 1;
	report_all(hce);
}

static void
conf_begin(struct engine *eng)
{
	hce_stage_begin(eng->arg);
}

static int
conf_object(struct engine *eng, struct imsg *msg)
{
	return (hce_stage_object(eng->arg, msg));
}

/* Objects come after those they refer to: none can be missing at the end. */
static const char *
conf_end(struct engine *)
{
	return (NULL);
}

static void
conf_commit(struct engine *eng)
{
	hce_stage_commit(eng->arg);
}

static void
conf_abort(struct engine *eng)
{
	hce_stage_abort(eng->arg);
}

static int
conf_change(struct engine *eng, struct imsg *msg)
{
	return (hce_stage_change(eng->arg, msg));
}

static void
conf_changed(struct engine *eng)
{
	hce_stage_changed(eng->arg);
}

static void
conf_start(struct engine *eng)
{
	struct hce	*hce = eng->arg;

	hce->started = 1;
	hce_stage_start(hce);
	hce_tell_all(hce);
}
