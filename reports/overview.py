"""Lays out the overview: one row a reporter under its group, four columns an indicator, the city last."""

from itertools import groupby

from reports import figures
from reports.figures import Cell
from reports.read import ResultSet
from reports.standings import Block
from reports.tables import Column, Table, TableRow

# The figure an indicator is ranked by, per basis; the light only says something beside a completion rate.
_RANKED_FIGURE = {
    "completion": ("completion_ratio", "完成率"),
    "level": ("cumulative_value", "数值"),
    "growth": ("yoy_ratio", "同比"),
}
_PARTS = (
    ("overall_place", "overall_brief", "总位次", 9),
    ("overall_change", "overall_change", "变化", 6),
    ("group_place", "group_brief", "分类位次", 9),
)


def overview(result: ResultSet, blocks: list[Block]) -> Table:
    """The primary ranking of every indicator side by side, reporters in display order."""
    shown = [block for block in blocks if block.is_primary]
    columns = [Column("reporter", "填报单位", 25, "left")]
    bands = [("", 1)]
    rows: dict[str, dict[str, Cell]] = {reporter_id: {} for reporter_id in result.reporters}
    for block in shown:
        prefix = block.indicator["indicator_id"]
        figure_columns = _columns_of(block, prefix)
        columns += figure_columns
        bands.append((block.indicator["indicator_name"], len(figure_columns)))
        for row in block.table.rows:
            rows[row.reporter_id] |= {f"{prefix}.{key}": cell for key, cell in row.cells.items()}
    return Table("overview", "", tuple(columns), tuple(_in_groups(result, rows)), bands=tuple(bands))


def _columns_of(block: Block, prefix: str) -> list[Column]:
    key, label = _RANKED_FIGURE.get(block.basis, _RANKED_FIGURE["level"])
    columns = [Column(f"{prefix}.{key}", label, 12)]
    present = {column.key for column in block.table.columns}
    if block.basis == "completion" and "light" in present:
        columns.append(Column(f"{prefix}.light", "亮灯", 9, "center"))
    for needed, part, part_label, width in _PARTS:
        if needed in present:
            columns.append(Column(f"{prefix}.{part}", part_label, width, "center"))
    return columns


def _lacking(result: ResultSet, reporter_id: str) -> str:
    """Beside a sum over fewer reporters than expected: how many reported, at the indicator that has the fewest."""
    counts = [
        (row["reported_count"], row["expected_count"])
        for row in result.rows_of("progress", "reporter_id", reporter_id)
        if row["reported_count"] and row["reported_count"] < row["expected_count"]
    ]
    return "（已报{}/{}家）".format(*min(counts)) if counts else ""


def _in_groups(result: ResultSet, cells: dict[str, dict[str, Cell]]) -> list[TableRow]:
    reporters = [row for row in result.reporters.values() if cells[row["reporter_id"]]]
    reporters.sort(
        key=lambda row: (row["reporter_kind"] == "city", row["group_display_order"] or 0, row["display_order"])
    )
    rows = []
    for group_name, members in groupby(reporters, key=lambda row: row["group_name"]):
        if group_name:
            rows.append(TableRow({"reporter": figures.text(group_name)}, "group"))
        for member in members:
            kind = "city" if member["reporter_kind"] == "city" else "reporter"
            name = {"reporter": figures.text(member["reporter_name"] + _lacking(result, member["reporter_id"]))}
            rows.append(TableRow(cells[member["reporter_id"]] | name, kind, member["reporter_id"]))
    return rows
