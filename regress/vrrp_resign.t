#!/bin/sh
#
# A master hands over: by lvsctl and at the end of lvsd, to another lvsd and
# to keepalived, and no packet is lost, of a client that sends one each
# millisecond.  Then what remains of an order: who resigned stays away, who is
# demoted stays demoted, whatever dies.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

probes_start() {
	in_ns client ping -qc1 -W1 "${1-$LAB_VIP}" >/dev/null
	proc_start probes client ping -n -i 0.001 "${1-$LAB_VIP}"
	wait_for 5 answered 100
}

answered() {
	[ "$(grep -c icmp_seq= "$LAB_TMP/probes.log")" -ge "$1" ]
}

# The numbers of the probes that no answer came to.  The last ones may be on
# their way, and are not in the log; no more than 65,536 fit.
lost() {
	sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' "$LAB_TMP/probes.log" |
	    awk '{ seen[$1] = 1; if ($1 > last) last = $1 }
		END { for (i = 1; i <= last; i++) if (!seen[i]) print i }'
}

# Called when all has happened.
lost_none() {
	_answered=$(grep -c icmp_seq= "$LAB_TMP/probes.log")
	ok "$1: the client is answered" wait_for 5 answered $((_answered + 100))
	proc_stop probes INT
	is "$1: no probe was lost" "$(lost)" ""
}

engine() {
	pgrep -P "$(proc_pid "$1")" -f "^lvsd: $2"
}

kill_engine() {
	kill -KILL "$(engine "$1" "$2")"
}

started_again() {
	[ "$(count_said "$1" "$2 started again")" -ge "$3" ]
}

shows() {
	ctl "$1" show vrrp | grep -Eq -e "$2"
}

settled() {
	wait_for 10 is_role "$1" VI_1 master && wait_for 10 holds "$1" &&
	    wait_for 10 is_role "$2" VI_1 backup && wait_for 10 lacks "$2"
}

keepalived_conf() {
	cat <<-CONF
	global_defs {
		vrrp_version 3
	}
	vrrp_instance VI_1 {
		interface eth0
		virtual_router_id 51
		priority 100
		advert_int 0.1
		virtual_ipaddress {
			$LAB_VIP/24
		}
	}
	CONF
}

keepalived_start() {
	proc_start dir2 dir2 keepalived -n -l -D -P \
	    -f "$LAB_TMP/keepalived.conf" -p "$LAB_TMP/keepalived" \
	    -r "$LAB_TMP/keepalived_vrrp"
	wait_for 10 says dir2 'Entering BACKUP STATE'
}

trap net_down EXIT
net_up || bail "no network"

# To another lvsd, and back.
instance 200 >"$LAB_TMP/dir1.conf"
instance 100 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
exits "alone it cannot resign" 1 ctl dir1 vrrp resign VI_1
like "because it is no master yet" "$output" 'VI_1 is not master but backup'
ok "dir1 is master" wait_for 10 is_role dir1 VI_1 master
exits "alone it cannot resign" 1 ctl dir1 vrrp resign VI_1
like "because nobody takes over" "$output" \
    'VI_1 is still master: nobody has taken over$'
is "it is master" "$(role dir1 VI_1)" master
proc_start monitor dir1 "$LVSCTL" -s /run/lvsd-dir1.sock monitor
ok "dir2 starts" director dir2
ok "dir1 has the address" settled dir1 dir2
exits "a backup cannot resign" 1 ctl dir2 vrrp resign VI_1
like "and is told so" "$output" 'VI_1 is not master but backup'

ok "a client asks" probes_start
exits "dir1 resigns" 0 ctl dir1 vrrp resign VI_1
is "and says to whom" "$output" "handed over to 10.77.0.2"
ok "dir2 has the address" settled dir2 dir1
lost_none "resigned"
ok "the address is dir2's to the client" test \
    "$(mac_of client $LAB_VIP)" = 02:77:00:00:00:02
like "the log names who did it" "$(cat "$LAB_TMP/dir1.log")" \
    'VI_1: master -> handover: resigned by uid 0, pid [0-9]+$'
