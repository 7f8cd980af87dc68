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

#include "../imsg/imsg.h"
#include "check.h"

/*
 * A file with the weight of a host.  The parent reads it and tells each
 * change; a check looks at what was told.
 */

static void	file_start(struct probe *);
static void	file_cancel(struct probe *);
static uint32_t	file_timeout(struct probe *, int32_t *);

const struct check_method	file_method = {
	file_start, file_cancel, file_timeout, NULL, NULL, NULL
};

static void
file_start(struct probe *probe)
{
	const struct file_check	*file = &probe->check->file;

	if (!file->known) {
		sched_done(probe, HOST_R_NONE, 0);
		return;
	}
	if (!file->value.ok) {
		sched_done(probe, HOST_R_FILE, file->value.error);
		return;
	}
	want_weight(&probe->want, file->value.value);
	sched_done(probe, HOST_R_OK, 0);
}

/* It is over as soon as it has begun. */
static void
file_cancel(struct probe *)
{
}

static uint32_t
file_timeout(struct probe *, int32_t *)
{
	return (HOST_R_NONE);
}

/* Hosts are checked at once. */
int
file_value(struct hce *hce, struct imsg *msg)
{
	struct msg_track	 m;
	struct check		*check;
	struct probe		*probe;
	int			 found = 0;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 || m.ok > 1 ||
	    (m.ok ? m.value < 0 : m.error == 0) || m.error < FILE_NO_FILE)
		return (-1);
	RB_FOREACH(check, checks, &hce->running->checks) {
		if (check->conf.type != CHECK_FILE ||
		    check->conf.ref_id != imsg_id(msg))
			continue;
		check->file.value = m;
		check->file.known = found = 1;
	}
	RB_FOREACH(probe, probes, &hce->probes)
		if (found && probe->scheduled &&
		    probe->check->conf.ref_id == imsg_id(msg) &&
		    probe->check->conf.type == CHECK_FILE)
			sched_begin_now(probe);
	if (!found && imsg_gen(msg) == hce->eng->gen)
		return (-1);
	return (0);
}
