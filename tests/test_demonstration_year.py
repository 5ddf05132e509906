"""The demonstration year through the stage commands: what is known of it must come out of the marts."""

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import ROOT
from samples import write_demonstration_year, write_late_correction
from tests.stages import DBT, publish, query, run, run_stages

AS_OF = "2022-01-20T00:00+08:00"
TRUST = {"YIBIAO_TRUST_RECEIPTS": "1"}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All twelve months taken in, judged and built, dbt's unit tests included."""
    home = tmp_path_factory.mktemp("year")
    write_demonstration_year(home / "inbox")
    printed = run_stages(home, AS_OF, with_unit_tests=True, **TRUST)
    assert "unit_test" in printed
    publish(home, "monthly_dispatch", "2021-12")
    return home


def test_every_file_has_an_outcome(year: Path) -> None:
    verdicts = dict(query(year, "select verdict, count(*) from marts.receipts group by all"))
    assert verdicts == {"accepted": 324, "returned": 1}
    assert len(list((year / "returned").iterdir())) == 1
    assert [path.name for path in (year / "inbox").iterdir() if path.is_file()] == ["receipts.csv"]


def test_city_totals_are_the_known_ones(year: Path) -> None:
    totals = query(
        year,
        """
        select indicator_id, cumulative_value from marts.indicator_progress
        inner join marts.reporters using (programme_id, reporter_id)
        where reporter_kind = 'city' and period = '2021' and programme_id = 'innovation_2021'
            and cumulative_value is not null
        """,
    )
    known = {
        "high_tech_enterprises_total": Decimal(9145),
        "high_tech_enterprises_added": Decimal(2890),
        "technology_contract_value": Decimal("1127.79"),
    }
    assert known.items() <= dict(totals).items()


def test_the_late_and_the_missing_are_named_for_both_tables(year: Path) -> None:
    states = query(
        year,
        "select reporter_id, period, status, count(*) from marts.submission_status "
        "where status not in ('submitted', 'not_due') group by all order by all",
    )
    assert states == [("huangpi", "2021-03", "late", 2), ("xinzhou", "2021-08", "overdue", 2)]


def test_a_target_that_must_be_exceeded_is_not_met_by_reaching_it(year: Path) -> None:
    """超过1500家 and 超过14% of the texts, against exactly 1500 and 14.0; 8个 is met by 8."""
    met = query(
        year,
        "select indicator_id, comparator, actual_value = target_value, is_met from marts.city_progress "
        "where period = '2021' and indicator_id in "
        "('hr_service_institutions', 'high_tech_value_added_growth', 'science_facilities_planned') "
        "and programme_id = if(indicator_id like 'hr%', 'four_accelerations_2021', 'innovation_2021') order by all",
    )
    assert met == [
        ("high_tech_value_added_growth", ">", True, False),
        ("hr_service_institutions", ">", True, False),
        ("science_facilities_planned", ">=", True, True),
    ]


def test_two_tiers_are_two_rows_and_completion_is_of_the_first(year: Path) -> None:
    rows = query(
        year,
        "select target_id like '%stretch', target_value, is_met from marts.city_progress "
        "where period = '2021' and indicator_id = 'construction_output_growth' order by all",
    )
    assert rows == [(False, 12, True), (True, 13, False)]
    ratios = query(
        year,
        "select completion_ratio from marts.indicator_progress inner join marts.reporters "
        "using (programme_id, reporter_id) where period = '2021' and reporter_kind = 'city' "
        "and indicator_id = 'construction_output_growth'",
    )
    assert ratios == [(Decimal("1.05"),)]


def test_the_citys_ratio_is_the_ratio_of_sums(year: Path) -> None:
    """Of what the districts reported, read from the raw tables and divided here."""
    ratio = query(
        year,
        "select cumulative_value from marts.indicator_progress inner join marts.reporters "
        "using (programme_id, reporter_id) where period = '2021-12' and reporter_kind = 'city' "
        "and indicator_id = 'visiting_taxpayer_registration_rate'",
    )[0][0]
    parts = dict(
        query(
            year,
            "select indicator_id, sum(cumulative_value) from raw.reported_values inner join raw.tables "
            "using (table_id) where period = '2021-12' and indicator_id like 'visiting_taxpayers%' group by all",
        )
    )
    exact = 100 * parts["visiting_taxpayers_registered"] / parts["visiting_taxpayers"]
    assert abs(ratio - exact) < Decimal("0.000001")


def test_every_target_of_the_year_has_its_clause_in_the_ledger(year: Path) -> None:
    with (ROOT / "dbt_project" / "seeds" / "targets.csv").open(encoding="utf-8", newline="") as file:
        targets = {(row["target_id"], row["clause"]) for row in csv.DictReader(file) if row["period"] == "2021"}
    ledger = query(year, "select target_id, clause from marts.city_progress where period = '2021'")
    assert len(targets) > 100
    assert set(ledger) == targets


