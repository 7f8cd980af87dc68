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

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/msg.h"
#include "output.h"

/* Bytes of an IPVS version: 1.2.3 is 0x010203. */
#define VERSION_BYTE(v, n)	((v) >> 8 * (n) & 0xff)

static void	print_sched_flags(const struct ctl_virtual *);

void
stats_head(const struct command *cmd)
{
	printf("%-4s\t%-8s\t%-24s\t%8s %8s", "Id", "Type", "Name", "Active",
	    "Inactive");
	if (cmd->action == SHOW_RATES)
		printf(" %10s %10s %10s %14s %14s\n", "Conns/s", "InPkts/s",
		    "OutPkts/s", "InBytes/s", "OutBytes/s");
	else
		printf(" %10s %10s %10s %14s %14s\n", "Conns", "InPkts",
		    "OutPkts", "InBytes", "OutBytes");
}

enum output
stats_print(const struct command *cmd, const struct imsg *msg)
{
	static const char	*const kinds[CTL_STATS_KIND_MAX] = {
		[CTL_STATS_SERVICE]	= "service",
		[CTL_STATS_LISTEN]	= "listen",
		[CTL_STATS_HOST]	= "host"
	};
	const struct ctl_counts	*c;
	struct ctl_stats	 s;
	char			 name[VIS_LEN(sizeof(s.name))];

	if (imsg_get_data(msg, &s, sizeof(s)) == -1 ||
	    s.kind >= CTL_STATS_KIND_MAX)
		return (OUTPUT_BAD);
	printf("%-4u\t%-8s\t%-24s\t", s.id, kinds[s.kind],
	    SAFE(name, s.name));
	if (s.kind == CTL_STATS_LISTEN)
		printf("%8s %8s", "-", "-");
	else
		printf("%8u %8u", s.active, s.inactive);
	c = &s.counts;
	if (cmd->action == SHOW_RATES)
		printf(" %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %14" PRIu64
		    " %14" PRIu64 "\n", c->cps, c->in_pps, c->out_pps,
		    c->in_bps, c->out_bps);
	else
		printf(" %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %14" PRIu64
		    " %14" PRIu64 "\n", c->conns, c->in_pkts, c->out_pkts,
		    c->in_bytes, c->out_bytes);
	return (OUTPUT_MORE);
}

/* From here on each blank is as programs that read ipvsadm(8) expect it. */

enum output
ipvs_print_head(const struct imsg *msg)
{
	struct ctl_ipvs	t;

	if (imsg_get_data(msg, &t, sizeof(t)) == -1)
		return (OUTPUT_BAD);
	printf("IP Virtual Server version %u.%u.%u (size=%u)\n",
	    VERSION_BYTE(t.version, 2), VERSION_BYTE(t.version, 1),
	    VERSION_BYTE(t.version, 0), t.size);
	printf("Prot LocalAddress:Port Scheduler Flags\n");
	printf("  -> RemoteAddress:Port           Forward Weight ActiveConn "
	    "InActConn\n");
	return (OUTPUT_MORE);
}

enum output
ipvs_print_virtual(const struct imsg *msg)
{
	struct ctl_virtual	v;
	char			text[VIS_LEN(sizeof(v.addr))];

	if (imsg_get_data(msg, &v, sizeof(v)) == -1)
		return (OUTPUT_BAD);
	if (v.mark != 0)
		printf("FWM  %u%s", v.mark, v.inet6 ? " IPv6" : "");
	else {
		printf("%-4s ", SAFE(text, v.proto));
		printf("%s", SAFE(text, v.addr));
	}
	printf(" %s", SAFE(text, v.sched));
	print_sched_flags(&v);
	if (v.flags & CTL_VIRTUAL_F_ONEPACKET)
		printf(" ops");
	if (v.flags & CTL_VIRTUAL_F_PERSISTENT) {
		printf(" persistent %u", v.timeout_s);
		if (v.mask[0] != '\0')
			printf(" mask %s", SAFE(text, v.mask));
		if (v.pe[0] != '\0')
			printf(" pe %s", SAFE(text, v.pe));
	}
	printf("\n");
	return (OUTPUT_MORE);
}

/* Two schedulers have names for theirs. */
static void
print_sched_flags(const struct ctl_virtual *v)
{
	static const uint32_t	 flags[] = { CTL_VIRTUAL_F_SCHED1,
				    CTL_VIRTUAL_F_SCHED2,
				    CTL_VIRTUAL_F_SCHED3 };
	static const char	*const names[] = { "fallback", "port" };
	const char		*sep = " (";
	int			 i, known;

	known = strcmp(v->sched, "sh") == 0 || strcmp(v->sched, "mh") == 0;
	for (i = 0; i < 3; i++) {
		if ((v->flags & flags[i]) == 0)
			continue;
		if (known && i < 2)
			printf("%s%.2s-%s", sep, v->sched, names[i]);
		else
			printf("%sflag-%d", sep, i + 1);
		sep = ",";
	}
	if (*sep == ',')
		printf(")");
}

enum output
ipvs_print_real(const struct imsg *msg)
{
	struct ctl_real	r;
	char		addr[VIS_LEN(sizeof(r.addr))];
	char		method[VIS_LEN(sizeof(r.method))];

	if (imsg_get_data(msg, &r, sizeof(r)) == -1)
		return (OUTPUT_BAD);
	printf("  -> %-28s %-7s %-6d %-10u %-10u\n", SAFE(addr, r.addr),
	    SAFE(method, r.method), r.weight, r.active, r.inactive);
	return (OUTPUT_MORE);
}
