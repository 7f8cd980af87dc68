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
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "../imsg/log.h"
#include "ipvs_state.h"

/*
 * Which services in the kernel are lvsd's, on their way to the next one, and
 * that connection sync is: what that one's configuration does not name any
 * more it removes.  Nothing else tells them from those of others.
 *
 *	kernel tcp 192.0.2.10 80
 *	kernel mark inet 5
 *	kernel sync
 */

#define OWNED_SYNC	IPVS_OWNED "sync"

static int	owned_parse(char *, struct ipvs_key *);
static int	owned_parse_mark(char *, struct ipvs_key *);
static int	owned_number(const char *, uint32_t, uint32_t *);

unsigned int
ipvs_owned_print(struct ipvs *v, FILE *f)
{
	struct ipvs_vs	*vs;
	char		 addr[ADDR_STRLEN];
	unsigned int	 n = 0;

	RB_FOREACH(vs, ipvs_services, &v->services) {
		if (v->ended && !vs->in_kernel)
			continue;
		if (vs->key.mark != 0)
			fprintf(f, IPVS_OWNED "mark %s %u\n",
			    vs->key.addr.af == AF_INET6 ? "inet6" : "inet",
			    vs->key.mark);
		else
			fprintf(f, IPVS_OWNED "%s %s %u\n",
			    proto_name(vs->key.proto),
			    addr_str(&vs->key.addr, addr), vs->key.port);
		n++;
	}
	if (v->sync_ours) {
		fprintf(f, OWNED_SYNC "\n");
		n++;
	}
	return (n);
}

void
ipvs_owned_told(struct ipvs *v)
{
	if (v->left)
		v->fewer(v->arg);
	v->left = 0;
}

static int
owned_number(const char *s, uint32_t max, uint32_t *np)
{
	const char	*errstr;

	if (s == NULL)
		return (-1);
	*np = strtonum(s, 0, max, &errstr);
	return (errstr != NULL ? -1 : 0);
}

/* As the configuration makes the key of such a service. */
static int
owned_parse_mark(char *rest, struct ipvs_key *key)
{
	const char	*family = strsep(&rest, " ");

	if (strcmp(family, "inet6") == 0)
		key->addr.af = AF_INET6;
	else if (strcmp(family, "inet") == 0)
		key->addr.af = AF_INET;
	else
		return (-1);
	if (owned_number(rest, UINT32_MAX, &key->mark) == -1)
		return (-1);
	return (key->mark == 0 ? -1 : 0);
}

static int
owned_parse(char *rest, struct ipvs_key *key)
{
	static const uint8_t	 protos[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP
	};
	const char		*proto = strsep(&rest, " "), *addr;
	uint32_t		 port;
	size_t			 i;

	memset(key, 0, sizeof(*key));
	if (rest == NULL)
		return (-1);
	if (strcmp(proto, "mark") == 0)
		return (owned_parse_mark(rest, key));
	for (i = 0; i < sizeof(protos); i++)
		if (strcmp(proto, proto_name(protos[i])) == 0)
			key->proto = protos[i];
	addr = strsep(&rest, " ");
	if (key->proto == 0 || addr_parse(addr, &key->addr) == -1 ||
	    owned_number(rest, UINT16_MAX, &port) == -1)
		return (-1);
	key->port = port;
	return (0);
}

/* The file is root's; what is no service is passed over. */
void
ipvs_owned_scan(struct ipvs *v, FILE *f)
{
	struct ipvs_vs	*vs;
	char		*line = NULL;
	size_t		 size = 0;
	ssize_t		 len;

	while ((len = getline(&line, &size, f)) != -1) {
		if (len > 0 && line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (strcmp(line, OWNED_SYNC) == 0)
			v->sync_ours = 1;
		if (strncmp(line, IPVS_OWNED, sizeof(IPVS_OWNED) - 1) != 0)
			continue;
		if ((vs = calloc(1, sizeof(*vs))) == NULL)
			fatal("IPVS service");
		if (owned_parse(line + sizeof(IPVS_OWNED) - 1,
		    &vs->key) == -1 ||
		    RB_INSERT(ipvs_services, &v->services, vs) != NULL)
			free(vs);
	}
	free(line);
}

int
ipvs_left(FILE *f)
{
	char	*line = NULL;
	size_t	 size = 0;
	int	 left = 0;

	while (!left && getline(&line, &size, f) != -1)
		left = strncmp(line, IPVS_OWNED,
		    sizeof(IPVS_OWNED) - 1) == 0 ||
		    strncmp(line, IPVS_SETTING,
		    sizeof(IPVS_SETTING) - 1) == 0;
	free(line);
	return (left);
}
