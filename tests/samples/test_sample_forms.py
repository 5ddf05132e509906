"""Each form as a reader finds it: with another library, and with ingestion itself."""

from decimal import Decimal

import pytest
from openpyxl import load_workbook

from ingestion.conform import find_tables, table_ids
from ingestion.contract import CSV_HEADER, NUMBER_COLUMNS, SAMPLE_LABEL
from ingestion.readers import read_sheets
from ingestion.registry import Registry
from samples import SampleReport
from samples.submissions import Plan
from tests.samples.conftest import Owed
from tests.samples.reading import header_of, heads_of, is_tasks_alone, sheets_of

HEADER = ["指标", "单位", "本月数", "累计数", "去年同期累计", "增速(%)", "说明"]


def test_every_workbook_reads_back_with_the_labels_of_the_contract(
    written_year: SampleReport, registry: Registry
) -> None:
    workbooks = [file for file in written_year.files if file.file_name.endswith(".xlsx")]
    assert len(workbooks) == len(written_year.files) - 12
    with_table = [file for file in workbooks if not is_tasks_alone(file)]
    assert len(workbooks) - len(with_table) == 15
    for file in with_table:
        sheets = sheets_of(written_year.inbox / file.file_name)
        assert sheets[0].title == "指标"
        for sheet in sheets:
            heads = heads_of(sheet)
            assert registry.reporter_id_of(heads["reporter"]) == file.reporter_id, file.file_name
            assert heads["period"] == f"2021年{int(file.month[-2:])}月", file.file_name
            assert header_of(sheet) == HEADER, file.file_name


def test_ingestion_reads_every_table_and_every_value_back(written_year: SampleReport, registry: Registry) -> None:
    plan = Plan(registry)
    submissions = plan.submissions(plan.months)
    assert [submission.file_name for submission in submissions] == [file.file_name for file in written_year.files]
    cells = 0
    for submission in submissions:
        found = find_tables(read_sheets((written_year.inbox / submission.file_name).read_bytes()), registry)
        assert len(found) == len(submission.tables), submission.file_name
        for table, expected in zip(found, submission.tables, strict=True):
            assert table.is_sample
            assert table_ids(table, registry) == {
                "programme_id": expected.programme["programme_id"],
                "reporter_id": submission.reporter["reporter_id"],
                "period": submission.month,
            }
            assert len(table.ledgers) == len(expected.items) + (0 if submission.is_csv else len(expected.tasks))
            names = [registry.indicator_id_of(str(row["indicator_text"])) for row in table.rows]
            assert names == [row.indicator_id for row in expected.rows], submission.file_name
            for row, wanted in zip(table.rows, expected.rows, strict=True):
                for column in NUMBER_COLUMNS:
                    value = getattr(wanted, column.name)
                    is_text = isinstance(value, str)
                    assert row[f"{column.name}_text" if is_text else column.name] == value, submission.file_name
                    cells += isinstance(value, Decimal)
    assert cells > 10_000


@pytest.mark.parametrize(
    ("file_name", "sheets"),
    [
        ("wuchang/2021-12.xlsx", ["指标", "任务", "项目", "指标四个加快2021", "任务四个加快2021", "填报说明"]),
        ("commerce_bureau/2021-05.xlsx", ["指标", "企业", "填报说明"]),
        ("statistics_bureau/2021-12.xlsx", ["指标", "指标四个加快2021", "任务四个加快2021", "填报说明"]),
    ],
)
def test_a_workbook_says_in_every_title_and_its_guide_that_it_is_sample_data(
    written_year: SampleReport, file_name: str, sheets: list[str]
) -> None:
    book = load_workbook(written_year.inbox / file_name)
    assert book.sheetnames == sheets
    guide = book["填报说明"]
    assert SAMPLE_LABEL in guide["A2"].value
    for name in sheets[:-1]:
        assert SAMPLE_LABEL in book[name]["A1"].value and f"“{name}”" in guide["A3"].value
        assert book[name].page_setup.orientation == "landscape"


def test_numbers_show_the_decimals_of_their_indicator(
    written_year: SampleReport, registry: Registry, owed: Owed
) -> None:
    formats = {
        row[0].value: [cell.number_format for cell in row[2:6]]
        for sheet in sheets_of(written_year.inbox / "wuchang/2021-12.xlsx")
        for row in sheet.iter_rows(min_row=8)
    }
    decimals = {row["indicator_name"]: int(row["decimals"]) for row in registry.rows("indicators")}
    assert list(formats) == [name for names in owed["wuchang", "2021-12"].values() for name in names]
    assert {decimals[name] for name in formats} == {0, 2, 4}
    for name, found in formats.items():
        plain = "#,##0." + "0" * decimals[name] if decimals[name] else "#,##0"
        assert found == [plain, plain, plain, "#,##0.0"], name


def test_one_reporter_sends_both_tables_as_one_gb18030_csv_all_year(written_year: SampleReport, owed: Owed) -> None:
    files = [file for file in written_year.files if file.file_name.endswith(".csv")]
    assert len(files) == 12
    defect = next(defect for defect in written_year.defects if defect.kind == "gb18030_csv")
    assert {file.reporter_id for file in files} == {defect.reporter_id}
    assert defect.file_names == tuple(file.file_name for file in files)
    for file in files:
        content = (written_year.inbox / file.file_name).read_bytes()
        header, *rows = content.decode("gb18030").splitlines()
        assert header == ",".join(CSV_HEADER)
        tables = owed[file.reporter_id, file.month]
        assert [row.split(",")[0] for row in rows] == [name for name in tables for _ in tables[name]]
        assert all(SAMPLE_LABEL in row for row in rows)
        # Bytes that were UTF-8 too would not test a reader's choice of encoding.
        assert content.decode("utf-8", errors="replace").count("\ufffd") > 0
