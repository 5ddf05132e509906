"""A small registry of an invented city, and one factory that makes a valid submission; a test changes what it is about.

Every reporter is like the others, so each case of a test takes one of its own and no case meets another's figures.
"""

import csv
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.conform import Cell, SubmittedTable, parse_number
from ingestion.contract import NUMBER_COLUMNS, TASK_COLUMNS
from ingestion.landing import ReadFile, Receipt, archived_path, land, receipt_id_of
from ingestion.ledgers import LedgerRow
from ingestion.periods import parse_moment
from ingestion.registry import Registry, column_types
from ingestion.settings import Settings

DISTRICTS = [f"d{number:03d}" for number in range(1, 100)]
FIRST_ROW, COLUMN_LETTERS = 7, dict(zip((column.name for column in NUMBER_COLUMNS), "CDEF", strict=True))
Row = dict[str, str]


def district_name(reporter_id: str) -> str:
    """示例001区 and so on."""
    return f"示例{reporter_id[1:]}区"


def _indicator(indicator_id: str, name: str, kind: str, unit: str, decimals: int, **changes: str) -> Row:
    row = {"indicator_id": indicator_id, "indicator_name": name, "kind": kind, "unit": unit, "decimals": str(decimals)}
    row |= {"direction": "higher", "ratio_decimals": "1", "is_non_negative": "true", "city_method": "sum"}
    row |= {"supplier_kind": "district", "frequency": "month", "pace_rule": "linear", "home_programme_id": "pilot"}
    return row | changes


def _programme(programme_id: str, name: str, document_id: str) -> Row:
    dates = {"starts_on": "2021-01-01", "ends_on": "2021-12-31"}
    kinds = {"reporter_kind": "district", "city_reporter_id": "city"}
    return {"programme_id": programme_id, "programme_name": name, "document_id": document_id} | dates | kinds


def _member(reporter_id: str, **dates: str) -> Row:
    return {"programme_id": "pilot", "group_id": "all", "reporter_id": reporter_id} | dates


