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

#ifndef CONF_WIRE_H
#define CONF_WIRE_H

#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>

#include <stddef.h>
#include <stdint.h>

/*
 * The configuration as it travels from the parent to the engines: one fixed
 * structure an object, in host byte order (ports too; addresses in network
 * byte order).  Each process embeds what it needs in its own runtime
 * structures as `conf'.  References between objects are ids.
 */

#define NAME_LEN	64	/* object names, with the NUL */
#define SCHED_LEN	16	/* IP_VS_SCHEDNAME_MAXLEN, linux/ip_vs.h */
#define VRRP_PASS_LEN	8	/* RFC 2338 section 5.3.10 */

/* Of a check: bytes of one item without its NUL, of all with their heads. */
#define CHECK_ITEM_LEN	1024
#define CHECK_ITEMS_LEN	8192
/* URLs of a check, checks of a table. */
#define CHECK_URLS_MAX	8
#define CHECKS_MAX	8
/* Expressions that the body of one URL is searched for. */
#define CHECK_MATCHES_MAX	8
/* Bytes of digests: RFC 1321, FIPS 180-4. */
#define MD5_LEN		16
#define SHA256_LEN	32

/* Highest weight: IPVS takes more, ipvsadm(8) and users know this bound. */
#define WEIGHT_MAX	65535

/* Bounds of checks and scripts, in milliseconds and results in a row. */
#define CHECK_MS_MIN	10
#define CHECK_MS_MAX	(24 * 60 * 60 * 1000)
#define CHECK_COUNT_MAX	1000

/* Status codes of HTTP, RFC 9110 section 15. */
#define HTTP_CODE_MIN	100
#define HTTP_CODE_MAX	599

/* Bounds of an advertisement interval, in centiseconds. */
#define ADVERT2_CS_MIN	100	/* RFC 3768 section 5.3.7: a byte, seconds */
#define ADVERT2_CS_MAX	25500
#define ADVERT3_CS_MIN	1	/* RFC 5798 section 5.2.7: 12 bits */
#define ADVERT3_CS_MAX	4095

struct addr {
	uint8_t		af;		/* AF_INET, AF_INET6 */
	uint8_t		pad[3];
	union {
		struct in_addr	v4;
		struct in6_addr	v6;
		uint8_t		bytes[16];
	} u;
};

#define ADDR_STRLEN	INET6_ADDRSTRLEN

/* addr_str: text of a into buf of ADDR_STRLEN bytes; returns buf. */
const char	*addr_str(const struct addr *, char *);
/* addr_port_str: "10.0.0.1:80" or "[fd00::1]:80"; returns buf. */
#define ADDR_PORT_STRLEN	(ADDR_STRLEN + sizeof("[]:65535"))
const char	*addr_port_str(const struct addr *, uint16_t, char *);
/* net_str: "10.0.0.0/8", or "default" when its length is 0; returns buf. */
#define NET_STRLEN	(ADDR_STRLEN + sizeof("/128"))
const char	*net_str(const struct addr *, uint8_t, char *);
/* addr_cmp: order by family, then bytes; 0 when equal. */
int		 addr_cmp(const struct addr *, const struct addr *);
/* addr_parse: numeric address; 0 or -1. */
int		 addr_parse(const char *, struct addr *);
/* addr_valid: the family is known (for addresses out of a message). */
int		 addr_valid(const struct addr *);
/* addr_size: bytes of an address of the family: 4 or 16. */
size_t		 addr_size(uint8_t);

#define LOG_F_STATE	0x01	/* log state changes */
#define LOG_F_CHECKS	0x02	/* log host checks */

/* sched_get_priority_max(2) of SCHED_RR on Linux. */
#define REALTIME_MAX	99

struct global_config {
	uint32_t	log_flags;
	uint32_t	ipvs_tcp;	/* seconds; 0: leave the kernel's */
	uint32_t	ipvs_tcpfin;
	uint32_t	ipvs_udp;
	uint32_t	realtime;	/* 1 .. REALTIME_MAX; 0: none */
	uint32_t	lock_memory;	/* 0 or 1; both of vrrpe */
};

