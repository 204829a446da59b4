"""Writes the table that interp/src/test/resources/table holds, by another implementation of Parquet than DuckDB's.

    pip install pyarrow==26.0.1
    python make_table.py FOLDER
"""
import pathlib
import sys

import pyarrow as pa
import pyarrow.parquet as pq

table = pa.table({
    "head": ["L0H1", "L1H2", "L1H0", "L2H3"],
    "layer": pa.array([0, 1, 1, 2], pa.int32()),
    "token": [" Paris", "巴黎", "\n", None],
    "effect": [0.5, -2.25, 3.0, float("nan")],
    "control": [0.125, None, -0.25, float("inf")],
})
table = table.replace_schema_metadata({"model": "none: made up by hand"})
pq.write_table(table, pathlib.Path(sys.argv[1]) / "effects.parquet", compression="zstd")
