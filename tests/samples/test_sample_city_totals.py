"""The figures that were given for the whole city: divided without loss, consistent, near the documents' targets."""

import csv
from decimal import Decimal

import pytest

from ingestion.registry import Registry
from samples import SampleReport
from samples.courses import FOLDER, Course, divide
from tests.samples.reading import Row, tables_of

Figures = dict[tuple[str, str, str], Row]
FLOWS = ("increment", "cumulative")


@pytest.fixture(scope="module")
def sent(written_year: SampleReport, registry: Registry) -> Figures:
    """Every row of every last version, by indicator, reporter and month."""
    ids = {row["indicator_name"]: row["indicator_id"] for row in registry.rows("indicators")}
    rows: Figures = {}
    for file in written_year.files:
        for table in tables_of(written_year.inbox / file.file_name).values():
            rows |= {(ids[name], file.reporter_id, file.month): row for name, row in table.items() if name in ids}
    return rows


@pytest.fixture(scope="module")
def indicators(registry: Registry) -> dict[str, dict[str, str]]:
    """The registry's indicators by id."""
    return {row["indicator_id"]: row for row in registry.rows("indicators")}


def _city(sent: Figures, indicator_id: str, column: str, month: str = "2021-12") -> Decimal:
    values = [row[column] for (name, _, when), row in sent.items() if (name, when) == (indicator_id, month)]
    assert values, indicator_id
    return sum(values, Decimal(0))


def test_the_districts_add_up_to_the_city_totals(sent: Figures, indicators: dict[str, dict[str, str]]) -> None:
    with (FOLDER / "city_totals.csv").open(encoding="utf-8", newline="") as file:
        totals = list(csv.DictReader(file))
    assert len(totals) > 70
    for row in totals:
        indicator_id = row["indicator_id"]
        assert _city(sent, indicator_id, "cumulative_value") == Decimal(row["value_2021"]), indicator_id
        if indicators[indicator_id]["kind"] != "rate":
            assert _city(sent, indicator_id, "same_period_value") == Decimal(row["value_2020"]), indicator_id


def test_each_kind_fills_in_its_columns(sent: Figures, indicators: dict[str, dict[str, str]]) -> None:
    kinds = set()
    for (indicator_id, reporter_id, month), row in sent.items():
        kind = indicators[indicator_id]["kind"]
        assert row["cumulative_value"] is not None
        assert (row["month_value"] is not None) == (kind == "increment"), (indicator_id, reporter_id, month)
        assert (row["same_period_value"] is None) == (kind == "rate"), (indicator_id, reporter_id, month)
        assert row["growth_pct"] is None or kind != "rate"
        kinds.add(kind)
    assert kinds == {"increment", "cumulative", "level", "rate"}


def test_cumulatives_continue_and_only_a_net_increment_falls(
    sent: Figures, indicators: dict[str, dict[str, str]]
) -> None:
    falling = set()
    checked = 0
    for (indicator_id, reporter_id, month), row in sent.items():
        kind = indicators[indicator_id]["kind"]
        before = sent.get((indicator_id, reporter_id, f"2021-{int(month[-2:]) - 1:02d}"))
        if kind not in FLOWS or not (before or month == "2021-01"):
            continue
        start = before["cumulative_value"] if before else Decimal(0)
        flow = row["cumulative_value"] - start
        assert kind == "cumulative" or flow == row["month_value"], (indicator_id, reporter_id, month)
        falling |= {indicator_id} if flow < 0 else set()
        checked += 1
    assert checked > 4000
    assert falling == {"four_up_enterprises_net_added"}


def test_a_part_is_never_more_than_its_whole(sent: Figures, indicators: dict[str, dict[str, str]]) -> None:
    shares = [row for row in indicators.values() if row["kind"] == "ratio" and row["unit"] == "%"]
    pairs = [(row["numerator_indicator_id"], row["denominator_indicator_id"]) for row in shares]
    pairs = [*pairs, ("enterprises", "market_entities")]
    checked = 0
    for part, whole in pairs:
        for (indicator_id, reporter_id, month), row in sent.items():
            same = sent.get((whole, reporter_id, month)) or sent.get((whole, "statistics_bureau", month))
            if indicator_id == part:
                assert row["cumulative_value"] <= same["cumulative_value"], (part, month)
                checked += 1
    assert checked > 16 * 12


