#!/bin/sh
#
# Two directors share an address: election, hand-over on a good end, failover
# on a crash and on a cut cable, the death of the engine alone, reload.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

mac1=02:77:00:00:00:01
mac2=02:77:00:00:00:02

# Exactly this director is master, has the address, and is known for it.
settled() {
	wait_for 10 is_role "$1" VI_1 master &&
	    wait_for 10 holds "$1" &&
	    wait_for 10 knows "$2"
}

knows() {
	in_ns client ping -qc1 -W1 $LAB_VIP >/dev/null &&
	    [ "$(mac_of client $LAB_VIP)" = "$1" ]
}

# The neighbour entry is not asked for again: an announcement changed it.
told() {
	[ "$(mac_of client $LAB_VIP)" = "$1" ]
}

# All of it but how long it still lives.
address_of() {
	ip -n "$1" -o addr show to $LAB_VIP | sed 's/valid_lft.*//'
}

taken_back() {
	[ "$(count_said "$1" 'init -> master: taken back')" -eq "$2" ]
}

trap net_down EXIT
net_up || bail "no network"
capture "$LAB_TMP/all.pcap" proto 112

instance 200 >"$LAB_TMP/dir1.conf"
instance 100 >"$LAB_TMP/dir2.conf"
ok "dir2 starts alone" director dir2
ok "and is master" settled dir2 $mac2
ok "dir1 starts" director dir1
ok "has the higher priority: is master" settled dir1 $mac1
ok "dir2 is backup" wait_for 5 is_role dir2 VI_1 backup
ok "and has given up the address" wait_for 5 lacks dir2
like "dir2 knows whom it follows" "$(ctl dir2 show vrrp)" \
    '10\.77\.0\.1 priority 200'
like "dir2 says why" "$(cat "$LAB_TMP/dir2.log")" \
    'VI_1: master -> backup: master 10.77.0.1 with priority 200 to our 100'

# A good end.
ok "dir1 stops" proc_stop dir1
ok "it takes its address along" lacks dir1
ok "dir2 takes over" wait_for 5 is_role dir2 VI_1 master
ok "because dir1 released" says dir2 'the master has released'
ok "and announces it" wait_for 5 told $mac2
ok "dir1 comes back" director dir1
ok "and preempts" settled dir1 $mac1

# A crash.
became=$(count_said dir2 'backup -> master')
ok "dir1 crashes" crash dir1
ok "dir2 takes over" wait_for 5 is_role dir2 VI_1 master
ok "because dir1 is silent" says dir2 'is not heard any more'
is "once" "$(count_said dir2 'backup -> master')" $((became + 1))
ok "dir1 comes back" director dir1
ok "and preempts" settled dir1 $mac1
ok "dir2 has given up the address" wait_for 5 lacks dir2

# A cable.
ok "the cable of dir1 is cut" link_cut dir1
ok "dir1 is in fault" wait_for 5 is_role dir1 VI_1 fault
like "and says why" "$(ctl dir1 show vrrp)" 'eth0 is down'
ok "has no address" wait_for 5 lacks dir1
ok "dir2 takes over" wait_for 5 is_role dir2 VI_1 master
ok "the cable is mended" link_mend dir1
ok "dir1 is master again" settled dir1 $mac1
ok "dir2 is backup" wait_for 5 is_role dir2 VI_1 backup

# Both live, but do not hear each other; then they do again.
bridge -n lan link set dev dir1 isolated on
bridge -n lan link set dev dir2 isolated on
ok "parted: dir2 is master too" wait_for 5 is_role dir2 VI_1 master
ok "and announces itself" wait_for 5 told $mac2
ok "dir1 still is" is_role dir1 VI_1 master
bridge -n lan link set dev dir1 isolated off
bridge -n lan link set dev dir2 isolated off
ok "joined: dir2 gives way" wait_for 5 is_role dir2 VI_1 backup
ok "and has no address" wait_for 5 lacks dir2
ok "dir1 has it" holds dir1

