"""What a reader can do with the page in Chromium: sort, filter, read pictures and clauses, by pointer and by keys."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from reports.notice import Edition, compose
from reports.page import render_page
from reports.read import read_result
from tests.looks.test_looks import ARGUMENTS, CHROMIUM, WIDTHS
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, create_warehouse, rows_of
from tests.reports.months import months

pytestmark = pytest.mark.looks

HOSTILE = "</text><img src=x onerror=alert(1)>\"'&区"


def written(folder: Path, **replaced: list[dict[str, str]]) -> Path:
    """The page of the small case with its months."""
    warehouse = create_warehouse(folder / "pipeline.duckdb", **(months() | replaced))
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        result = read_result(connection, PROGRAMME, MONTHLY, MONTH)
    path = folder / "notice.html"
    path.write_text(render_page(compose(result, Edition(1)), result), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, chromium: Browser, notice: Path) -> Iterator[Page]:
    """The page at one width; at the end nothing was complained about or asked for."""
    yield from opened(chromium, notice, WIDTHS[request.param])


@pytest.fixture
def desktop(chromium: Browser, notice: Path) -> Iterator[Page]:
    yield from opened(chromium, notice, WIDTHS["desktop"])


def opened(browser: Browser, path: Path, width: int) -> Iterator[Page]:
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith("file:") or complaints.append(asked.url))
    page.goto(path.as_uri())
    yield page
    page.close()
    assert complaints == []


def names(page: Page, table: str) -> list[str]:
    rows = page.locator(f"#{table} tbody tr:not(.group):visible th")
    return [name.strip() for name in rows.all_inner_texts()]


def test_page_keeps_within_its_width(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("figure svg").first.bounding_box()["width"] > 100


def test_filter_narrows_every_table_and_picture_and_says_how_many_are_left(page: Page) -> None:
    assert page.locator("#filter-count").inner_text() == "显示 5 个，共 5 个填报单位"
    page.locator("#filter-name").fill("甲 丙区")
    assert page.locator("#filter-count").inner_text() == "显示 2 个，共 5 个填报单位"
    assert page.locator("#filter-count").get_attribute("aria-live") == "polite"
    assert names(page, "overview") == names(page, "stock-level") == ["甲区", "丙区"]
    assert names(page, "enterprises-completion") == ["甲区", "丙区"]
    assert page.locator("#overview tr.group:visible").count() == 1
    heads = page.locator("#heat thead tr:last-child th:visible").all_inner_texts()
    assert [head.replace("\n", "") for head in heads] == ["甲区", "丙区", "全市"]
    assert page.locator("#heat tbody tr").first.locator("td:visible").count() == 3
    assert page.locator(".gallery.small figure:visible b").all_inner_texts() == ["甲区", "丙区"]
    chosen = page.locator('[data-table="course-enterprises"] path.chosen')
    assert chosen.count() == 2
    page.get_by_role("button", name="全部显示").click()
    assert len(names(page, "overview")) == 5
    assert page.locator("path.chosen").count() == 0


def test_filter_by_group_and_by_a_name_that_nobody_has(page: Page) -> None:
    page.locator("#filter-group").select_option("开发区")
    assert names(page, "enterprises-completion") == ["丁开发区", "戊开发区"]
    assert page.locator("#heat thead tr:first-child th:visible").all_inner_texts()[1:] == ["开发区", ""]
    page.locator("#filter-name").fill("甲")
    assert names(page, "enterprises-completion") == []
    assert page.locator("#filter-count").inner_text() == "显示 0 个，共 5 个填报单位"
    assert page.locator("#enterprises-completion tfoot th").inner_text() == "全市"


def test_overview_sorts_across_groups_and_a_third_press_gives_the_printed_order_back(page: Page) -> None:
    printed = names(page, "overview")
    button = page.locator("#overview").get_by_role("button", name="按完成率排序").first
    button.focus()
    page.keyboard.press("Enter")
    assert names(page, "overview") == ["丙区", "甲区", "乙区", "丁开发区", "戊开发区"]
    assert page.locator("#overview tr.group:visible").count() == 0
    assert "由小到大" in page.locator("#filter-count").inner_text()
    page.keyboard.press("Enter")
    assert names(page, "overview") == ["丁开发区", "甲区", "乙区", "丙区", "戊开发区"]
    page.keyboard.press("Enter")
    assert names(page, "overview") == printed
    assert page.locator("#overview [aria-sort]").count() == 0


def plot_of(page: Page, table: str) -> Locator:
    return page.locator(f'figure[data-table="{table}"] .plot').first


def test_pointer_on_a_line_reads_reporter_month_and_figure(page: Page) -> None:
    plot = plot_of(page, "course-enterprises")
    plot.scroll_into_view_if_needed()
    end = plot.locator("path.last").evaluate(
        "path => { const point = path.getPointAtLength(path.getTotalLength()).matrixTransform(path.getScreenCTM());"
        " return [point.x, point.y] }"
    )
    page.mouse.move(end[0] + 2, end[1] - 2)
    expect(page.locator("#card")).to_be_visible()
    assert page.locator("#card").inner_text().split() == ["丙区", "3月", "0.0%示"]
    assert plot.locator("path.on").count() == 1
    page.mouse.move(1, 1)
    page.wait_for_timeout(400)
    assert not page.locator("#card").is_visible()
    assert plot.locator("path.on").count() == 0


def test_keys_walk_along_a_line_and_from_line_to_line_even_after_its_table_was_sorted(desktop: Page) -> None:
    desktop.locator("details.figures summary").last.click()
    desktop.locator("#course-enterprises").get_by_role("button", name="按3月排序").click()
    plot = plot_of(desktop, "course-enterprises")
    assert plot.get_attribute("role") == "application"
    plot.focus()
    spoken = desktop.locator("#readout")
    for key, expected in (
        ("ArrowRight", "丁开发区　3月　45.0%示"),
        ("ArrowDown", "甲区　3月　30.0%示"),
        ("ArrowLeft", "甲区　2月　12.5%示"),
        ("ArrowLeft", "甲区　1月　5.0%示"),
        ("ArrowLeft", "甲区　1月　5.0%示"),
    ):
        desktop.keyboard.press(key)
        assert spoken.text_content() == expected
    desktop.keyboard.press("Escape")
    assert not desktop.locator("#card").is_visible()


def test_slope_reads_both_places(desktop: Page) -> None:
    plot = plot_of(desktop, "moves-table")
    plot.focus()
    desktop.keyboard.press("ArrowUp")
    assert desktop.locator("#readout").text_content() == "甲区，原位次 2，现位次 1，位次变化 ↑1，得分变化 10.50"


def test_clause_shows_on_hover_and_focus_goes_with_escape_and_leads_to_its_row(desktop: Page) -> None:
    link = desktop.locator("#enterprises-completion caption a.clause")
    card = desktop.locator("#card")
    link.hover()
    expect(card).to_be_visible()
    assert "试政办〔2021〕1号《试点工作实施方案》" in card.inner_text()
    assert card.inner_text().split()[-2:] == ["已报/应报", "4/5"]
    card.hover()
    desktop.wait_for_timeout(400)
    assert card.is_visible()
    desktop.keyboard.press("Escape")
    assert not card.is_visible()
    link.focus()
    expect(card).to_be_visible()
    desktop.keyboard.press("Enter")
    assert desktop.evaluate("document.querySelector(':target').id") == "target-1"
    row = desktop.locator("#target-1").bounding_box()
    assert row is not None
    bar = desktop.locator(".filter").bounding_box()
    assert bar is not None
    assert row["y"] >= bar["y"] + bar["height"]


def test_card_stays_where_a_link_out_of_sight_gets_the_focus_and_goes_with_the_next_scroll(desktop: Page) -> None:
    desktop.set_viewport_size({"width": 1280, "height": 240})
    card = desktop.locator("#card")
    desktop.locator("#enterprises-completion caption a.clause").focus()
    assert desktop.evaluate("window.scrollY") > 0
    desktop.wait_for_timeout(300)
    assert card.is_visible()
    desktop.mouse.wheel(0, 200)
    expect(card).to_be_hidden()


def test_first_tab_leads_past_the_contents(desktop: Page) -> None:
    desktop.keyboard.press("Tab")
    assert desktop.locator(":focus").inner_text() == "跳到正文"
    desktop.keyboard.press("Enter")
    assert desktop.evaluate("document.activeElement.id") == "content"


def test_page_has_landmarks_and_every_picture_a_name(desktop: Page) -> None:
    for role in ("banner", "navigation", "search", "main"):
        assert desktop.get_by_role(role).count() == 1
    plots = desktop.locator(".plot")
    assert plots.count() > 4
    assert all(plots.nth(number).get_attribute("aria-label") for number in range(plots.count()))


def test_page_without_script_shows_every_row_and_line_and_no_controls(chromium: Browser, notice: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(notice.as_uri())
    assert plain.locator("#overview tbody tr:visible").count() == 7
    assert plain.locator("figure svg:visible").count() > 4
    assert plain.locator("figcaption:visible").first.inner_text().startswith("甲区")
    assert not plain.locator(".filter").is_visible()
    assert plain.locator("thead button").count() == 0
    plain.locator("#enterprises-completion caption a.clause").click()
    assert plain.locator("tr:target").count() == 1
    context.close()


def test_on_paper_there_are_no_controls(desktop: Page) -> None:
    desktop.emulate_media(media="print")
    for gone in (".filter", ".contents", "details.figures summary", "thead button"):
        assert not desktop.locator(gone).first.is_visible()
    assert desktop.locator("#heat").is_visible()
    assert desktop.locator("figure svg").first.is_visible()


def test_hostile_names_are_words_in_the_card_too(chromium: Browser, tmp_path: Path) -> None:
    reporters = [
        row | ({"reporter_name": HOSTILE} if row["reporter_id"] == "ding" else {}) for row in rows_of("reporters")
    ]
    page = next(opening := opened(chromium, written(tmp_path, reporters=reporters), 1280))
    plot_of(page, "course-enterprises").focus()
    page.keyboard.press("ArrowRight")
    assert HOSTILE in (page.locator("#card").text_content() or "")
    assert page.locator("img").count() == 0
    page.locator("#filter-name").fill("onerror")
    assert page.locator("#filter-count").inner_text() == "显示 1 个，共 5 个填报单位"
    assert next(opening, None) is None


def test_soft_words_on_every_ground_can_be_read(desktop: Page) -> None:
    """WCAG AA: 4.5 to 1 for the words of heat cells, notes and links."""
    script = """selector => [...document.querySelectorAll(selector)].map(element => {
        const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const luminance = (...colours) => {
            colours.forEach(colour => { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); });
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const style = getComputedStyle(element);
        const [a, b] = [luminance('#fff', style.backgroundColor), luminance(style.color)].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    })"""
    for selector in (".heat td", ".source", "a", "caption .remark", "#filter-count", ".mark"):
        ratios = desktop.evaluate(script, selector)
        assert ratios, selector
        assert min(ratios) >= 4.5, (selector, min(ratios))