ok "a monitor sees it" wait_for 5 says monitor '"VI_1" handover -> backup'
like "and what was between" "$(cat "$LAB_TMP/monitor.log")" \
    '"VI_1" master -> handover'
proc_stop monitor

# It has the higher priority, and stays away all the same.
ok "dir1 hears dir2" hears dir1
ok "dir1 stays away" settled dir2 dir1
ok "and says why" shows dir1 'resigned: gives way'
ok "vrrpe of dir1 dies" kill_engine dir1 vrrpe
ok "another is there" wait_for 10 started_again dir1 vrrpe 1
ok "lbe of dir1 dies" kill_engine dir1 lbe
ok "another is there" wait_for 10 started_again dir1 lbe 1
ok "dir1 has still resigned" wait_for 10 shows dir1 'resigned: gives way'
instance 210 >"$LAB_TMP/dir1.conf"
ok "dir1 reloads with a higher priority" ctl dir1 reload
ok "dir1 hears dir2" hears dir1
ok "dir1 stays away" settled dir2 dir1
exits "dir1 takes part again" 0 ctl dir1 vrrp undemote VI_1
like "it says so" "$output" 'takes part again$'
ok "and preempts" settled dir1 dir2

ok "dir1 resigns" ctl dir1 vrrp resign VI_1
ok "dir2 has the address" settled dir2 dir1
ok "a client asks" probes_start
exits "dir2 resigns too" 0 ctl dir2 vrrp resign VI_1
ok "dir1 has the address: dir2 has released" settled dir1 dir2
lost_none "and back"
unlike "dir1 has not resigned any more" "$(ctl dir1 show vrrp)" resigned
ok "dir2 has" shows dir2 'resigned: gives way'
ok "dir1 resigns" ctl dir1 vrrp resign VI_1
ok "dir2 has the address" settled dir2 dir1
ok "dir2 dies" crash dir2
ok "dir1 is master: the new one is lost" \
    wait_for 10 is_role dir1 VI_1 master
ok "dir2 starts" director dir2
ok "dir2 hears dir1" hears dir2
ok "dir1 has the address" settled dir1 dir2

# The end of lvsd is a hand-over.
ok "a client asks" probes_start
ok "dir1 stops" proc_stop dir1
ok "it has no address" lacks dir1
ok "dir2 is master" wait_for 10 is_role dir2 VI_1 master
lost_none "stopped"
like "dir1 says whom it left it to" "$(cat "$LAB_TMP/dir1.log")" \
    'VI_1: handover -> init: handed over to 10.77.0.2'
ok "dir1 starts" director dir1
ok "dir1 has the address" settled dir1 dir2
ok "a client asks" probes_start
ok "lvsctl stops dir1" ctl dir1 stop
ok "dir1 ends" wait_for 10 lacks dir1
lost_none "stopped by lvsctl"
ok "dir2 stops: nobody is there" proc_stop dir2
like "it says so" "$(cat "$LAB_TMP/dir2.log")" \
    'VI_1: handover -> init: nobody has taken over'
ok "it has no address" lacks dir2
rm -f "$LAB_TMP/dir1.pid"

# In version 2, at a second.
v2() {
	instance "$1" | sed 's/version 3/version 2/; s/advertise .*/advertise 1s/'
}
v2 200 >"$LAB_TMP/dir1.conf"
v2 100 >"$LAB_TMP/dir2.conf"
ok "version 2: dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 has the address" settled dir1 dir2
ok "dir2 hears it" wait_for 5 heard dir2 1
ok "a client asks" probes_start
exits "dir1 resigns" 0 ctl dir1 vrrp resign VI_1
ok "dir2 has the address" settled dir2 dir1
lost_none "version 2"
ok "a backup that stops" proc_stop dir1
unlike "does not hand over" "$(tail -n 5 "$LAB_TMP/dir1.log")" handover

