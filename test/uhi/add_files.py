"""Reads references with boost-histogram and hist, adds them up, and writes each of the libraries' form of the first one.

Usage: add_files.py ONE OTHER SUM FOLDER; prints how many histograms were equal to those of SUM.
"""

import json
import sys
from pathlib import Path

import boost_histogram
import hist
import numpy as np
import uhi.io.json
import uhi.io.ops
import uhi.schema


def read(path):
    with open(path) as file:
        return json.load(file, object_hook=uhi.io.json.object_hook)


def write(histograms, path):
    path.write_text(json.dumps(histograms, default=uhi.io.json.default))


one_path, other_path, sum_path, folder = map(Path, sys.argv[1:])
one, other, expected = map(read, (one_path, other_path, sum_path))
for path in (one_path, other_path, sum_path):
    uhi.schema.validate(json.loads(path.read_text()))
equal = 0
for name, library in {"boost": boost_histogram.Histogram, "hist": hist.Hist}.items():
    histograms = {key: library(ir) for key, ir in one.items()}
    for key, histogram in histograms.items():
        added = (histogram + library(other[key])).view(flow=True)
        assert np.array_equal(added, library(expected[key]).view(flow=True)), key
        equal += 1
    write(histograms, folder / f"{name}.json")
    again = {key: library(ir) for key, ir in read(folder / f"{name}.json").items()}
    assert again == histograms
for key in one:
    added = uhi.io.ops.add(one[key], other[key])
    assert np.array_equal(added["storage"]["values"], expected[key]["storage"]["values"]), key
    equal += 1
print(equal)
