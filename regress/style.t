#!/bin/sh
#
# What a machine can see of the house rules.

. "$(dirname "$0")/lib.sh"

cd "$TOP" || bail "no $TOP"
dirs="imsg conf parent vrrpe hce lbe lvsctl regress/unit"
sources=$(find $dirs -name '*.[chy]')
[ -n "$sources" ] || bail "no sources found"
scripts=$(find lab regress .ci -type f \( -name '*.sh' -o -name '*.t' -o \
    -path .ci/run -o -path lab/run -o -path lab/demo \))

none() {
	is "$1" "$2" ""
}

none "calls that have better ones" "$(grep -nE \
    '\b(sprintf|vsprintf|strcpy|strcat|gets|atoi|atol|system|popen|strtok|alloca) *\(' \
    $sources)"
none "nothing left undone" "$(grep -nE 'TODO|FIXME|\bXXX\b|HACK' $sources)"
none "80 columns" "$(for file in $sources; do
	expand "$file" | awk -v f="$file" 'length > 80 { print f ":" NR }'
done)"
none "no space at the end of a line" \
    "$(grep -nE '[[:blank:]]+$' $sources $scripts)"
none "each source bears the licence" \
    "$(grep -L 'Permission to use, copy, modify' $sources)"
none "the ground floor knows no engine" "$(grep -nE \
    '^#include ".*(parent|vrrpe|hce|lbe|lvsctl)/' imsg/*.[ch] conf/*.[chy])"
none "no engine knows another" "$(for dir in vrrpe hce lbe; do
	grep -nE '^#include "\.\./(parent|vrrpe|hce|lbe|lvsctl)/' $dir/*.[ch]
done)"
none "lvsctl knows imsg only" "$(grep -nE '^#include "\.\./' lvsctl/*.[ch] |
    grep -v '"\.\./imsg/')"
for page in man/*.[58]; do
	none "mandoc is content with $page" \
	    "$(mandoc -Tlint -W warning "$page" 2>&1)"
done
none "each counter of VRRP is in lvsctl(8)" "$(sed -n \
    's/.*\[VRRP_\(DROP\|NOTE\)_.*= "\(.*\)".*/\2/p' imsg/ctl.c |
    while read -r name; do
	grep -Fqx ".It \"$name\"" man/lvsctl.8 || echo "$name"
done)"

done_testing
