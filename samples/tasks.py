"""What each reporter tells of the tasks it is asked for: a status that moves over the year, and a few plain words.

`task_courses.csv` gives each task its profile of statuses (`task_profiles.csv`, from the first month that asks for it;
the last one holds on) and its kind of work, `task_exceptions.csv` who departs from it when (a blank status: the line is
left blank), `task_phrases.csv` the words. Who is asked for what, and the task's name, come from the registry.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from ingestion.contract import TASK_LEDGER
from ingestion.owing import Owing
from ingestion.registry import Registry, Row
from samples.courses import SampleError, read_data

TEXTS = ("progress", "problem", "next_step")
SAMPLE_MARK = "（示例）"
_ANY_WORK = "any"
_RECOVERED = "recovered"
_OWN_NAMES = {"district": "我区"}
_OWN_NAME = "我单位"
_PERCENT = 100
_LAGGING_STEP = 2
_LEAST_COUNT, _COUNTS = 2, 3
_SHARES = 7


@dataclass(frozen=True)
class TaskLine:
    """One task of a reporter's table; blank texts are blank cells."""

    task: Row
    status: str = ""
    progress: str = ""
    problem: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class _Course:
    """One task of one reporter: its statuses month by month from the first that asks for it ('' where left blank)."""

    reporter: Row
    task: Row
    work_kind: str
    statuses: list[str]


class Tasks:
    """The task lines of every programme, reporter and month of a year."""

    def __init__(self, registry: Registry, programmes: list[Row], months: list[str]) -> None:
        self._registry, self._programmes, self._months = registry, programmes, months
        rows = registry.rows("ledger_statuses")
        self._stages = {row["status"]: row["counts_as"] for row in rows if row["item_kind"] == TASK_LEDGER.kind}
        self._kinds = {row["task_id"]: row for row in read_data("task_courses")}
        self._profiles = {row["profile_id"]: row for row in read_data("task_profiles")}
        self._exceptions = read_data("task_exceptions")
        self._phrases: dict[tuple[str, str, str], list[str]] = {}
        for row in read_data("task_phrases"):
            self._phrases.setdefault((row["work_kind"], row["stage"], row["column"]), []).append(row["text"])

    def lines(self, programme_id: str, reporter_id: str, month: str) -> list[TaskLine]:
        """The tasks that a reporter's form of the month asks for, in its order, as filled in."""
        asked = self._asked.get((programme_id, reporter_id), {})
        courses = {task_id: self._course(programme_id, reporter_id, task_id) for task_id in asked.get(month, [])}
        return [self._line(course, self._step(asked, task_id, month)) for task_id, course in courses.items()]

    @cached_property
    def _asked(self) -> dict[tuple[str, str], dict[str, list[str]]]:
        """The tasks that each reporter is asked for in each month, by programme and reporter."""
        asked: dict[tuple[str, str], dict[str, list[str]]] = {}
        for programme in self._programmes:
            for month in self._months:
                owing = Owing(self._registry, programme["programme_id"], month)
                for reporter in owing.reporters:
                    if task_ids := [row["task_id"] for row in owing.tasks(reporter)]:
                        of_reporter = asked.setdefault((programme["programme_id"], reporter["reporter_id"]), {})
                        of_reporter[month] = task_ids
        return asked

    @staticmethod
    def _step(asked: dict[str, list[str]], task_id: str, month: str) -> int:
        """How many earlier months asked for the task."""
        return sum(task_id in task_ids for earlier, task_ids in asked.items() if earlier < month)

    def _course(self, programme_id: str, reporter_id: str, task_id: str) -> _Course:
        if task_id not in self._kinds:
            raise SampleError(f"samples/task_courses.csv: lacks {task_id}, which {reporter_id} is asked for")
        profile = self._profiles[self._kinds[task_id]["profile_id"]]
        usual = profile["statuses"].split("|")
        delay = _draw(reporter_id, task_id) % (int(profile["most_delay"]) + 1)
        asked = [m for m, task_ids in self._asked[programme_id, reporter_id].items() if task_id in task_ids]
        statuses = [usual[min(max(step - delay, 0), len(usual) - 1)] for step in range(len(asked))]
        for row in self._exceptions:
            if (row["reporter_id"], row["task_id"]) == (reporter_id, task_id):
                statuses = [
                    row["status"] if row["first_month"] <= month <= row["last_month"] else status
                    for month, status in zip(asked, statuses, strict=True)
                ]
        if unknown := {status for status in statuses if status} - self._stages.keys():
            raise SampleError(f"samples/: the registry has no status {'、'.join(sorted(unknown))} of tasks")
        return _Course(
            reporter=self._registry.row("reporters", "reporter_id", reporter_id),
            task=self._registry.row("tasks", "task_id", task_id),
            work_kind=self._kinds[task_id]["work_kind"],
            statuses=statuses,
        )

    def _line(self, course: _Course, step: int) -> TaskLine:
        status = course.statuses[step]
        if not status:
            return TaskLine(course.task)
        stage, since = self._stage(course, step)
        # What is over is told in the same words again.
        told_of = since if stage == "finished" else step
        draw = _draw(course.reporter["reporter_id"], course.task["task_id"])
        words = {
            "topic": course.task["task"].split("，")[0],
            "unit": _OWN_NAMES.get(course.reporter["reporter_kind"], _OWN_NAME),
            "share": self._share(course, told_of),
            "count": _LEAST_COUNT + draw % _COUNTS + told_of,
        }
        texts = {}
        for column in TEXTS:
            # A problem stays the same as long as it lasts.
            turn = draw + (since if column == "problem" else told_of)
            pool = self._phrases.get((course.work_kind, stage, column), [])
            pool = pool or self._phrases.get((_ANY_WORK, stage, column), [])
            texts[column] = SAMPLE_MARK + pool[turn % len(pool)].format(**words) if pool else ""
        return TaskLine(course.task, status, **texts)

    def _stage(self, course: _Course, step: int) -> tuple[str, int]:
        """What is to be told of, and since which step; the first month in which a lagging task moves is one of its
        own."""
        status = course.statuses[step]
        since = step
        while since and course.statuses[since - 1] in (status, ""):
            since -= 1
        stage = self._stages[status]
        is_after_lag = since > 0 and self._stages.get(course.statuses[since - 1]) == "lagging"
        return (_RECOVERED, step) if stage == "moving" and is_after_lag and since == step else (stage, since)

    def _share(self, course: _Course, step: int) -> int:
        """How much of the year's work is done, in percent: evenly, all but standing still while the task lags; with
        some reporters a little less than with others."""
        lagging = 0
        while step and self._stages.get(course.statuses[step]) == "lagging":
            step, lagging = step - 1, lagging + 1
        behind = _draw(course.task["task_id"], course.reporter["reporter_id"]) % _SHARES
        return _PERCENT * (step + 1) // (len(course.statuses) + 1) + _LAGGING_STEP * lagging - behind


def _draw(*names: str) -> int:
    """A number that never changes, from a hash."""
    return int.from_bytes(hashlib.sha256(" ".join(names).encode()).digest()[:4])
