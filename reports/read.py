"""Reads the one result set that every form of a notice is laid out from."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from reports.errors import NoticeNotFound, VintageError

# A programme may read indicators that another one's tables bring, so what was submitted is looked up by home programme.
_HOMES = """
    select distinct coalesce(home_programme_id, programme_id) from marts.indicators where programme_id = $programme_id
"""
_PERIOD = "programme_id = $programme_id and cadence = $cadence and period = $period"
_MONTHS = f"""
    select strftime(month, '%Y-%m') from (
        select unnest(generate_series(first_month::timestamp, last_month::timestamp, interval 1 month)) as month
        from marts.periods where {_PERIOD}
    )
"""

_SCHEMES = f"select scheme_id from marts.score_parts where {_PERIOD}"

QUERIES: dict[str, str] = {
    "progress": f"""
        select * from marts.indicator_progress where {_PERIOD} order by indicator_id, reporter_id""",
    "rankings": f"""
        select * from marts.indicator_rankings where {_PERIOD}
        order by indicator_id, basis, scope, rank, reporter_id""",
    "city_progress": f"""
        select * from marts.city_progress where {_PERIOD} order by target_id, scope""",
    "composite_rankings": f"""
        select * from marts.composite_rankings where {_PERIOD} order by scope, rank, reporter_id""",
    "score_parts": f"""
        select * from marts.score_parts where {_PERIOD} order by reporter_id, source_period, part_kind, part_id""",
    "movers": f"""
        select * from marts.movers where {_PERIOD} order by scope, reporter_id, explanation_order""",
    "target_ledger": f"""
        select * from marts.target_ledger where {_PERIOD} order by target_id""",
    "clause_ledger": f"""
        select * from marts.clause_ledger where {_PERIOD} order by document_id, clause""",
    "unit_progress": f"""
        select * from marts.unit_progress where {_PERIOD} order by unit_name, unit_id, role""",
    "task_progress": f"""
        select * from marts.task_progress where {_PERIOD} order by task_id, reporter_id""",
    "ledger_items": f"""
        select * from marts.ledger_items where {_PERIOD} order by item_kind, reporter_id, item_key""",
    "return_quality": f"""
        select * from marts.return_quality where {_PERIOD} order by rank, reporter_id""",
    # For the lines over the months: nothing of these is printed as a figure of this period.
    "history": f"""
        select reporter_id, indicator_id, period, value_state, cumulative_value, completion_ratio, light
        from marts.indicator_progress
        where programme_id = $programme_id and cadence = 'monthly_dispatch'
            and left(period, 4) = left((select max(m) from ({_MONTHS}) as months (m)), 4)
            and period <= (select max(m) from ({_MONTHS}) as months (m))
        order by indicator_id, reporter_id, period""",
    "score_history": f"""
        select reporter_id, period, score, rank
        from marts.composite_rankings
        where programme_id = $programme_id and cadence = 'monthly_dispatch' and scope = 'overall'
            and left(period, 4) = left((select max(m) from ({_MONTHS}) as months (m)), 4)
            and period <= (select max(m) from ({_MONTHS}) as months (m))
        order by reporter_id, period""",
    # The marks of the quarters that a year's score is made of, with those who were compared in them and left since.
    "score_sources": f"""
        select * from marts.score_parts
        where programme_id = $programme_id and part_kind = 'indicator' and period != $period
            and period in (select source_period from marts.score_parts where {_PERIOD})
        order by reporter_id, period, part_id""",
    "scoring_schemes": """
        select * from marts.scoring_schemes where programme_id = $programme_id order by scheme_id""",
    "scoring_rules": f"""
        select * from marts.scoring_rules where programme_id = $programme_id and scheme_id in ({_SCHEMES})
        order by scheme_id, indicator_id""",
    "scoring_penalties": f"""
        select * from marts.scoring_penalties where programme_id = $programme_id and scheme_id in ({_SCHEMES})
        order by scheme_id, event""",
    "scoring_roll_ups": f"""
        select * from marts.scoring_roll_ups where programme_id = $programme_id and scheme_id in ({_SCHEMES})
        order by scheme_id, quarter""",
    "grade_bands": f"""
        select * from marts.grade_bands
        where programme_id = $programme_id and cadence = $cadence and scheme_id in ({_SCHEMES})
        order by scheme_id, score_from nulls first""",
    "vetoes": """
        select * from marts.vetoes where programme_id = $programme_id and period = $period order by reporter_id""",
    "submission_status": f"""
        select * from marts.submission_status where programme_id in ({_HOMES}) and period in ({_MONTHS})
        order by period, programme_id, reporter_id""",
    "findings": f"""
        select findings.* from marts.findings
        inner join marts.receipts using (receipt_id)
        where findings.programme_id in ({_HOMES}) and findings.period in ({_MONTHS})
            and receipts.is_counted and findings.severity = '提醒'
        order by findings.period, findings.reporter_id, findings.receipt_id, findings.row_number, findings.cell,
            findings.rule_id, findings.message""",
    # Cumulative figures and place changes rest on every month up to the period's end, not on its own months alone.
    "inputs": f"""
        select status.period, status.reporter_id, receipts.receipt_id, receipts.sha256, receipts.file_name,
            receipts.received_at, receipts.source
        from marts.submission_status as status
        inner join marts.receipts on receipts.receipt_id = status.counted_receipt_id
        where status.programme_id in ({_HOMES}) and status.period <= (select max(m) from ({_MONTHS}) as months (m))
        order by status.period, status.reporter_id, receipts.receipt_id""",
    "restatements": f"""
        select * from marts.restatements
        where programme_id in ({_HOMES}) and period <= (select max(m) from ({_MONTHS}) as months (m))
            and left(period, 4) = left((select max(m) from ({_MONTHS}) as months (m)), 4)
        order by period, reporter_id, indicator_id, received_at""",
    "signed_corrections": f"""
        select * from marts.signed_corrections
        where programme_id in ({_HOMES}) and period <= (select max(m) from ({_MONTHS}) as months (m))
            and left(period, 4) = left((select max(m) from ({_MONTHS}) as months (m)), 4)
        order by period, reporter_id, indicator_id, column_name""",
    "reporters": """
        select * from marts.reporters where programme_id = $programme_id order by display_order, reporter_id""",
    "indicators": """
        select * from marts.indicators where programme_id = $programme_id order by display_order, indicator_id""",
    "light_bands": """
        select * from marts.light_bands where programme_id = $programme_id order by gap_from desc, light""",
    "programme": "select * from marts.programmes where programme_id = $programme_id",
    "period": f"select * from marts.periods where {_PERIOD}",
    "build": "select * from marts.builds",
}


# Vintages published before there was such a table have none.
YOUNGER = {
    "signed_corrections", "composite_rankings", "score_parts", "movers", "target_ledger", "clause_ledger",
    "unit_progress", "task_progress", "ledger_items", "return_quality", "history", "score_history", "restatements",
    "score_sources", "scoring_schemes", "scoring_rules", "scoring_penalties", "scoring_roll_ups", "grade_bands",
    "vetoes",
}  # fmt: skip


@dataclass(frozen=True)
class ResultSet:
    """Everything one notice prints, as ordered Arrow tables by name (the keys of QUERIES)."""

    programme_id: str
    cadence: str
    period: str
    tables: dict[str, pa.Table]

    @cached_property
    def _rows(self) -> dict[str, list[dict[str, Any]]]:
        return {}

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Rows of one table as dictionaries, in frozen order."""
        if name not in self._rows:
            self._rows[name] = self.tables[name].to_pylist()
        return self._rows[name]

    @cached_property
    def _groups(self) -> dict[tuple[str, str], dict[Any, list[dict[str, Any]]]]:
        return {}

    def rows_of(self, name: str, column: str, value: str) -> list[dict[str, Any]]:
        """Rows of one table that have this value in this column, in frozen order."""
        if (name, column) not in self._groups:
            groups: dict[Any, list[dict[str, Any]]] = {}
            for row in self.rows(name):
                groups.setdefault(row.get(column), []).append(row)
            self._groups[name, column] = groups
        return self._groups[name, column].get(value, [])

    def row(self, name: str) -> dict[str, Any]:
        """The only row of a one-row table (programme, period, build)."""
        (row,) = self.rows(name)
        return row

    @cached_property
    def reporters(self) -> dict[str, dict[str, Any]]:
        """Reporters by id, in display order."""
        return {row["reporter_id"]: row for row in self.rows("reporters")}

    @cached_property
    def indicators(self) -> dict[str, dict[str, Any]]:
        """Indicators by id, in display order."""
        return {row["indicator_id"]: row for row in self.rows("indicators")}

    @property
    def as_of(self) -> datetime:
        """The build's as-of, naive UTC."""
        moment: datetime = self.row("build")["as_of_at"]
        return moment

    @property
    def is_sample(self) -> bool:
        """Whether any figure rests on sample data."""
        return any(row["is_sample"] for row in self.rows("progress"))


