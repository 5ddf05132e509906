"""The findings of a notice in sentences, made from its figures alone: who leads, who fell, what lags."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reports import figures
from reports.catalogue import BASES, NOT_DUE, STATUSES, NoticeForm
from reports.read import ResultSet
from reports.standings import Block
from reports.tables import TableRow

# What a place rests on, by ranking basis.
_FIGURES = {"completion": "completion_ratio", "level": "cumulative_value", "growth": "yoy_ratio"}
_NAMED = 3  # so many are named at each end
_MOST_NAMES = 12  # of a list in a sentence; the tables have them all


@dataclass(frozen=True)
class Finding:
    """One paragraph: what it is about, and its sentences."""

    heading: str
    sentences: list[str]

    @property
    def text(self) -> str:
        """The paragraph as it prints."""
        return "".join(self.sentences)


def findings_of(result: ResultSet, blocks: list[Block], form: NoticeForm) -> list[Finding]:
    """The paragraphs of a notice, in reading order; one that would have nothing to say is left out."""
    found = [Finding("报送情况", _submissions(result)), Finding("总体进展", _targets(result))]
    found += [Finding(block.indicator["indicator_name"], _standing(result, block, form)) for block in blocks]
    return [finding for finding in found if finding.sentences]


def _submissions(result: ResultSet) -> list[str]:
    rows = [row for row in result.rows("submission_status") if row["reporter_id"] in result.reporters]
    owed = [row for row in rows if STATUSES.get(row["status"]) != NOT_DUE]
    if not owed:
        return []
    is_one_month = len({row["period"] for row in rows}) == 1
    unit = "家" if is_one_month else "份"
    counts = []
    for status in ("submitted", "late", "returned", "overdue", "not_submitted"):
        those = [row for row in owed if row["status"] == status]
        if those:
            names = "" if status == "submitted" else f"（{_names(_who(result, row, is_one_month) for row in those)}）"
            counts.append(f"{STATUSES[status]} {len(those)} {unit}{names}")
    return [f"本期应报 {len(owed)} {unit}，其中{'，'.join(counts)}。"]


def _who(result: ResultSet, row: dict[str, Any], is_one_month: bool) -> str:
    name = str(result.reporters[row["reporter_id"]]["reporter_name"])
    return name if is_one_month else f"{name}{row['period']}"


def _targets(result: ResultSet) -> list[str]:
    rows = result.rows("city_progress")
    if not rows:
        return []
    met = sum(row["is_met"] is True for row in rows)
    open_ = sum(row["is_met"] is False for row in rows)
    rest = len(rows) - met - open_
    sentence = f"文件目标 {len(rows)} 项，已达到 {met} 项，尚未达到 {open_} 项"
    sentences = [sentence + (f"，另有 {rest} 项本期不能判断。" if rest else "。")]
    behind = [row for row in _city_rows(result) if row["progress_gap"] is not None and row["progress_gap"] < 0]
    if behind:
        behind.sort(key=lambda row: (row["progress_gap"], row["indicator_id"]))
        sentences.append(f"落后序时进度的有 {len(behind)} 项：{_names(_behind(result, row) for row in behind)}。")
    return sentences


def _city_rows(result: ResultSet) -> list[dict[str, Any]]:
    return [row for row in result.rows("progress") if result.reporters[row["reporter_id"]]["reporter_kind"] == "city"]


def _behind(result: ResultSet, row: dict[str, Any]) -> str:
    indicator = result.indicators[row["indicator_id"]]
    gap = figures.points(-row["progress_gap"], indicator["ratio_decimals"], is_signed=False)
    return f"{indicator['indicator_name']}（落后 {gap.text} 个百分点）"


def _standing(result: ResultSet, block: Block, form: NoticeForm) -> list[str]:
    ranked = [row for row in block.table.rows if row.cell("overall_place").number is not None]
    if not block.basis or not ranked:
        return []
    sentences = [_city_sentence(result, block)] if block.is_primary else []
    best = [row for row in ranked if int(row.cell("overall_place").number or 0) <= _NAMED]
    sentences.append(f"{BASES[block.basis]}，居前的是{_names(_with_figure(row, block) for row in best)}")
    rest = ranked[len(best) :]
    if len(rest) >= _NAMED:
        sentences.append(f"；居后的是{_names(_with_figure(row, block) for row in rest[-_NAMED:])}")
    return [text for text in [*sentences, "。", _moves(ranked, form)] if text]


def _city_sentence(result: ResultSet, block: Block) -> str:
    """The city's own figure against its target, where it has both."""
    indicator = block.indicator
    rows = [row for row in _city_rows(result) if row["indicator_id"] == indicator["indicator_id"]]
    if not rows or rows[0]["cumulative_value"] is None:
        return ""
    (row,) = rows
    name = result.reporters[row["reporter_id"]]["reporter_name"]
    value = figures.number(row["cumulative_value"], indicator["decimals"]).text
    sentence = f"{name}累计(期末) {value} {indicator['unit']}"
    if row["completion_ratio"] is not None:
        rate = figures.percent(row["completion_ratio"], indicator["ratio_decimals"]).text
        target = figures.number(row["target_value"], indicator["decimals"]).text
        sentence += f"，完成目标 {target} {indicator['unit']}的 {rate}"
    return sentence + "。"


def _with_figure(row: TableRow, block: Block) -> str:
    return f"{row.cell('reporter').text}（{row.cell(_FIGURES[block.basis]).text}）"


def _moves(ranked: list[TableRow], form: NoticeForm) -> str:
    """Who rose and who fell the most places since the period before; several where equal."""
    changes = [(int(row.cell("overall_change").number or 0), row.cell("reporter").text) for row in ranked]
    parts = []
    for word, sign in (("前进", 1), ("后退", -1)):
        most = max((sign * change for change, _ in changes), default=0)
        if most > 0:
            names = _names(name for change, name in changes if sign * change == most)
            parts.append(f"{word}最多的是{names}（{most} 位）")
    return f"与{form.reference}相比，{'；'.join(parts)}。" if parts else ""


def _names(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    shown = "、".join(listed[:_MOST_NAMES])
    return shown if len(listed) <= _MOST_NAMES else f"{shown}等 {len(listed)} 个"
