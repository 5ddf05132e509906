"""`make demo`: the demonstration year through a real Airflow, from dropped files to ranked notices and one revision.

    python -m operations.demonstration

Ends with 0 when every notice that the registry asks for was published, otherwise with 1 and the reason.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

import samples
from ingestion.calendar import notice_cadences, programme_periods
from ingestion.errors import YibiaoError
from ingestion.inbox import look
from ingestion.registry import load_registry
from ingestion.settings import Settings, get_settings
from operations.airflow_client import AirflowClient, AirflowError, DagRun
from operations.airflow_environment import USUAL_PORT
from operations.airflow_processes import end_on_termination, running_airflow
from operations.demonstration_home import claim_home
from operations.demonstration_summary import Notice, newest_versions, print_summary
from operations.narration import Narrator

YEAR = 2021
AS_OF = "2022-01-20T00:00+08:00"
REVISED_MONTH = "2021-12"
REVISION_AS_OF = "2022-02-20T00:00+08:00"
_PATIENCE_SECONDS = 480


def expected_notices(registry_folder: Path, year: int) -> list[Notice]:
    """The notices of a year that the registry's programmes and cadences ask for."""
    registry = load_registry(registry_folder)
    with_notice = notice_cadences(registry)
    return [
        Notice(str(row["programme_id"]), str(row["cadence"]), str(row["period"]))
        for row in programme_periods(registry)
        if str(row["period"]).startswith(f"{year}") and (row["programme_id"], row["cadence"]) in with_notice
    ]


def run_demonstration(settings: Settings, narrator: Narrator) -> None:
    """The whole way on a claimed home. AirflowError or YibiaoError where it does not come to its end."""
    notices = expected_notices(settings.registry, YEAR)
    with narrator.stage("写入示例年（数值为虚构）"):
        samples.write_demonstration_year(settings.inbox)
    with running_airflow(settings, narrator.say, USUAL_PORT) as client:
        narrator.note(f"Airflow 在 {client.address} 运行")
        demonstration = _Demonstration(client, settings, narrator, notices)
        demonstration.take_in_the_year()
        demonstration.publish_the_year()
        before = newest_versions(notices)
        demonstration.take_in_the_correction()
        demonstration.publish_the_revision()
    print_summary(narrator.console, settings, notices, before, REVISED_MONTH)


class _Demonstration:
    """The steps that need the running Airflow."""

    def __init__(self, client: AirflowClient, settings: Settings, narrator: Narrator, notices: list[Notice]) -> None:
        self.client = client
        self.inbox = settings.inbox
        self.narrator = narrator
        self.notices = notices
        self.months = sorted({notice.period for notice in notices if notice.cadence == "monthly_dispatch"})
        self.roll_ups = sorted({(n.cadence, n.period) for n in notices if n.cadence != "monthly_dispatch"})

    def take_in_the_year(self) -> None:
        """The inbox watcher brings everything in; each month gets its draft."""
        with self.narrator.stage("收件箱监视器取走全部文件，判定，并为各月排出草稿"):
            self._wait_for_intake({("provisional_standings", month): 1 for month in self.months})

    def publish_the_year(self) -> None:
        """One backfill of the months; the roll-ups follow by themselves."""
        with self.narrator.stage(f"补跑月调度 {self.months[0]}..{self.months[-1]}，截止 {AS_OF}，各级汇总随之发布"):
            self._backfill(self.months[0], self.months[-1], AS_OF)
            self._wait_for_runs(
                {("monthly_dispatch", month): 1 for month in self.months} | dict.fromkeys(self.roll_ups, 1)
            )
            versions = newest_versions(self.notices)
            if missing := [notice for notice in self.notices if notice not in versions]:
                raise YibiaoError(f"运行都已成功，但没有发布：{'、'.join(map(str, missing))}")

    def take_in_the_correction(self) -> None:
        """One late correction, its intake and its draft."""
        with self.narrator.stage(f"逾期更正 {REVISED_MONTH}：投入收件箱，取走，排出修订草稿"):
            samples.write_late_correction(self.inbox)
            self._wait_for_intake({("provisional_standings", REVISED_MONTH): 2})

    def publish_the_revision(self) -> None:
        """The month once more; every roll-up of the year looks again."""
        with self.narrator.stage(f"再次补跑 {REVISED_MONTH}，截止 {REVISION_AS_OF}，各级汇总重新核对"):
            self._backfill(REVISED_MONTH, REVISED_MONTH, REVISION_AS_OF, reprocess_behavior="completed")
            self._wait_for_runs({("monthly_dispatch", REVISED_MONTH): 2} | dict.fromkeys(self.roll_ups, 2))

    def _backfill(self, first: str, last: str, as_of: str, reprocess_behavior: str = "none") -> None:
        first_day, last_day = (datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC) for month in (first, last))
        self.client.create_backfill("monthly_dispatch", first_day, last_day, {"as_of": as_of}, reprocess_behavior)

    def _wait_for_intake(self, wanted: dict[tuple[str, str], int]) -> None:
        def is_done(runs: list[DagRun]) -> bool:
            waiting = len(look(self.inbox))
            self._say_progress(runs, wanted, f"收件箱还有 {waiting} 个文件；" if waiting else "")
            is_working = any(run.dag_id == "intake" and run.state != "success" for run in runs)
            return not waiting and not is_working and _missing(runs, wanted) == 0

        self.client.wait_until(is_done, _PATIENCE_SECONDS, "收表")

    def _wait_for_runs(self, wanted: dict[tuple[str, str], int]) -> None:
        def is_done(runs: list[DagRun]) -> bool:
            self._say_progress(runs, wanted, "")
            return _missing(runs, wanted) == 0

        self.client.wait_until(is_done, _PATIENCE_SECONDS, "发布")

    def _say_progress(self, runs: Iterable[DagRun], wanted: dict[tuple[str, str], int], prefix: str) -> None:
        runs = list(runs)
        total = sum(wanted.values())
        working = "、".join(f"{run.dag_id} {run.partition_key or ''}".strip() for run in runs if run.state == "running")
        done = total - _missing(runs, wanted)
        self.narrator.say(f"{prefix}完成 {done}/{total} 次运行" + (f"，正在进行：{working}" if working else ""))


def _missing(runs: Iterable[DagRun], wanted: dict[tuple[str, str], int]) -> int:
    """How many successful runs are still wanted, by DAG and period."""
    succeeded = Counter((run.dag_id, run.partition_key) for run in runs if run.state == "success")
    return sum(max(0, count - succeeded[key]) for key, count in wanted.items())


def main() -> int:
    """The command; returns the exit code."""
    end_on_termination()
    console = Console()
    started = time.monotonic()
    # The demonstration takes over an invented mailbox, whose receipt times come with it.
    settings = get_settings().model_copy(update={"trust_receipts": True})
    try:
        claim_home(settings.home)
        with Narrator(console) as narrator:
            run_demonstration(settings, narrator)
    except (AirflowError, YibiaoError) as error:
        console.print(f"演示没有完成：{error}", style="bold red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("演示被中止")
        return 130
    console.print(f"总用时 {time.monotonic() - started:.0f} 秒", style="bold")
    return 0


if __name__ == "__main__":
    sys.exit(main())
