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

#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <ctype.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "build.h"
#include "outline.h"

/*
 * Names of hosts and ports.  The privileged parent reads the configuration,
 * and must not take a byte from the network; so names come from the files of
 * this machine alone, whatever nsswitch.conf(5) says.
 */

static int	resolve_usable(struct parse *, const char *, const char *,
		    const struct addr *, int);
static int	resolve_host(struct parse *, const char *,
		    const struct lex_str *, struct addr *, int);
static int	resolve_is_name(const char *);
static int	resolve_hosts(struct parse *, const char *, const char *,
		    struct addr *);
static int	resolve_take(const struct addrinfo *, struct addr *);

/* An address that one host has for good; local: it may be link-local. */
static int
resolve_usable(struct parse *p, const char *what, const char *text,
    const struct addr *a, int local)
{
	const struct in6_addr	*v6 = &a->u.v6;
	uint32_t		 v4;

	if (a->af == AF_INET) {
		v4 = ntohl(a->u.v4.s_addr);
		if (v4 != INADDR_ANY && v4 != INADDR_BROADCAST &&
		    !IN_MULTICAST(v4))
			return (0);
	} else {
		if (IN6_IS_ADDR_V4MAPPED(v6)) {
			conf_error(p, "%s %s: write it as the IPv4 address",
			    what, text);
			return (-1);
		}
		if (IN6_IS_ADDR_LINKLOCAL(v6) && !local) {
			conf_error(p, "%s %s: a link-local address says "
			    "nothing without its interface; use another",
			    what, text);
			return (-1);
		}
		if (!IN6_IS_ADDR_UNSPECIFIED(v6) &&
		    !IN6_IS_ADDR_MULTICAST(v6))
			return (0);
	}
	conf_error(p, "%s %s: not the address of one host", what, text);
	return (-1);
}

/*
 * Does it look like the name of a host?  The last label of one is not all
 * digits (RFC 1123 section 2.1); "10.1" is a mistyped address, which the
 * resolver would take for 10.0.0.1.
 */
static int
resolve_is_name(const char *text)
{
	const char	*label, *s;

	if (strlen(text) > 253 || !isalnum((unsigned char)text[0]))
		return (0);
	for (s = text; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && strchr("-_.", *s) == NULL)
			return (0);
	label = strrchr(text, '.');
	label = label == NULL ? text : label + 1;
	return (!isdigit((unsigned char)*label) && *label != '\0');
}

static int
resolve_take(const struct addrinfo *ai, struct addr *a)
{
	struct sockaddr_in	 sin;
	struct sockaddr_in6	 sin6;

	memset(a, 0, sizeof(*a));
	a->af = ai->ai_family;
	switch (ai->ai_family) {
	case AF_INET:
		memcpy(&sin, ai->ai_addr, sizeof(sin));
		a->u.v4 = sin.sin_addr;
		return (0);
	case AF_INET6:
		memcpy(&sin6, ai->ai_addr, sizeof(sin6));
		a->u.v6 = sin6.sin6_addr;
		return (0);
	default:
		return (-1);
	}
}

static int
resolve_hosts(struct parse *p, const char *what, const char *name,
    struct addr *a)
{
	struct addrinfo	 hints, *res = NULL, *ai;
	struct addr	 other;
	int		 ret = -1;

	outline_spoil(p->conf->outline);
	memset(&hints, 0, sizeof(hints));
	hints.ai_family = AF_UNSPEC;
	hints.ai_socktype = SOCK_STREAM;
	(void)__nss_configure_lookup("hosts", "files");
	if (getaddrinfo(name, NULL, &hints, &res) != 0 || res == NULL ||
	    resolve_take(res, a) == -1) {
		conf_error(p, "%s \"%s\": not found in /etc/hosts (names are "
		    "not asked of the DNS); add it there or write the "
		    "address", what, name);
		goto done;
	}
	for (ai = res->ai_next; ai != NULL; ai = ai->ai_next)
		if (resolve_take(ai, &other) == 0 && addr_cmp(a, &other) != 0) {
			conf_error(p, "%s \"%s\": has several addresses in "
			    "/etc/hosts; write the one you mean", what, name);
			goto done;
		}
	ret = 0;
 done:
	if (res != NULL)
		freeaddrinfo(res);
	return (ret);
}

