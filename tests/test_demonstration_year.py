"""The demonstration year through the stage commands: what is known of it must come out of the marts."""

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
    assert verdicts == {"accepted": 192, "returned": 1}
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


def test_the_late_the_missing_and_the_city_that_did_not_report_are_named(year: Path) -> None:
    states = query(
        year,
        "select reporter_id, period, status from marts.submission_status where status != 'submitted' order by all",
    )
    assert states == [
        ("huangpi", "2021-03", "late"),
        ("wuhan", "2021-12", "overdue"),
        ("xinzhou", "2021-08", "overdue"),
    ]


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
    periods = query(year, "select programme_id, count(*) from marts.periods where period like '%-B%' group by all")
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
