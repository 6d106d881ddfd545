# Installs Debian packages for the tests; run as root with their names as
# arguments. The packages' own servers are not started and get no data: the
# tests bring their own. Both settings are undone at the end.
set -eu
export DEBIAN_FRONTEND=noninteractive

policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.d
undo=
trap 'eval "$undo"' EXIT
trap 'exit 1' HUP INT TERM

if [ ! -e "$policy" ]; then
	undo="$undo rm -f $policy;"
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi
if [ ! -e "$clusters/rowan.conf" ]; then
	undo="$undo rm -f $clusters/rowan.conf; rmdir --ignore-fail-on-non-empty $clusters;"
	mkdir -p "$clusters"
	echo 'create_main_cluster = false' >"$clusters/rowan.conf"
fi

install() {
	apt-get install --quiet --yes --no-install-recommends "$@"
}

# The lists of packages may be missing or too old: then fetch them, once.
install "$@" || { apt-get update --quiet && install "$@"; }
