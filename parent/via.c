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


#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>

#include <bsd/string.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/log.h"
#include "ipvs.h"
#include "parent.h"
#include "sysctl.h"
#include "via.h"

/*
 * The way of checks via services.  IPVS takes them to their real server by
 * their mark, but where they come from is for the routes to say, and on the
 * director that has the virtual address these say that address.  So they are
 * given the address by which the director would talk to the real server.
 *
 * The answers come from the virtual address then, which is this machine's
 * own: as for IPv4, the kernel has to be told that this can be.
 */

/* The addresses of this machine are asked for no more often than this. */
#define VIA_ADDRS_US	2000000
/* Nor is the kernel whether IPVS rests, unless sync has changed sides. */
#define VIA_BLIND_US	1000000
/* net.ipv4.conf.*.rp_filter, ip-sysctl: by any interface; by the same. */
#define RP_STRICT	1
#define RP_LOOSE	2
#define DISCARD_PORT	9

struct via {
	struct ifaddrs	*addrs;
	struct monotime	 until;		/* these hold */
	char		 accepts[IFNAMSIZ];	/* via_accept() has been */
	int		 blind;
	struct monotime	 looked;	/* for that; 0: never */
	unsigned int	 turns;		/* of connection sync, then */
};

static int	via_addrs(struct via *);
static int	via_addr(const struct ifaddrs *, struct addr *);
static const struct ifaddrs *via_find(const struct via *,
		    const struct addr *);
static int	via_virtual(const struct conf *, const struct addr *);
static int	via_route(const struct addr *, struct addr *);
static int	via_other(const struct via *, const struct conf *,
		    const char *, uint8_t, struct addr *);
static void	via_accept(const char *);
static int	via_set(const char *, const char *, int);

struct via *
via_new(void)
{
	return (calloc(1, sizeof(struct via)));
}

void
via_free(struct via *via)
{
	if (via == NULL)
		return;
	if (via->addrs != NULL)
		freeifaddrs(via->addrs);
	free(via);
}

static int
via_addrs(struct via *via)
{
	struct monotime	 now = monotime_now();

	if (via->addrs != NULL && monotime_diff_us(via->until, now) > 0)
		return (0);
	if (via->addrs != NULL)
		freeifaddrs(via->addrs);
	via->addrs = NULL;
	via->accepts[0] = '\0';
	via->until = monotime_add_us(now, VIA_ADDRS_US);
	return (getifaddrs(&via->addrs));
}

/* 0, or -1: this is no address. */
static int
via_addr(const struct ifaddrs *ifa, struct addr *a)
{
	memset(a, 0, sizeof(*a));
	if (ifa->ifa_addr == NULL)
		return (-1);
	a->af = ifa->ifa_addr->sa_family;
	if (a->af == AF_INET)
		a->u.v4 = ((struct sockaddr_in *)ifa->ifa_addr)->sin_addr;
	else if (a->af == AF_INET6)
		a->u.v6 = ((struct sockaddr_in6 *)ifa->ifa_addr)->sin6_addr;
	else
		return (-1);
	return (0);
}

static const struct ifaddrs *
via_find(const struct via *via, const struct addr *a)
{
	const struct ifaddrs	*ifa;
	struct addr		 b;

	for (ifa = via->addrs; ifa != NULL; ifa = ifa->ifa_next)
		if (via_addr(ifa, &b) == 0 && addr_cmp(a, &b) == 0)
			return (ifa);
	return (NULL);
}

/* Is it one that this director may have to give away? */
static int
via_virtual(const struct conf *conf, const struct addr *a)
{
	const struct conf_service	*s;
	const struct conf_listen	*l;
	const struct conf_vrrp		*v;
	const struct conf_vaddr		*va;

	TAILQ_FOREACH(s, &conf->services, entry)
		TAILQ_FOREACH(l, &s->listens, entry)
			if (l->conf.mark == 0 &&
			    addr_cmp(&l->conf.addr, a) == 0)
				return (1);
	TAILQ_FOREACH(v, &conf->vrrps, entry)
		TAILQ_FOREACH(va, &v->addrs, entry)
			if (addr_cmp(&va->conf.addr, a) == 0)
				return (1);
	return (0);
}

