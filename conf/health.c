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
#include <arpa/inet.h>
#include <arpa/nameser.h>

#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "build.h"
#include "pattern.h"

/* What stands behind `check'. */

/* Ranges of codes in one text. */
#define CODES_LEN	256

static void	 check_put(struct parse *, struct check_spec *, const char *,
		    enum check_item_kind, const void *, size_t);
static void	 check_url_end(struct parse *, struct check_spec *);
static int	 check_code(const char *, uint16_t *);
static int	 check_codes(char *, struct code_range *);
static void	 check_dns_end(struct parse *, const struct check_spec *);

/* What evhttp(3) can ask for, less what a check has no use for. */
static const char *const methods[] = { "GET", "HEAD", "OPTIONS", "POST" };
#define NMETHODS	(sizeof(methods) / sizeof(methods[0]))

/* Headers that say what the check does. */
static const char *const own_headers[] = {
	"Host", "Connection", "Content-Length", "Expect", "Transfer-Encoding",
	"Upgrade"
};
#define NOWN_HEADERS	(sizeof(own_headers) / sizeof(own_headers[0]))

void
build_check(struct check_spec *c, enum check_type type, uint8_t *items)
{
	memset(c, 0, sizeof(*c));
	c->conf.type = type;
	c->items = items;
}

/* An item more; all of those of a URL come last. */
static void
check_put(struct parse *p, struct check_spec *c, const char *what,
    enum check_item_kind kind, const void *data, size_t len)
{
	size_t	 all;

	all = check_item_put(c->items, CHECK_ITEMS_LEN, c->conf.items_len,
	    kind, data, len);
	if (all == 0)
		conf_error(p, "%s: the check has more than %d bytes of texts",
		    what, CHECK_ITEMS_LEN);
	c->conf.items_len += all;
}

/* An item of all URLs, put before the first of them. */
void
check_put_head(struct parse *p, struct check_spec *c, const char *what,
    enum check_item_kind kind, const void *data, size_t len)
{
	uint8_t	 item[sizeof(struct check_item_head) + CHECK_ITEM_LEN + 1];
	size_t	 all;

	all = check_item_put(item, sizeof(item), 0, kind, data, len);
	if (all > (size_t)CHECK_ITEMS_LEN - c->conf.items_len) {
		conf_error(p, "%s: the check has more than %d bytes of texts",
		    what, CHECK_ITEMS_LEN);
		return;
	}
	memmove(c->items + c->head_len + all, c->items + c->head_len,
	    c->conf.items_len - c->head_len);
	memcpy(c->items + c->head_len, item, all);
	c->head_len += all;
	c->conf.items_len += all;
}

/* What the URL before did not say. */
static void
check_url_end(struct parse *p, struct check_spec *c)
{
	const struct code_range	 r = { DEFAULT_HTTP_CODE, DEFAULT_HTTP_CODE };

	if ((c->url_seen & SEEN_CODE) == 0)
		check_put(p, c, "code", ITEM_CODE, &r, sizeof(r));
	if (c->head && (c->matches > 0 || c->url_seen & SEEN_DIGEST))
		conf_error(p, "method HEAD: there is no body to look at");
	c->url_seen = 0;
	c->matches = 0;
}

void
build_check_end(struct parse *p, struct check_spec *c)
{
	if (c->conf.type == CHECK_HTTP || c->conf.type == CHECK_HTTPS)
		check_url_end(p, c);
	if (c->conf.type == CHECK_DNS)
		check_dns_end(p, c);
	if (c->conf.type == CHECK_SMTP && !check_tls(&c->conf) &&
	    c->seen & SEEN_TLS_OPTIONS)
		conf_error(p, "check smtp: options of TLS without starttls or "
		    "tls");
	if (check_tls(&c->conf) && (c->seen & SEEN_WARN) == 0)
		c->conf.warn_s = DEFAULT_WARN_S;
}

