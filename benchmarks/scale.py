"""How the models hold at full size: `python benchmarks/scale.py`, or `make bench-scale`, from a set-up clone.

A registry and its submissions are made inside DuckDB, always the same ones: ties, blanks, zeros, negatives, months
without a table. Timed in one run, process start included: the same rows of indicator_progress and indicator_rankings by
hand-written SQL (scale_reference.sql), a whole `dbt build` with its data tests, and, after the last month was taken out
and built without, the build that adds it again, whose result is compared with the whole build's cell by cell. Ratios
are of wall-clock seconds; the seconds of processor time are printed beside them, as other work on the machine touches
these less. Smaller sizes by options: a tenth is `--indicators 20`.
"""

import argparse
import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import psutil

from ingestion.settings import ROOT

REFERENCE_LIMIT, MONTH_LIMIT, GROWTH_LIMIT, MEMORY_LIMIT_GIB = 3.0, 0.25, 12.0, 12.0
FIRST_YEAR, GROUPS, SCORED, PROGRAMME, DOCUMENT, CITY = 2017, 4, 10, "scale", "scale_document", "city"
CADENCES = ("monthly_dispatch", "bimonthly_exchange", "quarterly_summary", "half_year_review", "annual_assessment")
# For DuckDB, in both; a process holds somewhat more than that.
MEMORY = "9GB"
AS_BY_HAND = {
    "marts.indicator_progress": "main.indicator_progress",
    "marts.indicator_rankings": "main.indicator_rankings",
}
AS_REBUILT = {
    name: name for name in ("intermediate.int_progress_measured", "marts.indicator_rankings", "marts.city_progress")
}


@dataclass(frozen=True)
class Size:
    """How many of everything."""

    reporters: int
    indicators: int
    years: int

    @property
    def value_count(self) -> int:
        """Rows that could be reported."""
        return self.reporters * self.indicators * self.years * 12


@dataclass(frozen=True)
class Timed:
    """Wall-clock and processor seconds, and the most memory that a command and its children held at one time."""

    seconds: float
    processor_seconds: float
    peak_gib: float


def timed(command: list[str], folder: Path, environment: dict[str, str]) -> Timed:
    """Run a command that must succeed; its memory is sampled ten times a second."""
    started, used_before = time.monotonic(), _processor_seconds()
    process = subprocess.Popen(command, cwd=folder, env=os.environ | environment)
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    returned = process.wait()
    elapsed, used = time.monotonic() - started, _processor_seconds() - used_before
    watcher.join()
    if returned:
        raise SystemExit(f"{' '.join(command)} failed ({returned})")
    return Timed(elapsed, used, peak[0] / 2**30)


