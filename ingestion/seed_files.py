"""The files of a registry folder: what dbt's properties say of their columns, and their rows with where they stand.

The columns and types stand in dbt_project/models/registry/_registry__seeds.yml and nowhere else.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ingestion.settings import ROOT

SEED_PROPERTIES = ROOT / "dbt_project" / "models" / "registry" / "_registry__seeds.yml"
Row = dict[str, str]
_REFERENCE = re.compile(r"ref\('(\w+)'\)")
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_WORDS = {
    "date": "a day like 2021-03-28",
    "integer": "a whole number",
    "boolean": "true or false",
    "decimal": "a number like 1000 or 1.5, without separators",
}
_FORMS = {"date": r"\d{4}-\d{2}-\d{2}", "integer": r"-?\d{1,9}", "boolean": "true|false"}


def fold(text: str) -> str:
    """A name as it is compared: full-width and half-width alike, no blanks, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@dataclass(frozen=True)
class SeedProblem:
    """One thing that is wrong with a registry. `row` counts the lines of the file from 1, the header.

    It is about a whole file where `row` is None, and about a whole line where `column` is None.
    """

    path: Path
    row: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        place = str(self.path) if self.row is None else f"{self.path} row {self.row}"
        what = self.found if self.column is None else f"“{self.found}”"
        return f"{place}{f' column {self.column}' if self.column else ''}: {what}; expected {self.expected}"


@dataclass(frozen=True)
class Record:
    """A row of a file and the line on which it begins."""

    path: Path
    number: int
    row: Row

    def __getitem__(self, column: str) -> str:
        return self.row[column]

    def problem(self, expected: str, *columns: str) -> SeedProblem:
        """What is wrong with this row's cells in `columns`, by what was expected there."""
        found = ", ".join(self.row[column] for column in columns)
        return SeedProblem(self.path, self.number, ",".join(columns), found, expected)


@dataclass(frozen=True)
class Reference:
    """Each text in `table`.`column` stands in `other`.`field` too."""

    table: str
    column: str
    other: str
    field: str


@dataclass(frozen=True)
class SeedProperties:
    """What dbt tests in all tables; keys are of several columns, `unique` and `required` pairs of table and column."""

    keys: tuple[tuple[str, tuple[str, ...]], ...]
    unique: tuple[tuple[str, str], ...]
    required: tuple[tuple[str, str], ...]
    accepted_values: dict[tuple[str, str], tuple[str, ...]]
    references: tuple[Reference, ...]


@lru_cache
def _seeds() -> list[dict[str, Any]]:
    """The tables that a folder has; those that set-up generates are in no folder."""
    seeds = yaml.safe_load(SEED_PROPERTIES.read_text(encoding="utf-8"))["seeds"]
    return [seed for seed in seeds if not seed["config"].get("meta", {}).get("is_generated", False)]


@lru_cache
def column_types() -> dict[str, dict[str, str]]:
    """Column types by table and column, as dbt loads them."""
    return {seed["name"]: seed["config"]["column_types"] for seed in _seeds()}


@lru_cache
def seed_properties() -> SeedProperties:
    """The dbt tests of the columns, so that a folder is held against them before dbt sees it."""
    tests = list(_column_tests())
    return SeedProperties(
        keys=tuple(_table_tests("unique_together")),
        unique=tuple((table, column) for table, column, name, _ in tests if name == "unique"),
        required=tuple((table, column) for table, columns in _table_tests("required") for column in columns),
        accepted_values={
            (table, column): tuple(arguments["values"])
            for table, column, name, arguments in tests
            if name == "accepted_values"
        },
        references=tuple(
            Reference(table, column, _REFERENCE.sub(r"\1", arguments["to"]), arguments["field"])
            for table, column, name, arguments in tests
            if name == "relationships"
        ),
    )


def _table_tests(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Table and columns of every test of several columns that has this name."""
    for seed in _seeds():
        for test in seed.get("data_tests", []):
            if name in test:
                yield seed["name"], tuple(test[name]["arguments"]["columns"])


def _column_tests() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Table, column, name and arguments of every test."""
    for seed in _seeds():
        for column in seed.get("columns", []):
            for test in column.get("data_tests", []):
                name, options = (test, {}) if isinstance(test, str) else next(iter(test.items()))
                yield seed["name"], column["name"], name, options.get("arguments", {})


def read_seed_file(path: Path, content: bytes, types: dict[str, str]) -> tuple[list[Record], list[SeedProblem]]:
    """The rows of one file and what is wrong with them; where a problem names no column, rows are left out.

    Blank lines are passed over.
    """
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    except UnicodeDecodeError as error:
        return [], [
            SeedProblem(
                path, None, None, f"byte {error.start + 1} is not UTF-8", "a file in UTF-8 (in Excel: 另存为 CSV UTF-8)"
            )
        ]
    records: list[Record] = []
    problems: list[SeedProblem] = []
    line = 1
    try:
        header = next(reader, [])
        if header != list(types):
            return [], [_wrong_header(path, header, list(types))]
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                records.append(Record(path, line, dict(zip(header, cells, strict=True))))
            elif cells:
                problems.append(SeedProblem(path, line, None, f"{len(cells)} cells", str(len(header))))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(SeedProblem(path, line, None, str(error), "cells as CSV writes them"))
    return records, [*problems, *_wrong_types(records, types)]


def _wrong_header(path: Path, found: list[str], expected: list[str]) -> SeedProblem:
    """Columns that are missing or nobody knows; else their order."""
    missing = [column for column in expected if column not in found]
    unknown = [column for column in found if column not in expected]
    parts = [f"{word} {', '.join(names)}" for word, names in (("lacks", missing), ("has", unknown)) if names]
    what = f"the header {' and '.join(parts) or 'has another order'}"
    return SeedProblem(path, 1, None, what, ",".join(expected))


def _wrong_types(records: list[Record], types: dict[str, str]) -> Iterator[SeedProblem]:
    """An empty cell is no value; anything else must read as the column's type."""
    for column, type_name in types.items():
        form = _form(type_name)
        if form is None:
            continue
        for record in records:
            text = record[column]
            if text and not (form.fullmatch(text) and (type_name != "date" or parse_date(text))):
                yield record.problem(_WORDS.get(type_name.split("(")[0], type_name), column)


@lru_cache
def _form(type_name: str) -> re.Pattern[str] | None:
    """What a cell of a type looks like; None where any text will do."""
    decimal = _DECIMAL.fullmatch(type_name)
    if decimal:
        digits, places = int(decimal[1]), int(decimal[2])
        return re.compile(rf"-?\d{{1,{digits - places}}}(\.\d{{1,{places}}})?", re.ASCII)
    return re.compile(_FORMS[type_name], re.ASCII) if type_name in _FORMS else None


def parse_date(text: str) -> date | None:
    """The day that a cell names; None where it is empty or names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
