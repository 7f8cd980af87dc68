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

#ifndef LVSCTL_PARSER_H
#define LVSCTL_PARSER_H

#include <stdint.h>
#include <stdio.h>

#include "../imsg/ctl.h"

struct sessions;

/* What the operator wants. */
enum action {
	ACTION_NONE,
	SHOW_SUMMARY,
	SHOW_HOSTS,
	SHOW_HOSTS_VERBOSE,
	SHOW_SERVICES,
	SHOW_VRRP,
	SHOW_STATS,
	SHOW_RATES,
	SHOW_IPVS,
	SHOW_SESSIONS,
	SERVICE_ENABLE,
	SERVICE_DISABLE,
	TABLE_ENABLE,
	TABLE_DISABLE,
	HOST_ENABLE,
	HOST_DISABLE,
	HOST_WEIGHT,
	HOST_DRAIN,
	HOST_DRAIN_WAIT,
	VRRP_DEMOTE,
	VRRP_UNDEMOTE,
	VRRP_RESIGN,
	RELOAD,
	CONFIRM,
	PLAN,
	ROLLBACK,
	MONITOR,
	LOG_BRIEF,
	LOG_VERBOSE,
	STOP
};

struct command {
	enum action	action;
	struct ctl_id	id;		/* zero: none was named */
	uint32_t	by;		/* demote; 0: wholly */
	uint32_t	weight;		/* or CTL_WEIGHT_CONFIGURED */
	uint32_t	drain_s;	/* as in struct ctl_drain */
	uint32_t	confirm_s;	/* reload; 0: without */
	struct ctl_session_which which;	/* sessions */
	const char	*net;		/* of their clients, NULL: any */
	const char	*path;		/* of a plan, NULL: lvsd's own file */
	struct sessions	*sessions;	/* while they are shown */
};

/*
 * parse_command: the words of a command, each of which may be cut to what
 * is unique.  0, or -1 after saying on the stream what would be valid.
 */
int	parse_command(int, char *const [], struct command *, FILE *);

#endif /* LVSCTL_PARSER_H */
