"""Working days by the announced days off, and the dates of a month that are counted in them."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.calendar import (
    Calendar,
    calendar_of,
    calendar_warnings,
    due_time,
    programme_periods,
    publication_time,
)
from ingestion.registry import Registry, column_types, load_registry
from ingestion.runs import record_run
from ingestion.settings import ROOT, Settings, get_settings
from ingestion.store import open_warehouse
from ingestion.workdays import Workdays
from tests.stages import copy_dbt_project

ANNOUNCED = Workdays([])
PROGRAMME = "innovation_2021"


def holiday(day: str, is_workday: bool = False) -> dict[str, str]:
    return {"day": day, "is_workday": str(is_workday).lower(), "name": "示例", "source": "示例"}


def with_rows(registry: Registry, **tables: list[dict[str, str]]) -> Registry:
    """The registry with other rows in some tables; columns that a row doesn't name are blank."""
    full = {name: [dict.fromkeys(column_types()[name], "") | row for row in rows] for name, rows in tables.items()}
    return Registry(registry.folder, registry.tables | full, "changed")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(ROOT / "dbt_project" / "seeds")


@pytest.fixture(scope="module")
def calendar(registry: Registry) -> Calendar:
    return calendar_of(registry)


def with_years(registry: Registry, year: int) -> Registry:
    """The registry with its first programme moved to another year."""
    rows = [
        row | {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"} if row["programme_id"] == PROGRAMME else row
        for row in registry.rows("programmes")
    ]
    return with_rows(registry, programmes=rows)


@pytest.mark.parametrize(
    ("day", "is_workday"),
    [
        ("2021-02-07", True),  # a made-up Sunday before Spring Festival
        ("2021-02-11", False),
        ("2021-02-17", False),
        ("2021-02-18", True),
        ("2021-02-20", True),  # a made-up Saturday after it
        ("2021-02-21", False),
        ("2021-10-01", False),
        ("2021-10-07", False),
        ("2021-10-08", True),
        ("2021-10-09", True),  # a made-up Saturday
        ("2021-10-10", False),
    ],
)
def test_days_off_and_made_up_days_are_the_announced_ones(day: str, is_workday: bool) -> None:
    assert ANNOUNCED.is_workday(date.fromisoformat(day)) is is_workday


@pytest.mark.parametrize(
    ("month", "due_on"),
    [
        ("2021-01", "2021-02-08"),  # counts the Sunday 7 February
        ("2021-03", "2021-04-12"),  # passes Qingming
        ("2021-04", "2021-05-13"),  # passes five days of May, counts the Saturday 8 May
        ("2021-09", "2021-10-15"),  # passes National Day, counts the Saturday 9 October
        ("2021-12", "2022-01-12"),  # passes New Year
    ],
)
def test_tables_are_due_on_the_seventh_working_day(calendar: Calendar, month: str, due_on: str) -> None:
    assert calendar.deadlines(PROGRAMME, month).due_on == date.fromisoformat(due_on)


def test_the_tenth_working_day_after_january_lies_behind_spring_festival(calendar: Calendar) -> None:
    assert calendar.publication_day(PROGRAMME, "2021-01") == date(2021, 2, 18)


def test_due_time_is_the_end_of_the_day_in_shanghai(registry: Registry) -> None:
    assert due_time(registry, PROGRAMME, "2021-03") == datetime(2021, 4, 12, 16, tzinfo=UTC)


def test_a_longer_period_has_the_dates_of_its_last_month(calendar: Calendar) -> None:
    assert calendar.deadlines(PROGRAMME, "2021-Q1") == calendar.deadlines(PROGRAMME, "2021-03")


def test_a_month_closes_first_for_new_tables_and_then_for_newer_versions(calendar: Calendar) -> None:
    deadlines = calendar.deadlines(PROGRAMME, "2021-03")
    assert deadlines.no_new_on == date(2021, 5, 14)
    assert deadlines.no_edits_on == date(2021, 6, 28)
    assert deadlines.no_new_at == datetime(2021, 5, 14, 16, tzinfo=UTC)
    assert deadlines.is_known


def test_a_blank_number_never_closes(registry: Registry) -> None:
    rows = [row | {"no_new_workdays": "", "no_edits_workdays": ""} for row in registry.rows("reporting_calendar")]
    deadlines = Calendar(with_rows(registry, reporting_calendar=rows)).deadlines(PROGRAMME, "2021-03")
    assert (deadlines.no_new_at, deadlines.no_edits_at) == (None, None)


def test_the_window_for_objections_is_counted_in_workdays_from_the_day_of_the_draft(registry: Registry) -> None:
    calendar = Calendar(registry)
    assert calendar.objections_until(PROGRAMME, date(2022, 1, 20)) == date(2022, 1, 25)
    assert calendar.objections_until(PROGRAMME, date(2022, 1, 29)) == date(2022, 2, 8)
    rows = [row | {"objection_workdays": ""} for row in registry.rows("reporting_calendar")]
    assert Calendar(with_rows(registry, reporting_calendar=rows)).objections_until(PROGRAMME, date(2022, 1, 20)) is None


def test_an_unknown_year_falls_back_to_weekends_and_warns(registry: Registry) -> None:
    # 1 to 7 October 2030 are a Tuesday to a Monday; no calendar says yet that they are free.
    assert [ANNOUNCED.is_workday(date(2030, 10, day)) for day in (1, 4, 5, 6, 7)] == [True, True, False, False, True]
    moved = with_years(registry, 2030)
    deadlines = Calendar(moved).deadlines(PROGRAMME, "2030-09")
    assert deadlines.due_on == date(2030, 10, 9)
    assert not deadlines.is_known
    assert {row["is_calendar_known"] for row in programme_periods(moved) if row["programme_id"] == PROGRAMME} == {False}
    (warning,) = calendar_warnings(moved, datetime(2030, 5, 1, tzinfo=UTC))
    assert warning.startswith("innovation_2021 2030-01 至 2030-04 ")
    assert calendar_warnings(moved, datetime(2030, 1, 15, tzinfo=UTC)) == []


def test_dates_that_run_into_an_unknown_year_are_not_known() -> None:
    known = [year for year in range(2004, 2100) if ANNOUNCED.is_known(year)]
    assert known == list(range(2004, known[-1] + 1)) and known[-1] >= 2026
    assert not ANNOUNCED.is_known(2003)


def test_rows_of_holidays_come_before_the_announced_calendar(registry: Registry) -> None:
    own = Workdays([holiday("2021-04-02"), holiday("2021-04-10", is_workday=True)])
    assert not own.is_workday(date(2021, 4, 2)) and own.is_workday(date(2021, 4, 10))
    moved = with_rows(registry, holidays=[holiday("2021-04-02"), holiday("2021-04-06")])
    assert Calendar(moved).deadlines(PROGRAMME, "2021-03").due_on == date(2021, 4, 14)


def test_a_year_is_known_once_its_announcement_is_entered_and_not_by_one_exception() -> None:
    assert Workdays([holiday("2030-01-01")]).is_known(2030)
    assert not Workdays([holiday("2030-06-10")]).is_known(2030)


def test_a_row_of_calendar_changes_moves_the_dates_that_it_names(registry: Registry, calendar: Calendar) -> None:
    row = {"programme_id": PROGRAMME, "period": "2021-03", "due_on": "2021-04-20", "no_edits_on": "2021-12-31"}
    moved = Calendar(with_rows(registry, calendar_changes=[row]))
    assert moved.deadlines(PROGRAMME, "2021-03").due_on == date(2021, 4, 20)
    assert moved.deadlines(PROGRAMME, "2021-03").no_new_on == date(2021, 5, 14)
    assert moved.deadlines(PROGRAMME, "2021-03").no_edits_on == date(2021, 12, 31)
    assert moved.deadlines(PROGRAMME, "2021-04") == calendar.deadlines(PROGRAMME, "2021-04")
    assert moved.publication_day(PROGRAMME, "2021-03") == date(2021, 4, 20)


def test_a_month_never_closes_before_it_is_due_however_dates_were_moved(registry: Registry) -> None:
    row = {"programme_id": PROGRAMME, "period": "2021-03", "due_on": "2021-08-02"}
    deadlines = Calendar(with_rows(registry, calendar_changes=[row])).deadlines(PROGRAMME, "2021-03")
    assert deadlines.no_new_on == deadlines.no_edits_on == date(2021, 8, 2)


def test_the_yearly_report_of_donghu_is_due_by_the_end_of_january(calendar: Calendar) -> None:
    due = [calendar.deadlines("donghu_quality_2022", str(year)).due_on for year in range(2022, 2026)]
    assert due == [date(year, 1, 31) for year in range(2023, 2027)]


@pytest.mark.parametrize(
    ("reporter", "month", "day", "is_reopened"),
    [
        ("huangpi", "2021-03", "2021-09-01", True),
        ("huangpi", "2021-03", "2021-09-10", True),
        ("huangpi", "2021-03", "2021-08-31", False),
        ("huangpi", "2021-03", "2021-09-11", False),
        ("hanyang", "2021-03", "2021-09-05", False),
        ("huangpi", "2021-04", "2021-09-05", False),
        ("hanyang", "2021-05", "2021-09-05", True),
    ],
)
def test_a_reopening_holds_on_its_days_for_its_reporter_or_for_all(
    registry: Registry, reporter: str, month: str, day: str, is_reopened: bool
) -> None:
    row = {"programme_id": PROGRAMME, "reporter_id": "huangpi", "period": "2021-03"}
    row |= {"opened_on": "2021-09-01", "until": "2021-09-10"}
    reopened = Calendar(with_rows(registry, reopenings=[row, row | {"reporter_id": "", "period": "2021-05"}]))
    assert reopened.is_reopened(PROGRAMME, reporter, month, date.fromisoformat(day)) is is_reopened


def test_the_notice_goes_out_at_the_end_of_the_latest_publication_day() -> None:
    assert publication_time("2021-03") == datetime(2021, 4, 15, 16, tzinfo=UTC)


@given(st.dates(date(2004, 1, 1), date(2040, 12, 31)), st.integers(0, 60))
def test_counting_forward_and_counting_between_agree(day: date, count: int) -> None:
    last = ANNOUNCED.after(day, count)
    assert ANNOUNCED.between(day, last) == count
    assert count == 0 or ANNOUNCED.is_workday(last)
    assert ANNOUNCED.between(last, day) == -count


def test_an_older_warehouse_gets_the_new_dates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIBIAO_HOME", str(tmp_path))
    get_settings.cache_clear()
    registry = load_registry(get_settings().registry)
    as_of = datetime(2021, 5, 1, tzinfo=UTC)
    with open_warehouse() as connection:
        record_run(connection, registry, as_of)
        expected = connection.execute("select * from raw.periods order by all").fetchall()
        for column in ("due_at", "no_new_at", "no_edits_at", "is_calendar_known"):
            connection.execute(f"alter table raw.periods drop column {column}")
        # A view on the table, as dbt makes one, does not keep it from being made anew.
        connection.execute("create view main.periods_view as select * from raw.periods")
    with open_warehouse() as connection:
        record_run(connection, registry, as_of)
        assert connection.execute("select * from raw.periods order by all").fetchall() == expected
        assert connection.execute("select count(*) from raw.runs").fetchall() == [(1,)]
    with open_warehouse() as connection:
        assert connection.execute("select * from raw.periods order by all").fetchall() == expected
    get_settings.cache_clear()


def test_a_newer_holiday_calendar_is_a_new_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dates can move although no row of the registry did."""
    monkeypatch.setenv("YIBIAO_HOME", str(tmp_path))
    get_settings.cache_clear()
    folder = shutil.copytree(ROOT / "dbt_project" / "seeds", tmp_path / "registry")
    as_of = datetime(2021, 5, 1, tzinfo=UTC)
    with open_warehouse() as connection:
        before = record_run(connection, load_registry(folder), as_of).fingerprint
        assert record_run(connection, load_registry(folder), as_of).fingerprint == before
        monkeypatch.setattr(Workdays, "is_workday", lambda self, day: day.weekday() < 5)
        assert record_run(connection, load_registry(folder), as_of).fingerprint != before
    get_settings.cache_clear()


def test_what_a_dbt_project_holds_makes_a_new_build_and_where_it_lies_does_not(
    tmp_path: Path, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of = datetime(2021, 5, 1, tzinfo=UTC)
    registry = load_registry(home.registry)
    project = copy_dbt_project(tmp_path / "project")
    with open_warehouse() as connection:
        before = record_run(connection, registry, as_of).fingerprint
        monkeypatch.setenv("YIBIAO_DBT_PROJECT", str(project))
        get_settings.cache_clear()
        assert record_run(connection, registry, as_of).fingerprint == before
        (project / "models" / "new.sql").write_text("select 1", encoding="utf-8")
        assert record_run(connection, registry, as_of).fingerprint != before
