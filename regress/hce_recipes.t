#!/bin/sh
#
# The checks of redis, PostgreSQL, MySQL and LDAP that lvsd.conf(5) has, as they
# are written there, against the servers themselves and against each other.

. "$(dirname "$0")/lib.sh"
. "$TOP/regress/hce.sh"
ip link set lo up || skip_all "no loopback"
for need in redis-server mariadbd mariadb-install-db slapd setpriv; do
	command -v "$need" >/dev/null || skip_all "no $need"
done
pgbin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
[ -n "$pgbin" ] || skip_all "no postgres"
chmod 711 "$dir"

as() {
	user=$1
	shift
	setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"
}

# start PORT COMMAND...: a server in the foreground; it listens soon
start() {
	port=$1
	shift
	"$@" >"$dir/$port.log" 2>&1 &
	pids="$pids $!"
}
listens() {
	ss -Hltn | grep -q "127.0.0.1:$1 "
}
home() {
	mkdir "$dir/$1" && chown "$2" "$dir/$1"
}
home my mysql && home pg postgres && home ldap "$(id -un)" || bail "no directory"
mariadb-install-db --no-defaults --user=mysql --datadir="$dir/my" \
    --skip-test-db >"$dir/my.log" 2>&1 || bail "$(cat "$dir/my.log")"
as postgres "$pgbin/initdb" -N -D "$dir/pg" -A trust >"$dir/pg.log" 2>&1 ||
    bail "$(cat "$dir/pg.log")"
cat >"$dir/slapd.conf" <<EOF
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=example"
directory $dir/ldap
EOF
# It greets only hosts from which some account may connect.
echo "CREATE USER knock@'127.0.0.1';" >"$dir/my.sql"
chmod 644 "$dir/my.sql"
start 6379 redis-server --port 6379 --bind 127.0.0.1 --dir "$dir" --save ''
start 3306 mariadbd --no-defaults --user=mysql --datadir="$dir/my" --port=3306 \
    --bind-address=127.0.0.1 --socket="$dir/my/sock" --skip-name-resolve \
    --init-file="$dir/my.sql"
start 5432 setpriv --reuid postgres --regid "$(id -g postgres)" \
    --clear-groups "$pgbin/postgres" -D "$dir/pg" -p 5432 \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories="$dir/pg"
start 389 slapd -d 0 -f "$dir/slapd.conf" -h ldap://127.0.0.1:389
for port in 6379 3306 5432 389; do
	wait_for 60 listens "$port" || bail "$port: $(cat "$dir/$port.log")"
done
hce_start || bail "no hce: $(cat "$dir/log")"

# recipe NAME: the check, as the manual has it
recipe() {
	sed -n "/^service \"$1\"/,/^}/s/.*forward to <db> //p" \
	    "$TOP/man/lvsd.conf.5" | sed 's/\\e/\\/g'
}
# target NAME RECIPE PORT
target() {
	echo "table <$1> { 127.0.0.1 }"
	printf 'service "%s" {\n\tlisten on 192.0.2.%d tcp port 80\n' \
	    "$1" $((n += 1))
	printf '\tforward to <%s> port %d %s\n}\n' "$1" "$3" "$(recipe "$2")"
}
{
	n=0
	echo 'interval 1s'
	echo 'timeout 1s'
	target redis redis 6379
	target postgresql postgresql 5432
	target mysql mysql 3306
	target ldap ldap 389
	target redis-mysql redis 3306
	target postgresql-redis postgresql 6379
	target mysql-redis mysql 6379
	target ldap-postgresql ldap 5432
} | conf

for name in redis postgresql mysql ldap; do
	verdict "$name" "$name" 'up \(ok\)'
done
for name in redis-mysql postgresql-redis mysql-redis ldap-postgresql; do
	verdict "the check of ${name%-*}, and ${name#*-} answers" "$name" 'down'
done
ok "hce ends in good order" hce_stop
done_testing