enum check_type {
	CHECK_NONE,		/* not checked: always in use */
	CHECK_ICMP,
	CHECK_TCP,
	CHECK_HTTP,
	CHECK_HTTPS,
	CHECK_SEND,		/* send and expect over TCP */
	CHECK_UDP,		/* the same, by one datagram */
	CHECK_TLS,		/* handshake */
	CHECK_SMTP,
	CHECK_DNS,
	CHECK_AGENT,		/* a line of words, as of HAProxy's agents */
	CHECK_SCRIPT,		/* run by the parent */
	CHECK_FILE,		/* a number in it; the parent reads */
	CHECK_TYPE_MAX
};

#define CHECK_F_NOVERIFY	0x01	/* TLS: take any certificate */
#define CHECK_F_TLS		0x02	/* send, smtp: inside TLS */
#define CHECK_F_STARTTLS	0x04	/* smtp: the same after a greeting */
#define CHECK_F_TCP		0x08	/* dns: over TCP */
#define CHECK_F_DYNAMIC		0x20	/* script: its status is a weight */
#define CHECK_F_VIA		0x10	/* to the address `on' by IPVS */

/* Marks of their packets: so many, of those of an otherwise rare kind. */
#define VIA_MARK		0x4c560000
#define VIA_MARKS		0x10000

/*
 * What a check_config has no room for: a list of items, each a head, its
 * bytes and a NUL.  What of it is a text holds no other NUL.
 */
enum check_item_kind {
	/* http: of all URLs, before the first */
	ITEM_METHOD,		/* GET if there is none */
	ITEM_HOST,		/* Host header; TLS server name if no other */
	ITEM_HEADER,		/* "Name: value" */
	/* http: of one URL; the path is the first */
	ITEM_PATH,
	ITEM_CODE,		/* struct code_range; any of them is good */
	ITEM_MATCH,		/* PCRE2 expression found in the body */
	ITEM_NOMATCH,		/* one that is not */
	ITEM_MD5,		/* digest of the body: 16 bytes */
	ITEM_SHA256,		/* the same: 32 bytes */
	/* send, udp */
	ITEM_SEND,		/* bytes */
	ITEM_EXPECT,		/* fnmatch(3) pattern of the answer */
	ITEM_BINARY,		/* bytes that it begins with */
	/* with TLS */
	ITEM_NAME,		/* server name to ask for and to verify */
	/* smtp */
	ITEM_HELO,		/* name to say hello with */
	/* dns */
	ITEM_QNAME,		/* name asked for */
	ITEM_ANSWER,		/* data of a record that must be there */
	/* script, file: which, for who reads logs; see ref_id */
	ITEM_REF,
	ITEM_KIND_MAX
};

struct check_item_head {
	uint16_t	kind;		/* enum check_item_kind */
	uint16_t	len;		/* without the NUL */
};

struct code_range {
	uint16_t	min;		/* HTTP_CODE_MIN .. HTTP_CODE_MAX */
	uint16_t	max;
};

/* Files of TLS, in PEM; the parent reads them, and hce alone gets them. */
enum tlsfile_kind {
	TLSFILE_CA,		/* certificates trusted, and no others */
	TLSFILE_CERT,		/* shown to the server, with its chain */
	TLSFILE_KEY,		/* of that */
	TLSFILE_KIND_MAX
};

#define TLSFILE_SIZE_MAX	(1024 * 1024)
#define TLSFILE_PART_MAX	8192	/* bytes of one message */

/* MSG_CONF_TLSFILE; the bytes follow in order in MSG_CONF_TLSPART. */
struct tlsfile_config {
	uint32_t	id;
	uint32_t	kind;		/* enum tlsfile_kind */
	uint32_t	size;		/* bytes */
};

/* Versions of TLS: RFC 2246, 4346, 5246, 8446. */
#define TLS_MIN_FIRST	0x0301
#define TLS_MIN_LAST	0x0304
/* RFC 1035 section 4.1.1: four bits. */
#define DNS_RCODE_MAX	15
/* Longest time to warn of the end of a certificate, in days. */
#define WARN_DAYS_MAX	365

/*
 * How a host is checked; shared by all tables that are checked alike.
 * MSG_CONF_CHECK carries this followed by the items.
 */
