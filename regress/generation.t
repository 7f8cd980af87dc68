#!/bin/sh
#
# Plans, and the way back, of a director without services; short, so that it can
# be run with sanitizers.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/regress/daemon.sh"

trap 'kill -9 "$_lvsd" 2>/dev/null' EXIT

lvsctl() {
	"$LVSCTL" "$@"
}

holds() {
	ip -o addr show to "$1" | grep -q .
}

lacks() {
	! holds "$1"
}

settles() {
	! lvsctl show summary | grep -q 'waits to be confirmed'
}

alone
chmod 600 $conf
lvsd_start
ok "lvsd runs" logged 'lvsd runs'
ok "it has its address" wait_for 20 holds 192.0.2.1
exits "the same again" 0 lvsctl plan
is "is no change" "$output" "no change"
sed -i 's/192.0.2.1/192.0.2.2/; s/priority 200/priority 201/' $conf
cp $conf /tmp/other.conf
exits "another address, from afar" 0 lvsctl plan /tmp/other.conf
like "is told" "$output" '^	\+ address 192.0.2.2/24$'
exits "another address" 0 lvsctl plan
is "is told with the old one" "$output" 'changed vrrp "VI"
	- priority 200
	+ priority 201
	- address 192.0.2.1/24
	+ address 192.0.2.2/24
ip address add 192.0.2.2/24 dev v0
ip address del 192.0.2.1/24 dev v0
0 operations in the kernel'"'"'s IPVS'
ok "nothing has happened yet" holds 192.0.2.1
exits "now it does, for a while" 0 lvsctl reload -c 2
ok "it is there" wait_for 10 holds 192.0.2.2
ok "and goes" wait_for 20 lacks 192.0.2.2
ok "the old one is there again" wait_for 10 holds 192.0.2.1
ok "nothing waits" wait_for 5 settles
exits "the other again" 0 lvsctl rollback
ok "it is there" wait_for 10 holds 192.0.2.2
exits "and back" 0 lvsctl rollback
ok "it is not" wait_for 10 lacks 192.0.2.2
exits "for a while" 0 lvsctl reload -c 60
exits "for ever" 0 lvsctl confirm
exits "and back" 0 lvsctl rollback
ok "to the first address" wait_for 10 holds 192.0.2.1
exits "for a while" 0 lvsctl reload -c 3
pid=$(engine_pid vrrpe)
kill -9 "$pid"
ok "there is another vrrpe" wait_for 20 another vrrpe "$pid"
ok "it goes back nevertheless" wait_for 30 holds 192.0.2.1
echo bogus >>$conf
exits "what is wrong" 1 lvsctl plan
like "is told" "$output" ':8: '
exits "for a while, too" 1 lvsctl reload -c 60
exits "nothing waits" 1 lvsctl confirm
ok "the last plan does no harm" holds 192.0.2.1
# A plan that an engine holds up.
sed -i '/bogus/d' $conf
pid=$(engine_pid vrrpe)
kill -STOP "$pid"
lvsctl plan >/tmp/plan 2>&1 &
plan=$!
ok "a plan is under way" wait_for 10 logged 'plan asked for'
sleep 1				# until it is with the engines
lvsctl reload >/tmp/reload 2>&1 &
reload=$!
not_ok "it gives way" wait "$plan"
like "and says so" "$(cat /tmp/plan)" 'another was asked for meanwhile'
kill -CONT "$pid"
ok "to a reload" wait "$reload"
sed -i 's/"VI"/"other"/; /bogus/d' $conf
exits "another instance, which is not master yet" 0 lvsctl plan
like "takes the address away" "$output" \
    '^ip address del 192.0.2.[12]/24 dev v0$'
unlike "and has none" "$output" '^ip address add'
lvsd_stop
is "lvsd ends in good order" $? 0
not_ok "sanitizers are content" logged 'Sanitizer|runtime error'
done_testing
