"""The html form: one self-contained page. It asks nothing of the network and is complete without its script."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingestion.contract import SAMPLE_LABEL
from reports.catalogue import DRAFT_MARK, Section
from reports.notice import Notice
from reports.styles import colour_of
from reports.tables import Table

_TEMPLATES = Path(__file__).parent / "templates"
_NUMERALS = "一二三四五六七八九十"
# Columns that the page leaves to the workbook: a screen is narrower than a sheet.
_SHEET_ONLY = {"time_progress_ratio", "same_period_value", "group_change", "margin_above"}


def render_page(notice: Notice) -> str:
    """The whole page as text."""
    script = (_TEMPLATES / "notice.js").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("notice.html.j2")
        .render(
            notice=notice,
            sections=_sections(notice),
            Section=Section,
            style=(_TEMPLATES / "notice.css").read_text(encoding="utf-8"),
            script=script,
            # Only this very script may run, whatever free text a submission brought along.
            script_hash=b64encode(sha256(script.encode()).digest()).decode(),
            sheet_only=_SHEET_ONLY,
            sample_label=SAMPLE_LABEL,
            draft_mark=DRAFT_MARK,
        )
    )


def tables_on_page(notice: Notice) -> list[Table]:
    """Every table of the page, with the columns that it shows."""
    tables = [(section, table) for section in notice.form.sections for table in notice.tables_of(section)]
    return [table.without(_SHEET_ONLY) if section is Section.STANDINGS else table for section, table in tables]


def _sections(notice: Notice) -> list[tuple[str, Section]]:
    absent = {
        section
        for section, table in ((Section.REVISION, notice.revision), (Section.SINGLE, notice.single))
        if not table
    }
    shown = [section for section in notice.form.sections if section not in absent]
    return list(zip(_NUMERALS, shown, strict=False))


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
