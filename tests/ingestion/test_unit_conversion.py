"""Rows in another unit of the same measure."""

from decimal import Decimal

import pytest

from ingestion.registry import Registry, load_registry
from ingestion.settings import get_settings
from ingestion.unit_conversion import in_own_unit, is_same_measure


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(get_settings().registry)


def row(indicator_id: str, unit: str | None, value: str) -> dict[str, object]:
    amounts = {"month_value": Decimal(value), "cumulative_value": Decimal(value), "same_period_value": None}
    return amounts | {"growth_pct": Decimal(5), "indicator_id": indicator_id, "unit_text": unit}


@pytest.mark.parametrize(
    ("unit", "value", "converted"),
    [
        ("万元", "12345.6", "1.234560"),
        ("亿元", "1.5", "1.5"),
        ("元", "150000000", "1.500000"),
        (None, "1.5", "1.5"),
        ("家", "3", "3"),
        ("公斤米", "3", "3"),
    ],
)
def test_amounts_of_a_contract_value_in_a_hundred_million(
    registry: Registry, unit: str | None, value: str, converted: str
) -> None:
    changed = in_own_unit(registry, row("technology_contract_value", unit, value))
    assert (changed["month_value"], changed["same_period_value"]) == (Decimal(converted), None)
    # A percentage has no unit.
    assert changed["growth_pct"] == Decimal(5)


def test_only_units_of_one_measure_are_alike(registry: Registry) -> None:
    assert is_same_measure(registry, "万元", "亿元")
    assert is_same_measure(registry, "家", "家")
    assert not is_same_measure(registry, "家", "户")
    assert not is_same_measure(registry, "公斤米", "亿元")
