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
#include <sys/socket.h>
#include <netinet/in.h>

#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

#include "../imsg/log.h"
#include "instance.h"

static int	judge_ip(const struct vsock *, const struct vrrp *,
		    const struct packet_ip *);
static int	judge_dst(const struct vsock *, const struct vrrp *,
		    const struct addr *);
static int	is_ours(const struct lan *, const struct vrrp *,
		    const struct addr *);
static uint8_t	ttl_wanted(const struct vrrp *, const struct addr *);
static const struct vpeer *peer_find(const struct vrrp *,
		    const struct addr *);
static void	drop_log(struct vrrp *, int, const struct packet_ip *);
static int	drop(struct vrrp *, enum vrrp_drop, const struct addr *,
		    const char *);
static void	judge_advert(struct vrrp *, const struct packet *,
		    const struct packet_ip *);
static int	judge_auth(struct vrrp *, const struct packet *,
		    const struct packet_ip *);
static int	judge_trailer(struct vrrp *, const struct packet *,
		    const struct packet_ip *);
static int	judge_interval(struct vrrp *, const struct packet *,
		    const struct addr *);
static int	judge_addrs(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	addrs_log(struct vrrp *, const struct packet *,
		    const struct addr *, uint32_t, const char *);
static int	judge_source(struct vrrp *, const struct packet *,
		    const struct addr *);
static int	is_stray(const struct iface *, const struct addr *);
static void	taken_notes(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	advert_act(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	rival_heard(struct vrrp *, const struct packet *,
		    const struct addr *);

/*
 * The checks, in the order of RFC 9568 section 7.1.  What fails one is
 * counted and changes nothing else, no timer either.  A bad packet counts
 * with the instance that its VRID names, or with the interface.
 */
void
judge_packet(struct vsock *s, const struct packet_ip *ip)
{
	struct packet	 p;
	struct vrrp	*v;
	int		 why;

	v = s->lan->vrid[packet_vrid(ip->data, ip->len)];
	why = judge_ip(s, v, ip);
	if (why == PACKET_OK)
		why = packet_decode(&p, ip->data, ip->len, &ip->src, &ip->dst);
	if (why == PACKET_OK && v == NULL)
		why = VRRP_DROP_VRID;
	if (why == PACKET_OK)
		judge_advert(v, &p, ip);
	else if (v == NULL)
		s->lan->drop[why]++;
	else {
		v->drop[why]++;
		drop_log(v, why, ip);
	}
}

/* PACKET_OK or an enum vrrp_drop; there may be no instance. */
static int
judge_ip(const struct vsock *s, const struct vrrp *v,
    const struct packet_ip *ip)
{
	int	unicast = s->kind == VSOCK_UNICAST;

	if (!judge_dst(s, v, &ip->dst))
		return (VRRP_DROP_DST);
	if (is_ours(s->lan, v, &ip->src))
		return (VRRP_DROP_SELF);
	if (packet_bad_src(&ip->src, unicast))
		return (VRRP_DROP_SRC);
	if (ip->ttl < ttl_wanted(v, &ip->src))
		return (VRRP_DROP_TTL);
	return (PACKET_OK);
}

/* To the group, or to the one address by which peers know the instance. */
static int
judge_dst(const struct vsock *s, const struct vrrp *v, const struct addr *dst)
{
	const struct addr	*own;
	struct addr		 group;

	if (v != NULL && lan_socket(v) != s)
		return (0);
	if (s->kind == VSOCK_UNICAST) {
		own = v != NULL ? lan_source(v) : NULL;
		return (own == NULL || addr_cmp(dst, own) == 0);
	}
	packet_group(s->lan->af, &group);
	return (addr_cmp(dst, &group) == 0);
}

/*
 * Of IPv4 the kernel drops what comes from any address of this machine, be it
 * another interface's; of IPv6 it does not.
 */
static int
is_ours(const struct lan *lan, const struct vrrp *v, const struct addr *src)
{
	const struct msg_if	*st = &lan->iface->status;

	if (addr_cmp(src, lan->af == AF_INET6 ? &st->addr6 : &st->addr4) == 0)
		return (1);
	return (v != NULL && addr_cmp(src, &v->conf.source) == 0);
}

/* Only what no router has forwarded is believed, unless a peer is remote. */
static uint8_t
ttl_wanted(const struct vrrp *v, const struct addr *src)
{
	const struct vpeer	*peer;

	peer = v != NULL ? peer_find(v, src) : NULL;
	return (peer != NULL ? peer->conf.min_ttl : PACKET_TTL);
}

static const struct vpeer *
peer_find(const struct vrrp *v, const struct addr *src)
{
	uint32_t	i;

	for (i = 0; i < v->npeers; i++)
		if (addr_cmp(&v->peers[i].conf.addr, src) == 0)
			return (&v->peers[i]);
	return (NULL);
}

static void
drop_log(struct vrrp *v, int why, const struct packet_ip *ip)
{
	switch (why) {
	case VRRP_DROP_DST:
		/* What was never for us is not worth a line. */
		break;
	case VRRP_DROP_SELF:
		droplog_vrrp(v, why, &ip->src, "dropped: the source is our "
		    "own address: it came back, or another router has it too");
		break;
	case VRRP_DROP_TTL:
		droplog_vrrp(v, why, &ip->src, "dropped: TTL %u, not %u",
		    ip->ttl, ttl_wanted(v, &ip->src));
		break;
	default:
		droplog_vrrp(v, why, &ip->src, "dropped: %s (%zu octets)",
		    vrrp_drop_names[why], ip->len);
		break;
	}
}

/* Count and log; returns 0 for "not to be taken". */
static int
drop(struct vrrp *v, enum vrrp_drop why, const struct addr *src,
    const char *text)
{
	v->drop[why]++;
	droplog_vrrp(v, why, src, "dropped: %s", text);
	return (0);
}

static void
judge_advert(struct vrrp *v, const struct packet *p,
    const struct packet_ip *ip)
{
	const struct addr	*src = &ip->src;

	if (p->version != v->conf.version) {
		drop(v, VRRP_DROP_VERSION, src, p->version == 2 ?
		    "it is version 2, not 3" : "it is version 3, not 2");
		return;
	}
	if (v->state == VRRP_INIT || v->state == VRRP_FAULT ||
	    lan_source(v) == NULL) {
		v->drop[VRRP_DROP_INIT]++;
		return;
	}
	/* An owner that ends is glad of whoever takes over. */
	if (v->prio == PACKET_PRIO_OWNER && v->state != VRRP_HANDOVER) {
		drop(v, VRRP_DROP_OWNER, src,
		    p->priority == PACKET_PRIO_OWNER ?
		    "two routers with priority 255, both own the addresses" :
		    "we own the addresses (priority 255)");
		return;
	}
	if (judge_auth(v, p, ip) && judge_interval(v, p, src) &&
	    judge_addrs(v, p, src) && judge_source(v, p, src)) {
		taken_notes(v, p, src);
		advert_act(v, p, src);
	}
}

/* RFC 3768 section 5.3.6 has no types but 0; 1 is RFC 2338's. */
static int
judge_auth(struct vrrp *v, const struct packet *p,
    const struct packet_ip *ip)
{
	const struct addr	*src = &ip->src;

	if (!judge_trailer(v, p, ip))
		return (0);
	if (p->version != 2)
		return (1);
	if (p->auth_type > VRRP_AUTH_PASS)
		return (drop(v, VRRP_DROP_AUTH_TYPE, src,
		    "unknown authentication type"));
	if (p->auth_type != v->conf.auth)
		return (drop(v, VRRP_DROP_AUTH_MISMATCH, src,
		    p->auth_type == VRRP_AUTH_PASS ?
		    "it has a password, and we have none" :
		    "it has no password"));
	if (p->auth_type == VRRP_AUTH_PASS &&
	    !packet_same_auth(p->auth, v->conf.pass))
		return (drop(v, VRRP_DROP_AUTH_FAIL, src, "wrong password"));
	return (1);
}

/*
 * Whom peers are is known before their trailers are believed: how far each
 * has come is kept of each.
 */
static int
judge_trailer(struct vrrp *v, const struct packet *p,
    const struct packet_ip *ip)
{
	char	text[128];
	int	why;

	if (v->auth == NULL)
		return (p->trailer ? drop(v, VRRP_DROP_LEN, &ip->src,
		    "an authentication trailer follows it, and we have no "
		    "key") : 1);
	if ((v->conf.flags & VRRP_F_UNICAST) && peer_find(v, &ip->src) == NULL)
		return (drop(v, VRRP_DROP_PEER, &ip->src,
		    "it is not one of the peers"));
	why = auth_judge(v, p, ip, text, sizeof(text));
	return (why == PACKET_OK ? 1 : drop(v, why, &ip->src, text));
}

/* RFC 3768 and RFC 9568, each section 7.1; 0 would make a master at once. */
static int
judge_interval(struct vrrp *v, const struct packet *p,
    const struct addr *src)
{
	if (p->interval_cs != 0 && (p->version == 3 ||
	    p->interval_cs == v->conf.advert_cs))
		return (1);
	v->drop[VRRP_DROP_INTERVAL]++;
	droplog_vrrp(v, VRRP_DROP_INTERVAL, src, "dropped: it advertises each "
	    "%u0 ms, we %u0 ms", p->interval_cs, v->conf.advert_cs);
	return (0);
}

/* A difference is no reason to drop an advert of version 3, nor an owner's. */
static int
judge_addrs(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	int	tolerant;

	if (p->count == 0)
		return (drop(v, VRRP_DROP_ADDRS, src, "it has no address"));
	if (packet_same_addrs(p, v->addrs, v->naddrs))
		return (1);
	tolerant = p->version == 2 ? p->priority == PACKET_PRIO_OWNER :
	    !(v->conf.flags & VRRP_F_STRICT);
	if (tolerant) {
		v->note[VRRP_NOTE_ADDRS]++;
		addrs_log(v, p, src, DROPLOG_NOTE(VRRP_NOTE_ADDRS), "");
		return (1);
	}
	v->drop[VRRP_DROP_ADDRS]++;
	addrs_log(v, p, src, VRRP_DROP_ADDRS, "dropped: ");
	return (0);
}

/* The difference takes its time to find: only for a line that is due. */
static void
addrs_log(struct vrrp *v, const struct packet *p, const struct addr *src,
    uint32_t reason, const char *what)
{
	char		text[CTL_TEXT_LEN], diff[CTL_TEXT_LEN - 64];
	uint32_t	suppressed;

	if (!droplog_due(&v->log, reason, src, monotime_now(), &suppressed))
		return;
	packet_addr_diff(p, v->addrs, v->naddrs, diff, sizeof(diff));
	snprintf(text, sizeof(text), "%sits addresses differ from ours: %s",
	    what, diff);
	droplog_line(v, src, text, suppressed);
}

/* Whom the instance knows, and what only an owner's primary can be. */
static int
judge_source(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	uint32_t	i;

	if (p->priority != PACKET_PRIO_OWNER)
		for (i = 0; i < v->naddrs; i++)
			if (addr_cmp(&v->addrs[i], src) == 0)
				return (drop(v, VRRP_DROP_SRC, src,
				    "the source is a virtual address"));
	if ((v->conf.flags & VRRP_F_UNICAST) && peer_find(v, src) == NULL)
		return (drop(v, VRRP_DROP_PEER, src,
		    "it is not one of the peers"));
	return (1);
}

/* Not of the network that our address is in. */
static int
is_stray(const struct iface *ifc, const struct addr *src)
{
	const struct msg_if	*st = &ifc->status;
	uint32_t		 mask;

	if (src->af != AF_INET || st->addr4.af == 0 || st->prefix4 == 0 ||
	    st->prefix4 > 32)
		return (0);
	mask = htonl(UINT32_MAX << (32 - st->prefix4));
	return (((src->u.v4.s_addr ^ st->addr4.u.v4.s_addr) & mask) != 0);
}

static void
taken_notes(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	if (p->version == 3 && p->af == AF_INET)
		v->note[p->csum_plain ? VRRP_NOTE_PLAIN : VRRP_NOTE_PSEUDO]++;
	if (p->interval_cs != v->conf.advert_cs) {
		v->note[VRRP_NOTE_INTERVAL]++;
		droplog_vrrp(v, DROPLOG_NOTE(VRRP_NOTE_INTERVAL), src,
		    "it advertises each %u0 ms, we %u0 ms", p->interval_cs,
		    v->conf.advert_cs);
	}
	if ((v->conf.flags & VRRP_F_UNICAST) || !is_stray(v->iface, src))
		return;
	v->note[VRRP_NOTE_SUBNET]++;
	/* It will not move: one line of it is enough. */
	if (addr_cmp(&v->stray, src) == 0)
		return;
	v->stray = *src;
	droplog_vrrp(v, DROPLOG_NOTE(VRRP_NOTE_SUBNET), src, "its address is "
	    "of another network than ours");
}

static void
advert_act(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	char		 text[ADDR_STRLEN + 64], addr[ADDR_STRLEN];
	const char	*why = NULL;
	enum vrrp_state	 before = v->state;
	enum fsm_event	 ev;

	if (p->priority == PACKET_PRIO_RELEASE)
		v->prio0_rx++;
	if ((ev = fsm_judge(v, p, src)) == EV_MAX) {
		v->note[VRRP_NOTE_STRANGER]++;
		droplog_vrrp(v, DROPLOG_NOTE(VRRP_NOTE_STRANGER), src,
		    "ignored: it releases, but the master is %s",
		    addr_str(&v->master, addr));
		return;
	}
	v->rx++;
	if (v->state == VRRP_MASTER && ev == EV_RX_WORSE)
		rival_heard(v, p, src);
	if (v->state != VRRP_BACKUP && ev != EV_RX_WORSE) {
		snprintf(text, sizeof(text), "master %s with priority %u to "
		    "our %u", addr_str(src, addr), p->priority, v->prio);
		why = text;
	}
	fsm_event(v, ev, p, src, why);
	/* A group is not looked at for each advert of a master that is well. */
	if (v->state != before || v->ready)
		group_settle(v);
}

/* Two masters: whoever watches is told as often as the log is. */
static void
rival_heard(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	char		text[96];
	uint32_t	suppressed;

	v->note[VRRP_NOTE_RIVAL]++;
	v->rival.addr = *src;
	v->rival.prio = p->priority;
	v->rival.at = monotime_now();
	if (!droplog_due(&v->log, DROPLOG_NOTE(VRRP_NOTE_RIVAL), src,
	    v->rival.at, &suppressed))
		return;
	snprintf(text, sizeof(text), "a rival master, with priority %u to "
	    "our %u", p->priority, v->prio);
	droplog_line(v, src, text, suppressed);
	vrrpe_tell_status(v);
}