def read_result(connection: duckdb.DuckDBPyConnection, programme_id: str, cadence: str, period: str) -> ResultSet:
    """The result set of one notice from the marts; NoticeNotFound when the programme has no such period."""
    if programme_id not in programmes_with(connection, cadence, period):
        raise NoticeNotFound(f"方案“{programme_id}”没有“{period}”这一期（{cadence}），请核对方案编号、期号和登记的周期")
    key = {"programme_id": programme_id, "cadence": cadence, "period": period}
    return ResultSet(programme_id, cadence, period, {name: _table(connection, name, key) for name in QUERIES})


def programmes_with(connection: duckdb.DuckDBPyConnection, cadence: str, period: str | None = None) -> list[str]:
    """Ids of the programmes that have notices of this cadence and, if given, cover this period."""
    query = """
        select distinct programme_id from marts.periods
        where
            cadence = $cadence and cadence_label is not null and (period = $period or $period is null)
        order by programme_id
    """
    rows = connection.execute(query, {"cadence": cadence, "period": period}).fetchall()
    return [programme_id for (programme_id,) in rows]


def save_result(result: ResultSet, folder: Path) -> None:
    """Freeze the result set: one parquet file a table, rows in the order of the query."""
    folder.mkdir(parents=True)
    for name, table in result.tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def load_result(folder: Path, programme_id: str, cadence: str, period: str) -> ResultSet:
    """A frozen result set, as it was published; VintageError when a table is missing."""
    there = {name for name in QUERIES if (folder / f"{name}.parquet").is_file()}
    missing = [name for name in QUERIES if name not in there | YOUNGER]
    if missing:
        raise VintageError(f"{folder} 缺少冻结的结果表：{'、'.join(missing)}")
    tables = {name: pq.ParquetFile(folder / f"{name}.parquet").read() for name in QUERIES if name in there}
    return ResultSet(programme_id, cadence, period, {name: pa.table({}) for name in YOUNGER - there} | tables)


def _table(connection: duckdb.DuckDBPyConnection, name: str, key: dict[str, str]) -> pa.Table:
    query = QUERIES[name]
    return connection.execute(query, {k: v for k, v in key.items() if f"${k}" in query}).to_arrow_table()
