"""The analysts' snapshot: schema marts copied into a file of its own and put in place by rename."""

from pathlib import Path

import duckdb

from ingestion.settings import get_settings

_TABLES = """
    select table_name from information_schema.tables
    where table_catalog = current_database() and table_schema = 'marts' order by table_name
"""
# What each mart and column means travels with the file; a view of the marts became a table and is described as one.
_COMMENTS = """
    select 'table', '"' || table_name || '"', comment from duckdb_tables()
    where database_name = current_database() and schema_name = 'marts' and comment is not null
    union all
    select 'table', '"' || view_name || '"', comment from duckdb_views()
    where database_name = current_database() and schema_name = 'marts' and comment is not null
    union all
    select 'column', '"' || table_name || '"."' || column_name || '"', comment from duckdb_columns()
    where database_name = current_database() and schema_name = 'marts' and comment is not null
    order by all
"""


def publish_snapshot(connection: duckdb.DuckDBPyConnection) -> bool:
    """Replace the snapshot by the marts of this connection (the pipeline's warehouse, read-only is enough).

    False when the snapshot already is of this build. Readers that have the old file open keep reading it undisturbed.
    """
    public = get_settings().analyst_file
    (fingerprint,) = _one(connection, "select fingerprint from marts.builds")
    if fingerprint is not None and fingerprint == published_fingerprint(public):
        return False
    public.parent.mkdir(parents=True, exist_ok=True)
    partial = public.with_name(f".{public.name}.partial")
    partial.unlink(missing_ok=True)
    partial.with_name(partial.name + ".wal").unlink(missing_ok=True)
    _copy(connection, partial)
    partial.replace(public)
    return True


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


def _copy(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"attach {_quoted(path)} as snapshot (read_write)")
    try:
        connection.execute("create schema snapshot.marts")
        for (name,) in connection.execute(_TABLES).fetchall():
            connection.execute(f'create table snapshot.marts."{name}" as select * from marts."{name}"')
        for kind, name, comment in connection.execute(_COMMENTS).fetchall():
            connection.execute(f"comment on {kind} snapshot.marts.{name} is {_quoted(comment)}")
    finally:
        # Detaching checkpoints: the file is whole, with no write-ahead log beside it.
        connection.execute("detach snapshot")


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...]:
    return connection.execute(query).fetchone() or (None,)


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
