"""Who signed a notice, when, and what they said about it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from reports.plain_text import one_line


@dataclass(frozen=True)
class Signature:
    """One person's approval: name, moment (aware) and comment, empty where none was given."""

    by: str
    at: datetime
    comment: str = ""

    def to_manifest(self) -> dict[str, str]:
        """As manifest and journal keep it, the moment in UTC to the second."""
        moment = self.at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
        return {"by": one_line(self.by), "at": f"{moment.isoformat()}Z", "comment": one_line(self.comment)}