/* The address by which this machine talks to another; -1: errno says why. */
static int
via_route(const struct addr *to, struct addr *from)
{
	struct sockaddr_storage	 ss;
	struct sockaddr_in	*sin = (struct sockaddr_in *)&ss;
	struct sockaddr_in6	*sin6 = (struct sockaddr_in6 *)&ss;
	struct ifaddrs		 ifa;
	socklen_t		 len = sizeof(ss);
	int			 fd, error = 0;

	memset(&ss, 0, sizeof(ss));
	ss.ss_family = to->af;
	if (to->af == AF_INET) {
		sin->sin_addr = to->u.v4;
		sin->sin_port = htons(DISCARD_PORT);
	} else {
		sin6->sin6_addr = to->u.v6;
		sin6->sin6_port = htons(DISCARD_PORT);
	}
	if ((fd = socket(to->af, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return (-1);
	if (connect(fd, (struct sockaddr *)&ss, sizeof(ss)) == -1 ||
	    getsockname(fd, (struct sockaddr *)&ss, &len) == -1)
		error = errno;
	close(fd);
	ifa.ifa_addr = (struct sockaddr *)&ss;
	if (error == 0)
		return (via_addr(&ifa, from));
	errno = error;
	return (-1);
}

/* One of this interface that is neither virtual nor of the link alone. */
static int
via_other(const struct via *via, const struct conf *conf, const char *ifname,
    uint8_t af, struct addr *from)
{
	const struct ifaddrs	*ifa;

	for (ifa = via->addrs; ifa != NULL; ifa = ifa->ifa_next)
		if (via_addr(ifa, from) == 0 && from->af == af &&
		    strcmp(ifa->ifa_name, ifname) == 0 &&
		    (af == AF_INET || !IN6_IS_ADDR_LINKLOCAL(&from->u.v6)) &&
		    !via_virtual(conf, from))
			return (0);
	errno = EADDRNOTAVAIL;
	return (-1);
}

static int
via_set(const char *ifname, const char *name, int value)
{
	if (sysctl_set(AF_INET, ifname, name, value) == 0)
		return (0);
	log_warn("checks via services: net.ipv4.conf.%s.%s cannot be set to "
	    "%d", ifname, name, value);
	return (-1);
}

/* What is set for all interfaces holds for this one too. */
static void
via_accept(const char *ifname)
{
	int	 all, own;

	if (sysctl_get(AF_INET, "all", "accept_local", &all) == 0 &&
	    sysctl_get(AF_INET, ifname, "accept_local", &own) == 0 &&
	    all == 0 && own == 0 && via_set(ifname, "accept_local", 1) == 0)
		log_info("checks via services: set net.ipv4.conf.%s."
		    "accept_local to 1", ifname);
	if (sysctl_get(AF_INET, "all", "rp_filter", &all) == 0 &&
	    sysctl_get(AF_INET, ifname, "rp_filter", &own) == 0 &&
	    (all > own ? all : own) == RP_STRICT &&
	    via_set(ifname, "rp_filter", RP_LOOSE) == 0)
		log_info("checks via services: set net.ipv4.conf.%s."
		    "rp_filter to %d", ifname, RP_LOOSE);
}

int
via_source(struct via *via, const struct conf *conf, const struct addr *vip,
    const struct addr *server, struct addr *from)
{
	const struct ifaddrs	*ifa;

	int			 told = from->af != 0;

	if (via_addrs(via) == -1 || (!told && via_route(server, from) == -1))
		return (-1);
	if ((ifa = via_find(via, from)) == NULL) {
		errno = EADDRNOTAVAIL;
		return (-1);
	}
	if (!told && (from->af != vip->af || via_virtual(conf, from)) &&
	    via_other(via, conf, ifa->ifa_name, vip->af, from) == -1)
		return (-1);
	/* On a backup too: it must not find all down when it takes over. */
	if (vip->af == AF_INET && strcmp(via->accepts, ifa->ifa_name) != 0) {
		via_accept(ifa->ifa_name);
		strlcpy(via->accepts, ifa->ifa_name, sizeof(via->accepts));
	}
	return (0);
}

/* Said at each change, as the kernel itself says nothing. */
int
via_blind(struct parent *env)
{
	struct via	*via = env->via;
	struct monotime	 now = monotime_now();
	unsigned int	 turns = 0;
	int		 was = via->blind;
	const char	*text;

	if (env->ipvs != NULL)
		turns = ipvs_sync_turns(env->ipvs);
	if (monotime_isset(via->looked) && turns == via->turns &&
	    monotime_diff_us(now, via->looked) < VIA_BLIND_US)
		return (via->blind);
	via->looked = now;
	via->turns = turns;
	via->blind = env->ipvs != NULL && ipvs_rests(env->ipvs);
	if (via->blind == was)
		return (via->blind);
	text = via->blind ? "checks via services cannot be made, hosts stay "
	    "as they are: net.ipv4.vs.backup_only is set, and connections of "
	    "another director are received; set it to 0" :
	    "checks via services are made again";
	log_warnx("%s", text);
	dispatch_event(env, CTL_EVENT_KERNEL, 0, "kernel", "%s", text);
	return (via->blind);
}
