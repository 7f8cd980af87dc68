#!/bin/sh
#
# Checks via service take a client's way: they find out that a real server has
# no address of the service, which its own port does not tell, on the director
# that is master and on the backup alike.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/daemon.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)
rs16=$(ns_addr rs1 6) rs26=$(ns_addr rs2 6)
tunnel=10.77.0.30

# configure NS PRIORITY
configure() {
	cat >"$LAB_TMP/$1.conf" <<-END
	log state changes
	interval 800ms
	timeout 700ms
	fall 2
	table <web> { $rs1, $rs2 }
	table <six> { $rs16, $rs26 }
	table <far> { $rs1, $rs2 }
	vrrp "VI_1" on eth0 {
		version 3
		vrid 51
		priority $2
		advertise 100ms
		address $LAB_VIP/24
		address $tunnel/24
	}
	vrrp "VI_6" on eth0 {
		vrid 52
		priority $2
		advertise 100ms
		address fe80::77/64
		address $LAB_VIP6/64
	}
	service "web" {
		listen on $LAB_VIP tcp port 80
		route to <web> check tcp via service check http "/health" via service ${3-}
	}
	service "six" {
		listen on $LAB_VIP6 tcp port 80
		route to <six> check http "/health" and "/" via service
	}
	service "far" {
		listen on $tunnel tcp port 80
		tunnel to <far> check http "/health" via service
	}
	END
}

# is_host NS TABLE ADDRESS STATE
is_host() {
	ctl "$1" show hosts | awk -v t="$2:80" -v a="$3" -v s="$4" '
	    $2 == "table" { inside = $3 == t }
	    inside && index($0, a) && index($0, s) { found = 1 }
	    END { exit !found }'
}

both_say() {
	wait_for 10 is_host dir1 "$@" && wait_for 10 is_host dir2 "$@"
}

# in_kernel NS SERVICE ADDRESS
in_kernel() {
	in_ns "$1" ipvsadm -Ln | awk -v s="$2" -v a="$3:80" '
	    $1 == "TCP" || $1 == "FWM" { inside = $2 == s }
	    inside && $2 == a { found = 1 }
	    END { exit !found }'
}

gone_from() {
	! in_kernel "$@"
}

engine() {
	pgrep -P "$(proc_pid "$1")" -f "$2"
}

trap net_down EXIT
net_up || bail "no network"
for ns in rs1 rs2; do
	rs_http $ns || bail "no server"
	rs_dr $ns $LAB_VIP && rs_dr $ns $LAB_VIP6 || bail "no loopback"
	rs_tun $ns $tunnel || bail "no tunnel"
done
# The strictest that a director may have been set up with.
in_ns dir1 sysctl -qw net.ipv4.conf.all.rp_filter=1 \
    net.ipv4.conf.eth0.rp_filter=1
configure dir1 200
configure dir2 100
ok "dir1 starts" director dir1 || bail "$output"
ok "dir2 starts" director dir2
ok "dir1 is master" wait_for 10 is_role dir1 VI_1 master
ok "of IPv6 too" wait_for 10 is_role dir1 VI_6 master
ok "dir2 is backup" wait_for 10 is_role dir2 VI_1 backup
for host in "web $rs1" "web $rs2" "six $rs16" "six $rs26" \
    "far $rs1" "far $rs2"; do
	ok "both directors find ${host#* } of ${host% *} up" both_say $host up
done
ok "rp_filter was in the way" says dir1 "set net.ipv4.conf.eth0.rp_filter to 2"
ok "and so was accept_local" says dir1 \
    "set net.ipv4.conf.eth0.accept_local to 1"
ok "as it would be on the backup" says dir2 \
    "set net.ipv4.conf.eth0.accept_local to 1"
ok "clients are served" test "$(get_n 4 http://$LAB_VIP/ | sort -u |
    tr '\n' ' ')" = "rs1 rs2 "
unlike "services for checks are nobody's business" \
    "$(ctl dir1 show services; ctl dir1 show hosts)" "via"
is "no other is told of" "$(ctl dir1 show services | grep -c service)" 3

# The real server forgets that the address is its own.
ip -n rs1 addr del $LAB_VIP/32 dev lo
ok "without its address a real server is down" both_say web "$rs1" down
ok "out of the kernel's table of the master" \
    wait_for 5 gone_from dir1 $LAB_VIP:80 "$rs1"
ok "and of the backup" wait_for 5 gone_from dir2 $LAB_VIP:80 "$rs1"
ok "though its own port answers" \
    in_ns dir1 curl -gfsS --max-time 3 "http://$rs1/health"
ok "the other one stays" in_kernel dir1 $LAB_VIP:80 "$rs2"
ok "and those of other services" is_host dir2 far "$rs1" up
is "clients get answers" "$(get_n 4 http://$LAB_VIP/ | sort -u)" rs2
ip -n rs1 addr add $LAB_VIP/32 dev lo
ok "with it, it is up again" both_say web "$rs1" up

ip -n rs2 addr del $LAB_VIP6/128 dev lo
ok "the same with IPv6" both_say six "$rs26" down
ip -n rs2 addr add $LAB_VIP6/128 dev lo nodad
ok "and back" both_say six "$rs26" up
ip -n rs2 addr del $tunnel/32 dev tunl0
ok "the same in a tunnel" both_say far "$rs2" down
ip -n rs2 addr add $tunnel/32 dev tunl0
ok "and back" both_say far "$rs2" up

# Over a hand-over, a reload and the death of hce all stays so.
changes() {
	cat "$LAB_TMP/dir1.log" "$LAB_TMP/dir2.log" |
	    grep -Ec 'state (up|down|unknown) -> (up|down)'
}
before=$(changes)
marks=$(in_ns dir1 ipvsadm -Sn | grep -c -- ' -f ')
is "each way to a real server has a service" "$marks" 12
ctl dir1 vrrp resign VI_1 >/dev/null
ok "dir2 takes over" wait_for 10 is_role dir2 VI_1 master
configure dir1 200 "interval 900ms"
chmod 600 "$LAB_TMP/dir1.conf"
ok "dir1 is reloaded" ctl dir1 reload
old=$(engine dir1 'lvsd.*hce')
kill -9 "$old"
new_hce() {
	_new=$(engine dir1 'lvsd.*hce') && [ "$_new" != "$old" ]
}
ok "and gets a new hce" wait_for 10 new_hce
ip -n rs1 addr del $LAB_VIP/32 dev lo
ok "a real server loses its address again" both_say web "$rs1" down
ip -n rs1 addr add $LAB_VIP/32 dev lo
ok "and gets it back" both_say web "$rs1" up
is "nothing else has gone up or down" "$(($(changes) - before))" 4
is "the services for checks are the same" \
    "$(in_ns dir1 ipvsadm -Sn | grep -c -- ' -f ')" 12
sed -i 's/via service//g' "$LAB_TMP/dir1.conf"
ok "dir1 is reloaded without such checks" ctl dir1 reload
no_marks() {
	! in_ns dir1 ipvsadm -Sn | grep -q -- ' -f '
}
ok "and needs them no more" wait_for 10 no_marks
sed -i 's/via service//g' "$LAB_TMP/dir1.conf"
ok "dir1 is reloaded without such checks" ctl dir1 reload
no_marks() {
	! in_ns dir1 ipvsadm -Sn | grep -q -- ' -f '
}
ok "and needs them no more" wait_for 10 no_marks
ok "dir1 ends" proc_stop dir1
ok "dir2 ends" proc_stop dir2
is "no sanitizer has found anything" "$(faults)" ""
done_testing
