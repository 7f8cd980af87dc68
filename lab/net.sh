# lab/net.sh: a network of six namespaces, for scripts run by lab/run.
#
#	. "$TOP/lab/net.sh"	with TOP the project's directory
#
#	       client       dir1       dir2       rs1       rs2
#	       .100 |        .1 |       .2 |      .11 |     .12 |   eth0
#	  ----------+-----------+----------+----------+---------+---- br0 in lan
#	                 10.77.0.0/24, fd77::/64, VIP .10
#
# IPv6 addresses end as the IPv4 ones: fd77::100, fe80::100.  So do the
# hardware addresses: 02:77:00:00:01:00 is the client, 02:77:00:00:00:12 rs2.
# The directors forward; that they use IPVS is what a test or lvsd adds.
#
#	net_up				all of the above; LAB_TMP is a
#					directory for the files of this network
#	net_down			ends every process started here and
#					removes all of it
#	in_ns NS COMMAND...		runs a command in a namespace
#	ns_addr NS [6]			prints a namespace's address
#	link_cut NS, link_mend NS	pulls NS's cable, and plugs it in: eth0
#					loses its carrier
#	link_mute NS			nothing passes its cable any more, of
#					which NS is not told, until it has been
#					cut and mended
#
#	proc_start NAME NS COMMAND...	a process in the background, its output
#					in $LAB_TMP/NAME.log
#	proc_stop NAME [SIGNAL]		sends TERM and waits until it is gone;
#					after 10 s kills it and fails
#	proc_pid NAME			prints its pid
#	proc_alive NAME			succeeds while it runs
#
#	rs_http NS [TEXT]		an nginx on port 80 that answers TEXT
#					(NS), "ok" at /health, and two MB that
#					take ten seconds, $LAB_TMP/large, at
#					/large; after rs_certify on port 443
#					too
#	rs_stop NS			ends it: connections are refused
#	rs_sick NS, rs_well NS		/health is 503, and "ok" again
#	rs_certify			makes $LAB_TMP/tls.crt and tls.key, for
#					the name www.example.com
#	rs_dr NS VIP			NS takes packets for VIP as a real
#					server behind direct routing
#	rs_tun NS VIP			the same behind an ipip tunnel
#	rs_gateway NS ADDRESS		NS answers by way of ADDRESS, as a real
#					server behind NAT
#	nat_client VIP ADDRESS		the client has another address for VIP,
#					whose answers go by way of ADDRESS; so
#					NAT and other ways live side by side
#
#	get URL...			prints what the client is answered
#	get_n NUMBER URL		so many times, each by a connection of
#					its own, one curl for all
#	wait_for SECONDS COMMAND...	see lab/wait.sh

: "${TOP:?lab/net.sh: set TOP to the project directory first}"
. "$TOP/lab/wait.sh"

LAB_NAMESPACES="client dir1 dir2 rs1 rs2"
LAB_VIP=10.77.0.10
LAB_VIP6=fd77::10
LAB_NAT_CLIENT=10.77.0.104
LAB_TMP=

_ns_number() {
	case $1 in
	client)	echo 100 ;;
	dir1)	echo 1 ;;
	dir2)	echo 2 ;;
	rs1)	echo 11 ;;
	rs2)	echo 12 ;;
	*)	echo "lab/net.sh: no namespace $1" >&2; return 1 ;;
	esac
}

ns_addr() {
	_number=$(_ns_number "$1") || return 1
	case ${2-} in
	6)	echo "fd77::$_number" ;;
	*)	echo "10.77.0.$_number" ;;
	esac
}

in_ns() {
	ip netns exec "$@"
}

# Written for ip -batch: one ip(8) for each namespace, not for each line.
_lan_lines() {
	echo "link add br0 type bridge mcast_snooping 0"
	echo "link set br0 addrgenmode none up"
	for _ns in $LAB_NAMESPACES; do
		case $_ns in
		client)	_mac=02:77:00:00:01:00 ;;
		dir*)	_mac=02:77:00:00:00:0${_ns#dir} ;;
		rs*)	_mac=02:77:00:00:00:1${_ns#rs} ;;
		esac
		echo "link add $_ns type veth peer name eth0 netns $_ns" \
		    "address $_mac"
		echo "link set $_ns addrgenmode none master br0 up"
	done
}

