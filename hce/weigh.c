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

#include <string.h>

#include <bsd/string.h>

#include "check.h"

static struct probe	*host_probe_of(const struct host *, uint32_t);

/* Its probe of the check of this id; NULL: none. */
static struct probe *
host_probe_of(const struct host *host, uint32_t check_id)
{
	int	 i;

	for (i = 0; i < host->nwatches; i++)
		if (host->watch[i].probe->check->conf.id == check_id)
			return (host->watch[i].probe);
	return (NULL);
}

int
host_weigh(struct host *host)
{
	const struct probe	*probe;
	uint32_t		 was = host->want, was_id = host->want_id;
	uint32_t		 weight;
	int			 i;

	host->want = host->want_id = 0;
	for (i = 0; i < host->nwatches; i++) {
		probe = host->watch[i].probe;
		if (probe->want.kind == WANT_NONE)
			continue;
		weight = want_value(&probe->want, host->weight);
		if (host->want_id != 0 && weight >= host->want)
			continue;
		host->want = weight;
		host->want_id = probe->check->conf.id;
	}
	return (host->want != was || host->want_id != was_id);
}

/* An agent need not repeat what it has said to an hce before this one. */
void
host_weigh_learn(struct host *host, const struct msg_host_status *status)
{
	struct probe	*probe;

	probe = host_probe_of(host, status->weight_check_id);
	if (probe != NULL && status->flags & HOST_STATUS_F_WEIGHT)
		want_known(&probe->want, status->weight);
	(void)host_weigh(host);
	if ((probe = host_probe_of(host, status->check_id)) == NULL)
		return;
	note_set(probe, status->note, strlen(status->note));
	note_turn(probe);
	switch (status->reason) {
	case HOST_R_AGENT_MAINT:
		probe->agent.admin = AGENT_MAINT;
		break;
	case HOST_R_AGENT_DRAIN:
		probe->agent.admin = AGENT_DRAIN;
		break;
	case HOST_R_AGENT_DOWN:
		if (status->detail > AGENT_UP &&
		    status->detail < AGENT_DOWN_MAX)
			probe->agent.down = status->detail;
		break;
	default:
		break;
	}
}

void
host_weigh_tell(const struct host *host, struct msg_host_status *status)
{
	const struct probe	*probe;

	if (host->want_id != 0) {
		status->flags |= HOST_STATUS_F_WEIGHT;
		status->weight = host->want;
		status->weight_check_id = host->want_id;
	}
	if ((probe = host_probe_of(host, host->check_id)) != NULL)
		(void)strlcpy(status->note, note_text(probe),
		    sizeof(status->note));
}
