#!/bin/sh
# produce, process and watch in three panes of tmux. The same line again, also after a power cut, continues where it was.
#
#   three-panes.sh INPUT…      DTSTREAM='npx dtstream' names another program, SESSION=night another session
set -eu
program=${DTSTREAM:-dtstream}
session=${SESSION:-dtstream}
if [ $# -eq 0 ]; then
  echo "usage: $0 INPUT…" >&2
  exit 2
fi
# A pane stays when its command has ended, so that its last lines can be read.
# shellcheck disable=SC2086 # the program may be several words
tmux new-session -d -x 120 -y 45 -s "$session" $program watch ';' set-option -w remain-on-exit on
# shellcheck disable=SC2086
tmux split-window -v -l 10 -t "$session" $program produce --follow --resume --rate max -- "$@"
# shellcheck disable=SC2086
tmux split-window -h -t "$session" $program process
if [ -t 1 ]; then
  exec tmux attach -t "$session"
fi
