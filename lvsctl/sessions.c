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
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/imsg.h"
#include "../imsg/msg.h"
#include "output.h"

/*
 * Lines of /proc/net/ip_vs_conn (net/netfilter/ipvs/ip_vs_conn.c): protocol,
 * address and port of the client, of the service, of the real server, state,
 * seconds until it ends, and of some services more.  IPv4 addresses and all
 * ports are bare hexadecimal numbers.
 */

#define ADDR_LEN	16		/* bytes of the longer family */
#define END_STRLEN	(INET6_ADDRSTRLEN + sizeof("[]:65535"))
#define HEX_ADDR_LEN	8		/* digits */

struct end {
	int		af;
	uint8_t		addr[ADDR_LEN];
	uint16_t	port;
};

struct session {
	char		*proto;
	char		*state;
	struct end	 client;
	struct end	 virtual;
	struct end	 real;
	uint32_t	 seconds;
};

struct sessions {
	struct ctl_match	*match;
	size_t			 n;
	unsigned int		 kinds;		/* 1 << kind: there is one */
	int			 af;		/* of the client; 0: any */
	uint8_t			 net[ADDR_LEN];
	unsigned int		 prefix;
};

static int	 session_parse(char *, struct session *);
static char	*word(char **);
static int	 parse_end(char **, struct end *);
static int	 parse_number(const char *, int, uint32_t, uint32_t *);
static int	 session_wanted(const struct sessions *,
		    const struct session *);
static int	 match_end(const struct ctl_match *, const struct session *,
		    const struct end *);
static int	 in_net(const uint8_t *, const uint8_t *, unsigned int);
static const char *end_str(const struct end *, char *);
static void	 session_print(const struct session *);

struct sessions *
sessions_new(const char *net)
{
	struct sessions	*s;
	const char	*errstr, *slash;
	char		 addr[INET6_ADDRSTRLEN];
	size_t		 len;
	unsigned int	 max;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		err(1, NULL);
	if (net == NULL)
		return (s);
	len = strcspn(net, "/");
	slash = net[len] == '/' ? net + len : NULL;
	if (len >= sizeof(addr))
		goto fail;
	memcpy(addr, net, len);
	addr[len] = '\0';
	s->af = strchr(addr, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(s->af, addr, s->net) != 1)
		goto fail;
	max = s->af == AF_INET6 ? 128 : 32;
	s->prefix = max;
	if (slash != NULL) {
		s->prefix = strtonum(slash + 1, 0, max, &errstr);
		if (errstr != NULL)
			goto fail;
	}
	return (s);
fail:
	free(s);
	return (NULL);
}

void
sessions_free(struct sessions *s)
{
	if (s == NULL)
		return;
	free(s->match);
	free(s);
}

enum output
sessions_match(struct sessions *s, const struct imsg *msg)
{
	struct ctl_match	 m, *all;

	if (s == NULL || imsg_get_data(msg, &m, sizeof(m)) == -1 ||
	    m.kind >= CTL_MATCH_KIND_MAX)
		return (OUTPUT_BAD);
	all = reallocarray(s->match, s->n + 1, sizeof(m));
	if (all == NULL)
		err(1, NULL);
	s->match = all;
	s->match[s->n++] = m;
	s->kinds |= 1U << m.kind;
	return (OUTPUT_MORE);
}

enum output
sessions_print(struct sessions *s, struct imsg *msg)
{
	struct session	 c;
	FILE		*fp;
	char		*line = NULL;
	size_t		 size = 0;
	int		 fd;

	if (s == NULL || (fd = imsg_get_fd(msg)) == -1)
		return (OUTPUT_BAD);
	if ((fp = fdopen(fd, "r")) == NULL)
		err(1, NULL);
	printf("pro expire state       source             virtual            "
	    "destination\n");
	while (getline(&line, &size, fp) != -1)
		if (session_parse(line, &c) == 0 && session_wanted(s, &c))
			session_print(&c);
	if (ferror(fp))
		err(1, "the kernel's connections");
	free(line);
	fclose(fp);
	return (OUTPUT_OK);
}

/* 0, or -1 for the line of headings or whatever else is no connection. */
static int
session_parse(char *line, struct session *c)
{
	char	*seconds;

	if ((c->proto = word(&line)) == NULL ||
	    parse_end(&line, &c->client) == -1 ||
	    parse_end(&line, &c->virtual) == -1 ||
	    parse_end(&line, &c->real) == -1 ||
	    (c->state = word(&line)) == NULL ||
	    (seconds = word(&line)) == NULL)
		return (-1);
	return (parse_number(seconds, 10, UINT32_MAX, &c->seconds));
}

