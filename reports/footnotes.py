"""Footnotes to figures: waived, explained, changed since they were first sent, other than last published."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ingestion.contract import BY_NAME
from reports import figures
from reports.catalogue import EXPLAINED_SIGN, RESTATED_SIGN, SIGNS, WAIVED_MARK, WAIVED_SIGN
from reports.changes import Change
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

EXPLAINED, UNEXPLAINED, CORRECTED, RESTATED = "已说明", "未说明", "签批更正", "改动过"
REVISED = "与上版不同"
_SIGNS = {
    WAIVED_MARK: WAIVED_SIGN, EXPLAINED: EXPLAINED_SIGN, CORRECTED: RESTATED_SIGN, RESTATED: RESTATED_SIGN,
}  # fmt: skip
_INDICATOR, _REPORTER = Column("indicator", "指标", 28, "left"), Column("reporter", "填报单位", 24, "left")
_PERIOD = Column("period", "月份", 9, "center")
_COLUMNS = (
    _INDICATOR, _REPORTER, Column("number", "注", 8, "center"), _PERIOD, Column("kind", "类别", 12, "center"),
    Column("words", "内容", 90, "left"),
)  # fmt: skip
_SIGN_COLUMNS = (
    _REPORTER, _INDICATOR, _PERIOD, Column("sign", "标记", 6, "center"), Column("words", "说明", 60, "left"),
)  # fmt: skip
# Of a change of the result only what was reported or set; what follows from it is in the figures themselves.
_REVISED_FIELDS = {
    "month_value": "本期数",
    "cumulative_value": "累计(期末)数",
    "same_period_value": "上年同期",
    "target_value": "目标",
}
_UNKNOWN_DECIMALS = 2


@dataclass(frozen=True)
class Footnote:
    """One remark on the figures of a reporter for an indicator."""

    reporter_id: str
    indicator_id: str
    period: str
    kind: str
    words: str

    @property
    def sign(self) -> str:
        """What the figure carries; empty for a remark that only a list tells."""
        return _SIGNS.get(self.kind, "")


def footnotes(result: ResultSet, changes: list[Change]) -> list[Footnote]:
    """All footnotes of a result by display order of indicator and reporter; `changes` are against the last vintage."""
    indicators = {name: position for position, name in enumerate(result.indicators)}
    reporters = {name: position for position, name in enumerate(result.reporters)}
    notes = [*_notes(result), *(_of_change(result, change) for change in changes if _is_revised(change))]
    known = [note for note in notes if note.indicator_id in indicators and note.reporter_id in reporters]
    return sorted(
        dict.fromkeys(known), key=lambda note: (indicators[note.indicator_id], reporters[note.reporter_id], note.period)
    )


def without_warnings(notes: list[Footnote]) -> list[Footnote]:
    """Those that no table of warnings says: figures changed, or other than last published."""
    return [note for note in notes if note.kind in (CORRECTED, RESTATED, REVISED)]


def marks_of(notes: list[Footnote], name: str) -> dict[str, str]:
    """“注1、注3” by reporter or by indicator (`name` is the attribute), for notes numbered from 1 in their order."""
    marks: dict[str, list[str]] = {}
    for number, note in enumerate(notes, start=1):
        marks.setdefault(getattr(note, name), []).append(f"注{number}")
    return {key: "、".join(listed) for key, listed in marks.items()}


def signs_of(result: ResultSet) -> dict[tuple[str, str], str]:
    """The signs that a reporter's figure of an indicator carries, by (reporter_id, indicator_id)."""
    found: dict[tuple[str, str], set[str]] = {}
    for note in _notes(result):
        found.setdefault((note.reporter_id, note.indicator_id), set()).add(note.sign)
    return {key: "".join(sign for sign in SIGNS if sign in signs) for key, signs in found.items()}


def footnotes_table(result: ResultSet) -> Table:
    """What the signs behind figures stand for: one row a footnote."""
    rows = tuple(TableRow(_cells(result, note)) for note in footnotes(result, []) if note.sign)
    return Table("footnotes", "", _SIGN_COLUMNS, rows)


def footnote_table(result: ResultSet, notes: list[Footnote], table_id: str) -> Table:
    """The notes of one indicator or reporter, numbered from 1."""
    rows = tuple(
        TableRow(_cells(result, note) | {"number": figures.text(f"注{number}")})
        for number, note in enumerate(notes, start=1)
    )
    return Table(table_id, "附注", _COLUMNS, rows)


def _cells(result: ResultSet, note: Footnote) -> dict[str, figures.Cell]:
    return {
        "indicator": figures.text(result.indicators[note.indicator_id]["indicator_name"]),
        "reporter": figures.text(result.reporters[note.reporter_id]["reporter_name"]),
        "period": figures.text(note.period),
        "kind": figures.text(note.kind),
        "sign": figures.text(note.sign),
        "words": figures.text(note.words),
    }


def _notes(result: ResultSet) -> Iterator[Footnote]:
    for row in result.rows("findings"):
        if row.get("indicator_id"):
            yield _note(row, *_of_finding(row))
    for row in result.rows("restatements"):
        when = figures.moment(row["received_at"])
        yield _note(row, RESTATED, f"{_change(result, row, 'old_value', 'new_value', '改为')}（{when} 收到的报送）。")
    for row in result.rows("signed_corrections"):
        what = _change(result, row, "expected_value", "corrected_value", "更正为")
        yield _note(row, CORRECTED, f"{what}，原因：{row['reason']}；{row['signed_by']}，{row['signed_on']}。")


def _note(row: dict[str, Any], kind: str, words: str) -> Footnote:
    return Footnote(row["reporter_id"], row["indicator_id"], row["period"], kind, words)


def _of_finding(row: dict[str, Any]) -> tuple[str, str]:
    if row["waived_by"]:
        return WAIVED_MARK, f"{row['message']}经{row['waived_by']}批准照常计入，理由：{row['waiver_reason']}。"
    if row["explanation"]:
        return EXPLAINED, f"{row['message']}填报单位说明：{row['explanation']}"
    return UNEXPLAINED, row["message"]


def _change(result: ResultSet, row: dict[str, Any], before: str, after: str, verb: str) -> str:
    old, new = (_value(result, row["indicator_id"], row[name]) for name in (before, after))
    return f"{BY_NAME[row['column_name']].label}由 {old} {verb} {new}"


def _value(result: ResultSet, indicator_id: str, value: Decimal | None) -> str:
    decimals = result.indicators.get(indicator_id, {}).get("decimals", _UNKNOWN_DECIMALS)
    return figures.number(value, decimals).text or "空白"


def _is_revised(change: Change) -> bool:
    return change["table"] == "progress" and change["field"] in _REVISED_FIELDS and change["before"] is not None


def _of_change(result: ResultSet, change: Change) -> Footnote:
    before, after = (
        _value(result, change["indicator_id"], None if change[name] is None else Decimal(change[name]))
        for name in ("before", "after")
    )
    words = f"{_REVISED_FIELDS[change['field']]}上版公布为 {before}，本版为 {after}。"
    return Footnote(change["reporter_id"], change["indicator_id"], result.period, REVISED, words)
