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

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "confirm.h"
#include "ipvs.h"
#include "notify.h"
#include "parent.h"
#include "state.h"

static int	lbe_service(struct parent *, struct imsg *);
static int	lbe_dest(struct parent *, struct imsg *);
static int	lbe_unresolved(const struct parent *, const struct imsg *);
static int	lbe_commit(struct parent *, struct imsg *);
static int	lbe_load_get(struct parent *, struct imsg *);
static void	lbe_load(void *, const struct msg_load *);
static int	lbe_override(struct parent *, struct imsg *);
static int	lbe_quorum(struct parent *, struct imsg *);
static int	lbe_reload(struct parent *, struct imsg *);
static int	lbe_log(struct parent *, struct imsg *);
static void	lbe_mirror_override(void *, uint32_t,
		    const struct msg_override *);
static void	lbe_mirror_dest(void *, uint32_t, uint32_t, int32_t);
static void	lbe_ctl_socket(struct parent *);

int
dispatch_lbe(struct parent *env, struct imsg *imsg)
{
	switch (imsg_type(imsg)) {
	case MSG_IPVS_RESYNC:
		if (env->ipvs_runs)
			ipvs_resync(env->ipvs);
		return (0);
	case MSG_IPVS_SERVICE:
		return (lbe_service(env, imsg));
	case MSG_IPVS_DEST:
		return (lbe_dest(env, imsg));
	case MSG_IPVS_COMMIT:
		return (lbe_commit(env, imsg));
	case MSG_IPVS_READ:
	case MSG_IPVS_MORE:
	case MSG_IPVS_STOP:
	case MSG_SESSIONS_GET:
		return (listing_message(env, imsg));
	case MSG_IPVS_LOAD_GET:
		return (lbe_load_get(env, imsg));
	case MSG_OVERRIDE:
		return (lbe_override(env, imsg));
	case MSG_BOUND_DONE:
		return (role_asked(env, imsg));
	case MSG_SERVICE_QUORUM:
		return (lbe_quorum(env, imsg));
	case MSG_RELOAD:
		return (lbe_reload(env, imsg));
	case MSG_STOP:
		parent_stop(env, 0, "the operator said so");
		return (0);
	case MSG_LOG:
		return (lbe_log(env, imsg));
	default:
		return (-1);
	}
}

/* An id of an older generation may be gone; one of ours must be there. */
static int
lbe_unresolved(const struct parent *env, const struct imsg *imsg)
{
	return (imsg_gen(imsg) < env->conf->generation ? 0 : -1);
}

static int
lbe_service(struct parent *env, struct imsg *imsg)
{
	struct msg_onoff	m;
	uint32_t		id = imsg_id(imsg);

	if (imsg_get_data(imsg, &m, sizeof(m)) == -1 || m.on > 1)
		return (-1);
	if (conf_find_listen(env->conf, id) == NULL)
		return (lbe_unresolved(env, imsg));
	if (!env->ipvs_runs || env->stopping)
		return (0);
	if (ipvs_want_service(env->ipvs, id, m.on) == -1)
		return (lbe_unresolved(env, imsg));
	return (0);
}

static int
lbe_dest(struct parent *env, struct imsg *imsg)
{
	struct msg_dest	m;
	uint32_t	id = imsg_id(imsg);

	if (imsg_get_data(imsg, &m, sizeof(m)) == -1 ||
	    m.weight < DEST_NONE || m.weight > WEIGHT_MAX)
		return (-1);
	if (conf_find_listen(env->conf, id) == NULL ||
	    conf_find_host(env->conf, m.host_id) == NULL)
		return (lbe_unresolved(env, imsg));
	if (!env->ipvs_runs || env->stopping)
		return (0);
	if (ipvs_want_dest(env->ipvs, id, m.host_id, m.weight) == -1)
		return (lbe_unresolved(env, imsg));
	return (0);
}

/*
 * What was asked for out of an older generation lacks what has another id now:
 * after START lbe asks for that, and commits both.  Without services there is
 * no IPVS, and nothing to be done in it.
 */
static int
lbe_commit(struct parent *env, struct imsg *imsg)
{
	static const struct msg_result	nothing;
	uint32_t			batch = imsg_id(imsg);

	if (imsg_gen(imsg) < env->conf->generation)
		return (0);
	reload_batch(env, batch, imsg_gen(imsg));
	if (!env->ipvs_runs || env->stopping) {
		proc_send(env, PROC_LBE, MSG_IPVS_DONE, batch, -1, &nothing,
		    sizeof(nothing));
		return (0);
	}
	env->batches++;
	ipvs_commit(env->ipvs, batch);
	return (0);
}

struct load_answer {
	struct parent	*env;
	uint32_t	 id;		/* of the request */
};

static int
lbe_load_get(struct parent *env, struct imsg *imsg)
{
	struct load_answer	a = { env, imsg_id(imsg) };
	struct msg_result	r = { 0, 0, 0 };
	struct msg_load_get	m;

	if (imsg_get_data(imsg, &m, sizeof(m)) == -1)
		return (-1);
	if (conf_find_listen(env->conf, m.listen_id) == NULL)
		return (lbe_unresolved(env, imsg));
	if (env->ipvs_runs)
		r.error = ipvs_load(env->ipvs, m.listen_id, lbe_load, &a);
	r.failed = r.error != 0;
	proc_send(env, PROC_LBE, MSG_IPVS_LOAD_END, a.id, -1, &r, sizeof(r));
	return (0);
}

