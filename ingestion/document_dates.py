"""When a policy text was issued, and which year its words mean: 每年, 到2025年, “十四五”末, 3年内."""

import re
from dataclasses import dataclass

from ingestion.clauses import FRONT_MATTER, Clause

_CHINESE_DIGITS = {numeral: str(digit) for digit, numeral in enumerate("〇一二三四五六七八九")}
_CHINESE_DIGITS |= dict.fromkeys("○零O", "0")
_NUMERALS = "[一二三四五六七八九十]+"
_DATE = r"(20\d\d)(?:年|-|/|\.)(\d{1,2})(?:月|-|/|\.)(\d{1,2})日?"
_SIGNED = re.compile(rf"[^。,;]{{0,30}}?{_DATE}\)?(?:印发)?")
_ISSUED = re.compile(rf"(?:成文|印发|签发|发文)(?:日期|时间)?:?{_DATE}")
_PUBLISHED = re.compile(rf"(?:发布|公布|公开)(?:日期|时间)?:?{_DATE}")
_NUMBER = re.compile(r"[〔\[](20\d\d)[〕\]]\d+号")
_SPAN = re.compile(r"20\d\d-(20\d\d)年?")
_LONGEST_TITLE = 60

_PLAN_END = {"十四五": 2025, "十五五": 2030, "十六五": 2035}
_SPANS = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
TIMES = re.compile(
    r"(?<![较比与从由以])(?:20\d\d-)?(?P<year>20\d\d)年(?!的?基础|为基|基数|的\d)"
    r"|(?P<own>每年|全年|今年|本年|年内|当年|每月|每季|每半年)|(?P<next>明年)"
    r"|“?(?P<plan>十[四五六]五)”?(?:末|期末|期间|时期)|(?P<span>[1-9二两三四五])年内"
)


@dataclass(frozen=True)
class DocumentDates:
    """What a document says of itself: its year, the last year of the span in its title, the day it was issued."""

    year: int | None
    last_year: int | None = None
    issued: str = ""


def read_dates(clauses: list[Clause]) -> DocumentDates:
    """The dates in the front matter, else in a signature at the end."""
    front = [line for clause in clauses if clause.path == FRONT_MATTER for line in clause.paragraphs]
    end = clauses[-1].paragraphs[-6:]
    issued = _issued([_with_digits(line) for line in front]) or _issued([_with_digits(line) for line in reversed(end)])
    numbers = [match[1] for line in front if "。" not in line for match in _NUMBER.finditer(line)]
    titles = [line for line in front if "。" not in line and len(line) <= _LONGEST_TITLE and ":" not in line]
    spans = [int(match[1]) for title in titles for match in _SPAN.finditer(title)]
    spans += [year for title in titles for plan, year in _PLAN_END.items() if plan in title]
    year = issued[:4] or (numbers[0] if numbers else "")
    return DocumentDates(int(year) if year else None, spans[-1] if spans else None, issued)


def read_period(words: str, dates: DocumentDates) -> str:
    """The last time that some words name, as a year; "" where they name none."""
    period = ""
    for match in TIMES.finditer(words):
        period = year_of(match, dates) or period
    return period


def year_of(match: re.Match[str], dates: DocumentDates) -> str:
    """The year that a match of TIMES means; "" where it counts from a document's year that isn't known."""
    if match["year"]:
        return match["year"]
    if match["plan"]:
        return str(_PLAN_END[match["plan"]])
    if not dates.year:
        return ""
    span = match["span"]
    later = 1 if match["next"] else int(_SPANS.get(span, span)) if span else 0
    return str(dates.year + later)


def _issued(lines: list[str]) -> str:
    """A labelled day of issue, else a line that is a date, else the day of publication."""
    for match in (
        *filter(None, map(_ISSUED.search, lines)),
        *filter(None, (_SIGNED.fullmatch(line) if ":" not in line else None for line in lines)),
        *filter(None, map(_PUBLISHED.search, lines)),
    ):
        year, month, day = (int(part) for part in match.groups())
        if 1 <= month <= 12 and 1 <= day <= 31:
            return f"{year:04d}-{month:02d}-{day:02d}"
    return ""


def _with_digits(line: str) -> str:
    """二〇二一年九月九日 in digits; other lines as they are."""
    match = re.fullmatch(rf"([二〇○零一三四五六七八九O]{{4}})年({_NUMERALS})月({_NUMERALS})日", line)
    if not match:
        return line
    year = "".join(_CHINESE_DIGITS[numeral] for numeral in match[1])
    return f"{year}年{_small(match[2])}月{_small(match[3])}日"


def _small(numeral: str) -> int:
    tens, has_ten, ones = numeral.rpartition("十")
    value = int(_CHINESE_DIGITS[ones]) if ones else 0
    return value + (10 * int(_CHINESE_DIGITS[tens] if tens else "1") if has_ten else 0)
