"""What the html page says, and what it can't be made to do."""

import re
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings
from reports.catalogue import numeral
from reports.charts import MOST_REPORTERS
from reports.errors import PublicationError
from reports.notice import Edition, compose
from reports.page import render_page
from reports.publish import publish
from reports.read import read_result
from reports.read_back import check_forms
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, create_warehouse, execute, finding, rows_of
from tests.reports.months import months

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
            assert re.match(r"data:,$|#[\w-]+$", attributes.get(name) or "data:,"), (tag, attributes)
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
    assert "示例" not in source.split("<body>")[1].split("<script>")[0]


def test_hostile_text_is_only_text_on_the_page(settings: Settings) -> None:
    create_warehouse(settings.pipeline_file, findings=[finding(**HOSTILE)])
    page = published_page(settings)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [tag for tag, attributes in page.tags if tag == "img" or "http" in (attributes.get("href") or "")]
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


def page_of(warehouse: Path) -> tuple[str, Page]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        result = read_result(connection, PROGRAMME, MONTHLY, MONTH)
    source = render_page(compose(result, Edition(1)), result)
    return source, Page(source)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Page]:
    """The page of the small case with its months."""
    return page_of(create_warehouse(tmp_path_factory.mktemp("year") / "pipeline.duckdb", **months()))


def figures_in(source: str) -> list[str]:
    return re.findall(r"<figure.*?</figure>", source, re.DOTALL)


def test_page_begins_with_its_findings_and_a_way_to_every_section(year: tuple[str, Page]) -> None:
    source, page = year
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", source)
    assert titles[:2] == ["一、主要情况", "二、位次总表"]
    assert "居前的是丁开发区（45.0%）、甲区（30.0%）、乙区（30.0%）" in source
    assert [title for title in re.findall(r'<li><a href="#section-[^>]*>(.*?)</a>', source)] == titles
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    links = {(attributes["href"] or "").removeprefix("#") for tag, attributes in page.tags if tag == "a"}
    assert links <= set(ids)


def test_sections_count_on_beyond_ten() -> None:
    assert [numeral(number) for number in (1, 9, 10, 11, 19, 20, 21)] == [
        "一", "九", "十", "十一", "十九", "二十", "二十一",
    ]  # fmt: skip


def test_a_line_runs_through_every_month_that_has_a_figure_and_breaks_where_none_is(year: tuple[str, Page]) -> None:
    source, page = year
    (figure,) = [one for one in figures_in(source) if 'data-table="course-enterprises"' in one]
    table = page.tables["course-enterprises"]
    assert table[0] == ["填报单位", "1月", "2月", "3月"]
    lines = dict(re.findall(r'data-line="(\d+)" d="([^"]*)"', figure))
    rows = table[1:]
    assert [row[0] for row in rows][:2] == ["丁开发区", "甲区"]
    assert rows[0][1:] == ["5.0%示", "", "45.0%示"]
    assert rows[1][1:] == ["5.0%示", "12.5%示", "30.0%示"]
    points = {number: len(re.findall(r"[ML]-?[\d.]", path)) for number, path in lines.items()}
    assert points == {str(n): sum(cell != "" for cell in row[1:]) for n, row in enumerate(rows) if any(row[1:])}
    assert lines["0"].count("M") == 2
    # Higher figures stand higher: the picture counts downwards.
    heights = [float(y) for y in re.findall(r",([\d.]+)", lines["1"])]
    assert heights == sorted(heights, reverse=True)
    assert "粗线为丁开发区（居首），红线为丙区（居末），虚线为全市，浅线为其他各家；目标为示例分解" in figure


def test_each_reporter_has_a_picture_of_its_scores_in_order_of_place(year: tuple[str, Page]) -> None:
    source, page = year
    own = [one for one in figures_in(source) if 'data-table="course-scores"' in one]
    assert [re.findall(r"<b>(.*?)</b><span>(.*?)</span>", one)[0] for one in own] == [
        ("甲区", "3月第 1 位，66.00 分"),
        ("乙区", "3月第 2 位，60.00 分"),
        ("丙区", "3月第 3 位，30.00 分"),
    ]
    assert [re.findall(r'class="strong" data-line="(\d)"', one) for one in own] == [["0"], ["1"], ["2"]]
    assert page.row("course-scores", "甲区") == ["甲区", "10.00", "25.50", "66.00"]


def test_who_changed_places_is_drawn_and_listed(year: tuple[str, Page]) -> None:
    source, page = year
    (figure,) = [one for one in figures_in(source) if "moves-table" in one]
    assert re.findall(r"<li>(.*?)</li>", figure) == ["乙区 1", "甲区 2", "丙区 3", "1 甲区", "2 乙区", "3 丙区"]
    assert re.findall(r'class="(up|down|plain)" data-line="(\d)"', figure) == [
        ("up", "0"),
        ("down", "1"),
        ("plain", "2"),
    ]
    assert page.row("moves-table", "甲区") == ["甲区", "2", "1", "↑1", "10.50"]


