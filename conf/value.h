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

#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "wire.h"

struct lex_str;
struct parse;

/*
 * value.c: texts made numbers, times, addresses, names.  The `what' names
 * the statement in messages.  All report what is wrong at the last token.
 */

/* value_number: within the bounds; a wrong one gives the lower bound. */
int		 value_number(struct parse *, const char *,
		    const struct lex_str *, int, int);
/* value_ms: a time in milliseconds within the bounds; 0: wrong. */
uint32_t	 value_ms(struct parse *, const char *, const struct lex_str *,
		    uint32_t, uint32_t);
/* value_seconds: a time of whole seconds, from 1 to this many; 0: wrong. */
uint32_t	 value_seconds(struct parse *, const char *,
		    const struct lex_str *, uint32_t);
/* value_days: "14d" or "14", from 1 to this many; the number, 0: wrong. */
uint32_t	 value_days(struct parse *, const char *,
		    const struct lex_str *, int);
/* duration_str: the shortest text of so many milliseconds, in buf. */
#define DURATION_STRLEN	16
const char	*duration_str(uint32_t, char *);
/* value_name: of an object, into NAME_LEN bytes; -1: wrong. */
int		 value_name(struct parse *, const char *,
		    const struct lex_str *, char *);
/* value_ifname: of an interface, into IFNAMSIZ bytes; -1: wrong. */
int		 value_ifname(struct parse *, const struct lex_str *, char *);
/* value_mark: of a packet; 0: wrong. */
uint32_t	 value_mark(struct parse *, const struct lex_str *);
/* value_text: of a check, to be printed ASCII and not empty; -1: wrong. */
int		 value_text(struct parse *, const char *,
		    const struct lex_str *);
/* value_line: the same, but blanks may be in it. */
int		 value_line(struct parse *, const char *,
		    const struct lex_str *);
/* value_hex: two digits a byte, into so many bytes; how many, -1: wrong. */
int		 value_hex(struct parse *, const char *,
		    const struct lex_str *, uint8_t *, size_t);
/* value_path: an absolute path, shorter than this; NULL: wrong. */
char		*value_path(struct parse *, const char *,
		    const struct lex_str *, size_t);
/* value_user: of this machine; NULL: wrong. */
char		*value_user(struct parse *, const struct lex_str *);
/* value_argv: a command split into words; NULL: wrong. */
char		**value_argv(struct parse *, const char *,
		    const struct lex_str *);

/* resolve.c: what the files of /etc know; never a name server. */

/* resolve_addr: numeric, or a name of /etc/hosts; -1: wrong. */
int		 resolve_addr(struct parse *, const char *,
		    const struct lex_str *, struct addr *);
/* resolve_onlink: the same, on an interface: it may be link-local. */
int		 resolve_onlink(struct parse *, const char *,
		    const struct lex_str *, struct addr *);
/* resolve_prefixed: the same with an optional "/length". */
int		 resolve_prefixed(struct parse *, const char *,
		    const struct lex_str *, struct addr *, uint8_t *);
/* resolve_net: a network; "default" has no family and length 0. */
int		 resolve_net(struct parse *, const char *,
		    const struct lex_str *, struct addr *, uint8_t *);
/* resolve_netmask: of IPv4, as the length of a prefix; 0: wrong. */
int		 resolve_netmask(struct parse *, const struct lex_str *);
/* resolve_port: numeric, or a name of /etc/services; 0: wrong. */
uint16_t	 resolve_port(struct parse *, const struct lex_str *,
		    const char *);

#endif /* CONF_VALUE_H */
