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
 * What lvsctl prints: rows, details, and nothing that could harm a terminal,
 * whatever an answer holds.
 */

#include <sys/types.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <bsd/string.h>
#include <netinet/in.h>

#include <errno.h>
#include <unistd.h>
#include <time.h>

#include "../../imsg/imsg.h"
#include "../../imsg/msg.h"
#include "../../lvsctl/output.h"
#include "tap.h"

static struct imsgbuf	*to, *from;
static char		 printed[8192];

static void __attribute__((__noreturn__))
die(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(255);
}

static struct sessions	*sessions;
static int		 sent_fd = -1;

/*
 * Send one message, with the descriptor if there is one, to ourselves and
 * print it as an answer to the command.
 */
static enum output
print(enum action action, uint32_t type, const void *data, size_t len)
{
	struct command	 cmd = { .action = action, .sessions = sessions };
	struct imsg	*msg;
	enum output	 r;
	FILE		*f;
	int		 saved;
	size_t		 n;

	if (imsg_compose(to, type, 0, 0, sent_fd, data, len) == -1 ||
	    imsgbuf_write(to) == -1 || imsgbuf_read(from) != 1 ||
	    imsgbuf_get(from, &msg) != 1)
		die("message");
	fflush(stdout);
	if ((f = tmpfile()) == NULL || (saved = dup(STDOUT_FILENO)) == -1 ||
	    dup2(fileno(f), STDOUT_FILENO) == -1)
		die("tmpfile");
	r = output_message(&cmd, msg);
	fflush(stdout);
	if (dup2(saved, STDOUT_FILENO) == -1)
		die("dup2");
	close(saved);
	rewind(f);
	n = fread(printed, 1, sizeof(printed) - 1, f);
	printed[n] = '\0';
	fclose(f);
	if (imsgbuf_get(from, &msg) != 0)
		die("messages left");
	return (r);
}

