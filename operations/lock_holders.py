"""Who holds a lock file, told without taking the lock."""

import fcntl
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

_LOCKS = Path("/proc/locks")
_LONGEST_COMMAND = 80


@dataclass(frozen=True)
class Holder:
    """The process that holds a lock; `pid` is None where the machine does not tell."""

    pid: int | None

    @property
    def words(self) -> str:
        """The process as people look for it: its id, its command, since when it runs."""
        if self.pid is None:
            return "一个进程（本机看不到编号）"
        try:
            process = psutil.Process(self.pid)
            command = " ".join(process.cmdline())[:_LONGEST_COMMAND]
            started = datetime.fromtimestamp(process.create_time(), UTC).astimezone()
        except psutil.Error:
            return f"进程 {self.pid}"
        return f"进程 {self.pid}（{command}，{started:%Y-%m-%d %H:%M} 启动）"


def holder_of(path: Path) -> Holder | None:
    """Who holds the lock of this file; None where nobody does, or there is no such file."""
    try:
        state = path.stat()
    except OSError:
        return None
    if not _is_held(path):
        return None
    device = f"{os.major(state.st_dev):02x}:{os.minor(state.st_dev):02x}:{state.st_ino}"
    return Holder(_pid_of(device, str(state.st_ino)))


def _is_held(path: Path) -> bool:
    """Asks for a share of the lock and gives it back at once."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _pid_of(device: str, inode: str) -> int | None:
    """From the kernel's list; some file systems are listed under another device than their files name."""
    try:
        lines = _LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    fields = [line.split() for line in lines if " FLOCK " in line and "->" not in line]
    held = [(found[5], int(found[4])) for found in fields if len(found) > 5]
    exact = [pid for place, pid in held if place == device]
    same_inode = [pid for place, pid in held if place.rpartition(":")[2] == inode]
    found = exact or same_inode
    return found[0] if found and found[0] > 0 else None
