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

#include <stdarg.h>
#include <stdio.h>

#include "../imsg/log.h"
#include "instance.h"

static int	slot_idle(const struct droplog_slot *, struct monotime);

static int
slot_idle(const struct droplog_slot *s, struct monotime now)
{
	return (!monotime_isset(s->last) ||
	    monotime_diff_us(now, s->last) >= DROPLOG_US);
}

/*
 * Who forges sources finds the slots of the reason taken and is counted as
 * overflow, which the next line of this reason reports.
 */
int
droplog_due(struct droplog *log, uint32_t reason, const struct addr *src,
    struct monotime now, uint32_t *suppressed)
{
	struct droplog_slot	*s, *idle = NULL;
	size_t			 i;

	for (i = 0; i < DROPLOG_SOURCES; i++) {
		s = &log->slot[reason][i];
		if (monotime_isset(s->last) && addr_cmp(&s->src, src) == 0)
			break;
		if (idle == NULL && slot_idle(s, now))
			idle = s;
	}
	if (i < DROPLOG_SOURCES && !slot_idle(s, now)) {
		s->suppressed++;
		return (0);
	}
	if (i == DROPLOG_SOURCES && (s = idle) == NULL) {
		log->overflow[reason]++;
		return (0);
	}
	*suppressed = s->suppressed + log->overflow[reason];
	log->overflow[reason] = 0;
	s->last = now;
	s->src = *src;
	s->suppressed = 0;
	return (1);
}

void
droplog_vrrp(struct vrrp *v, uint32_t reason, const struct addr *src,
    const char *fmt, ...)
{
	char		text[CTL_TEXT_LEN];
	uint32_t	suppressed;
	va_list		ap;

	if (!droplog_due(&v->log, reason, src, monotime_now(), &suppressed))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	droplog_line(v, src, text, suppressed);
}

void
droplog_line(const struct vrrp *v, const struct addr *src, const char *text,
    uint32_t suppressed)
{
	char	addr[ADDR_STRLEN];

	if (suppressed > 0)
		log_warnx("vrrp %s: advert from %s: %s (%u more not logged)",
		    v->conf.name, addr_str(src, addr), text, suppressed);
	else
		log_warnx("vrrp %s: advert from %s: %s", v->conf.name,
		    addr_str(src, addr), text);
}
