"""Drafting from policy texts: one of our own with exact expected drafts, and the five real ones where they are."""

import csv
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingestion.clauses import split_clauses
from ingestion.document_dates import read_dates
from ingestion.document_text import clean_text, read_document
from ingestion.documents import app, draft, write_drafts
from ingestion.errors import RegistryError, YibiaoError
from ingestion.registry import Row, column_types, load_registry
from ingestion.settings import ROOT, get_settings

OWN = ROOT / "tests" / "documents" / "invented_policy.txt"
SEEDS = get_settings().registry
PARTS = ("clause", "comparator", "value_low", "value_high", "unit", "period", "strength", "is_approximate")


def drafts_of(text: str, year: int | None = None) -> list[tuple[str, ...]]:
    return [tuple(row[part] for part in PARTS) for row in draft(clean_text(text), "d", year)["targets"]]


def goal(words: str) -> tuple[str, ...]:
    """Comparator, values and unit of the only goal in some words."""
    rows = drafts_of(f"一、目标\n{words}", 2021)
    assert len(rows) == 1, rows
    return rows[0][1:5]


def test_own_text_targets() -> None:
    rows = draft(read_document(OWN), "own")["targets"]
    assert [tuple(row[part] for part in PARTS) for row in rows] == [
        ("一", ">=", "1.2", "", "万亿元", "2025", "达到", "false"),
        ("一", ">=", "2", "", "倍", "2025", "", "false"),
        ("一", ">=", "12", "", "%", "2025", "", "false"),
        ("一", ">=", "13", "", "%", "2025", "力争", "false"),
        ("二(一)1", ">=", "500", "", "家", "2023", "", "true"),
        ("二(一)1", "range", "1", "2", "家", "2023", "力争", "false"),
        ("二(一)1", ">=", "5", "", "家", "2023", "(力争承前)", "false"),
        ("二(一)2", ">=", "2", "", "场", "2025", "", "false"),
        ("二(一)2", ">=", "60", "", "个", "2025", "", "false"),
        ("二(一)2", ">=", "3", "", "%", "2025", "不低于", "false"),
        ("二(一)2", "<=", "5", "", "个工作日", "2025", "", "false"),
        ("二(二)", ">=", "10", "", "万平方米", "2024", "", "false"),
        ("二(二)", ">", "80", "", "家", "2024", "超过", "false"),
        ("二(二)", "<=", "5", "", "%", "2024", "不超过", "false"),
        ("二(二)", ">=", "100", "", "%", "2024", "", "false"),
    ]
    assert [row["target_id"] for row in rows[:4]] == ["own-1-t1", "own-1-t2", "own-1-t3", "own-1-t3-stretch"]
    assert (rows[4]["lead_units"], rows[4]["responsible_units"]) == ("市科技局", "市经信局、各区人民政府")
    assert rows[11]["scope"] == "each" and rows[11]["responsible_units"] == "市发改委、市经信局"
    assert rows[0]["context"] == "规模以上工业产值达到【1.2万亿元】,发明专利拥有量翻一番;"
    assert {row["valid_from"] for row in rows} == {"2023-04-06"}


def test_own_text_tasks() -> None:
    rows = draft(read_document(OWN), "own")["tasks"]
    assert [(row["task_id"], row["task"], row["responsible_units"], row["due"], row["is_dated"]) for row in rows] == [
        ("own-2-1-1", "培育龙头企业", "市经信局、各区人民政府", "", "false"),
        ("own-2-1-2", "推动东湖片区发展", "东湖片区管委会", "", "false"),
        ("own-2-2-a", "打造园区", "市发改委、市经信局", "", "false"),
        ("own-2-2-b", "2024年6月底前出台园区管理办法", "市发改委、市经信局", "2024年6月底前", "true"),
        ("own-3-1", "加强督导", "", "", "false"),
    ]


