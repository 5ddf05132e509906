"""What the sheet 计分过程 says: every mark as a chain of formulas from what was submitted.

Which columns there are, and the entry of each; scoring_sheet.py lays them out. The figures beside the formulas are
those of the frozen result; nothing is calculated here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from reports import figures
from reports import scoring_formulas as formulas
from reports.catalogue import COMPARATORS, PART_STATES
from reports.read import ResultSet
from reports.scoring_formulas import Block, Line, Row

SUBMITTED, REGISTERED, RECORDED, FORMULA = "填报数", "登记数", "报送记录", "公式"
# A sheet of more lines is read by nobody and takes minutes to recalculate; the figures are in the frozen tables.
MOST_LINES = 20_000
INDICATOR, VETO = "indicator", "veto"
APPLIED = ("scored", "not_submitted")
STATES = PART_STATES | {"compared": "只作比较"}
STEPS = {"whole": "满一档才计", "begun": "不满一档按一档", "linear": "按比例"}
_NOT_LIMITS = COMPARATORS | {"range": "≥"}
_SHARE, MARK = "0.0000%", "0.000000"
_EXPLAINED = (
    f"读法：每行是一个单位的一个得分项，自左至右由填报数算到得分。蓝底为{SUBMITTED}，灰底为{REGISTERED}"
    f"（目标、满分、规则参数）和{RECORDED}，白底为{FORMULA}；改动蓝底、灰底的数，得分、总分、位次随即重算。",
    "计量值为完成率、同比或水平，截断到小数点后十二位；完成率：实际÷目标，上限类为2－实际÷上限，目标为负的为1±（实际－目标）÷|目标|。",
    "得分＝折算满分×得分比例，加分＝折算满分×加分比例，都四舍五入到六位小数；小计＝得分＋加分－扣分，单位的各行相加为总分，不再舍入。",
)
_RESCALED = (
    "折算满分：不计分的指标（“计入”为0）把满分按比例让给该单位的其他指标，即方案满分×方案总分÷该单位计入的满分之和。"
)
_LEFT_OUT = "折算满分：不计分的指标（“计入”为0）的满分不计，其余照方案满分。"
_COMPARED = "比较组相同的单位之间排名次、定最好与最差；标“只作比较”的单位期末已不在方案内，只参与比较，没有总分。"
_OF_QUARTERS = "全年得分由各季度累计得分乘份额得出；没有可计分指标的季度，份额按方案让给该单位的其余季度，或者不计。"
_FOLDED = (
    f"得分项超过{MOST_LINES}行，逐项算式不在工作簿中列出；各项数字见同一版次 result 文件夹的 score_parts.parquet。"
)


@dataclass(frozen=True)
class Entry:
    """One cell: a value from the frozen result, or a formula with the value that it comes to."""

    value: Any = None
    formula: str = ""
    pattern: str = "General"


@dataclass(frozen=True)
class SheetColumn:
    """One column: key, header, width in half-width characters, and where its figures come from."""

    key: str
    label: str
    width: int
    origin: str = ""
    align: str = "right"


@dataclass
class Process:
    """What the sheet is made of, ready to be laid out."""

    result: ResultSet
    columns: list[SheetColumn]
    readings: list[str]
    scheme: Row
    rules: dict[str, Row]
    is_rolled_up: bool
    is_folded: bool
    sources: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    comparisons: dict[tuple[Any, ...], int] = field(default_factory=dict)

    @property
    def index(self) -> dict[str, int]:
        """Where the columns stand, from 0."""
        return {column.key: index for index, column in enumerate(self.columns)}


def scoring_process(result: ResultSet, flow_label: str) -> Process | None:
    """What the sheet shows; None where nothing is scored, and for vintages that froze no scores.

    `flow_label` heads the flow of the period; it is left out where that is empty.
    """
    parts = result.rows("score_parts")
    if not parts or not result.rows("scoring_schemes"):
        return None
    scheme = next(row for row in result.rows("scoring_schemes") if row["scheme_id"] == parts[0]["scheme_id"])
    rules = {row["indicator_id"]: row for row in result.rows("scoring_rules")}
    is_rolled_up = any(part["source_period"] != part["period"] for part in parts)
    is_folded = len(parts) > MOST_LINES
    process = Process(result, [], [], scheme, rules, is_rolled_up, is_folded)
    process.sources = {(row["reporter_id"], row["period"], row["part_id"]): row for row in result.rows("score_sources")}
    process.columns = list(_columns(process, parts, flow_label))
    process.readings = _readings(process)
    compared = [row for row in [*parts, *process.sources.values()] if _is_compared(process, row)]
    for key in sorted({_comparison_key(row) for row in compared}):
        process.comparisons[key] = len(process.comparisons) + 1
    return process


def _columns(process: Process, parts: list[Row], flow_label: str) -> Iterator[SheetColumn]:
    """The columns that something stands in, in the order in which a mark is made."""
    rules = list(process.rules.values())
    bases, kinds = ({rule[name] for rule in rules} for name in ("basis", "rule_kind"))
    part_kinds = {part["part_kind"] for part in parts}
    yield SheetColumn("reporter", "填报单位", 24, align="left")
    if process.is_rolled_up:
        yield SheetColumn("period", "得分期", 10, align="left")
    yield SheetColumn("part", "得分项", 24, align="left")
    yield SheetColumn("rule", "计分规则", 18, align="left")
    yield SheetColumn("state", "状态", 11, align="center")
    if flow_label and not process.is_rolled_up:
        yield SheetColumn("month_value", flow_label, 11, SUBMITTED)
    yield SheetColumn("source_value", "累计(期末)数", 12, SUBMITTED)
    if "growth" in bases:
        yield SheetColumn("same_period_value", "上年同期数", 12, SUBMITTED)
    if "completion" in bases:
        yield SheetColumn("comparator", "目标为", 9, REGISTERED, "center")
        yield SheetColumn("target_value", "目标", 11, REGISTERED)
    yield SheetColumn("measured_value", "计量值", 11, FORMULA)
    if kinds.intersection(formulas.COMPARED_KINDS):
        yield SheetColumn("comparison", "比较组", 7, align="center")
    if "efficacy" in kinds:
        yield SheetColumn("best_value", "最好", 11, FORMULA)
        yield SheetColumn("worst_value", "最差", 11, FORMULA)
    if "place" in kinds:
        yield SheetColumn("place", "名次", 7, FORMULA)
    for key, label in PARAMETERS.items():
        if any(rule[key] is not None for rule in rules):
            is_word = key == "step_rounding"
            yield SheetColumn(key, label, 16 if is_word else 9, REGISTERED, "center" if is_word else "right")
    if part_kinds - {INDICATOR, VETO}:
        yield SheetColumn("event_count", "次数", 9, RECORDED)
        yield SheetColumn("event_points", "每次扣分", 9, REGISTERED)
        yield SheetColumn("most_points", "最多扣分", 9, REGISTERED)
    if VETO in part_kinds:
        yield SheetColumn("max_score", "总分上限", 9, REGISTERED)
    yield SheetColumn("full_weight", "方案满分", 9, REGISTERED)
    yield SheetColumn("is_applied", "计入", 7, align="center")
    yield SheetColumn("weight", "折算满分", 11, FORMULA)
    yield SheetColumn("mark_share", "得分比例", 11, FORMULA)
    if kinds.intersection(formulas.BONUS_KINDS):
        yield SheetColumn("bonus_share", "加分比例", 11, FORMULA)
    if process.is_rolled_up:
        yield SheetColumn("source_mark", "季度得分", 11, FORMULA)
        yield SheetColumn("source_bonus", "季度加分", 11, FORMULA)
        yield SheetColumn("quarter_share", "季度份额", 9, REGISTERED)
        yield SheetColumn("counted_share", "计入份额", 11, FORMULA)
    yield SheetColumn("mark", "得分", 11, FORMULA)
    yield SheetColumn("bonus", "加分", 11, FORMULA)
    yield SheetColumn("penalty", "扣分", 11, FORMULA)
    yield SheetColumn("points", "小计", 12, FORMULA)


PARAMETERS = {
    "highest_share": "比例上限", "lowest_share": "比例下限", "slope": "斜率", "step": "一档(名)",
    "step_rounding": "取档", "points_per_step": "每档扣分", "bonus_per_step": "每档加分", "bonus_cap": "加分上限",
    "cut_off": "零分线", "base_share": "基础比例", "equal_share": "全同比例",
}  # fmt: skip


def _readings(process: Process) -> list[str]:
    if process.is_folded:
        return [_FOLDED]
    kinds = {rule["rule_kind"] for rule in process.rules.values()}
    readings = [*_EXPLAINED, _RESCALED if process.scheme["no_target_rule"] == "rescale" else _LEFT_OUT]
    readings += [_COMPARED] if kinds.intersection(formulas.COMPARED_KINDS) else []
    return readings + ([_OF_QUARTERS] if process.is_rolled_up else [])


def by_reporter(process: Process) -> list[tuple[str, list[Row]]]:
    """Each reporter's parts: its indicators by period and display order, then what takes points away, a veto last."""
    reporters = {reporter_id: order for order, reporter_id in enumerate(process.result.reporters)}
    indicators = {indicator_id: order for order, indicator_id in enumerate(process.result.indicators)}
    kinds = {INDICATOR: 0, VETO: 2}

    def place(part: Row) -> tuple[Any, ...]:
        order = (kinds.get(part["part_kind"], 1), part["source_period"], indicators.get(part["indicator_id"], 0))
        return reporters.get(part["reporter_id"], len(reporters)), part["reporter_id"], *order, part["part_id"]

    parts = sorted(process.result.rows("score_parts"), key=place)
    return [(reporter_id, list(rows)) for reporter_id, rows in groupby(parts, lambda part: str(part["reporter_id"]))]


