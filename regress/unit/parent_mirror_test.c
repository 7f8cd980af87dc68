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

/*
 * What an engine told is kept for its successor, as long as the object is
 * configured.
 */
#include <sys/types.h>

#include <string.h>

#include "../../imsg/ctl.h"
#include "../../parent/parent.h"
#include "tap.h"

static void	count_role(void *, uint32_t, const struct msg_role *);
static void	count_override(void *, uint32_t, const struct msg_override *);
static int	roles(struct mirror *);
static int	overrides(struct mirror *);
static void	test_roles(struct mirror *);
static void	test_role_ok(void);
static void	test_overrides(struct mirror *);
static void	test_prune(struct mirror *);

static struct msg_override	last_override;
static struct msg_role		last_role;

static void
count_role(void *arg, uint32_t, const struct msg_role *r)
{
	last_role = *r;
	(*(int *)arg)++;
}

static void
count_override(void *arg, uint32_t, const struct msg_override *o)
{
	(*(int *)arg)++;
	last_override = *o;
}

static int
roles(struct mirror *m)
{
	int	n = 0;

	mirror_each_role(m, count_role, &n);
	return (n);
}

static int
overrides(struct mirror *m)
{
	int	n = 0;

	mirror_each_override(m, count_override, &n);
	return (n);
}

static void
test_roles(struct mirror *m)
{
	struct msg_role	role = { VRRP_BACKUP, 100, 7, 1, { 5 } };

	is_int(mirror_role(m, 7), VRRP_INIT, "no role was told");
	is_int(mirror_set_role(m, 7, &role), 0, "a role");
	is_int(mirror_role(m, 7), VRRP_BACKUP, "is kept");
	is_int(mirror_set_role(m, 7, &role), 1, "in the same state again");
	role.state = VRRP_MASTER;
	is_int(mirror_set_role(m, 7, &role), 0, "in another");
	is_int(mirror_role(m, 7), VRRP_MASTER, "the last one counts");
	is_int(roles(m), 1, "one each");
	mirror_set_role(m, 8, &role);
	is_int(roles(m), 2, "and all are told");
	mirror_new_vrrpe(m);
	is_int(mirror_set_role(m, 7, &role), 0, "the same by another vrrpe");
	mirror_forget_roles(m);
	is_int(mirror_role(m, 7), VRRP_INIT, "states can be forgotten");
	is_int(roles(m), 2, "but not the rest of a role");
	is_int(last_role.demote, 7, "which is still told");
}

/* What comes from vrrpe, and goes back to the next one, is judged first. */
static void
test_role_ok(void)
{
	static const struct msg_role	good[] = {
		{ VRRP_MASTER, 255, 0, 0, { 5 } },
		{ VRRP_HANDOVER, 1, VRRP_DEMOTE_MAX, 1, { 5 } }
	};
	static const struct msg_role	bad[] = {
		{ VRRP_STATE_MAX, 100, 0, 0, { 5 } },
		{ VRRP_MASTER, 0, 0, 0, { 5 } },
		{ VRRP_MASTER, 256, 0, 0, { 5 } },
		{ VRRP_MASTER, 100, VRRP_DEMOTE_MAX + 1, 0, { 5 } },
		{ VRRP_MASTER, 100, 0, 2, { 5 } }
	};
	size_t				i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ok(msg_role_ok(&good[i]), "a role that can be, %zu", i);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!msg_role_ok(&bad[i]), "a role that cannot, %zu", i);
}

static void
test_overrides(struct mirror *m)
{
	struct msg_override	o = { .kind = OVERRIDE_DISABLE,
				    .by.since = 1000 };

	mirror_set_override(m, 3, &o);
	o.kind = OVERRIDE_ENABLE;
	o.by.since = 2000;
	mirror_set_override(m, 3, &o);
	is_int(overrides(m), 1, "one override of an object");
	is_int(last_override.kind, OVERRIDE_ENABLE, "the last one");
	is_int(last_override.by.since, 2000, "with its time");
	memset(&o, 0, sizeof(o));
	o.flags = OVERRIDE_F_WEIGHT;
	mirror_set_override(m, 3, &o);
	is_int(overrides(m), 1, "a weight of 0 is one");
	o.flags = 0;
	mirror_set_override(m, 3, &o);
	is_int(overrides(m), 0, "as configured is none");
	is_int(mirror_set_override(m, 4, &o), 0, "nor is it an error");
	is_int(overrides(m), 0, "where there was none");
}

static void
test_prune(struct mirror *m)
{
	static struct conf_vrrp	 v;
	static struct conf_table t;
	struct msg_role		 role = { VRRP_MASTER, 100, 0, 0, { 5 } };
	struct msg_override	 o = { .kind = OVERRIDE_DISABLE,
				    .by.since = 1000 };
	struct conf		*conf;

	if ((conf = conf_new()) == NULL) {
		ok(0, "out of memory");
		return;
	}
	v.conf.id = 10;
	TAILQ_INSERT_TAIL(&conf->vrrps, &v, entry);
	RB_INSERT(conf_vrrps_byid, &conf->vrrps_byid, &v);
	t.id = 11;
	TAILQ_INSERT_TAIL(&conf->tables, &t, entry);
	mirror_set_role(m, 10, &role);
	mirror_set_role(m, 99, &role);
	mirror_set_override(m, 11, &o);
	mirror_set_override(m, 98, &o);
	mirror_prune(m, conf);
	is_int(roles(m), 1, "roles of instances that are gone go");
	is_int(mirror_role(m, 10), VRRP_MASTER, "the others stay");
	is_int(overrides(m), 1, "and so do overrides");
	TAILQ_REMOVE(&conf->vrrps, &v, entry);
	TAILQ_REMOVE(&conf->tables, &t, entry);
	conf_free(conf);
}

int
main(void)
{
	struct mirror	*m;

	if ((m = mirror_new()) == NULL)
		return (1);
	test_roles(m);
	test_role_ok();
	test_overrides(m);
	test_prune(m);
	mirror_free(m);
	return (done_testing());
}