struct check_config {
	uint32_t	id;
	uint32_t	interval_ms;
	uint32_t	timeout_ms;
	uint16_t	rise;		/* good results in a row to come up */
	uint16_t	fall;		/* bad results in a row to go down */
	uint16_t	port;		/* 0: the host's */
	uint16_t	items_len;	/* bytes of all items */
	uint8_t		type;		/* enum check_type */
	uint8_t		flags;		/* CHECK_F_* */
	uint16_t	tls_min;	/* least version, as on the wire of
					   TLS; 0: as OpenSSL has it */
	uint32_t	warn_s;		/* this long before a certificate
					   expires; 0: never */
	uint32_t	tlsfile_id[TLSFILE_KIND_MAX];	/* 0: none */
	uint16_t	dns_type;	/* RFC 1035 section 3.2.2 */
	uint16_t	dns_rcode;	/* wanted, 0 .. DNS_RCODE_MAX */
	uint32_t	retry_ms;	/* after a first failure; 0: as what
					   follows */
	uint32_t	down_ms;	/* interval while down or in doubt;
					   0: as always */
	uint32_t	mark;		/* of its packets; 0: none */
	uint32_t	ref_id;		/* script, file: of that; else 0 */
	struct addr	on;		/* to be checked; af 0: the host's */
	struct addr	from;		/* af 0: the kernel chooses */
	char		ifname[IFNAMSIZ];	/* to go by; "": any */
};

/* A walk through the items of a check. */
struct check_items {
	const uint8_t	*buf;
	size_t		 len;
	size_t		 off;		/* of the next */
};

struct check_item {
	enum check_item_kind	 kind;
	size_t			 len;	/* without the NUL */
	const char		*data;	/* in the buffer walked through */
};

/* check_items_begin: walk through so many bytes from the first item on. */
void		 check_items_begin(struct check_items *, const void *, size_t);
/* check_items_next: 1: the next item, 0: there is none, -1: it is broken. */
int		 check_items_next(struct check_items *, struct check_item *);
/*
 * check_item_find: the first item of this kind; NULL: none.  Its bytes, with
 * a NUL behind them, and through the pointer (NULL: nowhere) how many.
 */
const char	*check_item_find(const struct check_config *, const void *,
		    enum check_item_kind, size_t *);
/* check_item_put: append an item at this offset; its length, 0: no room. */
size_t		 check_item_put(uint8_t *, size_t, size_t,
		    enum check_item_kind, const void *, size_t);

#define TABLE_F_DISABLE	0x01		/* disabled by the configuration */
#define TABLE_F_VIA	0x02		/* of a service with SERVICE_F_VIA */

/*
 * A table in use: the hosts of `table <name>' on one port, checked alike.
 * Two services that use a table alike share it, and its checks.
 */
struct table_config {
	uint32_t	id;
	uint32_t	flags;		/* TABLE_F_* */
	uint32_t	track_id;	/* of all uses of `table <name>', which
					   vrrpe is told of; 0: it is not */
	uint16_t	port;		/* host byte order; 0: that of the
					   connection */
	uint16_t	nchecks;	/* 0: not checked, always in use */
	uint32_t	check_id[CHECKS_MAX];	/* all must be good */
	char		name[NAME_LEN];	/* of the table, without the port */
};

#define HOST_F_DISABLE	0x01

/*
 * With `upper' connections a host gets no new ones until it has less than
 * `lower', or when that is 0, than three quarters of them (linux: ip_vs.h,
 * ip_vs_dest_is_overloaded).
 */
struct host_config {
	uint32_t	id;
	uint32_t	table_id;
	uint32_t	weight;		/* 0 .. WEIGHT_MAX */
	uint32_t	flags;		/* HOST_F_* */
	uint32_t	upper;		/* 0: no bound */
	uint32_t	lower;		/* 0 .. upper */
	struct addr	addr;
	struct addr	parent;		/* checked in its place; af 0: none */
};

enum forward_method {
	FWD_NAT,		/* forward to: masquerading */
	FWD_ROUTE,		/* route to: direct routing */
	FWD_TUNNEL,		/* tunnel to: inside of another packet */
	FWD_METHOD_MAX
};

enum tunnel_type {
	TUNNEL_IPIP,
	TUNNEL_GUE,		/* UDP, draft-ietf-intarea-gue */
	TUNNEL_GRE,
	TUNNEL_TYPE_MAX
};

/* Checksums of the tunnel; neither: none. */
#define POOL_F_CSUM	0x01
#define POOL_F_REMCSUM	0x02	/* gue only */

enum pool_role {
	POOL_PRIMARY,
	POOL_BACKUP,		/* used while no host of the primary is up */
	POOL_MAX
};

struct pool_config {
	uint32_t	table_id;	/* 0: no such pool */
	uint8_t		method;		/* enum forward_method */
	uint8_t		tunnel;		/* enum tunnel_type */
	uint16_t	tunnel_port;	/* of gue, else 0 */
	uint8_t		flags;		/* POOL_F_* */
	uint8_t		pad[3];
};