void
build_check_path(struct parse *p, struct check_spec *c,
    const struct lex_str *path)
{
	if (c->urls > 0)
		check_url_end(p, c);
	if (c->urls++ == CHECK_URLS_MAX)
		conf_error(p, "more than %d paths in one check",
		    CHECK_URLS_MAX);
	if (value_text(p, "path", path) == -1)
		return;
	if (path->s[0] != '/')
		conf_error(p, "path \"%s\": must begin with \"/\"", path->s);
	check_put(p, c, "path", ITEM_PATH, path->s, path->len);
}

void
build_check_method(struct parse *p, struct check_spec *c,
    const struct lex_str *method)
{
	size_t	 i;

	if (build_once(p, &c->seen, SEEN_METHOD, "method") == -1)
		return;
	for (i = 0; i < NMETHODS; i++)
		if (strcmp(methods[i], method->s) == 0)
			break;
	if (i == NMETHODS)
		conf_error(p, "method \"%s\": must be GET, HEAD, OPTIONS or "
		    "POST", method->s);
	else
		check_put_head(p, c, "method", ITEM_METHOD, method->s,
		    method->len);
	c->head = strcmp(method->s, "HEAD") == 0;
}

void
build_check_host(struct parse *p, struct check_spec *c,
    const struct lex_str *host)
{
	if (build_once(p, &c->seen, SEEN_HOST, "host") == 0 &&
	    value_text(p, "host", host) == 0)
		check_put_head(p, c, "host", ITEM_HOST, host->s, host->len);
}

/* RFC 9110 section 5: a token, a colon, and a value. */
void
build_check_header(struct parse *p, struct check_spec *c,
    const struct lex_str *header)
{
	size_t	 name, i;

	name = strspn(header->s, "!#$%&'*+-.^_`|~0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (name == 0 || header->s[name] != ':' ||
	    header->s[name + 1] == '\0') {
		conf_error(p, "header \"%s\": must be \"Name: value\"",
		    header->s);
		return;
	}
	for (i = 0; i < NOWN_HEADERS; i++)
		if (strlen(own_headers[i]) == name &&
		    strncasecmp(own_headers[i], header->s, name) == 0) {
			conf_error(p, "header \"%s\": %s is set by the check "
			    "itself%s", header->s, own_headers[i],
			    i == 0 ? ", see \"host\"" : "");
			return;
		}
	if (value_line(p, "header", header) == 0)
		check_put_head(p, c, "header", ITEM_HEADER, header->s,
		    header->len);
}

static int
check_code(const char *s, uint16_t *code)
{
	const char	*errstr;

	if (s[strspn(s, "0123456789")] != '\0')
		return (-1);
	*code = strtonum(s, HTTP_CODE_MIN, HTTP_CODE_MAX, &errstr);
	return (errstr == NULL ? 0 : -1);
}

/* "200" or "200-299"; the text is cut up. */
static int
check_codes(char *s, struct code_range *r)
{
	char	*last;

	if ((last = strchr(s, '-')) != NULL)
		*last++ = '\0';
	if (check_code(s, &r->min) == -1 ||
	    check_code(last != NULL ? last : s, &r->max) == -1)
		return (-1);
	return (r->min <= r->max ? 0 : -1);
}

void
build_check_code(struct parse *p, struct check_spec *c,
    const struct lex_str *code)
{
	struct code_range	 r;
	char			 copy[CODES_LEN], *s = copy, *one;

	c->url_seen |= SEEN_CODE;
	if (strlcpy(copy, code->s, sizeof(copy)) >= sizeof(copy)) {
		conf_error(p, "code: longer than %d bytes", CODES_LEN - 1);
		return;
	}
	while ((one = strsep(&s, ",")) != NULL) {
		one += strspn(one, " ");
		if (check_codes(one, &r) == -1) {
			conf_error(p, "code \"%s\": must be numbers from %d "
			    "to %d, or ranges of them, with commas between",
			    code->s, HTTP_CODE_MIN, HTTP_CODE_MAX);
			return;
		}
		check_put(p, c, "code", ITEM_CODE, &r, sizeof(r));
	}
}

