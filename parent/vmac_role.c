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

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <linux/rtnetlink.h>

#include "../imsg/log.h"
#include "sysctl.h"
#include "vmac.h"

#define MARK		"lvsd"
/* IN6_ADDR_GEN_MODE_NONE, linux/if_link.h. */
#define GEN_MODE_NONE	1

/*
 * The interface below a device, at least so.  It must not answer by ARP for
 * addresses on the device, nor ask by ARP in their name: others would learn
 * its own MAC for them.
 */
static const struct {
	const char	*name;
	int		 least;
} lower_settings[VMAC_SETTINGS] = {
	{ "arp_ignore",		1 },	/* answers for its own addresses */
	{ "arp_announce",	2 }	/* asks with an address of its own */
};

/*
 * A device, whatever the role.  It answers by ARP for its own addresses only.
 * What is sent to the virtual MAC comes in by it, but answers leave by the
 * interface below, where the routes are: a strict look at the way back would
 * refuse it.  A loose one lets a master have it, and a backup not, for a
 * device without any address has no way back (__fib_validate_source(),
 * net/ipv4/fib_frontend.c).
 *
 * It takes part in no autoconfiguration of IPv6: no address may come of a
 * virtual MAC (RFC 9568 section 7.4).
 */
static const struct setting {
	sa_family_t	 af;
	const char	*name;
	int		 value;
} device_settings[] = {
	{ AF_INET,	"arp_ignore",		1 },
	{ AF_INET,	"rp_filter",		2 },
	{ AF_INET6,	"addr_gen_mode",	GEN_MODE_NONE },
	{ AF_INET6,	"accept_ra",		0 }
};

/*
 * A backup must send no frame with the virtual MAC beside the advert that
 * makes it master, for switches would learn it.  Reports to multicast routers
 * are the kernel's own idea: one that does not forward is in no group that is
 * reported, and with version 1 of MLD it says nothing of groups that it has
 * left.  A master forwards, so that its answers to neighbours say that it is
 * a router (RFC 4861 section 7.2.4).
 */
static const struct {
	struct setting	settings[2];
	int		rule;		/* is to be there, or not */
} roles[] = {
	[VMAC_BACKUP] = { {
		{ AF_INET6,	"force_mld_version",	1 },
		{ AF_INET6,	"forwarding",		0 }
	}, RTM_NEWRULE },
	[VMAC_MASTER] = { {
		{ AF_INET6,	"force_mld_version",	0 },
		{ AF_INET6,	"forwarding",		1 }
	}, RTM_DELRULE }
};

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))

static void	set(const struct net_vmac *, sa_family_t, const char *, int);
static int	least(int, int);
static void	lower_read(struct net_vmac *);
static void	set_all(const struct net_vmac *, const struct setting *,
		    size_t);
static int	rule_set(struct net *, const struct net_vmac *, int);
static int	mark(struct net *, const struct net_vmac *);

/* Without IPv6 in the kernel nothing of it needs to be kept quiet. */
static void
set(const struct net_vmac *d, sa_family_t af, const char *name, int value)
{
	if (sysctl_set(af, d->nif->now.ifname, name, value) == 0 ||
	    (errno == ENOENT && af == AF_INET6 &&
	    (d->families & VMAC_INET6) == 0))
		return;
	log_warn("%s: cannot set %s to %d", d->nif->now.ifname, name, value);
}

static int
least(int i, int was)
{
	return (was > lower_settings[i].least ? was :
	    lower_settings[i].least);
}

int
vmac_marked(const char *alias)
{
	size_t	len = strlen(MARK);

	return (strncmp(alias, MARK, len) == 0 &&
	    (alias[len] == '\0' || alias[len] == ' '));
}

void
vmac_alias(const struct net_vmac *d, char alias[VMAC_ALIAS_LEN])
{
	const uint8_t	*was = d->lower->vmac_was;

	if (d->lower->vmac_saved)
		(void)snprintf(alias, VMAC_ALIAS_LEN, MARK " %u %u", was[0],
		    was[1]);
	else
		(void)snprintf(alias, VMAC_ALIAS_LEN, MARK);
}