def test_page_ends_page_numbers_and_noise_are_gone() -> None:
    text = read_document(OWN)
    assert "推进人工智能产业园建设" in text
    assert "推动东湖片区" in text
    assert not re.search("[?|ùǎ關０-９]", text)


def test_a_torn_character_is_found_by_its_neighbours_when_the_reading_is_unknown() -> None:
    assert clean_text("東湖之濱。推動?xùn)|湖發展。") == "东湖之滨。推动东湖发展。"


def test_a_text_wrapped_at_a_fixed_width_is_put_together() -> None:
    lines = [
        "一、总体目标",
        "到2025年,全市地区生产总值年均增长6%以上,规模以上工业企业达到",
        "3000家,其中专精特新企业500家以上,研发经费投入强度超过3.5%,城",
        "镇新增就业每年不少于20万人,单位地区生产总值能耗下降10%,空气优",
        "良天数比率达到80%以上。",
        "二、重点任务",
    ]
    text = clean_text("\n".join(lines))
    assert "达到3000家" in text and "空气优良天数" in text and text.count("\n") == 2
    assert [row[2] for row in drafts_of("\n".join(lines), 2023)] == ["6", "3000", "500", "3.5", "20", "10", "80"]


@pytest.mark.parametrize(
    ("headings", "paths"),
    [
        ("## 一、甲\n### （一）乙\n#### 1．丙\n2、丁\n（二）戊", ["一", "一(一)", "一(一)1", "一(一)2", "一(二)"]),
        (
            "第一章 总则\n第一条 甲\n第二章 目标\n第二条 乙\n(一)丙",
            ["第一章", "第一条", "第二章", "第二条", "第二条(一)"],
        ),
        ("一、甲\n（1）乙\n①丙\n二、丁\n1.5万亿元", ["一", "一(1)", "一(1)①", "二"]),
        ("第一条 (一)甲\n(二)乙\n第二条 丙", ["第一条", "第一条(一)", "第一条(二)", "第二条"]),
        ("一、甲。(一)乙。1.丙。2.丁。(二)戊。", ["一", "一(一)", "一(一)1", "一(一)2", "一(二)"]),
    ],
)
def test_clause_paths(headings: str, paths: list[str]) -> None:
    assert [clause.path for clause in split_clauses(clean_text(headings))][1:] == paths


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("新增企业不少于1,200家。", (">=", "1200", "", "家")),
        ("建成绿道30-50公里。", ("range", "30", "50", "公里")),
        ("失业率控制在5%以内。", ("<=", "5", "", "%")),
        ("进出口总额突破3千亿元。", (">", "3", "", "千亿元")),
        ("新建学校三所以上。", (">=", "3", "", "所")),
        ("覆盖率达到百分之九十五。", (">=", "95", "", "%")),
        ("产值翻两番。", (">=", "4", "", "倍")),
        ("企业数量由50家增加到80家。", (">=", "80", "", "家")),
        ("办理时间不超过3天。", ("<=", "3", "", "天")),
        ("市场主体达到20万户。", (">=", "20", "", "万户")),
        ("新培育上市企业10余家。", (">=", "10", "", "家")),
        ("占比提高2.5个百分点。", (">=", "2.5", "", "个百分点")),
        ("实际利用外资2亿美元。", (">=", "2", "", "亿美元")),
        ("总投资50亿元的项目开工,占地100亩,完成投资5亿元。", (">=", "5", "", "亿元")),
        ("成交额翻番。", (">=", "2", "", "倍")),
        ("参保人数稳定在300万人。", (">=", "300", "", "万人")),
        ("新开工600个亿元以上项目。", (">=", "600", "", "个")),
        ("引进投资10亿元以上的项目50个。", (">=", "50", "", "个")),
    ],
)
def test_a_goal_is_read(words: str, expected: tuple[str, ...]) -> None:
    assert goal(words) == expected


