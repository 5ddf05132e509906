"""`make rebuild`: the warehouse anew from archive, journal and registry, held against the one before, cell by cell.

python -m operations.rebuild [--accept]

The new one is built in a folder of its own. Only when every mart says the same does it take the place of the old one;
where something differs nothing is replaced, the new one is left beside it to look at, and `--accept` replaces all the
same and keeps the old one under its date.
"""

import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from ingestion.access import PRIVATE_FILE
from ingestion.errors import YibiaoError
from ingestion.registry import load_registry
from ingestion.settings import Settings, get_settings
from ingestion.store import writer_lock
from operations.mart_comparison import MartComparison, compare_marts, keys_of
from reports.rebuild import Inputs, check_archive, rebuild, receipts_known

# Beside the warehouse, so that a rename puts the new one in place.
WORKSHOP = ".rebuild"
_EVER = datetime.max.replace(tzinfo=UTC)
_RUN = "select as_of_at, registry_sha256, is_complete from raw.runs"


class RebuildError(YibiaoError):
    """The warehouse can't be rebuilt or replaced; the old one stands as it was."""


@dataclass(frozen=True)
class LastRun:
    """What the old warehouse was built from: as-of (aware UTC), hash of the registry, and whether dbt finished."""

    as_of: datetime
    registry_sha256: str
    is_complete: bool


@dataclass
class Rebuilt:
    """What became of it.

    Attributes:
        marts: what was compared, by name; empty where there was nothing to compare with.
        is_replaced: whether the new warehouse stands in the place of the old one.
        left: the old one where it was replaced though it differs, the new one where nothing was replaced.
        remarks: why something may differ.
    """

    marts: list[MartComparison]
    is_replaced: bool
    left: Path | None
    remarks: list[str] = field(default_factory=list)

    @property
    def unlike(self) -> list[MartComparison]:
        """The marts that differ."""
        return [mart for mart in self.marts if not mart.is_equal]


def rebuild_warehouse(now: datetime, is_accepted: bool = False) -> Rebuilt:
    """Rebuild as of the last build (of `now`, aware, where none is known), compare, and replace what says the same.

    Holds the writer lock throughout. RebuildError or NotReproducible say what is in the way.
    """
    settings = get_settings()
    with writer_lock(settings):
        workshop = settings.pipeline_file.parent / WORKSHOP
        shutil.rmtree(workshop, ignore_errors=True)
        workshop.mkdir(mode=0o700)
        try:
            return _rebuild(settings, workshop, now, is_accepted)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)


def _rebuild(settings: Settings, workshop: Path, now: datetime, is_accepted: bool) -> Rebuilt:
    run = last_run(settings.pipeline_file, is_accepted)
    receipts = receipts_known(_EVER, None)
    check_archive(receipts)
    as_of = run.as_of if run else now
    inputs = Inputs(receipts, settings.registry, as_of, settings.require_reporter_folder)
    fresh = rebuild(inputs, workshop / "home", with_tests=True)
    marts = []
    if run:
        keys = keys_of(settings.dbt_project)
        marts = compare_marts(settings.pipeline_file, fresh, keys, workshop / "compared")
    remarks = _remarks(settings, run) if any(not mart.is_equal for mart in marts) else []
    return settle(settings.pipeline_file, fresh, marts, now, is_accepted, remarks)


def last_run(warehouse: Path, is_accepted: bool) -> LastRun | None:
    """What the old warehouse was built from; None where there is none, or nothing in it to compare with.

    What a crash left in its write-ahead log is first taken into the file. RebuildError where it can't be opened, unless
    that is accepted.
    """
    if not warehouse.exists():
        return None
    try:
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("checkpoint")
            rows = connection.execute(_RUN).fetchall()
            has_marts = connection.execute("select 1 from duckdb_schemas() where schema_name = 'marts'").fetchall()
    except duckdb.CatalogException:
        return None
    except duckdb.Error as error:
        if is_accepted and not _is_open_elsewhere(error):
            return None
        raise RebuildError(
            f"原来的数据仓库打不开，无从比对，没有更换：{_first_line(error)}。"
            "别的程序正在用它的，请等它结束；文件已损坏的，用 make rebuild ACCEPT=1 直接换成重建的（原文件另存）"
        ) from error
    if not rows or not has_marts:
        return None
    as_of_at, registry_sha256, is_complete = rows[0]
    return LastRun(as_of_at.replace(tzinfo=UTC), registry_sha256, is_complete)


