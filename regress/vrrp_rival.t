#!/bin/sh
#
# A second master that loses: it is named, and when it has turned the
# neighbours' heads, the master that stays announces itself again.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

rival() {
	in_ns client perl "$TOP/regress/advert.pl" src=10.77.0.0 prio=100
}

# It must have been master for longer than its announcements at first take.
settled() {
	ctl dir1 show vrrp | grep -Eq 'master for 00:(00:(0[7-9]|[1-5])|0[1-9])'
}

known_by() {
	[ "$(mac_of client $LAB_VIP)" = "$1" ]
}

trap net_down EXIT
net_up || bail "no network"
instance 100 >"$LAB_TMP/dir1.conf"
ok "dir1 starts" director dir1
ok "dir1 is master" wait_for 10 is_role dir1 VI_1 master
ok "dir1 has been master for a while" wait_for 20 settled
ip -n client neigh replace $LAB_VIP lladdr 02:77:00:00:00:99 dev eth0 \
    nud stale
ok "the client is wrong" known_by 02:77:00:00:00:99
ok "a rival with a lower address" rival
ok "is named" wait_for 5 says dir1 \
    'advert from 10.77.0.0: a rival master, with priority 100 to our 100'
ok "dir1 puts the client right" wait_for 5 known_by 02:77:00:00:00:01
is "is still master" "$(role dir1 VI_1)" master
proc_stop dir1
is "lvsd ended well" "$(faults)" ""
done_testing
