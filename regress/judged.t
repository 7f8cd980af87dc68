#!/bin/sh
#
# A director that comes back leaves the addresses to one of lower priority until
# it has looked at its hosts, so that its clients are not sent to nobody.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1)
silent=10.77.0.250	# nobody has it

# configure NS PRIORITY ADDRESS...: the hosts.
configure() {
	_ns=$1 _priority=$2
	shift 2
	{
		cat <<-END
		interval 10s
		timeout 10s
		fall 1
		table <web> { $* }
		service "www" {
			listen on $LAB_VIP tcp port 80
			route to <web> check tcp
		}
		END
		instance "$_priority"
	} >"$LAB_TMP/$_ns.conf"
}

left='master has priority 100 to our 200, is left in peace until the hosts'

trap net_down EXIT
net_up || bail "no network"
rs_http rs1
rs_dr rs1 $LAB_VIP
configure dir2 100 $rs1
ok "dir2 starts" director dir2
ok "and is master" wait_for 20 is_role dir2 VI_1 master
ok "with a host" wait_for 20 get "http://$LAB_VIP/"

# Packets to its host come to nothing, which takes 10 s to find out.
ip -n dir1 neigh add $rs1 lladdr 02:77:00:00:00:99 dev eth0 nud permanent
configure dir1 200 $rs1
proc_start requests client "$TOP/lab/ask" http $LAB_VIP 80 10
ok "dir1 starts, better" director dir1
ok "leaves the master" wait_for 10 says dir1 "$left"
ok "hears it" hears dir1
ok "and is backup" is_role dir1 VI_1 backup
like "without a verdict on its host" "$(ctl dir1 show hosts)" \
    "host.*$rs1.*unknown"
ip -n dir1 neigh del $rs1 dev eth0
ok "when the host is up" wait_for 20 eval \
    'ctl dir1 show hosts | grep -Eq "host.*$rs1.*up"'
ok "it takes over" wait_for 10 is_role dir1 VI_1 master
ok "and dir2 gives way" wait_for 10 is_role dir2 VI_1 backup
proc_stop requests
diag "$(cat "$LAB_TMP/requests.log")"
failed=$(tr ' ' '\n' <"$LAB_TMP/requests.log" | sed -n 's/^failed=//p')
# Of those under way while the address moved, a few may be reset.
ok "next to no request has failed ($failed)" [ "$failed" -lt 20 ]

# A bad host is a verdict, too; so is a table that is not to be checked.
ok "dir1 stops" proc_stop dir1
ok "dir2 has it" wait_for 10 is_role dir2 VI_1 master
configure dir1 200 "$rs1, $silent"
sed -i 's/timeout 10s/timeout 500ms/' "$LAB_TMP/dir1.conf"
ok "dir1 starts with one that does not answer" director dir1
ok "and takes over" wait_for 15 is_role dir1 VI_1 master
ok "dir1 stops" proc_stop dir1
instance 200 >"$LAB_TMP/dir1.conf"
ok "dir1 starts with no hosts at all" director dir1
ok "and takes over" wait_for 10 is_role dir1 VI_1 master
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing
