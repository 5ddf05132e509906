"""Which files the demonstration year consists of: one a reporter and month, with all its tables, and what the defects
change about that. Tasks that no table of indicators can carry come in a workbook of their own.

`defects.csv` says who has which defect in which month, `changes.csv` what the first or the second version gets wrong.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal

from ingestion.calendar import Calendar, calendar_of, due_time
from ingestion.periods import TIMEZONE, parse_period
from ingestion.registry import Registry, Row
from samples.courses import MONTHS, read_data
from samples.figures import Figures, Table, TableRow, growth_pct
from samples.items import Items
from samples.tasks import Tasks

CSV_FORM = "gb18030_csv"
LATE_CORRECTION = "late_correction"
_OFFICE_MINUTES = (8 * 60 + 30, 17 * 60 + 30)
_QUARTER_MONTHS = 3
_TASKS_SUFFIX = "任务"
_TASKS_AFTER = timedelta(minutes=20)
_TASKS_REASON = "补报任务进展，指标数已另以CSV报送"


@dataclass(frozen=True)
class Submission:
    """One file that a reporter sends: what it holds and when it is received (Asia/Shanghai)."""

    reporter: Row
    month: str
    file_name: str
    received_at: datetime
    is_csv: bool
    tables: list[Table]
    # Why it only adds to the month's earlier file; '' where it stands for itself.
    correction_reason: str = ""


class Plan:
    """All submissions of the demonstration year."""

    def __init__(self, registry: Registry) -> None:
        self.figures = Figures(registry)
        self.reporters = self.figures.obligations.reporters
        self._registry = registry
        self.defects = read_data("defects")
        self._changes = read_data("changes")
        self._csv_reporters = {row["reporter_id"] for row in self.defects if row["defect"] == CSV_FORM}
        self._by_table = {(row["reporter_id"], row["month"]): row for row in self.defects if row["month"]}
        self._tasks = Tasks(registry, self.figures.obligations.programmes, self.months)
        self._items = Items(registry)

    @property
    def months(self) -> list[str]:
        """The months of the demonstration year."""
        return [f"{self.figures.year:04d}-{month:02d}" for month in MONTHS]

    def submissions(self, months: list[str]) -> list[Submission]:
        """What was sent for the given months, in the order of receipt."""
        sent = [s for month in months for reporter in self.reporters for s in self._versions(reporter, month)]
        return sorted(sent, key=lambda submission: (submission.received_at, submission.file_name))

    def late_correction(self) -> Submission:
        """The correction that arrives after the year's last notices."""
        defect = next(row for row in self.defects if row["defect"] == LATE_CORRECTION)
        reporter = next(row for row in self.reporters if row["reporter_id"] == defect["reporter_id"])
        return self._version(reporter, defect["month"], "resent", defect)

    def _versions(self, reporter: Row, month: str) -> list[Submission]:
        defect = self._by_table.get((reporter["reporter_id"], month), {})
        is_due = self.figures.obligations.tables(reporter["reporter_id"], _number(month))
        if not is_due or defect.get("defect") == "missing":
            return []
        is_sent_again = defect.get("resent_received_at") and defect["defect"] != LATE_CORRECTION
        versions = ["first", "resent"] if is_sent_again else ["first"]
        sent = [self._version(reporter, month, version, defect) for version in versions]
        return [*sent, *self._tasks_alone(sent[0])]

    def _version(self, reporter: Row, month: str, version: str, defect: Row) -> Submission:
        reporter_id = reporter["reporter_id"]
        is_csv = reporter_id in self._csv_reporters
        suffix = defect["resent_suffix"] if version == "resent" else ""
        received = defect.get(f"{version}_received_at")
        tables = self._tables(reporter_id, month, version, defect.get("defect", ""))
        due_at = min(due_time(self._registry, table.programme["programme_id"], month) for table in tables)
        calendar = calendar_of(self._registry)
        return Submission(
            reporter=reporter,
            month=month,
            file_name=f"{reporter_id}/{month}{suffix}.{'csv' if is_csv else 'xlsx'}",
            received_at=datetime.fromisoformat(received)
            if received
            else _usual_receipt(reporter_id, month, due_at, calendar),
            is_csv=is_csv,
            tables=tables,
        )

    def _tasks_alone(self, sent: Submission) -> list[Submission]:
        """The workbook of tasks that follows the month's file: of programmes in which nothing else is owed, and at a
        quarter's end of all where that file is a CSV, which can't hold tasks."""
        is_quarter_end = _number(sent.month) % _QUARTER_MONTHS == 0
        with_rows = {table.programme["programme_id"] for table in sent.tables}
        programmes = self.figures.obligations.programmes
        if not (sent.is_csv and is_quarter_end):
            programmes = [row for row in programmes if row["programme_id"] not in with_rows]
        reporter_id = sent.reporter["reporter_id"]
        tables = [
            Table(programme, [], tasks)
            for programme in programmes
            if (tasks := self._tasks.lines(programme["programme_id"], reporter_id, sent.month))
        ]
        follows = replace(
            sent,
            file_name=f"{reporter_id}/{sent.month}{_TASKS_SUFFIX}.xlsx",
            received_at=sent.received_at + _TASKS_AFTER,
            is_csv=False,
            tables=tables,
            correction_reason=_TASKS_REASON if sent.is_csv else "",
        )
        return [follows] if tables else []

    def _tables(self, reporter_id: str, month: str, version: str, defect: str) -> list[Table]:
        changes = [row for row in self._changes if (row["defect"], row["version"]) == (defect, version)]
        shifts = {row["indicator"]: Decimal(row["value"]) for row in changes if row["change"] == "shift"}
        note, concerned = self._note(reporter_id, month, version)
        tables = []
        for table in self.figures.tables(reporter_id, _number(month), shifts):
            programme_id, rows = table.programme["programme_id"], table.rows
            for change in changes:
                rows = _spoilt(rows, change) if change["programme_id"] == programme_id else rows
            if note and (not concerned or programme_id in concerned):
                rows = [replace(rows[0], note=note), *rows[1:]]
            place = (programme_id, reporter_id, month)
            tables.append(replace(table, rows=rows, tasks=self._tasks.lines(*place), items=self._items.lines(*place)))
        return tables

    def _note(self, reporter_id: str, month: str, version: str) -> tuple[str, set[str]]:
        """A version sent again says why, in the programmes that the defect changes; so does the first file after a
        missing month, in all."""
        own = self._by_table.get((reporter_id, month))
        if version == "resent" and own:
            return own["note"], {row["programme_id"] for row in self._changes if row["defect"] == own["defect"]}
        before = self._by_table.get((reporter_id, f"{month[:5]}{_number(month) - 1:02d}"), {})
        return before["note"] if before.get("defect") == "missing" else "", set()


