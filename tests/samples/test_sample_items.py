"""The listed items of the demonstration year: read back by ingestion, with a course that holds together."""

from datetime import date

import pytest

from ingestion.conform import find_tables
from ingestion.periods import parse_period
from ingestion.readers import read_sheets
from ingestion.registry import Registry
from samples import SampleError, SampleReport
from samples.courses import read_data
from samples.items import ItemLine, Items

MONTHS = parse_period("2021").months


@pytest.fixture(scope="module")
def items(registry: Registry) -> dict[str, dict[str, ItemLine]]:
    """Each item's lines by name and month."""
    listed = Items(registry)
    found: dict[str, dict[str, ItemLine]] = {}
    for programme_id, reporter_id in {(row["programme_id"], row["reporter_id"]) for row in read_data("ledger_items")}:
        for month in MONTHS:
            for line in listed.lines(programme_id, reporter_id, month):
                found.setdefault(line.item, {})[month] = line
    return found


def test_ingestion_reads_every_item_back(
    written_year: SampleReport, registry: Registry, items: dict[str, dict[str, ItemLine]]
) -> None:
    found = set()
    for file in written_year.files:
        if file.file_name.endswith(".xlsx"):
            for table in find_tables(read_sheets((written_year.inbox / file.file_name).read_bytes()), registry):
                for values in (row.values for row in table.ledgers if row.kind != "task"):
                    line = items[str(values["item_text"])][file.month]
                    assert (values["status_text"], values["started_on"]) == (line.status, line.started_on)
                    assert (values["due_on"], values["finished_on"]) == (line.due_on, line.finished_on)
                    assert values["item_code_text"] == (line.item_code or None)
                    assert registry.indicator_id_of(str(values["indicator_text"]))
                    found.add((line.item, file.month))
    # The one month that was not sent lists nothing.
    assert {(item, month) for item, lines in items.items() for month in lines} - found == {
        ("航天配套园标准厂房（示例）", "2021-08")
    }


def test_every_kind_and_every_way_to_end_is_there(items: dict[str, dict[str, ItemLine]]) -> None:
    assert len(items) == len(read_data("ledger_items")) == 18
    assert all("（示例）" in item for item in items)
    assert {line.item_kind for lines in items.values() for line in lines.values()} == {
        "project",
        "enterprise",
        "platform",
    }
    assert {"已完工", "停工", "已落户", "已认定", "已退出", "已建成"} <= {
        line.status for lines in items.values() for line in lines.values()
    }


def test_one_item_alone_goes_back_and_says_why(items: dict[str, dict[str, ItemLine]], registry: Registry) -> None:
    final = {(row["item_kind"], row["status"]) for row in registry.rows("ledger_statuses") if row["is_final"] == "true"}
    first = {(row["item_kind"], row["status"]) for row in registry.rows("ledger_statuses") if row["position"] == "1"}
    back = []
    for item, lines in items.items():
        course = [lines[month] for month in sorted(lines)]
        for before, after in zip(course, course[1:], strict=False):
            left_the_end = (before.item_kind, before.status) in final
            is_first_again = (after.item_kind, after.status) in first and after.status != before.status
            if left_the_end or is_first_again:
                back.append(item)
                assert after.note
    assert back == ["大桥新区加速器（示例）"]


def test_dates_agree_with_the_month_and_the_status(items: dict[str, dict[str, ItemLine]], registry: Registry) -> None:
    statuses = {(row["item_kind"], row["status"]): row for row in registry.rows("ledger_statuses")}
    finished = 0
    for item, lines in items.items():
        for month, line in lines.items():
            last = parse_period(month).last_date
            assert line.started_on is None or line.started_on <= last, item
            status = statuses[line.item_kind, line.status]
            assert line.started_on or status["counts_as"] in ("not_started", "moving", "ended"), (item, month)
            if line.finished_on:
                assert status["counts_as"] == "finished" and line.finished_on.isoformat()[:7] == month, (item, month)
                assert isinstance(line.started_on, date) and line.started_on < line.finished_on
                finished += 1
    assert finished >= 8


def test_an_item_stands_still_for_months_and_one_is_left_out_for_two(items: dict[str, dict[str, ItemLine]]) -> None:
    still = items["滨江研发楼宇更新（示例）"]
    assert len(still) == 11 and {line.status for line in still.values()} == {"前期"}
    left_out = items["概念验证实验室（示例）"]
    assert {"2021-07", "2021-10"} <= left_out.keys() and not {"2021-08", "2021-09"} & left_out.keys()


def test_a_status_of_no_list_is_named(registry: Registry) -> None:
    tables = dict(registry.tables)
    tables["ledger_statuses"] = [row for row in tables["ledger_statuses"] if row["status"] != "前期"]
    with pytest.raises(SampleError, match="前期"):
        Items(Registry(registry.folder, tables, "")).lines("innovation_2021", "wuchang", "2021-03")
