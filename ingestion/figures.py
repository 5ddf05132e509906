"""Numbers in a clean policy text: what they are worth, in which unit, and which of them can be no quantity at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_POWERS = {"十": 10, "百": 100, "千": 1000}
MULTIPLIERS = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
MULTIPLIERS |= {f"{small}{large}": MULTIPLIERS[small] * MULTIPLIERS[large] for small in "十百千" for large in "万亿"}
MULTIPLIERS["万亿"] = 10**12

_COUNTERS = (
    "个百分点|百分点|微克/立方米|毫克/立方米|毫克/升|元/亩|元/人|元/平方米|亿标准箱|标准箱|标箱|床位|张床位|平方公里|平方千米|平方米|平米|立方米|公里|千米|公顷|亩|吨标准煤|吨标煤|公斤|吨"
    "|千瓦时|千瓦|兆瓦|吉瓦|户次|人次|车次|班次|架次|场次|台套|批次|课时|学时|美元|人民币|欧元|港元|元"
    "|个(?!月|工作日|小时|自然日|季度|方面|环节|维度|中心、)|家|项|名|人|户|场|条|栋|幢|座|所|件|组|处|台|套|辆|部(?!门|委|署|分)"
    "|篇|款|种|片|块|支|只|对|艘|架|张|床|位|宗|起|例|班|份|门|枚|颗|次|批|倍|番|分(?![钟别之析期])|宗|村|镇|列|桩|盏|株|棵|本|册"
    "|轮|头|羽|米|千克|升|度(?![假])|间|节|期|点|亿|万"
)
TIME_UNITS = ("个工作日", "工作日", "个月", "小时", "分钟", "天", "日")
_UNIT = rf"(?:%|‰|{'|'.join(TIME_UNITS)}|{_COUNTERS})"
_MULTIPLIER = r"(?:万亿|[十百千]?[万亿]|[十百千](?=[万亿元]))?"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE = "[零一二两三四五六七八九十百千]+"
_MORE = r"(?:余|多)?"

_ARABIC = re.compile(
    rf"(?<![A-Za-z0-9.])(?P<low>{_NUMBER})(?:(?P<low_unit>{_MULTIPLIER}{_UNIT}?)[-至到](?P<high>{_NUMBER}))?"
    rf"{_MORE}(?P<multiplier>{_MULTIPLIER}){_MORE}(?P<unit>{_UNIT}?)(?![A-Za-z0-9])"
)
_SPELLED = re.compile(
    rf"(?P<percent>百分之)(?P<share>{_CHINESE})|翻(?P<doublings>[一两二三]?)番|(?P<divisor>[二三四五六七八九十])分之(?P<dividend>[一二三四五六七八九])|(?P<tenths>[一二三四五六七八九])成(?=以上|左右)"
    rf"|(?<![第{_CHINESE[1:-2]}])(?P<count>{_CHINESE}){_MORE}(?P<multiplier>{_MULTIPLIER})(?P<unit>{_UNIT})"
    r"|(?P<all>全覆盖)|(?P<half>[一过]?半以上|过半(?!年))"
)
NOT_QUANTITIES = {
    "日期": re.compile(
        r"(?:19|20|21)\d\d(?:-(?:19|20|21)?\d\d)?(?=年)|(?<=年)\d{1,2}(?=月)|\d{1,2}(?=月(?:份|底|末|初|中旬|上旬|下旬|\d|[前,。、]))"
        r"|(?<=月)\d{1,2}(?=日|号)|\d{1,2}(?=日(?:之)?前)|(?<!\d)\d{1,2}(?=年(?:内|期|以内|时间|行动|计划))|\d{4}-\d{1,2}-\d{1,2}|(?<!\d)\d{1,2}:\d\d(?::\d\d)?|(?:19|20)\d\d-(?:19|20)\d\d(?!\d)"
    ),
    "文号": re.compile(r"[〔\[](?:19|20)\d\d[〕\]](?:第)?\d+号|〔\d+〕|索引号:?\s*\S+|[A-Z]\d{5,}\S*"),
    "编号": re.compile(r"第\d+(?=[号条章节款项页])|附件\d+|\d+(?=号(?:线|楼|院|文|令|厅|地块))"),
    "名称": re.compile(r"[A-Za-z][A-Za-z.+-]*\d[\d.]*|\d+(?:\.\d+)?[A-Za-z]+\+?(?![A-Za-z])|[A-Za-z]+\+[A-Za-z0-9]+"),
}


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
    multiplier = re.match(_MULTIPLIER, unit)
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
            is_measure = kind == "名称" and re.fullmatch(r"\d+(\.\d+)?(km|kW|MW|GW|kV|TEU|m|kg|t|ha)", match[0])
            if not is_measure:
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
    for match in _ARABIC.finditer(text):
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
    for match in _SPELLED.finditer(text):
        value, unit = _spelled_value(match)
        yield Figure(match.start(), match.end(), match[0], value, None, unit, is_spelled=True)


def _spelled_value(match: re.Match[str]) -> tuple[Decimal, str]:
    if match["share"]:
        return Decimal(chinese_number(match["share"])), "%"
    if match["doublings"] is not None:
        return Decimal(2 ** chinese_number(match["doublings"] or "一")), "倍"
    if match["divisor"]:
        share = Decimal(100 * chinese_number(match["dividend"])) / chinese_number(match["divisor"])
        return share.quantize(Decimal("0.01")), "%"
    if match["tenths"]:
        return Decimal(10 * chinese_number(match["tenths"])), "%"
    if match["all"]:
        return Decimal(100), "%"
    if match["half"]:
        return Decimal(50), "%"
    return Decimal(chinese_number(match["count"])), match["multiplier"] + match["unit"]


def _overlaps(figure: Figure, taken: list[tuple[int, int]]) -> bool:
    return any(figure.start < end and start < figure.end for start, end in taken)
