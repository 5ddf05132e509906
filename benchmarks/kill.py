"""Work that is killed at random moments: `python benchmarks/kill.py [--moments 100] [--seed N]`, or `make bench-kill`.

Intake, judging, build and publication run as one process with its children, in a group that SIGKILL ends as a whole, at
moments drawn by a seed: a stage, each as likely as the others, and a share of the time that it takes undisturbed. After
each kill the notices, the index and the analysts' snapshot that are visible must be whole and nothing received may be
lost; the work is started again until a run gets through, and then everything in the data folder must equal, cell by
cell and byte by byte, what an undisturbed run left. A third of the moments fall on intake and judging alone, with
receipt times by the clock as in daily use. `--disk` adds the run on a disk that is too small, `--writers` the one with
four writers at once.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests import killing
from tests.crowding import several_writers
from tests.killing import Home, Reference, random_moment
from tests.small_disk import until_the_disk_is_large_enough

INTAKE_STAGES = (killing.INTAKE, killing.JUDGING)


def whole_runs(folder: Path, reference: Reference, chance: random.Random, count: int) -> Counter[str]:
    """`count` kills over runs of both rounds; what they hit."""
    hits: Counter[str] = Counter()
    number = 0
    while hits.total() < count:
        number += 1
        home = Home(folder / f"run-{number}")
        for place, one in enumerate(killing.rounds()):
            home.drop(one.files)
            stages = killing.STAGES
            while hits.total() < count:
                moment = random_moment(chance, stages)
                hit = home.run_until(moment, one.as_of, reference.seconds[place])
                killing.check_visible(home, reference.snapshots)
                if hit is None:
                    break
                hits[hit] += 1
                stages = _left(stages, hit)
                print(f"{hits.total():4d}  {moment.stage} at {moment.share:.2f}", flush=True)
            else:
                home.run(one.as_of)
            killing.check_visible(home, reference.snapshots)
            killing.check_received_once(home)
            _must_be_equal(home, reference.contents[place])
        print(f"      run {number}: both rounds equal the undisturbed run", flush=True)
    return hits


def intake_runs(folder: Path, chance: random.Random, count: int) -> Counter[str]:
    """`count` kills of intake and judging with receipt times by the clock; what they hit."""
    hits: Counter[str] = Counter()
    first = Home(folder / "intake", is_trusted=False)
    one = killing.rounds()[0]
    first.drop(one.files)
    seconds = first.run(one.as_of, ())
    number = 0
    while hits.total() < count:
        number += 1
        home = Home(folder / f"intake-{number}", is_trusted=False)
        home.drop(one.files)
        stages: tuple[str, ...] = INTAKE_STAGES
        while hits.total() < count:
            hit = home.run_until(random_moment(chance, stages), one.as_of, seconds, ())
            killing.check_nothing_lost(home)
            if hit is None:
                break
            hits[hit] += 1
            stages = _left(stages, hit)
        home.run(one.as_of, ())
        killing.check_received_once(home)
        _must_be_equal(home, killing.contents(_with_the_same_times(folder / f"intake-{number}-again", home)))
        print(f"{hits.total():4d}  intake run {number}: equals an undisturbed one with the same times", flush=True)
    return hits


def _left(stages: tuple[str, ...], hit: str) -> tuple[str, ...]:
    """The stages from the one that was hit: what was done before has nothing left to do, no moment would hit it."""
    return stages[stages.index(hit) if hit in stages else 0 :]


def _with_the_same_times(folder: Path, home: Home) -> Home:
    """The same files taken in undisturbed, at the times that the journal of `home` gives them."""
    again = Home(folder)
    again.drop_as_received(home)
    again.run(killing.rounds()[0].as_of, ())
    return again


def _must_be_equal(home: Home, expected: dict[str, object]) -> None:
    different = killing.differences(killing.contents(home), expected)
    if different:
        sys.exit("\n".join([f"{home.folder} differs from the undisturbed run:", *different[:40]]))


def main() -> None:
    """Kill, check, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20211231)
    parser.add_argument("--disk", action="store_true")
    parser.add_argument("--writers", action="store_true")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="yibiao-kill-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        reference = killing.reference_in(folder / "undisturbed")
        print(f"seed {options.seed}; undisturbed: {_listed(reference.seconds[0])}; {_listed(reference.seconds[1])}")
        chance = random.Random(options.seed)
        alone = options.moments // 3
        hits = intake_runs(folder, chance, alone) + whole_runs(folder, reference, chance, options.moments - alone)
        print(f"{hits.total()} kills: {', '.join(f'{stage} {hits[stage]}' for stage in killing.STAGES)}")
        missed = [stage for stage in killing.STAGES if not hits[stage]]
        if missed:
            print(f"no moment hit {', '.join(missed)}: more moments or another seed are needed")
        if options.disk:
            print(f"a disk too small: {until_the_disk_is_large_enough(folder / 'disk', reference)}")
        if options.writers:
            print(f"several writers: {several_writers(folder, reference)}")
    print(f"{time.monotonic() - started:.0f} s")


def _listed(seconds: dict[str, float]) -> str:
    return ", ".join(f"{stage} {spent:.1f} s" for stage, spent in seconds.items())


if __name__ == "__main__":
    main()
