"""Months as whole numbers (year × 12 + month − 1), and the periods that a programme has."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

MONTHLY = "monthly_dispatch"
SIZES = {
    MONTHLY: (1, ""),
    "bimonthly_exchange": (2, "B"),
    "quarterly_summary": (3, "Q"),
    "half_year_review": (6, "H"),
    "annual_assessment": (12, None),
}


@dataclass(frozen=True)
class Period:
    """Some whole months of one year; `previous` is the one before of the same cadence, if the programme has it."""

    id: str
    cadence: str
    first: int
    last: int
    previous: "Period | None" = None

    @property
    def months(self):
        return range(self.first, self.last + 1)

    @property
    def end(self):
        return last_day(self.last)

    @property
    def begins_year(self):
        return self.first % 12 == 0


def month_of(day):
    return day.year * 12 + day.month - 1


def first_day(month):
    return date(month // 12, month % 12 + 1, 1)


def last_day(month):
    return date(month // 12, month % 12 + 1, monthrange(month // 12, month % 12 + 1)[1])


def month_id(month):
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def named_period(text):
    """The period that an id means: 2021-03, 2021-B2, 2021-Q1, 2021-H1 or 2021."""
    year, _, rest = text.partition("-")
    mark, number = (rest[0], rest[1:]) if rest[:1].isalpha() else ("", rest)
    cadence = next(name for name, (_, letter) in SIZES.items() if letter == (mark if rest else None))
    size = SIZES[cadence][0]
    first = int(year) * 12 + (int(number) - 1) * size if rest else int(year) * 12
    return Period(text, cadence, first, first + size - 1)


def periods_of(programme, cadences):
    """Every period of these cadences that lies inside the programme's dates, the earlier ones first."""
    starts, ends = date.fromisoformat(programme["starts_on"]), date.fromisoformat(programme["ends_on"])
    found = []
    for cadence in cadences:
        size, mark = SIZES[cadence]
        previous = None
        for first in range(starts.year * 12, ends.year * 12 + 12, size):
            if starts <= first_day(first) and last_day(first + size - 1) <= ends:
                number = first % 12 // size + 1
                name = {1: month_id(first), 12: str(first // 12)}.get(size, f"{first // 12}-{mark}{number}")
                previous = Period(name, cadence, first, first + size - 1, previous)
                found.append(previous)
    return found
