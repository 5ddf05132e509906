"""What 清理 removes: old rows of Airflow's database, old files of its logs, what killed reproductions left behind.

Of the logs into which Airflow's processes write for as long as they live, it keeps the end.

Nothing else: submissions, archive, journal, returned tables, receipts, publications and snapshots are kept for ever.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ingestion.errors import YibiaoError
from ingestion.settings import get_settings
from operations.airflow_environment import database_address, database_file
from reports.reproduce import TEMPORARY_PREFIX

# Rows that hang on these go with them. Not on the list: triggers and DAGs, whose rows are old while they are in use
# (the watcher of the inbox is one), and versions of DAGs, which are few.
TABLES = (
    "dag_run", "job", "log", "asset_event", "partitioned_asset_key_log", "import_error", "revoked_token",
)  # fmt: skip
ROWS_AT_A_TIME = 5000
LEFTOVER_DAYS = 7
# The DAG processor alone writes some 10 MB a day.
MOST_PROCESS_LOG_BYTES = 100 * 2**20
_LEFTOVER = re.compile(re.escape(TEMPORARY_PREFIX) + r"\w{8}")
_BLOCKED = ("AIRFLOW__CORE__SQL_ALCHEMY_CONN", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC", "_AIRFLOW_PROCESS_CONTEXT")


class HousekeepingError(YibiaoError):
    """Airflow's database could not be cleaned; the text says why and what to do."""


@dataclass(frozen=True)
class Removed:
    """Files of the logs, process logs of which only the end was kept, folders of killed reproductions: how many."""

    log_files: int
    cut_logs: int
    leftovers: int


def cutoff(moment: datetime) -> datetime:
    """What is older than this is no longer kept, at a moment (aware)."""
    return moment - timedelta(days=get_settings().keep_days)


def clean_database(before: datetime) -> str:
    """Delete rows older than a moment (aware) with Airflow's own command; returns what it printed.

    Runs only where the address of the database is known: not in a task, from which Airflow keeps it. HousekeepingError
    where there is no database or the command fails; what it had deleted by then stays deleted.
    """
    settings = get_settings()
    file = database_file(settings)
    # SQLite would make an empty one, and Airflow find nothing to clean in it.
    if not settings.airflow_database.get_secret_value() and not file.is_file():
        raise HousekeepingError(f"没有 Airflow 的数据库 {file}；用其他数据库时请设 YIBIAO_AIRFLOW_DATABASE")
    environment = {name: value for name, value in os.environ.items() if name not in _BLOCKED}
    command = [
        sys.executable, "-m", "airflow", "db", "clean", "--clean-before-timestamp", before.isoformat(),
        "--tables", ",".join(TABLES), "--batch-size", str(ROWS_AT_A_TIME), "--skip-archive", "--yes",
        "--error-on-cleanup-failure",
    ]  # fmt: skip
    done = subprocess.run(
        command,
        env=environment | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database_address(settings)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise HousekeepingError(f"airflow db clean 失败（代码 {done.returncode}）：\n{done.stdout[-4000:]}")
    return done.stdout


def clean_files(moment: datetime) -> Removed:
    """Remove log files not written to since the cut-off, cut long process logs, remove leftovers of reproductions."""
    leftovers = list(_leftovers(Path(tempfile.gettempdir()), moment - timedelta(days=LEFTOVER_DAYS)))
    for folder in leftovers:
        shutil.rmtree(folder)
    logs = get_settings().airflow_logs
    return Removed(_clean_logs(logs, cutoff(moment)), _cut_process_logs(logs), len(leftovers))


def _clean_logs(logs: Path, before: datetime) -> int:
    """Deletes old files, and the folders of runs that this leaves empty; links are files here, and not followed."""
    count = 0
    for place, folders, files in os.walk(logs, topdown=False):
        here = Path(place)
        names = files + [name for name in folders if (here / name).is_symlink()]
        old = [here / name for name in names if _is_older(here / name, before)]
        for path in old:
            path.unlink()
        count += len(old)
        # The folders of a DAG or a process stay: a run that starts now makes its own folder in there.
        if here != logs and here.parent != logs and not any(here.iterdir()) and (old or folders):
            here.rmdir()
    return count


def _cut_process_logs(logs: Path) -> int:
    """The last half of what is allowed goes to `<name>.1`, in place of the one before; the file begins anew.

    It is emptied and not replaced: the process holds it open, and appends.
    """
    long = [path for path in sorted(logs.glob("*.log")) if path.stat().st_size > MOST_PROCESS_LOG_BYTES]
    for path in long:
        with path.open("rb") as file:
            file.seek(-MOST_PROCESS_LOG_BYTES // 2, os.SEEK_END)
            path.with_name(f"{path.name}.1").write_bytes(file.read())
        os.truncate(path, 0)
    return len(long)


def _leftovers(temporary: Path, before: datetime) -> Iterator[Path]:
    """Old folders of ours, by their name and owner."""
    for path in sorted(temporary.iterdir()):
        is_ours = _LEFTOVER.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
        if is_ours and path.stat().st_uid == os.getuid() and _is_older(path, before):
            yield path


def _is_older(path: Path, before: datetime) -> bool:
    return path.lstat().st_mtime < before.timestamp()
