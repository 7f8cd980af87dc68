#!/bin/sh
#
# Connection sync: a connection that is kept outlives the master, by NAT and
# by direct routing.  And the settings of the kernel: set, put back, and what
# two of them do to connections.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"
. "$TOP/regress/writes.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)
# What the real servers answer to through NAT goes by way of the master.
nat=10.77.0.20 gateway=10.77.0.9

# configure NS PRIORITY [LINE...]
configure() {
	_ns=$1
	_priority=$2
	shift 2
	{
		printf '%s\n' "$@"
		cat <<-END
		lease 60s
		table <web> { $rs1, $rs2 }
		service "direct" {
			listen on $LAB_VIP tcp port 7007
			scheduler rr
			persistent 50s
			route to <web> check tcp
		}
		service "large direct" {
			listen on $LAB_VIP tcp port 80
			route to <web> check tcp
		}
		service "large nat" {
			listen on $nat tcp port 80
			forward to <web> check tcp
		}
		service "nat" {
			listen on $nat tcp port 7007
			scheduler rr
			forward to <web> check tcp
		}
		END
		instance $_priority "address $nat/24" "address $gateway/24"
	} >"$LAB_TMP/$_ns.conf"
}

sync='sync connections on eth0 while master of "VI_1"'

# of FILE NAME: a value of what lab/ask told.
of() {
	_told=" $(tr '\n' ' ' <"$LAB_TMP/$1.log") "
	case $_told in
	*" $2="*)	_rest=${_told#*" $2="}; echo "${_rest%% *}" ;;
	*)		echo 0 ;;
	esac
}

# known NS [PORT]: it has both connections of the client as established ones.
known() {
	in_ns "$1" ipvsadm -Lnc >"$LAB_TMP/connections"
	_known=0
	for _from in $(in_ns client ss -Htn state established \
	    "dport = :${2-7007}" | awk '{ print $3 }'); do
		grep -Eq "ESTABLISHED  *$_from " "$LAB_TMP/connections" ||
		    return 1
		_known=$((_known + 1))
	done
	[ $_known = 2 ]
}

# Ten seconds of it, from one server or the other, which have the same.
large_start() {
	for _at in $LAB_VIP $nat; do
		proc_start large-$_at client curl -sS --max-time 60 \
		    -o "$LAB_TMP/got-$_at" "http://$_at/large"
	done
}

# large_end WHEN
large_end() {
	for _at in $LAB_VIP $nat; do
		ok "$1: the download from $_at ends" wait_for 30 ended \
		    large-$_at
		ok "$1: and is whole" cmp "$LAB_TMP/got-$_at" "$LAB_TMP/large"
	done
}

ended() {
	! proc_alive "$1"
}

daemons() {
	in_ns "$1" ipvsadm --list --daemon
}

# order NS: in what order addresses and daemons have changed.
order() {
	writes "$(proc_pid "$1")" addresses | grep -E 'address|daemon' | uniq |
	    tr '\n' ' '
}

sends() {
	[ "$(daemons "$1" | cut -d ' ' -f 1)" = master ]
}

receives() {
	[ "$(daemons "$1" | cut -d ' ' -f 1)" = backup ]
}

setting() {
	in_ns "$1" cat "/proc/sys/net/ipv4/vs/$2"
}

well() {
	ctl "$1" show summary | grep -c 'active (2 hosts)' | grep -qx 4
}

clients_start() {
	proc_start direct client "$TOP/lab/ask" kept $LAB_VIP 7007 20
	proc_start nat client "$TOP/lab/ask" kept $nat 7007 20
}

# clients_end WHEN: both have lost nothing.
clients_end() {
	sleep 0.5
	for _one in direct nat; do
		proc_stop $_one
		is "$1: $_one lives" "$(of $_one failed)" 0
		ok "$1: and is of use" test "$(of $_one answered)" -gt 10
		diag "$1: $(cat "$LAB_TMP/$_one.log")"
	done
}

trap net_down EXIT
net_up || bail "no network"
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $LAB_VIP
	proc_start echo-$rs $rs "$TOP/lab/echo" $rs 0.0.0.0 7007
done
nat_client $nat $gateway
in_ns dir1 sh -c 'modprobe -q ip_vs; :'
# With both daemons on one director this would keep it from directing.
configure dir1 200 "$sync" "ipvs sysctl backup_only 1" \
    "ipvs sysctl sync_threshold 3 10" "ipvs restore"
configure dir2 150 "$sync" "ipvs sysctl backup_only 1"
ok "dir1 runs" director dir1
ok "dir2 runs" director dir2
ok "dir1 is master" wait_for 10 is_role dir1 VI_1 master
ok "and sends" wait_for 10 sends dir1
ok "dir2 receives" wait_for 10 receives dir2
like "as the instance is numbered" "$(daemons dir1)" \
    '^master sync daemon \(mcast=eth0, syncid=51, .*group=224.0.0.81, port=8848, ttl=1\)$'
is "settings are made" \
    "$(setting dir1 backup_only) $(setting dir1 sync_threshold)" "1 3	10"
is "and what persistence needs, but no others" \
    "$(setting dir1 expire_quiescent_template) $(setting dir1 expire_nodest_conn)" \
    "1 0"
ok "the servers are found" wait_for 10 well dir1
ok "by both" wait_for 10 well dir2

