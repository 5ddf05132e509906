"""Readers of the analysts' snapshot while it is published: `python benchmarks/readers.py`, or `make bench-readers`.

Sixteen processes ask a snapshot of 16 reporters and 60 indicators over nine months in a loop, each opening the new file
when one appears; half of the time nothing is published (before and after), in between fifty builds are, each with
figures of its own. Every answer must belong to one build. What an answer took includes opening a new file; set against
each other are the same processes with and without publication, so a busy machine slows both.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.notice import Size, create_warehouse
from ingestion.settings import ROOT, get_settings
from ingestion.store import RAW_TABLES, open_warehouse
from reports.snapshot import publish_snapshot
from tests.reports.factories import execute
from tests.snapshot_reader import stamp

RATIO_LIMIT = 1.5


def publish(warehouse: Path, build: int) -> float:
    """Make another build and publish its snapshot; how many seconds publishing took."""
    stamp(warehouse, build)
    started = time.monotonic()
    with open_warehouse(read_only=True) as connection:
        if not publish_snapshot(connection):
            sys.exit(f"build {build} was not published")
    return time.monotonic() - started


def answers(snapshot: Path, readers: int, seconds: float, publications: list[int], warehouse: Path) -> list[float]:
    """Seconds of every answer of all readers over a time in which these builds are published at even distances."""
    command = [sys.executable, "-m", "tests.snapshot_reader", str(snapshot)]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(readers)
    ]
    for reader in running:
        assert reader.stdout
        reader.stdout.readline()
    started = time.monotonic()
    took = []
    for number, build in enumerate(publications, start=1):
        time.sleep(max(0.0, started + seconds * number / (len(publications) + 1) - time.monotonic()))
        took.append(publish(warehouse, build))
    time.sleep(max(0.0, started + seconds - time.monotonic()))
    summaries = []
    for reader in running:
        printed, _ = reader.communicate()
        if reader.returncode:
            sys.exit(f"a reader failed:\n{printed}")
        summaries.append(json.loads(printed.splitlines()[-1]))
    if publications:
        seen = [len(summary["seen"]) for summary in summaries]
        print(f"published {len(took)} times, {statistics.median(took):.2f} s each (median)", end="")
        print(f"; each reader saw {min(seen)} to {max(seen)} builds")
    return [second for summary in summaries for second in summary["seconds"]]


def p95(seconds: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return statistics.quantiles(seconds, n=20)[-1] * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, default=16)
    parser.add_argument("--publications", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=150, help="with publication, and as long without")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yibiao-readers-") as folder:
        os.environ["YIBIAO_HOME"] = folder
        get_settings.cache_clear()
        settings = get_settings()
        settings.pipeline_file.parent.mkdir(parents=True)
        create_warehouse(settings.pipeline_file, Size(16, 60))
        execute(settings.pipeline_file, "create schema raw", f"create table raw.tables ({RAW_TABLES['tables']})")
        publish(settings.pipeline_file, 1)
        common = (settings.analyst_file, options.readers)
        half, builds = options.seconds / 2, list(range(2, options.publications + 2))
        quiet = answers(*common, half, [], settings.pipeline_file)
        published = answers(*common, options.seconds, builds, settings.pipeline_file)
        quiet += answers(*common, half, [], settings.pipeline_file)
    for label, seconds in (("nothing published", quiet), (f"published {options.publications} times", published)):
        print(f"{label:22} {len(seconds):7d} answers, median {statistics.median(seconds) * 1000:6.1f} ms, ", end="")
        print(f"p95 {p95(seconds):6.1f} ms, longest {max(seconds) * 1000:7.1f} ms")
    print(f"p95 {p95(published) / p95(quiet):.2f} times that with nothing published (limit {RATIO_LIMIT})")


if __name__ == "__main__":
    main()
