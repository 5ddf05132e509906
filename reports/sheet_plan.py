"""Which sheets a workbook has and what stands on each: one plan, by which it is written and read back."""

from dataclasses import dataclass, field, replace

from reports.catalogue import Section
from reports.notice import Notice
from reports.sheet_names import SheetNames
from reports.tables import Chapter, Table

CONTENTS, SCORING, NOTES = "目录", "计分过程", "说明"
GENERAL, BY_INDICATOR, BY_REPORTER, OTHER = "总体情况", "逐项指标", "一区一表", "计分与说明"
SHEET_NAMES = {
    Section.REVISION: "修订",
    Section.OVERVIEW: "总表",
    Section.STANDINGS: "排名",
    Section.SINGLE: "单一来源",
    Section.CITY: "文件目标",
    Section.SUBMISSIONS: "报送情况",
    Section.NOTES: NOTES,
}
_GROUPED = "分类排名"
# Of a notice with more reporters the rankings below each other would be pages of one indicator; each has its sheet.
MOST_RANKED = 120


@dataclass(frozen=True)
class Sheet:
    """One sheet: its tables below each other.

    Attributes:
        part: the heading that it stands under in the contents.
        is_form: tables of different shapes, laid out for reading and not for sorting.
        is_paged: each table filters on its own and begins a printed page.
        charted: id of the table that is drawn below itself.
        above, below: sentences over the first table and after it.
    """

    name: str
    heading: str
    part: str
    tables: list[Table]
    is_form: bool = False
    is_paged: bool = False
    charted: str = ""
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


def plan_of(notice: Notice) -> list[Sheet]:
    """All sheets that print tables, in order; contents, scoring and notes are none of them."""
    kept = [SHEET_NAMES.get(section, section.value) for section in Section]
    names = SheetNames([CONTENTS, SCORING, NOTES, _GROUPED, *kept])
    sheets = [sheet for section in notice.form.sections for sheet in _of_section(notice, section)]
    for part, chapters in ((BY_INDICATOR, notice.indicator_chapters), (BY_REPORTER, notice.reporter_chapters)):
        sheets += [_of_chapter(names.give(chapter.title), part, chapter) for chapter in chapters]
    return sheets


def _of_section(notice: Notice, section: Section) -> list[Sheet]:
    tables = [table for table in notice.tables_of(section) if table.rows or section in SHEET_NAMES]
    if not tables:
        return []
    name = SHEET_NAMES.get(section, section.value)
    if section is not Section.STANDINGS:
        above = notice.revision_remarks if section is Section.REVISION else []
        return [Sheet(name, name, GENERAL, tables, is_form=len(tables) > 1, above=above)]
    sheets = [Sheet(name, name, GENERAL, [_cut(notice, table) for table in tables], is_paged=True)]
    if notice.group_rankings:
        sheets.append(Sheet(_GROUPED, _GROUPED, GENERAL, notice.group_rankings, is_paged=True))
    return sheets


def _of_chapter(name: str, part: str, chapter: Chapter) -> Sheet:
    heading = chapter.title if part == BY_INDICATOR else f"{part}　{chapter.title}"
    is_form = part == BY_REPORTER
    return Sheet(name, heading, part, chapter.tables, is_form, charted=chapter.charted, below=chapter.remarks)


def _cut(notice: Notice, table: Table) -> Table:
    """The top of a long ranking, where the indicator's own sheet has all of it."""
    cut = len(table.rows) - MOST_RANKED
    if cut <= 0 or not notice.indicator_chapters:
        return table
    city = tuple(row for row in table.rows[MOST_RANKED:] if row.kind == "city")
    remark = "；".join(filter(None, (table.remark, f"另有 {cut - len(city)} 家，见本指标的工作表")))
    return replace(table, rows=table.rows[:MOST_RANKED] + city, remark=remark)
