%{
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

/*
 * The grammar of lvsd.conf(5).  Statements end with their line; after an
 * error the reading goes on with the next one, in the same block, so that one
 * run shows many errors.
 */

#include <sys/types.h>
#include <netinet/in.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "build_vrrp.h"
#include "token.h"

/* yacc(1) has no way to hand this down; set while parse_text() runs. */
static struct {
	struct parse		*p;
	struct tokens		 tokens;
	struct pool_ref		*pool;
	struct check_spec	 check;
	uint8_t			 items[CHECK_ITEMS_LEN];
	struct track_spec	 track;
	struct notify_spec	 notify;
	struct lex_str		 secret;
	struct pool_ref		 nowhere;	/* where no memory was left */
} y;

static void			 pool_begin(enum forward_method,
				    const struct lex_str *);
static void			 check_begin(enum check_type);
static void			 yyerror(const char *);
static int			 yylex(void);
int				 yyparse(void);

%}

%union {
	struct lex_str	 str;
	int		 number;
}

%token	ACCEPT ADDRESS ADVERTISE AUTH CHANGES CHECK CHECKS CODE COMMAND DISABLE
%token	EXPECT FALL FORWARD GROUP HOST HTTP HTTPS ICMP INCLUDE INTERFACE
%token	INTERVAL IPVS LISTEN LOG NETMASK NO NOTHING ON ONEPACKET PASS
%token	PERSISTENT PREEMPT PREFIX PRIORITY RISE ROUTE SCHEDULER SCRIPT
%token	SEND SERVICE SOCKET STATE SYNC TABLE TCP TCPFIN TIMEOUT TLS TO TRACK
%token	TUNNEL UDP USER VERIFY VERSION VRID VRRP WEIGHT
%token	ANNOUNCE BROADCAST COUNT EXCLUDED LABEL LEASE REFRESH REVERSE SCOPE
%token	BLACKHOLE FROM IIF METRIC PREFERENCE PROHIBIT RULE STATIC UNREACHABLE
%token	VIA
%token	PROCESS QUORUM TRACKFILE
%token	BACKUP DELAY MASTER START
%token	ENGINE FALLBACK FOR GRE GUE INET INET6 IPIP LOWER MARK REMOTE SCTP
%token	UPPER
%token	ADDRESSES CHECKSUM PEER SOURCE STRICT TTL
%token	FAULT NOTIFY RIVAL STOP
%token	LOCK MEMORY REALTIME
%token	MAC USE VIRTUAL
%token	AND BINARY CA CERTIFICATE DIGEST HEADER KEY MATCH METHOD MINIMUM NAME
%token	ANSWER HELO OVER RCODE SMTP STARTTLS WARN
%token	ACTIVE HEX HMAC MODE WINDOW
%token	DOWN FROM PARENT RETRY VIA
%token	DYNAMIC
%token	FAIL FAILURE HYSTERESIS INITIAL OPEN
%token	CONNECTIONS EXIT OF RESTORE SYSCTL WHILE
%token	SUSPEND
%token	REMOVAL SLOW
%token	ERROR
/* Behind `check dns' a type is that of the question, not of a tunnel. */
%nonassoc	DNS
%nonassoc	TYPE
/* Behind `on' and an address, a port is that of the check. */
%nonassoc	WHERE
/* So is one behind `check agent'. */
%nonassoc	AGENT
%nonassoc	PORT
%token	<str>		STRING TABLENAME
%type	<str>		text
%type	<number>	family http method notify_kind proto timing
%type	<number>	pace
%type	<number>	hmac_active hmac_key route_type

%%

grammar		: /* empty */
		| grammar '\n'
		| grammar global '\n'
		| grammar table '\n'
		| grammar service '\n'
		| grammar script '\n'
		| grammar vrrp '\n'
		| grammar group '\n'
		| grammar include
		| grammar error '\n'		{ yyerrok; }
		;

include		: INCLUDE STRING '\n'		{
			lex_include(y.p->lex, &$2, &y.p->pos);
		}
		;

timing		: INTERVAL			{ $$ = SEEN_INTERVAL; }
		| TIMEOUT			{ $$ = SEEN_TIMEOUT; }
		| RISE				{ $$ = SEEN_RISE; }
		| FALL				{ $$ = SEEN_FALL; }
		;

pace		: timing			{ $$ = $1; }
		| RETRY				{ $$ = SEEN_RETRY; }
		| DOWN INTERVAL			{ $$ = SEEN_DOWN; }
		;

global		: pace STRING			{
			build_global_timing(y.p, $1, &$2);
		}
		| LOG STATE CHANGES		{
			y.p->conf->global.log_flags |= LOG_F_STATE;
		}
		| LOG HOST CHECKS		{
			y.p->conf->global.log_flags |= LOG_F_CHECKS;
		}
		| IPVS TIMEOUT ipvs_timeouts
		| IPVS SYSCTL STRING STRING	{
			build_sysctl(y.p, &$3, &$4, NULL);
		}
		| IPVS SYSCTL STRING STRING STRING {
			build_sysctl(y.p, &$3, &$4, &$5);
		}
		| IPVS RESTORE			{ build_restore(y.p); }
		| ON EXIT STRING		{ build_on_exit(y.p, &$3); }
		| SYNC CONNECTIONS ON STRING WHILE MASTER OF STRING {
			build_sync(y.p, &$4, &$8);
		} sync_options
		| SOCKET STRING			{
			build_socket(y.p, &$2);
		}
		| STATE TRACKFILE STRING	{
			build_state_file(y.p, &$3);
		}
		| SCRIPT USER STRING		{
			build_script_user(y.p, &$3);
		}
		| REALTIME STRING		{ build_realtime(y.p, &$2); }
		| LOCK MEMORY			{ build_lock_memory(y.p); }
		| notify
		| LEASE STRING			{ build_lease(y.p, &$2); }
		| NO LEASE			{ build_lease(y.p, NULL); }
		| announce
		| STATIC address
		| STATIC ROUTE held_route
		| STATIC RULE held_rule
		;

sync_options	: /* empty */
		| sync_options sync_option
		;

/* The names of some options are too good to be keywords. */
sync_option	: STRING STRING		{
			build_sync_option(y.p, &$1, &$2);
		}
		| PORT STRING			{ build_sync_port(y.p, &$2); }
		| GROUP STRING			{ build_sync_group(y.p, &$2); }
		| TTL STRING			{ build_sync_ttl(y.p, &$2); }
		;

ipvs_timeouts	: ipvs_timeout
		| ipvs_timeouts ipvs_timeout
		;

ipvs_timeout	: TCP STRING			{
			build_ipvs(y.p, SEEN_TCP, &$2);
		}
		| TCPFIN STRING			{
			build_ipvs(y.p, SEEN_TCPFIN, &$2);
		}
		| UDP STRING			{
			build_ipvs(y.p, SEEN_UDP, &$2);
		}
		;

table		: TABLE TABLENAME		{
			build_table(y.p, &$2);
		} table_disable '{' table_body table_last '}' {
			build_table_end(y.p);
		}
		;

table_disable	: /* empty */
		| DISABLE			{ build_table_disable(y.p); }
		;

table_body	: /* empty */
		| table_body '\n'
		| table_body hosts '\n'
		| table_body error '\n'		{ yyerrok; }
		;

table_last	: /* empty */
		| hosts
		;

hosts		: host_list
		| host_list ','
		;

host_list	: host				{ build_host_end(y.p); }
		| host_list ',' host		{ build_host_end(y.p); }
		;

host		: host_addr
		| host host_option
		;

host_addr	: STRING			{ build_host(y.p, &$1); }
		;

host_option	: WEIGHT STRING			{
			build_host_weight(y.p, &$2);
		}
		| DISABLE			{ build_host_disable(y.p); }
		| UPPER STRING			{
			build_host_bound(y.p, SEEN_UPPER, &$2);
		}
		| LOWER STRING			{
			build_host_bound(y.p, SEEN_LOWER, &$2);
		}
		| PARENT STRING			{
			build_host_parent(y.p, &$2);
		}
		;

service		: SERVICE STRING		{
			build_service(y.p, &$2);
		} '{' service_body service_last '}' {
			build_service_end(y.p);
		}
		;

service_body	: /* empty */
		| service_body '\n'
		| service_body service_stmt '\n'
		| service_body error '\n'	{ yyerrok; }
		;

service_last	: /* empty */
		| service_stmt
		;