def _processor_seconds() -> float:
    """Of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _watch(pid: int, peak: list[int]) -> None:
    while True:
        try:
            parent = psutil.Process(pid)
            held = sum(process.memory_info().rss for process in (parent, *parent.children(recursive=True)))
        except psutil.NoSuchProcess:
            return
        if not held:
            return
        peak[0] = max(peak[0], held)
        time.sleep(0.1)


def write_registry(folder: Path, size: Size) -> None:
    """A registry of one programme: groups, indicators of three kinds in both directions, yearly targets, a scheme."""
    from ingestion.registry_skeleton import write_skeleton

    write_skeleton(folder)
    years = range(FIRST_YEAR, FIRST_YEAR + size.years)
    scored = [number for number in range(size.indicators) if number % 10 == 3][:SCORED]
    source = "示例"
    tables: dict[str, Iterator[dict[str, object]] | list[dict[str, object]]] = {
        "documents": [
            {"document_id": DOCUMENT, "number": "示例〔2017〕1号", "title": "示例文件", "issuer": source,
             "issued_date": f"{FIRST_YEAR}-01-01", "status": "有效", "is_scored": "true"},
        ],
        "clauses": [{"document_id": DOCUMENT, "clause": "一"}],
        "programmes": [
            {"programme_id": PROGRAMME, "programme_name": "示例方案", "document_id": DOCUMENT,
             "starts_on": f"{years[0]}-01-01", "ends_on": f"{years[-1]}-12-31", "reporter_kind": "district",
             "city_reporter_id": CITY, "purpose": source},
        ],
        "programme_cadences": [
            {"programme_id": PROGRAMME, "cadence": cadence, "reporter_kind": "district", "label": source,
             "clause": "一"}
            for cadence in CADENCES
        ],
        "reporting_calendar": [
            {"programme_id": PROGRAMME, "due_workdays": 7, "no_new_workdays": 30, "no_edits_workdays": 60,
             "publish_workdays": 10, "source": source},
        ],
        "measures": [{"unit": "家", "base_unit": "家", "factor": 1}, {"unit": "%", "base_unit": "%", "factor": 1}],
        "reporter_groups": [
            {"programme_id": PROGRAMME, "group_id": f"group_{n}", "group_name": f"第{n}组", "is_ranked": "true",
             "display_order": n, "source": source}
            for n in range(GROUPS)
        ],
        "reporters": [
            {"reporter_id": CITY, "reporter_name": "全市", "reporter_kind": "city", "display_order": 0,
             "source": source},
            *({"reporter_id": _reporter(n), "reporter_name": f"单位{n}", "reporter_kind": "district",
               "display_order": n + 1, "source": source} for n in range(size.reporters)),
        ],
        "reporter_group_members": [
            {"programme_id": PROGRAMME, "group_id": f"group_{n % GROUPS}", "reporter_id": _reporter(n)}
            for n in range(size.reporters)
        ],
        "light_bands": [
            {"programme_id": PROGRAMME, "light": light, "label": light, "colour": colour, "gap_from": low,
             "gap_to": high, "source": source}
            for light, colour, low, high in (
                ("green", "#2e7d32", 0, ""), ("yellow", "#f9a825", -0.1, 0), ("red", "#c62828", "", -0.1)
            )
        ],
        "pace_rules": [
            {"pace_rule": "linear", "pace_name": source, "month": month, "share_numerator": month,
             "share_denominator": 12, "source": source}
            for month in range(1, 13)
        ],
        "scoring_rules": [
            {"rule_id": "completion", "rule_name": source, "rule_kind": "proportional", "basis": "completion",
             "highest_share": 1.2, "lowest_share": 0, "target_at_most_zero": "met", "source": source},
        ],
        "scoring_schemes": [
            {"scheme_id": "annual", "programme_id": PROGRAMME, "scheme_name": source,
             "cadences": "half_year_review|annual_assessment", "total_weight": 100, "score_decimals": 2,
             "no_target_rule": "rescale", "source": source},
        ],
        "scoring_weights": [
            {"scheme_id": "annual", "indicator_id": f"indicator_{n:03d}", "weight": 100 // len(scored),
             "rule_id": "completion"}
            for n in scored
        ],
        "scoring_penalties": [
            {"scheme_id": "annual", "event": "late", "event_name": source, "points": 0.5, "most_points": 3,
             "source": source},
        ],
        "indicators": [_indicator(n) for n in range(size.indicators)],
        "programme_indicators": [
            {"programme_id": PROGRAMME, "indicator_id": _indicator(n)["indicator_id"], "is_required": "true",
             "ranking_bases": _basis(n), "display_order": n}
            for n in range(size.indicators)
        ],
        "targets": [target for n in range(size.indicators) for year in years for target in _targets(n, year)],
        "target_splits": [
            {"target_id": f"target_{n}_{year}", "reporter_id": _reporter(reporter),
             "value": 60 + (reporter * 7 + n) % 240, "is_illustrative": "true", "source": source}
            for n in range(size.indicators) if _is_split(n) for year in years for reporter in range(size.reporters)
        ],
    }  # fmt: skip
    for table, rows in tables.items():
        path = folder / f"{table}.csv"
        with path.open(newline="", encoding="utf-8") as file:
            header = next(csv.reader(file))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _reporter(number: int) -> str:
    return f"reporter_{number:04d}"


def _kind(number: int) -> str:
    return ("rate", "level")[number % 10] if number % 10 < 2 else "increment"


def _basis(number: int) -> str:
    """Three of ten aren't measured by a target, and are ranked on what they are or how they grow."""
    return {0: "level", 1: "growth", 2: "growth"}.get(number % 10, "completion")


