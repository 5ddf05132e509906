"""The message about a task that failed for good: what, for which period, which error, where its log is, what to do.

It goes where YIBIAO_NOTIFY_URLS says, and nowhere while that is empty. What fails the same way every quarter of an hour
is told once and then every few hours, with a count, and when it is over: a person who gets a hundred messages a night
reads none.
"""

import hashlib
import json
import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ingestion.access import make_folder
from ingestion.errors import PeriodError
from ingestion.periods import TIMEZONE, parse_period
from ingestion.settings import get_settings
from operations.notifier import notify

logger = logging.getLogger(__name__)

MOST_LINES, MOST_CHARACTERS = 5, 600
REPEAT_AFTER = timedelta(hours=6)
_NUMBER = re.compile(r"\d+")
_ADVICE = re.compile(r"\*\*变红怎么办\*\*(.+?)(?:\n\s*\n|\Z)", re.DOTALL)
_NO_ERROR = "没有留下出错信息：进程被终止（内存不足、机器重启），或没有按时应答。"


@dataclass(frozen=True)
class Failure:
    """A task that will not be tried again.

    Attributes:
        name: the DAG as people call it.
        period: partition key, or what was filled in; empty where the run has neither.
        step: the task as people call it.
        error: what was raised, with its type; empty where the process ended without a word, or where nothing failed.
        try_number: which try it was, from 1.
        log_address: the task's page in Airflow's interface.
        documentation: what the DAG says of itself, with the paragraph 变红怎么办.
    """

    name: str
    dag_id: str
    run_id: str
    task_id: str
    period: str
    step: str
    error: str
    try_number: int
    log_address: str
    documentation: str

    @property
    def title(self) -> str:
        """DAG, period and step in one line."""
        return " ".join(filter(None, ["一区一表出错：", self.name, self._period_label, self.step]))

    @property
    def body(self) -> str:
        """All there is to know, one matter a line."""
        lines = [
            f"流程：{self.name}（{self.dag_id}）",
            f"期次：{self._period_label or '无'}",
            f"步骤：{self.step}（{self.task_id}），已试 {self.try_number} 次，不再重试",
            f"运行：{self.run_id}",
            f"错误：{_first_lines(self.error) or _NO_ERROR}",
            f"日志：{self.log_address}",
            f"日志文件：{self._log_file}",
            f"变红怎么办：{advice_of(self.documentation)}",
        ]
        return "\n".join(lines)

    @property
    def _period_label(self) -> str:
        try:
            return parse_period(self.period).label
        except PeriodError:
            return self.period

    @property
    def _log_file(self) -> str:
        """As Airflow's own template names it."""
        folders = f"dag_id={self.dag_id}/run_id={self.run_id}/task_id={self.task_id}"
        return str(get_settings().airflow_logs / folders / f"attempt={self.try_number}.log")


@dataclass(frozen=True)
class Told:
    """What was last told of a step: which error, when (aware), and how often it failed the same way since.

    Numbers do not tell errors apart: many hold the time or the number of a process.
    """

    error: str
    at: datetime
    untold: int


def send_alert(failure: Failure, now: datetime) -> int:
    """Send the message, unless the same was told less than REPEAT_AFTER before `now` (aware); to how many addresses.

    NotificationError where one did not take it: then it counts as not told.
    """
    told, error = _told(failure), _NUMBER.sub("0", failure.error)
    is_same = told is not None and told.error == error
    if told and is_same and now - told.at < REPEAT_AFTER:
        _remember(failure, Told(told.error, told.at, told.untold + 1))
        logger.info("同样的失败在 %s 已经通知过，这次不再通知。", _local(told.at))
        return 0
    count = notify(failure.title, f"{failure.body}{_untold(told) if is_same else ''}")
    if count:
        _remember(failure, Told(error, now, 0))
    return count


def send_recovery(step: Failure) -> int:
    """Send word that a step that was told of has succeeded; returns to how many addresses it went.

    NotificationError where one did not take it; it is not told again.
    """
    told = _told(step)
    if told is None:
        return 0
    _path(step).unlink()
    body = f"{_local(told.at)} 通知过的失败已经恢复。{_untold(told)}\n运行：{step.run_id}"
    return notify(step.title.replace("出错", "恢复"), body)


def _untold(told: Told | None) -> str:
    return f"\n上次通知以后，同样的失败另有 {told.untold} 次。" if told and told.untold else ""


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(TIMEZONE):%Y-%m-%d %H:%M}"


def _path(failure: Failure) -> Path:
    """Where it is noted that somebody was told; a period that was typed in may be anything."""
    key = hashlib.sha256("\n".join((failure.dag_id, failure.task_id, failure.period)).encode()).hexdigest()
    return get_settings().airflow_home / "alerts" / f"{key}.json"


def _told(failure: Failure) -> Told | None:
    path = _path(failure)
    if not path.exists():
        return None
    noted = json.loads(path.read_text(encoding="utf-8"))
    return Told(noted["error"], datetime.fromisoformat(noted["at"]), noted["untold"])


def _remember(failure: Failure, told: Told) -> None:
    path = _path(failure)
    make_folder(path.parent)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"error": told.error, "at": told.at.isoformat(), "untold": told.untold}))
    partial.replace(path)


def advice_of(documentation: str) -> str:
    """The paragraph 变红怎么办 of a DAG's page, in one line; empty where there is none."""
    found = _ADVICE.search(documentation)
    return "".join(line.strip() for line in found[1].splitlines()) if found else ""


def _first_lines(error: str) -> str:
    lines = [line.rstrip() for line in error.splitlines() if line.strip()]
    text = "\n".join(lines[:MOST_LINES])
    is_cut = len(lines) > MOST_LINES or len(text) > MOST_CHARACTERS
    return text[:MOST_CHARACTERS] + "……" * is_cut