void
build_check_match(struct parse *p, struct check_spec *c,
    const struct lex_str *text, enum check_item_kind kind)
{
	const char	*what = kind == ITEM_MATCH ? "match" : "no match";
	struct pattern	*pattern;
	char		 err[PATTERN_ERROR_LEN];

	if (c->matches++ == CHECK_MATCHES_MAX)
		conf_error(p, "%s: more than %d expressions of one path",
		    what, CHECK_MATCHES_MAX);
	if (text->len == 0 || text->len > CHECK_ITEM_LEN ||
	    strlen(text->s) != text->len) {
		conf_error(p, "%s: must have from 1 to %d bytes, none of them "
		    "a NUL", what, CHECK_ITEM_LEN);
		return;
	}
	if ((pattern = pattern_new(text->s, err)) == NULL)
		conf_error(p, "%s \"%s\": %s", what, text->s, err);
	pattern_free(pattern);
	check_put(p, c, what, kind, text->s, text->len);
}

void
build_check_digest(struct parse *p, struct check_spec *c,
    const struct lex_str *name, const struct lex_str *hex)
{
	enum check_item_kind	 kind = ITEM_SHA256;
	uint8_t			 digest[SHA256_LEN];
	int			 len = SHA256_LEN, n;

	if (build_once(p, &c->url_seen, SEEN_DIGEST, "digest") == -1)
		return;
	if (strcmp(name->s, "md5") == 0) {
		kind = ITEM_MD5;
		len = MD5_LEN;
	} else if (strcmp(name->s, "sha256") != 0) {
		conf_error(p, "digest %s: must be md5 or sha256", name->s);
		return;
	}
	n = value_hex(p, "digest", hex, digest, sizeof(digest));
	if (n != -1 && n != len)
		conf_error(p, "digest %s: must have %d hexadecimal digits",
		    name->s, len * 2);
	else if (n != -1)
		check_put(p, c, "digest", kind, digest, len);
}

/* What is sent: a text, or bytes in hexadecimal digits. */
void
build_check_send(struct parse *p, struct check_spec *c,
    const struct lex_str *text, int binary)
{
	uint8_t	 bytes[CHECK_ITEM_LEN];
	int	 n;

	if (text->s == NULL)
		return;
	if (text->len == 0)
		conf_error(p, "send: the text is empty; write \"send "
		    "nothing\", without quotes around \"nothing\"");
	else if (binary) {
		n = value_hex(p, "send", text, bytes, sizeof(bytes));
		if (n != -1)
			check_put(p, c, "send", ITEM_SEND, bytes, n);
	} else if (text->len > CHECK_ITEM_LEN)
		conf_error(p, "send: longer than %d bytes", CHECK_ITEM_LEN);
	else
		check_put(p, c, "send", ITEM_SEND, text->s, text->len);
}

void
build_check_expect(struct parse *p, struct check_spec *c,
    const struct lex_str *expect, int binary)
{
	uint8_t	 bytes[CHECK_ITEM_LEN];
	int	 n;

	if (binary) {
		n = value_hex(p, "expect", expect, bytes, sizeof(bytes));
		if (n != -1)
			check_put(p, c, "expect", ITEM_BINARY, bytes, n);
	} else if (expect->len == 0 || expect->len > CHECK_ITEM_LEN)
		conf_error(p, "expect: must have from 1 to %d bytes",
		    CHECK_ITEM_LEN);
	else if (strlen(expect->s) != expect->len)
		conf_error(p, "expect: a pattern cannot hold a NUL");
	else
		check_put(p, c, "expect", ITEM_EXPECT, expect->s,
		    expect->len);
}

/* Types of records that can be asked for, RFC 1035 and RFC 2782. */
static const struct {
	const char	*name;
	uint16_t	 type;
	int		 answer;	/* one can be expected */
} dns_types[] = {
	{ "A",		1,	1 },
	{ "NS",		2,	1 },
	{ "CNAME",	5,	1 },
	{ "SOA",	6,	0 },
	{ "PTR",	12,	1 },
	{ "MX",		15,	1 },
	{ "TXT",	16,	1 },
	{ "AAAA",	28,	1 },
	{ "SRV",	33,	1 }
};
#define NDNS_TYPES	(sizeof(dns_types) / sizeof(dns_types[0]))

