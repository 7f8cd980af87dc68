#!/bin/sh
#
# Tracked scripts: one that fails, hangs or is killed moves the master away,
# after as many runs as it is told, and a reload forgets none of it.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

moved() {
	wait_for 10 is_role "$1" VI_1 master &&
	    wait_for 10 is_role "$2" VI_1 "${3-backup}" &&
	    wait_for 5 holds "$1" && wait_for 5 lacks "$2"
}

shows() {
	ctl dir1 show vrrp VI_1 | grep -Eq -e "$1"
}

# The script does as this file says, and counts its runs.
dir=/run/script
mkdir -m 755 $dir
mkdir -m 777 $dir/out
cat >$dir/check <<'END'
#!/bin/sh
echo >>/run/script/out/runs
case $(cat /run/script/mode) in
well)	exit 0 ;;
bad)	exit 1 ;;
hang)	trap '' TERM; sleep 100 ;;
killed)	kill -9 $$ ;;
esac
END
chmod 755 $dir/check

mode() {
	echo "$1" >$dir/mode.new
	mv $dir/mode.new $dir/mode
}

# script RISE FALL
script() {
	cat <<-CONF
	log state changes
	script "check" {
		command "$dir/check"
		interval 700ms
		timeout 700ms
		rise $1
		fall $2
	}
	CONF
}

runs() {
	wc -l <$dir/out/runs
}

ran() {
	[ "$(runs)" -ge "$1" ]
}

trap net_down EXIT
net_up || bail "no network"
mode well

{
	script 1 2
	instance 100 'track script "check"'
} >"$LAB_TMP/dir1.conf"
instance 90 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 is master" moved dir1 dir2
ok "the script is well" wait_for 10 shows 'track script check: well$'

for way in bad killed hang; do
	mode $way
	ok "$way: dir2 takes over" moved dir2 dir1 fault
	ok "$way: which is shown" shows 'track script check: fails: fault$'
	mode well
	ok "$way: no more" moved dir1 dir2
done
ok "what hung was ended" says dir1 'script check \(.*timeout\).* up -> down'
ok "what was killed is told" says dir1 'script check \(.*signal 9\)'

# A thousand good ones in a row would be needed to come up again.
mode bad
ok "bad" moved dir2 dir1 fault
{
	script 1000 1000
	instance 100 'track script "check"'
} >"$LAB_TMP/dir1.conf"
mode well
ok "reload with other limits" ctl dir1 reload
ok "it runs on" wait_for 10 ran $(($(runs) + 3))
ok "the verdict is as it was" is_role dir1 VI_1 fault
is "and was all the time" "$(count_said dir1 'fault -> ')" 3
{
	script 1 1000
	instance 100 'track script "check"'
} >"$LAB_TMP/dir1.conf"
ok "reload with less" ctl dir1 reload
ok "well" moved dir1 dir2
mode bad
ok "it fails now and then" wait_for 10 ran $(($(runs) + 3))
ok "which is not enough" moved dir1 dir2

# As many have it: sshd is looked for, and the loss of a little of the
# priority is enough.  Better: "track process".
cp "$(command -v sleep)" "$LAB_TMP/sshd-of-test"
proc_start sshd dir1 "$LAB_TMP/sshd-of-test" 1000
{
	cat <<-CONF
	script "chk_sshd" {
		command "$(command -v pgrep) -x sshd-of-test"
		interval 700ms
		timeout 700ms
		fall 1
	}
	CONF
	instance 100 'track script "chk_sshd" weight -4'
} >"$LAB_TMP/dir1.conf"
instance 98 >"$LAB_TMP/dir2.conf"
ok "reload of dir2" ctl dir2 reload
ok "reload of dir1" ctl dir1 reload
ok "sshd is found" wait_for 10 shows 'track script chk_sshd: well, weight -4'
ok "dir1 is master" moved dir1 dir2
proc_stop sshd
ok "it ends: dir2 takes over" moved dir2 dir1
proc_start sshd dir1 "$LAB_TMP/sshd-of-test" 1000
ok "it runs: dir1 is master" moved dir1 dir2
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing
