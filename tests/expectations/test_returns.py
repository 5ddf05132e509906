"""What goes back: one entry a returned file, with a workbook that a clerk can mend and drop again."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from expectations.return_sheet import RED, YELLOW
from expectations.returns import EDITED, FORMS, LISTED, NOTE_NAME, REBUILT, Marker, deliver_returns, safe_name
from ingestion import journal
from ingestion.child import LimitedChild
from ingestion.readers import RETURN_SHEET
from ingestion.reading import SafeReader
from ingestion.store import open_warehouse
from tests.expectations.factories import make_submission, make_table
from tests.expectations.returned_files import csv_of, drop, mistaken_table, workbook_of

FIXTURES = Path(__file__).parent.parent / "fixtures"


def _entries(desk) -> list[str]:
    return sorted(path.name for path in desk.settings.returned.iterdir()) if desk.settings.returned.exists() else []


def _mend(path: Path, cells: dict[str, object], sheet: str = "指标") -> bytes:
    """The returned workbook with other values in some cells, saved as it is; None deletes the row's cells."""
    book = load_workbook(path)
    for address, value in cells.items():
        book[sheet][address] = value
        if value is None:
            for cell in book[sheet][book[sheet][address].row]:
                cell.value = None
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _changed(content: bytes, change) -> bytes:
    """A workbook after `change(book)`."""
    book = load_workbook(io.BytesIO(content))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _with_members(content: bytes, members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, members.pop(name, source.read(name)))
        for name, added in members.items():
            target.writestr(name, added)
    return stream.getvalue()


def _marks(path: Path, sheet: str = "指标") -> dict[str, str]:
    """Address and colour of the marked cells."""
    colours = {RED: "red", YELLOW: "yellow"}
    cells = [cell for row in load_workbook(path)[sheet].iter_rows() for cell in row]
    return {c.coordinate: colours[c.fill.fgColor.rgb] for c in cells if c.fill.fgColor.rgb in colours}


def _request(**changes: object) -> tuple[dict[str, str], dict[str, object]]:
    receipt = {
        "receipt_id": "r1",
        "file_name": "d001/a.xlsx",
        "sha256": "0" * 64,
        "sample_label": "",
        "finding_count": 1,
    }
    receipt |= {"received": "2021-03-05 10:00", "created": "2021-03-05T02:00:00"}
    finding = {"message": "应为数字。", "severity": "退回", "sheet": "指标", "row_number": 9, "column_label": "累计数"}
    finding |= {"cell": "D9", "found": "12台", "expected": "数字", "rule_id": "NUM-001"}
    return receipt, finding | changes


def _make(folder: Path, content: bytes, form: str, findings: list[dict[str, object]]) -> Path:
    (folder / "original").write_bytes(content)
    target = folder / f"{form}.xlsx"
    with Marker() as marker:
        is_made, problem = marker.make(form, folder / "original", target, _request()[0], findings)
    assert is_made, problem
    return target


def test_the_wrong_cells_come_back_coloured_and_explained(desk):
    outcome = drop(desk, workbook_of(mistaken_table()))
    assert (outcome.verdict, outcome.names) == ("returned", ["2021-02.xlsx"])
    assert _marks(outcome.workbook) == {"D9": "red", "A11": "red"}
    book = load_workbook(outcome.workbook)
    assert book.sheetnames == [RETURN_SHEET, "指标"]
    comment = book["指标"]["D9"].comment.text
    assert "退回 NUM-001\n填的是：12台\n应为：数字\n改法：“指标”表第 9 行“累计数”（D9）" in comment
    assert book["指标"].column_dimensions["A"].width == pytest.approx(31, abs=1)
    (entry,) = journal.read("returns")
    assert entry["form"] == EDITED
    assert entry["finding_count"] == 2


