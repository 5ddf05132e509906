"""Lays out this period against the one before: what was added, indicator by indicator."""

from typing import Any

from reports import figures
from reports.catalogue import NoticeForm
from reports.figures import Cell
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

_PARTS = 3  # columns an indicator takes


def comparison_table(result: ResultSet, form: NoticeForm) -> Table:
    """One row a reporter, the city last; three columns an indicator that has a figure of the period before."""
    progress = {(row["reporter_id"], row["indicator_id"]): row for row in result.rows("progress")}
    compared = [
        indicator
        for indicator in result.indicators.values()
        if any(
            row["previous_value"] is not None and row["month_value"] is not None
            for row in result.rows("progress")
            if row["indicator_id"] == indicator["indicator_id"]
        )
    ]
    columns = [Column("reporter", "填报单位", 24, "left")]
    bands = [("", 1)]
    for indicator in compared:
        prefix, unit = indicator["indicator_id"], indicator["unit"]
        columns += [
            Column(f"{prefix}.current", form.flow_label, 10, unit=unit),
            Column(f"{prefix}.previous", f"{form.reference}数", 10, unit=unit),
            Column(f"{prefix}.growth", "环比", 10),
        ]
        bands.append((indicator["indicator_name"], _PARTS))
    rows = tuple(_row(reporter, compared, progress) for reporter in _in_order(result))
    filled = tuple(row for row in rows if len(row.cells) > 1) if compared else ()
    return Table("comparison", "", tuple(columns), filled, bands=tuple(bands))


def _in_order(result: ResultSet) -> list[dict[str, Any]]:
    return sorted(result.reporters.values(), key=lambda row: (row["reporter_kind"] == "city", row["display_order"]))


def _row(
    reporter: dict[str, Any], compared: list[dict[str, Any]], progress: dict[tuple[str, str], dict[str, Any]]
) -> TableRow:
    cells: dict[str, Cell] = {"reporter": figures.text(reporter["reporter_name"])}
    for indicator in compared:
        row = progress.get((reporter["reporter_id"], indicator["indicator_id"]))
        if row is not None:
            prefix, decimals = indicator["indicator_id"], indicator["decimals"]
            cells |= {
                f"{prefix}.current": figures.reported(row, row["month_value"], decimals),
                f"{prefix}.previous": figures.number(row["previous_value"], decimals),
                f"{prefix}.growth": figures.percent(row["mom_ratio"], indicator["ratio_decimals"]),
            }
    return TableRow(cells, "city" if reporter["reporter_kind"] == "city" else "reporter", reporter["reporter_id"])
