"""Lays out who sent what and when, and what the accepted tables were warned about."""

from collections import Counter
from dataclasses import replace
from typing import Any

from reports import figures
from reports.catalogue import NOT_SUBMITTED, STATUSES, WAIVED_MARK
from reports.figures import Cell
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

_TONES = {"late": "late", "overdue": "late", "returned": "late", "not_submitted": "absent", "not_due": "absent"}
_DETAIL = (
    Column("reporter", "填报单位", 24, "left"),
    Column("status", "报送状态", 14, "left"),
    Column("due", "截止时间", 18, "center"),
    Column("received", "首次收到", 18, "center"),
    Column("accepted", "首次合格", 18, "center"),
    Column("versions", "合格件数", 9, "center"),
    Column("returned", "退回次数", 9, "center"),
    Column("warnings", "提醒条数", 9, "center"),
)
_FINDINGS = (
    Column("reporter", "填报单位", 22, "left"),
    Column("period", "月份", 9, "left"),
    Column("file", "文件", 26, "left"),
    Column("where", "位置", 12, "left"),
    Column("column", "栏目", 12, "left"),
    Column("found", "填报值", 14, "left"),
    Column("expected", "应为", 18, "left"),
    Column("message", "提醒内容", 44, "left"),
    Column("explanation", "填报单位说明", 24, "left"),
)


def submission_table(result: ResultSet) -> Table:
    """One month: a row a reporter with its times. Several months: a row a reporter, a column a month."""
    rows = [row for row in result.rows("submission_status") if row["reporter_id"] in result.reporters]
    rows.sort(key=lambda row: (row["period"], result.reporters[row["reporter_id"]]["display_order"]))
    months = sorted({row["period"] for row in rows})
    return _matrix(result, rows, months) if len(months) > 1 else _detail(result, rows)


def status_detail(result: ResultSet, reporter_id: str) -> Table:
    """One reporter's months with their times; its tables of several programmes in one month are a row each."""
    rows = result.rows_of("submission_status", "reporter_id", reporter_id)
    warned = Counter(row["period"] for row in result.rows_of("findings", "reporter_id", reporter_id))
    month = Column("month", "月份", 28, "left")
    cells = (_status_cells(result, row, warned[row["period"]]) | {"month": figures.text(row["period"])} for row in rows)
    return Table("submissions", "报送情况", (month, *_DETAIL[1:]), tuple(TableRow(of_one) for of_one in cells))


def findings_table(result: ResultSet, reporter_id: str = "") -> Table:
    """Warnings on the submissions that count, of all reporters or one.

    A returned submission's findings went back to its sender instead.
    """
    found = result.rows_of("findings", "reporter_id", reporter_id) if reporter_id else result.rows("findings")
    table = Table("findings", "数据质量提醒", _FINDINGS, tuple(TableRow(_finding(result, row)) for row in found))
    if not reporter_id:
        return table
    indicator = Column("indicator", "指标", 30, "left")
    columns = (indicator, *(column for column in _FINDINGS if column.key != "reporter"))
    return replace(table, columns=columns)


def waiver_remarks(result: ResultSet) -> list[str]:
    """One line a waiver that let figures of this notice count: who approved it, why, and for how many."""
    waived: dict[tuple[str, str, str, str], int] = {}
    for row in result.rows("findings"):
        if row["waived_by"]:
            name = result.reporters.get(row["reporter_id"], {}).get("reporter_name", row["reporter_id"])
            key = (name, row["period"], row["waived_by"], row["waiver_reason"])
            waived[key] = waived.get(key, 0) + 1
    return [
        f"标“{WAIVED_MARK}”的数不合填报规则，经批准照常计入："
        f"{name} {period}，{count} 处，由{approver}批准，理由：{reason}。"
        for (name, period, approver, reason), count in waived.items()
    ]


def _detail(result: ResultSet, rows: list[dict[str, Any]]) -> Table:
    warned = Counter(row["reporter_id"] for row in result.rows("findings"))
    return Table(
        "submissions",
        "各单位报送情况",
        _DETAIL,
        tuple(TableRow(_status_cells(result, row, warned[row["reporter_id"]])) for row in rows),
    )


def _status_cells(result: ResultSet, row: dict[str, Any], warning_count: int) -> dict[str, Cell]:
    return {
        "reporter": figures.text(result.reporters[row["reporter_id"]]["reporter_name"]),
        "status": _status(row),
        "due": figures.text(figures.deadline(row["due_at"])),
        "received": figures.text(figures.moment(row["first_received_at"])),
        "accepted": figures.text(figures.moment(row["first_accepted_at"])),
        "versions": figures.number(row["version_count"]),
        "returned": figures.number(row["returned_count"]),
        "warnings": figures.number(warning_count),
    }


def _matrix(result: ResultSet, rows: list[dict[str, Any]], months: list[str]) -> Table:
    cells: dict[str, dict[str, Cell]] = {}
    for row in rows:
        name = figures.text(result.reporters[row["reporter_id"]]["reporter_name"])
        cells.setdefault(row["reporter_id"], {"reporter": name})[row["period"]] = _status(row)
    columns = (_DETAIL[0], *(Column(month, month, 11, "left") for month in months))
    return Table("submissions", "各单位各月报送情况", columns, tuple(TableRow(of_one) for of_one in cells.values()))


def _status(row: dict[str, Any]) -> Cell:
    return figures.text(STATUSES.get(row["status"], NOT_SUBMITTED), tone=_TONES.get(row["status"], ""))


def _finding(result: ResultSet, row: dict[str, Any]) -> dict[str, Cell]:
    reporter = result.reporters.get(row["reporter_id"], {})
    place = " ".join(str(part) for part in (row["sheet"], row["cell"]) if part)
    return {
        "reporter": figures.text(reporter.get("reporter_name", row["reporter_id"])),
        "indicator": figures.text(result.indicators.get(row.get("indicator_id") or "", {}).get("indicator_name")),
        "period": figures.text(row["period"]),
        "file": figures.text(row["file_name"]),
        "where": figures.text(place),
        "column": figures.text(row["column_label"]),
        "found": figures.text(row["found"]),
        "expected": figures.text(row["expected"]),
        "message": figures.text(f"〔{WAIVED_MARK}〕{row['message']}" if row["waived_by"] else row["message"]),
        "explanation": figures.text(row["explanation"]),
    }