static char *
word(char **line)
{
	char	*w;

	while ((w = strsep(line, " \n")) != NULL && *w == '\0')
		continue;
	return (w);
}

static int
parse_number(const char *text, int base, uint32_t max, uint32_t *number)
{
	unsigned long long	 n;
	char			*end;

	if (*text == '-' || *text == '+')
		return (-1);
	n = strtoull(text, &end, base);
	if (end == text || *end != '\0' || n > max)
		return (-1);
	*number = n;
	return (0);
}

static int
parse_end(char **line, struct end *e)
{
	char		*addr, *port;
	uint32_t	 n;

	memset(e, 0, sizeof(*e));
	if ((addr = word(line)) == NULL || (port = word(line)) == NULL)
		return (-1);
	if (strchr(addr, ':') != NULL) {
		e->af = AF_INET6;
		if (inet_pton(AF_INET6, addr, e->addr) != 1)
			return (-1);
	} else {
		e->af = AF_INET;
		if (strlen(addr) != HEX_ADDR_LEN ||
		    parse_number(addr, 16, UINT32_MAX, &n) == -1)
			return (-1);
		n = htonl(n);
		memcpy(e->addr, &n, sizeof(n));
	}
	if (parse_number(port, 16, UINT16_MAX, &n) == -1)
		return (-1);
	e->port = n;
	return (0);
}

static int
session_wanted(const struct sessions *s, const struct session *c)
{
	const struct ctl_match	*m;
	unsigned int		 met = 0;
	size_t			 i;

	if (s->af != 0 && (c->client.af != s->af ||
	    !in_net(c->client.addr, s->net, s->prefix)))
		return (0);
	for (i = 0; i < s->n && met != s->kinds; i++) {
		m = &s->match[i];
		if (match_end(m, c, m->kind == CTL_MATCH_VIRTUAL ?
		    &c->virtual : &c->real))
			met |= 1U << m->kind;
	}
	return (met == s->kinds);
}

static int
match_end(const struct ctl_match *m, const struct session *c,
    const struct end *e)
{
	static const struct {
		const char	*name;
		uint32_t	 proto;
	} protos[] = {
		{ "TCP", IPPROTO_TCP },
		{ "UDP", IPPROTO_UDP },
		{ "SCTP", IPPROTO_SCTP }
	};
	size_t	i;

	if (m->af != (uint32_t)e->af || memcmp(m->addr, e->addr,
	    m->af == AF_INET6 ? 16 : 4) != 0 ||
	    (m->port != 0 && m->port != e->port))
		return (0);
	if (m->proto == 0)
		return (1);
	for (i = 0; i < sizeof(protos) / sizeof(protos[0]); i++)
		if (protos[i].proto == m->proto)
			return (strcmp(protos[i].name, c->proto) == 0);
	return (0);
}

static int
in_net(const uint8_t *addr, const uint8_t *net, unsigned int prefix)
{
	unsigned int	bytes = prefix / 8, bits = prefix % 8;

	if (memcmp(addr, net, bytes) != 0)
		return (0);
	return (bits == 0 ||
	    ((addr[bytes] ^ net[bytes]) & (0xff << (8 - bits)) & 0xff) == 0);
}

static const char *
end_str(const struct end *e, char *buf)
{
	char	addr[INET6_ADDRSTRLEN] = "?";

	(void)inet_ntop(e->af, e->addr, addr, sizeof(addr));
	snprintf(buf, END_STRLEN, e->af == AF_INET6 ? "[%s]:%u" : "%s:%u",
	    addr, e->port);
	return (buf);
}

/* As `ipvsadm -Lnc' has them. */
static void
session_print(const struct session *c)
{
	char	proto[VIS_LEN(16)], state[VIS_LEN(16)], end[3][END_STRLEN];

	printf("%-3s %02u:%02u  %-11s %-18s %-18s %s\n",
	    output_safe(proto, c->proto, 16), c->seconds / 60,
	    c->seconds % 60, output_safe(state, c->state, 16),
	    end_str(&c->client, end[0]), end_str(&c->virtual, end[1]),
	    end_str(&c->real, end[2]));
}