service_stmt	: LISTEN ON			{
			build_spec_begin(y.p);
		} listen
		| MARK STRING FOR		{
			build_spec_begin(y.p);
		} mark_addrs proto		{
			build_spec_proto(y.p, $6);
		} mark_ports			{
			build_mark(y.p, &$2);
		}
		| SCHEDULER STRING		{
			build_scheduler(y.p, &$2);
		} sched_flags
		| PERSISTENT STRING		{
			build_persistent(y.p, &$2);
		} persist_options
		| ONEPACKET			{
			build_service_flag(y.p, SERVICE_F_ONEPACKET,
			    "one-packet");
		}
		| DISABLE			{
			build_service_flag(y.p, SERVICE_F_DISABLE,
			    "disable");
		}
		| QUORUM STRING			{
			build_quorum(y.p, &$2, NULL);
		}
		| QUORUM STRING HYSTERESIS STRING {
			build_quorum(y.p, &$2, &$4);
		}
		| FAIL OPEN STRING		{
			build_fail_open(y.p, &$3);
		}
		| ON FAILURE STRING		{
			build_on_failure(y.p, &$3);
		}
		| INITIAL STRING		{
			build_initial(y.p, &$2);
		}
		| REMOVAL INTERVAL STRING	{
			build_removal(y.p, &$3);
		}
		| SLOW START STRING		{
			build_slow_start(y.p, &$3);
		}
		| notify
		| WHILE MASTER OF STRING	{
			build_while(y.p, &$4, 0);
		}
		| WHILE MASTER OF STRING SUSPEND CHECKS {
			build_while(y.p, &$4, 1);
		}
		| method TO TABLENAME		{
			pool_begin($1, &$3);
		} pool_options
		;

listen		: listen_addrs proto		{
			build_spec_proto(y.p, $2);
		} listen_ports			{
			build_listen(y.p);
		}
		| MARK STRING family		{
			build_listen_mark(y.p, &$2, $3);
		}
		;

listen_addrs	: STRING			{
			build_listen_addr(y.p, &$1);
		}
		| listen_addrs ',' STRING	{
			build_listen_addr(y.p, &$3);
		}
		;

listen_ports	: /* empty */
		| PORT listen_port_list
		;

listen_port_list: STRING			{
			build_listen_port(y.p, &$1);
		}
		| listen_port_list ',' STRING	{
			build_listen_port(y.p, &$3);
		}
		;

mark_addrs	: STRING			{
			build_mark_addr(y.p, &$1);
		}
		| mark_addrs ',' STRING		{
			build_mark_addr(y.p, &$3);
		}
		;

mark_ports	: /* empty */
		| PORT mark_port_list
		;

mark_port_list	: STRING			{
			build_mark_port(y.p, &$1);
		}
		| mark_port_list ',' STRING	{
			build_mark_port(y.p, &$3);
		}
		;

proto		: /* empty */			{ $$ = 0; }
		| TCP				{ $$ = IPPROTO_TCP; }
		| UDP				{ $$ = IPPROTO_UDP; }
		| SCTP				{ $$ = IPPROTO_SCTP; }
		;

family		: /* empty */			{ $$ = AF_INET; }
		| INET				{ $$ = AF_INET; }
		| INET6				{ $$ = AF_INET6; }
		;

sched_flags	: /* empty */
		| sched_flags sched_flag
		;

sched_flag	: FALLBACK			{
			build_scheduler_flag(y.p, "fallback");
		}
		| PORT				{
			build_scheduler_flag(y.p, "port");
		}
		/* What follows "port" elsewhere is no keyword. */
		| PORT STRING			{
			build_scheduler_flag(y.p, "port");
			build_scheduler_flag(y.p, $2.s);
		}
		;

persist_options	: /* empty */
		| persist_options persist_option
		;

persist_option	: PREFIX STRING			{ build_width(y.p, &$2, 0); }
		| NETMASK STRING		{ build_width(y.p, &$2, 1); }
		| ENGINE STRING			{ build_engine(y.p, &$2); }
		;

method		: FORWARD			{ $$ = FWD_NAT; }
		| ROUTE				{ $$ = FWD_ROUTE; }
		| TUNNEL			{ $$ = FWD_TUNNEL; }
		;

pool_options	: /* empty */
		| pool_options pool_option
		;

