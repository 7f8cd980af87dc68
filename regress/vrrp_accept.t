#!/bin/sh
#
# `no accept': the master answers for its address, but takes nothing sent to
# it; what nftables has for that comes, changes and goes with the
# configuration, outlives a crash, and is put back when somebody flushes it.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

command -v nft >/dev/null || skip_all "nft is not installed"
more=10.77.0.20
foreign='table inet filter {
	chain input {
		type filter hook input priority filter; policy accept;
		ip saddr 192.0.2.99 drop
	}
}'

table() {
	in_ns dir1 nft list table inet lvsd 2>/dev/null
}

has_table() {
	[ -n "$(table)" ]
}

has_no_table() {
	! has_table
}

# The elements of a set, one a line.
elements() {
	table | tr ',' '\n' | sed -n "/set $1 {/,/}\$/p" |
	    grep -oE '([0-9]+\.){3}[0-9]+|[0-9a-f:]+::[0-9a-f:]+'
}

drops() {
	elements addrs4 | grep -qx "$1"
}

pings() {
	in_ns client ping -qc1 -W1 "$1"
}

# A connection is refused at once by who takes it and has no such service.
connects() {
	in_ns client curl -sS --max-time 1 "http://$1:9/"
}

# Whatever the client knows of the address, it has to ask anew.
answers_arp() {
	in_ns client arping -c2 -w2 -I eth0 "$1"
}

configure() {
	instance 200 "$@" >"$LAB_TMP/dir1.conf"
}

trap net_down EXIT
net_up || bail "no network"
echo "$foreign" | in_ns dir1 nft -f - || skip_all "no nftables in this kernel"

configure
ok "accept is the default" director dir1
ok "dir1 is master" wait_for 10 holds dir1
ok "and takes what is sent to the address" pings $LAB_VIP
connects $LAB_VIP >/dev/null 2>&1
is "a connection is refused by it" $? 7
not_ok "nothing is in nftables" has_table

# By a reload, while it is master.
configure 'no accept'
ok "no accept" ctl dir1 reload
ok "the address stays" holds dir1
ok "the master answers for it" answers_arp $LAB_VIP
not_ok "does not take a ping" pings $LAB_VIP
connects $LAB_VIP >/dev/null 2>&1
is "nor a connection" $? 28
ok "takes what is sent to its own address" pings "$(ns_addr dir1)"
like "the rule is behind IPVS" "$(table)" 'hook input priority 101'
like "and counts" "$(table)" 'daddr @addrs4 counter packets [1-9]'
like "neighbours are spoken with" "$(table)" 'icmpv6 type .* accept'

# Other addresses, by reloads.
configure 'no accept' "address $more/24"
ok "with one more" ctl dir1 reload
ok "which is there" wait_for 5 holds dir1 $more
not_ok "it is not taken" pings $more
configure 'no accept'
ok "and without it" ctl dir1 reload
ok "it is gone" wait_for 5 lacks dir1 $more
is "also from the set" "$(elements addrs4)" $LAB_VIP

# From the very first moment that it is there: nothing is answered meanwhile.
configure
ctl dir1 reload >/dev/null
ok "accept again" pings $LAB_VIP
not_ok "leaves nothing in nftables" has_table
proc_stop dir1
configure 'no accept'
proc_start ping client ping -n -i 0.01 $LAB_VIP
ok "lvsd comes anew" director dir1
ok "has the rule before it has the address" drops $LAB_VIP
ok "is master" wait_for 10 holds dir1
ok "is heard" wait_for 5 answers_arp $LAB_VIP
proc_stop ping INT
unlike "and has never answered" "$(cat "$LAB_TMP/ping.log")" 'bytes from'

# A crash; and one into another configuration.
proc_start ping client ping -n -i 0.01 $LAB_VIP
crash dir1
ok "a crash leaves the address" holds dir1
configure 'no accept' "address $more/24"
ok "the next life" director dir1
ok "adds to what is there" drops $more
ok "is master again" wait_for 10 is_role dir1 VI_1 master
proc_stop ping INT
unlike "nothing was answered meanwhile" "$(cat "$LAB_TMP/ping.log")" \
    'bytes from'
crash dir1
configure
ok "the next accepts" director dir1
ok "and removes what it finds" has_no_table
ok "it is master" wait_for 10 is_role dir1 VI_1 master
ok "and takes" pings $LAB_VIP
configure 'no accept'
ctl dir1 reload >/dev/null

# Somebody else.
in_ns dir1 nft flush ruleset
ok "what is flushed comes back" wait_for 5 drops $LAB_VIP
ok "which is told" says dir1 'somebody else changed table inet lvsd'
not_ok "nothing is taken" pings $LAB_VIP
echo "$foreign" | in_ns dir1 nft -f -
in_ns dir1 nft flush chain inet lvsd input
ok "so do rules" wait_for 5 eval 'table | grep -q "@addrs4 .* drop"'
in_ns dir1 nft "delete element inet lvsd addrs4 { $LAB_VIP }"
ok "and an element" wait_for 5 drops $LAB_VIP

# A table of this name that is not as it must be.
crash dir1
in_ns dir1 nft delete table inet lvsd
in_ns dir1 nft 'add table inet lvsd; add chain inet lvsd input {
	type filter hook input priority -10; policy accept; }'
like "a table of another look" "$(table)" 'hook input priority filter - 10'
ok "one that looks otherwise" director dir1
like "is replaced" "$(table)" 'hook input priority 101'
ok "with what there must be" drops $LAB_VIP

# The end.
ok "dir1 stops" proc_stop dir1
ok "it leaves no address" lacks dir1
not_ok "and no table" has_table
is "that of somebody else is as it was" \
    "$(in_ns dir1 nft list ruleset)" "$foreign"
is "lvsd ended well" "$(faults)" ""
done_testing
