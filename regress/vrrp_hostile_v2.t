#!/bin/sh
#
# Packets that nobody should send, to routers of version 2 with a password.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"
. "$TOP/regress/hostile.sh"

hostile v2
