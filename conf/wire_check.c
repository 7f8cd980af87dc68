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

#include <string.h>

#include "wire.h"

/*
 * Checks as they travel: the items of a check and who may have which.
 */

/* What the bytes of an item are. */
enum item_class {
	CLASS_BYTES,		/* any */
	CLASS_TEXT,		/* without a NUL */
	CLASS_LINE,		/* without what ends or breaks a line */
	CLASS_WORD,		/* without blanks too */
	CLASS_RANGE,		/* struct code_range */
	CLASS_MD5,
	CLASS_SHA256
};

/* How often an item may stand in a check. */
enum item_count {
	COUNT_ONE,
	COUNT_SOME,		/* as many as there is room for */
	COUNT_URL		/* some, and only behind a path */
};

#define TYPE(t)		(1U << CHECK_##t)
#define TYPES_HTTP	(TYPE(HTTP) | TYPE(HTTPS))
#define TYPES_SEND	(TYPE(SEND) | TYPE(UDP))
#define TYPES_TLS	(TYPE(HTTPS) | TYPE(SEND) | TYPE(TLS) | TYPE(SMTP))

#define TYPES_REF	(TYPE(SCRIPT) | TYPE(FILE))

static const struct item_rule {
	uint32_t	types;		/* of checks that may have it */
	enum item_class	class;
	enum item_count	count;
} rules[ITEM_KIND_MAX] = {
	[ITEM_METHOD]	= { TYPES_HTTP, CLASS_WORD, COUNT_ONE },
	[ITEM_HOST]	= { TYPES_HTTP, CLASS_WORD, COUNT_ONE },
	[ITEM_HEADER]	= { TYPES_HTTP, CLASS_LINE, COUNT_SOME },
	[ITEM_PATH]	= { TYPES_HTTP, CLASS_WORD, COUNT_SOME },
	[ITEM_CODE]	= { TYPES_HTTP, CLASS_RANGE, COUNT_URL },
	[ITEM_MATCH]	= { TYPES_HTTP, CLASS_TEXT, COUNT_URL },
	[ITEM_NOMATCH]	= { TYPES_HTTP, CLASS_TEXT, COUNT_URL },
	[ITEM_MD5]	= { TYPES_HTTP, CLASS_MD5, COUNT_URL },
	[ITEM_SHA256]	= { TYPES_HTTP, CLASS_SHA256, COUNT_URL },
	[ITEM_SEND]	= { TYPES_SEND, CLASS_BYTES, COUNT_ONE },
	[ITEM_EXPECT]	= { TYPES_SEND, CLASS_TEXT, COUNT_ONE },
	[ITEM_BINARY]	= { TYPES_SEND, CLASS_BYTES, COUNT_ONE },
	[ITEM_NAME]	= { TYPES_TLS, CLASS_WORD, COUNT_ONE },
	[ITEM_HELO]	= { TYPE(SMTP), CLASS_WORD, COUNT_ONE },
	[ITEM_QNAME]	= { TYPE(DNS), CLASS_WORD, COUNT_ONE },
	[ITEM_ANSWER]	= { TYPE(DNS), CLASS_LINE, COUNT_ONE },
	[ITEM_REF]	= { TYPES_REF, CLASS_TEXT, COUNT_ONE }
};

/* What is known of the items walked through so far. */
struct items_seen {
	uint32_t	kinds;		/* bit set */
	int		urls;
	int		codes;		/* of the last URL */
	int		matches;
	int		digests;
};

static int	item_class_ok(const struct check_item *, enum item_class);
static int	item_line_ok(const struct check_item *, unsigned char);
static int	item_range_ok(const struct check_item *);
static int	item_url_ok(const struct check_item *, struct items_seen *);
static int	item_count_ok(const struct check_item *, struct items_seen *);
static int	items_whole(const struct check_config *,
		    const struct items_seen *);
