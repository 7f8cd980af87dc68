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

#include <errno.h>

#include "../imsg/imsg.h"
#include "check.h"

/*
 * A script for a host, which the parent runs, and kills when its time is
 * over.  It runs in one copy for a host: while one that was killed is still
 * there, another one is refused.
 */

/*
 * With `dynamic weight' exit statuses from here on are weights from 0 on, as
 * with misc_dynamic of keepalived.
 */
#define STATUS_WEIGHT	2

static void	script_start(struct probe *);
static void	script_cancel(struct probe *);
static uint32_t	script_timeout(struct probe *, int32_t *);
static uint32_t	script_reason(struct probe *,
		    const struct msg_script_result *, int32_t *);
static uint32_t	script_status(struct probe *, int32_t, int32_t *);

const struct check_method	script_method = {
	script_start, script_cancel, script_timeout, NULL, NULL, NULL
};

static void
script_start(struct probe *probe)
{
	struct hce		*hce = probe->check->hce;
	const struct watch	*watch = TAILQ_FIRST(&probe->watches);
	struct msg_check_run	 m;

	probe->run->phase = PHASE_SCRIPT;
	probe->run->ask = ++hce->asks;
	TAILQ_INSERT_TAIL(&hce->askers, probe, run->asking);
	m.check_id = probe->check->conf.id;
	m.host_id = watch->host->id;
	engine_send(hce->eng, PROC_PARENT, MSG_CHECK_RUN, probe->run->ask, &m,
	    sizeof(m));
}

static void
script_cancel(struct probe *probe)
{
	sock_forget(probe);
}

static uint32_t
script_timeout(struct probe *, int32_t *)
{
	return (HOST_R_TIMEOUT_SCRIPT);
}

int
script_result(struct hce *hce, struct imsg *msg)
{
	struct msg_script_result	 m;
	struct probe			*probe;
	uint32_t			 reason;
	int32_t				 detail = 0;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 || m.error < 0)
		return (-1);
	/* Of a check that was given up. */
	if ((probe = sock_asker(hce, imsg_id(msg), PHASE_SCRIPT)) == NULL)
		return (0);
	reason = script_reason(probe, &m, &detail);
	sched_done(probe, reason, detail);
	return (0);
}

static uint32_t
script_reason(struct probe *probe, const struct msg_script_result *m,
    int32_t *detail)
{
	*detail = m->error;
	switch (m->error) {
	case 0:
		break;
	case ETIMEDOUT:
	case EBUSY:		/* that of the time before is not dead yet */
		*detail = 0;
		return (HOST_R_TIMEOUT_SCRIPT);
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return (HOST_R_LOCAL);
	default:
		return (HOST_R_SCRIPT_RUN);
	}
	if (m->signal != 0) {
		*detail = m->signal;
		return (HOST_R_SCRIPT_SIGNAL);
	}
	return (script_status(probe, m->status, detail));
}

static uint32_t
script_status(struct probe *probe, int32_t status, int32_t *detail)
{
	if (status == 0) {
		want_init(&probe->want);
		return (HOST_R_OK);
	}
	if (status >= STATUS_WEIGHT &&
	    probe->check->conf.flags & CHECK_F_DYNAMIC) {
		want_weight(&probe->want, status - STATUS_WEIGHT);
		return (HOST_R_OK);
	}
	*detail = status;
	return (HOST_R_SCRIPT);
}
