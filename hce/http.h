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

#ifndef HCE_HTTP_H
#define HCE_HTTP_H

#include <event2/http.h>
#include <stddef.h>

#include "../conf/wire.h"
#include "body.h"
#include "head.h"

struct check;
struct probe;

/* What the two ways of checking by HTTP have in common. */

/* Interim answers (100) before the one that counts, RFC 9110 15.2. */
#define HTTP_CONTINUES_MAX	4
/* What is asked for with, unless the configuration has its own. */
#define HTTP_USER_AGENT		"lvsd"
#define HTTP_ACCEPT		"*/*"

/* One of the URLs of a check, all of which are asked for in a row. */
struct http_url {
	const char		*path;
	struct check_items	 items;		/* what is behind the path */
	struct body_wants	 wants;
};

struct http_check {
	enum evhttp_cmd_type	 method;
	const char		*method_name;
	const char		*host;		/* NULL: the address */
	struct http_url		 url[CHECK_URLS_MAX];
	int			 nurls;
};

/* http_code_ok: does the URL want an answer of this code? */
int		http_code_ok(const struct http_url *, int);
/* http_blame: if the check has several URLs, it is this one that failed. */
void		http_blame(struct probe *, const struct http_url *);
/* http_release: free what was made of the check's items. */
void		http_release(struct check *);

#endif /* HCE_HTTP_H */