def fellows(process: Process) -> list[Row]:
    """Who was compared in a quarter of the year and is no more there at its end."""
    present = {
        (part["reporter_id"], part["source_period"], part["part_id"]) for part in process.result.rows("score_parts")
    }
    return [
        row
        for key, row in sorted(process.sources.items())
        if key not in present and _comparison_key(row) in process.comparisons
    ]


def _is_compared(process: Process, part: Row) -> bool:
    if part["part_kind"] != INDICATOR or part["part_state"] != "scored" or part["is_held_or_not"]:
        return False
    return bool(process.rules[part["indicator_id"]]["rule_kind"] in formulas.COMPARED_KINDS)


def _comparison_key(part: Row) -> tuple[str, str, str]:
    return part["source_period"], part["indicator_id"] or "", part["compared_group_id"] or ""


def reporter_lines(
    process: Process, parts: list[Row], first: int, table: Block, total: str
) -> Iterator[dict[str, Entry]]:
    """The rows of one reporter as entries by column."""
    index = process.index
    quarters = {part["source_period"]: first + place for place, part in reversed(list(enumerate(parts)))}
    for place, part in enumerate(parts):
        line = Line(index, first + place)
        if part["part_kind"] != INDICATOR:
            yield _described(process, part) | _taken(process, part, line, Block(index, first, first + place - 1))
            continue
        same = [at for at, other in enumerate(parts) if _is_same_source(part, other)]
        own = Block(index, first + same[0], first + same[-1])
        entries = _described(process, part) | _judged(process, part, line, table)
        entries |= _weighed(process, part, line, own, total)
        yield entries | _counted(process, part, line, quarters)


