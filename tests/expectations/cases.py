"""For each rule one submission that breaks it and one, as near to it as can be, that does not.

Each case has a district of its own; the last submission of a case is looked at, the others lead up to it.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tests.expectations.factories import Submission, Table, make_submission, make_table

Case = Callable[[str], list[Submission]]


def _one(change: Callable[[Table], Table] = lambda table: table, month: int = 2) -> Case:
    return lambda reporter: [make_submission(reporter, month, change(make_table(reporter, month)))]


def _file(month: int = 2, **changes: object) -> Case:
    return lambda reporter: [make_submission(reporter, month, **changes)]


def _head(received: str = "2021-03-05T10:00", **texts: str) -> Case:
    """February's table with something else in its head."""

    def build(reporter: str) -> list[Submission]:
        return [make_submission(reporter, 2, replace(make_table(reporter, 2), **texts), received=received)]

    return build


def _after_january(change: Callable[[Table], Table], correction: Callable[[Table], Table] | None = None) -> Case:
    """February after January, and January perhaps corrected in March; February is looked at."""

    def build(reporter: str) -> list[Submission]:
        january = make_submission(reporter, 1)
        february = make_submission(reporter, 2, change(make_table(reporter, 2)))
        if correction is None:
            return [january, february]
        corrected = make_submission(reporter, 1, correction(make_table(reporter, 1)), received="2021-03-20T09:00")
        return [january, corrected, february]

    return build


def _city_table(reporter: str) -> list[Submission]:
    """The city's own table; whoever the case is for, the city sends it."""
    table = Table("示例市", "2021-12", [("研发强度", {"cumulative_value": "3.5"})])
    return [make_submission("city", 12, table, name=f"{reporter}.xlsx")]


def _of_joined(month: int) -> Case:
    def build(reporter: str) -> list[Submission]:
        table = replace(make_table(reporter, month), reporter="新设区")
        return [make_submission("joined", month, table)]

    return build


def _cover(**texts: str) -> Case:
    """February with something on its cover."""
    return lambda reporter: [make_submission(reporter, 2, replace(make_table(reporter, 2), cover=texts))]


def _task_in_january_and_february(first: str, second: str) -> Case:
    """A task with a status in January's table and another in February's."""

    def build(reporter: str) -> list[Submission]:
        tables = [
            replace(make_table(reporter, month), tasks=[("建库", status)])
            for month, status in enumerate((first, second), 1)
        ]
        return [make_submission(reporter, month, table) for month, table in enumerate(tables, 1)]

    return build


def _growth(growth_pct: str) -> Case:
    """February's 2.5 against 2 a year before: 25 %, or 24.4 to 25.5 as both are rounded."""
    return _one(lambda table: table.change("合同成交额", same_period_value="2.00", growth_pct=growth_pct))


def _sent_again(**texts: str) -> Case:
    """February with one row changed after it had counted."""

    def build(reporter: str) -> list[Submission]:
        changed = make_table(reporter, 2).change("企业总数", **texts)
        return [make_submission(reporter, 2), make_submission(reporter, 2, changed, received="2021-03-20T09:00")]

    return build


def _july(month_value: str) -> Case:
    """July after six months that were all alike."""

    def build(reporter: str) -> list[Submission]:
        cumulative = str(Decimal("7.5") + Decimal(month_value))
        july = make_table(reporter, 7).change("合同成交额", month_value=month_value, cumulative_value=cumulative)
        return [*(make_submission(reporter, month) for month in range(1, 7)), make_submission(reporter, 7, july)]

    return build


def _shift_january(table: Table) -> Table:
    return table.change("新增企业", month_value="4", cumulative_value="4")


def _may_twice(again: str) -> Case:
    """May's table in time, and a newer version of it."""

    def build(reporter: str) -> list[Submission]:
        corrected = make_table(reporter, 5).change("企业总数", cumulative_value="120", note="补登")
        return [make_submission(reporter, 5), make_submission(reporter, 5, corrected, received=again)]

    return build


FAILING: dict[str, Case] = {
    "FILE-001": _file(problem="文件是空的；请填好表格后重新报送。", tables=[]),
    "FILE-002": _file(folder="nobody"),
    "FILE-003": _file(folder=None),
    "FILE-004": _file(tables=[]),
    "TAB-001": _head(programme="示范方案"),
    "TAB-002": _head(reporter="示例零区"),
    "TAB-003": _head(month="2021-13"),
    "TAB-004": lambda reporter: [make_submission(reporter, 4, received="2021-03-31T23:59")],
    "TAB-005": _head(month="2022-02", received="2022-03-05T10:00"),
    "TAB-006": _of_joined(5),
    "TAB-007": _file(folder="d099"),
    "TAB-008": _cover(template_version="00000000"),
    "IND-001": _one(lambda table: table.add("新增企业家数", cumulative_value="1")),
    "IND-002": _one(lambda table: table.add("站点数", cumulative_value="1")),
    "IND-003": _one(lambda table: table.add("研发强度", cumulative_value="1")),
    "IND-004": _one(lambda table: table.add("企业总数", cumulative_value="106")),
    "IND-005": _one(lambda table: table.change("企业总数", unit="亿元")),
    "NUM-001": _one(lambda table: table.change("企业总数", cumulative_value="12台")),
    "NUM-002": _one(lambda table: table.change("企业总数", cumulative_value="-1")),
    "NUM-003": _one(lambda table: table.change("企业总数", cumulative_value="12.5")),
    "REQ-001": _one(lambda table: table.remove("走访次数"), month=3),
    "REQ-002": _one(lambda table: table.change("企业总数", cumulative_value="", month_value="3")),
    "CUM-001": _one(lambda table: table.change("合同成交额", cumulative_value="1.26"), month=1),
    "CUM-002": _after_january(lambda table: table.change("合同成交额", cumulative_value="2.51")),
    "CUM-003": _after_january(lambda table: table, _shift_january),
    "TIM-001": _file(5, received="2021-07-14T00:01"),
    "TIM-002": _may_twice("2021-08-25T00:01"),
    "GRW-001": _growth("24.3"),
    "SUM-001": _one(lambda table: table.add("上市企业", cumulative_value="107")),
    "TGT-001": _one(lambda table: table.change("合同成交额", cumulative_value="100")),
    "LED-001": _task_in_january_and_february("已完成", "推进中"),
    "HIS-001": _sent_again(cumulative_value="107"),
    "HIS-002": _after_january(lambda table: table.change("企业总数", cumulative_value="103")),
    "HIS-003": _july("6.26"),
}

PASSING: dict[str, Case] = {
    "FILE-001": _file(),
    "FILE-002": _file(),
    "FILE-003": _file(),
    "FILE-004": _file(),
    "TAB-001": _head(programme="pilot"),
    "TAB-002": lambda reporter: _head(reporter=reporter)(reporter),
    "TAB-003": _head(month="2021年2月"),
    "TAB-004": lambda reporter: [make_submission(reporter, 4, received="2021-04-01T00:00")],
    "TAB-005": _one(month=12),
    "TAB-006": _of_joined(6),
    "TAB-007": _file(),
    "TAB-008": _cover(filled_by="王某"),
    "IND-001": _one(lambda table: table.add("产值增速", cumulative_value="1.5")),
    "IND-002": _one(),
    "IND-003": _city_table,
    "IND-004": _one(),
    "IND-005": _one(lambda table: table.change("企业总数", unit="家").change("合同成交额", unit="亿元")),
    "NUM-001": _one(lambda table: table.change("企业总数", cumulative_value="１,２３４")),
    "NUM-002": _one(
        lambda table: table.add("产值增速", cumulative_value="-1.5").change("企业总数", cumulative_value="0")
    ),
    "NUM-003": _one(lambda table: table.change("企业总数", cumulative_value="12.0")),
    "REQ-001": _one(lambda table: table.remove("走访次数")),
    "REQ-002": _one(lambda table: table.change("新增企业", month_value="").change("合同成交额", cumulative_value="")),
    "CUM-001": _one(lambda table: table.change("合同成交额", cumulative_value="1.254"), month=1),
    "CUM-002": _after_january(lambda table: table.change("合同成交额", cumulative_value="2.504")),
    "CUM-003": _after_january(lambda table: table, lambda table: table.change("企业总数", cumulative_value="101")),
    "TIM-001": _file(5, received="2021-07-14T00:00"),
    "TIM-002": _may_twice("2021-08-25T00:00"),
    "GRW-001": _growth("24.4"),
    "SUM-001": _one(lambda table: table.add("上市企业", cumulative_value="106")),
    "TGT-001": _one(lambda table: table.change("合同成交额", cumulative_value="99.99")),
    "LED-001": _task_in_january_and_february("推进中", "已完成"),
    "HIS-001": _sent_again(cumulative_value="107", note="补登一家"),
    "HIS-002": _after_january(lambda table: table),
    "HIS-003": _july("6.25"),
}

