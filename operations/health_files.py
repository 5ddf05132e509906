"""What the data folder is like: who may write and read, the disk, what killed runs left behind."""

import getpass
import os
from collections.abc import Iterator
from pathlib import Path

import psutil

from ingestion.access import PRIVATE_FILE, folder_mode
from ingestion.settings import Settings
from operations.airflow_environment import password_file
from operations.health import Check, below, good, listed, note, wrong

GIBIBYTE = 2**30
_LEAST_FREE, _LITTLE_FREE = 2 * GIBIBYTE, 10 * GIBIBYTE
_LEFTOVER_ENDINGS = (".part", ".partial", ".discarded", ".new", ".unfinished", ".rebuild")
_OTHERS = 0o007


def folders_check(settings: Settings) -> Iterator[Check]:
    """Whether everything that is written to can be written to; what is not there yet is made when it is needed."""
    places = [settings.home, settings.inbox, settings.archive, settings.journal, settings.pipeline_file.parent]
    places += [settings.returned, settings.receipts, settings.published, settings.provisional, settings.dbt_project]
    closed = [str(place) for place in places if not _is_writable(place)]
    if closed:
        advice = f"用运行流程的用户执行，或把属主改为 {getpass.getuser()}：chown -R"
        yield wrong("文件夹", f"不能写入 {listed(closed)}", advice)
    elif not settings.home.exists():
        yield good("文件夹", "数据目录还没有建立，第一次运行时建立")
    else:
        yield good("文件夹", "都可以写入")


def modes_check(settings: Settings) -> Iterator[Check]:
    """What others may read or write though they should not."""
    places = [settings.inbox, settings.archive, settings.pipeline_file.parent]
    places += [settings.published, settings.provisional, settings.airflow_home]
    open_folders = [place for place in places if place.exists() and _mode(place) & _wrong_bits(place, settings)]
    private = [settings.pipeline_file, password_file(settings.airflow_home), *settings.journal.glob("*.jsonl")]
    open_files = [path for path in private if path.exists() and _mode(path) & ~PRIVATE_FILE]
    is_home_open = settings.home.exists() and bool(_mode(settings.home) & 0o002)
    found = [*([settings.home] * is_home_open), *open_folders, *open_files]
    if not found:
        yield good("访问权限", "其他用户看不到收件、档案、登记和数据仓库")
        return
    commands = [
        f"chmod {change} {' '.join(map(str, paths))}"
        for change, paths in (("o-w", found[:is_home_open]), ("o-rwx", open_folders), ("600", open_files))
        if paths
    ]
    yield note("访问权限", f"放得过宽：{listed([below(settings, path) for path in found])}", "；".join(commands))


def disk_check(settings: Settings) -> Iterator[Check]:
    """What is free where the data lies, and how large the warehouse is."""
    place = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    usage = psutil.disk_usage(str(place))
    size = settings.pipeline_file.stat().st_size if settings.pipeline_file.exists() else 0
    found = f"剩余 {usage.free / GIBIBYTE:.1f} GiB，数据仓库 {size / GIBIBYTE:.2f} GiB"
    advice = "清出空间（warehouse/ 中带时间的旧库和快照、airflow/logs 可以移走），或把数据目录移到大的磁盘"
    # A rebuild, and a snapshot, are each as large again.
    if usage.free < _LEAST_FREE + 2 * size:
        yield wrong("磁盘", found, advice)
    elif usage.free < _LITTLE_FREE:
        yield note("磁盘", found, advice)
    else:
        yield good("磁盘", found)


def leftovers_check(settings: Settings, is_running: bool) -> Iterator[Check]:
    """What a run that was killed left half done; while one runs, it may be its own."""
    roots = [settings.archive, settings.published, settings.provisional, settings.returned, settings.receipts]
    roots += [settings.templates, settings.reminders, settings.pipeline_file.parent]
    found = sorted(path for root in roots if root.is_dir() for path in _leftovers(root))
    if not found:
        yield good("残留", "没有中断的运行留下的文件")
    elif is_running:
        yield good("残留", f"正在写的文件 {len(found)} 个")
    else:
        names = listed([below(settings, path) for path in found])
        advice = "不影响结果，多数由下次运行清除；确认没有任务在运行后也可以删除"
        yield note("残留", f"中断的运行留下：{names}", advice)


def _leftovers(root: Path) -> Iterator[Path]:
    """The outermost only: what lies in a half-written folder is part of it."""
    for folder, folders, files in os.walk(root):
        half = [name for name in (*folders, *files) if name.endswith(_LEFTOVER_ENDINGS)]
        yield from (Path(folder) / name for name in half)
        folders[:] = [name for name in folders if name not in half and name != "dbt_target"]


def _wrong_bits(place: Path, settings: Settings) -> int:
    """Rights of others that a folder of this place is not made with."""
    return _OTHERS & ~(folder_mode(place, settings.home) or 0)


def _is_writable(place: Path) -> bool:
    there = next(path for path in (place, *place.parents) if path.exists())
    return os.access(there, os.W_OK | os.X_OK)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
