#!/bin/sh
#
# What lvsctl shows of the kernel, beside what ipvsadm(8) does: its table, its
# counters, its connections.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)
rs16=$(ns_addr rs1 6) rs26=$(ns_addr rs2 6)
nat=10.77.0.20 two=10.77.0.21 gone=10.77.0.22 route=10.77.0.30 foreign=10.77.0.50

configure() {
	cat <<-END
	table <web> { $rs1, $rs2 weight 3 }
	table <web6> { $rs16, $rs26 }
	table <both> { $rs1, $rs26 }
	table <many> { $(seq -f 10.99.0.%g 1 150 | paste -sd ,) }
	service "www" {
		listen on $nat, $two tcp port 80
		scheduler rr
		forward to <web> port 80
	}
	service "direct" {
		listen on $route tcp port 80
		scheduler wlc
		route to <web>
	}
	service "echo" {
		listen on $nat udp port 7007
		scheduler mh port
		one-packet
		forward to <web>
	}
	service "sticky" {
		listen on $nat tcp port 7007
		scheduler sh port fallback
		persistent 50s prefix 24
		forward to <web>
	}
	service "sip" {
		listen on $gone udp port 5060
		scheduler rr
		persistent 60s engine sip
		forward to <web>
	}
	service "mark" {
		listen on mark 5
		listen on mark 7 inet6
		scheduler rr
		persistent 60s
		tunnel to <both>
	}
	service "many" {
		listen on mark 101
		listen on mark 102
		listen on mark 103
		scheduler rr
		forward to <many>
	}
	service "sctp" {
		listen on $gone sctp port 80
		scheduler rr
		tunnel to <web6> type gue port 6080
	}
	END
}

# NAT answers by way of dir1.
nat_client() {
	{
		echo "addr add 10.77.0.104/24 dev eth0"
		for _ in $nat $two; do
			echo "route add $_/32 dev eth0 src 10.77.0.104"
		done
	} | ip -n client -batch -
	for _ in rs1 rs2; do
		ip -n $_ route add 10.77.0.104/32 via $(ns_addr dir1)
		in_ns $_ sysctl -qw net.ipv4.conf.all.accept_redirects=0
	done
}

asked() {
	in_ns client "$TOP/lab/ask" "$1" "$2" "$3" 10 8 >/dev/null 2>&1
}

# The columns of numbers of a line of `show stats' that begins so.
counts() {
	ctl dir1 show stats | awk -v type="$1" -v name="$2" -v ports="$3" \
	    '$2 == "service" { in_it = $3 == ports }
	    $2 == type && $3 == name && (in_it || ports == "") {
		$1 = $2 = $3 = ""; sub(/^ */, ""); print; exit }'
}

# The same of TCP as ipvsadm has them; it knows no sums.
kernel_counts() {
	in_ns dir1 ipvsadm -Ln --stats --exact | awk -v vs="$1" -v rs="$2" \
	    '$1 != "->" { in_it = $1 == "TCP" && $2 == vs; if (in_it && rs == "") n = 3 }
	    $1 == "->" && in_it && $2 == rs { n = 3 }
	    n { print $n, $(n + 1), $(n + 2), $(n + 3), $(n + 4); n = 0 }'
}

table_same() {
	ctl dir1 show ipvs >"$LAB_TMP/ours" &&
	    in_ns dir1 ipvsadm -Ln >"$LAB_TMP/theirs" &&
	    cmp -s "$LAB_TMP/ours" "$LAB_TMP/theirs"
}

# Connections without the seconds that they have left, in order.
ours() {
	ctl dir1 show sessions "$@" | sed 's/ [0-9]*:[0-9]* / /' | sort
}

theirs() {
	in_ns dir1 ipvsadm -Lnc | sed '1d;s/ [0-9]*:[0-9]* / /' | sort
}

sessions_same() {
	[ "$(ours)" = "$(theirs)" ]
}

rates() {
	ctl dir1 show stats rates | awk '$2 == "service" && $3 == "www" &&
	    $6 > 0 && $7 > 0 && $8 > 0 && $9 > 100 && $10 > 100 { found = 1 }
	    END { exit !found }'
}

trap net_down EXIT
net_up || bail "no network"
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $route
	proc_start echo-$rs $rs "$TOP/lab/echo" $rs 0.0.0.0 7007
done
for address in $nat $two $gone $route $foreign; do
	ip -n dir1 addr add $address/32 dev eth0
done
nat_client
configure >"$LAB_TMP/dir1.conf"
director dir1 || bail "$(cat "$LAB_TMP/dir1.log")"
in_ns dir1 ipvsadm -A -t $foreign:80 -s lc
in_ns dir1 ipvsadm -a -t $foreign:80 -r $rs1:80 -m -w 9
ok "the table is there" wait_for 5 eval \
    'in_ns dir1 ipvsadm -Ln | grep -q "Tunnel.*1"'

for _ in 1 2; do
	asked http $nat 80
done
asked http $two 80
asked http $route 80
asked udp $nat 7007
asked tcp $nat 7007
proc_start kept client "$TOP/lab/ask" kept $nat 7007 100
ok "connections of all kinds are there" wait_for 5 eval \
    'theirs | grep -q "ESTABLISHED.*:7007"'

ok "show ipvs is ipvsadm -Ln" wait_for 10 table_same
diff "$LAB_TMP/theirs" "$LAB_TMP/ours" | while read -r line; do
	diag "$line"
done
is "all of it, in pieces" "$(grep -c ' 10.99.0' "$LAB_TMP/ours")" 450
like "with services of others" "$(cat "$LAB_TMP/ours")" \
    "TCP +$foreign:80 lc"
ok "show sessions is ipvsadm -Lnc" wait_for 10 sessions_same
is "with its heading" "$(ctl dir1 show sessions | head -1)" \
    "$(in_ns dir1 ipvsadm -Lnc | sed -n 2p)"

# Those of a service, a host, a client.
all=$(ours | grep -v ^pro)
is "those of a service" "$(ours service www | grep -v ^pro)" \
    "$(echo "$all" | grep -E " ($nat|$two):80 ")"
is "of a host" "$(ours host $rs1 | grep -v ^pro)" \
    "$(echo "$all" | grep -E " $rs1:[0-9]+\$")"
is "of a host of a service" \
    "$(ours service www host $rs2:80 | grep -v ^pro)" \
    "$(echo "$all" | grep -E " ($nat|$two):80 .* $rs2:80\$")"
isnt "which are some" "$(ours service www host $rs2:80 | grep -v ^pro)" ""
is "of a client" "$(ours client 10.77.0.104 | grep -v ^pro)" \
    "$(echo "$all" | grep -E ' 10\.77\.0\.104:')"
is "of a network" "$(ours client 10.77.0.104/29 | grep -v ^pro)" \
    "$(echo "$all" | grep -E ' 10\.77\.0\.104:')"
isnt "which is not all" "$(ours client 10.77.0.104)" "$(ours)"
is "of nobody there" "$(ours client fd77::/16 | grep -v ^pro)" ""
exits "a service that is none" 1 ctl dir1 show sessions service none
exits "a host that is none" 1 ctl dir1 show sessions host 10.0.0.1
exits "a network that is none" 1 ctl dir1 show sessions client 10.0.0.1/33
like "a mark" "$(ctl dir1 show sessions service mark 2>&1)" \
    "service mark listens on a mark"

# at_rest: the kernel brings its counters up to date every two seconds
# (net/netfilter/ipvs/ip_vs_est.c), so a reading may miss what has been.
at_rest() {
	_before=$(kernel_counts $nat:7007)
	sleep 2.5
	[ "$(kernel_counts $nat:7007)" = "$_before" ]
}

# Counters.
proc_stop kept
ok "the counters come to rest" wait_for 10 at_rest
is "of a service that listens on two addresses" \
    "$(counts service www | cut -d ' ' -f 3)" 24
is "one of them" "$(counts listen $nat:80 | sed 's/^tcp - - //')" \
    "$(kernel_counts $nat:80)"
is "a host" "$(counts host $rs1:80 www | cut -d ' ' -f 3)" 12
is "of one that listens once" \
    "$(counts service sticky | cut -d ' ' -f 3-)" "$(kernel_counts $nat:7007)"
is "and its hosts" "$(for rs in $rs1 $rs2; do
	counts host $rs:7007 sticky | cut -d ' ' -f 3-; done)" \
    "$(for rs in $rs1 $rs2; do kernel_counts $nat:7007 $rs:7007; done)"
unlike "those of others are not there" "$(ctl dir1 show stats)" "$foreign"
proc_start requests client "$TOP/lab/ask" http $nat 80 20
ok "rates" wait_for 20 rates
proc_stop requests

# Nothing of a reading stays when the configuration changes or lbe dies.
configure | sed "s/weight 3/weight 2/" >"$LAB_TMP/dir1.conf"
exits "a reload" 0 ctl dir1 reload
ok "is shown" wait_for 5 table_same
pid=$(ps -eo pid=,args= | awk '/[l]vsd: lbe/ { print $1; exit }')
kill -KILL "$pid"
ok "another lbe shows it" wait_for 10 table_same

cat >"$LAB_TMP/dir2.conf" <<-END
vrrp "VI_9" on eth0 {
	vrid 9
	address 10.77.0.9
}
END
ok "an lvsd without services" director dir2
like "has nothing to show" "$(ctl dir2 show ipvs 2>&1)" \
    "no service is configured, so IPVS is not in use"
like "nor connections" "$(ctl dir2 show sessions 2>&1)" \
    "no service is configured, so IPVS is not in use"

done_testing
