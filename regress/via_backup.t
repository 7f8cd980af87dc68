#!/bin/sh
#
# With backup_only IPVS rests where connections of another director are
# received: checks via services would be answered by that director.  They are
# not made there then, which is told, and the verdicts stay.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)

# configure NS PRIORITY
configure() {
	{
		cat <<-END
		interval 500ms
		timeout 400ms
		fall 1
		table <web> { $rs1, $rs2 }
		sync connections on eth0 while master of "VI_1"
		service "www" {
			listen on $LAB_VIP tcp port 80
			route to <web> check http "/health" via service
		}
		END
		instance "$2"
	} >"$LAB_TMP/$1.conf"
}

# hosts NS TEXT: how many hosts have it in their lines.
hosts() {
	ctl "$1" show hosts | grep -c -e "$2"
}

has_hosts() {
	[ "$(hosts "$1" "$2")" = "$3" ]
}

backup_only() {
	in_ns "$1" sysctl -qw net.ipv4.vs.backup_only=$2
}

told() {
	grep -Fq "$1" "$LAB_TMP/events"
}

monitored() {
	ctl dir2 reload >/dev/null && told 'generation'
}

trap 'kill $monitor 2>/dev/null; net_down' EXIT
net_up || bail "no network"
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $LAB_VIP
done
configure dir1 200
configure dir2 150
ok "dir1 runs" director dir1
ok "dir2 runs" director dir2
ok "dir1 is master" wait_for 10 is_role dir1 VI_1 master
ok "dir2 receives" wait_for 10 says dir2 'connection sync on eth0: receives'
ok "dir2 finds both hosts up" wait_for 10 has_hosts dir2 '[[:space:]]up$' 2
ctl dir2 monitor >"$LAB_TMP/events" 2>&1 &
monitor=$!
ok "somebody monitors" wait_for 10 monitored

backup_only dir1 1
backup_only dir2 1
why='IPVS rests here, by backup_only'
ok "dir2 says why it makes no checks" wait_for 10 has_hosts dir2 "$why" 2
ok "and logs it" says dir2 'backup_only is set.*; set it to 0'
ok "and tells those who monitor" wait_for 5 told 'backup_only is set'
ok "a real server fails" rs_sick rs1
ok "the master sees it" wait_for 10 has_hosts dir1 '[[:space:]]down$' 1
is "what makes no checks sees nothing" "$(hosts dir2 '[[:space:]]up$')" 2
is "the master's are made" "$(hosts dir1 "$why")" 0

backup_only dir2 0
ok "without it dir2 checks again" wait_for 10 has_hosts dir2 "$why" 0
ok "and sees it, too" wait_for 10 has_hosts dir2 '[[:space:]]down$' 1
ok "which it logs" says dir2 'checks via services are made again'

# Where it takes over it does not rest.
backup_only dir2 1
ok "it rests again" wait_for 10 has_hosts dir2 "$why" 2
ctl dir1 vrrp resign VI_1 >/dev/null
ok "dir2 is master" wait_for 10 is_role dir2 VI_1 master
ok "and checks" wait_for 10 has_hosts dir2 "$why" 0
rs_well rs1
ok "and finds all well" wait_for 10 has_hosts dir2 '[[:space:]]up$' 2
ok "the other rests" wait_for 10 has_hosts dir1 "$why" 2
done_testing
