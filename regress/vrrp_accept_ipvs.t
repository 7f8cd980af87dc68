#!/bin/sh
#
# `no accept' and IPVS: what is sent to a service of the address is spread as
# ever, by each way to forward; anything else is not taken.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

command -v nft >/dev/null || skip_all "nft is not installed"
rs1=$(ns_addr rs1) rs2=$(ns_addr rs2)
route=$LAB_VIP nat=10.77.0.20 tunnel=10.77.0.30

service() {
	printf 'service "%s" {\n\tlisten on %s tcp port 80\n' "$1" "$2"
	printf '\tscheduler rr\n\t%s to <web> port 80\n}\n' "$3"
}

configure() {
	{
		echo "table <web> { $rs1, $rs2 }"
		service route $route route
		service nat $nat forward
		service tunnel $tunnel tunnel
		instance 200 "address $nat/24" "address $tunnel/24" "$@"
	} >"$LAB_TMP/dir1.conf"
}

# Whoever answers two requests to an address, in order.
answers() {
	get_n 2 "http://$1/" | sort | tr '\n' ' '
}

# What becomes of a connection to the director itself: who takes it and has
# no such service refuses it at once.
connects() {
	in_ns client curl -s --max-time 2 "http://$1:9/"
	case $? in
	7)	echo refused ;;
	28)	echo timeout ;;
	esac
}

pings() {
	in_ns client ping -qc1 -W1 "$1"
}

trap net_down EXIT
net_up || bail "no network"
# The kernel of user-mode-linux has nftables for bridges only: there is what
# lvsd has to say of that.
if ! in_ns dir1 nft 'add table inet t; delete table inet t' 2>/dev/null; then
	configure 'no accept'
	not_ok "without nftables lvsd does not start" director dir1
	like "and says of which instance, and why" \
	    "$(cat "$LAB_TMP/dir1.log")" 'dir1.conf:[0-9]+: vrrp "VI_1": no accept needs nftables in the kernel \(.*\): load the module nf_tables, or remove no accept$'
	configure
	ok "without no accept it starts" director dir1
	configure 'no accept'
	exits "and does not take it by a reload" 1 ctl dir1 reload
	like "for the same reason" "$output" 'no accept needs nftables'
	ok "it goes on" wait_for 10 is_role dir1 VI_1 master
	skip 15 "no nftables in this kernel"
	done_testing
fi
for rs in rs1 rs2; do
	rs_http $rs || bail "no nginx"
	rs_dr $rs $route
	rs_tun $rs $tunnel
done
configure 'no accept'
ok "lvsd runs" director dir1
ok "is master" wait_for 10 holds dir1 $tunnel
for way in route tunnel nat; do
	eval address=\$$way
	# Answers of the others are not to come back this way.
	[ $way != nat ] || for rs in rs1 rs2; do
		rs_gateway $rs "$(ns_addr dir1)"
	done
	configure 'no accept'
	ctl dir1 reload >/dev/null
	is "$way: both servers answer" "$(answers $address)" "rs1 rs2 "
	not_ok "$way: a ping is not taken" pings $address
	is "$way: nor a connection to another port" "$(connects $address)" timeout
	configure
	ctl dir1 reload >/dev/null
	is "$way, accept: both servers answer" "$(answers $address)" \
	    "rs1 rs2 "
	ok "$way, accept: a ping is taken" pings $address
	is "$way, accept: a connection is refused" "$(connects $address)" \
	    refused
done
ok "dir1 stops" proc_stop dir1
done_testing
