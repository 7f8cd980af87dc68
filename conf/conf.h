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

#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stdint.h>
#include <stdio.h>

#include "arena.h"
#include "wire.h"

/*
 * The configuration as the parent holds it: a tree of what the file says,
 * each object around the structure that travels.  A tree is made by
 * conf_parse(), never changed afterwards but for its ids, and freed whole.
 */

/*
 * A file that was read; `file' in the objects below points to its path, and
 * with `line' tells where the object stands.
 */
struct conf_file {
	TAILQ_ENTRY(conf_file)		 entry;
	char				*path;
};
TAILQ_HEAD(conf_files, conf_file);

/* A `script' block. */
struct conf_script {
	TAILQ_ENTRY(conf_script)	 entry;
	struct script_config		 conf;
	char				*command;	/* as written */
	char				**argv;		/* split, NULL ended */
	char				*user;		/* NULL: the global */
	const char			*file;
	int				 line;
	int				 used;
	int				 tracked;	/* by VRRP */
};
TAILQ_HEAD(conf_scripts, conf_script);

/*
 * A file of certificates or a key, read with the configuration.  It is known
 * by what is in it, so that a check with one that has changed is another.
 */
struct conf_tlsfile {
	TAILQ_ENTRY(conf_tlsfile)	 entry;
	struct tlsfile_config		 conf;
	char				*path;
	uint8_t				*bytes;	/* conf.size of them */
	uint8_t				 digest[SHA256_LEN];
	int				 copy;	/* of one before, id and all */
};
TAILQ_HEAD(conf_tlsfiles, conf_tlsfile);

/* A check, shared by all tables that are checked alike. */
struct conf_trackfile;
struct conf_check {
	TAILQ_ENTRY(conf_check)		 entry;
	struct check_config		 conf;
	uint8_t				*items;	/* conf.items_len bytes */
	struct conf_tlsfile		*tlsfile[TLSFILE_KIND_MAX];
	struct conf_script		*script;	/* these by type, */
	struct conf_trackfile		*file;		/* else NULL */
};
TAILQ_HEAD(conf_checks, conf_check);

struct conf_table;

/*
 * There are many tables and services, and more hosts than of anything else,
 * so these are not around the structure that travels, but have what makes it
 * up, see conf_*_wire(); and what few hosts have is apart.
 */
struct conf_host {
	struct conf_table		*table;
	uint32_t			 id;
	uint16_t			 weight;
	uint8_t				 flags;		/* HOST_F_* */
	struct addr			 addr;
};

struct conf_host_more {
	struct addr			 parent;	/* these as in */
	uint32_t			 upper;		/* host_config */
	uint32_t			 lower;
	uint32_t			 via_mark;	/* of checks via the
						   service; 0: none */
};

struct conf_hosts {
	struct conf_host		*host;	/* in the order of the file */
	struct conf_host_more		*more;	/* of each; NULL: of none */
	unsigned int			 n;
};

#define CONF_HOSTS_FOREACH(h, hosts)					\
	for ((h) = (hosts)->host; (h) != (hosts)->host + (hosts)->n; (h)++)

struct conf_tabledef;

/* A table in use: one for each (table, port, checks); see table_config. */
struct conf_table {
	TAILQ_ENTRY(conf_table)		 entry;
	const char			*name;
	struct conf_tabledef		*def;	/* NULL: TABLE_F_VIA */
	struct conf_check		**check;	/* so many: nchecks */
	struct conf_hosts		 hosts;
	uint32_t			 id;
	unsigned int			 variant; /* of this name and port */
	uint16_t			 port;
	uint8_t				 nchecks;
	uint8_t				 flags;		/* TABLE_F_* */
};
TAILQ_HEAD(conf_tables, conf_table);

struct conf_service;

struct conf_listen {
	TAILQ_ENTRY(conf_listen)	 entry;
	struct listen_config		 conf;
	struct conf_service		*service;
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_listens, conf_listen);

/* Packets that get a mark, for a listen of the service; the parent's alone. */
struct conf_mark {
	TAILQ_ENTRY(conf_mark)		 entry;
	struct conf_service		*service;
	uint32_t			 mark;
	struct addr			 addr;
	uint8_t				 prefixlen;
	uint8_t				 proto;		/* 0: any */
	uint16_t			 port_from;
	uint16_t			 port_to;
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_marks, conf_mark);