static void
test_host(void)
{
	struct ctl_host	h;
	struct ctl_check	 k;

	memset(&h, 0, sizeof(h));
	h.id = 7;
	h.state = CTL_UP;
	h.weight = 3;
	h.checks = 3;
	h.checks_up = 2;
	h.since_s = 3 * 86400 + 4 * 3600 + 5 * 60 + 6;
	h.last_ms = 12;
	h.flags = CTL_HOST_F_KERNEL;
	snprintf(h.addr, sizeof(h.addr), "10.0.0.1:80");
	snprintf(h.reason, sizeof(h.reason), "ok");
	is_int(print(SHOW_SUMMARY, MSG_CTL_HOST, &h, sizeof(h)), OUTPUT_MORE,
	    "a host");
	is_str(printed, "7   \thost    \t10.0.0.1:80             \t66.67% \t"
	    "up\n", "in a row");
	print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h));
	is_str(strchr(printed, '\n'), "\n\t\ttotal: 2/3 checks, ok (12ms), "
	    "for 3d 04:05:06, weight 3\n", "with details");

	ok(strstr(printed, "durations") == NULL, "but not with all");
	h.flags |= CTL_HOST_F_CERT;
	h.cert_until = time(NULL) + 10 * 86400 + 60;
	h.hist[0] = 12;
	h.hist[2] = 3;
	h.hist[CTL_HIST_MAX - 1] = 1;
	print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h));
	ok(strstr(printed, "\t\tcertificate expires in 10 days\n") != NULL,
	    "a certificate that expires");
	print(SHOW_HOSTS_VERBOSE, MSG_CTL_HOST, &h, sizeof(h));
	ok(strstr(printed, "\t\tlast change 20") != NULL &&
	    strstr(printed, ", certificate until 20") != NULL,
	    "times");
	ok(strstr(printed, "\t\tdurations: 12 below 1ms, 3 below 4ms, 1 of "
	    "1024ms or more\n") != NULL, "and durations");

	memset(&k, 0, sizeof(k));
	k.number = 2;
	k.state = CTL_DOWN;
	k.flags = CTL_HOST_F_WEIGHT;
	k.weight = 7;
	k.last_ms = 3;
	k.checks = 20;
	k.checks_up = 17;
	strlcpy(k.type, "http", sizeof(k.type));
	strlcpy(k.reason, "wrong code 503 (/b)", sizeof(k.reason));
	print(SHOW_HOSTS_VERBOSE, MSG_CTL_CHECK, &k, sizeof(k));
	is_str(printed, "\t\tcheck 2 http: down, wrong code 503 (/b) (3ms), "
	    "total: 17/20 checks, weight 7\n", "a check");
	k.state = CTL_DISABLED;
	is_int(print(SHOW_HOSTS_VERBOSE, MSG_CTL_CHECK, &k, sizeof(k)),
	    OUTPUT_BAD, "no check is disabled");

	h.flags = CTL_HOST_F_OVERRIDE;
	h.by.since = h.weight_by.since = 86400;
	h.weight_by.uid = 4000000000U;
	h.weight_conf = 5;
	h.state = CTL_DISABLED;
	h.checks = 0;
	h.error = ENOENT;
	print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h));
	ok(strstr(printed, "\t       \tdisabled\n") != NULL &&
	    strstr(printed, ", not in the kernel\n") != NULL &&
	    strstr(printed, "\t\tdisabled by root since 1970-01-0") != NULL &&
	    strstr(printed, "\t\tkernel: No such file") != NULL,
	    "disabled, refused");
	ok(strstr(printed, "\t\tweight 3 by uid 4000000000 since 1970-01-0") !=
	    NULL && strstr(printed, ", configured is 5\n") != NULL,
	    "another weight, by a stranger");

	h.state = CTL_DRAINING;
	h.active = 3;
	h.inactive = 2;
	h.persistent = 4;
	h.drain_left_s = 25;
	print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h));
	ok(strstr(printed, "\t       \tdraining\n") != NULL &&
	    strstr(printed, "\t\tdraining by root since 1970-01-0") != NULL &&
	    strstr(printed, ", 5 connections left, 2 of them closing, "
	    "4 clients remembered, 25s to the deadline\n") != NULL,
	    "one that drains");
	h.drain_left_s = CTL_DRAIN_FOREVER;
	h.active = h.inactive = h.persistent = 0;
	print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h));
	ok(strstr(printed, ", 0 connections left\n") != NULL,
	    "without a deadline");
	h.state = CTL_EMPTY;
	is_int(print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h)), OUTPUT_BAD,
	    "no host is empty");
	h.state = CTL_DISABLED;

	snprintf(h.reason, sizeof(h.reason), "a\033[31mb\nc\td\\e");
	print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h));
	ok(strstr(printed, "a\\^[[31mb\\nc\\td\\\\e") != NULL,
	    "nothing reaches the terminal that is not text");
	memset(h.reason, 0x9b, sizeof(h.reason));
	memset(h.addr, 'x', sizeof(h.addr));
	is_int(print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h)), OUTPUT_MORE,
	    "strings that do not end");
	ok(strchr(printed, 0x9b) == NULL && strchr(printed, 033) == NULL,
	    "and bytes of eight bits");
	h.state = CTL_EMPTY;
	is_int(print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h)), OUTPUT_BAD,
	    "a state that hosts have not");
	is_int(print(SHOW_HOSTS, MSG_CTL_HOST, &h, sizeof(h) - 1),
	    OUTPUT_BAD, "a wrong length");
}

static void
test_service_and_table(void)
{
	struct ctl_service	s;
	struct ctl_table	t;

	memset(&s, 0, sizeof(s));
	s.id = 1;
	s.persist_s = 50;
	s.state = CTL_BACKUP_TABLE;
	snprintf(s.name, sizeof(s.name), "www");
	snprintf(s.sched, sizeof(s.sched), "wlc");
	print(SHOW_SUMMARY, MSG_CTL_SERVICE, &s, sizeof(s));
	is_str(printed, "1   \tservice \twww                     \t       \t"
	    "active (using backup table)\n", "a service");
	print(SHOW_SERVICES, MSG_CTL_SERVICE, &s, sizeof(s));
	is_str(strchr(printed, '\n'), "\n\t\tscheduler wlc, persistent 50s\n",
	    "with details");
	s.state = CTL_EMPTY;
	is_int(print(SHOW_SUMMARY, MSG_CTL_SERVICE, &s, sizeof(s)),
	    OUTPUT_BAD, "a state that services have not");
	s.state = 4711;
	is_int(print(SHOW_SUMMARY, MSG_CTL_SERVICE, &s, sizeof(s)),
	    OUTPUT_BAD, "nor anything");

	memset(&t, 0, sizeof(t));
	t.id = 2;
	t.state = CTL_UP;
	t.hosts_up = 2;
	t.hosts = 3;
	snprintf(t.name, sizeof(t.name), "web:80");
	print(SHOW_SUMMARY, MSG_CTL_TABLE, &t, sizeof(t));
	is_str(printed, "2   \ttable   \tweb:80                  \t       \t"
	    "active (2 hosts)\n", "a table");
	t.state = CTL_EMPTY;
	print(SHOW_SUMMARY, MSG_CTL_TABLE, &t, sizeof(t));
	ok(strstr(printed, "\tempty\n") != NULL, "an empty table");
	t.state = CTL_DOWN;
	is_int(print(SHOW_SUMMARY, MSG_CTL_TABLE, &t, sizeof(t)), OUTPUT_BAD,
	    "a state that tables have not");
}

