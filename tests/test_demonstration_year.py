"""The demonstration year through the stage commands: what is known of it must come out of the marts."""

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import ROOT, get_settings
from reports.read import read_result
from samples import write_demonstration_year, write_late_correction
from tests.analyst_questions import QUESTIONS, Question, answer
from tests.reports.scored import differences, read_sheet, rendered, sheet_of
from tests.stages import DBT, publish, query, run, run_stages

AS_OF = "2022-01-20T00:00+08:00"
TRUST = {"YIBIAO_TRUST_RECEIPTS": "1"}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All twelve months taken in, judged and built, dbt's unit tests included."""
    home = tmp_path_factory.mktemp("year")
    write_demonstration_year(home / "inbox")
    printed = run_stages(home, AS_OF, excluded=(), **TRUST)
    assert "unit_test" in printed
    publish(home, "monthly_dispatch", "2021-12")
    return home


def test_every_file_has_an_outcome(year: Path) -> None:
    verdicts = dict(query(year, "select verdict, count(*) from marts.receipts group by all"))
    assert verdicts == {"accepted": 339, "returned": 1}
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


@pytest.mark.parametrize("programme_id", ["innovation_2021", "four_accelerations_2021"])
@pytest.mark.parametrize(("cadence", "period"), [("monthly_dispatch", "2021-08"), ("annual_assessment", "2021")])
def test_the_scoring_sheet_comes_to_the_frozen_scores(year: Path, programme_id: str, cadence: str, period: str) -> None:
    with duckdb.connect(str(year / "warehouse" / "pipeline.duckdb"), read_only=True) as connection:
        result = read_result(connection, programme_id, cadence, period)
    found = read_sheet(sheet_of(rendered(result)), result)
    assert len(found.totals) == 16
    assert differences(found, result, is_exact=True) == []
    assert all(bool(row["grade"]) == (period == "2021") for row in result.rows("composite_rankings"))


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


def test_no_task_that_was_told_of_is_unreported(year: Path) -> None:
    """The lines of the accepted files, counted here from raw, against the mart month by month."""
    told = query(
        year,
        """
        select period, count(distinct (reporter_id, task_id)) from raw.reported_tasks
        inner join raw.tables using (table_id, receipt_id) inner join raw.judgements using (receipt_id)
        where verdict = 'accepted' and status_text is not null group by period order by period
        """,
    )
    reported = query(
        year,
        "select period, count(*) from marts.task_progress where cadence = 'monthly_dispatch' "
        "and is_reported_in_period and is_asked group by period order by period",
    )
    assert told == reported and len(told) == 10
    silent = query(
        year,
        "select distinct reporter_id, task_id from marts.task_progress where task_state = 'not_reported' "
        "and cadence = 'monthly_dispatch' and programme_id like '%2021'",
    )
    assert silent == [("changjiang_new_town", "wzb_2021_26-2-3-5")]


def test_tasks_develop_over_the_year(year: Path) -> None:
    by_state = query(
        year,
        "select period, count_if(task_state = 'not_started'), count_if(task_state = 'finished'), "
        "count_if(task_state = 'lagging') from marts.task_progress where programme_id = 'innovation_2021' "
        "and cadence = 'monthly_dispatch' group by period order by period",
    )
    not_started, finished, lagging = ([row[column] for row in by_state] for column in (1, 2, 3))
    assert not_started == sorted(not_started, reverse=True) and not_started[0] > 50 and not_started[-1] == 0
    assert finished == sorted(finished) and finished[0] == 0 and finished[-1] > 100
    assert max(lagging) == 4 and lagging[0] == 0


def test_a_task_that_lagged_recovers_and_its_problem_goes(year: Path) -> None:
    course = query(
        year,
        "select period, task_state, status_since, days_without_movement, problem is not null from marts.task_progress "
        "where reporter_id = 'hanyang' and task_id = 'wzb_2021_26-2-2-1' and cadence = 'monthly_dispatch' "
        "and period between '2021-05' and '2021-12' order by period",
    )
    assert course == [
        ("2021-05", "moving", "2021-03", 61, False),
        ("2021-06", "lagging", "2021-06", 0, True),
        ("2021-07", "lagging", "2021-06", 31, True),
        ("2021-08", "lagging", "2021-06", 62, True),
        ("2021-09", "moving", "2021-09", 0, False),
        ("2021-10", "moving", "2021-09", 31, False),
        ("2021-11", "moving", "2021-09", 61, False),
        ("2021-12", "finished", "2021-12", 0, False),
    ]


