"""The analysts' snapshot: whole, replaced at once, never in a reader's way."""

import subprocess
import sys
from pathlib import Path

import duckdb

from ingestion.settings import Settings
from ingestion.store import open_warehouse
from reports.snapshot import publish_snapshot
from tests.reports.factories import contract, execute

READER = """
import duckdb, sys
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    query = "select fingerprint from marts.builds"
    print(connection.execute(query).fetchone()[0], flush=True)
    sys.stdin.readline()
    print(connection.execute(query).fetchone()[0], flush=True)
"""


def publish_now() -> bool:
    with open_warehouse(read_only=True) as connection:
        return publish_snapshot(connection)


def test_snapshot_holds_every_mart_and_nothing_lies_beside_it(warehouse: Path, settings: Settings) -> None:
    execute(warehouse, "comment on column marts.builds.fingerprint is '全部输入的''指纹'''")
    assert publish_now()
    with duckdb.connect(str(settings.analyst_file), read_only=True) as connection:
        tables = {
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
        }
        assert tables == set(contract())
        assert connection.execute("select count(*) from marts.indicator_progress").fetchone() == (19,)
        comment = "select comment from duckdb_columns() where table_name = 'builds' and column_name = 'fingerprint'"
        assert connection.execute(comment).fetchone() == ("全部输入的'指纹'",)
    assert {p.name for p in settings.analyst_file.parent.iterdir()} == {
        "pipeline.duckdb",
        "pipeline.lock",
        "analyst.duckdb",
    }


def test_snapshot_of_the_same_build_is_left_alone(warehouse: Path, settings: Settings) -> None:
    publish_now()
    inode = settings.analyst_file.stat().st_ino
    assert not publish_now()
    assert settings.analyst_file.stat().st_ino == inode


def test_snapshot_is_replaced_while_a_reader_holds_the_old_one_open(warehouse: Path, settings: Settings) -> None:
    publish_now()
    command = [sys.executable, "-c", READER, str(settings.analyst_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline().strip() == "build-1"
        execute(warehouse, "update marts.builds set fingerprint = 'build-2'")
        assert publish_now()
        fresh = subprocess.run(command, input="\n", capture_output=True, text=True, check=True)
        assert fresh.stdout.split() == ["build-2", "build-2"]
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline().strip() == "build-1"


def test_broken_snapshot_is_replaced(warehouse: Path, settings: Settings) -> None:
    settings.analyst_file.write_bytes(b"no database")
    assert publish_now()
    with duckdb.connect(str(settings.analyst_file), read_only=True) as connection:
        assert connection.execute("select fingerprint from marts.builds").fetchone() == ("build-1",)