static void
test_vrrp(void)
{
	struct ctl_vrrp	v;

	memset(&v, 0, sizeof(v));
	v.id = 3;
	v.state = VRRP_BACKUP;
	v.priority = 100;
	v.priority_eff = 80;
	v.vrid = 51;
	v.version = 3;
	v.advert_ms = 1000;
	v.master_prio = 200;
	v.master_advert_ms = 100;
	v.addrs = 3;
	v.drop[VRRP_DROP_TTL] = 2;
	v.drop[VRRP_DROP_AUTH_FAIL] = 1;
	snprintf(v.name, sizeof(v.name), "VI_1");
	snprintf(v.ifname, sizeof(v.ifname), "eth0");
	snprintf(v.group, sizeof(v.group), "G1");
	snprintf(v.master, sizeof(v.master), "10.0.0.2");
	snprintf(v.addr, sizeof(v.addr), "192.0.2.10");
	snprintf(v.reason, sizeof(v.reason), "script x fails: -20");
	is_int(print(SHOW_VRRP, MSG_CTL_VRRP, &v, sizeof(v)), OUTPUT_MORE,
	    "an instance");
	is_str(printed, "3   \tvrrp    \tVI_1                    \t       \t"
	    "backup\n"
	    "\t\ton eth0 vrid 51 version 3 IPv4, sync group G1\n"
	    "\t\taddress 192.0.2.10 and 2 more\n"
	    "\t\tbackup for 00:00:00, priority 80 (configured 100), "
	    "advertise 1s\n"
	    "\t\tscript x fails: -20\n"
	    "\t\tmaster 10.0.0.2 priority 200, advertises every 100ms\n"
	    "\t\tpreempt\n"
	    "\t\tadverts: 0 sent, 0 received; priority 0: 0 sent, 0 received;"
	    " became master 0 times\n"
	    "\t\tdropped: 2 TTL too low, 1 wrong password\n", "in full");
	v.state = VRRP_STATE_MAX;
	is_int(print(SHOW_VRRP, MSG_CTL_VRRP, &v, sizeof(v)), OUTPUT_BAD,
	    "a state that there is not");
}

/* What is shown of an instance that waits for this has these lines. */
static void
election(struct ctl_vrrp *v, uint32_t wait, const char *want)
{
	v->wait = wait;
	print(SHOW_VRRP, MSG_CTL_VRRP, v, sizeof(*v));
	if (!ok(strstr(printed, want) != NULL, "wait %u is shown", wait))
		printf("# %s\n", printed);
}

