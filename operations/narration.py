"""Tells the person at the screen what is being waited for and how far it is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console

_QUIET_SECONDS = 10


class Narrator:
    """One line that changes while something goes on, and one line that stays for each finished stage.

    Where the output is no terminal (a log file), the changing line is printed at most every ten seconds.
    """

    def __init__(self, console: Console) -> None:
        """Nothing is shown before the context is entered."""
        self.console = console
        self._status = console.status("")
        self._title = ""
        self._said = ""
        self._said_at = 0.0

    def __enter__(self) -> "Narrator":
        """Starts the changing line."""
        self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Takes the changing line away."""
        self._status.stop()

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """One stage; its title and its seconds stay on the screen once it is done."""
        started = time.monotonic()
        self._title = f"{title} … "
        self.say("")
        yield
        self._title = ""
        self.note(f"{title}（{time.monotonic() - started:.0f} 秒）")

    def say(self, text: str) -> None:
        """Replaces the changing line."""
        line = self._title + text
        self._status.update(line)
        now = time.monotonic()
        if not self.console.is_terminal and line != self._said and now - self._said_at >= _QUIET_SECONDS:
            self.console.print(f"  {line}", markup=False, soft_wrap=True)
            self._said, self._said_at = line, now

    def note(self, text: str) -> None:
        """Prints a line that stays."""
        self.console.print(f"✓ {text}", markup=False, soft_wrap=True)
