"""How the reader of documents takes single sentences: comparators, units, lists of indicators, ranks, periods."""

import pytest

from ingestion.clauses import split_clauses
from ingestion.document_dates import read_dates
from ingestion.document_text import clean_text
from ingestion.documents import draft
from ingestion.registry import Row


def rows_of(words: str, table: str = "targets") -> list[Row]:
    return draft(clean_text(f"一、安排\n{words}"), "d", 2023)[table]


def read(words: str) -> list[str]:
    """Goals as written briefly: `<= 8 分钟`, `range 450-480 万乘次`."""
    return [
        f"{row['comparator']} {'-'.join(filter(None, (row['value_low'], row['value_high'])))} {row['unit']}".strip()
        for row in rows_of(words)
    ]


@pytest.mark.parametrize(
    ("words", "strength", "expected"),
    [
        ("候车时间不得超过8分钟。", "不得超过", "<= 8 分钟"),
        ("不合格率不得高于2%。", "不得高于", "<= 2 %"),
        ("负债率不得突破60%。", "不得突破", "<= 60 %"),
        ("死亡率不得大于1‰。", "不得大于", "<= 1 ‰"),
        ("亏损企业不得多于5家。", "不得多于", "<= 5 家"),
        ("重污染天数不多于2天。", "不多于", "<= 2 天"),
        ("积压案件不准超过30件。", "不准超过", "<= 30 件"),
        ("用水量不突破5亿立方米。", "不突破", "<= 5 亿立方米"),
        ("登记时间不超1天。", "不超", "<= 1 天"),
        ("办结时限压减至3个工作日。", "", "<= 3 个工作日"),
        ("审批在5个工作日以内办结。", "", "<= 5 个工作日"),
        ("能耗降至0.4吨以下。", "", "<= 0.4 吨"),
        ("失业率低于5%。", "", "<= 5 %"),
        ("差错率控制在2%内。", "控制在", "<= 2 %"),
        ("瞬时客流不得突破核定数的80%。", "", "<= 80 %"),
        ("绿地率不得低于三成。", "不得低于", ">= 30 %"),
        ("优良天数达到290天以上。", "达到", ">= 290 天"),
    ],
)
def test_comparators_and_strength(words: str, strength: str, expected: str) -> None:
    (row,) = rows_of(words)
    assert (read(words), row["strength"]) == ([expected], strength)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("日均客运量达到450万乘次至480万乘次。", ["range 450-480 万乘次"]),
        ("新增渡船3艇至5艇。", ["range 3-5 艇"]),
        ("新增冰床300铺以上,投放拖车40驾。", [">= 300 铺", ">= 40 驾"]),
        ("人均预期寿命提高1岁。", [">= 1 岁"]),
        ("车速不得超过40公里/小时。", ["<= 40 公里/小时"]),
        ("平均受教育年限提高到11.3年。", [">= 11.3 年"]),
        ("打通“断头路”35条。", [">= 35 条"]),
        ("新增学位一万个,签约两千家,布点一百二十个。", [">= 1 万个", ">= 2000 家", ">= 120 个"]),
        ("差错率不超过万分之三,逾期率低于千分之二。", ["<= 0.03 %", "<= 2 ‰"]),
        ("覆盖面达到百分之八十五,投诉下降三成。", [">= 85 %", ">= 30 %"]),
        ("检查频次减少五分之一,网办比例达一半以上。", [">= 20 %", ">= 50 %"]),
        ("每街培育三至五家。", ["range 3-5 家"]),
        ("进入全国前10名,位居全省前五位。", ["<= 10 位", "<= 5 位"]),
        ("失业率、出险率均控制在3‰以内。", ["<= 3 ‰", "<= 3 ‰"]),
        ("书吧和剧场各20个。", [">= 20 个", ">= 20 个"]),
        ("投资和消费增速均达到15%。", [">= 15 %", ">= 15 %"]),
        ("甲类、乙类管理率分别达到75%和70%。", [">= 75 %", ">= 70 %"]),
        ("小学、初中班额分别不超过45人、50人。", ["<= 45 人", "<= 50 人"]),
        ("东区、西区各新建学校2所。", [">= 2 所"]),
        ("总产值迈上5000亿元台阶,进出口突破万亿元。", [">= 5000 亿元", "> 1 万亿元"]),
        ("授权量突破1万件大关,新增千亿产业集群1个。", ["> 1 万件", ">= 1 个"]),
        ("新建3000平方米以上综合体2个,设立100亿元产业基金。", [">= 2 个", ">= 100 亿元"]),
        ("普惠托位中心城区4.2个、郊区新城3.6个。", [">= 4.2 个", ">= 3.6 个"]),
    ],
)  # fmt: skip
def test_units_numerals_and_lists(words: str, expected: list[str]) -> None:
    assert read(words) == expected


