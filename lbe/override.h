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

#ifndef LBE_OVERRIDE_H
#define LBE_OVERRIDE_H

#include <stdint.h>

#include "../imsg/ctl.h"
#include "../imsg/msg.h"

struct client;
struct lbe_env;
struct lbe_host;
struct lbe_service;
struct lbe_table;
struct waited;

/* One command of an operator on its way through the objects it names. */
struct change {
	struct lbe_env	*env;
	struct client	*client;
	struct ctl_id	 id;		/* who is named */
	int		 enable;	/* or disable */
	uint32_t	 weight;	/* or CTL_WEIGHT_CONFIGURED */
	uint32_t	 drain_s;	/* as in struct ctl_drain */
	uint32_t	 wait;
	unsigned int	 objects;	/* met so far */
	struct waited	*waited;	/* drain.c: sums of those met */
};

/*
 * override.c
 *
 * override_put: this is wanted of the object of this id from now on; the
 * parent mirrors it.
 * override_by: who gave the command, now.
 * override_tell: to log, client and monitors: what is so and what will be.
 * The kind and name of the object, its id; the same text twice: no change.
 * override_host_name: "10.0.0.1:80 of table web:80", in HOST_NAME_LEN bytes;
 * returns them.
 */
#define HOST_NAME_LEN	(ADDR_PORT_STRLEN + TABLE_LABEL_LEN + 16)
void		 override_put(struct change *, uint32_t,
		    struct msg_override *, const struct msg_override *);
void		 override_by(const struct change *, struct ctl_by *);
void		 override_tell(struct change *, enum ctl_event_kind, uint32_t,
		    const char *, const char *, const char *, const char *);
const char	*override_host_name(const struct lbe_host *, char *);

/* weight.c: change_weight: of this host. */
void		 change_weight(struct change *, struct lbe_host *);

/* named.c: call back for each object that is named. */
void		 named_hosts(struct change *,
		    void (*)(struct change *, struct lbe_host *));
void		 named_tables(struct change *,
		    void (*)(struct change *, struct lbe_table *));
void		 named_services(struct change *,
		    void (*)(struct change *, struct lbe_service *));

#endif /* LBE_OVERRIDE_H */
