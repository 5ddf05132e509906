"""How long a notice takes to lay out and read back: `python benchmarks/notice.py`, or `make bench-notice`.

A made-up result set (places with ties, blanks, zeros, tasks, marks, months) is written into a small warehouse whose
marts have the columns that the dbt contracts promise, read as any notice is, printed in all four forms and read back.
Each size runs in a process of its own, which gives its peak memory, imports included. Set against it, in the same
process, is xlsxwriter alone writing as many numbers as the notice's workbook has cells. Processor seconds are printed
beside those of the clock, as other work on the machine touches these less. Sizes by options.
"""

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import xlsxwriter
import yaml

from ingestion.settings import ROOT
from reports.notice import Edition, compose
from reports.publish import forms_of
from reports.read import read_result
from reports.read_back import check_forms
from reports.sheet_plan import plan_of

PROGRAMME, CADENCE, PERIOD, MONTH = "bench", "monthly_dispatch", "2021-09", 9
MONTH_LIMIT_SECONDS, MANY_LIMIT_SECONDS, MANY_LIMIT_GIB = 10, 120, 2.0
CITY, GROUP_SIZE, TASKS_EACH = "city", 8, 8


@dataclass(frozen=True)
class Size:
    """How many reporters and indicators."""

    reporters: int
    indicators: int


