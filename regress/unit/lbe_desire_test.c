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
 * What ought to be in the kernel for a service, by a table of cases: the
 * state of three hosts of the primary pool and two of the backup, and the
 * weight each should have.
 */

#include <string.h>

#include "../../lbe/env.h"
#include "tap.h"

#define PRIMARY_HOSTS	3
#define BACKUP_HOSTS	2
#define HOSTS		(PRIMARY_HOSTS + BACKUP_HOSTS)
#define NO		DEST_NONE

/*
 * A host: u up, d down, ? unknown, k unknown but found in the kernel,
 * x down and found there; in
 * capitals (and "!" for k) disabled by the operator; - disabled by the
 * configuration, + the same but enabled by the operator and up; z up with
 * weight 0; . there is no such host.
 */
struct test {
	const char	*name;
	const char	*hosts;		/* primary, then backup */
	const char	*what;		/* flags: see setup() */
	enum ctl_state	 state;
	int32_t		 weight[HOSTS];
};

static const struct test tests[] = {
	{ "all up", "uuuuu", "", CTL_UP, { 1, 2, 3, NO, NO } },
	{ "one down", "uduuu", "", CTL_UP, { 1, NO, 3, NO, NO } },
	{ "one unknown is not used", "u?uuu", "", CTL_UP,
	    { 1, NO, 3, NO, NO } },
	{ "all unknown, nothing in the kernel", "???..", "", CTL_UNKNOWN,
	    { NO, NO, NO, NO, NO } },
	{ "all down without backup", "ddd..", "", CTL_DOWN,
	    { NO, NO, NO, NO, NO } },
	{ "all down: the backup", "ddduu", "", CTL_BACKUP_TABLE,
	    { NO, NO, NO, 4, 5 } },
	{ "all unknown: no backup before the first verdict", "???uu", "",
	    CTL_UNKNOWN, { NO, NO, NO, NO, NO } },
	{ "all unknown: a backup that serves goes on", "???ku", "",
	    CTL_BACKUP_TABLE, { NO, NO, NO, 4, 5 } },
	{ "all unknown or disabled: no backup yet", "U?-uu", "",
	    CTL_UNKNOWN, { NO, NO, NO, NO, NO } },
	{ "down and unknown: the backup", "d?duu", "", CTL_BACKUP_TABLE,
	    { NO, NO, NO, 4, 5 } },
	{ "backup: only its usable hosts", "dddud", "", CTL_BACKUP_TABLE,
	    { NO, NO, NO, 4, NO } },
	{ "all down, backup too", "ddddd", "", CTL_DOWN,
	    { NO, NO, NO, NO, NO } },
	{ "all down, backup unknown", "ddd??", "", CTL_UNKNOWN,
	    { NO, NO, NO, NO, NO } },
	{ "one back: no backup any more", "udduu", "", CTL_UP,
	    { 1, NO, NO, NO, NO } },
	{ "unknown but in the kernel stays", "kkkuu", "", CTL_UP,
	    { 1, 2, 3, NO, NO } },
	{ "in the kernel, then down", "dkkuu", "", CTL_UP,
	    { NO, 2, 3, NO, NO } },
	{ "backup in the kernel stays until a verdict", "???kk", "",
	    CTL_BACKUP_TABLE, { NO, NO, NO, 4, 5 } },
	{ "host disabled", "Uuuuu", "", CTL_UP, { NO, 2, 3, NO, NO } },
	{ "all hosts disabled: the backup", "UUUuu", "", CTL_BACKUP_TABLE,
	    { NO, NO, NO, 4, 5 } },
	{ "all hosts disabled is down, not unknown", "UUU..", "", CTL_DOWN,
	    { NO, NO, NO, NO, NO } },
	{ "disabled goes although in the kernel", "!uu..", "", CTL_UP,
	    { NO, 2, 3, NO, NO } },
	{ "host disabled by the configuration", "-uu..", "", CTL_UP,
	    { NO, 2, 3, NO, NO } },
	{ "the operator enables it", "+uu..", "", CTL_UP,
	    { 1, 2, 3, NO, NO } },
	{ "weight 0 stays and takes nothing new", "zuu..", "", CTL_UP,
	    { 0, 2, 3, NO, NO } },
	{ "weight 0 alone does not serve", "zdd..", "", CTL_DOWN,
	    { 0, NO, NO, NO, NO } },
	{ "weight 0 finishes beside the backup", "zdduu", "",
	    CTL_BACKUP_TABLE, { 0, NO, NO, 4, 5 } },
	{ "weight 0 in a backup that rests", "uuuzu", "", CTL_UP,
	    { 1, 2, 3, NO, NO } },
	{ "service disabled", "uuuuu", "s", CTL_DISABLED,
	    { NO, NO, NO, NO, NO } },
	{ "service disabled by the configuration", "uuu..", "c",
	    CTL_DISABLED, { NO, NO, NO, NO, NO } },
	{ "and enabled by the operator", "uuu..", "cS", CTL_UP,
	    { 1, 2, 3, NO, NO } },
	{ "table disabled: the backup", "uuuuu", "t", CTL_BACKUP_TABLE,
	    { NO, NO, NO, 4, 5 } },
	{ "table disabled without backup", "uuu..", "t", CTL_DOWN,
	    { NO, NO, NO, NO, NO } },
	{ "a host's enable does not enable its table", "+uu..", "t",
	    CTL_DOWN, { NO, NO, NO, NO, NO } },
	{ "no checks: always up", "?d?uu", "n", CTL_UP,
	    { 1, 2, 3, NO, NO } },
	{ "no checks, but disabled", "U???.", "n", CTL_UP,
	    { NO, 2, 3, NO, NO } },
	{ "empty table", ".....", "", CTL_DOWN, { NO, NO, NO, NO, NO } },
	{ "no table at all", ".....", "x", CTL_DOWN,
	    { NO, NO, NO, NO, NO } },
	{ "quorum", "duu..", "4", CTL_UP, { NO, 2, 3, NO, NO } },
	{ "below quorum without backup", "uud..", "4", CTL_NO_QUORUM,
	    { 1, 2, NO, NO, NO } },
	{ "below quorum with a backup", "uuduu", "4", CTL_BACKUP_TABLE,
	    { NO, NO, NO, 4, 5 } },
	{ "below quorum with a backup that is down", "uuddd", "4",
	    CTL_NO_QUORUM, { 1, 2, NO, NO, NO } },
	{ "no quorum yet at a start", "uu?uu", "4", CTL_UNKNOWN,
	    { 1, 2, NO, NO, NO } },
	{ "no quorum at a start with a host down", "u?duu", "4",
	    CTL_BACKUP_TABLE, { NO, NO, NO, 4, 5 } },
	{ "hysteresis: not enough to get the quorum", "udu..", "4h",
	    CTL_NO_QUORUM, { 1, NO, 3, NO, NO } },
	{ "hysteresis: enough to get it", "duu..", "4h", CTL_UP,
	    { NO, 2, 3, NO, NO } },
	{ "hysteresis: enough to keep it", "uud..", "4hk", CTL_UP,
	    { 1, 2, NO, NO, NO } },
	{ "hysteresis: not enough to keep it", "dud..", "4hk",
	    CTL_NO_QUORUM, { NO, 2, NO, NO, NO } },
	{ "hysteresis: after a restart the kernel tells", "xku..", "4h",
	    CTL_UP, { NO, 2, 3, NO, NO } },
	{ "hysteresis: after a restart with the backup", "uxukk", "4h",
	    CTL_BACKUP_TABLE, { NO, NO, NO, 4, 5 } },
	{ "fail open: too many to be true", "ddu..", "f", CTL_FAIL_OPEN,
	    { 1, 2, 3, NO, NO } },
	{ "fail open: few enough", "duu..", "f", CTL_UP,
	    { NO, 2, 3, NO, NO } },
	{ "fail open: all, and no backup", "ddduu", "f", CTL_FAIL_OPEN,
	    { 1, 2, 3, NO, NO } },
	{ "fail open: disabled ones do not count", "Uud..", "f", CTL_UP,
	    { NO, 2, NO, NO, NO } },
	{ "fail open: nor do they serve", "Udd..", "f", CTL_FAIL_OPEN,
	    { NO, 2, 3, NO, NO } },
	{ "fail open: unknown is not failed", "??d..", "f", CTL_UNKNOWN,
	    { NO, NO, NO, NO, NO } },
	{ "quiesce: a host that fails", "xuu..", "q", CTL_UP,
	    { 0, 2, 3, NO, NO } },
	{ "quiesce: not one that has not served", "duu..", "q", CTL_UP,
	    { NO, 2, 3, NO, NO } },
	{ "quiesce: all, beside the backup", "xxxuu", "q",
	    CTL_BACKUP_TABLE, { 0, 0, 0, 4, 5 } },
	{ "quiesce: not one that is disabled", "!uu..", "q", CTL_UP,
	    { NO, 2, 3, NO, NO } },
	{ "quiesce: not of the backup", "uuuxk", "q", CTL_UP,
	    { 1, 2, 3, NO, NO } },
	{ "standby", "uukuu", "r", CTL_STANDBY, { NO, NO, NO, NO, NO } },
	{ "standby: nothing finishes", "zzxuk", "rq", CTL_STANDBY,
	    { NO, NO, NO, NO, NO } },
	{ "standby and disabled", "uuu..", "rs", CTL_DISABLED,
	    { NO, NO, NO, NO, NO } },
	{ "initial up: before a verdict", "???uu", "i", CTL_UP,
	    { 1, 2, 3, NO, NO } },
	{ "initial up: a verdict counts", "d??uu", "i", CTL_UP,
	    { NO, 2, 3, NO, NO } }
};

