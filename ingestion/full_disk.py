"""A full disk is named as what it is, whichever library met it first."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestion.errors import DiskFull

_CODES = (errno.ENOSPC, errno.EDQUOT)
# As the system words it; DuckDB and dbt have nothing but the words.
_WORDS = ("No space left on device", "Disk quota exceeded")


@contextmanager
def naming_a_full_disk(home: Path) -> Iterator[None]:
    """Raise DiskFull in place of an error that goes back to a full disk; every other error passes as it is."""
    try:
        yield
    except DiskFull:
        raise
    except Exception as error:
        if not is_full_disk(error):
            raise
        raise DiskFull(_message(home)) from error


def is_full_disk(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, says that nothing more can be written."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if (isinstance(error, OSError) and error.errno in _CODES) or any(words in str(error) for words in _WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def _message(home: Path) -> str:
    free = f"还剩 {shutil.disk_usage(home).free // 2**20} MiB" if home.exists() else "剩余空间不详"
    return (
        f"磁盘已满：写不进 {home} 所在的磁盘，或临时文件夹所在的磁盘（前者{free}）。"
        "收到的文件都还在收件箱或档案里，已发布的通报没有变动。请腾出空间后把刚才的步骤重新运行一遍，会接着做完"
    )
