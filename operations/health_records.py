"""What was received and published: the inbox, the journal and its originals, the vintages."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingestion.inbox import InboxFile, is_whole, look
from ingestion.landing import archived_path
from ingestion.periods import parse_moment
from ingestion.settings import Settings
from operations.health import Check, below, good, listed, local, note, wrong
from reports.errors import VintageError
from reports.vintage import Vintage, list_vintages

# A sweep comes every 15 minutes; what lies for longer than two of them was passed over.
_LONGEST_WAIT = timedelta(minutes=30)
# Clocks of two machines may differ by this much.
_CLOCK_TOLERANCE = timedelta(minutes=5)


def inbox_check(settings: Settings, now: datetime) -> Iterator[Check]:
    """What waits to be received, what is not whole, and what a sweep passes over."""
    files = look(settings.inbox)
    links = [path for path in settings.inbox.rglob("*") if path.is_symlink()] if settings.inbox.exists() else []
    ignored = sorted(path.name for path in links)
    if ignored:
        yield note("收件箱", f"链接不会接收：{listed(ignored)}", "换成文件本身")
    if not files:
        yield good("收件箱", "没有待收的文件")
        return
    broken = [file.name for file in files if not is_whole(file)]
    closed = [file.name for file in files if file.path.exists() and not os.access(file.path, os.R_OK)]
    waiting = [file for file in files if now - _dropped_at(file) > _LONGEST_WAIT]
    found = f"{len(files)} 个文件待收"
    if closed:
        yield wrong("收件箱", f"{found}，其中读不出来的：{listed(closed)}", "改正这些文件的属主或权限（chmod g+r）")
    elif waiting:
        oldest = min(map(_dropped_at, waiting))
        parts = f"，其中 {len(waiting)} 个已超过半小时，最早 {local(oldest)} 放入"
        parts += f"；不完整的（还在复制或已损坏）：{listed(broken)}" if broken else ""
        advice = "看 Airflow 的 intake 是否在运行；没有用 Airflow 的，运行 python -m ingestion"
        yield note("收件箱", found + parts, advice)
    else:
        yield good("收件箱", f"{found}{f'，还在复制的：{listed(broken)}' if broken else ''}")


def journal_check(settings: Settings, now: datetime) -> Iterator[Check]:
    """Whether every line of the journal reads, every receipt's original is there, and no time lies ahead."""
    if not settings.journal.is_dir():
        yield good("登记", "还没有收到过文件")
        return
    entries = list(receipts_of(settings).values())
    paths = sorted(settings.journal.glob("*.jsonl"))
    broken = [f"{path.name} 第 {number} 行" for path in paths for number in _lines(path)[1]]
    if broken:
        yield note("登记", f"写入时中断、不作数的行：{listed(broken)}", "不必处理；若不止末行，请与备份核对")
    missing = [e["file_name"] for e in entries if not archived_path(settings.archive, e["sha256"]).is_file()]
    if missing:
        yield wrong("档案", f"登记过而原件不在：{listed(missing)}", f"从备份恢复 {settings.archive}")
    else:
        yield good("档案", f"登记 {len(entries)} 件，原件都在")
    ahead = [e["file_name"] for e in entries if parse_moment(e["received_at"]) > now + _CLOCK_TOLERANCE]
    if ahead:
        yield note("时钟", f"收到时间晚于现在 {local(now)}：{listed(ahead)}", "核对本机时钟（timedatectl）")


def vintages_check(settings: Settings) -> Iterator[Check]:
    """The last vintage, and whether its files are those of its manifest."""
    vintages = list_vintages()
    if not vintages:
        yield good("通报", "还没有发布过")
        return
    unreadable, known = [], []
    for vintage in vintages:
        try:
            known.append((parse_moment(vintage.manifest()["as_of"]), vintage))
        except (VintageError, KeyError, ValueError):
            unreadable.append(below(settings, vintage.folder))
    if unreadable:
        yield wrong("通报", f"清单读不出来：{listed(unreadable)}", "从备份恢复这一版的文件夹")
    if not known:
        return
    as_of, last = max(known, key=lambda pair: (pair[0], pair[1].period, pair[1].programme_id, pair[1].version))
    shown = f"共 {len(vintages)} 版，最近一版 {below(settings, last.folder)}（数据截至 {local(as_of)}）"
    damaged = _damaged(last)
    if damaged:
        advice = f"从备份恢复；核对用 python -m reports reproduce {last.programme_id} {last.period} v{last.version}"
        yield wrong("通报", f"{shown}，发布后变动过：{listed(damaged)}", advice)
    else:
        yield good("通报", shown)


def receipts_of(settings: Settings) -> dict[str, dict[str, Any]]:
    """The journal's receipts by id, as far as its lines read."""
    entries, _ = _lines(settings.journal / "receipts.jsonl")
    return {entry["receipt_id"]: entry for entry in entries}


def _lines(path: Path) -> tuple[list[dict[str, Any]], list[int]]:
    """The whole entries of a journal file, and the numbers of the lines that don't read."""
    entries, broken = [], []
    for number, line in enumerate(path.read_bytes().split(b"\n") if path.is_file() else [], start=1):
        try:
            entries += [json.loads(line)] if line else []
        except ValueError:
            broken.append(number)
    return entries, broken


def _damaged(vintage: Vintage) -> list[str]:
    """Files of a vintage that are not what its manifest says."""
    return [
        name
        for name, digest in sorted(vintage.manifest().get("files", {}).items())
        if not (vintage.folder / name).is_file() or sha256((vintage.folder / name).read_bytes()).hexdigest() != digest
    ]


def _dropped_at(file: InboxFile) -> datetime:
    """When the file came to its place, as the look at the inbox found it: a sweep may have taken it since."""
    return datetime.fromtimestamp(int(file.drop_id.rpartition("-")[2]) / 1e9, UTC)
