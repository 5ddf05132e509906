"""The deliberate defects are where the report says, and nowhere else."""

from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.calendar import calendar_of
from ingestion.registry import Registry
from samples import SampleDefect, SampleReport, write_late_correction
from tests.samples.reading import table_of, tables_of

ADDED, TOTAL, CONTRACTS = "新增高新技术企业", "高新技术企业总数", "技术合同成交额"
KINDS = ["gb18030_csv", "mistaken", "late", "corrected", "missing"]


@pytest.fixture(scope="module")
def defects(written_year: SampleReport) -> dict[str, SampleDefect]:
    """By kind."""
    return {defect.kind: defect for defect in written_year.defects}


def _paths(year: SampleReport, defect: SampleDefect) -> list[Path]:
    return [year.inbox / name for name in defect.file_names]


def _before(year: SampleReport, defect: SampleDefect) -> Path:
    assert defect.month
    return year.inbox / defect.reporter_id / f"2021-{int(defect.month[-2:]) - 1:02d}.xlsx"


def test_each_defect_has_a_reporter_of_its_own(defects: dict[str, SampleDefect], inbox: Path) -> None:
    assert list(defects) == KINDS
    late_correction = write_late_correction(inbox).parent.name
    assert len({defect.reporter_id for defect in defects.values()} | {late_correction}) == len(KINDS) + 1


def test_missing_month_has_no_file_and_the_next_table_includes_it(
    written_year: SampleReport, defects: dict[str, SampleDefect]
) -> None:
    defect = defects["missing"]
    assert defect.month and defect.file_names == ()
    folder = written_year.inbox / defect.reporter_id
    assert not list(folder.glob(f"{defect.month}*"))
    before, after = (table_of(folder / f"2021-{int(defect.month[-2:]) + step:02d}.xlsx") for step in (-1, 1))
    unreported = {
        name: after[name]["cumulative_value"] - after[name]["month_value"] - before[name]["cumulative_value"]
        for name in (ADDED, CONTRACTS)
    }
    assert all(value > 0 for value in unreported.values()), unreported
    tables = tables_of(folder / f"2021-{int(defect.month[-2:]) + 1:02d}.xlsx")
    assert len(tables) == 2
    assert all("8月" in str(next(iter(table.values()))["note"]) for table in tables.values())


def test_both_versions_of_the_corrected_month_continue_the_month_before(
    written_year: SampleReport, defects: dict[str, SampleDefect]
) -> None:
    first, corrected = map(table_of, _paths(written_year, defects["corrected"]))
    before = table_of(_before(written_year, defects["corrected"]))
    for table in (first, corrected):
        for name in (ADDED, CONTRACTS):
            expected = before[name]["cumulative_value"] + table[name]["month_value"]
            assert table[name]["cumulative_value"] == expected
    shifts = {name: first[name]["cumulative_value"] - corrected[name]["cumulative_value"] for name in first}
    assert {n: s for n, s in shifts.items() if s} == {ADDED: 3, TOTAL: 3, CONTRACTS: Decimal("-0.85")}
    assert "更正" in str(corrected[ADDED]["note"])


@pytest.mark.parametrize("kind", ["corrected", "mistaken"])
def test_the_other_table_is_the_same_in_both_versions(
    written_year: SampleReport, defects: dict[str, SampleDefect], kind: str
) -> None:
    first, again = map(tables_of, _paths(written_year, defects[kind]))
    assert list(first) == list(again) and len(first) == 2
    changed = [name for name in first if first[name] != again[name]]
    assert changed == ["创新提能2021"]


def test_the_correction_comes_before_the_next_months_table(
    written_year: SampleReport, defects: dict[str, SampleDefect]
) -> None:
    own = [file for file in written_year.files if file.reporter_id == defects["corrected"].reporter_id]
    places = [i for i, file in enumerate(own) if file.month == defects["corrected"].month]
    assert places == [places[0], places[0] + 1]
    assert [own[i].file_name for i in places] == list(defects["corrected"].file_names)
    assert own[places[1] + 1].month == "2021-07"


def test_the_mistaken_month_has_exactly_its_four_mistakes(
    written_year: SampleReport, defects: dict[str, SampleDefect], registry: Registry
) -> None:
    mistaken, again = map(table_of, _paths(written_year, defects["mistaken"]))
    before = table_of(_before(written_year, defects["mistaken"]))
    assert [name for name in mistaken if registry.indicator_id_of(name) is None] == ["科技型中小企业入库数"]
    texts = [name for name, row in mistaken.items() if isinstance(row["cumulative_value"], str)]
    assert texts == [TOTAL]
    negative = [name for name, row in mistaken.items() if (row["month_value"] or 0) < 0]
    assert negative == [CONTRACTS]
    assert mistaken[CONTRACTS]["cumulative_value"] >= 0
    breaks = [
        name
        for name in again
        if name != TOTAL
        and mistaken[name]["cumulative_value"] != before[name]["cumulative_value"] + mistaken[name]["month_value"]
    ]
    assert breaks == [ADDED]


def test_the_mistaken_month_is_sent_again_within_a_week_under_another_name(
    written_year: SampleReport, defects: dict[str, SampleDefect], registry: Registry
) -> None:
    files = [file for file in written_year.files if file.file_name in defects["mistaken"].file_names]
    assert len(files) == 2 and files[0].file_name != files[1].file_name
    assert 1 <= (files[1].received_at - files[0].received_at).days <= 7
    again = table_of(written_year.inbox / files[1].file_name)
    assert all(registry.indicator_id_of(name) for name in again)


def test_the_late_file_comes_after_the_months_publication(
    written_year: SampleReport, defects: dict[str, SampleDefect], registry: Registry
) -> None:
    file = next(file for file in written_year.files if file.file_name in defects["late"].file_names)
    assert file.month == "2021-03" and file.received_at.month == 4
    published_on = calendar_of(registry).publication_day("innovation_2021", "2021-03")
    assert file.received_at.date() > published_on
