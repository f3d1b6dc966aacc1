"""Prints what is in a file of ROOT: counts and edges of its histograms, flow bins of drift times included; rows of its tree.

Usage: read_root.py FILE
"""

import json
import sys

import uproot

counts, edges, rows = {}, {}, None
with uproot.open(sys.argv[1]) as file:
    for name, kind in file.classnames(cycle=False).items():
        found = file[name]
        if kind == "TTree":
            rows = found.num_entries
        elif kind.startswith("TH"):
            counts[name] = found.values(flow="drift" in name).tolist()
            edges[name] = [float(edge) for edge in found.axis(0).edges()[[0, -1]]]
print(json.dumps({"counts": counts, "edges": edges, "rows": rows}))
