"""Lays out how on time and how right the tables came: the data-quality statement of a notice."""

from reports import figures
from reports.catalogue import UNRANKED
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

_COLUMNS = (
    Column("reporter", "填报单位", 24, "left"),
    Column("overall_place", "位次", 12, "center"),
    Column("owed_count", "应报", 7),
    Column("on_time_count", "按时", 7),
    Column("late_count", "迟报", 7),
    Column("missing_count", "缺报", 7),
    Column("days_late", "迟报天数", 9),
    Column("returned_count", "退回次数", 9),
    Column("reminder_count", "提醒条数", 9),
    Column("error_ratio", "差错率", 9),
    Column("restated_month_count", "改动月数", 9),
    Column("restated_figure_count", "改动次数", 9),
    Column("restatement_ratio", "平均改动幅度", 10),
)
_COUNTS = [column.key for column in _COLUMNS if column.key.endswith("_count") or column.key == "days_late"]
_DECIMALS = 1
_REMARK = (
    "位次依次比较：迟报与缺报之和、缺报、差错率、改动月数、改动幅度，都是少者在前；差错率为退回的问题数除以审核过的行数"
)


def quality_table(result: ResultSet) -> Table:
    """One row a reporter that owed or sent tables of the period, by place; summed over the period's months."""
    rows = [row for row in result.rows("return_quality") if row["reporter_id"] in result.reporters]
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0, row["reporter_id"]))
    laid = tuple(
        TableRow(
            {
                "reporter": figures.text(result.reporters[row["reporter_id"]]["reporter_name"]),
                "overall_place": figures.place(row) if row["rank"] is not None else figures.absent(UNRANKED),
                "overall_brief": figures.place_in_brief(row) if row["rank"] is not None else figures.absent(UNRANKED),
                "error_ratio": figures.percent(row["error_ratio"], _DECIMALS),
                "restatement_ratio": figures.percent(row["restatement_ratio"], _DECIMALS),
            }
            | {key: figures.number(row[key]) for key in _COUNTS},
            "reporter",
            row["reporter_id"],
        )
        for row in rows
    )
    return Table("return-quality", "", _COLUMNS, laid, _REMARK if laid else "")
