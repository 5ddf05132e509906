"""A row written in another unit of the same measure (万元 for 亿元) becomes one in the indicator's own unit."""

from decimal import ROUND_HALF_UP, Decimal

from ingestion.registry import Registry, Row
from ingestion.seed_files import fold

AMOUNTS = ("month_value", "cumulative_value", "same_period_value")
_QUANTUM = Decimal("0.000001")


def in_own_unit(registry: Registry, row: dict[str, object]) -> dict[str, object]:
    """The row with its amounts in its indicator's unit, to six decimals; their texts stay as they were written.

    A row without a unit, or in one that measures something else, stays as it is: a rule judges that.
    """
    factor = _factor(registry, row)
    if factor is None:
        return row
    amounts = {name: row[name] for name in AMOUNTS}
    converted = {
        name: (amount * factor).quantize(_QUANTUM, ROUND_HALF_UP) if isinstance(amount, Decimal) else amount
        for name, amount in amounts.items()
    }
    return row | converted


def is_same_measure(registry: Registry, text: str, unit: str) -> bool:
    """Whether a unit as written measures what another one does: the same one, or a multiple of the same base."""
    written, own = _measure(registry, text), _measure(registry, unit)
    return fold(text) == fold(unit) or bool(written and own and written["base_unit"] == own["base_unit"])


def _factor(registry: Registry, row: dict[str, object]) -> Decimal | None:
    """How many of the indicator's units one written unit is; None where nothing is to be converted."""
    text = str(row.get("unit_text") or "")
    indicator = registry.indicators.get(str(row.get("indicator_id") or ""))
    if not (text and indicator) or not is_same_measure(registry, text, indicator["unit"]):
        return None
    written, own = _measure(registry, text), _measure(registry, indicator["unit"])
    if not (written and own) or written["unit"] == own["unit"]:
        return None
    return Decimal(written["factor"]) / Decimal(own["factor"])


def _measure(registry: Registry, text: str) -> Row | None:
    return registry.measures.get(fold(text))