#define SERVICE_F_DISABLE	0x01
#define SERVICE_F_PERSISTENT	0x02
#define SERVICE_F_ONEPACKET	0x04
#define SERVICE_F_TRACKED	0x08	/* vrrpe is told how it is */
#define SERVICE_F_SCHED_PORT	0x10	/* sh, mh: hash the port too */
#define SERVICE_F_SCHED_FALLBACK 0x20	/* sh, mh: around what is full */
#define SERVICE_F_SIP		0x40	/* persistence by SIP Call-ID */
#define SERVICE_F_VIA		0x80	/* for checks via services; those with
					   it come after all others */

#define SERVICE_F_QUIESCE	0x100	/* failed hosts get weight 0 */
#define SERVICE_F_INITIAL_UP	0x200	/* hosts without a verdict serve */
#define SERVICE_F_NOTIFY	0x400	/* the parent is told of the quorum */
#define SERVICE_F_SUSPEND	0x800	/* with vrrp_id: no checks in vain */

/* Longest persistence kept: 31 days, as ipvsadm(8) allows. */
#define PERSIST_MAX		(31 * 24 * 60 * 60)

/* A quorum of a service is a sum of weights. */
#define SERVICE_QUORUM_MAX	1000000
/* More than all can not fail. */
#define FAIL_OPEN_MAX		99
/* Longest slow start of a host, in seconds: a day. */
#define SLOW_START_MAX		(24 * 60 * 60)
/* Bounds of the time between two removals, in milliseconds. */
#define REMOVAL_MS_MIN		100
#define REMOVAL_MS_MAX		(60 * 60 * 1000)

struct service_config {
	uint32_t		id;
	uint32_t		flags;		/* SERVICE_F_* */
	uint32_t		persist_s;	/* with SERVICE_F_PERSISTENT */
	uint8_t			prefix4;	/* clients kept together */
	uint8_t			prefix6;	/* the same, for IPv6 */
	uint8_t			fail_open;	/* when more percent fail; 0:
						   never */
	uint8_t			pad;
	uint32_t		quorum;		/* weight that is wanted */
	uint32_t		hysteresis;	/* below quorum */
	uint32_t		vrrp_id;	/* active while this instance
						   has its addresses; 0:
						   always */
	uint32_t		slow_s;		/* until a host that is back
						   has its weight; 0: none */
	uint32_t		removal_ms;	/* between two hosts that fail;
						   0: none */
	struct pool_config	pool[POOL_MAX];
	char			sched[SCHED_LEN];
	char			name[NAME_LEN];
};

/*
 * One virtual service in the kernel: an address and port of a `listen on',
 * or a mark, which has neither but the family.
 */
struct listen_config {
	uint32_t	id;
	uint32_t	service_id;
	uint32_t	mark;		/* 0: it has an address */
	uint16_t	port;		/* 0: any */
	uint8_t		proto;		/* IPPROTO_TCP, _UDP, _SCTP; 0: mark */
	uint8_t		pad;
	struct addr	addr;
};

/* A script run by the parent on the wish of hce. */
struct script_config {
	uint32_t	id;
	uint32_t	interval_ms;
	uint32_t	timeout_ms;
	uint16_t	rise;
	uint16_t	fall;
	char		name[NAME_LEN];
};

struct group_config {
	uint32_t	id;
	char		name[NAME_LEN];
};

#define VRRP_F_NOPREEMPT	0x01
#define VRRP_F_NOACCEPT		0x02
#define VRRP_F_RFC9568		0x04	/* version 3, IPv4: send checksums
					   without a pseudo-header */
#define VRRP_F_STRICT		0x08	/* version 3: drop adverts with other
					   addresses */
#define VRRP_F_UNICAST		0x10	/* to and from peers alone */
#define VRRP_F_VMAC		0x20
#define VRRP_F_STARTMASTER	0x40	/* at a start waits less */

/* Longest delay of a preemption: 1000 s, what keepalived(8) knows. */
#define VRRP_PREEMPT_MS_MAX	(1000 * 1000)

enum vrrp_auth {
	VRRP_AUTH_NONE,
	VRRP_AUTH_PASS		/* version 2 only, RFC 2338 section 5.3.6 */
};

