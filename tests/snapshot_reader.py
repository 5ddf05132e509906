"""An analyst who asks the snapshot again and again, and opens the new file when one appears.

`python -m tests.snapshot_reader FILE` prints the fingerprint of each build that it comes upon, goes on until its
input is closed, and then prints what it saw as one JSON line. Every answer carries the fingerprint of its build and
figures that differ from build to build: if the two do not belong together, it stops with an error.
"""

import json
import select
import sys
import time
from pathlib import Path

import duckdb

# A column of each of these marts holds the number of the build, which is in its fingerprint too.
STAMPED = {
    "indicator_progress": "cumulative_value",
    "indicator_rankings": "ranked_count",
    "reporters": "display_order",
}
QUESTIONS = (
    """
    select builds.fingerprint, min(p.cumulative_value), max(p.cumulative_value), count(distinct p.reporter_id)
    from marts.indicator_progress as p cross join marts.builds group by all
    """,
    """
    select builds.fingerprint, min(r.ranked_count), max(p.cumulative_value), sum(r.rank)
    from marts.indicator_rankings as r
    inner join marts.indicator_progress as p using (programme_id, cadence, period, reporter_id, indicator_id)
    cross join marts.builds group by all
    """,
    """
    select builds.fingerprint, min(reporters.display_order), max(r.ranked_count), count(*)
    from marts.reporters inner join marts.indicator_rankings as r using (programme_id, reporter_id)
    cross join marts.builds group by all
    """,
)


def fingerprint_of(build: int) -> str:
    """The fingerprint of the build of this number."""
    return f"build-{build}"


def stamp(warehouse: Path, build: int) -> None:
    """Make the marts those of another build."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("begin")
        for mart, column in STAMPED.items():
            connection.execute(f"update marts.{mart} set {column} = {build}")
        connection.execute("update marts.builds set fingerprint = ?", [fingerprint_of(build)])
        connection.execute("commit")


def read(path: Path) -> dict[str, object]:
    """Ask until the input is closed; seconds of each answer, opening a new file included."""
    seconds: list[float] = []
    seen: list[str] = []
    opened = connection = None
    while not select.select([sys.stdin], [], [], 0)[0]:
        question = QUESTIONS[len(seconds) % len(QUESTIONS)]
        started = time.perf_counter()
        state = path.stat()
        if connection is None or (state.st_ino, state.st_mtime_ns) != opened:
            if connection is not None:
                connection.close()
            connection = duckdb.connect(str(path), read_only=True)
            opened = (state.st_ino, state.st_mtime_ns)
        ((fingerprint, low, high, _),) = connection.execute(question).fetchall()
        seconds.append(time.perf_counter() - started)
        if {fingerprint_of(int(low)), fingerprint_of(int(high))} != {fingerprint}:
            sys.exit(f"a mixture: {fingerprint} with {low} and {high}")
        if fingerprint not in seen[-1:]:
            print(fingerprint, flush=True)
            seen.append(fingerprint)
    return {"seen": seen, "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1]))))
