"""Tables that others published, each entered as a registry of its own: what they printed is what comes out.

The registries are joined for one run, as a table of each would be a run of half a minute.
"""

import csv
import itertools
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ingestion.contract import SAMPLE_LABEL
from ingestion.registry import load_registry
from ingestion.seed_files import column_types
from ingestion.settings import ROOT
from tests.reports.test_page import Page
from tests.reports.test_workbook import blocks
from tests.stages import publish, query, run_stages, write_submission

REGISTRIES = ROOT / "tests" / "registries"
REAL = ROOT / "tests" / "real"
JOINED = ("project_review", "livelihood", "patents", "unset_targets")
NOTICES = {
    "jining_2015": ("quarterly_summary", "2015-Q1"),
    "meishan_2019": ("annual_assessment", "2019"),
    "hunan_2020": ("monthly_dispatch", "2020-11"),
    "wuhan_2018": ("monthly_dispatch", "2018-11"),
}
DASH = 'published "-"'
CEILING, UNASSIGNED = "城镇登记失业率低于", "眉山天府新区"
DENSITY = "专利密度"
MEASURED = ("累计(期末)数", "目标")
Row = dict[str, str]


def published(name: str) -> list[Row]:
    with (REAL / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def submitted(programme: str, month: str, row: Row, value: str, **more: str) -> Row:
    head = {"programme": programme, "reporter": row["district"], "period": month, "indicator": row["indicator"]}
    return head | {"cumulative_value": value} | more


def join_registries(names: tuple[str, ...], folder: Path) -> Path:
    """One registry of several, each of which is one by itself; units of measure that they share stand once."""
    folder.mkdir()
    parts = [load_registry(REGISTRIES / name) for name in names]
    for table, columns in column_types().items():
        rows = {tuple(row.values()): row for part in parts for row in part.rows(table)}
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(columns))
            writer.writeheader()
            writer.writerows(rows.values())
    return folder


def submissions() -> dict[str, list[Row]]:
    """The published tables as one file each, total row and dashes included; nothing that was calculated is sent."""
    progress = [
        row | {"indicator": row["indicator"].removesuffix("-进度")}
        for row in published("meishan-livelihood-2019")
        if row["indicator"].endswith("-进度")
    ]
    return {
        "jining": [
            submitted("工业项目观摩2015", "2015-03", row, row["value"])
            for row in published("jining-observation-2015q1")
        ],
        "meishan": [
            submitted("就业民生工程2019", "2019-12", row, row["value"])
            for row in progress
            if row["district"] != "全市" or row["indicator"] == CEILING  # the other totals are sums
        ],
        "hunan": [
            submitted("有效发明专利2020", "2020-11", row, "-" if DASH in row["note"] else row["value"])
            for row in published("hunan-patents-2020-11")
            if row["indicator"] != DENSITY
        ],
        "wuhan": [
            submitted("主要经济指标2018", "2018-11", row, "-") if cell in unset() else invented(row)
            for cell in itertools.product(*map(sorted, map(set, zip(*unset(), strict=True))))
            for row in [dict(zip(("district", "indicator"), cell, strict=True))]
        ],
    }


def invented(row: Row) -> Row:
    """A figure for a cell whose own the notice of 2018 has and the excerpt has not."""
    return submitted("主要经济指标2018", "2018-11", row, "95.5", note=SAMPLE_LABEL)


def unset() -> set[tuple[str, str]]:
    """District and indicator of every cell that the notice of 2018 left at “-”."""
    return {(row["district"], row["indicator"]) for row in published("wuhan-kpi-2018-11-blanks")}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four tables taken in, calculated and published."""
    home = tmp_path_factory.mktemp("published")
    registry = join_registries(JOINED, home / "registry")
    for name, rows in submissions().items():
        write_submission(home / "inbox" / f"{name}.csv", rows)
    run_stages(home, YIBIAO_REGISTRY=str(registry))
    for cadence, period in NOTICES.values():
        publish(home, cadence, period, YIBIAO_REGISTRY=str(registry))
    return home


def places(home: Path, programme_id: str) -> set[tuple[str, str, int, int]]:
    """Reporter, indicator, place and number of places of a programme's notice, over all reporters."""
    _, period = NOTICES[programme_id]
    rows = query(
        home,
        f"""
        select reporter_name, indicator_name, rank, ranked_count from marts.indicator_rankings
        inner join marts.reporters using (programme_id, reporter_id)
        inner join marts.indicators using (programme_id, indicator_id)
        where programme_id = '{programme_id}' and period = '{period}' and scope = 'overall'
        """,
    )
    return set(rows)


