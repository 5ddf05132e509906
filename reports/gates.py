"""What must hold before anything is published; a refusal is a sentence that says what is missing."""

import duckdb

from reports.errors import PublicationError
from reports.read import ResultSet
from reports.vintage import Vintage


def check_build(connection: duckdb.DuckDBPyConnection) -> None:
    """PublicationError unless the last build is complete: every model built, every contract and test passed."""
    try:
        run = connection.execute("select is_complete from raw.runs").fetchone()
    except duckdb.CatalogException:
        run = None
    if run is None:
        raise PublicationError("还没有计算结果，请先完成一次计算（dbt build）")
    if not run[0]:
        raise PublicationError("最近一次计算没有全部通过检查，不能发布；上一版保持不变")


def check(result: ResultSet, is_draft: bool) -> None:
    """PublicationError when the result may not be published. A reporter that sent nothing is a row and no reason."""
    label = f"{result.row('programme')['programme_name']} {result.row('period')['period_label']}"
    if not is_draft and not result.row("period")["is_ended"]:
        raise PublicationError(f"{label}：这一期在计算截止时点尚未结束，不能发布（可先出初步稿）")
    if not result.rows("progress"):
        raise PublicationError(f"{label}：没有任何进展数据，不能发布")
    present = {row["reporter_id"] for row in result.rows("progress")}
    missing = [result.reporters[reporter_id]["reporter_name"] for reporter_id in _expected(result) - present]
    if missing:
        raise PublicationError(f"{label}：结果中缺少应有的填报单位：{'、'.join(sorted(missing))}；上一版保持不变")


def check_newer(result: ResultSet, last: Vintage | None) -> None:
    """PublicationError when figures known earlier would take the place of figures known later."""
    if last is None or result.as_of >= last.result().as_of:
        return
    label = f"{result.row('programme')['programme_name']} {result.row('period')['period_label']}"
    raise PublicationError(
        f"{label}：第{last.version}版的数据截至 {last.result().as_of:%Y-%m-%d %H:%M}（UTC），比这次的"
        f" {result.as_of:%Y-%m-%d %H:%M} 更晚，较早的数字不能成为新版；如需查看当时的结果，请看当时的版次"
    )


def _expected(result: ResultSet) -> set[str]:
    """Who must appear: who owed a table for the last month; groups are dated, so not simply everyone ever listed."""
    owing = {
        row["reporter_id"]
        for row in result.rows("submission_status")
        if row["period"] == f"{result.row('period')['last_month']:%Y-%m}" and row["reporter_id"] in result.reporters
    }
    everyone = {row["reporter_id"] for row in result.rows("reporters") if row["reporter_kind"] != "city"}
    return owing or everyone
