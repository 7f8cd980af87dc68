#!/bin/sh
#
# Adverts that are wrong, on a real wire: each is counted with its reason and
# changes nothing, however often it comes; one line in the log tells of it.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

# advert NAME=VALUE...: sent by the client, version 3 for VRID 51 unless said
# otherwise.  hex is a whole message, whose checksum is made right; bad is
# added to a right one; n so many, each ms milliseconds.
advert() {
	in_ns client perl -e '
	use strict;
	use Socket;
	my %o = (src => "10.77.0.100", dst => "224.0.0.18", ttl => 255,
	    n => 1, ms => 0, bad => 0, plain => 0,
	    hex => "3133c801000a00000a4d000a", map { split /=/, $_, 2 } @ARGV);
	sub sum {
		my $s = 0;
		$s += $_ for unpack("n*", $_[0] . "\0" x (length($_[0]) % 2));
		$s = ($s & 0xffff) + ($s >> 16) while $s > 0xffff;
		return ~$s & 0xffff;
	}
	my $m = pack("H*", $o{hex});
	my $pseudo = ord($m) >> 4 == 3 && !$o{plain} ? inet_aton($o{src}) .
	    inet_aton($o{dst}) . pack("nn", 112, length $m) : "";
	substr($m, 6, 2) = pack("n", sum($pseudo . $m) + $o{bad} & 0xffff)
	    if length $m >= 8;
	my $ip = pack("CCnnnCCna4a4", 0x45, 0xc0, 20 + length $m, 0, 0,
	    $o{ttl}, 112, 0, inet_aton($o{src}), inet_aton($o{dst}));
	socket(my $s, PF_INET, SOCK_RAW, 255) or die "socket: $!";
	setsockopt($s, SOL_SOCKET, 25, "eth0") or die "SO_BINDTODEVICE: $!";
	for (1 .. $o{n}) {
		send($s, $ip . $m, 0, sockaddr_in(0, inet_aton($o{dst})))
		    or die "send: $!";
		select(undef, undef, undef, $o{ms} / 1000) if $o{ms};
	}' "$@"
}

# How many of this kind the director has dropped.
drops() {
	ctl "$1" show vrrp VI_1 |
	    sed -n "s/.*dropped: \(.*, \)*\([0-9]*\) $2\(,.*\)*$/\2/p"
}

dropped() {
	[ "$(drops "$1" "$2")" = "$3" ]
}

# wrong DESC REASON NAME=VALUE...: both directors drop it for this reason.
wrong() {
	_what=$1
	_reason=$2
	shift 2
	_one=$(($(drops dir1 "$_reason") + 1))
	_two=$(($(drops dir2 "$_reason") + 1))
	advert "$@"
	ok "$_what: dropped by the master ($_reason)" \
	    wait_for 5 dropped dir1 "$_reason" $_one
	ok "$_what: and by the backup" \
	    wait_for 5 dropped dir2 "$_reason" $_two
}

trap net_down EXIT
net_up || bail "no network"
# The kernel must not be what drops them.
for ns in dir1 dir2; do
	in_ns $ns sysctl -qw net.ipv4.conf.all.rp_filter=0 \
	    net.ipv4.conf.eth0.rp_filter=0
done
instance 100 >"$LAB_TMP/dir1.conf"
instance 90 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 is master" wait_for 10 is_role dir1 VI_1 master
ok "dir2 hears it" hears dir2

became=$(count_said dir2 '-> master')
wrong "TTL 254" "TTL too low" ttl=254
wrong "TTL 1" "TTL too low" ttl=1
wrong "8 octets more" "wrong length" \
    hex=3133c801000a00000a4d000a0000000000000000
wrong "half an address" "wrong length" hex=3133c801000a00000a4d
wrong "count 255" "wrong length" hex=3133c8ff000a00000a4d000a
wrong "version 4" "wrong version" hex=4133c801000a00000a4d000a
wrong "version 2" "wrong version" \
    hex=2133c801000100000a4d000a0000000000000000
wrong "type 2" "unknown type" hex=3233c801000a00000a4d000a
wrong "checksum" "bad checksum" bad=1
wrong "checksum of RFC 9568" "bad checksum" bad=1 plain=1
wrong "interval 0" "other interval" hex=3133c801000000000a4d000a
wrong "interval 0 of an owner" "other interval" hex=3133ff01000000000a4d000a
wrong "no addresses" "other addresses" hex=3133c800000a0000
wrong "VRID 52" "unknown vrid" hex=3134c801000a00000a4d000a
wrong "4 octets" "wrong length" hex=3133c801

# The kernel of a master takes none from its own address.
advert src=10.77.0.10
ok "from the virtual address: dropped by the backup" \
    wait_for 5 dropped dir2 "bad source" 1

# Taken, by both: obeyed by the master.
advert plain=1 hex=31336401000a00000a4d000a
ok "the checksum of RFC 9568: dir1 obeys an equal, higher address" \
    wait_for 5 says dir1 'master 10.77.0.100 with priority 100 to our 100'
ok "and takes over again" wait_for 5 is_role dir1 VI_1 master
advert src=10.77.0.0 hex=31336401000a00000a4d000a
like "a rival with a lower address is named" "$(cat "$LAB_TMP/dir1.log")" \
    'rival master'
ok "dir1 is still master" is_role dir1 VI_1 master

# A stranger's release does not unsettle a backup.
ok "dir2 hears dir1" hears dir2
advert hex=31330001000a00000a4d000a
ok "dir2 ignores a stranger's release" wait_for 5 says dir2 \
    'from 10.77.0.100: ignored: it releases, but the master is 10.77.0.1'

# Bad ones must not move the timers of a master or a backup: three in a row
# in each interval, and as many as the wire takes.
became=$(count_said dir2 '-> master')
released=$(count_said dir1 'master ->')
ok "bad adverts for three seconds" advert bad=1 n=100 ms=30
ok "a flood of them" advert bad=1 n=50000
ok "dir2 hears dir1" hears dir2
is "dir2 never took over" "$(count_said dir2 '-> master')" "$became"
is "dir1 never gave up" "$(count_said dir1 'master ->')" "$released"
ok "lower priorities, many" advert hex=31330101000a00000a4d000a n=20000
ok "dir1 is still master" is_role dir1 VI_1 master
is "never gave up" "$(count_said dir1 'master ->')" "$released"

# A rival has turned the neighbours' heads: the master announces itself again.
# It must have been master for longer than its announcements at first take.
settled() {
	ctl dir1 show vrrp | grep -Eq 'master for 00:(00:(0[7-9]|[1-5])|0[1-9])'
}

known_by() {
	[ "$(mac_of client $LAB_VIP)" = "$1" ]
}

ok "dir1 has been master for a while" wait_for 20 settled
ip -n client neigh replace $LAB_VIP lladdr 02:77:00:00:00:99 dev eth0 \
    nud stale
ok "the client is wrong" known_by 02:77:00:00:00:99
advert src=10.77.0.0 hex=31336401000a00000a4d000a
ok "a rival is heard: dir1 puts it right" \
    wait_for 5 known_by 02:77:00:00:00:01

for ns in dir1 dir2; do
	lines=$(count_said $ns 'bad checksum')
	ok "$ns tells of it in few lines ($lines)" test "$lines" -le 6
done
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing
