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
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "ipvs.h"
#include "parent.h"

/*
 * What lbe asks of the kernel for who wants to look.  It gets the table of
 * IPVS piece by piece, each when it has room for it.  The connections it gets
 * as an open file: they can be millions, to read on to a place far into which
 * takes the kernel long, and they may have words of clients in them.
 */

/* At one time; lbe has as many clients at most. */
#define LISTINGS_MAX	64

#define SESSIONS_FILE	"/proc/net/ip_vs_conn"

struct listing {
	TAILQ_ENTRY(listing)	 entry;
	struct parent		*env;
	uint32_t		 id;		/* of the request */
	struct ipvs_list	*list;
};

struct listings {
	TAILQ_HEAD(, listing)	 list;
	unsigned int		 n;
};

static struct listing	*listing_find(const struct listings *, uint32_t);
static int		 listing_read(struct parent *, struct imsg *);
static void		 listing_next(struct listing *);
static void		 listing_row(void *, enum msg_type, const void *,
			    size_t);
static void		 listing_end(struct parent *, uint32_t, int);
static void		 listing_free(struct listing *);
static void		 listing_sessions(struct parent *, uint32_t);

struct listings *
listings_new(void)
{
	struct listings	*ls;

	if ((ls = calloc(1, sizeof(*ls))) != NULL)
		TAILQ_INIT(&ls->list);
	return (ls);
}

void
listings_clear(struct listings *ls)
{
	struct listing	*l;

	while ((l = TAILQ_FIRST(&ls->list)) != NULL)
		listing_free(l);
}

void
listings_free(struct listings *ls)
{
	if (ls != NULL)
		listings_clear(ls);
	free(ls);
}

static void
listing_free(struct listing *l)
{
	struct listings	*ls = l->env->listings;

	TAILQ_REMOVE(&ls->list, l, entry);
	ls->n--;
	ipvs_list_free(l->list);
	free(l);
}

static struct listing *
listing_find(const struct listings *ls, uint32_t id)
{
	struct listing	*l;

	TAILQ_FOREACH(l, &ls->list, entry)
		if (l->id == id)
			return (l);
	return (NULL);
}

int
listing_message(struct parent *env, struct imsg *imsg)
{
	struct listing	*l;

	l = listing_find(env->listings, imsg_id(imsg));
	switch (imsg_type(imsg)) {
	case MSG_IPVS_READ:
		return (l == NULL ? listing_read(env, imsg) : -1);
	case MSG_IPVS_MORE:
		if (l == NULL)
			return (-1);
		listing_next(l);
		return (0);
	case MSG_IPVS_STOP:
		/* The last piece may have been on its way. */
		if (l != NULL)
			listing_free(l);
		return (0);
	default:
		listing_sessions(env, imsg_id(imsg));
		return (0);
	}
}

static int
listing_read(struct parent *env, struct imsg *imsg)
{
	struct msg_ipvs_read	 m;
	struct listing		*l;

	if (imsg_get_data(imsg, &m, sizeof(m)) == -1 ||
	    m.kind >= IPVS_READ_KIND_MAX ||
	    env->listings->n >= LISTINGS_MAX)
		return (-1);
	if (!env->ipvs_runs) {
		listing_end(env, imsg_id(imsg), EOPNOTSUPP);
		return (0);
	}
	if ((l = calloc(1, sizeof(*l))) == NULL) {
		listing_end(env, imsg_id(imsg), ENOMEM);
		return (0);
	}
	l->env = env;
	l->id = imsg_id(imsg);
	TAILQ_INSERT_TAIL(&env->listings->list, l, entry);
	env->listings->n++;
	if ((l->list = ipvs_list_new(env->ipvs, m.kind)) == NULL) {
		listing_end(env, l->id, errno);
		listing_free(l);
		return (0);
	}
	listing_next(l);
	return (0);
}

static void
listing_next(struct listing *l)
{
	int	error;

	if ((error = ipvs_list_next(l->list, listing_row, l)) == 0) {
		proc_send(l->env, PROC_LBE, MSG_IPVS_PIECE, l->id, -1, NULL,
		    0);
		return;
	}
	listing_end(l->env, l->id, error == ENODATA ? 0 : error);
	listing_free(l);
}

static void
listing_row(void *arg, enum msg_type type, const void *data, size_t len)
{
	struct listing	*l = arg;

	proc_send(l->env, PROC_LBE, type, l->id, -1, data, len);
}

static void
listing_end(struct parent *env, uint32_t id, int error)
{
	struct msg_result	r = { error, 0, error != 0 };

	proc_send(env, PROC_LBE, MSG_IPVS_END, id, -1, &r, sizeof(r));
}

static void
listing_sessions(struct parent *env, uint32_t id)
{
	struct msg_result	r = { 0, 0, 0 };
	int			fd = -1;

	if (!env->ipvs_runs)
		r.error = EOPNOTSUPP;
	else if ((fd = open(SESSIONS_FILE, O_RDONLY | O_CLOEXEC)) == -1) {
		r.error = errno;
		log_warn(SESSIONS_FILE);
	}
	r.failed = r.error != 0;
	proc_send(env, PROC_LBE, MSG_SESSIONS, id, fd, &r, sizeof(r));
}
