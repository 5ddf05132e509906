"""A clean policy text in its clauses, each under the path by which its document counts: 一, 二(二)2, 三(五), 第三条."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingestion.document_text import NUMERAL

FRONT_MATTER = ""
_MARKS = (
    (0, re.compile(r"(附件)\s*\d*[::、.]?")),
    (0, re.compile(rf"(第[{NUMERAL}]+[编章])")),
    (1, re.compile(rf"(第[{NUMERAL}]+条)")),
    (1, re.compile(rf"([{NUMERAL}]{{1,3}})、")),
    (2, re.compile(rf"(\([{NUMERAL}]{{1,3}}\))[、.]?")),
    (3, re.compile(r"(\d{1,2})[.、)](?!\d)")),
    (4, re.compile(r"(\(\d{1,2}\))[、.]?")),
    (5, re.compile(r"([①-⑳])")),
)
_DASH = re.compile(r"(?:[—–]{1,2}|--|[•·●■◆])(?!\d)")
# Items that follow a finished sentence on the same line, as pages have them that lost their line ends.
_INLINE = re.compile(rf"(?<=[。)])(?=[{NUMERAL}]{{1,3}}、|\([{NUMERAL}]{{1,3}}\)|\d{{1,2}}\.(?!\d)[^\d\s])")
_PATH_PART = re.compile(rf"附件|第[{NUMERAL}]+[编章条]|[{NUMERAL}]+|\([{NUMERAL}]+\)|\d+|\(\d+\)|[①-⑳]")


@dataclass
class Clause:
    """A numbered part of a document without the parts below it; `paragraphs` start after the number."""

    path: str
    paragraphs: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The clause's own words, a line a paragraph."""
        return "\n".join(self.paragraphs)

    @property
    def title(self) -> str:
        """The first sentence, which is the heading."""
        first = self.paragraphs[0] if self.paragraphs else ""
        return re.split(r"[。;:(]", first, maxsplit=1)[0]


def split_clauses(text: str) -> list[Clause]:
    """The clauses of a clean text in order; what stands before the first number has the path ""."""
    clauses = [Clause(FRONT_MATTER)]
    marks: dict[int, str] = {}
    for line in _items(text):
        level, mark, rest = _mark(line)
        if mark is None:
            clauses[-1].paragraphs.append(_DASH.sub("", line, count=1) if _DASH.match(line) else line)
            continue
        marks = {other: kept for other, kept in marks.items() if other < level} | {level: mark}
        clauses.append(Clause("".join(_counted(marks)), [rest] if rest else []))
    return clauses


def clause_text(clauses: list[Clause], path: str) -> str | None:
    """The words of a clause with all clauses below it; None where the document has no such clause."""
    parts = path_parts(path)
    inside = [clause.text for clause in clauses if path_parts(clause.path)[: len(parts)] == parts]
    return "\n".join(inside) if inside else None


def path_parts(path: str) -> tuple[str, ...]:
    """二(二)2 → 二, (二), 2."""
    return tuple(_PATH_PART.findall(path))


def _items(text: str) -> Iterator[str]:
    """Lines, cut where a number begins inside one: after a sentence, or after another number (第四条(一))."""
    for line in text.split("\n"):
        for part in filter(None, _INLINE.split(line)):
            level, mark, rest = _mark(part)
            inner_level, inner, _ = _mark(rest) if mark else (0, None, "")
            if inner and inner_level > level:
                yield part[: len(part) - len(rest)]
                yield rest
            else:
                yield part


def _mark(line: str) -> tuple[int, str | None, str]:
    """Level, number and rest of a line; no number where it is running text."""
    for level, pattern in _MARKS:
        match = pattern.match(line)
        if match:
            return level, match[1], line[match.end() :].strip()
    return 0, None, line


def _counted(marks: dict[int, str]) -> list[str]:
    """Articles count through the whole document, so a chapter isn't part of an article's path."""
    is_article = marks.get(1, "").startswith("第")
    return [mark for level, mark in sorted(marks.items()) if not (is_article and level == 0)]
