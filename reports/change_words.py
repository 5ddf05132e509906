"""What a change is called: of whom, of what, which column, before and after, in the words that people read."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports import figures
from reports.catalogue import (
    BASES,
    COMPARATORS,
    LIGHTS,
    OVERALL,
    PART_STATES,
    PARTS,
    STATUSES,
    TARGET_STATES,
    UNRANKED,
    VALUE_STATES,
)
from reports.changes import Change
from reports.figures import Cell
from reports.read import ResultSet

NONE = "无"
SCORE = "综合得分"
# Printed with the decimals of their indicator.
_VALUES = {
    "month_value": "本期数", "cumulative_value": "累计(期末)数", "previous_value": "上期可比数",
    "same_period_value": "上年同期", "target_value": "目标", "value_high": "目标上限", "actual_value": "实际",
    "needed_per_month": "每月需完成数",
}  # fmt: skip
# Printed as percentages with the decimals of their indicator.
_RATIOS = {
    "completion_ratio": "完成率", "yoy_ratio": "同比", "yoy_reported_ratio": "填报同比", "mom_ratio": "环比",
    "time_progress_ratio": "序时进度", "progress_gap": "较序时进度", "contribution_ratio": "贡献率",
    "mark_share": "得分占满分", "error_ratio": "差错率", "restatement_ratio": "改动幅度",
}  # fmt: skip
_PLAIN = {
    "ranked_value": "参与排名的数值", "rank_change": "位次变化", "margin_above": "与前一名的差距",
    "margin_below": "与后一名的差距", "ranked_count": "参与排名的单位数", "reporter_count": "范围内的单位数",
    "scheme_id": "计分方案", "score": "总分", "score_change": "总分变化", "target_id": "所用目标",
    "reported_count": "已报个数", "expected_count": "应报个数", "met_count": "达到个数", "area_count": "负有义务单位数",
    "document_number": "文号", "document_id": "文件", "clause": "条款", "scope_name": "目标所指分类", "unit": "单位",
    "strength": "措辞力度", "restates_target_id": "所重申的目标", "stretches_target_id": "力争值的基本目标",
    "indicator_id": "指标", "rule_id": "计分规则", "full_weight": "所列满分", "weight": "计入的满分",
    "measured_value": "计分所依据的数值", "mark": "得分", "bonus": "加分", "penalty": "扣分", "points": "该项得分",
    "event_count": "扣分次数", "previous_points": "上期该项得分", "points_change": "该项得分变化",
    "explanation_order": "解释力次序", "lead_units": "牵头单位", "responsible_units": "责任单位",
    "target_count": "目标数", "target_finished_count": "目标已完成", "target_on_pace_count": "目标达到序时",
    "target_lagging_count": "目标滞后", "target_no_pace_count": "目标不按进度衡量",
    "target_unreported_count": "目标未报送", "target_not_due_count": "目标未到期",
    "target_not_scored_count": "目标不计分", "task_count": "任务数", "task_finished_count": "任务已完成",
    "task_moving_count": "任务推进中", "task_lagging_count": "任务滞后", "task_unreported_count": "任务未报送",
    "task_not_due_count": "任务未到期", "task_unassigned_count": "任务没有填报单位",
    "task_not_started_count": "任务未启动", "task_ended_count": "任务终止", "unit_name": "单位名称",
    "unit_kind": "单位类别", "task": "任务", "due": "时限", "status": "状态", "status_position": "状态次序",
    "said_by": "报送单位", "status_since": "从哪个月起", "reported_in": "出自哪个月的表",
    "days_without_movement": "没有变化的天数", "progress": "进展情况", "problem": "存在问题",
    "next_step": "下一步打算", "texts_reported_in": "文字出自哪个月的表", "item_name": "名称", "item_code": "代码",
    "note": "说明", "started_on": "开始日期", "due_on": "计划完成日期", "finished_on": "实际完成日期",
    "owed_count": "应报表数", "on_time_count": "按时", "late_count": "迟报", "missing_count": "缺报",
    "days_late": "迟报天数", "returned_count": "退回", "return_finding_count": "退回的问题",
    "reminder_count": "提醒", "row_count": "审核行数", "restated_month_count": "改动月数",
    "restated_figure_count": "改动次数", "grade": "等次", "source_value": "计分所取的数",
    "is_held_or_not": "只看是否达到", "compared_group_id": "比较所在分类", "place": "计分所用位次",
    "best_value": "最好的数", "worst_value": "最差的数", "bonus_share": "加分占满分", "quarter_share": "季度所占份额",
    "counted_share": "计入份额",
}  # fmt: skip
_REPORTED = {"reported": "已报", "zero": "已报(零)"}
_PART_KINDS = {"indicator": "指标"} | PARTS
_STANDINGS = {
    "finished": "已完成", "on_pace": "达到序时进度", "lagging": "滞后", "no_pace": "不按进度衡量", "moving": "推进中",
    "progressing": "推进中", "not_started": "未启动", "ended": "终止", "unlisted": "状态不在清单里",
    "not_reported": "未报送", "unreported": "未报送", "not_due": "未到期", "nothing_to_report": "没有目标和任务",
    "not_scored": "不计分",
}  # fmt: skip
_WORDS: dict[str, tuple[str, dict[str, str]]] = {
    "light": ("亮灯", LIGHTS),
    "value_state": ("报送状态", VALUE_STATES | _REPORTED),
    "target_state": ("目标状态", TARGET_STATES | {"set": "有目标"}),
    "comparator": ("比较方式", COMPARATORS),
    "part_kind": ("计分项种类", _PART_KINDS),
    "part_state": ("计分状态", PART_STATES),
    "basis": ("计分依据", BASES),
    "target_standing": ("目标进展", _STANDINGS),
    "state": ("条款进展", _STANDINGS),
    "task_state": ("任务状态", _STANDINGS),
    "counts_as": ("状态类别", _STANDINGS),
    "is_met": ("是否达到", {"True": "已达到", "False": "尚未达到"}),
}
_QUESTIONS = {
    "is_reachable": "能否完成", "is_illustrative": "是否示例分解", "is_sample": "是否示例数据",
    "is_approximate": "是否约数", "is_asked": "是否要求填报", "is_final": "是否最终状态",
    "is_reported_in_period": "本期是否报送", "is_listed_in_period": "本期是否列出",
}  # fmt: skip
_PLACES = {"rank": "位次", "previous_rank": "上期位次"}
_ANSWERS = {"True": "是", "False": "否"}
_ROLES = {"lead": "牵头", "responsible": "责任"}
_ITEM_KINDS = {"project": "项目", "enterprise": "企业", "platform": "平台"}


@dataclass(frozen=True)
class Words:
    """One change as people read it; `before` and `after` are empty cells where there was no value."""

    subject: str
    thing: str
    label: str
    before: Cell
    after: Cell


def words_of(result: ResultSet, change: Change) -> Words:
    """The words for a change; `result` is the later of the two, which names reporters, indicators and targets."""
    indicator = result.indicators.get(_indicator_id(change))
    label, before, after = _shown(change, indicator)
    if change["table"] in ("rankings", "composite_rankings"):
        label = _label_of_place(result, change, label)
    subject, thing = _NAMES[change["table"]](result, change)
    return Words(subject, thing, label, before, after)


def label_of(field: str) -> str:
    """What a column is called; its own name where it has no label."""
    for labels in (_VALUES, _RATIOS, _PLAIN, _QUESTIONS, _PLACES):
        if field in labels:
            return labels[field]
    return _WORDS[field][0] if field in _WORDS else field


def _label_of_place(result: ResultSet, change: Change, label: str) -> str:
    """A place says among whom, and by what where an indicator is ranked."""
    basis = f"（{BASES.get(change['basis'], change['basis'])}）" if "basis" in change else ""
    if change["field"] == "rank":
        return f"{'总位次' if change['scope'] == OVERALL else '分类位次'}{basis}"
    return f"{label}{basis}{_scope(result, change)}"


def _shown(change: Change, indicator: dict[str, Any] | None) -> tuple[str, Cell, Cell]:
    field, both = change["field"], (change["before"], change["after"])
    if field in _PLACES:
        before, after = (figures.text(f"第{value}名" if value else UNRANKED) for value in both)
    elif field in _QUESTIONS or field in _WORDS:
        words = _ANSWERS if field in _QUESTIONS else _WORDS[field][1]
        before, after = (figures.text(words.get(value, value) if value else None) for value in both)
    elif indicator and field in _VALUES:
        before, after = (figures.number(_decimal(value), indicator["decimals"]) for value in both)
    elif indicator and field in _RATIOS:
        before, after = (figures.percent(_decimal(value), indicator["ratio_decimals"]) for value in both)
    else:
        before, after = (figures.text(None if value is None else _short(value)) for value in both)
    if before.text == after.text:
        # What only moved behind the printed decimals.
        before, after = (figures.text(None if value is None else _short(value)) for value in both)
    return label_of(field), before, after


def _reporter(result: ResultSet, change: Change) -> str:
    return str(result.reporters.get(change["reporter_id"], {}).get("reporter_name", change["reporter_id"]))


def _indicator_id(change: Change) -> str:
    return str(change.get("indicator_id") or change.get("part_id") or "")


def _indicator(result: ResultSet, change: Change) -> str:
    indicator = result.indicators.get(_indicator_id(change))
    return str(indicator["indicator_name"]) if indicator else ""


def _scope(result: ResultSet, change: Change) -> str:
    """The scope's name, for places among some; nothing for all."""
    if change["scope"] == OVERALL:
        return ""
    names = (row["group_name"] for row in result.reporters.values() if row["group_id"] == change["scope"])
    return f"（{next(names, None) or change['scope']}）"