@pytest.mark.parametrize(
    "words",
    [
        "根据国发〔2020〕7号和2021年3月28日会议精神,制定本方案。",
        "打造15分钟社区生活圈,发展5G和T4项目,推广“301”模式。",
        "建设“7大”产业,引进世界500强,举办第36届大会,建成16号线。",
        "截至2020年底,全市已建成孵化器50家,拥有企业3000家。",
        "对认定的企业,一次性给予50万元奖励,按投资额的10%给予补助。",
        "重点关注前30家企业,梳理3张清单,对7个实验室的服务。",
        "一批企业,一个平台,五个一机制,三大开发区。",
        "2020年实现产值500亿元。",
    ],
)
def test_what_only_looks_like_a_goal_is_not_drafted(words: str) -> None:
    assert drafts_of(f"一、目标\n{words}", 2021) == []


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("每年新增企业5家。", "2021"),
        ("到2025年,新增企业5家。", "2025"),
        ("到2025年新增企业5家,到2035年达到50家。", "2025 2035"),
        ("到“十四五”末,建成园区5家。", "2025"),
        ("较2020年增长10%。", "2021"),
        ("明年新增企业5家。", "2022"),
    ],
)
def test_periods(words: str, period: str) -> None:
    assert " ".join(row[5] for row in drafts_of(f"一、目标\n{words}", 2021)) == period


def test_the_year_of_a_document_is_in_its_head_or_its_signature() -> None:
    for text in (
        "通知\n二〇二一年九月九日\n一、甲",
        "通知\n一、甲\n某市人民政府\n2021年9月9日",
        "成文日期:2021年09月09日\n一、甲",
    ):
        assert read_dates(split_clauses(clean_text(text))).issued == "2021-09-09"
    assert read_dates(split_clauses(clean_text("计划(2023-2025年)\n发布时间:2023-11-08\n一、甲"))).last_year == 2025


def test_the_command_writes_drafts_with_the_registrys_columns_and_never_into_a_registry(tmp_path: Path) -> None:
    out = tmp_path / "drafts"
    result = CliRunner().invoke(app, [str(OWN), "--out", str(out), "--document-id", "own"])
    assert result.exit_code == 0, result.output
    for table in ("targets", "tasks", "not_targets"):
        with (out / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [*column_types()[table], "context"]
    before = {path: path.read_bytes() for path in SEEDS.iterdir()}
    for folder in (SEEDS, SEEDS / "drafts"):
        assert CliRunner().invoke(app, [str(OWN), "--out", str(folder)]).exit_code == 1
    with pytest.raises(RegistryError, match="this is a registry"):
        write_drafts({"targets": [], "tasks": []}, SEEDS)
    assert before == {path: path.read_bytes() for path in SEEDS.iterdir()}


def test_drafts_lie_beside_the_text_when_nobody_says_where(tmp_path: Path) -> None:
    path = tmp_path / "policy.txt"
    path.write_bytes(OWN.read_bytes())
    result = CliRunner().invoke(app, [str(path)])
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "policy-drafts").iterdir()) == [
        f"{table}.csv" for table in ("clauses", "not_targets", "targets", "tasks")
    ]
    assert "非目标的数 7 个" in result.output


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.7\x00\xff\xfe\x81")
    with pytest.raises(YibiaoError, match="no text"):
        read_document(path)
    path.write_bytes("一、目标".encode("gb18030"))
    assert read_document(path) == "一、目标"


