"""How long the main job takes: `python benchmarks/main_job.py [--with-demo]`, from a set-up clone.

A month by `make run` is set against what its four processes cost before they do any work (their imports), and the
demonstration against that month, all in one run, so that a slow machine does not look like slow code.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingestion.settings import ROOT
from samples import write_demonstration_year

IMPORTS = ("import polars, duckdb", "import great_expectations", "import dbt.cli.main", "import duckdb, pyarrow")
RUN_LIMIT_SECONDS, DEMO_LIMIT_SECONDS = 75, 480


def seconds(*command: str, **environment: str) -> float:
    """Wall-clock seconds of a command that must succeed."""
    started = time.monotonic()
    subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--with-demo", action="store_true", help="the whole demonstration as well")
    with_demo = parser.parse_args().with_demo
    floor = sum(seconds(sys.executable, "-c", statement) for statement in IMPORTS)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "month"
        write_demonstration_year(home / "inbox", ["2021-03"])
        month = seconds("make", "run", "PERIOD=2021-03", YIBIAO_HOME=str(home), YIBIAO_TRUST_RECEIPTS="1")
        print(f"imports alone          {floor:6.1f} s")
        print(f"make run, one month    {month:6.1f} s  {month / floor:5.1f} x imports  (limit {RUN_LIMIT_SECONDS} s)")
        if with_demo:
            demo = seconds("make", "demo", YIBIAO_HOME=str(Path(folder) / "demo"))
            print(
                f"make demo              {demo:6.1f} s  {demo / month:5.1f} x a month  (limit {DEMO_LIMIT_SECONDS} s)"
            )


if __name__ == "__main__":
    main()
