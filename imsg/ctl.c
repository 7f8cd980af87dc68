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

#include "ctl.h"

const char	*const vrrp_drop_names[VRRP_DROP_MAX] = {
	[VRRP_DROP_DST]			= "wrong destination",
	[VRRP_DROP_SELF]		= "own packet",
	[VRRP_DROP_SRC]			= "bad source",
	[VRRP_DROP_TTL]			= "TTL too low",
	[VRRP_DROP_LEN]			= "wrong length",
	[VRRP_DROP_VERSION]		= "wrong version",
	[VRRP_DROP_TYPE]		= "unknown type",
	[VRRP_DROP_CSUM]		= "bad checksum",
	[VRRP_DROP_VRID]		= "unknown vrid",
	[VRRP_DROP_OWNER]		= "advert for addresses we own",
	[VRRP_DROP_AUTH_TYPE]		= "unknown authentication type",
	[VRRP_DROP_AUTH_MISMATCH]	= "other authentication type",
	[VRRP_DROP_AUTH_FAIL]		= "wrong password",
	[VRRP_DROP_HMAC_MISSING]	= "no authentication trailer",
	[VRRP_DROP_HMAC_FORM]		= "unknown authentication trailer",
	[VRRP_DROP_HMAC_KEY]		= "unknown key",
	[VRRP_DROP_HMAC_FAIL]		= "wrong authentication code",
	[VRRP_DROP_HMAC_STALE]		= "of another time",
	[VRRP_DROP_HMAC_REPLAY]		= "replayed",
	[VRRP_DROP_INTERVAL]		= "other interval",
	[VRRP_DROP_ADDRS]		= "other addresses",
	[VRRP_DROP_PEER]		= "not from a peer",
	[VRRP_DROP_INIT]		= "not taking part"
};

const char	*const vrrp_note_names[VRRP_NOTE_MAX] = {
	[VRRP_NOTE_PSEUDO]	= "checksum of RFC 5798",
	[VRRP_NOTE_PLAIN]	= "checksum of RFC 9568",
	[VRRP_NOTE_INTERVAL]	= "other interval",
	[VRRP_NOTE_ADDRS]	= "other addresses",
	[VRRP_NOTE_SUBNET]	= "from another network",
	[VRRP_NOTE_STRANGER]	= "release by no master",
	[VRRP_NOTE_RIVAL]	= "rival master",
	[VRRP_NOTE_CLOCK]	= "clock of another time"
};

const char	*const vrrp_state_names[VRRP_STATE_MAX] = {
	[VRRP_INIT]	= "init",
	[VRRP_FAULT]	= "fault",
	[VRRP_BACKUP]	= "backup",
	[VRRP_MASTER]	= "master",
	[VRRP_HANDOVER]	= "handover"
};
