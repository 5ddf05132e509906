"""The figures that were given district by district: consistent, and at year end what is known of 2021."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from ingestion.registry import Registry
from samples import SampleReport, write_late_correction
from tests.samples.reading import Table, is_tasks_alone, table_of

ADDED, TOTAL, CONTRACTS, EVENTS = "新增高新技术企业", "高新技术企业总数", "技术合同成交额", "科技成果转化对接活动"
INCREMENTS = (ADDED, CONTRACTS, EVENTS)
Tables = dict[tuple[str, str], Table]


@pytest.fixture(scope="module")
def counting(written_year: SampleReport, registry: Registry) -> Tables:
    """Per district and month what its last version says of these four; the last version is the one that counts."""
    districts = {row["reporter_id"] for row in registry.rows("reporters") if row["reporter_kind"] == "district"}
    files = [file for file in written_year.files if file.reporter_id in districts and not is_tasks_alone(file)]
    return {(f.reporter_id, f.month): _four(table_of(written_year.inbox / f.file_name)) for f in files}


def _four(table: Table) -> Table:
    return {name: table[name] for name in (ADDED, TOTAL, CONTRACTS, EVENTS)}


def _years(counting: Tables) -> Iterator[tuple[str, list[tuple[str, dict[str, dict[str, Decimal]]]]]]:
    for reporter_id in sorted({reporter_id for reporter_id, _ in counting}):
        yield reporter_id, sorted((month, table) for (who, month), table in counting.items() if who == reporter_id)


def test_each_cumulative_is_the_one_before_plus_the_month(counting: Tables, written_year: SampleReport) -> None:
    missing = {(d.reporter_id, d.month) for d in written_year.defects if d.kind == "missing"}
    checked = 0
    for reporter_id, tables in _years(counting):
        before = dict.fromkeys(INCREMENTS, Decimal(0))
        number = 0
        for month, table in tables:
            is_next = int(month[-2:]) == number + 1
            assert is_next or (reporter_id, f"2021-{number + 1:02d}") in missing
            for name in INCREMENTS:
                flow, cumulative = table[name]["month_value"], table[name]["cumulative_value"]
                # After a missing month the cumulative is what counts: it may hold more than the months that were sent.
                holds = cumulative == before[name] + flow if is_next else cumulative >= before[name] + flow
                assert holds, (reporter_id, month, name)
                assert flow >= 0
                before[name], checked = cumulative, checked + 1
            number = int(month[-2:])
    assert checked == 191 * 3


def test_the_stock_moves_by_what_was_added(counting: Tables) -> None:
    for reporter_id, tables in _years(counting):
        openings = {t[TOTAL]["cumulative_value"] - t[ADDED]["cumulative_value"] for _, t in tables}
        a_year_before = {t[TOTAL]["same_period_value"] - t[ADDED]["same_period_value"] for _, t in tables}
        assert len(openings) == len(a_year_before) == 1, reporter_id
        # The stock at the turn of the year is both 2020's last and 2021's opening level.
        assert openings == {tables[-1][1][TOTAL]["same_period_value"]}, reporter_id


def test_growth_follows_from_the_figures_beside_it(counting: Tables) -> None:
    blank = 0
    for key, table in counting.items():
        for name, row in table.items():
            same_period = row["same_period_value"]
            if not same_period:
                assert row["growth_pct"] is None, (key, name)
                blank += 1
                continue
            growth = (row["cumulative_value"] / same_period - 1) * 100
            assert row["growth_pct"] == growth.quantize(Decimal("0.1"), ROUND_HALF_UP), (key, name)
    assert 0 < blank < 191


def test_year_end_totals_of_the_city_are_the_known_ones(counting: Tables) -> None:
    december = [table for (_, month), table in counting.items() if month == "2021-12"]
    assert len(december) == 16

    def city(name: str, column: str) -> Decimal:
        return sum((table[name][column] for table in december), Decimal(0))

    assert city(TOTAL, "cumulative_value") == 9145
    assert city(TOTAL, "same_period_value") == 6255
    assert city(ADDED, "cumulative_value") == 2890
    assert city(CONTRACTS, "cumulative_value") == Decimal("1127.79")
    assert (Decimal(9145) / 6255 - 1).quantize(Decimal("0.001")) == Decimal("0.462")
    assert (Decimal("1357.41") / Decimal("1.2036")).quantize(Decimal("0.01")) == Decimal("1127.79")


def test_certification_comes_late_in_the_year(counting: Tables) -> None:
    june = sum(t[ADDED]["cumulative_value"] for (_, month), t in counting.items() if month == "2021-06")
    assert june / 2890 < Decimal("0.25")


def test_splits_add_up_to_the_city_targets_and_are_marked_illustrative(registry: Registry) -> None:
    for target_id in ("innovation_2021-high_tech_enterprises_added", "innovation_2021-technology_contract_value"):
        rows = [row for row in registry.rows("target_splits") if row["target_id"] == target_id]
        assert len({row["reporter_id"] for row in rows}) == len(rows) == 16
        city = Decimal(registry.row("targets", "target_id", target_id)["value_low"])
        assert sum(Decimal(row["value"]) for row in rows) == city
        assert {(row["is_illustrative"], row["source"]) for row in rows} == {("true", "示例分解,非文件所载")}


def _rates(tables: dict[str, dict[str, dict[str, Decimal]]], registry: Registry, name: str) -> dict[str, Decimal]:
    """Completion in percent as printed, by reporter."""
    indicator = registry.row("indicators", "indicator_name", name)
    step = Decimal(1).scaleb(-int(indicator["ratio_decimals"]))
    goals = _goals(registry, indicator["indicator_id"])
    return {
        reporter_id: (table[name]["cumulative_value"] / goals[reporter_id] * 100).quantize(step, ROUND_HALF_UP)
        for reporter_id, table in tables.items()
    }


def _goals(registry: Registry, indicator_id: str) -> dict[str, Decimal]:
    """Each reporter's own target: its split, or its group's."""
    home = [t for t in registry.rows("targets") if t["target_id"].startswith(f"innovation_2021-{indicator_id}")]
    goals = {}
    for target in home:
        group_id = target["scope"].removeprefix("each:")
        members = [m for m in registry.rows("reporter_group_members") if m["group_id"] == group_id]
        goals |= {m["reporter_id"]: Decimal(target["value_low"]) for m in members}
        splits = [s for s in registry.rows("target_splits") if s["target_id"] == target["target_id"]]
        goals |= {s["reporter_id"]: Decimal(s["value"]) for s in splits}
    return goals


def _ranks(rates: dict[str, Decimal]) -> dict[str, int]:
    return {reporter_id: 1 + sum(other > rate for other in rates.values()) for reporter_id, rate in rates.items()}


def _month(counting: Tables, month: str) -> dict[str, dict[str, dict[str, Decimal]]]:
    return {reporter_id: table for (reporter_id, when), table in counting.items() if when == month}


def test_december_has_ties_at_the_printed_precision_exact_or_not(counting: Tables, registry: Registry) -> None:
    rates = _rates(_month(counting, "2021-12"), registry, ADDED)
    tied = [rate for rate in set(rates.values()) if list(rates.values()).count(rate) > 1]
    assert len(tied) == 3
    goals = _goals(registry, "high_tech_enterprises_added")
    exact = {
        reporter_id: table[ADDED]["cumulative_value"] / goals[reporter_id]
        for reporter_id, table in _month(counting, "2021-12").items()
    }
    assert any(len({exact[who] for who, rate in rates.items() if rate == value}) > 1 for value in tied)


def test_the_ranking_moves_during_the_year(counting: Tables, registry: Registry) -> None:
    for name in (ADDED, CONTRACTS):
        june = _ranks(_rates(_month(counting, "2021-06"), registry, name))
        december = _ranks(_rates(_month(counting, "2021-12"), registry, name))
        gained = [june[reporter_id] - december[reporter_id] for reporter_id in december]
        assert max(gained) >= 2 and min(gained) <= -3, name


def test_obligations_for_matchmaking_are_met_missed_and_exceeded(counting: Tables, registry: Registry) -> None:
    rates = _rates(_month(counting, "2021-12"), registry, EVENTS)
    assert sum(rate == 100 for rate in rates.values()) >= 6
    assert sum(rate < 100 for rate in rates.values()) >= 2
    assert sum(rate > 100 for rate in rates.values()) >= 1
    assert any(table[EVENTS]["cumulative_value"] == 0 for table in _month(counting, "2021-04").values())


def test_late_correction_changes_a_december_rank_and_stays_consistent(
    counting: Tables, registry: Registry, inbox: Path
) -> None:
    path = write_late_correction(inbox)
    corrected = _four(table_of(path))
    reporter_id = path.parent.name
    december = _month(counting, "2021-12")
    before = _ranks(_rates(december, registry, EVENTS))
    after = _ranks(_rates(december | {reporter_id: corrected}, registry, EVENTS))
    assert after[reporter_id] < before[reporter_id]
    november = _month(counting, "2021-11")[reporter_id]
    for name in INCREMENTS:
        expected = november[name]["cumulative_value"] + corrected[name]["month_value"]
        assert corrected[name]["cumulative_value"] == expected, name
    # What is known of the city at year end holds after the correction too.
    assert [
        n for n in (ADDED, TOTAL, CONTRACTS) if corrected[n] | {"note": ""} != december[reporter_id][n] | {"note": ""}
    ] == []
