"""A figure in its sentence, and how the words around it say what is meant: comparator, strength, for whom."""

import re
from dataclasses import dataclass

from ingestion import goal_words
from ingestion.figures import Figure


@dataclass(frozen=True)
class Place:
    """A figure in its text: the words before it in its part of the sentence, those after it, its sentence."""

    figure: Figure
    before: str
    after: str
    sentence_before: str
    passage: str

    @property
    def is_compared(self) -> bool:
        """Whether the words beside the figure say at least, at most or more than."""
        return any(pattern.search(self.before) for pattern in goal_words.BEFORE.values()) or any(
            pattern.match(self.after) for pattern in goal_words.AFTER.values()
        )

    @property
    def is_approximate(self) -> bool:
        """约500家, 500家左右."""
        return bool(goal_words.ABOUT_BEFORE.search(self.before) or goal_words.ABOUT_AFTER.match(self.after))

    @property
    def comparator(self) -> str:
        """The registry's sign for it."""
        if self.figure.high is not None:
            return "range"
        kept, above = goal_words.KEPT_ABOVE
        if kept.search(self.before) and above.match(self.after):
            return ">="
        for comparator, pattern in goal_words.BEFORE.items():
            if pattern.search(self.before):
                return comparator
        return "<=" if goal_words.AFTER["<="].match(self.after) else ">="

    @property
    def is_each(self) -> bool:
        """Whether the figure is each district's: 各区新增停车位500个,改造厕所20座."""
        part = self.sentence_before.rsplit(";", 1)[-1]
        found = list(goal_words.EACH.finditer(part))
        if not found:
            return False
        following = part[found[-1].end() :].split(",")[1:]
        return all(goal_words.has_no_subject(words) for words in following)


def place_of(figure: Figure, text: str) -> Place:
    """Where a figure stands in a clause's text."""
    sentence_start = _last(text, "。!?\n", figure.start)
    sentence_end = _first(text, "。!?\n", figure.end)
    return Place(
        figure,
        text[_last(text, ",。;:!?\n", figure.start) : figure.start],
        text[figure.end : min(figure.end + 14, sentence_end)],
        text[sentence_start : figure.start],
        text[max(sentence_start, _last(text, ";", figure.start)) : min(sentence_end, _first(text, ";", figure.end))],
    )


def subjects_of(place: Place) -> int:
    """For how many indicators a figure stands: 2 in A、B均达到90% and in A和B各20个."""
    before = place.before[re.search(r"(?:.*\d[^\d、]*、)?", place.before).end() :]  # type: ignore[union-attr]
    if goal_words.TWO_SUBJECTS.search(before):
        return 2
    match = goal_words.SEVERAL.search(before)
    if not match or (goal_words.RESPECTIVELY.search(before[match.end("subjects") :]) and _has_partner(place)):
        return 1
    names = [name for name in goal_words.BETWEEN_SUBJECTS.split(match["subjects"]) if name]
    is_areas = len(names) < 2 or any(len(name) < 2 or goal_words.AREA.search(name) for name in names)
    return 1 if is_areas else len(names)


def _has_partner(place: Place) -> bool:
    """分别达到75%和70%: each figure belongs to one."""
    return bool(re.match(r"(?:以上|以下|以内|左右)?[、和及与]\d", place.after))


def _last(text: str, marks: str, position: int) -> int:
    return max(text.rfind(mark, 0, position) for mark in marks) + 1


def _first(text: str, marks: str, position: int) -> int:
    return min((end for end in (text.find(mark, position) for mark in marks) if end >= 0), default=len(text))