def _is_split(number: int) -> bool:
    return number % 20 == 3


def _is_undivided(number: int) -> bool:
    return number % 20 == 5


def _indicator(number: int) -> dict[str, object]:
    kind = _kind(number)
    return {
        "indicator_id": f"indicator_{number:03d}", "indicator_name": f"示例指标{number}", "kind": kind,
        "unit": "%" if kind == "rate" else "家", "direction": "lower" if number % 20 == 10 else "higher",
        "decimals": 1 if kind == "rate" else 0, "ratio_decimals": 1, "is_non_negative": "false",
        "city_method": "reported" if kind == "rate" else "sum", "supplier_kind": "district", "frequency": "month",
        "pace_rule": "linear" if kind == "increment" else "none", "home_programme_id": PROGRAMME, "definition": "示例",
        "source": "示例",
    }  # fmt: skip


def _targets(number: int, year: int) -> list[dict[str, object]]:
    """The city's figure, split among all or not, or what each member of a group owes; here and there an upper limit."""
    if _basis(number) != "completion":
        return []
    common: dict[str, object] = {
        "document_id": DOCUMENT, "clause": "一", "indicator_id": f"indicator_{number:03d}",
        "comparator": "<=" if number % 20 == 14 else ">=", "unit": "家", "period": year, "is_approximate": "false",
        "is_scored": "true",
    }  # fmt: skip
    if _is_split(number) or _is_undivided(number):
        return [common | {"target_id": f"target_{number}_{year}", "value_low": 500_000, "scope": "city"}]
    return [
        common
        | {"target_id": f"target_{number}_{year}_{group}", "value_low": 80 + 40 * group, "scope": f"each:group_{group}"}
        for group in range(GROUPS)
    ]


# One table a reporter and month. A cumulative is a straight line with noise, so that its months are differences, now
# and then below zero; 1 row in 97 is blank, 1 in 31 has only its month, 1 in 29 only its cumulative; small numbers make
# ties.
_SUBMIT = """
    create or replace temp table sent as
    select
        reporter_number, month_number, strftime(month_date, '%Y-%m') as period, month_date,
        printf('reporter_%04d', reporter_number) as reporter_id,
        printf('{programme}-%s-%04d', strftime(month_date, '%Y-%m'), reporter_number) as table_id,
        month_date + interval 1 month + interval (hash(reporter_number, month_number, 1) % 8) day as received_at
    from
        range({reporters}) as reporters(reporter_number),
        (
            select number as month_number, (date '{first_year}-01-01' + to_months(number::integer))::date as month_date
            from range({first}, {last}) as months(number)
        )
    where hash(reporter_number, month_number) % 211 != 0;
    insert into raw.receipts by name
    select
        table_id as receipt_id, sha256(table_id) as sha256, table_id || '.csv' as file_name,
        reporter_id as folder_name, reporter_id as folder_reporter_id, received_at, received_at as modified_at,
        'made' as source, table_id as drop_id
    from sent order by month_number, reporter_number;
    insert into raw.judgements by name
    select table_id as receipt_id, 'accepted' as verdict, received_at as accepted_at, 'made' as rules_sha256
    from sent order by month_number, reporter_number;
    insert into raw.tables by name
    select table_id, table_id as receipt_id, '{programme}' as programme_id, reporter_id, period, true as is_sample
    from sent order by month_number, reporter_number;
"""
_REPORT = """
    insert into raw.reported_values by name
    with counted as (
        select
            sent.table_id, sent.month_number, indicator_number,
            month(month_date) as month_of_year,
            hash(reporter_number, indicator_number, month_number) as luck,
            40 + hash(reporter_number, indicator_number, year(month_date)) % 160 as yearly,
            hash(reporter_number, indicator_number, month_number, 'noise') % 17 as noise,
            hash(reporter_number, indicator_number, month_number - 1, 'noise') % 17 as noise_before
        from sent, range({indicators}) as indicators(indicator_number)
        where month_number = {month}
    ),
    figured as (
        select
            *,
            if(indicator_number % 10 < 2, 'other', 'increment') as kind,
            (yearly * month_of_year // 12 + noise)::integer as figure,
            if(month_of_year = 1, 0, (yearly * (month_of_year - 1) // 12 + noise_before)::integer) as figure_before
        from counted
    )
    select
        table_id, table_id as receipt_id, indicator_number + 2 as row_number,
        printf('indicator_%03d', indicator_number) as indicator_id,
        if(kind = 'other' or luck % 29 = 0 or luck % 97 = 0, null, figure - figure_before) as month_value,
        if((kind != 'other' and luck % 31 = 0 and luck % 29 != 0) or luck % 97 = 0, null, figure) as cumulative_value,
        if(luck % 5 = 0, figure - 8 + (luck // 5) % 17, null) as same_period_value,
        if(luck % 7 = 0, ((luck // 7) % 400)::integer * 0.1 - 10, null) as growth_pct
    from figured
    order by table_id, row_number
"""