static void
test_election(void)
{
	struct ctl_vrrp	v;

	memset(&v, 0, sizeof(v));
	v.state = VRRP_BACKUP;
	v.wait_ms = 1200;
	snprintf(v.master, sizeof(v.master), "10.0.0.2");
	v.flags = CTL_VRRP_F_NOPREEMPT;
	election(&v, CTL_WAIT_DOWN, "\t\tno preempt\n"
	    "\t\tmaster in 1200ms if no better one is heard\n");
	v.flags = CTL_VRRP_F_STARTMASTER | CTL_VRRP_F_HEARD;
	v.preempt_ms = 60000;
	v.delay_ms = 2500;
	v.heard_ms = 1000;
	election(&v, CTL_WAIT_DOWN, ", heard 1s ago\n"
	    "\t\tpreempt delay 60s, 2500ms left, start master\n");
	v.flags = CTL_VRRP_F_RESIGNED;
	election(&v, CTL_WAIT_DOWN, "\t\tresigned: gives way");
	election(&v, CTL_WAIT_ADVERT, "\t\tnext advert in 1200ms\n");
	election(&v, CTL_WAIT_GROUP, "\t\twaits for the others");
	election(&v, CTL_WAIT_TAKER, "\t\twaits for 1200ms that another");
	election(&v, CTL_WAIT_LINGER, "\t\thanded over, backup in 1200ms\n");
	election(&v, CTL_WAIT_RETURN, "\t\thas its addresses, master in");
	v.state = VRRP_FAULT;
	v.demote = 20;
	election(&v, CTL_WAIT_NONE, "left, demoted by 20\n\t\tresigned");
	v.wait = CTL_WAIT_MAX;
	is_int(print(SHOW_VRRP, MSG_CTL_VRRP, &v, sizeof(v)), OUTPUT_BAD,
	    "it waits for what there is not");
}

static void
test_track(void)
{
	struct ctl_track	t;

	memset(&t, 0, sizeof(t));
	t.state = CTL_TRACK_FAILS;
	t.weight = t.effect = -20;
	snprintf(t.kind, sizeof(t.kind), "script");
	snprintf(t.name, sizeof(t.name), "x");
	is_int(print(SHOW_VRRP, MSG_CTL_TRACK, &t, sizeof(t)), OUTPUT_MORE,
	    "a tracker");
	is_str(printed, "\t\ttrack script x: fails, weight -20: "
	    "priority -20\n", "with a weight");
	t.state = CTL_TRACK_WELL;
	t.weight = t.effect = 0;
	t.flags = CTL_TRACK_F_REVERSE | CTL_TRACK_F_FAULT;
	print(SHOW_VRRP, MSG_CTL_TRACK, &t, sizeof(t));
	is_str(printed, "\t\ttrack script x reverse: well: fault\n",
	    "in fault");
	t.state = CTL_TRACK_UNKNOWN;
	t.flags = 0;
	memset(t.name, 'n', sizeof(t.name));
	memset(t.kind, 'k', sizeof(t.kind));
	print(SHOW_VRRP, MSG_CTL_TRACK, &t, sizeof(t));
	ok(strstr(printed, "k n") != NULL &&
	    strstr(printed, "nn: unknown\n") != NULL,
	    "strings that do not end");
	t.state = CTL_TRACK_STATE_MAX;
	is_int(print(SHOW_VRRP, MSG_CTL_TRACK, &t, sizeof(t)), OUTPUT_BAD,
	    "a state that there is not");
}

static void
test_others(void)
{
	struct ctl_event	ev;
	struct ctl_text		t;

	memset(&t, 'x', sizeof(t));
	is_int(print(RELOAD, MSG_CTL_TEXT, &t, sizeof(t)), OUTPUT_MORE,
	    "a text that does not end");
	is_int(strlen(printed), sizeof(t.text), "is ended, with a newline");
	memset(&ev, 0, sizeof(ev));
	ev.kind = CTL_EVENT_MAX;
	is_int(print(MONITOR, MSG_CTL_EVENT, &ev, sizeof(ev)), OUTPUT_BAD,
	    "an event of no kind");
	ev.kind = CTL_EVENT_GROUP;
	ev.time = 86400 + 61;
	snprintf(ev.name, sizeof(ev.name), "the group");
	snprintf(ev.text, sizeof(ev.text), "backup -> master");
	is_int(print(MONITOR, MSG_CTL_EVENT, &ev, sizeof(ev)), OUTPUT_MORE,
	    "an event");
	is_str(printed, "1970-01-02T00:01:01+0000 group \"the group\" "
	    "backup -> master\n", "in four fields");
	memset(ev.text, 'x', sizeof(ev.text));
	ev.kind = CTL_EVENT_VRRP;
	ev.time = UINT64_MAX;
	is_int(print(MONITOR, MSG_CTL_EVENT, &ev, sizeof(ev)), OUTPUT_MORE,
	    "an event at no time");
	is_int(print(STOP, MSG_CTL_OK, NULL, 0), OUTPUT_OK, "OK");
	is_int(print(SHOW_VRRP, MSG_CTL_END, NULL, 0), OUTPUT_OK, "END");
	is_int(print(STOP, MSG_CTL_OK, "x", 1), OUTPUT_BAD, "more than OK");
	is_int(print(STOP, MSG_CTL_STOP, NULL, 0), OUTPUT_BAD, "a request");
	is_int(print(STOP, UINT32_MAX, NULL, 0), OUTPUT_BAD, "anything");
}

