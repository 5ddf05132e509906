"""Runs scale_reference.sql: `python -m benchmarks.scale_reference target warehouse registry memory-limit`."""

import re
import sys
from pathlib import Path

import duckdb

SCRIPT = Path(__file__).with_suffix(".sql")


def run(target: str, warehouse: str, registry: str, memory: str) -> None:
    """Fill the tables of a new database: each query of the script once a year, in the years' order."""
    setup, *blocks = re.split(r"(?m)^-- into (\w+)\n", SCRIPT.read_text(encoding="utf-8"))
    with duckdb.connect(target, config={"memory_limit": memory}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach '{warehouse}' as pipeline (read_only)")
        connection.execute("set variable registry = $1", [registry])
        connection.execute(setup)
        years = connection.execute("select distinct year from periods order by year").fetchall()
        for position, (year,) in enumerate(years):
            connection.execute(f"set variable year = {year}")
            for name, query in zip(blocks[::2], blocks[1::2], strict=True):
                connection.execute(f"{f'insert into {name}' if position else f'create table {name} as'} {query}")


if __name__ == "__main__":
    run(*sys.argv[1:])
