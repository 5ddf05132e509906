"""The listed projects, enterprises and platforms of a few reporters: `ledger_items.csv` says who lists what, from which
month on with which status, and in which months it was left out.

An item whose status is final is listed in the month in which it became so, and no more.
"""

from dataclasses import dataclass
from datetime import date

from ingestion.periods import parse_period
from ingestion.registry import Registry, Row
from samples.courses import SampleError, read_data


@dataclass(frozen=True)
class ItemLine:
    """One item of a reporter's list in a month; None and '' are blank cells."""

    item_kind: str
    item: str
    item_code: str
    indicator: str
    status: str
    started_on: date | None
    due_on: date | None
    finished_on: date | None
    note: str


class Items:
    """The items of every programme, reporter and month of a year."""

    def __init__(self, registry: Registry) -> None:
        statuses = registry.rows("ledger_statuses")
        self._is_final = {(row["item_kind"], row["status"]): row["is_final"] == "true" for row in statuses}
        self._names = {row["indicator_id"]: row["indicator_name"] for row in registry.rows("indicators")}
        self._rows = read_data("ledger_items")

    def lines(self, programme_id: str, reporter_id: str, month: str) -> list[ItemLine]:
        """What a reporter lists in a month, in the order of the file."""
        own = [row for row in self._rows if (row["programme_id"], row["reporter_id"]) == (programme_id, reporter_id)]
        return [line for row in own if (line := self._line(row, month))]

    def _line(self, row: Row, month: str) -> ItemLine | None:
        courses = _by_month(row["statuses"])
        since = max((m for m in courses if m <= month), default=None)
        if since is None or month in row["unlisted"].split("|"):
            return None
        status = courses[since]
        if (row["item_kind"], status) not in self._is_final:
            raise SampleError(f"samples/ledger_items.csv: the registry has no status {status} of {row['item_kind']}")
        if self._is_final[row["item_kind"], status] and since != month:
            return None
        started_on = _day(row["started_on"])
        return ItemLine(
            item_kind=row["item_kind"],
            item=row["item"],
            item_code=row["item_code"],
            indicator=self._names[row["indicator_id"]],
            status=status,
            started_on=started_on if started_on and started_on <= parse_period(month).last_date else None,
            due_on=_day(row["due_on"]),
            finished_on=_day(_by_month(row["finished_on"]).get(month, "")),
            note=_by_month(row["notes"]).get(month, ""),
        )


def _by_month(text: str) -> dict[str, str]:
    """'2021-02:前期|2021-05:在建' by month."""
    return dict(part.split(":", 1) for part in text.split("|") if part)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
