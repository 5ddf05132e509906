"""The rules as Great Expectations classes: one class a rule, named for what must hold, with fixed fields.

Importing this module imports Great Expectations (about ten seconds): only suites.py does, in the function that runs.
Each class names its row in rules.csv and the frame that it is judged on (built by frames.py).
"""

from collections.abc import Callable
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.row_conditions import Column

EITHER = "either_value_is_missing"
ANY = "any_value_is_missing"
RULES: dict[str, type[gxe.Expectation]] = {}


def rule(rule_id: str, on: str) -> Callable[[Any], Any]:
    """Enter a class in RULES as the one that decides `rule_id`, judged on the frame `on`."""

    def enter(expectation: Any) -> Any:
        expectation.rule_id, expectation.frame = rule_id, on
        RULES[rule_id] = expectation
        return expectation

    return enter


@rule("FILE-001", on="files")
class FileIsReadable(gxe.ExpectColumnValuesToBeNull):
    """The reader had no problem with the file."""

    column: str = "problem"
    description: str = "文件能够打开并读出"


@rule("FILE-002", on="files")
class FolderIsAReporters(gxe.ExpectColumnValuesToNotBeNull):
    """The folder that the file lay in is one reporter's."""

    column: str = "folder_reporter_id"
    row_condition: Any = Column("folder_name").is_not_null()
    description: str = "文件夹以登记的填报单位命名"


@rule("FILE-003", on="files")
class FileLiesInAFolder(gxe.ExpectColumnValuesToNotBeNull):
    """Where the setting asks for it, a file lies in a folder."""

    column: str = "folder_name"
    row_condition: Any = Column("folder_duty").is_not_null()
    description: str = "文件放在填报单位的文件夹里"


@rule("FILE-004", on="files")
class FileHoldsATable(gxe.ExpectColumnValuesToBeBetween):
    """A readable file holds at least one table."""

    column: str = "table_count"
    min_value: Any = 1
    row_condition: Any = Column("problem").is_null()
    description: str = "文件里至少有一张填报表"


@rule("TAB-001", on="tables")
class ProgrammeIsKnown(gxe.ExpectColumnValuesToNotBeNull):
    """The text under 方案 names a programme of the registry."""

    column: str = "programme_id"
    description: str = "方案已登记"


@rule("TAB-002", on="tables")
class ReporterIsKnown(gxe.ExpectColumnValuesToNotBeNull):
    """The text under 填报单位 names a reporter of the registry."""

    column: str = "reporter_id"
    description: str = "填报单位已登记"


@rule("TAB-003", on="tables")
class PeriodIsAMonth(gxe.ExpectColumnValuesToNotBeNull):
    """The text under 期 names a month."""

    column: str = "period"
    description: str = "期是一个月份"


