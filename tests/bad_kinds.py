"""Kinds of bad files, heads, rows and cells, each named by its defect, with its rule and words of its message.

Each kind gets a slot, a district and a month; what counts has its own, so that no kind disturbs another. What is odd
and harmless stands in ODD: it is accepted. What is no submission stands in NO_SUBMISSIONS: it stays in the inbox.
"""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import cycle, product
from pathlib import Path

import xlsxwriter

from ingestion.contract import CSV_HEADER

PROGRAMME = "创新提能2021"
DISTRICTS = {
    "jiangan": "江岸区",
    "jianghan": "江汉区",
    "qiaokou": "硚口区",
    "hanyang": "汉阳区",
    "wuchang": "武昌区",
    "qingshan": "青山区",
    "hongshan": "洪山区",
    "jiangxia": "江夏区",
    "caidian": "蔡甸区",
    "huangpi": "黄陂区",
    "xinzhou": "新洲区",
    "donghu_hitech": "东湖高新区",
    "donghu_scenic_area": "东湖风景区",
    "changjiang_new_town": "长江新城",
    "wuhan_economic_zone": "武汉经开区(汉南区)",
    "lingang_economic_zone": "临空港经开区(东西湖区)",
}
HEADER = ("指标", "单位", "本月数", "累计数", "去年同期累计", "增速(%)", "说明")
ADDED, TOTAL, CONTRACTS = "新增高新技术企业", "高新技术企业总数", "技术合同成交额"
ROWS: tuple[tuple[object, ...], ...] = (
    (ADDED, "家", 3, 3, "", "", ""),
    (TOTAL, "家", "", 100, "", "", ""),
    (CONTRACTS, "亿元", 1.5, 1.5, "", "", ""),
    ("科技成果转化对接活动", "场", 4, 4, "", "", ""),
    ("建成科技创新园区和街区", "个", 0, 0, "", "", ""),
    ("新建市级以上创新孵化载体", "家", 0, 0, "", "", ""),
    ("传统企业转型升级高新技术企业", "家", 0, 0, "", "", ""),
    ("靶向招引高新技术企业", "家", 0, 0, "", "", ""),
    ("孵化培育科技企业", "家", 0, 0, "", "", ""),
    ("院士专家项目落地转化", "项", 0, 0, "", "", ""),
    ("人工智能示范应用场景", "个", 0, 0, "", "", ""),
    ("科技成果转化意向", "项", 0, 0, "", "", ""),
)
# So that the same table is the same bytes in whatever second it is made.
CREATED = datetime(2021, 1, 1)
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_WORKBOOK = Path(__file__).parent / "fixtures" / "text_in_a_number.xls"


@dataclass(frozen=True)
class Slot:
    """Whose file it is and for which month."""

    reporter_id: str
    month: int

    @property
    def name(self) -> str:
        return DISTRICTS[self.reporter_id]

    @property
    def period(self) -> str:
        return f"2021-{self.month:02d}"

    @property
    def next(self) -> "Slot":
        return replace(self, month=self.month + 1)


Factory = Callable[[Slot], bytes]


@dataclass(frozen=True)
class Formula:
    """A formula with what it came to when last saved."""

    text: str
    value: object = 0


@dataclass(frozen=True)
class Form:
    """A valid table, to be spoilt; `head` are the labels above it, each with its value."""

    head: dict[str, object]
    header: tuple[object, ...] = HEADER
    rows: tuple[tuple[object, ...], ...] = ROWS

    @classmethod
    def of(cls, slot: Slot) -> "Form":
        return cls({"方案": PROGRAMME, "填报单位": slot.name, "期": slot.period})

    def lines(self) -> list[list[object]]:
        return [[part for pair in self.head.items() for part in pair], list(self.header), *map(list, self.rows)]

    def xlsx(self, also: dict[str, list[list[object]]] | None = None) -> bytes:
        return workbook({"指标": self.lines()} | (also or {}))

    def csv(self, delimiter: str = ",") -> str:
        heads = [self.head["方案"], self.head["填报单位"], self.head["期"]]
        return csv_text([CSV_HEADER, *([*heads, name, *numbers] for name, _, *numbers in self.rows)], delimiter)

    def cell(self, indicator: str, label: str, value: object) -> "Form":
        at = HEADER.index(label)
        rows = (row if row[0] != indicator else (*row[:at], value, *row[at + 1 :]) for row in self.rows)
        return replace(self, rows=tuple(rows))

    def amounts(self, indicator: str, value: object) -> "Form":
        """The same as the month's number and the cumulative."""
        return self.cell(indicator, "本月数", value).cell(indicator, "累计数", value)