# No duplicate address detection: it would keep IPv6 waiting for seconds.
_ns_lines() {
	_number=$(_ns_number "$1")
	echo "link set lo up"
	echo "link set eth0 addrgenmode none up"
	echo "addr add 10.77.0.$_number/24 dev eth0"
	echo "addr add fd77::$_number/64 dev eth0 nodad"
	echo "addr add fe80::$_number/64 dev eth0 nodad"
}

net_up() {
	if [ -z "${LAB_INSIDE-}" ]; then
		echo "lab/net.sh: only for what lab/run runs" >&2
		return 1
	fi
	LAB_TMP=$(mktemp -d /tmp/net.XXXXXX) || return 1
	# Built in or loaded: what is really absent fails below.
	modprobe -aq ipv6 bridge veth 2>/dev/null
	for _ns in lan $LAB_NAMESPACES; do
		echo "netns add $_ns"
	done | ip -batch - || return 1
	_lan_lines | ip -n lan -batch - || return 1
	for _ns in $LAB_NAMESPACES; do
		_ns_lines "$_ns" | ip -n "$_ns" -batch - || return 1
	done
	# Everyone is on one wire, so a director that forwards would tell both
	# sides to talk past it.
	for _ns in dir1 dir2; do
		in_ns "$_ns" sysctl -qw net.ipv4.ip_forward=1 \
		    net.ipv6.conf.all.forwarding=1 \
		    net.ipv4.conf.all.send_redirects=0 \
		    net.ipv4.conf.eth0.send_redirects=0 || return 1
	done
}

net_down() {
	[ -n "$LAB_TMP" ] || return 0
	for _file in "$LAB_TMP"/*.pid; do
		[ -e "$_file" ] || continue
		_name=${_file##*/}
		proc_stop "${_name%.pid}"
	done
	for _ns in $LAB_NAMESPACES lan; do
		echo "netns del $_ns"
	done | ip -force -batch - 2>/dev/null
	rm -rf "$LAB_TMP"
	LAB_TMP=
}

link_cut() {
	ip -n lan link set "$1" down
}

link_mute() {
	bridge -n lan link set dev "$1" state disabled
}

link_mend() {
	ip -n lan link set "$1" up
}

proc_start() {
	_name=$1
	shift
	# Now, not when the background gets to it: nobody finds the last log.
	: >"$LAB_TMP/$_name.log"
	ip netns exec "$@" </dev/null >"$LAB_TMP/$_name.log" 2>&1 &
	echo $! >"$LAB_TMP/$_name.pid"
}

proc_pid() {
	[ -s "$LAB_TMP/$1.pid" ] && read -r _pid <"$LAB_TMP/$1.pid" &&
	    echo "$_pid"
}

# A zombie still answers kill -0.  Only when it is one is all closed that the
# process had open; its memory goes before.
_pid_alive() {
	while read -r _key _state _; do
		[ "$_key" != State: ] || break
	done 2>/dev/null <"/proc/$1/status" || return 1
	case $_state in
	Z|X)	return 1 ;;
	esac
}

_pid_gone() {
	! _pid_alive "$1"
}

proc_alive() {
	_pid=
	[ -s "$LAB_TMP/$1.pid" ] && read -r _pid <"$LAB_TMP/$1.pid"
	[ -n "$_pid" ] && _pid_alive "$_pid"
}

proc_stop() {
	proc_alive "$1" && kill -"${2-TERM}" "$_pid" 2>/dev/null
	rm -f "$LAB_TMP/$1.pid"
	[ -n "$_pid" ] || return 0
	wait_for 10 _pid_gone "$_pid" && return 0
	kill -KILL "$_pid" 2>/dev/null
	return 1
}

rs_certify() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 30 -subj /CN=www.example.com \
	    -addext subjectAltName=DNS:www.example.com \
	    -keyout "$LAB_TMP/tls.key" -out "$LAB_TMP/tls.crt" 2>/dev/null
}

