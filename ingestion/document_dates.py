"""When a policy text was issued, and which year its words mean: 每年, 到2025年, “十四五”末, 3年内."""

import re
from dataclasses import dataclass

from ingestion.clauses import FRONT_MATTER, Clause
from ingestion.goal_words import has_no_subject

_CHINESE_DIGITS = {numeral: str(digit) for digit, numeral in enumerate("〇一二三四五六七八九")}
_CHINESE_DIGITS |= dict.fromkeys("○零O", "0")
_NUMERALS = "[一二三四五六七八九十]+"
_DATE = r"(20\d\d)(?:年|-|/|\.)(\d{1,2})(?:月|-|/|\.)(\d{1,2})日?"
_SIGNED = re.compile(rf"[^。,;]{{0,30}}?{_DATE}\)?(?:印发)?")
_ISSUED = re.compile(rf"(?:成文|印发|签发|发文)(?:日期|时间)?:?{_DATE}")
_PUBLISHED = re.compile(rf"(?:发布|公布|公开)(?:日期|时间)?:?{_DATE}")
_NUMBER = re.compile(r"[〔\[](20\d\d)[〕\]]\d+号")
_IN_FORCE = re.compile(rf"自{_DATE}起(?:正式)?(?:施行|实施|执行|生效)")
_ADOPTED = re.compile(rf"{_DATE}[^。;]{{0,40}}通过")
_SPAN = re.compile(r"20\d\d-(20\d\d)年?")
_TITLE_YEAR = re.compile(r"(?<![-\d])(20\d\d)年(?!-|以来|\d)")
_LONGEST_TITLE = 60

_PLAN_END = {"十四五": 2025, "十五五": 2030, "十六五": 2035}
_SPANS = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
TIMES = re.compile(
    r"(?<![较比与从由以])(?:20\d\d-)?(?P<year>20\d\d)年(?!的?基础|为基|基数|的\d)"
    r"|(?P<own>每年|全年|今年|本年|年内|当年|每月|每季|每半年)|(?P<next>明年)"
    r"|“?(?P<plan>十[四五六]五)”?(?:末|期末|期间|时期)|(?P<span>[1-9二两三四五])年内"
)
PARTS_OF_YEAR = re.compile(
    r"(?<!\d)(?P<month>\d{1,2})月(?:(?:\d{1,2}日|上旬|中旬|下旬)之?前|(?:底|末)(?:之?前)?|之?前)"
    r"|(?<!每)第?(?P<quarter>[一二三四1-4])季度|(?P<half>上半年|年中|下半年)|(?P<whole>年底|年末)"
)
_QUARTERS = dict(zip("一二三四1234", "12341234", strict=True))


@dataclass(frozen=True)
class DocumentDates:
    """What a document says of itself.

    `year` is the year its goals mean where they name none: that of its title, else that in which it was issued or,
    where it has no such date, took effect. `last_year` ends the span in its title.
    """

    year: int | None
    last_year: int | None = None
    issued: str = ""
    in_force: str = ""
    adopted: str = ""

    @property
    def valid_from(self) -> str:
        """The day it takes effect, else the day it was issued or adopted."""
        return self.in_force or self.issued or self.adopted


def read_dates(clauses: list[Clause]) -> DocumentDates:
    """The dates in the front matter, else in a signature at the end; the day of taking effect stands anywhere."""
    front = [line for clause in clauses if clause.path == FRONT_MATTER for line in clause.paragraphs]
    end = clauses[-1].paragraphs[-6:]
    every = [line for clause in clauses for line in clause.paragraphs]
    issued = _issued([_with_digits(line) for line in front]) or _issued([_with_digits(line) for line in reversed(end)])
    in_force = _first_day(_IN_FORCE, front) or _first_day(_IN_FORCE, every[::-1])
    adopted = _first_day(_ADOPTED, front)
    numbers = [match[1] for line in front if "。" not in line for match in _NUMBER.finditer(line)]
    titles = [line for line in front if "。" not in line and len(line) <= _LONGEST_TITLE and ":" not in line]
    spans = [int(match[1]) for title in titles for match in _SPAN.finditer(title)]
    spans += [year for title in titles for plan, year in _PLAN_END.items() if plan in title]
    named = issued[:4] or (numbers[0] if numbers else "") or in_force[:4] or adopted[:4]
    year = _title_year(titles, named)
    return DocumentDates(int(year) if year else None, spans[-1] if spans else None, issued, in_force, adopted)


def read_period(words: str, dates: DocumentDates) -> str:
    """The last time that some words name: 2023, 2023-06 for 6月底前, 2023-Q3, 2023-H1; "" where they name none."""
    year, part = "", ""
    for match in sorted((*TIMES.finditer(words), *PARTS_OF_YEAR.finditer(words)), key=lambda match: match.start()):
        if match.re is TIMES:
            year, part = year_of(match, dates) or year, ""
        else:
            year = year or (str(dates.year) if dates.year else "")
            part = _part(match) if _holds_on(words[match.end() :]) else ""
    return f"{year}{part}" if year else ""


def _holds_on(following: str) -> bool:
    """Whether a month still holds after these words: not in another part of the sentence with a subject of its own."""
    own, *others = following.split(",")
    return ";" not in following and all(map(has_no_subject, others if own else others[1:]))


def year_note(words: str) -> str:
    """What a person should know about the year that read_period gave."""
    times = list(TIMES.finditer(words))
    if not times:
        return "句中未写年份，按文件年份计"
    own = times[-1]["own"] or ""
    return f"文件写“{own}”，按文件年份计" if own.startswith("每") else ""


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
        if _day(match):
            return _day(match)
    return ""


def _title_year(titles: list[str], named: str) -> str:
    """The year of a title (2024年工作要点), when the paper is of that year or of the one before."""
    years = [match[1] for title in titles for match in _TITLE_YEAR.finditer(title)]
    fitting = [year for year in years if not named or int(year) - int(named) in (0, 1)]
    return fitting[-1] if fitting else named


def _first_day(pattern: re.Pattern[str], lines: list[str]) -> str:
    found = [match for line in lines for match in pattern.finditer(line)]
    return _day(found[0]) if found else ""


def _day(match: re.Match[str]) -> str:
    year, month, day = (int(part) for part in match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def _part(match: re.Match[str]) -> str:
    if match["month"]:
        return f"-{int(match['month']):02d}" if 1 <= int(match["month"]) <= 12 else ""
    if match["quarter"]:
        return f"-Q{_QUARTERS[match['quarter']]}"
    if match["half"]:
        return "-H2" if match["half"] == "下半年" else "-H1"
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
