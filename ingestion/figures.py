"""Numbers in a clean policy text: what they are worth, in which unit, and which of them can be no quantity at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ingestion.figure_patterns import ARABIC, MEASURED_IN_LETTERS, MULTIPLIER, NOT_QUANTITIES, SPELLED

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_POWERS = {"十": 10, "百": 100, "千": 1000}
MULTIPLIERS = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
MULTIPLIERS |= {f"{small}{large}": MULTIPLIERS[small] * MULTIPLIERS[large] for small in "十百千" for large in "万亿"}
MULTIPLIERS["万亿"] = 10**12


@dataclass(frozen=True)
class Figure:
    """A number at `start`..`end` of a text; `unit` is the text's own with its multiplier: 万亿元, 万户, 家, %, 倍."""

    start: int
    end: int
    text: str
    low: Decimal
    high: Decimal | None
    unit: str
    is_spelled: bool = False

    @property
    def magnitudes(self) -> tuple[Decimal, Decimal | None]:
        """Low and high without multiplier, for comparing 20 万户 with 200000 户."""
        return magnitude(self.low, self.unit), None if self.high is None else magnitude(self.high, self.unit)


def magnitude(value: Decimal, unit: str) -> Decimal:
    """A value in the unit without its multiplier: 1.2 万亿元 is 1200000000000."""
    return value * MULTIPLIERS[split_unit(unit)[0]]


def split_unit(unit: str) -> tuple[str, str]:
    """万亿元 → 万亿, 元."""
    multiplier = re.match(MULTIPLIER, unit)
    found = multiplier[0] if multiplier else ""
    return found, unit[len(found) :]


def find_figures(text: str) -> list[Figure]:
    """All quantities of a text in order: in digits, and in Chinese numerals where a unit follows."""
    taken = [(start, end) for start, end, _ in not_quantities(text)]
    figures = [figure for figure in _arabic(text) if not _overlaps(figure, taken)]
    taken += [(figure.start, figure.end) for figure in figures]
    figures += [figure for figure in _spelled(text) if not _overlaps(figure, taken)]
    return sorted(figures, key=lambda figure: figure.start)


def not_quantities(text: str) -> list[tuple[int, int, str]]:
    """Start, end and kind of what is written with digits and is no quantity: dates, document numbers, names like 5G."""
    found = []
    for kind, pattern in NOT_QUANTITIES.items():
        for match in pattern.finditer(text):
            if kind != "名称" or not MEASURED_IN_LETTERS.fullmatch(match[0]):
                found.append((match.start(), match.end(), kind))
    return found


def chinese_number(text: str) -> int:
    """The value of a Chinese numeral up to thousands: 两 is 2, 三十五 is 35, 一百二十 is 120."""
    total, digit = 0, 0
    for character in text:
        if character in _POWERS:
            total += (digit or 1) * _POWERS[character]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[character] if digit else _DIGITS[character]
    return total + digit


def _arabic(text: str) -> Iterator[Figure]:
    for match in ARABIC.finditer(text):
        low = Decimal(match["low"].replace(",", ""))
        high = Decimal(match["high"].replace(",", "")) if match["high"] else None
        low_unit, unit = match["low_unit"] or "", match["multiplier"] + match["unit"]
        if high is not None and _differ(low_unit, unit):
            yield Figure(match.start(), match.end("low_unit"), match["low"] + low_unit, low, None, low_unit)
            yield Figure(match.start("high"), match.end(), text[match.start("high") : match.end()], high, None, unit)
            continue
        if low_unit and unit and low_unit != unit:
            low = low * MULTIPLIERS[split_unit(low_unit)[0]] / MULTIPLIERS[split_unit(unit)[0]]
        yield Figure(match.start(), match.end(), match[0], low, high, unit or low_unit)


def _differ(low_unit: str, unit: str) -> bool:
    """提高5%至100亿元 is no range."""
    bases = {split_unit(low_unit)[1], split_unit(unit)[1]} - {""}
    return len(bases) > 1


def _spelled(text: str) -> Iterator[Figure]:
    for match in SPELLED.finditer(text):
        low, high, unit = _spelled_value(match)
        yield Figure(match.start(), match.end(), match[0], low, high, unit, is_spelled=True)


def _spelled_value(match: re.Match[str]) -> tuple[Decimal, Decimal | None, str]:
    if match["count"]:
        return _spelled_count(match)
    if match["doublings"] is not None:
        return Decimal(2 ** chinese_number(match["doublings"] or "一")), None, "倍"
    if match["trillion"]:
        return Decimal(1), None, "万亿元"
    if match["permille"]:
        return _decimal(match["permille"]), None, "‰"
    if match["per_myriad"]:
        return _decimal(match["per_myriad"]) / 100, None, "%"
    return _spelled_share(match), None, "%"


def _spelled_share(match: re.Match[str]) -> Decimal:
    """百分之八十五, 四分之三, 六成, 全覆盖 and 一半以上 in per cent."""
    if match["percent"]:
        return _decimal(match["percent"])
    if match["divisor"]:
        share = Decimal(100 * chinese_number(match["dividend"])) / chinese_number(match["divisor"])
        return share.quantize(Decimal("0.01"))
    if match["tenths"]:
        return Decimal(10 * chinese_number(match["tenths"]))
    return Decimal(100) if match["all"] else Decimal(50)


def _spelled_count(match: re.Match[str]) -> tuple[Decimal, Decimal | None, str]:
    """一百二十个, 三至五家, 一万个; 一万二千个 has no multiplier left."""
    low = Decimal(chinese_number(match["count"]))
    high = Decimal(chinese_number(match["count_high"])) if match["count_high"] else None
    if match["rest"] and match["multiplier"]:
        return low * MULTIPLIERS[match["multiplier"]] + chinese_number(match["rest"]), high, match["unit"]
    return low, high, match["multiplier"] + match["unit"]


def _decimal(numeral: str) -> Decimal:
    """零点五 is 0.5."""
    whole, _, fraction = numeral.partition("点")
    digits = "".join(str(_DIGITS[character]) for character in fraction if character in _DIGITS)
    return Decimal(f"{chinese_number(whole)}.{digits or '0'}")


def _overlaps(figure: Figure, taken: list[tuple[int, int]]) -> bool:
    return any(figure.start < end and start < figure.end for start, end in taken)
