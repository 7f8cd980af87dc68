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

#include <sched.h>
#include <string.h>

#include "../imsg/log.h"
#include "parent.h"

/*
 * A process that is scheduled before all others could take the machine along
 * when it errs.  With this much processor time and no sleep in between it is
 * ended by a signal; what it does about a packet or a timer takes less than a
 * millisecond, and about a configuration of 500 instances some ten.  Without
 * realtime scheduling the limit has no meaning.
 */
#define RTTIME_SOFT_US	500000		/* SIGXCPU */
#define RTTIME_HARD_US	1000000		/* SIGKILL */

static void	tune_schedule(struct engine_proc *);

static const struct rlimit	rttime = { RTTIME_SOFT_US, RTTIME_HARD_US };
static const struct rlimit	unlimited = { RLIM_INFINITY, RLIM_INFINITY };

void
tune_want(struct parent *env, const struct global_config *conf)
{
	struct engine_proc	*e = &env->engine[PROC_VRRPE];

	e->want.realtime = conf->realtime;
	e->want.lock_memory = conf->lock_memory;
	if (e->pid != 0)
		tune_apply(e);
}

/*
 * In the child that becomes the engine, which is root's still: no capability
 * is needed to lower a limit of one's own.
 */
void
tune_limits(const struct engine_proc *e)
{
	if (e->proc != PROC_VRRPE)
		return;
	(void)setrlimit(RLIMIT_RTTIME, &rttime);
	if (e->want.lock_memory)
		(void)setrlimit(RLIMIT_MEMLOCK, &unlimited);
}

/*
 * The process locks its memory by itself, and says so when it cannot.  A
 * limit that was raised stays: it may still hold what it has locked.
 */
void
tune_apply(struct engine_proc *e)
{
	if (e->want.realtime != e->have.realtime)
		tune_schedule(e);
	if (e->want.lock_memory && !e->have.lock_memory) {
		e->have.lock_memory = 1;
		if (prlimit(e->pid, RLIMIT_MEMLOCK, &unlimited, NULL) == -1)
			log_debug("%s: its locked memory keeps its limit",
			    proc_names[e->proc]);
	}
}

static void
tune_schedule(struct engine_proc *e)
{
	struct sched_param	param;
	int			policy = SCHED_OTHER;

	memset(&param, 0, sizeof(param));
	param.sched_priority = e->want.realtime;
	if (e->want.realtime != 0)
		policy = SCHED_RR | SCHED_RESET_ON_FORK;
	if (sched_setscheduler(e->pid, policy, &param) == 0)
		e->have.realtime = e->want.realtime;
	else if (!e->refused) {
		e->refused = 1;
		log_warn("realtime: the kernel does not allow it, %s goes "
		    "without", proc_names[e->proc]);
	}
}
