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

#include <errno.h>
#include <string.h>

#include "../imsg/log.h"
#include "instance.h"

static void	advert_fill(const struct vrrp *, uint8_t, struct packet *);
static int	advert_write(const struct iface *, const struct addr *,
		    uint8_t *, size_t);

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
	if (v->conf.version == 2 && v->conf.auth == VRRP_AUTH_PASS) {
		p->auth_type = VRRP_AUTH_PASS;
		memcpy(p->auth, v->conf.pass, sizeof(p->auth));
	}
	for (i = 0; i < v->naddrs; i++)
		memcpy(p->addrs + i * size, v->addrs[i].u.bytes, size);
}

/*
 * The source is the interface's primary address, not one of the virtual ones
 * that the kernel might choose (RFC 9568 section 5.1.1.1).
 */
static int
advert_write(const struct iface *ifc, const struct addr *dst, uint8_t *buf,
    size_t len)
{
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(struct in_pktinfo))];
	}			 ctl;
	struct sockaddr_in	 sin;
	struct in_pktinfo	 info;
	struct msghdr		 msg;
	struct cmsghdr		*cmsg;
	struct iovec		 iov;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr = dst->u.v4;
	memset(&info, 0, sizeof(info));
	info.ipi_ifindex = ifc->status.ifindex;
	info.ipi_spec_dst = ifc->status.addr4.u.v4;

	iov.iov_base = buf;
	iov.iov_len = len;
	memset(&ctl, 0, sizeof(ctl));
	memset(&msg, 0, sizeof(msg));
	msg.msg_name = &sin;
	msg.msg_namelen = sizeof(sin);
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = ctl.buf;
	msg.msg_controllen = sizeof(ctl.buf);
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));

	return (sendmsg(ifc->fd, &msg, MSG_DONTWAIT) == -1 ? -1 : 0);
}

/*
 * A send that fails is not tried again: the next advert is due soon.  It is
 * logged once until one succeeds; that a release fails where the interface
 * has just gone is no news.
 */
void
send_advert(struct vrrp *v, uint8_t prio)
{
	uint8_t		 buf[PACKET_MAX];
	struct iface	*ifc = v->iface;
	struct packet	 p;
	struct addr	 dst;
	size_t		 len;

	if (ifc->fd == -1 || ifc->status.addr4.af == 0)
		return;
	memset(&dst, 0, sizeof(dst));
	dst.af = AF_INET;
	dst.u.v4.s_addr = htonl(PACKET_GROUP4);
	advert_fill(v, prio, &p);
	len = packet_encode(&p, &ifc->status.addr4, &dst, buf, sizeof(buf));

	if (advert_write(ifc, &dst, buf, len) == -1) {
		if (prio != PACKET_PRIO_RELEASE && errno != v->send_errno) {
			v->send_errno = errno;
			log_warn("vrrp %s: cannot send an advert on %s",
			    v->conf.name, v->conf.ifname);
		}
		return;
	}
	if (v->send_errno != 0)
		log_info("vrrp %s: adverts can be sent again", v->conf.name);
	v->send_errno = 0;
	v->tx++;
	if (prio == PACKET_PRIO_RELEASE)
		v->prio0_tx++;
}