static int	items_ok(const struct check_config *, const void *);
static int	where_ok(const struct check_config *);
static int	pace_ok(uint32_t);
static int	tls_ok(const struct check_config *, const void *);
static int	ref_ok(const struct check_config *);

const char *const check_type_names[CHECK_TYPE_MAX] = {
	"none",
	"icmp",
	"tcp",
	"http",
	"https",
	"send",
	"udp",
	"tls",
	"smtp",
	"dns",
	"agent",
	"script",
	"file"
};

/* RFC 1035 section 4.1.1, by the names of dig(1). */
const char *const dns_rcode_names[DNS_RCODE_MAX + 1] = {
	"noerror", "formerr", "servfail", "nxdomain", "notimp", "refused"
};

void
check_items_begin(struct check_items *it, const void *buf, size_t len)
{
	it->buf = buf;
	it->len = len;
	it->off = 0;
}

int
check_items_next(struct check_items *it, struct check_item *item)
{
	struct check_item_head	 head;
	size_t			 left = it->len - it->off;

	if (left == 0)
		return (0);
	if (left < sizeof(head))
		return (-1);
	memcpy(&head, it->buf + it->off, sizeof(head));
	left -= sizeof(head);
	if (head.kind >= ITEM_KIND_MAX || head.len > CHECK_ITEM_LEN ||
	    left < head.len + 1U)
		return (-1);
	item->kind = head.kind;
	item->len = head.len;
	item->data = (const char *)it->buf + it->off + sizeof(head);
	if (item->data[item->len] != '\0')
		return (-1);
	it->off += sizeof(head) + head.len + 1;
	return (1);
}

const char *
check_item_find(const struct check_config *c, const void *buf,
    enum check_item_kind kind, size_t *len)
{
	struct check_items	 it;
	struct check_item	 item;

	check_items_begin(&it, buf, c->items_len);
	while (check_items_next(&it, &item) == 1) {
		if (item.kind != kind)
			continue;
		if (len != NULL)
			*len = item.len;
		return (item.data);
	}
	return (NULL);
}

size_t
check_item_put(uint8_t *buf, size_t size, size_t off,
    enum check_item_kind kind, const void *data, size_t len)
{
	struct check_item_head	 head = { .kind = kind, .len = len };
	size_t			 all = sizeof(head) + len + 1;

	if (len > CHECK_ITEM_LEN || off > size || size - off < all)
		return (0);
	memcpy(buf + off, &head, sizeof(head));
	memcpy(buf + off + sizeof(head), data, len);
	buf[off + sizeof(head) + len] = '\0';
	return (all);
}

/* What goes into the lines of a protocol must not break them. */
static int
item_line_ok(const struct check_item *item, unsigned char least)
{
	unsigned char	 c;
	size_t		 i;

	for (i = 0; i < item->len; i++) {
		c = item->data[i];
		if (c < least || c > '~')
			return (0);
	}
	return (item->len > 0);
}

static int
item_range_ok(const struct check_item *item)
{
	struct code_range	 r;

	if (item->len != sizeof(r))
		return (0);
	memcpy(&r, item->data, sizeof(r));
	return (r.min >= HTTP_CODE_MIN && r.max <= HTTP_CODE_MAX &&
	    r.min <= r.max);
}

static int
item_class_ok(const struct check_item *item, enum item_class class)
{
	switch (class) {
	case CLASS_BYTES:
		return (item->len > 0);
	case CLASS_TEXT:
		return (item->len > 0 &&
		    memchr(item->data, '\0', item->len) == NULL);
	case CLASS_LINE:
		return (item_line_ok(item, ' '));
	case CLASS_WORD:
		return (item_line_ok(item, '!'));
	case CLASS_RANGE:
		return (item_range_ok(item));
	case CLASS_MD5:
		return (item->len == MD5_LEN);
	case CLASS_SHA256:
		return (item->len == SHA256_LEN);
	default:
		return (0);
	}
}

