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

#include <string.h>

#include "build.h"

/* The options of checks that use TLS. */

static int	 tls_once(struct parse *, struct check_spec *, enum seen,
		    const char *);

static const struct {
	const char	*name;
	uint16_t	 version;
} versions[] = {
	{ "1.0",	0x0301 },
	{ "1.1",	0x0302 },
	{ "1.2",	0x0303 },
	{ "1.3",	0x0304 }
};
#define NVERSIONS	(sizeof(versions) / sizeof(versions[0]))

/* An option has its place: 0; it may not stand here, or again: -1. */
static int
tls_once(struct parse *p, struct check_spec *c, enum seen what,
    const char *name)
{
	/* Of smtp that is known at its end. */
	if (!check_tls(&c->conf) && c->conf.type != CHECK_SMTP) {
		conf_error(p, "\"%s\" is for checks with TLS only", name);
		return (-1);
	}
	return (build_once(p, &c->seen, what, name));
}

void
build_check_noverify(struct parse *p, struct check_spec *c)
{
	if (tls_once(p, c, SEEN_VERIFY, "no verify") == 0)
		c->conf.flags |= CHECK_F_NOVERIFY;
}

void
build_check_name(struct parse *p, struct check_spec *c,
    const struct lex_str *name)
{
	if (tls_once(p, c, SEEN_NAME, "name") == 0 &&
	    value_text(p, "name", name) == 0)
		check_put_head(p, c, "name", ITEM_NAME, name->s, name->len);
}

void
build_check_ca(struct parse *p, struct check_spec *c,
    const struct lex_str *path)
{
	if (tls_once(p, c, SEEN_CA, "ca") == 0)
		c->tlsfile[TLSFILE_CA] = tlsfile_read(p, TLSFILE_CA, path);
}

void
build_check_certificate(struct parse *p, struct check_spec *c,
    const struct lex_str *cert, const struct lex_str *key)
{
	struct conf_tlsfile	**f = c->tlsfile;

	if (tls_once(p, c, SEEN_CERT, "certificate") == -1)
		return;
	f[TLSFILE_CERT] = tlsfile_read(p, TLSFILE_CERT, cert);
	f[TLSFILE_KEY] = tlsfile_read(p, TLSFILE_KEY, key);
	if (f[TLSFILE_CERT] != NULL && f[TLSFILE_KEY] != NULL)
		tlsfile_pair(p, f[TLSFILE_CERT], f[TLSFILE_KEY]);
}

void
build_check_minimum(struct parse *p, struct check_spec *c,
    const struct lex_str *version)
{
	size_t	 i;

	if (tls_once(p, c, SEEN_MINIMUM, "minimum") == -1)
		return;
	for (i = 0; i < NVERSIONS; i++)
		if (strcmp(versions[i].name, version->s) == 0)
			c->conf.tls_min = versions[i].version;
	if (c->conf.tls_min == 0)
		conf_error(p, "minimum \"%s\": must be 1.0, 1.1, 1.2 or 1.3",
		    version->s);
}

void
build_check_warn(struct parse *p, struct check_spec *c,
    const struct lex_str *time)
{
	if (tls_once(p, c, SEEN_WARN, "warn") == 0)
		c->conf.warn_s = value_days(p, "warn", time, WARN_DAYS_MAX) *
		    DAY_S;
}

const char *
tls_version_name(uint16_t version)
{
	size_t	 i;

	for (i = 0; i < NVERSIONS; i++)
		if (versions[i].version == version)
			return (versions[i].name);
	return ("?");
}
