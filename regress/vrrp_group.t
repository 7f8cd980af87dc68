#!/bin/sh
#
# A sync group on two networks: its instances are on one director, whatever
# happens to one of them.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

second_network() {
	echo "link add br1 type bridge mcast_snooping 0"
	echo "link set br1 addrgenmode none up"
	for number in 1 2; do
		echo "link add dir${number}b type veth peer name eth1" \
		    "netns dir$number"
		echo "link set dir${number}b master br1 up"
	done
}

# priority of VI_1, of VI_2
group() {
	instance "$1"
	instance "$2" | sed "s/VI_1/VI_2/; s/eth0/eth1/; s/vrid 51/vrid 52/
	    s/$LAB_VIP/10.78.0.10/"
	echo 'sync group "both" { vrrp "VI_1"'
	echo 'vrrp "VI_2"'
	echo '}'
}

both() {
	is_role "$1" VI_1 "$2" && is_role "$1" VI_2 "$2"
}

# Never is one instance here and the other there, but for a moment.
moved() {
	wait_for 10 both "$1" master && wait_for 10 both "$2" "${3-backup}" &&
	    wait_for 5 holds "$1" && wait_for 5 holds "$1" 10.78.0.10 &&
	    wait_for 5 lacks "$2" && wait_for 5 lacks "$2" 10.78.0.10
}

# The directors on this bridge do not hear each other any more.
deaf() {
	bridge -n lan link set dev "$1" isolated "$3" &&
	    bridge -n lan link set dev "$2" isolated "$3"
}

trap net_down EXIT
net_up || bail "no network"
second_network | ip -n lan -batch - || bail "no second network"
for number in 1 2; do
	ip -n dir$number addr add 10.78.0.$number/24 dev eth1
	ip -n dir$number link set eth1 up
done

group 200 200 >"$LAB_TMP/dir1.conf"
group 100 100 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 has both" moved dir1 dir2

ip -n lan link set dir1b down
ok "a cable is cut: both move" moved dir2 dir1 fault
like "one says why" "$(ctl dir1 show vrrp)" 'eth1 is down'
like "the other too" "$(ctl dir1 show vrrp)" 'VI_2 of its sync group'
ip -n lan link set dir1b up
ok "it is mended: both return" moved dir1 dir2

ok "one network parts the directors" deaf dir1b dir2b on
ok "the other is heard" hears dir2
ok "nothing moves" moved dir1 dir2
deaf dir1b dir2b off

ok "both networks part them" deaf dir1 dir2 on
deaf dir1b dir2b on
ok "both are master" wait_for 10 both dir2 master
ok "dir1 still" both dir1 master
deaf dir1 dir2 off
ok "one network joins them: one of both for all" \
    wait_for 10 both dir2 backup
deaf dir1b dir2b off
ok "both networks: it remains" moved dir1 dir2

exits "one is told to resign: both do" 0 ctl dir1 vrrp resign VI_2
is "and it is said so" "$output" \
    "handed over to 10.78.0.2, with all of sync group both"
ok "dir2 has both" moved dir2 dir1
ok "dir1 hears dir2" hears dir1
ok "dir1 stays away" moved dir2 dir1
ok "the other takes part again: both do" ctl dir1 vrrp undemote VI_1
ok "dir1 has both" moved dir1 dir2
deaf dir1b dir2b on
ok "one network parts them, for longer than a master may be silent" hears dir2
exits "dir1 cannot resign" 1 ctl dir1 vrrp resign VI_1
is "because of the other" "$output" \
    "lvsctl: VI_1 is still master: nobody has taken over VI_2"
ok "dir1 has both" moved dir1 dir2
deaf dir1b dir2b off
ok "and both are heard again" hears dir2

# The first release that is heard takes the other instance with it, which may
# be before that one's own.
released=$(count_said dir2 'the master has released')
unheard=$(count_said dir2 'is not heard any more')
ok "dir1 stops" proc_stop dir1
ok "both move" wait_for 10 both dir2 master
ok "by a release" \
    [ "$(count_said dir2 'the master has released')" -gt "$released" ]
is "not by silence" "$(count_said dir2 'is not heard any more')" "$unheard"

# Each is the better one on one network: who is first remains.
group 200 50 >"$LAB_TMP/dir1.conf"
ok "dir1 comes back, better for one" director dir1
ok "it hears dir2" hears dir1
ok "nothing moves" moved dir2 dir1

group 200 200 >"$LAB_TMP/dir1.conf"
ok "dir1 becomes the better for both" ctl dir1 reload
ok "and has both" moved dir1 dir2
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""

# A group of keepalived's understands ours, and ours its.
keepalived_instance() {
	cat <<-CONF
	vrrp_instance $1 {
		interface $2
		virtual_router_id $3
		priority 100
		advert_int 0.1
		virtual_ipaddress {
			$4/24
		}
	}
	CONF
}

keepalived_group() {
	echo 'global_defs { vrrp_version 3 }'
	echo 'vrrp_sync_group both { group { VI_1 VI_2 } }'
	keepalived_instance VI_1 eth0 51 $LAB_VIP
	keepalived_instance VI_2 eth1 52 10.78.0.10
}

holds_both() {
	wait_for 10 holds "$1" && wait_for 10 holds "$1" 10.78.0.10 &&
	    wait_for 10 lacks "$2" && wait_for 10 lacks "$2" 10.78.0.10
}

if ! command -v keepalived >/dev/null; then
	skip 13 "keepalived is not installed"
	done_testing
fi
keepalived_group >"$LAB_TMP/keepalived.conf"
proc_start dir2 dir2 keepalived -n -l -D -P -f "$LAB_TMP/keepalived.conf" \
    -p "$LAB_TMP/keepalived" -r "$LAB_TMP/keepalived_vrrp"
ok "keepalived has both" holds_both dir2 dir1
ok "dir1 starts" director dir1
ok "and has both" holds_both dir1 dir2
exits "dir1 resigns" 0 ctl dir1 vrrp resign VI_1
is "to keepalived" "$output" \
    "handed over to 10.77.0.2, with all of sync group both"
ok "which has both" holds_both dir2 dir1
ok "dir1 takes part again" ctl dir1 vrrp undemote VI_1
ok "and has both" holds_both dir1 dir2
ip -n lan link set dir1b down
ok "a cable of ours is cut: keepalived has both" holds_both dir2 dir1
ip -n lan link set dir1b up
ok "it is mended: dir1 has both" holds_both dir1 dir2
ip -n lan link set dir2b down
group 50 50 >"$LAB_TMP/dir1.conf"
ok "a cable of theirs is cut: a lower priority changes nothing" \
    ctl dir1 reload
ok "dir1 has both" holds_both dir1 dir2
ip -n lan link set dir2b up
ok "it is mended: keepalived has both" holds_both dir2 dir1
done_testing