# The interface goes, and another of its name comes.
ip -n lan link del dir1
ok "dir1 has no interface: fault" wait_for 5 is_role dir1 VI_1 fault
like "and says why" "$(ctl dir1 show vrrp)" 'there is no interface eth0'
ok "dir2 takes over" wait_for 5 is_role dir2 VI_1 master
ip -n lan link add dir1 type veth peer name eth0 netns dir1 address $mac1
ip -n lan link set dir1 master br0 up
ip -n dir1 addr add 10.77.0.1/24 dev eth0
ip -n dir1 link set eth0 up
ok "another comes: dir1 is master again" settled dir1 $mac1
ok "dir2 is backup" wait_for 5 is_role dir2 VI_1 backup

# The engine alone: nobody notices.
became=$(count_said dir2 'backup -> master')
since=$(address_of dir1)
proc_start addresses dir1 ip -n dir1 -o monitor address
vrrpe=$(pgrep -P "$(proc_pid dir1)" -f '^lvsd: vrrpe')
kill -KILL "$vrrpe"
ok "vrrpe is killed, another takes the role back" \
    wait_for 10 says dir1 'init -> master: taken back after a restart'
ok "dir1 is master" wait_for 5 is_role dir1 VI_1 master
ok "dir2 hears it" hears dir2
kill -KILL "$(pgrep -P "$(proc_pid dir1)" -f '^lvsd: vrrpe')"
ok "so does the next one" wait_for 10 taken_back dir1 2
ok "dir2 hears it" hears dir2
is "dir2 never took over" "$(count_said dir2 'backup -> master')" "$became"
is "the address is as it was" "$(address_of dir1)" \
    "$since"
unlike "and was never away" "$(cat "$LAB_TMP/addresses.log")" Deleted
proc_stop addresses

# Reload.
instance 50 >"$LAB_TMP/dir1.conf"
ok "dir1 reloads with a lower priority" ctl dir1 reload
ok "dir2 takes over" settled dir2 $mac2
ok "dir1 is backup" wait_for 5 is_role dir1 VI_1 backup
instance 50 'address 10.77.0.20/24' >"$LAB_TMP/dir1.conf"
instance 100 'address 10.77.0.20/24' >"$LAB_TMP/dir2.conf"
became=$(count_said dir2 '-> master')
ok "dir1 reloads with an address more" ctl dir1 reload
ok "dir2 too" ctl dir2 reload
ok "and has it" wait_for 5 holds dir2 10.77.0.20
is "without a transition" "$(count_said dir2 '-> master')" "$became"
instance 100 >"$LAB_TMP/dir2.conf"
ok "dir2 reloads without it" ctl dir2 reload
ok "and has it no more" wait_for 5 lacks dir2 10.77.0.20
ok "but the other" holds dir2
instance 200 | sed s/VI_1/VI_9/ >"$LAB_TMP/dir2.conf"
ok "dir2 reloads with another instance" ctl dir2 reload
ok "which is master" wait_for 5 is_role dir2 VI_9 master
is "the old one is gone" "$(role dir2 VI_1)" ""
ok "the address is there" wait_for 5 holds dir2

proc_stop capture
is "all that was sent is in order" "$(remarks "$LAB_TMP/all.pcap")" ""
isnt "and much was" "$(tshark -r "$LAB_TMP/all.pcap" -Y vrrp 2>/dev/null |
    wc -l)" 0
is "from the directors, with TTL 255, to the group" \
    "$(tshark -r "$LAB_TMP/all.pcap" -T fields -e ip.src -e ip.dst \
    -e ip.ttl 2>/dev/null | sort -u | tr '\t\n' ' ,')" \
    "10.77.0.1 224.0.0.18 255,10.77.0.2 224.0.0.18 255,"
unlike "no warnings about adverts" "$(cat "$LAB_TMP"/dir?.log)" 'dropped'
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing
