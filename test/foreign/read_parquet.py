"""Prints what pandas, Polars and DuckDB find in a Parquet file: rows, sums of the columns, hits by channel, orbits."""

import json
import sys

import duckdb
import pandas
import polars

path = sys.argv[1]
columns = ["HEAD", "FPGA", "TDC_CHANNEL", "ORBIT_CNT", "BX_COUNTER", "TDC_MEAS"]


def found(rows, sums, hits, orbits):
    channels = {f"{fpga}:{channel}": count for fpga, channel, count in hits}
    return {"rows": rows, "sums": [float(value) for value in sums], "hits": channels, "orbits": orbits}


table = pandas.read_parquet(path)
hits = table[table.HEAD == 2]
counts = hits.groupby(["FPGA", "TDC_CHANNEL"]).size().reset_index().values.tolist()
by_pandas = found(len(table), table[columns].sum(), counts, hits.ORBIT_CNT.nunique())

frame = polars.scan_parquet(path)
hits = frame.filter(polars.col("HEAD") == 2)
by_polars = found(
    frame.select(polars.len()).collect().item(),
    frame.select(columns).sum().collect().row(0),
    hits.group_by("FPGA", "TDC_CHANNEL").len().collect().rows(),
    hits.select(polars.col("ORBIT_CNT").n_unique()).collect().item(),
)

columns_sums = ", ".join(f"sum({name})" for name in columns)
[(rows, *sums)] = duckdb.sql(f"select count(*), {columns_sums} from '{path}'").fetchall()
where = f"from '{path}' where HEAD = 2"
by_duckdb = found(
    rows,
    sums,
    duckdb.sql(f"select FPGA, TDC_CHANNEL, count(*) {where} group by all").fetchall(),
    duckdb.sql(f"select count(distinct ORBIT_CNT) {where}").fetchall()[0][0],
)

types = {name: str(dtype) for name, dtype in table.dtypes.items()}
print(json.dumps({"pandas": by_pandas, "polars": by_polars, "duckdb": by_duckdb, "types": types}))
