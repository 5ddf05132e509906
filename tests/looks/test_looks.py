"""What a reader really sees: the page in Chromium, the workbook through LibreOffice (Debian packages of both)."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from ingestion.settings import get_settings
from reports.publish import publish
from tests.reports.factories import MONTH, MONTHLY, correct_one_reporter, create_warehouse

pytestmark = pytest.mark.looks

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
WIDTHS = {"desktop": 1280, "phone": 390}


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A second vintage of the small case: it has every section a notice can have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_HOME", str(tmp_path_factory.mktemp("home")))
        get_settings.cache_clear()
        warehouse = create_warehouse(get_settings().pipeline_file)
        publish(MONTHLY, MONTH)
        correct_one_reporter(warehouse)
        (publication,) = publish(MONTHLY, MONTH)
        assert publication.folder is not None
        yield publication.folder
    get_settings.cache_clear()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def messages() -> list[str]:
    """What the page complained about or asked for."""
    return []


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser, notice: Path, messages: list[str]) -> Iterator[Page]:
    """The published page, opened at one width."""
    opened = browser.new_page(viewport={"width": WIDTHS[request.param], "height": 900})
    opened.on("console", lambda message: messages.append(message.text))
    opened.on("pageerror", lambda error: messages.append(str(error)))
    opened.on("request", lambda asked: asked.url.startswith("file:") or messages.append(asked.url))
    opened.goto((notice / "notice.html").as_uri())
    yield opened
    opened.close()


def test_page_opens_without_complaint_or_request_and_fits_its_width(
    page: Page, messages: list[str], tmp_path: Path
) -> None:
    assert page.locator("h1").inner_text().split() == ["试点方案", "2021年3月", "月调度通报"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    titles = [title.partition("、")[2] for title in page.locator("h2").all_inner_texts()]
    assert titles[:4] == ["主要情况", "修订说明", "位次总表", "完成率热力表"]
    assert {"文件目标进展", "分指标排名", "报送情况", "说明"} < set(titles)
    picture = page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert len(picture) > 40_000
    assert messages == []


def test_wide_tables_scroll_inside_their_box_and_keep_the_reporter_in_sight(browser: Browser, notice: Path) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 900})
    phone.goto((notice / "notice.html").as_uri())
    box = phone.locator(".scroll").filter(has=phone.locator("#overview"))
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    name = phone.locator("#overview tbody th[scope=row]").first
    before = name.evaluate("cell => cell.getBoundingClientRect().left")
    box.evaluate("box => box.scrollLeft = 200")
    assert abs(name.evaluate("cell => cell.getBoundingClientRect().left") - before) < 2
    phone.close()


def test_ranking_sorts_by_keyboard_both_ways_and_the_city_stays_below(page: Page) -> None:
    table = page.locator("#contracts-completion")
    button = table.get_by_role("button", name="按累计")
    before = table.locator("tbody tr th").all_inner_texts()
    button.focus()
    page.keyboard.press("Enter")
    ascending = table.locator("tbody tr th").all_inner_texts()
    page.keyboard.press("Enter")
    descending = table.locator("tbody tr th").all_inner_texts()
    assert before == ["丙区", "丁开发区", "甲区", "乙区", "戊开发区"]
    assert ascending == ["乙区", "甲区", "丙区", "丁开发区", "戊开发区"]
    assert descending == ["丁开发区", "丙区", "甲区", "乙区", "戊开发区"]
    assert table.locator("thead th[aria-sort=descending]").count() == 1
    assert table.locator("tfoot th").inner_text() == "全市"


def test_page_is_complete_without_its_script(browser: Browser, notice: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto((notice / "notice.html").as_uri())
    assert plain.locator("#contracts-completion tbody tr").count() == 5
    assert plain.locator("thead button").count() == 0
    context.close()


def test_workbook_prints_from_an_office_on_the_expected_pages(notice: Path, tmp_path: Path) -> None:
    copy = shutil.copy(notice / "notice.xlsx", tmp_path)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), copy]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    information = subprocess.run(
        ["pdfinfo", tmp_path / "notice.pdf"], check=True, capture_output=True, text=True
    ).stdout
    # 目录, 修订, 总表, 滞后与问题清单, four rankings, two of groups, 单一来源, 文件目标, 报送情况, 说明,
    # four indicators and five reporters: a page each.
    assert re.search(r"^Pages:\s+23$", information, re.MULTILINE), information
    assert re.search(r"Page size:\s+84[12].* x 59[45]", information), information
    words = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "notice.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    for expected in (
        "试点方案",
        "第1名/共4家",
        "未设置目标",
        "未到期",
        "未报送",
        "100示",
        "示例数据",
        "原公布",
        "一区一表",
        "分类排名",
        "■",
    ):
        assert expected in words
    assert "返回目录" not in words
    assert re.search(r"第\s*23\s*页", words)
    assert "###" not in words


def test_document_opens_in_an_office_and_says_the_same(notice: Path, tmp_path: Path) -> None:
    copy = shutil.copy(notice / "notice.docx", tmp_path)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), copy]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    words = re.sub(r"\s", "", text_of(tmp_path / "notice.pdf"))
    for expected in ("试点方案", "各有关单位：", "一、主要情况", "1/4", "未设置目标", "100示", "示例数据"):
        assert expected in words


def test_pdf_is_set_on_a4_with_its_font_inside(notice: Path, tmp_path: Path) -> None:
    information = subprocess.run(["pdfinfo", notice / "notice.pdf"], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Page size:\s+595\.\d+ x 841\.\d+ pts \(A4\)", information), information
    fonts = subprocess.run(["pdffonts", notice / "notice.pdf"], check=True, capture_output=True, text=True).stdout
    rows = fonts.splitlines()[2:]
    assert rows
    assert all("NotoSansCJK" in row and " yes yes yes " in row for row in rows), fonts
    words = text_of(notice / "notice.pdf")
    for expected in ("试点方案", "各有关单位：", "一、主要情况", "未设置目标", "示例数据"):
        assert expected in words


def text_of(pdf: Path) -> str:
    """The words of a document, as they stand on its pages."""
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
