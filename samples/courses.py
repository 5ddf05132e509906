"""How each invented figure moves over its year: what drives it lies in the CSV files beside this module.

`yearly_totals.csv` and `opening_levels.csv` give some indicators reporter by reporter. `city_totals.csv` gives all
others for the whole city, to be divided by `reporter_shares.csv` among those who report them.
"""

import csv
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path

from ingestion.errors import YibiaoError
from ingestion.registry import Row
from samples.obligations import Obligations

FOLDER = Path(__file__).resolve().parent
MONTHS = range(1, 13)
_FROM_ZERO = ("increment", "cumulative")
Key = tuple[int, str, str]


class SampleError(YibiaoError):
    """The files in samples/ and the registry do not fit together; the message names what is missing."""


@dataclass(frozen=True)
class Course:
    """One reporter's indicator in one year: where it starts and ends, and how much of the way each month takes."""

    start: Decimal
    end: Decimal
    weights: list[int]

    def at(self, month: int, decimals: int) -> Decimal:
        """The figure at a month's end. Rounding the way come, not the month's step, makes December exact and no step
        negative where no weight is."""
        share = Decimal(sum(self.weights[:month])) / sum(self.weights)
        return self.start + ((self.end - self.start) * share).quantize(_step(decimals), ROUND_HALF_UP)


def read_data(name: str) -> list[Row]:
    """The rows of one CSV file of samples/, as text."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def all_courses(obligations: Obligations, year: int) -> dict[Key, Course]:
    """Courses by year, reporter and indicator, for the demonstration year and, where it is known, the one before."""
    rows = read_data("monthly_profiles")
    profiles = {row["profile_id"]: [int(row[f"m{month:02d}"]) for month in MONTHS] for row in rows}
    return _own_courses(profiles, year) | _city_courses(profiles, obligations, year)


def divide(total: Decimal, shares: dict[str, Decimal], decimals: int) -> dict[str, Decimal]:
    """Parts that add up to the total: each rounded down, and one step more for those that lost most by it."""
    exact = {name: total * share / sum(shares.values()) for name, share in shares.items()}
    parts = {name: value.quantize(_step(decimals), ROUND_DOWN) for name, value in exact.items()}
    missing = int((total - sum(parts.values())) / _step(decimals))
    for name in sorted(parts, key=lambda name: parts[name] - exact[name])[:missing]:
        parts[name] += _step(decimals)
    return parts


def _own_courses(profiles: dict[str, list[int]], year: int) -> dict[Key, Course]:
    courses: dict[Key, Course] = {}
    for row in read_data("yearly_totals"):
        course = Course(Decimal(0), Decimal(row["value"]), profiles[row["profile_id"]])
        courses[int(row["year"]), row["reporter_id"], row["indicator_id"]] = course
    for row in read_data("opening_levels"):
        reporter_id, indicator_id, level = row["reporter_id"], row["indicator_id"], Decimal(row["value"])
        before, now = (courses[y, reporter_id, row["moved_by_indicator_id"]] for y in (year - 1, year))
        courses[year - 1, reporter_id, indicator_id] = Course(level - before.end, level, before.weights)
        courses[year, reporter_id, indicator_id] = Course(level, level + now.end, now.weights)
    return courses


def _city_courses(profiles: dict[str, list[int]], obligations: Obligations, year: int) -> dict[Key, Course]:
    """A total starts at zero each year, a level or rate where the year before ended, so only a level has a value of the
    year before that. Reporters take the row's profiles in turn."""
    shares = {(row["shares_id"], int(row["year"])): row for row in read_data("reporter_shares")}
    courses: dict[Key, Course] = {}
    for row in read_data("city_totals"):
        indicator_id = row["indicator_id"]
        if indicator_id not in obligations.suppliers:
            raise SampleError(f"samples/city_totals.csv: the registry asks nobody for {indicator_id} in {year}")
        suppliers, indicator = obligations.suppliers[indicator_id], obligations.indicators[indicator_id]
        turns = row["profile_ids"].split("|")
        ends = {
            y: divide(Decimal(row[f"value_{y}"]), _shares(shares, row, y, suppliers), int(indicator["decimals"]))
            for y in range(year - 2, year + 1)
            if row[f"value_{y}"]
        }
        for y in (year - 1, year):
            starts = dict.fromkeys(suppliers, Decimal(0)) if indicator["kind"] in _FROM_ZERO else ends.get(y - 1)
            if starts is None:  # what a rate was a year before is not told
                continue
            for turn, reporter_id in enumerate(suppliers):
                weights = profiles[turns[turn % len(turns)]]
                courses[y, reporter_id, indicator_id] = Course(starts[reporter_id], ends[y][reporter_id], weights)
    return courses


def _shares(shares: dict[tuple[str, int], Row], total: Row, year: int, suppliers: list[str]) -> dict[str, Decimal]:
    """Each supplier's share of a city total; a single supplier has all of it."""
    if not total["shares_id"] and len(suppliers) == 1:
        return {suppliers[0]: Decimal(1)}
    row = shares.get((total["shares_id"], year), {})
    if unknown := [reporter_id for reporter_id in suppliers if not row.get(reporter_id)]:
        place = f"“{total['shares_id']}” {year}"
        raise SampleError(f"samples/reporter_shares.csv: {place} of {total['indicator_id']} lacks {', '.join(unknown)}")
    return {reporter_id: Decimal(row[reporter_id]) for reporter_id in suppliers}


def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)
