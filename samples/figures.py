"""The invented tables of the demonstration year: which indicators stand in them, and every figure of a row.

Names, units and decimals come from the registry, what drives a value from the CSV files (see courses.py).
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from ingestion.registry import Registry, Row
from samples.courses import SampleError, all_courses, read_data
from samples.items import ItemLine
from samples.obligations import Obligations
from samples.tasks import TaskLine

_GROWTH_STEP = Decimal("0.1")


@dataclass(frozen=True)
class TableRow:
    """One indicator of one table, in the indicator's unit; None is a blank cell, a text is a clerk's slip."""

    indicator_id: str | None
    indicator_name: str
    unit: str
    decimals: int
    month_value: Decimal | str | None
    cumulative_value: Decimal | str | None
    same_period_value: Decimal | None
    growth_pct: Decimal | None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """One programme's table of one reporter and month; one of tasks alone has no rows."""

    programme: Row
    rows: list[TableRow]
    tasks: list[TaskLine] = field(default_factory=list)
    items: list[ItemLine] = field(default_factory=list)


def growth_pct(cumulative: Decimal, same_period: Decimal | None) -> Decimal | None:
    """Growth in percent, rounded to one decimal; None where a year before there was nothing to grow from."""
    if same_period is None or same_period <= 0:
        return None
    return ((cumulative / same_period - 1) * 100).quantize(_GROWTH_STEP, ROUND_HALF_UP)


class Figures:
    """The figures of every reporter, indicator and month of the demonstration year and the year before it."""

    def __init__(self, registry: Registry) -> None:
        self.year = max(int(row["year"]) for row in read_data("yearly_totals"))
        self.obligations = Obligations(registry, self.year)
        self._moved_by = {row["indicator_id"]: row["moved_by_indicator_id"] for row in read_data("opening_levels")}
        self._courses = all_courses(self.obligations, self.year)
        self._check_every_indicator()
        self._check_known_totals()

    def tables(self, reporter_id: str, month: int, shifts: dict[str, Decimal] | None = None) -> list[Table]:
        """What a reporter owes for a month. `shifts` (indicator_id to amount) changes the flow of this month, all that
        follows from it inside the table included, and leaves the months before as they are."""
        return [
            Table(programme, [self._row(indicator, reporter_id, month, shifts or {}) for indicator in indicators])
            for programme, indicators in self.obligations.tables(reporter_id, month)
        ]

    def cumulative(self, year: int, reporter_id: str, indicator_id: str, month: int) -> Decimal | None:
        """January to `month` of a total, or the level or rate at the month's end; month 0 is the turn of the year."""
        course = self._courses.get((year, reporter_id, indicator_id))
        return course.at(month, int(self.obligations.indicators[indicator_id]["decimals"])) if course else None

    def city_total(self, year: int, indicator_id: str, month: int) -> Decimal:
        """The sum over all reporters."""
        suppliers = self.obligations.suppliers.get(indicator_id, [])
        return sum((self.cumulative(year, who, indicator_id, month) or Decimal(0) for who in suppliers), Decimal(0))

    def _row(self, indicator: Row, reporter_id: str, month: int, shifts: dict[str, Decimal]) -> TableRow:
        indicator_id = indicator["indicator_id"]
        shift = shifts.get(self._moved_by.get(indicator_id, indicator_id), Decimal(0))
        now, before = (self.cumulative(self.year, reporter_id, indicator_id, number) for number in (month, month - 1))
        assert now is not None and before is not None
        same_period = self.cumulative(self.year - 1, reporter_id, indicator_id, month)
        return TableRow(
            indicator_id=indicator_id,
            indicator_name=indicator["indicator_name"],
            unit=indicator["unit"],
            decimals=int(indicator["decimals"]),
            month_value=now + shift - before if indicator["kind"] == "increment" else None,
            cumulative_value=now + shift,
            same_period_value=same_period,
            growth_pct=growth_pct(now + shift, same_period),
        )

    def _check_every_indicator(self) -> None:
        for indicator_id, suppliers in self.obligations.suppliers.items():
            unknown = [who for who in suppliers if (self.year, who, indicator_id) not in self._courses]
            if unknown or not suppliers:
                raise SampleError(f"samples/: no figures for {indicator_id} of {', '.join(unknown) or 'any reporter'}")

    def _check_known_totals(self) -> None:
        for row in read_data("known_totals"):
            year, month = map(int, row["month"].split("-"))
            total = self.city_total(year, row["indicator_id"], month)
            if total != Decimal(row["value"]):
                raise SampleError(
                    f"samples/: {row['indicator_id']} adds up to {total} in {row['month']}; known is {row['value']}"
                )
