"""How a mark comes out of what was submitted, as formulas of a workbook: docs/metrics.md in the language of Excel.

Formulas are made of cell references and numbers only; no text of a submission or of the registry ever enters one. They
cut off and round where the marts do, so that they come to the same six decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

Row = dict[str, Any]
MARK_DECIMALS, SHARE_DECIMALS = 6, 12
# A quotient is cut off after twelve decimals, as in the marts. ROUNDDOWN would lose a unit where a decimal number has
# no exact binary form, so a little less than half of the last decimal is taken off before rounding.
_LAST_HALF = "4.99E-13"
_UPPER_LIMIT, _MORE_THAN = "<=", ">"
COMPARED_KINDS = ("place", "efficacy")
BONUS_KINDS = ("proportional", "linear", "steps")


@dataclass(frozen=True)
class Line:
    """Where the cells of one row stand: columns by key from 0, and its row from 0."""

    columns: Mapping[str, int]
    row: int

    def __getitem__(self, key: str) -> str:
        """The address of a cell, such as M12."""
        return str(xl_rowcol_to_cell(self.row, self.columns[key]))


@dataclass(frozen=True)
class Block:
    """Rows that belong together, from the first to the last one, both counted from 0."""

    columns: Mapping[str, int]
    first: int
    last: int

    def column(self, key: str) -> str:
        """The addresses of a column's cells, such as $M$9:$M$99."""
        index = self.columns[key]
        first, last = (xl_rowcol_to_cell(row, index, row_abs=True, col_abs=True) for row in (self.first, self.last))
        return f"{first}:{last}"


def measured(part: Row, line: Line) -> str:
    """What a mark goes by: completion of the target, growth on the same period, or the level itself.

    Of an upper limit, completion is 2 less the part used up; of a target below zero, 1 and the distance to it.
    """
    value = line["source_value"]
    if part["basis"] == "level":
        return f"={value}"
    is_negative = part["measured_value"] < 0
    if part["basis"] == "growth":
        return "=" + cut_off(f"{value}/{line['same_period_value']}-1", is_negative)
    target, is_limit = line["target_value"], part["comparator"] == _UPPER_LIMIT
    if part["target_value"] < 0:
        return "=" + cut_off(f"1{'-' if is_limit else '+'}({value}-{target})/ABS({target})", is_negative)
    return "=" + cut_off(f"2-{value}/{target}" if is_limit else f"{value}/{target}", is_negative)


def place(rule: Row, line: Line, table: Block) -> str:
    """How many of the same comparison are better, as figures are printed, and one more."""
    ours, theirs = line["measured_value"], table.column("measured_value")
    better, decimals = "<" if rule["is_lower_better"] else ">", rule["compared_decimals"]
    return (
        f"=1+SUMPRODUCT(({table.column('comparison')}={line['comparison']})"
        f"*(ROUND({theirs},{decimals}){better}ROUND({ours},{decimals})))"
    )


def best(rule: Row, line: Line, table: Block, is_best: bool) -> str:
    """The best (or worst) figure of the same comparison, as an array formula that every office knows."""
    function = "MIN" if bool(rule["is_lower_better"]) == is_best else "MAX"
    same = f"{table.column('comparison')}={line['comparison']}"
    return f"{{={function}(IF({same},{table.column('measured_value')}))}}"


def weight(total: str, line: Line, own: Block, is_rescaled: bool) -> str:
    """Full marks, those of what is not scored shared out among the rest where the scheme says so."""
    full = line["full_weight"]
    if not is_rescaled:
        return f"={full}"
    applied = f"SUMIF({own.column('is_applied')},1,{own.column('full_weight')})"
    return f"=ROUND({full}*{total}/{applied},{MARK_DECIMALS})"


def mark_share(part: Row, rule: Row, line: Line) -> str:
    """The share of the full marks that is earned, no more than all of them."""
    if is_met_or_not(part, rule):
        return f"=IF({_met(part, line)},1,0)"
    figure, kind = line["measured_value"], rule["rule_kind"]
    if kind in ("proportional", "linear"):
        return f"=MIN(1,{_earned(rule, line)})"
    if kind == "place":
        return f"=MAX({line['lowest_share']},1-{line['step']}*({line['place']}-1))"
    if kind == "efficacy":
        ends, base = (line["best_value"], line["worst_value"]), line["base_share"]
        between = cut_off(f"({figure}-{ends[1]})/({ends[0]}-{ends[1]})")
        spread = f"ROUND({base}+(1-{base})*{between},{SHARE_DECIMALS})"
        return f"=IF({ends[0]}={ends[1]},{line['equal_share']},{spread})"
    lost = cut_off(f"{_steps(rule, line, is_above=False)}*{line['points_per_step']}/{line['full_weight']}")
    stepped = f"MAX({line['lowest_share']},1-{lost})"
    return f"=IF({figure}<={line['cut_off']},0,{stepped})" if rule["cut_off"] is not None else f"={stepped}"


def bonus_share(part: Row, rule: Row, line: Line) -> str:
    """The share of the full marks that is given on top; nothing where the kind of rule gives none."""
    if is_met_or_not(part, rule) or rule["rule_kind"] not in BONUS_KINDS:
        return ""
    if rule["rule_kind"] != "steps":
        return f"=MAX(0,{_earned(rule, line)}-1)"
    if rule["bonus_cap"] is None:
        return ""
    won = f"MIN({line['bonus_cap']},{_steps(rule, line, is_above=True)}*{line['bonus_per_step']})"
    return "=" + cut_off(f"{won}/{line['full_weight']}")


def is_met_or_not(part: Row, rule: Row) -> bool:
    """Whether a part earns all or nothing."""
    return bool(part["is_held_or_not"]) or rule["rule_kind"] == "all_or_nothing"


def cut_off(quotient: str, is_negative: bool = False) -> str:
    """A quotient without what comes after its twelfth decimal."""
    return f"ROUND({quotient}{'+' if is_negative else '-'}{_LAST_HALF},{SHARE_DECIMALS})"


def product(line: Line, *keys: str) -> str:
    """Marks: a product at six decimals."""
    return f"=ROUND({'*'.join(line[key] for key in keys)},{MARK_DECIMALS})"


def _met(part: Row, line: Line) -> str:
    sign = part["comparator"] if part["comparator"] in (_UPPER_LIMIT, _MORE_THAN) else ">="
    return f"{line['source_value']}{sign}{line['target_value']}"


def _earned(rule: Row, line: Line) -> str:
    figure, bounds = line["measured_value"], (line["lowest_share"], line["highest_share"])
    if rule["rule_kind"] == "proportional":
        return f"MAX({bounds[0]},MIN({bounds[1]},{figure}))"
    sloped = f"MAX({bounds[0]},MIN({bounds[1]},1+{line['slope']}*({figure}-1)))"
    return f"ROUND({sloped},{SHARE_DECIMALS})"


def _steps(rule: Row, line: Line, is_above: bool) -> str:
    """Steps above or below the target: whole ones, begun ones (below only), or parts of them too."""
    figure = line["measured_value"]
    distance = f"{figure}-1" if is_above else f"1-{figure}"
    if rule["step_rounding"] == "linear":
        return cut_off(f"MAX({distance},0)/{line['step']}")
    steps = f"ROUND(MAX({distance},0)/{line['step']},{SHARE_DECIMALS})"
    is_begun = rule["step_rounding"] == "begun" and not is_above
    return f"ROUNDUP({steps},0)" if is_begun else f"INT({steps})"


def is_figure(value: object) -> bool:
    """Whether a value goes into a cell as a number."""
    return isinstance(value, int | float | Decimal)
