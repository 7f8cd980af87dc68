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

#include <stdio.h>
#include <unistd.h>

#include "instance.h"

static const char *family_name(uint8_t);

static const char *
family_name(uint8_t af)
{
	return (af == AF_INET6 ? "IPv6 link-local" : "IPv4");
}

void
lan_init(struct iface *ifc)
{
	struct lan	*lan;
	int		 i, kind;

	for (i = 0; i < LAN_MAX; i++) {
		lan = &ifc->lan[i];
		lan->iface = ifc;
		lan->af = i == LAN_INET6 ? AF_INET6 : AF_INET;
		for (kind = 0; kind < VSOCK_KIND_MAX; kind++) {
			lan->sock[kind].lan = lan;
			lan->sock[kind].kind = kind;
			lan->sock[kind].fd = -1;
		}
	}
}

struct lan *
lan_of(struct iface *ifc, uint8_t af)
{
	return (&ifc->lan[af == AF_INET6 ? LAN_INET6 : LAN_INET]);
}

void
lan_close(struct iface *ifc)
{
	int	i, kind;

	for (i = 0; i < LAN_MAX; i++)
		for (kind = 0; kind < VSOCK_KIND_MAX; kind++)
			recv_close(&ifc->lan[i].sock[kind]);
}

struct vsock *
lan_socket(const struct vrrp *v)
{
	return (&v->lan->sock[v->conf.flags & VRRP_F_UNICAST ?
	    VSOCK_UNICAST : VSOCK_GROUP]);
}

int
lan_turns(const struct vrrp *v)
{
	return (v->vmac.ifindex != 0 &&
	    (v->conf.flags & VRRP_F_UNICAST) == 0);
}

/*
 * Before its device is told, in a reload, adverts leave as they did; and
 * those to peers are for the MAC that these have learned.
 */
int
lan_send_fd(const struct vrrp *v, uint32_t *ifindex)
{
	if (lan_turns(v)) {
		*ifindex = v->vmac.ifindex;
		return (v->vmac.fd);
	}
	*ifindex = v->iface->status.ifindex;
	return (lan_socket(v)->fd);
}

void
lan_vmac(struct vrrp *v, uint32_t ifindex, int fd)
{
	if (v->vmac.ifindex != 0)
		close(v->vmac.fd);
	v->vmac.told = (v->conf.flags & VRRP_F_VMAC) != 0;
	v->vmac.ifindex = ifindex;
	v->vmac.fd = fd;
}

const struct addr *
lan_source(const struct vrrp *v)
{
	const struct addr	*a = &v->conf.source;

	if (a->af == 0)
		a = v->conf.af == AF_INET6 ? &v->iface->status.addr6 :
		    &v->iface->status.addr4;
	return (a->af != 0 ? a : NULL);
}

int
lan_waits(const struct vrrp *v)
{
	const struct iface	*ifc = v->iface;

	if (v->conf.flags & VRRP_F_VMAC && !v->vmac.told)
		return (1);
	return (!ifc->told || (ifc->status.up && lan_source(v) != NULL &&
	    lan_socket(v)->fd == -1));
}

int
lan_fault(const struct vrrp *v, char *buf, size_t len)
{
	const struct msg_if	*st = &v->iface->status;
	uint32_t		 need;

	need = packet_ip_len(v->conf.version, v->conf.af, v->naddrs) +
	    auth_trailer(v->auth);
	if (st->ifindex == 0)
		snprintf(buf, len, "there is no interface %s",
		    v->conf.ifname);
	else if (!st->up)
		snprintf(buf, len, "%s is down", v->conf.ifname);
	else if (lan_source(v) == NULL)
		snprintf(buf, len, "%s has no %s address", v->conf.ifname,
		    family_name(v->conf.af));
	else if (lan_socket(v)->fd == -1)
		snprintf(buf, len, "there is no socket on %s",
		    v->conf.ifname);
	else if (v->vmac.told && v->vmac.ifindex == 0)
		snprintf(buf, len, "there is no device with its virtual MAC, "
		    "the log says why");
	else if (st->mtu != 0 && need > st->mtu)
		snprintf(buf, len, "an advert of its %u addresses has %u "
		    "bytes, more than the MTU of %s, %u", v->naddrs, need,
		    v->conf.ifname, st->mtu);
	else
		return (0);
	return (1);
}
