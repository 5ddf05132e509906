"""`python -m ingestion.registry_check`: a registry held against the texts it was taken from.

Each target's figure stands in its clause, and each number of each clause is a target, a row of not_targets.csv, or of a
listed kind (dates, document numbers, names like 5G; the numbers of clauses aren't part of their text). So a number that
nobody classified is a problem, and so is a figure that the text doesn't have.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from ingestion.clauses import FRONT_MATTER, Clause, clause_text, path_parts, split_clauses
from ingestion.document_text import clean_words, read_document
from ingestion.document_units import find_unit_notes
from ingestion.errors import YibiaoError
from ingestion.figures import Figure, find_figures, magnitude, not_quantities
from ingestion.goals import mask
from ingestion.registry import Registry, Row, load_registry
from ingestion.settings import get_settings

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_SETS = re.compile(r"(?<![第一二三四五六七八九十])[两二三四五六七八九十]{1,3}大(?=[^\W\d_]{2})")
_AROUND = 18
Value = tuple[Decimal, Decimal | None, bool]

app = typer.Typer(add_completion=False, help="对照文件原文核对登记册。")


@dataclass(frozen=True)
class Problem:
    """One disagreement between registry and text."""

    document_id: str
    clause: str
    number: str
    context: str
    message: str

    def __str__(self) -> str:
        clause = self.clause or "before the first clause"
        return f"{self.document_id} {clause}: “{self.number}” {self.message}: {self.context}"


def check_registry(registry: Registry, texts: Path) -> list[Problem]:
    """All disagreements of a registry with the texts that documents.csv names, which lie in one folder."""
    problems = []
    for document in registry.rows("documents"):
        if not document["file_name"]:
            continue
        path = texts / document["file_name"]
        if path.exists():
            problems += check_document(registry, document["document_id"], read_document(path))
        else:
            name = document["file_name"]
            problems.append(Problem(document["document_id"], "", name, str(texts), "is no file in the folder of texts"))
    return problems


def check_document(registry: Registry, document_id: str, text: str) -> list[Problem]:
    """The disagreements of one document's rows with its clean text."""
    clauses = split_clauses(text)
    targets = [row for row in _rows(registry, "targets") if row["document_id"] == document_id]
    exempt = [row for row in _rows(registry, "not_targets") if row["document_id"] == document_id]
    return [
        *_missing_clauses(registry, document_id, clauses),
        *_unlisted_clauses(registry, document_id, clauses),
        *_missing_figures(document_id, targets, clauses),
        *_missing_words(document_id, exempt, clauses),
        *(problem for clause in clauses for problem in _unclassified(document_id, clause, targets, exempt)),
    ]


def _rows(registry: Registry, table: str) -> list[Row]:
    return registry.tables.get(table, [])


def _missing_clauses(registry: Registry, document_id: str, clauses: list[Clause]) -> Iterator[Problem]:
    for table, rows in registry.tables.items():
        for row in rows:
            path = row.get("clause", "")
            if row.get("document_id") == document_id and path and clause_text(clauses, path) is None:
                place = f"{table}.csv {next(iter(row.values()))}"
                yield Problem(document_id, path, path, place, "is no clause of the text")


def _unlisted_clauses(registry: Registry, document_id: str, clauses: list[Clause]) -> Iterator[Problem]:
    listed = {row["clause"] for row in _rows(registry, "clauses") if row["document_id"] == document_id}
    for clause in clauses:
        if clause.path != FRONT_MATTER and clause.path not in listed:
            yield Problem(document_id, clause.path, clause.path, clause.title, "is no row of clauses.csv")


def _missing_figures(document_id: str, targets: list[Row], clauses: list[Clause]) -> Iterator[Problem]:
    for row in targets:
        text = clause_text(clauses, row["clause"])
        if text is None:
            continue
        if _row_value(row) not in {_value(figure) for figure in find_figures(text)}:
            number = "-".join(filter(None, (row["value_low"], row["value_high"]))) + row["unit"]
            yield Problem(document_id, row["clause"], number, row["target_id"], "isn't in the text of the clause")


def _missing_words(document_id: str, exempt: list[Row], clauses: list[Clause]) -> Iterator[Problem]:
    for row in exempt:
        text = clause_text(clauses, row["clause"])
        if text is not None and clean_words(row["text"]) not in text:
            yield Problem(document_id, row["clause"], row["text"], "not_targets.csv", "isn't in the text of the clause")


def _unclassified(document_id: str, clause: Clause, targets: list[Row], exempt: list[Row]) -> Iterator[Problem]:
    """Numbers of one clause that no row speaks for. Rows of a clause above speak for the clauses below it."""
    text = clause.text
    parts = path_parts(clause.path)
    own = [row for row in targets if _speaks_for(row, parts)]
    words = [clean_words(row["text"]) for row in exempt if _speaks_for(row, parts)]
    covered = [(found.start(), found.end()) for word in words for found in re.finditer(re.escape(word), text)]
    covered += [(start, end) for start, end, _ in not_quantities(text)]
    spoken_for = Counter(_row_value(row) for row in own)
    seen: dict[Value, int] = defaultdict(int)
    for figure in _numbers(text):
        if figure.is_spelled and clause.path == FRONT_MATTER:
            continue
        if any(start <= figure.start and figure.end <= end for start, end in covered):
            continue
        if any(start < figure.end and figure.start < end for start, end in covered) and not figure.unit:
            continue
        value = _value(figure)
        seen[value] += 1
        if seen[value] > spoken_for[value]:
            around = text[max(0, figure.start - _AROUND) : figure.end + _AROUND].replace("\n", " ")
            yield Problem(document_id, clause.path, figure.text, around, "is neither a target nor a not_target")


def _speaks_for(row: Row, parts: tuple[str, ...]) -> bool:
    above = path_parts(row["clause"])
    return above == parts[: len(above)]


def _numbers(text: str) -> list[Figure]:
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


def _is_counted(figure: Figure) -> bool:
    return figure.text != "全覆盖" and figure.low > 1


def _bare(match: re.Match[str]) -> Figure:
    is_digits = match[0][0].isascii()
    value = Decimal(match[0]) if is_digits else Decimal(0)
    return Figure(match.start(), match.end(), match[0], value, None, "", is_spelled=not is_digits)


def _value(figure: Figure) -> Value:
    low, high = figure.magnitudes
    return low, high, figure.unit.startswith("%")


def _row_value(row: Row) -> Value | None:
    if not row["value_low"]:
        return None
    unit = row["unit"]
    high = magnitude(Decimal(row["value_high"]), unit) if row["value_high"] else None
    return magnitude(Decimal(row["value_low"]), unit), high, unit.startswith("%")


@app.command()
def main(
    registry: Annotated[Path | None, typer.Option(help="登记册文件夹；缺省为 YIBIAO_REGISTRY")] = None,
    texts: Annotated[Path | None, typer.Option(help="文件原文所在文件夹；缺省为 YIBIAO_SHARED/documents")] = None,
) -> None:
    """逐条核对：目标的数在其条款中，条款中的数都有归类。"""
    settings = get_settings()
    try:
        problems = check_registry(load_registry(registry or settings.registry), texts or settings.shared / "documents")
    except YibiaoError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None
    for problem in problems:
        typer.echo(str(problem))
    typer.secho(f"不一致 {len(problems)} 处", fg="red" if problems else "green")
    raise typer.Exit(1 if problems else 0)


if __name__ == "__main__":
    app()