pool_option	: PORT STRING			{
			build_pool_port(y.p, y.pool, &$2);
		}
		| pace STRING			{
			build_pool_timing(y.p, y.pool, $1, &$2);
		}
		| CHECK check			{
			build_pool_check(y.p, y.pool, &y.check);
		}
		| where
		| DYNAMIC STRING		{
			build_pool_dynamic(y.p, y.pool, &$2);
		}
		| TYPE tunnel
		;

tunnel		: IPIP				{
			build_tunnel(y.p, y.pool, TUNNEL_IPIP);
		}
		| GUE				{
			build_tunnel(y.p, y.pool, TUNNEL_GUE);
		} PORT STRING			{
			build_tunnel_port(y.p, y.pool, &$4);
		} gue_checksum
		| GRE				{
			build_tunnel(y.p, y.pool, TUNNEL_GRE);
		} checksum
		;

gue_checksum	: checksum
		| REMOTE CHECKSUM		{
			build_tunnel_flag(y.p, y.pool, POOL_F_REMCSUM);
		}
		;

checksum	: /* empty */
		| NO CHECKSUM
		| CHECKSUM			{
			build_tunnel_flag(y.p, y.pool, POOL_F_CSUM);
		}
		;

check		: ICMP				{ check_begin(CHECK_ICMP); }
		| TCP				{ check_begin(CHECK_TCP); }
		| http STRING			{
			check_begin($1);
			build_check_path(y.p, &y.check, &$2);
		} http_options
		| TCP				{
			check_begin(CHECK_SEND);
		} exchange tls
		|				{
			check_begin(CHECK_SEND);
		} exchange tls
		| UDP				{
			check_begin(CHECK_UDP);
		} datagram
		| TLS				{
			check_begin(CHECK_TLS);
		} tls_options
		| SMTP				{
			check_begin(CHECK_SMTP);
		} smtp_options
		| DNS STRING			{
			check_begin(CHECK_DNS);
			build_check_dns(y.p, &y.check, &$2);
		} dns_options %prec DNS
		| AGENT %prec AGENT		{ check_begin(CHECK_AGENT); }
		| AGENT PORT STRING		{
			check_begin(CHECK_AGENT);
			build_check_agent(y.p, &y.check, &$3);
		}
		| SCRIPT STRING			{
			check_begin(CHECK_SCRIPT);
			build_check_ref(y.p, &y.check, &$2);
		}
		| TRACKFILE STRING		{
			check_begin(CHECK_FILE);
			build_check_ref(y.p, &y.check, &$2);
		}
		;

exchange	: SEND text EXPECT STRING	{
			build_check_send(y.p, &y.check, &$2, 0);
			build_check_expect(y.p, &y.check, &$4, 0);
		}
		| BINARY SEND text EXPECT STRING {
			build_check_send(y.p, &y.check, &$3, 1);
			build_check_expect(y.p, &y.check, &$5, 1);
		}
		;

text		: STRING
		| NOTHING			{ memset(&$$, 0, sizeof($$)); }
		;

datagram	: /* empty */
		| SEND STRING			{
			build_check_send(y.p, &y.check, &$2, 0);
		}
		| BINARY SEND STRING		{
			build_check_send(y.p, &y.check, &$3, 1);
		}
		| SEND STRING EXPECT STRING	{
			build_check_send(y.p, &y.check, &$2, 0);
			build_check_expect(y.p, &y.check, &$4, 0);
		}
		| BINARY SEND STRING EXPECT STRING {
			build_check_send(y.p, &y.check, &$3, 1);
			build_check_expect(y.p, &y.check, &$5, 1);
		}
		;

smtp_options	: /* empty */
		| smtp_options smtp_option
		;

smtp_option	: HELO STRING			{
			build_check_helo(y.p, &y.check, &$2);
		}
		| STARTTLS			{
			build_check_smtp_tls(y.p, &y.check, CHECK_F_STARTTLS);
		}
		| TLS				{
			build_check_smtp_tls(y.p, &y.check, CHECK_F_TLS);
		}
		| tls_option
		;

dns_options	: /* empty */
		| dns_options dns_option
		;

dns_option	: TYPE STRING			{
			build_check_dns_type(y.p, &y.check, &$2);
		}
		| ANSWER STRING			{
			build_check_dns_answer(y.p, &y.check, &$2);
		}
		| RCODE STRING			{
			build_check_dns_rcode(y.p, &y.check, &$2);
		}
		| OVER TCP			{
			y.check.conf.flags |= CHECK_F_TCP;
		}
		;