def test_the_first_sheet_says_which_file_when_and_lists_each_finding(desk):
    outcome = drop(desk, workbook_of(mistaken_table()))
    sheet = load_workbook(outcome.workbook).worksheets[0]
    lines = [row[0] for row in sheet.iter_rows(max_row=5, values_only=True)]
    assert lines[:2] == ["退回说明", "文件：d001/2021-02.xlsx"]
    assert lines[2].startswith(f"收件编号：{outcome.receipt['receipt_id']}　收到时间：")
    assert lines[3].endswith(outcome.receipt["sha256"])
    assert lines[4].startswith("共 2 条。") and "把本文件放回收件箱即可" in lines[4]
    assert [cell.value for cell in sheet[8]][:4] == ["序号", "位置", "填的是", "应为"]
    assert [cell.value for cell in sheet[9]][:4] == [1, "“指标”表 D9“累计数”", "12台", "数字"]
    assert sheet["B9"].hyperlink.location == "'指标'!D9"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


@pytest.mark.parametrize(
    ("content", "name", "cells", "sheet"),
    [
        pytest.param(workbook_of(mistaken_table()), "表.xlsx", {"D9": 106, "A11": None}, "指标", id="xlsx"),
        pytest.param(csv_of(mistaken_table()), "表.csv", {"F4": "106", "A6": None}, "CSV", id="csv"),
        pytest.param(
            (FIXTURES / "text_in_a_number.xls").read_bytes(), "表.xls", {"D9": 106, "A11": None}, "指标", id="xls"
        ),
        pytest.param(
            (FIXTURES / "text_in_a_number.xls").read_bytes(), "表.et", {"D9": 106, "A11": None}, "指标", id="et"
        ),
    ],
)
def test_the_mended_copy_is_accepted(desk, content, name, cells, sheet):
    outcome = drop(desk, content, name)
    assert (outcome.verdict, outcome.rules) == ("returned", ["IND-001", "NUM-001"])
    assert outcome.names == ["表.xlsx"]
    assert len(_marks(outcome.workbook, sheet)) == 2
    again = drop(desk, _mend(outcome.workbook, cells, sheet), "表.xlsx")
    assert (again.verdict, again.rules) == ("accepted", [])
    assert again.page.exists()


def test_a_copy_mended_in_part_comes_back_with_new_marks_only(desk):
    def comment(book: Workbook) -> None:
        from openpyxl.comments import Comment

        book["指标"]["D9"].comment = Comment("老王：待核", "老王")

    first = drop(desk, _changed(workbook_of(mistaken_table()), comment))
    assert load_workbook(first.workbook)["指标"]["D9"].comment.text.endswith("【原批注】\n老王：待核")
    second = drop(desk, _mend(first.workbook, {"D9": 106}))
    assert second.rules == ["IND-001"]
    book = load_workbook(second.workbook)
    assert book.sheetnames == [RETURN_SHEET, "指标"]
    assert _marks(second.workbook) == {"A11": "red"}
    assert book["指标"]["D9"].comment.text == "老王：待核"


def test_rows_of_a_csv_come_back_as_the_texts_they_were(desk):
    table = mistaken_table().change("新增企业", month_value="03", same_period_value="=1+1")
    outcome = drop(desk, csv_of(table), "表.csv")
    sheet = load_workbook(outcome.workbook)["CSV"]
    assert [cell.value for cell in sheet[2]][3:7] == ["新增企业", "03", "6", "=1+1"]
    assert {cell.data_type for cell in sheet[2]} <= {"s", "n"}
    assert sheet["G2"].data_type == "s" and sheet["G2"].quotePrefix


def test_numbers_of_an_old_workbook_stay_numbers(desk):
    outcome = drop(desk, (FIXTURES / "text_in_a_number.xls").read_bytes(), "表.xls")
    sheet = load_workbook(outcome.workbook)["指标"]
    assert [sheet["C8"].value, sheet["D8"].value] == [1.25, 2.5]
    assert "格式和公式未保留" in load_workbook(outcome.workbook).worksheets[0]["A5"].value


@pytest.mark.parametrize("make", [workbook_of, csv_of], ids=["xlsx", "csv"])
def test_formula_text_in_a_cell_stays_text(desk, make):
    formula = "=cmd|'/c calc'!A1"
    outcome = drop(
        desk, make(make_table("d001", 2).change("企业总数", cumulative_value=formula)), f"表.{make.__name__}"
    )
    cells = [cell for sheet in load_workbook(outcome.workbook) for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == formula] == ["s", "s"]
    assert "f" not in {cell.data_type for cell in cells}


