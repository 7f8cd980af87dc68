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

#include <bsd/sys/queue.h>
#include <stdlib.h>

#include "../conf/wire.h"
#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "../imsg/peer.h"
#include "control.h"
#include "env.h"

/* The trackers of VRRP instances, as vrrpe describes them to be shown. */

static int	track_ok(const struct ctl_track *);

void
tracks_init(struct lbe_vrrp *v)
{
	TAILQ_INIT(&v->tracks);
	v->ntracks = 0;
}

void
tracks_free(struct lbe_vrrp *v)
{
	struct lbe_track	*t;

	while ((t = TAILQ_FIRST(&v->tracks)) != NULL) {
		TAILQ_REMOVE(&v->tracks, t, entry);
		free(t);
	}
	v->ntracks = 0;
}

static int
track_ok(const struct ctl_track *t)
{
	return (t->state < CTL_TRACK_STATE_MAX &&
	    (t->flags & ~(CTL_TRACK_F_REVERSE | CTL_TRACK_F_FAULT |
	    CTL_TRACK_F_VALUE)) == 0 &&
	    wire_name_ok(t->kind, sizeof(t->kind)) &&
	    wire_name_ok(t->name, sizeof(t->name)));
}

int
tracks_add(struct lbe_vrrp *v, struct imsg *msg)
{
	struct lbe_track	*t;
	struct ctl_track	 ctl;

	if (imsg_get_data(msg, &ctl, sizeof(ctl)) == -1 || !track_ok(&ctl) ||
	    v == NULL || v->ctl.id != ctl.vrrp_id ||
	    v->ntracks == CTL_TRACK_COUNT_MAX)
		return (-1);
	if ((t = calloc(1, sizeof(*t))) == NULL)
		fatal("vrrp %s", v->ctl.name);
	t->ctl = ctl;
	TAILQ_INSERT_TAIL(&v->tracks, t, entry);
	v->ntracks++;
	return (0);
}

void
tracks_show(struct client *c, const struct lbe_vrrp *v)
{
	const struct lbe_track	*t;

	TAILQ_FOREACH(t, &v->tracks, entry)
		peer_send(c->peer, MSG_CTL_TRACK, 0, -1, &t->ctl,
		    sizeof(t->ctl));
}
