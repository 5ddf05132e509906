"""The message about a task that failed for good: what, for which period, which error, where its log is, what to do.

It goes where YIBIAO_NOTIFY_URLS says, and nowhere while that is empty.
"""

import re
from dataclasses import dataclass

from ingestion.errors import PeriodError
from ingestion.periods import parse_period
from ingestion.settings import get_settings
from operations.notifier import notify

MOST_LINES, MOST_CHARACTERS = 5, 600
_ADVICE = re.compile(r"\*\*变红怎么办\*\*(.+?)(?:\n\s*\n|\Z)", re.DOTALL)
_NO_ERROR = "没有留下出错信息：进程被终止（内存不足、机器重启），或没有按时应答。"


@dataclass(frozen=True)
class Failure:
    """A task that will not be tried again.

    Attributes:
        name: the DAG as people call it.
        period: partition key, or what was filled in; empty where the run has neither.
        step: the task as people call it.
        error: what was raised, with its type; empty where the process ended without a word.
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


def send_alert(failure: Failure) -> int:
    """Send the message; returns to how many addresses it went. NotificationError where one did not take it."""
    return notify(failure.title, failure.body)


def advice_of(documentation: str) -> str:
    """The paragraph 变红怎么办 of a DAG's page, in one line; empty where there is none."""
    found = _ADVICE.search(documentation)
    return "".join(line.strip() for line in found[1].splitlines()) if found else ""


def _first_lines(error: str) -> str:
    lines = [line.rstrip() for line in error.splitlines() if line.strip()]
    text = "\n".join(lines[:MOST_LINES])
    is_cut = len(lines) > MOST_LINES or len(text) > MOST_CHARACTERS
    return text[:MOST_CHARACTERS] + "……" * is_cut
