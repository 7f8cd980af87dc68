# regress/ipvs.sh: the parent's IPVS side, driven by hand.  Sourced after
# regress/lib.sh, inside of the lab; see regress/unit/ipvs_drive.c.
#
#	$drive, $dir		the program, a directory for its files
#	start			a new life of it, its log at the end of $dir/log
#	ask COMMAND		what it answers, without times
#	stop			ends it
#	table			the kernel's table in order
#	cleanup			for the end of the test

OBJ=${OBJ:-build}
case $OBJ in
/*)	;;
*)	OBJ=$TOP/$OBJ ;;
esac
drive=$OBJ/regress/unit/ipvs_drive
[ -x "$drive" ] || bail "$drive is not there: make drives"

dir=$(mktemp -d /tmp/ipvs.XXXXXX) || bail "no temporary directory"
_driver=

cleanup() {
	stop
	rm -rf "$dir"
}

# The driver talks over two named pipes, 3 to it and 4 from it.
start() {
	rm -f "$dir/in" "$dir/out"
	mkfifo "$dir/in" "$dir/out"
	"$drive" <"$dir/in" >"$dir/out" 2>>"$dir/log" &
	_driver=$!
	exec 3>"$dir/in" 4<"$dir/out"
}

# The end of its input ends it.
stop() {
	[ -n "$_driver" ] || return 0
	exec 3>&- 4<&-
	wait "$_driver"
	_driver=
}

ask() {
	echo "$*" >&3
	while read -r line <&4; do
		case $line in
		.)	return ;;
		took*)	diag "$*: $line" ;;
		*)	echo "$line" ;;
		esac
	done
	echo "the driver ended"
}

table() {
	ipvsadm -Sn | sort
}
