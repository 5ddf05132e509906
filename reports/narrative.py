"""The findings of a notice in sentences, made from its figures alone: who leads, who fell, what lags."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reports import figures
from reports.catalogue import BASES, NOT_DUE, OVERALL, STATUSES, TASK_STATES, NoticeForm, Section
from reports.movements import moves, reasons
from reports.problems import lagging
from reports.read import ResultSet
from reports.scores import decimals_of
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
    """The paragraphs of a notice: what was reported, then in the order of its sections; none without words."""
    makers: dict[Section, Callable[[], list[Finding]]] = {
        Section.MOVERS: lambda: [Finding("位次变动", _movers(result, form))],
        Section.PRACTICE: lambda: [Finding("做法与问题", _told(result))],
        Section.SCORES: lambda: [Finding("综合排名", _scores(result, form)), Finding("等次", _grades(result))],
        Section.COMPARISON: lambda: [Finding("与上期对比", _compared(result, form))],
        Section.CITY: lambda: [Finding("文件目标", _targets(result))],
        Section.PROBLEMS: lambda: [Finding("滞后目标", _lagging(result)), Finding("滞后任务", _lagging_tasks(result))],
        Section.STANDINGS: lambda: [
            Finding(block.indicator["indicator_name"], _standing(result, block, form)) for block in blocks
        ],
    }
    found = [Finding("报送情况", _submissions(result))]
    found += [finding for section in form.sections if section in makers for finding in makers[section]()]
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


def _lagging(result: ResultSet) -> list[str]:
    """Which document targets lag, and which units their document names for them."""
    rows = lagging(result)
    if not rows:
        return []
    named = [
        f"{result.indicators[row['indicator_id']]['indicator_name']}（{row['clause']}，{_units(row)}）" for row in rows
    ]
    return [f"滞后的文件目标 {len(rows)} 项：{_names(named)}。"]


def _units(row: dict[str, Any]) -> str:
    shown = [
        f"{label}：{row[key]}"
        for label, key in (("牵头单位", "lead_units"), ("责任单位", "responsible_units"))
        if row[key]
    ]
    return "；".join(shown) or "文件未列责任单位"


def _lagging_tasks(result: ResultSet) -> list[str]:
    """How many tasks lag and who reports most of them."""
    names = Counter(
        str(result.reporters[row["reporter_id"]]["reporter_name"])
        for row in result.rows("task_progress")
        if row["task_state"] == "lagging"
    )
    if not names:
        return []
    listed = [f"{name} {count} 项" for name, count in sorted(names.items(), key=lambda item: (-item[1], item[0]))]
    return [f"报为滞后的任务 {sum(names.values())} 项次：{_names(listed)}。"]


def _told(result: ResultSet) -> list[str]:
    """How the tasks stand, and how much was told of them in the period."""
    rows = result.rows("task_progress")
    if not rows:
        return []
    told = [row for row in rows if row["is_reported_in_period"] and (row["progress"] or row["problem"])]
    reporters = {row["reporter_id"] for row in told}
    states = Counter(row["task_state"] for row in rows)
    counts = "，".join(f"{word} {states[state]} 项次" for state, word in TASK_STATES.items() if states[state])
    sentences = [f"任务 {len({row['task_id'] for row in rows})} 项，各单位所报：{counts}。"]
    problems = sum(bool(row["problem"]) for row in told)
    if told:
        sentences.append(
            f"本期 {len(reporters)} 家单位填写了 {len(told)} 项次的进展和做法，其中 {problems} 项次提出了存在问题。"
        )
    return sentences


def _scores(result: ResultSet, form: NoticeForm) -> list[str]:
    """Who leads, who is last, and who moved most by the composite score."""
    rows = [row for row in result.rows("composite_rankings") if row["scope"] == OVERALL]
    if not rows:
        return []
    best = [row for row in rows if row["rank"] <= _NAMED]
    sentence = f"参加综合排名 {len(rows)} 家，居前的是{_names(_with_score(result, row) for row in best)}"
    rest = rows[len(best) :]
    if len(rest) >= _NAMED:
        sentence += f"；居后的是{_names(_with_score(result, row) for row in rest[-_NAMED:])}"
    changes = [(row["rank_change"] or 0, str(result.reporters[row["reporter_id"]]["reporter_name"])) for row in rows]
    return [sentence + "。", *([moved] if (moved := _most_moved(changes, form)) else [])]


def _with_score(result: ResultSet, row: dict[str, Any]) -> str:
    name = result.reporters[row["reporter_id"]]["reporter_name"]
    return f"{name}（{figures.number(row['score'], decimals_of(result)).text} 分）"


def _grades(result: ResultSet) -> list[str]:
    """Who has which grade, the best first."""
    grades: dict[str, list[str]] = {}
    for row in result.rows("composite_rankings"):
        if row["scope"] == OVERALL and row.get("grade"):
            grades.setdefault(row["grade"], []).append(str(result.reporters[row["reporter_id"]]["reporter_name"]))
    return [f"{grade} {len(names)} 家：{_names(names)}。" for grade, names in grades.items()]


def _movers(result: ResultSet, form: NoticeForm) -> list[str]:
    """Who rose and fell most, and from what."""
    moved = moves(result)
    if not moved:
        return []
    sentences = []
    for word, sign in (("前进", 1), ("后退", -1)):
        most = max(sign * parts[0]["rank_change"] for parts in moved)
        for parts in moved if most > 0 else []:
            if sign * parts[0]["rank_change"] == most:
                name = result.reporters[parts[0]["reporter_id"]]["reporter_name"]
                why = reasons(result, parts)
                sentences.append(f"{name}{word} {most} 位" + (f"（{why}）" if why else "") + "。")
    return (
        [f"与{form.reference}相比，", *sentences]
        if sentences
        else [f"与{form.reference}相比，各单位综合位次没有变化。"]
    )


def _compared(result: ResultSet, form: NoticeForm) -> list[str]:
    """What the city as a whole added in this period and in the one before."""
    order = list(result.indicators)
    rows = [row for row in _city_rows(result) if row["month_value"] is not None and row["previous_value"] is not None]
    rows.sort(key=lambda row: order.index(row["indicator_id"]))
    sentences = []
    for row in rows:
        indicator = result.indicators[row["indicator_id"]]
        current, before = (
            figures.number(row[key], indicator["decimals"]).text for key in ("month_value", "previous_value")
        )
        growth = figures.percent(row["mom_ratio"], indicator["ratio_decimals"]).text
        sentences.append(
            f"{indicator['indicator_name']}{form.flow_label} {current} {indicator['unit']}，{form.reference}"
            f" {before} {indicator['unit']}" + (f"，环比 {growth}" if growth else "") + "。"
        )
    return sentences


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
    changes = [(int(row.cell("overall_change").number or 0), row.cell("reporter").text) for row in ranked]
    return _most_moved(changes, form)


def _most_moved(changes: list[tuple[int, str]], form: NoticeForm) -> str:
    """Who rose and who fell the most places since the period before; several where equal."""
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
