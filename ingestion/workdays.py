"""Working days by the Chinese holiday calendar: the days off and the made-up Saturdays and Sundays of each year.

The State Council announces a year's days off late in the year before. `chinesecalendar` knows them up to some year;
`holidays.csv` of the registry comes before it, for a year that it does not know yet or a day that a city has its own
rule for. In a year that neither knows, weekends alone are free.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import chinese_calendar

from ingestion.seed_files import Row

_DAY = timedelta(days=1)
_FRIDAY = 4


class Workdays:
    """The working days of one registry."""

    def __init__(self, holidays: Iterable[Row]) -> None:
        """`holidays` are the rows of holidays.csv."""
        self._own = {date.fromisoformat(row["day"]): row["is_workday"] == "true" for row in holidays}

    def is_workday(self, day: date) -> bool:
        """By the registry's own row, else by the announced calendar, else by the day of the week."""
        if day in self._own:
            return self._own[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() <= _FRIDAY

    def is_known(self, year: int) -> bool:
        """Whether a year's days off are known.

        Every announcement begins with New Year's Day: where holidays.csv has 1 January, it has the year's announcement,
        and where it only has some other day, it has an exception.
        """
        new_year = date(year, 1, 1)
        try:
            chinese_calendar.is_workday(new_year)
        except NotImplementedError:
            return new_year in self._own
        return True

    def after(self, day: date, count: int) -> date:
        """The working day that is the `count`th after a day; for 0 the day itself, whatever it is."""
        for _ in range(count):
            day += _DAY
            while not self.is_workday(day):
                day += _DAY
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days come after `first`, up to and with `last`; below zero where `last` is earlier."""
        if last < first:
            return -self.between(last, first)
        return sum(self.is_workday(first + n * _DAY) for n in range(1, (last - first).days + 1))