/* The password travels to vrrpe alone; lbe gets it zeroed. */
struct vrrp_config {
	uint32_t	id;
	uint32_t	group_id;	/* 0: in no sync group */
	uint32_t	flags;		/* VRRP_F_* */
	uint32_t	preempt_ms;	/* delay; 0 with NOPREEMPT */
	uint16_t	advert_cs;	/* ADVERT3_CS_*; version 2: whole
					   seconds, ADVERT2_CS_* */
	uint8_t		vrid;		/* 1 .. 255 */
	uint8_t		priority;	/* 1 .. 255 */
	uint8_t		version;	/* 2 or 3 */
	uint8_t		af;
	uint8_t		auth;		/* enum vrrp_auth */
	uint8_t		pad;
	uint8_t		pass[VRRP_PASS_LEN];
	struct addr	source;		/* of adverts; af 0: the interface's */
	char		ifname[IFNAMSIZ];
	char		name[NAME_LEN];
};

/* Routers that an instance with VRRP_F_UNICAST talks to. */
#define VRRP_PEER_MAX	32

/*
 * Authentication by a trailer behind each advert, an HMAC-SHA256 under a
 * shared key: draft-cassen-vrrp-auth-hmac.
 */
#define HMAC_KEYS_MAX	8	/* of one instance */
#define HMAC_KEY_MIN	32	/* bytes */
#define HMAC_KEY_MAX	64
#define HMAC_WINDOW_MAX	300	/* seconds */

enum hmac_mode {
	HMAC_NONE,
	HMAC_RECEIVE_ONLY,	/* sends none, takes adverts without one */
	HMAC_PERMISSIVE,	/* sends it, takes adverts without one */
	HMAC_ENFORCE,
	HMAC_MODE_MAX
};
extern const char	*const hmac_mode_names[HMAC_MODE_MAX];

struct hmac_key {
	uint8_t		id;		/* 1 .. 255 */
	uint8_t		len;		/* HMAC_KEY_MIN .. HMAC_KEY_MAX */
	uint8_t		key[HMAC_KEY_MAX];
};

/* Of an instance, whose adverts have auth VRRP_AUTH_NONE; to vrrpe alone. */
struct hmac_config {
	uint32_t	vrrp_id;
	uint32_t	mode;		/* enum hmac_mode, not HMAC_NONE */
	uint16_t	window_s;	/* an advert may be so old; 0: any */
	uint8_t		active;		/* id of the key to send with */
	uint8_t		count;		/* 1 .. HMAC_KEYS_MAX */
	struct hmac_key	key[HMAC_KEYS_MAX];
};

struct peer_config {
	uint32_t	vrrp_id;
	uint8_t		min_ttl;	/* of its adverts, 1 .. 255 */
	uint8_t		pad[3];
	struct addr	addr;
};

#define VADDR_F_EXCLUDED	0x01	/* held, but not advertised */

/* Scopes of an IPv4 address, as of linux/rtnetlink.h. */
#define VADDR_SCOPE_GLOBAL	0
#define VADDR_SCOPE_SITE	200
#define VADDR_SCOPE_LINK	253
#define VADDR_SCOPE_HOST	254

/*
 * An address of a VRRP instance.  Where and how it is held concerns the
 * parent alone.
 */
struct vaddr_config {
	uint32_t	vrrp_id;
	uint32_t	flags;		/* VADDR_F_* */
	uint8_t		prefixlen;
	uint8_t		scope;		/* VADDR_SCOPE_*, IPv4 */
	uint8_t		pad[2];
	struct addr	addr;
	struct addr	broadcast;	/* af 0: none */
	char		ifname[IFNAMSIZ];	/* "": the instance's */
	char		label[IFNAMSIZ];	/* "": none */
};

enum track_kind {
	TRACK_INTERFACE,
	TRACK_SCRIPT,
	TRACK_SERVICE,
	TRACK_TABLE,
	TRACK_PROCESS,		/* of a program; the parent looks */
	TRACK_FILE,		/* a number in it; the parent reads */
	TRACK_HOST,		/* a reference host, which hce pings */
	TRACK_KIND_MAX
};

/* Weights of trackers: with 0 a failure is a fault of the instance. */
#define TRACK_WEIGHT_MAX	253
/* Numbers in files: times the weight they are added to the priority. */
#define TRACK_VALUE_MAX		253
/* Trackers of one instance, those of its sync group counted. */
#define TRACK_COUNT_MAX		64
#define TRACK_NAME_LEN		256	/* of what is tracked, with the NUL */

