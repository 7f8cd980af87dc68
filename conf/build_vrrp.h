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

#ifndef CONF_BUILD_VRRP_H
#define CONF_BUILD_VRRP_H

#include "build.h"

/* The blocks of VRRP instances and sync groups. */

/* redundancy.c: VRRP instances and sync groups. */
void		 build_vrrp(struct parse *, const struct lex_str *,
		    const struct lex_str *);
void		 build_vrid(struct parse *, const struct lex_str *);
void		 build_priority(struct parse *, const struct lex_str *);
void		 build_preempt(struct parse *, const struct lex_str *);
void		 build_nopreempt(struct parse *);
void		 build_start(struct parse *, int);
void		 build_vrrp_end(struct parse *);
void		 build_group(struct parse *, const struct lex_str *);
void		 build_member(struct parse *, const struct lex_str *);
/* build_member_group: what is not there, groups of groups. */
void		 build_member_group(struct parse *, const struct lex_str *);
void		 build_group_end(struct parse *);

/* virtual.c: how a VRRP instance stands for its addresses. */
void		 build_accept(struct parse *, int);
void		 build_virtual_mac(struct parse *, const struct lex_str *);
void		 build_interface_mac(struct parse *, const struct lex_str *);
void		 build_virtual_end(struct parse *);

/* The parts of an announce statement. */
enum announce_part {
	ANNOUNCE_COUNT,
	ANNOUNCE_DELAY,
	ANNOUNCE_REFRESH,
	ANNOUNCE_REFRESH_COUNT,
	ANNOUNCE_INTERVAL
};

/* address.c: the addresses of VRRP instances. */
void		 build_address(struct parse *, const struct lex_str *);
void		 build_address_on(struct parse *, const struct lex_str *);
void		 build_address_label(struct parse *, const struct lex_str *);
void		 build_address_scope(struct parse *, const struct lex_str *);
void		 build_address_broadcast(struct parse *,
		    const struct lex_str *);
void		 build_address_excluded(struct parse *);
void		 build_address_end(struct parse *);
/* address_scope_name: NULL: none of ours. */
const char	*address_scope_name(uint8_t);
/* build_lease: NULL: there is none. */
void		 build_lease(struct parse *, const struct lex_str *);
/*
 * build_announce_begin: nothing was said yet.
 * build_announce: of the instance at hand, or of all outside of blocks.
 */
void		 build_announce(struct parse *, enum announce_part,
		    const struct lex_str *);
void		 build_announce_begin(struct conf_announce *);
/* check_announce: fill in what was not said. */
void		 check_announce(struct parse *);
/* build_address_family: of the instance at hand, by what it advertises. */
void		 build_address_family(struct parse *);

/* route.c: routes and rules. */
void		 build_route(struct parse *, int, const struct lex_str *);
void		 build_route_via(struct parse *, const struct lex_str *);
void		 build_route_on(struct parse *, const struct lex_str *);
void		 build_route_source(struct parse *, const struct lex_str *);
void		 build_route_metric(struct parse *, const struct lex_str *);
void		 build_route_table(struct parse *, const struct lex_str *);
void		 build_route_end(struct parse *);
void		 build_rule(struct parse *);
void		 build_rule_from(struct parse *, const struct lex_str *);
void		 build_rule_to(struct parse *, const struct lex_str *);
void		 build_rule_iif(struct parse *, const struct lex_str *);
void		 build_rule_mark(struct parse *, const struct lex_str *);
void		 build_rule_table(struct parse *, const struct lex_str *);
void		 build_rule_preference(struct parse *,
		    const struct lex_str *);
void		 build_rule_end(struct parse *);
/* build_routes_end: those of the instance at hand are of its family. */
void		 build_routes_end(struct parse *);

/*
 * track.c: trackers.  build_track_begin: of this kind, of what has this name;
 * build_track: it is whole, enter it into the block at hand.
 */
void		 build_track_begin(struct parse *, struct track_spec *,
		    enum track_kind, const struct lex_str *);
void		 build_track_weight(struct parse *, struct track_spec *,
		    const struct lex_str *);
void		 build_track_reverse(struct parse *, struct track_spec *);
void		 build_track_quorum(struct parse *, struct track_spec *,
		    const struct lex_str *);
void		 build_track_timing(struct parse *, struct track_spec *,
		    enum seen, const struct lex_str *);
void		 build_track(struct parse *, struct track_spec *);
/* track_path: of a file, into TRACK_NAME_LEN bytes; -1: wrong. */
int		 track_path(struct parse *, const struct lex_str *, char *);
/* track_file_share: the one of this path; checked: for hosts.  NULL: none. */
struct conf_trackfile *track_file_share(struct parse *, const char *, int);
/* track_what: the name of what is tracked. */
const char	*track_what(const struct conf_track *);
/*
 * check_tracks: find what all of them refer to.
 * check_group_tracks: give those of sync groups to their members, which are
 * known, and see that nobody has too many.
 */
void		 check_tracks(struct parse *);
void		 check_group_tracks(struct parse *);

/*
 * advert.c: what the adverts of an instance are like and where they go.
 * build_peer: the TTL may be NULL.  build_adverts_end: the block is complete:
 * find its family, then judge all that depends on that.
 */
void		 build_advertise(struct parse *, const struct lex_str *);
void		 build_version(struct parse *, const struct lex_str *);
void		 build_auth(struct parse *, const struct lex_str *);
void		 build_checksum(struct parse *, const struct lex_str *);
void		 build_strict(struct parse *);
void		 build_source(struct parse *, const struct lex_str *);
void		 build_peer(struct parse *, const struct lex_str *,
		    const struct lex_str *);
void		 build_adverts_end(struct parse *);

/*
 * hmac.c: authentication by a trailer.
 * build_hmac_key: of this id; how its text or file is to be taken; 1: it is
 * the one to send with.
 * build_hmac_window: NULL: none.
 */
enum key_form {
	KEY_ASCII,
	KEY_HEX,
	KEY_FILE		/* either of the above, in a file */
};
void		 build_hmac_key(struct parse *, const struct lex_str *,
		    enum key_form, const struct lex_str *, int);
void		 build_hmac_mode(struct parse *, const struct lex_str *);
void		 build_hmac_window(struct parse *, const struct lex_str *);
void		 build_hmac_end(struct parse *);

#endif /* CONF_BUILD_VRRP_H */
