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

#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "build_vrrp.h"

/* How a VRRP instance stands for its addresses: accept, virtual MAC. */

static void	virtual_owner(struct parse *);
static void	virtual_mac(struct parse *);

void
build_accept(struct parse *p, int on)
{
	if (p->vrrp == NULL || build_once(p, &p->block_seen, SEEN_ACCEPT,
	    on ? "accept" : "no accept") == -1)
		return;
	if (!on)
		p->vrrp->conf.flags |= VRRP_F_NOACCEPT;
}

/* NULL: the name of the device is ours to choose. */
void
build_virtual_mac(struct parse *p, const struct lex_str *device)
{
	struct conf_vrrp	*v = p->vrrp;

	if (v == NULL ||
	    build_once(p, &p->block_seen, SEEN_MAC, "use") == -1)
		return;
	v->conf.flags |= VRRP_F_VMAC;
	p->vmac_pos = p->pos;
	if (device != NULL)
		(void)value_ifname(p, device, v->vmac);
}

/* `use interface' takes any word behind it, as it does elsewhere. */
void
build_interface_mac(struct parse *p, const struct lex_str *word)
{
	if (p->vrrp == NULL ||
	    build_once(p, &p->block_seen, SEEN_MAC, "use") == -1)
		return;
	if (strcmp(word->s, "mac") != 0)
		conf_error(p, "use interface %s: must be \"use interface "
		    "mac\"", word->s);
}

void
build_virtual_end(struct parse *p)
{
	virtual_owner(p);
	virtual_mac(p);
}

/* RFC 5798 section 6.1: the owner accepts. */
static void
virtual_owner(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct pos		 pos = { v->file, v->line };

	if (v->conf.priority == VRRP_OWNER &&
	    v->conf.flags & VRRP_F_NOACCEPT)
		diag_error(&p->diag, &pos, "vrrp \"%s\": with priority 255, "
		    "that of the owner of the addresses, they are this "
		    "machine's own, and no accept has no place; use at most "
		    "254", v->conf.name);
}

/* The device of an instance, and its name, are of one instance only. */
static void
virtual_mac(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp, *old;
	int			 chosen = v->vmac[0] != '\0';

	if ((v->conf.flags & VRRP_F_VMAC) == 0)
		return;
	if (!chosen && v->conf.vrid != 0)
		(void)snprintf(v->vmac, sizeof(v->vmac), "vrrp%s.%u",
		    v->conf.af == AF_INET6 ? "6" : "", v->conf.vrid);
	if (v->vmac[0] == '\0')
		return;
	if (strcmp(v->vmac, v->conf.ifname) == 0)
		diag_error(&p->diag, &p->vmac_pos, "use virtual mac \"%s\": "
		    "that is the interface of the instance itself; choose "
		    "another name", v->vmac);
	key_name(&p->key, KEY_VMAC, v->vmac);
	if ((old = build_unique(p, v)) != NULL)
		diag_error(&p->diag, &p->vmac_pos, "use virtual mac%s: the "
		    "device %s is that of vrrp \"%s\" (%s:%d) already; name "
		    "another, as in: use virtual mac \"vmac1\"",
		    chosen ? "" : " without a name", v->vmac, old->conf.name,
		    old->file, old->line);
}