REGISTRY: dict[str, list[Row]] = {
    "documents": [
        {"document_id": "doc", "number": "示例〔2021〕1号", "title": "示例", "is_scored": "false"},
        {"document_id": "other_doc", "number": "示例〔2021〕2号", "title": "另一示例", "is_scored": "false"},
    ],
    "programmes": [_programme("pilot", "示例方案", "doc"), _programme("other", "另一方案", "other_doc")],
    "programme_cadences": [
        {"programme_id": "pilot", "cadence": "monthly_dispatch", "reporter_kind": "district", "label": "月调度"}
    ],
    "reporters": [
        {"reporter_id": "city", "reporter_name": "示例市", "reporter_kind": "city", "display_order": "0"},
        {"reporter_id": "bureau", "reporter_name": "示例局", "reporter_kind": "department", "display_order": "900"},
        {"reporter_id": "outsider", "reporter_name": "外来区", "reporter_kind": "district", "display_order": "901"},
        {"reporter_id": "joined", "reporter_name": "新设区", "reporter_kind": "district", "display_order": "902"},
        *(
            {"reporter_id": id_, "reporter_name": district_name(id_), "reporter_kind": "district"}
            | {"display_order": str(number)}
            for number, id_ in enumerate(DISTRICTS, start=1)
        ),
    ],
    "reporter_groups": [
        {"programme_id": "pilot", "group_id": "all", "group_name": "各区", "is_ranked": "true", "display_order": "1"}
    ],
    "reporter_group_members": [*(_member(id_) for id_ in DISTRICTS), _member("joined", valid_from="2021-06-01")],
    "indicators": [
        _indicator("enterprises", "新增企业", "increment", "家", 0),
        _indicator("contracts", "合同成交额", "increment", "亿元", 2),
        _indicator("stock", "企业总数", "level", "家", 0),
        _indicator("listed", "上市企业", "level", "家", 0),
        _indicator("growth", "产值增速", "rate", "%", 1, is_non_negative="false"),
        _indicator("visits", "走访次数", "increment", "次", 0, frequency="quarter"),
        _indicator("intensity", "研发强度", "rate", "%", 2, supplier_kind="city", frequency="year"),
        _indicator("stations", "站点数", "level", "个", 0, home_programme_id="other"),
    ],
    "programme_indicators": [
        {"programme_id": "other", "indicator_id": "stations", "is_required": "true", "display_order": "0"},
        *(
            {"programme_id": "pilot", "indicator_id": id_, "is_required": required, "display_order": str(order)}
            for order, (id_, required) in enumerate(
                [("enterprises", "true"), ("contracts", "true"), ("stock", "true"), ("visits", "true")]
                + [("growth", "false"), ("intensity", "true"), ("stations", "true"), ("listed", "false")]
            )
        ),
    ],
    "indicator_parts": [{"part_indicator_id": "listed", "whole_indicator_id": "stock"}],
    "targets": [
        {"target_id": "contracts-2021", "document_id": "doc", "clause": "一", "indicator_id": "contracts"}
        | {"comparator": ">=", "value_low": "4950", "unit": "亿元", "period": "2021", "scope": "city"}
        | {"is_scored": "true"}
    ],
    "target_splits": [
        {"target_id": "contracts-2021", "reporter_id": id_, "value": "50", "is_illustrative": "true"}
        for id_ in DISTRICTS
    ],
    "ledger_statuses": [
        {"item_kind": "task", "status": status, "position": str(position), "is_final": final} | {"counts_as": meaning}
        for position, status, final, meaning in (
            (1, "未启动", "false", "not_started"),
            (2, "推进中", "false", "moving"),
            (3, "已完成", "true", "finished"),
        )
    ],
    "pace_rules": [
        {"pace_rule": "linear", "pace_name": "按月匀速", "month": "12"}
        | {"share_numerator": "1", "share_denominator": "1"}
    ],
    "reporting_calendar": [
        {"programme_id": id_, "due_workdays": "7", "publish_workdays": "10", "source": "示例"}
        for id_ in ("pilot", "other")
    ],
    # Only May closes: for first tables after 13 July, for newer versions after 24 August.
    "calendar_changes": [
        {"programme_id": "pilot", "period": "2021-05", "no_new_on": "2021-07-13", "no_edits_on": "2021-08-24"}
        | {"changed_by": "示例", "reason": "示例"}
    ],
    "reopenings": [
        {"programme_id": "pilot", "reporter_id": "d098", "period": "2021-05", "opened_on": "2021-09-01"}
        | {"until": "2021-09-10", "opened_by": "示例", "reason": "示例"}
    ],
}


def write_registry(folder: Path) -> Path:
    """The small registry as a folder of files; columns that it does not use are blank."""
    folder.mkdir(parents=True)
    for table, types in column_types().items():
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(types), restval="")
            writer.writeheader()
            writer.writerows(REGISTRY.get(table, []))
    return folder


def valid_rows(month: int) -> dict[str, Row]:
    """Figures of a month that agree with those of the month before: each month brings the same."""
    return {
        "新增企业": {"month_value": "3", "cumulative_value": str(3 * month)},
        "合同成交额": {"month_value": "1.25", "cumulative_value": f"{125 * month / 100:.2f}", "growth_pct": "-2.5"},
        "企业总数": {"cumulative_value": str(100 + 3 * month), "same_period_value": "90"},
        "走访次数": {"month_value": "2", "cumulative_value": str(2 * month)},
    }


