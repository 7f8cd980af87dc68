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

#include <pwd.h>
#include <stdio.h>

#include "../imsg/ctl.h"
#include "output.h"

void
override_print_by(const struct ctl_by *by)
{
	const struct passwd	*pw;

	if ((pw = getpwuid(by->uid)) != NULL)
		printf(" by %s", pw->pw_name);
	else
		printf(" by uid %u", by->uid);
	output_time(" since ", by->since);
}

/* ", 3 connections left, 1 of them closing, 25s to the deadline" */
static void
print_drain(const struct ctl_host *h)
{
	printf(", %u connections left", h->active + h->inactive);
	if (h->inactive > 0)
		printf(", %u of them closing", h->inactive);
	if (h->persistent > 0)
		printf(", %u clients remembered", h->persistent);
	if (h->state == CTL_DRAINING && h->drain_left_s != CTL_DRAIN_FOREVER)
		printf(", %us to the deadline", h->drain_left_s);
}

void
override_print_host(const struct ctl_host *h)
{
	static const char	*const texts[] = {
		[CTL_DISABLED]	= "disabled",
		[CTL_DRAINING]	= "draining",
		[CTL_DRAINED]	= "drained"
	};

	if (h->flags & CTL_HOST_F_OVERRIDE) {
		printf("\t\t%s", h->state >= sizeof(texts) /
		    sizeof(texts[0]) || texts[h->state] == NULL ? "enabled" :
		    texts[h->state]);
		override_print_by(&h->by);
		if (h->state == CTL_DRAINING || h->state == CTL_DRAINED)
			print_drain(h);
		printf("\n");
	}
	if (h->weight_by.since != 0) {
		printf("\t\tweight %u", h->weight);
		override_print_by(&h->weight_by);
		printf(", configured is %u", h->weight_conf);
		if (h->flags & CTL_HOST_F_WEIGHT)
			printf(", its check wants %u", h->weight_check);
		printf("\n");
	} else if (h->flags & CTL_HOST_F_WEIGHT)
		printf("\t\tweight %u by its check, configured is %u\n",
		    h->weight, h->weight_conf);
}
