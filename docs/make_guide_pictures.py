"""`python -m docs.make_guide_pictures`: the pictures of 填报指南.md, from a real template, filled in, and returned.

Needs LibreOffice (soffice) and poppler (pdftoppm). All figures are invented.
"""

import csv
import hashlib
import os
import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

PICTURES = Path(__file__).resolve().parent / "images"
PROGRAMME, REPORTER = "innovation_2021", "jiangan"
FIRST_ROW = 4
DOTS_PER_INCH = 96
# Page of the workbook, name, and how much of the page's height is shown.
_SHOWN = (
    (1, "填报-封面", 0.80),
    (2, "填报-指标", 0.66),
    (3, "填报-任务", 0.72),
    (4, "填报-项目", 0.42),
)
_RETURNED = ((1, "退回-说明", 0.60), (4, "退回-指标", 0.66))
_TASKS = (
    ("推进中", "国家级平台申报材料已报市科技局", "", "5月组织专家评审"),
    ("已完成", "2个创新街区挂牌", "", ""),
    ("滞后", "入库培育企业6家，比计划少3家", "2家企业的研发费用归集未完成", "5月上门辅导"),
)
_PROJECTS = (
    ("滨江数字创新园一期", "2020-420102-65-03-000123", "建成科技创新园区和街区", "在建", "2020-11-02", "2021-09-30"),
    ("科技金融街孵化器", "", "新建市级以上创新孵化载体", "前期", "2021-04-12", "2021-12-20"),
)


def main() -> None:
    """Writes docs/images/*.png from a data folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        # The files of 2021 are received in 2021: today their months are closed.
        os.environ |= {"YIBIAO_HOME": folder, "YIBIAO_TRUST_RECEIPTS": "1"}
        _report(_filled("2021-03", is_right=True), "2021-04-06T10:00+08:00")
        workbook = _filled("2021-04", is_right=False)
        _print(workbook, Path(folder), _SHOWN)
        _report(workbook, "2021-05-08T10:00+08:00")
        (returned,) = (Path(folder) / "returned").rglob("*.xlsx")
        _print(returned, Path(folder), _RETURNED)


def _report(path: Path, received_at: str) -> None:
    """Has a filled template received and judged."""
    from expectations import judge
    from ingestion.inbox import RECEIPTS_FILE
    from ingestion.receipts import COLUMNS
    from ingestion.settings import get_settings
    from ingestion.sweep import sweep

    inbox = get_settings().inbox
    (inbox / REPORTER).mkdir(parents=True, exist_ok=True)
    copy = Path(shutil.copy(path, inbox / REPORTER))
    os.utime(copy, (0, 0))
    with (inbox / RECEIPTS_FILE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        sha256 = hashlib.sha256(copy.read_bytes()).hexdigest()
        writer.writerow(
            {"file_name": f"{REPORTER}/{copy.name}", "sha256": sha256, "received_at": received_at, "source": "示例"}
        )
    sweep()
    judge()


def _filled(month: str, is_right: bool) -> Path:
    from ingestion.templates import write_templates

    (path,) = write_templates(PROGRAMME, month, REPORTER).paths
    book = load_workbook(path)
    cover, table, tasks, projects = book.worksheets[:4]
    cover["B8"], cover["B9"] = "王芳", "李强"
    _fill_table(table, int(month[-2:]))
    if not is_right:
        _make_mistakes(table)
        for row, line in enumerate(_TASKS, start=FIRST_ROW):
            for column, value in enumerate(line, start=4):
                tasks.cell(row, column).value = value or None
        _fill_projects(projects)
    book.save(path)
    return path


def _fill_table(table: Worksheet, months: int) -> None:
    for row in range(FIRST_ROW, table.max_row + 1):
        flow = row % 5 + 1
        if table.cell(row, 5).value is None:
            table.cell(row, 5).value = flow
        table.cell(row, 6).value = flow * months
        table.cell(row, 7).value = flow * months - 2
        table.cell(row, 8).value = 12.5


def _make_mistakes(table: Worksheet) -> None:
    table.cell(FIRST_ROW, 5).value = "5家"
    table.cell(FIRST_ROW + 2, 6).value = 30
    table.cell(FIRST_ROW + 4, 6).value = -4
    for column in (5, 6):
        table.cell(FIRST_ROW + 6, column).value = None


def _fill_projects(projects: Worksheet) -> None:
    for row, (*texts, started, due) in enumerate(_PROJECTS, start=FIRST_ROW):
        days = [datetime.fromisoformat(day) for day in (started, due)]
        for column, value in enumerate([*texts, *days], start=1):
            projects.cell(row, column).value = value or None


def _print(workbook: Path, folder: Path, shown: tuple[tuple[int, str, float], ...]) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(workbook)]
    subprocess.run(office, check=True, capture_output=True)
    PICTURES.mkdir(exist_ok=True)
    width, height = 297 / 25.4 * DOTS_PER_INCH, 210 / 25.4 * DOTS_PER_INCH
    for page, name, share in shown:
        crop = ["-x", "0", "-y", "30", "-W", str(int(width)), "-H", str(int(height * share))]
        command = ["pdftoppm", "-png", "-r", str(DOTS_PER_INCH), "-f", str(page), "-l", str(page), "-singlefile", *crop]
        subprocess.run([*command, folder / f"{workbook.stem}.pdf", PICTURES / name], check=True)


if __name__ == "__main__":
    main()