/* What is of one URL, so far. */
static int
item_url_ok(const struct check_item *item, struct items_seen *seen)
{
	switch (item->kind) {
	case ITEM_CODE:
		seen->codes++;
		break;
	case ITEM_MATCH:
	case ITEM_NOMATCH:
		seen->matches++;
		break;
	default:
		seen->digests++;
		break;
	}
	return (seen->urls > 0 && seen->matches <= CHECK_MATCHES_MAX &&
	    seen->digests <= 1);
}

static int
item_count_ok(const struct check_item *item, struct items_seen *seen)
{
	const struct item_rule	*rule = &rules[item->kind];

	if (item->kind == ITEM_PATH) {
		if (seen->urls > 0 && seen->codes == 0)
			return (0);
		seen->codes = seen->matches = seen->digests = 0;
		return (++seen->urls <= CHECK_URLS_MAX);
	}
	if (rule->count == COUNT_URL)
		return (item_url_ok(item, seen));
	if (seen->urls > 0)		/* it is of all of them */
		return (0);
	if (rule->count == COUNT_ONE && seen->kinds & 1U << item->kind)
		return (0);
	seen->kinds |= 1U << item->kind;
	return (1);
}

/* Nothing that its type needs is missing. */
static int
items_whole(const struct check_config *c, const struct items_seen *seen)
{
	int	 expects;

	expects = ((seen->kinds & 1U << ITEM_EXPECT) != 0) +
	    ((seen->kinds & 1U << ITEM_BINARY) != 0);
	switch (c->type) {
	case CHECK_HTTP:
	case CHECK_HTTPS:
		return (seen->urls > 0 && seen->codes > 0);
	case CHECK_SEND:
		return (expects == 1);
	case CHECK_UDP:
		return (expects <= 1);
	case CHECK_DNS:
		return ((seen->kinds & 1U << ITEM_QNAME) != 0);
	case CHECK_SCRIPT:
	case CHECK_FILE:
		return ((seen->kinds & 1U << ITEM_REF) != 0);
	default:
		return (1);
	}
}

static int
items_ok(const struct check_config *c, const void *buf)
{
	struct check_items	 it;
	struct check_item	 item;
	struct items_seen	 seen;
	int			 more;

	memset(&seen, 0, sizeof(seen));
	if (c->items_len > CHECK_ITEMS_LEN)
		return (0);
	check_items_begin(&it, buf, c->items_len);
	while ((more = check_items_next(&it, &item)) == 1)
		if ((rules[item.kind].types & 1U << c->type) == 0 ||
		    !item_class_ok(&item, rules[item.kind].class) ||
		    !item_count_ok(&item, &seen))
			return (0);
	return (more == 0 && items_whole(c, &seen));
}

int
check_tls(const struct check_config *c)
{
	return (c->type == CHECK_HTTPS || c->type == CHECK_TLS ||
	    (c->flags & (CHECK_F_TLS | CHECK_F_STARTTLS)) != 0);
}

static int
tls_ok(const struct check_config *c, const void *items)
{
	const uint32_t	*file = c->tlsfile_id;

	if (!check_tls(c))
		return ((c->flags & CHECK_F_NOVERIFY) == 0 &&
		    c->tls_min == 0 && c->warn_s == 0 &&
		    file[TLSFILE_CA] == 0 && file[TLSFILE_CERT] == 0 &&
		    file[TLSFILE_KEY] == 0 &&
		    check_item_find(c, items, ITEM_NAME, NULL) == NULL);
	if (c->tls_min != 0 &&
	    (c->tls_min < TLS_MIN_FIRST || c->tls_min > TLS_MIN_LAST))
		return (0);
	if (c->warn_s > WARN_DAYS_MAX * 24 * 60 * 60)
		return (0);
	return ((file[TLSFILE_CERT] != 0) == (file[TLSFILE_KEY] != 0));
}