def test_formulas_keep_their_results_and_nothing_alive_is_carried_over(tmp_path):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("指标")
        sheet.write_formula("A1", "=SUM(B1:B2)", None, 7)
        sheet.write_formula("A2", "=cmd|'/c calc'!A1", None, 5)
        sheet.write_formula("A3", '=WEBSERVICE("http://example.com")', None, "文字")
        sheet.write_formula("A4", "=[1]Sheet1!A1", None, 4)
        sheet.write_formula("A5", '="甲|"&B1', None, "甲|")
        sheet.write_formula("A7", "=SUM(Table1[2021])", None, 9)
        sheet.write_url("A6", "http://example.com", string="链接")
        sheet.write("D9", "12台")
        book.define_name("away", "=[1]Sheet1!$A$1")
        book.add_worksheet("另一张").write(0, 0, "留着")
    content = _with_members(stream.getvalue(), {"xl/vbaProject.bin": b"macro", "xl/connections.xml": b"<x/>"})
    path = _make(tmp_path, content, EDITED, [_request()[1]])
    sheet = load_workbook(path)["指标"]
    assert [sheet[f"A{row}"].value for row in range(1, 8)] == [
        *("=SUM(B1:B2)", 5, "文字", 4, '="甲|"&B1', "链接", "=SUM(Table1[2021])")
    ]
    assert sheet["A6"].hyperlink is None
    results = load_workbook(path, data_only=True)
    assert [results["指标"][f"A{row}"].value for row in (1, 5)] == [7, "甲|"]
    assert results["另一张"]["A1"].value == "留着"
    assert list(results.defined_names) == []
    names = zipfile.ZipFile(path).namelist()
    assert [name for name in names if "vba" in name or "external" in name or "connections" in name] == []
    assert b"example.com" not in b"".join(zipfile.ZipFile(path).read(name) for name in names)


def test_old_macro_sheets_are_not_carried_over(tmp_path):
    content = _with_members(workbook_of(mistaken_table()), {"xl/macrosheets/sheet1.xml": b"<x/>"})
    (tmp_path / "original").write_bytes(content)
    with Marker() as marker:
        answer = marker.make(EDITED, tmp_path / "original", tmp_path / "x.xlsx", *_one_finding())
    assert answer == (False, "")


def _one_finding() -> tuple[dict[str, str], list[dict[str, object]]]:
    receipt, finding = _request()
    return receipt, [finding]


def test_several_findings_share_a_comment_and_reminders_are_yellow(tmp_path):
    receipt, finding = _request()
    warning = finding | {"severity": "提醒", "cell": "C7", "row_number": 7, "rule_id": "CUM-003"}
    both = [finding, finding | {"severity": "提醒", "rule_id": "NUM-003"}, warning]
    path = _make(tmp_path, workbook_of(mistaken_table()), EDITED, both)
    assert _marks(path) == {"C7": "yellow", "D9": "red"}
    comment = load_workbook(path)["指标"]["D9"].comment.text
    assert comment.count("改法：") == 2
    assert "退回 NUM-001" in comment and "提醒 NUM-003" in comment


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        pytest.param({"cell": None}, "A9", id="row_without_cell"),
        pytest.param({"cell": None, "row_number": None, "column_label": "填报单位"}, "A3", id="label_of_the_head"),
        pytest.param({"cell": None, "row_number": None, "column_label": "指标"}, "A6", id="table"),
        pytest.param({"cell": None, "row_number": None, "column_label": "说明"}, "A6", id="label_that_is_missing"),
        pytest.param({"cell": "C4", "row_number": 4}, "B4", id="inside_a_merged_cell"),
    ],
)
def test_every_finding_of_a_sheet_has_a_place(tmp_path, changes, address):
    content = _changed(workbook_of(mistaken_table()), lambda book: book["指标"].merge_cells("B4:D4"))
    path = _make(tmp_path, content, EDITED, [_request(**changes)[1]])
    assert _marks(path) == {address: "red"}


