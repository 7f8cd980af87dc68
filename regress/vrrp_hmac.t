#!/bin/sh
#
# Adverts with an authentication trailer: taken from who has the key, and from
# nobody else, whatever a recorder or a forger sends; keys, and the trailers
# themselves, are changed without a transition.  KEEPALIVED names one of 2.4.2
# or later, to speak with; that of Debian 12 knows no trailers.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

one=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
two=ff02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fff
KEEPALIVED=${KEEPALIVED-keepalived}

# resend WHAT NUMBER: the client takes so many adverts from 10.77.0.1 off the
# wire and sends each again, at once: as it is (same), with another priority
# (forge) or without its trailer (strip).
resend() {
	in_ns client perl -e '
	use strict;
	my ($what, $n) = @ARGV;
	sub sum {
		my $s = 0;
		$s += $_ for unpack("n*", $_[0]);
		$s = ($s & 0xffff) + ($s >> 16) while $s > 0xffff;
		return ~$s & 0xffff;
	}
	open(my $f, "<", "/sys/class/net/eth0/ifindex") or die "ifindex: $!";
	my $at = pack("SniSCCa8", 17, 0x0800, <$f>, 0, 0, 0, "");
	socket(my $s, 17, 3, unpack("S", pack("n", 0x0800))) or die "socket: $!";
	bind($s, $at) or die "bind: $!";
	alarm(10);
	while ($n > 0) {
		defined(recv($s, my $b, 2048, 0)) or die "recv: $!";
		next if substr($b, 23, 1) ne "\x70" ||
		    substr($b, 26, 4) ne "\x0a\x4d\x00\x01";
		if ($what eq "forge") {
			my $sum = unpack("n", substr($b, 40, 2));
			substr($b, 36, 1) = chr(ord(substr($b, 36, 1)) ^ 1);
			substr($b, 40, 2) = pack("n", 0);
			my $m = substr($b, 34, 12);
			substr($b, 40, 2) = pack("n", sum(substr($b, 26, 8) .
			    pack("nn", 112, 12) . $m));
		} elsif ($what eq "strip") {
			$b = substr($b, 0, 46);
			substr($b, 16, 2) = pack("n", 32);
			substr($b, 24, 2) = pack("n", 0);
			substr($b, 24, 2) = pack("n", sum(substr($b, 14, 20)));
		}
		send($s, $b, 0, $at) or die "send: $!";
		$n--;
	}' "$@"
}

drops() {
	_drops=$(ctl "$1" show vrrp VI_1 |
	    sed -n "s/.*dropped: \(.*, \)*\([0-9]*\) $2\(,.*\)*$/\2/p")
	echo "${_drops:-0}"
}

dropped() {
	[ "$(drops "$1" "$2")" -ge "$3" ]
}

# configure NS PRIORITY LINE...: and load it, if the director runs.
configure() {
	_ns=$1
	shift
	instance "$@" >"$LAB_TMP/$_ns.conf"
	chmod 600 "$LAB_TMP/$_ns.conf"
	! proc_alive "$_ns" || ctl "$_ns" reload
}

roles_are() {
	is_role dir1 VI_1 "$1" && is_role dir2 VI_1 "$2"
}

trap net_down EXIT
net_up || bail "no network"
capture "$LAB_TMP/all.pcap" proto 112
configure dir1 200 "auth hmac key 1 hex \"$one\""
configure dir2 100 "auth hmac key 1 hex \"$one\""
ok "dir2 starts" director dir2
ok "is master" wait_for 5 is_role dir2 VI_1 master
ok "dir1 starts" director dir1
ok "and is master, for dir2 knows it" wait_for 5 roles_are master backup
ok "dir2 hears it" hears dir2
like "lvsctl says how they know each other" "$(ctl dir2 show vrrp)" \
    'version 3 IPv4, auth hmac enforce, key 1$'
unlike "nothing was dropped" "$(ctl dir1 show vrrp; ctl dir2 show vrrp)" \
    dropped
became=$(count_said dir2 '-> master')

