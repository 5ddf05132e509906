"""The pre-notice (复核告知): each reporter's own rows of a draft, a page each, with how and until when to object.

The pages lie in the draft's folder and go away with it; that they went out, and until when, stays in the journal.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingestion.access import SHARED_FILE, set_modes
from ingestion.contract import SAMPLE_LABEL
from ingestion.settings import get_settings
from reports import figures, objections
from reports.catalogue import BASES, DRAFT_MARK, NOTES, NOTHINGS, OVERALL, PART_STATES, PARTS, form_of
from reports.errors import NoticeNotFound
from reports.notice import Edition, front_matter
from reports.own_rows import own_rows
from reports.read import ResultSet, load_result
from reports.scores import decimals_of
from reports.standings import figures_of
from reports.styles import colour_of
from reports.submissions import findings_table, submission_table
from reports.tables import Column, Table, TableRow
from reports.vintage import MANIFEST, RESULT, notice_folder

FOLDER = "pre-notice"
_TEMPLATES = Path(__file__).parent / "templates"
_SCORE_COLUMNS = (
    Column("part", "得分项", 28, "left"),
    Column("source", "所在期", 10, "left"),
    Column("weight", "满分", 8),
    Column("state", "状态", 12, "left"),
    Column("mark", "得分", 8),
    Column("bonus", "加分", 8),
    Column("penalty", "扣分", 8),
    Column("points", "计入总分", 9),
)
_PLACE_COLUMNS = (
    Column("indicator", "指标", 28, "left"),
    Column("basis", "排名依据", 16, "left"),
    Column("overall", "总位次", 14, "center"),
    Column("overall_change", "位次变化", 8, "center"),
    Column("group", "分类位次", 14, "center"),
    Column("group_change", "分类位次变化", 8, "center"),
)


@dataclass(frozen=True)
class PreNotice:
    """The pages of one draft: where they lie, the last day for objections, and how many there are."""

    programme_id: str
    folder: Path
    until: date
    page_count: int


def write_pre_notices(
    cadence: str, period: str, until: Mapping[str, date] | date, programme_ids: Sequence[str] | None = None
) -> list[PreNotice]:
    """Write the pages of every draft of a period (or of the programmes given) and open their windows for objections.

    `until` is one last day for all, or one a programme. NoticeNotFound where there is no draft to tell anybody of.
    """
    root = get_settings().provisional
    there = sorted(
        folder.parent.name.removesuffix(f"-{cadence}") for folder in (root / period).glob(f"*-{cadence}/{MANIFEST}")
    )
    wanted = list(dict.fromkeys(programme_ids or there))
    missing = [programme_id for programme_id in wanted if programme_id not in there]
    if missing or not wanted:
        raise NoticeNotFound(
            f"{root / period} 中没有 {'、'.join(missing) or '任何方案'} 的 {cadence} 征求意见稿，无从告知；"
            f"请先运行 python -m reports publish --draft --cadence {cadence} --period {period}"
        )
    return [
        _write(programme_id, cadence, period, until if isinstance(until, date) else until[programme_id])
        for programme_id in wanted
    ]


def render_pre_notice(result: ResultSet, reporter_id: str, until: date) -> str:
    """One reporter's page; nothing but the arguments goes in."""
    own = own_rows(result, reporter_id)
    facts, statements = front_matter(own, Edition(None, is_draft=True))
    form, programme, period = form_of(own.cadence), own.row("programme"), own.row("period")
    places, scores = _places(own), _scores(own)
    return (
        _environment()
        .get_template("pre_notice.html.j2")
        .render(
            title=f"{programme['programme_name']}　{period['period_label']} {period['cadence_label']}通报",
            facts=facts,
            statements=statements,
            is_sample=own.is_sample,
            explained=[*NOTHINGS, *((term, note.format(reference=form.reference)) for term, note in NOTES)],
            reporter=own.reporters[reporter_id]["reporter_name"],
            until=f"{until:%Y-%m-%d} 24:00",
            progress=_progress(own, form.flow_label),
            places=places if places.rows else None,
            scores=scores if scores.rows else None,
            total=_total(own),
            submissions=submission_table(own),
            findings=findings_table(own),
            style=(_TEMPLATES / "notice.css").read_text(encoding="utf-8"),
            draft_mark=DRAFT_MARK,
            sample_label=SAMPLE_LABEL,
        )
    )


def addressees(result: ResultSet) -> list[str]:
    """Who is told: every reporter that has a figure in the draft or owed a table for it, in display order."""
    named = {row["reporter_id"] for name in ("progress", "submission_status") for row in result.rows(name)}
    return [
        reporter_id
        for reporter_id, row in result.reporters.items()
        if reporter_id in named and row["reporter_kind"] != "city"
    ]


