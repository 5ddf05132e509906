"""What goes back to the sender: one folder a returned receipt, with the original file and 退回说明.xlsx."""

import re
import shutil
from datetime import UTC
from pathlib import Path

import duckdb
import xlsxwriter

from expectations.findings import shanghai_minute
from expectations.submissions import Row
from ingestion import journal
from ingestion.landing import archived_path
from ingestion.settings import Settings

NOTE_NAME = "退回说明.xlsx"
_WHAT_TO_DO = "请按下表逐条改正原表，保存后重新放入收件箱；改正前本文件不计入，此前已接受的版本仍然有效。"
# Head, name in raw.findings, width in characters.
_COLUMNS = (
    ("问题与改法", "message", 56),
    ("处理", "severity", 6),
    ("工作表", "sheet", 8),
    ("行", "row_number", 5),
    ("列", "column_label", 12),
    ("单元格", "cell", 8),
    ("填的是", "found", 16),
    ("应为", "expected", 24),
    ("规则", "rule_id", 10),
)
_LONGEST_NAME_BYTES = 120
_LONGEST_SUFFIX_BYTES = 10
_LINE_POINTS = 15
_TALLEST_POINTS = 400


def deliver_returns(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[Path]:
    """Lay out every returned receipt that was not laid out before, and journal it; the new folders."""
    delivered = {entry["receipt_id"] for entry in journal.read("returns")}
    cursor = connection.execute(
        """select receipts.* from raw.receipts inner join raw.judgements using (receipt_id)
        where verdict = 'returned' order by received_at, receipt_id"""
    )
    names = [column[0] for column in cursor.description or []]
    receipts = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    return [_deliver(connection, settings, receipt) for receipt in receipts if receipt["receipt_id"] not in delivered]


def safe_name(file_name: str) -> str:
    """A file name as any system can store it: no folder, no control or reserved character, not too long."""
    name = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "-", file_name).strip(" .") or "未命名"
    suffix = Path(name).suffix
    if len(suffix.encode()) > _LONGEST_SUFFIX_BYTES:
        suffix = ""
    stem = name.removesuffix(suffix)
    return stem.encode()[: _LONGEST_NAME_BYTES - len(suffix.encode())].decode(errors="ignore") + suffix


def _deliver(connection: duckdb.DuckDBPyConnection, settings: Settings, receipt: Row) -> Path:
    """One entry; it appears whole under its final name or not at all."""
    name = safe_name(receipt["file_name"].rsplit("/", 1)[-1])
    # With the reporter's folder in front and no suffix: the entry is a folder that people look for by reporter.
    folder = settings.returned / f"{receipt['receipt_id']}-{Path(safe_name(receipt['file_name'])).stem}"
    fresh = folder.with_name(f".{receipt['receipt_id']}.part")
    for leftover in (fresh, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True)
    original = fresh / (f"原件-{name}" if name == NOTE_NAME else name)
    shutil.copyfile(archived_path(settings.archive, receipt["sha256"]), original)
    findings = _findings(connection, receipt["receipt_id"])
    write_note(fresh / NOTE_NAME, receipt, findings)
    fresh.rename(folder)
    entry = {"receipt_id": receipt["receipt_id"], "folder": folder.name, "finding_count": len(findings)}
    journal.append("returns", entry)
    return folder


def _findings(connection: duckdb.DuckDBPyConnection, receipt_id: str) -> list[Row]:
    names = [name for _, name, _ in _COLUMNS]
    rows = connection.execute(
        f"""select {", ".join(names)} from raw.findings where receipt_id = ?
        order by severity desc, table_id nulls first, row_number nulls first, cell, rule_id, message""",
        [receipt_id],
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def write_note(path: Path, receipt: Row, findings: list[Row]) -> None:
    """The sheet 退回说明: which file, when it came, what to do, and each finding with its place; A4 landscape."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        # The receipt's own time, so that the same return is the same file.
        workbook.set_properties({"title": "退回说明", "created": receipt["received_at"].replace(tzinfo=UTC)})
        sheet = workbook.add_worksheet("退回说明")
        text = {"text_wrap": True, "valign": "top", "align": "left", "border": 1, "border_color": "#BFBFBF"}
        styles = {
            "title": workbook.add_format({"bold": True, "font_size": 16}),
            "label": workbook.add_format({"bold": True}),
            "head": workbook.add_format(text | {"bold": True, "bg_color": "#F2DCDB"}),
            "text": workbook.add_format(text),
        }
        top = _write_top(sheet, styles, receipt, findings)
        _write_findings(sheet, styles, top, findings)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")


def _write_top(
    sheet: xlsxwriter.worksheet.Worksheet, styles: dict[str, object], receipt: Row, findings: list[Row]
) -> int:
    """The lines above the table; the row of its head."""
    sheet.write_string(0, 0, "退回说明", styles["title"])
    lines = (
        f"文件：{receipt['file_name']}",
        f"收到时间：{shanghai_minute(receipt['received_at'])}（北京时间）",
        f"共 {len(findings)} 条。{_WHAT_TO_DO}",
    )
    for number, line in enumerate(lines, start=1):
        sheet.write_string(number, 0, line, styles["label"] if number == 1 else None)
    return len(lines) + 2


def _write_findings(
    sheet: xlsxwriter.worksheet.Worksheet, styles: dict[str, object], top: int, findings: list[Row]
) -> None:
    for number, finding in enumerate(findings, start=top + 1):
        # Not every program fits wrapped rows by itself.
        lines = max(_line_count(str(finding[name] or ""), width) for _, name, width in _COLUMNS)
        sheet.set_row(number, min(lines * _LINE_POINTS, _TALLEST_POINTS))
    for column, (label, name, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(top, column, label, styles["head"])
        for number, finding in enumerate(findings, start=top + 1):
            sheet.write_string(number, column, str(finding[name] or ""), styles["text"])


def _line_count(text: str, width: int) -> int:
    """Lines that a text takes in a column; a Chinese character is as wide as two figures."""
    columns = sum(2 if ord(character) > 0x2E7F or character in "“”" else 1 for character in text)
    return max(1, -(-columns // (width - 1)))
