"""The rows of a run in pandas and Polars, by Parquet: hits by channel, and drift times after the trigger.

    pip install -r requirements.txt
    dtstream convert run.dat --out run.parquet
    python rows.py run.parquet --root rows.root

The numbers are those of `dtstream process run.dat --summary`, computed from the rows alone. The cells (# %%) run one by
one in Jupyter, VS Code or Spyder.
"""

# %% Which rows, and the detector: change these to your configuration (dtstream config show)
import argparse
import json
import sys
from math import ceil

import pandas
import polars as pl
import uproot

parser = argparse.ArgumentParser(description="Rows of a run in pandas and Polars.")
parser.add_argument("file", nargs="?", default="run.parquet", help="of dtstream convert (default: %(default)s)")
parser.add_argument("--root", help="file for the rows, ROOT")
parser.add_argument("--counts", help="file for the counts, JSON")
arguments = parser.parse_args([] if "ipykernel" in sys.modules else None)

BX_TDC_COUNTS = 30  # TDC counts in a bunch crossing of 25 ns
TRIGGER = {"FPGA": 1, "TDC_CHANNEL": 128}
CHAMBERS = [(0, 0), (0, 64), (1, 0), (1, 64)]  # board and first channel
T0_NS = [93.9, 101.4, 95.5, 92.4]
TICK_NS = 25 / BX_TDC_COUNTS
DRIFT_FROM_NS, TICKS_BIN, BINS = -250, 3, 400

# %% pandas: hits by channel
frame = pandas.read_parquet(arguments.file)
hits = frame[(frame.HEAD == 2) & (frame.TDC_CHANNEL < 128)]
by_channel = hits.groupby(["FPGA", "TDC_CHANNEL"]).size()
print(by_channel.unstack("FPGA").groupby(lambda channel: f"channels from {64 * (channel // 64)}").sum())

# %% Polars: drift times, each hit with the first trigger of its orbit. An orbit is its raw counter: one run, no wrap
rows = (
    pl.scan_parquet(arguments.file)
    .filter(pl.col("HEAD") == 2)
    .with_columns(tick=pl.col("BX_COUNTER") * BX_TDC_COUNTS + pl.col("TDC_MEAS").floor().cast(pl.Int64))
)
triggers = rows.filter(**TRIGGER).group_by("ORBIT_CNT").agg(reference=pl.col("tick").min())
drift = {}
for number, (fpga, first) in enumerate(CHAMBERS):
    in_chamber = rows.filter(pl.col("FPGA") == fpga, pl.col("TDC_CHANNEL").is_between(first, first + 63))
    tick_first = ceil((DRIFT_FROM_NS - T0_NS[number]) / TICK_NS - 1e-9)
    after = pl.col("tick") - pl.col("reference") - tick_first
    bins = in_chamber.join(triggers, on="ORBIT_CNT").select(bin=after.floordiv(TICKS_BIN)).collect()["bin"]
    counts = bins.filter(bins.is_between(0, BINS - 1)).value_counts()
    drift[number] = [0] * BINS
    for bin, count in counts.iter_rows():
        drift[number][bin] = count
    print(f"chamber {number}: {len(bins):,} hits in orbits with a trigger, {sum(drift[number]):,} in the histogram")

# %% ROOT: TFile f("rows.root"); ((TTree*)f.Get("rows"))->Draw("TDC_CHANNEL", "FPGA == 0")
if arguments.root:
    with uproot.recreate(arguments.root) as file:
        file.mktree("rows", {name: kind.type for name, kind in frame.dtypes.items()})
        file["rows"].extend({name: frame[name].to_numpy() for name in frame})
    print(f"ROOT: {arguments.root}, {len(frame):,} rows")

# %% Counts
if arguments.counts:
    with open(arguments.counts, "w") as file:
        channels = {f"{fpga}:{channel}": int(count) for (fpga, channel), count in by_channel.items()}
        json.dump({"channels": channels, "drift": drift}, file)
