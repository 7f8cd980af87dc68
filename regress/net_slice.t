#!/bin/sh
#
# Many addresses: they come and go a slice at a time, others are served in
# between, what was wanted last is what is done; announcements are paced.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/regress/net.sh"

# instances N M [LINE]: N of them with M addresses each.
instances() {
	_i=0
	while [ $_i -lt "$1" ]; do
		printf 'vrrp "v%d" on e0 {\n\tvrid %d\n' $_i $((_i + 1))
		_j=1
		while [ $_j -le "$2" ]; do
			echo "	address 10.1.$_i.$_j"
			_j=$((_j + 1))
		done
		[ -z "${3-}" ] || printf '\t%s\n' "$3"
		echo '}'
		_i=$((_i + 1))
	done
}

# each COMMAND FIRST LAST: the command for each of these, at once.
each() {
	_i=$2
	_line=
	while [ $_i -le "$3" ]; do
		_line="$_line; $1 v$_i"
		_i=$((_i + 1))
	done
	ask "${_line#; }"
}

reads() {
	grep -c 'addresses read in' "$dir/log"
}

# turns: the last byte of each address heard, one line a round of 10.1.0/24.
turns() {
	grep -o 'tell 10\.[0-9.]*' "$dir/capture" | sed 's/.*\.//'
}

# spread: milliseconds from the first announcement heard to the last.
spread() {
	awk '/tell 10\.1\./ { if (!first) first = $1; last = $1 }
	    END { print int((last - first) * 1000) }' "$dir/capture"
}

# Somebody else may have had the processor once, but not each time.
sliced() {
	for _try in 1 2 3 4 5 6 7 8 9 10; do
		[ $(($(gap) * 2)) -ge "$(took)" ] || return 0
		each release 0 19 >/dev/null
		each hold 0 19 >/dev/null
	done
	return 1
}

net_begin
start
{
	echo "no lease"		# renewals would be seen among the changes
	instances 20 50 'announce count 2 delay 0s'
} >"$dir/many.conf"
ask conf "$dir/many.conf" >/dev/null
sniff
before=$(reads)
is "20 instances with 50 addresses each, in order" "$(each hold 0 19)" \
    "$(i=0; while [ $i -lt 20 ]; do
	echo "result v$i 50 ok"
	i=$((i + 1))
    done)"
diag "hold: $(took) ms, in slices of at most $(gap) ms"
is "are there" "$(count e0)" 1000
ok "others were served meanwhile" sliced
ok "each is announced twice" wait_for 10 heard 'tell 10\.1\.' 2000
ask ifaces >/dev/null
ok "what was done by ourselves is not read again" [ "$(reads)" -le \
    $((before + 1)) ]
is "nor taken for somebody else's doing" "$(grep -c 'put back' "$dir/out")" 0

sleep 1				# after which it may be done again
sniff
is "all are to be announced" "$(each announce 0 19)" ""
ok "they are" wait_for 10 heard 'tell 10\.1\.' 2000
is "all once before any again" \
    "$(grep -o 'tell 10\.1\.[0-9.]*' "$dir/capture" | head -1000 |
    sort -u | wc -l)" 1000
ok "at a measured pace" [ "$(spread)" -ge 30 ]

is "half of them are released" "$(each release 10 19)" ""
diag "release: $(took) ms, in slices of at most $(gap) ms"
is "and gone" "$(count e0)" 500

# What is taken back at once is not done at all.
ip monitor address >"$dir/monitor" 2>&1 3>&- &
monitor=$!
wait_for 5 test -d "/proc/$monitor"
is "held and released at once" "$(ask "hold v12; release v12")" ""
is "released and held at once" "$(ask "release v3; hold v3")" \
    "result v3 50 ok"
is "released, held, released" "$(ask "release v4; hold v4; release v4")" ""
is "held, kept" "$(ask "hold v5; keep v5")" ""
kill "$monitor"
is "of one nothing was put there" "$(grep -c '10\.1\.12\.' "$dir/monitor")" 0
is "nothing of another was touched" "$(grep -c '10\.1\.3\.' "$dir/monitor")" 0
is "the third went once" "$(grep -c '10\.1\.4\.' "$dir/monitor")" 50
is "and is gone" "$(held e0 | grep -c '^10\.1\.4\.')" 0
is "a reload keeps what is held" "$(ask conf "$dir/many.conf"; count e0)" 450

