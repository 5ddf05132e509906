"""The questions of docs/analysts.md: each a heading, its SQL, and the answer that the page shows."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.settings import ROOT

PAGE = ROOT / "docs" / "analysts.md"
_QUESTION = re.compile(r"### (\d+\..*?)\n\n```sql\n(.*?)```\n\n((?:\|[^\n]*\n)+)", re.DOTALL)


@dataclass(frozen=True)
class Question:
    title: str
    sql: str
    columns: list[str]
    rows: list[list[str]]


def _read(page: str) -> list[Question]:
    questions = []
    for title, sql, table in _QUESTION.findall(page):
        columns, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        questions.append(Question(title, sql, columns, rows))
    return questions


def answer(connection: duckdb.DuckDBPyConnection, sql: str, published: Path) -> tuple[list[str], list[list[str]]]:
    """Columns and rows as the page prints them; the page's queries are asked in the project's folder."""
    cursor = connection.execute(sql.replace("data/published", str(published)))
    columns = [column for column, *_ in cursor.description or []]
    return columns, [["" if value is None else str(value) for value in row] for row in cursor.fetchall()]


QUESTIONS = _read(PAGE.read_text(encoding="utf-8"))