def fellow_line(process: Process, part: Row, row: int, table: Block) -> dict[str, Entry]:
    """The row of one who is only compared with."""
    entries = _described(process, part) | _judged(process, part, Line(process.index, row), table)
    return entries | {"state": Entry(STATES["compared"])}


def _is_same_source(part: Row, other: Row) -> bool:
    return bool(other["part_kind"] == INDICATOR and other["source_period"] == part["source_period"])


def _described(process: Process, part: Row) -> dict[str, Entry]:
    """The words of a row, and what was submitted and registered."""
    result, rule = process.result, process.rules.get(part["indicator_id"], {})
    reporter = result.reporters.get(part["reporter_id"], {}).get("reporter_name", part["reporter_id"])
    indicator = result.indicators.get(part["indicator_id"], {})
    pattern = figures.number(Decimal(0), indicator.get("decimals", 0)).number_format
    entries = {
        "reporter": Entry(reporter),
        "period": Entry(part["source_period"]),
        "part": Entry(indicator.get("indicator_name", part["part_id"])),
        "rule": Entry(rule.get("rule_name")),
        "state": Entry(STATES.get(part["part_state"], part["part_state"])),
        "comparator": Entry(_NOT_LIMITS.get(part["comparator"] or "")),
    }
    for key in ("month_value", "source_value", "same_period_value", "target_value"):
        entries[key] = Entry(part[key], pattern=pattern)
    for key in PARAMETERS:
        value = rule.get(key)
        entries[key] = Entry(STEPS.get(str(value), value) if key == "step_rounding" else value)
    return entries