def progress(home: Path, programme_id: str, columns: str) -> dict[tuple[str, str], tuple]:
    """Columns of indicator_progress in a programme's notice, by names of reporter and indicator."""
    _, period = NOTICES[programme_id]
    rows = query(
        home,
        f"""
        select reporter_name, indicator_name, {columns} from marts.indicator_progress
        inner join marts.reporters using (programme_id, reporter_id)
        inner join marts.indicators using (programme_id, indicator_id)
        where programme_id = '{programme_id}' and period = '{period}'
        """,
    )
    return {(reporter, indicator): tuple(values) for reporter, indicator, *values in rows}


def notice(home: Path, programme_id: str) -> Path:
    cadence, period = NOTICES[programme_id]
    return home / "published" / period / f"{programme_id}-{cadence}" / "v1"


def page_rows(home: Path, programme_id: str, table_id: str) -> dict[str, dict[str, str]]:
    """One ranking of the notice's page, as people read it: cells by column, by reporter."""
    page = Page((notice(home, programme_id) / "notice.html").read_text(encoding="utf-8"))
    header, *rows = ([" ".join(cell.split()) for cell in row] for row in page.tables[table_id])
    # Under a label stands the unit.
    labels = [next((label for label in MEASURED if cell.startswith(label)), cell) for cell in header]
    return {row[0]: dict(zip(labels, row, strict=True)) for row in rows}


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def printed(rows: list[Row]) -> set[tuple[str, str, int]]:
    return {(row["district"], row["indicator"], int(row["published_rank"])) for row in rows if row["published_rank"]}


def test_every_registry_stands_alone() -> None:
    assert {name: len(load_registry(REGISTRIES / name).rows("programmes")) for name in JOINED} == dict.fromkeys(
        JOINED, 1
    )


def test_nothing_of_a_published_table_is_returned(home: Path) -> None:
    """Dashes, blank rows, total rows, a quarter as the first period: all are taken in as they stand."""
    receipts = query(home, "select file_name, verdict from marts.receipts order by file_name")
    assert receipts == [(f"{name}.csv", "accepted") for name in sorted(submissions())]


def test_the_tie_of_13_units_comes_out_at_9_9_11(home: Path) -> None:
    expected = printed(published("jining-observation-2015q1"))
    assert sorted(rank for *_, rank in expected) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 11, 12, 13]
    assert places(home, "jining_2015") == {(*row, 13) for row in expected}
    rows = page_rows(home, "jining_2015", "review_score-level")
    assert {(name, int(row["总位次"].removeprefix("第").split("名")[0])) for name, row in rows.items()} == {
        (name, rank) for name, _, rank in expected
    }
    scores = {row["district"]: row["value"] for row in published("jining-observation-2015q1")}
    assert {name: Decimal(row["累计(期末)数"]) for name, row in rows.items()} == {
        name: Decimal(score) for name, score in scores.items()
    }
    # The first quarter of a programme has no place before it to have moved from.
    assert not any("位次变化" in row for row in rows.values())


def test_completion_by_county_comes_out_to_the_printed_decimal(home: Path) -> None:
    table = published("meishan-livelihood-2019")
    cells = {(row["district"], *row["indicator"].rsplit("-", 1)): row["value"] for row in table}
    found = progress(home, "meishan_2019", "target_value, cumulative_value, completion_ratio, target_state")
    assert {(reporter, indicator) for reporter, indicator, _ in cells} == set(found)
    rates = 0
    for (reporter, indicator), (target, value, ratio, state) in found.items():
        texts = [cells[reporter, indicator, part] for part in ("目标任务", "进度", "完成比例")]
        rate = None if ratio is None else rounded(100 * ratio, 1)
        assert [target, value, rate] == [Decimal(text) if text else None for text in texts], (reporter, indicator)
        assert state == ("set" if texts[0] else "no_target"), (reporter, indicator)
        rates += rate is not None
    assert rates == 29


def test_completion_is_printed_as_it_was(home: Path) -> None:
    table = published("meishan-livelihood-2019")
    titles = {"new_jobs": "城镇新增就业", "reemployed": "城镇失业人员再就业"}
    titles |= {"hard_to_place": "就业困难人员就业", "laid_off_reemployed": "下岗失业人员再就业"}
    for indicator_id, title in titles.items():
        rates = {row["district"]: row["value"] for row in table if row["indicator"] == f"{title}-完成比例"}
        rows = page_rows(home, "meishan_2019", f"{indicator_id}-completion")
        shown = {name: row["完成率"] for name, row in rows.items()}
        assert shown == {name: f"{Decimal(rate):.1f}%" if rate else "未设置目标" for name, rate in rates.items()}
        assert rows[UNASSIGNED]["总位次"] == "不排名"
        ranked = [name for name, rate in rates.items() if rate and name != "全市"]
        assert all(f"/共{len(ranked)}家" in rows[name]["总位次"] for name in ranked)


