"""The warehouse is rebuilt from archive, journal and registry, compared cell by cell, and replaced only when equal."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import ROOT
from operations.mart_comparison import MartComparison, compare_marts, keys_of
from operations.rebuild import RebuildError, last_run, report_of, settle
from tests.reports.factories import create_warehouse, execute, rows_of

NOW = datetime(2026, 11, 22, 13, 15, tzinfo=UTC)
KEYS = keys_of(ROOT / "dbt_project")


def compare(tmp_path: Path, *statements: str) -> dict[str, MartComparison]:
    """The small case against itself after some statements; what differs, by mart."""
    before = create_warehouse(tmp_path / "before" / "pipeline.duckdb")
    (tmp_path / "after").mkdir()
    after = Path(shutil.copy(before, tmp_path / "after" / "pipeline.duckdb"))
    execute(after, *statements)
    marts = compare_marts(before, after, KEYS, tmp_path / "compared")
    return {mart.mart: mart for mart in marts if not mart.is_equal}


def test_every_mart_with_a_key_is_held_together_by_it() -> None:
    assert KEYS["indicator_progress"] == ("programme_id", "reporter_id", "indicator_id", "period")
    assert KEYS["receipts"] == ("receipt_id",)


def test_a_fingerprint_alone_is_no_difference(tmp_path: Path) -> None:
    assert compare(tmp_path, "update marts.builds set fingerprint = 'another'") == {}


def test_cells_and_rows_that_differ_are_counted_and_shown(tmp_path: Path) -> None:
    key = "where reporter_id = 'jia' and indicator_id = 'enterprises'"
    unlike = compare(
        tmp_path,
        f"update marts.indicator_progress set cumulative_value = null, light = 'x' {key}",
        "delete from marts.indicator_progress where reporter_id = 'yi' and indicator_id = 'stock'",
        "drop table marts.movers",
        "create table marts.newer as select 1 as number",
        "alter table marts.periods add column extra integer",
    )
    assert sorted(unlike) == ["indicator_progress", "movers", "newer", "periods"]
    progress = unlike["indicator_progress"]
    assert (progress.changed, progress.only_before, progress.only_after) == (1, 1, 0)
    assert progress.cells == {"light": 1, "cumulative_value": 1}
    (row,) = [
        row
        for row in rows_of("indicator_progress")
        if (row["reporter_id"], row["indicator_id"]) == ("jia", "enterprises")
    ]
    key = "pilot jia enterprises 2021-03"
    assert set(progress.examples) == {
        f"{key} cumulative_value：原库 {row['cumulative_value']}.000000，重建 空",
        f"{key} light：原库 {row['light']}，重建 x",
    }
    assert progress.line.startswith("indicator_progress：原库 19 行，重建 18 行；1 行不同，1 行只在原库（")
    assert unlike["movers"].line.endswith("重建没有这张表") and unlike["periods"].columns == ("extra",)


def test_without_a_key_whole_rows_are_compared(tmp_path: Path) -> None:
    builds = compare(tmp_path, "update marts.builds set as_of_at = '2021-01-01'")["builds"]
    assert (builds.only_before, builds.only_after, builds.changed) == (1, 1, 0)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """An old warehouse and a rebuilt one, told apart by their fingerprints."""
    old = create_warehouse(tmp_path / "home" / "pipeline.duckdb")
    fresh = create_warehouse(tmp_path / "workshop" / "pipeline.duckdb")
    execute(fresh, "update marts.builds set fingerprint = 'rebuilt'")
    return old, fresh


def fingerprint(path: Path) -> str:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select fingerprint from marts.builds").fetchall()[0][0]


EQUAL, UNLIKE = MartComparison("a", 1, 1), MartComparison("b", 1, 1, changed=1)


def test_what_is_equal_takes_the_place_and_nothing_is_left_behind(two: tuple[Path, Path]) -> None:
    old, fresh = two
    rebuilt = settle(old, fresh, [EQUAL], NOW, False, [])
    assert (rebuilt.is_replaced, rebuilt.left, fingerprint(old)) == (True, None, "rebuilt")
    assert [path.name for path in old.parent.iterdir()] == ["pipeline.duckdb"]
    assert old.stat().st_mode & 0o777 == 0o600


def test_what_differs_replaces_nothing_and_is_left_to_look_at(two: tuple[Path, Path]) -> None:
    old, fresh = two
    rebuilt = settle(old, fresh, [EQUAL, UNLIKE], NOW, False, ["因为"])
    assert (rebuilt.is_replaced, fingerprint(old)) == (False, "build-1")
    assert rebuilt.left == old.with_name("pipeline.rebuilt.duckdb") and fingerprint(rebuilt.left) == "rebuilt"
    lines = report_of(rebuilt)
    assert lines[1].startswith("b：") and "因为" in lines and "没有更换" in lines[-1]


def test_what_differs_and_is_accepted_replaces_and_the_old_one_is_kept_under_its_date(two: tuple[Path, Path]) -> None:
    old, fresh = two
    again = Path(shutil.copy(fresh, fresh.with_name("again.duckdb")))
    rebuilt = settle(old, fresh, [UNLIKE], NOW, True, [])
    assert (rebuilt.is_replaced, fingerprint(old)) == (True, "rebuilt")
    assert rebuilt.left == old.with_name("pipeline-20261122T131500Z.duckdb") and fingerprint(rebuilt.left) == "build-1"
    with pytest.raises(RebuildError, match="已经存在"):
        settle(old, again, [UNLIKE], NOW, True, [])


def test_a_log_of_the_old_file_is_not_taken_for_one_of_the_new(two: tuple[Path, Path]) -> None:
    old, fresh = two
    log = old.with_name("pipeline.duckdb.wal")
    log.write_bytes(b"of the old file")
    rebuilt = settle(old, fresh, [], NOW, True, [])
    assert fingerprint(old) == "rebuilt" and not log.exists()
    assert rebuilt.left is not None
    assert rebuilt.left.with_name(f"{rebuilt.left.name}.wal").read_bytes() == b"of the old file"


def test_a_warehouse_that_cannot_be_opened_is_replaced_only_when_accepted(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.duckdb"
    assert last_run(path, False) is None
    path.write_bytes(b"no database")
    with pytest.raises(RebuildError, match="打不开"):
        last_run(path, False)
    assert last_run(path, True) is None
