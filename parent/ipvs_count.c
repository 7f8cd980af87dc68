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

#include <stddef.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "../imsg/ctl.h"
#include "ipvs_msg.h"

static void	counts_parse(struct nlattr *, struct nlattr *,
		    struct ctl_counts *);
static uint64_t	number(struct nlattr *);

/* Where each counter goes. */
static const struct {
	int	attr;
	size_t	offset;
} counters[] = {
	{ IPVS_STATS_ATTR_CONNS,	offsetof(struct ctl_counts, conns) },
	{ IPVS_STATS_ATTR_INPKTS,	offsetof(struct ctl_counts, in_pkts) },
	{ IPVS_STATS_ATTR_OUTPKTS,	offsetof(struct ctl_counts, out_pkts) },
	{ IPVS_STATS_ATTR_INBYTES,	offsetof(struct ctl_counts, in_bytes) },
	{ IPVS_STATS_ATTR_OUTBYTES,	offsetof(struct ctl_counts,
	    out_bytes) },
	{ IPVS_STATS_ATTR_CPS,		offsetof(struct ctl_counts, cps) },
	{ IPVS_STATS_ATTR_INPPS,	offsetof(struct ctl_counts, in_pps) },
	{ IPVS_STATS_ATTR_OUTPPS,	offsetof(struct ctl_counts, out_pps) },
	{ IPVS_STATS_ATTR_INBPS,	offsetof(struct ctl_counts, in_bps) },
	{ IPVS_STATS_ATTR_OUTBPS,	offsetof(struct ctl_counts, out_bps) }
};
#define NCOUNTERS	(sizeof(counters) / sizeof(counters[0]))

static uint64_t *
counter(struct ctl_counts *c, size_t i)
{
	return ((uint64_t *)(void *)((char *)c + counters[i].offset));
}

/* Some of the narrow set are wide, and the other way round. */
static uint64_t
number(struct nlattr *a)
{
	if (a == NULL)
		return (0);
	switch (nla_len(a)) {
	case sizeof(uint64_t):
		return (nla_get_u64(a));
	case sizeof(uint32_t):
		return (nla_get_u32(a));
	default:
		return (0);
	}
}

static void
counts_parse(struct nlattr *wide, struct nlattr *narrow, struct ctl_counts *c)
{
	struct nlattr	*tb[IPVS_STATS_ATTR_MAX + 1];
	size_t		 i;

	memset(c, 0, sizeof(*c));
	if (wide == NULL)
		wide = narrow;
	if (wide == NULL || nla_parse_nested(tb, IPVS_STATS_ATTR_MAX, wide,
	    NULL) < 0)
		return;
	for (i = 0; i < NCOUNTERS; i++)
		*counter(c, i) = number(tb[counters[i].attr]);
}

void
ipvs_parse_counts(struct nlmsghdr *nlh, struct ctl_counts *c)
{
	struct nlattr	*tb[IPVS_SVC_ATTR_MAX + 1];

	memset(c, 0, sizeof(*c));
	if (ipvs_parse_nested(nlh, IPVS_CMD_ATTR_SERVICE, tb,
	    IPVS_SVC_ATTR_MAX) == 0)
		counts_parse(tb[IPVS_SVC_ATTR_STATS64],
		    tb[IPVS_SVC_ATTR_STATS], c);
}

void
ipvs_parse_load(struct nlmsghdr *nlh, struct ipvs_load *load,
    struct ctl_counts *c)
{
	struct nlattr	*tb[IPVS_DEST_ATTR_MAX + 1];

	memset(load, 0, sizeof(*load));
	memset(c, 0, sizeof(*c));
	if (ipvs_parse_nested(nlh, IPVS_CMD_ATTR_DEST, tb,
	    IPVS_DEST_ATTR_MAX) == -1)
		return;
	load->active = number(tb[IPVS_DEST_ATTR_ACTIVE_CONNS]);
	load->inactive = number(tb[IPVS_DEST_ATTR_INACT_CONNS]);
	load->persistent = number(tb[IPVS_DEST_ATTR_PERSIST_CONNS]);
	counts_parse(tb[IPVS_DEST_ATTR_STATS64], tb[IPVS_DEST_ATTR_STATS], c);
}

void
ipvs_counts_add(struct ctl_counts *c, const struct ctl_counts *more)
{
	struct ctl_counts	m = *more;
	size_t			i;

	for (i = 0; i < NCOUNTERS; i++)
		*counter(c, i) += *counter(&m, i);
}

int
ipvs_parse_info(struct nlmsghdr *nlh, struct ctl_ipvs *info)
{
	struct nlattr	*tb[IPVS_INFO_ATTR_MAX + 1];

	memset(info, 0, sizeof(*info));
	if (!genlmsg_valid_hdr(nlh, 0) ||
	    genlmsg_parse(nlh, 0, tb, IPVS_INFO_ATTR_MAX, NULL) < 0)
		return (-1);
	info->version = number(tb[IPVS_INFO_ATTR_VERSION]);
	info->size = number(tb[IPVS_INFO_ATTR_CONN_TAB_SIZE]);
	return (0);
}