def test_heat_table_colours_by_the_registry_and_says_the_light_in_a_character(year: tuple[str, Page]) -> None:
    source, page = year
    assert page.tables["heat"][1] == ["甲区", "乙区", "丙区", "丁开发区", "戊开发区", "全市"]
    row = page.row("heat", "新增企业依据 一")
    assert row[1:4] == ["30.0%示绿", "30.0%示绿", "0.0%示红"]
    assert row[5] == "未报送"
    colours = dict(re.findall(r"\.(tint-\d) { --light: (#\w{6}); }", source))
    bands = [band["colour"] for band in rows_of("light_bands")]
    assert sorted(colours.values()) == sorted(bands)
    heat = source.split('id="heat"')[1].split("</table>")[0]
    assert re.findall(r'<td class="(tint-\d)">30.0%', heat)[0] != re.findall(r'<td class="(tint-\d)">0.0%', heat)[0]


def test_one_month_alone_draws_no_lines_and_says_nothing_of_them(warehouse: Path) -> None:
    source, page = page_of(warehouse)
    assert ("<svg" in source, "走势" in source.split("<script>")[0], "heat" in page.tables) == (False, False, True)


def test_more_reporters_than_anyone_can_tell_apart_are_not_drawn(tmp_path: Path) -> None:
    more = [
        {"programme_id": PROGRAMME, "reporter_id": f"r{n}", "reporter_name": f"单位{n}", "reporter_kind": "district"}
        | {"group_id": "zones", "group_name": "开发区", "group_display_order": "2", "display_order": str(200 + n)}
        for n in range(MOST_REPORTERS)
    ]
    rows = months() | {"reporters": rows_of("reporters") + more}
    source, page = page_of(create_warehouse(tmp_path / "many.duckdb", **rows))
    assert ("<svg" in source, "heat" in page.tables) == (False, False)
    assert f"填报单位共 {MOST_REPORTERS + 5} 个，在一张图上无法分辨" in source


def test_document_targets_are_linked_where_their_indicator_is_ranked(year: tuple[str, Page]) -> None:
    source, page = year
    caption = source.split('id="enterprises-completion"')[1].split("</caption>")[0]
    ((target, clause),) = re.findall(r'<a class="clause" href="#(target-\d)"[^>]*>(.*?)</a>', caption)
    assert clause == "一"
    ((_, attributes),) = [(tag, attributes) for tag, attributes in page.tags if attributes.get("id") == target]
    assert attributes["data-document"] == "试政办〔2021〕1号《试点工作实施方案》"
    assert page.tables["city-targets"][int(target.removeprefix("target-"))][:2] == ["一", "新增企业"]


def test_names_stay_text_in_pictures_tables_and_choices(tmp_path: Path) -> None:
    name = '</svg><script>alert(1)</script>"><img src=http://example.com/y onerror=alert(1)>'
    reporters = [row | ({"reporter_name": name} if row["reporter_id"] == "jia" else {}) for row in rows_of("reporters")]
    indicators = [row | {"indicator_name": name + row["indicator_id"]} for row in rows_of("indicators")]
    rows = months() | {"reporters": reporters, "indicators": indicators}
    source, page = page_of(create_warehouse(tmp_path / "hostile.duckdb", **rows))
    assert source.count("<svg") == source.count("</svg>") > 3
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [tag for tag, attributes in page.tags if tag == "img" or any(key.startswith("on") for key in attributes)]
    assert page.row("course-scores", name)[1:] == ["10.00", "25.50", "66.00"]
    assert name in [attributes.get("value") for tag, attributes in page.tags if tag == "option"]


def test_pictures_have_no_words_of_submissions_and_no_style_or_script(year: tuple[str, Page]) -> None:
    pictures = re.findall(r"<svg.*?</svg>", year[0], re.DOTALL)
    assert len(pictures) > 3
    for picture in pictures:
        assert set(re.findall(r"<(\w+)", picture)) <= {"svg", "g", "path", "line", "text"}
        assert not re.search(r"\s(style|href|id|on\w+)=", picture)
        assert all(re.fullmatch(r"[\d.−-]+|\d+月", word) for word in re.findall(r"<text[^>]*>(.*?)</text>", picture))


def test_a_figure_that_only_a_picture_repeats_is_still_missed(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        result = read_result(connection, PROGRAMME, MONTHLY, MONTH)
    notice = compose(result, Edition(1))
    source = render_page(notice, result)
    check_forms(notice, {"notice.html": source.encode()})
    before, table, after = re.split(r'(id="enterprises-completion".*?</table>)', source, maxsplit=1, flags=re.DOTALL)
    wrong = before + table.replace(">45.0%<", ">54.0%<") + after
    assert wrong != source and ">45.0%<" in wrong
    with pytest.raises(PublicationError, match="45.0%示"):
        check_forms(notice, {"notice.html": wrong.encode()})
