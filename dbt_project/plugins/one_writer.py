"""A dbt that somebody starts by hand waits for its turn like everybody else who writes the warehouse.

dbt closes the warehouse between models, so DuckDB's own lock would let an intake change what half of the models are yet
to read. From its first connection to its end, dbt therefore holds the two locks that operations/build.py holds around
it. It stands in the dbt project, and needs nothing of the repository, so that a copy of the project is whole.
"""

import ctypes
import os
import signal
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from filelock import FileLock, Timeout

# Set by who holds both locks and starts dbt: the id of that process.
HOLDER_VARIABLE = "YIBIAO_LOCK_HOLDER"
PROJECT = Path(__file__).parent.parent
_DIE_WITH_PARENT = 1


class Plugin(BasePlugin):  # type: ignore[misc]
    """Created once a dbt process, before its first connection; the locks go with the process."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Wait for the writer lock of the warehouse and for the project's registry copy."""
        self.locks: list[FileLock] = []
        holder = os.environ.get(HOLDER_VARIABLE)
        if holder == str(os.getppid()):
            _die_with(int(holder))
            return
        # The same order as everywhere else, or two would wait for each other.
        for path in (Path(self.creds.path).with_suffix(".lock"), PROJECT / ".build.lock"):
            lock = FileLock(path)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                print(f"{path} 正由另一项处理占用，等它结束……", flush=True)
                lock.acquire()
            self.locks.append(lock)


def _die_with(parent: int) -> None:
    """Never outlive who holds the locks: killed alone, it would leave dbt writing with nobody kept out."""
    set_option = getattr(ctypes.CDLL(None), "prctl", None)
    if set_option is None:  # not Linux
        return
    set_option(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