def test_a_ceiling_has_target_and_figure_and_no_rate(home: Path) -> None:
    rows = page_rows(home, "meishan_2019", "unemployment_rate-")
    assert rows["东坡区"]["目标"] == "4.30" and rows["东坡区"]["累计(期末)数"] == "3.48"
    assert rows["全市"]["累计(期末)数"] == "3.57"  # the city's own: no sum or mean of the counties' rates
    assert not any("完成率" in row or "总位次" in row for row in rows.values())
    met = "select completion_ratio, is_met, met_count, area_count from marts.city_progress where comparator = '<='"
    assert query(home, f"{met} and period = '2019' order by scope") == [(None, True, None, None), (None, True, 6, 6)]


def test_density_is_calculated_and_its_printed_ranks_come_out(home: Path) -> None:
    table = [row for row in published("hunan-patents-2020-11") if row["indicator"] == DENSITY]
    expected = printed(table)
    assert len(expected) == 14
    assert places(home, "hunan_2020") == {(*row, 14) for row in expected}
    found = progress(home, "hunan_2020", "cumulative_value, value_state")
    densities = {reporter: value for (reporter, indicator), value in found.items() if indicator == DENSITY}
    shown = {name: "" if value is None else str(rounded(value, 2)) for name, (value, _) in densities.items()}
    assert shown == {row["district"]: row["value"] for row in table}
    assert densities["其他"] == (None, "not_submitted")


def test_dash_and_total_rows_are_printed_without_a_place(home: Path) -> None:
    rows = page_rows(home, "hunan_2020", "patent_density-level")
    assert list(rows)[-2:] == ["其他", "全省"]
    assert (rows["其他"]["总位次"], rows["其他"]["累计(期末)数"]) == ("不排名", "未报送")
    assert (rows["全省"]["总位次"], rows["全省"]["累计(期末)数"]) == ("", "8.00")
    ranking = blocks(load_workbook(notice(home, "hunan_2020") / "notice.xlsx")["排名"])[f"{DENSITY}（按累计(期末)数）"]
    places_by_name = {row["填报单位"]: row["总位次"] for row in ranking}
    assert (places_by_name["长沙市"], places_by_name["其他"], places_by_name["全省"]) == (1, "不排名", None)


def test_the_total_row_is_what_the_province_printed_itself(home: Path) -> None:
    """Its population is 0.10 less than its cities', so that the density of the sums would be 7.99, not 8.00."""
    found = progress(home, "hunan_2020", "cumulative_value")
    total, cities = (
        Decimal("6918.40"),
        sum(
            value
            for (name, indicator), (value,) in found.items()
            if indicator == "常住人口" and name != "全省" and value
        ),
    )
    assert found["全省", "常住人口"] == (total,) and cities == total + Decimal("0.10")
    (patents,) = found["全省", "有效发明专利量"]
    assert rounded(patents / total, 2) == Decimal("8.00") and rounded(patents / cities, 2) == Decimal("7.99")


def test_who_has_no_target_is_named_so_and_left_out_of_the_count(home: Path) -> None:
    found = progress(home, "wuhan_2018", "target_state")
    districts = {cell: state for cell, (state,) in found.items() if cell[0] != "武汉市"}
    assert {cell for cell, state in districts.items() if state == "no_target"} == unset()
    assert len(unset()) == 12 and set(districts.values()) == {"no_target", "set"}
    counts = {(indicator, ranked) for _, indicator, _, ranked in places(home, "wuhan_2018")}
    assert counts == {("规模以上工业增加值", 3), ("实际利用外资", 6)}
    rows = page_rows(home, "wuhan_2018", "value_added-completion")
    assert {name for name, row in rows.items() if row["完成率"] == "未设置目标"} == {
        district for district, indicator in unset() if indicator == "规模以上工业增加值"
    }
    # Nobody has a target for investment: the table is there, without the columns that would be blank for all.
    assert not any(
        "完成率" in row for row in page_rows(home, "wuhan_2018", "industrial_investment-completion").values()
    )
