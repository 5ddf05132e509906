"""Growth computed again, and what is usual in a series."""

from decimal import Decimal

import pytest

from expectations.measures import allowance_of, growth_of, usual_of

PARAMETERS = {
    name: Decimal(value)
    for name, value in {"least_months": 6, "most_zero_share": "0.5", "mads": 10, "share": 1, "medians": 4}.items()
}


@pytest.mark.parametrize(
    ("reported", "printed", "cumulative", "before", "agrees"),
    [
        pytest.param("12.3", "12.3", "112.34", "100", True, id="rounded_to_what_is_printed"),
        pytest.param("12.3", "12.3", "112.36", "100", False, id="rounded_the_wrong_way"),
        pytest.param("12", "12", "112.49", "100", True, id="printed_without_decimals"),
        pytest.param("12", "12.0%", "112.49", "100", False, id="a_printed_zero_is_a_decimal"),
        pytest.param("-50", "-50.0", "50", "100", True, id="decrease"),
        pytest.param("0.123", "0.123", "112.3", "100", False, id="share_instead_of_percent"),
    ],
)
def test_growth_agrees_within_half_a_unit_of_its_last_printed_decimal(reported, printed, cumulative, before, agrees):
    growth = growth_of(Decimal(reported), printed, Decimal(cumulative), Decimal(before), Decimal(0))
    assert growth is not None
    assert (growth.distance <= growth.tolerance) is agrees


def test_rounding_of_small_figures_is_allowed_for():
    figures = (Decimal("100"), "100.0", Decimal("0.07"), Decimal("0.03"))
    exact, rounded = growth_of(*figures, Decimal(0)), growth_of(*figures, Decimal("0.005"))
    assert exact is not None and rounded is not None
    assert exact.computed == rounded.computed == Decimal("133.3")
    assert exact.distance > exact.tolerance
    assert rounded.distance == 0


@pytest.mark.parametrize("before", [None, "0", "-3", "0.005"])
def test_nothing_grows_from_nothing(before):
    assert growth_of(Decimal(5), "5", Decimal(1), before and Decimal(before), Decimal("0.005")) is None


@pytest.mark.parametrize(
    ("series", "value", "allowance"),
    [
        pytest.param([1, 2, 3, 4, 5], 99, None, id="too_few_months"),
        pytest.param([0, 0, 0, 0, 5, 5, 5], 99, None, id="mostly_zero"),
        pytest.param([0, 0, 0, 5, 5, 5], 99, 25, id="half_zero_is_judged"),
        pytest.param([4, 4, 4, 4, 4, 9], 99, 16, id="no_spread_takes_the_median"),
        pytest.param([9, 10, 10, 11, 9, 11], 99, 10, id="spread"),
        pytest.param([8, 10, 10, 12, 8, 12], 99, 20, id="wider_spread"),
        pytest.param([100, 101, 99, 100, 102, 98], 1, 50, id="half_of_it_is_as_far_as_double"),
        pytest.param([70, 100, 130, 70, 100, 130], 1, 75, id="a_quarter_is_as_far_as_four_times"),
        pytest.param([70, 100, 130, 70, 100, 130], 0, 300, id="zero_is_no_slip"),
        pytest.param([-2, 4, 6, 8, 4, 6], -9, 10, id="negative"),
    ],
)
def test_allowance_follows_the_spread_of_the_series(series, value, allowance):
    usual = usual_of([Decimal(number) for number in series])
    assert usual is not None
    assert allowance_of(Decimal(value), usual, PARAMETERS) == (None if allowance is None else Decimal(allowance))


def test_an_empty_series_has_nothing_usual():
    assert usual_of([]) is None
