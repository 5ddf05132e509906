"""The registry folder: read, checked against the one list of columns, searched by id, name or alias, copied for dbt.

The columns and types stand in dbt_project/models/registry/_registry__seeds.yml and nowhere else.
"""

import csv
import hashlib
import io
import shutil
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from pathlib import Path

import yaml
from filelock import FileLock

from ingestion.errors import RegistryError
from ingestion.settings import ROOT

SEED_PROPERTIES = ROOT / "dbt_project" / "models" / "registry" / "_registry__seeds.yml"
PROJECT_COPY = ROOT / "dbt_project" / "registry"
REQUIRED_TABLES = frozenset(
    ("documents", "programmes", "programme_cadences", "reporters", "reporter_groups", "reporter_group_members")
    + ("indicators", "programme_indicators", "reporting_calendar")
)
Row = dict[str, str]
_CELL_READERS: dict[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "integer": int,
    "decimal": Decimal,
    "boolean": {"true": True, "false": False}.__getitem__,
}


@lru_cache
def column_types() -> dict[str, dict[str, str]]:
    """Column types by table and column, as dbt loads them. Tables that set-up generates are not in a folder."""
    seeds = yaml.safe_load(SEED_PROPERTIES.read_text(encoding="utf-8"))["seeds"]
    return {
        seed["name"]: seed["config"]["column_types"]
        for seed in seeds
        if not seed["config"].get("meta", {}).get("is_generated", False)
    }


def fold(text: str) -> str:
    """A name as it is compared: full-width and half-width alike, no blanks, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def project_lock() -> FileLock:
    """Held while the project's copy is made or built from: other data folders use the same project."""
    return FileLock(PROJECT_COPY.parent / ".build.lock", is_singleton=True)


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
    def programme_ids(self) -> dict[str, str]:
        """Folded id or name → programme_id."""
        return _names(self.rows("programmes"), "programme_id", "programme_name")

    @cached_property
    def reporter_ids(self) -> dict[str, str]:
        """Folded id, name or alias → reporter_id."""
        aliases = _names(self.rows("reporter_aliases"), "reporter_id", "alias")
        return aliases | _names(self.rows("reporters"), "reporter_id", "reporter_name")

    @cached_property
    def indicator_ids(self) -> dict[str, str]:
        """Folded id, name or alias → indicator_id."""
        aliases = _names(self.rows("indicator_aliases"), "indicator_id", "alias")
        return aliases | _names(self.rows("indicators"), "indicator_id", "indicator_name")

    def programme_id_of(self, text: str | None) -> str | None:
        """The programme that an id or name means; None when unknown."""
        return self.programme_ids.get(fold(text or ""))

    def reporter_id_of(self, text: str | None) -> str | None:
        """The reporter that an id, name or alias means; None when unknown."""
        return self.reporter_ids.get(fold(text or ""))

    def indicator_id_of(self, text: str | None) -> str | None:
        """The indicator that an id, name or alias means; None when unknown."""
        return self.indicator_ids.get(fold(text or ""))

    def copy_for_dbt(self) -> None:
        """Replace the project's git-ignored copy, which dbt reads instead of the folder itself.

        dbt writes compiled files over seed files that lie outside its project, so it never gets to see the original.
        """
        with project_lock():
            self._copy()

    def _copy(self) -> None:
        fresh = PROJECT_COPY.with_name(PROJECT_COPY.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        for table, types in column_types().items():
            _write(fresh / f"{table}.csv", list(types), [list(row.values()) for row in self.rows(table)])
        _write(fresh / "registry_version.csv", ["registry_sha256"], [[self.sha256]])
        shutil.rmtree(PROJECT_COPY, ignore_errors=True)
        fresh.rename(PROJECT_COPY)


def load_registry(folder: Path) -> Registry:
    """Read and check a whole registry folder. RegistryError names file, row and column of what is wrong."""
    tables: dict[str, list[Row]] = {}
    digest = hashlib.sha256()
    for table, types in column_types().items():
        path = folder / f"{table}.csv"
        if not path.exists():
            if table in REQUIRED_TABLES:
                raise RegistryError(f"{path}: the file is missing; a registry needs it")
            tables[table] = []
            continue
        content = path.read_bytes()
        digest.update(f"{table}\n{len(content)}\n".encode() + content)
        tables[table] = _read(path, content, types)
    return Registry(folder, tables, digest.hexdigest())


def _read(path: Path, content: bytes, types: dict[str, str]) -> list[Row]:
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    header = next(reader, [])
    if header != list(types):
        raise RegistryError(f"{path}: the header is {','.join(header)}; expected {','.join(types)}")
    rows = []
    for number, cells in enumerate(reader, start=2):
        if len(cells) != len(header):
            raise RegistryError(f"{path} row {number}: {len(cells)} cells; expected {len(header)}")
        row = dict(zip(header, cells, strict=True))
        for column, type_name in types.items():
            _check(path, number, column, row[column], type_name)
        rows.append(row)
    return rows


def _check(path: Path, number: int, column: str, text: str, type_name: str) -> None:
    """An empty cell is no value; anything else must read as the column's type."""
    read = _CELL_READERS.get(type_name.split("(")[0])
    if not text or read is None:
        return
    try:
        read(text)
    except (ValueError, KeyError, InvalidOperation):
        raise RegistryError(f"{path} row {number} column {column}: “{text}”; expected a {type_name}") from None


def _names(rows: list[Row], id_column: str, name_column: str) -> dict[str, str]:
    names = {fold(row[name_column]): row[id_column] for row in rows}
    return names | {fold(row[id_column]): row[id_column] for row in rows}


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
