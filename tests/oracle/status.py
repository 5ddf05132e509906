"""`submission_status`, recomputed: what became of each table that was due.

When a table is due is read from calendar_changes.csv, which must have a row for every month: counting working days has
tests of its own.
"""

from datetime import UTC, date, datetime, time, timedelta

from tests.oracle.progress import DUE_EVERY
from tests.oracle.world import HERE

KEY = ("programme_id", "reporter_id", "period")


def submission_status(world):
    """The mart's rows by key."""
    return {
        (programme_id, reporter_id, month.id): _status(world, programme_id, reporter_id, month)
        for programme_id in world.programmes
        for month in world.months(programme_id)
        for reporter_id in world.roster(programme_id, month.end)
        if _is_asked(world, programme_id, reporter_id, month)
    }


def _is_asked(world, programme_id, reporter_id, month):
    """Whether a table of this month has at least one row that the reporter must fill."""
    return any(
        row["is_required"] == "true"
        and indicator["home_programme_id"] == programme_id
        and not indicator.get("numerator_indicator_id")
        and (month.last + 1) % DUE_EVERY[indicator["frequency"]] == 0
        and world.supplies(row["indicator_id"], reporter_id, month.end)
        for row in world.rows_of("programme_indicators", programme_id=programme_id)
        for indicator in [world.indicators[row["indicator_id"]]]
    )


def _status(world, programme_id, reporter_id, month):
    received = [
        table
        for table in world.tables.get((programme_id, reporter_id, month.id), [])
        if table.received_at <= world.as_of and table.folder_reporter_id in (None, reporter_id)
    ]
    accepted = [table for table in received if table.is_accepted(world.as_of)]
    returned = [table for table in received if table not in accepted and table.verdict != "repeated"]
    accepted.sort(key=lambda table: table.received_at)
    due_at = _due_at(world, programme_id, month)
    is_late = bool(accepted) and accepted[0].received_at > due_at
    if accepted:
        status = "late" if is_late else "submitted"
    elif returned:
        status = "returned"
    elif month.end >= world.today:
        status = "not_due"
    else:
        status = "overdue" if due_at <= world.as_of else "not_submitted"
    return {
        "status": status,
        "counted_receipt_id": accepted[-1].receipt_id if accepted else None,
        "version_count": len(accepted),
        "returned_count": len(returned),
        "is_late": is_late,
        "due_at": naive(due_at),
        "first_received_at": naive(min((table.received_at for table in received), default=None)),
        "first_accepted_at": naive(accepted[0].received_at) if accepted else None,
    }


def _due_at(world, programme_id, month):
    """The end of the day on which a table is due."""
    (row,) = world.rows_of("calendar_changes", programme_id=programme_id, period=month.id)
    return datetime.combine(date.fromisoformat(row["due_on"]) + timedelta(days=1), time(), HERE)


def naive(moment):
    """UTC without the mark, as marts store times."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)
