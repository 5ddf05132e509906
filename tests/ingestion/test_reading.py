import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from ingestion.errors import UnreadableFile
from ingestion.reading import SafeReader


def workbook(cells: dict[tuple[int, int], object]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("指标")
    for (row, column), value in cells.items():
        sheet.write(row, column, value)
    book.close()
    return buffer.getvalue()


@pytest.fixture(scope="module")
def reader():
    with SafeReader() as safe_reader:
        yield safe_reader


def read(reader: SafeReader, folder: Path, name: str, content: bytes) -> list[list[str]]:
    path = folder / name
    path.write_bytes(content)
    return reader.read(path)[0].rows


def test_the_content_decides_not_the_extension(reader: SafeReader, tmp_path: Path) -> None:
    assert read(reader, tmp_path, "table.csv", workbook({(0, 0): "指标", (1, 0): 12.0})) == [["指标"], ["12"]]
    assert read(reader, tmp_path, "table.xlsx", "指标,本月数\n甲,1".encode()) == [["指标", "本月数"], ["甲", "1"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_usual_encodings_read_alike(reader: SafeReader, tmp_path: Path, encoding: str) -> None:
    assert read(reader, tmp_path, "t.csv", "指标,㎡,𠮷\n".encode(encoding)) == [["指标", "㎡", "𠮷"]]


def test_addresses_hold_when_the_sheet_starts_empty(reader: SafeReader, tmp_path: Path) -> None:
    assert read(reader, tmp_path, "t.xlsx", workbook({(2, 1): "x"})) == [["", ""], ["", ""], ["", "x"]]


def test_errors_and_percentages_read_as_people_see_them(reader: SafeReader, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("指标")
    sheet.write_row(0, 0, ["指标", "增速"])
    sheet.write_number(1, 1, 0.253, book.add_format({"num_format": "0.0%"}))
    sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    book.close()
    rows = read(reader, tmp_path, "t.xlsx", buffer.getvalue())
    assert [row[1] for row in rows] == ["增速", "25.3%", "#DIV/0!"]


def test_an_unclosed_quote_does_not_swallow_rows(reader: SafeReader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="引号"):
        read(reader, tmp_path, "t.csv", '指标,说明\n甲,"仍在核实\n乙,\n'.encode())


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 2**20))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "空的", id="empty_file"),
        pytest.param(b"PK\x03\x04 cut short", "损坏", id="damaged_workbook"),
        pytest.param(workbook({(0, 0): 1})[:-200], "损坏", id="truncated_workbook"),
        pytest.param(b"\xff\xfe\x00", "编码", id="half_a_utf16_character"),
        pytest.param("指标".encode("gb18030") + b"\x80\xff", "编码", id="wrong_encoding"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "工作簿", id="ole_without_workbook"),
    ],
)
def test_unreadable_files_say_why(reader: SafeReader, tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        read(reader, tmp_path, "t.xlsx", content)


def test_a_zip_bomb_is_not_unpacked(reader: SafeReader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="过大"):
        read(reader, tmp_path, "bomb.xlsx", zip_bomb())


def sparse_workbook(row_count: int) -> bytes:
    """Cells in the first and last column of very many rows, in a part whose name no standard gives.

    The reader finds it, and wants memory for all that lies between.
    """
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><v>1</v></c><c r="XFD{r}"><v>1</v></c></row>' for r in range(1, row_count)
    )
    plain = io.BytesIO(workbook({(0, 0): 1}))
    buffer = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                start, end = content.index(b"<sheetData>"), content.index(b"</sheetData>")
                content = content[:start] + b"<sheetData>" + rows.encode() + content[end:]
            target.writestr(item.filename.replace("sheet1", "SHEET1"), content)
    return buffer.getvalue()


def test_a_file_that_kills_the_reader_costs_only_itself(reader: SafeReader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="限制"):
        read(reader, tmp_path, "sparse.xlsx", sparse_workbook(200_000))
    assert read(reader, tmp_path, "next.csv", "指标\n".encode()) == [["指标"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，", "；"])
def test_the_header_tells_what_separates_the_cells(reader: SafeReader, tmp_path: Path, delimiter: str) -> None:
    lines = (delimiter.join(line) for line in (["指标", "本月数", "说明"], ["甲", '"1,234"', '"一，二；三;四\t五"']))
    rows = read(reader, tmp_path, "t.csv", "\r\n".join(["本月,各区;报送", *lines]).encode())
    assert rows[1:] == [["指标", "本月数", "说明"], ["甲", "1,234", "一，二；三;四\t五"]]


def test_blanks_below_and_beside_a_table_are_left_out(reader: SafeReader, tmp_path: Path) -> None:
    cells = workbook({(0, 0): "指标", (1, 1): 1, (1, 600): " ", (4_000, 0): " "})
    assert read(reader, tmp_path, "t.xlsx", cells) == [["指标", ""], ["", "1"]]
    assert read(reader, tmp_path, "t.csv", ("指标" + "," * 600 + "\n,1\n" + ",\n" * 60_000).encode()) == [
        ["指标", ""],
        ["", "1"],
    ]


def test_a_damaged_workbook_is_explained_in_chinese_alone(reader: SafeReader, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(reader, tmp_path, "t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert "Excel 文件）；请" in str(caught.value) and ":" not in str(caught.value)
