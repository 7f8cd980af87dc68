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

#ifndef CONF_BUILD_H
#define CONF_BUILD_H

#include "conf.h"
#include "diag.h"
#include "index.h"
#include "lex.h"
#include "value.h"

/*
 * What the grammar, the actions behind it and the checks of the whole file
 * share.  Nothing outside of conf/ includes this.
 */

#define DAY_S			(24 * 60 * 60)

/* What holds where the file says nothing. */
#define DEFAULT_INTERVAL_MS	2000
#define DEFAULT_TIMEOUT_MS	1000	/* or the interval, if shorter */
#define DEFAULT_RISE		1
#define DEFAULT_FALL		3
#define DEFAULT_SCHEDULER	"wlc"
#define DEFAULT_HTTP_CODE	200
#define DEFAULT_WARN_S		(14 * DAY_S)
#define DEFAULT_PRIORITY	100
#define DEFAULT_VERSION4	2
#define DEFAULT_VERSION6	3
#define DEFAULT_TTL		255
#define DEFAULT_ADVERT_CS	100
#define DEFAULT_FILE_WEIGHT	1
#define DEFAULT_NOTIFY_MS	60000
#define DEFAULT_LEASE_S		10
/* Before the rule of the main table, 32766. */
#define DEFAULT_PREFERENCE	32000
#define PREFERENCE_MAX		32765
/* What IPv6 gives a route without: IP6_RT_PRIO_USER, net/ip6_route.h. */
#define DEFAULT_METRIC6		1024
/* linux/rtnetlink.h */
#define TABLE_MAIN		254
#define TABLE_LOCAL		255
/* What other VRRP routers do. */
#define DEFAULT_ANNOUNCE_COUNT	5
#define DEFAULT_ANNOUNCE_MS	5000

/* A byte counts them: RFC 3768 section 5.3.5, RFC 5798 section 5.2.5. */
#define VRRP_ADDR_MAX	255
/* The owner of the addresses: RFC 5798 section 5.2.4. */
#define VRRP_OWNER	255
/* Processes of one name: each of them is a descriptor. */
#define QUORUM_MAX	100
/* An address stays so long when lvsd is gone. */
#define LEASE_MIN_S	3
#define LEASE_MAX_S	3600
/* Announcements: how often, and the times between them. */
#define ANNOUNCE_MAX		100
#define ANNOUNCE_DELAY_MS	(60 * 60 * 1000)
#define ANNOUNCE_REFRESH_MS	(24 * 60 * 60 * 1000)
#define ANNOUNCE_INTERVAL_MS	1000
/* Of the path of a file of TLS, with its NUL. */
#define TLSFILE_PATH_LEN	1024
/* Of the path of the file of state, with its NUL. */
#define STATE_PATH_LEN	1024
/* Words of a command. */
#define ARGV_MAX	64

/* `table <name> { ... }' as written. */
struct conf_tabledef {
	TAILQ_ENTRY(conf_tabledef)	 entry;
	const char			*name;
	struct conf_hosts		 hosts;
	struct conf_table		*first;		/* use, NULL: none; its
							   hosts are these */
	struct pos			 pos;
	uint32_t			 track_id;	/* 0: not tracked */
	uint8_t				 flags;		/* TABLE_F_* */
	uint8_t				 used;
	uint8_t				 tracked;
	uint8_t				 broken;	/* errors inside */
};

