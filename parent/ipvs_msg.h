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

#ifndef PARENT_IPVS_MSG_H
#define PARENT_IPVS_MSG_H

#include <net/if.h>

#include <stdint.h>

#include "../conf/wire.h"

struct ctl_counts;
struct ctl_ipvs;
struct nl_msg;
struct nlattr;
struct nlmsghdr;
struct nlconn;

/*
 * The messages of the kernel's generic netlink family "IPVS", packed and
 * unpacked (linux/ip_vs.h; the kernel's side is ip_vs_ctl.c).
 */

/* What names a virtual service in the kernel; of a mark only the family. */
struct ipvs_key {
	struct addr	addr;
	uint32_t	mark;		/* 0: address, port, protocol */
	uint16_t	port;		/* host byte order */
	uint8_t		proto;
};

struct ipvs_svc {
	char		sched[SCHED_LEN];
	uint32_t	flags;		/* IP_VS_SVC_F_* in IPVS_SVC_FLAGS */
	uint32_t	timeout;	/* persistence, seconds; 0: none */
	uint32_t	netmask;	/* as the kernel has it: see below */
	uint8_t		pe;		/* enum ipvs_pe */
};

/* Engines of persistence. */
enum ipvs_pe {
	IPVS_PE_NONE,
	IPVS_PE_SIP,
	IPVS_PE_OTHER		/* lvsd has no name for it */
};

/* The flags that are configuration and not the kernel's own notes. */
#define IPVS_SVC_FLAGS	(IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_ONEPACKET | \
			    IP_VS_SVC_F_SCHED1 | IP_VS_SVC_F_SCHED2 | \
			    IP_VS_SVC_F_SCHED3)

/* A method of the kernel that lvsd has no name for. */
#define IPVS_METHOD_OTHER	0xff

struct ipvs_dst {
	struct addr	addr;
	uint16_t	port;		/* host byte order */
	uint8_t		method;		/* enum forward_method, or OTHER */
	uint8_t		tunnel;		/* of FWD_TUNNEL: IP_VS_CONN_F_TUNNEL_
					   TYPE_*, as the kernel has it */
	uint16_t	tunnel_port;	/* host byte order */
	uint16_t	tunnel_flags;	/* IP_VS_TUNNEL_ENCAP_FLAG_* */
	uint32_t	upper;		/* thresholds; 0: none */
	uint32_t	lower;
	int32_t		weight;
};

struct ipvs_timeouts {
	uint32_t	tcp;		/* seconds; 0: leave it */
	uint32_t	tcpfin;
	uint32_t	udp;
};

/* A daemon of connection sync. */
struct ipvs_daemon {
	uint32_t	state;		/* IP_VS_STATE_MASTER or _BACKUP */
	uint32_t	id;
	struct addr	group;
	uint16_t	port;		/* host byte order */
	uint16_t	maxlen;		/* 0: the kernel's choice */
	uint8_t		ttl;
	char		ifname[IFNAMSIZ];
};

/* What the kernel counts of a destination. */
struct ipvs_load {
	uint32_t	active;		/* connections */
	uint32_t	inactive;
	uint32_t	persistent;	/* clients bound to it */
};

/* ipvs_msg_family: the number of the family, or -1 with errno. */
int		 ipvs_msg_family(struct nlconn *);
/*
 * ipvs_msg_service: a request (IPVS_CMD_*) about a service; svc NULL: only
 * its name, as DEL_SERVICE, GET_SERVICE and GET_DEST want it; key NULL too:
 * nothing, for a dump.  ipvs_msg_dest: about a destination of it; with a
 * negative weight only its name, for DEL_DEST.  NULL: no memory.
 */
struct nl_msg	*ipvs_msg_service(int, int, const struct ipvs_key *,
		    const struct ipvs_svc *);
struct nl_msg	*ipvs_msg_dest(int, int, const struct ipvs_key *,
		    const struct ipvs_dst *);
struct nl_msg	*ipvs_msg_timeouts(int, int, const struct ipvs_timeouts *);
/*
 * ipvs_msg_daemon: to start one, with DEL_DAEMON to stop that of this state;
 * NULL: nothing, for a dump.
 */
struct nl_msg	*ipvs_msg_daemon(int, int, const struct ipvs_daemon *);
/* ipvs_msg_new: a request about nothing yet. */
struct nl_msg	*ipvs_msg_new(int, int);
/*
 * ipvs_parse_*: out of an answer of the kernel.  0, or -1 for what is not
 * whole.
 */
int		 ipvs_parse_service(struct nlmsghdr *, struct ipvs_key *,
		    struct ipvs_svc *);
int		 ipvs_parse_dest(struct nlmsghdr *, uint8_t,
		    struct ipvs_dst *);
int		 ipvs_parse_timeouts(struct nlmsghdr *,
		    struct ipvs_timeouts *);
/*
 * ipvs_parse_nested: the attributes, up to the last of this number, nested in
 * the one of a message that matters.
 */
int		 ipvs_parse_nested(struct nlmsghdr *, int, struct nlattr **,
		    int);

/*
 * ipvs_count.c: what the kernel counts, and what it is.  Counters that an
 * answer does not have, as of a kernel before 4.1 the wide ones, are 0.
 */
void		 ipvs_parse_counts(struct nlmsghdr *, struct ctl_counts *);
void		 ipvs_parse_load(struct nlmsghdr *, struct ipvs_load *,
		    struct ctl_counts *);
int		 ipvs_parse_info(struct nlmsghdr *, struct ctl_ipvs *);
/* ipvs_counts_add: the second to the first. */
void		 ipvs_counts_add(struct ctl_counts *,
		    const struct ctl_counts *);

int		 ipvs_parse_daemon(struct nlmsghdr *, struct ipvs_daemon *);

/* ipvs_dst_alike: the settings of both are the same, but for the weight. */
int		 ipvs_dst_alike(const struct ipvs_dst *,
		    const struct ipvs_dst *);
/* ipvs_netmask: what the kernel wants for a prefix length of a family. */
uint32_t	 ipvs_netmask(uint8_t, unsigned int);
int		 ipvs_key_cmp(const struct ipvs_key *,
		    const struct ipvs_key *);
/*
 * ipvs_key_str: "10.0.0.1:80 tcp", "mark 5 inet6"; returns buf, of
 * IPVS_KEY_STRLEN.
 */
#define IPVS_KEY_STRLEN	(ADDR_PORT_STRLEN + 16)
const char	*ipvs_key_str(const struct ipvs_key *, char *);

#endif /* PARENT_IPVS_MSG_H */
