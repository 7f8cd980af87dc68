# regress/hostile.sh: the packets that nobody should send, to two directors
# of one kind: dir1 is master, dir2 is backup.  Sourced after regress/lib.sh,
# lab/net.sh and regress/vrrp.sh; a test of each kind is then
#
#	hostile v3|v2|v6|u3|u6
#
# for version 3, version 2 with a password, IPv6, and the first and the last
# with unicast, where the client is a peer.  H-01 to H-48 are numbers of a list
# of such packets; KA-1 to KA-7 and FRR-1 to FRR-4 are what keepalived 2.2.7 and
# FRR 8.4.4 do wrong with them.
#
#	advert NAME=VALUE...	sends, see regress/advert.pl
#	wrong DESC REASON NAME=VALUE...	both drop it, for this reason
#	taken DESC NAME=VALUE...	both take it
#	noted DESC REMARK NAME=VALUE...	both take it, with this remark
#	nothing DESC NAME=VALUE...	neither takes nor counts it
#	calm DESC		no role has changed since `calmly'

# A good advert of the client, what directors say of themselves besides their
# priority, and what differs.
kind() {
	vip=10.77.0.10 peers="10.77.0.1 10.77.0.2 10.77.0.100 10.77.0.0"
	above=10.77.0.100 below=10.77.0.0 stranger=10.77.0.12
	lines='version 3
	advertise 100ms'
	good=
	other=2		# a version that is not spoken
	down=3		# seconds until a master is missed
	case $1 in
	v2)	lines='auth pass "s3cr3t"'
		good='v=2 pass=s3cr3t'
		other=3 down=8 ;;
	v6|u6)	vip=fe80::77:10 peers="fe80::1 fe80::2 fe80::100 fe80::"
		above=fe80::100 below=fe80:: stranger=fe80::12
		lines="advertise 100ms"
		good='src=fe80::100 addr=fe80::77:10' ;;
	esac
	case $1 in
	u3)	good='dst=10.77.0.1,10.77.0.2' ;;
	u6)	# Below fe80::1 is only what each router has for all.
		peers="fe80::1:1 fe80::1:2 fe80::2:100 fe80::5"
		above=fe80::2:100 below=fe80::5
		good="src=$above addr=$vip dst=fe80::1:1,fe80::1:2" ;;
	esac
	kind=$1
}

is_kind() {
	case " $* " in
	*" $kind "*)	return 0 ;;
	esac
	return 1
}