def test_a_forgotten_month_keeps_the_status_and_says_from_when_it_is(year: Path) -> None:
    months = query(
        year,
        "select period, task_state, reported_in, is_reported_in_period from marts.task_progress "
        "where reporter_id = 'wuchang' and task_id = 'wzb_2021_26-2-3-2' and cadence = 'monthly_dispatch' "
        "and period between '2021-07' and '2021-10' order by period",
    )
    assert months == [
        ("2021-07", "moving", "2021-07", True),
        ("2021-08", "moving", "2021-07", False),
        ("2021-09", "moving", "2021-07", False),
        ("2021-10", "moving", "2021-10", True),
    ]


def test_units_and_clauses_stand_as_their_tasks_do(year: Path) -> None:
    lead = query(
        year,
        "select unit_name, task_count, task_finished_count, task_lagging_count, task_unreported_count "
        "from marts.unit_progress where programme_id = 'innovation_2021' and role = 'lead' and period = '2021-12' "
        "and unit_id in ('development_reform_commission', 'science_technology_bureau') order by all",
    )
    assert lead == [("市发展改革委", 3, 1, 1, 0), ("市科技局", 9, 6, 0, 0)]
    clauses = query(
        year,
        "select period, task_count, task_lagging_count, task_moving_count, task_finished_count "
        "from marts.clause_ledger where clause = '二(二)1' and programme_id = 'innovation_2021' "
        "and period in ('2021-05', '2021-06', '2021-09', '2021-12') order by period",
    )
    assert clauses == [
        ("2021-05", 1, 0, 1, 0),
        ("2021-06", 1, 1, 0, 0),
        ("2021-09", 1, 0, 1, 0),
        ("2021-12", 1, 0, 0, 1),
    ]


def test_an_item_moves_comes_back_and_stands_still(year: Path) -> None:
    rows = query(
        year,
        "select item_name, period, status, days_without_movement, finished_on::varchar from marts.ledger_items "
        "where item_key in ('示例x03', '示例x05') and period in ('2021-09', '2021-10', '2021-12') order by all",
    )
    assert rows == [
        ("大桥新区加速器（示例）", "2021-09", "已完工", 0, "2021-09-16"),
        ("大桥新区加速器（示例）", "2021-10", "在建", 0, None),
        ("大桥新区加速器（示例）", "2021-12", "已完工", 0, "2021-12-21"),
        ("滨江研发楼宇更新（示例）", "2021-09", "前期", 214, None),
        ("滨江研发楼宇更新（示例）", "2021-10", "前期", 245, None),
        ("滨江研发楼宇更新（示例）", "2021-12", "前期", 306, None),
    ]
    (finding,) = query(
        year, "select reporter_id, period, indicator_id, is_explained from marts.findings where rule_id = 'LED-001'"
    )
    assert finding == ("jiangxia", "2021-10", None, True)


def test_tables_of_tasks_alone_count_among_the_returns(year: Path) -> None:
    rows = query(
        year,
        "select reporter_id, owed_count, on_time_count, late_count, missing_count from marts.return_quality "
        "where programme_id = 'four_accelerations_2021' and period = '2021' "
        "and reporter_id in ('organisation_department', 'development_reform_commission') order by all",
    )
    assert rows == [("development_reform_commission", 4, 4, 0, 0), ("organisation_department", 4, 4, 0, 0)]


def test_the_analyst_snapshot_equals_the_marts_and_is_commented(year: Path) -> None:
    with duckdb.connect(str(year / "warehouse" / "analyst.duckdb"), read_only=True) as connection:
        snapshot = connection.execute("select * from marts.indicator_rankings order by all").fetchall()
        uncommented = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal "
            "and not regexp_matches(coalesce(comment, ''), '\\p{Han}')"
        ).fetchall()
        assert connection.execute(
            "select count(distinct table_name) from duckdb_columns() where schema_name = 'views'"
        ).fetchall() == [(6,)]
    assert snapshot == query(year, "select * from marts.indicator_rankings order by all")
    assert uncommented == []


def test_the_analysts_page_has_fifteen_questions() -> None:
    assert [question.title.partition(".")[0] for question in QUESTIONS] == [str(n) for n in range(1, 16)]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_the_analysts_questions_have_the_answers_that_their_page_shows(year: Path, question: Question) -> None:
    assert len(question.rows) > 0
    with duckdb.connect(str(year / "warehouse" / "analyst.duckdb"), read_only=True) as connection:
        assert answer(connection, question.sql, year / "published") == (question.columns, question.rows)


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
    run(DBT, "build", "--select", "stg_registry__periods", *target, home=year, folder=get_settings().dbt_project)
    with pytest.raises(AssertionError, match="没有全部通过检查"):
        publish(year, "monthly_dispatch", "2021-11")
