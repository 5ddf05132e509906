"""Makes the past of one DAG older than it is, in Airflow's database and logs, and says what is left of everything."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingestion.settings import Settings

OLD_DAYS = 500
# The running Airflow writes here; of the warehouse an intake by the clock may be at work.
_MOVING = ("airflow", "warehouse")


@dataclass(frozen=True)
class Traces:
    """Runs, log files and asset events, old and young, and the data by their hash."""

    old_runs: set[str]
    young_runs: set[str]
    old_events: set[int]
    old_logs: set[Path]
    young_logs: set[Path]
    data: dict[str, str]


@contextmanager
def _database(settings: Settings) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(settings.airflow_home / "airflow.db", timeout=60)) as connection, connection:
        yield connection


def _is_old(path: Path, newest: float) -> bool:
    return newest - path.stat().st_mtime > (OLD_DAYS - 10) * 86400


def age(settings: Settings, dag_id: str) -> None:
    """Moves a DAG's runs, what they announced and their logs into the past, each run to a day of its own."""
    moved = f"strftime('%Y-%m-%d %H:%M:%f', {{}}, '-' || ({OLD_DAYS} + id) || ' days')"
    with _database(settings) as connection:
        column = moved.format("start_date")
        connection.execute(f"update dag_run set start_date = {column} where dag_id = ?", [dag_id])
        column = moved.format("timestamp")
        connection.execute(f"update asset_event set timestamp = {column} where source_dag_id = 'intake'")
    for path in (settings.airflow_logs / f"dag_id={dag_id}").rglob("*.log"):
        moment = path.stat().st_mtime - OLD_DAYS * 86400
        os.utime(path, (moment, moment))


def traces(settings: Settings) -> Traces:
    """What there is now."""
    old = f"datetime('now', '-{OLD_DAYS - 10} days')"
    with _database(settings) as connection:
        runs = dict(connection.execute(f"select run_id, start_date < {old} from dag_run where start_date is not null"))
        events = {row[0] for row in connection.execute(f"select id from asset_event where timestamp < {old}")}
    logs = {path for path in settings.airflow_logs.rglob("*.log") if path.is_file()}
    newest = max(path.stat().st_mtime for path in logs)
    old_logs = {path for path in logs if _is_old(path, newest)}
    data = {
        path.relative_to(settings.home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(settings.home.rglob("*"))
        if path.is_file() and path.relative_to(settings.home).parts[0] not in _MOVING
    }
    return Traces(
        old_runs={run for run, is_old in runs.items() if is_old},
        young_runs={run for run, is_old in runs.items() if not is_old},
        old_events=events,
        old_logs=old_logs,
        young_logs=logs - old_logs,
        data=data,
    )