def test_a_number_or_word_goes_on_after_a_page_end() -> None:
    assert read("(一)到年底,新增床位2\n\n000张,门诊量超过300万人\n\n次。重点\n人群签约率不低于\n85%。") == [
        ">= 2000 张",
        "> 300 万人次",
        ">= 85 %",
    ]


@pytest.mark.parametrize(
    ("words", "scopes"),
    [
        ("各区新增停车位500个,改造厕所20座。", "each each"),
        ("各街道招引企业2家以上;全市开工20个。", "each city"),
        ("每个区建成中心1个,其中东区建成公园2个。", "each city"),
        ("学校、医院分别新增5所、6所。", "city city"),
    ],
)
def test_each_needs_a_district_as_subject(words: str, scopes: str) -> None:
    assert " ".join(row["scope"] for row in rows_of(words)) == scopes


@pytest.mark.parametrize(
    ("words", "periods"),
    [
        ("6月底前开工15个。", "2023-06"),
        ("2023年6月30日前开工15个。", "2023-06"),
        ("2024年5月前开工15个。", "2024-05"),
        ("一季度开工15个,三季度末累计开工25个。", "2023-Q1 2023-Q3"),
        ("上半年新增企业500家,全年新增1000家。", "2023-H1 2023"),
        ("到6月底建成充电站30座,到年底达到80座。", "2023-06 2023"),
        ("6月底前完成整治,合格率达到90%。", "2023"),
    ],
)
def test_parts_of_a_year(words: str, periods: str) -> None:
    assert " ".join(row["period"] for row in rows_of(words)) == periods


def test_a_guessed_year_is_said_in_the_note() -> None:
    notes = [row["note"] for row in rows_of("每年新增企业5家。到2024年新增学校6所。新增医院7所。")]
    assert notes == ["文件写“每年”，按文件年份计", "", "句中未写年份，取自同条他句"]


def test_the_year_is_the_titles_when_the_paper_came_out_before_it() -> None:
    dates = read_dates(split_clauses(clean_text("江城市2024年工作要点\n2023年12月28日\n一、甲")))
    assert (dates.year, dates.valid_from) == (2024, "2023-12-28")


def test_rules_hold_from_the_day_they_take_effect_else_from_their_adoption() -> None:
    adopted = "江城市办法\n(2023年3月2日市政府第8次常务会议通过{})\n第一条 甲"
    for after, day in ((" 自2023年4月1日起施行", "2023-04-01"), ("", "2023-03-02")):
        dates = read_dates(split_clauses(clean_text(adopted.format(after))))
        assert (dates.valid_from, dates.year) == (day, 2023)


def test_a_table_is_read_by_its_head() -> None:
    head = "指标 | 单位 | 2022年完成值 | 2023年目标值 | 责任单位"
    table = f"{head}\n失业率 | % | 5.4 | 5.5以内 | 市人社局\n收入增速 | % | 5.1 | 6—7 | 市发改委"
    assert read(table) == ["<= 5.5 %", "range 6-7 %"]
    assert read(table.replace(" | ", "    ")) == ["<= 5.5 %", "range 6-7 %"]
    assert [row["responsible_units"] for row in rows_of(table)] == ["市人社局", "市发改委"]
    assert read("| 序号 | 指标 | 2020年 | 2025年 |\n|---|---|---|---|\n| 1 | 林木覆盖率(%) | 41 | ≥45% |") == [
        ">= 45 %"
    ]


def test_striven_for_and_ensured_in_either_order() -> None:
    for words in ("力争就业3万人、确保2.5万人。", "确保就业2.5万人,力争3万人。"):
        base, stretch = rows_of(words)
        assert (base["value_low"], base["strength"], base["stretches_target_id"]) == ("2.5", "确保", "")
        assert (stretch["value_low"], stretch["strength"]) == ("3", "力争")
        assert (stretch["target_id"], stretch["stretches_target_id"]) == ("d-1-t1-stretch", "d-1-t1")


