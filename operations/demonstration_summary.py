"""The short summary at the end of the demonstration: received, returned, late; the ranking; the tasks; where each
notice lies."""

from typing import Any, NamedTuple

import duckdb
from rich.console import Console
from rich.table import Table

from ingestion.periods import CADENCES
from ingestion.settings import Settings
from reports.catalogue import ILLUSTRATIVE_MARK, SAMPLE_STATEMENT
from reports.figures import percent
from reports.vintage import latest_manifest

_VERDICTS = {"accepted": "接受", "returned": "退回", "repeated": "重复"}
_TASK_STATES = {
    "finished": "已完成",
    "moving": "推进中",
    "not_started": "未启动",
    "lagging": "滞后",
    "not_reported": "未报送",
}
_LACKS = {
    "迟报": "is_late",
    "至今未报": "status in ('not_submitted', 'overdue', 'returned')",
}


class Notice(NamedTuple):
    """One notice of one programme; the cadence is the DAG's id."""

    programme_id: str
    cadence: str
    period: str

    def __str__(self) -> str:
        """As the summary names it."""
        return f"{self.programme_id} {self.cadence} {self.period}"


def newest_versions(notices: list[Notice]) -> dict[Notice, int]:
    """The newest vintage's number of every notice that was published."""
    manifests = {n: latest_manifest(n.programme_id, n.period, n.cadence) for n in notices}
    return {notice: int(manifest["version"]) for notice, manifest in manifests.items() if manifest}


def print_summary(
    console: Console, settings: Settings, notices: list[Notice], before: dict[Notice, int], month: str
) -> None:
    """Prints it; `before` are the versions before the correction of `month`."""
    with duckdb.connect(str(settings.analyst_file), read_only=True) as connection:
        _print_receipts(console, connection, month)
        for programme_id in dict.fromkeys(notice.programme_id for notice in notices):
            _print_ranking(console, connection, programme_id, month)
        _print_tasks(console, connection, month)
        titles = _titles(connection)
    after = newest_versions(notices)
    _print_revision(console, titles, before, after)
    _print_places(console, settings, after)


def _print_receipts(console: Console, connection: duckdb.DuckDBPyConnection, month: str) -> None:
    """What came in, and what of the year's tables did not or was late."""
    verdicts = dict(_rows(connection, "select verdict, count(*) from marts.receipts group by 1 order by 1"))
    received = "、".join(f"{_VERDICTS[verdict]} {count} 个" for verdict, count in verdicts.items())
    console.print(f"\n收到文件 {sum(verdicts.values())} 个：{received}", style="bold")
    for (file_name,) in _rows(connection, "select file_name from marts.receipts where verdict = 'returned' order by 1"):
        console.print(f"  退回：{file_name}，原因标在 returned/ 下退回的表里", highlight=False)
    months = f"{month[:4]}-%"
    query = "select count(*) from marts.submission_status where status != 'not_due' and period like ?"
    console.print(f"应报 {_rows(connection, query, [months])[0][0]} 份表", style="bold")
    for label, condition in _LACKS.items():
        lacking = _rows(
            connection,
            f"""
            select reporter_name || ' ' || period || ' ' || programme_name from marts.submission_status
            inner join marts.reporters using (programme_id, reporter_id)
            inner join marts.programmes using (programme_id)
            where {condition} and period like ? order by period, display_order, programme_name
            """,
            [months],
        )
        console.print(f"  {label} {len(lacking)} 份：{'、'.join(name for (name,) in lacking) or '无'}", highlight=False)


