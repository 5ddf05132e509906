"""Who leads and who is responsible, as a policy text notes it.

In brackets, (牵头单位:…;责任单位:…) or (甲局牵头,乙局配合), on a line of their own, or in the sentence: 由甲局负责.
"""

import re
from dataclasses import dataclass

_LABEL = r"(?:牵头|责任|配合|主办|承办|协办|参与|完成|落实)(?:单位|部门|领导|主体)?"
_BRACKET = re.compile(rf"\((?={_LABEL}[^():]{{0,6}}:)((?:[^()]|\([^()]*\))*)\)")
_LINE = re.compile(rf"(?:^|(?<=[。;]))({_LABEL}:[^\n。]*)", re.MULTILINE)
_PART = re.compile(rf"({_LABEL})[^():;]{{0,6}}:([^;:]*?)(?=[;。]|,?{_LABEL}[^():;]{{0,6}}:|$)")
_FIRST_LEADS = re.compile(r"[^;,。:]*(?:第一|首位|首个)[^;,。:]*牵头[^;,。:]*")
_LED = re.compile(
    r"\((?P<lead>[^():;]{2,60}?)牵头(?:负责)?"
    r"(?:[,;、](?P<others>[^():;]{2,120}?)(?:配合|参与|协助|落实|(?:按职责)?分工负责))?\)"
)
_OFFICE = r"(?:局|委|办|部|厅|中心|公司|政府|管委会|院|处|队|集团|会|单位)"
_IN_SENTENCE = re.compile(rf"由(?P<lead>[^,。;:()由\d]{{1,28}}?{_OFFICE})(?:牵头负责|牵头|负责)")


@dataclass(frozen=True)
class UnitNote:
    """A note at `start`..`end` of a clause's text; names are joined by 、."""

    start: int = 0
    end: int = 0
    lead_units: str = ""
    responsible_units: str = ""


def find_unit_notes(text: str) -> list[UnitNote]:
    """All notes of a clause in order."""
    notes: list[UnitNote] = []
    for pattern, read in ((_BRACKET, _labelled), (_LINE, _labelled), (_LED, _led), (_IN_SENTENCE, _led)):
        for match in pattern.finditer(text):
            if not any(note.start < match.end() and match.start() < note.end for note in notes):
                notes.append(read(match))
    return sorted(notes, key=lambda note: note.start)


def units_at(notes: list[UnitNote], position: int, text: str) -> UnitNote:
    """The note of the passage in which `position` lies.

    A note closes the passage before it, and the rest of its own sentence; one in the heading speaks for all below it.
    """
    before = [note for note in notes if note.end <= position]
    following = [note for note in notes if note.start >= position]
    if before and not re.search(r"[。\n]", text[before[-1].end : position]):
        is_closed = not following or re.search(r"[。\n]", text[position : following[0].start])
        if is_closed:
            return before[-1]
    if following:
        return following[0]
    is_heading = bool(before) and not re.search(r"[\d。]", text[: before[0].start])
    return before[0] if is_heading else UnitNote()


def _labelled(match: re.Match[str]) -> UnitNote:
    lead: list[str] = []
    responsible: list[str] = []
    for label, names in _PART.findall(_FIRST_LEADS.sub("", match[1])):
        if label.endswith("领导"):
            continue
        (lead if label.startswith(("牵头", "主办")) else responsible).append(_list(names))
    if not lead and responsible and _FIRST_LEADS.search(match[1]):
        first, _, rest = "、".join(responsible).partition("、")
        lead, responsible = [first], [rest] if rest else []
    return UnitNote(match.start(), match.end(), "、".join(lead), "、".join(responsible))


def _led(match: re.Match[str]) -> UnitNote:
    others = match.groupdict().get("others") or ""
    return UnitNote(match.start(), match.end(), _list(match["lead"]), _list(others))


def _list(names: str) -> str:
    """Names joined by 、, without asides such as 〈含开发区管委会,下同〉."""
    plain = re.sub(r"[〈<(](?:含|包括|下同)[^〉>)]*[〉>)]", "", names)
    return re.sub(r",|及(?=有关|相关)", "、", plain).strip("、 ")