_nginx_conf() {
	cat <<-EOF
	user root;
	worker_processes 1;
	pid $LAB_TMP/http-$1.pid;
	error_log $3/error.log;
	events { worker_connections 512; }
	http {
		access_log $3/access.log;
		client_body_temp_path $3/body;
		proxy_temp_path $3/proxy;
		fastcgi_temp_path $3/fastcgi;
		scgi_temp_path $3/scgi;
		uwsgi_temp_path $3/uwsgi;
		default_type text/plain;
		keepalive_timeout 0;
		server {
			listen 80;
			listen [::]:80;
			$4
			location / { return 200 "$2\n"; }
			location = /large {
				alias $LAB_TMP/large;
				limit_rate 200k;
			}
			location = /health {
				if (-f $3/sick) { return 503; }
				return 200 "ok\n";
			}
		}
	}
	EOF
}

# nginx returns when its sockets listen, so nothing has to be waited for.
rs_http() {
	_dir=$LAB_TMP/$1
	_tls=
	mkdir -p "$_dir"
	[ -e "$LAB_TMP/large" ] || seq 300000 >"$LAB_TMP/large"
	if [ -e "$LAB_TMP/tls.crt" ]; then
		_tls="listen 443 ssl; listen [::]:443 ssl;
		    ssl_certificate $LAB_TMP/tls.crt;
		    ssl_certificate_key $LAB_TMP/tls.key;"
	fi
	_nginx_conf "$1" "${2-$1}" "$_dir" "$_tls" >"$_dir/nginx.conf"
	in_ns "$1" nginx -e "$_dir/error.log" -c "$_dir/nginx.conf"
}

rs_stop() {
	proc_stop "http-$1"
}

rs_sick() {
	: >"$LAB_TMP/$1/sick"
}

rs_well() {
	rm -f "$LAB_TMP/$1/sick"
}

# Every real server has the VIP, and only the director may answer for it
# when someone asks by ARP (IPv6 never answers for what lo has).
_no_arp() {
	in_ns "$1" sysctl -qw net.ipv4.conf.all.arp_ignore=1 \
	    net.ipv4.conf.all.arp_announce=2
}

_vip_lines() {
	case $1 in
	*:*)	echo "addr add $1/128 dev $2 nodad" ;;
	*)	echo "addr add $1/32 dev $2" ;;
	esac
}

rs_dr() {
	_no_arp "$1" && _vip_lines "$2" lo | ip -n "$1" -batch -
}

# A packet comes out of the tunnel with a source that eth0 is the way to:
# rp_filter would take it for forged.
rs_tun() {
	_no_arp "$1" || return 1
	case $2 in
	*:*)	_device=ip6tnl0 _module=ip6_tunnel ;;
	*)	_device=tunl0 _module=ipip ;;
	esac
	modprobe -q "$_module" 2>/dev/null
	{
		echo "link set $_device up"
		_vip_lines "$2" "$_device"
	} | ip -n "$1" -batch - || return 1
	[ "$_device" = ip6tnl0 ] ||
	    in_ns "$1" sysctl -qw net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.tunl0.rp_filter=0
}

# The client is on the same wire, which no default route would speak for; and
# a director's redirect, which IPv6 always sends, must not shorten the way.
rs_gateway() {
	case $2 in
	*:*)	_client="$(ns_addr client 6)/128" ;;
	*)	_client="$(ns_addr client)/32" ;;
	esac
	printf 'route replace %s via %s\n' default "$2" "$_client" "$2" |
	    ip -n "$1" -batch - &&
	    in_ns "$1" sysctl -qw net.ipv4.conf.all.accept_redirects=0 \
		net.ipv6.conf.eth0.accept_redirects=0
}

nat_client() {
	ip -n client addr add $LAB_NAT_CLIENT/24 dev eth0
	ip -n client route add "$1/32" dev eth0 src $LAB_NAT_CLIENT
	for _ns in rs1 rs2; do
		ip -n $_ns route add $LAB_NAT_CLIENT/32 via "$2"
		in_ns $_ns sysctl -qw net.ipv4.conf.all.accept_redirects=0
	done
}

get() {
	in_ns client curl -gfsS --max-time 3 -- "$@"
}

get_n() {
	_times=$1
	_url=$2
	set --
	while [ "$_times" -gt 0 ]; do
		_times=$((_times - 1))
		set -- "$@" "$_url"
	done
	get "$@"
}
