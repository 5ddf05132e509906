"""Cells: how one value prints. The text is what people read, the number what a workbook stores; both from one place."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from ingestion.periods import TIMEZONE
from reports.catalogue import ILLUSTRATIVE_MARK, LIGHTS, NO_BASIS, TARGET_STATES, TOO_CLOSE, VALUE_STATES

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell.

    Attributes:
        text: what people read.
        number: the unrounded value behind the text (a ratio stays 0-1, points are in hundredths); None for words.
        number_format: how a workbook shows the number so that it reads like the text.
        tone: absent, light or late; styles only, the text says the same.
        colour: of a light, `#rrggbb`.
        mark: superscript after a figure.
    """

    text: str
    number: Decimal | int | None = None
    number_format: str = ""
    tone: str = ""
    colour: str = ""
    mark: str = ""


EMPTY = Cell("")


def text(value: object, tone: str = "") -> Cell:
    """Free words; None is an empty cell."""
    return Cell("" if value is None else str(value), tone=tone)


def absent(word: str) -> Cell:
    """One of the kinds of nothing."""
    return Cell(word, tone="absent")


def number(value: Decimal | int | None, decimals: int = 0, mark: str = "") -> Cell:
    """A value with a fixed number of decimals, rounded half up for printing only."""
    if value is None:
        return EMPTY
    pattern = "0" + ("." + "0" * decimals if decimals else "")
    return Cell(_fixed(Decimal(value), decimals), value, _marked(pattern, mark), mark=mark)


def percent(ratio: Decimal | None, decimals: int, mark: str = "") -> Cell:
    """A ratio (0-1) as a percentage."""
    if ratio is None:
        return EMPTY
    pattern = "0" + ("." + "0" * decimals if decimals else "") + "%"
    return Cell(_fixed(ratio.scaleb(2), decimals) + "%", ratio, _marked(pattern, mark), mark=mark)


def points(ratio: Decimal | None, decimals: int, is_signed: bool = True) -> Cell:
    """A difference of ratios in percentage points; a distance (`is_signed` False) shows no plus."""
    if ratio is None:
        return EMPTY
    return signed(ratio.scaleb(2), decimals) if is_signed else number(ratio.scaleb(2), decimals)


def signed(value: Decimal | None, decimals: int) -> Cell:
    """A change: with its sign, zero without."""
    if value is None:
        return EMPTY
    shown = number(value, decimals)
    sign = "" if shown.text.startswith("-") or not shown.text.strip("0.") else "+"
    pattern = shown.number_format
    return replace(shown, text=sign + shown.text, number_format=f"+{pattern};-{pattern};{pattern}")


def distance(shown: Cell, decimals: int) -> Cell:
    """The distance to a neighbour as laid out, or that it is smaller than the last digit printed."""
    if not shown.number or abs(shown.number) >= Decimal(1).scaleb(-decimals):
        return shown
    return absent(TOO_CLOSE)


def place(row: Row) -> Cell:
    """“第3名/共16家”; stored as the bare rank so that a workbook sorts it."""
    rank, of = row["rank"], row["ranked_count"]
    return Cell(f"第{rank}名/共{of}家", rank, f'"第"0"名/共{of}家"')


def place_in_brief(row: Row) -> Cell:
    """The same as “3/16”, for a matrix of many."""
    return Cell(f"{row['rank']}/{row['ranked_count']}", row["rank"], f'0"/{row["ranked_count"]}"')


def place_change(change: int | None) -> Cell:
    """Places gained (↑), lost (↓) or kept (—); empty when there was no place before."""
    if change is None:
        return EMPTY
    shown = f"↑{change}" if change > 0 else f"↓{-change}" if change < 0 else "—"
    return Cell(shown, change, '"↑"0;"↓"0;"—"')


def light(row: Row, bands: dict[str, Row]) -> Cell:
    """The light in words with its colour; empty where the indicator has none."""
    name = row["light"]
    if name is None:
        return EMPTY
    return Cell(LIGHTS.get(name, name), tone="light", colour=bands.get(name, {}).get("colour") or "")


def reported(row: Row, value: Decimal | None, decimals: int, mark: str = "") -> Cell:
    """A reported value, or the word for why there is none."""
    if value is None and row["value_state"] in VALUE_STATES:
        return absent(VALUE_STATES[row["value_state"]])
    return number(value, decimals, mark)


def target(row: Row, decimals: int) -> Cell:
    """The target with the mark of an illustrative split, or the word for why there is none."""
    if row["target_value"] is None:
        return absent(TARGET_STATES.get(row["target_state"], ""))
    return number(row["target_value"], decimals, mark_of(row))


def completion(row: Row, decimals: int) -> Cell:
    """The completion rate, or the word for why it can't be said: the missing target first, then the missing value."""
    if row["completion_ratio"] is not None:
        return percent(row["completion_ratio"], decimals, mark_of(row))
    if row["target_state"] in TARGET_STATES:
        return absent(TARGET_STATES[row["target_state"]])
    return absent(VALUE_STATES.get(row["value_state"], ""))


def growth(row: Row, decimals: int) -> Cell:
    """The growth on a year before, or that nothing comparable is known."""
    if row["yoy_ratio"] is None:
        return absent(VALUE_STATES.get(row["value_state"], NO_BASIS))
    return percent(row["yoy_ratio"], decimals)


def mark_of(row: Row) -> str:
    """The mark that a figure resting on an illustrative target carries."""
    return ILLUSTRATIVE_MARK if row["is_illustrative"] else ""


def plain(value: Decimal) -> str:
    """A figure as documents write it: no trailing zeros."""
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def moment(value: datetime | None) -> str:
    """A UTC time of the marts as local wall clock, to the minute."""
    if value is None:
        return ""
    return value.replace(tzinfo=UTC).astimezone(TIMEZONE).strftime("%Y-%m-%d %H:%M")


def deadline(value: datetime | None) -> str:
    """A deadline as clerks write it: a day that is over at midnight ends at its own 24:00."""
    if value is None:
        return ""
    local = value.replace(tzinfo=UTC).astimezone(TIMEZONE)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return moment(value)


def _fixed(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(_unit(decimals), rounding=ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):f}"


@cache
def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def _marked(pattern: str, mark: str) -> str:
    return f'{pattern}"{mark}"' if mark else pattern
