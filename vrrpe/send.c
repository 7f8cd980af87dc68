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

#include <bsd/stdlib.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "instance.h"

static void	advert_fill(const struct vrrp *, uint8_t, struct packet *);
static void	advert_encode(struct vrrp *, uint8_t, const struct addr *);
static int	advert_to(struct vrrp *, const struct addr *, int *, uint8_t);
static int	advert_peers(struct vrrp *, uint8_t);
static int	write4(const struct vrrp *, const struct addr *);
static int	write6(const struct vrrp *, const struct addr *);
static int	write_msg(const struct vrrp *, int, struct msghdr *,
		    struct cmsghdr *);

static void
advert_fill(const struct vrrp *v, uint8_t prio, struct packet *p)
{
	size_t		size = addr_size(v->conf.af);
	uint32_t	i;

	memset(p, 0, offsetof(struct packet, addrs));
	p->version = v->conf.version;
	p->af = v->conf.af;
	p->vrid = v->conf.vrid;
	p->priority = prio;
	p->count = v->naddrs;
	p->interval_cs = v->conf.advert_cs;
	p->csum_plain = (v->conf.flags & VRRP_F_RFC9568) != 0;
	if (v->conf.version == 2 && v->conf.auth == VRRP_AUTH_PASS) {
		p->auth_type = VRRP_AUTH_PASS;
		memcpy(p->auth, v->conf.pass, sizeof(p->auth));
	}
	for (i = 0; i < v->naddrs; i++)
		memcpy(p->addrs + i * size, v->addrs[i].u.bytes, size);
}

/*
 * One is like the other until the priority or the source changes.  With
 * unicast the pseudo-header, and so the checksum, is another for each peer.
 */
static void
advert_encode(struct vrrp *v, uint8_t prio, const struct addr *src)
{
	struct advert	*ad = &v->advert;
	struct packet	 p;
	struct addr	 dst;
	uint32_t	 i;

	if (ad->buf != NULL && ad->prio == prio && addr_cmp(&ad->src, src) == 0)
		return;
	if (ad->buf == NULL && (ad->buf = malloc(PACKET_MAX)) == NULL)
		fatal("advert of %s", v->conf.name);
	packet_group(v->conf.af, &dst);
	advert_fill(v, prio, &p);
	ad->len = packet_encode(&p, src, &dst, ad->buf,
	    PACKET_MESSAGE_MAX);
	ad->trailer = auth_trailer(v->auth);
	ad->prio = prio;
	ad->src = *src;
	for (i = 0; i < v->npeers; i++) {
		packet_csum(ad->buf, ad->len, p.version, src,
		    &v->peers[i].conf.addr, p.csum_plain);
		memcpy(v->peers[i].csum, ad->buf + PACKET_CSUM_OFF,
		    PACKET_CSUM_LEN);
	}
	explicit_bzero(p.auth, sizeof(p.auth));
}

void
send_forget(struct vrrp *v)
{
	if (v->advert.buf != NULL)
		freezero(v->advert.buf, PACKET_MAX);
	v->advert.buf = NULL;
}

/*
 * The source is the one that others know, not one of the virtual addresses
 * that the kernel might choose (RFC 9568 section 5.1.1.1).
 */
static int
write4(const struct vrrp *v, const struct addr *dst)
{
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(struct in_pktinfo))];
	}			 ctl;
	struct sockaddr_in	 sin;
	struct in_pktinfo	 info;
	struct msghdr		 msg;
	uint32_t		 ifindex;
	int			 fd = lan_send_fd(v, &ifindex);

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr = dst->u.v4;
	memset(&info, 0, sizeof(info));
	info.ipi_ifindex = ifindex;
	info.ipi_spec_dst = v->advert.src.u.v4;
	memset(&ctl, 0, sizeof(ctl));
	ctl.hdr.cmsg_level = IPPROTO_IP;
	ctl.hdr.cmsg_type = IP_PKTINFO;
	ctl.hdr.cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(&ctl.hdr), &info, sizeof(info));

	memset(&msg, 0, sizeof(msg));
	msg.msg_name = &sin;
	msg.msg_namelen = sizeof(sin);
	msg.msg_controllen = sizeof(ctl);
	return (write_msg(v, fd, &msg, &ctl.hdr));
}

