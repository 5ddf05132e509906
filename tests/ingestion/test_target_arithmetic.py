"""The sentences about parts that miss their city target: at load time, in the mart, in a build's output."""

import csv
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingestion.__main__ import app
from ingestion.registry import Row, load_registry
from ingestion.settings import ROOT, Settings, get_settings
from ingestion.target_arithmetic import target_warnings
from operations.build import ensure_build
from tests.stages import query

SEEDS = ROOT / "dbt_project" / "seeds"
AS_OF = datetime(2022, 1, 20, tzinfo=UTC)
ENTERPRISES = "innovation_2021-high_tech_enterprises_added"
CONTRACTS = "innovation_2021-technology_contract_value"
CONTRACTS_LATER = "four_accelerations_2021-technology_contract_value"
STORES = "four_accelerations_2021-convenience_stores_added"
EVENTS = "innovation_2021-matchmaking_events-city"
MORE = f"提醒：目标 {ENTERPRISES}（新增高新技术企业）各单位分解合计 2100 家，全市目标 2000 家，多 100 家（分解为示例）"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS, tmp_path / "registry"))


def edit(path: Path, change: Callable[[list[Row]], list[Row]]) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        rows = change(list(reader))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, reader.fieldnames or [], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def promise_more(folder: Path) -> None:
    """One district's part of the enterprises grows by a hundred."""

    def change(rows: list[Row]) -> list[Row]:
        row = next(r for r in rows if (r["target_id"], r["reporter_id"]) == (ENTERPRISES, "donghu_hitech"))
        row["value"] = str(int(row["value"]) + 100)
        return rows

    edit(folder / "target_splits.csv", change)


def invent(folder: Path) -> None:
    """A registry with every way of missing a city figure."""
    promise_more(folder)
    with (folder / "target_splits.csv").open(newline="", encoding="utf-8-sig") as file:
        districts = [row["reporter_id"] for row in csv.DictReader(file) if row["target_id"] == ENTERPRISES]
    assert len(districts) == 16

    def change_splits(rows: list[Row]) -> list[Row]:
        kept = [r for r in rows if (r["target_id"], r["reporter_id"]) != (CONTRACTS, "donghu_scenic_area")]
        own = {"target_id": STORES, "is_illustrative": "false", "source": "测试"}
        # The first district's part was 40 until June; only what holds at the year's end is added up.
        spans = [(districts[0], "40", "2021-01-01", "2021-06-30"), (districts[0], "24.75", "2021-07-01", "")]
        spans += [(district, "25.00", "2021-01-01", "") for district in districts[1:]]
        names = ("reporter_id", "value", "valid_from", "valid_to")
        return kept + [own | dict(zip(names, span, strict=True)) for span in spans]

    def change_targets(rows: list[Row]) -> list[Row]:
        later = next(row for row in rows if row["target_id"] == CONTRACTS_LATER)
        later["value_low"] = "997"  # what the fifteen other districts have
        zones = next(row for row in rows if row["target_id"] == "innovation_2021-matchmaking_events-zones")
        return [*rows, zones | {"target_id": EVENTS, "scope": "city", "value_low": "100"}]

    edit(folder / "target_splits.csv", change_splits)
    edit(folder / "targets.csv", change_targets)


MISSING = "（技术合同成交额）有 1 个单位没有分解：东湖风景区；其余各单位分解合计 997 亿元，全市目标 "
STORES_LESS = f"提醒：目标 {STORES}（新增品牌连锁便利店门店）各单位分解合计 399.75 家，全市目标 400 家，少 0.25 家"
CONTRACTS_LATER_INCOMPLETE = f"提醒：目标 {CONTRACTS_LATER}{MISSING}997 亿元，两者相符（分解为示例）"
EVENTS_LESS = f"提醒：目标 {EVENTS}（科技成果转化对接活动）各单位分解合计 95 场，全市目标 100 场，少 5 场"
CONTRACTS_INCOMPLETE = f"提醒：目标 {CONTRACTS}{MISSING}1000 亿元，少 3 亿元（分解为示例）"
INVENTED = [STORES_LESS, CONTRACTS_LATER_INCOMPLETE, MORE, EVENTS_LESS, CONTRACTS_INCOMPLETE]


def test_the_shipped_parts_add_up() -> None:
    assert target_warnings(load_registry(SEEDS), AS_OF) == []


def test_parts_that_miss_the_city_figure_are_named_once_with_the_gap(folder: Path) -> None:
    promise_more(folder)
    # Two more rows restate the same 2000; they are the same slip.
    assert target_warnings(load_registry(folder), AS_OF) == [MORE]


def test_every_way_of_missing_is_named(folder: Path) -> None:
    invent(folder)
    assert target_warnings(load_registry(folder), AS_OF) == INVENTED


def test_nothing_is_said_of_a_target_before_its_document(folder: Path) -> None:
    invent(folder)
    before_the_second = datetime(2021, 5, 1, tzinfo=UTC)
    said = target_warnings(load_registry(folder), before_the_second)
    assert said == [MORE, EVENTS_LESS, CONTRACTS_INCOMPLETE]
    assert target_warnings(load_registry(folder), datetime(2021, 3, 1, tzinfo=UTC)) == []


def test_loading_the_registry_prints_the_sentence(
    folder: Path, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise_more(folder)
    monkeypatch.setenv("YIBIAO_REGISTRY", str(folder))
    get_settings.cache_clear()
    result = CliRunner().invoke(app, ["--as-of", AS_OF.isoformat()])
    assert result.exit_code == 0, result.output
    assert [line for line in result.output.splitlines() if line.startswith("提醒")] == [MORE]


@pytest.mark.parametrize("change", [None, invent], ids=["shipped", "invented"])
def test_load_time_mart_and_build_say_the_same(
    change: Callable[[Path], None] | None,
    folder: Path,
    home: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if change:
        change(folder)
    monkeypatch.setenv("YIBIAO_REGISTRY", str(folder))
    get_settings.cache_clear()
    ensure_build(AS_OF)
    expected = INVENTED if change else []
    assert target_warnings(load_registry(folder), AS_OF) == expected
    found = query(home.home, "select message from marts.target_arithmetic where message is not null order by target_id")
    assert [message for (message,) in found] == expected
    assert [r.getMessage() for r in caplog.records if r.getMessage().startswith("提醒")] == expected
    printed = (home.home / "warehouse" / "dbt_target" / "dbt.log").read_text(encoding="utf-8")
    assert [message for message in expected if message not in printed] == []
    assert query(home.home, "select is_complete from raw.runs") == [(True,)]
