"""Which quantities of a policy text are goals, and in what words: comparator, strength, period, units in brackets.

Rules by cue words, no knowledge of any one document. What is uncertain is kept: a person confirms every draft.
"""

import re
from collections import Counter
from dataclasses import dataclass

from ingestion import goal_words
from ingestion.clauses import Clause, path_parts
from ingestion.document_dates import TIMES, DocumentDates, read_period
from ingestion.document_units import UnitNote, find_unit_notes, units_at
from ingestion.figures import TIME_UNITS, Figure, find_figures, split_unit


@dataclass
class Goal:
    """A quantity that reads like a goal, with the words it was read from."""

    clause: str
    figure: Figure
    comparator: str
    strength: str
    period: str
    is_approximate: bool
    is_stretch: bool
    is_each: bool
    units: UnitNote
    context: str


@dataclass(frozen=True)
class _Place:
    """A figure in its text: the words before it in its part of the sentence, those after it, its sentence."""

    figure: Figure
    before: str
    after: str
    sentence_before: str
    sentence: str


def find_goals(clauses: list[Clause], dates: DocumentDates) -> list[Goal]:
    """All goals of a document in its order."""
    goals = [goal for clause in clauses for goal in _clause_goals(clause, dates)]
    explicit = Counter(goal.period for goal in goals if goal.period)
    for goal in goals:
        goal.period = goal.period or _general_period(goal.clause, clauses, dates, explicit)
    return goals


def mask(text: str, notes: list[UnitNote]) -> str:
    """A text of the same length without titles, quoted names and units in brackets: nothing there is a goal."""
    masked = goal_words.MASKED.sub(lambda match: "“" + "□" * (len(match[0]) - 2) + "”", text)
    for note in notes:
        masked = masked[: note.start] + "□" * (note.end - note.start) + masked[note.end :]
    return masked


def _clause_goals(clause: Clause, dates: DocumentDates) -> list[Goal]:
    notes = find_unit_notes(clause.text)
    masked = mask(clause.text, notes)
    goals: list[Goal] = []
    for figure in find_figures(masked):
        place = _place(figure, masked)
        period = read_period(_unmasked_plans(place.sentence_before, clause.text, figure), dates)
        is_past = bool(period and dates.year and int(period) < dates.year)
        if is_past or not _is_goal(place):
            continue
        previous = goals[-1] if goals else None
        goal = Goal(
            clause=clause.path,
            figure=figure,
            comparator=_comparator(place),
            strength=_strength(place, previous, masked),
            period=period or _list_period(masked, figure.start, dates),
            is_approximate=bool(
                goal_words.ABOUT_BEFORE.search(place.before) or goal_words.ABOUT_AFTER.match(place.after)
            ),
            is_stretch=_is_stretch(figure, previous, masked),
            is_each=bool(goal_words.EACH.search(place.before)),
            units=units_at(notes, figure.end),
            context=_context(clause.text, figure),
        )
        goals += [goal] * (2 if goal_words.TWO_SUBJECTS.search(place.before) else 1)
    return goals


def _place(figure: Figure, text: str) -> _Place:
    sentence_start = max(text.rfind(mark, 0, figure.start) for mark in "。!?\n") + 1
    part_start = max(text.rfind(mark, 0, figure.start) for mark in ",。;:!?\n") + 1
    ends = [end for end in (text.find(mark, figure.end) for mark in "。!?\n") if end >= 0]
    sentence_end = min(ends, default=len(text))
    return _Place(
        figure,
        text[part_start : figure.start],
        text[figure.end : min(figure.end + 14, sentence_end)],
        text[sentence_start : figure.start],
        text[sentence_start:sentence_end],
    )


def _is_goal(place: _Place) -> bool:
    figure, before, after = place.figure, place.before, place.after
    is_compared = any(pattern.search(before) for pattern in goal_words.BEFORE.values()) or any(
        pattern.match(after) for pattern in goal_words.AFTER.values()
    )
    base = split_unit(figure.unit)[1]
    is_money = base.endswith(("元", "人民币"))
    if goal_words.ORDINAL.search(before) or goal_words.EXAMPLES.search(before) or goal_words.FIXED_SET.match(after):
        return False
    if _is_baseline(place) or _is_background(place) or _is_subsidy(place, is_money):
        return False
    if goal_words.PROJECT_SIZE.search(before) and not re.search("完成|实现", before):
        return False
    if figure.unit in TIME_UNITS:
        return _comparator(place) == "<=" and is_compared
    if not figure.unit:
        return is_compared or (bool(goal_words.REACHED.search(before)) and not re.match(r"\w", after))
    if is_money and goal_words.SIZE.match(after):
        return False
    if figure.text == "全覆盖":
        return True
    if figure.is_spelled and base not in ("%", "倍"):
        is_many = figure.low > 1 and base not in ("批", "期", "点", "轮", "分", "度")
        return is_many and (is_compared or bool(goal_words.SPELLED_VERBS.search(before)))
    verbs = (goal_words.VERBS, goal_words.ADJACENT_VERBS, goal_words.REACHED)
    has_verb = any(pattern.search(before) for pattern in verbs)
    is_last_word = bool(goal_words.ENDS_PART.match(after) and re.search(r"[^\W\d_]{2}$", before))
    return (
        is_compared
        or has_verb
        or is_last_word
        or figure.high is not None
        or base in ("%", "‰", "个百分点", "百分点", "倍")
    )


