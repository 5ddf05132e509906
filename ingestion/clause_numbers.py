"""Every number of a clause that somebody has to classify, and those of them that the reader didn't draft as goals."""

import re
from collections import Counter, defaultdict
from decimal import Decimal

from ingestion.clauses import FRONT_MATTER, Clause
from ingestion.document_units import find_unit_notes
from ingestion.figures import Figure, find_figures, not_quantities
from ingestion.goals import Goal, mask

Value = tuple[Decimal, Decimal | None, bool]
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_SETS = re.compile(r"(?<![第一二三四五六七八九十])[两二三四五六七八九十]{1,3}大(?=[^\W\d_]{2})")
_WORDS_BEFORE = re.compile(r"[^\W\d_]{0,6}$")
_WORDS_AFTER = re.compile(r"[^\W\d_]{0,4}")
_UNKNOWN = "没有完成要求"


def numbers(text: str) -> list[Figure]:
    """Every number in digits; in Chinese numerals those above one that count something outside quotes and titles."""
    masked = mask(text, find_unit_notes(text))
    found = [figure for figure in find_figures(text) if not figure.is_spelled]
    found += [figure for figure in find_figures(masked) if figure.is_spelled and _is_counted(figure)]
    found += [_bare(match) for match in _SETS.finditer(masked)]
    taken = [(figure.start, figure.end) for figure in found]
    found += [
        _bare(match)
        for match in _DIGITS.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    ]
    return sorted(found, key=lambda figure: figure.start)


def unclassified(clause: Clause, spoken_for: Counter[Value], words: list[str]) -> list[Figure]:
    """Numbers for which neither a target's value speaks nor words of not_targets.csv."""
    text = clause.text
    covered = [(found.start(), found.end()) for word in words for found in re.finditer(re.escape(word), text)]
    covered += [(start, end) for start, end, _ in not_quantities(text)]
    seen: dict[Value, int] = defaultdict(int)
    left = []
    for figure in numbers(text):
        is_inside = any(start <= figure.start and figure.end <= end for start, end in covered)
        is_beside = any(start < figure.end and figure.start < end for start, end in covered) and not figure.unit
        if is_inside or is_beside or (figure.is_spelled and clause.path == FRONT_MATTER):
            continue
        seen[value_of(figure)] += 1
        if seen[value_of(figure)] > spoken_for[value_of(figure)]:
            left.append(figure)
    return left


def rejected(clause: Clause, read: list[Goal]) -> list[tuple[str, str]]:
    """Words and reason of each number of a clause that is no goal, as rows of not_targets.csv name them."""
    goals = [goal.figure for goal in read if not goal.why_not]
    reasons = {goal.figure.start: goal.why_not for goal in read if goal.why_not}
    text, found = clause.text, dict[str, str]()
    named = mask(text, [])
    dated = [(start, end) for start, end, _ in not_quantities(text)]
    for figure in numbers(text):
        is_date = any(start <= figure.start and figure.end <= end for start, end in dated)
        is_goal = any(goal.start < figure.end and figure.start < goal.end for goal in goals)
        if is_date or is_goal or (figure.is_spelled and clause.path == FRONT_MATTER):
            continue
        is_name = named[figure.start] == "□"
        found.setdefault(
            _words(text, figure, goals), reasons.get(figure.start) or ("名称的一部分" if is_name else _UNKNOWN)
        )
    return list(found.items())


def value_of(figure: Figure) -> Value:
    """What makes two figures the same: 20 万户 is 200000 户."""
    low, high = figure.magnitudes
    return low, high, figure.unit.startswith("%")


def _words(text: str, figure: Figure, goals: list[Figure]) -> str:
    """The figure with a few words around it, none of them a goal's figure."""
    first = max((goal.end for goal in goals if goal.end <= figure.start), default=0)
    last = min((goal.start for goal in goals if goal.start >= figure.end), default=len(text))
    before = _WORDS_BEFORE.search(text[first : figure.start])
    after = _WORDS_AFTER.match(text[figure.end : last])
    return (before[0] if before else "") + text[figure.start : figure.end] + (after[0] if after else "")


def _is_counted(figure: Figure) -> bool:
    return figure.text != "全覆盖" and figure.magnitudes[0] > 1


def _bare(match: re.Match[str]) -> Figure:
    is_digits = match[0][0].isascii()
    value = Decimal(match[0]) if is_digits else Decimal(0)
    return Figure(match.start(), match.end(), match[0], value, None, "", is_spelled=not is_digits)
