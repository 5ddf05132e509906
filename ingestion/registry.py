"""The registry folder: read, checked against the one list of columns, searched by id, name or alias, copied for dbt.

How a file is read stands in ingestion/seed_files.py, what makes sense together in ingestion/registry_lint.py.
"""

import csv
import hashlib
import shutil
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from filelock import FileLock

from ingestion.errors import RegistryError
from ingestion.registry_lint import lint_registry
from ingestion.seed_files import Record, Row, SeedProblem, column_types, fold, read_seed_file
from ingestion.settings import get_settings

REQUIRED_TABLES = frozenset(
    ("documents", "programmes", "programme_cadences", "reporters", "reporter_groups", "reporter_group_members")
    + ("indicators", "programme_indicators", "reporting_calendar")
)
MOST_PROBLEMS_SHOWN = 50


def project_lock() -> FileLock:
    """Held while the project's copy is made or built from: other data folders use the same project."""
    return FileLock(get_settings().dbt_project / ".build.lock", is_singleton=True)


class Registry:
    """One registry folder in memory; every table is a list of rows of text, in file order."""

    def __init__(self, folder: Path, tables: dict[str, list[Row]], sha256: str) -> None:
        self.folder = folder
        self.tables = tables
        self.sha256 = sha256

    def rows(self, table: str) -> list[Row]:
        """The rows of one file."""
        return self.tables[table]

    def row(self, table: str, key: str, value: str) -> Row:
        """The row whose column `key` holds `value`; RegistryError where there is none."""
        for row in self.tables[table]:
            if row[key] == value:
                return row
        raise RegistryError(f"{self.folder / table}.csv: no row with {key} = “{value}”")

    @cached_property
    def indicators(self) -> dict[str, Row]:
        """Indicators by id."""
        return {row["indicator_id"]: row for row in self.rows("indicators")}

    @cached_property
    def measures(self) -> dict[str, Row]:
        """Units of measure by folded name."""
        return {fold(row["unit"]): row for row in self.rows("measures")}

    @cached_property
    def programme_ids(self) -> dict[str, str]:
        """Folded id or name → programme_id."""
        return _names(self.rows("programmes"), "programme_id", "programme_name")

    @cached_property
    def reporter_ids(self) -> dict[str, str]:
        """Folded id or name → reporter_id."""
        return _names(self.rows("reporters"), "reporter_id", "reporter_name")

    @cached_property
    def reporter_aliases(self) -> dict[str, list[Row]]:
        """Folded alias → its rows, which hold in spans of their own."""
        rows: dict[str, list[Row]] = {}
        for row in self.rows("reporter_aliases"):
            rows.setdefault(fold(row["alias"]), []).append(row)
        return rows

    @cached_property
    def indicator_ids(self) -> dict[str, str]:
        """Folded id, name or alias → indicator_id."""
        aliases = _names(self.rows("indicator_aliases"), "indicator_id", "alias")
        return aliases | _names(self.rows("indicators"), "indicator_id", "indicator_name")

    def programme_id_of(self, text: str | None) -> str | None:
        """The programme that an id or name means; None when unknown."""
        return self.programme_ids.get(fold(text or ""))

    def reporter_id_of(self, text: str | None, month: str | None = None) -> str | None:
        """The reporter that an id, name or alias means in a month ('2021-03') or ever; None if it isn't one."""
        folded = fold(text or "")
        meant = {row["reporter_id"] for row in self.reporter_aliases.get(folded, []) if _holds(row, month)}
        return self.reporter_ids.get(folded) or (meant.pop() if len(meant) == 1 else None)

    def indicator_id_of(self, text: str | None) -> str | None:
        """The indicator that an id, name or alias means; None when unknown."""
        return self.indicator_ids.get(fold(text or ""))

    @cached_property
    def task_ids(self) -> dict[str, str]:
        """Folded id → task_id, and folded wording where only one task has it."""
        wordings: dict[str, set[str]] = {}
        for row in self.rows("tasks"):
            wordings.setdefault(fold(row["task"]), set()).add(row["task_id"])
        by_wording = {wording: next(iter(ids)) for wording, ids in wordings.items() if len(ids) == 1}
        return by_wording | {fold(row["task_id"]): row["task_id"] for row in self.rows("tasks")}

    def task_id_of(self, text: str | None) -> str | None:
        """The task that an id or its exact wording means; None when unknown."""
        return self.task_ids.get(fold(text or ""))

    def copy_for_dbt(self) -> None:
        """Replace the project's git-ignored copy, which dbt reads instead of the folder itself.

        dbt writes compiled files over seed files that lie outside its project, so it never gets to see the original. A
        copy that is the same already stays: a dbt that somebody started by hand may be reading it.
        """
        with project_lock():
            self._copy()

    def _copy(self) -> None:
        copy = get_settings().registry_copy
        fresh = copy.with_name(copy.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        for table, types in column_types().items():
            _write(fresh / f"{table}.csv", list(types), [list(row.values()) for row in self.rows(table)])
        _write(fresh / "registry_version.csv", ["registry_sha256"], [[self.sha256]])
        if _is_same(fresh, copy):
            shutil.rmtree(fresh)
            return
        shutil.rmtree(copy, ignore_errors=True)
        fresh.rename(copy)


def load_registry(folder: Path) -> Registry:
    """Read and check a whole registry folder. RegistryError names file, row and column of everything that is wrong."""
    records: dict[str, list[Record]] = {}
    problems: list[SeedProblem] = []
    contents: dict[str, bytes] = {}
    for table, types in column_types().items():
        path = folder / f"{table}.csv"
        records[table] = []
        if not path.exists():
            if table in REQUIRED_TABLES:
                problems.append(SeedProblem(path, None, None, "the file is missing", "in every registry"))
            continue
        contents[table] = path.read_bytes()
        records[table], wrong = read_seed_file(path, contents[table], types)
        problems += wrong
    problems += [
        SeedProblem(path, None, None, "no table of a registry has this name", f"one of {', '.join(column_types())}")
        for path in sorted(folder.glob("*.csv"))
        if path.stem not in column_types()
    ]
    # Where rows could not be read, every row that refers to one of them would look wrong too.
    if all(problem.column for problem in problems):
        problems += lint_registry(records)
    if problems:
        raise RegistryError(_message(problems))
    tables = {table: [record.row for record in records[table]] for table in records}
    return Registry(folder, tables, registry_sha256(contents))


def registry_sha256(contents: Mapping[str, bytes]) -> str:
    """The hash of a registry by its files' contents, given by table in the order of `column_types`."""
    digest = hashlib.sha256()
    for table, content in contents.items():
        digest.update(f"{table}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()


def _message(problems: list[SeedProblem]) -> str:
    """A line a problem in the order of files and rows, the first of them where there are very many."""
    lines = [str(problem) for problem in sorted(problems, key=lambda problem: (problem.path, problem.row or 0))]
    more = len(lines) - MOST_PROBLEMS_SHOWN
    return "\n".join(lines[:MOST_PROBLEMS_SHOWN] + [f"and {more} more"] * (more > 0))


def _holds(row: Row, month: str | None) -> bool:
    """Whether a dated row holds on any day of a month; in no month asked for, always."""
    first, last = row["valid_from"][:7], row["valid_to"][:7]
    return month is None or (first <= month and (not last or month <= last))


def _names(rows: list[Row], id_column: str, name_column: str) -> dict[str, str]:
    names = {fold(row[name_column]): row[id_column] for row in rows}
    return names | {fold(row[id_column]): row[id_column] for row in rows}


def _is_same(folder: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes."""
    names = sorted(path.name for path in folder.iterdir())
    return (
        other.is_dir()
        and names == sorted(path.name for path in other.iterdir())
        and all((folder / name).read_bytes() == (other / name).read_bytes() for name in names)
    )


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
