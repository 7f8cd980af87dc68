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
 * What settings of the kernel were before, and which services are ours, on the
 * way through the file of state; and messages of connection sync as the kernel
 * takes and tells them.
 */

#include <sys/socket.h>

#include <linux/ip_vs.h>
#include <netlink/msg.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../parent/ipvs_state.h"
#include "tap.h"

static void
test_scan(void)
{
	static char	 file[] =
	    "lvsd state 1\n"
	    "service \"www\" disable by 0 since 1763719200\n"
	    "sysctl backup_only was \"0\"\n"
	    "sysctl sync_threshold was \"3 50\"\n"
	    "sysctl backup_only was \"1\"\n"
	    "sysctl ../../x was \"1\"\n"
	    "sysctl conntrack was \"0;\"\n"
	    "sysctl conntrack was \"0\n"
	    "sysctl conntrack was 0\n"
	    "sysctl conntrack is \"0\"\n"
	    "sysctl conntrack\n"
	    "sysctl\n"
	    "sysctl name_that_is_much_longer_than_any_one was \"1\"\n"
	    "sysctl conntrack was \"1234567890123456789012345678901234\"\n"
	    "\n";
	struct ipvs	*v;
	FILE		*f;
	char		*text = NULL;
	size_t		 size;

	if ((v = calloc(1, sizeof(*v))) == NULL)
		abort();
	TAILQ_INIT(&v->settings);
	if ((f = fmemopen(file, sizeof(file) - 1, "r")) == NULL)
		abort();
	ipvs_settings_scan(v, f);
	fclose(f);
	if ((f = open_memstream(&text, &size)) == NULL)
		abort();
	is_int(ipvs_settings_print(v, f), 2, "two settings are read");
	fclose(f);
	is_str(text, "sysctl backup_only was \"0\"\n"
	    "sysctl sync_threshold was \"3 50\"\n",
	    "each once, and nothing that is none");
	ipvs_settings_end(v, 0);
	is_int(ipvs_settings_print(v, stdout), 0, "they are forgotten");
	free(text);
	free(v);
}

static void
test_owned(void)
{
	static char	 file[] =
	    "lvsd state 1\n"
	    "sysctl backup_only was \"0\"\n"
	    "kernel udp 10.0.0.1 53\n"
	    "kernel mark inet6 4294967295\n"
	    "kernel tcp fd00::1 65535\n"
	    "kernel mark inet 5\n"
	    "kernel sctp 10.0.0.1 0\n"
	    "kernel udp 10.0.0.1 53\n"
	    "kernel udp 10.0.0.1 65536\n"
	    "kernel udp 10.0.0.1 53 x\n"
	    "kernel udp 10.0.0 53\n"
	    "kernel udp 10.0.0.1\n"
	    "kernel udp\n"
	    "kernel icmp 10.0.0.1 53\n"
	    "kernel  10.0.0.1 53\n"
	    "kernel mark inet 0\n"
	    "kernel mark inet 4294967296\n"
	    "kernel mark inet 1x\n"
	    "kernel mark 5\n"
	    "kernel mark\n"
	    "kernel \n"
	    "kernel\n"
	    "kernel syn\n"
	    "kernel sync 1\n"
	    "kernel sync\n"
	    "\n"
	    "kernel tcp 10.0.0.9 80";
	struct ipvs	*v;
	struct ipvs_vs	*vs, *next;
	FILE		*f;
	char		*text = NULL;
	size_t		 size;

	if ((v = calloc(1, sizeof(*v))) == NULL)
		abort();
	RB_INIT(&v->services);
	if ((f = fmemopen(file, sizeof(file) - 1, "r")) == NULL)
		abort();
	ipvs_owned_scan(v, f);
	fclose(f);
	if ((f = open_memstream(&text, &size)) == NULL)
		abort();
	is_int(ipvs_owned_print(v, f), 7, "six services and sync are read");
	fclose(f);
	ok(strstr(text, "kernel udp 10.0.0.1 53\n") != NULL &&
	    strstr(text, "kernel mark inet6 4294967295\n") != NULL &&
	    strstr(text, "kernel tcp fd00::1 65535\n") != NULL &&
	    strstr(text, "kernel mark inet 5\n") != NULL &&
	    strstr(text, "kernel sctp 10.0.0.1 0\n") != NULL &&
	    strstr(text, "kernel tcp 10.0.0.9 80\n") != NULL &&
	    strstr(text, "kernel sync\n") != NULL,
	    "and are the same again");
	free(text);
	if ((f = open_memstream(&text, &size)) == NULL)
		abort();
	v->ended = 1;
	v->sync_ours = 0;
	RB_MIN(ipvs_services, &v->services)->in_kernel = 1;
	is_int(ipvs_owned_print(v, f), 1, "in the end what is in the kernel");
	fclose(f);
	RB_FOREACH_SAFE(vs, ipvs_services, &v->services, next)
		ipvs_vs_free(v, vs);
	free(text);
	free(v);
}

static void
test_daemon(const char *group, uint16_t maxlen)
{
	struct ipvs_daemon	 d, got;
	struct nl_msg		*msg;

	memset(&d, 0, sizeof(d));
	d.state = IP_VS_STATE_MASTER;
	d.id = 255;
	d.port = 8848;
	d.ttl = 3;
	d.maxlen = maxlen;
	snprintf(d.ifname, sizeof(d.ifname), "fifteen-letters");
	if (addr_parse(group, &d.group) == -1 ||
	    (msg = ipvs_msg_daemon(20, IPVS_CMD_NEW_DAEMON, &d)) == NULL)
		abort();
	is_int(ipvs_parse_daemon(nlmsg_hdr(msg), &got), 0, "a daemon, %s",
	    group);
	ok(got.state == d.state && got.id == d.id && got.port == d.port &&
	    got.ttl == d.ttl && got.maxlen == maxlen &&
	    strcmp(got.ifname, d.ifname) == 0 &&
	    addr_cmp(&got.group, &d.group) == 0, "is the same again");
	nlmsg_free(msg);
	if ((msg = ipvs_msg_daemon(20, IPVS_CMD_DEL_DAEMON, &d)) == NULL)
		abort();
	is_int(ipvs_parse_daemon(nlmsg_hdr(msg), &got), -1,
	    "its end has no interface");
	nlmsg_free(msg);
}

int
main(void)
{
	test_scan();
	test_owned();
	test_daemon("224.0.0.81", 0);
	test_daemon("ff02::51", 8192);
	return (done_testing());
}
