"""Tables of indicators in a policy text, rewritten as sentences: 2023年目标值城镇调查失业率5.5%以内。

A row of cells has its unit in one column and its goal in another; as a sentence it is read like any other.
"""

import re
from collections.abc import Iterator

from ingestion.figure_patterns import MULTIPLIER, UNIT

_GAP = re.compile(r"\s*\|\s*|\t+| {2,}")
_RULE = re.compile(r"[-:]+")
_HEADS = {
    "name": re.compile(r"指标|项目|名称|任务|内容"),
    "unit": re.compile(r"(?:计量)?单位"),
    "responsible": re.compile(r".*(?:责任|牵头|负责|配合)(?:单位|部门|主体).*"),
    "number": re.compile(r"序号|编号|类别|属性|性质|指标属性|指标类型|备注"),
    "value": re.compile(r".*(?:20\d\d|目标|计划|完成|现状|基期|基数|预期|实际|规划).*"),
}
_UNIT = re.compile(rf"{MULTIPLIER}{UNIT}")
_NAMED_UNIT = re.compile(rf"\(({MULTIPLIER}{UNIT})\)$")
_BOUND = re.compile(r"(\d)(\)?(?:以上|以下|以内|左右)?)$")
_PLAIN = re.compile(r"[≥≤<>约]?\s*\d[\d.,]*(?:\s*[-—–~至]\s*\d[\d.,]*)?(?:以上|以下|以内|左右)?")


def rewrite_tables(lines: list[str]) -> Iterator[str]:
    """The lines of a text, each row below a table's head as sentences."""
    heads: list[str] | None = None
    for line in lines:
        cells = _cells(line)
        found = _heads(cells)
        if found:
            heads, names = found, cells
            yield "、".join(filter(None, cells)) + ":"
        elif heads and all(_RULE.fullmatch(cell) for cell in cells if cell):
            continue
        elif heads and len(cells) == len(heads):
            yield _sentences(cells, heads, names)
        else:
            heads = None if "。" in line else heads
            yield _headless(cells) if "|" in line else line


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _GAP.split(line.strip().strip("|").strip())]


def _heads(cells: list[str]) -> list[str] | None:
    """What each column holds; None where the cells are no head of a table with a name and a value."""
    if len(cells) < 3 or any(len(cell) > 20 for cell in cells):
        return None
    kinds = [next((kind for kind, head in _HEADS.items() if head.fullmatch(cell)), "") for cell in cells]
    named = [index for index, cell in enumerate(cells) if not kinds[index] and _HEADS["name"].search(cell)]
    if "name" not in kinds and named:
        kinds[named[0]] = "name"
    return kinds if "name" in kinds and "value" in kinds else None


def _headless(cells: list[str]) -> str:
    """A row whose head is missing: its only value takes the unit from the cell beside it."""
    values = [index for index, cell in enumerate(cells) if _PLAIN.fullmatch(cell)]
    if len(cells) < 3 or len(values) != 1:
        return "、".join(filter(None, cells))
    (index,) = values
    beside = [other for other in (index + 1, index - 1) if 0 <= other < len(cells) and _UNIT.fullmatch(cells[other])]
    unit = cells[beside[0]] if beside else ""
    others = [cell for other, cell in enumerate(cells) if cell and other not in (index, *beside[:1])]
    return f"{''.join(others[:1])}{_with_unit(cells[index], unit)}{''.join(f'({cell})' for cell in others[1:])}。"


def _sentences(cells: list[str], heads: list[str], names: list[str]) -> str:
    """One sentence a value; the last names who is responsible."""
    of_kind = {kind: [cell for cell, head in zip(cells, heads, strict=True) if head == kind] for kind in heads}
    name, unit = of_kind["name"][0], next(iter(of_kind.get("unit", [])), "")
    named = _NAMED_UNIT.search(name)
    if named and not unit:
        name, unit = name[: named.start()], named[1]
    values = [(names[index], cells[index]) for index, head in enumerate(heads) if head == "value" and cells[index]]
    sentences = [f"{head}{name}{_with_unit(value, unit)}" for head, value in values]
    if sentences and any(of_kind.get("responsible", [])):
        sentences[-1] += f"(责任单位:{'、'.join(of_kind['responsible'])})"
    return "。".join(sentences) + "。" if sentences else name + "。"


def _with_unit(value: str, unit: str) -> str:
    """5.5以内 in % → 5.5%以内."""
    return _BOUND.sub(rf"\g<1>{unit}\g<2>", value) if unit and _PLAIN.fullmatch(value) else value
