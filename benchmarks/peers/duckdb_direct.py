"""Direct mode's totals of a CSV file, with DuckDB.

usage: duckdb_direct.py [--masks] [--reading JSON] FILE

Prints one JSON with the keys of `dtstream process --summary` that are compared. `--masks` counts the active channels of
an orbit as the bits of a mask instead of with count(DISTINCT ...): less obvious, and faster. `--reading` tells how the
file differs from canonical columns, as in benchmarks/layouts/dresses.ts.
"""

import argparse
import json

import duckdb

THREADS = 2
CHAMBERS = 4

TYPES = {
    "HEAD": "UTINYINT", "FPGA": "UTINYINT", "TDC_CHANNEL": "USMALLINT",
    "ORBIT_CNT": "UINTEGER", "BX_COUNTER": "INTEGER", "TDC_MEAS": "DOUBLE",
}

parser = argparse.ArgumentParser()
parser.add_argument("--masks", action="store_true")
parser.add_argument("--reading", type=json.loads, default={})
parser.add_argument("file")
args = parser.parse_args()
active_channels = "count(DISTINCT channel)"
if args.masks:
    active_channels = "bit_count(bit_or(1::UBIGINT << (channel % 64)))"
reading = {"delimiter": ",", "columns": list(TYPES), **args.reading}
columns = {name or "row": TYPES.get(name, "VARCHAR") for name in reading["columns"]}

db = duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": False})
db.execute(
    f"""
    CREATE TEMP TABLE hits AS
    SELECT 2 * FPGA + TDC_CHANNEL // 64 AS chamber, TDC_CHANNEL AS channel, ORBIT_CNT AS orbit
    FROM read_csv($path, header = true, auto_detect = false, delim = '{reading["delimiter"]}', columns = {columns},
        ignore_errors = {"skipsBad" in reading})
    WHERE HEAD = 2 AND FPGA < 2 AND TDC_CHANNEL < 128
      AND BX_COUNTER BETWEEN 0 AND 4095 AND TDC_MEAS >= 0 AND TDC_MEAS < 32
    """,
    {"path": args.file},
)
channels = db.execute("SELECT chamber, channel, count(*) FROM hits GROUP BY ALL ORDER BY ALL").fetchall()
active = db.execute(
    f"""
    SELECT chamber, active, count(*)
    FROM (SELECT chamber, orbit, {active_channels} AS active FROM hits GROUP BY chamber, orbit)
    GROUP BY ALL
    """
).fetchall()
(orbits,) = db.execute("SELECT count(DISTINCT orbit) FROM hits").fetchone()

histograms = {str(c): {"bin_edges": [], "hist_counts": []} for c in range(CHAMBERS)}
for chamber, channel, count in channels:
    histograms[str(chamber)]["bin_edges"].append(channel)
    histograms[str(chamber)]["hist_counts"].append(count)
distributions = {str(c): [0] * 65 for c in range(CHAMBERS)}
for chamber, n, count in active:
    distributions[str(chamber)][n] = count
print(json.dumps({"tdc_counts_chamber": histograms, "active_channels_chamber": distributions, "orbits": orbits}))
