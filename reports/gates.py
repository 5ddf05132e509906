"""What must hold before anything is published; a refusal is a sentence that says what is missing."""

from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from reports.catalogue import BASES
from reports.errors import PublicationError
from reports.read import ResultSet
from reports.vintage import Vintage

_MOST_NAMED = 10
_REQUIRED = """
    select reporter_id, indicator_id from marts.figures_required where programme_id = ? and period = ?
    order by reporter_id, indicator_id
"""
# Whether a row has what its indicator is ranked by.
_RANKED: dict[str, Callable[[dict[str, Any]], bool]] = {
    "completion": lambda row: row["target_state"] == "set" and row["completion_ratio"] is not None,
    "growth": lambda row: row["yoy_ratio"] is not None,
    "level": lambda row: row["cumulative_value"] is not None,
}


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
    label = _label(result)
    if not is_draft and not result.row("period")["is_ended"]:
        raise PublicationError(f"{label}：这一期在计算截止时点尚未结束，不能发布（可先出征求意见稿）")
    if not result.rows("progress"):
        raise PublicationError(f"{label}：没有任何进展数据，不能发布")
    present = {row["reporter_id"] for row in result.rows("progress")}
    missing = [result.reporters[reporter_id]["reporter_name"] for reporter_id in _expected(result) - present]
    if missing:
        raise PublicationError(f"{label}：结果中缺少应有的填报单位：{'、'.join(sorted(missing))}；上一版保持不变")
    _check_rankings(result, label)


def check_complete(connection: duckdb.DuckDBPyConnection, result: ResultSet) -> None:
    """PublicationError when the result lacks rows that roster × indicators require, whatever was submitted."""
    required = connection.execute(_REQUIRED, [result.programme_id, result.period]).fetchall()
    present = {(row["reporter_id"], row["indicator_id"]) for row in result.rows("progress")}
    missing = [pair for pair in required if pair not in present]
    if missing:
        raise PublicationError(
            f"{_label(result)}：名录×指标应有 {len(required)} 行，结果缺少 {len(missing)} 行："
            f"{_listed([_pair(result, *pair) for pair in missing])}；上一版保持不变。请重新计算后再发布"
        )


def check_newer(result: ResultSet, last: Vintage | None) -> None:
    """PublicationError when figures known earlier would take the place of figures known later."""
    if last is None or result.as_of >= last.result().as_of:
        return
    label = _label(result)
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


def _check_rankings(result: ResultSet, label: str) -> None:
    """Where somebody has a figure that is ranked, there must be a place; the same for scores."""
    placed = {(row["indicator_id"], row["basis"]) for row in result.rows("rankings")}
    unplaced = {
        (row["indicator_id"], basis)
        for row in result.rows("progress")
        if result.reporters[row["reporter_id"]]["reporter_kind"] != "city"
        for basis in result.indicators[row["indicator_id"]]["ranking_bases"].split("|")
        if basis in _RANKED and _RANKED[basis](row)
    } - placed
    empty = [
        f"{result.indicators[indicator_id]['indicator_name']}（{BASES[basis]}）"
        for indicator_id, basis in sorted(unplaced)
    ]
    if result.rows("score_parts") and not result.rows("composite_rankings"):
        empty.append("综合得分")
    if empty:
        raise PublicationError(f"{label}：有数可排而排名是空的：{_listed(empty)}；上一版保持不变。请重新计算后再发布")


def _label(result: ResultSet) -> str:
    return f"{result.row('programme')['programme_name']} {result.row('period')['period_label']}"


def _pair(result: ResultSet, reporter_id: str, indicator_id: str) -> str:
    reporter, indicator = result.reporters.get(reporter_id, {}), result.indicators.get(indicator_id, {})
    return f"{reporter.get('reporter_name', reporter_id)}“{indicator.get('indicator_name', indicator_id)}”"


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:_MOST_NAMED]) + (" 等" if len(names) > _MOST_NAMED else "")