def create_warehouse(path: Path, size: Size) -> None:
    """Marts of one programme: every column of the contracts, rows from a formula and never from chance."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for contract in sorted((ROOT / "dbt_project/models/marts").glob("_*__models.yml")):
            for model in yaml.safe_load(contract.read_text(encoding="utf-8"))["models"]:
                columns = ", ".join(f"{column['name']} {column['data_type']}" for column in model["columns"])
                connection.execute(f"create table marts.{model['name'].removeprefix('dim_')} ({columns})")
        for mart, query in _queries(size).items():
            connection.execute(f"insert into marts.{mart} by name {query}")


def _queries(size: Size) -> dict[str, str]:
    key = f"'{PROGRAMME}' as programme_id, '{PERIOD}' as period, '{CADENCE}' as cadence"
    value = "((reporter * 37 + indicator * 101) % 400) * month / 4"
    reporters, indicators = f"range({size.reporters}) as r (reporter)", f"range({size.indicators}) as i (indicator)"
    measured = f"""
        select
            reporter, indicator, month, {value} as value, {value} / (100 + indicator) as completion,
            (reporter + indicator + month) % 41 = 0 as is_blank
        from {reporters}, {indicators}, range(1, {MONTH + 1}) as m (month)
    """
    ranked = f"""
        select 'r' || reporter as reporter_id, 'i' || indicator as indicator_id, reporter // {GROUP_SIZE} as area,
            completion, month
        from ({measured}) where not is_blank and month = {MONTH}
    """
    return {
        "builds": "select repeat('0', 64) as registry_sha256, 'bench' as fingerprint, "
        "timestamp '2021-10-20 04:00:00' as as_of_at, timestamp '2021-10-20 04:00:00' as effective_as_of_at",
        "programmes": f"select '{PROGRAMME}' as programme_id, '量测方案' as programme_name, 'doc' as document_id, "
        "'量〔2021〕1号' as document_number, '量测实施方案' as document_title",
        "periods": f"select {key}, '月调度' as cadence_label, '2021年9月' as period_label, "
        "0.75 as time_progress_ratio, true as is_ended, date '2021-09-01' as first_month, "
        "date '2021-09-01' as last_month, date '2021-09-30' as last_date",
        "light_bands": f"""
            select '{PROGRAMME}' as programme_id, * from (values
                ('green', '达到序时进度', '#2e7d32', 0, null, '量测'), ('yellow', '略低', '#f9a825', -0.1, 0, '量测'),
                ('red', '低', '#c62828', null, -0.1, '量测')
            ) as bands (light, label, colour, gap_from, gap_to, source)""",
        "reporters": f"""
            select '{PROGRAMME}' as programme_id, 'r' || reporter as reporter_id, '第' || (reporter + 1) || '区' as
                reporter_name, 'district' as reporter_kind, 'g' || (reporter // {GROUP_SIZE}) as group_id,
                '第' || (reporter // {GROUP_SIZE} + 1) || '类' as group_name,
                reporter // {GROUP_SIZE} as group_display_order, reporter as display_order
            from {reporters}
            union all by name
            select '{PROGRAMME}' as programme_id, '{CITY}' as reporter_id, '全市' as reporter_name,
                'city' as reporter_kind, {size.reporters} as display_order""",
        "indicators": f"""
            select '{PROGRAMME}' as programme_id, 'i' || indicator as indicator_id,
                '第' || (indicator + 1) || '项指标' as indicator_name, 'increment' as kind, '家' as unit,
                'higher' as direction, 'sum' as city_method, 'district' as supplier_kind, 'month' as frequency,
                'linear' as pace_rule, 'completion' as ranking_bases, '{PROGRAMME}' as home_programme_id,
                0 as decimals, 1 as ratio_decimals, indicator as display_order
            from {indicators}""",
        "indicator_progress": f"""
            select '{PROGRAMME}' as programme_id, '{CADENCE}' as cadence, '2021-0' || month as period,
                'r' || reporter as reporter_id, 'i' || indicator as indicator_id, 'set' as target_state,
                if(is_blank, 'not_submitted', if(value = 0, 'zero', 'reported')) as value_state,
                if(is_blank, null, if(completion >= month / 12, 'green', 'red')) as light,
                if(is_blank, null, value / month) as month_value, if(is_blank, null, value) as cumulative_value,
                value / 2 + 1 as same_period_value, if(is_blank, null, value / (value / 2 + 1) - 1) as yoy_ratio,
                100 + indicator as target_value, if(is_blank, null, completion) as completion_ratio,
                month / 12 as time_progress_ratio, if(is_blank, null, completion - month / 12) as progress_gap,
                if(is_blank, null, greatest(100 + indicator - value, 0) / 3) as needed_per_month,
                completion > 0.5 as is_reachable, false as is_illustrative, true as is_sample
            from ({measured})
            union all by name
            select '{PROGRAMME}' as programme_id, '{CADENCE}' as cadence, '2021-0' || month as period,
                '{CITY}' as reporter_id, 'i' || indicator as indicator_id, 'no_target' as target_state,
                'reported' as value_state, sum(value) as cumulative_value, count(*) as reported_count,
                count(*) as expected_count, false as is_illustrative, true as is_sample
            from ({measured}) group by indicator, month""",
        "indicator_rankings": f"""
            with ranked as ({ranked}), scopes as (
                select *, 'overall' as scope from ranked union all select *, 'g' || area as scope from ranked
            )
            select {key}, scope, indicator_id, 'completion' as basis, reporter_id, completion as ranked_value,
                rank() over ranking as rank, count(*) over everybody as ranked_count,
                count(*) over everybody as reporter_count, area % 3 - 1 as rank_change,
                lag(completion) over ranking - completion as margin_above,
                completion - lead(completion) over ranking as margin_below
            from scopes
            window ranking as (partition by scope, indicator_id order by completion desc),
                everybody as (partition by scope, indicator_id)""",
        "composite_rankings": f"""
            with scores as (
                select reporter_id, area, sum(completion) as score from ({ranked}) group by reporter_id, area
            ), scopes as (
                select *, 'overall' as scope from scores union all select *, 'g' || area as scope from scores
            )
            select {key}, scope, reporter_id, 'scheme' as scheme_id, score,
                rank() over ranking as rank, count(*) over (partition by scope) as ranked_count,
                count(*) over (partition by scope) as reporter_count, 1 as rank_change, 0.5 as score_change,
                lag(score) over ranking - score as margin_above, score - lead(score) over ranking as margin_below
            from scopes window ranking as (partition by scope order by score desc)""",
        "score_parts": f"""
            select {key}, reporter_id, 'scheme' as scheme_id, '{PERIOD}' as source_period, indicator_id as part_id,
                'indicator' as part_kind, indicator_id, 'rule' as rule_id, 'completion' as basis,
                'scored' as part_state, 1 as full_weight, 1 as weight, completion as measured_value,
                least(completion, 1) as mark_share, least(completion, 1) as mark, 0 as bonus, 0 as penalty,
                least(completion, 1) as points
            from ({ranked})""",
        "task_progress": f"""
            select {key}, 'r' || reporter as reporter_id, 't' || task as task_id, 'doc' as document_id,
                '一' as clause, '第' || (task + 1) || '项任务，按月推进' as task, true as is_asked,
                'moving' as task_state, '推进中' as status, 1 as status_position, false as is_final,
                '2021-03' as status_since, '{PERIOD}' as reported_in, true as is_reported_in_period,
                30 as days_without_movement, '本月按计划推进' as progress, '{PERIOD}' as texts_reported_in,
                true as is_sample
            from {reporters}, range({TASKS_EACH}) as t (task)""",
        "return_quality": f"""
            select {key}, 'r' || reporter as reporter_id, 1 as owed_count, 1 as on_time_count, 0 as late_count,
                0 as missing_count, 0 as days_late, 0 as returned_count, 0 as return_finding_count,
                reporter % 3 as reminder_count, {size.indicators} as row_count, 0 as error_ratio,
                0 as restated_month_count, 0 as restated_figure_count, 1 as rank,
                {size.reporters} as ranked_count
            from {reporters}""",
        "submission_status": f"""
            select '{PROGRAMME}' as programme_id, '{PERIOD}' as period, 'r' || reporter as reporter_id,
                'submitted' as status, 'R' || reporter as counted_receipt_id, 1 as version_count,
                0 as returned_count, false as is_late, timestamp '2021-10-10 16:00:00' as due_at,
                timestamp '2021-10-08 01:00:00' as first_received_at,
                timestamp '2021-10-08 01:00:00' as first_accepted_at
            from {reporters}""",
        "receipts": f"""
            select 'R' || reporter as receipt_id, 'r' || reporter || '/2021-09.xlsx' as file_name,
                repeat('0', 64) as sha256, 'inbox' as source, 'accepted' as verdict, true as is_counted,
                timestamp '2021-10-08 01:00:00' as received_at
            from {reporters}""",
        "findings": f"""
            select 'R' || reporter as receipt_id, 'r' || reporter || '/2021-09.xlsx' as file_name,
                '{PROGRAMME}' as programme_id, 'r' || reporter as reporter_id, '{PERIOD}' as period,
                'i' || (reporter % {size.indicators}) as indicator_id, 'SUB-010' as rule_id, '提醒' as severity,
                '指标' as sheet, 6 as row_number, '增速(%)' as column_label, 'F6' as cell, '88' as found,
                '5.25' as expected, '填报的增速与按累计数算得的不一致。' as message, '口径已调整' as explanation,
                true as is_explained
            from {reporters} where reporter % 3 = 0""",
        "city_progress": f"""
            select {key}, 'target' || indicator as target_id, '量〔2021〕1号' as document_number, '一' as clause,
                'i' || indicator as indicator_id, 'city' as scope, '>=' as comparator, 1000 as target_value,
                '家' as unit, false as is_approximate, 900 as actual_value, 0.9 as completion_ratio,
                false as is_met, 1 as reported_count, 1 as expected_count, 'reported' as value_state,
                'set' as target_state
            from {indicators}""",
        "target_ledger": f"""
            select {key}, 'target' || indicator as target_id, 'doc' as document_id, '一' as clause,
                'i' || indicator as indicator_id, '牵头单位' as lead_units, '责任单位' as responsible_units,
                'lagging' as target_standing
            from {indicators}""",
    }


def seconds_of_cells(count: int) -> float:
    """What xlsxwriter alone takes for as many numbers, fifty to a row."""
    started = time.monotonic()
    with xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        look = book.add_format({"border": 1, "num_format": "0.0%"})
        for position in range(count):
            sheet.write_number(position // 50, position % 50, position / 7, look)
    return time.monotonic() - started


def measure(size: Size) -> dict[str, float]:
    """Seconds of the steps by name, peak memory in GiB, cells of the workbook."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "pipeline.duckdb"
        create_warehouse(warehouse, size)
        started, processor = time.monotonic(), time.process_time()
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            result = read_result(connection, PROGRAMME, CADENCE, PERIOD)
    notice = compose(result, Edition(1))
    found["laid out"] = time.monotonic() - started
    forms = forms_of(notice, result)
    found["four forms"] = time.monotonic() - started - found["laid out"]
    check_forms(notice, forms)
    found |= {"all": time.monotonic() - started, "processor": time.process_time() - processor}
    found["read back"] = found["all"] - found["four forms"] - found["laid out"]
    found["GiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    cells = sum(len(table.rows) * len(table.columns) for sheet in plan_of(notice) for table in sheet.tables)
    return found | {"cells": cells, "reference": seconds_of_cells(cells)}


def in_own_process(size: Size) -> dict[str, float]:
    """The same, measured by itself."""
    command = [sys.executable, __file__, "--one", str(size.reporters), str(size.indicators)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def show(size: Size, measured: dict[str, float], limit: str) -> None:
    """One size's figures with their limit."""
    print(
        f"{size.reporters:,} reporters x {size.indicators} indicators, {measured['cells']:,.0f} cells in the workbook"
    )
    steps = "  ".join(f"{name} {measured[name]:.1f} s" for name in ("laid out", "four forms", "read back"))
    ratio = measured["all"] / measured["reference"]
    print(f"  {steps}")
    both = f"{measured['all']:.1f} s (processor {measured['processor']:.1f} s)"
    print(f"  all {both}, {measured['GiB']:.2f} GiB  ({limit})")
    print(f"  {ratio:.1f} x xlsxwriter writing as many numbers ({measured['reference']:.1f} s)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--many", type=int, default=2844, help="reporters of the large notice")
    parser.add_argument("--indicators", type=int, default=60, help="indicators of the month of sixteen reporters")
    parser.add_argument("--many-indicators", type=int, default=12, help="indicators of the large notice")
    parser.add_argument("--one", type=int, nargs=2, metavar=("REPORTERS", "INDICATORS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(Size(*options.one))))
        return
    month, many = Size(16, options.indicators), Size(options.many, options.many_indicators)
    show(month, in_own_process(month), f"limit {MONTH_LIMIT_SECONDS} s")
    show(many, in_own_process(many), f"limits {MANY_LIMIT_SECONDS} s, {MANY_LIMIT_GIB:.0f} GiB")


if __name__ == "__main__":
    main()