def submit(home: Path, size: Size, first: int, last: int) -> None:
    """Land the tables of months `first` up to before `last`, as intake would have."""
    from ingestion.store import create_raw

    names = {
        "programme": PROGRAMME, "first_year": FIRST_YEAR, "reporters": size.reporters, "indicators": size.indicators,
        "first": first, "last": last,
    }  # fmt: skip
    path = home / "warehouse" / "pipeline.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("set enable_progress_bar = false")
        create_raw(connection)
        connection.execute(_SUBMIT.format(**names))
        for month in range(first, last):
            connection.execute(_REPORT.format(month=month, **names))


def withdraw(home: Path, month: int) -> None:
    """Take a month's tables out again, as if they had not come yet."""
    period = f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}"
    with duckdb.connect(str(home / "warehouse" / "pipeline.duckdb")) as connection:
        for table in ("receipts", "judgements", "tables", "reported_values"):
            connection.execute(f"delete from raw.{table} where starts_with(receipt_id, '{PROGRAMME}-{period}-')")


def land(registry_folder: Path, as_of: datetime) -> None:
    """What ingestion does before a build: the registry's copy for dbt, the periods, the as-of time."""
    from ingestion.registry import load_registry
    from ingestion.runs import record_run
    from ingestion.store import open_warehouse

    registry = load_registry(registry_folder)
    registry.copy_for_dbt()
    with open_warehouse() as connection:
        record_run(connection, registry, as_of)


def build(home: Path, *options: str) -> Timed:
    """A whole `dbt build` with its data tests, as production runs it."""
    from ingestion.settings import get_settings

    target = home / "dbt_target"
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", "--exclude-resource-type", "unit_test",
               "--target-path", str(target), "--log-path", str(target), *options]  # fmt: skip
    return timed(command, get_settings().dbt_project, {"DO_NOT_TRACK": "1", "YIBIAO_MEMORY_LIMIT": MEMORY})


def reference(home: Path) -> Timed:
    """The same rows by hand-written SQL, into a database of its own."""
    (home / "reference.duckdb").unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.scale_reference", str(home / "reference.duckdb"),
               str(home / "warehouse" / "pipeline.duckdb"), str(home / "registry"), MEMORY]  # fmt: skip
    return timed(command, ROOT, {})


