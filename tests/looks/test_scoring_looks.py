"""The sheet 计分过程 calculated afresh by LibreOffice: its formulas alone come to the frozen scores and places."""

from pathlib import Path

import duckdb
import pytest

from reports.read import ResultSet, read_result
from samples import write_demonstration_year
from tests.reports.scored import differences, forget_values, read_sheet, recalculate, rendered, sheet_of
from tests.reports.scored_world import build_scored_world
from tests.stages import run_stages

pytestmark = pytest.mark.looks

LEAST_PARTS = 1000


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[ResultSet]:
    """The results of many notices, by rules of every kind."""
    return build_scored_world(tmp_path_factory.mktemp("scored"))


@pytest.fixture(scope="module")
def real_results(tmp_path_factory: pytest.TempPathFactory) -> list[ResultSet]:
    """Real notices of the sample year: a month with a table missing, and the year with grades."""
    home = tmp_path_factory.mktemp("year")
    write_demonstration_year(home / "inbox")
    run_stages(home, "2022-01-20T00:00+08:00", YIBIAO_TRUST_RECEIPTS="1")
    with duckdb.connect(str(home / "warehouse" / "pipeline.duckdb"), read_only=True) as connection:
        return [
            read_result(connection, programme_id, cadence, period)
            for programme_id in ("innovation_2021", "four_accelerations_2021")
            for cadence, period in (("monthly_dispatch", "2021-08"), ("annual_assessment", "2021"))
        ]


def test_formulas_of_real_notices_come_to_the_frozen_scores(real_results: list[ResultSet], tmp_path: Path) -> None:
    assert compared_parts(real_results, tmp_path) > 150


def test_formulas_of_every_kind_of_rule_come_to_the_frozen_scores(results: list[ResultSet], tmp_path: Path) -> None:
    assert compared_parts(results, tmp_path) > LEAST_PARTS


def compared_parts(results: list[ResultSet], tmp_path: Path) -> int:
    """How many parts were calculated from nothing, all of them as frozen."""
    empty, calculated = tmp_path / "empty", tmp_path / "calculated"
    empty.mkdir()
    calculated.mkdir()
    names = [f"{result.programme_id}-{result.period}.xlsx" for result in results]
    recalculate(
        [forget_values(rendered(result), empty / name) for result, name in zip(results, names, strict=True)], calculated
    )
    wrong, compared = [], 0
    for result, name in zip(results, names, strict=True):
        found = read_sheet(sheet_of(calculated / name), result)
        wrong += [f"{name}: {line}" for line in differences(found, result, is_exact=False)]
        compared += len(found.parts)
    assert wrong == [], "\n".join(wrong[:40])
    return compared


def test_another_figure_moves_marks_total_and_place(results: list[ResultSet], tmp_path: Path) -> None:
    result, key = next(
        (result, (row["reporter_id"], row["source_period"], row["part_id"]))
        for result in results
        for row in result.rows("score_parts")
        if row["part_state"] == "scored" and row["basis"] == "completion" and row["measured_value"] and row["mark"] > 0
        if result.cadence == "monthly_dispatch" and row["comparator"] != "<=" and not row["is_held_or_not"]
    )
    content = rendered(result)
    before = read_sheet(sheet_of(content), result)
    sheet = sheet_of(content)
    address = sheet.cell(before.rows[key], before.columns["累计(期末)数"] + 1).coordinate
    recalculate([forget_values(content, tmp_path / "moved.xlsx", **{address: -1_000_000})], tmp_path / "calculated")
    after = read_sheet(sheet_of(tmp_path / "calculated" / "moved.xlsx"), result)
    assert after.parts[key]["小计"] < before.parts[key]["小计"]
    assert after.totals[key[0]]["总分"] < before.totals[key[0]]["总分"]
    assert after.totals[key[0]]["总位次"] >= before.totals[key[0]]["总位次"]
