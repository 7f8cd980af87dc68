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

#include "../imsg/ctl.h"
#include "output.h"

static void	print_preempt(const struct ctl_vrrp *);
static void	print_wait(const struct ctl_vrrp *);

static void
print_preempt(const struct ctl_vrrp *v)
{
	printf("\t\t%spreempt", v->flags & CTL_VRRP_F_NOPREEMPT ? "no " : "");
	if (v->preempt_ms > 0) {
		printf(" delay ");
		output_ms(v->preempt_ms);
	}
	if (v->delay_ms > 0) {
		printf(", ");
		output_ms(v->delay_ms);
		printf(" left");
	}
	if (v->flags & CTL_VRRP_F_STARTMASTER)
		printf(", start master");
	/* Otherwise it is named with what changes the priority. */
	if (v->demote > 0 && v->state == VRRP_FAULT)
		printf(", demoted by %u", v->demote);
	printf("\n");
	if (v->flags & CTL_VRRP_F_RESIGNED)
		printf("\t\tresigned: gives way to any master until that is "
		    "lost or releases\n");
}

/* The text before the time and the one after it. */
static void
print_wait(const struct ctl_vrrp *v)
{
	static const char	*const texts[CTL_WAIT_MAX][2] = {
		[CTL_WAIT_ADVERT]	= { "next advert in ", "" },
		[CTL_WAIT_DOWN]		= { "master in ",
		    " if no better one is heard" },
		[CTL_WAIT_TAKER]	= { "waits for ",
		    " that another takes over" },
		[CTL_WAIT_LINGER]	= { "handed over, backup in ", "" },
		[CTL_WAIT_RETURN]	= { "has its addresses, master in ",
		    " if no better one is heard" }
	};

	if (v->wait == CTL_WAIT_GROUP) {
		printf("\t\twaits for the others of its sync group\n");
		return;
	}
	if (texts[v->wait][0] == NULL)
		return;
	printf("\t\t%s", texts[v->wait][0]);
	output_ms(v->wait_ms);
	printf("%s\n", texts[v->wait][1]);
}

void
election_print(const struct ctl_vrrp *v)
{
	print_preempt(v);
	print_wait(v);
}