def _part(result: ResultSet, change: Change) -> str:
    return _indicator(result, change) or _PART_KINDS.get(change["part_id"], STATUSES.get(change["part_id"], ""))


def _of_figure(result: ResultSet, change: Change) -> tuple[str, str]:
    return _reporter(result, change), _indicator(result, change)


def _of_score(result: ResultSet, change: Change) -> tuple[str, str]:
    return _reporter(result, change), SCORE


def _of_part(result: ResultSet, change: Change) -> tuple[str, str]:
    source = change["source_period"]
    period = "" if source == result.period else f" {source}"
    return _reporter(result, change), f"计分项 {_part(result, change)}{period}"


def _of_mover(result: ResultSet, change: Change) -> tuple[str, str]:
    return _reporter(result, change), f"位次变动原因 {_part(result, change)}{_scope(result, change)}"


def _of_target(result: ResultSet, change: Change) -> tuple[str, str]:
    row = next((row for row in result.rows("city_progress") if row["target_id"] == change["target_id"]), None)
    subject = f"{row['document_number']} {row['clause']}" if row else str(change["target_id"])
    return subject, _indicator(result, change | {"indicator_id": row["indicator_id"]} if row else change)


def _of_clause(result: ResultSet, change: Change) -> tuple[str, str]:
    return f"条款 {change['clause']}", "目标和任务"


