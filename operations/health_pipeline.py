"""How the work stands: who holds the locks, the warehouse and its last run, the snapshot, what is due."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from filelock import Timeout

from ingestion.settings import Settings
from ingestion.store import writer_lock
from operations.health import Check, good, listed, local, note, wrong
from operations.health_records import receipts_of
from operations.lock_holders import Holder, holder_of
from reports.snapshot import published_fingerprint

# Others that want to write wait for us meanwhile; a reader would make their opening fail, so never without the lock.
_PATIENCE_SECONDS = 0.5
_WRITER, _BUILDER = "写入锁", "计算锁"
_RUN = "select as_of_at, fingerprint, is_complete from raw.runs"
_RECEIVED = "select receipt_id from raw.receipts"
_UNJUDGED = "select count(*) from raw.receipts anti join raw.judgements using (receipt_id)"
# Nothing was accepted, and it can still be sent.
_OWED = """
    select
        count(*) filter (due_at <= $now), count(*) filter (due_at > $now), min(due_at) filter (due_at > $now)
    from marts.submission_status
    where first_accepted_at is null and (no_new_at is null or no_new_at > $now or is_reopened)
"""


@dataclass(frozen=True)
class Facts:
    """What the warehouse says of itself; None where it has no such table yet.

    Attributes:
        run: as-of (naive UTC), fingerprint and whether dbt finished, of the last run.
        receipt_ids: what was landed.
        unjudged_count: landed and not judged.
        owed: how many tables are overdue, how many are due later, and when the next of these is (naive UTC).
    """

    run: tuple[datetime, str, bool] | None
    receipt_ids: frozenset[str]
    unjudged_count: int
    owed: tuple[int, int, datetime | None] | None


@dataclass(frozen=True)
class Warehouse:
    """What could be learnt of the warehouse: its facts, or why there are none (both None: there is no warehouse)."""

    facts: Facts | None = None
    is_busy: bool = False
    problem: str | None = None
    advice: str = "make rebuild ACCEPT=1：由档案、登记和登记册重建（原文件另存）"


def locks_of(settings: Settings) -> dict[str, tuple[Path, Holder | None]]:
    """The locks by name, and who holds each."""
    paths = {
        _WRITER: settings.pipeline_file.with_suffix(".lock"),
        _BUILDER: settings.dbt_project / ".build.lock",
        "Airflow": settings.airflow_home / "running.lock",
    }
    return {name: (path, holder_of(path)) for name, path in paths.items()}


def is_writing(settings: Settings) -> bool:
    """Whether somebody takes in, calculates or publishes just now."""
    return any(holder for name, (_, holder) in locks_of(settings).items() if name in (_WRITER, _BUILDER))


def locks_check(settings: Settings) -> Iterator[Check]:
    """Who holds what; a lock goes with its process, so that none has to be removed."""
    held = {name: holder for name, (_, holder) in locks_of(settings).items() if holder}
    if not held:
        yield good("锁", "没有任务在运行")
    for name, holder in held.items():
        yield good(name, f"由{holder.words}持有；进程结束即放开，锁文件不必删除")


def look_into(settings: Settings, now: datetime) -> Warehouse:
    """Read the warehouse if nobody writes to it: waits half a second at most."""
    if not settings.pipeline_file.exists():
        return Warehouse()
    try:
        with writer_lock(settings).acquire(timeout=_PATIENCE_SECONDS):
            return _read(settings.pipeline_file, now)
    except Timeout:
        return Warehouse(is_busy=True)
    except OSError as error:
        return Warehouse(problem=str(error), advice="用运行流程的用户执行 make doctor")


def _read(path: Path, now: datetime) -> Warehouse:
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            runs = _rows(connection, _RUN)
            received = _rows(connection, _RECEIVED)
            unjudged = _rows(connection, _UNJUDGED)
            owed = _rows(connection, _OWED, {"now": now.astimezone(UTC).replace(tzinfo=None)})
    except duckdb.Error as error:
        first = str(error).partition("\n")[0]
        return Warehouse(is_busy=True) if "Could not set lock" in first else Warehouse(problem=first)
    ids = frozenset(receipt_id for (receipt_id,) in received)
    return Warehouse(
        Facts(runs[0] if runs else None, ids, unjudged[0][0] if unjudged else 0, owed[0] if owed else None)
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any] | None = None) -> list[Any]:
    """The rows; none where the tables are not there yet."""
    try:
        return connection.execute(query, values or {}).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return []


def warehouse_check(settings: Settings, warehouse: Warehouse) -> Iterator[Check]:
    """Whether the warehouse can be read, and has everything that was received."""
    received = receipts_of(settings).keys()
    if warehouse.is_busy:
        yield good("数据仓库", "正在写入，没有打开查看；稍后再运行 make doctor 可看到最近一次计算")
    elif warehouse.problem:
        yield wrong("数据仓库", f"打不开：{warehouse.problem}", warehouse.advice)
    elif warehouse.facts:
        yield _landed(warehouse.facts, received)
    elif received:
        yield note("数据仓库", f"没有，登记的 {len(received)} 件待入库", "make rebuild，或等下次收表")
    else:
        yield good("数据仓库", "还没有建立")


def _landed(facts: Facts, received: Set[str]) -> Check:
    """What was received against what was landed and judged."""
    missing, foreign = received - facts.receipt_ids, facts.receipt_ids - received
    if foreign:
        found = f"有 {len(foreign)} 件没有登记：{listed(sorted(foreign))}"
        return wrong("数据仓库", found, "从备份恢复登记（archive/journal）")
    if missing or facts.unjudged_count:
        found = f"登记而没有入库的 {len(missing)} 件，没有审核的 {facts.unjudged_count} 件"
        return note("数据仓库", found, "运行 python -m ingestion 和 python -m expectations，或等 intake 下次运行")
    return good("数据仓库", f"可读，已入库、审核 {len(facts.receipt_ids)} 件")


def run_check(warehouse: Warehouse, now: datetime) -> Iterator[Check]:
    """The last run: as of when, and whether dbt finished it."""
    if warehouse.facts is None:
        return
    if warehouse.facts.run is None:
        yield good("最近一次计算", "还没有计算过")
        return
    as_of_at, _, is_complete = warehouse.facts.run
    as_of = as_of_at.replace(tzinfo=UTC)
    if as_of > now:
        found = f"截至时间 {local(as_of)} 晚于现在 {local(now)}"
        yield note("最近一次计算", found, "核对本机时钟（timedatectl）和 --as-of")
    if is_complete:
        yield good("最近一次计算", f"截至 {local(as_of)}，全部完成")
    else:
        found = f"截至 {local(as_of)}，没有完成（中断，或有检查没有通过）；发布会被拒绝"
        advice = "重新运行这一期，或在 dbt_project/ 运行 dbt build --exclude-resource-type unit_test 看出错之处"
        yield note("最近一次计算", found, advice)


def snapshot_check(settings: Settings, warehouse: Warehouse) -> Iterator[Check]:
    """The analysts' file: how old it is, and whether it is of the last build."""
    path = settings.analyst_file
    if not path.exists():
        yield good("查询快照", "还没有，第一次发布时生成")
        return
    fingerprint = published_fingerprint(path)
    made = local(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    run = warehouse.facts.run if warehouse.facts else None
    if fingerprint is None:
        yield wrong("查询快照", f"{path.name} 打不开", "删除它并再发布一次（数字未变不出新版，快照会重新生成）")
    elif run is None or not run[2]:
        yield good("查询快照", f"{made} 生成")
    elif run[1] == fingerprint:
        yield good("查询快照", f"{made} 生成，与最近一次计算一致")
    else:
        advice = "发布后自动更新；要立即更新，再发布一次当期（数字未变不出新版）"
        yield note("查询快照", f"{made} 生成，不是最近一次计算的", advice)


def due_check(warehouse: Warehouse) -> Iterator[Check]:
    """Which tables are owed, as of now, by the roster of the last build."""
    if warehouse.facts is None or warehouse.facts.owed is None:
        return
    overdue, later, next_due = warehouse.facts.owed
    upcoming = f"，未到期 {later} 张（最近 {local(next_due.replace(tzinfo=UTC))} 截止）" if next_due else ""
    if overdue:
        advice = "催报；名单见 data/reminders/ 或 views.overdue_submissions"
        yield note("应报未报", f"逾期仍可报的 {overdue} 张{upcoming}", advice)
    else:
        yield good("应报未报", f"没有逾期的{upcoming}")
