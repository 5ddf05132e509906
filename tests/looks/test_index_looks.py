"""The list of what was published, in Chromium without a script, at the width of a desk and of a phone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from ingestion.settings import get_settings
from reports.index import INDEX, write_index

pytestmark = pytest.mark.looks

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
WIDTHS = {"desktop": 1280, "phone": 390}
CADENCES = {
    "monthly_dispatch": ("月调度", ["2021-01", "2021-02", "2021-03"]),
    "quarterly_summary": ("季小结", ["2021-Q1"]),
}
PROGRAMMES = {"plan_one": "创新试点方案", "plan_two": "四项行动试点方案"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The index of manifests: the second programme has no quarter, and January of the first was revised."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_HOME", str(tmp_path_factory.mktemp("home")))
        get_settings.cache_clear()
        root = get_settings().published
        for programme, name in PROGRAMMES.items():
            for cadence, (label, periods) in CADENCES.items():
                for period in periods if (programme, cadence) != ("plan_two", "quarterly_summary") else []:
                    for version in (1, 2) if (programme, period) == ("plan_one", "2021-01") else (1,):
                        place(root / period / f"{programme}-{cadence}" / f"v{version}", name, label, version)
        assert write_index()
        yield root / INDEX
    get_settings.cache_clear()


def place(folder: Path, programme_name: str, cadence_label: str, version: int) -> None:
    folder.mkdir(parents=True)
    files = dict.fromkeys(("notice.html", "notice.xlsx", "notice.docx", "notice.pdf"), "0")
    (folder / "notice.html").write_text("<title>一份通报</title>", encoding="utf-8")
    manifest = {
        "programme_name": programme_name,
        "cadence_label": cadence_label,
        "previous_version": version - 1 or None,
        "as_of": f"2021-0{4 + version}-01T00:00:00Z",
        "is_sample": True,
        "files": files,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


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
def page(request: pytest.FixtureRequest, browser: Browser, index: Path, messages: list[str]) -> Iterator[Page]:
    """The index, opened at one width in a browser that runs no script."""
    context = browser.new_context(
        viewport={"width": WIDTHS[request.param], "height": 900}, java_script_enabled=request.param == "desktop"
    )
    opened = context.new_page()
    opened.on("console", lambda message: messages.append(message.text))
    opened.on("pageerror", lambda error: messages.append(str(error)))
    opened.on("request", lambda asked: asked.url.startswith("file:") or messages.append(asked.url))
    opened.goto(index.as_uri())
    yield opened
    context.close()


def shown(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".notice:visible h3").all_inner_texts()]


def test_index_opens_without_complaint_fits_and_shows_the_newest_first(
    page: Page, messages: list[str], tmp_path: Path
) -> None:
    assert len(page.screenshot(path=tmp_path / "index.png", full_page=True)) > 20_000
    assert len(shown(page)) == 7
    assert shown(page)[0] == "2021年1月 月调度 创新试点方案"
    assert page.locator(".group:visible h2").count() == 2
    assert page.locator(".none").is_hidden()
    # The style is the page's own and allowed: what is checked looks otherwise than what is not.
    colours = [page.locator(f"label[for=programme-{n}]").evaluate("e => getComputedStyle(e).color") for n in (0, 1)]
    assert colours[0] != colours[1]
    boxes = [box for locator in page.locator("a, label, h3").all() if (box := locator.bounding_box())]
    assert max(box["x"] + box["width"] for box in boxes) <= page.viewport_size["width"]
    assert messages == []


def test_filters_work_together_and_say_when_nothing_is_left(page: Page) -> None:
    page.locator("label", has_text="四项行动试点方案").click()
    assert shown(page) == [f"2021年{month}月 月调度 四项行动试点方案" for month in (3, 2, 1)]
    assert page.locator(".group:visible h2").count() == 1
    page.locator("label", has_text="季小结").click()
    assert (shown(page), page.locator(".none").is_visible()) == ([], True)
    page.locator("label[for=programme-0]").click()
    assert shown(page) == ["2021年第一季度 季小结 创新试点方案"]
    page.locator("label[for=cadence-0]").click()
    assert len(shown(page)) == 7


def test_filters_are_reached_by_keyboard_and_links_lead_to_the_notice(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert len(shown(page)) == 4
    page.get_by_role("link", name="2021年1月月调度 第1版 网页").click()
    assert page.title() == "一份通报"