# router NAME VRID PRIORITY ADDRESS DIRECTOR LINE...
router() {
	echo "vrrp \"$1\" on eth0 {"
	printf '\t%s\n' "vrid $2" "priority $3" "address $4"
	! is_kind u6 || echo "	source fe80::1:${5#dir}"
	if is_kind u3 u6; then
		for _peer in $peers; do
			[ "${_peer##*[.:]}" = "${5#dir}" ] ||
			    echo "	peer $_peer"
		done
	fi
	shift 5
	[ $# -eq 0 ] || printf '\t%s\n' "$@"
	echo '}'
}

# The address of another router, by a last number of its own.
vip_of() {
	echo "${vip%10}$1"
}

config() {
	router VI_1 51 $2 $vip $1 "$lines"
	if is_kind v2; then
		router VI_none 61 $2 $(vip_of 61) $1
	else
		router VI_strict 60 $2 $(vip_of 60) $1 "$lines" \
		    'strict addresses'
	fi
	is_kind v6 && router VI_two 62 $2 $(vip_of 62) $1 "$lines" \
	    'address fd77::62'
	_priority=255
	[ $1 = dir1 ] || _priority=$2
	router VI_owner 99 $_priority $(vip_of 99) $1 "$lines"
}

advert() {
	in_ns client perl "$TOP/regress/advert.pl" $good "$@"
}

# counted DIRECTOR dropped|remarks NAME: how many of this kind, of $router.
counted() {
	ctl "$1" show vrrp $router | sed -n \
	    "s/.*$2: \(.*, \)*\([0-9]*\) $3\(,.*\)*$/\2/p" | grep . || echo 0
}

released() {
	ctl "$1" show vrrp $router |
	    sed -n 's/.*priority 0: .* sent, \([0-9]*\) received.*/\1/p'
}

# All that is counted but good adverts and releases.
counters() {
	ctl "$1" show vrrp $router | sed -n '/dropped:/p; /remarks:/p' |
	    sed 's/, [0-9]* release by no master//
		s/: [0-9]* release by no master,/:/
		/remarks: [0-9]* release by no master$/d
		s/[0-9]* checksum of RFC 5798//'
}

is_count() {
	[ "$(counted "$1" "$2" "$3")" -eq "$4" ]
}

is_released() {
	[ "$(released "$1")" -ge "$2" ]
}

both() {
	for _ns in $directors; do
		"$@" $_ns || return 1
	done
}

# one_more WHAT NAME NUMBER1 NUMBER2
one_more() {
	wait_for 5 is_count dir1 "$1" "$2" $(($3 + 1)) || return 1
	[ "$directors" = dir1 ] ||
	    wait_for 5 is_count dir2 "$1" "$2" $(($4 + 1))
}

wrong() {
	_what=$1
	_reason=$2
	shift 2
	_one=$(counted dir1 dropped "$_reason")
	_two=$(counted dir2 dropped "$_reason")
	advert "$@"
	ok "$_what: $_reason" one_more dropped "$_reason" $_one $_two
}

noted() {
	_what=$1
	_reason=$2
	shift 2
	_one=$(counted dir1 remarks "$_reason")
	_two=$(counted dir2 remarks "$_reason")
	advert prio=0 "$@"
	ok "$_what: taken, $_reason" one_more remarks "$_reason" $_one $_two
}

# A release by who is no master changes nothing, but is counted.
taken() {
	_what=$1
	shift
	_one=$(released dir1)
	_two=$(released dir2)
	advert prio=0 "$@"
	ok "$_what: taken" both_released $((_one + 1)) $((_two + 1))
}

both_released() {
	wait_for 5 is_released dir1 $1 && wait_for 5 is_released dir2 $2
}

# What comes after it on the same way shows that it must have come.
nothing() {
	_what=$1
	shift
	_one=$(released dir1) _before=$(counters dir1)
	_two=$(released dir2) _before2=$(counters dir2)
	advert prio=0 "$@"
	advert prio=0
	both_released $((_one + 1)) $((_two + 1))
	is "$_what: no effect" "$(released dir1) $(released dir2) $(
	    counters dir1) $(counters dir2)" "$((_one + 1)) $((_two + 1)) \
$_before $_before2"
}

moves() {
	cat "$LAB_TMP/dir1.log" "$LAB_TMP/dir2.log" |
	    grep -Ec "vrrp $router: [a-z]+ -> "
}

calmly() {
	_moves=$(moves)
}

calm() {
	is "$1: no role has changed" "$(moves)" "$_moves"
}

# Two adverts more: of version 2 they take their time.
hears_some() {
	_until_received=$(($(received "$1") + 2))
	wait_for 10 heard "$1" "$_until_received"
}

# Both as they should be again.
settled() {
	wait_for $((3 * down)) is_role dir1 VI_1 master &&
	    wait_for $((3 * down)) is_role dir2 VI_1 backup &&
	    wait_for 5 holds dir1 $vip && wait_for 5 lacks dir2 $vip &&
	    hears_some dir2
}

# Of IPv6 the kernel has thrown it away already.
unsound() {
	if is_kind v6 u6; then
		_what=$1
		shift 2
		nothing "$_what" "$@"
	else
		wrong "$@"
	fi
}

# To who hears the group it is a version or length, else a peer's.
bad_header() {
	wrong "H-01 TTL 254" "TTL too low" ttl=254
	wrong "H-01 TTL 1" "TTL too low" ttl=1
	for _v in 0 4 15; do
		wrong "H-02 version $_v" "wrong version" v=$_v
	done
	wrong "H-03 version $other" "wrong version" v=$other
	for _type in 0 2 15; do
		wrong "H-04 type $_type" "unknown type" type=$_type
	done
	unsound "H-05 nothing" "wrong length" hex=
	unsound "H-05 4 octets" "wrong length" hex=${1}1330000
	unsound "H-05 7 octets" "wrong length" hex=${1}1330000000000
}

