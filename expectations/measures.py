"""Arithmetic of the rules that compare a figure with others: growth computed again, and what is usual in a series."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

_ZERO, _ONE, _HUNDRED = Decimal(0), Decimal(1), Decimal(100)
# The finest step that raw keeps.
_FINEST_EXPONENT = -6


@dataclass(frozen=True)
class Growth:
    """Growth computed from two cumulatives, and how far the reported one lies from what their rounding allows."""

    computed: Decimal
    distance: Decimal
    tolerance: Decimal


def growth_of(
    reported: Decimal | None,
    printed: str | None,
    cumulative: Decimal | None,
    before: Decimal | None,
    half_unit: Decimal,
) -> Growth | None:
    """A reported growth in percent against cumulative / before; None where one is missing or there was nothing before.

    The cumulatives may each be off by `half_unit` from rounding, the growth by half a unit of its last printed decimal.
    """
    if reported is None or cumulative is None or before is None or before <= half_unit:
        return None
    exponent = _printed_exponent(printed or "")
    computed = (cumulative / before - 1) * _HUNDRED
    sides = [
        ((cumulative + up) / (before + across) - 1) * _HUNDRED
        for up in (-half_unit, half_unit)
        for across in (-half_unit, half_unit)
    ]
    distance = max(min(sides) - reported, reported - max(sides), _ZERO)
    step = _ONE.scaleb(exponent)
    return Growth(computed.quantize(min(step, Decimal("0.1")), ROUND_HALF_UP), distance, step / 2)


def _printed_exponent(text: str) -> int:
    """-1 for 12.5%: the place of the last decimal that is printed."""
    digits = text.strip().rstrip("%％").rpartition(".")
    return max(-len(digits[2].strip()), _FINEST_EXPONENT) if digits[1] else 0


@dataclass(frozen=True)
class Usual:
    """A series in robust figures: its median, the median distance from it, its ends, and the share of zeros."""

    count: int
    middle: Decimal
    spread: Decimal
    least: Decimal
    most: Decimal
    zero_share: Decimal


def usual_of(series: Sequence[Decimal]) -> Usual | None:
    """None for an empty series."""
    if not series:
        return None
    middle = median(series)
    spread = median([abs(value - middle) for value in series])
    zeros = Decimal(sum(value == 0 for value in series)) / len(series)
    return Usual(len(series), middle, spread, min(series), max(series), zeros)


def allowance_of(value: Decimal, usual: Usual, parameters: dict[str, Decimal]) -> Decimal | None:
    """How far a value may lie from what is usual; None where the series says too little to tell.

    Above the median by `mads` times the spread and at least `share` of it, below it by the same factor: where four
    times the median is too much, a quarter of it is too little. A zero is no slip of a digit and lies as far below as a
    figure may lie above. A series with no spread allows `medians` times its median. Below `least_months`, or with more
    zeros than `most_zero_share`: None.
    """
    if usual.count < parameters["least_months"] or usual.zero_share > parameters["most_zero_share"]:
        return None
    size = abs(usual.middle)
    spread = max(parameters["mads"] * usual.spread, parameters["share"] * size)
    upwards = spread if usual.spread else parameters["medians"] * size
    if value >= usual.middle or value <= 0:
        return upwards
    return size - size * size / (size + upwards)
