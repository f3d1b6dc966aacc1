"""Direct mode's totals of a CSV file, with Polars.

usage: polars_direct.py [--reading JSON] FILE

Prints one JSON with the keys of `dtstream process --summary` that are compared. `--reading` tells how the file differs
from canonical columns, as in benchmarks/layouts/dresses.ts.
"""

import argparse
import json
import os

os.environ["POLARS_MAX_THREADS"] = "2"

import polars as pl

CHAMBERS = 4

TYPES = {
    "HEAD": pl.UInt8,
    "FPGA": pl.UInt8,
    "TDC_CHANNEL": pl.UInt16,
    "ORBIT_CNT": pl.UInt32,
    "BX_COUNTER": pl.Int32,
    "TDC_MEAS": pl.Float64,
}

parser = argparse.ArgumentParser()
parser.add_argument("--reading", type=json.loads, default={})
parser.add_argument("file")
args = parser.parse_args()
reading = {"delimiter": ",", "columns": list(TYPES), **args.reading}
# What whole numbers are read as first where they do not look like whole numbers.
first = {"blanks": pl.String, "decimals": pl.Float64}.get(reading.get("numbers"))
rows = pl.scan_csv(
    args.file,
    separator=reading["delimiter"],
    schema={name: (first or TYPES[name]) if name in TYPES else pl.String for name in reading["columns"]},
    ignore_errors="skipsBad" in reading,
    truncate_ragged_lines="skipsBad" in reading,
)
if first is not None:
    rows = rows.with_columns(
        (pl.col(name).str.strip_chars_start() if first == pl.String else pl.col(name)).cast(type)
        for name, type in TYPES.items()
    )
if "skipsBad" in reading:
    # A field that is no number is null, and so are those that are missing.
    rows = rows.drop_nulls()
hits = (
    rows
    .filter(
        pl.col("HEAD") == 2,
        pl.col("FPGA") < 2,
        pl.col("TDC_CHANNEL") < 128,
        pl.col("BX_COUNTER").is_between(0, 4095),
        pl.col("TDC_MEAS") >= 0,
        pl.col("TDC_MEAS") < 32,
    )
    .select(
        chamber=2 * pl.col("FPGA") + (pl.col("TDC_CHANNEL") // 64).cast(pl.UInt8),
        channel="TDC_CHANNEL",
        orbit="ORBIT_CNT",
    )
)
by_orbit = hits.group_by("chamber", "orbit").agg(active=pl.col("channel").n_unique())
channels, active, orbits = pl.collect_all(
    [
        hits.group_by("chamber", "channel").len().sort("chamber", "channel"),
        by_orbit.group_by("chamber", "active").len(),
        hits.select(pl.col("orbit").n_unique()),
    ],
    engine=os.environ.get("ENGINE", "auto"),
)

histograms = {str(c): {"bin_edges": [], "hist_counts": []} for c in range(CHAMBERS)}
for chamber, channel, count in channels.iter_rows():
    histograms[str(chamber)]["bin_edges"].append(channel)
    histograms[str(chamber)]["hist_counts"].append(count)
distributions = {str(c): [0] * 65 for c in range(CHAMBERS)}
for chamber, n, count in active.iter_rows():
    distributions[str(chamber)][n] = count
print(json.dumps({"tdc_counts_chamber": histograms, "active_channels_chamber": distributions, "orbits": orbits.item()}))