#define TRACK_F_REVERSE		0x01	/* good and bad change places */

/* A host of no table: does it answer, or are we the one cut off? */
struct refhost_config {
	uint32_t	id;
	uint32_t	check_id;	/* CHECK_ICMP */
	struct addr	addr;
};

/*
 * What is tracked is named here, so that vrrpe needs no more of it than its
 * id, under which its owner says how it is.
 */
struct track_config {
	uint32_t	vrrp_id;
	uint32_t	kind;		/* enum track_kind */
	uint32_t	ref_id;		/* of what is tracked; 0: interface */
	uint32_t	flags;		/* TRACK_F_* */
	int32_t		weight;		/* -253 .. 253 */
	char		ifname[IFNAMSIZ];	/* TRACK_INTERFACE, else "" */
	char		name[TRACK_NAME_LEN];	/* else, for who reads logs */
};

/* dns_rcode_names: of DNS_RCODE_MAX + 1, NULL: it has none. */
extern const char	*const dns_rcode_names[DNS_RCODE_MAX + 1];
extern const char	*const check_type_names[CHECK_TYPE_MAX];
extern const char	*const forward_method_names[FWD_METHOD_MAX];
extern const char	*const tunnel_type_names[TUNNEL_TYPE_MAX];
extern const char	*const track_kind_names[TRACK_KIND_MAX];

/* The schedulers of the kernel's IPVS, NULL ended. */
extern const char	*const scheduler_names[];
/* scheduler_known: the kernel has, or may have, one of this name. */
int		 scheduler_known(const char *);

/* scheduler_hashes: it takes SERVICE_F_SCHED_*. */
int		 scheduler_hashes(const char *);
/*
 * scheduler_ramps: a host can start slowly, for it goes by the weights of hosts
 * in fine steps, or can be given to the kernel as one that does.
 * scheduler_kernel: the one to be given to the kernel.
 */
int		 scheduler_ramps(const char *);
const char	*scheduler_kernel(const struct service_config *);
/* proto_name: "tcp", "udp", "sctp"; anything else: "". */
const char	*proto_name(uint8_t);

/*
 * listen_str: "tcp 10.0.0.1:80", "udp [fd00::1]:0", "mark 5 inet6"; returns
 * buf, of LISTEN_STRLEN.
 */
#define LISTEN_STRLEN	(ADDR_PORT_STRLEN + sizeof("sctp "))
const char	*listen_str(const struct listen_config *, char *);

/* wire_name_ok: the text ends inside its array of the given size. */
int		 wire_name_ok(const char *, size_t);
/*
 * *_config_ok: a structure out of a message is within the bounds named
 * above (enums, lengths, strings that end).  References are the receiver's
 * to resolve.  1: ok, 0: not.
 */
int		 global_config_ok(const struct global_config *);
int		 table_config_ok(const struct table_config *);
int		 host_config_ok(const struct host_config *);
int		 service_config_ok(const struct service_config *);
int		 listen_config_ok(const struct listen_config *);
int		 script_config_ok(const struct script_config *);
int		 group_config_ok(const struct group_config *);
int		 vrrp_config_ok(const struct vrrp_config *);
int		 hmac_config_ok(const struct hmac_config *);
int		 peer_config_ok(const struct peer_config *);
int		 vaddr_config_ok(const struct vaddr_config *);
int		 track_config_ok(const struct track_config *);
int		 refhost_config_ok(const struct refhost_config *);
/* check_tls: it makes a TLS handshake, and may have all options of TLS. */
int		 check_tls(const struct check_config *);
/* check_target: the address that a check of this host goes to. */
const struct addr *check_target(const struct check_config *,
		    const struct host_config *);
/* check_server: the real server that it is about. */
const struct addr *check_server(const struct host_config *);
/* check_socktype: of its socket: SOCK_STREAM, SOCK_DGRAM or SOCK_RAW. */
int		 check_socktype(const struct check_config *);
/* check_privileged: only the parent can make its socket. */
int		 check_privileged(const struct check_config *);
/* check_config_ok: with its items, of which there are items_len bytes. */
int		 check_config_ok(const struct check_config *, const void *);
int		 tlsfile_config_ok(const struct tlsfile_config *);
/* wire_timing_ok: interval and timeout in ms, rise and fall. */
int		 wire_timing_ok(uint32_t, uint32_t, uint16_t, uint16_t);

#endif /* CONF_WIRE_H */