bad_length() {
	wrong "H-06 no address, count 1" "wrong length" count=1 addr=
	wrong "H-06 a part of the address" "wrong length" cut=2
	wrong "H-06 count 255" "wrong length" count=255
	wrong "H-07 8 octets more" "wrong length" trail=8
	wrong "H-07 1 octet more" "wrong length" trail=1
	taken "H-08 padding of the link" pad=18
	nothing "H-09 longer than its frame" total=4
	unsound "H-09 shorter than its message" "wrong length" total=-4
	wrong "H-13 no addresses" "other addresses" addr=
	wrong "H-13 none, but there" "wrong length" count=0
}

bad_sum() {
	is_kind v6 u6 || for _sum in bad=1 sum=0000 sum=ffff; do
		wrong "H-10 checksum $_sum" "bad checksum" $_sum
	done
	is_kind v3 u3 && noted "H-11 checksum of RFC 9568" \
	    "checksum of RFC 9568" sum=plain
	is_kind v6 u6 && nothing "H-12 no pseudo-header" sum=plain
	is_kind v6 u6 && nothing "H-12 wrong checksum" bad=1
	is_kind v6 u6 && nothing "H-12 checksum 0" sum=0000
}

# Of version 3, what is taken and what must not be.
bad_content() {
	noted "H-14 a wrong address" "other addresses" addr=$(vip_of 66)
	noted "H-14 an address too many" "other addresses" \
	    addr=$vip,$(vip_of 66)
	noted "H-15 as many as it can have" "other addresses" \
	    addr=$(seq -s, -f "${vip%10}%g" 1 $1)
	noted "H-17 (FRR-1) reserved bits set" "other interval" int=61490
	noted "H-20 another interval" "other interval" int=50
	wrong "H-18 (KA-3) interval 0" "other interval" int=0
	wrong "H-18 (KA-3) interval 0 of an owner" "other interval" int=0 prio=255
	router=VI_strict
	wrong "H-14 strict: an address too many" "other addresses" vrid=60 \
	    addr=$(vip_of 60),$vip
	wrong "H-14 strict: a wrong address" "other addresses" vrid=60
	router=VI_1
	like "H-14 the difference is told" "$(cat "$LAB_TMP/dir2.log")" \
	    "differ from ours: it lacks $vip, has $(vip_of 66) besides"
	like "H-17 (FRR-1) and the interval, of 12 bits" "$(cat "$LAB_TMP/dir2.log")" \
	    'it advertises each 500 ms, we 100 ms'
}

# FRR sends no link-local address, if it was not given one.
bad_order() {
	router=VI_two
	_before=$(counters dir1)
	taken "H-36 in another order" vrid=62 addr=fd77::62,$(vip_of 62)
	is "H-36 which is no other list" "$(counters dir1)" "$_before"
	noted "H-36 only the global address" "other addresses" vrid=62 \
	    addr=fd77::62
	router=VI_1
}

bad_pass() {
	wrong "H-37 wrong password" "wrong password" pass=secret
	wrong "H-37 a part of it" "wrong password" pass=s3cr3
	wrong "H-37 it and more after a NUL" "wrong password" \
	    data=7333637233740041 auth=1
	good=v=2
	wrong "H-38 none" "other authentication type" auth=0
	for _auth in 2 3 255; do
		wrong "H-38 type $_auth" "unknown authentication type" \
		    auth=$_auth
	done
	router=VI_none
	wrong "H-38 a password, where there is none" \
	    "other authentication type" vrid=61 addr=$(vip_of 61) \
	    pass=s3cr3t
	taken "H-41 garbage where there is none" vrid=61 \
	    addr=$(vip_of 61) data=4142434445464748
	router=VI_1 good='v=2 pass=s3cr3t'
	wrong "H-39 (KA-7) no authentication data" "wrong length" cut=8
	wrong "H-39 half of it" "wrong length" cut=4
	wrong "H-39 twice of it" "wrong length" trail=8
	wrong "H-39 (KA-7) it, out of the packet" "wrong length" total=-8
	for _int in 0 2 255; do
		wrong "H-40 interval $_int" "other interval" int=$_int
	done
	wrong "H-41 checksum without it" "bad checksum" sumlen=12
	wrong "H-42 CARP" "wrong length" hex=2133c80700010000$(
	    printf '%056d' 0)
	wrong "H-14 an address too many" "other addresses" \
	    addr=$vip,10.77.0.66
	wrong "H-14 a wrong address" "other addresses" addr=10.77.0.66
}