static void
test_stats(void)
{
	struct ctl_stats	s;

	memset(&s, 0, sizeof(s));
	s.id = 20;
	s.kind = CTL_STATS_SERVICE;
	s.active = 3;
	s.inactive = 4;
	s.counts.conns = 1;
	s.counts.in_pkts = 2;
	s.counts.out_pkts = 3;
	s.counts.in_bytes = UINT64_MAX;
	s.counts.out_bytes = 5;
	s.counts.cps = 6;
	s.counts.in_pps = 7;
	s.counts.out_pps = 8;
	s.counts.in_bps = 9;
	s.counts.out_bps = 10;
	snprintf(s.name, sizeof(s.name), "www\033");
	print(SHOW_STATS, MSG_CTL_STATS, &s, sizeof(s));
	is_str(printed, "20  \tservice \twww\\^[                  \t"
	    "       3        4          1          2          3 "
	    "18446744073709551615              5\n", "counters");
	s.kind = CTL_STATS_LISTEN;
	print(SHOW_RATES, MSG_CTL_STATS, &s, sizeof(s));
	is_str(printed, "20  \tlisten  \twww\\^[                  \t"
	    "       -        -          6          7          8 "
	    "             9             10\n", "rates");
	s.kind = CTL_STATS_KIND_MAX;
	is_int(print(SHOW_STATS, MSG_CTL_STATS, &s, sizeof(s)), OUTPUT_BAD,
	    "of what there is not");
}

/* What the lab's kernel does not show beside ipvsadm(8). */
static void
test_ipvs(void)
{
	struct ctl_virtual	v;
	struct ctl_real		r;
	struct ctl_ipvs		t = { 0x010203, 4096 };

	print(SHOW_IPVS, MSG_CTL_IPVS, &t, sizeof(t));
	ok(strstr(printed, "version 1.2.3 (size=4096)\nProt ") != NULL,
	    "the head of ipvsadm");
	memset(&v, 0, sizeof(v));
	v.mark = UINT32_MAX;
	v.flags = CTL_VIRTUAL_F_SCHED1 | CTL_VIRTUAL_F_SCHED3;
	snprintf(v.sched, sizeof(v.sched), "rr");
	print(SHOW_IPVS, MSG_CTL_VIRTUAL, &v, sizeof(v));
	is_str(printed, "FWM  4294967295 rr (flag-1,flag-3)\n",
	    "a large mark, flags without names");
	memset(&r, 0, sizeof(r));
	memset(r.addr, 'x', sizeof(r.addr));
	memset(r.method, 'y', sizeof(r.method));
	is_int(print(SHOW_IPVS, MSG_CTL_REAL, &r, sizeof(r)), OUTPUT_MORE,
	    "texts without an end");
}

static const char	 table[] =
	"Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires "
	"PEName PEData\n"
	"TCP 0A4D0068 C816 0A4D0014 0050 0A4D000B 1F90 ESTABLISHED     899\n"
	"TCP 0A4D0069 C816 0A4D0014 0051 0A4D000C 1F90 TIME_WAIT        12\n"
	"UDP 0A4D0068 C816 0A4D0014 0050 0A4D000B 1F90 UDP             300 "
	"sip \033[2Jcall\n"
	"TCP fd00:0000:0000:0000:0000:0000:0000:0001 0400 "
	"fd00:0000:0000:0000:0000:0000:0000:0002 0050 "
	"0A4D000B 0050 CLOSE             0\n"
	"TCP 0A4D0068 C816 0A4D0014\n"
	"TCP 0A4D0068 FFFFF 0A4D0014 0050 0A4D000B 1F90 NONE           1\n"
	"TCP XA4D0068 C816 0A4D0014 0050 0A4D000B 1F90 NONE            1\n"
	"TCP 0A4D0068 C816 0A4D0014 0050 0A4D000B 1F90 NONE -1\n"
	"TCP : 1 : 2 : 3 NONE 1\n"
	"\n";

static void
match(enum ctl_match_kind kind, uint32_t proto, const char *addr,
    uint32_t port)
{
	struct ctl_match	m;

	memset(&m, 0, sizeof(m));
	m.kind = kind;
	m.af = AF_INET;
	m.proto = proto;
	m.port = port;
	inet_pton(AF_INET, addr, m.addr);
	if (print(SHOW_SESSIONS, MSG_CTL_MATCH, &m, sizeof(m)) != OUTPUT_MORE)
		die("match");
}

/* The connections of the table that are printed, as their clients' last. */
static void
shown(const char *wanted, const char *what)
{
	FILE	*f;

	if ((f = tmpfile()) == NULL || fputs(table, f) == EOF ||
	    fflush(f) == EOF || fseek(f, 0, SEEK_SET) == -1 ||
	    (sent_fd = dup(fileno(f))) == -1)
		die("table");
	is_int(print(SHOW_SESSIONS, MSG_CTL_SESSIONS, NULL, 0), OUTPUT_OK,
	    "%s", what);
	sent_fd = -1;
	fclose(f);
	is_str(strchr(printed, '\n') + 1, wanted, "%s, and no others", what);
	sessions_free(sessions);
	sessions = NULL;
}

#define ONE	"TCP 14:59  ESTABLISHED 10.77.0.104:51222  10.77.0.20:80" \
		"      10.77.0.11:8080\n"
#define TWO	"TCP 00:12  TIME_WAIT   10.77.0.105:51222  10.77.0.20:81" \
		"      10.77.0.12:8080\n"
#define THREE	"UDP 05:00  UDP         10.77.0.104:51222  10.77.0.20:80" \
		"      10.77.0.11:8080\n"
#define FOUR	"TCP 00:00  CLOSE       [fd00::1]:1024     [fd00::2]:80 " \
		"      10.77.0.11:80\n"

static void
test_sessions(void)
{
	static const char	*const bad[] = { "", "10.0.0", "10.0.0.1/33",
				    "fd00::/129", "10.0.0.1/", "x",
				    "fd00::/-1" };
	size_t			 i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(sessions_new(bad[i]) == NULL, "no network: \"%s\"", bad[i]);
	sessions = sessions_new(NULL);
	shown(ONE TWO THREE FOUR, "all connections");
	sessions = sessions_new("10.77.0.104");
	shown(ONE THREE, "those of a client");
	sessions = sessions_new("10.77.0.104/31");
	shown(ONE TWO THREE, "of a network");
	sessions = sessions_new("fd00::/8");
	shown(FOUR, "of IPv6");
	sessions = sessions_new(NULL);
	match(CTL_MATCH_VIRTUAL, IPPROTO_TCP, "10.77.0.20", 80);
	shown(ONE, "of a service");
	sessions = sessions_new(NULL);
	match(CTL_MATCH_VIRTUAL, IPPROTO_TCP, "10.77.0.20", 0);
	shown(ONE TWO, "on all ports");
	sessions = sessions_new(NULL);
	match(CTL_MATCH_REAL, 0, "10.77.0.11", 0);
	shown(ONE THREE FOUR, "of a host");
	sessions = sessions_new("10.77.0.104");
	match(CTL_MATCH_VIRTUAL, IPPROTO_TCP, "10.77.0.20", 80);
	match(CTL_MATCH_VIRTUAL, IPPROTO_TCP, "10.77.0.20", 81);
	match(CTL_MATCH_REAL, 0, "10.77.0.12", 8080);
	shown("", "of both, and of a client of neither");
	is_int(print(SHOW_SESSIONS, MSG_CTL_SESSIONS, NULL, 0), OUTPUT_BAD,
	    "a table that nobody asked for");
}

int
main(void)
{
	int	fd[2];

	setenv("TZ", "UTC", 1);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, fd) == -1 ||
	    (to = imsgbuf_new(fd[0], IMSGBUF_FDPASS)) == NULL ||
	    (from = imsgbuf_new(fd[1], IMSGBUF_FDPASS)) == NULL)
		die("socketpair");
	test_host();
	test_service_and_table();
	test_vrrp();
	test_election();
	test_track();
	test_others();
	test_stats();
	test_ipvs();
	test_sessions();
	imsgbuf_free(to);
	imsgbuf_free(from);
	return (done_testing());
}
