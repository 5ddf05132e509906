"""The day that a run of the reminders is for, and its outcome.

Everything heavy is imported inside the functions: Airflow reads this module each time it parses a DAG file.
"""

import logging
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow.sdk.exceptions import AirflowFailException
from cadence import TIMEZONE

if TYPE_CHECKING:
    from airflow.sdk import Context


def day_of_run(context: "Context") -> date:
    """The run's `day` parameter, else the local day of its logical date.

    AirflowFailException (no retry) where there is neither, or where the parameter is no day.
    """
    text = (context["params"].get("day") or "").strip()
    if text:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise AirflowFailException(f"“{text}”不是日期；应如 2021-09-06。") from error
    moment = context["dag_run"].logical_date
    if moment is None:
        raise AirflowFailException("这次运行没有日期：请在触发时填写“日期”（day）。")
    return moment.astimezone(ZoneInfo(TIMEZONE)).date()


def remind_of_run(context: "Context") -> dict[str, int]:
    """Writes and sends the list of the run's day; returns how many are late, due soon, and were told."""
    from operations import reminders

    report = reminders.remind(day_of_run(context))
    logging.getLogger(__name__).info("名单：%s", report.path)
    return {"late": report.late_count, "due_soon": report.due_soon_count, "notified": report.notified_count}
