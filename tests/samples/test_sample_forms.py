"""Each form as a reader finds it."""

from openpyxl import load_workbook

from ingestion.contract import CSV_HEADER, SAMPLE_LABEL
from ingestion.registry import Registry
from samples import SampleReport
from tests.samples.reading import header_of, heads_of

HEADER = ["指标", "单位", "本月数", "累计数", "去年同期累计", "增速(%)", "说明"]


def test_every_workbook_reads_back_with_the_labels_of_the_contract(
    written_year: SampleReport, registry: Registry
) -> None:
    workbooks = [file for file in written_year.files if file.file_name.endswith(".xlsx")]
    assert len(workbooks) == 193 - 12
    for file in workbooks:
        path = written_year.inbox / file.file_name
        heads = heads_of(path)
        assert registry.programme_id_of(heads["programme"]) == "innovation_2021", file.file_name
        assert registry.reporter_id_of(heads["reporter"]) == file.reporter_id, file.file_name
        assert heads["period"] == f"2021年{int(file.month[-2:])}月", file.file_name
        assert header_of(path) == HEADER, file.file_name


def test_a_workbook_says_in_its_title_and_its_guide_that_it_is_sample_data(written_year: SampleReport) -> None:
    path = next(f.file_name for f in written_year.files if f.file_name.endswith(".xlsx"))
    book = load_workbook(written_year.inbox / path)
    assert book.sheetnames == ["指标", "填报说明"]
    assert SAMPLE_LABEL in book["指标"]["A1"].value
    assert SAMPLE_LABEL in book["填报说明"]["A2"].value
    assert book["指标"].page_setup.orientation == "landscape"


def test_numbers_show_the_decimals_of_their_indicator(written_year: SampleReport, registry: Registry) -> None:
    sheet = load_workbook(written_year.inbox / "wuchang/2021-12.xlsx")["指标"]
    formats = {row[0].value: [cell.number_format for cell in row[2:6]] for row in sheet.iter_rows(min_row=8)}
    names = {row["indicator_name"]: int(row["decimals"]) for row in registry.rows("indicators")}
    assert len(formats) == 4
    for name, found in formats.items():
        plain = "#,##0.00" if names[name] == 2 else "#,##0"
        assert found == [plain, plain, plain, "#,##0.0"], name


def test_one_reporter_sends_gb18030_csv_all_year(written_year: SampleReport) -> None:
    files = [file for file in written_year.files if file.file_name.endswith(".csv")]
    assert len(files) == 12
    defect = next(defect for defect in written_year.defects if defect.kind == "gb18030_csv")
    assert {file.reporter_id for file in files} == {defect.reporter_id}
    assert defect.file_names == tuple(file.file_name for file in files)
    for file in files:
        content = (written_year.inbox / file.file_name).read_bytes()
        header, *rows = content.decode("gb18030").splitlines()
        assert header == ",".join(CSV_HEADER)
        assert len(rows) == 4 and all(SAMPLE_LABEL in row for row in rows)
        # Bytes that were UTF-8 too would not test a reader's choice of encoding.
        assert content.decode("utf-8", errors="replace").count("�") > 0