/* What may stand once: in a block, in a pool, or at the top. */
enum seen {
	SEEN_INTERVAL	= 0x0001,
	SEEN_TIMEOUT	= 0x0002,
	SEEN_RISE	= 0x0004,
	SEEN_FALL	= 0x0008,
	SEEN_SOCKET	= 0x0010,
	SEEN_USER	= 0x0020,
	SEEN_TCP	= 0x0040,
	SEEN_TCPFIN	= 0x0080,
	SEEN_UDP	= 0x0100,
	SEEN_COMMAND	= 0x0200,
	SEEN_PORT	= 0x0400,
	SEEN_SCHEDULER	= 0x1000,
	SEEN_PERSISTENT	= 0x2000,
	SEEN_VRID	= 0x4000,
	SEEN_PRIORITY	= 0x8000,
	SEEN_ADVERTISE	= 0x10000,
	SEEN_VERSION	= 0x20000,
	SEEN_AUTH	= 0x40000,
	SEEN_RETRY	= 0x80000,
	SEEN_DOWN	= 0x100000,
	SEEN_WEIGHT	= 0x400000,
	SEEN_DISABLE	= 0x800000,
	SEEN_REVERSE	= 0x1000000,
	SEEN_ACCEPT	= 0x2000000,
	SEEN_QUORUM	= 0x4000000,
	SEEN_PREEMPT	= 0x8000000,
	SEEN_START	= 0x10000000,
	SEEN_CHECKSUM	= 0x20000000,
	SEEN_SOURCE	= 0x40000000,
	SEEN_MAC	= 0x80000000,
	/* outside of blocks, beside some of the above */
	SEEN_LEASE	= 0x200,
	SEEN_REALTIME	= 0x400,
	SEEN_LOCK	= 0x800,
	SEEN_STATE	= 0x1000,
	SEEN_SYNC	= 0x2000,
	SEEN_RESTORE	= 0x4000,
	SEEN_EXIT	= 0x8000,
	/* of connection sync, which counts its own */
	SYNC_ID		= 0x01,
	SYNC_PORT	= 0x02,
	SYNC_GROUP	= 0x04,
	SYNC_TTL	= 0x08,
	SYNC_MAXLEN	= 0x10,
	/* of a service, beside some of the above */
	SEEN_FAIL_OPEN	= 0x01,
	SEEN_FAILURE	= 0x02,
	SEEN_INITIAL	= 0x04,
	SEEN_WHILE	= 0x08,
	SEEN_SLOW	= 0x10,
	SEEN_REMOVAL	= 0x20,
	/* of a host, of a pool, of persistence, which count their own */
	SEEN_UPPER	= 0x01,
	SEEN_LOWER	= 0x02,
	SEEN_PARENT	= 0x04,
	SEEN_TUNNEL	= 0x10,
	SEEN_WIDTH	= 0x01,
	/* of an address, which counts its own */
	SEEN_ON		= 0x01,
	SEEN_LABEL	= 0x02,
	SEEN_SCOPE	= 0x04,
	SEEN_BROADCAST	= 0x08,
	SEEN_EXCLUDED	= 0x10,
	/* of a route or a rule, which count theirs, beside SEEN_ON */
	SEEN_VIA	= 0x02,
	SEEN_FROM	= 0x04,
	SEEN_METRIC	= 0x08,
	SEEN_MARK	= 0x10,
	SEEN_TABLE	= 0x20,
	/* of a check, which counts its own with its timing */
	SEEN_METHOD	= 0x10,
	SEEN_HOST	= 0x20,
	SEEN_CODE	= 0x40,
	SEEN_VERIFY	= 0x80,
	SEEN_DIGEST	= 0x100,
	SEEN_NAME	= 0x200,
	SEEN_CA		= 0x400,
	SEEN_CERT	= 0x800,
	SEEN_MINIMUM	= 0x1000,
	SEEN_WARN	= 0x2000,
	SEEN_TLS_OPTIONS = SEEN_VERIFY | SEEN_NAME | SEEN_CA | SEEN_CERT |
	    SEEN_MINIMUM | SEEN_WARN,
	SEEN_TYPE	= 0x4000,
	SEEN_ANSWER	= 0x8000,
	SEEN_RCODE	= 0x10000,
	SEEN_HELO	= 0x20000,
	/* where it goes to and comes from, apart */
	WHERE_PORT	= 0x01,
	WHERE_ON	= 0x02,
	WHERE_INTERFACE	= 0x04,
	WHERE_FROM	= 0x08,
	WHERE_MARK	= 0x10,
	WHERE_VIA	= 0x20
};

/* interval, timeout, rise, fall and so on; 0: not said. */
struct timing {
	uint32_t	 interval_ms;
	uint32_t	 timeout_ms;
	uint32_t	 retry_ms;	/* of checks of tables alone, these */
	uint32_t	 down_ms;
	uint16_t	 rise;
	uint16_t	 fall;
};

/* A check as written. */
struct check_spec {
	TAILQ_ENTRY(check_spec)	 entry;		/* of a pool */
	struct check_config	 conf;		/* without timing */
	struct timing		 timing;
	unsigned int		 seen;		/* SEEN_* */
	unsigned int		 where_seen;	/* WHERE_* */
	unsigned int		 url_seen;	/* of the URL at hand */
	int			 urls;
	int			 matches;	/* of the URL at hand */
	int			 head;		/* the method is HEAD */
	size_t			 head_len;	/* of items before URLs */
	uint8_t			*items;		/* conf.items_len bytes */
	struct conf_tlsfile	*tlsfile[TLSFILE_KIND_MAX];
};
TAILQ_HEAD(check_specs, check_spec);