def _judged(process: Process, part: Row, line: Line, table: Block) -> dict[str, Entry]:
    """What the mark goes by, and how it compares."""
    if part["measured_value"] is None or part["part_state"] != "scored":
        return {}
    rule, indicator = process.rules[part["indicator_id"]], process.result.indicators[part["indicator_id"]]
    pattern = figures.percent(Decimal(0), indicator["ratio_decimals"] + 2).number_format
    if part["basis"] == "level":
        pattern = figures.number(Decimal(0), indicator["decimals"]).number_format
    entries = {"measured_value": Entry(part["measured_value"], formulas.measured(part, line), pattern)}
    if not _is_compared(process, part):
        return entries
    entries["comparison"] = Entry(process.comparisons[_comparison_key(part)])
    if rule["rule_kind"] == "place":
        return entries | {"place": Entry(part["place"], formulas.place(rule, line, table))}
    for key, is_best in (("best_value", True), ("worst_value", False)):
        entries[key] = Entry(part[key], formulas.best(rule, line, table, is_best), pattern)
    return entries


def _weighed(process: Process, part: Row, line: Line, own: Block, total: str) -> dict[str, Entry]:
    """Full marks and the shares of them that are earned; of what is not applied only that it is not."""
    source, rule = _source(process, part), process.rules[part["indicator_id"]]
    is_applied = part["part_state"] in APPLIED
    entries = {"full_weight": Entry(source["full_weight"]), "is_applied": Entry(int(is_applied))}
    if not is_applied:
        return entries
    is_rescaled = process.scheme["no_target_rule"] == "rescale"
    entries["weight"] = Entry(source["weight"], formulas.weight(total, line, own, is_rescaled), MARK)
    is_scored = part["part_state"] == "scored"
    share = formulas.mark_share(part, rule, line) if is_scored else ""
    more = formulas.bonus_share(part, rule, line) if is_scored else ""
    entries["mark_share"] = Entry(part["mark_share"], share, _SHARE)
    entries["bonus_share"] = Entry(part["bonus_share"] if more else None, more, _SHARE)
    return entries


def _counted(process: Process, part: Row, line: Line, quarters: Mapping[str, int]) -> dict[str, Entry]:
    """Mark, bonus and points; of a year made of quarters, by the quarter's share of it."""
    source, is_applied = _source(process, part), part["part_state"] in APPLIED
    has_bonus = "bonus_share" in line.columns
    own = {
        "mark": formulas.product(line, "weight", "mark_share") if is_applied else "",
        "bonus": formulas.product(line, "weight", "bonus_share") if is_applied and has_bonus else "",
    }
    entries = {"points": Entry(part["points"], _sum_of_row(line), MARK)}
    if not process.is_rolled_up:
        return entries | {key: Entry(part[key], formula, MARK) for key, formula in own.items()}
    shares = "+".join(
        xl_rowcol_to_cell(row, line.columns["quarter_share"])
        for period, row in sorted(quarters.items())
        if period != part["period"]
    )
    counted = f"={line['quarter_share']}"
    if process.scheme["no_target_rule"] == "rescale":
        counted = "=" + formulas.cut_off(f"{line['quarter_share']}/({shares})")
    entries["quarter_share"] = Entry(part["quarter_share"])
    entries["counted_share"] = Entry(part["counted_share"], counted, _SHARE)
    for key, formula in own.items():
        entries[f"source_{key}"] = Entry(source[key], formula, MARK)
        entries[key] = Entry(part[key], formulas.product(line, f"source_{key}", "counted_share"), MARK)
    return entries


def _taken(process: Process, part: Row, line: Line, above: Block) -> dict[str, Entry]:
    """What takes points away: failings at so many points each up to a most, or what is above a veto's bound."""
    entries = {"points": Entry(part["points"], _sum_of_row(line), MARK)}
    if part["part_kind"] == VETO:
        veto = next(row for row in process.result.rows("vetoes") if row["reporter_id"] == part["reporter_id"])
        formula = f"=MAX(0,SUM({above.column('points')})-{line['max_score']})"
        words = {"part": Entry("一票否决"), "rule": Entry(veto["reason"]), "max_score": Entry(veto["max_score"])}
        return entries | words | {"penalty": Entry(part["penalty"], formula, MARK)}
    penalty = next(row for row in process.result.rows("scoring_penalties") if row["event"] == part["part_kind"])
    formula = f"=MIN({line['event_count']}*{line['event_points']},{line['most_points']})"
    return entries | {
        "part": Entry(penalty["event_name"]),
        "event_count": Entry(part["event_count"]),
        "event_points": Entry(penalty["points"]),
        "most_points": Entry(penalty["most_points"]),
        "penalty": Entry(part["penalty"], formula, MARK),
    }


def _source(process: Process, part: Row) -> Row:
    """The part of the quarter that a part of the year was made of; any other is its own."""
    return process.sources.get((part["reporter_id"], part["source_period"], part["part_id"]), part)


def _sum_of_row(line: Line) -> str:
    return f"={line['mark']}+{line['bonus']}-{line['penalty']}"