tls		: /* empty */
		| TLS				{
			y.check.conf.flags |= CHECK_F_TLS;
		} tls_options
		;

tls_options	: /* empty */
		| tls_options tls_option
		;

tls_option	: NAME STRING			{
			build_check_name(y.p, &y.check, &$2);
		}
		| CA STRING			{
			build_check_ca(y.p, &y.check, &$2);
		}
		| CERTIFICATE STRING KEY STRING	{
			build_check_certificate(y.p, &y.check, &$2, &$4);
		}
		| MINIMUM STRING		{
			build_check_minimum(y.p, &y.check, &$2);
		}
		| WARN STRING			{
			build_check_warn(y.p, &y.check, &$2);
		}
		| NO VERIFY			{
			build_check_noverify(y.p, &y.check);
		}
		;

where		: ON PORT STRING		{
			build_pool_on_port(y.p, y.pool, &$3);
		}
		| ON STRING %prec WHERE		{
			build_pool_on(y.p, y.pool, &$2, NULL);
		}
		| ON STRING PORT STRING		{
			build_pool_on(y.p, y.pool, &$2, &$4);
		}
		| ON INTERFACE STRING		{
			build_pool_interface(y.p, y.pool, &$3);
		}
		| FROM STRING			{
			build_pool_from(y.p, y.pool, &$2);
		}
		| MARK STRING			{
			build_pool_mark(y.p, y.pool, &$2);
		}
		| VIA STRING			{
			build_pool_via(y.p, y.pool, &$2);
		}
		;

http		: HTTP				{ $$ = CHECK_HTTP; }
		| HTTPS				{ $$ = CHECK_HTTPS; }
		;

http_options	: /* empty */
		| http_options http_option
		;

http_option	: METHOD STRING			{
			build_check_method(y.p, &y.check, &$2);
		}
		| HOST STRING			{
			build_check_host(y.p, &y.check, &$2);
		}
		| HEADER STRING			{
			build_check_header(y.p, &y.check, &$2);
		}
		| CODE STRING			{
			build_check_code(y.p, &y.check, &$2);
		}
		| MATCH STRING			{
			build_check_match(y.p, &y.check, &$2, ITEM_MATCH);
		}
		| NO MATCH STRING		{
			build_check_match(y.p, &y.check, &$3, ITEM_NOMATCH);
		}
		| DIGEST STRING STRING		{
			build_check_digest(y.p, &y.check, &$2, &$3);
		}
		| tls_option
		| AND STRING			{
			build_check_path(y.p, &y.check, &$2);
		}
		;

script		: SCRIPT STRING			{
			build_script(y.p, &$2);
		} '{' script_body '}'		{
			build_script_end(y.p);
		}
		;

script_body	: /* empty */
		| script_body '\n'
		| script_body script_stmt
		| script_body error '\n'	{ yyerrok; }
		;

script_stmt	: COMMAND STRING		{
			build_command(y.p, &$2);
		}
		| USER STRING			{
			build_user(y.p, &$2);
		}
		| timing STRING			{
			build_timing(y.p, &y.p->script_timing,
			    &y.p->block_seen, $1, &$2);
		}
		;

vrrp		: VRRP STRING ON STRING		{
			build_vrrp(y.p, &$2, &$4);
		} '{' vrrp_body vrrp_last '}'	{
			build_vrrp_end(y.p);
		}
		;

vrrp_body	: /* empty */
		| vrrp_body '\n'
		| vrrp_body vrrp_stmt '\n'
		| vrrp_body error '\n'		{ yyerrok; }
		;

vrrp_last	: /* empty */
		| vrrp_stmt
		;