def settle(
    old: Path, fresh: Path, marts: list[MartComparison], now: datetime, is_accepted: bool, remarks: list[str]
) -> Rebuilt:
    """Put the new warehouse in the place of the old one where all marts are equal or it is accepted, else beside it."""
    with duckdb.connect(str(fresh)) as connection:
        connection.execute("checkpoint")
    fresh.chmod(PRIVATE_FILE)
    is_equal = bool(marts) and all(mart.is_equal for mart in marts)
    if marts and not is_equal and not is_accepted:
        beside = old.with_name(f"{old.stem}.rebuilt{old.suffix}")
        fresh.replace(beside)
        return Rebuilt(marts, False, beside, remarks)
    kept = None
    if old.exists() and not is_equal:
        kept = _keep(old, now)
    # A log of the old file must not be taken for one of the new.
    _log_of(old).unlink(missing_ok=True)
    fresh.replace(old)
    return Rebuilt(marts, True, kept, remarks)


def _keep(old: Path, now: datetime) -> Path:
    """The old warehouse under its date as well, with its log where it has one; what was kept is never overwritten."""
    kept = old.with_name(f"{old.stem}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{old.suffix}")
    if kept.exists():
        raise RebuildError(f"{kept} 已经存在，没有更换；请稍后再试")
    if _log_of(old).exists():
        os.link(_log_of(old), _log_of(kept))
    os.link(old, kept)
    return kept


def _remarks(settings: Settings, run: LastRun | None) -> list[str]:
    remarks = []
    if run and not run.is_complete:
        remarks.append("原库最近一次计算没有全部完成，表可能是新旧不一的。")
    if run and load_registry(settings.registry).sha256 != run.registry_sha256:
        remarks.append("登记册在原库计算之后改动过：重建用的是现在的登记册。先按现在的登记册计算一次，再比对。")
    remarks.append("审核规则、计算代码改动过的，也会不同：重建用现在的规则审核全部报送。")
    return remarks


def report_of(rebuilt: Rebuilt) -> list[str]:
    """What was compared and what differs, line by line, for people."""
    if not rebuilt.marts:
        kept = f"原文件另存为 {rebuilt.left}。" if rebuilt.left else ""
        return [f"没有可比对的原库；已由档案、登记和登记册重建。{kept}"]
    rows, cells = (sum(getattr(m, name) or 0 for m in rebuilt.marts) for name in ("before_count", "cell_count"))
    lines = [f"比对了 {len(rebuilt.marts)} 张表、{rows} 行、{cells} 格。"]
    for mart in rebuilt.unlike:
        lines += [mart.line, *(f"  {example}" for example in mart.examples)]
    if not rebuilt.unlike:
        return [*lines, "全部一致：数据仓库已换成重建的。"]
    lines += rebuilt.remarks
    if rebuilt.is_replaced:
        return [*lines, f"{len(rebuilt.unlike)} 张表不一致；已按要求换成重建的，原库另存为 {rebuilt.left}。"]
    return [
        *lines,
        f"{len(rebuilt.unlike)} 张表不一致：没有更换。重建的留在 {rebuilt.left} 供查对；"
        "确认应以重建的为准，用 make rebuild ACCEPT=1 更换（原库另存）。",
    ]


def _log_of(warehouse: Path) -> Path:
    return warehouse.with_name(f"{warehouse.name}.wal")


def _is_open_elsewhere(error: duckdb.Error) -> bool:
    return "Could not set lock" in str(error)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def main(
    accept: Annotated[bool, typer.Option("--accept", help="不一致或原库打不开时也更换，原库另存")] = False,
) -> None:
    """由档案、登记和登记册重建数据仓库，与原来的逐表逐格比对，一致才更换。"""
    typer.echo("正在重建，约需一次完整计算的时间；其间别的写入会等待……")
    try:
        rebuilt = rebuild_warehouse(datetime.now(UTC).replace(microsecond=0), accept)
    except (YibiaoError, OSError) as error:
        typer.echo(f"没有重建：{error}", err=True)
        raise typer.Exit(1) from error
    for line in report_of(rebuilt):
        typer.echo(line)
    if not rebuilt.is_replaced:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
