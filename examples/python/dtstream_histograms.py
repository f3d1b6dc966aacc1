"""Histograms of dtstream as objects of hist (https://hist.readthedocs.io), by the names of docs/reference-files.md.

Used by histograms.py. Objects of hist add up, slice, rebin and plot, and uproot writes them to files of ROOT.
"""

import json

import hist
import numpy as np
import uhi.io.json
from hist.axis import Regular

TICK_NS = 25 / 30  # one TDC count: clock.bxNs / clock.bxTdcCounts of the configuration
BY_CHANNEL = "active_slots", "active_orbits", "single"
SEGMENTS = "slope", "x_mm", "chi2", "probe_pass", "probe_fail"
ROW_OF_LAYER = [0, 2, 1, 3]  # channel % 4 of the layers, from the top


def read_uhi(path):
    """The histograms of `dtstream process … --summary --format uhi`, or of a reference."""
    with open(path, encoding="utf-8") as file:
        return {name: hist.Hist(ir) for name, ir in json.load(file, object_hook=uhi.io.json.object_hook).items()}


def histograms_of(total):
    """The same of a sum of messages: dtstream_messages.add_up()."""
    filled = {}
    for number, hits in enumerate(total.occupancy):
        chamber = total.physics.get(str(number))
        filled[f"ch{number}/hits"] = fill([channels()], np.pad(hits, (0, 64 - len(hits))))
        filled[f"ch{number}/active"] = fill([regular(65, 0, 65, "active")], total.active[number])
        if chamber is None:  # process --physics off
            continue
        for name in BY_CHANNEL:
            filled[f"ch{number}/{name}"] = fill([channels()], chamber[name])
        cells = np.array(chamber["gated"]["channels"]).reshape(16, 4).T[ROW_OF_LAYER]
        filled[f"ch{number}/gated"] = fill([regular(4, 0, 4, "layer"), regular(16, 0, 16, "column")], cells)
        for name in ("drift", "drift_chambers"):
            if name in chamber:
                filled[f"ch{number}/{name}"] = drift(chamber[name])
        for name in SEGMENTS if "segments" in chamber else ():
            filled[f"ch{number}/{name}"] = fill([AXES[name]()], chamber["segments"][name])
    return filled


def for_root(histogram):
    """The same with floating-point counts, exact up to 2^53: uproot writes no 64-bit integers (TH1D, TH2D)."""
    return hist.Hist(*histogram.axes, storage=hist.storage.Double(), data=histogram.view(flow=True))


def regular(bins, lower, upper, name, flow=False):
    return Regular(bins, lower, upper, name=name, flow=flow)


def channels():
    return regular(64, 0, 64, "channel")


AXES = {
    "slope": lambda: regular(40, -1, 1, "slope"),
    "x_mm": lambda: regular(66, 0, 693, "x"),
    "chi2": lambda: regular(40, 0, 20, "chi2"),
    "probe_pass": channels,
    "probe_fail": channels,
}


def drift(of):
    """Drift times in ns, with those below and above."""
    bins, lower = len(of["counts"]), of["offset_ns"]
    axis = regular(bins, lower, lower + bins * of["ticks_bin"] * TICK_NS, "drift", flow=True)
    return fill([axis], [of["under"], *of["counts"], of["over"]])


def fill(axes, counts):
    histogram = hist.Hist(*axes, storage=hist.storage.Int64())
    histogram.view(flow=True)[...] = counts
    return histogram