/* The options of a notify script. */
struct notify_spec {
	unsigned int	 seen;			/* SEEN_* */
	struct lex_str	 user;
	struct lex_str	 timeout;
};

/* Addresses, and ports, in one `listen on' or `mark'. */
#define LISTEN_MAX	256

/* Such a statement as written. */
struct listen_spec {
	struct {
		struct addr	 addr;
		uint8_t		 prefixlen;
	}			 addr[LISTEN_MAX];
	struct {
		uint16_t	 from;
		uint16_t	 to;
	}			 port[LISTEN_MAX];
	struct lex_str		 first;		/* address, for messages */
	int			 naddr;
	int			 nport;
	int			 ports_said;
	int			 broken;	/* an error was reported */
	uint8_t			 proto;		/* 0: not said */
};

/* `forward to <table> ...' until the whole file is known. */
struct pool_ref {
	TAILQ_ENTRY(pool_ref)	 entry;
	struct conf_service	*service;
	struct conf_pool	*pool;		/* of the service */
	const char		*table;
	uint16_t		 port;		/* 0: the service's */
	struct check_specs	 checks;
	int			 nchecks;
	struct timing		 timing;	/* of all checks */
	struct pos		 pos;
	unsigned int		 seen;		/* SEEN_* */
};
TAILQ_HEAD(pool_refs, pool_ref);

/* A tracker as written. */
struct track_spec {
	enum track_kind	 kind;
	struct lex_str	 name;
	int		 weight;
	uint32_t	 flags;			/* TRACK_F_* */
	int		 quorum;
	struct timing	 timing;
	unsigned int	 seen;			/* SEEN_* */
	struct pos	 pos;
};

/* A tracker until the whole file is known. */
struct track_ref {
	TAILQ_ENTRY(track_ref)	 entry;
	struct conf_track	*track;
	struct conf_vrrp	*vrrp;		/* of it, or */
	struct conf_group	*group;		/* of each of its members */
	int			 quorum;	/* TRACK_PROCESS */
	struct timing		 timing;	/* TRACK_HOST, these two */
	struct addr		 addr;
};
TAILQ_HEAD(track_refs, track_ref);

/* `vrrp "name"' of a sync group until the whole file is known. */
struct member_ref {
	TAILQ_ENTRY(member_ref)	 entry;
	struct conf_group	*group;
	char			 name[NAME_LEN];
	struct pos		 pos;
};
TAILQ_HEAD(member_refs, member_ref);

/* `while master of' of a service until the whole file is known. */
struct bound_ref {
	TAILQ_ENTRY(bound_ref)	 entry;
	struct conf_service	*service;
	char			 name[NAME_LEN];	/* of the instance */
	struct pos		 pos;
};
TAILQ_HEAD(bound_refs, bound_ref);

/* A file being read, with all that it includes. */
struct parse {
	struct conf		*conf;
	struct lex		*lex;
	struct diag		 diag;
	struct pos		 pos;		/* of the last token */
	int			 flags;		/* CONF_P_* */
	struct index		*index;		/* of all objects */
	struct key		 key;		/* room for one look-up */
	struct pool_refs	 pools;
	struct member_refs	 members;
	struct track_refs	 tracks;
	struct bound_refs	 bounds;
	unsigned int		 seen;		/* SEEN_*, at the top */
	struct conf_announce	 announce;	/* at the top */
	struct timing		 timing;	/* at the top */
	struct pos		 timing_pos;	/* of the last of these */
	int			 errors_top;	/* of syntax, outside blocks */
	int			 errors_syntax;	/* all of syntax */

