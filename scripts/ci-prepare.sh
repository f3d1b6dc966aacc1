#!/usr/bin/env bash
# What the tests use beside Node and may be missing on a bare machine: tmux, the terminal that the dashboard is tested in.
# Without it those tests are skipped, and say so.
set -euo pipefail
command -v tmux > /dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -q && apt-get install -q -y --no-install-recommends tmux; } >&2 && exit 0
fi
echo 'tmux cannot be installed here: the tests in a terminal will be skipped' >&2