/* See pool_config. */
struct conf_pool {
	struct conf_table		*table;	/* NULL: no such pool */
	uint16_t			 tunnel_port;
	uint8_t				 method;	/* these as there */
	uint8_t				 tunnel;
	uint8_t				 flags;
	uint8_t				 said;		/* in the file */
};

/* What a notify script is run for. */
enum notify_kind {
	NOTIFY_ANY,		/* any of the next four */
	NOTIFY_MASTER,
	NOTIFY_BACKUP,
	NOTIFY_FAULT,
	NOTIFY_STOP,
	NOTIFY_RIVAL,		/* another master, which should be none */
	NOTIFY_QUORUM_UP,	/* of a service, these two */
	NOTIFY_QUORUM_DOWN,
	NOTIFY_KIND_MAX
};

/* A `notify' of an instance, a sync group, a service or of all. */
struct conf_notify {
	TAILQ_ENTRY(conf_notify)	 entry;
	enum notify_kind		 kind;
	uint32_t			 timeout_ms;
	char				*command;	/* as written */
	char				**argv;		/* split, NULL ended */
	char				*user;		/* NULL: the global */
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_notifies, conf_notify);

struct conf_vrrp;

struct conf_service {
	TAILQ_ENTRY(conf_service)	 entry;
	const char			*name;
	const char			*sched;
	uint32_t			 id;		/* these as in */
	uint32_t			 flags;		/* service_config */
	uint32_t			 persist_s;
	uint32_t			 quorum;
	uint32_t			 hysteresis;
	uint32_t			 slow_s;
	uint32_t			 removal_ms;
	uint8_t				 prefix4;
	uint8_t				 prefix6;
	uint8_t				 fail_open;
	uint32_t			 via_mark;	/* SERVICE_F_VIA */
	struct conf_listens		 listens;
	struct conf_marks		 marks;
	struct conf_pool		 pool[POOL_MAX];
	struct conf_notifies		 notifies;
	struct conf_vrrp		*vrrp;	/* that it follows, or NULL */
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_services, conf_service);

struct conf_vaddr {
	TAILQ_ENTRY(conf_vaddr)		 entry;
	struct vaddr_config		 conf;
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_vaddrs, conf_vaddr);

struct conf_peer {
	TAILQ_ENTRY(conf_peer)		 entry;
	struct peer_config		 conf;
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_peers, conf_peer);

/* A program that is tracked by its name. */
struct conf_process {
	TAILQ_ENTRY(conf_process)	 entry;
	uint32_t			 id;
	int				 quorum;	/* processes wanted */
	char				 name[NAME_LEN];
};
TAILQ_HEAD(conf_processes, conf_process);

/* A file with a number. */
struct conf_trackfile {
	TAILQ_ENTRY(conf_trackfile)	 entry;
	uint32_t			 id;
	int				 checked;	/* it has a weight;
							   else for VRRP */
	char				*path;
};
TAILQ_HEAD(conf_trackfiles, conf_trackfile);

/* A reference host: one for each address and way to check it. */
struct conf_refhost {
	TAILQ_ENTRY(conf_refhost)	 entry;
	struct refhost_config		 conf;
	struct conf_check		*check;
	unsigned int			 variant;	/* of this address */
};
TAILQ_HEAD(conf_refhosts, conf_refhost);

/* A `track' of an instance, or of a sync group for each of its members. */
struct conf_track {
	TAILQ_ENTRY(conf_track)		 entry;
	struct track_config		 conf;
	union {
		struct conf_script	*script;
		struct conf_service	*service;
		struct conf_tabledef	*table;
		struct conf_process	*process;
		struct conf_trackfile	*file;
		struct conf_refhost	*refhost;
	}				 what;	/* by kind */
	int				 of_group; /* in an instance: from its
						      sync group */
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_tracks, conf_track);

enum route_type {
	ROUTE_UNICAST,
	ROUTE_BLACKHOLE,
	ROUTE_UNREACHABLE,
	ROUTE_PROHIBIT,
	ROUTE_TYPE_MAX
};

/* What a route and a rule are, apart from where they stand. */
struct route_spec {
	enum route_type	type;
	struct addr	dst;		/* all zeroes of length 0: default */
	uint8_t		len;
	struct addr	via;		/* af 0: none */
	struct addr	source;		/* af 0: none */
	uint32_t	metric;		/* 0: none, of IPv4 alone */
	uint32_t	table;
	char		ifname[IFNAMSIZ];	/* "": by the next hop */
};