const char *
dns_type_name(uint16_t type)
{
	size_t	 i;

	for (i = 0; i < NDNS_TYPES; i++)
		if (dns_types[i].type == type)
			return (dns_types[i].name);
	return ("?");
}

void
build_check_dns(struct parse *p, struct check_spec *c,
    const struct lex_str *name)
{
	uint8_t	 wire[NS_MAXCDNAME];

	c->conf.dns_type = dns_types[0].type;
	if (value_text(p, "dns", name) == -1)
		return;
	if (ns_name_pton(name->s, wire, sizeof(wire)) == -1)
		conf_error(p, "dns \"%s\": not a name of the DNS", name->s);
	check_put(p, c, "dns", ITEM_QNAME, name->s, name->len);
}

void
build_check_dns_type(struct parse *p, struct check_spec *c,
    const struct lex_str *type)
{
	size_t	 i;

	if (build_once(p, &c->seen, SEEN_TYPE, "type") == -1)
		return;
	for (i = 0; i < NDNS_TYPES; i++)
		if (strcasecmp(dns_types[i].name, type->s) == 0)
			break;
	if (i < NDNS_TYPES)
		c->conf.dns_type = dns_types[i].type;
	else
		conf_error(p, "type \"%s\": must be A, AAAA, CNAME, MX, NS, "
		    "PTR, SOA, SRV or TXT", type->s);
}

void
build_check_dns_answer(struct parse *p, struct check_spec *c,
    const struct lex_str *answer)
{
	if (build_once(p, &c->seen, SEEN_ANSWER, "answer") == 0 &&
	    value_line(p, "answer", answer) == 0)
		check_put(p, c, "answer", ITEM_ANSWER, answer->s,
		    answer->len);
}

void
build_check_dns_rcode(struct parse *p, struct check_spec *c,
    const struct lex_str *name)
{
	int	 i;

	if (build_once(p, &c->seen, SEEN_RCODE, "rcode") == -1)
		return;
	for (i = 0; i <= DNS_RCODE_MAX; i++)
		if (dns_rcode_names[i] != NULL &&
		    strcasecmp(dns_rcode_names[i], name->s) == 0)
			break;
	if (i <= DNS_RCODE_MAX)
		c->conf.dns_rcode = i;
	else
		conf_error(p, "rcode \"%s\": must be noerror, formerr, "
		    "servfail, nxdomain, notimp or refused", name->s);
}

/* With the type known, an answer can be judged. */
static void
check_dns_end(struct parse *p, const struct check_spec *c)
{
	const char	*answer;
	uint8_t		 bytes[16];
	uint16_t	 type = c->conf.dns_type;
	size_t		 i;

	answer = check_item_find(&c->conf, c->items, ITEM_ANSWER, NULL);
	if (answer == NULL)
		return;
	for (i = 0; i < NDNS_TYPES; i++)
		if (dns_types[i].type == type && !dns_types[i].answer)
			conf_error(p, "answer: none can be expected of type "
			    "%s", dns_types[i].name);
	if ((type == ns_t_a && inet_pton(AF_INET, answer, bytes) != 1) ||
	    (type == ns_t_aaaa && inet_pton(AF_INET6, answer, bytes) != 1))
		conf_error(p, "answer \"%s\": of type %s it is an address",
		    answer, dns_type_name(type));
}

void
build_check_helo(struct parse *p, struct check_spec *c,
    const struct lex_str *name)
{
	if (build_once(p, &c->seen, SEEN_HELO, "helo") == 0 &&
	    value_text(p, "helo", name) == 0)
		check_put(p, c, "helo", ITEM_HELO, name->s, name->len);
}

void
build_check_smtp_tls(struct parse *p, struct check_spec *c, uint8_t flag)
{
	if (check_tls(&c->conf))
		conf_error(p, "tls and starttls: one of them, once");
	c->conf.flags |= flag;
}