static struct lbe_service	service;
static struct lbe_table		table[POOL_MAX];
static struct lbe_host		host[HOSTS];
static struct lbe_status	status[HOSTS];
static struct lbe_extra		extra[HOSTS];
static struct msg_override	override;	/* of a service or table */
static int32_t			asked[POOL_MAX][HOSTS];

static void
setup_host(struct lbe_host *h, char what, int32_t *in_kernel)
{
	status[h - host].state = HOST_UNKNOWN;
	switch (what) {
	case 'U':
		extra[h - host].override.kind = OVERRIDE_DISABLE;
		/* FALLTHROUGH */
	case 'u':
		status[h - host].state = HOST_UP;
		break;
	case 'd':
		status[h - host].state = HOST_DOWN;
		break;
	case '!':
		extra[h - host].override.kind = OVERRIDE_DISABLE;
		/* FALLTHROUGH */
	case 'x':
		status[h - host].state = HOST_DOWN;
		/* FALLTHROUGH */
	case 'k':
		*in_kernel = 7;
		break;
	case '+':
		extra[h - host].override.kind = OVERRIDE_ENABLE;
		/* FALLTHROUGH */
	case '-':
		status[h - host].state = HOST_UP;
		h->flags = HOST_F_DISABLE;
		break;
	case 'z':
		status[h - host].state = HOST_UP;
		h->weight = 0;
		break;
	default:
		break;
	}
}