def test_a_missing_month_is_not_submitted_and_not_ranked(year: Path) -> None:
    (row,) = query(
        year,
        "select value_state, cumulative_value from marts.indicator_progress where programme_id = 'innovation_2021' "
        "and reporter_id = 'xinzhou' and period = '2021-08' and indicator_id = 'technology_contract_value'",
    )
    assert row == ("not_submitted", None)
    counts = query(
        year,
        "select distinct ranked_count, reporter_count from marts.indicator_rankings where period = '2021-08' "
        "and scope = 'overall' and programme_id = 'innovation_2021'",
    )
    assert counts == [(15, 16)]


def test_ties_share_a_rank_at_the_printed_precision(year: Path) -> None:
    ranks = [
        row[0]
        for row in query(
            year,
            "select rank from marts.indicator_rankings where period = '2021-12' and scope = 'overall' "
            "and indicator_id = 'high_tech_enterprises_added' and programme_id = 'innovation_2021' order by rank",
        )
    ]
    assert ranks == [1, 2, 2, 4, 4, 6, 7, 7, 9, 10, 11, 12, 13, 14, 15, 16]


def test_a_quarter_flows_over_a_missing_month(year: Path) -> None:
    rows = query(
        year,
        """
        select
            max(case when period = '2021-Q3' then month_value end),
            max(case when period = '2021-09' then cumulative_value end)
                - max(case when period = '2021-06' then cumulative_value end)
        from marts.indicator_progress
        where programme_id = 'innovation_2021' and reporter_id = 'xinzhou'
            and indicator_id = 'technology_contract_value'
        """,
    )
    assert rows[0][0] is not None
    assert rows[0][0] == rows[0][1]


def test_an_indicator_shared_by_two_programmes_is_reported_once_and_read_by_both(year: Path) -> None:
    values = query(
        year,
        "select distinct cumulative_value from marts.indicator_progress where reporter_id = 'wuchang' "
        "and indicator_id = 'technology_contract_value' and period = '2021-11'",
    )
    programmes = query(
        year, "select count(distinct programme_id) from marts.indicator_progress where period = '2021-11'"
    )
    assert len(values) == 1
    assert programmes == [(2,)]


def test_only_the_programme_of_100_has_two_month_periods(year: Path) -> None:
    periods = query(year, "select programme_id, count(*) from marts.periods where period like '2021-B%' group by all")
    assert periods == [("four_accelerations_2021", 6)]


def test_the_analyst_snapshot_equals_the_marts_and_is_commented(year: Path) -> None:
    with duckdb.connect(str(year / "warehouse" / "analyst.duckdb"), read_only=True) as connection:
        snapshot = connection.execute("select * from marts.indicator_rankings order by all").fetchall()
        uncommented = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and comment is null"
        ).fetchall()
    assert snapshot == query(year, "select * from marts.indicator_rankings order by all")
    assert uncommented == []


def test_a_late_correction_makes_a_second_version_and_leaves_the_past_as_it_was(year: Path) -> None:
    """Runs last: it adds the correction to the year."""
    folder = year / "published" / "2021-12" / "innovation_2021-monthly_dispatch"
    first = {path.name: path.read_bytes() for path in (folder / "v1").iterdir() if path.is_file()}
    before = query(year, "select * from marts.indicator_rankings order by all")
    write_late_correction(year / "inbox")
    run_stages(year, "2022-02-20T00:00+08:00", **TRUST)
    publish(year, "monthly_dispatch", "2021-12")
    assert query(year, "select * from marts.indicator_rankings order by all") != before
    assert (folder / "v2" / "manifest.json").exists()
    assert {path.name: path.read_bytes() for path in (folder / "v1").iterdir() if path.is_file()} == first
    # As known before the correction was received: the earlier figures again, but never as a newer version.
    run_stages(year, AS_OF, **TRUST)
    assert query(year, "select * from marts.indicator_rankings order by all") == before
    with pytest.raises(AssertionError, match="较早的数字不能成为新版"):
        publish(year, "monthly_dispatch", "2021-12")
    assert not (folder / "v3").exists()
    # A build that leaves anything out leaves the marts incomplete, and nothing is published from them.
    target = ("--target-path", year / "dbt_target", "--log-path", year / "dbt_target")
    run(DBT, "build", "--select", "stg_registry__periods", *target, home=year, folder=ROOT / "dbt_project")
    with pytest.raises(AssertionError, match="没有全部通过检查"):
        publish(year, "monthly_dispatch", "2021-11")