	/* the block being read */
	unsigned int		 block_seen;	/* SEEN_* */
	int			 block_errors;	/* diag.errors before it */
	struct conf_tabledef	*table;
	struct conf_hosts	 hosts;		/* of the table */
	unsigned int		 hosts_size;	/* room for so many */
	int			 hosts_more;	/* one of them has more */
	struct index		*hosts_index;	/* if there are many */
	struct conf_host	*host;		/* the last */
	unsigned int		 host_seen;	/* SEEN_* */
	struct conf_service	*service;
	struct conf_script	*script;
	struct conf_vrrp	*vrrp;
	struct conf_vaddr	*vaddr;
	unsigned int		 vaddr_seen;	/* SEEN_* */
	struct conf_route	*route;
	struct conf_rule	*rule;
	unsigned int		 held_seen;	/* SEEN_*, of these two */
	int			 held_errors;	/* diag.errors before it */
	struct conf_group	*group;
	int			 members_here;	/* of this group */
	struct timing		 script_timing;
	struct pos		 vrid_pos;
	uint32_t		 advert_ms;
	struct pos		 advert_pos;
	struct pos		 checksum_pos;
	struct pos		 strict_pos;
	struct pos		 source_pos;
	struct pos		 vmac_pos;
	struct listen_spec	 spec;
	unsigned int		 persist_seen;	/* SEEN_* */
	unsigned int		 sync_seen;	/* SYNC_* */
	struct pos		 sync_pos;
	int			 width;		/* of persistence, bits */
	int			 width_mask;	/* said as a netmask */
	struct pos		 width_pos;
};

/*
 * parse_text (parse.y): read all of p->lex; 0 when it came to the end, however
 * many errors were counted.
 */
int	parse_text(struct parse *);

/* conf_error: an error at the last token. */
#define conf_error(p, ...)	diag_error(&(p)->diag, &(p)->pos, __VA_ARGS__)

/*
 * settings.c: those of the kernel, connection sync; settings_check: once all
 * is known, with the settings that what there is needs.
 */
void		 build_sync(struct parse *, const struct lex_str *,
		    const struct lex_str *);
void		 build_sync_option(struct parse *, const struct lex_str *,
		    const struct lex_str *);
void		 build_sync_port(struct parse *, const struct lex_str *);
void		 build_sync_group(struct parse *, const struct lex_str *);
void		 build_sync_ttl(struct parse *, const struct lex_str *);
void		 build_sysctl(struct parse *, const struct lex_str *,
		    const struct lex_str *, const struct lex_str *);
void		 build_restore(struct parse *);
void		 settings_check(struct parse *);
void		 settings_free(struct conf *);

/* build.c: blocks in general, the global statements, tables, scripts. */

/* build_once: this may stand once; -1: it has, reported. */
int		 build_once(struct parse *, unsigned int *, enum seen,
		    const char *);
/* build_name: of an object, as the tree keeps it; NULL: wrong, reported. */
const char	*build_name(struct parse *, const char *,
		    const struct lex_str *);
/* build_begin: a block begins; build_broken: it had errors. */
void		 build_begin(struct parse *);
int		 build_broken(const struct parse *);
/*
 * build_unique: enter the object of p->key.  Gives the one that has the key
 * already, and stays; NULL: none.
 */
void		*build_unique(struct parse *, void *);
void		 build_timing(struct parse *, struct timing *, unsigned int *,
		    enum seen, const struct lex_str *);
void		 build_global_timing(struct parse *, enum seen,
		    const struct lex_str *);
void		 build_ipvs(struct parse *, enum seen,
		    const struct lex_str *);
void		 build_socket(struct parse *, const struct lex_str *);
void		 build_state_file(struct parse *, const struct lex_str *);
void		 build_script_user(struct parse *, const struct lex_str *);
void		 build_realtime(struct parse *, const struct lex_str *);
void		 build_lock_memory(struct parse *);
void		 build_table(struct parse *, const struct lex_str *);
void		 build_table_disable(struct parse *);
void		 build_table_end(struct parse *);
void		 build_host(struct parse *, const struct lex_str *);
/* build_host_more: what few have, of the host at hand, to be set. */
struct conf_host_more *build_host_more(struct parse *);
void		 build_host_weight(struct parse *, const struct lex_str *);
void		 build_host_disable(struct parse *);
void		 build_host_bound(struct parse *, enum seen,
		    const struct lex_str *);
void		 build_host_end(struct parse *);
void		 build_script(struct parse *, const struct lex_str *);
void		 build_command(struct parse *, const struct lex_str *);
void		 build_user(struct parse *, const struct lex_str *);
void		 build_script_end(struct parse *);

/* service.c: services. */
void		 build_service(struct parse *, const struct lex_str *);
void		 build_scheduler(struct parse *, const struct lex_str *);
void		 build_scheduler_flag(struct parse *, const char *);
void		 build_persistent(struct parse *, const struct lex_str *);
void		 build_width(struct parse *, const struct lex_str *, int);
void		 build_engine(struct parse *, const struct lex_str *);
/*
 * What becomes of a service whose hosts fail, and return; and of all when lvsd
 * ends.  build_quorum: hysteresis, may be NULL.  policy_check: the service is
 * whole.
 */
