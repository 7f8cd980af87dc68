#!/bin/sh
#
# Routes and rules: they come after the addresses of an instance and go before
# them; lvsd's own are there whatever the roles; both are put back, changed by
# a reload, known again after a crash.  What others put there is left alone.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/regress/net.sh"

# routes [TABLE] [-6], rules [-6]: those that lvsd put there.
routes() {
	ip ${2-} route show table "${1-main}" proto 112 | sed 's/ *$//' | sort
}

rules() {
	ip ${1-} rule show | sed -n '/proto 112/s/ proto 112//p' |
	    sed 's/\t/ /; s/ *$//' | sort
}

# any WORDS...: the first route with these words, of whatever protocol.
has_route() {
	ip ${2-} route show table "${3-main}" | grep -q "$1"
}

has_rule() {
	ip rule show | grep -q "$1"
}

gone() {
	! "$@"
}

conf() {
	cat >"$dir/conf"
	ask conf "$dir/conf"
}

watch() {
	ip -o monitor route rule >"$dir/monitor" 2>&1 3>&- &
	monitor=$!
	wait_for 5 test -d "/proc/$monitor"
}

instance() {
	cat <<-END
		vrrp "one" on e0 {
			vrid 1
			address 10.1.0.1/24
			address fd01::1/64 excluded
			route default via 10.1.0.254 source 10.1.0.1 metric 5 table 100
			route 10.20.0.0/16 ${1-via 10.1.0.253} on e0
			route blackhole 10.30.0.0/16 metric 4000
			route unreachable 10.31.0.0/16
			route prohibit 10.32.0.0/16 table 100
			route fd20::/16 via fd01::fe
			route blackhole fd21::/16 metric 7 table 100
			route fd22::/16 via fd01::fd on e0 source fd01::1 metric 9 table 100
			rule from 10.1.0.0/24 to 10.0.0.0/8 iif e0 mark 7 table 100
			rule mark 8 table 100 preference 99
			rule from fd01::/64 table 100
			rule to fd20::/16 iif e0 mark 9 table 100 preference 98
		}
	END
}

net_begin
ip route add 10.20.0.0/16 via 10.0.0.254 metric 9
ip route add unreachable 10.32.0.0/16 proto 77 table 100
ip rule add from 10.9.0.0/16 table 55 priority 5
start
{ instance; } | conf >/dev/null
is "nothing is there yet" "$(routes; routes 100; rules)" ""
is "all comes with the role" "$(ask hold one)" "result one 14 ok"
is "routes" "$(routes)" "10.20.0.0/16 via 10.1.0.253 dev e0
blackhole 10.30.0.0/16 metric 4000
unreachable 10.31.0.0/16"
is "of another table, but not where somebody else has one" "$(routes 100)" \
    "default via 10.1.0.254 dev e0 src 10.1.0.1 metric 5"
is "of IPv6" "$(routes main -6)" \
    "fd20::/16 via fd01::fe dev e0 metric 1024 pref medium"
is "in its table" "$(routes 100 -6)" \
    "blackhole fd21::/16 dev lo metric 7 pref medium
fd22::/16 via fd01::fd dev e0 src fd01::1 metric 9 pref medium"
is "rules" "$(rules)" \
    "32000: from 10.1.0.0/24 to 10.0.0.0/8 fwmark 0x7 iif e0 lookup 100
99: from all fwmark 0x8 lookup 100"
is "of IPv6" "$(rules -6)" "32000: from fd01::/64 lookup 100
98: from all to fd20::/16 fwmark 0x9 iif e0 lookup 100"
like "the other's is told" "$(cat "$dir/log")" \
    'vrrp "one": route 10\.32\.0\.0/16 table 100 is there already, by some'

# What the kernel refuses, and what others have.
logged() {
	grep -qE "$1" "$dir/log"
}
refused='one": route 10\.20\.0\.0/16 via 10\.9\.9\.9 on e0 table 254'
is "a gateway that nothing reaches is told" "$(instance "via 10.9.9.9" |
    conf)" "result one 14 Network is unreachable"
ok "with what to do" logged "$refused: .*; give it a gateway"
ok "what was there stays" has_route 'via 10.1.0.253'
ask release one >/dev/null
is "the rest does not wait for it" "$(ask hold one)" \
    "result one 13 Network is unreachable"
is "and is there" "$(routes | wc -l) $(routes 100 | wc -l)" "2 1"
ip addr add 10.9.0.1/16 dev e0
ok "once it is reached the route is there" told 'result one 14 ok'
ok "which is logged" logged "$refused: is there now"
is "the refusal was, once each time" "$(grep -cE "$refused: .*;" \
    "$dir/log")" 2
ip addr del 10.9.0.1/16 dev e0
instance | conf >/dev/null
ok "and is there with another gateway" has_route 'via 10.1.0.253'
ip route del unreachable 10.32.0.0/16 table 100
ok "somebody else's goes: ours comes" wait_for 5 has_route \
    'prohibit 10.32.0.0/16 proto 112' '' 100
unlike "it was not ours that was gone" "$(cat "$dir/out")" '10\.32'
ask release one >/dev/null
ip route add unreachable 10.32.0.0/16 proto 77 table 100
ask hold one >/dev/null
is "each time it is told" "$(grep -c '10\.32.* is there already' \
    "$dir/log")" 3