clients_start
large_start
ok "the master has the connections" wait_for 10 known dir1
ok "the backup too" wait_for 20 known dir2
ok "those of long downloads, too" wait_for 20 known dir2 80
for at in $LAB_VIP $nat; do
	ok "that from $at goes on" proc_alive large-$at
done
writes_start dir2 || diag "netlink is not seen"
crash dir1
link_cut dir1
ok "the master dies, the backup is master" \
    wait_for 5 is_role dir2 VI_1 master
ok "it sends" wait_for 10 sends dir2
is "it ended to receive before it had addresses" "$(order dir2)" \
    "del-daemon new-daemon new-address "
clients_end death
large_end death

# Another lvsd finds what its forerunner had begun, and takes nothing away.
clients_start
ok "connections to the new master" wait_for 10 known dir2
crash dir2
ok "it was killed, and sends on" sends dir2
: >"$LAB_TMP/dir2.log"
ok "another one" director dir2
ok "is master again" wait_for 10 is_role dir2 VI_1 master
is "it has not changed sides" \
    "$(count_said dir2 'connection sync on eth0: (sends|receives)')" 0
clients_end "kill"

# The daemon that somebody else has stopped.
in_ns dir2 ipvsadm --stop-daemon master
ok "a daemon that somebody stopped comes back" wait_for 20 sends dir2

# The first one returns.
ok "dir1 starts again" director dir1
ok "and does not send what it has no right to" lacks dir1 "$LAB_VIP"
writes_start dir2
link_mend dir1
ok "it is master" wait_for 10 is_role dir1 VI_1 master
ok "and sends" wait_for 10 sends dir1
ok "dir2 receives again" wait_for 10 receives dir2
is "when it has no addresses any more" "$(order dir2)" \
    "del-address del-daemon new-daemon "

# Another configuration.
configure dir2 150 "$sync port 8900 id 7 group 224.0.0.99 ttl 3 maxlen 2000"
exits "other numbers" 0 ctl dir2 reload
ok "are taken at once" wait_for 10 eval 'daemons dir2 |
    grep -q "syncid=7, maxlen=2000, group=224.0.0.99, port=8900, ttl=3"'
configure dir2 150 "$sync group ff02::51 ttl 9"
exits "a group of IPv6" 0 ctl dir2 reload
ok "is taken" wait_for 10 eval 'daemons dir2 |
    grep -q "syncid=51, .*group=ff02::51, port=8848, ttl=9"'
is "a setting that is not there any more is as it was" \
    "$(setting dir2 backup_only)" 0
in_ns dir2 ipvsadm --list --daemon >/dev/null
configure dir2 150 "ipvs sysctl expire_quiescent_template 0"
exits "no sync" 0 ctl dir2 reload
ok "ends it" wait_for 10 eval '[ -z "$(daemons dir2)" ]'
is "a setting that is written goes before one that is implied" \
    "$(setting dir2 expire_quiescent_template)" 0
in_ns dir2 ipvsadm --start-daemon backup --mcast-interface eth0 --syncid 9
exits "another reload" 0 ctl dir2 reload
ok "a daemon of somebody else is let alone" receives dir2
in_ns dir2 ipvsadm --stop-daemon backup

# What becomes of connections to a host that is removed.
hosts() {
	ctl dir1 host "$1" $rs1 && ctl dir1 host "$1" $rs2
}

clients_start
ok "connections are there" wait_for 10 known dir1
exits "both hosts are disabled" 0 hosts disable
sleep 0.5
exits "and enabled" 0 hosts enable
ok "and there again" wait_for 10 well dir1
clients_end "silence until they are back"
configure dir1 200 "$sync" "ipvs sysctl expire_nodest_conn 1" "ipvs restore"
exits "expire_nodest_conn 1" 0 ctl dir1 reload
clients_start
ok "connections are there again" wait_for 10 known dir1
exits "both hosts are disabled again" 0 hosts disable
ok "clients are told: expire_nodest_conn 1" wait_for 10 eval \
    '! in_ns client ss -Htn state established | grep -q ":7007"'
proc_stop nat
proc_stop direct
isnt "by a reset" "$(of nat failed)" 0

before=$(setting dir1 expire_quiescent_template)
is "dir1 has changed it" "$before" 1
proc_stop dir1
is "with restore old values are back" \
    "$(setting dir1 expire_quiescent_template) $(setting dir1 expire_nodest_conn)" \
    "0 0"
ok "who has ended receives" receives dir1
configure dir1 200
ok "another lvsd, without sync" director dir1
ok "ends that" wait_for 10 eval '[ -z "$(daemons dir1)" ]'
ok "and forgets it" wait_for 5 eval \
    '! grep "^kernel sync" /run/lvsd-dir1.sock.state'
in_ns dir1 ipvsadm --start-daemon backup --mcast-interface eth0 --syncid 9
crash dir1
: >"$LAB_TMP/dir1.log"
ok "yet another" director dir1
ok "is master" wait_for 10 is_role dir1 VI_1 master
ok "and lets one of somebody else alone" receives dir1
configure dir2 150 "ipvs sysctl drop_entry 1"
exits "a setting of dir2" 0 ctl dir2 reload
proc_stop dir2
is "stays without" "$(setting dir2 drop_entry)" 1

done_testing
