"""Assembles one notice: title, facts, statements and tables, ready for any form to print."""

from dataclasses import dataclass, field
from typing import Any

from ingestion.contract import BY_NAME
from reports import figures
from reports.catalogue import (
    DRAFT_STATEMENT,
    ILLUSTRATIVE_MARK,
    LIGHTS,
    NOTES,
    NOTHINGS,
    SAMPLE_STATEMENT,
    UNKNOWN_CALENDAR_STATEMENT,
    NoticeForm,
    Section,
    form_of,
)
from reports.changes import Change
from reports.chapters import indicator_chapters, is_folded, left_out, reporter_chapters
from reports.comparison import comparison_table
from reports.footnotes import footnotes_table
from reports.group_rankings import group_rankings
from reports.ledgers import clauses_table, items_table, practice_table, tasks_table, units_table
from reports.movements import movers_table
from reports.narrative import Finding, findings_of
from reports.overview import overview
from reports.problems import problem_tables
from reports.quality import quality_table
from reports.read import ResultSet
from reports.revision import revision_table
from reports.scores import score_table
from reports.single_values import single_values
from reports.standings import Block, blocks
from reports.submissions import findings_table, submission_table, waiver_remarks
from reports.tables import Chapter, Table
from reports.targets import city_targets


@dataclass(frozen=True)
class Edition:
    """Which edition of a notice this is; `changes` and `inputs_added` are against the previous vintage."""

    version: int | None = None
    is_draft: bool = False
    previous_version: int | None = None
    changes: list[Change] = field(default_factory=list)
    inputs_added: list[dict[str, Any]] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What people call it."""
        return "征求意见稿" if self.is_draft else f"第{self.version}版"


@dataclass(frozen=True)
class LightLegend:
    """One band of the lights with its colour and where the band comes from."""

    word: str
    label: str
    colour: str
    source: str


@dataclass(frozen=True)
class Notice:
    """Everything a form prints, in reading order; tables that a form has no use for may be left out there."""

    subject: str
    heading: str
    form: NoticeForm
    edition: Edition
    is_sample: bool
    facts: list[tuple[str, str]]
    statements: list[str]
    findings_in_words: list[Finding]
    overview: Table
    blocks: list[Block]
    single: Table | None
    city: Table
    submissions: Table
    findings: Table
    revision: Table | None
    revision_remarks: list[str]
    more: dict[Section, list[Table]]
    lights: list[LightLegend]
    nothings: tuple[tuple[str, str], ...]
    notes: list[tuple[str, str]]
    group_rankings: list[Table] = field(default_factory=list)
    indicator_chapters: list[Chapter] = field(default_factory=list)
    reporter_chapters: list[Chapter] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Subject and heading on one line."""
        return f"{self.subject}　{self.heading}"

    def tables_of(self, section: Section) -> list[Table]:
        """The tables that a section prints, those without rows too; none for a section of words."""
        tables: dict[Section, list[Table | None]] = {
            Section.REVISION: [self.revision],
            Section.OVERVIEW: [self.overview],
            Section.CITY: [self.city],
            Section.STANDINGS: [block.table for block in self.blocks],
            Section.SINGLE: [self.single],
            Section.SUBMISSIONS: [self.submissions, self.findings],
        }
        return [table for table in tables.get(section, self.more.get(section, [])) if table is not None]

    @property
    def sections(self) -> list[Section]:
        """The sections that this notice has something to print in, in reading order."""
        always = {Section.OVERVIEW, Section.CITY, Section.STANDINGS, Section.SUBMISSIONS, Section.NOTES}
        return [
            section
            for section in self.form.sections
            if section in always or any(table.rows for table in self.tables_of(section))
        ]


def compose(result: ResultSet, edition: Edition) -> Notice:
    """The notice of a result set; nothing but the two arguments goes in."""
    form = form_of(result.cadence)
    period, programme = result.row("period"), result.row("programme")
    ranked, single = blocks(result, form), single_values(result, form)
    return Notice(
        subject=programme["programme_name"],
        heading=f"{period['period_label']} {period['cadence_label']}通报",
        form=form,
        edition=edition,
        is_sample=result.is_sample,
        facts=_facts(result, edition),
        statements=_statements(result, edition),
        findings_in_words=findings_of(result, ranked, form),
        overview=overview(result, ranked),
        blocks=ranked,
        single=single if single.rows else None,
        city=city_targets(result),
        submissions=submission_table(result),
        findings=findings_table(result),
        revision=revision_table(result, edition.changes) if edition.changes else None,
        revision_remarks=_revision_remarks(result, edition),
        more=_more(result, form),
        lights=_lights(result),
        nothings=NOTHINGS,
        notes=[(term, note.format(reference=form.reference)) for term, note in NOTES] + _sources(result),
        group_rankings=[] if is_folded(result) else group_rankings(result, ranked),
        indicator_chapters=indicator_chapters(result, form, ranked, edition.changes),
        reporter_chapters=reporter_chapters(result, form, edition.changes),
        left_out=left_out(result),
    )


