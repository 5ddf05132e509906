"""The html form: one self-contained page. It asks nothing of the network and is complete without its script."""

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingestion.contract import SAMPLE_LABEL
from reports.catalogue import DRAFT_MARK, SIGNS, Section, numeral
from reports.charts import Charts, charts_of, reporters_by_group
from reports.notice import Notice
from reports.read import ResultSet
from reports.styles import colour_of
from reports.tables import Column, Table, TableRow

_TEMPLATES = Path(__file__).parent / "templates"
# Columns that the page leaves to the workbook: a screen is narrower than a sheet.
_SHEET_ONLY = {"time_progress_ratio", "same_period_value", "group_change", "margin_above", "margin_below"}
# Instead of a table without rows; any other such table is left out.
_WORDS_FOR_NONE = {"city-targets": "本方案没有登记文件目标。", "findings": "已采用的报送没有数据质量提醒。"}
_FINDINGS_IN_SIGHT = 8  # the others unfold: a page begins with what leaders read
WORDS, HEAT, TRENDS = "words", "heat", "trends"


@dataclass(frozen=True)
class PageSection:
    """One numbered section: `kind` says how it prints (a Section's name, or one of the page's own), `anchor` its place.

    Its tables hold the columns that the page shows.
    """

    kind: str
    title: str
    tables: Sequence[Table] = ()
    numeral: str = ""

    @property
    def anchor(self) -> str:
        """What links lead to."""
        return f"section-{self.kind.lower()}"


@dataclass(frozen=True)
class Reporter:
    """One choice of the filter."""

    name: str
    group: str


@dataclass(frozen=True)
class ClauseLink:
    """Leads from an indicator to the row of one of its document targets: clause, for whom, number of the row."""

    clause: str
    scope: str
    row: int


def render_page(notice: Notice, result: ResultSet) -> str:
    """The whole page as text."""
    script = (_TEMPLATES / "notice.js").read_text(encoding="utf-8")
    charts = charts_of(result, notice)
    reporters = _Reporters(result)
    links = _clause_links(notice)
    return (
        _environment()
        .get_template("notice.html.j2")
        .render(
            notice=notice,
            charts=charts,
            sections=_sections(notice, charts),
            reporters=reporters.choices,
            groups=list(dict.fromkeys(reporter.group for reporter in reporters.choices if reporter.group)),
            number=reporters.number,
            number_of=reporters.number_of,
            links_by_indicator=links,
            links_by_table={
                block.table.table_id: links.get(block.indicator["indicator_name"], []) for block in notice.blocks
            },
            document_title=result.row("programme")["document_title"] or "",
            document_number=result.row("programme")["document_number"] or "",
            is_sortable=_is_sortable,
            words_for_none=_WORDS_FOR_NONE,
            findings_in_sight=_FINDINGS_IN_SIGHT,
            style=(_TEMPLATES / "notice.css").read_text(encoding="utf-8"),
            script=script,
            # Only this very script may run, whatever free text a submission brought along.
            script_hash=b64encode(sha256(script.encode()).digest()).decode(),
            sample_label=SAMPLE_LABEL,
            draft_mark=DRAFT_MARK,
        )
    )


def tables_on_page(notice: Notice) -> list[Table]:
    """Every table of the page's sections, with the columns that it shows; those beside pictures are the charts' own."""
    return [table for section in notice.form.sections for table in _shown(notice, section)]


def _shown(notice: Notice, section: Section) -> list[Table]:
    tables = notice.tables_of(section)
    return [table.without(_SHEET_ONLY) for table in tables] if section is Section.STANDINGS else tables


def _sections(notice: Notice, charts: Charts) -> list[PageSection]:
    """What the page has to say, numbered; pictures follow the overview, or stand before the notes."""
    found = [PageSection(WORDS, "主要情况")] if notice.findings_in_words else []
    own = []
    if charts.heat:
        own.append(PageSection(HEAT, "完成率热力表"))
    if charts.galleries or charts.moves or charts.remarks:
        own.append(PageSection(TRENDS, "走势与位次变化"))
    before = Section.NOTES if Section.OVERVIEW not in notice.form.sections else None
    for section in notice.form.sections:
        if section is before:
            found += own
        if _has_content(notice, section):
            found.append(PageSection(section.name, section.value, _shown(notice, section)))
        if section is Section.OVERVIEW:
            found += own
    return [replace(section, numeral=numeral(number)) for number, section in enumerate(found, start=1)]


def _has_content(notice: Notice, section: Section) -> bool:
    """Whether a section has words, rows, or a sentence that says that there are none."""
    if section in (Section.NOTES, Section.STANDINGS):
        return True
    return any(table.rows or table.table_id in _WORDS_FOR_NONE for table in notice.tables_of(section))


def _is_sortable(table: Table, column: Column) -> bool:
    """Columns of figures sort; under bands the columns don't say so themselves."""
    return column.is_sortable or bool(
        table.bands and any(row.cell(column.key).number is not None for row in table.rows if row.kind == "reporter")
    )


def _clause_links(notice: Notice) -> dict[str, list[ClauseLink]]:
    """By name of the indicator, the rows of its document targets, where the notice prints these."""
    links: dict[str, list[ClauseLink]] = {}
    if Section.CITY in notice.form.sections:
        for number, row in enumerate(notice.city.rows, start=1):
            link = ClauseLink(row.cell("clause").text or "条款", row.cell("scope").text, number)
            links.setdefault(row.cell("indicator").text, []).append(link)
    return links


class _Reporters:
    """Who can be filtered for, and which of them a row is about."""

    def __init__(self, result: ResultSet) -> None:
        rows = reporters_by_group(result)
        self.choices = [Reporter(row["reporter_name"], row["group_name"] or "") for row in rows]
        self._by_id = {row["reporter_id"]: number for number, row in enumerate(rows)}
        counts = Counter(row["reporter_name"] for row in rows)
        self._by_name = {
            row["reporter_name"]: number for number, row in enumerate(rows) if counts[row["reporter_name"]] == 1
        }

    def number(self, reporter_id: str) -> int | None:
        """The position of a reporter among the choices; None for the city."""
        return self._by_id.get(reporter_id)

    def number_of(self, row: TableRow) -> int | None:
        """The same of a row's reporter; None for rows about nobody as well."""
        if row.reporter_id:
            return self.number(row.reporter_id)
        return self._by_name.get(row.cell("reporter").text) if row.kind == "reporter" else None


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["colour"] = colour_of
    environment.filters["explained"] = lambda mark: "；".join(words for sign, words in SIGNS.items() if sign in mark)
    return environment
