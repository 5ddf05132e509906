"""Compares the marts of two warehouse files: table by table, row by row under the key that dbt tests, cell by cell."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import yaml

MARTS = "marts"
# The fingerprint is of everything in the warehouse, the rules and the code: no figure rests on it.
NOT_COMPARED = {("builds", "fingerprint")}
_MOST_EXAMPLES = 3
_TABLES = "select table_name from information_schema.tables where table_schema = 'marts' order by table_name"


@dataclass(frozen=True)
class MartComparison:
    """One mart in two warehouses.

    Attributes:
        before_count, after_count: rows; None where that warehouse has no such mart.
        only_before, only_after: rows that only one has: by key, without a key by their whole content.
        changed: rows of one key whose content differs.
        cells: how many cells differ, by column; without a key it is not known which.
        columns: columns that only one of the two has, or that have another type.
        examples: some of the cells, in words.
    """

    mart: str
    before_count: int | None
    after_count: int | None
    cell_count: int = 0
    only_before: int = 0
    only_after: int = 0
    changed: int = 0
    cells: dict[str, int] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether both say the same in every cell."""
        is_in_both = self.before_count is not None and self.after_count is not None
        return is_in_both and not (self.only_before or self.only_after or self.changed or self.columns)

    @property
    def line(self) -> str:
        """As people read it."""
        if self.before_count is None:
            return f"{self.mart}：原库没有这张表，重建有 {self.after_count} 行"
        if self.after_count is None:
            return f"{self.mart}：原库有 {self.before_count} 行，重建没有这张表"
        parts = [f"{self.changed} 行不同"] * bool(self.changed)
        parts += [f"{self.only_before} 行只在原库"] * bool(self.only_before)
        parts += [f"{self.only_after} 行只在重建"] * bool(self.only_after)
        parts += [f"列不同：{'、'.join(self.columns)}"] * bool(self.columns)
        cells = "，".join(f"{column} {count} 格" for column, count in self.cells.items())
        counts = f"原库 {self.before_count} 行，重建 {self.after_count} 行"
        return f"{self.mart}：{counts}；{'，'.join(parts) or '一致'}{f'（{cells}）' if cells else ''}"


