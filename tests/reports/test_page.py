"""What the html page says, and what it can't be made to do."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from ingestion.settings import Settings
from reports.publish import publish
from tests.reports.factories import MONTH, MONTHLY, create_warehouse, execute, finding

HOSTILE = {
    "file_name": "=cmd|' /C calc'!A0.xlsx",
    "found": "<script>alert(1)</script>",
    "expected": "http://example.com/x",
    "message": '"><img src=http://example.com/y onerror=alert(1)>',
}


class Page(HTMLParser):
    """Elements, their attributes and the text of each table's rows."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._table: list[list[str]] | None = None
        self._in_cell = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self._table = self.tables.setdefault(dict(attrs)["id"] or "", [])
        elif tag == "tr" and self._table is not None:
            self._table.append([])
        elif tag in ("td", "th") and self._table is not None:
            self._table[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell and self._table is not None:
            self._table[-1][-1] += data

    def row(self, table: str, name: str) -> list[str]:
        (found,) = [row for row in self.tables[table] if row and row[0] == name]
        return found


def published_page(settings: Settings) -> Page:
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    return Page((publication.folder / "notice.html").read_text(encoding="utf-8"))


def test_page_refers_to_nothing_outside_itself(warehouse: Path, settings: Settings) -> None:
    page = published_page(settings)
    assert len(page.tags) > 100
    for tag, attributes in page.tags:
        assert tag not in ("iframe", "object", "embed", "base", "form", "img")
        for name in ("src", "href", "srcset", "action", "poster", "data"):
            assert attributes.get(name, "data:,") == "data:,"
        assert "url(" not in (attributes.get("style") or "")
    style = (Path(publish.__code__.co_filename).parent / "templates" / "notice.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_four_kinds_of_nothing_print_differently(warehouse: Path, settings: Settings) -> None:
    page = published_page(settings)
    enterprises, contracts = "enterprises-completion", "contracts-completion"
    header = [cell for cell in page.tables[enterprises][0]]
    value = next(i for i, label in enumerate(header) if label.startswith("累计"))
    rate = header.index("完成率")
    assert page.row(enterprises, "丙区")[value] == "0"
    assert page.row(enterprises, "丙区")[rate] == "0.0%示"
    assert page.row(enterprises, "戊开发区")[value] == "未报送"
    assert page.row(contracts, "乙区")[rate] == "未设置目标"
    assert page.row(contracts, "乙区")[value] == "7.50"
    assert "未到期" in next(row for row in page.tables["city-targets"] if "研发投入强度" in row)


def test_places_say_n_of_m_ties_share_a_place_and_the_unranked_have_none(warehouse: Path, settings: Settings) -> None:
    page = published_page(settings)
    rows = page.tables["enterprises-completion"][1:]
    assert [(row[0], row[2]) for row in rows] == [
        ("丁开发区", "第1名/共4家"),
        ("甲区", "第2名/共4家"),
        ("乙区", "第2名/共4家"),
        ("丙区", "第4名/共4家"),
        ("戊开发区", "不排名"),
        ("全市", ""),
    ]
    assert [row[3] for row in rows[:4]] == ["↑2", "↓1", "—", ""]


def test_city_total_of_fewer_reporters_than_expected_says_so(warehouse: Path, settings: Settings) -> None:
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    source = (publication.folder / "notice.html").read_text(encoding="utf-8")
    assert source.count("合计数为已报 4 家之和，应报 5 家") == 1


def test_indicator_that_nobody_ranks_is_still_listed(warehouse: Path, settings: Settings) -> None:
    execute(warehouse, "update marts.indicators set ranking_bases = '' where indicator_id = 'contracts'")
    page = published_page(settings)
    assert page.row("contracts-", "丙区")[:3] == ["丙区", "中心城区", "10.00"]
    assert "第1名" not in "".join(sum(page.tables["contracts-"], []))


def test_single_group_does_not_repeat_the_places_and_lower_is_said(warehouse: Path, settings: Settings) -> None:
    execute(
        warehouse,
        "update marts.reporters set group_id = 'all' where group_id is not null",
        "update marts.indicators set direction = 'lower' where indicator_id = 'stock'",
        "update marts.programmes set document_number = null",
        "delete from marts.city_progress",
    )
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    source = (publication.folder / "notice.html").read_text(encoding="utf-8")
    assert ("分类位次" in source, "None" in source, "没有登记文件目标" in source) == (False, False, True)
    assert source.count("数值越低位次越前") == 2


def test_sample_data_and_illustrative_targets_are_marked_where_they_stand(warehouse: Path, settings: Settings) -> None:
    page = published_page(settings)
    assert [text for text in page.row("enterprises-completion", "甲区") if text.endswith("示")] == ["100示", "30.0%示"]
    assert not [text for text in page.row("contracts-completion", "甲区") if text.endswith("示")]
    source = (settings.published / MONTH / "pilot-monthly_dispatch" / "v1" / "notice.html").read_text(encoding="utf-8")
    assert "示例数据" in source
    assert "设计选择" in source


def test_real_data_carries_no_sample_banner(warehouse: Path, settings: Settings) -> None:
    execute(warehouse, "update marts.indicator_progress set is_sample = false, is_illustrative = false")
    publish(MONTHLY, MONTH)
    source = (settings.published / MONTH / "pilot-monthly_dispatch" / "v1" / "notice.html").read_text(encoding="utf-8")
    assert "示例" not in source.split("<body>")[1]


def test_hostile_text_is_only_text_on_the_page(settings: Settings) -> None:
    create_warehouse(settings.pipeline_file, findings=[finding(**HOSTILE)])
    page = published_page(settings)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [tag for tag, _ in page.tags if tag in ("a", "img")]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    (row,) = page.tables["findings"][1:]
    assert set(HOSTILE.values()) <= set(row)


def test_reminder_prints_with_the_reporters_explanation(warehouse: Path, settings: Settings) -> None:
    head, row = published_page(settings).tables["findings"]
    assert row[head.index("填报单位说明")] == "去年同期数已按新口径调整"


def test_waived_figure_is_marked_and_said_on_top(settings: Settings) -> None:
    waived = finding(severity="提醒", waived_by="市统计局", waiver_reason="口径调整", message="应为整数；经批准豁免。")
    create_warehouse(settings.pipeline_file, findings=[waived, waived | {"cell": "F7"}])
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    source = (publication.folder / "notice.html").read_text(encoding="utf-8")
    assert "经批准照常计入：甲区 2021-03，2 处，由市统计局批准，理由：口径调整。" in source
    head, *rows = Page(source).tables["findings"]
    assert [row[head.index("提醒内容")] for row in rows] == ["〔豁免〕应为整数；经批准豁免。"] * 2


@pytest.mark.parametrize("colour", ["red;background:url(http://example.com)", "javascript:1", ""])
def test_registry_colour_that_is_no_colour_never_reaches_a_style(settings: Settings, colour: str) -> None:
    create_warehouse(settings.pipeline_file)
    execute(settings.pipeline_file, f"update marts.light_bands set colour = '{colour}'")
    page = published_page(settings)
    styles = {attributes["style"] for _, attributes in page.tags if "style" in attributes}
    assert styles == {"background:#757575"}


def test_tables_have_scopes_and_the_script_is_pinned_by_its_hash(warehouse: Path, settings: Settings) -> None:
    page = published_page(settings)
    heads = [attributes for tag, attributes in page.tags if tag == "th"]
    assert heads
    assert all(attributes.get("scope") in ("col", "row", "colgroup", "rowgroup") for attributes in heads)
    (policy,) = [a["content"] or "" for tag, a in page.tags if tag == "meta" and a.get("http-equiv")]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
