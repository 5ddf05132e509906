"""Who leads and who is responsible, as a policy text notes it in brackets: (牵头单位:…;责任单位:…)."""

import re
from dataclasses import dataclass

_LABEL = r"(?:牵头|责任|配合|主办|承办|协办|参与|完成|落实)(?:单位|部门|领导|主体)?"
_BRACKET = re.compile(rf"\((?={_LABEL}[^():]{{0,6}}:)((?:[^()]|\([^()]*\))*)\)")
_LINE = re.compile(rf"(?:^|(?<=[。;]))({_LABEL}:[^\n。]*)", re.MULTILINE)
_PART = re.compile(rf"({_LABEL})[^():;]{{0,6}}:([^;:]*?)(?=[;。]|,?{_LABEL}[^():;]{{0,6}}:|$)")


@dataclass(frozen=True)
class UnitNote:
    """A note at `start`..`end` of a clause's text; names are joined by 、."""

    start: int = 0
    end: int = 0
    lead_units: str = ""
    responsible_units: str = ""


def find_unit_notes(text: str) -> list[UnitNote]:
    """All notes of a clause in order."""
    brackets = list(_BRACKET.finditer(text))
    inside = [range(match.start(), match.end()) for match in brackets]
    matches = brackets + [match for match in _LINE.finditer(text) if not any(match.start() in span for span in inside)]
    return [_note(match) for match in sorted(matches, key=lambda match: match.start())]


def units_at(notes: list[UnitNote], position: int) -> UnitNote:
    """The note that closes the passage in which `position` lies."""
    following = [note for note in notes if note.start >= position]
    return (following or notes[-1:] or [UnitNote()])[0]


def _note(match: re.Match[str]) -> UnitNote:
    lead, responsible = [], []
    for label, names in _PART.findall(match[1]):
        if label.endswith("领导"):
            continue
        (lead if label.startswith(("牵头", "主办")) else responsible).append(_list(names))
    return UnitNote(match.start(), match.end(), "、".join(lead), "、".join(responsible))


def _list(names: str) -> str:
    """Names joined by 、, without asides such as 〈含开发区管委会,下同〉."""
    plain = re.sub(r"[〈<(](?:含|包括|下同)[^〉>)]*[〉>)]", "", names)
    return re.sub(r",|及(?=有关|相关)", "、", plain).strip("、 ")
