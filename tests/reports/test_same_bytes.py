"""The same inputs give the same bytes in every file, whatever process makes them and where it runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ingestion.settings import ROOT
from tests.reports.factories import MONTH, MONTHLY, correct_one_reporter
from tests.reports.test_differences import LEDGERS, SCORES, execute
from tests.reports.test_publishing import contents

PROCESSES = (
    {"PYTHONHASHSEED": "1", "TZ": "America/New_York", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
)


def published_by(home: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "reports", "publish", "--cadence", MONTHLY, "--period", MONTH]
    settings = {"YIBIAO_HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=os.environ | settings | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_processes_publish_the_same_bytes_parquet_and_index_included(
    pristine_warehouse: Path, tmp_path: Path
) -> None:
    published = []
    for number, environment in enumerate(PROCESSES):
        home = tmp_path / f"home-{number}"
        (home / "warehouse").mkdir(parents=True)
        warehouse = Path(shutil.copy(pristine_warehouse, home / "warehouse" / "pipeline.duckdb"))
        execute(warehouse, *SCORES, *LEDGERS)
        published_by(home, environment)
        correct_one_reporter(warehouse)
        published_by(home, environment)
        published.append(contents(home / "published"))
    first, second = published
    assert [name for name in first if first[name] != second.get(name)] == []
    assert first.keys() == second.keys()
    endings = {name.rpartition(".")[2] for name in first}
    assert endings == {"html", "xlsx", "docx", "pdf", "parquet", "json"}
    assert len([name for name in first if name.endswith(".parquet")]) > 40
