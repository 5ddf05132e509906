"""Everything that the doctor looks at, in the order in which people read it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from ingestion.settings import Settings
from operations import health_files, health_installation, health_pipeline, health_records
from operations.health import GOOD, MARKS, NOTE, WRONG, Check, wrong

Part = tuple[str, Callable[[], Iterator[Check]]]


def examine(settings: Settings, now: datetime) -> list[Check]:
    """Every check; `now` (aware) is what ages and deadlines are told by."""
    warehouse = health_pipeline.look_into(settings, now)
    is_writing = health_pipeline.is_writing(settings)
    parts: list[Part] = [
        ("Python", lambda: health_installation.python_check(settings)),
        ("程序包", lambda: health_installation.packages_check(settings)),
        ("设置", lambda: health_installation.settings_check(settings)),
        ("文件夹", lambda: health_files.folders_check(settings)),
        ("访问权限", lambda: health_files.modes_check(settings)),
        ("磁盘", lambda: health_files.disk_check(settings)),
        ("登记册", lambda: health_installation.registry_check(settings)),
        ("通知地址", lambda: health_installation.notifier_check(settings)),
        ("锁", lambda: health_pipeline.locks_check(settings)),
        ("收件箱", lambda: health_records.inbox_check(settings, now)),
        ("档案", lambda: health_records.journal_check(settings, now)),
        ("数据仓库", lambda: health_pipeline.warehouse_check(settings, warehouse)),
        ("最近一次计算", lambda: health_pipeline.run_check(warehouse, now)),
        ("通报", lambda: health_records.vintages_check(settings)),
        ("查询快照", lambda: health_pipeline.snapshot_check(settings, warehouse)),
        ("应报未报", lambda: health_pipeline.due_check(warehouse)),
        ("残留", lambda: health_files.leftovers_check(settings, is_writing)),
    ]
    return [check for name, part in parts for check in _checked(name, part)]


def _checked(name: str, part: Callable[[], Iterator[Check]]) -> list[Check]:
    """What a part found; one that fails says so and does not keep the others from being told."""
    try:
        return list(part())
    except Exception as error:
        return [wrong(name, f"没有查成：{type(error).__name__}：{error}", "把这一行报给维护人员")]


def summary(checks: list[Check]) -> str:
    """How many of each mark."""
    counts = {mark: sum(check.mark == mark for check in checks) for mark in MARKS}
    return f"共 {len(checks)} 项：{GOOD} {counts[GOOD]}，{NOTE} {counts[NOTE]}，{WRONG} {counts[WRONG]}。"
