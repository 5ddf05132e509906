"""What a submission may hold: each column once, with its labels, type and meaning.

The workbook, the CSV form, the reader, the rules and the raw tables all take their names from here.
"""

from dataclasses import dataclass

SAMPLE_LABEL = "示例数据"
TABLE_SHEET = "指标"
COVER_SHEET = "封面"
FIRST_MODE, WHOLE_MODE, PARTIAL_MODE = CORRECTION_MODES = ("首次报送", "整表重报", "仅报更正")


@dataclass(frozen=True)
class Column:
    """One submitted column: English name (CSV header), Chinese label (workbook header) and other spellings.

    `type` is identity (names something of the registry), number, date or text.
    """

    name: str
    label: str
    aliases: tuple[str, ...]
    type: str
    meaning: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every header text that means this column."""
        return (self.name, self.label, *self.aliases)


COLUMNS: tuple[Column, ...] = (
    Column("programme", "方案", ("工作方案",), "identity", "哪一个方案：编号、名称或别名"),
    Column("reporter", "填报单位", ("填报区", "单位名称"), "identity", "哪一个单位：编号、名称或别名"),
    Column("period", "期", ("报送期", "填报月份", "月份"), "identity", "哪一个月：2021-03、2021年3月"),
    Column("indicator", "指标", ("指标名称",), "identity", "哪一个指标：编号、名称或别名"),
    Column("month_value", "本月数", ("本月", "当月数"), "number", "本月发生数"),
    Column("cumulative_value", "累计数", ("累计", "本年累计"), "number", "1月至本月累计；总数、占比、增速类为期末数"),
    Column("same_period_value", "去年同期累计", ("去年同期", "上年同期累计"), "number", "上年同期的累计数"),
    Column("growth_pct", "增速(%)", ("增速", "同比增长(%)", "同比(%)"), "number", "本单位口径的同比增速，百分数"),
    Column("note", "说明", ("备注",), "text", "需要说明的情况"),
)
BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
HEAD_COLUMNS = tuple(column for column in COLUMNS if column.name in ("programme", "reporter", "period"))
NUMBER_COLUMNS = tuple(column for column in COLUMNS if column.type == "number")
CSV_HEADER: tuple[str, ...] = tuple(column.name for column in COLUMNS)

# What a workbook may hold beside these nine columns of the CSV form.
UNIT = Column("unit", "单位", ("计量单位",), "identity", "计量单位，印在模板上，不改动")
UNIT_LABEL = UNIT.label
# Printed for orientation, never read back.
TARGET_LABEL = "年度目标"
PREVIOUS_LABEL = "上月累计数"
CLAUSE_LABEL = "条款"
DUE_LABEL = "时限"
CHECK_LABEL = "自查"
COVER_COLUMNS: tuple[Column, ...] = (
    Column("template_version", "模板版本", (), "text", "系统生成，用于识别过期的模板"),
    Column("filled_by", "填报人", (), "text", "谁填的表"),
    Column("reviewed_by", "审核人", (), "text", "谁审核的表"),
    Column("correction_mode", "报送方式", (), "text", f"{'、'.join(CORRECTION_MODES)}之一"),
    Column("correction_reason", "更正原因", (), "text", "不是首次报送时，写明为什么更正"),
)
TASK_COLUMNS: tuple[Column, ...] = (
    Column("task_number", "任务编号", (), "identity", "登记册里的编号，印在模板上，不改动"),
    Column("task", "任务", ("任务名称", "工作任务", "任务内容"), "identity", "哪一项任务"),
    Column("status", "状态", ("进展状态", "当前状态"), "text", "从下拉列表中选一个"),
    Column("progress", "进展情况", ("工作进展",), "text", "到本月底做成了什么"),
    Column("problem", "存在问题", ("存在的问题",), "text", "卡在哪里，需要谁协调；没有的不填"),
    Column("next_step", "下一步打算", ("下一步工作", "下一步计划"), "text", "下个月做什么"),
)


def _item_columns(name: str, code: str) -> tuple[Column, ...]:
    """The columns of one kind of ledger; they differ only in how people call the item and its code."""
    return (
        Column("item", name, (), "identity", "全称；同一事项每月用同一名称"),
        Column("item_code", code, (), "identity", "有的填，便于逐月对上同一事项"),
        Column("indicator", "对应指标", (), "identity", "计入哪一个指标，从下拉列表中选；不计入的不填"),
        Column("status", "状态", ("进展状态", "当前状态"), "text", "从下拉列表中选一个"),
        Column("started_on", "开始日期", ("开工日期", "启动日期"), "date", "何时开工、引进或启动"),
        Column("due_on", "计划完成日期", ("计划完工日期",), "date", "计划何时完成"),
        Column("finished_on", "实际完成日期", ("实际完工日期", "完成日期"), "date", "何时完成；未完成的不填"),
        Column("note", "说明", ("备注",), "text", "需要说明的情况"),
    )


@dataclass(frozen=True)
class Ledger:
    """A list of things with a status (台账): its kind, its sheet in the workbook and its columns."""

    kind: str
    sheet: str
    columns: tuple[Column, ...]


TASK_LEDGER = Ledger("task", "任务", TASK_COLUMNS)
ITEM_LEDGERS: tuple[Ledger, ...] = (
    Ledger("project", "项目", _item_columns("项目名称", "项目代码")),
    Ledger("enterprise", "企业", _item_columns("企业名称", "统一社会信用代码")),
    Ledger("platform", "平台", _item_columns("平台名称", "平台编号")),
)
ITEM_COLUMNS: tuple[Column, ...] = ITEM_LEDGERS[0].columns