def _write(programme_id: str, cadence: str, period: str, until: date) -> PreNotice:
    draft = notice_folder(get_settings().provisional, programme_id, period, cadence)
    result = load_result(draft / RESULT, programme_id, cadence, period)
    partial, folder = draft / f".{FOLDER}.partial", draft / FOLDER
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    told = addressees(result)
    for reporter_id in told:
        page = render_pre_notice(result, reporter_id, until)
        (partial / f"{reporter_id}.html").write_text(page, encoding="utf-8")
    set_modes(partial, SHARED_FILE)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    objections.open_window(result, until)
    return PreNotice(programme_id, folder, until, len(told))


def _progress(own: ResultSet, flow_label: str) -> Table:
    bands = {row["light"]: row for row in own.rows("light_bands")}
    columns = (
        Column("indicator", "指标", 28, "left"),
        Column("unit", "单位", 8, "left"),
        Column("month_value", flow_label, 10),
        Column("cumulative_value", "累计（期末）数", 12),
        Column("target_value", "目标", 12),
        Column("completion_ratio", "完成率", 10),
        Column("time_progress_ratio", "序时进度", 9),
        Column("progress_gap", "较序时进度（百分点）", 10),
        Column("light", "亮灯", 7, "center"),
        Column("same_period_value", "上年同期", 10),
        Column("yoy_ratio", "同比", 9),
        Column("yoy_reported_ratio", "填报同比", 9),
    )
    found = {row["indicator_id"]: row for row in own.rows("progress")}
    rows = tuple(
        TableRow(
            figures_of(found[indicator_id], indicator, bands)
            | {"indicator": figures.text(indicator["indicator_name"]), "unit": figures.text(indicator["unit"])}
        )
        for indicator_id, indicator in own.indicators.items()
        if indicator_id in found
    )
    table = Table("progress", "", tuple(column for column in columns if column.label), rows)
    return table.without_empty({"same_period_value", "yoy_ratio", "yoy_reported_ratio", "light", "progress_gap"})


def _places(own: ResultSet) -> Table:
    """Its own places. The distance to a neighbour is left out: it would tell the neighbour's figure."""
    cells: dict[tuple[str, str], dict[str, figures.Cell]] = {}
    for row in own.rows("rankings"):
        indicator = own.indicators[row["indicator_id"]]["indicator_name"]
        shown = cells.setdefault(
            (row["indicator_id"], row["basis"]),
            {"indicator": figures.text(indicator), "basis": figures.text(BASES.get(row["basis"], row["basis"]))},
        )
        scope = "overall" if row["scope"] == OVERALL else "group"
        shown[scope], shown[f"{scope}_change"] = figures.place(row), figures.place_change(row["rank_change"])
    order = {indicator_id: position for position, indicator_id in enumerate(own.indicators)}
    ordered = sorted(cells, key=lambda key: (order[key[0]], key[1]))
    table = Table("places", "", _PLACE_COLUMNS, tuple(TableRow(cells[key]) for key in ordered))
    return table.without_empty({"group", "group_change", "overall_change"})


def _scores(own: ResultSet) -> Table:
    rows = tuple(TableRow(_score_cells(own, row)) for row in own.rows("score_parts"))
    return Table("scores", "", _SCORE_COLUMNS, rows).without_empty({"bonus", "penalty"})


def _score_cells(own: ResultSet, row: dict[str, Any]) -> dict[str, figures.Cell]:
    indicator = own.indicators.get(row["indicator_id"] or "")
    name = indicator["indicator_name"] if indicator else PARTS.get(row["part_id"], row["part_id"])
    count = f"（{row['event_count']}次）" if row["event_count"] else ""
    decimals = decimals_of(own)
    return {
        "part": figures.text(name + count),
        "source": figures.text(row["source_period"]),
        "state": figures.text(PART_STATES.get(row["part_state"], row["part_state"])),
    } | {key: figures.number(row[key], decimals) for key in ("weight", "mark", "bonus", "penalty", "points")}


def _total(own: ResultSet) -> str:
    """The whole score and its places, as a sentence; empty where nothing is scored."""
    rows = own.rows("composite_rankings")
    places = [
        f"{'总位次' if row['scope'] == OVERALL else '分类位次'}{figures.place(row).text}"
        for row in sorted(rows, key=lambda row: row["scope"] != OVERALL)
    ]
    return f"总分 {figures.number(rows[0]['score'], decimals_of(own)).text}，{'，'.join(places)}。" if rows else ""


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
    return environment
