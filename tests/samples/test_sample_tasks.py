"""The tasks of the demonstration year: everybody who is asked tells of them, sensibly, and departs where declared."""

import re
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ingestion.contract import SAMPLE_LABEL, TASK_COLUMNS, TASK_LEDGER
from ingestion.owing import Owing
from ingestion.periods import parse_period
from ingestion.registry import Registry
from samples import SampleError, SampleReport
from samples.courses import read_data
from samples.obligations import Obligations
from samples.tasks import SAMPLE_MARK, TaskLine, Tasks

PROGRAMMES = ("innovation_2021", "four_accelerations_2021")
MONTHS = parse_period("2021").months
Told = dict[tuple[str, str, str], dict[str, str]]
LABELS = {column.label: column.name for column in TASK_COLUMNS}


def _lines_of(path: Path) -> list[dict[str, str]]:
    """The task lines of a workbook, by column name."""
    lines = []
    for sheet in load_workbook(path).worksheets:
        if sheet.title.startswith(TASK_LEDGER.sheet):
            rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
            assert SAMPLE_LABEL in rows[0][0], path
            start = next(number for number, row in enumerate(rows) if row[0] == "任务")
            header = [LABELS.get(label, label) for label in rows[start]]
            lines += [dict(zip(header, row, strict=True)) for row in rows[start + 1 :]]
    return lines


@pytest.fixture(scope="module")
def told(written_year: SampleReport) -> Told:
    """Every task line of every last version, by task, reporter and month."""
    found: Told = {}
    for file in written_year.files:
        if file.file_name.endswith(".xlsx"):
            for line in _lines_of(written_year.inbox / file.file_name):
                found[line["task_number"], file.reporter_id, file.month] = line
    return found


@pytest.fixture(scope="module")
def asked(registry: Registry) -> set[tuple[str, str, str]]:
    """Who is asked for which task in which month, as the marts see it."""
    return {
        (*pair, month)
        for id_ in PROGRAMMES
        for month in MONTHS
        for pair in Owing(registry, id_, month).asked_of_tasks()
    }


def test_everybody_is_asked_and_answers_but_where_no_workbook_was_sent(
    told: Told, asked: set[tuple[str, str, str]], written_year: SampleReport
) -> None:
    defects = {defect.kind: defect for defect in written_year.defects}
    by_csv = defects["gb18030_csv"].reporter_id
    silent = {
        key
        for key in asked
        if key[1:] == (defects["missing"].reporter_id, defects["missing"].month)
        or (key[1] == by_csv and int(key[2][-2:]) % 3)
    }
    assert len(asked) > 3000 and len(silent) > 80
    assert told.keys() == asked - silent


def test_the_files_beside_the_generator_name_what_is_asked_and_nothing_else(asked: set[tuple[str, str, str]]) -> None:
    courses, exceptions = read_data("task_courses"), read_data("task_exceptions")
    assert Counter(row["task_id"] for row in courses) == Counter({task_id for task_id, _, _ in asked})
    for row in exceptions:
        months = {month for month in MONTHS if row["first_month"] <= month <= row["last_month"]}
        assert months and {(row["task_id"], row["reporter_id"], month) for month in months} <= asked, row
    profiles = {row["profile_id"] for row in read_data("task_profiles")}
    assert {row["profile_id"] for row in courses} == profiles
    kinds = {row["work_kind"] for row in read_data("task_phrases")} - {"any"}
    assert {row["work_kind"] for row in courses} == kinds


def test_lines_are_blank_only_where_that_is_declared(told: Told) -> None:
    exceptions = [row for row in read_data("task_exceptions") if not row["status"]]
    declared = {
        (row["task_id"], row["reporter_id"], month)
        for row in exceptions
        for month in MONTHS
        if row["first_month"] <= month <= row["last_month"]
    }
    blank = {key for key, line in told.items() if not line["status"]}
    assert blank == declared and len(exceptions) == 5
    assert all(not line["progress"] for key, line in told.items() if key in blank)