# Who has no key.
ok "adverts are recorded and sent again" resend same 5
ok "as such they are dropped" wait_for 5 dropped dir2 replayed 5
ok "some are forged" resend forge 5
ok "and dropped" wait_for 5 dropped dir2 'wrong authentication code' 5
ok "some are without a trailer" resend strip 5
ok "and dropped" wait_for 5 dropped dir2 'no authentication trailer' 5
ok "the log says so" says dir2 'from 10.77.0.1: dropped: it was heard before'
ok "nothing has changed" roles_are master backup
vrrpe=$(pgrep -P "$(proc_pid dir1)" -f '^lvsd: vrrpe')
kill -KILL "$vrrpe"
ok "vrrpe is killed, another takes the role back" \
    wait_for 10 says dir1 'init -> master: taken back after a restart'
ok "dir2 believes it" hears dir2
is "and never took over" "$(count_said dir2 '-> master')" "$became"

# Keys change.
ok "dir2 has another key besides" configure dir2 100 \
    "auth hmac key 1 hex \"$one\" active" "auth hmac key 2 hex \"$two\""
ok "dir1 sends under it" configure dir1 200 \
    "auth hmac key 1 hex \"$one\"" "auth hmac key 2 hex \"$two\" active"
ok "dir2 hears it" hears dir2
ok "dir2 has it alone" configure dir2 100 "auth hmac key 2 hex \"$two\""
ok "dir2 hears dir1" hears dir2
is "without a transition" "$(count_said dir2 '-> master')" "$became"
ok "dir2 has only an old one" configure dir2 100 \
    "auth hmac key 1 hex \"$one\""
ok "it does not believe dir1" wait_for 5 roles_are master master
ok "and says why" wait_for 5 dropped dir2 'unknown key' 1
ok "dir2 has the number, but another key" configure dir2 100 \
    "auth hmac key 2 hex \"$one\""
ok "dir1 drops" wait_for 5 dropped dir1 'wrong authentication code' 1

# From none to enforced, one director after the other.
ok "neither has a key" configure dir1 200
ok "nor the other" configure dir2 100
ok "they know each other" wait_for 5 roles_are master backup
became=$(count_said dir2 '-> master')
for mode in receive-only permissive enforce; do
	for ns in dir2 dir1; do
		priority=200
		[ $ns = dir1 ] || priority=100
		ok "$ns is $mode" configure $ns $priority \
		    "auth hmac key 1 hex \"$one\"" "auth hmac mode $mode"
		ok "dir2 hears dir1" hears dir2
	done
done
is "without a transition" "$(count_said dir2 '-> master')" "$became"
ok "dir1 has none any more" configure dir1 200
ok "it is not believed" wait_for 5 roles_are master master
ok "nor does it believe" wait_for 5 dropped dir1 'wrong length' 1
ok "and says what is there" says dir1 'an authentication trailer follows it'

# A key in a file.
printf 'hex:%s\n' $one >/run/key
chmod 644 /run/key
not_ok "a file that others can read is refused" configure dir1 200 \
    'auth hmac key 1 file "/run/key"'
like "and named" "$output" 'others can read or write /run/key.*chmod 600'
exits "but for a check" 0 "$LVSD" -n -f "$LAB_TMP/dir1.conf"
chmod 600 /run/key
ok "it is taken when they cannot" ctl dir1 reload
ok "dir2 believes it again" wait_for 5 roles_are master backup
install -m 644 "$LAB_TMP/dir1.conf" /run/readable.conf
exits "somebody else can check it too" 0 setpriv --reuid nobody \
    --clear-groups "$LVSD" -n -f /run/readable.conf
unlike "the key is not printed" "$("$LVSD" -nv -f "$LAB_TMP/dir1.conf")" \
    "$one|hex:"
unlike "nor logged" "$(cat "$LAB_TMP"/dir?.log)" "$one"
proc_stop capture
is "a trailer has 28 bytes" "$(tshark -r "$LAB_TMP/all.pcap" -Y \
    'vrrp && ip.len == 60' 2>/dev/null | grep -c . | sed 's/^[1-9].*/some/')" \
    some

