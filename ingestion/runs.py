"""What a build is made from: the as-of time, written down in raw.runs, and one fingerprint of all inputs.

Two as-of times between which nothing was received, decided or registered lead to one effective as-of, so to one build.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb

from ingestion.calendar import programme_periods
from ingestion.owing import task_reporters
from ingestion.periods import end_of_day
from ingestion.registry import Registry, column_types, load_registry
from ingestion.settings import get_settings
from ingestion.store import insert_rows, open_warehouse, transaction

_SUBMITTED = ("receipts", "tables", "reported_values", "reported_tasks", "reported_items")
# Where on a disk a file lay decides nothing: the same files received at the same times are one build anywhere.
_NO_INPUT = {"receipts": "exclude (drop_id)"}
_JUDGED = ("judgements", "findings")
_CODE_PATTERNS = ("*.yml", "models/**/*", "macros/**/*", "tests/**/*")


@dataclass(frozen=True)
class Run:
    """The inputs of a build in one hash, and whether the marts were already built from exactly these.

    `standing_sha256` is of the inputs that no month brings: where it changed, every period is calculated anew.
    """

    fingerprint: str
    standing_sha256: str
    is_built: bool


def record_run(connection: duckdb.DuckDBPyConnection, registry: Registry, as_of: datetime) -> Run:
    """Write down as-of (aware), registry, periods and who reports on which task; the next build reads all from raw."""
    effective = effective_as_of(connection, registry, as_of)
    standing_sha256 = _standing_sha256(registry)
    fingerprint = _fingerprint(connection, standing_sha256, effective)
    built = connection.execute("select fingerprint from raw.runs where is_complete").fetchall()
    run = Run(fingerprint, standing_sha256, is_built=built == [(fingerprint,)])
    with transaction(connection):
        connection.execute("delete from raw.periods")
        insert_rows(connection, "periods", programme_periods(registry))
        connection.execute("delete from raw.task_reporters")
        insert_rows(connection, "task_reporters", task_reporters(registry))
        connection.execute("delete from raw.runs")
        insert_rows(
            connection,
            "runs",
            [
                {
                    "as_of_at": _naive(as_of),
                    "effective_as_of_at": _naive(effective),
                    "registry_sha256": registry.sha256,
                    "fingerprint": fingerprint,
                    "standing_sha256": standing_sha256,
                    "is_complete": run.is_built,
                }
            ],
        )
    return run


def refresh_run() -> None:
    """Write the fingerprint anew after judging, for the as-of that intake wrote down; nothing where it wrote none."""
    with open_warehouse() as connection:
        rows = connection.execute("select as_of_at from raw.runs").fetchall()
        for (as_of_at,) in rows:
            record_run(connection, load_registry(get_settings().registry), as_of_at.replace(tzinfo=UTC))


def effective_as_of(connection: duckdb.DuckDBPyConnection, registry: Registry, as_of: datetime) -> datetime:
    """The last moment not after `as_of` at which something was received, fell due, ended or changed in the registry."""
    received = connection.execute(
        "select max(received_at) from raw.receipts where received_at <= ?", [_naive(as_of)]
    ).fetchall()[0][0]
    moments = [moment for moment in _registered_moments(registry) if moment <= as_of]
    if received:
        moments.append(received.replace(tzinfo=UTC))
    return max(moments, default=as_of)


def _registered_moments(registry: Registry) -> set[datetime]:
    """Starts and ends of everything dated in the registry, ends of periods, due and closing times."""
    moments = set()
    for table, types in column_types().items():
        for column in [column for column, type_name in types.items() if type_name == "date"]:
            for row in registry.rows(table):
                if row[column]:
                    moments |= {end_of_day(date.fromisoformat(row[column]) - timedelta(days=n)) for n in (0, 1)}
    for row in programme_periods(registry):
        last_date = row["last_date"]
        assert isinstance(last_date, date)
        closings = (row["due_at"], row["no_new_at"], row["no_edits_at"])
        moments |= {end_of_day(last_date), *(at.replace(tzinfo=UTC) for at in closings if isinstance(at, datetime))}
    return moments


def _standing_sha256(registry: Registry) -> str:
    digest = hashlib.sha256(registry.sha256.encode())
    # A newer edition of the holiday calendar moves dates without a change of the registry.
    digest.update(repr(programme_periods(registry)).encode())
    project = get_settings().dbt_project
    for path in sorted({path for pattern in _CODE_PATTERNS for path in project.glob(pattern) if path.is_file()}):
        digest.update(path.relative_to(project).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _fingerprint(connection: duckdb.DuckDBPyConnection, standing_sha256: str, effective: datetime) -> str:
    digest = hashlib.sha256(f"{standing_sha256} {effective.isoformat()}".encode())
    for table in (*_SUBMITTED, *_JUDGED):
        content = connection.execute(
            "select count(*), coalesce(sum(hash(content)::hugeint), 0) "
            f"from (select * {_NO_INPUT.get(table, '')} from raw.{table}) as content"
        ).fetchall()
        digest.update(f"{table} {content}".encode())
    return digest.hexdigest()


def _naive(moment: datetime) -> datetime:
    """UTC without the mark, as the warehouse stores times."""
    return moment.astimezone(UTC).replace(tzinfo=None)