bad_vrid() {
	_said=$(count_said dir1 .)
	wrong "H-16 VRID 52" "unknown vrid" vrid=52
	wrong "H-16 VRID 0" "unknown vrid" vrid=0
	is "H-16 nothing is said of it" "$(count_said dir1 .)" "$_said"
}

bad_source() {
	case $kind in
	v6)	wrong "H-30 (KA-6) a global source" "bad source" src=fd77::100
		wrong "H-30 (KA-6) source ::" "bad source" src=:: ;;
	u6)	wrong "H-30 (KA-6) a global source" "not from a peer" src=fd77::100
		wrong "H-30 (KA-6) source ::" "bad source" src=:: ;;
	v2|v3)	wrong "H-28 source 0.0.0.0" "bad source" src=0.0.0.0 ;;
	u3)	nothing "H-28 source 0.0.0.0" src=0.0.0.0 ;;
	esac
	is_kind v6 u6 || for _src in 224.0.0.5 255.255.255.255 127.0.0.1; do
		nothing "H-28 source $_src" src=$_src
	done
	case $kind in
	v2|v3)	noted "H-29 of another network" "from another network" \
		    src=192.0.2.1
		noted "H-29 again" "from another network" src=192.0.2.1
		is "H-29 is said once" "$(count_said dir1 'other network')" 1
		;;
	u3|u6)	wrong "H-46 (KA-5) no peer" "not from a peer" src=$stranger
		wrong "H-46 (KA-5) no peer, TTL 3" "TTL too low" src=$stranger ttl=3
		wrong "H-46 (KA-5) a peer, TTL 3" "TTL too low" ttl=3 ;;
	esac
	# The kernel of a master takes none of IPv4 from its own address.
	_two=$(counted dir2 dropped "bad source")
	advert src=$vip
	ok "H-29 from the virtual address: bad source" \
	    wait_for 5 is_count dir2 dropped "bad source" $((_two + 1))
}

bad_way() {
	case $kind in
	v2|v3)	nothing "H-31 to one address" dst=10.77.0.1,10.77.0.2
		nothing "H-31 to 224.0.0.1" dst=224.0.0.1
		nothing "H-31 to the network's broadcast" dst=10.77.0.255
		;;
	v6)	nothing "H-31 to one address" dst=fe80::1,fe80::2
		nothing "H-31 to ff02::1" dst=ff02::1 ;;
	u3)	nothing "H-31 to the group" dst=224.0.0.18
		nothing "H-31 to the network's broadcast" dst=10.77.0.255
		form_kept ;;
	u6)	nothing "H-31 to the group" dst=ff02::12 ;;
	esac
	if is_kind v2 v3 v6; then
		taken "H-32 by broadcast" dmac=ffffffffffff
	fi
	if is_kind v6 u6; then
		for _ext in hbh dst frag hbh,dst,frag; do
			taken "H-35 headers $_ext" ext=$_ext
		done
		return
	fi
	taken "H-33 record route" opts=0707040000000001
	taken "H-33 40 octets of options" opts=$(printf '01%.0s' $(seq 40))
	taken "H-34 two fragments" frag=both
	nothing "H-34 the first fragment" frag=first
	nothing "H-42 AH" proto=51
}

