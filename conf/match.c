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

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "match.h"

void
match_begin(struct match *m, match_cmp cmp)
{
	m->n = m->next = 0;
	m->sorted = 0;
	m->cmp = cmp;
}

void
match_add(struct match *m, const void *object)
{
	unsigned int	 size;
	const void	**old;

	if (m->n == m->size) {
		size = m->size == 0 ? 64 : m->size * 2;
		if ((old = reallocarray(m->old, size, sizeof(*old))) == NULL)
			err(1, "configuration");
		m->old = old;
		m->size = size;
	}
	m->old[m->n++] = object;
}

const void *
match_find(struct match *m, const void *new)
{
	const void	**found;

	if (m->next < m->n && m->cmp(&new, &m->old[m->next]) == 0)
		return (m->old[m->next++]);
	if (m->n == 0)
		return (NULL);
	if (!m->sorted) {
		qsort(m->old, m->n, sizeof(*m->old), m->cmp);
		m->sorted = 1;
	}
	found = bsearch(&new, m->old, m->n, sizeof(*m->old), m->cmp);
	if (found == NULL)
		return (NULL);
	m->next = found - m->old + 1;
	return (*found);
}

void
match_end(struct match *m)
{
	free(m->old);
}

int
match_table(const void *va, const void *vb)
{
	const struct conf_table	*a = *(const struct conf_table *const *)va;
	const struct conf_table	*b = *(const struct conf_table *const *)vb;
	int			 n;

	if ((n = strcmp(a->name, b->name)) != 0)
		return (n);
	if (a->port != b->port)
		return (a->port < b->port ? -1 : 1);
	if (a->variant != b->variant)
		return (a->variant < b->variant ? -1 : 1);
	return (0);
}

int
match_host(const void *va, const void *vb)
{
	const struct conf_host	*a = *(const struct conf_host *const *)va;
	const struct conf_host	*b = *(const struct conf_host *const *)vb;

	return (addr_cmp(&a->addr, &b->addr));
}

int
match_service(const void *va, const void *vb)
{
	const struct conf_service *a = *(const struct conf_service *const *)va;
	const struct conf_service *b = *(const struct conf_service *const *)vb;

	return (strcmp(a->name, b->name));
}

int
match_listen(const void *va, const void *vb)
{
	const struct conf_listen *a = *(const struct conf_listen *const *)va;
	const struct conf_listen *b = *(const struct conf_listen *const *)vb;
	int			  n;

	if ((n = addr_cmp(&a->conf.addr, &b->conf.addr)) != 0)
		return (n);
	if (a->conf.mark != b->conf.mark)
		return (a->conf.mark < b->conf.mark ? -1 : 1);
	if (a->conf.proto != b->conf.proto)
		return (a->conf.proto < b->conf.proto ? -1 : 1);
	if (a->conf.port != b->conf.port)
		return (a->conf.port < b->conf.port ? -1 : 1);
	return (0);
}

int
match_script(const void *va, const void *vb)
{
	const struct conf_script *a = *(const struct conf_script *const *)va;
	const struct conf_script *b = *(const struct conf_script *const *)vb;

	return (strcmp(a->conf.name, b->conf.name));
}

int
match_group(const void *va, const void *vb)
{
	const struct conf_group	*a = *(const struct conf_group *const *)va;
	const struct conf_group	*b = *(const struct conf_group *const *)vb;

	return (strcmp(a->conf.name, b->conf.name));
}

int
match_vrrp(const void *va, const void *vb)
{
	const struct conf_vrrp	*a = *(const struct conf_vrrp *const *)va;
	const struct conf_vrrp	*b = *(const struct conf_vrrp *const *)vb;

	return (strcmp(a->conf.name, b->conf.name));
}

int
match_tabledef(const void *va, const void *vb)
{
	const struct conf_tabledef *a;
	const struct conf_tabledef *b;

	a = *(const struct conf_tabledef *const *)va;
	b = *(const struct conf_tabledef *const *)vb;
	return (strcmp(a->name, b->name));
}

int
match_process(const void *va, const void *vb)
{
	const struct conf_process *a = *(const struct conf_process *const *)va;
	const struct conf_process *b = *(const struct conf_process *const *)vb;

	if (a->quorum != b->quorum)
		return (a->quorum < b->quorum ? -1 : 1);
	return (strcmp(a->name, b->name));
}

int
match_trackfile(const void *va, const void *vb)
{
	const struct conf_trackfile *a;
	const struct conf_trackfile *b;

	a = *(const struct conf_trackfile *const *)va;
	b = *(const struct conf_trackfile *const *)vb;
	if (a->checked != b->checked)
		return (a->checked < b->checked ? -1 : 1);
	return (strcmp(a->path, b->path));
}

int
match_refhost(const void *va, const void *vb)
{
	const struct conf_refhost *a = *(const struct conf_refhost *const *)va;
	const struct conf_refhost *b = *(const struct conf_refhost *const *)vb;

	if (a->variant != b->variant)
		return (a->variant < b->variant ? -1 : 1);
	return (addr_cmp(&a->conf.addr, &b->conf.addr));
}
