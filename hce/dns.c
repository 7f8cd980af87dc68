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

#include <arpa/inet.h>
#include <arpa/nameser.h>

#include <bsd/string.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../imsg/msg.h"
#include "check.h"
#include "dns.h"

/* Records looked at: each may have a name whose parts are all over. */
#define DNS_RECORDS_MAX	256

static void	 dns_strip(char *);
static int	 dns_addr(const struct dns_check *, uint8_t *);
static uint32_t	 dns_question(const struct dns_check *, ns_msg *);
static uint32_t	 dns_answers(const struct dns_check *, ns_msg *);
static int	 dns_data(const struct dns_check *, ns_msg *, const ns_rr *);
static int	 dns_text(ns_msg *, const ns_rr *, char *, size_t);
static int	 dns_named(ns_msg *, const uint8_t *, size_t, const char *,
		    char *, size_t);
static int	 dns_strings(const uint8_t *, size_t, char *, size_t);

/* A name is the same with the last dot as without. */
static void
dns_strip(char *name)
{
	size_t	 len = strlen(name);

	if (len > 1 && name[len - 1] == '.')
		name[len - 1] = '\0';
}

/* The address that is expected: 1, or 0: it is none. */
static int
dns_addr(const struct dns_check *d, uint8_t *bytes)
{
	return (inet_pton(d->type == ns_t_a ? AF_INET : AF_INET6, d->answer,
	    bytes));
}

int
dns_prepare(const struct check *check, struct dns_check *d)
{
	const char	*name, *answer;
	uint8_t		*p = d->query + DNS_HEADER_LEN;
	int		 n;

	name = check_item_find(&check->conf, check->items, ITEM_QNAME, NULL);
	answer = check_item_find(&check->conf, check->items, ITEM_ANSWER,
	    NULL);
	memset(d, 0, sizeof(*d));
	d->type = check->conf.dns_type;
	d->rcode = check->conf.dns_rcode;
	if (ns_name_pton(name, p, DNS_NAME_LEN) == -1 ||
	    ns_name_ntop(p, d->name, sizeof(d->name)) == -1)
		return (-1);
	dns_strip(d->name);
	if (answer != NULL) {
		(void)strlcpy(d->answer, answer, sizeof(d->answer));
		if (d->type != ns_t_txt)
			dns_strip(d->answer);
		if ((d->type == ns_t_a || d->type == ns_t_aaaa) &&
		    dns_addr(d, d->bytes) != 1)
			return (-1);
	}
	/* Recursion desired, one question. */
	d->query[2] = 0x01;
	d->query[5] = 1;
	for (n = 0; p[n] != 0; n += p[n] + 1)
		continue;
	p += n + 1;
	ns_put16(d->type, p);
	ns_put16(ns_c_in, p + 2);
	d->len = p + 4 - d->query;
	return (0);
}

void
dns_query(const struct dns_check *d, uint16_t id, uint8_t *buf)
{
	memcpy(buf, d->query, d->len);
	ns_put16(id, buf);
}

uint32_t
dns_judge(const struct dns_check *d, uint16_t id, const uint8_t *msg,
    size_t len, int32_t *detail)
{
	ns_msg		 m;
	uint32_t	 reason;

	*detail = 0;
	if (len < DNS_HEADER_LEN || ns_get16(msg) != id ||
	    (msg[2] & 0x80) == 0)
		return (HOST_R_NONE);
	if (ns_initparse(msg, len, &m) == -1 ||
	    ns_msg_getflag(m, ns_f_opcode) != ns_o_query)
		return (HOST_R_NOT_DNS);
	if ((reason = dns_question(d, &m)) != HOST_R_OK)
		return (reason);
	if (ns_msg_getflag(m, ns_f_rcode) != d->rcode) {
		*detail = ns_msg_getflag(m, ns_f_rcode);
		return (HOST_R_DNS_RCODE);
	}
	if (d->answer[0] == '\0')
		return (HOST_R_OK);
	reason = dns_answers(d, &m);
	if (reason == HOST_R_DNS_ANSWER && ns_msg_getflag(m, ns_f_tc))
		return (HOST_R_DNS_CUT);
	return (reason);
}

