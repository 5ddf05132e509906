"""Work that is killed at random moments: `python benchmarks/kill.py [--moments 100] [--seed N]`, or `make bench-kill`.

Intake, judging, build and publication run as one process with its children, in a group that SIGKILL ends as a whole, at
moments drawn by a seed: as many in each stage, after a share of the time that the stage takes undisturbed. After each
kill the notices, the index and the analysts' snapshot that are visible must be whole and nothing received may be lost;
the work is started again until a run gets through, and then everything in the data folder must equal, cell by cell and
byte by byte, what an undisturbed run left. A third of the moments fall on intake and judging alone, with
receipt times by the clock as in daily use. `--disk` adds the run on a disk that is too small, `--writers` the one with
four writers at once.
"""

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests import killing
from tests.crowding import several_writers
from tests.killing import Home, Moment, Reference, random_moments
from tests.small_disk import until_the_disk_is_large_enough

INTAKE_STAGES = (killing.INTAKE, killing.JUDGING)
KILLS_AT_A_TIME = 5


def whole_runs(folder: Path, reference: Reference, chance: random.Random, count: int) -> Counter[str]:
    """`count` kills over runs of both rounds; what they hit."""
    hits: Counter[str] = Counter()
    moments = random_moments(chance, killing.STAGES, count)
    for number in itertools.count(1):
        home = Home(folder / f"run-{number}")
        for place, one in enumerate(killing.rounds()):
            home.drop(one.files)
            for moment in _kill_a_few(home, moments, killing.STAGES, one.as_of, reference.seconds[place]):
                killing.check_visible(home, reference.snapshots)
                hits[moment.stage] += 1
                print(f"{hits.total():4d}  {moment.stage} at {moment.share:.2f}", flush=True)
            home.run(one.as_of)
            killing.check_visible(home, reference.snapshots)
            killing.check_received_once(home)
            _must_be_equal(home, reference.contents[place])
        print(f"      run {number}: both rounds equal the undisturbed run", flush=True)
        if not moments:
            break
    return hits


def intake_runs(folder: Path, chance: random.Random, count: int) -> Counter[str]:
    """`count` kills of intake and judging with receipt times by the clock; what they hit."""
    hits: Counter[str] = Counter()
    moments = random_moments(chance, INTAKE_STAGES, count)
    first = Home(folder / "intake", is_trusted=False)
    one = killing.rounds()[0]
    first.drop(one.files)
    seconds = first.run(one.as_of, ())
    for number in itertools.count(1):
        home = Home(folder / f"intake-{number}", is_trusted=False)
        home.drop(one.files)
        for moment in _kill_a_few(home, moments, INTAKE_STAGES, one.as_of, seconds, ()):
            killing.check_nothing_lost(home)
            hits[moment.stage] += 1
            print(f"{hits.total():4d}  {moment.stage} at {moment.share:.2f}", flush=True)
        home.run(one.as_of, ())
        killing.check_received_once(home)
        _must_be_equal(home, killing.contents(_with_the_same_times(folder / f"intake-{number}-again", home)))
        print(f"      intake run {number}: equals an undisturbed one with the same receipt times", flush=True)
        if not moments:
            break
    return hits


def _kill_a_few(
    home: Home,
    moments: list[Moment],
    stages: tuple[str, ...],
    as_of: str,
    seconds: dict[str, float],
    periods: tuple[str, ...] = killing.MONTHS,
) -> Iterator[Moment]:
    """Takes some of the moments, in the order of the work, and gives those that hit it, after each kill.

    The one that the work did not live to see is put back, earlier, as less was left to do than undisturbed; so are
    those after it, as everything is done.
    """
    drawn = [moments.pop() for _ in range(min(KILLS_AT_A_TIME, len(moments)))]
    drawn.sort(key=lambda moment: stages.index(moment.stage))
    while drawn:
        moment = drawn.pop(0)
        if home.run_until(moment, as_of, seconds, periods) is None:
            moments[:0] = [Moment(moment.stage, moment.share / 2), *drawn]
            return
        yield moment


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
        if options.disk:
            print(f"a disk too small: {until_the_disk_is_large_enough(folder / 'disk', reference)}")
        if options.writers:
            print(f"several writers: {several_writers(folder, reference)}")
    print(f"{time.monotonic() - started:.0f} s")


def _listed(seconds: dict[str, float]) -> str:
    return ", ".join(f"{stage} {spent:.1f} s" for stage, spent in seconds.items())


if __name__ == "__main__":
    main()
