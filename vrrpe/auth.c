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

#include <bsd/stdlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../imsg/log.h"
#include "hmac.h"
#include "instance.h"

/* Routers of which it is known how far they have come. */
#define SENDERS		VRRP_PEER_MAX

struct sender {
	struct addr	addr;
	int		known;		/* seq is the last taken */
	uint64_t	seq;
	uint64_t	used;		/* greater: later; 0: never */
};

struct auth {
	struct hmac_config	conf;
	uint64_t		sent;		/* last sequence */
	uint64_t		uses;		/* of senders, so far */
	struct sender		sender[SENDERS];
};

static uint64_t	auth_now(void);
static const struct hmac_key *auth_key(const struct auth *, uint8_t);
static struct sender *auth_sender(struct auth *, const struct addr *);
static int	auth_advances(struct auth *, const struct addr *, uint64_t,
		    uint64_t);
static int	auth_trusted(struct vrrp *, const struct hmac_trailer *,
		    const struct packet_ip *, char *, size_t);
static void	auth_clock(struct vrrp *, const struct addr *, int32_t);
static int	is_stale(const struct auth *, int32_t);

/*
 * The one place of VRRP where the time of day matters: the other routers'
 * clocks are asked whether an advert is new.
 */
static uint64_t
auth_now(void)
{
	struct timespec	ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) == -1)
		fatal("clock_gettime");
	return (hmac_seq(&ts));
}

struct auth *
auth_new(const struct hmac_config *conf)
{
	struct auth	*a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		fatal("configuration");
	a->conf = *conf;
	return (a);
}

void
auth_free(struct auth *a)
{
	if (a != NULL)
		freezero(a, sizeof(*a));
}

void
auth_adopt(struct vrrp *v, struct vrrp *new)
{
	struct auth	*a = v->auth;

	if (a != NULL && new->auth != NULL) {
		a->conf = new->auth->conf;
		return;
	}
	v->auth = new->auth;
	new->auth = a;
}

int
auth_same(const struct auth *a, const struct auth *b)
{
	if (a == NULL || b == NULL)
		return (a == b);
	return (memcmp(&a->conf, &b->conf, sizeof(a->conf)) == 0);
}

size_t
auth_trailer(const struct auth *a)
{
	return (a == NULL || a->conf.mode == HMAC_RECEIVE_ONLY ? 0 :
	    PACKET_TRAILER_LEN);
}

static const struct hmac_key *
auth_key(const struct auth *a, uint8_t id)
{
	int	i;

	for (i = 0; i < a->conf.count; i++)
		if (a->conf.key[i].id == id)
			return (&a->conf.key[i]);
	return (NULL);
}

/* All peers get the same: where an advert goes is not authenticated. */
void
auth_sign(struct vrrp *v)
{
	struct auth		*a = v->auth;
	struct advert		*ad = &v->advert;
	const struct hmac_key	*key;
	uint8_t			*p = ad->buf + ad->len;

	if (ad->trailer == 0 || (key = auth_key(a, a->conf.active)) == NULL)
		return;
	a->sent = hmac_next(a->sent, auth_now(), a->conf.window_s);
	hmac_head(p, key->id, a->sent);
	/* With a code of zeros it is dropped by everyone. */
	if (hmac_code(v->env->hmac, key, &ad->src, ad->buf, ad->len,
	    p + HMAC_HEAD_LEN) == -1)
		memset(p + HMAC_HEAD_LEN, 0, HMAC_CODE_LEN);
}

/* Only whose code was right comes here, so that no other can fill it. */
static struct sender *
auth_sender(struct auth *a, const struct addr *src)
{
	struct sender	*s, *oldest = &a->sender[0];
	size_t		 i;

	for (i = 0; i < SENDERS; i++) {
		s = &a->sender[i];
		if (s->used != 0 && addr_cmp(&s->addr, src) == 0)
			break;
		if (s->used < oldest->used)
			oldest = s;
	}
	if (i == SENDERS) {
		s = oldest;
		s->addr = *src;
		s->known = 0;
	}
	s->used = ++a->uses;
	return (s);
}

