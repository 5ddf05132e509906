"""The stages as a person at a shell would run them, each as its own process, on a data folder of the test's own."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from ingestion.contract import CSV_HEADER
from ingestion.settings import ROOT, get_settings

DBT = Path(sys.executable).with_name("dbt")
LEFT_BY_BUILDS = {"registry", "registry.new", "target", "logs", ".build.lock"}


def run(*command: str | Path, home: Path, folder: Path = ROOT, **environment: str) -> str:
    """Run a command and return what it printed; a failing command fails the test with its output."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=os.environ | {"YIBIAO_HOME": str(home), "PYTHONPATH": str(ROOT), "DO_NOT_TRACK": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert result.returncode == 0, f"{' '.join(map(str, command))}\n{result.stdout[-6000:]}"
    return result.stdout


WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
WITHOUT_TESTS = (*WITHOUT_UNIT_TESTS, "--exclude-resource-type", "test")


def run_stages(
    home: Path, as_of: str | None = None, excluded: tuple[str, ...] = WITHOUT_UNIT_TESTS, **environment: str
) -> str:
    """Intake, judging, calculating: everything before publication, which asks that no test of the data was left out."""
    as_of_option = ["--as-of", as_of] if as_of else []
    target = ["--target-path", home / "dbt_target", "--log-path", home / "dbt_target"]
    return "".join(
        (
            run(sys.executable, "-m", "ingestion", *as_of_option, home=home, **environment),
            run(sys.executable, "-m", "expectations", home=home, **environment),
            run(DBT, "build", *excluded, *target, home=home, folder=get_settings().dbt_project, **environment),
        )
    )


def copy_dbt_project(folder: Path) -> Path:
    """A copy of the dbt project for builds of its own: a project holds one copy of a registry at a time."""
    project = get_settings().dbt_project
    return shutil.copytree(project, folder, ignore=lambda path, _: LEFT_BY_BUILDS if Path(path) == project else set())


def registry_that_never_closes(folder: Path) -> Path:
    """A copy of the registry for files that are received today for a month of 2021: none of its months closes."""
    shutil.copytree(ROOT / "dbt_project" / "seeds", folder)
    path = folder / "reporting_calendar.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"no_new_workdays": "", "no_edits_workdays": ""} for row in rows)
    return folder


def publish(home: Path, cadence: str, period: str, **environment: str) -> str:
    """Publish one notice for every programme that has it."""
    command = (sys.executable, "-m", "reports", "publish", "--cadence", cadence, "--period", period)
    return run(*command, home=home, **environment)


def query(home: Path, sql: str) -> list[tuple]:
    """Rows of the pipeline's warehouse."""
    with duckdb.connect(str(home / "warehouse" / "pipeline.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def write_submission(path: Path, rows: list[dict[str, str]]) -> None:
    """A CSV in the long form; missing columns are blank."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, CSV_HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