struct rule_spec {
	uint8_t		af;
	struct addr	from;		/* of length 0: any */
	struct addr	to;
	uint8_t		from_len;
	uint8_t		to_len;
	uint8_t		marked;
	uint32_t	mark;		/* if marked */
	uint32_t	table;
	uint32_t	preference;
	char		iif[IFNAMSIZ];	/* "": any */
};

struct conf_route {
	TAILQ_ENTRY(conf_route)		 entry;
	struct route_spec		 spec;
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_routes, conf_route);

struct conf_rule {
	TAILQ_ENTRY(conf_rule)		 entry;
	struct rule_spec		 spec;
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_rules, conf_rule);

/* What lvsd itself holds, whatever the roles. */
struct conf_statics {
	struct conf_vaddrs		 addrs;
	struct conf_routes		 routes;
	struct conf_rules		 rules;
};

/* How an instance announces its addresses; a time of 0: not at all. */
struct conf_announce {
	uint32_t	delay_ms;	/* until the second burst */
	uint32_t	refresh_ms;	/* from one refresh to the next */
	uint32_t	interval_ms;	/* between two frames at least */
	uint16_t	count;		/* of each address, in a burst */
	uint16_t	refresh_count;	/* and in a refresh */
};

struct conf_group;

/* `auth hmac' of an instance; the keys are secret. */
struct conf_hmac {
	struct hmac_config		 conf;
	char				*path[HMAC_KEYS_MAX];	/* NULL: the
						   file itself has the key */
	int				 windowed;	/* the window is said */
};

struct conf_vrrp {
	TAILQ_ENTRY(conf_vrrp)		 entry;
	RB_ENTRY(conf_vrrp)		 byid;
	struct vrrp_config		 conf;
	struct conf_group		*group;	/* NULL: none */
	int				 bound;	/* services follow it */
	int				 visited; /* while they are checked */
	struct conf_hmac		*hmac;	/* NULL: none */
	struct conf_peers		 peers;
	struct conf_announce		 announce;
	char				 vmac[IFNAMSIZ]; /* VRRP_F_VMAC */
	struct conf_vaddrs		 addrs;
	struct conf_routes		 routes;
	struct conf_rules		 rules;
	struct conf_tracks		 tracks;
	struct conf_notifies		 notifies;
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_vrrps, conf_vrrp);
RB_HEAD(conf_vrrps_byid, conf_vrrp);
RB_PROTOTYPE(conf_vrrps_byid, conf_vrrp, byid, )

struct conf_group {
	TAILQ_ENTRY(conf_group)		 entry;
	struct group_config		 conf;
	struct conf_tracks		 tracks;
	struct conf_notifies		 notifies;
	const char			*file;
	int				 line;
};
TAILQ_HEAD(conf_groups, conf_group);

/* `table <name> { ... }' as written: the business of conf/ alone, build.h. */
TAILQ_HEAD(conf_tabledefs, conf_tabledef);

/* `sync connections'; the parent alone uses it. */
struct conf_sync {
	char			 ifname[IFNAMSIZ];
	char			 vrrp_name[NAME_LEN];
	const struct conf_vrrp	*vrrp;		/* whose role it follows */
	uint32_t		 id;		/* 0 .. SYNC_ID_MAX */
	int			 has_id;
	struct addr		 group;
	uint16_t		 port;
	uint8_t			 ttl;
	uint16_t		 maxlen;	/* bytes; 0: the kernel's */
	const char		*file;
	int			 line;
};

/* A setting below net.ipv4.vs. */
#define SYSCTL_NAME_LEN		32
#define SYSCTL_VALUE_LEN	32

struct conf_sysctl {
	TAILQ_ENTRY(conf_sysctl) entry;
	char			 name[SYSCTL_NAME_LEN];
	char			 value[SYSCTL_VALUE_LEN];  /* "3 50" */
	int			 implied;	/* nobody has written it */
};
TAILQ_HEAD(conf_sysctls, conf_sysctl);

