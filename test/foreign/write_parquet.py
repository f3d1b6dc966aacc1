"""Writes the rows of a CSV file as Parquet with every library, in the types and compressions that they choose or are told."""

import sys
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.csv
import pyarrow.parquet

rows, folder = sys.argv[1], Path(sys.argv[2])

table = pandas.read_csv(rows)
table.to_parquet(folder / "pandas.parquet")
types = {name: "float32" for name in table.columns} | {"ORBIT_CNT": "uint32"}
table.astype(types).to_parquet(folder / "pandas-types.parquet", index=True)

frame = polars.read_csv(rows)
frame.write_parquet(folder / "polars.parquet")
small = {"HEAD": polars.Int8, "FPGA": polars.UInt8, "TDC_CHANNEL": polars.UInt16, "BX_COUNTER": polars.Int32}
frame.cast(small).write_parquet(folder / "polars-types.parquet", compression="gzip", row_group_size=1000)

duckdb.sql(f"copy (from '{rows}') to '{folder}/duckdb.parquet'")
duckdb.sql(f"copy (from '{rows}') to '{folder}/duckdb-zstd.parquet' (compression zstd, row_group_size 2048)")

arrow = pyarrow.csv.read_csv(rows)
for codec in ["none", "brotli", "zstd", "lz4"]:
    pyarrow.parquet.write_table(arrow, folder / f"arrow-{codec}.parquet", compression=codec, use_dictionary=codec != "none")
pyarrow.parquet.write_table(arrow, folder / "arrow-v2.parquet", data_page_version="2.0", data_page_size=4096)
deltas = {name: "DELTA_BINARY_PACKED" for name in arrow.column_names if name != "TDC_MEAS"}
pyarrow.parquet.write_table(
    arrow, folder / "arrow-delta.parquet", use_dictionary=False, column_encoding={**deltas, "TDC_MEAS": "BYTE_STREAM_SPLIT"}
)
