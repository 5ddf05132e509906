"""What goes back: one entry a returned file, with the original and a note that a clerk can work from."""

import pytest
from openpyxl import load_workbook

from expectations.returns import NOTE_NAME, deliver_returns, safe_name
from ingestion import journal
from ingestion.store import open_warehouse
from tests.expectations.factories import Submission, make_submission, make_table


def _mistaken(reporter: str = "d001", **changes: object) -> Submission:
    table = (
        make_table(reporter, 2).change("企业总数", cumulative_value="12台").add("不存在的指标", cumulative_value="1")
    )
    return make_submission(reporter, 2, table, **changes)


def _entries(desk) -> list[str]:
    return sorted(path.name for path in desk.settings.returned.iterdir()) if desk.settings.returned.exists() else []


def test_returned_file_comes_back_once_with_its_original_bytes(desk):
    file = _mistaken()
    desk.judge(file, make_submission("d002", 2))
    assert _entries(desk) == [f"{file.id}-d001-2021-02"]
    folder = desk.settings.returned / f"{file.id}-d001-2021-02"
    assert sorted(path.name for path in folder.iterdir()) == ["2021-02.xlsx", NOTE_NAME]
    assert (folder / "2021-02.xlsx").read_bytes() == file.original
    assert journal.read("returns") == [{"receipt_id": file.id, "folder": folder.name, "finding_count": 2}]


def test_accepted_files_leave_no_entry(desk):
    desk.judge(make_submission())
    assert _entries(desk) == []


def test_note_says_which_file_when_and_each_finding_first(desk):
    file = _mistaken()
    desk.judge(file)
    workbook = load_workbook(desk.settings.returned / f"{file.id}-d001-2021-02" / NOTE_NAME)
    sheet = workbook.active
    lines = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert lines[:3] == ["退回说明", "文件：d001/2021-02.xlsx", "收到时间：2021-03-05 10:00（北京时间）"]
    assert lines[3].startswith("共 2 条。请按下表逐条改正原表")
    assert lines[5] == "问题与改法"
    assert lines[6].startswith("“指标”表第 9 行“累计数”（D9）填的是“12台”，应为数字")
    assert lines[7].startswith("“指标”表第 11 行“指标”（A11）填的是“不存在的指标”")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert workbook.properties.created.isoformat() == "2021-03-05T02:00:00"


def test_formula_text_in_a_cell_stays_text(desk):
    table = make_table("d001", 2).change("企业总数", cumulative_value="=cmd|'/c calc'!A1")
    file = make_submission("d001", 2, table)
    desk.judge(file)
    sheet = load_workbook(desk.settings.returned / f"{file.id}-d001-2021-02" / NOTE_NAME).active
    assert [(cell.value, cell.data_type) for cell in sheet[7]][6] == ("=cmd|'/c calc'!A1", "s")


def test_return_is_not_written_again_when_the_chain_is_judged_again(desk):
    file = _mistaken()
    desk.judge(file)
    note = desk.settings.returned / f"{file.id}-d001-2021-02" / NOTE_NAME
    note.write_bytes(b"read and annotated")
    desk.judge(make_submission("d001", 3))
    desk.judge()
    assert note.read_bytes() == b"read and annotated"
    assert len(journal.read("returns")) == 1


def test_return_that_a_crash_prevented_is_made_up_for(desk, monkeypatch):
    def power_cut(*_: object) -> None:
        raise OSError("power cut")

    file = _mistaken()
    with monkeypatch.context() as patch:
        patch.setattr("expectations.returns.write_note", power_cut)
        with pytest.raises(OSError, match="power cut"):
            desk.judge(file)
    assert f"{file.id}-d001-2021-02" not in _entries(desk)
    desk.judge()
    assert _entries(desk) == [f"{file.id}-d001-2021-02"]


def test_returns_of_a_rebuilt_warehouse_are_not_made_twice(desk):
    file = _mistaken()
    desk.judge(file)
    desk.settings.pipeline_file.unlink()
    desk.judge(file)
    with open_warehouse() as connection:
        assert deliver_returns(connection, desk.settings) == []
    assert len(journal.read("returns")) == 1


def test_note_sent_in_as_a_file_does_not_hide_the_original(desk):
    file = _mistaken(name=NOTE_NAME)
    desk.judge(file)
    folder = desk.settings.returned / f"{file.id}-d001-退回说明"
    assert (folder / f"原件-{NOTE_NAME}").read_bytes() == file.original
    assert load_workbook(folder / NOTE_NAME).active["A1"].value == "退回说明"


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
