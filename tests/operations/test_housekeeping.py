"""What 清理 removes from folders, and what it says where it can't clean the database.

That rows go is shown on a running Airflow, in test_airflow_quarter.py.
"""

import hashlib
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from ingestion.settings import Settings, get_settings
from operations.airflow_environment import airflow_environment
from operations.housekeeping import LEFTOVER_DAYS, TABLES, HousekeepingError, clean_database, clean_files, cutoff
from reports.reproduce import TEMPORARY_PREFIX

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KEPT = (
    "inbox/jiangan/a.xlsx", "archive/a.xlsx", "archive/journal/receipts.jsonl", "archive/.x.partial", "returned/a.xlsx",
    "receipts/a.html", "templates/a.xlsx", "published/2021-03/n/v1/notice.html", "published/.v1.partial/notice.html",
    "provisional/2021-03/notice.html", "reminders/2021-03-01.csv", "warehouse/pipeline.duckdb",
    "warehouse/snapshots/analyst-2021.duckdb", "airflow/airflow.db", "airflow/passwords.json",
)  # fmt: skip


def write(path: Path, days: float) -> Path:
    """A file, last written so many days before NOW."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.name, encoding="utf-8")
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))
    return path


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_old_log_files_go_with_their_folders_and_everything_else_stays(home, temporary):
    for name in KEPT:
        write(home.home / name, days=4000)
    logs, days = home.airflow_logs, home.keep_days
    young = [
        write(logs / "dag_id=intake" / "run_id=young" / "attempt=1.log", days - 1),
        write(logs / "scheduler.log", 0),
        write(logs / "dag_id=intake" / "run_id=mixed" / "attempt=2.log", days - 1),
    ]
    kept = hashes(home.home)
    write(logs / "dag_id=intake" / "run_id=old" / "task_id=sweep" / "attempt=1.log", days + 1)
    write(logs / "dag_id=intake" / "run_id=mixed" / "attempt=1.log", days + 1)
    write(logs / "dag_processor" / "2020-01-01" / "intake.py.log", days + 1)
    assert clean_files(NOW).log_files == 3
    assert hashes(home.home) == kept and all(path.exists() for path in young)
    assert not (logs / "dag_id=intake" / "run_id=old").exists()
    assert not (logs / "dag_processor" / "2020-01-01").exists()
    # An empty folder of a DAG stays: a run that starts at this moment makes its own in there.
    assert (logs / "dag_processor").is_dir()


def test_links_in_the_logs_are_removed_and_not_followed(home, temporary, tmp_path):
    outside = write(tmp_path / "outside" / "file.log", 5000)
    home.airflow_logs.mkdir(parents=True)
    link = home.airflow_logs / "latest"
    link.symlink_to(outside.parent, target_is_directory=True)
    os.utime(link, (0, 0), follow_symlinks=False)
    assert clean_files(NOW).log_files == 1
    assert outside.exists() and not link.is_symlink()


def test_a_long_log_of_a_process_that_still_writes_keeps_its_end(home, temporary, monkeypatch):
    monkeypatch.setattr("operations.housekeeping.MOST_PROCESS_LOG_BYTES", 100)
    write(home.airflow_logs / "triggerer.log", 0)
    long = home.airflow_logs / "scheduler.log"
    with long.open("ab", buffering=0) as process:
        process.write(b"a" * 100 + b"b" * 50)
        assert clean_files(NOW).cut_logs == 1
        process.write(b"c")
    assert long.read_bytes() == b"c"
    assert long.with_name("scheduler.log.1").read_bytes() == b"b" * 50
    assert (home.airflow_logs / "triggerer.log").read_text() == "triggerer.log"
    assert clean_files(NOW).cut_logs == 0


def test_only_old_folders_of_killed_reproductions_are_removed(home, temporary):
    names = [f"{TEMPORARY_PREFIX}abcd_123", f"{TEMPORARY_PREFIX}young000", f"{TEMPORARY_PREFIX}by-hand", "yibiao-data"]
    for name in names:
        write(temporary / name / "home" / "x", LEFTOVER_DAYS + 1)
        moment = (NOW - timedelta(days=0 if "young" in name else LEFTOVER_DAYS + 1)).timestamp()
        os.utime(temporary / name, (moment, moment))
    write(temporary / f"{TEMPORARY_PREFIX}file0000", LEFTOVER_DAYS + 1)
    assert clean_files(NOW).leftovers == 1
    assert {path.name for path in temporary.iterdir()} == {*names[1:], f"{TEMPORARY_PREFIX}file0000"}


def test_a_database_that_is_not_there_is_an_error_and_is_not_made(home):
    with pytest.raises(HousekeepingError, match="YIBIAO_AIRFLOW_DATABASE"):
        clean_database(NOW)
    assert not home.airflow_home.exists()


def test_how_long_is_set_and_never_shorter_than_a_run_may_wait(home, monkeypatch):
    assert cutoff(NOW) == NOW - timedelta(days=home.keep_days)
    monkeypatch.setenv("YIBIAO_KEEP_DAYS", "500")
    get_settings.cache_clear()
    assert cutoff(NOW) == NOW - timedelta(days=500)
    monkeypatch.setenv("YIBIAO_KEEP_DAYS", "30")
    with pytest.raises(ValidationError, match="YIBIAO_KEEP_DAYS 是 30，至少应为 31"):
        Settings()


def test_the_tables_are_ones_that_airflow_cleans_and_none_whose_rows_are_old_while_in_use():
    from airflow.utils.db_cleanup import _effective_table_names, config_dict

    assert set(TABLES) <= set(config_dict)
    names, _ = _effective_table_names(table_names=list(TABLES))
    assert set(names) & {"trigger", "dag", "dag_version"} == set()


def test_airflow_and_its_cleaning_share_the_address_of_the_database_and_secrets_reach_the_tasks(home, monkeypatch):
    assert airflow_environment(home, 1)["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith("sqlite:///")
    address = "postgresql+psycopg2://airflow:secret@127.0.0.1/airflow"
    monkeypatch.setenv("YIBIAO_AIRFLOW_DATABASE", address)
    monkeypatch.setenv("YIBIAO_NOTIFY_URLS", "json://user:secret@127.0.0.1/")
    environment = airflow_environment(Settings(), 1)
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == environment["YIBIAO_AIRFLOW_DATABASE"] == address
    assert environment["YIBIAO_NOTIFY_URLS"] == "json://user:secret@127.0.0.1/"