static void
setup_flag(char flag)
{
	switch (flag) {
	case 's':
		override.kind = OVERRIDE_DISABLE;
		service.override = &override;
		break;
	case 'S':
		override.kind = OVERRIDE_ENABLE;
		service.override = &override;
		break;
	case 'c':
		service.conf.flags = SERVICE_F_DISABLE;
		break;
	case 't':
		override.kind = OVERRIDE_DISABLE;
		table[POOL_PRIMARY].override = &override;
		break;
	case 'n':
		table[POOL_PRIMARY].conf.nchecks = 0;
		break;
	case '4':
		service.conf.quorum = 4;
		break;
	case 'h':
		service.conf.hysteresis = 1;
		break;
	case 'k':
		service.settled = service.quorate = 1;
		break;
	case 'f':
		service.conf.fail_open = 50;
		break;
	case 'q':
		service.conf.flags = SERVICE_F_QUIESCE;
		break;
	case 'r':
		service.resting = 1;
		break;
	case 'i':
		service.conf.flags = SERVICE_F_INITIAL_UP;
		break;
	case 'x':
		service.pool[POOL_PRIMARY].table = NULL;
		service.pool[POOL_BACKUP].table = NULL;
		break;
	}
}

static void
setup(const struct test *t)
{
	const char	*flag;
	uint32_t	 n;
	int		 i, pool;

	memset(&service, 0, sizeof(service));
	memset(table, 0, sizeof(table));
	memset(host, 0, sizeof(host));
	memset(status, 0, sizeof(status));
	memset(extra, 0, sizeof(extra));
	memset(&override, 0, sizeof(override));
	service.conf.quorum = 1;
	for (pool = 0; pool < POOL_MAX; pool++) {
		table[pool].hosts = &host[pool == POOL_PRIMARY ? 0 :
		    PRIMARY_HOSTS];
		table[pool].conf.nchecks = 1;
		service.pool[pool].table = &table[pool];
		service.pool[pool].service = &service;
		service.pool[pool].asked = asked[pool];
	}
	for (i = 0; i < HOSTS; i++) {
		pool = i < PRIMARY_HOSTS ? POOL_PRIMARY : POOL_BACKUP;
		host[i].table = &table[pool];
		host[i].status = &status[i];
		host[i].extra = &extra[i];
		host[i].weight = i + 1;
		n = HOST_INDEX(&host[i]);
		asked[pool][n] = DEST_NONE;
		setup_host(&host[i], t->hosts[i], &asked[pool][n]);
		if (t->hosts[i] != '.')
			table[pool].nhosts++;
	}
	for (flag = t->what; *flag != '\0'; flag++)
		setup_flag(*flag);
}

static void
check(const struct test *t)
{
	enum pool_role	active;
	int32_t		got;
	int		i, good = 1;

	desire_settle(&service);
	active = desire_pool(&service);
	is_int(desire_state(&service, active), t->state, "%s: state", t->name);
	for (i = 0; i < HOSTS; i++) {
		if (t->hosts[i] == '.')
			continue;
		got = desire_weight(&service, active, i < PRIMARY_HOSTS ?
		    POOL_PRIMARY : POOL_BACKUP, &host[i]);
		if (got == t->weight[i])
			continue;
		good = 0;
		printf("# host %d: got %d, wanted %d\n", i, got,
		    t->weight[i]);
	}
	ok(good, "%s: weights", t->name);
}

int
main(void)
{
	size_t	i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		setup(&tests[i]);
		check(&tests[i]);
	}
	return (done_testing());
}
