"""Days on which rows of a registry hold, lists and numbers in a cell: what the rules of the registry share."""

import re
from datetime import date
from decimal import Decimal

from ingestion.seed_files import Record, parse_date

Span = tuple[date, date]
ALWAYS: Span = (date.min, date.max)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def number(text: str) -> Decimal | None:
    """The number in a cell; None where it is empty or none, which what reads the files has named by then."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def listed(text: str, separator: str) -> list[str]:
    """The parts of a cell that holds several, without empty ones."""
    return [part for part in text.split(separator) if part]


def span(record: Record, first: str = "valid_from", last: str = "valid_to") -> Span:
    """First and last day of a row; open where it has no date, and where the table has none."""
    starts, ends = (parse_date(record.row.get(column, "")) for column in (first, last))
    return starts or date.min, ends or date.max


def overlap(*spans: Span) -> bool:
    """Whether all spans have a day in common."""
    return max(starts for starts, _ in spans) <= min(ends for _, ends in spans)
