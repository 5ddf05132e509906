"""`python -m ingestion.registry_check`: a registry held against the texts it was taken from.

Each target's figure stands in its clause, and each number of each clause is a target, a row of not_targets.csv, or of a
listed kind (dates, document numbers, names like 5G; the numbers of clauses aren't part of their text). So a number that
nobody classified is a problem, and so is a figure that the text doesn't have. A target whose comparator, strength,
is_approximate or stretch isn't what the reader of documents finds in its words is a problem too, unless its note
explains the reading.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from ingestion.clause_numbers import Value, unclassified, value_of
from ingestion.clauses import FRONT_MATTER, Clause, clause_text, path_parts, split_clauses
from ingestion.document_dates import read_dates
from ingestion.document_text import clean_words, read_document
from ingestion.errors import YibiaoError
from ingestion.figures import find_figures, magnitude
from ingestion.goals import Goal, read_figures
from ingestion.registry import Registry, Row, load_registry
from ingestion.settings import get_settings

_AROUND = 18

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
        *_misread(document_id, targets, clauses),
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
        if _row_value(row) not in {value_of(figure) for figure in find_figures(text)}:
            number = "-".join(filter(None, (row["value_low"], row["value_high"]))) + row["unit"]
            yield Problem(document_id, row["clause"], number, row["target_id"], "isn't in the text of the clause")


def _missing_words(document_id: str, exempt: list[Row], clauses: list[Clause]) -> Iterator[Problem]:
    for row in exempt:
        text = clause_text(clauses, row["clause"])
        if text is not None and clean_words(row["text"]) not in text:
            yield Problem(document_id, row["clause"], row["text"], "not_targets.csv", "isn't in the text of the clause")


def _unclassified(document_id: str, clause: Clause, targets: list[Row], exempt: list[Row]) -> Iterator[Problem]:
    """Numbers of one clause that no row speaks for. Rows of a clause above speak for the clauses below it."""
    parts = path_parts(clause.path)
    values = (_row_value(row) for row in targets if _speaks_for(row, parts))
    words = [clean_words(row["text"]) for row in exempt if _speaks_for(row, parts)]
    for figure in unclassified(clause, Counter(value for value in values if value), words):
        around = clause.text[max(0, figure.start - _AROUND) : figure.end + _AROUND].replace("\n", " ")
        yield Problem(document_id, clause.path, figure.text, around, "is neither a target nor a not_target")


def _misread(document_id: str, targets: list[Row], clauses: list[Clause]) -> Iterator[Problem]:
    """Rows that say something else than the words around their figure, and don't explain it in their note."""
    read: dict[tuple[str, Value], list[Goal]] = defaultdict(list)
    for goal in read_figures(clauses, read_dates(clauses)):
        parts = path_parts(goal.clause)
        for depth in range(len(parts) + 1):
            read["".join(parts[:depth]), value_of(goal.figure)].append(goal)
    for row in targets:
        value = _row_value(row)
        if row.get("note") or value is None:
            continue
        differences = [_differences(row, goal) for goal in read["".join(path_parts(row["clause"])), value]]
        if differences and all(differences):
            number = "-".join(filter(None, (row["value_low"], row["value_high"]))) + row["unit"]
            message = f"reads differently and has no note ({min(differences, key=len)})"
            yield Problem(document_id, row["clause"], number, row["target_id"], message)


def _differences(row: Row, goal: Goal) -> str:
    """What the text says where the row says something else; "" where they agree."""
    read = {
        "comparator": goal.comparator,
        "strength": goal.strength,
        "is_approximate": str(goal.is_approximate).lower(),
        "stretch": str(goal.is_stretch).lower(),
    }
    entered = {name: row.get(name, "") for name in read} | {"stretch": str(bool(row["stretches_target_id"])).lower()}
    return "; ".join(
        f"{name} “{entered[name]}”, in the text “{read[name]}”" for name in read if read[name] != entered[name]
    )


def _speaks_for(row: Row, parts: tuple[str, ...]) -> bool:
    above = path_parts(row["clause"])
    return above == parts[: len(above)]


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
