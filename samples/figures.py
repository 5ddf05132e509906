"""The invented figures of the demonstration year: yearly totals spread over months, levels moved by increments.

Everything that drives a value lies in the CSV files beside this module; names, units and decimals come from the
registry.
"""

import csv
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

from ingestion.errors import YibiaoError
from ingestion.registry import Registry

FOLDER = Path(__file__).resolve().parent
MONTHS = range(1, 13)
_GROWTH_STEP = Decimal("0.1")


class SampleError(YibiaoError):
    """The files in samples/ and the registry do not fit together; the message names what is missing."""


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


def read_data(name: str) -> list[dict[str, str]]:
    """The rows of one CSV file of samples/, as text."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def growth_pct(cumulative: Decimal, same_period: Decimal) -> Decimal | None:
    """Growth in percent, rounded to one decimal; None where a year before there was nothing to grow from."""
    if not same_period:
        return None
    return ((cumulative / same_period - 1) * 100).quantize(_GROWTH_STEP, ROUND_HALF_UP)


class Figures:
    """The figures of every reporter, indicator and month of the demonstration year and the year before it."""

    def __init__(self, registry: Registry) -> None:
        self._profiles = _profiles()
        self._totals = {_key(row): row for row in read_data("yearly_totals")}
        self._openings = {(row["reporter_id"], row["indicator_id"]): row for row in read_data("opening_levels")}
        self.year = max(year for year, _, _ in self._totals)
        self.indicators = self._table_indicators(registry)
        self.programme_id = _only({row["home_programme_id"] for row in self.indicators}, "home programme")
        self._decimals = {row["indicator_id"]: int(row["decimals"]) for row in self.indicators}
        self.reporters = _reporters(registry, self.programme_id)
        self._check_known_totals()

    def rows(self, reporter_id: str, month: int, shifts: dict[str, Decimal] | None = None) -> list[TableRow]:
        """The rows of one table. `shifts` (indicator_id to amount) changes the flow of this month, all that follows
        from it inside the table included, and leaves the months before as they are."""
        moved = shifts or {}
        return [self._row(indicator, reporter_id, month, moved) for indicator in self.indicators]

    def cumulative(self, year: int, reporter_id: str, indicator_id: str, month: int) -> Decimal:
        """January to `month` of an increment, or the level at the month's end; month 0 is the turn of the year."""
        opening = self._openings.get((reporter_id, indicator_id))
        if opening is None:
            return self._accumulated(year, reporter_id, indicator_id, month)
        moved_by = opening["moved_by_indicator_id"]
        level = Decimal(opening["value"]) + self._accumulated(year, reporter_id, moved_by, month)
        return level if year == self.year else level - self._accumulated(year, reporter_id, moved_by, 12)

    def city_total(self, year: int, indicator_id: str, month: int) -> Decimal:
        """The sum over all reporters."""
        return sum((self.cumulative(year, r["reporter_id"], indicator_id, month) for r in self.reporters), Decimal(0))

    def _row(self, indicator: dict[str, str], reporter_id: str, month: int, shifts: dict[str, Decimal]) -> TableRow:
        indicator_id = indicator["indicator_id"]
        opening = self._openings.get((reporter_id, indicator_id))
        shift = shifts.get(opening["moved_by_indicator_id"] if opening else indicator_id, Decimal(0))
        cumulative = self.cumulative(self.year, reporter_id, indicator_id, month) + shift
        before = self.cumulative(self.year, reporter_id, indicator_id, month - 1)
        same_period = self.cumulative(self.year - 1, reporter_id, indicator_id, month)
        return TableRow(
            indicator_id=indicator_id,
            indicator_name=indicator["indicator_name"],
            unit=indicator["unit"],
            decimals=self._decimals[indicator_id],
            month_value=None if opening else cumulative - before,
            cumulative_value=cumulative,
            same_period_value=same_period,
            growth_pct=growth_pct(cumulative, same_period),
        )

    def _accumulated(self, year: int, reporter_id: str, indicator_id: str, month: int) -> Decimal:
        """The yearly total times the profile's share up to the month. Rounding the cumulative, not the month, makes
        December exact and no month negative."""
        row = self._totals.get((year, reporter_id, indicator_id))
        if row is None:
            raise SampleError(f"samples/yearly_totals.csv: no row for {year}, {reporter_id}, {indicator_id}")
        weights = self._profiles[row["profile_id"]]
        share = Decimal(sum(weights[:month])) / sum(weights)
        step = Decimal(1).scaleb(-self._decimals[indicator_id])
        return (Decimal(row["value"]) * share).quantize(step, ROUND_HALF_UP)

    def _table_indicators(self, registry: Registry) -> list[dict[str, str]]:
        """The registry rows of the indicators that the data files know, in the order of their home programme."""
        known = {indicator_id for _, _, indicator_id in self._totals} | {level for _, level in self._openings}
        indicators = {row["indicator_id"]: row for row in registry.rows("indicators")}
        if missing := sorted(known - indicators.keys()):
            raise SampleError(f"{registry.folder}: the registry lacks indicators of samples/: {', '.join(missing)}")
        order = sorted(registry.rows("programme_indicators"), key=lambda row: int(row["display_order"]))
        return [
            indicators[row["indicator_id"]]
            for row in order
            if row["indicator_id"] in known
            and row["programme_id"] == indicators[row["indicator_id"]]["home_programme_id"]
        ]

    def _check_known_totals(self) -> None:
        for row in read_data("known_totals"):
            year, month = map(int, row["month"].split("-"))
            total = self.city_total(year, row["indicator_id"], month)
            if total != Decimal(row["value"]):
                raise SampleError(
                    f"samples/: {row['indicator_id']} adds up to {total} in {row['month']}; known is {row['value']}"
                )


@lru_cache
def _profiles() -> dict[str, list[int]]:
    return {row["profile_id"]: [int(row[f"m{month:02d}"]) for month in MONTHS] for row in read_data("monthly_profiles")}


def _key(row: dict[str, str]) -> tuple[int, str, str]:
    return int(row["year"]), row["reporter_id"], row["indicator_id"]


def _only(values: set[str], what: str) -> str:
    if len(values) != 1:
        raise SampleError(f"samples/: the indicators have more or less than one {what}: {sorted(values)}")
    return next(iter(values))


def _reporters(registry: Registry, programme_id: str) -> list[dict[str, str]]:
    """The reporters that belong to a group of the programme, in the registry's order."""
    members = {
        row["reporter_id"] for row in registry.rows("reporter_group_members") if row["programme_id"] == programme_id
    }
    chosen = [row for row in registry.rows("reporters") if row["reporter_id"] in members]
    return sorted(chosen, key=lambda row: int(row["display_order"]))
