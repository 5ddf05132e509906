"""What the analysts' file holds besides the marts, what it leaves out, and what was published or known by a moment."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from ingestion.settings import ROOT, Settings
from ingestion.store import RAW_TABLES, open_warehouse
from reports.__main__ import application
from reports.as_published import FROZEN_AS, FROZEN_MARTS, as_published
from reports.dictionary import render_dictionary
from reports.errors import NoticeNotFound
from reports.manifest import Origin, build_manifest
from reports.notice import Edition
from reports.read import QUERIES
from reports.redaction import FREE_TEXT
from reports.snapshot import keep_snapshot, publish_snapshot
from reports.vintage import notice_folder, write_edition
from tests.reports.factories import (
    CONTRACTS,
    MONTH,
    MONTHLY,
    PROGRAMME,
    contract,
    correct_one_reporter,
    execute,
    result_of,
)

FIRST, SECOND = datetime(2021, 4, 20, tzinfo=UTC), datetime(2021, 5, 2, tzinfo=UTC)
WHO_FILLED_IN = (
    "insert into raw.tables (table_id, receipt_id, reporter_id, is_sample, filled_by, reviewed_by) "
    "values ('T1', 'R-jia', 'jia', false, '张三丰 13812345678', '李四'), ('T2', 'R-yi', 'yi', false, '王五', null)"
)


def snapshot(settings: Settings) -> duckdb.DuckDBPyConnection:
    with open_warehouse(read_only=True) as connection:
        publish_snapshot(connection)
    return duckdb.connect(str(settings.analyst_file), read_only=True)


def publish_edition(warehouse: Path, settings: Settings, version: int, as_of: datetime) -> None:
    """Freeze the marts as an edition, without its printed forms."""
    execute(warehouse, f"update marts.builds set as_of_at = '{as_of:%Y-%m-%d}'")
    result = result_of(warehouse)
    folder = notice_folder(settings.published, PROGRAMME, MONTH, MONTHLY) / f"v{version}"
    write_edition(folder, result, {}, build_manifest(result, Edition(version), Origin("test", 1, False)))


def rank_of_jia(moment: datetime) -> list[tuple[int, int]]:
    """Version and rank as published by the moment."""
    rows = as_published("indicator_rankings", moment).to_pylist()
    return [
        (row["version"], row["rank"])
        for row in rows
        if (row["reporter_id"], row["indicator_id"], row["scope"]) == ("jia", "enterprises", "overall")
    ]


@pytest.fixture
def two_editions(warehouse: Path, settings: Settings) -> Settings:
    """A notice published on 2021-04-20 and, corrected, again on 2021-05-02."""
    publish_edition(warehouse, settings, 1, FIRST)
    correct_one_reporter(warehouse)
    publish_edition(warehouse, settings, 2, SECOND)
    return settings


def test_the_marts_as_published_are_those_of_the_newest_edition_by_then(two_editions: Settings) -> None:
    assert rank_of_jia(FIRST) == rank_of_jia(datetime(2021, 5, 1, 23, 59, tzinfo=UTC)) == [(1, 2)]
    assert rank_of_jia(SECOND) == [(2, 1)]


def test_nothing_is_published_before_the_first_edition(two_editions: Settings) -> None:
    with pytest.raises(NoticeNotFound, match="还没有发布过通报"):
        as_published("indicator_rankings", datetime(2021, 4, 19, tzinfo=UTC))


@pytest.mark.parametrize("name", [".v2.partial", "v2.old"])
def test_what_is_no_edition_is_not_published(two_editions: Settings, name: str) -> None:
    folder = notice_folder(two_editions.published, PROGRAMME, MONTH, MONTHLY)
    (folder / "v2").rename(folder / name)
    assert rank_of_jia(SECOND) == [(1, 2)]


def test_a_mart_that_no_notice_holds_is_refused_by_name(two_editions: Settings) -> None:
    with pytest.raises(NoticeNotFound, match="没有“raw.tables”这张表"):
        as_published("raw.tables", SECOND)


@pytest.mark.parametrize("mart", FROZEN_MARTS)
def test_every_frozen_table_is_found_under_the_name_of_its_mart(two_editions: Settings, mart: str) -> None:
    assert FROZEN_AS.get(mart, mart) in QUERIES
    frozen = result_of(two_editions.pipeline_file).tables[FROZEN_AS.get(mart, mart)]
    found = as_published(mart, SECOND)
    assert found.column_names[5:] == frozen.column_names
    assert found.num_rows == frozen.num_rows


def test_the_file_itself_answers_what_was_published(two_editions: Settings) -> None:
    query = "select distinct version from as_published('indicator_rankings', '2021-05-01 00:00:00+08', folder := ?)"
    with snapshot(two_editions) as connection:
        assert connection.execute(query, [str(two_editions.published)]).fetchall() == [(1,)]


def test_the_command_writes_what_was_published(two_editions: Settings, tmp_path: Path) -> None:
    command = ["as-published", "--mart", "indicator_rankings", "--moment", "2021-05-01T00:00+08:00", "--out"]
    for out in (tmp_path / "rankings.csv", tmp_path / "rankings.parquet"):
        done = CliRunner().invoke(application, [*command, str(out)])
        assert done.exit_code == 0, done.output
        assert duckdb.sql(f"select distinct version from '{out}'").fetchall() == [(1,)]
    refused = CliRunner().invoke(application, [*command[:4], "2021-05-01", "--out", str(out)])
    assert refused.exit_code == 2
    assert "不是带时区的时间" in refused.output


def test_submissions_are_known_from_the_time_they_were_received(warehouse: Path, settings: Settings) -> None:
    execute(
        warehouse,
        "insert into marts.submission_versions (programme_id, reporter_id, period, receipt_id, verdict, "
        "version_number, is_counted, received_at) values "
        "('pilot', 'jia', '2021-03', 'R1', 'accepted', 1, false, '2021-04-06 01:00:00'), "
        "('pilot', 'jia', '2021-03', 'R2', 'returned', null, false, '2021-04-07 01:00:00'), "
        "('pilot', 'jia', '2021-03', 'R3', 'accepted', 2, true, '2021-04-08 01:00:00')",
    )
    known = "select receipt_id from submissions_known(?)"
    with snapshot(settings) as connection:
        assert connection.execute(known, ["2021-04-06 08:59:59+08:00"]).fetchall() == []
        assert connection.execute(known, ["2021-04-06 09:00:00+08:00"]).fetchall() == [("R1",)]
        assert connection.execute(known, ["2021-04-08 08:59:59+08:00"]).fetchall() == [("R1",)]
        assert connection.execute(known, ["2021-04-08 09:00:00+08:00"]).fetchall() == [("R3",)]


def test_targets_are_those_in_force_on_the_day(warehouse: Path, settings: Settings) -> None:
    execute(
        warehouse,
        "insert into marts.target_versions (target_id, document_id, indicator_id, value_low, valid_from, valid_to) "
        "values ('t', 'd', 'enterprises', 100, null, '2021-06-30'), ('t', 'd', 'enterprises', 120, '2021-07-01', null)",
    )
    with snapshot(settings) as connection:
        for day, value in (("2021-01-01", 100), ("2021-06-30", 100), ("2021-07-01", 120)):
            assert connection.execute("select value_low from targets_known(?)", [day]).fetchall() == [(value,)]


def test_views_travel_with_their_comments_and_read_the_files_own_marts(warehouse: Path, settings: Settings) -> None:
    execute(
        warehouse,
        "create schema views",
        'create view views.current_build as select b.fingerprint from "pipeline"."marts"."builds" as b',
        # Before the other one by its name.
        "create view views.a_newer as select fingerprint from pipeline.views.current_build",
        "comment on view views.current_build is '只有一行'",
        "comment on column views.current_build.fingerprint is '指纹'",
    )
    with snapshot(settings) as connection:
        assert connection.execute("select * from views.a_newer").fetchall() == [("build-1",)]
        comments = (
            "select comment from duckdb_views() where view_name = 'current_build' union all "
            "select comment from duckdb_columns() where table_name = 'current_build' order by all"
        )
        assert connection.execute(comments).fetchall() == [("只有一行",), ("指纹",)]
    # Under whatever name the file is attached.
    with duckdb.connect() as memory:
        memory.execute(f"attach '{settings.analyst_file}' as figures (read_only)")
        assert memory.execute("select * from figures.views.a_newer").fetchall() == [("build-1",)]


def test_no_mart_has_a_column_of_who_filled_in() -> None:
    cover = {"filled_by", "reviewed_by"}
    assert all(f"{column} varchar" in RAW_TABLES["tables"] for column in cover)
    paths = [*CONTRACTS, *sorted((ROOT / "dbt_project" / "models" / "views").glob("_*__models.yml"))]
    models = [model for path in paths for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]]
    columns = {(model["name"], column["name"]) for model in models for column in model["columns"]}
    assert len(columns) > 400
    assert {(mart, column) for mart, column in columns if column in cover} == set()
    assert {(mart, column) for mart, (_, texts) in FREE_TEXT.items() for column in texts} <= columns


def test_names_and_numbers_of_who_filled_in_stay_out_of_every_text(warehouse: Path, settings: Settings) -> None:
    text = "张三丰填，李四审，王五另报；电话13812345678、027-82812345，代码 914201000000000001，共 13812345 家"
    execute(warehouse, WHO_FILLED_IN, "delete from marts.task_progress", "delete from marts.ledger_items")
    for mart, (key, columns) in FREE_TEXT.items():
        value = "'R-jia'" if key == "receipt_id" else "'jia'"
        names = ", ".join(columns)
        execute(
            warehouse,
            f"delete from marts.{mart}",
            f"insert into marts.{mart} ({key}, {names}) select {value}, " + ", ".join(f"'{text}'" for _ in columns),
            f"insert into marts.{mart} ({key}, {names}) select 'nobody', " + ", ".join("null" for _ in columns),
        )
    left = "〔姓名略〕填，〔姓名略〕审，王五另报；电话〔电话略〕、〔电话略〕，代码 914201000000000001，共 13812345 家"
    with snapshot(settings) as connection:
        for mart, (_, columns) in FREE_TEXT.items():
            rows = connection.execute(f"select {', '.join(columns)} from marts.{mart} order by all").fetchall()
            assert rows == [(left,) * len(columns), (None,) * len(columns)], mart
        everything = "".join(str(connection.execute(f"select * from marts.{mart}").fetchall()) for mart in contract())
    assert "张三丰" not in everything and "13812345678" not in everything


def test_a_reporter_that_names_nobody_keeps_its_texts(warehouse: Path, settings: Settings) -> None:
    before = duckdb.connect(str(warehouse), read_only=True)
    with before:
        rows = before.execute("select * from marts.findings order by all").fetchall()
    assert rows
    with snapshot(settings) as connection:
        assert connection.execute("select * from marts.findings order by all").fetchall() == rows


def test_a_kept_snapshot_is_named_after_its_time_and_never_overwritten(warehouse: Path, settings: Settings) -> None:
    execute(warehouse, "update marts.builds set as_of_at = '2021-04-19 16:00:00'")
    first = keep_snapshot()
    content, inode = first.read_bytes(), first.stat().st_ino
    assert first == settings.kept_snapshots / "analyst-20210419T160000Z.duckdb"
    assert first.stat().st_mode & 0o777 == 0o444
    assert keep_snapshot() == first
    execute(warehouse, "update marts.builds set fingerprint = 'build-2'")
    second = keep_snapshot()
    assert second.name == "analyst-20210419T160000Z-2.duckdb"
    assert (first.read_bytes(), first.stat().st_ino) == (content, inode)
    assert sorted(path.name for path in settings.kept_snapshots.iterdir()) == sorted([first.name, second.name])
    for path, build in ((first, "build-1"), (second, "build-2")):
        with duckdb.connect(str(path), read_only=True) as connection:
            assert connection.execute("select fingerprint from marts.builds").fetchall() == [(build,)]


def test_the_command_keeps_a_snapshot_of_a_whole_build_only(warehouse: Path, settings: Settings) -> None:
    kept = CliRunner().invoke(application, ["snapshot"])
    assert kept.exit_code == 0, kept.output
    assert [str(path) in kept.output for path in settings.kept_snapshots.iterdir()] == [True]
    execute(warehouse, "update raw.runs set is_complete = false", "update marts.builds set fingerprint = 'build-2'")
    refused = CliRunner().invoke(application, ["snapshot"])
    assert refused.exit_code == 1
    assert "没有全部通过检查" in refused.output


def test_the_dictionary_says_of_every_table_what_a_row_is_and_asks_nothing_of_the_network() -> None:
    page = render_dictionary()
    assert page.count('<section id="marts.') == len(contract())
    for mart, columns in contract().items():
        section = page.partition(f'<section id="marts.{mart}">')[2].partition("</section>")[0]
        assert "一行" in section.partition("<table")[0], mart
        assert [column for column in columns if f"<code>{column}</code>" not in section] == []
    assert "submissions_known(moment)" in page and 'id="views.current_standings"' in page
    assert "http" not in page.replace("http-equiv", "") and "<script" not in page and "One row" not in page