@dataclass
class Table:
    """One filled table; `rows` are (indicator, texts by column) in the order of the sheet."""

    reporter: str
    month: str
    rows: list[tuple[str, Row]]
    programme: str = "示例方案"
    cover: dict[str, str] = field(default_factory=dict)
    tasks: list[tuple[str, str]] = field(default_factory=list)

    def change(self, indicator: str, **texts: str) -> "Table":
        """Other texts in one indicator's row; an empty text blanks the cell."""
        self.rows = [(name, row | texts if name == indicator else row) for name, row in self.rows]
        return self

    def remove(self, indicator: str) -> "Table":
        """Without one indicator's row."""
        self.rows = [(name, row) for name, row in self.rows if name != indicator]
        return self

    def add(self, indicator: str, **texts: str) -> "Table":
        """One more row at the end."""
        self.rows = [*self.rows, (indicator, texts)]
        return self

    def as_submitted(self) -> SubmittedTable:
        """As the reader hands it on."""
        texts = {"programme": (self.programme, "B2"), "reporter": (self.reporter, "B3"), "period": (self.month, "B4")}
        head = {name: Cell(text, address) for name, (text, address) in texts.items()}
        head |= {name: Cell(text, "B9") for name, text in self.cover.items()}
        rows = [_submitted_row(number, *row) for number, row in enumerate(self.rows, start=FIRST_ROW)]
        return SubmittedTable("指标", head, rows=rows, ledgers=[_task(*task) for task in self.tasks])


def _task(task: str, status: str) -> LedgerRow:
    """A line of the sheet 任务 as the reader hands it on."""
    texts = {column.name: None for column in TASK_COLUMNS} | {"task": task, "status": status}
    cells = {f"{name}_text": text for name, text in texts.items()} | {f"{name}_cell": "D4" for name in texts}
    return LedgerRow("task", {"sheet": "任务", "row_number": 4} | cells)


def _submitted_row(number: int, indicator: str, texts: Row) -> dict[str, object]:
    row: dict[str, object] = {"row_number": number, "indicator_text": indicator, "indicator_cell": f"A{number}"}
    for name, letter in COLUMN_LETTERS.items():
        text = texts.get(name) or None
        row |= {name: parse_number(text) if text else None, f"{name}_text": text, f"{name}_cell": f"{letter}{number}"}
    return row | {"note": texts.get("note"), "unit_text": texts.get("unit"), "unit_cell": f"B{number}"}


@dataclass
class Submission:
    """One received file. `received` is Asia/Shanghai; `folder` is the inbox folder that it lay in."""

    tables: list[Table]
    received: str
    folder: str | None
    name: str
    problem: str | None = None
    content: str = field(default="")

    @property
    def receipt(self) -> Receipt:
        """The receipt as ingestion makes it."""
        file_name = f"{self.folder}/{self.name}" if self.folder else self.name
        sha256 = hashlib.sha256(self.original).hexdigest()
        moment = parse_moment(self.received)
        id_ = receipt_id_of(sha256, file_name, moment)
        return Receipt(id_, sha256, file_name, self.folder, moment, moment, "测试", id_)

    @property
    def original(self) -> bytes:
        """The bytes in the archive."""
        return (self.content or repr((self.tables, self.problem))).encode()

    @property
    def id(self) -> str:
        """The receipt's id."""
        return self.receipt.receipt_id

    def at(self, received: str, **changes: object) -> "Submission":
        """The same file received at another time."""
        return replace(self, received=received, **changes)

    def land(self, connection: duckdb.DuckDBPyConnection, registry: Registry, settings: Settings) -> None:
        """Archive the bytes and put the rows into raw."""
        path = archived_path(settings.archive, self.receipt.sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.original)
        code = "damaged" if self.problem else None
        tables = [table.as_submitted() for table in self.tables]
        land(connection, registry, self.receipt, ReadFile(tables, code, self.problem))


def make_table(reporter_id: str = "d001", month: int = 2) -> Table:
    """A valid table of a district."""
    return Table(district_name(reporter_id), f"2021-{month:02d}", list(valid_rows(month).items()))


def make_submission(reporter_id: str = "d001", month: int = 2, *tables: Table, **changes: object) -> Submission:
    """A valid submission of a district, received on the fifth of the next month from its own folder."""
    year, next_month = (2021, month + 1) if month < 12 else (2022, 1)
    received = f"{year}-{next_month:02d}-05T10:00"
    file = Submission(list(tables) or [make_table(reporter_id, month)], received, reporter_id, f"2021-{month:02d}.xlsx")
    return replace(file, **changes)


def utc(text: str) -> datetime:
    """A time of Asia/Shanghai as raw keeps it."""
    return parse_moment(text).astimezone(UTC).replace(tzinfo=None)