static int
write6(const struct vrrp *v, const struct addr *dst)
{
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	}			 ctl;
	struct sockaddr_in6	 sin6;
	struct in6_pktinfo	 info;
	struct msghdr		 msg;
	uint32_t		 ifindex;
	int			 fd = lan_send_fd(v, &ifindex);

	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_family = AF_INET6;
	sin6.sin6_addr = dst->u.v6;
	if (IN6_IS_ADDR_LINKLOCAL(&dst->u.v6) ||
	    IN6_IS_ADDR_MC_LINKLOCAL(&dst->u.v6))
		sin6.sin6_scope_id = ifindex;
	memset(&info, 0, sizeof(info));
	info.ipi6_ifindex = ifindex;
	info.ipi6_addr = v->advert.src.u.v6;
	memset(&ctl, 0, sizeof(ctl));
	ctl.hdr.cmsg_level = IPPROTO_IPV6;
	ctl.hdr.cmsg_type = IPV6_PKTINFO;
	ctl.hdr.cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(&ctl.hdr), &info, sizeof(info));

	memset(&msg, 0, sizeof(msg));
	msg.msg_name = &sin6;
	msg.msg_namelen = sizeof(sin6);
	msg.msg_controllen = sizeof(ctl);
	return (write_msg(v, fd, &msg, &ctl.hdr));
}

static int
write_msg(const struct vrrp *v, int fd, struct msghdr *msg,
    struct cmsghdr *ctl)
{
	struct iovec	iov;

	iov.iov_base = v->advert.buf;
	iov.iov_len = v->advert.len + v->advert.trailer;
	msg->msg_iov = &iov;
	msg->msg_iovlen = 1;
	msg->msg_control = ctl;
	return (sendmsg(fd, msg, MSG_DONTWAIT) == -1 ? -1 : 0);
}

/*
 * A send that fails is not tried again: the next advert is due soon.  It is
 * logged once until one succeeds; that a release fails where the interface
 * has just gone is no news.
 */
static int
advert_to(struct vrrp *v, const struct addr *dst, int *last_errno,
    uint8_t prio)
{
	char	to[ADDR_STRLEN], from[ADDR_STRLEN];
	int	rc;

	rc = dst->af == AF_INET6 ? write6(v, dst) : write4(v, dst);
	if (rc == 0) {
		if (*last_errno != 0)
			log_info("vrrp %s: adverts to %s can be sent again",
			    v->conf.name, addr_str(dst, to));
		*last_errno = 0;
		return (0);
	}
	v->tx_failed++;
	if (prio != PACKET_PRIO_RELEASE && errno != *last_errno) {
		*last_errno = errno;
		log_warn("vrrp %s: cannot send an advert on %s from %s to %s",
		    v->conf.name, v->conf.ifname,
		    addr_str(&v->advert.src, from), addr_str(dst, to));
	}
	return (-1);
}

/* 0 when any of them was sent one. */
static int
advert_peers(struct vrrp *v, uint8_t prio)
{
	struct vpeer	*peer;
	uint32_t	 i;
	int		 rc = -1;

	for (i = 0; i < v->npeers; i++) {
		peer = &v->peers[i];
		memcpy(v->advert.buf + PACKET_CSUM_OFF, peer->csum,
		    PACKET_CSUM_LEN);
		if (advert_to(v, &peer->conf.addr, &peer->send_errno,
		    prio) == 0)
			rc = 0;
	}
	return (rc);
}

void
send_advert(struct vrrp *v, uint8_t prio)
{
	const struct addr	*src;
	struct addr		 dst;
	int			 rc;

	if (lan_socket(v)->fd == -1 || (src = lan_source(v)) == NULL) {
		v->tx_failed++;
		return;
	}
	advert_encode(v, prio, src);
	auth_sign(v);
	if (v->npeers > 0)
		rc = advert_peers(v, prio);
	else {
		packet_group(v->conf.af, &dst);
		rc = advert_to(v, &dst, &v->send_errno, prio);
	}
	if (rc == -1)
		return;
	v->tx++;
	if (prio == PACKET_PRIO_RELEASE)
		v->prio0_tx++;
}