def _number(month: str) -> int:
    """'2021-08' is 8."""
    return int(month[-2:])


def _usual_receipt(reporter_id: str, month: str, due_at: datetime, calendar: Calendar) -> datetime:
    """A moment in office hours of a working day, from the month's second day after its end to the day it is due.

    Spread by a hash, so that it never changes.
    """
    first = parse_period(month).last_date + timedelta(days=2)
    due = (due_at - timedelta(microseconds=1)).astimezone(TIMEZONE).date()
    days = [first + timedelta(days=number) for number in range((due - first).days + 1)]
    workdays = [day for day in days if calendar.workdays.is_workday(day)] or [due]
    seed = int.from_bytes(hashlib.sha256(f"{reporter_id} {month}".encode()).digest()[:8])
    opens, closes = _OFFICE_MINUTES
    minutes = opens + seed // len(workdays) % (closes - opens)
    return datetime.combine(workdays[seed % len(workdays)], time(minutes // 60, minutes % 60), TIMEZONE)


def _spoilt(rows: list[TableRow], change: Row) -> list[TableRow]:
    """The rows with one mistake put in; a shift is no mistake and was applied with the figures."""
    if change["change"] == "unknown_indicator":
        value = Decimal(change["value"])
        return [*rows, TableRow(None, change["indicator"], rows[0].unit, 0, Decimal(0), value, None, None)]
    spoil = {"text": _text, "negative": _negative, "wrong_cumulative": _wrong_cumulative}.get(change["change"])
    if spoil is None:
        return rows
    return [spoil(row, change) if row.indicator_id == change["indicator"] else row for row in rows]


def _text(row: TableRow, change: Row) -> TableRow:
    """Words where a number is due."""
    return replace(row, **{change["column"]: change["value"]})


def _negative(row: TableRow, change: Row) -> TableRow:
    """The month's flow with the wrong sign, carried into the cumulative, so that the sign is the only mistake."""
    flow, cumulative = row.month_value, row.cumulative_value
    assert isinstance(flow, Decimal) and isinstance(cumulative, Decimal) and row.same_period_value is not None
    fallen = cumulative - 2 * flow
    pct = growth_pct(fallen, row.same_period_value)
    return replace(row, month_value=-flow, cumulative_value=fallen, growth_pct=pct)


def _wrong_cumulative(row: TableRow, change: Row) -> TableRow:
    """A cumulative that is not the previous one plus the month."""
    cumulative = row.cumulative_value
    assert isinstance(cumulative, Decimal) and row.same_period_value is not None
    wrong = cumulative + Decimal(change["value"])
    return replace(row, cumulative_value=wrong, growth_pct=growth_pct(wrong, row.same_period_value))