def test_a_status_is_of_the_list_and_never_goes_back(told: Told, registry: Registry) -> None:
    stages = {row["status"]: row["counts_as"] for row in registry.rows("ledger_statuses") if row["item_kind"] == "task"}
    last: dict[tuple[str, str], str] = {}
    for (task_id, reporter_id, _), line in sorted(told.items(), key=lambda item: item[0][2]):
        if line["status"]:
            stage, before = stages[line["status"]], last.get((task_id, reporter_id), "not_started")
            assert before != "finished" or stage == "finished"
            assert stage != "not_started" or before == "not_started"
            last[task_id, reporter_id] = stage
    assert set(last.values()) == {"moving", "finished", "lagging"}


def test_a_lagging_task_says_why_and_what_comes_next_and_the_others_have_no_problem(told: Told) -> None:
    for key, line in told.items():
        assert bool(line["problem"]) == (line["status"] == "滞后"), key
        assert bool(line["status"]) == bool(line["progress"]) == bool(line["next_step"]), key
    lagging = {key[:2] for key, line in told.items() if line["status"] == "滞后"}
    recovered = {key for key in lagging if told[*key, "2021-12"]["status"] in ("推进中", "已完成")}
    assert lagging - recovered and recovered


def test_texts_are_of_the_task_marked_as_invented_and_not_one_text_everywhere(told: Told) -> None:
    texts = [line[name] for line in told.values() for name in ("progress", "problem", "next_step") if line[name]]
    assert all(text.startswith(SAMPLE_MARK) and "{" not in text for text in texts)
    for line in told.values():
        assert not line["progress"] or f"“{line['task'].split('，')[0]}”" in line["progress"]
    december = Counter(line["progress"] for (_, _, month), line in told.items() if month == "2021-12")
    assert len(december) > 250 and max(december.values()) < 10


def test_a_share_of_the_work_never_falls(told: Told) -> None:
    shares: dict[tuple[str, str], int] = {}
    for (task_id, reporter_id, _), line in sorted(told.items(), key=lambda item: item[0][2]):
        if found := re.search(r"约(-?\d+)%", line["progress"]):
            share = int(found[1])
            assert max(1, shares.get((task_id, reporter_id), 0)) <= share <= 100
            shares[task_id, reporter_id] = share
    assert len(shares) > 100


def test_departments_without_figures_in_a_programme_send_its_tasks_alone(written_year: SampleReport) -> None:
    alone = Counter(file.reporter_id for file in written_year.files if "任务" in file.file_name)
    assert alone == {
        "science_technology_bureau": 4,
        "organisation_department": 4,
        "development_reform_commission": 3,
        "qingshan": 4,
    }
    book = load_workbook(written_year.inbox / "organisation_department/2021-10任务.xlsx")
    assert book.sheetnames == ["任务", "填报说明"]
    addition = load_workbook(written_year.inbox / "qingshan/2021-09任务.xlsx")
    assert addition.sheetnames == ["任务", "任务四个加快2021", "填报说明"]
    head = {row[0]: row[1] for row in addition["任务"].iter_rows(max_row=8, max_col=2, values_only=True)}
    assert head["报送方式"] == "仅报更正" and head["更正原因"]


def test_a_task_without_a_course_and_a_status_of_no_list_are_named(registry: Registry) -> None:
    programmes = Obligations(registry, 2021).programmes
    place = ("innovation_2021", "donghu_hitech", "2021-03")
    tables = dict(registry.tables)
    tables["tasks"] = [row | {"task_id": f"new_{row['task_id']}"} for row in tables["tasks"]]
    with pytest.raises(SampleError, match="new_wzb_2021_26-2-1-1"):
        Tasks(Registry(registry.folder, tables, ""), programmes, MONTHS).lines(*place)
    tables = dict(registry.tables) | {"ledger_statuses": registry.rows("ledger_statuses")[1:]}
    with pytest.raises(SampleError, match="未启动"):
        Tasks(Registry(registry.folder, tables, ""), programmes, MONTHS).lines(*place)


def test_nobody_tells_of_tasks_before_the_document_asks(registry: Registry) -> None:
    tasks = Tasks(registry, Obligations(registry, 2021).programmes, MONTHS)
    assert tasks.lines("innovation_2021", "wuchang", "2021-02") == []
    first = tasks.lines("innovation_2021", "wuchang", "2021-03")
    assert len(first) == 10 and all(isinstance(line, TaskLine) for line in first)