# A storm: all of it is taken away, and comes back.
ask ifaces >/dev/null
before=$(reads)
ip addr flush dev e0 to 10.1.0.0/16
ok "all that somebody removes comes back" wait_for 20 \
    sh -c "[ \$(ip -o addr show dev e0 to 10.1.0.0/16 | wc -l) -eq 450 ]"
ok "told for each instance" wait_for 10 told \
    'vrrp "v9": address 10\.1\.9\.50/.* put back'
ok "without reading all again and again" [ "$(reads)" -le $((before + 3)) ]
is "everything can leave at once" "$(ask leave; count e0)" 0

# Announcements.  One at a time, at most each 20 ms.
cat >"$dir/pace.conf" <<-END
	announce interval 20ms delay 0s
	vrrp "v0" on e0 {
		vrid 1
		address 10.1.0.1
		address 10.1.0.2
		announce count 4
	}
	vrrp "v1" on e0 {
		vrid 2
		address 10.1.0.3
		announce count 2 refresh 1s interval 0s
	}
	vrrp "v2" on e1 {
		vrid 1
		address 10.1.0.4
		address 10.1.0.5 on e0
		announce delay 1s count 1
	}
	vrrp "v3" on e0 {
		vrid 4
		address 10.1.0.6
		announce count 1 refresh 1s refresh count 3 interval 0s
	}
	vrrp "v4" on e0 {
		vrid 5
		address 10.1.0.8 on e1
		address 10.1.0.7
		announce count 3 interval 1s
	}
END
ask conf "$dir/pace.conf" >/dev/null
sniff
ask hold v0 >/dev/null
ok "so many as configured" wait_for 10 heard 'tell 10\.1\.0\.' 8
is "in turns" "$(turns | tr '\n' ' ')" "1 2 1 2 1 2 1 2 "
ok "with the time between them" [ "$(spread)" -ge 140 ]
sniff
ask hold v1 >/dev/null
ok "announced, and refreshed" wait_for 10 heard 'tell 10\.1\.0\.3' 4
is "once each time" "$(grep 'tell 10\.1\.0\.3' "$dir/capture" |
    awk 'NR > 2 { if ($1 - last < 0.5) early++ } { last = $1 }
    END { print early + 0 }')" 0
ask release v1 >/dev/null
sniff
ask hold v2 >/dev/null
ok "announced on the interface it is on, and later again" \
    wait_for 10 heard 'tell 10\.1\.0\.5' 2
is "only what is there" "$(turns | sort -u)" 5
ok "after the delay" [ "$(spread)" -ge 900 ]
ask announce v2 >/dev/null
ok "and when asked for" wait_for 10 heard 'tell 10\.1\.0\.5' 3
sniff
ask keep v2 >/dev/null
ask announce v0 >/dev/null
ok "another goes on" wait_for 10 heard 'tell 10\.1\.0\.2' 4
is "but not one that is only kept" "$(grep -c 'tell 10\.1\.0\.5' \
    "$dir/capture")" 0
ask release_all >/dev/null
sniff
ask hold v3 >/dev/null
ok "each refresh has its count" wait_for 10 heard 'tell 10\.1\.0\.6' 7
is "of announcements at once" "$(grep 'tell 10\.1\.0\.6' "$dir/capture" |
    head -n 7 | awk 'NR > 1 { how = $1 - last < 0.5 ? "at once" : "later"
    printf "%s ", how } { last = $1 }')" "later at once at once later at once at once "
ask release v3 >/dev/null
sniff
before=$(date +%s)
ask hold v4 >/dev/null
ok "one is announced at its pace" wait_for 10 heard 'tell 10\.1\.0\.7' 3
ok "whatever is said on another interface" [ "$(grep 'tell 10\.1\.0\.7' \
    "$dir/capture" | awk -v before="$before" \
    'NR == 3 { print int($1 - before) }')" -lt 5 ]
stop
is "nothing leaked" "$stopped" 0

done_testing