static int
is_stale(const struct auth *a, int32_t age)
{
	int32_t	window = a->conf.window_s;

	return (window != 0 && (age > window || age < -window));
}

/*
 * A sequence outside of the window tells nothing any more: what is before it
 * would be dropped anyway, and the clock of its sender may have been set.
 */
static int
auth_advances(struct auth *a, const struct addr *src, uint64_t seq,
    uint64_t now)
{
	struct sender	*s = auth_sender(a, src);

	if (s->known && !is_stale(a, hmac_age(s->seq, now)) &&
	    !hmac_after(seq, s->seq))
		return (0);
	s->known = 1;
	s->seq = seq;
	return (1);
}

/* What is past half of the window will soon be past all of it. */
static void
auth_clock(struct vrrp *v, const struct addr *src, int32_t age)
{
	int32_t	half = v->auth->conf.window_s / 2;

	if (half == 0 || (age <= half && age >= -half))
		return;
	v->note[VRRP_NOTE_CLOCK]++;
	droplog_vrrp(v, DROPLOG_NOTE(VRRP_NOTE_CLOCK), src, "its clock is %d "
	    "s %s ours; beyond %u s it would be dropped",
	    abs(age), age < 0 ? "ahead of" : "behind",
	    v->auth->conf.window_s);
}

/*
 * First what costs nothing: an old capture does not get as far as the code,
 * and nothing is remembered of what does not get past it.
 */
static int
auth_trusted(struct vrrp *v, const struct hmac_trailer *t,
    const struct packet_ip *ip, char *why, size_t len)
{
	struct auth		*a = v->auth;
	const struct hmac_key	*key;
	uint8_t			 code[HMAC_CODE_LEN];
	uint64_t		 now = auth_now();
	int32_t			 age = hmac_age(t->seq, now);

	if (is_stale(a, age)) {
		snprintf(why, len, "by its clock it was sent %lld s %s, more "
		    "than %u s", llabs(age), age < 0 ? "from now" : "ago",
		    a->conf.window_s);
		return (VRRP_DROP_HMAC_STALE);
	}
	if ((key = auth_key(a, t->key)) == NULL) {
		snprintf(why, len, "it is under key %u, which we do not have",
		    t->key);
		return (VRRP_DROP_HMAC_KEY);
	}
	if (hmac_code(v->env->hmac, key, &ip->src, ip->data,
	    ip->len - PACKET_TRAILER_LEN, code) == -1 ||
	    !hmac_same(code, t->code)) {
		snprintf(why, len, "wrong authentication code (key %u)",
		    t->key);
		return (VRRP_DROP_HMAC_FAIL);
	}
	if (!auth_advances(a, &ip->src, t->seq, now)) {
		snprintf(why, len, "it was heard before, or one that was sent "
		    "later");
		return (VRRP_DROP_HMAC_REPLAY);
	}
	auth_clock(v, &ip->src, age);
	return (PACKET_OK);
}

int
auth_judge(struct vrrp *v, const struct packet *p, const struct packet_ip *ip,
    char *why, size_t len)
{
	struct hmac_trailer	t;

	if (!p->trailer) {
		if (v->auth->conf.mode != HMAC_ENFORCE)
			return (PACKET_OK);
		snprintf(why, len, "it has no authentication trailer");
		return (VRRP_DROP_HMAC_MISSING);
	}
	hmac_parse(ip->data + ip->len - PACKET_TRAILER_LEN, &t);
	if (t.type != HMAC_TYPE || t.reserved != 0) {
		snprintf(why, len, "authentication trailer of type %u, which "
		    "is not known", t.type);
		return (VRRP_DROP_HMAC_FORM);
	}
	return (auth_trusted(v, &t, ip, why, len));
}

void
auth_text(const struct auth *a, char *buf, size_t len)
{
	if (a == NULL)
		return;
	snprintf(buf, len, "hmac %s, key %u", hmac_mode_names[a->conf.mode],
	    a->conf.active);
}
