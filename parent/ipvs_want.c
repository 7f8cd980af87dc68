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

#include <string.h>

#include <bsd/string.h>
#include <linux/ip_vs.h>

#include "ipvs_state.h"

/* Services and their hosts as the kernel is to have them. */

void
ipvs_real_wanted(const struct ipvs_vs *vs, const struct ipvs_real *r,
    struct ipvs_dst *dst)
{
	static const uint8_t		 types[TUNNEL_TYPE_MAX] = {
		[TUNNEL_IPIP]	= IP_VS_CONN_F_TUNNEL_TYPE_IPIP,
		[TUNNEL_GUE]	= IP_VS_CONN_F_TUNNEL_TYPE_GUE,
		[TUNNEL_GRE]	= IP_VS_CONN_F_TUNNEL_TYPE_GRE,
	};
	const struct conf_pool		*pool = ipvs_real_pool(vs, r);
	const struct conf_host_more	*more;

	more = conf_host_more(&r->host->table->hosts, r->host);
	memset(dst, 0, sizeof(*dst));
	dst->addr = r->host->addr;
	dst->port = ipvs_real_port(vs, r);
	dst->method = pool->method;
	dst->tunnel = types[pool->tunnel];
	dst->tunnel_port = pool->tunnel_port;
	if (pool->flags & POOL_F_CSUM)
		dst->tunnel_flags |= IP_VS_TUNNEL_ENCAP_FLAG_CSUM;
	if (pool->flags & POOL_F_REMCSUM)
		dst->tunnel_flags |= IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM;
	dst->upper = more->upper;
	dst->lower = more->lower;
	dst->weight = DEST_NONE;
}

void
ipvs_wanted(const struct ipvs_vs *vs, struct ipvs_svc *svc)
{
	const struct conf_service	*c = vs->listen->service;
	struct service_config		 wire;

	conf_service_wire(c, &wire);
	memset(svc, 0, sizeof(*svc));
	(void)strlcpy(svc->sched, scheduler_kernel(&wire),
	    sizeof(svc->sched));
	/* ipvsadm(8) gives these masks when there is no persistence. */
	svc->netmask = ipvs_netmask(vs->key.addr.af,
	    vs->key.addr.af == AF_INET ? 32 : 128);
	if (c->flags & SERVICE_F_PERSISTENT) {
		svc->flags |= IP_VS_SVC_F_PERSISTENT;
		svc->timeout = c->persist_s;
		svc->netmask = ipvs_netmask(vs->key.addr.af,
		    vs->key.addr.af == AF_INET ? c->prefix4 : c->prefix6);
	}
	if (c->flags & SERVICE_F_ONEPACKET)
		svc->flags |= IP_VS_SVC_F_ONEPACKET;
	/* Those of mh are the same: linux/ip_vs.h. */
	if (c->flags & SERVICE_F_SCHED_PORT)
		svc->flags |= IP_VS_SVC_F_SCHED_SH_PORT;
	if (c->flags & SERVICE_F_SCHED_FALLBACK)
		svc->flags |= IP_VS_SVC_F_SCHED_SH_FALLBACK;
	if (c->flags & SERVICE_F_SIP)
		svc->pe = IPVS_PE_SIP;
}

int
ipvs_svc_equal(const struct ipvs_svc *a, const struct ipvs_svc *b)
{
	if (strcmp(a->sched, b->sched) != 0 || a->flags != b->flags ||
	    a->pe != b->pe)
		return (0);
	/* Without persistence the kernel uses neither of the others. */
	if ((a->flags & IP_VS_SVC_F_PERSISTENT) == 0)
		return (1);
	return (a->timeout == b->timeout && a->netmask == b->netmask);
}