def test_findings_do_not_make_their_sheet_a_table(tmp_path):
    """Also where a cell holds a label, and somebody renamed the sheet."""
    finding = _request(found="指标", column_label="本月数", expected="累计数")[1]
    path = _make(tmp_path, workbook_of(mistaken_table()), EDITED, [finding])
    with SafeReader() as reader:
        assert [sheet.name for sheet in reader.read(path)] == ["指标"]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_return_is_the_same_file(tmp_path, form):
    content, findings = workbook_of(mistaken_table()), [_request()[1]]
    (tmp_path / "again").mkdir()
    first = _make(tmp_path, content, form, findings).read_bytes()
    assert first == _make(tmp_path / "again", content, form, findings).read_bytes()
    assert load_workbook(io.BytesIO(first)).properties.modified.isoformat() == "2021-03-05T02:00:00"


def test_very_many_findings_stay_readable(desk, monkeypatch):
    monkeypatch.setattr("expectations.returns.LONGEST_LIST", 500)
    table = make_table("d001", 2)
    table.rows += [(f"指标{number}", {"cumulative_value": "1"}) for number in range(600)]
    outcome = drop(desk, workbook_of(table))
    sheet = load_workbook(outcome.workbook).worksheets[0]
    assert sheet.max_row == 8 + 500
    assert len(_marks(outcome.workbook)) == 500
    assert sheet["A5"].value.startswith("共 600 条，下表列出前 500 条，")
    assert journal.read("returns")[0]["finding_count"] == 600


def _damaged(content: bytes) -> bytes:
    return content[:100] + bytes(2_000) + content[2_100:]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"EncryptedPackage".ljust(600, b"\0"), id="encrypted"),
        pytest.param(_damaged(workbook_of(mistaken_table())), id="damaged"),
        pytest.param(b"\xff\xd8\xff\xe0 a photograph", id="no_table_at_all"),
        pytest.param(b"", id="empty"),
    ],
)
def test_what_cannot_be_opened_comes_back_untouched_beside_the_findings(desk, content):
    outcome = drop(desk, content)
    assert (outcome.verdict, outcome.names) == ("returned", ["2021-02.xlsx", NOTE_NAME])
    assert (outcome.entry / "2021-02.xlsx").read_bytes() == content
    sheet = load_workbook(outcome.workbook).active
    assert sheet["B9"].value == "整个文件"
    assert "原表无法标注" in sheet["A5"].value
    assert journal.read("returns")[0]["form"] == LISTED


def test_a_workbook_without_a_table_comes_back_with_the_findings_in_front(desk):
    bare = _changed(workbook_of(mistaken_table()), lambda book: book["指标"].delete_rows(6))
    outcome = drop(desk, bare, "无表头.xlsx")
    assert (outcome.rules, outcome.names) == (["FILE-001"], ["无表头.xlsx"])


def test_a_note_sent_in_as_a_file_does_not_hide_the_original(desk):
    first = drop(desk, b"", NOTE_NAME)
    assert set(first.names) == {f"原件-{NOTE_NAME}", NOTE_NAME}
    note = (first.entry / NOTE_NAME).read_bytes()
    second = drop(desk, note, NOTE_NAME)
    assert second.rules == ["FILE-001"]
    assert (second.entry / f"原件-{NOTE_NAME}").read_bytes() == note


def test_a_workbook_that_cannot_be_edited_is_rebuilt(desk, caplog):
    content = _with_members(
        workbook_of(mistaken_table()), {"xl/theme/theme1.xml": b"", "docProps/core.xml": b"<broken"}
    )
    outcome = drop(desk, content)
    assert journal.read("returns")[0]["form"] == REBUILT
    assert _marks(outcome.workbook) == {"D9": "red", "A11": "red"}
    assert "edited" in caplog.text
    assert drop(desk, _mend(outcome.workbook, {"D9": 106, "A11": None})).verdict == "accepted"


def test_a_workbook_that_stops_the_child_is_made_in_another_form(desk, caplog, monkeypatch):
    ask = LimitedChild.ask

    def stopped(self: LimitedChild, request: object) -> object:
        return None if isinstance(request, dict) and request["form"] != LISTED else ask(self, request)

    monkeypatch.setattr(LimitedChild, "ask", stopped)
    outcome = drop(desk, workbook_of(mistaken_table()))
    assert outcome.names == ["2021-02.xlsx", NOTE_NAME]
    assert [text.count("超出内存或时间限制") for text in caplog.messages if "标注副本" in text] == [1, 1]
    assert load_workbook(outcome.workbook).active["B9"].value == "“指标”表 D9“累计数”"


