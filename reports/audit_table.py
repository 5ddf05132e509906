"""The acts as people get them: lines on a screen, a CSV for a spreadsheet, a table of the analysts' file."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import duckdb
import polars

from ingestion.periods import TIMEZONE
from reports.audit import OBJECTED, Act, all_acts
from reports.redaction import without_numbers

SCHEMA, TABLE = "audit", "acts"
GRAIN = "每件办理一行：发布、批准、退回稿件、豁免、签批更正、重新开放、一票否决、改期、提出和答复异议。"
# Column: its type, and what it means.
COLUMNS: dict[str, tuple[str, str]] = {
    "acted_at": ("timestamp", "时间（UTC）；只记了日期或没有记的为空"),
    "acted_on": ("date", "日期（北京时间）；没有记的为空"),
    "act": (
        "varchar",
        "办理了什么：发布、批准、退回稿件、豁免、签批更正、重新开放、一票否决、改期、提出异议或答复异议",
    ),
    "who": ("varchar", "谁办理的；异议为提出的填报单位；没有记的为空"),
    "programme_id": ("varchar", "方案编号"),
    "cadence": ("varchar", "周期；不属于某一期通报的为空"),
    "period": ("varchar", "期；不限于一期的为空"),
    "reporter_id": ("varchar", "所涉填报单位编号；涉及全部单位的为空"),
    "what": ("varchar", "内容"),
    "why": ("varchar", "理由或意见"),
    "recorded_in": ("varchar", "记在哪里：日志或登记册的文件和行"),
}
_HEADER = ("时间", "日期", "办理", "何人", "方案", "周期", "期", "填报单位", "内容", "理由或意见", "记录在")
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t")


def lines_of(acts: Sequence[Act]) -> list[str]:
    """A line an act."""
    return [
        "　".join(
            (
                _moment(act) or (act.acted_on.isoformat() if act.acted_on else "时间不详"),
                act.act,
                act.who or "（没有记是谁）",
                act.what,
                *([f"理由：{act.why}"] if act.why else []),
                f"〔{act.recorded_in}〕",
            )
        )
        for act in acts
    ]


def csv_of(acts: Sequence[Act]) -> bytes:
    """As CSV that office programs open as Chinese; what would be taken for a formula begins with an apostrophe."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(_HEADER)
    for act in acts:
        texts = (act.act, act.who, act.programme_id, act.cadence, act.period, act.reporter_id, act.what, act.why)
        row = (_moment(act), act.acted_on.isoformat() if act.acted_on else "", *texts, act.recorded_in)
        writer.writerow(f"'{text}" if text.startswith(_FORMULA_SIGNS) else text for text in row)
    return stream.getvalue().encode("utf-8-sig")


def rows_for_analysts() -> list[tuple[object, ...]]:
    """The acts as the analysts' file holds them: without telephone numbers, and of an objection only whose it is."""
    return [_row(act) for act in all_acts()]


def _row(act: Act) -> tuple[object, ...]:
    who = act.reporter_id if act.act == OBJECTED else without_numbers(act.who)
    at = act.acted_at.astimezone(UTC).replace(tzinfo=None) if act.acted_at else None
    ids = (act.programme_id or None, act.cadence or None, act.period or None, act.reporter_id or None)
    texts = (without_numbers(act.what), without_numbers(act.why) or None, act.recorded_in)
    return (at, act.acted_on, act.act, who or None, *ids, *texts)


def write_table(connection: duckdb.DuckDBPyConnection, rows: Sequence[tuple[object, ...]]) -> None:
    """Make the table in the catalogue that the connection uses now, or make it anew, every column with its meaning."""
    columns = ", ".join(f"{name} {data_type}" for name, (data_type, _) in COLUMNS.items())
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(f"create or replace table {SCHEMA}.{TABLE} ({columns})")
    if rows:
        frame = polars.DataFrame(rows, schema=list(COLUMNS), orient="row", infer_schema_length=None)
        connection.register("acts_written", frame.to_arrow())
        connection.execute(f"insert into {SCHEMA}.{TABLE} select * from acts_written")
        connection.unregister("acts_written")
    connection.execute(f"comment on table {SCHEMA}.{TABLE} is '{GRAIN}'")
    for name, (_, meaning) in COLUMNS.items():
        connection.execute(f"comment on column {SCHEMA}.{TABLE}.{name} is '{meaning}'")


def published_rows(path: Path) -> list[tuple[object, ...]] | None:
    """The rows that a snapshot file holds; None where it has no such table."""
    try:
        # By ATTACH, as opening the path directly could share a handle on a replaced file.
        with duckdb.connect() as memory:
            quoted = str(path).replace("'", "''")
            memory.execute(f"attach '{quoted}' as published (read_only)")
            return memory.execute(f"select * from published.{SCHEMA}.{TABLE}").fetchall()
    except duckdb.Error:
        return None


def _moment(act: Act) -> str:
    return f"{act.acted_at.astimezone(TIMEZONE):%Y-%m-%d %H:%M:%S}" if act.acted_at else ""
