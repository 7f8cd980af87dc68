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

#include <bsd/sys/tree.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/ctl.h"
#include "parent.h"

/*
 * What an engine told the parent, kept for its successor.  Roles are of
 * vrrpe, by the instance's id; overrides of lbe, by the id of a service, a
 * table or a host.
 */

struct mirror_role {
	RB_ENTRY(mirror_role)	entry;
	uint32_t		id;
	int			acted;		/* this vrrpe told the state */
	struct msg_role		role;
};
RB_HEAD(mirror_roles, mirror_role);

struct mirror_override {
	RB_ENTRY(mirror_override)	entry;
	uint32_t			id;
	struct msg_override		override;
};
RB_HEAD(mirror_overrides, mirror_override);

struct mirror {
	struct mirror_roles	roles;
	struct mirror_overrides	overrides;
};

static int	role_cmp(const struct mirror_role *,
		    const struct mirror_role *);
static int	override_cmp(const struct mirror_override *,
		    const struct mirror_override *);
static void	role_drop(struct mirror *, struct mirror_role *);
static void	override_drop(struct mirror *, struct mirror_override *);

RB_PROTOTYPE(mirror_roles, mirror_role, entry, role_cmp)
RB_PROTOTYPE(mirror_overrides, mirror_override, entry, override_cmp)
RB_GENERATE(mirror_roles, mirror_role, entry, role_cmp)
RB_GENERATE(mirror_overrides, mirror_override, entry, override_cmp)

static int
role_cmp(const struct mirror_role *a, const struct mirror_role *b)
{
	return ((a->id > b->id) - (a->id < b->id));
}

static int
override_cmp(const struct mirror_override *a, const struct mirror_override *b)
{
	return ((a->id > b->id) - (a->id < b->id));
}

struct mirror *
mirror_new(void)
{
	struct mirror	*m;

	if ((m = calloc(1, sizeof(*m))) == NULL)
		return (NULL);
	RB_INIT(&m->roles);
	RB_INIT(&m->overrides);
	return (m);
}

void
mirror_free(struct mirror *m)
{
	struct mirror_override	*o;
	struct mirror_role	*r;

	if (m == NULL)
		return;
	while ((r = RB_ROOT(&m->roles)) != NULL)
		role_drop(m, r);
	while ((o = RB_ROOT(&m->overrides)) != NULL)
		override_drop(m, o);
	free(m);
}

int
mirror_set_role(struct mirror *m, uint32_t id, const struct msg_role *role)
{
	struct mirror_role	*r, key;
	int			 same;

	key.id = id;
	if ((r = RB_FIND(mirror_roles, &m->roles, &key)) == NULL) {
		if ((r = calloc(1, sizeof(*r))) == NULL)
			return (-1);
		r->id = id;
		RB_INSERT(mirror_roles, &m->roles, r);
	}
	same = r->acted && r->role.state == role->state;
	r->acted = 1;
	r->role = *role;
	return (same);
}

static void
role_drop(struct mirror *m, struct mirror_role *r)
{
	RB_REMOVE(mirror_roles, &m->roles, r);
	free(r);
}

/* An override that says "as configured" is none. */
int
mirror_set_override(struct mirror *m, uint32_t id,
    const struct msg_override *override)
{
	static const struct msg_override	 none;
	struct mirror_override			*o, key;

	key.id = id;
	o = RB_FIND(mirror_overrides, &m->overrides, &key);
	if (memcmp(override, &none, sizeof(none)) == 0) {
		if (o != NULL)
			override_drop(m, o);
		return (0);
	}
	if (o == NULL) {
		if ((o = calloc(1, sizeof(*o))) == NULL)
			return (-1);
		o->id = id;
		RB_INSERT(mirror_overrides, &m->overrides, o);
	}
	o->override = *override;
	return (0);
}

void
mirror_override(const struct mirror *m, uint32_t id,
    struct msg_override *override)
{
	struct mirror_override	*o, key;

	memset(override, 0, sizeof(*override));
	key.id = id;
	if ((o = RB_FIND(mirror_overrides,
	    (struct mirror_overrides *)&m->overrides, &key)) != NULL)
		*override = o->override;
}

static void
override_drop(struct mirror *m, struct mirror_override *o)
{
	RB_REMOVE(mirror_overrides, &m->overrides, o);
	free(o);
}

uint32_t
mirror_role(const struct mirror *m, uint32_t id)
{
	struct mirror_role	*r, key;

	key.id = id;
	r = RB_FIND(mirror_roles, (struct mirror_roles *)&m->roles, &key);
	return (r != NULL ? r->role.state : VRRP_INIT);
}

void
mirror_forget_roles(struct mirror *m)
{
	struct mirror_role	*r;

	RB_FOREACH(r, mirror_roles, &m->roles)
		r->role.state = VRRP_INIT;
}

void
mirror_new_vrrpe(struct mirror *m)
{
	struct mirror_role	*r;

	RB_FOREACH(r, mirror_roles, &m->roles)
		r->acted = 0;
}

void
mirror_prune(struct mirror *m, const struct conf *conf)
{
	struct mirror_role	*r, *rnext;
	struct mirror_override	*o, *onext;

	RB_FOREACH_SAFE(r, mirror_roles, &m->roles, rnext)
		if (conf_find_vrrp(conf, r->id) == NULL)
			role_drop(m, r);
	RB_FOREACH_SAFE(o, mirror_overrides, &m->overrides, onext)
		if (conf_find_host(conf, o->id) == NULL &&
		    conf_find_table(conf, o->id) == NULL &&
		    conf_find_service(conf, o->id) == NULL)
			override_drop(m, o);
}

void
mirror_each_role(const struct mirror *m,
    void (*tell)(void *, uint32_t, const struct msg_role *), void *arg)
{
	struct mirror_role	*r;

	RB_FOREACH(r, mirror_roles, (struct mirror_roles *)&m->roles)
		tell(arg, r->id, &r->role);
}

void
mirror_each_override(const struct mirror *m,
    void (*tell)(void *, uint32_t, const struct msg_override *), void *arg)
{
	struct mirror_override	*o;

	RB_FOREACH(o, mirror_overrides,
	    (struct mirror_overrides *)&m->overrides)
		tell(arg, o->id, &o->override);
}