def differences(home: Path, other: Path, tables: dict[str, str]) -> dict[str, int]:
    """How many rows of each relation stand in only one of two databases; 0 is equal cell by cell.

    Periods whose rows come to the same sum of hashes of 64 bits are equal; the others are compared row by row. In the
    other database they must be tables: a view of an attached file would read the first file's tables.
    """
    found = {}
    with duckdb.connect(str(home / "warehouse" / "pipeline.duckdb"), read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach '{other}' as other (read_only)")
        for ours, theirs in tables.items():
            names = ", ".join(row[0] for row in connection.execute(f"describe other.{theirs}").fetchall())
            sums = "select period, count(*) as row_count, sum(hash({names})) as content from {relation} group by period"
            unlike = connection.execute(
                f"with ours as ({sums.format(names=names, relation=ours)}), "
                f"theirs as ({sums.format(names=names, relation=f'other.{theirs}')}) "
                "select period from (select * from ours union all select * from theirs) "
                "group by period having count(*) = 1 or count(distinct (row_count, content)) > 1 order by period"
            ).fetchall()
            found[ours] = sum(_unlike_rows(connection, names, ours, f"other.{theirs}", period) for (period,) in unlike)
    return found


def _unlike_rows(connection: duckdb.DuckDBPyConnection, names: str, ours: str, theirs: str, period: str) -> int:
    """The rows of a period that stand in one of two relations only."""
    ((count,),) = connection.execute(
        f"with ours as (select {names} from {ours} where period = $1), "
        f"theirs as (select {names} from {theirs} where period = $1) "
        "select count(*) from ((from ours except all from theirs) union all (from theirs except all from ours))",
        [period],
    ).fetchall()
    return int(count)


@dataclass(frozen=True)
class Measured:
    """What one size took."""

    reference: Timed
    full: Timed
    month: Timed | None
    peak_gib: float


def measure(home: Path, size: Size, with_month: bool) -> Measured:
    """Make everything in `home`, which is emptied first, and time it."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    os.environ |= {"YIBIAO_HOME": str(home), "YIBIAO_REGISTRY": str(home / "registry")}
    from ingestion.settings import get_settings

    get_settings.cache_clear()
    write_registry(home / "registry", size)
    months = size.years * 12
    last_year = FIRST_YEAR + size.years - 1
    before, after = (datetime(year, month, 20, tzinfo=UTC) for year, month in ((last_year, 12), (last_year + 1, 1)))
    submit(home, size, 0, months)
    land(home / "registry", after)
    by_hand = reference(home)
    say("hand-written SQL", by_hand)
    full = build(home)
    say("dbt build of everything", full)
    print(f"  rows unlike the hand-written:  {differences(home, home / 'reference.duckdb', AS_BY_HAND)}", flush=True)
    if not with_month:
        return Measured(by_hand, full, None, full.peak_gib)
    (home / "reference.duckdb").unlink()
    shutil.copy(home / "warehouse" / "pipeline.duckdb", home / "everything.duckdb")
    withdraw(home, months - 1)
    land(home / "registry", before)
    say("without the last month", build(home))
    submit(home, size, months - 1, months)
    land(home / "registry", after)
    month = build(home)
    say("with the last month", month)
    print(f"  rows unlike everything built:  {differences(home, home / 'everything.duckdb', AS_REBUILT)}", flush=True)
    return Measured(by_hand, full, month, max(full.peak_gib, month.peak_gib))


def say(name: str, timing: Timed) -> None:
    """One line of the print."""
    print(
        f"  {name:<26}{timing.seconds:8.1f} s {timing.processor_seconds:8.1f} s of processor "
        f"{timing.peak_gib:6.1f} GiB",
        flush=True,
    )


def compare(name: str, timing: Timed, base: Timed, limit: float) -> None:
    """One ratio against its limit."""
    print(
        f"{name:<30} {timing.seconds / base.seconds:6.2f} x (at most {limit} x), "
        f"of processor time {timing.processor_seconds / base.processor_seconds:6.2f} x",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reporters", type=int, default=2844)
    parser.add_argument("--indicators", type=int, default=200)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--tenth", action="store_true", help="a tenth of the indicators too, for how time grows")
    parser.add_argument("--without-month", action="store_true", help="leave out the build that adds one month")
    parser.add_argument("--home", type=Path, help="keep everything in this folder, which is emptied first")
    options = parser.parse_args()
    size = Size(options.reporters, options.indicators, options.years)
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        smaller = None
        if options.tenth:
            tenth = Size(size.reporters, size.indicators // 10, size.years)
            print(f"{tenth.value_count:,} values", flush=True)
            smaller = measure(home / "tenth", tenth, with_month=False)
        print(f"{size.value_count:,} values", flush=True)
        measured = measure(home / "whole", size, with_month=not options.without_month)
    compare("dbt build to hand-written SQL", measured.full, measured.reference, REFERENCE_LIMIT)
    if measured.month:
        compare("one month to everything", measured.month, measured.full, MONTH_LIMIT)
    if smaller:
        compare("ten times the values", measured.full, smaller.full, GROWTH_LIMIT)
    print(f"most memory                    {measured.peak_gib:6.2f} GiB (at most {MEMORY_LIMIT_GIB} GiB)")


if __name__ == "__main__":
    main()