def csv_text(lines: list, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return text.getvalue()


def workbook(sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": CREATED})
    day = book.add_format({"num_format": "yyyy/m/d"})
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if isinstance(value, Formula):
                    sheet.write_formula(row, column, value.text, None, value.value)
                elif isinstance(value, datetime):
                    sheet.write_datetime(row, column, value, day)
                elif value != "":
                    sheet.write(row, column, value)
    book.close()
    return stream.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes] = lambda _, data: data, **added: bytes) -> bytes:
    """A zip with its members changed and with members added (names with __ for /)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            target.writestr(item, change(item.filename, source.read(item)))
        for name, data in added.items():
            target.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


def replaced(old: str, new: str) -> Callable[[str, bytes], bytes]:
    return lambda name, data: data.replace(old.encode(), new.encode()) if name.endswith((".xml", ".rels")) else data


@dataclass(frozen=True)
class Kind:
    """A defect: how it is made, the rule that it breaks (none: accepted) and words that the message must have."""

    make: Factory
    rule: str | None = "FILE-001"
    words: tuple[str, ...] = ()
    file_name: str = "报表.xlsx"
    also: tuple[str, ...] = ()
    lead: Factory | None = None
    in_folder: str | None = None
    is_next_month: bool = False
    verdict: str = field(default="")

    def expected_verdict(self) -> str:
        return self.verdict or ("returned" if self.rule else "accepted")


def valid_xlsx(slot: Slot) -> bytes:
    return Form.of(slot).xlsx()


def valid_csv(slot: Slot) -> bytes:
    return Form.of(slot).csv().encode()


def always(content: bytes) -> Factory:
    return lambda slot: content


def form(change: Callable[[Form], Form]) -> Factory:
    return lambda slot: change(Form.of(slot)).xlsx()


def head(label: str, value: object) -> Factory:
    return form(lambda valid: replace(valid, head=valid.head | {label: value}))


def cell(indicator: str, label: str, value: object) -> Factory:
    return form(lambda valid: valid.cell(indicator, label, value))


def rows(*added: tuple[object, ...], without: str = "") -> Factory:
    return form(lambda valid: replace(valid, rows=(*(row for row in valid.rows if row[0] != without), *added)))


def header(*labels: object) -> Factory:
    return form(lambda valid: replace(valid, header=labels))


# --- what is wrong with files


def zip_of(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


def html_table(slot: Slot) -> bytes:
    lines = ("".join(f"<td>{part}</td>" for part in line) for line in Form.of(slot).lines())
    return f"<html><body><table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table></body></html>".encode()


def bomb(slot: Slot) -> bytes:
    return repacked(valid_xlsx(slot), xl__worksheets__sheet2=b"0" * (201 * 2**20))


def many_members(slot: Slot) -> bytes:
    return repacked(valid_xlsx(slot), **{f"xl__media__{number}": b"" for number in range(2_001)})


def far_corners(slot: Slot) -> bytes:
    rows_ = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return repacked(valid_xlsx(slot), replaced("</sheetData>", rows_))


WIDE_MERGE = '<mergeCells count="1"><mergeCell ref="A30:XFD1048576"/></mergeCells>'


def far_cell(address: str) -> Factory:
    row = f'<row><c r="{address}"><v>1</v></c></row></sheetData>'
    return lambda slot: repacked(valid_xlsx(slot), replaced("</sheetData>", row))


def encrypted(slot: Slot) -> bytes:
    names = b"".join("EncryptedPackage".encode("utf-16-le").ljust(128, b"\0") for _ in range(4))
    return OLE_MAGIC + b"\0" * 504 + names + bytes(reversed(valid_xlsx(slot)))


def sheet_cut(name: str, data: bytes) -> bytes:
    return data[: len(data) // 2] if name.endswith("sheet1.xml") else data


def macro_workbook(slot: Slot) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    return repacked(valid_xlsx(slot), replaced(kind, macro), **{"xl__vbaProject.bin": OLE_MAGIC + b"\0" * 600})


def linked_workbook(slot: Slot) -> bytes:
    return cell(TOTAL, "累计数", Formula("='[别处.xlsx]表'!A1", 100))(slot)


def two_headers(slot: Slot) -> bytes:
    valid = Form.of(slot)
    return workbook({"指标": [valid.lines()[0], list(HEADER), *valid.lines()[1:]]})


def hidden_only(slot: Slot) -> bytes:
    return workbook({"说明": [["请看隐藏的表"]], "指标": Form.of(slot).lines()}, hidden=("指标",))


def two_districts(slot: Slot) -> bytes:
    other = next(name for name in DISTRICTS.values() if name != slot.name)
    lines = Form(Form.of(slot).head | {"填报单位": other}).lines()
    return Form.of(slot).xlsx({"另一个区": lines})


def csv_of_two_districts(slot: Slot) -> bytes:
    other = next(name for name in DISTRICTS.values() if name != slot.name)
    theirs = Form(Form.of(slot).head | {"填报单位": other}).csv().split("\r\n", 1)[1]
    return (Form.of(slot).csv() + theirs).encode()


OWN = "{own}"
FILES: dict[str, Kind] = {
    "empty": Kind(always(b""), words=("空的",)),
    "blanks_only": Kind(always(b" \r\n\t \n"), words=("空的",), file_name="报表.csv"),
    "byte_order_mark_only": Kind(always(b"\xef\xbb\xbf"), words=("没有找到填报表",), file_name="报表.csv"),
    "commas_only": Kind(always(b",,,,\r\n,,,,\r\n"), words=("没有找到填报表",), file_name="报表.csv"),
    "text_as_xlsx": Kind(always("本月无报送内容".encode()), words=("没有找到填报表", "模板")),
    "web_page_as_xls": Kind(html_table, words=("网页", "另存为 xlsx"), file_name="报表.xls"),
    "pdf": Kind(always(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256))), words=("PDF",), file_name="报表.pdf"),
    "picture": Kind(always(b"\x89PNG\r\n\x1a\n" + bytes(range(256))), words=("图片",), file_name="报表.png"),
    "photograph": Kind(always(b"\xff\xd8\xff\xe0" + bytes(range(256))), words=("图片",), file_name="报表.jpg"),
    "rar_archive": Kind(always(b"Rar!\x1a\x07\x01\x00" + bytes(range(256))), words=("压缩包",), file_name="报表.rar"),
    "word_document": Kind(
        always(zip_of(**{"[Content_Types].xml": b"<Types/>", "word__document.xml": b"<w/>"})),
        words=("不是工作簿", "xlsx"),
        file_name="报表.docx",
    ),
    "zip_of_workbooks": Kind(
        lambda slot: zip_of(**{"报表.xlsx": valid_xlsx(slot)}), words=("不是工作簿", "解压"), file_name="报表.zip"
    ),
    "zip_of_nothing": Kind(always(b"PK\x05\x06" + b"\0" * 18), words=("既不是",)),
    "truncated": Kind(lambda slot: valid_xlsx(slot)[:-200], words=("损坏",)),
    "cut_in_the_middle": Kind(lambda slot: valid_xlsx(slot)[:2000] + b"PK\x05\x06", words=("损坏",)),
    "missing_sheet_part": Kind(
        lambda slot: repacked(valid_xlsx(slot), replaced("worksheets/sheet1.xml", "worksheets/sheet9.xml")),
        words=("工作簿", "另存为"),
    ),
    "sheet_cut_inside": Kind(lambda slot: repacked(valid_xlsx(slot), sheet_cut), words=("工作簿",)),
    "sheet_cut_inside_with_an_error": Kind(
        lambda slot: repacked(
            repacked(valid_xlsx(slot), replaced("<sheetData>", '<sheetData><row><c r="XFD9" t="e"><v>1</v></c></row>')),
            sheet_cut,
        ),
        words=("工作簿",),
    ),
    "encrypted": Kind(encrypted, words=("密码",)),
    "old_workbook_cut": Kind(lambda slot: OLD_WORKBOOK.read_bytes()[:3000], words=("工作簿",), file_name="报表.xls"),
    "zip_bomb": Kind(bomb, words=("过大",)),
    "too_many_members": Kind(many_members, words=("过大",)),
    "two_cells_at_far_corners": Kind(far_corners, words=("第 1048576 行、XFD 列", "空白模板")),
    "cell_beyond_any_column": Kind(far_cell("ZZZZ1"), words=("“指标”表一直排到第 14 行、ZZZZ 列", "空白模板")),
    "cell_in_the_last_column": Kind(far_cell("XFD1"), words=("XFD 列",)),
    "cell_in_the_last_row": Kind(far_cell("A1048576"), words=("第 1048576 行",)),
    "cell_far_down_and_out": Kind(far_cell("ZZ65536"), words=("第 65536 行、ZZ 列",)),
    "zip_bomb_behind_the_magic_of_an_old_workbook": Kind(lambda slot: OLE_MAGIC + bomb(slot), words=("过大",)),
    "wide_csv": Kind(
        lambda slot: valid_csv(slot) + b"," * 600 + b"1\r\n", words=("“CSV”表一直排到第 14 行",), file_name="报表.csv"
    ),
    "blank_cell_far_away_beside_a_wrong_cell": Kind(
        lambda slot: repacked(
            cell(TOTAL, "累计数", "约100")(slot),
            replaced("</sheetData>", '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'),
        ),
        "NUM-001",
        ("约100",),
    ),
    "wide_merge_beside_a_wrong_cell": Kind(
        lambda slot: repacked(
            cell(TOTAL, "累计数", "约100")(slot), replaced("</sheetData>", f"</sheetData>{WIDE_MERGE}")
        ),
        "NUM-001",
        ("约100",),
    ),
    "larger_than_20_mb": Kind(always(b"1," * (11 * 2**20)), words=("20 MB",), file_name="报表.csv"),
    "wrong_encoding": Kind(
        lambda slot: Form.of(slot).csv().encode("gb18030") + b"\x80\xff\n", words=("编码",), file_name="报表.csv"
    ),
    "half_a_utf16_character": Kind(
        lambda slot: Form.of(slot).csv().encode("utf-16")[:-1], words=("编码",), file_name="报表.csv"
    ),
    "utf16_without_mark": Kind(
        lambda slot: Form.of(slot).csv().encode("utf-16-le"), words=("编码无法识别",), file_name="报表.csv"
    ),
    "nul_bytes": Kind(
        lambda slot: valid_csv(slot).replace(b"100", b"1\x0000"), words=("既不是", "CSV"), file_name="报表.csv"
    ),
    "unclosed_quote": Kind(
        lambda slot: valid_csv(slot).replace(b"100,,,", b'100,,,"'), words=("引号",), file_name="报表.csv"
    ),
    "vertical_bars": Kind(
        lambda slot: Form.of(slot).csv("|").encode(), words=("没有找到填报表",), file_name="报表.csv"
    ),
    "header_only": Kind(form(lambda valid: replace(valid, rows=())), words=("只有表头",)),
    "csv_header_only": Kind(always((",".join(CSV_HEADER) + "\n").encode()), words=("只有表头",), file_name="报表.csv"),
    "no_header": Kind(lambda slot: workbook({"指标": list(map(list, ROWS))}), words=("没有找到填报表", "一行表头")),
    "no_sheet_with_cells": Kind(always(workbook({"指标": []})), words=("没有找到填报表",)),
    "doubled_column": Kind(
        header("指标", "单位", "本月数", "累计数", "累计", "增速(%)", "说明"), words=("不止一个", "累计")
    ),
    "unknown_folder": Kind(valid_xlsx, "FILE-002", ("文件夹", "没有登记"), in_folder="新城区"),
    "another_reporters_folder": Kind(valid_xlsx, "TAB-007", ("只能报送",), in_folder="wuhan"),
    "a_folder_in_a_folder": Kind(valid_xlsx, "FILE-002", ("2021年",), in_folder="2021年/{own}"),
    "rows_of_two_districts": Kind(csv_of_two_districts, "TAB-007", ("只能报送",), "报表.csv", in_folder=OWN),
    "sheets_of_two_districts": Kind(two_districts, "TAB-007", ("只能报送",), in_folder=OWN),
}
HEADS: dict[str, Kind] = {
    "unknown_programme": Kind(head("方案", "创新提能2031"), "TAB-001", ("创新提能2031", PROGRAMME)),
    "no_programme": Kind(head("方案", ""), "TAB-001", ("方案",)),
    "unknown_reporter": Kind(head("填报单位", "火星区"), "TAB-002", ("火星区",)),
    "no_reporter": Kind(head("填报单位", ""), "TAB-002", ("填报单位",)),
    "two_reporters_in_one_cell": Kind(head("填报单位", "江岸区、武昌区"), "TAB-002", ("江岸区、武昌区",)),
    "reporter_that_is_no_more": Kind(head("填报单位", "武汉化工区"), "TAB-006", ("武汉化工区", "不是")),
    "reporter_that_is_not_yet": Kind(head("填报单位", "长江新区"), "TAB-006", ("长江新区", "不是")),
    "no_period": Kind(head("期", ""), "TAB-003", ("2021-03",)),
    "month_13": Kind(head("期", "2021-13"), "TAB-003", ("2021-13", "不是一个月份")),
    "month_0": Kind(head("期", "2021年0月"), "TAB-003", ("2021年0月",)),
    "month_without_year": Kind(head("期", "3月"), "TAB-003", ("3月",)),
    "dot_that_excel_shortened": Kind(head("期", 2021.1), "TAB-003", ("2021.1", "2021年3月")),
    "quarter_as_period": Kind(head("期", "2021年一季度"), "TAB-003", ("一季度",)),
    "whole_year_as_period": Kind(head("期", 2021), "TAB-003", ("2021",)),
    "future_month": Kind(head("期", "2099-01"), "TAB-004", ("2099-01", "还没有开始"), also=("TAB-005",)),
    "month_after_the_programme": Kind(head("期", "2022-03"), "TAB-005", ("不在", "2021年12月")),
    "month_before_the_programme": Kind(head("期", "2020-12"), "TAB-005", ("不在", "2021年1月")),
    "another_programmes_head": Kind(
        head("方案", "东湖高质量2022-2025"), "TAB-005", ("不在", "2022年1月"), also=("TAB-006", "IND-002")
    ),
}
OTHERS = "培育智慧商圈"
ROW_KINDS: dict[str, Kind] = {
    "unknown_indicator": Kind(rows(("幸福指数", "", 1, 1, "", "", "")), "IND-001", ("幸福指数", "删去此行")),
    "indicator_left_blank": Kind(rows(("", "", 1, 1, "", "", "")), "IND-001", ("空白",)),
    "sum_below_the_table": Kind(rows(("合计", "", 7, 7, "", "", "")), "IND-001", ("合计",)),
    "two_headers": Kind(two_headers, "IND-001", ("“指标”，不是登记的指标",), also=("NUM-001",)),
    "indicator_of_another_programme": Kind(
        rows((OTHERS, "", 1, 1, "", "", "")), "IND-002", ("四个加快2021", "删去此行")
    ),
    "indicator_of_another_supplier": Kind(
        rows(("国家级科技创新平台获批", "家", 1, 1, "", "", "")), "IND-003", ("市科技局", "不填报")
    ),
    "calculated_ratio": Kind(
        rows(("研发经费支出占地区生产总值比重", "%", "", 3, "", "", "")), "IND-003", ("系统按", "不填报")
    ),
    "doubled_row": Kind(rows((ADDED, "家", 3, 3, "", "", "")), "IND-004", ("不止一行", "第 3、15 行")),
    "missing_row": Kind(rows(without=TOTAL), "REQ-001", ("缺少", TOTAL)),
    "row_left_blank": Kind(form(lambda valid: valid.amounts(ADDED, "")), "REQ-002", ("是空白", "数值为零时请填 0")),
    "wrong_unit": Kind(cell(ADDED, "单位", "亿元"), "IND-005", ("亿元", "家")),
    "unknown_unit": Kind(cell(CONTRACTS, "单位", "亿美元"), "IND-005", ("亿美元", "亿元")),
}


def total(value: object, words: str, rule: str = "NUM-001") -> Kind:
    return Kind(cell(TOTAL, "累计数", value), rule, (words,))


CELLS: dict[str, Kind] = {
    "number_with_a_unit": total("100家", "“100家”，应为数字"),
    "number_in_words": total("一百", "一百"),
    "about": total("约100", "约100"),
    "none_in_words": total("无", "“无”"),
    "two_numbers": total("100/120", "100/120"),
    "range": total("100-120", "100-120"),
    "decimal_comma": total("1,5", "1,5"),
    "comma_out_of_place": total("1,23,4", "1,23,4"),
    "two_decimal_points": total("1.2.3", "1.2.3"),
    "superscript": total("5²", "5²"),
    "circled_number": total("⑤", "⑤"),
    "beyond_any_float": total("1e400", "1e400"),
    "million_million": total(10**13, "应为数字"),
    "infinity": total("inf", "inf"),
    "not_a_number": total("NaN", "NaN"),
    "hexadecimal": total("0x10", "0x10"),
    "underscore": total("1_000", "1_000"),
    "script_of_a_command": total("=cmd|' /C calc'!A0", "=cmd|"),
    "spaces_inside": total("1 00", "1 00"),
    "line_break_inside": total("100\n120", "应为数字"),
    "true": total(True, "TRUE"),
    "date": total(datetime(2021, 3, 5), "2021-03-05"),
    "division_by_zero": total(Formula("=1/0", "#DIV/0!"), "#DIV/0!"),
    "missing_reference": total(Formula("=#REF!", "#REF!"), "#REF!"),
    "lookup_without_result": total(Formula("=NA()", "#N/A"), "#N/A"),
    "formula_never_calculated": total(Formula("=50+50", ""), "空白", "REQ-002"),
    "blank_level": total("", "空白", "REQ-002"),
    "dash_where_a_number_is_owed": total("—", "空白", "REQ-002"),
    "negative_count": total(-1, "不能为负数", "NUM-002"),
    "negative_in_brackets": total("(100)", "(100)"),
    "negative_with_wide_minus": total("−5", "不能为负数", "NUM-002"),
    "half_an_enterprise": total(100.5, "应为整数", "NUM-003"),
    "percentage_of_a_count": total("12.5%", "应为整数", "NUM-003"),
    "text_in_growth": Kind(cell(ADDED, "增速(%)", "持平"), "NUM-001", ("持平",)),
    "text_in_last_year": Kind(cell(ADDED, "去年同期累计", "未统计"), "NUM-001", ("未统计",)),
    "negative_last_year": Kind(cell(ADDED, "去年同期累计", -2), "NUM-002", ("不能为负数",)),
    "cumulative_does_not_continue": Kind(
        cell(ADDED, "累计数", 8), "CUM-002", ("应为", "即 6"), lead=valid_xlsx, is_next_month=True
    ),
    "amount_in_the_wrong_order_of_magnitude": Kind(
        form(lambda valid: valid.amounts(CONTRACTS, 15000)),
        "CUM-002",
        ("即 15001.5",),
        lead=valid_xlsx,
        is_next_month=True,
    ),
}
JANUARY_CELLS: dict[str, Kind] = {
    "january_cumulative_is_not_the_month": Kind(cell(ADDED, "累计数", 4), "CUM-001", ("一月的累计数应等于本月数 3",)),
}
BAD = JANUARY_CELLS | FILES | HEADS | ROW_KINDS | CELLS

# --- what is odd and harmless


def odd(make: Factory, file_name: str = "报表.xlsx", **more: object) -> Kind:
    return Kind(make, None, (), file_name, **more)  # type: ignore[arg-type]


def encoded(encoding: str) -> Kind:
    return odd(lambda slot: Form.of(slot).csv().encode(encoding), "报表.csv")


def fine(value: object) -> Kind:
    return odd(cell(TOTAL, "累计数", value))


def date_as_period(slot: Slot) -> bytes:
    return head("期", datetime(2021, slot.month, 1))(slot)


ODD: dict[str, Kind] = {
    "workbook_named_xls": odd(valid_xlsx, "报表.xls"),
    "workbook_named_csv": odd(valid_xlsx, "报表.csv"),
    "csv_named_xlsx": odd(valid_csv),
    "no_suffix": odd(valid_xlsx, "报表"),
    "very_long_name": odd(valid_xlsx, "很长的名字" * 15 + ".xlsx"),
    "name_with_a_formula": odd(valid_xlsx, "=1+1 & '$(date)'; <b>.xlsx"),
    "name_with_backslashes": odd(valid_xlsx, "..\\..\\报表.xlsx"),
    "macros": odd(macro_workbook, "报表.xlsm"),
    "external_links": odd(linked_workbook),
    "hidden_sheet": odd(hidden_only),
    "utf8_with_mark": encoded("utf-8-sig"),
    "gb18030": encoded("gb18030"),
    "utf16_with_mark": encoded("utf-16"),
    "semicolons": odd(lambda slot: Form.of(slot).csv(";").encode(), "报表.csv"),
    "tabs": odd(lambda slot: Form.of(slot).csv("\t").encode("utf-16"), "报表.txt"),
    "wide_commas": odd(lambda slot: Form.of(slot).csv("，").encode(), "报表.csv"),
    "thousands_in_quotes": odd(lambda slot: Form.of(slot).cell(TOTAL, "累计数", "1,234").csv().encode(), "报表.csv"),
    "merge_of_the_whole_sheet": odd(
        lambda slot: repacked(valid_xlsx(slot), replaced("</sheetData>", f"</sheetData>{WIDE_MERGE}"))
    ),
    "windows_line_ends_and_blank_lines": odd(lambda slot: valid_csv(slot).replace(b"\r\n", b"\r\n\r\n"), "报表.csv"),
    "date_as_period": odd(date_as_period),
    "period_in_words": odd(lambda slot: head("期", f"2021年{slot.month}月份")(slot)),
    "period_in_wide_digits": odd(lambda slot: head("期", f"２０２１年{slot.month}月")(slot)),
    "period_as_a_number": odd(lambda slot: head("期", 202100 + slot.month)(slot)),
    "own_folder": odd(valid_xlsx, in_folder=OWN),
    "wide_digits": fine("１００"),
    "thousands": fine("1,234"),
    "wide_thousands": fine("１，２３４"),
    "exponent": fine("1e2"),
    "plus_sign": fine("+100"),
    "blanks_around": fine("　100 "),
    "number_as_text": fine("100"),
    "formula_with_value": fine(Formula("=50+50", 100)),
    "percent_in_growth": odd(cell(ADDED, "增速(%)", "25%")),
    "dash_where_nothing_is_owed": odd(cell(ADDED, "去年同期累计", "——")),
    "ten_thousand_yuan": odd(form(lambda valid: valid.cell(CONTRACTS, "单位", "万元").amounts(CONTRACTS, 15000))),
    "cumulative_left_blank": odd(cell(ADDED, "累计数", "")),
    "month_left_blank": odd(cell(ADDED, "本月数", "")),
    "blank_row_between": odd(form(lambda valid: replace(valid, rows=(*valid.rows[:2], ("",) * 7, *valid.rows[2:])))),
    "the_same_file_again": odd(valid_xlsx, lead=valid_xlsx, verdict="repeated"),
}
KINDS = BAD | ODD
# What counts is compared with the month before: it stands two months apart, in districts where nothing else counts.
_COUNTING = [defect for defect, kind in KINDS.items() if kind.lead or not kind.rule]
_QUIET = [defect for defect in KINDS if defect not in _COUNTING]
_APART = [Slot(reporter_id, month) for month, reporter_id in product(range(1, 12, 2), list(DISTRICTS)[8:])]
# Of these nothing counts: two may share a slot.
_DENSE = cycle([Slot(reporter_id, month) for month, reporter_id in product(range(1, 13), list(DISTRICTS)[:8])])
SLOTS = dict(zip(_COUNTING, _APART, strict=False)) | dict(zip(_QUIET, _DENSE, strict=False))
NO_SUBMISSIONS = ("~$报表.xlsx", ".报表.xlsx.swp", "receipts.csv")