@pytest.mark.parametrize(
    ("words", "text", "reason"),
    [
        ("每年安排专项资金1.2亿元。", "1.2亿元", "安排的资金"),
        ("每半年开展1次考核。", "1次", "推进频次"),
        ("落实《百日攻坚30条》。", "30条", "名称的一部分"),
        ("举办第5届大会。", "5届", "序号或届次"),
        ("本办法有效期3年。", "3年", "年限"),
        ("65岁以上老人建档。", "65岁", "年龄条件"),
        ("每10万人设一处。", "10万人", "统计口径的一部分"),
        ("截至2022年底,全市有企业300家。", "300家", "已有数，不是要达到的数"),
        ("1万平方米以上的工地装设备。", "1万平方米", "规模门槛"),
        ("连续2次垫底的约谈。", "2次", "条件"),
        ("本证期限为5年。", "5年", "年限"),
        ("由3名以上专家组成评审组。", "3名", "既有对象的数量"),
        ("开班不限,每班50人。", "50人", "统计口径的一部分"),
        ("成立5个工作专班。", "5个", "清单、机构或分类的项数"),
        ("处5000元以上罚款。", "5000元", "奖补、处罚的标准或条件"),
    ],
)
def test_other_numbers_are_listed_with_the_reason(words: str, text: str, reason: str) -> None:
    assert read(words) == []
    assert any(text in row["text"] and row["reason"] == reason for row in rows_of(words, "not_targets"))


@pytest.mark.parametrize("heading", ["一、2022年工作回顾", "一、发展基础", "一、面临的形势"])
def test_below_a_heading_of_background_nothing_is_a_goal(heading: str) -> None:
    drafts = draft(clean_text(f"{heading}\n(一)工业。新增企业42家。\n二、工作安排\n新增企业50家。"), "d", 2023)
    assert [row["value_low"] for row in drafts["targets"]] == ["50"]
    assert drafts["not_targets"][0]["reason"] == "已有数，不是要达到的数"


def test_months_from_to_are_dates() -> None:
    assert rows_of("8月至10月开展宣传。") == rows_of("8月至10月开展宣传。", "not_targets") == []


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("建成5个(责任单位:甲局、乙局;排名第一的为牵头单位)。", [("甲局", "乙局")]),
        ("建成5个(甲局牵头,乙局、丙局配合)。", [("甲局", "乙局、丙局")]),
        ("由甲局负责,建成5个。", [("甲局", "")]),
        ("建成5个(责任单位:甲局);扩建3个。培训200人(乙局牵头)。", [("", "甲局"), ("", "甲局"), ("乙局", "")]),
        ("建成5个(责任单位:甲局)。培训200人。", [("", "甲局"), ("", "")]),
        ("打造园区(责任单位:甲局)。建成5个。", [("", "甲局")]),
    ],
)
def test_units(words: str, units: list[tuple[str, str]]) -> None:
    assert [(row["lead_units"], row["responsible_units"]) for row in rows_of(words)] == units


def test_a_dated_deliverable_is_a_task_though_figures_follow() -> None:
    tasks = rows_of("应当在9月30日前完成线网方案编制,优化线路40条。", "tasks")
    assert [(row["task"], row["due"]) for row in tasks if row["due"]] == [
        ("应当在9月30日前完成线网方案编制", "9月30日前")
    ]


def test_rows_of_a_table_are_no_tasks() -> None:
    table = "指标 | 2022年完成值 | 2023年目标 | 责任单位\n新建绿道(公里) | 30 | 40 | 甲局"
    drafts = draft(clean_text(f"一、主要指标\n{table}\n二、建设绿道\n修路。"), "d", 2023)
    assert [row["clause"] for row in drafts["tasks"]] == ["二"]
    assert [row["unit"] for row in drafts["targets"]] == ["公里"]


def test_background_and_definitions_are_no_tasks() -> None:
    articles = "第一条 为了加强管理,制定本办法。\n第二条 本办法所称平台,是指公共平台。\n第三条 建设平台。"
    text = f"一、基本情况\n全市有医院。\n{articles}"
    assert [row["clause"] for row in draft(clean_text(text), "d", 2023)["tasks"]] == ["第三条"]


def test_ids_have_only_letters_and_digits() -> None:
    text = clean_text("1.甲\n(1)乙\n①新增企业5家。\n⑫新增企业6家。")
    assert [row["target_id"] for row in draft(text, "江城 2023", 2023)["targets"]] == [
        "2023-1-1-1-t1",
        "2023-1-1-12-t1",
    ]