# Whoever cannot wait.
ok "dir2 is told to end" kill -TERM "$(proc_pid dir2)"
ok "it hands over" wait_for 5 says dir2 'master -> handover: lvsd ends'
ok "and is told again" proc_stop dir2
like "it ends at once" "$(cat "$LAB_TMP/dir2.log")" \
    'vrrpe .* is killed: lvsd is told to end again'
ok "without the address" lacks dir2

# Over IPv6.
v6() {
	instance "$1" "address fe80::77:10/64" "address $LAB_VIP6/64" |
	    sed "/address $LAB_VIP\\//d"
}
v6 200 >"$LAB_TMP/dir1.conf"
v6 100 >"$LAB_TMP/dir2.conf"
ok "IPv6: dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 is master" wait_for 10 is_role dir1 VI_1 master
ok "it has the address" wait_for 10 holds dir1 $LAB_VIP6
ok "dir2 hears it" hears dir2
ok "a client asks" probes_start $LAB_VIP6
exits "dir1 resigns" 0 ctl dir1 vrrp resign VI_1
is "and says to whom" "$output" "handed over to fe80::2"
ok "dir2 has the address" wait_for 10 holds dir2 $LAB_VIP6
ok "dir1 not" wait_for 10 lacks dir1 $LAB_VIP6
lost_none "IPv6"
ok "a client asks" probes_start $LAB_VIP6
ok "dir2 stops" proc_stop dir2
ok "dir1 has the address" wait_for 10 holds dir1 $LAB_VIP6
lost_none "IPv6, stopped"
proc_stop dir1

# With the virtual MAC, by which the network turns: not before the last of
# many addresses is there.
last=10.77.0.249
vmac() {
	for _i in $(seq 110 249); do
		echo "	address 10.77.0.$_i/32"
	done >"$LAB_TMP/more"
	instance "$1" 'use virtual mac' "$(cat "$LAB_TMP/more")"
}
if ip -n dir1 link add link eth0 type macvlan mode vepa 2>/dev/null; then
	ip -n dir1 link del macvlan0
	vmac 200 >"$LAB_TMP/dir1.conf"
	vmac 100 >"$LAB_TMP/dir2.conf"
	ok "virtual MAC: dir1 starts" director dir1
	ok "dir2 starts" director dir2
	ok "dir1 is master" settled dir1 dir2
	ok "it has the last address" wait_for 10 holds dir1 $last
	ok "dir2 hears it" hears dir2
	ok "a client asks" probes_start $last
	exits "dir1 resigns" 0 ctl dir1 vrrp resign VI_1
	ok "dir2 has the address" wait_for 10 holds dir2 $last
	ok "dir1 not" wait_for 10 lacks dir1 $last
	lost_none "virtual MAC"
	ok "a client asks" probes_start $last
	ok "dir2 stops" proc_stop dir2
	ok "dir1 has the address" wait_for 10 holds dir1 $last
	lost_none "virtual MAC, stopped"
	proc_stop dir1
else
	skip 16 "no macvlan in this kernel"
fi

# Demotion.
instance 100 >"$LAB_TMP/dir1.conf"
instance 90 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 has the address" settled dir1 dir2
exits "dir1 is demoted" 0 ctl dir1 vrrp demote VI_1 by 5
is "by so much" "$output" "VI_1: demotion 0 -> 5, priority 100 -> 95"
exits "and more" 0 ctl dir1 vrrp demote VI_1 by 15
ok "dir2 has the address" settled dir2 dir1
like "the log says who did it" "$(cat "$LAB_TMP/dir1.log")" \
    'VI_1: demotion 5 -> 20, priority 95 -> 80 by uid 0, pid [0-9]+$'
