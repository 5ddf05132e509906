"""The analysts' snapshot: schemas marts and views, and who did what, copied into a file and put in place by rename."""

import os
import re
import shutil
from datetime import datetime
from pathlib import Path

import duckdb

from ingestion.access import FROZEN_FILE, SHARED_FILE, make_folder
from ingestion.settings import get_settings
from ingestion.store import open_warehouse
from reports import audit_table
from reports.errors import PublicationError
from reports.gates import check_build
from reports.redaction import redacted_columns

# SQL of the table macros that the file holds besides: what was known and published by a moment.
MACROS = Path(__file__).parent / "analyst"
_TABLES = """
    select table_name from information_schema.tables
    where table_catalog = current_database() and table_schema = 'marts' order by table_name
"""
_VIEWS = """
    select sql from duckdb_views()
    where database_name = current_database() and schema_name = 'views' order by view_name
"""
# What each mart, view and column means travels with the file; a view of the marts became a table and is described as
# one.
_COMMENTS = """
    select 'table', schema_name || '."' || table_name || '"', comment from duckdb_tables()
    where database_name = current_database() and schema_name = 'marts' and comment is not null
    union all
    select
        case schema_name when 'marts' then 'table' else 'view' end, schema_name || '."' || view_name || '"', comment
    from duckdb_views()
    where database_name = current_database() and schema_name in ('marts', 'views') and comment is not null
    union all
    select 'column', schema_name || '."' || table_name || '"."' || column_name || '"', comment from duckdb_columns()
    where database_name = current_database() and schema_name in ('marts', 'views') and comment is not null
    order by all
"""


def publish_snapshot(connection: duckdb.DuckDBPyConnection) -> bool:
    """Replace the snapshot by the marts of this connection (the pipeline's warehouse, read-only is enough).

    False when the snapshot already is of this build and has every act up to now (reports.audit). Readers that have the
    old file open keep reading it undisturbed.
    """
    public = get_settings().analyst_file
    (fingerprint,) = _one(connection, "select fingerprint from marts.builds")
    is_of_build = fingerprint is not None and fingerprint == published_fingerprint(public)
    if not is_of_build:
        _written(connection, public).replace(public)
        return True
    acts = audit_table.rows_for_analysts()
    if audit_table.published_rows(public) == acts:
        return False
    _with_acts(public, acts).replace(public)
    return True


def keep_snapshot() -> Path:
    """Keep the marts of the last build in a file named after their as-of time (UTC), which nobody may write to.

    A kept one that is of this build already is left as it is. Another build of the same as-of time gets a number behind
    it: what was kept is never overwritten. PublicationError unless the build is complete.
    """
    if not get_settings().pipeline_file.exists():
        raise PublicationError("还没有数据仓库，请先接收报送并完成一次计算")
    with open_warehouse(read_only=True) as connection:
        check_build(connection)
        fingerprint, as_of = _one(connection, "select fingerprint, as_of_at::varchar from marts.builds")
        number = 1
        while (kept := _kept_file(datetime.fromisoformat(str(as_of)), number)).exists():
            if fingerprint is not None and fingerprint == published_fingerprint(kept):
                return kept
            number += 1
        partial = _written(connection, kept)
    partial.chmod(FROZEN_FILE)
    # Unlike a rename, a link fails where another one was put in between.
    os.link(partial, kept)
    partial.unlink()
    return kept


def published_fingerprint(path: Path) -> str | None:
    """The build that a snapshot file is of; None when there is no file or it is no snapshot."""
    if not path.exists():
        return None
    try:
        # A connection of its own by ATTACH: opening the path directly could share a handle on a replaced file.
        with duckdb.connect() as memory:
            memory.execute(f"attach {_quoted(path)} as published (read_only)")
            (fingerprint,) = _one(memory, "select fingerprint from published.marts.builds")
    except duckdb.Error:
        return None
    return None if fingerprint is None else str(fingerprint)


def _kept_file(as_of: datetime, number: int) -> Path:
    suffix = f"-{number}" if number > 1 else ""
    return get_settings().kept_snapshots / f"analyst-{as_of:%Y%m%dT%H%M%SZ}{suffix}.duckdb"


def _written(connection: duckdb.DuckDBPyConnection, public: Path) -> Path:
    """A whole snapshot beside its place."""
    partial = _beside(public)
    _copy(connection, partial)
    partial.chmod(SHARED_FILE)
    return partial


def _with_acts(public: Path, acts: list[tuple[object, ...]]) -> Path:
    """The same snapshot beside its place with these acts: marts that did not change aren't written again."""
    partial = _beside(public)
    shutil.copyfile(public, partial)
    with duckdb.connect() as memory:
        memory.execute(f"attach {_quoted(partial)} as snapshot (read_write)")
        memory.execute("use snapshot")
        audit_table.write_table(memory, acts)
        memory.execute("use memory")
        memory.execute("detach snapshot")
    partial.chmod(SHARED_FILE)
    return partial


def _beside(public: Path) -> Path:
    """Where a snapshot is written before it is put in place, with nothing there that a crash left."""
    make_folder(public.parent)
    partial = public.with_name(f".{public.name}.partial")
    for leftover in (partial, partial.with_name(f"{partial.name}.wal")):
        leftover.unlink(missing_ok=True)
    return partial


def _copy(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    (source,) = _one(connection, "select current_database()")
    connection.execute(f"attach {_quoted(path)} as snapshot (read_write)")
    try:
        connection.execute("create schema snapshot.marts")
        for (name,) in connection.execute(_TABLES).fetchall():
            connection.execute(
                f'create table snapshot.marts."{name}" as select {redacted_columns(name)} from marts."{name}"'
            )
        views = connection.execute(_VIEWS).fetchall()
        comments = connection.execute(_COMMENTS).fetchall()
        # Views and macros are bound to the marts of the file they are in.
        connection.execute("use snapshot")
        connection.execute("create schema views")
        _create_views(connection, [without_catalog(view, str(source)) for (view,) in views])
        audit_table.write_table(connection, audit_table.rows_for_analysts())
        for macro in sorted(MACROS.glob("*.sql")):
            connection.execute(macro.read_text(encoding="utf-8"))
        for kind, name, comment in comments:
            connection.execute(f"comment on {kind} {name} is {_quoted(comment)}")
    finally:
        connection.execute(f'use "{source}"')
        # Detaching checkpoints: the file is whole, with no write-ahead log beside it.
        connection.execute("detach snapshot")


def without_catalog(sql: str, catalog: str) -> str:
    """A view's SQL that reads the marts and views of the file it lies in, whatever that file is called."""
    return re.sub(rf'(?<![\w."])"?{re.escape(catalog)}"?\.(?="?(marts|views)"?\.)', "", sql)


def _create_views(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
    """A view can be created when those that it reads are there, so what fails for want of them waits for them."""
    while statements:
        waiting = []
        for statement in statements:
            try:
                connection.execute(statement)
            except duckdb.CatalogException:
                waiting.append(statement)
        if len(waiting) == len(statements):
            # Nothing came of this round: the first one says what it lacks.
            connection.execute(waiting[0])
        statements = waiting


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...]:
    return connection.execute(query).fetchone() or (None,)


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
