#!/bin/sh
#
# Addresses on lease: renewed while somebody does, gone when nobody does,
# found again by who comes back in time.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/regress/net.sh"

LEASE=3

# life ADDR: its valid and preferred lifetime in seconds, and "deprecated".
life() {
	ip -o addr show to "$1" |
	    sed 's/.*valid_lft \([a-z0-9]*\) preferred_lft \([a-z0-9]*\).*/\1 \2/
	    s/sec//g'
}

# lives ADDR SECONDS: not longer than that, but it does.
lives() {
	_left=$(life "$1" | cut -d' ' -f1)
	[ "$_left" != forever ] && [ "${_left:-0}" -gt 0 ] &&
	    [ "$_left" -le "$2" ]
}

forever() {
	[ "$(life "$1" | cut -d' ' -f1)" = forever ]
}

now() {
	date +%s%3N
}

watch() {
	ip -ts -o monitor address >"$dir/monitor" 2>&1 3>&- &
	monitor=$!
	wait_for 5 test -d "/proc/$monitor"
}

conf() {
	cat >"$dir/conf"
	chmod 600 "$dir/conf"
	ask conf "$dir/conf"
}

two() {
	cat <<-END
		$1
		vrrp "one" on e0 {
			vrid 1
			address 10.1.0.1
			address 10.1.0.2/24
			address fd01::1/64 excluded
		}
		vrrp "two" on e0 {
			vrid 2
			address 10.1.1.1
		}
	END
}

net_begin
start
two "lease ${LEASE}s" | conf >/dev/null
is "two instances hold addresses" "$(ask "hold one; hold two" | sort)" \
    "result one 3 ok
result two 1 ok"
ok "which have a life to live" lives 10.1.0.1 $LEASE
is "that of IPv4 is preferred as long" "$(life 10.1.0.1 | tr ' ' '\n' |
    uniq | wc -l)" 1
like "that of IPv6 is no source of connections" "$(life fd01::1)" ' 0$'
watch
sleep $((LEASE + 2))
is "they are renewed" "$(held e0 | wc -l)" 4
is "and never were away" "$(grep -c Deleted "$dir/monitor")" 0
like "again and again" "$(grep -c '10\.1\.1\.1' "$dir/monitor")" '^[4-9]$'
kill "$monitor"
reads=$(grep -c 'addresses read in' "$dir/log")
sleep 1.5
is "which is nothing to read anything for" \
    "$(grep -c 'addresses read in' "$dir/log")" "$reads"

# Another lease by a reload.
two "no lease" | conf >/dev/null
ok "no lease: for ever" wait_for 5 forever 10.1.0.1
ok "all of them" wait_for 5 forever fd01::1
two "lease 1h" | conf >/dev/null
ok "a long one" wait_for 5 lives 10.1.1.1 3600
two "lease ${LEASE}s" | conf >/dev/null
ok "a short one" wait_for 5 lives 10.1.1.1 $LEASE
ok "all of them" wait_for 5 lives fd01::1 $LEASE

# What is not held any more is not renewed.
ask release two >/dev/null
is "released" "$(held e0 | grep -c '10\.1\.1')" 0

# Killed, and back in time.
die
watch
start
two "lease ${LEASE}s" | conf >/dev/null
is "who comes back finds what is whole" "$(ask found)" "found one"
sleep $((LEASE + 1))
is "and keeps it while nothing else is told" "$(held e0 | wc -l)" 3
is "until it is master" "$(ask hold one)" "result one 3 ok"
is "which found it so" "$(ask found)" ""
is "nothing was ever away" "$(grep -c Deleted "$dir/monitor")" 0
kill "$monitor"
die
start
two "lease ${LEASE}s" | conf >/dev/null
ask "keep one" >/dev/null
is "or hands it over" "$(held e0 | wc -l)" 3
die
start
two "lease ${LEASE}s" | conf >/dev/null
is "or is backup" "$(ask release one; held e0)" ""
ask hold one >/dev/null
ip addr del 10.1.0.1/32 dev e0
ok "one is put back" wait_for 5 has e0 10.1.0.1/32
die
ip addr del 10.1.0.1/32 dev e0
start
two "lease ${LEASE}s" | conf >/dev/null
is "what is not whole is not found" "$(ask found)" ""

# What the configuration does not name any more.
ask hold one >/dev/null
die
ip addr add 10.1.0.9/32 dev e0
start
conf >/dev/null <<-END
	lease ${LEASE}s
	vrrp "one" on e0 {
		vrid 1
		address 10.1.0.1
	}
END
ok "what is not configured any more goes at once" \
    [ "$(held e0 | tr '\n' ' ')" = "10.1.0.1/32 10.1.0.9/32 " ]
is "the rest is found" "$(ask found)" "found one"
ip addr del 10.1.0.9/32 dev e0

# Killed for good.
ask hold one >/dev/null
watch
killed=$(now)
die
ok "nobody comes back: it goes" wait_for 10 has_not e0 10.1.0.1/32
gone=$(now)
kill "$monitor"
diag "gone $((gone - killed)) ms after the kill"
ok "when the lease is over" [ $((gone - killed)) -ge $((LEASE * 667)) ]
ok "and not a second later" [ $((gone - killed)) -lt $((LEASE * 1000 +
    1000)) ]

done_testing
