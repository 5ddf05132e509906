"""What a submission may hold: each column once, with its labels, type and meaning.

The workbook, the CSV form, the reader, the rules and the raw tables all take their names from here.
"""

from dataclasses import dataclass

SAMPLE_LABEL = "示例数据"
TABLE_SHEET = "指标"
UNIT_LABEL = "单位"


@dataclass(frozen=True)
class Column:
    """One submitted column: English name (CSV header), Chinese label (workbook header) and other spellings."""

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