# Who took it for the other form would now send or expect that one.
form_kept() {
	wrong "H-47 (KA-2) checksum for the group" "bad checksum" \
	    sumdst=224.0.0.18
	_before=$(counters dir2)
	taken "H-47 (KA-2) and then a good one"
	ok "H-47 (KA-2) dir2 hears dir1" hears_some dir2
	is "H-47 (KA-2) whose form is the same" "$(counters dir2)" "$_before"
}

noise() {
	wrong "H-43 12 zeros" "wrong version" hex=000000000000000000000000
	wrong "H-43 12 times 0xff" "wrong version" \
	    hex=ffffffffffffffffffffffff
	advert noise=64 n=1000
	taken "H-43 a thousand times noise"
	calm "H-43"
}

# Adverts that dir1 has sent.
sent() {
	ctl dir1 show vrrp $router |
	    sed -n 's/.*adverts: \([0-9]*\) sent.*/\1/p'
}

centis() {
	read -r _up _ </proc/uptime
	echo "${_up%.*}${_up#*.}"
}

# steady DESC NAME=VALUE...: the period of dir1 stays what it is meanwhile.
# The odd one out is what comes between looking at the clock and at lvsd.
steady() {
	_what=$1
	shift
	_sent=$(sent) _then=$(centis)
	advert "$@"
	_sent=$(($(sent) - _sent))
	_wanted=$((($(centis) - _then) / ${period:-10}))
	ok "$_what: $_sent adverts where $_wanted are due" \
	    test $_sent -ge $((_wanted * 9 / 10 - 1)) -a \
	    $_sent -le $((_wanted * 11 / 10 + 1))
	calm "$_what"
}

floods() {
	is_kind v2 && period=100
	_kind_of_bad=ttl=1
	is_kind v2 v3 u3 && _kind_of_bad=bad=1
	steady "H-44 (KA-1) a bad one each 30 ms" $_kind_of_bad n=100 ms=30
	steady "H-44 (KA-1) 50000 bad ones" $_kind_of_bad n=50000
	for _ns in dir1 dir2; do
		_lines=$(count_said $_ns 'bad checksum|TTL 1,')
		ok "H-44 $_ns says so in $_lines lines" test $_lines -le 8
	done
	ok "H-44 dir2 hears dir1" hears_some dir2
	calm "H-44 after it"
}

# A master that is challenged: it answers, but not for each, and goes on.
challenges() {
	_one=$(counted dir1 remarks "rival master")
	advert prio=50
	ok "H-27 a lower priority: rival master" \
	    wait_for 5 is_count dir1 remarks "rival master" $((_one + 1))
	like "H-27 which is shown" "$(ctl dir1 show vrrp VI_1)" \
	    "rival master $above priority 50, 00:00:0. ago"
	_sent=$(sent) _then=$(centis)
	advert prio=50 n=1000 ms=1
	_sent=$(($(sent) - _sent)) _most=$((($(centis) - _then) * 11 / 10 +
	    20))
	ok "H-27 1000 of them: $_sent adverts, $_most at most" \
	    test $_sent -le $_most
	ok "H-27 (FRR-4) more than are due" test $_sent -gt $((_most / 5))
	_one=$(counted dir1 remarks "rival master")
	advert prio=100 src=$below
	ok "H-25 equal, of a lower address: rival master" \
	    wait_for 5 is_count dir1 remarks "rival master" $((_one + 1))
	_one=$(counted dir2 remarks "release by no master")
	advert prio=0
	ok "H-21 a stranger's release" wait_for 5 is_count dir2 remarks \
	    "release by no master" $((_one + 1))
	calm "H-21, H-25, H-27"
}

