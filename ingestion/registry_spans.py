"""Days on which rows of a registry hold, bands that meet, lists and numbers in a cell: what its rules share."""

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from ingestion.seed_files import Record, SeedProblem, parse_date

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


def where_bands_do_not_meet(bands: Sequence[Record], first: str, last: str) -> Iterator[SeedProblem]:
    """Gaps and overlaps of bands, each from `first` up to but not with `last`; the outermost ones are to be open."""
    ordered = sorted(bands, key=lambda band: _lower_bound(band[first]))
    if ordered[0][first]:
        yield ordered[0].problem("nothing: the lowest band has no lower bound", first)
    if ordered[-1][last]:
        yield ordered[-1].problem("nothing: the highest band has no upper bound", last)
    for lower, upper in itertools.pairwise(ordered):
        if not lower[last]:
            yield lower.problem("a number: only the highest band has no upper bound", last)
        elif number(lower[last]) != number(upper[first]):
            yield upper.problem(f"{lower[last]}, where the band of row {lower.number} ends", first)


def _lower_bound(text: str) -> Decimal:
    """Where a band begins; a blank one begins below all others."""
    bound = number(text)
    return Decimal("-Infinity") if bound is None else bound
