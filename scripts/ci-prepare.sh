#!/usr/bin/env bash
# What the tests use beside Node, Java and Maven and may be missing on a bare machine: tmux, the terminal that the dashboard is
# tested in, Python with venv for other clients of Kafka, and Chromium, which pages are tested in.
set -euo pipefail
missing=()
command -v tmux > /dev/null || missing+=(tmux)
python3 -c 'import ensurepip, venv' 2> /dev/null || missing+=(python3-venv)
command -v chromium > /dev/null || command -v chromium-browser > /dev/null || command -v google-chrome > /dev/null || missing+=(chromium)
[ ${#missing[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -q && apt-get install -q -y --no-install-recommends "${missing[@]}"; } >&2 && exit 0
fi
echo "${missing[*]} cannot be installed here: without tmux the tests in a terminal are skipped, without Python those of other clients, without Chromium those of pages" >&2
