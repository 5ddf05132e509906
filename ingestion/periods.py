"""Periods of the five cadences: their ids, the months they cover, their Chinese labels.

A month is `2021-03`; two months `2021-B2` (March and April); a quarter `2021-Q1`; half a year `2021-H1`; a year `2021`.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ingestion.errors import PeriodError

TIMEZONE = ZoneInfo("Asia/Shanghai")
_NUMERALS = "零一二三四五六"


@dataclass(frozen=True)
class Cadence:
    """A rhythm of notices; `id` is also the id of the DAG that publishes it."""

    id: str
    months: int
    mark: str


CADENCES: dict[str, Cadence] = {
    cadence.id: cadence
    for cadence in (
        Cadence("monthly_dispatch", 1, ""),
        Cadence("bimonthly_exchange", 2, "B"),
        Cadence("quarterly_summary", 3, "Q"),
        Cadence("half_year_review", 6, "H"),
        Cadence("annual_assessment", 12, "Y"),
    )
}
_BY_MARK = {cadence.mark: cadence for cadence in CADENCES.values()}


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole months inside one year; `number` counts the spans of its cadence from 1."""

    year: int
    number: int
    cadence: str

    @property
    def _size(self) -> int:
        return CADENCES[self.cadence].months

    @property
    def id(self) -> str:
        """The id used as Airflow's partition key, in folders and in every table."""
        mark = CADENCES[self.cadence].mark
        if mark == "Y":
            return f"{self.year:04d}"
        return f"{self.year:04d}-{mark}{self.number}" if mark else f"{self.year:04d}-{self.number:02d}"

    @property
    def first_month(self) -> date:
        """First day of the first month."""
        return date(self.year, (self.number - 1) * self._size + 1, 1)

    @property
    def last_month(self) -> date:
        """First day of the last month."""
        return date(self.year, self.number * self._size, 1)

    @property
    def last_date(self) -> date:
        """Last day of the period."""
        return date(self.year, self.last_month.month, monthrange(self.year, self.last_month.month)[1])

    @property
    def months(self) -> list[str]:
        """Ids of the months inside, in order."""
        return [f"{self.year:04d}-{month:02d}" for month in range(self.first_month.month, self.last_month.month + 1)]

    @property
    def label(self) -> str:
        """What people read."""
        first, last = self.first_month.month, self.last_month.month
        tails = {
            "monthly_dispatch": f"{last}月",
            "bimonthly_exchange": f"{first}—{last}月",
            "quarterly_summary": f"第{_NUMERALS[min(self.number, 4)]}季度",
            "half_year_review": "上半年" if self.number == 1 else "下半年",
            "annual_assessment": "",
        }
        return f"{self.year}年{tails[self.cadence]}"


def parse_period(text: str) -> Period:
    """The period that an id names; PeriodError says what ids look like."""
    match = re.fullmatch(r"(\d{4})(?:-(?:([BQH])([1-6])|(\d{2})))?", text.strip())
    if match:
        year, mark, number, month = match.groups()
        cadence = _BY_MARK[mark or ("" if month else "Y")]
        period = Period(int(year), int(number or month or 1), cadence.id)
        if period.year >= 1 and 1 <= period.number <= 12 // cadence.months:
            return period
    raise PeriodError(
        f"“{text}”不是期号；应为 2021-03（月）、2021-B2（双月）、2021-Q1（季）、2021-H1（半年）或 2021（年）"
    )


def period_containing(month_id: str, cadence: str) -> Period:
    """The period of a cadence that a month lies in."""
    month = parse_period(month_id)
    return Period(month.year, (month.last_month.month - 1) // CADENCES[cadence].months + 1, cadence)


def periods_of_year(year: int) -> list[Period]:
    """All periods of all cadences of a year, in a fixed order."""
    return [Period(year, n, c.id) for c in CADENCES.values() for n in range(1, 12 // c.months + 1)]


def parse_moment(text: str) -> datetime:
    """An ISO time as aware UTC; a time without offset is meant in Asia/Shanghai. ValueError for anything else."""
    moment = datetime.fromisoformat(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=TIMEZONE)).astimezone(UTC)


def end_of_day(day: date, days_after: int = 0) -> datetime:
    """The moment (UTC) at which a day of Asia/Shanghai, or the day `days_after` later, is over."""
    midnight = datetime.combine(day + timedelta(days=days_after + 1), time(), TIMEZONE)
    return midnight.astimezone(UTC)
