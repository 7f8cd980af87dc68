# regress/writes.sh: what a program writes into the kernel's IPVS, as the kernel
# is asked for it.  Sourced after lab/net.sh, inside of the lab.
#
#	writes_start NS		forgets what was, and looks at the netlink of
#				this namespace; fails where the kernel cannot
#	writes PID [addresses]	prints the requests of this process since then
#				that change something, one a line, as
#				"set-dest", if wanted also those to add
#				("new-address") and remove addresses; and
#				looks no more

writes_start() {
	proc_stop netlink
	if ! ip -n "$1" link show nlmon0 >/dev/null 2>&1; then
		modprobe -q nlmon
		printf '%s\n' 'link add nlmon0 type nlmon' \
		    'link set nlmon0 up' | ip -n "$1" -batch - || return 1
	fi
	_writes_ns=$1
	# Its ring has as many places as frames of this size fit into 16 MB.
	proc_start netlink "$1" tcpdump --immediate-mode -s 65535 -B 16384 \
	    -i nlmon0 -U -w "$LAB_TMP/netlink.pcap"
	wait_for 10 grep -q 'listening on' "$LAB_TMP/netlink.log"
}

# What is recorded is complete when it has what was asked last.
writes() {
	_asker=$(in_ns "$_writes_ns" sh -c \
	    'echo $$; exec ipvsadm -Ln >/dev/null')
	wait_for 10 _writes_has "$_asker"
	proc_stop netlink
	if ! _writes_has "$_asker"; then
		echo "not recorded"
	elif ! grep -q '^0 packets dropped by kernel' "$LAB_TMP/netlink.log"
	then
		echo "not all recorded"
	else
		_writes_of "$@" | grep -v '^get'
	fi
}

_writes_has() {
	_writes_of "$1" | grep -q '^get'
}

_writes_of() {
	perl "$TOP/regress/writes.pl" "$LAB_TMP/netlink.pcap" "$@"
}