def test_a_child_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    (tmp_path / "original").write_bytes(workbook_of(mistaken_table()))
    monkeypatch.setattr("ingestion.child.TIME_LIMIT_SECONDS", 0.01)
    with Marker() as marker:
        answer = marker.make(EDITED, tmp_path / "original", tmp_path / "made.xlsx", *_one_finding())
    assert answer == (False, "超出内存或时间限制")


def _sparse(row_count: int) -> bytes:
    """Cells in the first and the last column of very many rows: a reader wants memory for all between."""
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><v>1</v></c><c r="XFD{r}"><v>1</v></c></row>' for r in range(1, row_count)
    )
    plain = workbook_of(make_table())
    sheet = zipfile.ZipFile(io.BytesIO(plain)).read("xl/worksheets/sheet1.xml")
    start, end = sheet.index(b"<sheetData>"), sheet.index(b"</sheetData>")
    return _with_members(plain, {"xl/worksheets/sheet1.xml": sheet[: start + 11] + rows.encode() + sheet[end:]})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_with_members(workbook_of(make_table()), {"xl/media/bomb": b"0" * (201 * 2**20)}), id="zip_bomb"),
        pytest.param(_sparse(400_000), id="sparse"),
    ],
)
def test_hostile_files_are_never_opened_here(desk, monkeypatch, content):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("opened in the parent process")

    for name in ("openpyxl.load_workbook", "expectations.marking.load_workbook", "expectations.marking.read_sheets"):
        monkeypatch.setattr(name, refuse)
    monkeypatch.setattr("ingestion.readers.read_sheets", refuse)
    asked: list[object] = []
    ask = LimitedChild.ask
    monkeypatch.setattr(LimitedChild, "ask", lambda self, request: asked.append(request) or ask(self, request))
    outcome = drop(desk, content)
    assert outcome.rules == ["FILE-001"]
    assert (outcome.entry / "2021-02.xlsx").read_bytes() == content
    assert [request["form"] for request in asked if isinstance(request, dict)] == [LISTED]


def test_accepted_files_leave_no_entry(desk):
    desk.judge(make_submission())
    assert _entries(desk) == []


def test_return_is_not_written_again_when_the_chain_is_judged_again(desk):
    outcome = drop(desk, workbook_of(mistaken_table()))
    outcome.workbook.write_bytes(b"mended half")
    desk.judge(make_submission("d001", 3))
    desk.judge()
    assert outcome.workbook.read_bytes() == b"mended half"
    assert len(journal.read("returns")) == 1


def test_return_that_a_crash_prevented_is_made_up_for(desk, monkeypatch):
    def power_cut(*_: object) -> None:
        raise OSError("power cut")

    file = make_submission("d001", 2, mistaken_table())
    with monkeypatch.context() as patch:
        patch.setattr(Marker, "make", power_cut)
        with pytest.raises(OSError, match="power cut"):
            desk.judge(file)
    assert f"{file.id}-d001-2021-02" not in _entries(desk)
    desk.judge()
    assert _entries(desk) == [f"{file.id}-d001-2021-02"]


def test_returns_of_a_rebuilt_warehouse_are_not_made_twice(desk):
    file = make_submission("d001", 2, mistaken_table())
    desk.judge(file)
    desk.settings.pipeline_file.unlink()
    desk.judge(file)
    with open_warehouse() as connection:
        assert deliver_returns(connection, desk.settings) == []
    assert len(journal.read("returns")) == 1


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("3月 报表.xlsx", "3月 报表.xlsx", id="ordinary"),
        pytest.param("../../etc/passwd", "-..-etc-passwd", id="path_that_climbs"),
        pytest.param('a:b*c?"<>|.csv', "a-b-c-----.csv", id="characters_windows_refuses"),
        pytest.param("a\nb\x00.xlsx", "a-b-.xlsx", id="control_characters"),
        pytest.param(" ... ", "未命名", id="nothing_left"),
        pytest.param("表" * 200 + ".xlsx", "表" * 38 + ".xlsx", id="too_long"),
        pytest.param("x." + "y" * 300, "x." + "y" * 118, id="too_long_after_a_point"),
    ],
)
def test_file_names_are_made_safe(name, safe):
    assert safe_name(name) == safe
