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

#include <errno.h>
#include <string.h>

#include <linux/ip_vs.h>
#include <linux/netlink.h>

#include "ipvs_state.h"

/*
 * What hosts that are to end have still to do: asked for every second while
 * one does, so one dump of one service at a time.
 */

struct load_reading {
	struct ipvs_vs	*vs;
	ipvs_load_row	 row;
	void		*arg;
};

static int	load_cb(struct nlmsghdr *, void *);

int
ipvs_load(struct ipvs *v, uint32_t listen_id, ipvs_load_row row, void *arg)
{
	struct load_reading	rd = { NULL, row, arg };

	if ((rd.vs = ipvs_vs_of(v, listen_id)) == NULL)
		return (ESRCH);
	/*
	 * Somebody else has removed it: connections are there nevertheless;
	 * unless the kernel has refused it, which may be so for good.
	 */
	if (!rd.vs->in_kernel)
		return (rd.vs->want && rd.vs->error == 0 ? EAGAIN : 0);
	return (nlconn_query(&v->conn, ipvs_msg_service(v->family,
	    IPVS_CMD_GET_DEST, &rd.vs->key, NULL), NLM_F_DUMP, load_cb, &rd));
}

static int
load_cb(struct nlmsghdr *nlh, void *arg)
{
	struct load_reading	*rd = arg;
	const struct ipvs_real	*r;
	struct ipvs_dst		 dst;
	struct ipvs_load	 load;
	struct ctl_counts	 counts;
	struct msg_load		 m;

	if (ipvs_parse_dest(nlh, rd->vs->key.addr.af, &dst) == -1 ||
	    (r = ipvs_real_at(rd->vs, &dst.addr, dst.port)) == NULL ||
	    r->want != 0)
		return (0);
	ipvs_parse_load(nlh, &load, &counts);
	memset(&m, 0, sizeof(m));
	m.host_id = r->host->id;
	m.weight = dst.weight;
	m.active = load.active;
	m.inactive = load.inactive;
	m.persistent = load.persistent;
	m.in_pkts = counts.in_pkts;
	rd->row(rd->arg, &m);
	return (0);
}
