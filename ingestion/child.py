"""A child process with limits, in which dropped files are opened: what a file does there, it does to the child alone.

The child answers one JSON line per request. A child that dies or hangs costs the request it was at, and nothing else.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import psutil

from ingestion.settings import ROOT

MEMORY_LIMIT_BYTES = 2 * 2**30
TIME_LIMIT_SECONDS = 20
# A file that makes nobody compute and still never ends, such as one on a drive that is gone.
LONGEST_WAIT_SECONDS = 600
_INTERVAL_SECONDS = 0.5
# openpyxl takes lxml where that happens to be installed, and then writes formulas' results otherwise than it read them.
_PLAIN_XML = {"OPENPYXL_LXML": "False"}


class LimitedChild:
    """Runs a module that calls `serve`; started at the first request, and again after it had to be stopped."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def ask(self, request: Any) -> Any | None:
        """What the child answers; None when it died or had to be stopped."""
        child = self._child = self._child or self._start()
        assert child.stdin and child.stdout
        done = Event()
        Thread(target=_stop_if_too_long, args=(child, done), daemon=True).start()
        try:
            child.stdin.write(json.dumps(request) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            done.set()
        if line.endswith("\n"):
            return json.loads(line)
        self._stop()
        return None

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=os.environ | _PLAIN_XML,
        )

    def _stop(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None


def _stop_if_too_long(child: subprocess.Popen[str], done: Event) -> None:
    """Counts what the child computes, not the clock: on a busy machine nothing takes long by its own fault."""
    started = time.monotonic()
    try:
        process = psutil.Process(child.pid)
        used_before = sum(process.cpu_times()[:2])
        while not done.wait(min(TIME_LIMIT_SECONDS, _INTERVAL_SECONDS)):
            is_over = sum(process.cpu_times()[:2]) - used_before > TIME_LIMIT_SECONDS
            if is_over or time.monotonic() - started > LONGEST_WAIT_SECONDS:
                child.kill()
                return
    except psutil.NoSuchProcess:
        return  # it died of itself, which `ask` sees


def serve(answer: Callable[[Any], Any]) -> None:
    """The child's side: answers requests under the memory limit until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
