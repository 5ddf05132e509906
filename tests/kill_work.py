"""The work that is killed, in one process with its children, as the DAGs' tasks do it: intake, judging, build, notices.

`python -m tests.kill_work FILE AS_OF PERIOD …` writes into FILE which stage it is at; without periods it only takes in
and judges. What is raised on purpose is printed as the command lines print it.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.errors import YibiaoError
from ingestion.periods import parse_moment, parse_period
from ingestion.sweep import sweep

if TYPE_CHECKING:
    from operations.build import Build

INTAKE, JUDGING, BUILD, PUBLICATION, DONE = "intake", "judging", "build", "publication", "done"


def work(marker: Path, as_of: datetime, periods: list[str]) -> None:
    """All stages in order; each is written down as it begins, and only then imports what it needs."""
    marker.write_text(INTAKE)
    sweep()
    marker.write_text(JUDGING)
    from expectations.run import judge

    judge()
    if periods:
        publish(marker, as_of, periods)
    marker.write_text(DONE)


def publish(marker: Path, as_of: datetime, periods: list[str]) -> None:
    """Build where an input changed, and publish, as the DAGs do."""
    marker.write_text(BUILD)
    from operations import publishing
    from operations.build import ensure_build

    def build(moment: datetime | None) -> "Build":
        marker.write_text(BUILD)
        built = ensure_build(moment)
        marker.write_text(PUBLICATION)
        return built

    publishing.ensure_build = build
    for period in periods:
        cadence = parse_period(period).cadence
        if cadence == publishing.MONTHLY:
            publishing.publish_month(period, as_of)
        else:
            publishing.publish_roll_up(cadence, period, as_of)


if __name__ == "__main__":
    try:
        work(Path(sys.argv[1]), parse_moment(sys.argv[2]), sys.argv[3:])
    except YibiaoError as error:
        sys.exit(str(error))
