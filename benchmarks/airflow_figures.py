"""What Airflow costs: `python benchmarks/airflow_figures.py`, or `make bench-airflow`, from a set-up clone.

Three figures: how long the folder of DAGs takes to be read in a fresh process, beyond importing Airflow; what an idle
deployment holds in memory; and whether the months of a backfill of five years take longer and longer. The city of the
backfill is made as in scale.py, always the same one, and its marts are built before: what is timed is each month's own
work, with all its notices, and all roll-ups run between. Parts by option: `--only parsing`, `idle` or `backfill`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks.scale import FIRST_YEAR, Size, submit, write_registry
from ingestion.periods import CADENCES
from ingestion.settings import ROOT, Settings, get_settings
from operations.airflow_client import AirflowClient, AirflowError, DagRun
from operations.airflow_environment import airflow_environment
from operations.airflow_processes import running_airflow

PARSING_LIMIT_SECONDS, MEMORY_LIMIT_GIB, GROWTH_LIMIT = 1.5, 2.0, 1.2
TRIES, IDLE_SECONDS, COMPARED = 7, 120, 10
CITY = Size(reporters=16, indicators=40, years=5)
MONTHLY = "monthly_dispatch"
PATIENCE_SECONDS, POLL_SECONDS = 5400, 10
_PARSE = """
import json, sys, time
started = time.perf_counter(), time.process_time()
import airflow
imported = time.perf_counter(), time.process_time()
from airflow.dag_processing.dagbag import DagBag
ready = time.perf_counter(), time.process_time()
bag = DagBag(sys.argv[1])
parsed = time.perf_counter(), time.process_time()
assert bag.dags and not bag.import_errors, bag.import_errors
steps = {"airflow": (started, imported), "parser": (imported, ready), "folder": (ready, parsed)}
print(json.dumps({
    "dags": len(bag.dags), "files": {stat.file: stat.duration.total_seconds() for stat in bag.dagbag_stats},
    "seconds": {name: after[0] - before[0] for name, (before, after) in steps.items()},
    "processor": {name: after[1] - before[1] for name, (before, after) in steps.items()},
}))
"""


def settings_of(home: Path) -> Settings:
    """Settings of this process and of all it starts, on a home of the benchmark's own."""
    os.environ |= {"YIBIAO_HOME": str(home), "YIBIAO_REGISTRY": str(home / "registry")}
    get_settings.cache_clear()
    return get_settings()


def measure_parsing(home: Path) -> None:
    """Fresh processes, one after the other; medians."""
    environment = airflow_environment(settings_of(home), port=1)
    command = [sys.executable, "-c", _PARSE, str(ROOT / "dags")]
    tries = []
    for _ in range(TRIES):
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        tries.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{tries[0]['dags']} DAGs, median of {TRIES} fresh processes")
    middle = {name: _medians(tries, name) for name in ("airflow", "parser", "folder")}
    for name, label in (("airflow", "import airflow"), ("parser", "Airflow's own parser"), ("folder", "the folder")):
        print(f"  {label:<35}{middle[name][0]:6.2f} s, of processor {middle[name][1]:.2f} s")
    for name in sorted(tries[0]["files"]):
        print(f"    {Path(name).name:<33}{statistics.median(one['files'][name] for one in tries):6.2f} s")
    beyond, of_processor = (middle["parser"][kind] + middle["folder"][kind] for kind in (0, 1))
    ratio = beyond / middle["airflow"][0]
    print(f"  beyond import airflow              {beyond:6.2f} s  {ratio:.2f} x  (at most {PARSING_LIMIT_SECONDS} s)")
    print(f"    of processor                     {of_processor:6.2f} s")
    sys.stdout.flush()


