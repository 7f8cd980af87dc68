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

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "../imsg/log.h"
#include "ipvs_state.h"

#define SETTING_DIR	"/proc/sys/net/ipv4/vs"
/* Of what their names and values are made. */
#define SETTING_NAME	"abcdefghijklmnopqrstuvwxyz_"
#define SETTING_VALUE	"0123456789- "
#define PATH_LEN	(sizeof(SETTING_DIR) + SYSCTL_NAME_LEN + 1)

static int	setting_open(const char *, int);
static int	setting_write(const char *, const char *);
static const struct conf_sysctl *setting_conf(const struct conf *,
		    const char *);
static struct ipvs_setting *setting_find(struct ipvs *, const char *);
static void	setting_set(struct ipvs *, const struct conf_sysctl *);
static void	setting_keep(struct ipvs *, const char *, const char *);
static void	setting_back(struct ipvs *, struct ipvs_setting *);
static void	setting_forget(struct ipvs *, struct ipvs_setting *);

static int
setting_open(const char *name, int flags)
{
	char	path[PATH_LEN];

	(void)snprintf(path, sizeof(path), "%s/%s", SETTING_DIR, name);
	return (open(path, flags | O_CLOEXEC));
}

/* Into SYSCTL_VALUE_LEN bytes, with one blank between two numbers. */
int
ipvs_setting_get(const char *name, char *value)
{
	ssize_t	n, i;
	int	fd;

	if ((fd = setting_open(name, O_RDONLY)) == -1)
		return (-1);
	n = read(fd, value, SYSCTL_VALUE_LEN - 1);
	close(fd);
	if (n == -1)
		return (-1);
	while (n > 0 && value[n - 1] == '\n')
		n--;
	value[n] = '\0';
	for (i = 0; i < n; i++)
		if (value[i] == '\t')
			value[i] = ' ';
	return (0);
}

static int
setting_write(const char *name, const char *value)
{
	size_t	len = strlen(value);
	ssize_t	n;
	int	fd;

	if ((fd = setting_open(name, O_WRONLY)) == -1)
		return (-1);
	n = write(fd, value, len);
	close(fd);
	if (n == -1)
		return (-1);
	if ((size_t)n != len) {
		errno = EIO;
		return (-1);
	}
	return (0);
}

static const struct conf_sysctl *
setting_conf(const struct conf *c, const char *name)
{
	const struct conf_sysctl	*s;

	TAILQ_FOREACH(s, &c->sysctls, entry)
		if (strcmp(s->name, name) == 0)
			return (s);
	return (NULL);
}

static struct ipvs_setting *
setting_find(struct ipvs *v, const char *name)
{
	struct ipvs_setting	*s;

	TAILQ_FOREACH(s, &v->settings, entry)
		if (strcmp(s->name, name) == 0)
			return (s);
	return (NULL);
}

/* A kernel that does not know what nobody has written does without. */
static void
setting_set(struct ipvs *v, const struct conf_sysctl *c)
{
	char	is[SYSCTL_VALUE_LEN];

	if (ipvs_setting_get(c->name, is) == -1) {
		if (!c->implied || errno != ENOENT)
			log_warn("ipvs sysctl %s", c->name);
		return;
	}
	if (strcmp(is, c->value) == 0)
		return;
	if (setting_write(c->name, c->value) == -1) {
		log_warn("ipvs sysctl %s %s", c->name, c->value);
		return;
	}
	log_info("ipvs sysctl %s: %s -> %s", c->name, is, c->value);
	setting_keep(v, c->name, is);
}

/* What it was before the first change. */
static void
setting_keep(struct ipvs *v, const char *name, const char *old)
{
	struct ipvs_setting	*s;

	if (setting_find(v, name) != NULL)
		return;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		fatal("ipvs sysctl");
	(void)strlcpy(s->name, name, sizeof(s->name));
	(void)strlcpy(s->old, old, sizeof(s->old));
	TAILQ_INSERT_TAIL(&v->settings, s, entry);
}

static void
setting_back(struct ipvs *v, struct ipvs_setting *s)
{
	if (setting_write(s->name, s->old) == -1)
		log_warn("ipvs sysctl %s %s", s->name, s->old);
	else
		log_info("ipvs sysctl %s: %s again", s->name, s->old);
	setting_forget(v, s);
}

static void
setting_forget(struct ipvs *v, struct ipvs_setting *s)
{
	TAILQ_REMOVE(&v->settings, s, entry);
	free(s);
}

void
ipvs_settings_set(struct ipvs *v)
{
	const struct conf_sysctl	*c;
	struct ipvs_setting		*s, *next;

	TAILQ_FOREACH_SAFE(s, &v->settings, entry, next)
		if (setting_conf(v->conf, s->name) == NULL)
			setting_back(v, s);
	TAILQ_FOREACH(c, &v->conf->sysctls, entry)
		setting_set(v, c);
}

void
ipvs_settings_end(struct ipvs *v, int restore)
{
	struct ipvs_setting	*s;

	while ((s = TAILQ_FIRST(&v->settings)) != NULL)
		if (restore)
			setting_back(v, s);
		else
			setting_forget(v, s);
}

unsigned int
ipvs_settings_print(const struct ipvs *v, FILE *f)
{
	const struct ipvs_setting	*s;
	unsigned int			 n = 0;

	TAILQ_FOREACH(s, &v->settings, entry) {
		fprintf(f, "sysctl %s was \"%s\"\n", s->name, s->old);
		n++;
	}
	return (n);
}

/* The file is root's; what is no name and no value is passed over. */
void
ipvs_settings_scan(struct ipvs *v, FILE *f)
{
	char	*line = NULL, *name, *was, *value, *end, *rest;
	size_t	 size = 0;

	while (getline(&line, &size, f) != -1) {
		rest = line;
		if (strcmp(strsep(&rest, " "), "sysctl") != 0 ||
		    (name = strsep(&rest, " ")) == NULL ||
		    (was = strsep(&rest, " ")) == NULL ||
		    strcmp(was, "was") != 0 || rest == NULL || *rest != '"')
			continue;
		value = rest + 1;
		if ((end = strchr(value, '"')) == NULL)
			continue;
		*end = '\0';
		if (strlen(name) < SYSCTL_NAME_LEN &&
		    strspn(name, SETTING_NAME) == strlen(name) &&
		    strlen(value) < SYSCTL_VALUE_LEN &&
		    strspn(value, SETTING_VALUE) == strlen(value))
			setting_keep(v, name, value);
	}
	free(line);
}
