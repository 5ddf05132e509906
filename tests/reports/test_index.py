"""The page that lists what was published."""

import json
import re
from pathlib import Path

import pytest

from ingestion.settings import Settings
from reports.index import indexed, render_index, write_index
from reports.publish import publish
from reports.vintage import list_vintages
from tests.reports.factories import MONTH, MONTHLY, correct_one_reporter

FORMS = ("notice.html", "notice.xlsx", "notice.docx", "notice.pdf")


def place(settings: Settings, programme_id: str, cadence: str, period: str, version: int, **manifest: object) -> None:
    """A vintage of which only the manifest is read."""
    folder = settings.published / period / f"{programme_id}-{cadence}" / f"v{version}"
    folder.mkdir(parents=True)
    files = dict.fromkeys((*FORMS, "result/progress.parquet"), "0")
    whole = {"version": version, "programme_name": f"方案{programme_id}", "files": files, "previous_version": None}
    (folder / "manifest.json").write_text(json.dumps(whole | manifest), encoding="utf-8")


def headings() -> list[str]:
    page = render_index(indexed(list_vintages()))
    return [re.sub(r"<[^>]*>", "", heading) for heading in re.findall(r"<h3>(.*?)</h3>", page)]


def test_publishing_writes_the_index_with_links_that_lead_somewhere(warehouse: Path, settings: Settings) -> None:
    publish(MONTHLY, MONTH)
    first = (settings.published / "index.html").read_bytes()
    correct_one_reporter(warehouse)
    publish(MONTHLY, MONTH)
    page = (settings.published / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'<a href="([^"]+)"', page)
    folder = f"{MONTH}/pilot-{MONTHLY}"
    assert links == [f"{folder}/v{version}/{name}" for version in (2, 1) for name in (*FORMS, "manifest.json")]
    assert all((settings.published / link).is_file() for link in links)
    assert page.encode() != first
    assert [page.count(f">{word}<") for word in ("修订", "示例数据")] == [1, 2]
    assert "2021年3月 月调度 " in page and '<span class="programme">试点方案</span>' in page
    assert "已被第2版取代，数据截至 2021-04-20 12:00" in page
    assert [path.name for path in settings.published.glob(".*")] == []


def test_the_index_is_made_again_when_it_is_missing_and_the_same(warehouse: Path, settings: Settings) -> None:
    publish(MONTHLY, MONTH)
    index = settings.published / "index.html"
    before = index.read_bytes()
    index.unlink()
    (again,) = publish(MONTHLY, MONTH)
    assert (again.outcome, index.read_bytes()) == ("unchanged", before)
    written = index.stat().st_mtime_ns
    assert not write_index()
    assert index.stat().st_mtime_ns == written


def test_nothing_published_makes_no_index(settings: Settings) -> None:
    assert not write_index()
    assert not settings.published.exists()


def test_newest_first_by_what_the_newest_vintage_knows_then_by_period(settings: Settings) -> None:
    early, late = "2021-05-01T00:00:00Z", "2021-06-01T00:00:00Z"
    place(settings, "b", "monthly_dispatch", "2021-03", 1, as_of=early)
    place(settings, "a", "monthly_dispatch", "2021-04", 1, as_of=early)
    place(settings, "a", "quarterly_summary", "2021-Q1", 1, as_of=early, cadence_label="季小结")
    place(settings, "a", "monthly_dispatch", "2021-01", 1, as_of=early)
    place(settings, "a", "monthly_dispatch", "2021-01", 2, as_of=late, previous_version=1)
    place(settings, "a", "monthly_dispatch", "2020-12", 1, programme_name=None)
    assert [" ".join(heading.split()) for heading in headings()] == [
        "2021年1月 monthly_dispatch 方案a",
        "2021年4月 monthly_dispatch 方案a",
        "2021年3月 monthly_dispatch 方案b",
        "2021年第一季度 季小结 方案a",
        "2020年12月 monthly_dispatch a",
    ]


def test_the_same_manifests_give_the_same_page_in_any_order_of_writing(settings: Settings) -> None:
    keys = [("a", "2021-01"), ("b", "2021-01"), ("a", "2021-02")]
    pages = []
    for order in (keys, keys[::-1]):
        for programme_id, period in order:
            place(settings, programme_id, "monthly_dispatch", period, 1, as_of="2021-05-01T00:00:00Z")
        pages.append(render_index(indexed(list_vintages())))
        settings.published.rename(settings.home / f"aside-{len(pages)}")
    assert pages[0] == pages[1]


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_a_name_is_text_whatever_it_holds(settings: Settings, hostile: str) -> None:
    place(settings, "a", "monthly_dispatch", "2021-01", 1, programme_name=hostile, cadence_label=hostile)
    page = render_index(indexed(list_vintages()))
    assert "<script" not in page and "<img" not in page