# What the clerk reads for the failing case; {reporter} is the district of the case.
MESSAGES: dict[str, str] = {
    "FILE-001": "文件是空的；请填好表格后重新报送。",
    "FILE-002": "文件放在“nobody”文件夹，没有登记这样的填报单位；请放入本单位的文件夹后重新报送。",
    "TAB-001": "“指标”表“方案”（B2）填的是“示范方案”，不是登记的方案；请改为“示例方案”或“另一方案”，",
    "TAB-003": "“指标”表“期”（B4）填的是“2021-13”，不是一个月份；请写成“2021-03”或“2021年3月”这样的年月后重新报送。",
    "TAB-004": "“指标”表“期”（B4）填的是“2021-04”，而文件在 2021-03-31 收到，该月还没有开始；请改正后重新报送。",
    "TAB-005": "“指标”表“期”（B4）填的是“2022-02”，不在“示例方案”的期限（2021年1月 至 2021年12月）内；",
    "TAB-006": "“指标”表“填报单位”（B3）填的是“新设区”，“新设区”不是“示例方案”的填报单位；",
    "TAB-007": "但文件放在“示例099区”的文件夹里，只能报送“示例099区”的数据；请改正填报单位，或放入“{reporter}”的文件夹",
    "IND-001": "“指标”表第 11 行“指标”（A11）填的是“新增企业家数”，不是登记的指标；请改为“新增企业”",
    "IND-002": "填的是“站点数”，“站点数”在“另一方案”的表里填报，不在“示例方案”的表里填报；请删去此行后重新报送。",
    "IND-003": "“研发强度”由示例市提供，“{reporter}”不填报；请删去此行后重新报送。",
    "IND-004": "“企业总数”在同一张表里填了不止一行（第 9、11 行）；请只保留一行后重新报送。",
    "NUM-001": "“指标”表第 9 行“累计数”（D9）填的是“12台”，应为数字；请改为数字后重新报送。",
    "NUM-002": "“指标”表第 9 行“累计数”（D9）填的是“-1”，“企业总数”不能为负数；请核对后重新报送。",
    "NUM-003": "填的是“12.5”，“企业总数”的单位是“家”，应为整数；请改正后重新报送。",
    "REQ-001": "“指标”表缺少“{reporter}”2021年3月的必填指标“走访次数”；请补上这一行后重新报送。",
    "REQ-002": "“指标”表第 9 行“累计数”（D9）是空白，“企业总数”必须填写“累计数”；请填写后重新报送，数值为零时请填 0。",
    "CUM-001": "“指标”表第 8 行“累计数”（D8）填的是“1.26”，一月的累计数应等于本月数 1.25；请核对后重新报送。",
    "CUM-002": "填的是“2.51”，应为 2021年1月 累计数 1.25 加本月数 1.25，即 2.5；请核对后重新报送，",
    "GRW-001": "（F8）填的是“24.3”，而按累计数 2.5 和去年同期累计 2 计算为 25.0%；两个数都保留，请核对，",
    "SUM-001": "（D11）填的是“107”，“上市企业”是“企业总数”的一部分，不应大于其累计数 106；本表仍计入，",
    "TGT-001": "填的是“100”，达到本单位全年目标 50 亿元（示例分解）的 2 倍；本表仍计入，请核对数值、单位和目标，",
    "LED-001": "“任务”表第 4 行“状态”（D4）填的是“推进中”，而 2021年1月 的表里“建库”是“已完成”；",
    "HIS-001": "（D9）填的是“107”，此前计入的版本（2021-03-05 10:00 收到）为“106”，改动没有说明；",
    "HIS-002": "“指标”表2021年2月的本月数和期末数与 2021年1月 的表完全相同，其中不为零的有 4 个；",
    "HIS-003": "填的是“6.26”，本月数 6.26，明显高于本单位今年此前 6 个月的中位数 1.25（最小 1.25，最大 1.25）；",
    "CUM-003": "填的是“6”，而 2021年1月 的表后来更正或补报为累计数 4，加本月数 3 应为 7；本表仍计入，请核对，",
    "TIM-001": "首次报送“示例方案”2021年5月的表，该月已于 2021-07-13 停止新报，而文件在 2021-07-14 收到；",
    "TIM-002": "对“示例方案”2021年5月已报表的更正，该月已于 2021-08-24 停止更正，而文件在 2021-08-25 收到；",
}