/* As they were, which an earlier life may have left in the alias. */
static void
lower_read(struct net_vmac *d)
{
	struct net_if	*lower = d->lower;
	const char	*word, *bad = NULL;
	char		 alias[VMAC_ALIAS_LEN], *p = alias;
	int		 i, value;

	(void)strlcpy(alias, d->seen != 0 && vmac_marked(d->link.alias) ?
	    d->link.alias : "", sizeof(alias));
	(void)strsep(&p, " ");
	for (i = 0; i < VMAC_SETTINGS; i++) {
		if ((word = strsep(&p, " ")) != NULL)
			value = strtonum(word, 0, UINT8_MAX, &bad);
		if ((word == NULL || bad != NULL) && sysctl_get(AF_INET,
		    lower->now.ifname, lower_settings[i].name, &value) == -1) {
			log_warn("%s: %s", lower->now.ifname,
			    lower_settings[i].name);
			value = lower_settings[i].least;
		}
		lower->vmac_was[i] = value;
	}
	lower->vmac_saved = 1;
}

void
vmac_lower(struct net_vmac *d)
{
	struct net_if	*lower = d->lower;
	int		 i, value;

	if ((d->families & VMAC_INET) == 0)
		return;
	if (!lower->vmac_saved)
		lower_read(d);
	for (i = 0; i < VMAC_SETTINGS; i++) {
		value = least(i, lower->vmac_was[i]);
		if (sysctl_set(AF_INET, lower->now.ifname,
		    lower_settings[i].name, value) == -1)
			log_warn("%s: cannot set %s to %d",
			    lower->now.ifname, lower_settings[i].name, value);
	}
}

/* When no device needs them any more; what others have set since stays. */
void
vmac_lower_restore(struct net *n, struct net_if *lower)
{
	struct net_vmac	*d;
	int		 i, value;

	TAILQ_FOREACH(d, &n->vmacs, entry)
		if (d->lower == lower && d->families & VMAC_INET)
			return;
	if (!lower->vmac_saved)
		return;
	lower->vmac_saved = 0;
	for (i = 0; i < VMAC_SETTINGS; i++)
		if (sysctl_get(AF_INET, lower->now.ifname,
		    lower_settings[i].name, &value) == 0 &&
		    value == least(i, lower->vmac_was[i]))
			(void)sysctl_set(AF_INET, lower->now.ifname,
			    lower_settings[i].name, lower->vmac_was[i]);
}

static void
set_all(const struct net_vmac *d, const struct setting *s, size_t n)
{
	for (; n > 0; s++, n--)
		set(d, s->af, s->name, s->value);
}

/* Have the rule that drops IPv6, or not; if it is so already, well. */
static int
rule_set(struct net *n, const struct net_vmac *d, int type)
{
	int	error;

	error = nlconn_query(&n->conn, vmac_msg_rule(type,
	    d->nif->now.ifname), 0, NULL, NULL);
	return (error == EEXIST || error == ENOENT ? 0 : error);
}

int
vmac_setup(struct net *n, struct net_vmac *d)
{
	int	error, inet6 = (d->families & VMAC_INET6) != 0, value;

	set_all(d, device_settings, NELEM(device_settings));
	/* Who uses the virtual MAC as a router is served as below. */
	if (sysctl_get(AF_INET, d->lower->now.ifname, "forwarding",
	    &value) == 0)
		set(d, AF_INET, "forwarding", value);
	error = mark(n, d);
	/* One that an earlier life has left up may be a master's. */
	if (error == 0 && (!d->up || d->vrrp->want == WANT_NOTHING))
		error = vmac_become(n, d, VMAC_BACKUP);
	set(d, AF_INET6, "disable_ipv6", !inet6);
	return (error);
}

/* What was of the interface below may not be what it was at first. */
static int
mark(struct net *n, const struct net_vmac *d)
{
	char	alias[VMAC_ALIAS_LEN];

	vmac_alias(d, alias);
	if (strcmp(alias, d->link.alias) == 0)
		return (0);
	return (nlconn_query(&n->conn, vmac_msg_alias(d->nif->now.ifname,
	    alias), 0, NULL, NULL));
}

int
vmac_become(struct net *n, struct net_vmac *d, enum vmac_role role)
{
	int	error;

	if (d->role == role || (d->families & VMAC_INET6) == 0)
		return (0);
	d->role = VMAC_UNKNOWN;
	set_all(d, roles[role].settings, NELEM(roles[role].settings));
	if ((error = rule_set(n, d, roles[role].rule)) == 0)
		d->role = role;
	return (error);
}

void
vmac_unrule(struct net *n, struct net_vmac *d)
{
	if (d->families & VMAC_INET6)
		(void)rule_set(n, d, RTM_DELRULE);
}
