"""The sheet 计分过程: what stands beside its formulas is the frozen result, to the last decimal."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from reports.read import ResultSet
from reports.scoring_process import MOST_LINES, scoring_process
from tests.reports.scored import differences, forget_values, read_sheet, rendered, sheet_of
from tests.reports.scored_world import build_scored_world

KINDS = {"proportional", "linear", "all_or_nothing", "steps", "place", "efficacy"}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[ResultSet]:
    """The results of many notices, by rules of every kind."""
    return build_scored_world(tmp_path_factory.mktemp("scored"))


def test_what_stands_beside_the_formulas_is_the_frozen_result(results: list[ResultSet]) -> None:
    kinds, parts, compared = set(), set(), 0
    for result in results:
        found = read_sheet(sheet_of(rendered(result)), result)
        assert differences(found, result, is_exact=True) == []
        kinds |= {row["rule_kind"] for row in result.rows("scoring_rules")}
        parts |= {row["part_kind"] for row in result.rows("score_parts")}
        compared += len(found.parts)
    assert kinds == KINDS
    assert parts == {"indicator", "late", "missing", "returned", "veto"}
    assert any(row["quarter_share"] is not None for result in results for row in result.rows("score_parts"))
    assert compared > 1000


def test_every_mark_of_what_is_scored_is_a_formula(results: list[ResultSet]) -> None:
    counted = 0
    for result in results:
        shown, live = (read_sheet(sheet_of(rendered(result), has_values), result) for has_values in (True, False))
        for key, values in shown.parts.items():
            of_part = live.parts[key]
            assert str(of_part["小计"]).startswith("=")
            if values["状态"] == "已计分":
                assert all(str(of_part[label]).startswith("=") for label in ("得分比例", "得分", "折算满分"))
                assert of_part["计量值"] is None or str(of_part["计量值"]).startswith("=")
                counted += 1
        for totals in live.totals.values():
            assert all(str(totals[label]).startswith("=") for label in ("总分", "舍入后总分", "总位次"))
    assert counted > 200


def test_a_name_that_looks_like_a_formula_stays_a_name(results: list[ResultSet], tmp_path: Path) -> None:
    result = results[0]
    table = result.tables["reporters"].to_pandas()
    table["reporter_name"] = [f'=HYPERLINK("http://x","{number}")' for number in range(len(table))]
    table["group_name"] = '=1+1*"?"'
    hostile = ResultSet(result.programme_id, result.cadence, result.period, dict(result.tables))
    hostile.tables["reporters"] = type(result.tables["reporters"]).from_pandas(table, preserve_index=False)
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(rendered(hostile))
    with ZipFile(path) as book:
        (name,) = (name for name in book.namelist() if name.endswith("sheet1.xml"))
        words = book.read(name).decode()
    assert "HYPERLINK" not in words and "1+1*" not in words


def test_nothing_is_shown_where_nothing_is_scored_and_too_much_is_folded(results: list[ResultSet]) -> None:
    result = results[0]
    without = ResultSet(result.programme_id, result.cadence, result.period, dict(result.tables))
    without.tables["score_parts"] = result.tables["score_parts"].slice(0, 0)
    assert scoring_process(without, "") is None
    many = ResultSet(result.programme_id, result.cadence, result.period, dict(result.tables))
    times = MOST_LINES // len(result.rows("score_parts")) + 1
    many.tables["score_parts"] = type(result.tables["score_parts"]).from_batches(
        result.tables["score_parts"].to_batches() * times
    )
    process = scoring_process(many, "")
    assert process is not None and process.is_folded
    assert "score_parts.parquet" in process.readings[0]


def test_without_its_values_a_sheet_says_nothing(results: list[ResultSet], tmp_path: Path) -> None:
    path = forget_values(rendered(results[0]), tmp_path / "empty.xlsx")
    found = read_sheet(sheet_of(path), results[0])
    assert all(values["小计"] is None for values in found.parts.values())