vrrp_stmt	: VRID STRING			{ build_vrid(y.p, &$2); }
		| PRIORITY STRING		{ build_priority(y.p, &$2); }
		| ADVERTISE STRING		{ build_advertise(y.p, &$2); }
		| VERSION STRING		{ build_version(y.p, &$2); }
		| AUTH PASS STRING		{ build_auth(y.p, &$3); }
		| AUTH HMAC hmac
		| CHECKSUM STRING		{ build_checksum(y.p, &$2); }
		| STRICT ADDRESSES		{ build_strict(y.p); }
		| SOURCE STRING			{ build_source(y.p, &$2); }
		| PEER STRING			{
			build_peer(y.p, &$2, NULL);
		}
		| PEER STRING TTL STRING	{
			build_peer(y.p, &$2, &$4);
		}
		| address
		| ROUTE held_route
		| RULE held_rule
		| PREEMPT			{ build_preempt(y.p, NULL); }
		| PREEMPT DELAY STRING		{ build_preempt(y.p, &$3); }
		| NO PREEMPT			{ build_nopreempt(y.p); }
		| ACCEPT			{ build_accept(y.p, 1); }
		| NO ACCEPT			{ build_accept(y.p, 0); }
		| USE VIRTUAL MAC		{
			build_virtual_mac(y.p, NULL);
		}
		| USE VIRTUAL MAC STRING	{
			build_virtual_mac(y.p, &$4);
		}
		| USE INTERFACE STRING		{
			build_interface_mac(y.p, &$3);
		}
		| START MASTER			{ build_start(y.p, 1); }
		| START BACKUP			{ build_start(y.p, 0); }
		| announce
		| TRACK track
		| notify
		;

held_route	: route_type STRING		{
			build_route(y.p, $1, &$2);
		} route_options			{
			build_route_end(y.p);
		}
		;

route_type	: /* empty */			{ $$ = ROUTE_UNICAST; }
		| BLACKHOLE			{ $$ = ROUTE_BLACKHOLE; }
		| UNREACHABLE			{ $$ = ROUTE_UNREACHABLE; }
		| PROHIBIT			{ $$ = ROUTE_PROHIBIT; }
		;

route_options	: /* empty */
		| route_options route_option
		;

route_option	: VIA STRING			{
			build_route_via(y.p, &$2);
		}
		| ON STRING			{ build_route_on(y.p, &$2); }
		| SOURCE STRING			{
			build_route_source(y.p, &$2);
		}
		| METRIC STRING			{
			build_route_metric(y.p, &$2);
		}
		| TABLE STRING			{
			build_route_table(y.p, &$2);
		}
		;

held_rule	:				{
			build_rule(y.p);
		} rule_options			{
			build_rule_end(y.p);
		}
		;

rule_options	: rule_option
		| rule_options rule_option
		;

rule_option	: FROM STRING			{
			build_rule_from(y.p, &$2);
		}
		| TO STRING			{ build_rule_to(y.p, &$2); }
		| IIF STRING			{ build_rule_iif(y.p, &$2); }
		| MARK STRING			{ build_rule_mark(y.p, &$2); }
		| TABLE STRING			{
			build_rule_table(y.p, &$2);
		}
		| PREFERENCE STRING		{
			build_rule_preference(y.p, &$2);
		}
		;

announce	: ANNOUNCE announce_option
		| announce announce_option
		;

announce_option	: COUNT STRING			{
			build_announce(y.p, ANNOUNCE_COUNT, &$2);
		}
		| DELAY STRING			{
			build_announce(y.p, ANNOUNCE_DELAY, &$2);
		}
		| REFRESH STRING		{
			build_announce(y.p, ANNOUNCE_REFRESH, &$2);
		}
		| REFRESH COUNT STRING		{
			build_announce(y.p, ANNOUNCE_REFRESH_COUNT, &$3);
		}
		| INTERVAL STRING		{
			build_announce(y.p, ANNOUNCE_INTERVAL, &$2);
		}
		;

address		: ADDRESS STRING		{
			build_address(y.p, &$2);
		} address_options		{
			build_address_end(y.p);
		}
		;

address_options	: /* empty */
		| address_options address_option
		;

address_option	: ON STRING			{
			build_address_on(y.p, &$2);
		}
		| LABEL STRING			{
			build_address_label(y.p, &$2);
		}
		| SCOPE STRING			{
			build_address_scope(y.p, &$2);
		}
		| BROADCAST STRING		{
			build_address_broadcast(y.p, &$2);
		}
		| EXCLUDED			{
			build_address_excluded(y.p);
		}
		;

track		: track_what track_options	{
			build_track(y.p, &y.track);
		}
		;