void		 build_quorum(struct parse *, const struct lex_str *,
		    const struct lex_str *);
void		 build_fail_open(struct parse *, const struct lex_str *);
void		 build_on_failure(struct parse *, const struct lex_str *);
void		 build_on_exit(struct parse *, const struct lex_str *);
void		 build_initial(struct parse *, const struct lex_str *);
void		 build_slow_start(struct parse *, const struct lex_str *);
void		 build_removal(struct parse *, const struct lex_str *);
void		 policy_check(struct parse *);
void		 build_service_flag(struct parse *, uint32_t, const char *);
void		 build_service_end(struct parse *);

/*
 * listen.c: what services listen on.  build_spec_begin: a statement begins;
 * build_listen: it is whole.
 */
void		 build_spec_begin(struct parse *);
void		 build_spec_proto(struct parse *, uint8_t);
void		 build_listen_addr(struct parse *, const struct lex_str *);
void		 build_listen_port(struct parse *, const struct lex_str *);
void		 build_listen(struct parse *);
void		 build_listen_mark(struct parse *, const struct lex_str *,
		    uint8_t);
/* service_port: the port of all its listens; 0: several, or any. */
int		 service_port(const struct conf_service *);
/* service_check_any: those on any port are persistent. */
void		 service_check_any(struct parse *);

/*
 * mark.c: packets that get a mark.  build_mark: such a statement is whole.
 * service_check_marks: of the service at hand; check_marks: of all.
 */
void		 build_mark_addr(struct parse *, const struct lex_str *);
void		 build_mark_port(struct parse *, const struct lex_str *);
void		 build_mark(struct parse *, const struct lex_str *);
void		 service_check_marks(struct parse *);
void		 check_marks(struct parse *);
/* mark_str: "10.0.0.0/8 tcp port 80:90"; returns buf, of MARK_STRLEN. */
#define MARK_STRLEN	(ADDR_STRLEN + 64)
const char	*mark_str(const struct conf_mark *, char *);

/*
 * where.c: where checks go to and come from.  build_pool_*: of the last check
 * of the pool; the port may be NULL.  check_where: is that possible with
 * these hosts?  0, or -1: reported.
 */
void		 build_pool_on(struct parse *, struct pool_ref *,
		    const struct lex_str *, const struct lex_str *);
void		 build_pool_on_port(struct parse *, struct pool_ref *,
		    const struct lex_str *);
void		 build_pool_interface(struct parse *, struct pool_ref *,
		    const struct lex_str *);
void		 build_pool_from(struct parse *, struct pool_ref *,
		    const struct lex_str *);
void		 build_pool_mark(struct parse *, struct pool_ref *,
		    const struct lex_str *);
void		 build_host_parent(struct parse *, const struct lex_str *);
int		 check_where(struct parse *, const struct pool_ref *,
		    const struct conf_tabledef *);

/*
 * via.c: checks via services.  build_pool_via: the last check of the pool is
 * one (where.c).  check_via: find out where it goes to; 0, or -1: reported.
 * via_pool: provide for those of a pool, whose table in use this is; via_end:
 * all have been.
 */
void		 build_pool_via(struct parse *, struct pool_ref *,
		    const struct lex_str *);
int		 check_via(struct parse *, const struct pool_ref *,
		    struct check_spec *);
void		 via_pool(struct parse *, const struct pool_ref *,
		    struct conf_table *);
void		 via_end(struct parse *);

/*
 * tunnel.c: how pools are reached by tunnels.  build_tunnel_flag: one of
 * POOL_F_*, 0: none of them.
 */
void		 build_tunnel(struct parse *, struct pool_ref *,
		    enum tunnel_type);
void		 build_tunnel_port(struct parse *, struct pool_ref *,
		    const struct lex_str *);
void		 build_tunnel_flag(struct parse *, struct pool_ref *, uint8_t);

/* dynamic.c: checks that want a weight. */
/* build_check_agent: one that asks an agent on this port. */
void		 build_check_agent(struct parse *, struct check_spec *,
		    const struct lex_str *);
/* build_check_ref: one by this script or file. */
void		 build_check_ref(struct parse *, struct check_spec *,
		    const struct lex_str *);
/* build_check_where: may it have this option of where?  0, -1: reported. */
int		 build_check_where(struct parse *, const struct check_spec *,
		    const char *, enum seen);
/*
 * check_ref_timing: of a script, where nothing is said.
 * check_ref: find what the check is made by; -1: there is no such.
 */
