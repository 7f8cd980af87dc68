#!/bin/sh
#
# lvsd and keepalived share an address: version 2, version 2 with a password,
# version 3; each as master and as backup, releases both ways.  keepalived
# must find nothing wrong with our adverts, nor tshark with any.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

command -v keepalived >/dev/null || skip_all "keepalived is not installed"

# lvsd on dir1: VERSION PASSWORD PRIORITY
ours() {
	echo 'vrrp "VI_1" on eth0 {'
	printf '\t%s\n' "version $1" 'vrid 51' "priority $3" 'advertise 1s' \
	    "address $LAB_VIP/24"
	[ -z "$2" ] || printf '\tauth pass "%s"\n' "$2"
	echo '}'
}

# keepalived on dir2, the same
theirs() {
	cat <<-CONF
	global_defs {
		vrrp_version $1
	}
	vrrp_instance VI_1 {
		interface eth0
		virtual_router_id 51
		priority $3
		advert_int 1
		virtual_ipaddress {
			$LAB_VIP/24
		}
	CONF
	[ -z "$2" ] || printf '\tauthentication {\n\t\tauth_type PASS
		auth_pass %s\n\t}\n' "$2"
	echo '}'
}

keepalived_start() {
	proc_start dir2 dir2 keepalived -n -l -D -P \
	    -f "$LAB_TMP/keepalived.conf" -p "$LAB_TMP/keepalived" \
	    -r "$LAB_TMP/keepalived_vrrp"
	wait_for 10 says dir2 'Entering BACKUP STATE'
}

masters() {
	wait_for 10 holds "$1" && wait_for 10 lacks "$2"
}

# What keepalived says of adverts that it does not like.
complaints() {
	grep -Ei "invalid|wrong|mismatch|expect|too short|too long|not present|\
error|unexpected" "$LAB_TMP/dir2.log"
}

trap net_down EXIT
net_up || bail "no network"
tested=0
for mode in "2" "2 s3cr3t" "3"; do
	set -- $mode
	version=$1 pass=${2-} name="version $1${2:+, password $2}"
	pcap=$LAB_TMP/$((tested += 1)).pcap
	capture "$pcap" proto 112

	ours "$version" "$pass" 200 >"$LAB_TMP/dir1.conf"
	theirs "$version" "$pass" 100 >"$LAB_TMP/keepalived.conf"
	ok "$name: keepalived starts" keepalived_start
	ok "is master" masters dir2 dir1
	ok "lvsd starts" director dir1
	ok "preempts" masters dir1 dir2
	is "is master" "$(role dir1 VI_1)" master
	ok "keepalived obeys" wait_for 10 says dir2 \
	    'Master received advert from 10.77.0.1 with higher priority 200'
	ok "lvsd stops" proc_stop dir1
	ok "keepalived hears the release" wait_for 5 says dir2 \
	    'Backup received priority 0 advertisement'
	ok "and is master" masters dir2 dir1
	is "it has no complaints" "$(complaints)" ""

	ours "$version" "$pass" 50 >"$LAB_TMP/dir1.conf"
	ok "lvsd starts with a lower priority" director dir1
	ok "hears keepalived" wait_for 5 heard dir1 2
	is "is backup" "$(role dir1 VI_1)" backup
	ok "keepalived stops" proc_stop dir2
	ok "lvsd hears the release" wait_for 5 says dir1 \
	    'the master has released'
	ok "and is master" masters dir1 dir2
	ok "keepalived comes back" keepalived_start
	ok "preempts" masters dir2 dir1
	ok "lvsd obeys" wait_for 5 is_role dir1 VI_1 backup
	unlike "lvsd dropped nothing" "$(cat "$LAB_TMP/dir1.log")" dropped
	is "keepalived has no complaints" "$(complaints)" ""
	proc_stop dir1
	proc_stop dir2
	proc_stop capture
	is "tshark neither" "$(remarks "$pcap")" ""
	is "both were heard" "$(tshark -r "$pcap" -Y vrrp -T fields \
	    -e ip.src 2>/dev/null | sort -u | tr '\n' ' ')" \
	    "10.77.0.1 10.77.0.2 "
done

# Passwords that differ: both are master, and say why.
ours 2 s3cr3t 200 >"$LAB_TMP/dir1.conf"
theirs 2 other 100 >"$LAB_TMP/keepalived.conf"
ok "keepalived has another password" keepalived_start
ok "lvsd starts" director dir1
ok "keepalived does not obey" wait_for 10 says dir2 'invalid passwd'
ok "lvsd drops its adverts" wait_for 5 says dir1 \
    'advert from 10.77.0.2: dropped: wrong password'
is "once" "$(count_said dir1 'wrong password')" 1
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing
