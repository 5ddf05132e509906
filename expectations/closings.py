"""Which tables came after their month had closed: decided by receipt times, the calendar and its reopenings alone.

A month closes twice: first for tables of which none had come, then for newer versions of those that had.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from expectations.roster import Roster
from expectations.submissions import Chain, Row, Submissions, chain_of, version_key
from ingestion.calendar import calendar_of
from ingestion.periods import TIMEZONE

# Names of the rules' columns; a rule passes over a row in which either of its two is None.
_NONE: Row = {"received_at": None, "no_new_at": None, "no_edits_at": None, "_closed_on": None}


def closings(batch: Submissions, roster: Roster) -> dict[str, Row]:
    """What TIM-001 and TIM-002 compare, by table_id: when the file came, and when its month closed for it.

    A table is a newer version once another of its programme, reporter and month was received in time, accepted or not:
    who sent in time may put right what was returned. A reopening on the day of receipt leaves nothing to compare.
    """
    versions: dict[tuple[Chain, str], list[Row]] = defaultdict(list)
    for table in batch.tables:
        if chain := chain_of(table):
            versions[chain, table["period"]].append(table)
    rows = {table["table_id"]: _NONE for table in batch.tables}
    for tables in versions.values():
        rows |= _rows_of(batch, roster, tables)
    return rows


def _rows_of(batch: Submissions, roster: Roster, tables: list[Row]) -> dict[str, Row]:
    """The rows of all versions of one month's table."""
    programme_id, reporter_id, month = (tables[0][name] for name in ("programme_id", "reporter_id", "period"))
    calendar = calendar_of(roster.registry)
    is_dated = calendar.has(programme_id) and roster.nearest_programme_month(programme_id, month) == month
    if not is_dated:
        return {}
    deadlines = calendar.deadlines(programme_id, month)
    rows, is_first = {}, True
    for table in sorted(tables, key=lambda table: version_key(batch.receipt_by_id[table["receipt_id"]])):
        received = batch.receipt_by_id[table["receipt_id"]]["received_at"].replace(tzinfo=UTC)
        closes = deadlines.no_new_at if is_first else deadlines.no_edits_at
        if closes is None or calendar.is_reopened(
            programme_id, reporter_id, month, received.astimezone(TIMEZONE).date()
        ):
            is_first = False
            continue
        rows[table["table_id"]] = {
            "received_at": _text(received),
            "no_new_at": _text(closes) if is_first else None,
            "no_edits_at": None if is_first else _text(closes),
            "_closed_on": _last_day(closes),
        }
        is_first = is_first and received > closes
    return rows


def _text(moment: datetime) -> str:
    """A moment in a form whose order as text is the order in time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _last_day(closes: datetime) -> str:
    """The day, as people in Asia/Shanghai count, at whose end a month closed."""
    return str((closes.astimezone(TIMEZONE) - timedelta(microseconds=1)).date())