void		 check_ref_timing(struct parse *, const struct check_spec *,
		    struct timing *);
int		 check_ref(struct parse *, const struct pool_ref *,
		    struct conf_check *);
/* build_pool_dynamic: "dynamic", and what stands behind it. */
void		 build_pool_dynamic(struct parse *, struct pool_ref *,
		    const struct lex_str *);

/* pool.c: pools.  build_pool: NULL: no memory. */
struct pool_ref	*build_pool(struct parse *, enum forward_method,
		    const struct lex_str *);
void		 build_pool_port(struct parse *, struct pool_ref *,
		    const struct lex_str *);
/* build_pool_timing: of the check before it, or else of all checks. */
void		 build_pool_timing(struct parse *, struct pool_ref *,
		    enum seen, const struct lex_str *);
void		 build_pool_check(struct parse *, struct pool_ref *,
		    struct check_spec *);

/*
 * health.c: checks.  build_check: begin one of this type, whose items are
 * collected in the buffer of CHECK_ITEMS_LEN bytes; build_check_end: it is
 * whole.  build_check_path: a URL begins, and what follows is of it.
 */
void		 build_check(struct check_spec *, enum check_type, uint8_t *);
void		 build_check_end(struct parse *, struct check_spec *);
void		 build_check_path(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_method(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_host(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_header(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_code(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_match(struct parse *, struct check_spec *,
		    const struct lex_str *, enum check_item_kind);
void		 build_check_digest(struct parse *, struct check_spec *,
		    const struct lex_str *, const struct lex_str *);
void		 build_check_send(struct parse *, struct check_spec *,
		    const struct lex_str *, int);
void		 build_check_expect(struct parse *, struct check_spec *,
		    const struct lex_str *, int);

/* build_check_dns: a question for this name; the rest is options. */
void		 build_check_dns(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_dns_type(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_dns_answer(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_dns_rcode(struct parse *, struct check_spec *,
		    const struct lex_str *);
const char	*dns_type_name(uint16_t);
void		 build_check_helo(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_smtp_tls(struct parse *, struct check_spec *,
		    uint8_t);
/* check_put_head: an item of the whole check, before those of URLs. */
void		 check_put_head(struct parse *, struct check_spec *,
		    const char *, enum check_item_kind, const void *, size_t);

/* checktls.c: the options of TLS. */
void		 build_check_noverify(struct parse *, struct check_spec *);
void		 build_check_name(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_ca(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_certificate(struct parse *, struct check_spec *,
		    const struct lex_str *, const struct lex_str *);
void		 build_check_minimum(struct parse *, struct check_spec *,
		    const struct lex_str *);
void		 build_check_warn(struct parse *, struct check_spec *,
		    const struct lex_str *);
/* tls_version_name: "1.2". */
const char	*tls_version_name(uint16_t);

/*
 * tlsfile.c: files of TLS.  tlsfile_read: NULL: it cannot be used, reported.
 * tlsfile_pair: the key must be that of the certificate.
 */
struct conf_tlsfile	*tlsfile_read(struct parse *, enum tlsfile_kind,
		    const struct lex_str *);
void		 tlsfile_pair(struct parse *, const struct conf_tlsfile *,
		    const struct conf_tlsfile *);

/*
 * notify.c: notify scripts, of the block at hand or of all.
 * build_notify_quorum: the kind that this word of a quorum is.
 */
void		 build_notify_option(struct parse *, struct notify_spec *,
		    enum seen, const struct lex_str *);
enum notify_kind build_notify_quorum(struct parse *, const struct lex_str *);
void		 build_notify(struct parse *, enum notify_kind,
		    const struct lex_str *, const struct notify_spec *);

/*
 * bound.c: services that follow an instance.  check_bounds: once all is known.
 */
void		 build_while(struct parse *, const struct lex_str *, int);
void		 check_bounds(struct parse *);

/*
 * check.c: all that needs the whole file: references found, tables in use
 * made of tables as written, each pool and tracker judged.
 */
void		 check_conf(struct parse *);
/*
 * check_timing: fill in what was not said of the times of what has this kind
 * and name, and stands there.
 */
void		 check_timing(struct parse *, struct timing *,
		    const struct pos *, const char *, const char *);
/*
 * check_share: a check with these times, the same for all that check alike;
 * NULL: no memory.
 */
struct conf_check *check_share(struct parse *, const struct check_spec *,
		    const struct timing *);

#endif /* CONF_BUILD_H */
