"""Opens dropped files in a child process with limits, so that no file can take the sweep down with it.

The child answers one JSON line per path. A child that dies or hangs costs the file it was reading, and nothing else.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path
from threading import Timer
from types import TracebackType

from ingestion.errors import UnreadableFile
from ingestion.readers import Sheet, read_sheets
from ingestion.settings import ROOT

MEMORY_LIMIT_BYTES = 2 * 2**30
TIME_LIMIT_SECONDS = 20


class SafeReader:
    """Reads files one by one; `with SafeReader() as reader: reader.read(path)`."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> "SafeReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, path: Path) -> list[Sheet]:
        """The sheets of the file at `path`; UnreadableFile when there are none or the reader had to be stopped."""
        child = self._child = self._child or _start()
        assert child.stdin and child.stdout
        alarm = Timer(TIME_LIMIT_SECONDS, child.kill)
        alarm.start()
        try:
            child.stdin.write(json.dumps(str(path)) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            alarm.cancel()
        if not line:
            self._stop()
            raise UnreadableFile("unsafe", "打开此文件超出内存或时间限制，已停止；请把数据复制到空白模板后重新报送。")
        answer = json.loads(line)
        if "problem" in answer:
            raise UnreadableFile(answer["code"], answer["problem"])
        return [Sheet(name, rows) for name, rows in answer["sheets"]]

    def _stop(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "ingestion.reading"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )


def _answer(path: str) -> dict[str, object]:
    try:
        sheets = read_sheets(Path(path).read_bytes())
    except UnreadableFile as error:
        return {"code": error.code, "problem": str(error)}
    except MemoryError:
        return {"code": "unsafe", "problem": "打开此文件超出内存限制，已停止；请把数据复制到空白模板后重新报送。"}
    return {"sheets": [[sheet.name, sheet.rows] for sheet in sheets]}


def _serve() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    _serve()