def _medians(tries: list[dict[str, Any]], step: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    by_clock = statistics.median(one["seconds"][step] for one in tries)
    return by_clock, statistics.median(one["processor"][step] for one in tries)


def measure_idle(home: Path) -> None:
    """What all processes of a deployment that has nothing to do hold together: shared pages are counted once."""
    with running_airflow(settings_of(home)):
        time.sleep(IDLE_SECONDS)
        held = {name: memory for process in psutil.Process().children() for name, memory in [_held_by(process)]}
    print(f"idle for {IDLE_SECONDS} s")
    for name, (count, size) in held.items():
        print(f"  {name:<18}{count:3} processes {size / 2**30:6.2f} GiB")
    total = sum(size for _, size in held.values()) / 2**30
    print(f"  together          {sum(count for count, _ in held.values()):3} processes {total:6.2f} GiB", end="")
    print(f"  (at most {MEMORY_LIMIT_GIB} GiB)", flush=True)


def _held_by(head: psutil.Process) -> tuple[str, tuple[int, int]]:
    """The name of a process of Airflow, how many it is with its children, and their proportional set size in bytes."""
    # The API server gives itself a title; the others show how they were called.
    name = " ".join(head.cmdline()).partition("airflow ")[2].split()[0]
    processes = [head, *head.children(recursive=True)]
    return name, (len(processes), sum(process.memory_full_info().pss for process in processes))


def measure_backfill(home: Path, years: int, with_roll_ups: bool) -> None:
    """Months of a made city through Airflow, and the time of each."""
    from operations.build import ensure_build

    size = Size(CITY.reporters, CITY.indicators, years)
    settings = settings_of(home)
    settings.inbox.mkdir(parents=True)
    write_registry(settings.registry, size)
    submit(home, size, 0, years * 12)
    as_of = datetime(FIRST_YEAR + years, 1, 20, tzinfo=UTC)
    ensure_build(as_of)
    started = time.monotonic()
    cadences = list(CADENCES) if with_roll_ups else [MONTHLY]
    with running_airflow(settings) as client:
        for paused in (cadence for cadence in CADENCES if cadence not in cadences):
            client.pause(paused)
        first, last = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(FIRST_YEAR + years - 1, 12, 1, tzinfo=UTC)
        client.create_backfill(MONTHLY, first, last, {"as_of": as_of.isoformat()}, max_active_runs=2)
        runs = wait(client, years, cadences)
        seconds = {run.partition_key or "": _seconds(client, run) for run in runs if run.dag_id == MONTHLY}
    show_months([seconds[month] for month in sorted(seconds)], time.monotonic() - started, len(runs))


def wait(client: AirflowClient, years: int, cadences: list[str]) -> list[DagRun]:
    """All runs, once every period was published. AirflowError when one failed or it takes too long."""
    wanted = sum(years * 12 // CADENCES[cadence].months for cadence in cadences)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        client.check_processes()
        runs = [run for run in client.dag_runs() if run.dag_id in cadences]
        if failed := [run for run in runs if run.state == "failed"]:
            raise AirflowError("\n".join(client.failure_report(run) for run in failed))
        done = [run for run in runs if run.state == "success"]
        if len(done) == wanted:
            return done
        if time.monotonic() > deadline:
            raise AirflowError(f"after {PATIENCE_SECONDS} s {len(done)} of {wanted} runs have ended")
        time.sleep(POLL_SECONDS)


def _seconds(client: AirflowClient, run: DagRun) -> float:
    """How long the tasks of a run worked."""
    return sum(float(task["duration"] or 0) for task in client.task_instances(run))


def show_months(seconds: list[float], elapsed: float, run_count: int) -> None:
    """The tens of months, and the last ten against the first."""
    print(f"{len(seconds)} months of {CITY.reporters} reporters x {CITY.indicators} indicators")
    print(f"  {run_count} runs in {elapsed / 60:.1f} min, Airflow's start included")
    for start in range(0, len(seconds), COMPARED):
        ten = seconds[start : start + COMPARED]
        line = f"{statistics.mean(ten):6.2f} s a month (median {statistics.median(ten):.2f} s)"
        print(f"  months {start + 1:2} to {start + len(ten):2}  {line}")
    first, last = seconds[:COMPARED], seconds[-COMPARED:]
    growth = statistics.mean(last) / statistics.mean(first)
    medians = statistics.median(last) / statistics.median(first)
    print(
        f"  last ten to first ten  {growth:.2f} x, of medians {medians:.2f} x  (at most {GROWTH_LIMIT} x)", flush=True
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=("parsing", "idle", "backfill"))
    parser.add_argument("--years", type=int, default=CITY.years, help="how many years the backfill covers")
    parser.add_argument("--without-roll-ups", action="store_true", help="the backfill's months alone, in half the time")
    parser.add_argument("--home", type=Path, help="keep everything in this folder, which must be new")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        if options.only in (None, "parsing"):
            measure_parsing(home / "parsing")
        if options.only in (None, "idle"):
            measure_idle(home / "idle")
        if options.only in (None, "backfill"):
            measure_backfill(home / "backfill", options.years, not options.without_roll_ups)


if __name__ == "__main__":
    main()
