"""How single values print."""

from datetime import datetime
from decimal import Decimal

import pytest

from reports import figures


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [("2.675", 2, "2.68"), ("-2.675", 2, "-2.68"), ("-0.004", 2, "0.00"), ("9145", 0, "9145"), ("0", 1, "0.0")],
)
def test_numbers_round_half_up_and_zero_has_no_sign(value: str, decimals: int, shown: str) -> None:
    assert figures.number(Decimal(value), decimals).text == shown


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [("0.0733", "+7.3"), ("-0.0405", "-4.1"), ("0", "0.0"), ("0.0004", "0.0"), ("-0.0004", "0.0")],
)
def test_gap_prints_in_points_with_its_sign(ratio: str, shown: str) -> None:
    assert figures.points(Decimal(ratio), 1).text == shown


def test_percentage_keeps_the_exact_ratio_behind_it() -> None:
    cell = figures.percent(Decimal("0.916666666667"), 1, "示")
    assert (cell.text, cell.number, cell.number_format) == ("91.7%", Decimal("0.916666666667"), '0.0%"示"')


def test_times_print_in_local_wall_clock() -> None:
    assert figures.moment(datetime(2021, 3, 31, 16)) == "2021-04-01 00:00"


def test_deadline_at_midnight_is_the_end_of_the_day_before() -> None:
    assert figures.deadline(datetime(2021, 4, 10, 16)) == "2021-04-10 24:00"
    assert figures.deadline(datetime(2021, 4, 10, 9)) == "2021-04-10 17:00"
