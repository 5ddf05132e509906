"""The same files with the same receipt times give the same marts, whatever order, sweeps and repetitions."""

import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.inbox import RECEIPTS_FILE
from ingestion.settings import get_settings
from samples import write_demonstration_year
from tests.stages import DBT, WITHOUT_TESTS, run

AS_OF = "2021-03-20T00:00+08:00"
MONTHS = ["2021-01", "2021-02"]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of the demonstration year; one of its files is wrong and sent again."""
    folder = tmp_path_factory.mktemp("staged")
    write_demonstration_year(folder, MONTHS)
    return folder


def marts_after(home: Path, staged: Path, sweeps: list[list[Path]]) -> dict[str, list[tuple]]:
    """Every mart after the given files were dropped sweep by sweep; what a build itself is, is left out."""
    inbox = home / "inbox"
    inbox.mkdir(parents=True)
    shutil.copy(staged / RECEIPTS_FILE, inbox)
    settings = {"YIBIAO_TRUST_RECEIPTS": "1"}
    for files in sweeps:
        for file in files:
            target = inbox / file.relative_to(staged)
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(file, target)
        run(sys.executable, "-m", "ingestion", "--as-of", AS_OF, home=home, **settings)
        run(sys.executable, "-m", "expectations", home=home, **settings)
    target = ["--target-path", home / "dbt_target", "--log-path", home / "dbt_target"]
    run(DBT, "build", *WITHOUT_TESTS, *target, home=home, folder=get_settings().dbt_project, **settings)
    with duckdb.connect(str(home / "warehouse" / "pipeline.duckdb"), read_only=True) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
            ).fetchall()
        ]
        return {name: connection.execute(f"select * from marts.{name} order by all").fetchall() for name in names}


def test_order_and_sweeps_and_repetitions_do_not_matter(staged: Path, tmp_path: Path) -> None:
    files = sorted(path for path in staged.rglob("*") if path.is_file() and path.name != RECEIPTS_FILE)
    backwards = list(reversed(files))
    at_once = marts_after(tmp_path / "at_once", staged, [files])
    in_parts = marts_after(
        tmp_path / "in_parts", staged, [backwards[::3], backwards[1::3] + files[:5], backwards[2::3]]
    )
    assert len(at_once) > 10
    assert {name: len(rows) for name, rows in in_parts.items()} == {name: len(rows) for name, rows in at_once.items()}
    assert [name for name in at_once if at_once[name] != in_parts[name]] == []
