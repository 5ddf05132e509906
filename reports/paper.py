"""What a notice prints on paper, in reading order: docx and pdf lay out the same parts.

A table that nobody would read on paper is cut after MOST_ROWS rows and says so; the workbook has every row.
"""

from dataclasses import dataclass, field, replace

from reports.catalogue import Section, numeral
from reports.notice import Notice
from reports.tables import Column, Table

MOST_ROWS, MOST_COLUMNS = 60, 12
_MOST_PLAIN_COLUMNS = 18  # of a table without bands; the digits of a number would else be torn apart
_BRIEF_WIDTH = 9
SALUTATION = "各有关单位："
NUMBER = "文号：（待编）"
# Columns that paper leaves to the workbook: a page is narrower than a sheet.
_SHEET_ONLY = {
    "time_progress_ratio", "same_period_value", "group_change", "margin_above", "margin_below", "group",
    "yoy_reported_ratio", "file", "where",
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
    parts += [part for section in notice.sections if (part := _part(notice, section))]
    return [replace(part, heading=f"{numeral(number)}、{part.heading}") for number, part in enumerate(parts, start=1)]


def _part(notice: Notice, section: Section) -> Part | None:
    if section is Section.NOTES:
        lights = [(light.word, f"{light.label}（{light.source}）") for light in notice.lights]
        return Part(section.value, notes=[*lights, *notice.nothings, *notice.notes])
    tables, unprinted = notice.tables_of(section), 0
    if section is Section.STANDINGS:
        tables = [block.table for block in notice.blocks if block.basis]
        unprinted = len(notice.blocks) - len(tables)
    if section in (Section.OVERVIEW, Section.COMPARISON):
        tables = [part for table in tables for part in _by_width(table)]
    kept = [part for table in tables if table.rows for part in _by_columns(_on_paper(table))]
    remarks = [("", remark) for remark in notice.revision_remarks] if section is Section.REVISION else []
    if unprinted:
        remarks.append(("", f"另有 {unprinted} 项指标只列数、不排名，见同版 xlsx 和网页。"))
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


def _by_columns(table: Table) -> list[Table]:
    """A table of too many columns as several below each other, each with the first column."""
    if table.bands or len(table.columns) <= _MOST_PLAIN_COLUMNS:
        return [table]
    first, rest = table.columns[0], table.columns[1:]
    step = _MOST_PLAIN_COLUMNS - 1
    return [replace(table, columns=(first, *rest[start : start + step])) for start in range(0, len(rest), step)]


def _on_paper(table: Table) -> Table:
    """Without the columns and rows that only the workbook has."""
    table = table if table.bands else _in_brief(table.without(_SHEET_ONLY))
    cut = len(table.rows) - MOST_ROWS
    if cut <= 0:
        return table
    city = tuple(row for row in table.rows[MOST_ROWS:] if row.kind == "city")
    remark = "；".join(filter(None, (table.remark, f"另有 {cut - len(city)} 行未印，见同版 xlsx")))
    return replace(table, rows=table.rows[:MOST_ROWS] + city, remark=remark)


def _in_brief(table: Table) -> Table:
    """With places as 3/16: a column of a page is too narrow for 第3名/共16家."""
    places = {f"{scope}_place": f"{scope}_brief" for scope in ("overall", "group")}
    columns = (
        replace(column, key=places[column.key], width=_BRIEF_WIDTH) if column.key in places else column
        for column in table.columns
    )
    return replace(table, columns=tuple(columns))


def heading_of(column: Column) -> str:
    """A column's header with its unit."""
    return column.label + (f"（{column.unit}）" if column.unit else "")
