#!/bin/sh
#
# Packets that nobody should send, to routers of IPv6.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"
. "$TOP/regress/hostile.sh"

hostile v6
