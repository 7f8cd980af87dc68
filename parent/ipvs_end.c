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
#include <string.h>

#include <event2/event.h>
#include <linux/ip_vs.h>

#include "../imsg/log.h"
#include "ipvs_state.h"

/* What becomes of the kernel's table when lvsd ends. */

static void	services_remove(struct ipvs *);
static int	services_send(struct ipvs *);

void
ipvs_end(struct ipvs *v, int told)
{
	if (told && v->conf->exit_remove) {
		services_remove(v);
		ipvs_daemon_end(v);
	} else {
		v->sync_master = 0;
		ipvs_daemon_cb(-1, EV_TIMEOUT, v);
	}
	if (v->conf->sysctl_restore)
		ipvs_settings_end(v, 1);
	v->ended = 1;
}

/* Addresses are gone, and there is nothing else to do: no turns are taken. */
static void
services_remove(struct ipvs *v)
{
	struct ipvs_vs	*vs, *next;
	unsigned int	 n = 0, refused = 0;

	nlbatch_reset(&v->batch);
	RB_FOREACH(vs, ipvs_services, &v->services) {
		if (!vs->in_kernel)
			continue;
		if (nlbatch_full(&v->batch))
			refused += services_send(v);
		if (nlbatch_add(&v->batch, ipvs_msg_service(v->family,
		    IPVS_CMD_DEL_SERVICE, &vs->key, NULL)) == -1)
			fatal("IPVS request");
		n++;
	}
	refused += services_send(v);
	RB_FOREACH_SAFE(vs, ipvs_services, &v->services, next)
		ipvs_vs_free(v, vs);
	log_info("IPVS: %u services removed, %u refused", n - refused,
	    refused);
}

/* How many the kernel has refused; what is not there is gone. */
static int
services_send(struct ipvs *v)
{
	unsigned int	i;
	int		refused = 0;

	if (v->batch.n > 0 && nlbatch_send(&v->conn, &v->batch) == -1) {
		log_warn("IPVS: removing services");
		refused = v->batch.n;
	} else
		for (i = 0; i < v->batch.n; i++)
			if (v->batch.error[i] != 0 &&
			    v->batch.error[i] != ESRCH)
				refused++;
	nlbatch_reset(&v->batch);
	return (refused);
}
