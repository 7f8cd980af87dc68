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

#ifndef PARENT_TRACK_H
#define PARENT_TRACK_H

#include <stddef.h>
#include <stdint.h>

struct conf;
struct event_base;
struct msg_track;
struct track_files;
struct track_processes;

/*
 * What VRRP tracks of this machine, and the parent alone can see.  Each
 * module is given the trees that come to run, in order, and calls its owner
 * when something has changed since it was told last.
 */
typedef void	(*track_told)(void *, uint32_t, const struct msg_track *);

/*
 * track_process.c: programs that run, by their names.
 *
 * track_processes_new: to be looked for in this directory, which is /proc but
 * in tests, and must stay; NULL: no memory.
 * track_processes_set: look for those of this tree from now on.
 * track_processes_tell: tell the owner how all of them are now.
 */
struct track_processes	*track_processes_new(struct event_base *,
			    const char *, track_told, void *);
void			 track_processes_free(struct track_processes *);
void			 track_processes_set(struct track_processes *,
			    const struct conf *);
void			 track_processes_tell(struct track_processes *);

/*
 * track_file.c: numbers in files, of VRRP, or checked: weights of hosts.  The
 * functions are as those above; of either kind its own are told.
 *
 * track_file_parse: what so many bytes, all of a file, say: one line with a
 * number of at most TRACK_VALUE_MAX, above or below 0, or if it is checked,
 * from 0 to WEIGHT_MAX; 0, or -1: they do not.
 */
struct track_files	*track_files_new(struct event_base *, track_told,
			    void *);
void			 track_files_free(struct track_files *);
void			 track_files_set(struct track_files *,
			    const struct conf *);
void			 track_files_tell(struct track_files *, int);
int			 track_file_parse(const char *, size_t, int,
			    int32_t *);

#endif /* PARENT_TRACK_H */