def _is_baseline(place: _Place) -> bool:
    return bool(goal_words.BASELINE.search(place.before) and goal_words.BASELINE_AFTER.match(place.after))


def _is_background(place: _Place) -> bool:
    past = [match.end() for match in goal_words.PAST.finditer(place.sentence_before)]
    return bool(past) and not goal_words.FUTURE.search(place.sentence_before[past[-1] :])


def _is_subsidy(place: _Place, is_money: bool) -> bool:
    if not goal_words.SUBSIDY.search(place.sentence):
        return False
    is_condition = bool(re.match(r"(?:对|凡|单个|每家|每户)", place.before))
    is_result = bool(goal_words.RESULT.search(place.before)) and not re.search(r"按|最高|给予", place.before)
    return is_condition or ((is_money or place.figure.unit == "%") and not is_result)


def _comparator(place: _Place) -> str:
    if place.figure.high is not None:
        return "range"
    for comparator, pattern in goal_words.BEFORE.items():
        if pattern.search(place.before):
            return comparator
    return "<=" if goal_words.AFTER["<="].match(place.after) else ">="


def _is_approximate(place: _Place) -> bool:
    return bool(goal_words.ABOUT_BEFORE.search(place.before) or goal_words.ABOUT_AFTER.match(place.after))


def _strength(place: _Place, previous: Goal | None, text: str) -> str:
    """力争, 争取 or 确保 before the figure in its sentence; carried over from the goal before it: (力争承前)."""
    part = place.sentence_before.rsplit(";", 1)[-1]
    found = list(goal_words.STRENGTH.finditer(part))
    own = goal_words.OWN_STRENGTH.search(place.before)
    if not found:
        return own[1] if own else ""
    word = found[-1][0]
    position = place.figure.start - (len(part) - found[-1].start())
    if previous is None or previous.figure.start < position:
        return word
    return own[1] if own and word == "确保" else f"({word}承前)"


def _is_stretch(figure: Figure, previous: Goal | None, text: str) -> bool:
    """增长12%,力争增长13%: the second tier of the goal before."""
    if previous is None or previous.figure.unit != figure.unit:
        return False
    return bool(goal_words.STRETCH.fullmatch(re.sub("以上|左右", "", text[previous.figure.end : figure.start])))


def _list_period(text: str, position: int, dates: DocumentDates) -> str:
    """The year of the line that announces a list: 2021年的主要目标:."""
    announced = [line for line in text[:position].split("\n")[:-1] if line.endswith(":")]
    return read_period(announced[-1], dates) if announced else ""


def _general_period(path: str, clauses: list[Clause], dates: DocumentDates, explicit: Counter[str]) -> str:
    """Where a sentence names no time: the clause's first year, then a heading's above it, then the document's."""
    parts = path_parts(path)
    own = [clause.text for clause in clauses if clause.path == path]
    above = [clause.title for clause in clauses if path_parts(clause.path) == parts[: len(path_parts(clause.path))]]
    for words in (*own, *above):
        for match in TIMES.finditer(goal_words.MASKED.sub("", words)):
            if match["year"] and int(match["year"]) >= (dates.year or 0):
                return match["year"]
    if dates.last_year:
        return str(dates.last_year)
    if not dates.year or (explicit and str(dates.year) not in explicit):
        return explicit.most_common(1)[0][0] if explicit else ""
    return str(dates.year)


def _unmasked_plans(masked: str, text: str, figure: Figure) -> str:
    """The words before a figure, with “十四五” legible again."""
    original = text[figure.start - len(masked) : figure.start]
    return "".join(
        kept if hidden != "□" or kept in "十四五六" else hidden for kept, hidden in zip(original, masked, strict=True)
    )


def _context(text: str, figure: Figure) -> str:
    start = max(text.rfind(mark, 0, figure.start) for mark in "。\n") + 1
    ends = [end for end in (text.find(mark, figure.end) for mark in "。\n") if end >= 0]
    before = text[max(start, figure.start - 60) : figure.start]
    after = text[figure.end : min(min(ends, default=len(text)), figure.end + 40)]
    return f"{before}【{figure.text}】{after}"