static int
resolve_host(struct parse *p, const char *what, const struct lex_str *str,
    struct addr *a, int local)
{
	if (strlen(str->s) != str->len) {
		conf_error(p, "%s: not an address", what);
		return (-1);
	}
	if (addr_parse(str->s, a) == -1) {
		if (!resolve_is_name(str->s)) {
			conf_error(p, "%s: \"%s\" is neither an IPv4 or IPv6 "
			    "address nor a name", what, str->s);
			return (-1);
		}
		if (resolve_hosts(p, what, str->s, a) == -1)
			return (-1);
	}
	return (resolve_usable(p, what, str->s, a, local));
}

int
resolve_addr(struct parse *p, const char *what, const struct lex_str *str,
    struct addr *a)
{
	return (resolve_host(p, what, str, a, 0));
}

int
resolve_onlink(struct parse *p, const char *what, const struct lex_str *str,
    struct addr *a)
{
	return (resolve_host(p, what, str, a, 1));
}

int
resolve_prefixed(struct parse *p, const char *what,
    const struct lex_str *str, struct addr *a, uint8_t *prefixlen)
{
	char		 text[256];
	struct lex_str	 host, len;
	const char	*slash;
	int		 bits;

	if ((slash = strchr(str->s, '/')) == NULL) {
		if (resolve_host(p, what, str, a, 1) == -1)
			return (-1);
		*prefixlen = addr_size(a->af) * 8;
		return (0);
	}
	host.len = slash - str->s;
	if (host.len >= sizeof(text)) {
		conf_error(p, "%s: \"%s\" is not an address", what, str->s);
		return (-1);
	}
	memcpy(text, str->s, host.len);
	text[host.len] = '\0';
	host.s = text;
	if (resolve_host(p, what, &host, a, 1) == -1)
		return (-1);
	len.s = slash + 1;
	len.len = str->len - host.len - 1;
	bits = addr_size(a->af) * 8;
	*prefixlen = value_number(p, "prefix length", &len, 1, bits);
	return (0);
}

/* A network: no bit is set behind its prefix. */
int
resolve_net(struct parse *p, const char *what, const struct lex_str *str,
    struct addr *a, uint8_t *len)
{
	char		 text[ADDR_STRLEN];
	struct lex_str	 number;
	const char	*slash;
	size_t		 n;
	int		 bits, errors = p->diag.errors, i;

	memset(a, 0, sizeof(*a));
	*len = 0;
	if (strcmp(str->s, "default") == 0)
		return (0);
	slash = strchr(str->s, '/');
	n = slash != NULL ? (size_t)(slash - str->s) : str->len;
	if (n >= sizeof(text) || strlen(str->s) != str->len)
		goto bad;
	memcpy(text, str->s, n);
	text[n] = '\0';
	if (addr_parse(text, a) == -1)
		goto bad;
	*len = bits = addr_size(a->af) * 8;
	if (slash != NULL) {
		number.s = slash + 1;
		number.len = str->len - n - 1;
		*len = value_number(p, "prefix length", &number, 0, bits);
		if (p->diag.errors != errors)
			return (-1);
	}
	for (i = *len; i < bits; i++) {
		if ((a->u.bytes[i / 8] & (0x80 >> i % 8)) == 0)
			continue;
		conf_error(p, "%s %s: not a network; behind the first %u bits "
		    "all must be 0", what, str->s, *len);
		return (-1);
	}
	return (0);
 bad:
	conf_error(p, "%s: \"%s\" is neither an IPv4 or IPv6 network nor "
	    "default", what, str->s);
	return (-1);
}

int
resolve_netmask(struct parse *p, const struct lex_str *str)
{
	struct addr	 a;
	uint32_t	 mask;
	int		 bits = 0;

	if (addr_parse(str->s, &a) == 0 && a.af == AF_INET) {
		for (mask = ntohl(a.u.v4.s_addr); mask & 0x80000000; bits++)
			mask <<= 1;
		if (mask == 0 && bits > 0)
			return (bits);
	}
	conf_error(p, "netmask \"%s\": not a mask of IPv4, as 255.255.255.0 "
	    "is one", str->s);
	return (0);
}

uint16_t
resolve_port(struct parse *p, const struct lex_str *str, const char *proto)
{
	struct servent	*ent;
	int		 errors = p->diag.errors, port;

	if (isdigit((unsigned char)str->s[0]) || str->s[0] == '-') {
		port = value_number(p, "port", str, 1, UINT16_MAX);
		return (p->diag.errors == errors ? port : 0);
	}
	outline_spoil(p->conf->outline);
	(void)__nss_configure_lookup("services", "files");
	if (strlen(str->s) != str->len ||
	    (ent = getservbyname(str->s, proto)) == NULL) {
		conf_error(p, "port \"%s\": not found in /etc/services; write "
		    "the number", str->s);
		return (0);
	}
	return (ntohs(ent->s_port));
}
