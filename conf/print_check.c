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


#include <stdio.h>
#include <string.h>

#include "build.h"
#include "print.h"

/* Checks in the canonical text. */

static void	print_code(const struct check_item *, FILE *);
static void	print_hex(const struct check_item *, FILE *);
static void	print_item(const struct check_item *, int, FILE *);
static void	print_items(const struct conf_check *, FILE *);
static void	print_tls(const struct conf_check *, FILE *);
static void	print_where(const struct check_config *, FILE *);
static void	print_kind(const struct conf_check *, FILE *);

static void
print_code(const struct check_item *item, FILE *f)
{
	struct code_range	 r;

	memcpy(&r, item->data, sizeof(r));
	fprintf(f, " code %u", r.min);
	if (r.max != r.min)
		fprintf(f, "-%u", r.max);
}

static void
print_hex(const struct check_item *item, FILE *f)
{
	size_t	 i;

	for (i = 0; i < item->len; i++)
		fprintf(f, "%02x", (uint8_t)item->data[i]);
}

static void
print_item(const struct check_item *item, int binary, FILE *f)
{
	static const char	*const names[ITEM_KIND_MAX] = {
		[ITEM_METHOD]	= " method ",
		[ITEM_HOST]	= " host ",
		[ITEM_HEADER]	= " header ",
		[ITEM_PATH]	= " and ",
		[ITEM_MATCH]	= " match ",
		[ITEM_NOMATCH]	= " no match ",
		[ITEM_MD5]	= " digest md5 ",
		[ITEM_SHA256]	= " digest sha256 ",
		[ITEM_SEND]	= " send ",
		[ITEM_EXPECT]	= " expect ",
		[ITEM_BINARY]	= " expect ",
		[ITEM_HELO]	= " helo ",
		[ITEM_QNAME]	= " ",
		[ITEM_ANSWER]	= " answer ",
		[ITEM_REF]	= " "
	};

	if (item->kind == ITEM_CODE) {
		print_code(item, f);
		return;
	}
	fputs(names[item->kind], f);
	if (binary || item->kind == ITEM_MD5 || item->kind == ITEM_SHA256)
		print_hex(item, f);
	else
		print_bytes(f, item->data, item->len);
}

/* What is of all URLs stands before them, but is written after the first. */
static void
print_items(const struct conf_check *c, FILE *f)
{
	struct check_items	 it;
	struct check_item	 item;
	const char		*path;
	int			 binary, paths = 0;

	if ((path = check_item_find(&c->conf, c->items, ITEM_PATH,
	    NULL)) != NULL) {
		fputc(' ', f);
		print_str(f, path);
	}
	binary = check_item_find(&c->conf, c->items, ITEM_BINARY, NULL) !=
	    NULL;
	check_items_begin(&it, c->items, c->conf.items_len);
	while (check_items_next(&it, &item) == 1)
		if (item.kind != ITEM_NAME &&
		    (item.kind != ITEM_PATH || paths++ > 0))
			print_item(&item, binary, f);
}

static void
print_tls(const struct conf_check *c, FILE *f)
{
	const struct conf_tlsfile *const *file =
	    (const struct conf_tlsfile *const *)c->tlsfile;
	const char	*name;

	name = check_item_find(&c->conf, c->items, ITEM_NAME, NULL);
	if (name != NULL) {
		fprintf(f, " name ");
		print_str(f, name);
	}
	if (file[TLSFILE_CA] != NULL) {
		fprintf(f, " ca ");
		print_str(f, file[TLSFILE_CA]->path);
	}
	if (file[TLSFILE_CERT] != NULL) {
		fprintf(f, " certificate ");
		print_str(f, file[TLSFILE_CERT]->path);
		fprintf(f, " key ");
		print_str(f, file[TLSFILE_KEY]->path);
	}
	if (c->conf.tls_min != 0)
		fprintf(f, " minimum \"%s\"",
		    tls_version_name(c->conf.tls_min));
	if (c->conf.warn_s != DEFAULT_WARN_S)
		fprintf(f, " warn %ud", c->conf.warn_s / DAY_S);
	if (c->conf.flags & CHECK_F_NOVERIFY)
		fprintf(f, " no verify");
}

/* "tcp send", "udp binary send", "http", and what comes first. */
static void
print_kind(const struct conf_check *c, FILE *f)
{
	int	 expects = c->conf.type == CHECK_SEND;

	fprintf(f, " check %s", expects ? "tcp" :
	    check_type_names[c->conf.type]);
	if (check_item_find(&c->conf, c->items, ITEM_BINARY, NULL) != NULL)
		fprintf(f, " binary");
	if (expects &&
	    check_item_find(&c->conf, c->items, ITEM_SEND, NULL) == NULL)
		fprintf(f, " send nothing");
}

static void
print_where(const struct check_config *c, FILE *f)
{
	char	 a[ADDR_STRLEN];

	if (c->on.af != 0)
		fprintf(f, " on %s", addr_str(&c->on, a));
	if (c->port != 0)
		fprintf(f, "%s port %u", c->on.af != 0 ? "" : " on", c->port);
	if (c->from.af != 0)
		fprintf(f, " from %s", addr_str(&c->from, a));
	if (c->ifname[0] != '\0')
		fprintf(f, " on interface %s", c->ifname);
	if (c->mark != 0)
		fprintf(f, " mark %u", c->mark);
	if (c->flags & CHECK_F_VIA)
		fprintf(f, " via service");
}

void
print_check(const struct conf_check *c, FILE *f)
{
	char	 text[DURATION_STRLEN];

	print_kind(c, f);
	print_items(c, f);
	if (c->conf.type == CHECK_DNS)
		fprintf(f, " type %s rcode %s%s",
		    dns_type_name(c->conf.dns_type),
		    dns_rcode_names[c->conf.dns_rcode],
		    c->conf.flags & CHECK_F_TCP ? " over tcp" : "");
	if (c->conf.flags & CHECK_F_STARTTLS)
		fprintf(f, " starttls");
	if (c->conf.flags & CHECK_F_TLS)
		fprintf(f, " tls");
	if (check_tls(&c->conf))
		print_tls(c, f);
	if (c->conf.flags & CHECK_F_DYNAMIC)
		fprintf(f, " dynamic weight");
	print_where(&c->conf, f);
	print_timing(c->conf.interval_ms, c->conf.timeout_ms, c->conf.rise,
	    c->conf.fall, " ", f);
	if (c->conf.retry_ms != 0)
		fprintf(f, " retry %s", duration_str(c->conf.retry_ms, text));
	if (c->conf.down_ms != 0)
		fprintf(f, " down interval %s",
		    duration_str(c->conf.down_ms, text));
}
