"""The demonstration year as files: what is there, when it was received, that it never changes."""

import csv
import hashlib
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingestion.calendar import due_time
from ingestion.contract import SAMPLE_LABEL
from ingestion.periods import end_of_day, parse_period
from ingestion.registry import Registry
from samples import SampleError, SampleReport, write_demonstration_year, write_late_correction
from samples.figures import Figures
from tests.samples.conftest import Owed
from tests.samples.reading import is_tasks_alone, tables_of


def _bytes_of(inbox: Path) -> dict[str, bytes]:
    return {p.relative_to(inbox).as_posix(): p.read_bytes() for p in sorted(inbox.rglob("*")) if p.is_file()}


def _receipts(inbox: Path) -> list[dict[str, str]]:
    with (inbox / "receipts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_two_runs_write_the_same_bytes(written_year: SampleReport, inbox: Path) -> None:
    started = time.monotonic()
    write_demonstration_year(inbox)
    assert time.monotonic() - started < 20
    again, first = _bytes_of(inbox), _bytes_of(written_year.inbox)
    assert again.keys() == first.keys()
    assert [name for name in first if again[name] != first[name]] == []


def test_bytes_do_not_depend_on_which_months_are_written(written_year: SampleReport, owed: Owed, inbox: Path) -> None:
    report = write_demonstration_year(inbox, ["2021-02", "2021-03"])
    assert {file.month for file in report.files} == {"2021-02", "2021-03"}
    # One of February is sent twice; in March the reporter of the CSV sends its tasks beside it.
    assert len(report.files) == sum(month in ("2021-02", "2021-03") for _, month in owed) + 2
    assert [file for file in report.files if file not in written_year.files] == []
    assert [row["file_name"] for row in _receipts(inbox)] == [file.file_name for file in report.files]


def test_every_reporter_sends_what_it_owes_but_the_missing_file(written_year: SampleReport, owed: Owed) -> None:
    sent = {(file.reporter_id, file.month) for file in written_year.files}
    (missing,) = [defect for defect in written_year.defects if defect.kind == "missing"]
    assert owed.keys() - sent == {(missing.reporter_id, missing.month)}
    assert sent <= owed.keys()
    resent = [defect for defect in written_year.defects if len(defect.file_names) == 2]
    with_table = [file for file in written_year.files if not is_tasks_alone(file)]
    assert len(with_table) == len(owed) - 1 + len(resent)
    assert len(resent) == 2 and len(written_year.files) - len(with_table) == 15


def test_every_file_holds_the_tables_and_rows_that_are_owed(written_year: SampleReport, owed: Owed) -> None:
    mistaken = next(defect for defect in written_year.defects if defect.kind == "mistaken").file_names[0]
    for file in written_year.files:
        if is_tasks_alone(file):
            continue
        found = {name: list(table) for name, table in tables_of(written_year.inbox / file.file_name).items()}
        if file.file_name == mistaken:  # one row more
            found = {name: [row for row in rows if row != "科技型中小企业入库数"] for name, rows in found.items()}
        assert found == owed[file.reporter_id, file.month], file.file_name
        assert list(found) == list(owed[file.reporter_id, file.month]), file.file_name


def test_departments_and_districts_owe_what_their_kind_supplies(registry: Registry, owed: Owed) -> None:
    kinds = {row["reporter_id"]: row["reporter_kind"] for row in registry.rows("reporters")}
    assert {kinds[reporter_id] for reporter_id, _ in owed} == {"district", "department"}
    districts = {key: tables for key, tables in owed.items() if kinds[key[0]] == "district"}
    assert len(districts) == 16 * 12 and {len(tables) for tables in districts.values()} == {2}
    monthly, yearly = (owed["statistics_bureau", month] for month in ("2021-11", "2021-12"))
    assert sum(map(len, monthly.values())) == 1
    assert sum(map(len, yearly.values())) > 5 and len(yearly) == 2


def test_an_indicator_without_figures_is_named(registry: Registry) -> None:
    tables = dict(registry.tables)
    unknown = registry.row("indicators", "indicator_id", "projects_started") | {"indicator_id": "bridges_built"}
    listed = registry.row("programme_indicators", "indicator_id", "projects_started")
    tables["indicators"] = [*tables["indicators"], unknown]
    tables["programme_indicators"] = [*tables["programme_indicators"], listed | {"indicator_id": "bridges_built"}]
    with pytest.raises(SampleError, match="bridges_built of donghu_hitech"):
        Figures(Registry(registry.folder, tables, ""))


def test_every_file_lies_in_its_reporters_folder_and_no_unfinished_file_is_left(written_year: SampleReport) -> None:
    names = set(_bytes_of(written_year.inbox))
    assert names == {file.file_name for file in written_year.files} | {"receipts.csv"}
    assert all(file.file_name.startswith(f"{file.reporter_id}/{file.month}") for file in written_year.files)


def test_receipts_name_every_file_with_its_hash_in_order_of_receipt(written_year: SampleReport) -> None:
    rows = _receipts(written_year.inbox)
    assert list(rows[0]) == ["file_name", "sha256", "received_at", "source"]
    contents = _bytes_of(written_year.inbox)
    assert {row["file_name"] for row in rows} == contents.keys() - {"receipts.csv"}
    assert [r for r in rows if hashlib.sha256(contents[r["file_name"]]).hexdigest() != r["sha256"]] == []
    moments = [datetime.fromisoformat(row["received_at"]) for row in rows]
    assert moments == sorted(moments)
    assert {moment.utcoffset() for moment in moments} == {timedelta(hours=8)}
    assert {row["source"] for row in rows} == {"示例邮箱"}


def test_only_the_late_file_comes_after_the_due_date(written_year: SampleReport, registry: Registry) -> None:
    first: dict[tuple[str, str], datetime] = {}
    for file in written_year.files:
        assert file.received_at > end_of_day(parse_period(file.month).last_date)
        first.setdefault((file.reporter_id, file.month), file.received_at)
    programmes = ("innovation_2021", "four_accelerations_2021")
    due = {month: min(due_time(registry, id_, month) for id_ in programmes) for month in parse_period("2021").months}
    late = [key for key, received_at in first.items() if received_at >= due[key[1]]]
    assert late == [(d.reporter_id, d.month) for d in written_year.defects if d.kind == "late"]


def test_a_month_is_received_after_the_month_before_it(written_year: SampleReport, owed: Owed) -> None:
    by_reporter: dict[str, list[str]] = {}
    for file in written_year.files:
        by_reporter.setdefault(file.reporter_id, []).append(file.month)
    assert by_reporter.keys() == {reporter_id for reporter_id, _ in owed}
    assert [reporter_id for reporter_id, months in by_reporter.items() if months != sorted(months)] == []


def test_report_says_each_defect_in_chinese_with_its_sample_label(written_year: SampleReport) -> None:
    assert SAMPLE_LABEL in written_year.lines[0] and f"{len(written_year.files)}个文件" in written_year.lines[0]
    assert len(written_year.lines) == 1 + 5


@pytest.mark.parametrize("month", ["2022-01", "2021-13", "三月"], ids=["another_year", "no_month", "no_period"])
def test_a_month_outside_the_year_is_refused_and_nothing_is_written(inbox: Path, month: str) -> None:
    with pytest.raises(SampleError, match=month):
        write_demonstration_year(inbox, ["2021-01", month])
    assert not inbox.exists()


def test_late_correction_adds_one_file_and_one_receipt(inbox: Path) -> None:
    write_demonstration_year(inbox, ["2021-12"])
    before = _bytes_of(inbox)
    path = write_late_correction(inbox)
    write_late_correction(inbox)
    after = _bytes_of(inbox)
    name = path.relative_to(inbox).as_posix()
    assert after.keys() - before.keys() == {name}
    added = after["receipts.csv"].removeprefix(before["receipts.csv"]).decode()
    assert added == f"{name},{hashlib.sha256(after[name]).hexdigest()},2022-02-10T10:00+08:00,示例邮箱\n"


def test_late_correction_brings_its_own_receipts_file_where_the_sweep_took_the_old_one_away(inbox: Path) -> None:
    path = write_late_correction(inbox)
    assert [row["file_name"] for row in _receipts(inbox)] == [path.relative_to(inbox).as_posix()]