def _more(result: ResultSet, form: NoticeForm) -> dict[Section, list[Table]]:
    return {
        Section.MOVERS: [movers_table(result, form)],
        Section.PRACTICE: [practice_table(result)],
        Section.SCORES: [score_table(result)],
        Section.COMPARISON: [comparison_table(result, form)],
        Section.PROBLEMS: problem_tables(result),
        Section.CLAUSES: [clauses_table(result)],
        Section.UNITS: [units_table(result)],
        Section.TASKS: [tasks_table(result)],
        Section.ITEMS: [items_table(result)],
        Section.QUALITY: [quality_table(result)],
        Section.FOOTNOTES: [footnotes_table(result)],
    }


def front_matter(result: ResultSet, edition: Edition) -> tuple[list[tuple[str, str]], list[str]]:
    """The facts and the statements that stand at the head of an edition, for what is printed beside the notice."""
    return _facts(result, edition), _statements(result, edition)


def has_illustrative(result: ResultSet) -> bool:
    """Whether any figure rests on an illustrative split of a target."""
    return any(row["is_illustrative"] for row in result.rows("progress"))


def _facts(result: ResultSet, edition: Edition) -> list[tuple[str, str]]:
    period, programme = result.row("period"), result.row("programme")
    return [
        ("依据", f"{programme['document_number'] or ''}《{programme['document_title']}》"),
        ("序时进度", figures.percent(period["time_progress_ratio"], 1).text or "不按序时"),
        ("数据截至", f"{figures.moment(result.as_of)}（北京时间）"),
        ("版次", edition.label),
    ]


def _statements(result: ResultSet, edition: Edition) -> list[str]:
    statements = []
    if edition.is_draft:
        statements.append(DRAFT_STATEMENT)
    if result.is_sample:
        statements.append(SAMPLE_STATEMENT)
    if has_illustrative(result):
        statements.append(
            f"标“{ILLUSTRATIVE_MARK}”的目标为示例分解：文件只定了总目标，没有分解到各单位；"
            "由此算出的完成率、亮灯和位次同为示例。"
        )
    if result.row("period").get("is_calendar_known") is False:
        statements.append(UNKNOWN_CALENDAR_STATEMENT)
    return statements + waiver_remarks(result) + [_signed(result, row) for row in result.rows("signed_corrections")]


def _signed(result: ResultSet, row: dict[str, Any]) -> str:
    """A correction under the city's signature, as a sentence."""
    reporter = result.reporters.get(row["reporter_id"], {}).get("reporter_name", row["reporter_id"])
    indicator = result.indicators.get(row["indicator_id"])
    decimals = indicator["decimals"] if indicator else 2
    before, after = (figures.number(row[name], decimals).text for name in ("expected_value", "corrected_value"))
    return (
        f"签批更正：{reporter} {row['period']}“{indicator['indicator_name'] if indicator else row['indicator_id']}”"
        f"{BY_NAME[row['column_name']].label}由 {before or '空白'} 更正为 {after}，原因：{row['reason']}；"
        f"{row['signed_by']}，{row['signed_on']}。"
    )


def _revision_remarks(result: ResultSet, edition: Edition) -> list[str]:
    if not edition.changes:
        return []
    relation = (
        f"与第{edition.previous_version}版相比"
        if edition.is_draft
        else f"本版取代第{edition.previous_version}版，原版保留不变"
    )
    remarks = [f"{relation}。逐项变动（含差距、位次变化等派生数字）见 manifest.json。"]
    for row in edition.inputs_added:
        name = result.reporters.get(row["reporter_id"], {}).get("reporter_name", row["reporter_id"])
        remarks.append(
            f"新采用的报送：{name} {row['period']}，"
            f"文件 {row['file_name']}，收到时间 {figures.moment(row['received_at'])}。"
        )
    if not edition.inputs_added:
        remarks.append("没有新的报送：变动来自登记的目标、名录、历史数据或计算规则。")
    return remarks


def _lights(result: ResultSet) -> list[LightLegend]:
    return [
        LightLegend(LIGHTS.get(row["light"], row["light"]), row["label"], row["colour"] or "", row["source"] or "")
        for row in result.rows("light_bands")
    ]


def _sources(result: ResultSet) -> list[tuple[str, str]]:
    homes = {row["home_programme_id"] for row in result.indicators.values()} - {None, result.programme_id}
    if not homes:
        return []
    return [("数据来源", "与其他方案共用的指标只报一次，本通报引用其在原方案中的报送数据和报送情况。")]