def test_a_reported_growth_rate_agrees_with_the_amounts_beside_it(sent: Figures) -> None:
    compared = set()
    for (indicator_id, reporter_id, month), row in sent.items():
        amount = sent.get((indicator_id.removesuffix("_growth"), reporter_id, month))
        if indicator_id.endswith("_growth") and amount:
            assert abs(amount["growth_pct"] - row["cumulative_value"]) <= Decimal("0.1"), (indicator_id, month)
            compared.add(indicator_id)
    assert compared == {"rd_expenditure_growth", "high_tech_value_added_growth", "industrial_investment_growth"}


def test_city_targets_are_met_missed_closely_and_clearly(sent: Figures, registry: Registry) -> None:
    supplied = {indicator_id for indicator_id, _, _ in sent}
    rates = {}
    for target in registry.rows("targets"):
        if target["period"] == "2021" and target["scope"] == "city" and target["indicator_id"] in supplied:
            actual = _city(sent, target["indicator_id"], "cumulative_value")
            rates[target["indicator_id"], target["comparator"]] = actual / Decimal(target["value_low"])
    assert sum(rate > 1 for rate in rates.values()) >= 20
    assert sum(Decimal("0.95") <= rate < 1 for rate in rates.values()) >= 4
    assert sum(rate < Decimal("0.85") for rate in rates.values()) >= 4
    # Exactly the figure is not more than it.
    assert rates["hr_service_institutions", ">"] == 1
    assert rates["science_facilities_planned", ">="] == 1


def test_most_but_not_all_meet_what_each_of_them_owes(sent: Figures, registry: Registry) -> None:
    members = registry.rows("reporter_group_members")
    outcomes = {}
    for target in registry.rows("targets"):
        group_id = target["scope"].removeprefix("each:")
        if target["period"] != "2021" or group_id == target["scope"] or target["indicator_id"] == "matchmaking_events":
            continue
        each = [m["reporter_id"] for m in members if m["group_id"] == group_id and m["programme_id"][:4] == "four"]
        met = [_december(sent, registry, target["indicator_id"], who) >= Decimal(target["value_low"]) for who in each]
        outcomes[target["target_id"].split("-", 1)[1]] = f"{sum(met)}/{len(met)}"
    assert outcomes == {
        "bonded_zone_traders_attracted": "1/2",
        "park_tax_per_mu-zones": "2/3",
        "park_tax_per_mu-new_districts": "2/4",
        "characteristic_streets_built": "14/16",
        "smart_business_districts_built": "6/7",
    }


def _december(sent: Figures, registry: Registry, indicator_id: str, reporter_id: str) -> Decimal:
    indicator = registry.row("indicators", "indicator_id", indicator_id)
    if indicator["kind"] != "ratio":
        return sent[indicator_id, reporter_id, "2021-12"]["cumulative_value"]
    part, whole = (
        sent[indicator[name], reporter_id, "2021-12"]["cumulative_value"]
        for name in ("numerator_indicator_id", "denominator_indicator_id")
    )
    return part / whole


@pytest.mark.parametrize(
    ("total", "decimals", "parts"),
    [
        ("10", 0, ["5", "3", "2"]),
        ("1", 0, ["1", "0", "0"]),
        ("0.10", 2, ["0.05", "0.03", "0.02"]),
        ("100.01", 2, ["50.01", "30.00", "20.00"]),
        ("0", 0, ["0", "0", "0"]),
    ],
    ids=["exact", "fewer_than_parts", "decimals", "a_step_left_over", "nothing"],
)
def test_parts_add_up_to_the_total(total: str, decimals: int, parts: list[str]) -> None:
    shares = {"a": Decimal(5), "b": Decimal(3), "c": Decimal(2)}
    assert divide(Decimal(total), shares, decimals) == dict(zip("abc", map(Decimal, parts), strict=True))


def test_a_course_ends_where_it_should_and_moves_by_its_profile() -> None:
    course = Course(Decimal(10), Decimal(13), [1, -1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1])
    assert [course.at(month, 0) for month in (0, 1, 2, 6, 12)] == [10, 11, 10, 12, 13]
