"""What a notice prints on paper, in reading order: docx and pdf lay out the same parts.

A table that nobody would read on paper is cut after MOST_ROWS rows and says so; the workbook has every row.
"""

from dataclasses import dataclass, field, replace

from reports.catalogue import Section
from reports.notice import Notice
from reports.tables import Column, Table

MOST_ROWS, MOST_COLUMNS = 60, 12
SALUTATION = "各有关单位："
NUMBER = "文号：（待编）"
_NUMERALS = "一二三四五六七八九十"
# Columns that paper leaves to the workbook: a page is narrower than a sheet.
_SHEET_ONLY = {
    "time_progress_ratio", "same_period_value", "group_change", "margin_above", "group", "yoy_reported_ratio", "file",
    "where",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One numbered section: what is said, then tables, then terms with their notes."""

    heading: str
    paragraphs: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def parts_of(notice: Notice) -> list[Part]:
    """The sections of a notice; the findings in sentences first."""
    parts = [Part("主要情况", paragraphs=[(finding.heading, finding.text) for finding in notice.findings_in_words])]
    parts += [part for section in notice.form.sections if (part := _part(notice, section))]
    return [
        replace(part, heading=f"{numeral}、{part.heading}") for numeral, part in zip(_NUMERALS, parts, strict=False)
    ]


def _part(notice: Notice, section: Section) -> Part | None:
    if section is Section.NOTES:
        lights = [(light.word, f"{light.label}（{light.source}）") for light in notice.lights]
        return Part(section.value, notes=[*lights, *notice.nothings, *notice.notes])
    tables = notice.tables_of(section)
    if section is Section.OVERVIEW:
        tables = [part for table in tables for part in _by_width(table)]
    kept = [_on_paper(table) for table in tables if table.rows]
    remarks = [("", remark) for remark in notice.revision_remarks] if section is Section.REVISION else []
    return Part(section.value, paragraphs=remarks, tables=kept) if kept or remarks else None


def _by_width(table: Table) -> list[Table]:
    """A table under bands as several, each with the first column and as many bands as a page takes."""
    runs: list[list[int]] = []
    start = 1
    for number, (_, span) in enumerate(table.bands[1:], start=1):
        if not runs or sum(table.bands[n][1] for n in runs[-1]) + span > MOST_COLUMNS:
            runs.append([])
        runs[-1].append(number)
    tables = []
    for run in runs:
        span = sum(table.bands[number][1] for number in run)
        columns = (table.columns[0], *table.columns[start : start + span])
        start += span
        bands = (table.bands[0], *(table.bands[number] for number in run))
        tables.append(replace(table, columns=columns, bands=bands))
    return tables


def _on_paper(table: Table) -> Table:
    """Without the columns and rows that only the workbook has."""
    table = table if table.bands else table.without(_SHEET_ONLY)
    cut = len(table.rows) - MOST_ROWS
    if cut <= 0:
        return table
    city = tuple(row for row in table.rows[MOST_ROWS:] if row.kind == "city")
    remark = "；".join(filter(None, (table.remark, f"另有 {cut - len(city)} 行未印，见同版 xlsx")))
    return replace(table, rows=table.rows[:MOST_ROWS] + city, remark=remark)


def heading_of(column: Column) -> str:
    """A column's header with its unit."""
    return column.label + (f"（{column.unit}）" if column.unit else "")