def _print_ranking(console: Console, connection: duckdb.DuckDBPyConnection, programme_id: str, month: str) -> None:
    rows = _rows(
        connection,
        """
        select
            reporters.reporter_name, indicators.indicator_name, rankings.rank, rankings.ranked_count,
            rankings.ranked_value, indicators.ratio_decimals, progress.is_illustrative
        from marts.indicator_rankings as rankings
        inner join marts.reporters using (programme_id, reporter_id)
        inner join marts.indicators using (programme_id, indicator_id)
        inner join marts.indicator_progress as progress using (programme_id, reporter_id, indicator_id, period, cadence)
        where
            programme_id = ? and home_programme_id = programme_id
            and period = ? and cadence = 'monthly_dispatch'
            and scope = 'overall' and basis = 'completion'
        order by indicators.display_order, rankings.rank, reporters.display_order
        """,
        [programme_id, month],
    )
    if not rows:  # a programme that only reads indicators of others has no ranking of its own to show
        return
    name, label = _rows(
        connection,
        """
        select programmes.programme_name, periods.period_label
        from marts.programmes inner join marts.periods using (programme_id)
        where programme_id = ? and periods.period = ? and periods.cadence = 'monthly_dispatch'
        """,
        [programme_id, month],
    )[0]
    cells: dict[str, dict[str, str]] = {}
    for reporter, indicator, rank, ranked_count, value, decimals, is_illustrative in rows:
        mark = ILLUSTRATIVE_MARK if is_illustrative else ""
        cells.setdefault(reporter, {})[indicator] = f"{rank:>2}/{ranked_count} {percent(value, decimals).text}{mark}"
    indicators = list(dict.fromkeys(row[1] for row in rows))
    table = Table(title=f"{name} {label} 完成率位次", title_justify="left")
    for heading in ("填报单位", *indicators):
        table.add_column(heading, overflow="fold")
    for reporter, values in cells.items():
        table.add_row(reporter, *(values.get(indicator, "—") for indicator in indicators))
    console.print(table)
    console.print(f"标“{ILLUSTRATIVE_MARK}”的，其目标为演示用的拆分。{SAMPLE_STATEMENT}", style="dim", markup=False)


def _print_tasks(console: Console, connection: duckdb.DuckDBPyConnection, month: str) -> None:
    """How the tasks stand by the word of who is asked for them, and which of them lag for how long and why."""
    counts = ", ".join(f"count_if(task_state = '{state}')" for state in _TASK_STATES)
    for programme_name, *by_state in _rows(
        connection,
        f"""
        select programme_name, {counts} from marts.task_progress inner join marts.programmes using (programme_id)
        where is_asked and period = ? group by programme_name order by programme_name
        """,
        [month],
    ):
        parts = "，".join(f"{label} {count}" for label, count in zip(_TASK_STATES.values(), by_state, strict=True))
        console.print(f"\n{programme_name} {month} 任务（一单位一任务计一项）：{parts}", style="bold", soft_wrap=True)
    lagging = _rows(
        connection,
        """
        select reporter_name, task, days_without_movement, problem
        from marts.task_progress inner join marts.reporters using (programme_id, reporter_id)
        where task_state = 'lagging' and period = ? order by days_without_movement desc, task_id, display_order
        """,
        [month],
    )
    for reporter_name, task, days, problem in lagging:
        console.print(f"  滞后：{reporter_name} {task}，{days} 天没有变化；{problem}", highlight=False, soft_wrap=True)


def _print_revision(
    console: Console, titles: dict[Notice, str], before: dict[Notice, int], after: dict[Notice, int]
) -> None:
    changed = [notice for notice in after if after[notice] != before.get(notice)]
    console.print(f"\n更正之后出新版次的通报 {len(changed)} 份：", style="bold")
    for notice in changed:
        manifest = latest_manifest(notice.programme_id, notice.period, notice.cadence) or {}
        moved = sum(change["field"] == "rank" for change in manifest.get("changes", []))
        versions = f"v{before.get(notice, 0)} → v{after[notice]}"
        console.print(f"  {titles[notice]}：{versions}，{moved} 处位次变动", highlight=False, soft_wrap=True)
    console.print(f"数字没有变化、版次不变的 {len(after) - len(changed)} 份。", style="bold")


def _titles(connection: duckdb.DuckDBPyConnection) -> dict[Notice, str]:
    """What people call each notice."""
    rows = _rows(
        connection,
        """
        select programme_id, cadence, period, programme_name || ' ' || period_label || ' ' || cadence_label
        from marts.periods inner join marts.programmes using (programme_id)
        """,
    )
    return {Notice(programme_id, cadence, period): title for programme_id, cadence, period, title in rows}


def _print_places(console: Console, settings: Settings, versions: dict[Notice, int]) -> None:
    forms = "notice.html、notice.xlsx、notice.docx 和 notice.pdf"
    console.print(f"\n通报在 {settings.published} 下，每份有 {forms}：", style="bold", soft_wrap=True)
    rank = list(CADENCES).index
    folders: dict[str, list[str]] = {}
    for notice, version in sorted(versions.items(), key=lambda item: (rank(item[0].cadence), item[0].period, item[0])):
        folders.setdefault(notice.period, []).append(f"{notice.programme_id}-{notice.cadence}/v{version}")
    for period, names in folders.items():
        console.print(f"  {period}/  {'  '.join(names)}", highlight=False, soft_wrap=True)
    console.print(f"分析用数据库：{settings.analyst_file}", soft_wrap=True)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    return connection.execute(query, values or []).fetchall()