# The bridge of the network takes us for dir1 then, and so sends it nothing,
# but what all are sent, until it hears dir1 again.
replayed() {
	_own=10.77.0.1
	case $kind in
	v6)	_own=fe80::1 ;;
	u6)	_own=fe80::1:1 ;;
	esac
	if is_kind v6 u6; then
		_one=$(counted dir1 dropped "own packet")
		advert src=$_own prio=100
		ok "H-26 (KA-6) our address, equal priority: own packet" \
		    wait_for 5 is_count dir1 dropped "own packet" \
		    $((_one + 1))
		ok "H-26 which is said" says dir1 \
		    'another router has it too'
	else
		advert src=$_own prio=100
	fi
	advert src=$_own smac=027700000001 prio=100
	! is_kind v6 || ok "H-48 our own advert: own packet" wait_for 5 \
	    is_count dir1 dropped "own packet" $((_one + 2))
	ok "H-26, H-48 dir2 hears dir1" hears_some dir2
	calm "H-26, H-48"
}

owner() {
	directors=dir1 router=VI_owner
	wrong "H-23 an owner's to an owner" "advert for addresses we own" \
	    vrid=99 prio=255
	wrong "H-23 anybody's" "advert for addresses we own" vrid=99
	ok "H-23 (KA-4) two owners are named" says dir1 \
	    'two routers with priority 255'
	is "H-23 it is master" "$(role dir1 VI_owner)" master
	like "H-23 (KA-4) with priority 255" "$(ctl dir1 show vrrp VI_owner)" \
	    'priority 255'
	directors="dir1 dir2" router=VI_1
}

# Again if need be: dir1's last advert may come behind it.
learn_4095() {
	advert prio=255 int=4095
	learned dir2 40950ms
}

# What is right takes the role, and no longer than it lasts.
deposed() {
	advert prio=100
	ok "H-24 equal, of a higher address: obeyed" wait_for 5 says dir1 \
	    "master $above with priority 100 to our 100"
	ok "H-24 and no longer" settled
	! is_kind v2 || return	# which takes long
	advert prio=255
	ok "H-22 priority 255 of a stranger: obeyed" wait_for 5 says dir1 \
	    "master $above with priority 255 to our 100"
	ok "H-22 and no longer" settled
	ok "H-19 interval 4095: learned" wait_for 5 learn_4095
	is "H-19 dir1 waits" "$(role dir1 VI_1)" backup
	advert prio=255 int=1
	ok "H-19 interval 1: both right themselves" settled
	advert prio=95 int=1 + int=4095 n=2000 ms=1
	ok "H-45 1 and 4095 by turns" settled
	ok "H-45 dir2 goes by what dir1 says" learned dir2 100ms
}

learned() {
	ctl $1 show vrrp VI_1 | grep -q "advertises every $2,"
}

hostile_start() {
	net_up || bail "no network"
	# The kernel must not be what drops them.
	for _ns in dir1 dir2; do
		in_ns $_ns sysctl -qw net.ipv4.conf.all.rp_filter=0 \
		    net.ipv4.conf.eth0.rp_filter=0
	done
	if is_kind u6; then
		ip -n dir1 addr add fe80::1:1/64 dev eth0 nodad
		ip -n dir2 addr add fe80::1:2/64 dev eth0 nodad
		ip -n client addr add $above/64 dev eth0 nodad
	fi
	config dir1 100 >"$LAB_TMP/dir1.conf"
	config dir2 90 >"$LAB_TMP/dir2.conf"
	ok "dir1 starts" director dir1
	ok "dir2 starts" director dir2
	ok "dir1 is master, dir2 is backup" settled
}

hostile() {
	trap net_down EXIT
	kind $1
	router=VI_1 directors="dir1 dir2"
	hostile_start
	calmly
	_version=3
	is_kind v2 && _version=2
	bad_header $_version
	bad_length
	bad_sum
	if is_kind v2; then
		bad_pass
	elif is_kind v6 u6; then
		bad_content 90
		is_kind v6 && bad_order
	else
		bad_content 255
	fi
	bad_vrid
	bad_source
	bad_way
	calm "all of these"
	replayed
	# The rest is no other for unicast.
	is_kind u3 u6 || for _test in noise owner challenges floods deposed; do
		$_test
	done
	ok "dir1 ends well" proc_stop dir1
	ok "dir2 ends well" proc_stop dir2
	is "sanitizers found nothing" "$(faults)" ""
	done_testing
}