struct conf {
	struct arena		 arena;		/* see conf_alloc */
	uint32_t		 generation;
	struct outline		*outline;	/* of its files; NULL: none */
	struct global_config	 global;
	uint32_t		 lease_s;	/* of addresses; 0: for ever */
	char			*socket;	/* NULL: LVSD_SOCKET */
	char			*state_file;	/* NULL: see lvsd(8) */
	char			*script_user;	/* NULL: nobody */
	struct conf_notifies	 notifies;	/* of all instances, groups */
	struct conf_files	 files;
	struct conf_scripts	 scripts;
	struct conf_tlsfiles	 tlsfiles;
	struct conf_checks	 checks;
	struct conf_tabledefs	 tabledefs;
	struct conf_tables	 tables;
	struct conf_services	 services;
	struct conf_tables	 via_tables;	/* while it is made, for the */
	struct conf_services	 via_services;	/* end of those above */
	struct conf_groups	 groups;
	struct conf_vrrps	 vrrps;
	struct conf_statics	 statics;
	struct conf_sync	*sync;		/* NULL: none */
	struct conf_sysctls	 sysctls;
	int			 sysctl_restore;	/* when lvsd ends */
	int			 exit_remove;		/* services, too */
	struct conf_processes	 processes;
	struct conf_trackfiles	 trackfiles;
	struct conf_refhosts	 refhosts;
	struct conf_host	**hosts_byid;	/* after conf_assign_ids */
	unsigned int		 nhosts;
	struct conf_listen	**listens_byid;
	unsigned int		 nlistens;
	struct conf_vrrps_byid	 vrrps_byid;
};

/* A `-D name=value' of the command line. */
struct conf_macro {
	TAILQ_ENTRY(conf_macro)	 entry;
	char			*name;
	char			*value;
};
TAILQ_HEAD(conf_macros, conf_macro);

#define CONF_P_CHECK_ONLY	0x01	/* -n: secrets may be readable */

/* Where messages about the file go; called once for each, without newline. */
typedef void (*conf_report)(void *, const char *);

/*
 * conf_parse (read.c): read the file of this path with its includes and
 * validate it whole.  Each error is given to the report as
 * "file:line: message".  Returns a new tree with ids still 0, or NULL when
 * there was any error.
 */
struct conf	*conf_parse(const char *, const struct conf_macros *, int,
		    conf_report, void *);
/* conf_new, conf_free (tree.c): an empty tree; a whole one freed. */
struct conf	*conf_new(void);
void		 conf_free(struct conf *);
/*
 * conf_alloc (tree.c): so many bytes, zeroed, that are freed with the tree;
 * NULL: no memory.
 */
void		*conf_alloc(struct conf *, size_t);
/* conf_keep: such a copy of a text. */
const char	*conf_keep(struct conf *, const char *);
/* tlsfile_free (tlsfile.c): one that is in no tree. */
void		 tlsfile_free(struct conf_tlsfile *);
/*
 * conf_assign_ids (ids.c): give every object of a new tree its id: that of
 * the object with the same key in the old tree (NULL: none), else the next
 * of *next_id, which starts at 1.  Keys: service name; service name, address,
 * protocol, port, mark of a listen; table name, port and variant; these and the
 * address for a host; VRRP, group and script name; the whole content of a
 * file of TLS and of a check; name and quorum of a process; path of a file;
 * address and variant of a reference host.
 * Fills all references by id and the indexes by id.
 */
void		 conf_assign_ids(struct conf *, const struct conf *,
		    uint32_t *);
/* conf_find_*: by id; NULL: none.  Hosts, listens, VRRP in log(n). */
struct conf_host	*conf_find_host(const struct conf *, uint32_t);
/* conf_host_more: what few hosts have; all zeroes, if this has it not. */
const struct conf_host_more *conf_host_more(const struct conf_hosts *,
		    const struct conf_host *);
/* conf_*_wire: as it travels; a host of these. */
void		 conf_host_wire(const struct conf_hosts *,
		    const struct conf_host *, struct host_config *);
void		 conf_table_wire(const struct conf_table *,
		    struct table_config *);
void		 conf_service_wire(const struct conf_service *,
		    struct service_config *);
void		 conf_pool_wire(const struct conf_pool *,
		    struct pool_config *);
struct conf_listen	*conf_find_listen(const struct conf *, uint32_t);
struct conf_vrrp	*conf_find_vrrp(const struct conf *, uint32_t);
struct conf_group	*conf_find_group(const struct conf *, uint32_t);
struct conf_script	*conf_find_script(const struct conf *, uint32_t);
struct conf_table	*conf_find_table(const struct conf *, uint32_t);
struct conf_service	*conf_find_service(const struct conf *, uint32_t);
extern const char	*const notify_kind_names[NOTIFY_KIND_MAX];
/* conf_print (print.c): the canonical text, which parses to the same. */
void		 conf_print(const struct conf *, FILE *);
#endif /* CONF_CONF_H */