ok "vrrpe of dir1 dies" kill_engine dir1 vrrpe
ok "it is still demoted" wait_for 10 shows dir1 'demoted by 20'
ok "lbe of dir1 dies" kill_engine dir1 lbe
ok "it is still demoted" wait_for 10 shows dir1 'demoted by 20'
instance 105 >"$LAB_TMP/dir1.conf"
ok "dir1 reloads" ctl dir1 reload
ok "it is still demoted" shows dir1 'priority 85 .configured 105'
instance 105 | sed 's/vrid 51/vrid 52/' >"$LAB_TMP/dir1.conf"
ok "dir1 reloads as another router" ctl dir1 reload
ok "it is still demoted" wait_for 5 shows dir1 'priority 85 .configured 105'
instance 105 >"$LAB_TMP/dir1.conf"
ok "and back" ctl dir1 reload
ok "dir2 has the address" settled dir2 dir1
exits "a part is given back" 0 ctl dir1 vrrp undemote VI_1 by 15
ok "dir1 has the address" settled dir1 dir2
exits "wholly demoted" 0 ctl dir1 vrrp demote VI_1
is "down to the least" "$output" \
    "VI_1: demotion 5 -> 254, priority 100 -> 1"
ok "dir2 has the address" settled dir2 dir1
exits "wholly undemoted" 0 ctl dir1 vrrp undemote VI_1
is "back to the configured" "$output" \
    "VI_1: demotion 254 -> 0, priority 1 -> 105"
ok "dir1 has the address" settled dir1 dir2
proc_stop dir2

# vrrpe dies in the midst of a hand-over that takes its time.
instance 100 | sed 's/advertise .*/advertise 3s/' >"$LAB_TMP/dir1.conf"
ok "dir1 reloads with a long interval" ctl dir1 reload
proc_start addresses dir1 ip -n dir1 -o monitor address
proc_start resign dir1 "$LVSCTL" -s /run/lvsd-dir1.sock vrrp resign VI_1
ok "dir1 resigns" wait_for 5 is_role dir1 VI_1 handover
ok "it waits" shows dir1 'waits for [0-9]+m?s that another takes over'
ok "vrrpe dies" kill_engine dir1 vrrpe
ok "who asked is told" wait_for 5 says resign 'vrrpe has ended meanwhile'
ok "another vrrpe listens first" wait_for 10 says dir1 \
    'init -> handover: its addresses are there'
ok "and is master" wait_for 10 is_role dir1 VI_1 master
proc_stop addresses
unlike "the address was never away" "$(cat "$LAB_TMP/addresses.log")" Deleted
proc_stop dir1

instance 255 >"$LAB_TMP/dir1.conf"
ok "an owner starts" director dir1
ok "it is master" wait_for 5 is_role dir1 VI_1 master
exits "it is not demoted" 1 ctl dir1 vrrp demote VI_1
like "and says why" "$output" 'VI_1 has priority 255'
exits "it does not resign" 1 ctl dir1 vrrp resign VI_1
like "and says why" "$output" 'VI_1 has priority 255'
exits "there is no other" 1 ctl dir1 vrrp resign VI_2
like "and it says so" "$output" 'there is no vrrp "VI_2"'
proc_stop dir1

# To keepalived.
if command -v keepalived >/dev/null; then
	instance 200 >"$LAB_TMP/dir1.conf"
	keepalived_conf >"$LAB_TMP/keepalived.conf"
	ok "dir1 starts" director dir1
	ok "it is master" wait_for 5 is_role dir1 VI_1 master
	ok "keepalived starts" keepalived_start
	ok "a client asks" probes_start
	exits "dir1 resigns" 0 ctl dir1 vrrp resign VI_1
	is "to keepalived" "$output" "handed over to 10.77.0.2"
	ok "keepalived has the address" wait_for 5 holds dir2
	ok "dir1 not" wait_for 5 lacks dir1
	lost_none "to keepalived"
	ok "dir1 hears keepalived" hears dir1
	is "dir1 stays away" "$(role dir1 VI_1)" backup
	ok "dir1 takes part again" ctl dir1 vrrp undemote VI_1
	ok "it is master" wait_for 5 is_role dir1 VI_1 master
	ok "keepalived has no address" wait_for 5 lacks dir2
	ok "a client asks" probes_start
	ok "dir1 stops" proc_stop dir1
	ok "keepalived has the address" wait_for 5 holds dir2
	lost_none "stopped beside keepalived"
	proc_stop dir2
else
	skip 18 "keepalived is not installed"
fi
is "lvsd ended well" "$(faults)" ""
done_testing
