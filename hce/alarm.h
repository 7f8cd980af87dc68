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

#ifndef HCE_ALARM_H
#define HCE_ALARM_H

#include <stdint.h>

#include "../imsg/monotime.h"

struct event_base;
struct alarms;

/*
 * Very many timers of one kind, of which each is much smaller than one of
 * libevent: a heap, whose first has a timer of libevent.
 */
struct alarm {
	struct monotime	at;
	uint32_t	place;		/* in the heap, from 1; 0: not set */
};

/*
 * alarms_new: none is set; of each that is due the function is called with
 * the time, and may set and end any.  NULL: no memory.
 * alarms_free: none is set any more.
 * alarm_init: of one that was never set.
 * alarm_set: have it called back then, and not before; ends the process
 * without memory.  One that is set by the function for later than now is not
 * called by the same turn of the loop.
 * alarm_del: do not; nothing if it is not set.
 */
struct alarms	*alarms_new(struct event_base *,
		    void (*)(struct alarm *, struct monotime));
void		 alarms_free(struct alarms *);
void		 alarm_init(struct alarm *);
void		 alarm_set(struct alarms *, struct alarm *, struct monotime);
void		 alarm_del(struct alarms *, struct alarm *);

#endif /* HCE_ALARM_H */
