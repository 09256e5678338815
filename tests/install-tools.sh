#!/bin/sh
# Installs the programs that some end-to-end tests drive. On Debian and its relatives, as root or with sudo,
# missing ones are installed; elsewhere the list is printed and the tests that need one of them say so.
set -eu
missing=""
for pair in tmux:tmux xterm:xterm Xvfb:xvfb oathtool:oathtool xwd:x11-apps xdotool:xdotool zbarimg:zbar-tools \
	ssh-keygen:openssh-client ssh:openssh-client systemd-analyze:systemd systemd-socket-activate:systemd; do
	command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -e /usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf ] || missing="$missing fonts-dejavu-core"
[ -x /usr/sbin/sshd ] || missing="$missing openssh-server"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
	echo "not installed:$missing (the tests that need them will be skipped)" >&2
	exit 0
fi
run=""
[ "$(id -u)" -eq 0 ] || run="sudo -n"
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq >/dev/null && $run apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
	echo "could not install:$missing (the tests that need them will be skipped)" >&2
