"""The findings of one period as a page, read from the analysts' snapshot."""

from pathlib import Path
from typing import Any

import duckdb

from operations.pages import environment

MOST_ROWS = 1000
# A file that could not be read has findings without a period.
_NO_PERIOD = "未知"
_PERIODS = """
    select coalesce(period, $none) as period, count(*) as finding_count
    from snapshot.marts.findings as findings group by findings.period order by findings.period desc nulls last
"""
_FINDINGS = """
    select
        coalesce(reporters.reporter_name, findings.reporter_id) as reporter, findings.file_name, findings.severity,
        findings.rule_id, findings.sheet, coalesce(findings.cell, findings.column_label) as place, findings.found,
        findings.expected, findings.message, findings.explanation, findings.waived_by, findings.waiver_reason
    from snapshot.marts.findings as findings
    left join snapshot.marts.reporters as reporters using (programme_id, reporter_id)
    where coalesce(findings.period, $none) = $period
    order by (findings.severity = '退回') desc, reporter, findings.file_name, findings.sheet, findings.row_number,
        findings.rule_id, place, findings.message
    limit $most
"""


def render_findings(analyst_file: Path, period: str = "") -> str:
    """The page of a period, the newest one that has findings when none is given; says so where nothing was built yet.

    Opens the snapshot for this page only, so that the next page sees the next build.
    """
    periods, rows, chosen = [], [], period
    if analyst_file.is_file():
        with duckdb.connect() as connection:
            quoted = str(analyst_file).replace("'", "''")
            connection.execute(f"attach '{quoted}' as snapshot (read_only)")
            periods = _rows(connection, _PERIODS, {"none": _NO_PERIOD})
            chosen = period or (str(periods[0]["period"]) if periods else "")
            values = {"none": _NO_PERIOD, "period": chosen, "most": MOST_ROWS}
            rows = _rows(connection, _FINDINGS, values)
    counts = {found["period"]: found["finding_count"] for found in periods}
    return (
        environment()
        .get_template("findings.html.j2")
        .render(
            periods=periods,
            chosen=chosen,
            count=counts.get(chosen, 0),
            rows=rows,
            is_built=analyst_file.is_file(),
            most=MOST_ROWS,
        )
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    result = connection.execute(query, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