const struct addr *
check_target(const struct check_config *c, const struct host_config *h)
{
	return (c->on.af != 0 ? &c->on : check_server(h));
}

const struct addr *
check_server(const struct host_config *h)
{
	return (h->parent.af != 0 ? &h->parent : &h->addr);
}

int
check_socktype(const struct check_config *c)
{
	switch (c->type) {
	case CHECK_ICMP:
		return (SOCK_RAW);
	case CHECK_UDP:
		return (SOCK_DGRAM);
	case CHECK_DNS:
		return (c->flags & CHECK_F_TCP ? SOCK_STREAM : SOCK_DGRAM);
	default:
		return (SOCK_STREAM);
	}
}

/* That of ICMP is raw: with a source of its own it is not that of all. */
int
check_privileged(const struct check_config *c)
{
	return (c->mark != 0 || c->ifname[0] != '\0' ||
	    (c->flags & CHECK_F_VIA) != 0 ||
	    (c->type == CHECK_ICMP && c->from.af != 0));
}

static int
where_ok(const struct check_config *c)
{
	if ((c->on.af != 0 && !addr_valid(&c->on)) ||
	    (c->from.af != 0 && !addr_valid(&c->from)))
		return (0);
	if ((c->flags & CHECK_F_VIA) && (c->type == CHECK_ICMP ||
	    c->on.af == 0 || c->port == 0 || c->mark != 0))
		return (0);
	if (c->on.af != 0 && c->from.af != 0 && c->on.af != c->from.af)
		return (0);
	return (wire_name_ok(c->ifname, sizeof(c->ifname)));
}

/* They are no packets; a file is not even of one host. */
static int
ref_ok(const struct check_config *c)
{
	if (c->type != CHECK_SCRIPT && c->type != CHECK_FILE)
		return (c->ref_id == 0);
	if (check_privileged(c) || c->from.af != 0)
		return (0);
	if (c->type == CHECK_FILE && (c->port != 0 || c->on.af != 0))
		return (0);
	return (c->ref_id != 0);
}

static int
pace_ok(uint32_t ms)
{
	return (ms == 0 || (ms >= CHECK_MS_MIN && ms <= CHECK_MS_MAX));
}

int
check_config_ok(const struct check_config *c, const void *items)
{
	uint32_t	 flags = CHECK_F_NOVERIFY | CHECK_F_VIA;

	if (c->id == 0 || c->type <= CHECK_NONE || c->type >= CHECK_TYPE_MAX)
		return (0);
	if (c->type == CHECK_SEND)
		flags |= CHECK_F_TLS;
	else if (c->type == CHECK_SMTP)
		flags |= c->flags & CHECK_F_STARTTLS ? CHECK_F_STARTTLS :
		    CHECK_F_TLS;
	else if (c->type == CHECK_DNS)
		flags |= CHECK_F_TCP;
	else if (c->type == CHECK_SCRIPT)
		flags |= CHECK_F_DYNAMIC;
	if ((c->flags & ~flags) != 0)
		return (0);
	if (c->type == CHECK_DNS ?
	    c->dns_type == 0 || c->dns_rcode > DNS_RCODE_MAX :
	    c->dns_type != 0 || c->dns_rcode != 0)
		return (0);
	if (c->type == CHECK_ICMP && c->port != 0)
		return (0);
	if (!wire_timing_ok(c->interval_ms, c->timeout_ms, c->rise, c->fall) ||
	    !pace_ok(c->retry_ms) || !pace_ok(c->down_ms))
		return (0);
	return (where_ok(c) && ref_ok(c) && items_ok(c, items) &&
	    tls_ok(c, items));
}

int
tlsfile_config_ok(const struct tlsfile_config *f)
{
	return (f->id != 0 && f->kind < TLSFILE_KIND_MAX && f->size > 0 &&
	    f->size <= TLSFILE_SIZE_MAX);
}
