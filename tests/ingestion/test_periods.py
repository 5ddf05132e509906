from datetime import UTC, date, datetime

import pytest

from ingestion.errors import PeriodError
from ingestion.periods import end_of_day, parse_moment, parse_period, period_containing, periods_of_year


@pytest.mark.parametrize(
    ("text", "first", "last", "label"),
    [
        ("2021-03", date(2021, 3, 1), date(2021, 3, 31), "2021年3月"),
        ("2021-B2", date(2021, 3, 1), date(2021, 4, 30), "2021年3—4月"),
        ("2021-Q4", date(2021, 10, 1), date(2021, 12, 31), "2021年第四季度"),
        ("2021-H1", date(2021, 1, 1), date(2021, 6, 30), "2021年上半年"),
        ("2021", date(2021, 1, 1), date(2021, 12, 31), "2021年"),
    ],
)
def test_an_id_names_its_months(text: str, first: date, last: date, label: str) -> None:
    period = parse_period(text)
    assert (period.id, period.first_month, period.last_date, period.label) == (text, first, last, label)


@pytest.mark.parametrize(
    "text", ["2021-13", "2021-00", "2021-B7", "2021-Q5", "2021-H3", "2021/03", "", "三月", "2021-Y1"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodError, match="不是期号"):
        parse_period(text)


def test_every_month_lies_in_one_period_of_each_cadence() -> None:
    periods = periods_of_year(2021)
    assert len(periods) == 12 + 6 + 4 + 2 + 1
    for cadence in {period.cadence for period in periods}:
        months = [month for period in periods if period.cadence == cadence for month in period.months]
        assert months == [f"2021-{month:02d}" for month in range(1, 13)]


def test_the_period_that_holds_a_month() -> None:
    assert period_containing("2021-12", "bimonthly_exchange").id == "2021-B6"
    assert period_containing("2021-12", "annual_assessment").id == "2021"


def test_a_time_without_offset_is_meant_in_shanghai() -> None:
    assert parse_moment("2022-01-20T00:00") == datetime(2022, 1, 19, 16, tzinfo=UTC)


def test_a_day_ends_at_shanghai_midnight() -> None:
    assert end_of_day(date(2021, 1, 31), 10) == datetime(2021, 2, 10, 16, tzinfo=UTC)