ask release one >/dev/null
ip route del unreachable 10.32.0.0/16 table 100
ask hold one >/dev/null
ok "gone meanwhile" has_route 'prohibit 10.32.0.0/16 proto 112' '' 100
ask release one >/dev/null
ip route add unreachable 10.32.0.0/16 proto 77 table 100
is "all is there once more" "$(ask hold one)" "result one 14 ok"

# Somebody else.
ip route del 10.20.0.0/16 via 10.1.0.253
ok "a route that somebody removes is put back" told \
    'vrrp "one": route 10\.20\.0\.0/16 via 10\.1\.0\.253 on e0.* put back'
ok "and there" has_route '10.20.0.0/16 via 10.1.0.253'
ip rule del preference 99
ok "so is a rule" told 'vrrp "one": rule mark 8 table 100 was gone: put back'
ok "and there" has_rule '^99:.*fwmark 0x8'
ip -6 route del blackhole fd21::/16 table 100
ok "and one of IPv6" told 'vrrp "one": route fd21::/16 table 100.* put back'
ip link set e0 down
ok "all that leads over a link goes with it" wait_for 5 gone has_route \
    'via 10.1.0.253'
ip link set e0 up
ok "and comes again" wait_for 10 has_route 'via 10.1.0.253'
ok "the default too" wait_for 10 has_route default '' 100
ok "and that of IPv6" wait_for 10 has_route fd20 -6
ip route del 10.20.0.0/16 via 10.0.0.254 metric 9 2>/dev/null

# A reload.
watch
instance "via 10.1.0.252" | conf >/dev/null
ok "a changed route is replaced" has_route '10.20.0.0/16 via 10.1.0.252'
is "at no time it was away" "$(grep -c 'Deleted 10.20' "$dir/monitor")" 0
unlike "others are not touched" "$(cat "$dir/monitor")" \
    'default|10\.30|10\.31|lookup'
kill "$monitor"
instance | grep -v '10\.31\|mark 8' | conf >/dev/null
is "what is not configured any more is removed" "$(routes)" \
    "10.20.0.0/16 via 10.1.0.253 dev e0
blackhole 10.30.0.0/16 metric 4000"
is "rules too" "$(rules)" \
    "32000: from 10.1.0.0/24 to 10.0.0.0/8 fwmark 0x7 iif e0 lookup 100"
is "released, all goes" "$(ask release one; routes; routes 100; rules
    routes main -6; routes 100 -6; rules -6; held e0)" ""
ok "but not what others put there" has_route 'proto 77' '' 100
ok "rules neither" has_rule '^5:'

# What lvsd itself has.
statics() {
	cat <<-END
		static address 10.5.0.1/24 on e1 label "e1:s" scope site
		static address fd05::1/64 on e1
		static route 10.40.0.0/16 via 10.5.0.254
		static route 10.41.0.0/16 on late0
		static rule from 10.5.0.0/24 table 100
		vrrp "one" on e1 {
			vrid 1
			address 10.5.0.9
		}
	END
}
statics | conf >/dev/null
ok "it is there from the start" wait_for 5 has_route '10.40.0.0/16'
like "an address as configured" "$(ip -o addr show dev e1)" \
    'inet 10.5.0.1/24 scope site e1:s'
unlike "for ever, and any connection may come from it" \
    "$(ip -o addr show dev e1 to fd05::1)" 'deprecated|sec'
ok "is the interface's own" wait_for 5 sh -c "echo ifaces >&3; sleep 0.1
    grep -q 'iface e1 .* 10.5.0.1 ' $dir/out"
is "a rule" "$(rules)" "32000: from 10.5.0.0/24 lookup 100"
ip addr del 10.5.0.1/24 dev e1
ok "an address is put back" told 'static address 10\.5\.0\.1/24 on e1.* back'
ok "with the route that went with it" wait_for 5 has_route '10.40.0.0/16'
ip rule del from 10.5.0.0/24
ok "a rule too" told 'static rule from 10\.5\.0\.0/24 table 100.* back'
ip link add late0 type veth peer name late1
ip link set late0 up
ip link set late1 up
ok "a route over a link that comes" wait_for 10 has_route '10.41.0.0/16'
is "the roles do not matter" "$(ask hold one; ask release one; routes)" \
    "result one 1 ok
10.40.0.0/16 via 10.5.0.254 dev e1
10.41.0.0/16 dev late0 scope link"

# Killed.
die
watch
start
{
	statics | grep -v 10.41
	echo 'static route 10.42.0.0/16 via 10.5.0.253'
} | conf >/dev/null
is "who comes back removes what is not configured any more" "$(routes)" \
    "10.40.0.0/16 via 10.5.0.254 dev e1
10.42.0.0/16 via 10.5.0.253 dev e1"
is "keeps the rest" "$(rules)" "32000: from 10.5.0.0/24 lookup 100"
unlike "untouched" "$(cat "$dir/monitor")" '10\.40|lookup'
kill "$monitor"
ask release_all
is "it is not of any role" "$(routes | wc -l)" 2
is "the end" "$(ask leave >/dev/null; routes; rules; held e1)" ""
ok "leaves the rest" has_route 'proto 77' '' 100
{ instance; } | conf >/dev/null
ask hold one >/dev/null
die
start
{ instance; } | conf >/dev/null
is "found again, of a role" "$(ask found)" "found one"
is "with its routes" "$(routes | wc -l)" 3
is "which go when it is another's" "$(ask release one; routes; routes 100
    rules; held e0)" ""
stop
is "nothing leaked" "$stopped" 0

done_testing
