"""The pipeline's warehouse: who may open it, and the raw tables that submissions land in."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars
from filelock import FileLock

from ingestion.contract import COVER_COLUMNS, HEAD_COLUMNS, ITEM_COLUMNS, NUMBER_COLUMNS, TASK_COLUMNS, Column
from ingestion.settings import Settings, get_settings

NUMBER_TYPE = "decimal(24, 6)"
_POLARS_TYPES: dict[str, polars.DataType] = {
    "VARCHAR": polars.String(),
    "INTEGER": polars.Int32(),
    "BOOLEAN": polars.Boolean(),
    "DATE": polars.Date(),
    "TIMESTAMP": polars.Datetime("us"),
    "DECIMAL(24,6)": polars.Decimal(24, 6),
}

_NUMBER_COLUMNS_DDL = ",\n".join(
    f"    {column.name} {NUMBER_TYPE}, {column.name}_text varchar, {column.name}_cell varchar"
    for column in NUMBER_COLUMNS
)
_HEAD_SHEETS_DDL = ", ".join(f"{column.name}_sheet varchar" for column in HEAD_COLUMNS)
_COVER_DDL = ", ".join(f"{column.name} varchar" for column in COVER_COLUMNS)


def _ledger_ddl(columns: tuple[Column, ...]) -> str:
    """Text and cell of each column, and the day that a text means."""
    return ",\n".join(
        f"    {column.name}_text varchar, {column.name}_cell varchar"
        + (f", {column.name} date" if column.type == "date" else "")
        for column in columns
    )


RAW_TABLES: dict[str, str] = {
    "receipts": """
    receipt_id varchar primary key, sha256 varchar not null, file_name varchar not null, folder_name varchar,
    folder_reporter_id varchar, received_at timestamp not null, modified_at timestamp not null, source varchar not null,
    problem_code varchar, problem varchar, drop_id varchar not null""",
    "tables": f"""
    table_id varchar primary key, receipt_id varchar not null, sheet varchar, programme_text varchar,
    reporter_text varchar, period_text varchar, programme_cell varchar, reporter_cell varchar, period_cell varchar,
    programme_id varchar, reporter_id varchar, period varchar, is_sample boolean not null,
    {_HEAD_SHEETS_DDL},
    {_COVER_DDL}""",
    "reported_values": f"""
    table_id varchar not null, receipt_id varchar not null, sheet varchar, row_number integer not null,
    indicator_text varchar, indicator_cell varchar, indicator_id varchar,
{_NUMBER_COLUMNS_DDL},
    note varchar, unit_text varchar, unit_cell varchar""",
    "reported_tasks": f"""
    table_id varchar not null, receipt_id varchar not null, sheet varchar, row_number integer not null,
    task_id varchar,
{_ledger_ddl(TASK_COLUMNS)}""",
    "reported_items": f"""
    table_id varchar not null, receipt_id varchar not null, sheet varchar, row_number integer not null,
    item_kind varchar not null, item_key varchar, indicator_id varchar,
{_ledger_ddl(ITEM_COLUMNS)}""",
    "judgements": """
    receipt_id varchar primary key, verdict varchar not null, accepted_at timestamp, rules_sha256 varchar not null""",
    "unannounced_months": """
    period varchar not null""",
    "findings": """
    receipt_id varchar not null, table_id varchar, programme_id varchar, reporter_id varchar, period varchar,
    rule_id varchar not null, severity varchar not null, sheet varchar, row_number integer, column_label varchar,
    cell varchar, found varchar, expected varchar, message varchar not null, waived_by varchar, waiver_reason varchar,
    known_from_at timestamp not null, known_until_at timestamp""",
    "periods": """
    programme_id varchar not null, cadence varchar not null, period varchar not null, period_label varchar not null,
    first_month date not null, last_month date not null, last_date date not null, month_count integer not null,
    previous_period varchar, due_at timestamp not null, no_new_at timestamp, no_edits_at timestamp,
    is_calendar_known boolean not null""",
    "task_reporters": """
    programme_id varchar not null, task_id varchar not null, reporter_id varchar not null, first_month date not null,
    last_month date not null""",
    "runs": """
    as_of_at timestamp not null, effective_as_of_at timestamp not null, registry_sha256 varchar not null,
    fingerprint varchar not null, standing_sha256 varchar, is_complete boolean not null""",
    "built_periods": """
    period varchar not null, fingerprint varchar not null""",
}


def writer_lock(settings: Settings | None = None) -> FileLock:
    """The lock that whoever opens the pipeline's warehouse holds; others wait for it instead of failing.

    One object a process, so that a caller who holds it may open the warehouse again inside.
    """
    path = (settings or get_settings()).pipeline_file.with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path, is_singleton=True)


@contextmanager
def open_warehouse(read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the pipeline's warehouse under the writer lock. A writer finds schema `raw` complete."""
    settings = get_settings()
    with writer_lock(settings), duckdb.connect(str(settings.pipeline_file), read_only=read_only) as connection:
        connection.execute("set TimeZone = 'UTC'")
        if not read_only:
            create_raw(connection)
        yield connection


def create_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """Create schema raw and its tables where they are missing, and the columns that an older warehouse lacks.

    What was landed before such a column existed has none of it; delete the warehouse to land everything anew. An older
    raw.periods is made anew, as every run writes its rows anew.
    """
    connection.execute("create schema if not exists raw")
    connection.execute(f"create or replace temporary table expected_periods ({RAW_TABLES['periods']})")
    if _columns(connection, "raw.periods") != _columns(connection, "expected_periods"):
        connection.execute("drop table if exists raw.periods")
    for name, columns in RAW_TABLES.items():
        connection.execute(f"create table if not exists raw.{name} ({columns})")
        _add_missing_columns(connection, name, columns)


def _add_missing_columns(connection: duckdb.DuckDBPyConnection, name: str, columns: str) -> None:
    """A column that came later is added with its type; rows that were landed before have no value in it."""
    connection.execute(f"create or replace temp table wanted ({columns})")
    known = {row[0] for row in connection.execute(f"describe raw.{name}").fetchall()}
    for column, column_type, *_ in connection.execute("describe temp.wanted").fetchall():
        if column not in known:
            connection.execute(f"alter table raw.{name} add column {column} {column_type}")
    connection.execute("drop table temp.wanted")


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Names and types of a table's columns; empty where there is no such table."""
    try:
        described = connection.execute(f"describe {table}").fetchall()
    except duckdb.CatalogException:
        return []
    return [(name, type_name) for name, type_name, *_ in described]


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All statements inside, or none of them."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, object]]) -> None:
    """Append rows to raw.<table>; every row has the same keys, which are column names of that table."""
    if not rows:
        return
    types = _polars_types(connection, table)
    frame = polars.DataFrame(rows, schema={column: types[column] for column in rows[0]}, orient="row")
    connection.register("new_rows", frame.to_arrow())
    connection.execute(f"insert into raw.{table} by name select * from new_rows")
    connection.unregister("new_rows")


def _polars_types(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, polars.DataType]:
    """Polars' type for each column of raw.<table>, so that an empty column keeps its type."""
    return {name: _POLARS_TYPES[type_name] for name, type_name in _columns(connection, f"raw.{table}")}