# Every family and version, by multicast and not.
every() {
	_tail="auth hmac key 9 hex \"$one\""
	for _vrrp in "v2 61 version=2 10.77.0.61/24 2" \
	    "v3 62 version=3 10.77.0.62/24 2" \
	    "unicast 63 peer=10.77.0.$1 10.77.0.63/24 2" \
	    "inet6 64 version=3 fe80::64/64 2" \
	    "unicast6 65 peer=fd77::$1=ttl=64,source=fd77::$2 fe80::65/64 2"; do
		set -- $1 $2 $3 $_vrrp
		echo "vrrp \"$4\" on eth0 {"
		printf '\t%s\n' "vrid $5" "priority $3" "address $7" "$_tail"
		echo "$6" | tr =, ' \n' | sed 's/^/	/'
		echo '}'
	done
}
roles() {
	for _vrrp in v2 v3 unicast inet6 unicast6; do
		is_role "$1" $_vrrp "$2" || return 1
	done
}
every 2 1 200 >"$LAB_TMP/dir1.conf"
every 1 2 100 >"$LAB_TMP/dir2.conf"
proc_stop dir1
proc_stop dir2
ok "dir1 starts with all there is" director dir1
ok "it is master" wait_for 10 roles dir1 master
ok "dir2 starts" director dir2
ok "is backup" wait_for 10 roles dir2 backup
heard_all() {
	[ "$(ctl dir2 show vrrp |
	    sed -n 's/.* \([0-9]*\) received; prio.*/\1/p' |
	    awk '$1 >= 5' | wc -l)" -eq 5 ]
}
ok "it hears them all" wait_for 20 heard_all
ok "and is still backup" roles dir2 backup
unlike "nothing was dropped" "$(cat "$LAB_TMP/dir2.log")" dropped
proc_stop dir1
ok "dir1 ends, dir2 takes over" wait_for 5 roles dir2 master

# keepalived, which sends 64 as the hop limit of unicast.
every_kept() {
	_number=$1
	_other=$2
	_priority=$3
	set -- "v2 61 2 10.77.0.61/24" "v3 62 3 10.77.0.62/24" \
	    "unicast 63 2 10.77.0.63/24 10.77.0." \
	    "inet6 64 3 fe80::64/64" "unicast6 65 3 fe80::65/64 fd77::"
	for _vrrp in "$@"; do
		set -- $_vrrp
		cat <<-END
		vrrp_instance $1 {
			interface eth0
			virtual_router_id $2
			version $3
			priority $_priority
			advert_int 1
			virtual_ipaddress { $4 }
			auth_hmac {
				key 9 hex:$one
				active_key 9
			}
		END
		if [ -n "${5-}" ]; then
			echo "unicast_src_ip $5$_number"
			echo "unicast_peer { $5$_other"
			echo "}"
		fi
		echo "}"
	done
}
kept_is() {
	for _vrrp in v2 v3 unicast inet6 unicast6; do
		grep "($_vrrp) Entering" "$LAB_TMP/keepalived.log" |
		    tail -n 1 | grep -q "Entering $1" || return 1
	done
}
keeps() {
	every_kept 1 2 $1 >"$LAB_TMP/keepalived.conf"
	chmod 600 "$LAB_TMP/keepalived.conf"
	proc_start keepalived dir1 "$KEEPALIVED" -nlDP -f \
	    "$LAB_TMP/keepalived.conf" -p /run/kept.pid -r /run/vrrp.pid
}
has_hmac() {
	"$KEEPALIVED" --version 2>&1 | sed -n 's/^Keepalived v//p' |
	    awk -F'[. ]' '{ has = $1 * 10000 + $2 * 100 + $3 >= 20402 }
		END { exit !has }'
}
if has_hmac; then
	keeps 200
	ok "keepalived is master" wait_for 15 kept_is MASTER
	ok "dir2 believes it" wait_for 10 roles dir2 backup
	proc_stop keepalived
	ok "keepalived ends, dir2 takes over" wait_for 10 roles dir2 master
	keeps 50
	ok "keepalived is backup" wait_for 15 kept_is BACKUP
	proc_stop dir2
	ok "dir2 ends, keepalived takes over" wait_for 10 kept_is MASTER
	ok "dir2 comes back" director dir2
	ok "and is master" wait_for 10 roles dir2 master
	ok "keepalived is backup" wait_for 10 kept_is BACKUP
	unlike "and has nothing to say of trailers" \
	    "$(cat "$LAB_TMP/keepalived.log")" \
	    'authentication (trailer|HMAC|key)|checksum|too (long|short)'
	unlike "nor has dir2" "$(cat "$LAB_TMP/dir2.log")" dropped
	proc_stop keepalived
else
	skip 10 "$KEEPALIVED has no auth_hmac as of 2.4.2"
fi
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing
