"""The inbox folder: which files are submissions, and which of them are whole."""

import logging
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingestion.readers import ZIP_MAGIC

logger = logging.getLogger(__name__)

RECEIPTS_FILE = "receipts.csv"
REST_SECONDS = 2.0
PATIENCE_SECONDS = 60.0
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SPAN = 66_000


@dataclass(frozen=True)
class InboxFile:
    """A file as one look at the inbox found it; two equal looks REST_SECONDS apart make it a rested file.

    `drop_id` tells this drop from an equal file dropped later: the place on disk and the time it came there.
    """

    path: Path
    name: str
    size: int
    modified_ns: int
    drop_id: str

    @property
    def folder_name(self) -> str | None:
        """The inbox folder the file lies in; None directly under the inbox."""
        return self.name.split("/")[0] if "/" in self.name else None

    @property
    def modified_at(self) -> datetime:
        """When the file was last written (UTC)."""
        return datetime.fromtimestamp(self.modified_ns / 1e9, UTC)


def look(inbox: Path) -> list[InboxFile]:
    """Every submission in the inbox, by name. Office lock files, dot files, links and receipts.csv are none."""
    files = []
    for path in sorted(inbox.rglob("*")) if inbox.exists() else []:
        name = name_in(path, inbox)
        if path.is_file() and not path.is_symlink() and name != RECEIPTS_FILE and not _is_ignored(name):
            try:
                state = path.stat()
            except FileNotFoundError:  # another program renamed it between listing and looking
                continue
            drop_id = f"{state.st_dev}-{state.st_ino}-{state.st_ctime_ns}"
            files.append(InboxFile(path, name, state.st_size, state.st_mtime_ns, drop_id))
    return files


def name_in(path: Path, inbox: Path) -> str:
    """The name relative to the inbox; one that is no UTF-8 (unpacked from a Chinese Windows) is read as GB18030."""
    raw = os.fsencode(path.relative_to(inbox).as_posix())
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def log_ignored(inbox: Path) -> None:
    """Say once a sweep what lies in the inbox and is no submission, though it looks like one."""
    for path in sorted(inbox.rglob("*")):
        name = name_in(path, inbox)
        if path.is_symlink():
            logger.warning("收件箱里的“%s”是链接，不是文件，未处理", name)
        elif path.is_dir() and path.suffix:
            logger.warning("收件箱里的“%s”是文件夹，不是报表，未处理", name)
        elif not path.is_dir() and not path.is_file():
            logger.warning("收件箱里的“%s”不是普通文件，未处理", name)


def wait_for_rest(inbox: Path) -> list[InboxFile]:
    """The files that did not change for REST_SECONDS; waits for those still being written, but not for ever.

    A file that never rests within PATIENCE_SECONDS is left for the next sweep, so that it cannot hold up the others.
    """
    started = time.monotonic()
    since: dict[InboxFile, float] = {}
    while True:
        now = time.monotonic()
        files = look(inbox)
        since = {file: since.get(file, now) for file in files}
        rested = [file for file in files if now - since[file] >= REST_SECONDS or _age(file) >= REST_SECONDS]
        rested = [file for file in rested if is_whole(file) or now - since[file] >= PATIENCE_SECONDS / 2]
        if len(rested) == len(files) or now - started >= PATIENCE_SECONDS:
            for file in files:
                if file not in rested:
                    logger.warning("“%s”仍在写入，留待下次", file.name)
            return rested
        time.sleep(0.2)


def is_whole(file: InboxFile) -> bool:
    """False for a workbook whose end is missing: it is still being copied, or damaged."""
    try:
        with file.path.open("rb") as stream:
            if stream.read(len(ZIP_MAGIC)) != ZIP_MAGIC:
                return True
            stream.seek(max(0, file.size - _ZIP_END_SPAN))
            return _ZIP_END in stream.read()
    except OSError:  # gone, or not readable: whoever takes it in will say so
        return True


def _age(file: InboxFile) -> float:
    """Seconds since the last write by the file's own time; a time in the future is no rest."""
    return time.time() - file.modified_ns / 1e9


def _is_ignored(name: str) -> bool:
    return any(part.startswith((".", "~$")) for part in name.split("/"))
