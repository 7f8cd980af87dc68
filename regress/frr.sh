# regress/frr.sh: FRR's vrrpd in a namespace.  Sourced after regress/lib.sh
# and lab/net.sh, inside of the lab.
#
#	frr_device NS NAME VRID ADDR/LEN...	the macvlan on eth0 that
#				vrrpd finds by its MAC, and leaves to others
#				to make; of IPv6 it sends from fe80::2:VRID
#	frr_start NS		zebra and vrrpd, with $LAB_TMP/vrrpd.conf, and
#				without forking; they log to $LAB_TMP/vrrpd.log
#	frr_stop		vrrpd first: it releases
#	frr_role VRID 4|6	the state of a router of vrrpd: Master, Backup;
#				`debug vrrp protocol' must be in its file

FRR=/usr/lib/frr

# The link-local address that it sends from, the newest of them, is not one of
# the shared.
frr_device() {
	_where=$1
	_name=$2
	_vrid=$3
	shift 3
	_family=1
	_flag=
	case $1 in
	*:*)	_family=2
		_flag=nodad
		set -- "$@" "fe80::2:$_vrid/64" ;;
	esac
	ip -n "$_where" link add link eth0 name "$_name" \
	    address "$(printf '00:00:5e:00:%02x:%02x' $_family "$_vrid")" \
	    type macvlan mode bridge || return 1
	ip -n "$_where" link set "$_name" addrgenmode none up
	for _addr; do
		ip -n "$_where" addr add "$_addr" dev "$_name" $_flag ||
		    return 1
	done
}

# They give up being root, and write their sockets and pids still.
frr_start() {
	mkdir -p "$LAB_TMP/frr"
	: >"$LAB_TMP/frr/zebra.conf"
	cp "$LAB_TMP/vrrpd.conf" "$LAB_TMP/frr/vrrpd.conf"
	chmod 755 "$LAB_TMP"
	chown -R frr:frr "$LAB_TMP/frr"
	for _daemon in zebra vrrpd; do
		proc_start $_daemon "$1" $FRR/$_daemon \
		    -f "$LAB_TMP/frr/$_daemon.conf" \
		    -i "$LAB_TMP/frr/$_daemon.pid" \
		    -z "$LAB_TMP/frr/zserv.api" \
		    --vty_socket "$LAB_TMP/frr" -A 127.0.0.1 --log stdout
		wait_for 10 test -S "$LAB_TMP/frr/$_daemon.vty" || return 1
	done
}

frr_stop() {
	proc_stop vrrpd || return 1
	proc_stop zebra
	rm -rf "$LAB_TMP/frr"
}

frr_role() {
	sed -n "s/.*\[VRID $1\] \[IPv$2\] .* -> //p" "$LAB_TMP/vrrpd.log" |
	    tail -n 1
}
