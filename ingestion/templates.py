"""Writes the blank workbooks of a programme's month, one a reporter. The same inputs give the same bytes."""

import io
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path

import xlsxwriter

from ingestion.access import SHARED_FILE, make_folder
from ingestion.conform import parse_month
from ingestion.errors import PeriodError, RegistryError
from ingestion.form import Form, build_form
from ingestion.known_figures import open_known_figures
from ingestion.owing import Owing, owing_of
from ingestion.registry import Registry, Row, load_registry
from ingestion.settings import get_settings
from ingestion.template_cover import add_cover_sheet
from ingestion.template_ledgers import add_item_sheets, add_task_sheet
from ingestion.template_looks import Looks
from ingestion.template_table import add_table_sheet

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass
class TemplateReport:
    """The workbooks that were written, and the tasks that stand in none because they name no reporter."""

    paths: list[Path] = field(default_factory=list)
    unassigned_tasks: list[Row] = field(default_factory=list)


def write_templates(programme: str, period: str, reporter: str | None = None) -> TemplateReport:
    """Write the templates of a month for all reporters that owe anything, or for one; each by id, name or alias."""
    registry = load_registry(get_settings().registry)
    month = parse_month(period)
    if month is None:
        raise PeriodError(f"“{period}”不是月份；应为 2021-04 这样的月份。")
    programme_id = registry.programme_id_of(programme)
    if programme_id is None:
        names = "、".join(row["programme_id"] for row in registry.rows("programmes"))
        raise RegistryError(f"登记册里没有方案“{programme}”；现有 {names}。")
    owing = owing_of(registry, programme_id, month)
    reporters = _chosen(registry, owing, reporter)
    folder = get_settings().templates / programme_id / month
    make_folder(folder)
    report = TemplateReport(unassigned_tasks=owing.unassigned_tasks)
    with open_known_figures() as known:
        for row in reporters:
            path = folder / f"{row['reporter_id']}-{month}.xlsx"
            fresh = path.with_suffix(".part")
            fresh.write_bytes(workbook_of(build_form(owing, row, known)))
            fresh.chmod(SHARED_FILE)
            fresh.replace(path)
            report.paths.append(path)
    return report


def workbook_of(form: Form) -> bytes:
    """The workbook's bytes; its creation date is the period's end, so that nothing in it tells when it was written."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        title = f"{form.programme['programme_name']}　{form.reporter['reporter_name']}　{form.period.label}"
        created = datetime.combine(form.period.last_date, time())
        book.set_properties({"title": title, "author": "", "created": created})
        looks = Looks(book)
        add_cover_sheet(book, looks, form)
        if form.lines:
            add_table_sheet(book, looks, form)
        add_task_sheet(book, looks, form)
        if form.lines:  # an item counts towards an indicator
            add_item_sheets(book, looks, form)
    return stream.getvalue()


def _chosen(registry: Registry, owing: Owing, reporter: str | None) -> list[Row]:
    programme = owing.programme["programme_name"]
    if not owing.reporters:
        raise RegistryError(f"方案“{programme}”在 {owing.month} 没有应报的指标和任务，不需要模板。")
    if reporter is None:
        return owing.reporters
    reporter_id = registry.reporter_id_of(reporter, owing.month)
    chosen = [row for row in owing.reporters if row["reporter_id"] == reporter_id]
    if not chosen:
        names = "、".join(row["reporter_name"] for row in owing.reporters)
        raise RegistryError(f"“{reporter}”在 {owing.month} 不报“{programme}”；要报的是 {names}。")
    return chosen
