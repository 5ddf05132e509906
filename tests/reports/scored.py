"""Workbooks whose formulas are to come to the frozen scores: read with what is beside them, or calculated afresh."""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from reports.read import ResultSet
from reports.scoring_process import scoring_process
from reports.scoring_sheet import NAME, write_process
from reports.styles import Styles

SIX = Decimal("0.000001")


def rendered(result: ResultSet) -> bytes:
    """A workbook with nothing but the scoring sheet of a result."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        process = scoring_process(result, "本期数")
        assert process is not None
        write_process(book.add_worksheet(NAME), Styles(book), process, 0)
    return buffer.getvalue()


def forget_values(content: bytes, path: Path, **changed: float) -> Path:
    """The scoring sheet's formulas without what they come to, so that an office must calculate; some cells changed."""
    book = load_workbook(BytesIO(content))
    for name in book.sheetnames:
        if name != NAME:
            del book[name]
    for address, value in changed.items():
        book[NAME][address] = value
    book.save(path)
    return path


def recalculate(paths: Iterable[Path], folder: Path) -> None:
    """Calculate workbooks in LibreOffice; those with values come into `folder` under their own names."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    names = [str(path) for path in paths]
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), *names]
    subprocess.run(command, check=True, capture_output=True, timeout=480)


def sheet_of(content: bytes | Path, has_values: bool = True) -> Worksheet:
    """The scoring sheet, with values or with formulas."""
    source = content if isinstance(content, Path) else BytesIO(content)
    sheet: Worksheet = load_workbook(source, data_only=has_values)[NAME]
    return sheet


@dataclass(frozen=True)
class Found:
    """What a sheet says: parts by reporter, source period and part, and totals by reporter."""

    parts: dict[tuple[str, str, str], dict[str, Any]]
    totals: dict[str, dict[str, Any]]
    rows: dict[tuple[str, str, str], int]
    columns: dict[str, int]


def read_sheet(sheet: Worksheet, result: ResultSet) -> Found:
    """The lines of a sheet by what they are about; names become the ids that the result has."""
    reporters = {row["reporter_name"]: row["reporter_id"] for row in result.rows("reporters")}
    indicators = {row["indicator_name"]: row["indicator_id"] for row in result.rows("indicators")}
    others = {row["event_name"]: row["event"] for row in result.rows("scoring_penalties")} | {"一票否决": "veto"}
    lines = list(enumerate(sheet.iter_rows(values_only=True), start=1))
    header = next(at for at, line in lines if line[0] == "填报单位")
    labels = {str(label).split("\n")[0]: index for index, label in enumerate(lines[header - 1][1]) if label}
    parts, rows = {}, {}
    for at, line in lines[header:]:
        if line[0] == "总分和位次":
            break
        values = {label: line[index] for label, index in labels.items()}
        if values["得分项"] in (None, "总分") or values["状态"] == "只作比较":
            continue
        part_id = (indicators | others)[values["得分项"]]
        key = reporters[values["填报单位"]], values.get("得分期", result.period), part_id
        assert key not in parts
        parts[key], rows[key] = values, at
    return Found(parts, dict(_totals(lines, reporters)), rows, labels)


def _totals(lines: list[tuple[int, tuple]], reporters: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    start = next(at for at, line in lines if line[0] == "总分和位次")
    labels = [label for label in lines[start][1] if label]
    for _, line in lines[start + 1 :]:
        if line[0] not in reporters:
            return
        yield reporters[line[0]], dict(zip(labels, line, strict=False))


# The columns that a formula fills, with the column of score_parts that they come to.
FIGURES = {
    "计量值": "measured_value", "得分比例": "mark_share", "加分比例": "bonus_share", "名次": "place",
    "最好": "best_value", "最差": "worst_value", "计入份额": "counted_share", "得分": "mark", "加分": "bonus",
    "扣分": "penalty", "小计": "points",
}  # fmt: skip


def differences(found: Found, result: ResultSet, is_exact: bool) -> list[str]:
    """Where a sheet's figures are not the frozen ones: exactly, or rounded to the six decimals that marks have."""
    wrong = []
    frozen = {(row["reporter_id"], row["source_period"], row["part_id"]): row for row in result.rows("score_parts")}
    if frozen.keys() != found.parts.keys():
        wrong.append(f"lines: {sorted(frozen.keys() ^ found.parts.keys())}")
    for key in frozen.keys() & found.parts.keys():
        for label, column in FIGURES.items():
            value = found.parts[key].get(label)
            if value is not None and not _is_same(value, frozen[key][column], is_exact):
                wrong.append(f"{key} {label}: {value} is not {frozen[key][column]}")
        if found.parts[key]["小计"] is None:
            wrong.append(f"{key}: no points")
    scopes: dict[str, dict[str, Any]] = {}
    for row in result.rows("composite_rankings"):
        label = "总位次" if row["scope"] == "overall" else "分类位次"
        scopes.setdefault(row["reporter_id"], {})[label] = row["rank"]
        scopes[row["reporter_id"]] |= {"总分": row["score"]} | ({"等次": row["grade"]} if row["grade"] else {})
    if scopes.keys() != found.totals.keys():
        wrong.append(f"totals: {sorted(scopes.keys() ^ found.totals.keys())}")
    for reporter_id in scopes.keys() & found.totals.keys():
        for label, expected in scopes[reporter_id].items():
            value = found.totals[reporter_id][label]
            if not _is_same(value, expected, is_exact):
                wrong.append(f"{reporter_id} {label}: {value} is not {expected}")
    return wrong


def _is_same(value: Any, expected: Any, is_exact: bool) -> bool:
    if isinstance(value, str) or expected is None or value is None:
        return bool(value == expected)
    if is_exact:
        return float(value) == float(expected)
    rounded = [Decimal(repr(float(number))).quantize(SIX, ROUND_HALF_UP) for number in (value, expected)]
    return rounded[0] == rounded[1]