track_what	: INTERFACE STRING		{
			build_track_begin(y.p, &y.track, TRACK_INTERFACE, &$2);
		}
		| SCRIPT STRING			{
			build_track_begin(y.p, &y.track, TRACK_SCRIPT, &$2);
		}
		| SERVICE STRING		{
			build_track_begin(y.p, &y.track, TRACK_SERVICE, &$2);
		}
		| TABLE TABLENAME		{
			build_track_begin(y.p, &y.track, TRACK_TABLE, &$2);
		}
		| PROCESS STRING		{
			build_track_begin(y.p, &y.track, TRACK_PROCESS, &$2);
		}
		| TRACKFILE STRING		{
			build_track_begin(y.p, &y.track, TRACK_FILE, &$2);
		}
		| HOST STRING			{
			build_track_begin(y.p, &y.track, TRACK_HOST, &$2);
		}
		;

track_options	: /* empty */
		| track_options track_option
		;

track_option	: WEIGHT STRING			{
			build_track_weight(y.p, &y.track, &$2);
		}
		| REVERSE			{
			build_track_reverse(y.p, &y.track);
		}
		| QUORUM STRING			{
			build_track_quorum(y.p, &y.track, &$2);
		}
		| timing STRING			{
			build_track_timing(y.p, &y.track, $1, &$2);
		}
		;

hmac		: KEY STRING hmac_key hmac_active {
			build_hmac_key(y.p, &$2, $3, &y.secret, $4);
		}
		| MODE STRING			{
			build_hmac_mode(y.p, &$2);
		}
		| WINDOW STRING			{
			build_hmac_window(y.p, &$2);
		}
		| NO WINDOW			{
			build_hmac_window(y.p, NULL);
		}
		;

hmac_key	: STRING			{
			y.secret = $1;
			$$ = KEY_ASCII;
		}
		| HEX STRING			{
			y.secret = $2;
			$$ = KEY_HEX;
		}
		| TRACKFILE STRING		{
			y.secret = $2;
			$$ = KEY_FILE;
		}
		;

hmac_active	: /* empty */			{ $$ = 0; }
		| ACTIVE			{ $$ = 1; }
		;

notify		: NOTIFY			{
			memset(&y.notify, 0, sizeof(y.notify));
		} notify_kind STRING notify_options {
			build_notify(y.p, $3, &$4, &y.notify);
		}
		;

notify_kind	: /* empty */			{ $$ = NOTIFY_ANY; }
		| MASTER			{ $$ = NOTIFY_MASTER; }
		| BACKUP			{ $$ = NOTIFY_BACKUP; }
		| FAULT				{ $$ = NOTIFY_FAULT; }
		| STOP				{ $$ = NOTIFY_STOP; }
		| RIVAL				{ $$ = NOTIFY_RIVAL; }
		| QUORUM STRING			{
			$$ = build_notify_quorum(y.p, &$2);
		}
		;

notify_options	: /* empty */
		| notify_options notify_option
		;

notify_option	: USER STRING			{
			build_notify_option(y.p, &y.notify, SEEN_USER, &$2);
		}
		| TIMEOUT STRING		{
			build_notify_option(y.p, &y.notify, SEEN_TIMEOUT,
			    &$2);
		}
		;

group		: SYNC GROUP STRING		{
			build_group(y.p, &$3);
		} '{' group_body '}'		{
			build_group_end(y.p);
		}
		;

group_body	: /* empty */
		| group_body '\n'
		| group_body VRRP STRING	{ build_member(y.p, &$3); }
		| group_body GROUP STRING	{
			build_member_group(y.p, &$3);
		}
		| group_body TRACK track
		| group_body notify
		| group_body error '\n'		{ yyerrok; }
		;

%%

static void
pool_begin(enum forward_method method, const struct lex_str *table)
{
	y.pool = build_pool(y.p, method, table);
	if (y.pool == NULL) {
		memset(&y.nowhere, 0, sizeof(y.nowhere));
		TAILQ_INIT(&y.nowhere.checks);
		y.pool = &y.nowhere;
	}
}

static void
check_begin(enum check_type type)
{
	build_check(&y.check, type, y.items);
}

static int
yylex(void)
{
	return (token_next(&y.tokens, y.p, &yylval.str));
}

static void
yyerror(const char *msg)
{
	token_error(&y.tokens, y.p, msg);
}

int
parse_text(struct parse *p)
{
	int	 rc;

	if (p->lex == NULL)
		return (-1);
	memset(&y, 0, sizeof(y));
	y.p = p;
	token_init(&y.tokens);
	rc = yyparse();
	explicit_bzero(&y, sizeof(y));
	if (rc == 0)
		return (0);
	if (p->diag.errors == 0)
		diag_nomem(&p->diag);
	return (-1);
}