REAL_CLAUSES = {
    "wzb_2021_26": ["一", "二(二)2", "二(三)2", "二(四)1", "三(二)"],
    "wzb_2021_100": ["一(二)", "二(一)1", "二(四)3", "三(五)", "四(五)"],
    "donghu_2022": ["一", "二(一)1", "二(七)2", "三(三)"],
    "changjiang_2023": ["一(三)", "二(一)1", "二(二)2", "二(六)18", "三(四)"],
    "corridor_article": ["一", "四"],
}
REAL_GOALS = {
    "wzb_2021_26": [
        ("一", ">", "14", "", "%", "2021", "超过", "false"),
        ("二(二)1", ">=", "30", "", "个", "2021", "", "false"),
        ("二(三)2", ">=", "5", "", "场", "2021", "", "false"),
        ("二(四)1", ">=", "200", "", "名", "2021", "", "true"),
    ],
    "wzb_2021_100": [
        ("一(二)", ">=", "600", "", "个", "2021", "确保", "false"),
        ("二(一)1", "range", "1", "2", "家", "2021", "力争", "false"),
        ("二(一)2", ">=", "1.2", "", "万亿元", "2021", "力争", "false"),
        ("二(五)1", ">=", "12", "", "%", "2021", "", "false"),
        ("二(五)1", ">=", "13", "", "%", "2021", "力争", "false"),
        ("三(五)", ">=", "1", "", "栋", "2021", "", "false"),
        ("四(五)", ">=", "30", "", "万人", "2021", "不低于", "false"),
    ],
    "donghu_2022": [
        ("一", ">", "5000", "", "亿元", "2025", "突破", "false"),
        ("一", ">=", "2", "", "倍", "2025", "", "false"),
        ("二(二)2", ">", "10000", "", "家", "2025", "力争", "false"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("document_id", REAL_CLAUSES)
def test_real_text(shared: Path, document_id: str) -> None:
    path = shared / "documents" / load_registry(SEEDS).row("documents", "document_id", document_id)["file_name"]
    text = read_document(path)
    clauses = {clause.path for clause in split_clauses(text)}
    assert set(REAL_CLAUSES[document_id]) <= clauses
    rows = draft(text, document_id)["targets"]
    found = [tuple(row[part] for part in PARTS) for row in rows]
    assert set(REAL_GOALS.get(document_id, [])) <= set(found)
    assert {row["clause"] for row in rows} <= clauses


def test_real_page_ends_and_noise(shared: Path) -> None:
    texts = {path.name[:3]: read_document(path) for path in (shared / "documents").glob("*.txt")}
    for words in ("移动互联创谷", "人工智能基础层", "国家知识产权服务业", "每季度总结交流"):
        assert words in texts["002"]
    assert "推动东湖综合保税区" in texts["003"]
    assert not re.search(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+\)", texts["003"])


def test_drafts_find_what_was_entered_by_hand(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At least 99 % of the registry's rows are drafted, and at most 5 % besides: by clause, comparator and values."""
    registry = load_registry(SEEDS)
    drafted: list[tuple[str, ...]] = []
    entered: list[tuple[str, ...]] = []
    for document in registry.rows("documents"):
        path = shared / "documents" / document["file_name"]
        if document["file_name"] and path.exists():
            document_id = document["document_id"]
            own = [measured(row) for row in draft(read_document(path), document_id)["targets"]]
            by_hand = [measured(row) for row in registry.rows("targets") if row["document_id"] == document_id]
            missed = without(by_hand, own)
            with capsys.disabled():
                print(f"\n{document_id}: {len(own)} drafted, {len(by_hand)} entered, missed {missed}", end="")
            drafted += own
            entered += by_hand
    recall = 1 - len(without(entered, drafted)) / len(entered)
    invented = len(without(drafted, entered)) / len(entered)
    with capsys.disabled():
        print(f"\nfound {recall:.1%} of the {len(entered)} rows entered by hand; invented {invented:.1%} besides")
    assert recall >= 0.99
    assert invented <= 0.05


def measured(row: Row) -> tuple[str, ...]:
    values = (f"{float(row[column]):g}" if row[column] else "" for column in ("value_low", "value_high"))
    return (row["document_id"], row["clause"], row["comparator"], *values)


def without(rows: list[tuple[str, ...]], others: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The rows that have no partner of their own among the others."""
    left = list(others)
    missing = []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            missing.append(row)
    return missing
