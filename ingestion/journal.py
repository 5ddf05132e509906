"""The append-only journal: receipts, returns, publications, one JSON object a line.

The journal and the archive are the truth; the warehouse can be rebuilt from them. A line counts once its newline is
on disk.
"""

import json
import logging
import os
from pathlib import Path
from typing import IO, Any

from ingestion.access import make_folder, open_to_append
from ingestion.settings import get_settings

logger = logging.getLogger(__name__)


def _path(kind: str) -> Path:
    return get_settings().journal / f"{kind}.jsonl"


def append(kind: str, entry: dict[str, Any]) -> None:
    """Write one entry and wait until it is on disk. A line that an earlier crash cut short is closed off first."""
    path = _path(kind)
    make_folder(path.parent)
    line = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
    with open_to_append(path) as file:
        if not _ends_with_newline(file):
            line = b"\n" + line
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(kind: str) -> list[dict[str, Any]]:
    """All whole entries of a kind, oldest first. A line that a crash cut short was never acknowledged: it is logged."""
    path = _path(kind)
    if not path.exists():
        return []
    entries = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line:
            continue
        try:
            entries.append(json.loads(line))
        except ValueError:
            logger.warning("%s 第 %d 行写入时中断，不作数", path, number)
    return entries


def _ends_with_newline(file: IO[bytes]) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
