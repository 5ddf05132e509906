from datetime import date
from decimal import Decimal

import pytest

from ingestion.conform import find_tables, parse_month, parse_number, table_ids
from ingestion.contract import CSV_HEADER, SAMPLE_LABEL
from ingestion.errors import UnreadableFile
from ingestion.ledgers import parse_day
from ingestion.readers import Sheet
from ingestion.registry import Registry, load_registry
from ingestion.settings import get_settings


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(get_settings().registry)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("１２.５", "12.5"),
        ("1,234.5", "1234.5"),
        ("25%", "25"),
        ("-3", "-3"),
        ("1e3", "1000"),
        ("0.30000000000000004", "0.3"),
    ],
)
def test_what_people_write_for_numbers_is_a_number(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["12台", "abc", "1,23", "5\n6", "10 0", "5²", "1e12", "=1+1", "nan", "inf", "#DIV/0!", "1.2.3", "一", "9" * 30],
)
def test_what_is_no_number_is_not_made_one(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize("text", ["", "-", "－", "--", "—", "——", "–", "−", "/"])
def test_dashes_of_any_width_say_that_there_is_nothing(text: str, registry: Registry) -> None:
    form = [*FORM[:4], ["新增高企", "家", text, "9", "", "", ""]]
    (table,) = find_tables([Sheet("指标", form)], registry)
    assert (table.rows[0]["month_value"], table.rows[0]["month_value_text"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2021-03", "2021-03"),
        ("2021年3月", "2021-03"),
        ("２０２１年３月", "2021-03"),
        ("202103", "2021-03"),
        ("2021/3", "2021-03"),
        ("2021.10", "2021-10"),
        ("2021.1", None),
        ("2021-03-01T00:00:00", "2021-03"),
        ("2021-13", None),
        ("2021", None),
        ("三月", None),
    ],
)
def test_a_month_is_read_in_its_usual_spellings(text: str, month: str | None) -> None:
    assert parse_month(text) == month


FORM = [
    ["一区一表", "", ""],
    ["方案：", "创新提能2021", "", "填报单位", "江岸"],
    ["期", "", "2021年3月"],
    ["指标", "单位", "本月数", "累计数", "去年同期累计", "增速（%）", "说明"],
    ["新增高企", "家", "3", "9", "—", "", "- 已核"],
    ["", "", "", ""],
    ["技术合同成交额", "亿元", "", "abc", "", "", ""],
]


def test_a_form_is_found_by_its_labels_and_each_cell_keeps_its_address(registry: Registry) -> None:
    (table,) = find_tables([Sheet("封面", [["别的"]]), Sheet("指标", FORM)], registry)
    assert table_ids(table, registry) == {
        "programme_id": "innovation_2021",
        "reporter_id": "jiangan",
        "period": "2021-03",
    }
    first, second = table.rows
    assert (first["month_value"], first["month_value_cell"]) == (Decimal(3), "C5")
    assert (first["same_period_value"], first["same_period_value_text"]) == (None, None)
    assert first["note"] == "- 已核"
    assert (second["cumulative_value"], second["cumulative_value_text"]) == (None, "abc")
    assert second["row_number"] == 7


def test_moved_rows_and_columns_change_nothing_but_addresses(registry: Registry) -> None:
    moved = [["", *row] for row in [["通知"], *FORM]]
    (table,) = find_tables([Sheet("指标", moved)], registry)
    assert (table.rows[0]["month_value"], table.rows[0]["month_value_cell"]) == (Decimal(3), "D6")


def test_a_long_table_becomes_one_table_for_each_programme_reporter_and_month(registry: Registry) -> None:
    rows = [
        list(CSV_HEADER),
        ["创新提能2021", "江岸区", "2021-03", "新增高企", "3", "9", "", "", SAMPLE_LABEL],
        ["innovation_2021", "江岸", "2021年3月", "技术合同成交额", "1", "2", "", "", ""],
        ["创新提能2021", "武昌区", "2021-03", "新增高企", "4", "8", "", "", ""],
    ]
    first, second = find_tables([Sheet("CSV", rows)], registry)
    assert [len(first.rows), len(second.rows)] == [2, 1]
    assert [first.is_sample, second.is_sample] == [True, False]


def test_a_second_sheet_with_a_table_is_read_too(registry: Registry) -> None:
    february = [[cell.replace("2021年3月", "2021年4月") for cell in row] for row in FORM]
    tables = find_tables([Sheet("指标 (2)", february), Sheet("指标", FORM)], registry)
    assert [table_ids(table, registry)["period"] for table in tables] == ["2021-03", "2021-04"]


def test_a_header_that_names_a_column_twice_is_returned(registry: Registry) -> None:
    doubled = [*FORM[:3], ["指标", "本月数", "累计数", "本年累计"], ["新增高企", "1", "2", "3"]]
    with pytest.raises(UnreadableFile, match="不止一个"):
        find_tables([Sheet("指标", doubled)], registry)


@pytest.mark.parametrize("rows", [[], [["hello"]], [["指标", "单位"]], FORM[:4]])
def test_a_sheet_without_a_table_is_unreadable(rows: list[list[str]], registry: Registry) -> None:
    with pytest.raises(UnreadableFile, match="填报表"):
        find_tables([Sheet("指标", rows)], registry)


COVER = [["创新提能2021报送表"], ["方案", "创新提能2021"], ["填报单位：", "江岸"], ["期", "2021年3月"], ["填报人", ""]]


def test_the_cover_speaks_for_every_table_that_has_no_head_of_its_own(registry: Registry) -> None:
    headless = FORM[3:]
    other = [["方案", "四个加快2021"], *FORM[3:]]
    tables = find_tables([Sheet("封面", COVER), Sheet("指标", headless), Sheet("指标二", other)], registry)
    assert [tuple(table_ids(table, registry).values()) for table in tables] == [
        ("innovation_2021", "jiangan", "2021-03"),
        ("four_accelerations_2021", "jiangan", "2021-03"),
    ]
    assert (tables[0].head["period"].sheet, tables[0].head["period"].address) == ("封面", "B4")
    assert "filled_by" not in tables[0].head
    assert [row["unit_text"] for row in tables[0].rows] == ["家", "亿元"]


def test_an_own_head_goes_before_the_cover(registry: Registry) -> None:
    cover = [[cell.replace("2021年3月", "2021年9月") for cell in row] for row in COVER]
    (table,) = find_tables([Sheet("封面", cover), Sheet("指标", FORM)], registry)
    assert table_ids(table, registry)["period"] == "2021-03"


def test_a_cover_that_says_sample_makes_sample_tables(registry: Registry) -> None:
    (table,) = find_tables([Sheet("封面", [*COVER, [SAMPLE_LABEL]]), Sheet("指标", FORM[3:])], registry)
    assert table.is_sample


def test_ledgers_belong_to_the_table_of_their_head_or_to_the_first(registry: Registry) -> None:
    april = [[cell.replace("2021年3月", "2021年4月") for cell in row] for row in FORM]
    tasks = [["任务", "状态"], ["建库", "推进中"], ["", ""], ["建园", ""]]
    projects = [
        ["期", "2021年4月", "方案", "创新提能2021"],
        ["填报单位", "江岸"],
        ["状态", "项目名称"],
        ["在建", "大桥"],
    ]
    sheets = [Sheet("指标", FORM), Sheet("四月", april), Sheet("任务", tasks), Sheet("台账", projects)]
    first, second = find_tables(sheets, registry)
    assert [(row.values["task_text"], row.values["task_cell"]) for row in first.ledgers] == [
        ("建库", "A2"),
        ("建园", "A4"),
    ]
    assert [(row.kind, row.values["item_text"], row.values["status_cell"]) for row in second.ledgers] == [
        ("project", "大桥", "A4")
    ]


def test_a_ledger_that_says_only_part_of_its_head_belongs_to_the_first_table(registry: Registry) -> None:
    projects = [["填报单位", "江岸区"], ["项目名称", "状态"], ["大桥", "在建"]]
    (table,) = find_tables([Sheet("指标", FORM), Sheet("项目", projects)], registry)
    assert len(table.ledgers) == 1


def test_lists_alone_are_a_table_unless_the_sheet_of_figures_has_lost_its_labels(registry: Registry) -> None:
    tasks = Sheet("任务", [["填报单位", "江岸区"], ["任务", "状态"], ["建库", "推进中"]])
    (table,) = find_tables([tasks], registry)
    assert (len(table.rows), len(table.ledgers), table.head["reporter"].text) == (0, 1, "江岸区")
    with pytest.raises(UnreadableFile) as error:
        find_tables([Sheet("指标", [["高新技术企业", "3"]]), tasks], registry)
    assert error.value.code == "no_table"


def test_lists_without_a_status_are_not_filled_in(registry: Registry) -> None:
    with pytest.raises(UnreadableFile) as error:
        find_tables([Sheet("任务", [["任务", "状态"], ["建库", ""]])], registry)
    assert error.value.code == "no_rows"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-03-05", date(2021, 3, 5)),
        ("2021-03-05T00:00:00", date(2021, 3, 5)),
        ("2021年3月5日", date(2021, 3, 5)),
        ("2021/3/5", date(2021, 3, 5)),
        ("20210305", date(2021, 3, 5)),
        ("2021-02-30", None),
        ("三月底", None),
        ("", None),
    ],
)
def test_a_day_is_read_in_its_usual_spellings(text: str, day: date | None) -> None:
    assert parse_day(text) == day
