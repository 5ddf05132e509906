"""Which quantities of a policy text are goals, and in what words: comparator, strength, period, units in brackets.

Rules by cue words, no knowledge of any one document. What is uncertain is kept: a person confirms every draft.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingestion import goal_words
from ingestion.clauses import Clause, path_parts
from ingestion.document_dates import DocumentDates, read_period, year_note
from ingestion.document_units import UnitNote, find_unit_notes, units_at
from ingestion.exempt_words import TERM
from ingestion.figures import Figure, find_figures, split_unit
from ingestion.goal_periods import general_period, list_period
from ingestion.goal_place import Place, place_of, subjects_of
from ingestion.goal_verdict import is_background, is_rank, why_no_goal

_UNKNOWN_UNIT = re.compile(
    r"(?![年月日号时的和及至到之与等第级大类型多以左上下内外前后中为是强])"
    r"([\u3400-\u9fff]{1,3}?)(?=[,。;、)]|$|以上|以下|以内|左右|的)"
)
_PRESENT = "已有数，不是要达到的数"
_LISTED = re.compile(r"(?:以上|以下|以内|左右)?[、和及与]")
_YEARS = re.compile(r"年(?=[,。;、)]|$|以上|左右)")


@dataclass
class Goal:
    """A quantity that reads like a goal, with the words it was read from; `why_not` says why it is none."""

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
    note: str = ""
    why_not: str = ""


def find_goals(clauses: list[Clause], dates: DocumentDates) -> list[Goal]:
    """All goals of a document in its order; a stretch goal follows its base."""
    goals = [goal for goal in read_figures(clauses, dates) if not goal.why_not]
    explicit = Counter(goal.period[:4] for goal in goals if goal.period)
    for goal in goals:
        if not goal.period:
            goal.period, goal.note = general_period(goal.clause, clauses, dates, explicit)
    return goals


def read_figures(clauses: list[Clause], dates: DocumentDates) -> list[Goal]:
    """Every quantity of a document as it reads, goal or not; a figure for two indicators comes twice."""
    titles = {path_parts(clause.path): clause.title for clause in clauses}
    read = []
    for clause in clauses:
        parts = path_parts(clause.path)
        above = [titles[parts[:depth]] for depth in range(1, len(parts) + 1) if parts[:depth] in titles]
        figures = _clause_figures(clause, dates)
        if is_background(above, dates):
            for goal in figures:
                goal.why_not = goal.why_not or _PRESENT
        read += figures
    return read


def mask(text: str, notes: list[UnitNote]) -> str:
    """A text of the same length without titles, quoted names and units in brackets: nothing there is a goal."""
    masked = goal_words.MASKED.sub(lambda match: "“" + "□" * (len(match[0]) - 2) + "”", text)
    for note in notes:
        masked = masked[: note.start] + "□" * (note.end - note.start) + masked[note.end :]
    return masked


def _clause_figures(clause: Clause, dates: DocumentDates) -> list[Goal]:
    notes = find_unit_notes(clause.text)
    masked = mask(clause.text, notes)
    found: list[Goal] = []
    previous: Goal | None = None
    words_before = ""
    for place in _places(masked):
        is_listed = previous is not None and _is_listed(place.figure, previous, masked)
        if is_listed:
            place = replace(place, before=words_before)
        goal = _read(place, previous, clause, masked, notes, dates)
        if goal.why_not:
            found.append(goal)
            continue
        if previous is not None and _is_base_of(goal.figure, previous, masked):
            previous.is_stretch = True
            found[found.index(previous) : found.index(previous)] = [goal]
        else:
            found += [goal, *(replace(goal) for _ in range(0 if is_listed else subjects_of(place) - 1))]
        previous, words_before = goal, place.before
    return found


def _places(masked: str) -> Iterator[Place]:
    for figure in find_figures(masked):
        place = place_of(figure, masked)
        if _is_span_of_years(place, masked):
            yield place_of(replace(figure, end=figure.end + 1, text=f"{figure.text}年", unit="年"), masked)
        elif is_rank(place):
            yield replace(place, figure=replace(figure, unit="位"))
        elif goal_words.VERBS.search(place.before) or place.is_compared:
            yield place_of(_with_unit(figure, masked), masked)
        else:
            yield place


def _is_span_of_years(place: Place, masked: str) -> bool:
    """平均受教育年限提高到11.3年."""
    is_reached = place.figure.unit == "" and goal_words.REACHED.search(place.before)
    return bool(is_reached and _YEARS.match(masked, place.figure.end) and not TERM.search(place.before))


def _with_unit(figure: Figure, masked: str) -> Figure:
    """The word after a number counts it, in a unit that no list has: 新增冰床300铺."""
    match = None if split_unit(figure.unit)[1] else _UNKNOWN_UNIT.match(masked, figure.end)
    if not match:
        return figure
    return replace(figure, end=match.end(1), text=figure.text + match[1], unit=figure.unit + match[1])


def _read(
    place: Place, previous: Goal | None, clause: Clause, masked: str, notes: list[UnitNote], dates: DocumentDates
) -> Goal:
    figure = place.figure
    words = _legible_plans(place.sentence_before, clause.text, figure)
    period = read_period(words, dates)
    is_past = bool(period and dates.year and int(period[:4]) < dates.year)
    return Goal(
        clause=clause.path,
        figure=figure,
        comparator="<=" if is_rank(place) else place.comparator,
        strength=_strength(place, previous),
        period=period or list_period(masked, figure.start, dates),
        is_approximate=place.is_approximate,
        is_stretch=_is_stretch(figure, previous, masked),
        is_each=place.is_each,
        units=units_at(notes, figure.end, masked),
        context=_context(clause.text, figure),
        note=year_note(words) if period else "",
        why_not=_PRESENT if is_past else why_no_goal(place),
    )


def _strength(place: Place, previous: Goal | None) -> str:
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
    return f"({word}承前)"


def _is_stretch(figure: Figure, previous: Goal | None, text: str) -> bool:
    """增长12%,力争增长13%: the second tier of the goal before."""
    return previous is not None and _follows(goal_words.STRETCH, figure, previous, text)


def _is_base_of(figure: Figure, previous: Goal, text: str) -> bool:
    """力争3万人、确保2.5万人: the goal before was the second tier of this one."""
    is_striven = previous.strength in ("力争", "争取") and not previous.is_stretch
    return is_striven and _follows(goal_words.BASE, figure, previous, text)


def _follows(pattern: re.Pattern[str], figure: Figure, previous: Goal, text: str) -> bool:
    if split_unit(previous.figure.unit)[1] != split_unit(figure.unit)[1]:
        return False
    return bool(pattern.fullmatch(re.sub("以上|左右|以内|以下", "", text[previous.figure.end : figure.start])))


def _is_listed(figure: Figure, previous: Goal, text: str) -> bool:
    """分别不超过45人、50人: the second is read with the words before the first."""
    between = text[previous.figure.end : figure.start]
    return previous.figure.unit == figure.unit and bool(_LISTED.fullmatch(between))


def _legible_plans(masked: str, text: str, figure: Figure) -> str:
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
