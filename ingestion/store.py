"""The pipeline's warehouse: who may open it, and the raw tables that submissions land in."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars
from filelock import FileLock

from ingestion.access import PRIVATE_FILE, make_folder
from ingestion.contract import COVER_COLUMNS, HEAD_COLUMNS, ITEM_COLUMNS, NUMBER_COLUMNS, TASK_COLUMNS, Column
from ingestion.errors import HomeError, WarehouseBusy
from ingestion.full_disk import naming_a_full_disk
from ingestion.settings import Settings, get_settings

logger = logging.getLogger(__name__)

# How long to wait for a program that opened the warehouse without asking for the writer lock: a shell, a viewer.
PATIENCE_SECONDS = 60.0
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
    make_folder(path.parent)
    # Whoever may open a lock file could hold it for ever.
    return FileLock(path, mode=PRIVATE_FILE, is_singleton=True)


@contextmanager
def open_warehouse(read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the pipeline's warehouse under the writer lock. A writer finds schema `raw` complete.

    DiskFull, wherever in the block nothing more could be written; WarehouseBusy, when another program keeps the file.
    """
    settings = get_settings()
    with naming_a_full_disk(settings.home), writer_lock(settings), _connect(settings, read_only) as connection:
        connection.execute("set TimeZone = 'UTC'")
        if not read_only:
            create_raw(connection)
        yield connection


def _connect(settings: Settings, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection; waits a while for a program that does not know of the writer lock."""
    if not (read_only or settings.pipeline_file.exists()):
        _create(settings.pipeline_file)
    started = time.monotonic()
    is_told = False
    while True:
        try:
            return duckdb.connect(str(settings.pipeline_file), read_only=read_only)
        except duckdb.IOException as error:
            holder = str(error)
            if "not a valid DuckDB database" in holder:
                raise HomeError(
                    f"{settings.pipeline_file} 不是完好的数据仓库：{holder}\n"
                    "它可以由档案、登记和登记册重建：运行 make rebuild ACCEPT=1，原来的文件另存"
                ) from error
            if "lock on file" not in holder:
                raise
            if time.monotonic() - started >= PATIENCE_SECONDS:
                raise WarehouseBusy(
                    f"{settings.pipeline_file} 正被别的程序打开，等了 {PATIENCE_SECONDS:.0f} 秒仍未放开：{holder}\n"
                    f"请关闭该程序后重新运行；查询请打开 {settings.analyst_file}，它不妨碍任何人"
                ) from error
        if not is_told:
            logger.warning("%s 正被别的程序打开，等它关闭：%s", settings.pipeline_file, holder)
            is_told = True
        time.sleep(0.2)


def _create(path: Path) -> None:
    """An empty warehouse, which appears whole: a file whose first page was cut short could never be opened again."""
    fresh = path.with_name(f".{path.name}.fresh")
    # A write-ahead log whose warehouse was deleted is of another warehouse.
    for leftover in (fresh, *(file.with_name(f"{file.name}.wal") for file in (fresh, path))):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(fresh)) as connection:
        connection.execute("checkpoint")
    # For this user alone, whatever the umask.
    fresh.chmod(PRIVATE_FILE)
    fresh.rename(path)


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