def _of_unit(result: ResultSet, change: Change) -> tuple[str, str]:
    names = (row["unit_name"] for row in result.rows("unit_progress") if row["unit_id"] == change["unit_id"])
    return next(names, change["unit_id"]), f"{_ROLES.get(change['role'], change['role'])}的目标和任务"


def _of_task(result: ResultSet, change: Change) -> tuple[str, str]:
    rows = (row for row in result.rows("task_progress") if row["task_id"] == change["task_id"])
    row = next(rows, None)
    return _reporter(result, change), f"任务 {row['clause']} {row['task']}" if row else f"任务 {change['task_id']}"


def _of_item(result: ResultSet, change: Change) -> tuple[str, str]:
    key = ("reporter_id", "item_kind", "item_key")
    rows = (row for row in result.rows("ledger_items") if all(row[name] == change[name] for name in key))
    name = next((row["item_name"] for row in rows), change["item_key"])
    return _reporter(result, change), f"{_ITEM_KINDS.get(change['item_kind'], change['item_kind'])} {name}"


def _of_returns(result: ResultSet, change: Change) -> tuple[str, str]:
    return _reporter(result, change), "报送质量"


_NAMES: dict[str, Callable[[ResultSet, Change], tuple[str, str]]] = {
    "progress": _of_figure,
    "rankings": _of_figure,
    "city_progress": _of_target,
    "composite_rankings": _of_score,
    "score_parts": _of_part,
    "movers": _of_mover,
    "target_ledger": _of_target,
    "clause_ledger": _of_clause,
    "unit_progress": _of_unit,
    "task_progress": _of_task,
    "ledger_items": _of_item,
    "return_quality": _of_returns,
}


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _short(value: str) -> str:
    """A decimal without the zeros at its end."""
    whole, point, fraction = value.partition(".")
    if point and fraction.isdigit() and whole.lstrip("-").isdigit():
        return f"{whole}.{fraction.rstrip('0')}".rstrip(".")
    return value
