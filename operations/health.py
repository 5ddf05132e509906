"""What the doctor says of one thing: how it stands, what was found, and what to do next."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingestion.periods import TIMEZONE
from ingestion.settings import Settings

GOOD, NOTE, WRONG = "正常", "注意", "有问题"
MARKS = (GOOD, NOTE, WRONG)


@dataclass(frozen=True)
class Check:
    """One line of the doctor; `advice` is empty where nothing is to be done."""

    mark: str
    subject: str
    found: str
    advice: str = ""

    @property
    def line(self) -> str:
        """As people read it."""
        advice = f"。下一步：{self.advice}" if self.advice else ""
        return f"{self.mark}　{self.subject}：{self.found}{advice}"


def good(subject: str, found: str) -> Check:
    """Nothing is to be done."""
    return Check(GOOD, subject, found)


def note(subject: str, found: str, advice: str) -> Check:
    """Work goes on, but somebody should look."""
    return Check(NOTE, subject, found, advice)


def wrong(subject: str, found: str, advice: str) -> Check:
    """Work stops, or will."""
    return Check(WRONG, subject, found, advice)


def listed(names: list[str], most: int = 5) -> str:
    """The first names, and how many there are where that is not all."""
    more = f" 等 {len(names)} 个" if len(names) > most else ""
    return "、".join(names[:most]) + more


def below(settings: Settings, path: Path) -> str:
    """A path as seen from the data folder."""
    return path.relative_to(settings.home).as_posix() if path.is_relative_to(settings.home) else str(path)


def local(moment: datetime) -> str:
    """A moment (aware) as people read it, in Asia/Shanghai."""
    return f"{moment.astimezone(TIMEZONE):%Y-%m-%d %H:%M}"
