"""Adds up messages of dtstream and plots them; docs/wire-format.md says what every key means.

Used by plot_file.py, plot_kafka.py and histograms.py. A message that comes twice counts once. Unknown keys are ignored.
"""

import json
import sys

import matplotlib.pyplot as plt
import numpy as np

SCHEMA = 1
CHANNELS = 64
DEAD_SHARE = 0.05  # of the median of a chamber: channels below are marked
FIXED = "tick_first", "ticks_bin", "offset_ns"  # of physics: the same in all messages of a configuration


class GroupSum:
    """The sum over the messages of one group."""

    def __init__(self, name):
        self.name = name
        self.notes = []
        self._past = set()
        self._clear()

    def _clear(self):
        self.messages = self.duplicates = self.orbits = 0
        self.chambers = None
        self.occupancy = []  # one array per chamber: hits by channel of the chamber
        self.active = []  # one array per chamber: entry n = orbits with n active channels
        self.physics = {}  # sums of physics.chambers under their own keys
        self._configuration = None
        self._seen = set()
        self._last = {}  # producer -> (history, msg_ID) of its newest message

    def add(self, message):
        producer, history, number = message["producer"], message.get("history"), message["msg_ID"]
        if history in self._past or (producer, history, number) in self._seen:
            self.duplicates += 1
            return
        last_history, last_number = self._last.get(producer, (history, -1))
        if history != last_history and number <= last_number:  # process --reset: the sums start over
            self._past.update(old for old, _ in self._last.values())
            self._clear()
            self._note("the group was reset: only messages since then count")
        self._seen.add((producer, history, number))
        self._last[producer] = max(self._last.get(producer, (history, number)), (history, number), key=lambda at: at[1])
        if message["schema"] > SCHEMA:
            self._note(f"schema {message['schema']} is newer than {SCHEMA}: see docs/wire-format.md for changed keys")
        self._place(message)
        for chamber, hits in enumerate(self._hits(message)):
            self.occupancy[chamber] += hits
            self.active[chamber] += np.array(message["active_channels_chamber"][str(chamber)])
        self._add_physics(message.get("physics"))
        self.orbits += message["orbits"]
        self.messages += 1

    def _place(self, message):
        """Checks that all messages have the same chambers."""
        chambers = message.get("chambers")
        if chambers is None:  # dtstream before chambers: two on each board
            self._note("messages do not name their chambers: taken for those of the default geometry")
            count = len(message["hit_count_chamber"])
            chambers = [dict(fpga=n // 2, channel_first=n % 2 * CHANNELS, channels=CHANNELS) for n in range(count)]
        if self.chambers is None:
            self.chambers = chambers
            self.occupancy = [np.zeros(chamber["channels"], dtype=int) for chamber in chambers]
            self.active = [np.zeros(chamber["channels"] + 1, dtype=int) for chamber in chambers]
        elif chambers != self.chambers:
            raise SystemExit(f"group {self.name}: messages of different geometries cannot be added up by channel")

    def _hits(self, message):
        """Hits by channel of the chamber, from the contract key, which every version has."""
        for number, chamber in enumerate(self.chambers):
            hits = np.zeros(chamber["channels"], dtype=int)
            seen = message["tdc_counts_chamber"][str(number)]
            channels = np.array(seen["bin_edges"], dtype=int) - chamber["channel_first"]
            if np.any((channels < 0) | (channels >= len(hits))):
                raise SystemExit(f"group {self.name}: chamber {number} has hits outside of its channels")
            hits[channels] = seen["hist_counts"]
            yield hits

    def _add_physics(self, physics):
        if physics is None:  # --physics off, or orbits that may be split
            return
        if self._configuration not in (None, physics["geometry"]):
            self._note("the configuration changed: physics only since then")
            self.physics = {}
        self._configuration = physics["geometry"]
        for number, chamber in physics["chambers"].items():
            self.physics[number] = added(self.physics.get(number), chamber)

    def _note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def sums(self):
        """The sums under the keys of `dtstream process --summary`."""
        return {
            "batches": self.messages,
            "hit_count": int(sum(hits.sum() for hits in self.occupancy)),
            "hit_count_chamber": [int(hits.sum()) for hits in self.occupancy],
            "orbits": self.orbits,
            "chambers": self.chambers,
            "channel_hits_chamber": {
                str(number): np.pad(hits, (0, CHANNELS - len(hits))).tolist()
                for number, hits in enumerate(self.occupancy)
            },
            "active_channels_chamber": {str(number): orbits.tolist() for number, orbits in enumerate(self.active)},
        }


def added(sums, more):
    """Adds numbers, lists by index and objects by key."""
    if isinstance(more, dict):
        return {key: value if key in FIXED else added(sums and sums[key], value) for key, value in more.items()}
    if isinstance(more, list) and isinstance(more[0], dict):
        return [added(sums and sums[index], value) for index, value in enumerate(more)]
    return np.array(more) if sums is None else sums + np.array(more)


def add_up(messages, group=None):
    """The sum of one group: the named one, else the only one."""
    groups = {}
    for message in messages:
        name = message["producer"].rpartition("/")[0]
        groups.setdefault(name, GroupSum(name)).add(message)
    names = ", ".join(sorted(groups)) or "none"
    if group is None and len(groups) != 1:
        raise SystemExit(f"there must be one group, or choose one with --group; there are: {names}")
    if group is not None and group not in groups:
        raise SystemExit(f"no group {group}; there are: {names}")
    return groups[group or names]


def parse(parser):
    """The arguments of the command line, with those that both programs have; in a notebook the defaults."""
    parser.add_argument("--group", help="group whose messages are plotted; default: the only one")
    parser.add_argument("--out", default="chambers.png", help="picture, PNG (default: %(default)s)")
    parser.add_argument("--sums", help="file for the plotted numbers, JSON")
    return parser.parse_args([] if "ipykernel" in sys.modules else None)


def report(total, sums_file=None):
    """Prints what was added up, and saves the numbers."""
    duplicates = f", {total.duplicates} duplicates ignored" if total.duplicates else ""
    hits = sum(hits.sum() for hits in total.occupancy)
    print(f"group {total.name}: {hits:,} hits in {total.orbits:,} orbits, {total.messages:,} messages{duplicates}")
    for note in total.notes:
        print(f"note: {note}")
    if sums_file:
        with open(sums_file, "w") as file:
            json.dump(total.sums(), file)


def plot(total):
    """Occupancy and active channels per orbit, one row per chamber."""
    rows = len(total.chambers)
    figure, axes = plt.subplots(
        rows, 2, squeeze=False, sharex="col", figsize=(13, 1 + 2.4 * rows), layout="constrained", width_ratios=(2, 1)
    )
    hits = sum(hits.sum() for hits in total.occupancy)
    figure.suptitle(f"group {total.name}: {hits:,} hits in {total.orbits:,} orbits")
    for number, (left, right) in enumerate(axes):
        plot_occupancy(left, number, total.chambers[number], total.occupancy[number])
        plot_active(right, total.active[number])
    most = max(np.flatnonzero(orbits).max(initial=0) for orbits in total.active)
    axes[-1, 1].set_xlim(0, max(8, most) + 1)
    axes[-1, 0].set_xlabel("channel within the chamber")
    axes[-1, 1].set_xlabel("active channels in an orbit")
    return figure


def plot_occupancy(axis, number, chamber, hits):
    first = chamber["channel_first"]
    axis.stairs(hits, np.arange(len(hits) + 1) - 0.5, fill=True, color="tab:blue")
    axis.axhline(np.median(hits), color="black", linewidth=0.8, linestyle="--", label="median")
    dead = np.flatnonzero(hits < DEAD_SHARE * np.median(hits))
    if len(dead):
        names = ", ".join(map(str, dead[:8])) + (" …" if len(dead) > 8 else "")
        axis.plot(dead, np.zeros(len(dead)), "rx", clip_on=False, zorder=3, label=f"dead: {names}")
    board = f"board {chamber['fpga']}, channels {first}-{first + len(hits) - 1}"
    axis.set(title=f"chamber {number} ({board}): {hits.sum():,} hits", ylabel="hits", xlim=(-1, len(hits)), ylim=(0, None))
    axis.set_xticks(range(0, len(hits), 8))
    axis.legend(loc="upper right", fontsize="small")


def plot_active(axis, orbits):
    axis.stairs(orbits, np.arange(len(orbits) + 1) - 0.5, fill=True, color="tab:green")
    mean = (orbits * np.arange(len(orbits))).sum() / max(1, orbits.sum())
    axis.set(title=f"{orbits.sum():,} orbits, mean {mean:.2f}", ylabel="orbits", ylim=(0.5, None), yscale="log")