def keys_of(project: Path) -> dict[str, tuple[str, ...]]:
    """The key of each mart, by the name of its table: what dbt tests to be unique."""
    keys: dict[str, tuple[str, ...]] = {}
    for path in sorted((project / "models" / MARTS).glob("_*__models.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            together = [test["unique_together"] for test in model.get("data_tests", []) if "unique_together" in test]
            alone = [(column["name"],) for column in model["columns"] if "unique" in column.get("data_tests", [])]
            found = [tuple(test["arguments"]["columns"]) for test in together] + alone
            if found:
                keys[model["name"].removeprefix("dim_")] = found[0]
    return keys


def compare_marts(before: Path, after: Path, keys: dict[str, tuple[str, ...]], folder: Path) -> list[MartComparison]:
    """Every mart of the two files, by name; `folder` (empty) takes copies of the marts meanwhile.

    A view of the marts names its own file's catalogue, so that two files can't be asked in one connection: their rows
    are compared as parquet.
    """
    copies = {name: _export(path, folder / name) for name, path in (("before", before), ("after", after))}
    with duckdb.connect() as connection:
        connection.execute(f"set temp_directory = {_quoted(folder / 'spill')}")
        return [
            _compare(connection, mart, copies["before"].get(mart), copies["after"].get(mart), keys.get(mart, ()))
            for mart in sorted(copies["before"].keys() | copies["after"].keys())
        ]


def _export(warehouse: Path, folder: Path) -> dict[str, Path]:
    """A parquet file for each mart of a warehouse, by name."""
    folder.mkdir(parents=True)
    paths = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for (mart,) in connection.execute(_TABLES).fetchall():
            paths[mart] = folder / f"{mart}.parquet"
            connection.execute(f'copy (select * from {MARTS}."{mart}") to {_quoted(paths[mart])} (format parquet)')
    return paths


def _compare(
    connection: duckdb.DuckDBPyConnection, mart: str, before: Path | None, after: Path | None, key: Sequence[str]
) -> MartComparison:
    found = MartComparison(mart, _count(connection, before), _count(connection, after))
    if before is None or after is None:
        return found
    old, new = (_columns(connection, path) for path in (before, after))
    unlike = tuple(name for name in (old | new) if old.get(name) != new.get(name))
    shared = [name for name in old if name in new and name not in unlike and (mart, name) not in NOT_COMPARED]
    found = replace(found, columns=unlike, cell_count=(found.before_count or 0) * len(shared))
    connection.execute(f"create or replace temp view old as from read_parquet({_quoted(before)})")
    connection.execute(f"create or replace temp view new as from read_parquet({_quoted(after)})")
    is_keyed = bool(key) and set(key) <= set(shared) and _is_unique(connection, key)
    return _by_key(connection, found, shared, key) if is_keyed else _by_content(connection, found, shared)


def _by_key(
    connection: duckdb.DuckDBPyConnection, found: MartComparison, columns: Sequence[str], key: Sequence[str]
) -> MartComparison:
    joined = " and ".join(f'old."{name}" is not distinct from new."{name}"' for name in key)
    others = [name for name in columns if name not in key]
    differs = {name: f'old."{name}" is distinct from new."{name}"' for name in others}
    any_differs = " or ".join(differs.values()) or "false"
    counted = ", ".join(["count(*)", *(f"count(*) filter ({test})" for test in differs.values())])
    changed, *cells = _row(connection, f"select {counted} from old inner join new on {joined} where {any_differs}")
    unlike = {name: count for name, count in zip(others, cells, strict=True) if count}
    examples = [line for name in unlike for line in _examples(connection, joined, key, name)]
    return replace(
        found,
        changed=changed,
        cells=unlike,
        only_before=_row(connection, f"select count(*) from old anti join new on {joined}")[0],
        only_after=_row(connection, f"select count(*) from new anti join old on {joined}")[0],
        examples=tuple(examples[:_MOST_EXAMPLES]),
    )


def _by_content(connection: duckdb.DuckDBPyConnection, found: MartComparison, columns: Sequence[str]) -> MartComparison:
    """Without a key a row that differs is one that each has alone."""
    listed = ", ".join(f'"{name}"' for name in columns)
    unlike = "select count(*) from (select {0} from {1} except all select {0} from {2})"
    counts = [_row(connection, unlike.format(listed, *pair))[0] for pair in (("old", "new"), ("new", "old"))]
    return replace(found, only_before=counts[0], only_after=counts[1])


def _examples(connection: duckdb.DuckDBPyConnection, joined: str, key: Sequence[str], column: str) -> list[str]:
    named = ", ".join(f'old."{name}"' for name in key)
    rows = connection.execute(
        f"select [{', '.join(f'{part}::varchar' for part in named.split(', '))}], "
        f'old."{column}"::varchar, new."{column}"::varchar from old inner join new on {joined} '
        f'where old."{column}" is distinct from new."{column}" order by {named} limit {_MOST_EXAMPLES}'
    ).fetchall()
    return [
        f"{' '.join(str(value) for value in values)} {column}：原库 {_shown(before)}，重建 {_shown(after)}"
        for values, before, after in rows
    ]


def _is_unique(connection: duckdb.DuckDBPyConnection, key: Sequence[str]) -> bool:
    listed = ", ".join(f'"{name}"' for name in key)
    return all(
        _row(connection, f"select count(*) from (select 1 from {side} group by {listed} having count(*) > 1)")[0] == 0
        for side in ("old", "new")
    )


def _count(connection: duckdb.DuckDBPyConnection, path: Path | None) -> int | None:
    return None if path is None else _row(connection, f"select count(*) from read_parquet({_quoted(path)})")[0]


def _columns(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    described = connection.execute(f"describe from read_parquet({_quoted(path)})").fetchall()
    return {name: data_type for name, data_type, *_ in described}


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def _shown(value: str | None) -> str:
    return "空" if value is None else value


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
