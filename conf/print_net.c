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

#include "build.h"

/* What VRRP instances hold, printed. */

void
print_vaddr(const struct conf_vaddr *a, const char *before, FILE *f)
{
	const struct vaddr_config	*c = &a->conf;
	char				 text[ADDR_STRLEN];

	fprintf(f, "%saddress %s/%u", before, addr_str(&c->addr, text),
	    c->prefixlen);
	if (c->ifname[0] != '\0') {
		fprintf(f, " on ");
		print_str(f, c->ifname);
	}
	if (c->label[0] != '\0') {
		fprintf(f, " label ");
		print_str(f, c->label);
	}
	if (c->scope != VADDR_SCOPE_GLOBAL)
		fprintf(f, " scope %s", address_scope_name(c->scope));
	if (c->broadcast.af != 0)
		fprintf(f, " broadcast %s", addr_str(&c->broadcast, text));
	if (c->flags & VADDR_F_EXCLUDED)
		fprintf(f, " excluded");
	fputc('\n', f);
}

/* Only what is not so anyway. */
void
print_announce(const struct conf_announce *a, FILE *f)
{
	char	 time[DURATION_STRLEN];

	if (a->count != DEFAULT_ANNOUNCE_COUNT)
		fprintf(f, "\tannounce count %u\n", a->count);
	if (a->delay_ms != DEFAULT_ANNOUNCE_MS)
		fprintf(f, "\tannounce delay %s\n",
		    duration_str(a->delay_ms, time));
	if (a->refresh_ms != 0)
		fprintf(f, "\tannounce refresh %s\n",
		    duration_str(a->refresh_ms, time));
	if (a->refresh_count != 1)
		fprintf(f, "\tannounce refresh count %u\n",
		    a->refresh_count);
	if (a->interval_ms != 0)
		fprintf(f, "\tannounce interval %s\n",
		    duration_str(a->interval_ms, time));
}

void
print_lease(const struct conf *c, FILE *f)
{
	char	 time[DURATION_STRLEN];

	if (c->lease_s == 0)
		fprintf(f, "no lease\n");
	else if (c->lease_s != DEFAULT_LEASE_S)
		fprintf(f, "lease %s\n",
		    duration_str(c->lease_s * 1000, time));
}
