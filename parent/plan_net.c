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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_state.h"
#include "parent.h"
#include "reload_state.h"

/*
 * What a reload would add to the network and remove from it at once, in the
 * words of ip(8): of the instances that hold theirs now, and what is static.
 */

/* An address of one of the two configurations, and where it is held. */
struct plan_addr {
	const struct vaddr_config	*conf;
	const char			*ifname;
};

struct plan_addrs {
	struct plan_addr	*addr;
	size_t			 n;
	size_t			 room;
};

static int	 addrs_of(struct plan_addrs *, const struct parent *,
		    const struct conf *);
static int	 addrs_add(struct plan_addrs *, const struct conf_vrrp *,
		    const struct conf_vaddrs *);
static int	 addr_place_cmp(const void *, const void *);
static int	 addrs_have(const struct plan_addrs *,
		    const struct plan_addr *);
static void	 addrs_tell(const char *, const struct plan_addrs *,
		    const struct plan_addrs *, FILE *);

int
plan_net(const struct parent *env, const struct conf *new, FILE *f)
{
	struct plan_addrs	was, is;
	int			error = -1;

	memset(&was, 0, sizeof(was));
	memset(&is, 0, sizeof(is));
	if (addrs_of(&was, env, env->conf) == -1 ||
	    addrs_of(&is, env, new) == -1)
		goto done;
	addrs_tell("add", &is, &was, f);
	addrs_tell("del", &was, &is, f);
	error = 0;
done:
	free(was.addr);
	free(is.addr);
	return (error);
}

/* An instance that is new, or not master, has none yet. */
static int
addrs_of(struct plan_addrs *list, const struct parent *env,
    const struct conf *conf)
{
	const struct conf_vrrp	*v;
	uint32_t		 role;

	if (addrs_add(list, NULL, &conf->statics.addrs) == -1)
		return (-1);
	TAILQ_FOREACH(v, &conf->vrrps, entry) {
		role = mirror_role(env->mirror, v->conf.id);
		if ((role == VRRP_MASTER || role == VRRP_HANDOVER) &&
		    addrs_add(list, v, &v->addrs) == -1)
			return (-1);
	}
	/* An empty list has no place in memory. */
	if (list->n > 0)
		qsort(list->addr, list->n, sizeof(*list->addr),
		    addr_place_cmp);
	return (0);
}

static int
addrs_add(struct plan_addrs *list, const struct conf_vrrp *v,
    const struct conf_vaddrs *addrs)
{
	const struct conf_vaddr	*a;
	struct plan_addr	*p;
	size_t			 room;

	TAILQ_FOREACH(a, addrs, entry) {
		if (list->n == list->room) {
			room = 2 * list->room + 1;
			p = reallocarray(list->addr, room, sizeof(*p));
			if (p == NULL)
				return (-1);
			list->addr = p;
			list->room = room;
		}
		p = &list->addr[list->n++];
		p->conf = &a->conf;
		p->ifname = net_device_of(v, a);
	}
	return (0);
}

static int
addr_place_cmp(const void *va, const void *vb)
{
	const struct plan_addr	*a = va, *b = vb;
	int			 n;

	if ((n = strcmp(a->ifname, b->ifname)) != 0 ||
	    (n = addr_cmp(&a->conf->addr, &b->conf->addr)) != 0)
		return (n);
	return (a->conf->prefixlen < b->conf->prefixlen ? -1 :
	    a->conf->prefixlen > b->conf->prefixlen);
}

static int
addrs_have(const struct plan_addrs *list, const struct plan_addr *a)
{
	return (list->n > 0 && bsearch(a, list->addr, list->n, sizeof(*a),
	    addr_place_cmp) != NULL);
}

/* Those of the first list that are not in the second. */
static void
addrs_tell(const char *verb, const struct plan_addrs *these,
    const struct plan_addrs *those, FILE *f)
{
	const struct plan_addr	*a;
	char			 text[ADDR_STRLEN];
	size_t			 i;

	for (i = 0; i < these->n; i++) {
		a = &these->addr[i];
		if (addrs_have(those, a))
			continue;
		fprintf(f, "ip address %s %s/%u dev %s\n", verb,
		    addr_str(&a->conf->addr, text), a->conf->prefixlen,
		    a->ifname);
	}
}
