# regress/vrrp_peer.sh: lvsd on dir1 beside another's VRRP on dir2, which share
# addresses in several ways at once, an instance for each.  Sourced after
# regress/vrrp.sh by a test that sets kinds to the names of the instances.
#
#	every COMMAND...	for each kind, which the command gets last
#	each TEXT COMMAND...	within 10 seconds all; a result for each kind
#	in_role STATE KIND	of lvsd
#	released KIND		lvsd is master, for the other has released
#	heard_twice KIND	lvsd has taken two adverts at least
#	seen FIELD...		these fields of tshark for all adverts in
#				$LAB_TMP/all.pcap, each line once

every() {
	for _each in $kinds; do
		"$@" $_each || return 1
	done
}

each() {
	_text=$1
	shift
	wait_for 10 every "$@"
	for kind in $kinds; do
		ok "$kind: $_text" "$@" $kind
	done
}

in_role() {
	is_role dir1 $2 $1
}

released() {
	says dir1 "vrrp $1: backup -> master: the master has released"
}

heard_twice() {
	[ "$(ctl dir1 show vrrp $1 |
	    sed -n 's/.* \([0-9]*\) received; prio.*/\1/p')" -ge 2 ]
}

seen() {
	for _field; do
		shift
		set -- "$@" -e $_field
	done
	tshark -r "$LAB_TMP/all.pcap" -Y vrrp -T fields -E separator=' ' \
	    "$@" 2>/dev/null | sort -u | sed 's/  */ /g; s/ $//'
}