@rule("TAB-004", on="tables")
class PeriodHasBegun(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """The month had begun when the file was received."""

    column_A: str = "received_month"
    column_B: str = "period"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "期不晚于收到的月份"


@rule("TAB-005", on="tables")
class PeriodLiesInProgramme(gxe.ExpectColumnPairValuesToBeEqual):
    """The month equals the programme's month nearest to it, so it lies between the programme's dates."""

    column_A: str = "period"
    column_B: str = "nearest_programme_month"
    ignore_row_if: Any = EITHER
    description: str = "期在方案的期限内"


@rule("TAB-006", on="tables")
class ReporterBelongsToProgramme(gxe.ExpectColumnValuesToNotBeNull):
    """The reporter is in a group of the programme, or is the city or one of its departments."""

    column: str = "belongs_as"
    row_condition: Any = Column("programme_id").is_not_null() & Column("reporter_id").is_not_null()
    description: str = "填报单位属于该方案"


@rule("TAB-007", on="tables")
class FolderSpeaksForItsReporter(gxe.ExpectColumnPairValuesToBeEqual):
    """A table from a reporter's folder is that reporter's."""

    column_A: str = "reporter_id"
    column_B: str = "folder_reporter_id"
    ignore_row_if: Any = EITHER
    description: str = "文件夹只代表本单位"


@rule("TAB-008", on="tables")
class TemplateIsTheCurrentOne(gxe.ExpectColumnPairValuesToBeEqual):
    """A table that states its template's version states the one that is given out now."""

    column_A: str = "template_version"
    column_B: str = "current_version"
    ignore_row_if: Any = EITHER
    description: str = "模板是现行版本"


@rule("IND-001", on="rows")
class IndicatorIsKnown(gxe.ExpectColumnValuesToNotBeNull):
    """The text under 指标 names an indicator of the registry."""

    column: str = "indicator_id"
    description: str = "指标已登记"


@rule("IND-002", on="rows")
class IndicatorIsAtHome(gxe.ExpectColumnPairValuesToBeEqual):
    """An indicator is reported in the table of its home programme only."""

    column_A: str = "programme_id"
    column_B: str = "home_programme_id"
    ignore_row_if: Any = EITHER
    description: str = "指标在所属方案的表里填报"


@rule("IND-003", on="rows")
class IndicatorIsTheReportersToSupply(gxe.ExpectColumnPairValuesToBeEqual):
    """Only those fill in an indicator whom the registry names as its suppliers."""

    column_A: str = "supplied_by"
    column_B: str = "supplier"
    ignore_row_if: Any = EITHER
    description: str = "指标由该单位提供"


@rule("IND-004", on="rows")
class IndicatorStandsOnce(gxe.ExpectCompoundColumnsToBeUnique):
    """One row per indicator in a table."""

    column_list: Any = ["table_id", "indicator_id"]  # noqa: RUF012 (pydantic copies it)
    ignore_row_if: Any = ANY
    description: str = "每个指标一行"


@rule("IND-005", on="rows")
class UnitMeasuresTheIndicator(gxe.ExpectColumnPairValuesToBeEqual):
    """A unit that is written is the indicator's, or another of the same measure."""

    column_A: str = "measured_unit"
    column_B: str = "unit"
    ignore_row_if: Any = EITHER
    description: str = "单位与指标相符"


@rule("NUM-001", on="cells")
class CellIsANumber(gxe.ExpectColumnValuesToNotBeNull):
    """A cell that is filled in and should hold a number does."""

    column: str = "value"
    description: str = "数字列填数字"


@rule("NUM-002", on="cells")
class NumberIsNotNegative(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """A number is not below its floor; there is one only where a negative makes no sense."""

    column_A: str = "value"
    column_B: str = "floor"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "不应为负的指标不为负"


@rule("NUM-003", on="cells")
class NumberIsWhole(gxe.ExpectColumnPairValuesToBeEqual):
    """A number of an indicator declared without decimals equals its whole part."""

    column_A: str = "value"
    column_B: str = "whole_value"
    ignore_row_if: Any = EITHER
    description: str = "计数指标填整数"


@rule("REQ-001", on="required")
class RequiredIndicatorIsPresent(gxe.ExpectColumnValuesToNotBeNull):
    """Each indicator that this reporter owes for this month has a row."""

    column: str = "row_number"
    description: str = "必填指标有一行"


@rule("REQ-002", on="required")
class RequiredIndicatorIsFilledIn(gxe.ExpectColumnValuesToNotBeNull):
    """The row of an owed indicator is filled in where its kind needs it."""

    column: str = "filled_in"
    row_condition: Any = Column("row_number").is_not_null()
    description: str = "必填指标有数"


@rule("CUM-001", on="rows")
class JanuaryCumulativeIsTheMonth(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """In January an increment's cumulative equals its month, at the indicator's precision."""

    column_A: str = "tolerance"
    column_B: str = "opening_difference"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "一月累计数等于本月数"


@rule("CUM-002", on="pairs")
class CumulativeContinuesWhatCounted(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """An increment's cumulative is the previous month's plus this month; used for what counted when the file came."""

    column_A: str = "tolerance"
    column_B: str = "difference"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "累计数等于上月累计数加本月数"


@rule("CUM-003", on="pairs")
class CumulativeContinuesWhatCountsNow(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """The same, for a previous month that was corrected or sent only after the file was accepted."""

    column_A: str = "tolerance"
    column_B: str = "difference"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "累计数与后来更正的上月表相符"


@rule("TIM-001", on="tables")
class FirstTableComesBeforeTheMonthCloses(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """A month's first table is received before the month closes for new ones, or while it is reopened."""

    column_A: str = "no_new_at"
    column_B: str = "received_at"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "首次报送不晚于停止新报的日期"


@rule("TIM-002", on="tables")
class NewerVersionComesBeforeTheMonthIsFinal(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """A newer version is received before the month closes for corrections, or while it is reopened."""

    column_A: str = "no_edits_at"
    column_B: str = "received_at"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "更正不晚于停止更正的日期"


@rule("GRW-001", on="rows")
class GrowthIsTheOneComputed(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """A growth rate is that of the figures beside it, as far as their printed decimals can tell."""

    column_A: str = "growth_tolerance"
    column_B: str = "growth_distance"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "报送的增速与按累计数、去年同期算得的相符"


@rule("SUM-001", on="parts")
class PartIsNotAboveItsWhole(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """What the registry calls a part of something else is not above it in the same table."""

    column_A: str = "whole_value"
    column_B: str = "part_value"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "部分不大于总数"


@rule("TGT-001", on="rows")
class TargetIsNotMetManyTimes(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """A cumulative is below the stated multiple of the reporter's own target for the year."""

    column_A: str = "target_bound"
    column_B: str = "targeted_value"
    ignore_row_if: Any = EITHER
    description: str = "累计数没有成倍超过全年目标"


@rule("HIS-001", on="changes")
class ChangedPastIsDeclared(gxe.ExpectColumnValuesToNotBeNull):
    """A version that changes figures of the version that counted before it says why."""

    column: str = "declaration"
    row_condition: Any = Column("changed_column").is_not_null()
    description: str = "改动已计入的数有说明"


@rule("HIS-002", on="repeats")
class TableIsNotLastMonths(gxe.ExpectColumnValuesToBeBetween):
    """Something in a table differs from the previous month's."""

    column: str = "changed_count"
    min_value: Any = 1
    row_condition: Any = Column("changed_count").is_not_null()
    description: str = "本月的表不是上月的表"


@rule("HIS-003", on="usuals")
class FigureIsNearTheUsual(gxe.ExpectColumnPairValuesAToBeGreaterThanB):
    """A figure is not farther from the median of the reporter's own earlier months than the catalogue allows."""

    column_A: str = "allowance"
    column_B: str = "distance"
    or_equal: Any = True
    ignore_row_if: Any = EITHER
    description: str = "与本单位历史相比没有异常"


@rule("LED-001", on="steps")
class StatusDoesNotGoBack(gxe.ExpectColumnValuesToNotBeNull):
    """An item of a ledger does not leave its final status, nor begin anew."""

    column: str = "advance"
    description: str = "台账状态不倒退"