static void
lbe_load(void *arg, const struct msg_load *load)
{
	struct load_answer	*a = arg;

	proc_send(a->env, PROC_LBE, MSG_IPVS_LOAD, a->id, -1, load,
	    sizeof(*load));
}

static int
lbe_override(struct parent *env, struct imsg *imsg)
{
	struct msg_override	m;
	uint32_t		id = imsg_id(imsg);

	if (imsg_get_data(imsg, &m, sizeof(m)) == -1 || !msg_override_ok(&m))
		return (-1);
	if ((m.flags & OVERRIDE_F_WEIGHT || m.kind == OVERRIDE_DRAIN) &&
	    conf_find_host(env->conf, id) == NULL)
		return (lbe_unresolved(env, imsg));
	if (conf_find_host(env->conf, id) == NULL &&
	    conf_find_table(env->conf, id) == NULL &&
	    conf_find_service(env->conf, id) == NULL)
		return (lbe_unresolved(env, imsg));
	if (mirror_set_override(env->mirror, id, &m) == -1)
		log_warn("override");
	state_changed(env);
	return (0);
}

static int
lbe_quorum(struct parent *env, struct imsg *imsg)
{
	const struct conf_service	*s;
	struct msg_quorum		 m;

	if (imsg_get_data(imsg, &m, sizeof(m)) == -1 || m.on > 1)
		return (-1);
	if ((s = conf_find_service(env->conf, imsg_id(imsg))) == NULL)
		return (lbe_unresolved(env, imsg));
	if (!env->stopping)
		notify_quorum(env, s, &m);
	return (0);
}

static int
lbe_reload(struct parent *env, struct imsg *imsg)
{
	struct msg_reload	m;

	if (imsg_get_data(imsg, &m, sizeof(m)) == -1 || !msg_reload_ok(&m) ||
	    imsg_id(imsg) == 0)
		return (-1);
	if (!env->stopping)
		reload_request(env, imsg_id(imsg), &m);
	return (0);
}

static int
lbe_log(struct parent *env, struct imsg *imsg)
{
	struct msg_verbose	m;

	if (imsg_get_data(imsg, &m, sizeof(m)) == -1)
		return (-1);
	proc_verbose(env, m.verbose != 0);
	return (0);
}

/*
 * What lbe is to have besides the configuration: the roles that services
 * follow; when it has just started also what the operator had told its
 * forerunner, what the kernel holds, the control socket.
 */
void
feed_lbe(struct parent *env, int fresh)
{
	role_feed_lbe(env);
	confirm_tell_lbe(env->confirm);
	if (!fresh)
		return;
	mirror_each_override(env->mirror, lbe_mirror_override, env);
	if (env->ipvs_runs)
		ipvs_adopted(env->ipvs, lbe_mirror_dest, env);
	lbe_ctl_socket(env);
}

static void
lbe_mirror_override(void *arg, uint32_t id, const struct msg_override *m)
{
	proc_send(arg, PROC_LBE, MSG_MIRROR_OVERRIDE, id, -1, m, sizeof(*m));
}

static void
lbe_mirror_dest(void *arg, uint32_t listen, uint32_t host, int32_t weight)
{
	struct msg_dest	m;

	m.host_id = host;
	m.weight = weight;
	proc_send(arg, PROC_LBE, MSG_MIRROR_DEST, listen, -1, &m, sizeof(m));
}

static void
lbe_ctl_socket(struct parent *env)
{
	int	fd;

	if ((fd = fcntl(env->ctl_fd, F_DUPFD_CLOEXEC, 0)) == -1) {
		log_warn("control socket");
		return;
	}
	proc_send(env, PROC_LBE, MSG_CTL_SOCKET, 0, fd, NULL, 0);
}

/* Its batches go on, but their numbers mean nothing to its successor. */
void
lost_lbe(struct parent *env)
{
	env->old_batches += env->batches;
	env->batches = 0;
	listings_clear(env->listings);
}

/* Callbacks of ipvs.h. */

void
dispatch_ipvs_error(void *arg, uint32_t listen, uint32_t host, int error,
    const char *text)
{
	struct parent		*env = arg;
	struct msg_ipvs_error	 m;

	if (error != 0)
		reload_batch_error(env, text);
	if (env->old_batches > 0)
		return;
	memset(&m, 0, sizeof(m));
	m.host_id = host;
	m.error = error;
	strlcpy(m.text, text, sizeof(m.text));
	proc_send(env, PROC_LBE, MSG_IPVS_ERROR, listen, -1, &m, sizeof(m));
}

void
dispatch_event(struct parent *env, enum ctl_event_kind kind, uint32_t id,
    const char *name, const char *fmt, ...)
{
	struct ctl_event	ev;
	va_list			ap;

	memset(&ev, 0, sizeof(ev));
	ev.kind = kind;
	ev.id = id;
	strlcpy(ev.name, name, sizeof(ev.name));
	va_start(ap, fmt);
	vsnprintf(ev.text, sizeof(ev.text), fmt, ap);
	va_end(ap);
	proc_send(env, PROC_LBE, MSG_EVENT, id, -1, &ev, sizeof(ev));
}

void
dispatch_ipvs_done(void *arg, uint32_t batch, const struct msg_result *result)
{
	struct parent	*env = arg;

	if (env->old_batches > 0) {
		env->old_batches--;
		return;
	}
	if (env->batches > 0)
		env->batches--;
	proc_send(env, PROC_LBE, MSG_IPVS_DONE, batch, -1, result,
	    sizeof(*result));
	reload_batch_done(env, batch, result);
	role_batch_done(env);
}

void
dispatch_ipvs_fewer(void *arg)
{
	state_changed(arg);
}