/* An answer repeats its question; one that tells of an error may not. */
static uint32_t
dns_question(const struct dns_check *d, ns_msg *m)
{
	char	 name[NS_MAXDNAME];
	ns_rr	 rr;

	if (ns_msg_count(*m, ns_s_qd) == 0 &&
	    ns_msg_getflag(*m, ns_f_rcode) != ns_r_noerror)
		return (HOST_R_OK);
	if (ns_msg_count(*m, ns_s_qd) != 1 ||
	    ns_parserr(m, ns_s_qd, 0, &rr) == -1)
		return (HOST_R_NOT_DNS);
	(void)strlcpy(name, ns_rr_name(rr), sizeof(name));
	dns_strip(name);
	if (ns_rr_type(rr) != d->type || strcasecmp(name, d->name) != 0)
		return (HOST_R_NOT_DNS);
	return (HOST_R_OK);
}

static uint32_t
dns_answers(const struct dns_check *d, ns_msg *m)
{
	ns_rr	 rr;
	int	 i;

	for (i = 0; i < ns_msg_count(*m, ns_s_an); i++) {
		if (i == DNS_RECORDS_MAX)
			return (HOST_R_TOO_LONG);
		if (ns_parserr(m, ns_s_an, i, &rr) == -1)
			return (HOST_R_NOT_DNS);
		if (ns_rr_type(rr) == d->type && dns_data(d, m, &rr))
			return (HOST_R_OK);
	}
	return (HOST_R_DNS_ANSWER);
}

static int
dns_data(const struct dns_check *d, ns_msg *m, const ns_rr *rr)
{
	char	 text[NS_MAXDNAME + 32];

	if (d->type == ns_t_a)
		return (ns_rr_rdlen(*rr) == sizeof(struct in_addr) &&
		    memcmp(ns_rr_rdata(*rr), d->bytes,
		    sizeof(struct in_addr)) == 0);
	if (d->type == ns_t_aaaa)
		return (ns_rr_rdlen(*rr) == sizeof(struct in6_addr) &&
		    memcmp(ns_rr_rdata(*rr), d->bytes,
		    sizeof(struct in6_addr)) == 0);
	if (dns_text(m, rr, text, sizeof(text)) == -1)
		return (0);
	if (d->type == ns_t_txt)
		return (strcmp(text, d->answer) == 0);
	return (strcasecmp(text, d->answer) == 0);
}

/* The data of a record as it is written; -1: it cannot be. */
static int
dns_text(ns_msg *m, const ns_rr *rr, char *buf, size_t size)
{
	const uint8_t	*data = ns_rr_rdata(*rr);
	size_t		 len = ns_rr_rdlen(*rr);
	char		 head[32];

	switch (ns_rr_type(*rr)) {
	case ns_t_ns:
	case ns_t_cname:
	case ns_t_ptr:
		return (dns_named(m, data, len, "", buf, size));
	case ns_t_mx:
		if (len < 2)
			return (-1);
		snprintf(head, sizeof(head), "%u ", ns_get16(data));
		return (dns_named(m, data + 2, len - 2, head, buf, size));
	case ns_t_srv:
		if (len < 6)
			return (-1);
		snprintf(head, sizeof(head), "%u %u %u ", ns_get16(data),
		    ns_get16(data + 2), ns_get16(data + 4));
		return (dns_named(m, data + 6, len - 6, head, buf, size));
	case ns_t_txt:
		return (dns_strings(data, len, buf, size));
	default:
		return (-1);
	}
}

/* A name that ends the data, behind what stands before it. */
static int
dns_named(ns_msg *m, const uint8_t *data, size_t len, const char *head,
    char *buf, size_t size)
{
	size_t	 off = strlcpy(buf, head, size);
	int	 n;

	if (len == 0 || off >= size)
		return (-1);
	n = ns_name_uncompress(ns_msg_base(*m), ns_msg_end(*m), data,
	    buf + off, size - off);
	if (n < 0 || (size_t)n != len)
		return (-1);
	dns_strip(buf);
	return (0);
}

/* Strings with their lengths before them, all in one. */
static int
dns_strings(const uint8_t *data, size_t len, char *buf, size_t size)
{
	size_t	 off = 0, n;

	while (len > 0) {
		n = *data++;
		len--;
		if (n > len || n >= size - off || memchr(data, '\0', n) != NULL)
			return (-1);
		memcpy(buf + off, data, n);
		off += n;
		data += n;
		len -= n;
	}
	buf[off] = '\0';
	return (0);
}
